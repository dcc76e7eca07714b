#include "policy/load_exceptions.h"

#include <errno.h>
#include <string.h>

#include "policy/lexer.h"
#include "policy/parser.h"

struct loader {
    struct arena *arena;
    const struct yaml *yaml;
    struct error *err;
};

struct text exception_text(struct arena *arena, const struct scalar *scalar, bool *quoted)
{
    const char *s = scalar->text;
    size_t n = scalar->length;
    struct text text = {NULL, n};
    *quoted = n >= 2 && (s[0] == '"' || s[0] == '\'') && s[n - 1] == s[0];
    text.s = *quoted ? lexer_unquote(arena, s, n, &text.n) : arena_copy(arena, s, n);
    return text;
}

static int bad(const struct loader *l, struct fy_node *node, const char *what)
{
    return source_error(l->err, yaml_place(l->yaml, node), "%s", what);
}

static int no_memory(const struct loader *l)
{
    return error_errno(l->err, ENOMEM, "%s", l->yaml->source->name);
}

static const struct phrase *phrase_of(const struct loader *l, struct fy_node *node)
{
    struct scalar scalar = yaml_scalar(l->yaml, node);
    return phrase_join(l->arena, NULL, &scalar);
}

static int add_field(const struct loader *l, struct exception *e, struct fy_node *node)
{
    if (yaml_kind(l->yaml, node) != YAML_SCALAR) {
        return bad(l, node, "a field of an exception must be a string");
    }
    struct exception_field *field = arena_append(l->arena, &e->fields, &e->field_count, sizeof(*e->fields));
    if (!field || !(field->field = phrase_of(l, node))) {
        return no_memory(l);
    }
    field->op = e->flat ? OP_IN : OP_EQ;
    return 0;
}

static int get_fields(const struct loader *l, struct exception *e, struct fy_node *node)
{
    e->flat = yaml_kind(l->yaml, node) == YAML_SCALAR;
    if (e->flat) {
        return add_field(l, e, node);
    }
    void *state = NULL;
    struct fy_node *field;
    int status = yaml_kind(l->yaml, node) == YAML_LIST ? 0 : bad(l, node, "an exception needs 'fields'");
    while (!status && (field = yaml_next(l->yaml, node, &state))) {
        status = add_field(l, e, field);
    }
    return status;
}

static int get_comp(const struct loader *l, struct exception *e, size_t i, struct fy_node *node)
{
    struct scalar s = yaml_scalar(l->yaml, node);
    enum op op = op_find(s.text, s.length);
    if (op == OP_COUNT || op == OP_EXISTS || i >= e->field_count) {
        return bad(l, node, i >= e->field_count ? "more 'comps' than 'fields'" : "this is no operator");
    }
    e->fields[i].op = op;
    return 0;
}

static int get_comps(const struct loader *l, struct exception *e, struct fy_node *node)
{
    if (yaml_kind(l->yaml, node) == YAML_SCALAR) {
        return get_comp(l, e, 0, node);
    }
    void *state = NULL;
    struct fy_node *comp;
    size_t i = 0;
    int status = 0;
    while (!status && (comp = yaml_next(l->yaml, node, &state))) {
        status = get_comp(l, e, i++, comp);
    }
    return !status && i != e->field_count ? bad(l, node, "'comps' and 'fields' differ in number") : status;
}

static int get_value(const struct loader *l, struct exception_value *value, struct fy_node *node)
{
    void *state = NULL;
    struct fy_node *item;
    if (yaml_kind(l->yaml, node) == YAML_SCALAR) {
        value->one = phrase_of(l, node);
        return value->one ? 0 : no_memory(l);
    }
    if (yaml_kind(l->yaml, node) != YAML_LIST) {
        return bad(l, node, "a value of an exception must be a string or a list");
    }
    while ((item = yaml_next(l->yaml, node, &state))) {
        const struct phrase **slot =
            arena_append(l->arena, &value->list, &value->count, sizeof(*value->list));
        if (!slot || !(*slot = phrase_of(l, item))) {
            return no_memory(l);
        }
    }
    return 0;
}

static int get_tuple(const struct loader *l, struct exception *e, struct fy_node *node)
{
    struct exception_tuple *tuple = arena_append(l->arena, &e->tuples, &e->tuple_count, sizeof(*e->tuples));
    if (!tuple) {
        return no_memory(l);
    }
    tuple->at = yaml_place(l->yaml, node);
    void *state = NULL;
    int status = 0;
    struct fy_node *item = e->flat ? node : yaml_next(l->yaml, node, &state);
    while (!status && item) {
        struct exception_value *value =
            arena_append(l->arena, &tuple->values, &tuple->count, sizeof(*tuple->values));
        status = value ? get_value(l, value, item) : no_memory(l);
        item = e->flat ? NULL : yaml_next(l->yaml, node, &state);
    }
    if (!status && tuple->count != e->field_count) {
        status = bad(l, node, "an exception's values must be as many as its fields");
    }
    return status;
}

static int get_values(const struct loader *l, struct exception *e, struct fy_node *node)
{
    void *state = NULL;
    struct fy_node *tuple;
    int status = yaml_kind(l->yaml, node) == YAML_LIST ? 0 : bad(l, node, "'values' must be a list");
    while (!status && (tuple = yaml_next(l->yaml, node, &state))) {
        status = get_tuple(l, e, tuple);
    }
    return status;
}

static struct exception *find_exception(struct rule *rule, const struct scalar *name)
{
    for (size_t i = 0; i < rule->exception_count; i++) {
        struct exception *e = &rule->exceptions[i];
        if (e->name.n == name->length && !memcmp(e->name.s, name->text, name->length)) {
            return e;
        }
    }
    return NULL;
}

static int check_keys(const struct loader *l, struct fy_node *node)
{
    static const char *const known[] = {"name", "fields", "comps", "values"};
    void *state = NULL;
    struct fy_node *key;
    struct fy_node *value;
    while (yaml_next_pair(l->yaml, node, &state, &key, &value)) {
        size_t i = 0;
        const char *name = yaml_scalar(l->yaml, key).text;
        while (i < 4 && strcmp(name, known[i]) != 0) {
            i++;
        }
        if (i == 4) {
            return bad(l, key, "an exception has the keys name, fields, comps and values");
        }
    }
    return 0;
}

static int load_one(const struct loader *l, struct rule *rule, struct fy_node *node)
{
    int status = check_keys(l, node);
    struct fy_node *name = yaml_get(l->yaml, node, "name");
    struct fy_node *fields = yaml_get(l->yaml, node, "fields");
    struct fy_node *comps = yaml_get(l->yaml, node, "comps");
    struct fy_node *values = yaml_get(l->yaml, node, "values");
    if (status) {
        return status;
    }
    if (yaml_kind(l->yaml, name) != YAML_SCALAR) {
        return bad(l, node, "an exception needs a 'name'");
    }
    struct scalar text = yaml_scalar(l->yaml, name);
    struct exception *e = find_exception(rule, &text);
    if (!e) {
        e = arena_append(l->arena, &rule->exceptions, &rule->exception_count, sizeof(*rule->exceptions));
        if (!e || !(e->name.s = arena_copy(l->arena, text.text, text.length))) {
            return no_memory(l);
        }
        e->name.n = text.length;
        status = get_fields(l, e, fields);
        if (!status && comps) {
            status = get_comps(l, e, comps);
        }
    } else if (fields) {
        return bad(l, fields, "this exception's fields are set already");
    }
    return !status && values && yaml_kind(l->yaml, values) != YAML_NULL ? get_values(l, e, values) : status;
}

int load_exceptions(struct arena *arena, const struct yaml *yaml, struct fy_node *node, bool append,
                    struct rule *rule, struct error *err)
{
    struct loader l = {arena, yaml, err};
    void *state = NULL;
    struct fy_node *item;
    if (!append) {
        rule->exceptions = NULL;
        rule->exception_count = 0;
    }
    int status = 0;
    if (yaml_kind(yaml, node) != YAML_LIST) {
        status = yaml_kind(yaml, node) == YAML_NULL ? 0 : bad(&l, node, "'exceptions' must be a list");
    }
    while (!status && (item = yaml_next(yaml, node, &state))) {
        status = load_one(&l, rule, item);
    }
    return status;
}
