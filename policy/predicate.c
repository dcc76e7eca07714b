#include "policy/predicate.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/parser.h"

struct maker {
    struct predicate *predicate;
    struct arena *arena;
    const struct rules *rules;
    const struct ast *test;
    struct error *err;
    struct text *texts;
    size_t text_count;
    int64_t *numbers;
    struct network *networks;
};

static int no_memory(const struct maker *m)
{
    return error_errno(m->err, ENOMEM, "rules");
}

static struct place place_of(const struct maker *m, size_t offset)
{
    return phrase_place(m->test->phrase, offset);
}

static const char *type_name(unsigned type)
{
    static const char *const names[] = {[FIELD_TEXT] = "a text",
                                        [FIELD_INT] = "a number",
                                        [FIELD_BOOL] = "true or false",
                                        [FIELD_IP] = "an address",
                                        [FIELD_NET] = "a network"};
    return names[type];
}

static bool op_fits(enum op op, unsigned type)
{
    bool order = op == OP_LT || op == OP_LE || op == OP_GT || op == OP_GE;
    bool basic = op == OP_EQ || op == OP_NE || op == OP_IN || op == OP_INTERSECTS || op == OP_EXISTS;
    return type == FIELD_TEXT || basic || (order && type == FIELD_INT);
}

static bool parse_hex(struct maker *m, const struct text *in, struct text *out)
{
    size_t n = in->n;
    char *bytes = arena_alloc(m->arena, n / 2 + 1);
    for (size_t i = 0; bytes && i + 1 < n; i += 2) {
        char pair[3] = {in->s[i], in->s[i + 1], 0};
        if (!isxdigit((unsigned char)pair[0]) || !isxdigit((unsigned char)pair[1])) {
            return false;
        }
        bytes[i / 2] = (char)strtol(pair, NULL, 16);
    }
    *out = (struct text){bytes, n / 2};
    return bytes && n % 2 == 0;
}

static bool parse_number(const char *text, int64_t *number)
{
    char *end;
    errno = 0;
    *number = *text == '-' ? strtoll(text, &end, 0) : (int64_t)strtoull(text, &end, 0);
    return (isdigit((unsigned char)*text) || *text == '-' || *text == '+') && !*end && !errno;
}

static bool parse_bool(const char *text, int64_t *number)
{
    *number = !strcmp(text, "true") || !strcmp(text, "True") || !strcmp(text, "1");
    return *number || !strcmp(text, "false") || !strcmp(text, "False") || !strcmp(text, "0");
}

/* Turns a text into a constant of the field's type. */
static int convert(struct maker *m, size_t i)
{
    const struct text *text = &m->texts[i];
    unsigned type = m->predicate->left.type;
    bool ok = true;
    if (type == FIELD_INT) {
        ok = parse_number(text->s, &m->numbers[i]);
    } else if (type == FIELD_BOOL) {
        ok = parse_bool(text->s, &m->numbers[i]);
    } else if (type == FIELD_IP || type == FIELD_NET) {
        ok = network_parse(text->s, &m->networks[i]);
    } else if (m->test->op == OP_BCONTAINS || m->test->op == OP_BSTARTSWITH) {
        ok = parse_hex(m, text, &m->texts[i]);
        type = FIELD_COUNT;
    }
    if (ok) {
        return 0;
    }
    size_t offset = m->test->value_count == m->text_count ? m->test->values[i].offset : m->test->offset;
    struct place at = place_of(m, offset); /* a walk through the text: only where it is needed */
    const char *wanted = type == FIELD_COUNT ? "a string of hexadecimal digits" : type_name(type);
    return source_error(m->err, at, "'%.60s' is not %s, and '%s' needs one", text->s, wanted,
                        type == FIELD_COUNT ? op_name(m->test->op) : m->predicate->left.field->name);
}

static int add_text(struct maker *m, struct text text)
{
    if (m->text_count >= LIST_ITEMS_MAX) {
        return source_error(m->err, place_of(m, m->test->offset), "the lists here have too many items");
    }
    struct text *slot = arena_append(m->arena, &m->texts, &m->text_count, sizeof(*m->texts));
    if (!slot) {
        return no_memory(m);
    }
    *slot = text;
    return 0;
}

static int add_named(struct maker *m, struct text text, bool quoted);

static int add_list(struct maker *m, struct list *list)
{
    if (list->open) {
        return source_error(m->err, list->at, "the list '%s' contains itself", list->name.s);
    }
    list->open = true;
    int status = 0;
    for (size_t i = 0; !status && i < list->count; i++) {
        status = add_named(m, list->items[i].text, list->items[i].quoted);
    }
    list->open = false;
    return status;
}

/* A value, or all items of the list that it names. */
static int add_named(struct maker *m, struct text text, bool quoted)
{
    struct list *list = quoted ? NULL : names_find(&m->rules->lists, text.s, text.n);
    return list ? add_list(m, list) : add_text(m, text);
}

static int collect_texts(struct maker *m)
{
    const struct ast *test = m->test;
    int status = 0;
    if (test->name.s) {
        struct list *list = names_find(&m->rules->lists, test->name.s, test->name.n);
        return list ? add_list(m, list)
                    : source_error(m->err, place_of(m, test->offset), "there is no list '%.80s'",
                                   test->name.s);
    }
    for (size_t i = 0; !status && i < test->value_count; i++) {
        const struct ast_value *v = &test->values[i];
        status = add_named(m, v->text, v->quoted || !op_takes_list(test->op));
    }
    return status;
}

static int compare_numbers(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static int make_constants(struct maker *m)
{
    struct predicate *p = m->predicate;
    int status = collect_texts(m);
    if (status) {
        return status;
    }
    size_t n = m->text_count;
    m->numbers = arena_alloc(m->arena, (n + 1) * sizeof(*m->numbers));
    m->networks = p->left.type >= FIELD_IP ? arena_alloc(m->arena, (n + 1) * sizeof(*m->networks)) : NULL;
    if (!m->numbers || (p->left.type >= FIELD_IP && !m->networks)) {
        return no_memory(m);
    }
    for (size_t i = 0; i < n; i++) {
        status = convert(m, i);
        if (status) {
            return status;
        }
    }
    if (p->left.type == FIELD_INT || p->left.type == FIELD_BOOL) {
        qsort(m->numbers, n, sizeof(*m->numbers), compare_numbers);
        p->numbers = m->numbers;
        p->number_count = n;
    } else if (p->left.type >= FIELD_IP) {
        p->networks = m->networks;
        p->network_count = n;
    }
    if (p->left.type == FIELD_TEXT && !text_set_init(&p->texts, m->arena, m->texts, n)) {
        return no_memory(m);
    }
    const char *why = NULL;
    if (p->op == OP_REGEX && m->texts &&
        !(p->regex = regex_compile(m->arena, m->texts[0].s, m->texts[0].n, &why))) {
        return source_error(m->err, place_of(m, m->test->values[0].offset), "regular expression: %s", why);
    }
    return 0;
}

static int make_right_field(struct maker *m)
{
    struct predicate *p = m->predicate;
    int status = field_resolve(m->arena, &m->test->right, m->test->phrase, &p->right, m->err);
    if (status) {
        return status;
    }
    bool addresses = p->left.type >= FIELD_IP && p->right.type >= FIELD_IP;
    if (p->left.type != p->right.type && !addresses) {
        return source_error(m->err, place_of(m, m->test->right.offset), "'%s' is %s, but '%s' is %s",
                            p->left.field->name, type_name(p->left.type), p->right.field->name,
                            type_name(p->right.type));
    }
    if (p->op == OP_REGEX || p->op == OP_BCONTAINS || p->op == OP_BSTARTSWITH) {
        return source_error(m->err, place_of(m, m->test->right.offset), "'%s' needs a constant",
                            op_name(p->op));
    }
    return 0;
}

/* Evaluates a predicate that depends on nothing but the call, for every call. */
static int make_calls(struct maker *m)
{
    struct predicate *p = m->predicate;
    struct call_set *calls = arena_alloc(m->arena, sizeof(*calls));
    if (!calls) {
        return no_memory(m);
    }
    struct event event = {.type = EVENT_CALL};
    struct policy_subject subject = {.event = &event};
    struct reader reader = {.subject = &subject};
    for (unsigned id = CALL_none; id < CALL_COUNT; id++) {
        event.call = call_line((enum call_id)id);
        if (predicate_test(p, &reader)) {
            call_set_add(calls, (enum call_id)id);
        }
    }
    reader_free(&reader);
    p->calls = calls;
    return 0;
}

static void summarize(struct predicate *p)
{
    p->scope = p->left.field->scope;
    p->cost = p->left.field->cost;
    p->result = p->left.field->flags & FIELD_RESULT;
    p->fd = p->left.field->flags & FIELD_FD;
    if (p->to_field) {
        p->scope = p->right.field->scope > p->scope ? p->right.field->scope : p->scope;
        p->cost = p->right.field->cost > p->cost ? p->right.field->cost : p->cost;
        p->result = p->result || p->right.field->flags & FIELD_RESULT;
        p->fd = p->fd || p->right.field->flags & FIELD_FD;
    }
    if (p->result) {
        p->cost = COST_RESULT;
        return;
    }
    if (p->op == OP_REGEX || p->op == OP_GLOB || p->op == OP_PMATCH) {
        p->cost = p->cost > COST_RENDER ? p->cost : COST_RENDER;
    }
}

bool call_makes_fd(enum call_id call)
{
    switch (call) {
    case CALL_accept:
    case CALL_accept4:
    case CALL_connect: /* gives it both ends */
    case CALL_socket:
    case CALL_memfd_create:
    case CALL_eventfd:
    case CALL_eventfd2:
    case CALL_epoll_create:
    case CALL_epoll_create1:
    case CALL_signalfd:
    case CALL_signalfd4:
    case CALL_timerfd_create:
    case CALL_inotify_init:
    case CALL_inotify_init1:
    case CALL_userfaultfd:
    case CALL_pidfd_open:
    case CALL_pidfd_getfd:
    case CALL_bpf:
    case CALL_io_uring_setup:
    case CALL_open_by_handle_at:
        return true;
    default:
        return false;
    }
}

bool predicate_waits(const struct predicate *predicate, enum call_id call)
{
    return predicate->result || (predicate->fd && call_makes_fd(call));
}

int predicate_make(struct predicate *predicate, struct arena *arena, const struct rules *rules,
                   const struct ast *test, struct error *err)
{
    struct maker m = {.predicate = predicate, .arena = arena, .rules = rules, .test = test, .err = err};
    *predicate = (struct predicate){.op = test->op, .to_field = test->to_field, .slot = NO_SLOT};
    int status = field_resolve(arena, &test->left, test->phrase, &predicate->left, err);
    if (status) {
        return status;
    }
    if (!op_fits(test->op, predicate->left.type)) {
        return source_error(err, place_of(&m, test->left.offset), "'%s' is %s: '%s' can't compare it",
                            predicate->left.field->name, type_name(predicate->left.type), op_name(test->op));
    }
    if (test->op != OP_EXISTS) {
        status = test->to_field ? make_right_field(&m) : make_constants(&m);
    }
    if (status) {
        return status;
    }
    summarize(predicate);
    return predicate->scope == SCOPE_CALL ? make_calls(&m) : 0;
}

bool predicate_same(const struct predicate *a, const struct predicate *b)
{
    if (a->op != b->op || a->to_field != b->to_field || !field_same(&a->left, &b->left) ||
        (a->to_field && !field_same(&a->right, &b->right)) || a->texts.count != b->texts.count ||
        a->number_count != b->number_count || a->network_count != b->network_count) {
        return false;
    }
    for (uint32_t i = 0; i < a->texts.count; i++) {
        if (!match_equal(a->texts.items[i], b->texts.items[i])) {
            return false;
        }
    }
    return (!a->number_count || !memcmp(a->numbers, b->numbers, a->number_count * sizeof(*a->numbers))) &&
           (!a->network_count || !memcmp(a->networks, b->networks, a->network_count * sizeof(*a->networks)));
}

uint32_t predicate_hash(const struct predicate *p)
{
    uint32_t hash = text_hash((const char *)&p->left.field, sizeof(p->left.field)) * 31 + (uint32_t)p->op;
    hash = hash * 31 + (uint32_t)p->left.index;
    hash = hash * 31 + (p->left.arg.s ? text_hash(p->left.arg.s, p->left.arg.n) : 0);
    for (uint32_t i = 0; i < p->texts.count; i++) {
        hash = hash * 31 + text_hash(p->texts.items[i].s, p->texts.items[i].n);
    }
    for (size_t i = 0; i < p->number_count; i++) {
        hash = hash * 31 + (uint32_t)p->numbers[i];
    }
    return hash;
}

bool predicate_text(const struct predicate *p, struct text value)
{
    struct text want = p->texts.count ? p->texts.items[0] : (struct text){"", 0};
    switch (p->op) {
    case OP_EQ:
        return match_equal(value, want);
    case OP_NE:
        return !match_equal(value, want);
    case OP_LT:
        return match_compare(value, want) < 0;
    case OP_LE:
        return match_compare(value, want) <= 0;
    case OP_GT:
        return match_compare(value, want) > 0;
    case OP_GE:
        return match_compare(value, want) >= 0;
    case OP_CONTAINS:
    case OP_BCONTAINS:
        return match_contains(value, want, false);
    case OP_ICONTAINS:
        return match_contains(value, want, true);
    case OP_STARTSWITH:
    case OP_BSTARTSWITH:
        return match_startswith(value, want, false);
    case OP_ISTARTSWITH:
        return match_startswith(value, want, true);
    case OP_ENDSWITH:
        return match_endswith(value, want, false);
    case OP_IENDSWITH:
        return match_endswith(value, want, true);
    case OP_GLOB:
        return match_glob(value, want, false);
    case OP_IGLOB:
        return match_glob(value, want, true);
    case OP_REGEX:
        return regex_matches(p->regex, value);
    case OP_IN:
    case OP_INTERSECTS:
        return text_set_find(&p->texts, value) >= 0;
    case OP_PMATCH:
        for (uint32_t i = 0; i < p->texts.count; i++) {
            if (match_path(value, p->texts.items[i])) {
                return true;
            }
        }
        return false;
    default:
        return false;
    }
}

static bool has_number(const struct predicate *p, int64_t value)
{
    size_t low = 0;
    size_t high = p->number_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (p->numbers[middle] < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < p->number_count && p->numbers[low] == value;
}

bool predicate_number(const struct predicate *p, int64_t value)
{
    int64_t want = p->number_count ? p->numbers[0] : 0;
    switch (p->op) {
    case OP_EQ:
        return value == want;
    case OP_NE:
        return value != want;
    case OP_LT:
        return value < want;
    case OP_LE:
        return value <= want;
    case OP_GT:
        return value > want;
    case OP_GE:
        return value >= want;
    default:
        return has_number(p, value);
    }
}

static bool test_ip(const struct predicate *p, const struct policy_ip *value)
{
    bool found = false;
    for (size_t i = 0; !found && i < p->network_count; i++) {
        found = network_has(&p->networks[i], value);
    }
    return found != (p->op == OP_NE);
}

static bool test_value(const struct predicate *p, const struct field_value *value)
{
    switch (p->left.type) {
    case FIELD_TEXT:
        return predicate_text(p, value->text);
    case FIELD_INT:
    case FIELD_BOOL:
        return predicate_number(p, value->number);
    default:
        return test_ip(p, &value->ip);
    }
}

/* Compares with the values of another field, each taken as the constant. */
static bool test_field(const struct predicate *p, struct reader *reader, const struct field_value *left)
{
    struct field_value right;
    struct predicate with = *p;
    bool found = false;
    reader->side = 1;
    for (unsigned nth = 0; !found && field_read(reader, &p->right, nth, &right); nth++) {
        struct network network = {right.ip, right.ip.family == 6 ? 128 : 32};
        with.texts = (struct text_set){.items = &right.text, .count = 1};
        with.numbers = &right.number;
        with.number_count = 1;
        with.networks = &network;
        with.network_count = 1;
        found = test_value(&with, left);
        if (!(p->right.field->flags & FIELD_MANY)) {
            break;
        }
    }
    reader->side = 0;
    return found;
}

bool predicate_test(const struct predicate *p, struct reader *reader)
{
    struct field_value value;
    reader->side = 0;
    if (p->op == OP_EXISTS) {
        return field_read(reader, &p->left, 0, &value);
    }
    bool many = p->left.field->flags & FIELD_MANY;
    bool all = p->op == OP_NE && p->left.field->flags & FIELD_ALL_NE;
    bool holds = false;
    for (unsigned nth = 0; field_read(reader, &p->left, nth, &value); nth++) {
        holds = p->to_field ? test_field(p, reader, &value) : test_value(p, &value);
        if (!many || holds != all) {
            return holds;
        }
    }
    return holds;
}
