/*
 * Random rules, judged by the compiled program and by a naive evaluator over the tree that the text was made
 * from: sharing, guards, look-ups and remembered outcomes must not show. And random regular expressions
 * against the C library's.
 */
#include <fcntl.h>
#include <regex.h>

#include "tests/unit/naive_text.h"
#include "tests/unit/policy_bench.h"

enum { RULES = 100, ROUNDS = 60, EVENTS = 20, WORDS = 6 };

static uint32_t state;

static unsigned pick(unsigned n)
{
    state = state * 1664525 + 1013904223;
    return (state >> 8) % n;
}

static const char *const names[WORDS] = {"a", "b", "ab", "abc", "c", "bc"};
static const char *const paths[WORDS] = {"/a", "/a/b", "/b/a", "/abc/b/c", "/c/ababc", "/b"};

/* What the event is made of. */
struct world {
    const char *name;
    const char *parent;
    const char *grandparent;
    const char *path;
    const char *image; /* NULL: no container */
    int64_t uid;
    int64_t result;
};

/* A test whose outcome is plain to see. */
struct atom {
    char text[96];
    unsigned kind;
    unsigned word;
    unsigned other;
    unsigned op; /* of `operators`, below */
    bool path;   /* it is about the path, not the name */
};

static void make_atom(struct atom *a)
{
    a->kind = pick(36);
    a->op = pick(OPERATORS);
    a->path = pick(2);
    a->word = pick(WORDS);
    a->other = pick(WORDS);
    const char *n = names[a->word];
    const char *o = names[a->other];
    const char *p = paths[a->word];
    static const char *const numeric[WORDS] = {"=", "!=", "<", "<=", ">", ">="};
    char word[64];
    const char *formats[] = {
        "proc.name=", "proc.name != ", "proc.pname = ", "proc.aname = ", "container.image = "};
    switch (a->kind) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
        snprintf(a->text, sizeof(a->text), "%s%s", formats[a->kind], n);
        break;
    case 5:
        snprintf(a->text, sizeof(a->text), "fd.name = %s", p);
        break;
    case 6:
        snprintf(a->text, sizeof(a->text), "fd.name startswith %s", p);
        break;
    case 7:
        snprintf(a->text, sizeof(a->text), "fd.name in (%s, /%s)", p, o);
        break;
    case 8:
        snprintf(a->text, sizeof(a->text), "user.uid < %u", a->word);
        break;
    case 9:
        snprintf(a->text, sizeof(a->text), "evt.type in (%s, close)", a->word % 2 ? "openat" : "read");
        break;
    case 10:
        snprintf(a->text, sizeof(a->text), "proc.name in (%s, %s)", n, o);
        break;
    case 11:
        snprintf(a->text, sizeof(a->text), "evt.res = %s", a->word % 2 ? "SUCCESS" : "ENOENT");
        break;
    case 12:
        snprintf(a->text, sizeof(a->text), "evt.rawres >= %u", a->word);
        break;
    case 13:
        snprintf(a->text, sizeof(a->text), "fd.name contains %s", n);
        break;
    case 14:
        snprintf(a->text, sizeof(a->text), "fd.name endswith %s", p);
        break;
    case 15:
        snprintf(a->text, sizeof(a->text), "fd.name glob *%s*%s*", n, o);
        break;
    case 16:
        snprintf(a->text, sizeof(a->text), "fd.name regex '/.*%s+.?%s.*'", n, o);
        break;
    case 17:
        snprintf(a->text, sizeof(a->text), "fd.name icontains %c%s", n[0] - 32, n + 1);
        break;
    case 18:
        snprintf(a->text, sizeof(a->text), "(fd.name contains %s or fd.name contains %s)", n, p);
        break;
    case 19:
        snprintf(a->text, sizeof(a->text), "proc.name contains %s", n);
        break;
    case 20:
        snprintf(a->text, sizeof(a->text), "container.image exists");
        break;
    case 21:
        snprintf(a->text, sizeof(a->text), "user.uid %s %u", numeric[a->other], a->word);
        break;
    case 22:
        snprintf(a->text, sizeof(a->text), "user.uid in (%u, %u)", a->word, a->other);
        break;
    case 23:
        snprintf(a->text, sizeof(a->text), "proc.name = val(proc.pname)");
        break;
    case 24:
        snprintf(a->text, sizeof(a->text), "toupper(proc.name) startswith toupper(proc.pname)");
        break;
    case 25:
        snprintf(a->text, sizeof(a->text), "basename(fd.name) = %s", n);
        break;
    case 26:
        snprintf(a->text, sizeof(a->text), "len(fd.name) >= %u", a->word);
        break;
    case 27:
        snprintf(a->text, sizeof(a->text), "proc.name in (words)"); /* a list in a list */
        break;
    default:
        put_word(word, operators[a->op].form, a->path ? p : n);
        snprintf(a->text, sizeof(a->text), "%s %s %s", a->path ? "fd.name" : "proc.name",
                 operators[a->op].name, word);
        break;
    }
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text);
    size_t m = strlen(end);
    return n >= m && !strcmp(text + n - m, end);
}

static bool regex_holds(const char *n, const char *o, const char *text)
{
    char pattern[64];
    regex_t regex;
    snprintf(pattern, sizeof(pattern), "^/.*%s+.?%s.*$", n, o);
    ck_assert_int_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
    bool holds = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return holds;
}

static bool number_holds(unsigned op, int64_t value, int64_t want)
{
    const bool holds[WORDS] = {value == want, value != want, value<want, value <= want, value> want,
                               value >= want};
    return holds[op];
}

static bool atom_holds(const struct atom *a, const struct world *w)
{
    const char *n = names[a->word];
    const char *o = names[a->other];
    const char *p = paths[a->word];
    switch (a->kind) {
    case 0:
        return !strcmp(w->name, n);
    case 1:
        return strcmp(w->name, n) != 0;
    case 2:
        return !strcmp(w->parent, n);
    case 3:
        return !strcmp(w->parent, n) || !strcmp(w->grandparent, n);
    case 4:
        return w->image && !strcmp(w->image, n);
    case 5:
        return !strcmp(w->path, p);
    case 6:
        return !strncmp(w->path, p, strlen(p));
    case 7:
        return !strcmp(w->path, p) || (w->path[0] == '/' && !strcmp(w->path + 1, o));
    case 8:
        return w->uid < (int64_t)a->word;
    case 9:
        return a->word % 2;
    case 10:
        return !strcmp(w->name, n) || !strcmp(w->name, o);
    case 11:
        return a->word % 2 ? w->result >= 0 : w->result == -ENOENT;
    case 12:
        return w->result >= (int64_t)a->word;
    case 13:
        return strstr(w->path, n) != NULL;
    case 14:
        return ends_with(w->path, p);
    case 15: {
        const char *first = strstr(w->path, n);
        return first && strstr(first + strlen(n), o);
    }
    case 16:
        return regex_holds(n, o, w->path);
    case 17:
        return strstr(w->path, n) != NULL;
    case 18:
        return strstr(w->path, n) || strstr(w->path, p);
    case 19:
        return strstr(w->name, n) != NULL;
    case 20:
        return w->image != NULL;
    case 21:
        return number_holds(a->other, w->uid, a->word);
    case 22:
        return w->uid == (int64_t)a->word || w->uid == (int64_t)a->other;
    case 23:
        return !strcmp(w->name, w->parent);
    case 24:
        return text_starts(w->name, w->parent);
    case 25:
        return !strcmp(strrchr(w->path, '/') + 1, n);
    case 26:
        return strlen(w->path) >= a->word;
    case 27:
        return !strcmp(w->name, "ab") || !strcmp(w->name, "abc") || !strcmp(w->name, "c");
    default:
        return operators[a->op].holds(a->path ? w->path : w->name, a->path ? p : n);
    }
}

/* A tree as nested arrays would have it: children by index. */
struct tree {
    enum { AND, OR, NOT, ATOM } type;
    unsigned children[3];
    unsigned count;
    struct atom atom;
};

static struct tree trees[4096];
static unsigned tree_count;

static unsigned make_tree(unsigned depth, struct buf *text)
{
    unsigned self = tree_count++;
    struct tree *t = &trees[self];
    t->type = depth ? pick(4) : ATOM;
    t->count = 0;
    if (t->type == ATOM) {
        make_atom(&t->atom);
        buf_str(text, t->atom.text);
        return self;
    }
    unsigned count = t->type == NOT ? 1 : 2 + pick(2);
    buf_str(text, t->type == NOT ? "not (" : "(");
    for (unsigned i = 0; i < count; i++) {
        buf_str(text, i ? (t->type == AND ? " and " : " or ") : "");
        t->children[t->count++] = make_tree(depth - 1, text);
    }
    buf_char(text, ')');
    return self;
}

static bool tree_holds(unsigned index, const struct world *w)
{
    const struct tree *t = &trees[index];
    bool all = true;
    bool any = false;
    if (t->type == ATOM) {
        return atom_holds(&t->atom, w);
    }
    for (unsigned i = 0; i < t->count; i++) {
        bool holds = tree_holds(t->children[i], w);
        all = all && holds;
        any = any || holds;
    }
    return t->type == AND ? all : t->type == OR ? any : !any;
}

static void make_world(struct world *w, struct bench *b)
{
    *w = (struct world){names[pick(WORDS)],
                        names[pick(WORDS)],
                        names[pick(WORDS)],
                        paths[pick(WORDS)],
                        pick(2) ? names[pick(WORDS)] : NULL,
                        pick(WORDS),
                        pick(2)   ? (int64_t)pick(WORDS)
                        : pick(2) ? -ENOENT
                                  : -EACCES};
    b->process.name = w->name;
    b->parent.name = w->parent;
    b->grandparent.name = w->grandparent;
    b->container.image = w->image;
    b->process.container = w->image ? &b->container : NULL;
    b->process.uid = w->uid;
}

static bool collect(void *context, struct evaluator *e, const struct program_rule *rule)
{
    bool *matched = context;
    (void)e;
    matched[strtoul(rule->rule->name.s, NULL, 10)] = true;
    return true;
}

static int64_t predict_failure(struct policy_subject *subject)
{
    (void)subject;
    ck_abort_msg("nothing is predicted where the result comes");
    return -1;
}

/* Once as a whole, and once in two steps, where what the result decides is not known at the first. */
static void compare(struct bench *b, const unsigned *roots, const struct world *w, const char *text)
{
    uint64_t waiting[RULES / 64 + 1];
    for (int steps = 1; steps <= 2; steps++) {
        bool matched[RULES] = {false};
        b->target.event.result = w->result;
        b->target.event.result_state = steps == 1 ? RESULT_KNOWN : RESULT_UNKNOWN;
        b->subject.predict = predict_failure;
        if (steps == 1) {
            evaluate(&b->evaluator, &b->subject, b->memo, collect, matched);
        } else if (evaluate_entry(&b->evaluator, &b->subject, b->memo, waiting, collect, matched)) {
            b->target.event.result_state = RESULT_KNOWN;
            evaluate_exit(&b->evaluator, &b->subject, b->memo, waiting, collect, matched);
        }
        for (unsigned i = 0; i < RULES; i++) {
            ck_assert_msg(matched[i] == tree_holds(roots[i], w),
                          "rule %u, step %d, name=%s path=%s image=%s uid=%d result=%d:\n%s", i, steps,
                          w->name, w->path, w->image ? w->image : "-", (int)w->uid, (int)w->result, text);
        }
    }
}

START_TEST(test_random_rules)
{
    struct bench b;
    struct buf text = {0};
    unsigned roots[RULES];
    state = (uint32_t)_i + 1;
    bench_start(&b);
    tree_count = 0;
    buf_str(&text, "- list: inner\n  items: [abc, c]\n- list: words\n  items: [ab, inner]\n");
    for (unsigned i = 0; i < RULES; i++) {
        buf_printf(&text, "- rule: %u\n  desc: d\n  output: o\n  priority: INFO\n  condition: >\n    ", i);
        roots[i] = make_tree(pick(4), &text);
        buf_char(&text, '\n');
    }
    buf_char(&text, 0);
    bench_load(&b, text.data);
    for (unsigned k = 0; k < EVENTS; k++) {
        struct world w;
        make_world(&w, &b);
        bench_openat(&b, w.path, O_RDONLY);
        memo_forget(b.memo);
        compare(&b, roots, &w, text.data);
        w.path = paths[pick(WORDS)]; /* another event of the same process */
        bench_openat(&b, w.path, O_RDONLY);
        compare(&b, roots, &w, text.data);
    }
    buf_free(&text);
    bench_end(&b);
}
END_TEST

static void make_regex(unsigned depth, struct buf *out)
{
    static const char *const atoms[] = {"a", "b", ".", "[ab]", "[^a]", "c"};
    static const char *const repeats[] = {"", "", "*", "+", "?", "{2}", "{1,2}", "{2,}"};
    unsigned count = 1 + pick(3);
    for (unsigned i = 0; i < count; i++) {
        if (depth && pick(3) == 0) {
            buf_char(out, '(');
            make_regex(depth - 1, out);
            buf_char(out, '|');
            make_regex(depth - 1, out);
            buf_char(out, ')');
        } else {
            buf_str(out, atoms[pick(6)]);
        }
        buf_str(out, repeats[pick(8)]);
    }
}

START_TEST(test_random_regex)
{
    struct arena arena = {NULL};
    struct buf pattern = {0};
    struct buf anchored = {0};
    regex_t posix;
    const char *why = NULL;
    state = (uint32_t)_i + 1;
    make_regex(3, &pattern);
    buf_printf(&anchored, "^(%.*s)$", (int)pattern.len, pattern.data);
    buf_char(&anchored, 0);
    ck_assert_int_eq(regcomp(&posix, anchored.data, REG_EXTENDED | REG_NOSUB), 0);
    const struct regex *regex = regex_compile(&arena, pattern.data, pattern.len, &why);
    ck_assert_msg(regex != NULL, "%s: %s", anchored.data, why);
    for (unsigned k = 0; k < 40; k++) {
        char text[9];
        size_t n = pick(9);
        for (size_t i = 0; i < n; i++) {
            text[i] = "abc"[pick(3)];
        }
        text[n] = 0;
        bool ours = regex_matches(regex, (struct text){text, n});
        ck_assert_msg(ours == (regexec(&posix, text, 0, NULL, 0) == 0), "%s on '%s': %d", anchored.data, text,
                      ours);
    }
    regfree(&posix);
    buf_free(&pattern);
    buf_free(&anchored);
    arena_free(&arena);
}
END_TEST

START_TEST(test_random_glob)
{
    state = 7;
    for (unsigned k = 0; k < 20000; k++) {
        char pattern[7];
        char value[9];
        size_t n = pick(7);
        size_t m = pick(9);
        for (size_t i = 0; i < n; i++) {
            pattern[i] = "ab*?*a"[pick(6)];
        }
        for (size_t i = 0; i < m; i++) {
            value[i] = "ab"[pick(2)];
        }
        pattern[n] = value[m] = 0;
        bool ours = match_glob((struct text){value, m}, (struct text){pattern, n}, false);
        ck_assert_msg(ours == slow_glob(value, pattern), "%s on %s: %d", pattern, value, ours);
    }
}
END_TEST

/* Patterns that make a backtracking matcher take forever. */
START_TEST(test_hostile_patterns)
{
    static char text[4096];
    static const char *const patterns[] = {"(a*)*b", "(a|aa)+b", "(a|a?)*b", "a{500}a{500}b", "((a*)*)*b"};
    struct arena arena = {NULL};
    const char *why = NULL;
    memset(text, 'a', sizeof(text));
    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        const struct regex *regex = regex_compile(&arena, patterns[i], strlen(patterns[i]), &why);
        ck_assert_msg(regex != NULL, "%s: %s", patterns[i], why);
        ck_assert(!regex_matches(regex, (struct text){text, sizeof(text)}));
    }
    ck_assert_ptr_null(regex_compile(&arena, "((((){1000}){1000}){1000}){1000}", 32, &why));
    ck_assert_ptr_null(regex_compile(&arena, "((a{1000}){1000}){1000}", 23, &why));
    arena_free(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy_properties");
    TCase *tc = tcase_create("properties");
    tcase_add_loop_test(tc, test_random_rules, 0, ROUNDS);
    tcase_add_loop_test(tc, test_random_regex, 0, 300);
    tcase_add_test(tc, test_random_glob);
    tcase_add_test(tc, test_hostile_patterns);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
