/*
 * A tree, then a program for a machine with many program counters (Thompson's construction): one step of all
 * of them for each byte of the text.
 */
#include "policy/regex.h"

#include <ctype.h>
#include <string.h>

enum { PATTERN_MAX = 4096, PROGRAM_MAX = 4096, REPEAT_MAX = 1000, NEST_MAX = 100, STEPS_MAX = 1 << 16 };

enum node_type { NODE_EMPTY, NODE_CLASS, NODE_CAT, NODE_ALT, NODE_REPEAT, NODE_START, NODE_END };

struct class
{
    uint64_t bits[4];
};

struct node {
    enum node_type type;
    struct class class;
    struct node *a;
    struct node *b;
    int min;
    int max; /* -1: without end */
};

enum code { CODE_CLASS, CODE_SPLIT, CODE_START, CODE_END, CODE_MATCH };

struct instruction {
    uint8_t code; /* enum code */
    uint16_t next;
    uint16_t other; /* SPLIT */
    struct class class;
};

struct regex {
    const struct instruction *code;
    uint16_t count;
};

struct parser {
    struct arena *arena;
    const char *p;
    const char *end;
    bool ignore_case;
    unsigned depth;
    const char *why;
    struct instruction *code;
    unsigned count;
    unsigned steps; /* of emission: repeats of nothing in one another emit nothing, but take time */
};

static void class_add(struct class *class, unsigned char c)
{
    class->bits[c / 64] |= UINT64_C(1) << (c % 64);
}

static bool class_has(const struct class *class, unsigned char c)
{
    return class->bits[c / 64] >> (c % 64) & 1;
}

static void class_range(struct class *class, unsigned low, unsigned high, bool ignore_case)
{
    for (unsigned c = low; c <= high; c++) {
        class_add(class, (unsigned char)c);
        if (ignore_case && c < 0x80) {
            class_add(class, (unsigned char)tolower((int)c));
            class_add(class, (unsigned char)toupper((int)c));
        }
    }
}

static void class_invert(struct class *class)
{
    for (int i = 0; i < 4; i++) {
        class->bits[i] = ~class->bits[i];
    }
}

static void *fail(struct parser *p, const char *why)
{
    if (!p->why) {
        p->why = why;
    }
    return NULL;
}

static struct node *new_node(struct parser *p, enum node_type type, struct node *a, struct node *b)
{
    struct node *node = arena_alloc(p->arena, sizeof(*node));
    if (!node) {
        return fail(p, "out of memory");
    }
    node->type = type;
    node->a = a;
    node->b = b;
    return node;
}

/* \d \w \s and their opposites. False: it is none. */
static bool named_class(struct class *out, char letter)
{
    struct class class = {{0}};
    switch (tolower((unsigned char)letter)) {
    case 'd':
        class_range(&class, '0', '9', false);
        break;
    case 'w':
        class_range(&class, '0', '9', false);
        class_range(&class, 'a', 'z', true);
        class_add(&class, '_');
        break;
    case 's':
        for (const char *c = " \t\n\f\r"; *c; c++) {
            class_add(&class, (unsigned char)*c);
        }
        break;
    default:
        return false;
    }
    if (isupper((unsigned char)letter)) {
        class_invert(&class);
    }
    for (int i = 0; i < 4; i++) {
        out->bits[i] |= class.bits[i];
    }
    return true;
}

/* After a backslash that names no class: the byte it stands for, or -1. */
static int escaped(struct parser *p)
{
    static const char letters[] = "nrtfva";
    static const char meanings[] = "\n\r\t\f\v\a";
    if (p->p == p->end) {
        return -1;
    }
    char c = *p->p++;
    const char *letter = c ? strchr(letters, c) : NULL;
    if (letter) {
        return meanings[letter - letters];
    }
    if (c == 'x' && p->end - p->p >= 2 && isxdigit((unsigned char)p->p[0]) &&
        isxdigit((unsigned char)p->p[1])) {
        int value = 0;
        for (int i = 0; i < 2; i++) {
            int digit = tolower((unsigned char)*p->p++);
            value = value * 16 + (isdigit(digit) ? digit - '0' : digit - 'a' + 10);
        }
        return value;
    }
    return isalnum((unsigned char)c) ? -1 : (unsigned char)c;
}

/* One element of [...], the low end of a range or alone; -1: it was a class, added; -2: an error. */
static int bracket_element(struct parser *p, struct class *class)
{
    static const struct {
        const char *name;
        int (*is)(int);
    } posix[] = {{"[:alpha:]", isalpha}, {"[:digit:]", isdigit},  {"[:alnum:]", isalnum},
                 {"[:space:]", isspace}, {"[:upper:]", isupper},  {"[:lower:]", islower},
                 {"[:punct:]", ispunct}, {"[:xdigit:]", isxdigit}};
    for (size_t i = 0; i < sizeof(posix) / sizeof(posix[0]); i++) {
        size_t n = strlen(posix[i].name);
        if ((size_t)(p->end - p->p) >= n && !memcmp(p->p, posix[i].name, n)) {
            for (int c = 0; c < 128; c++) {
                if (posix[i].is(c)) {
                    class_add(class, (unsigned char)c);
                }
            }
            p->p += n;
            return -1;
        }
    }
    if (*p->p != '\\') {
        return (unsigned char)*p->p++;
    }
    p->p++;
    if (p->p < p->end && named_class(class, *p->p)) {
        p->p++;
        return -1;
    }
    int c = escaped(p);
    return c < 0 ? -2 : c;
}

static struct node *parse_bracket(struct parser *p)
{
    struct node *node = new_node(p, NODE_CLASS, NULL, NULL);
    bool negated = p->p < p->end && *p->p == '^';
    p->p += negated;
    const char *first = p->p;
    while (node && p->p < p->end && (*p->p != ']' || p->p == first)) {
        int low = bracket_element(p, &node->class);
        int high = low;
        if (low >= 0 && p->end - p->p >= 2 && p->p[0] == '-' && p->p[1] != ']') {
            p->p++;
            high = bracket_element(p, &node->class);
        }
        if (low == -2 || (low >= 0 && high < low)) {
            return fail(p, "this bracket has a bad range or escape");
        }
        if (low >= 0) {
            class_range(&node->class, (unsigned)low, (unsigned)high, p->ignore_case);
        }
    }
    if (!node || p->p == p->end) {
        return fail(p, "a '[' is never closed");
    }
    p->p++;
    if (negated) {
        class_invert(&node->class);
    }
    return node;
}

static struct node *parse_alt(struct parser *p);

static struct node *parse_group(struct parser *p)
{
    if (p->end - p->p >= 2 && p->p[0] == '?') {
        if (p->p[1] != ':') {
            return fail(p, "only (?:...) groups, and (?i) at the beginning, are supported");
        }
        p->p += 2;
    }
    if (++p->depth > NEST_MAX) {
        return fail(p, "too many groups in one another");
    }
    struct node *node = parse_alt(p);
    p->depth--;
    if (!node || p->p == p->end || *p->p != ')') {
        return fail(p, "a '(' is never closed");
    }
    p->p++;
    return node;
}

static struct node *parse_atom(struct parser *p)
{
    char c = *p->p++;
    if (c == '(') {
        return parse_group(p);
    }
    if (c == '[') {
        return parse_bracket(p);
    }
    if (c == '^' || c == '$') {
        return new_node(p, c == '^' ? NODE_START : NODE_END, NULL, NULL);
    }
    if (c == '*' || c == '+' || c == '?') {
        return fail(p, "nothing is repeated here");
    }
    struct node *node = new_node(p, NODE_CLASS, NULL, NULL);
    if (!node) {
        return NULL;
    }
    if (c == '.') {
        class_add(&node->class, '\n');
        class_invert(&node->class);
    } else if (c == '\\' && p->p < p->end && named_class(&node->class, *p->p)) {
        p->p++;
    } else {
        int byte = c == '\\' ? escaped(p) : (unsigned char)c;
        if (byte < 0) {
            return fail(p, "this escape is not supported");
        }
        class_range(&node->class, (unsigned)byte, (unsigned)byte, p->ignore_case);
    }
    return node;
}

static bool parse_int(struct parser *p, int *n)
{
    const char *start = p->p;
    *n = 0;
    while (p->p < p->end && isdigit((unsigned char)*p->p) && *n <= REPEAT_MAX) {
        *n = *n * 10 + (*p->p++ - '0');
    }
    return p->p > start && *n <= REPEAT_MAX;
}

/* {m}, {m,}, {m,n}. False: it is none, and '{' is a character. */
static bool parse_braces(struct parser *p, int *min, int *max)
{
    const char *start = p->p++;
    bool ok = parse_int(p, min);
    *max = *min;
    if (ok && p->p < p->end && *p->p == ',') {
        p->p++;
        *max = -1;
        if (p->p < p->end && *p->p != '}') {
            ok = parse_int(p, max) && *max >= *min;
        }
    }
    ok = ok && p->p < p->end && *p->p == '}';
    p->p = ok ? p->p + 1 : start;
    return ok;
}

static struct node *parse_repeat(struct parser *p)
{
    struct node *node = parse_atom(p);
    while (node && p->p < p->end) {
        int min = 0;
        int max = -1;
        char c = *p->p;
        if (c == '{') {
            if (!parse_braces(p, &min, &max)) {
                break;
            }
        } else if (c == '*' || c == '+' || c == '?') {
            min = c == '+';
            max = c == '?' ? 1 : -1;
            p->p++;
        } else {
            break;
        }
        if (p->p < p->end && *p->p == '?') { /* a lazy form matches the same texts */
            p->p++;
        }
        node = new_node(p, NODE_REPEAT, node, NULL);
        if (node) {
            node->min = min;
            node->max = max;
        }
    }
    return node;
}

static struct node *parse_cat(struct parser *p)
{
    struct node *node = NULL;
    while (p->p < p->end && *p->p != '|' && *p->p != ')') {
        struct node *next = parse_repeat(p);
        node = !next || !node ? next : new_node(p, NODE_CAT, node, next);
        if (!node) {
            return NULL;
        }
    }
    return node ? node : new_node(p, NODE_EMPTY, NULL, NULL);
}

static struct node *parse_alt(struct parser *p)
{
    struct node *node = parse_cat(p);
    while (node && p->p < p->end && *p->p == '|') {
        p->p++;
        struct node *next = parse_cat(p);
        node = next ? new_node(p, NODE_ALT, node, next) : NULL;
    }
    return node;
}

/* Appends an instruction; its number, or -1 when the program grows too long. */
static int emit_one(struct parser *p, enum code code, unsigned next)
{
    if (p->count == PROGRAM_MAX) {
        fail(p, "the expression is too large");
        return -1;
    }
    p->code[p->count] = (struct instruction){.code = (uint8_t)code, .next = (uint16_t)next};
    return (int)p->count++;
}

static int emit(struct parser *p, const struct node *node, int next);

static int emit_split(struct parser *p, int a, int b)
{
    int split = a < 0 || b < 0 ? -1 : emit_one(p, CODE_SPLIT, (unsigned)a);
    if (split >= 0) {
        p->code[split].other = (uint16_t)b;
    }
    return split;
}

static int emit_repeat(struct parser *p, const struct node *node, int next)
{
    int entry = next;
    if (node->max < 0) {
        int loop = emit_split(p, next, next);
        int body = loop < 0 ? -1 : emit(p, node->a, loop);
        if (body < 0) {
            return -1;
        }
        p->code[loop].next = (uint16_t)body;
        entry = loop;
    }
    for (int i = node->min; i < node->max && entry >= 0; i++) {
        entry = emit_split(p, emit(p, node->a, entry), next);
    }
    for (int i = 0; i < node->min && entry >= 0; i++) {
        entry = emit(p, node->a, entry);
    }
    return entry;
}

/* Emits a node that goes on at `next`; returns where it begins. Backwards, so that `next` is known. */
static int emit(struct parser *p, const struct node *node, int next)
{
    int entry = next;
    if (++p->steps > STEPS_MAX) {
        fail(p, "the expression is too large");
        return -1;
    }
    while (entry >= 0 && node->type == NODE_CAT) { /* long chains lean to the left */
        entry = emit(p, node->b, entry);
        node = node->a;
    }
    if (entry < 0) {
        return -1;
    }
    switch (node->type) {
    case NODE_CLASS:
        entry = emit_one(p, CODE_CLASS, (unsigned)entry);
        if (entry >= 0) {
            p->code[entry].class = node->class;
        }
        return entry;
    case NODE_ALT: {
        int b = emit(p, node->b, entry);
        return emit_split(p, emit(p, node->a, entry), b);
    }
    case NODE_REPEAT:
        return emit_repeat(p, node, entry);
    case NODE_START:
    case NODE_END:
        return emit_one(p, node->type == NODE_START ? CODE_START : CODE_END, (unsigned)entry);
    default:
        return entry;
    }
}

const struct regex *regex_compile(struct arena *arena, const char *pattern, size_t length, const char **why)
{
    struct parser p = {.arena = arena, .p = pattern, .end = pattern + length};
    if (length >= 4 && !memcmp(pattern, "(?i)", 4)) {
        p.ignore_case = true;
        p.p += 4;
    }
    struct node *tree = length > PATTERN_MAX ? fail(&p, "the expression is too long") : parse_alt(&p);
    if (tree && p.p < p.end) {
        tree = fail(&p, "a ')' was never opened");
    }
    struct regex *regex = tree ? arena_alloc(arena, sizeof(*regex)) : NULL;
    struct instruction *code = regex ? arena_alloc(arena, PROGRAM_MAX * sizeof(*code)) : NULL;
    p.code = code;
    int match = code ? emit_one(&p, CODE_MATCH, 0) : -1;
    int start = match < 0 ? -1 : emit(&p, tree, match);
    /* The machine starts at the last instruction. */
    if (start >= 0 && start != (int)p.count - 1) {
        start = emit_split(&p, start, start);
    }
    if (start < 0) {
        *why = p.why ? p.why : "out of memory";
        return NULL;
    }
    *regex = (struct regex){code, (uint16_t)p.count};
    return regex;
}

/* The program counters that are alive, each once. */
struct threads {
    uint16_t list[PROGRAM_MAX];
    unsigned count;
    uint64_t seen[PROGRAM_MAX / 64];
};

static void clear(struct threads *t, unsigned program)
{
    t->count = 0;
    memset(t->seen, 0, (program + 63) / 64 * sizeof(t->seen[0]));
}

/* Adds a counter and all that it reaches without reading a byte. */
static void follow(const struct regex *re, struct threads *t, unsigned pc, bool at_start, bool at_end)
{
    uint16_t stack[PROGRAM_MAX + 1];
    unsigned depth = 0;
    stack[depth++] = (uint16_t)pc;
    while (depth) {
        pc = stack[--depth];
        if (t->seen[pc / 64] >> (pc % 64) & 1) {
            continue;
        }
        t->seen[pc / 64] |= UINT64_C(1) << (pc % 64);
        const struct instruction *in = &re->code[pc];
        if (in->code == CODE_CLASS || in->code == CODE_MATCH) {
            t->list[t->count++] = (uint16_t)pc;
        } else if (in->code == CODE_SPLIT) {
            stack[depth++] = in->next; /* one more on the stack for each split, of which each is seen once */
            stack[depth++] = in->other;
        } else if (in->code == CODE_START ? at_start : at_end) {
            stack[depth++] = in->next;
        }
    }
}

bool regex_matches(const struct regex *re, struct text text)
{
    struct threads sets[2];
    struct threads *now = &sets[0];
    struct threads *then = &sets[1];
    clear(now, re->count);
    follow(re, now, re->count - 1u, true, text.n == 0);
    for (size_t i = 0; i < text.n && now->count; i++) {
        clear(then, re->count);
        for (unsigned k = 0; k < now->count; k++) {
            const struct instruction *in = &re->code[now->list[k]];
            if (in->code == CODE_CLASS && class_has(&in->class, (unsigned char)text.s[i])) {
                follow(re, then, in->next, false, i + 1 == text.n);
            }
        }
        struct threads *swap = now;
        now = then;
        then = swap;
    }
    for (unsigned k = 0; k < now->count; k++) {
        if (re->code[now->list[k]].code == CODE_MATCH) {
            return true;
        }
    }
    return false;
}
