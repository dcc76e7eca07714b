#include "policy/yaml.h"

#include <errno.h>
#include <libfyaml.h>
#include <string.h>

/* What libfyaml has no clear word for, or can't stand: control characters, directives. */
static int check_text(const struct source *source, struct error *err)
{
    for (size_t i = 0; i < source->length; i++) {
        unsigned char c = (unsigned char)source->text[i];
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) {
            struct place at = {source, i};
            return source_error(err, at, "byte 0x%02x: this is not a text file", c);
        }
        if (c == '%' && (i == 0 || source->text[i - 1] == '\n' || source->text[i - 1] == '\r')) {
            struct place at = {source, i}; /* some make libfyaml 0.7.12 loop for ever */
            return source_error(err, at, "YAML directives (%%) are not supported");
        }
    }
    return 0;
}

static size_t offset_of(const struct source *source, int line, int column)
{
    size_t offset = 0;
    while (line > 1 && offset < source->length) {
        line -= source->text[offset++] == '\n';
    }
    return offset + (column > 1 ? (size_t)column - 1 : 0);
}

static int report(struct fy_diag *diag, const struct source *source, struct error *err)
{
    void *state = NULL;
    struct fy_diag_error *e = fy_diag_errors_iterate(diag, &state);
    struct place at = {source, e ? offset_of(source, e->line, e->column) : 0};
    return source_error(err, at, "%s", e && e->msg ? e->msg : "this is not YAML");
}

static int parse(struct yaml *yaml, const struct source *source, enum fy_parse_cfg_flags flags,
                 struct error *err)
{
    *yaml = (struct yaml){.source = source};
    int status = check_text(source, err);
    if (status) {
        return status;
    }
    struct fy_diag_cfg quiet;
    fy_diag_cfg_default(&quiet);
    quiet.fp = NULL;
    struct fy_diag *diag = fy_diag_create(&quiet);
    if (!diag) {
        return error_errno(err, ENOMEM, "%s", source->name);
    }
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg config = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | flags, .diag = diag};
    yaml->document = fy_document_build_from_string(&config, source->text, source->length);
    if (!yaml->document) {
        void *state = NULL;
        bool failed = fy_diag_errors_iterate(diag, &state) != NULL;
        bool blank = strspn(source->text, " \t\r\n") == source->length;
        status = blank && !failed ? 0 : report(diag, source, err);
    } else {
        yaml->root = fy_document_root(yaml->document);
    }
    fy_diag_destroy(diag);
    return status;
}

int yaml_parse(struct yaml *yaml, const struct source *source, struct error *err)
{
    /* Sloppy: a closing bracket may stand at its key's column, which YAML 1.2 forbids and every author does.
     */
    return parse(yaml, source, FYPCF_SLOPPY_FLOW_INDENTATION, err);
}

int yaml_parse_json(struct yaml *yaml, const struct source *source, struct error *err)
{
    return parse(yaml, source, FYPCF_JSON_FORCE, err);
}

void yaml_free(struct yaml *yaml)
{
    if (yaml->document) {
        fy_document_destroy(yaml->document);
    }
    yaml->document = NULL;
}

static struct fy_node *follow(struct fy_node *node)
{
    /* An alias of an alias has no meaning in YAML, so one step is enough; a bound keeps cycles out. */
    for (int i = 0; node && i < 4 && fy_node_is_alias(node); i++) {
        node = fy_node_resolve_alias(node);
    }
    return node;
}

enum yaml_kind yaml_kind(const struct yaml *yaml, struct fy_node *node)
{
    (void)yaml;
    node = follow(node);
    if (!node) {
        return YAML_NULL;
    }
    switch (fy_node_get_type(node)) {
    case FYNT_SEQUENCE:
        return YAML_LIST;
    case FYNT_MAPPING:
        return YAML_MAP;
    default:
        break;
    }
    if (fy_node_get_style(node) != FYNS_PLAIN) {
        return YAML_SCALAR; /* a block's text takes long to make: not for this */
    }
    size_t n = 0;
    const char *text = fy_node_get_scalar(node, &n);
    if (!text || (!n && fy_node_get_style(node) == FYNS_PLAIN) ||
        (n == 4 && !memcmp(text, "null", 4) && fy_node_get_style(node) == FYNS_PLAIN)) {
        return YAML_NULL;
    }
    return YAML_SCALAR;
}

/* The leftmost scalar below a node: containers have no token of their own in libfyaml's interface. */
static struct fy_node *first_scalar(struct fy_node *node)
{
    for (int depth = 0; node && depth < 64; depth++) {
        void *state = NULL;
        if (fy_node_is_sequence(node)) {
            node = fy_node_sequence_iterate(node, &state);
        } else if (fy_node_is_mapping(node)) {
            struct fy_node_pair *pair = fy_node_mapping_iterate(node, &state);
            node = pair ? fy_node_pair_key(pair) : NULL;
        } else {
            return node;
        }
    }
    return NULL;
}

struct place yaml_place(const struct yaml *yaml, struct fy_node *node)
{
    struct place at = {yaml->source, 0};
    struct fy_node *scalar = first_scalar(node);
    struct fy_token *token = scalar ? fy_node_get_scalar_token(scalar) : NULL;
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    if (mark && mark->input_pos <= yaml->source->length) {
        at.offset = mark->input_pos;
        const char *text = yaml->source->text;
        while (text[at.offset] == ' ' || text[at.offset] == '\n') { /* a block scalar begins at column 1 */
            at.offset++;
        }
    }
    return at;
}

struct scalar yaml_scalar(const struct yaml *yaml, struct fy_node *node)
{
    struct scalar scalar = {.text = "", .at = yaml_place(yaml, node)};
    node = follow(node);
    if (node && fy_node_is_scalar(node)) {
        const char *text = fy_node_get_scalar0(node);
        size_t n = text ? strlen(text) : 0;
        scalar.escapes = fy_node_get_style(node) == FYNS_DOUBLE_QUOTED;
        if (scalar.escapes) {
            (void)fy_node_get_scalar(node, &n); /* "\0" is a NUL that does not end it */
        }
        if (text) {
            scalar.text = text;
            scalar.length = n;
        }
    }
    return scalar;
}

bool yaml_quoted(const struct yaml *yaml, struct fy_node *node)
{
    (void)yaml;
    node = follow(node);
    enum fy_node_style style = node ? fy_node_get_style(node) : FYNS_PLAIN;
    return style == FYNS_DOUBLE_QUOTED || style == FYNS_SINGLE_QUOTED;
}

struct fy_node *yaml_next(const struct yaml *yaml, struct fy_node *list, void **state)
{
    (void)yaml;
    list = follow(list);
    return list && fy_node_is_sequence(list) ? fy_node_sequence_iterate(list, state) : NULL;
}

bool yaml_next_pair(const struct yaml *yaml, struct fy_node *map, void **state, struct fy_node **key,
                    struct fy_node **value)
{
    (void)yaml;
    map = follow(map);
    struct fy_node_pair *pair = map && fy_node_is_mapping(map) ? fy_node_mapping_iterate(map, state) : NULL;
    if (!pair) {
        return false;
    }
    *key = fy_node_pair_key(pair);
    *value = fy_node_pair_value(pair);
    return true;
}

struct fy_node *yaml_get(const struct yaml *yaml, struct fy_node *map, const char *key)
{
    void *state = NULL;
    struct fy_node *k;
    struct fy_node *v;
    while (yaml_next_pair(yaml, map, &state, &k, &v)) {
        struct scalar name = yaml_scalar(yaml, k);
        if (strlen(key) == name.length && !memcmp(key, name.text, name.length)) {
            return v;
        }
    }
    return NULL;
}
