#include "policy/expand.h"

#include <errno.h>
#include <string.h>

#include "policy/parser.h"

/* Bounds on one rule: macros that use others twice would double without end. */
enum { NODES_MAX = 100000, EXPAND_DEPTH_MAX = 400 };

static struct cond *fail(struct expander *x, int status)
{
    x->status = status;
    return NULL;
}

static struct cond *no_memory(struct expander *x)
{
    return fail(x, error_errno(x->err, ENOMEM, "rules"));
}

static struct cond *new_cond(struct expander *x, enum cond_type type, const struct ast *ast)
{
    if (++x->nodes > NODES_MAX) {
        return fail(x, source_error(x->err, phrase_place(ast->phrase, ast->offset),
                                    "the condition becomes too large when its macros are expanded"));
    }
    struct cond *cond = arena_alloc(x->predicates->arena, sizeof(*cond));
    if (!cond) {
        return no_memory(x);
    }
    cond->type = type;
    return cond;
}

static bool grow(struct predicates *ps)
{
    size_t room = ps->room ? 2 * ps->room : 64;
    uint32_t *slots = arena_alloc(ps->arena, room * sizeof(*slots));
    if (!slots) {
        return false;
    }
    for (uint32_t i = 0; i < ps->count; i++) {
        size_t at = predicate_hash(ps->items[i]) & (room - 1);
        while (slots[at]) {
            at = (at + 1) & (room - 1);
        }
        slots[at] = i + 1;
    }
    ps->slots = slots;
    ps->room = room;
    return true;
}

/* The number of a predicate, added if it is new; -1 when memory ran out. */
static int64_t intern(struct predicates *ps, const struct predicate *predicate)
{
    if (ps->count * 2 >= ps->room && !grow(ps)) {
        return -1;
    }
    size_t at = predicate_hash(predicate) & (ps->room - 1);
    for (; ps->slots[at]; at = (at + 1) & (ps->room - 1)) {
        uint32_t number = ps->slots[at] - 1;
        if (predicate_same(ps->items[number], predicate)) {
            return number;
        }
    }
    struct predicate *copy = arena_alloc(ps->arena, sizeof(*copy));
    struct predicate **slot =
        copy ? arena_append(ps->arena, &ps->items, &ps->count, sizeof(struct predicate *)) : NULL;
    if (!slot) {
        return -1;
    }
    *copy = *predicate;
    *slot = copy;
    ps->slots[at] = (uint32_t)ps->count;
    return (int64_t)ps->count - 1;
}

/* The number of the test's predicate; -1 with x->status set. */
static int64_t predicate_of(struct expander *x, struct ast *ast)
{
    if (ast->made) {
        return ast->made - 1;
    }
    struct predicate predicate;
    int status = predicate_make(&predicate, x->predicates->arena, x->rules, ast, x->err);
    if (status) {
        fail(x, status);
        return -1;
    }
    int64_t number = intern(x->predicates, &predicate);
    if (number < 0) {
        no_memory(x);
    }
    ast->made = (uint32_t)(number + 1);
    return number;
}

static struct cond *expand_test(struct expander *x, struct ast *ast, bool negated)
{
    int64_t number = predicate_of(x, ast);
    struct cond *cond = number < 0 ? NULL : new_cond(x, COND_TEST, ast);
    if (cond) {
        struct predicate *predicate = x->predicates->items[number];
        cond->negated = negated;
        cond->predicate = (uint32_t)number;
        cond->cost = predicate->cost;
        cond->process = predicate->scope == SCOPE_PROCESS;
        predicate->uses++;
    }
    return cond;
}

/* Adds an operand, keeping the cheap ones first and the order of equals. */
static void insert(struct cond *chain, struct cond *operand)
{
    struct cond **at = &chain->first;
    for (int cost = operand->cost; cost >= 0; cost--) {
        if (chain->last[cost]) {
            at = &chain->last[cost]->next;
            break;
        }
    }
    operand->next = *at;
    *at = operand;
    chain->last[operand->cost] = operand;
    chain->cost = operand->cost > chain->cost ? operand->cost : chain->cost;
    chain->process = chain->process && operand->process;
}

static void append(struct cond *chain, struct cond *operand)
{
    if (operand->type != chain->type) {
        operand->next = NULL;
        insert(chain, operand);
        return;
    }
    for (struct cond *c = operand->first; c;) { /* "a and (b and c)" is one chain */
        struct cond *next = c->next;
        insert(chain, c);
        c = next;
    }
}

static struct cond *expand_ast(struct expander *x, struct ast *ast, bool negated);

/* De Morgan: a negated chain is the other chain of negated operands. */
static struct cond *expand_chain(struct expander *x, const struct ast *ast, bool negated)
{
    bool is_and = (ast->type == AST_AND) != negated;
    struct cond *chain = new_cond(x, is_and ? COND_AND : COND_OR, ast);
    if (!chain) {
        return NULL;
    }
    chain->process = true;
    for (struct ast *a = ast->first; a; a = a->next) {
        struct cond *operand = expand_ast(x, a, negated);
        if (!operand) {
            return NULL;
        }
        append(chain, operand);
    }
    return chain;
}

static struct cond *expand_macro(struct expander *x, const struct ast *ast, bool negated)
{
    struct macro *macro = names_find(&x->rules->macros, ast->name.s, ast->name.n);
    if (!macro) {
        struct place at = phrase_place(ast->phrase, ast->offset);
        bool field = strchr(ast->name.s, '.') != NULL;
        return fail(x, source_error(x->err, at,
                                    field ? "'%.80s' is compared to nothing" : "there is no macro '%.80s'",
                                    ast->name.s));
    }
    if (macro->open) {
        return fail(x, source_error(x->err, phrase_place(ast->phrase, ast->offset),
                                    "the macro '%.80s' contains itself", ast->name.s));
    }
    if (!macro->ast && !(macro->ast = parse_condition(x->predicates->arena, macro->condition, x->err))) {
        return fail(x, -EINVAL);
    }
    macro->open = true;
    macro->used = true;
    struct cond *cond = expand_ast(x, macro->ast, negated);
    macro->open = false;
    return cond;
}

static struct cond *expand_ast(struct expander *x, struct ast *ast, bool negated)
{
    struct cond *cond = NULL;
    if (++x->depth > EXPAND_DEPTH_MAX) {
        fail(x, source_error(x->err, phrase_place(ast->phrase, ast->offset), "macros are nested too deeply"));
    } else if (ast->type == AST_TEST) {
        cond = expand_test(x, ast, negated);
    } else if (ast->type == AST_NAME) {
        cond = expand_macro(x, ast, negated);
    } else if (ast->type == AST_NOT) {
        cond = expand_ast(x, ast->first, !negated);
    } else {
        cond = expand_chain(x, ast, negated);
    }
    x->depth--;
    return cond;
}

static bool set_value(struct expander *x, const struct phrase *phrase, struct ast_value *value)
{
    struct scalar scalar = phrase->pieces[0].scalar;
    bool quoted = scalar.length >= 2 && (scalar.text[0] == '"' || scalar.text[0] == '\'') &&
                  scalar.text[scalar.length - 1] == scalar.text[0];
    value->text = (struct text){phrase->text, phrase->length};
    value->quoted = quoted;
    if (quoted) {
        value->text.s = arena_copy(x->predicates->arena, phrase->text + 1, phrase->length - 2);
        value->text.n = phrase->length - 2;
    }
    return value->text.s != NULL;
}

/* "field op value" of one field of an exception's tuple, as if it had been written. */
static struct ast *exception_test(struct expander *x, const struct exception_field *field,
                                  const struct exception_value *value)
{
    struct arena *arena = x->predicates->arena;
    struct ast *test = arena_alloc(arena, sizeof(*test));
    size_t offset = 0;
    size_t count = value->one ? 1 : value->count;
    struct ast_value *values = arena_alloc(arena, (count + 1) * sizeof(*values));
    if (!test || !values) {
        no_memory(x);
        return NULL;
    }
    test->type = AST_TEST;
    test->phrase = field->field;
    test->op = field->op;
    if (!parse_operand(arena, field->field, &offset, &test->left, x->err)) {
        fail(x, -EINVAL);
        return NULL;
    }
    if (!op_takes_list(test->op) && !value->one) {
        fail(x, source_error(x->err, phrase_place(field->field, 0),
                             "'%s' compares to one value, not to a list", op_name(test->op)));
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        if (!set_value(x, value->one ? value->one : value->list[i], &values[i])) {
            no_memory(x);
            return NULL;
        }
    }
    test->values = values;
    test->value_count = count;
    return test;
}

/* "f1 op v1 and f2 op v2" */
static struct ast *exception_tuple(struct expander *x, const struct exception *e,
                                   const struct exception_tuple *tuple)
{
    struct ast *chain = arena_alloc(x->predicates->arena, sizeof(*chain));
    if (!chain) {
        no_memory(x);
        return NULL;
    }
    struct ast **at = &chain->first;
    chain->type = AST_AND;
    chain->phrase = e->fields[0].field;
    for (size_t i = 0; i < tuple->count; i++) {
        *at = exception_test(x, &e->fields[i], &tuple->values[i]);
        if (!*at) {
            return NULL;
        }
        at = &(*at)->next;
    }
    return chain;
}

/* An exception whose `fields` is one string: all its values are one list. */
static struct ast *exception_flat(struct expander *x, const struct exception *e)
{
    struct exception_value all = {.count = e->tuple_count};
    all.list = arena_alloc(x->predicates->arena, (e->tuple_count + 1) * sizeof(*all.list));
    if (!all.list) {
        no_memory(x);
        return NULL;
    }
    for (size_t i = 0; i < e->tuple_count; i++) {
        all.list[i] = e->tuples[i].values[0].one;
        if (!all.list[i]) {
            fail(x, source_error(x->err, e->tuples[i].at, "the values of this exception must be strings"));
            return NULL;
        }
    }
    return exception_test(x, &e->fields[0], &all);
}

static bool add_exception(struct expander *x, const struct exception *e, struct cond *chain)
{
    bool flat = e->flat && op_takes_list(e->fields[0].op);
    for (size_t i = 0; i < (flat && e->tuple_count ? 1 : e->tuple_count); i++) {
        struct ast *ast = flat ? exception_flat(x, e) : exception_tuple(x, e, &e->tuples[i]);
        struct cond *cond = ast ? expand_ast(x, ast, true) : NULL;
        if (!cond) {
            return false;
        }
        append(chain, cond);
    }
    return true;
}

struct cond *expand_rule(struct expander *x, const struct rule *rule)
{
    struct ast *ast = parse_condition(x->predicates->arena, rule->condition, x->err);
    if (!ast) {
        return fail(x, -EINVAL);
    }
    struct cond *chain = new_cond(x, COND_AND, ast);
    struct cond *cond = chain ? expand_ast(x, ast, false) : NULL;
    if (!cond) {
        return NULL;
    }
    chain->process = true;
    append(chain, cond);
    for (size_t i = 0; i < rule->exception_count; i++) {
        if (!add_exception(x, &rule->exceptions[i], chain)) {
            return NULL;
        }
    }
    return chain;
}
