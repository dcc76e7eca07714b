#include "policy/profile_wrap.h"

#include <errno.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "decode/render.h"
#include "policy/yaml.h"

/* Where the writer is. Nothing in a profile is deeper. */
enum { DEPTH_MAX = 32 };

struct wrapper {
    const struct profile_wrap *wrap;
    const struct yaml *json;
    struct fy_node *profile;
    bool allows; /* by default */
    struct call_set wrapped;
    struct buf *out;
    struct error *err;
};

static void new_line(struct buf *out, unsigned depth)
{
    buf_char(out, '\n');
    for (unsigned i = 0; i < depth; i++) {
        buf_str(out, "    ");
    }
}

static void write_text(struct buf *out, const char *text, size_t n)
{
    (void)render_json_string(out, text, n);
}

static void write_key(struct buf *out, const char *key, const char **between, unsigned depth)
{
    buf_str(out, *between);
    *between = ",";
    new_line(out, depth);
    write_text(out, key, strlen(key));
    buf_str(out, ": ");
}

static bool is_name(struct fy_node *node, const struct wrapper *w, const char *name)
{
    return strcmp(yaml_scalar(w->json, node).text, name) == 0;
}

static void write_node(struct wrapper *w, struct fy_node *node, unsigned depth);
static void write_profile(struct wrapper *w, unsigned depth);

static void write_map(struct wrapper *w, struct fy_node *map, unsigned depth)
{
    struct fy_node *key;
    struct fy_node *value;
    void *at = NULL;
    const char *between = "";
    buf_char(w->out, '{');
    while (yaml_next_pair(w->json, map, &at, &key, &value)) {
        write_key(w->out, yaml_scalar(w->json, key).text, &between, depth + 1);
        write_node(w, value, depth + 1);
    }
    if (*between) {
        new_line(w->out, depth);
    }
    buf_char(w->out, '}');
}

static void write_list(struct wrapper *w, struct fy_node *list, unsigned depth)
{
    struct fy_node *item;
    void *at = NULL;
    const char *between = "";
    buf_char(w->out, '[');
    while ((item = yaml_next(w->json, list, &at))) {
        buf_str(w->out, between);
        between = ",";
        new_line(w->out, depth + 1);
        write_node(w, item, depth + 1);
    }
    if (*between) {
        new_line(w->out, depth);
    }
    buf_char(w->out, ']');
}

static void write_node(struct wrapper *w, struct fy_node *node, unsigned depth)
{
    struct scalar scalar = yaml_scalar(w->json, node);
    enum yaml_kind kind = yaml_kind(w->json, node);
    if (depth > DEPTH_MAX) {
        (void)source_error(w->err, yaml_place(w->json, node), "this is too deep for a profile");
    } else if (node == w->profile) {
        write_profile(w, depth);
    } else if (kind == YAML_MAP) {
        write_map(w, node, depth);
    } else if (kind == YAML_LIST) {
        write_list(w, node, depth);
    } else if (yaml_quoted(w->json, node)) {
        write_text(w->out, scalar.text, scalar.length);
    } else {
        buf_str(w->out, kind == YAML_NULL ? "null" : scalar.text);
    }
}

static bool rule_allows(const struct wrapper *w, struct fy_node *rule)
{
    return is_name(yaml_get(w->json, rule, "action"), w, "SCMP_ACT_ALLOW");
}

static enum call_id call_of(const struct wrapper *w, struct fy_node *name)
{
    struct scalar scalar = yaml_scalar(w->json, name);
    return call_by_name(scalar.text, scalar.length);
}

/* Whether a name in a rule that allows it is to be sent instead. */
static bool is_wrapped(const struct wrapper *w, struct fy_node *name)
{
    enum call_id id = call_of(w, name);
    return id != CALL_none && call_set_has(&w->wrapped, id);
}

/* Writes the names of a rule: those that are wrapped, or the others. Returns how many there are. */
static unsigned write_names(struct wrapper *w, struct buf *out, struct fy_node *names, bool wrapped,
                            unsigned depth)
{
    struct fy_node *name;
    void *at = NULL;
    unsigned count = 0;
    buf_char(out, '[');
    while ((name = yaml_next(w->json, names, &at))) {
        if (is_wrapped(w, name) == wrapped) {
            struct scalar scalar = yaml_scalar(w->json, name);
            buf_str(out, count++ ? "," : "");
            new_line(out, depth + 1);
            write_text(out, scalar.text, scalar.length);
        }
    }
    new_line(out, depth);
    buf_char(out, ']');
    return count;
}

/* A part of a rule that allows: with `wrapped`, the names that are sent, and the action for that. */
static void write_part(struct wrapper *w, struct fy_node *rule, bool wrapped, const char **between,
                       unsigned depth)
{
    struct buf names = {0};
    struct fy_node *key;
    struct fy_node *value;
    void *at = NULL;
    const char *within = "";
    if (write_names(w, &names, yaml_get(w->json, rule, "names"), wrapped, depth + 1) == 0) {
        buf_free(&names);
        return;
    }
    buf_str(w->out, *between);
    *between = ",";
    new_line(w->out, depth);
    buf_char(w->out, '{');
    while (yaml_next_pair(w->json, rule, &at, &key, &value)) {
        write_key(w->out, yaml_scalar(w->json, key).text, &within, depth + 1);
        if (is_name(key, w, "names")) {
            buf_bytes(w->out, names.data, names.len);
        } else if (wrapped && is_name(key, w, "action")) {
            buf_str(w->out, "\"SCMP_ACT_NOTIFY\"");
        } else {
            write_node(w, value, depth + 1);
        }
    }
    new_line(w->out, depth);
    buf_char(w->out, '}');
    w->out->failed |= names.failed;
    buf_free(&names);
}

/* What the default lets pass needs a rule to be sent. */
static void write_new_rule(struct wrapper *w, const char **between, unsigned depth)
{
    const char *within = "";
    const char *separator = "";
    buf_str(w->out, *between);
    *between = ",";
    new_line(w->out, depth);
    buf_char(w->out, '{');
    write_key(w->out, "names", &within, depth + 1);
    buf_char(w->out, '[');
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        if (call_set_has(&w->wrapped, (enum call_id)id)) {
            const char *name = call_line((enum call_id)id)->name;
            write_key(w->out, name, &separator, depth + 2);
            w->out->len -= strlen(": ");
        }
    }
    new_line(w->out, depth + 1);
    buf_char(w->out, ']');
    write_key(w->out, "action", &within, depth + 1);
    buf_str(w->out, "\"SCMP_ACT_NOTIFY\"");
    new_line(w->out, depth);
    buf_char(w->out, '}');
}

static bool any(const struct call_set *set)
{
    static const struct call_set none;
    return memcmp(set, &none, sizeof(none)) != 0;
}

static void write_rules(struct wrapper *w, unsigned depth)
{
    struct fy_node *rules = yaml_get(w->json, w->profile, "syscalls");
    struct fy_node *rule;
    void *at = NULL;
    const char *between = "";
    buf_char(w->out, '[');
    while ((rule = yaml_next(w->json, rules, &at))) {
        if (rule_allows(w, rule)) {
            write_part(w, rule, false, &between, depth + 1);
            if (!w->allows) {
                write_part(w, rule, true, &between, depth + 1);
            }
            continue;
        }
        buf_str(w->out, between);
        between = ",";
        new_line(w->out, depth + 1);
        write_node(w, rule, depth + 1);
    }
    if (w->allows && any(&w->wrapped)) {
        write_new_rule(w, &between, depth + 1);
    }
    new_line(w->out, depth);
    buf_char(w->out, ']');
}

static void write_profile(struct wrapper *w, unsigned depth)
{
    struct fy_node *key;
    struct fy_node *value;
    void *at = NULL;
    const char *between = "";
    const char *metadata = w->wrap->metadata;
    buf_char(w->out, '{');
    while (yaml_next_pair(w->json, w->profile, &at, &key, &value)) {
        if (is_name(key, w, "syscalls") || is_name(key, w, "listenerPath") ||
            (metadata && is_name(key, w, "listenerMetadata"))) {
            continue;
        }
        write_key(w->out, yaml_scalar(w->json, key).text, &between, depth + 1);
        write_node(w, value, depth + 1);
    }
    write_key(w->out, "listenerPath", &between, depth + 1);
    write_text(w->out, w->wrap->listener, strlen(w->wrap->listener));
    if (metadata) {
        write_key(w->out, "listenerMetadata", &between, depth + 1);
        write_text(w->out, metadata, strlen(metadata));
    }
    write_key(w->out, "syscalls", &between, depth + 1);
    write_rules(w, depth + 1);
    new_line(w->out, depth);
    buf_char(w->out, '}');
}

/* The calls of a rule's names. */
static void add_names(const struct wrapper *w, struct fy_node *rule, struct call_set *set)
{
    struct fy_node *names = yaml_get(w->json, rule, "names");
    struct fy_node *name;
    void *at = NULL;
    while ((name = yaml_next(w->json, names, &at))) {
        enum call_id id = call_of(w, name);
        if (id != CALL_none) {
            call_set_add(set, id);
        }
    }
}

static int check_rules(const struct wrapper *w, struct call_set *allowed, struct call_set *others)
{
    struct fy_node *rules = yaml_get(w->json, w->profile, "syscalls");
    struct fy_node *rule;
    void *at = NULL;
    if (yaml_kind(w->json, rules) != YAML_LIST && yaml_kind(w->json, rules) != YAML_NULL) {
        return source_error(w->err, yaml_place(w->json, rules), "'syscalls' must be a list");
    }
    while ((rule = yaml_next(w->json, rules, &at))) {
        if (yaml_kind(w->json, yaml_get(w->json, rule, "names")) != YAML_LIST) {
            return source_error(w->err, yaml_place(w->json, rule), "this rule has no list of 'names'");
        }
        add_names(w, rule, rule_allows(w, rule) ? allowed : others);
    }
    return 0;
}

/*
 * Which of the calls are sent. Where the profile denies by default, those that its rules allow, under the
 * same conditions. Where it allows by default, those that no other rule is about: a rule without arguments
 * would win over theirs.
 */
static int choose(struct wrapper *w, struct call_set *left)
{
    struct call_set allowed = {0};
    struct call_set others = {0};
    struct fy_node *path = yaml_get(w->json, w->profile, "listenerPath");
    struct scalar action = yaml_scalar(w->json, yaml_get(w->json, w->profile, "defaultAction"));
    int ret = check_rules(w, &allowed, &others);
    if (ret < 0) {
        return ret;
    }
    if (path && strcmp(yaml_scalar(w->json, path).text, w->wrap->listener) != 0) {
        return source_error(w->err, yaml_place(w->json, path),
                            "this profile has another listener, and there can be only one");
    }
    w->allows = strcmp(action.text, "SCMP_ACT_ALLOW") == 0;
    *left = (struct call_set){0};
    for (unsigned i = CALL_none + 1; i < CALL_COUNT; i++) {
        enum call_id id = (enum call_id)i;
        if (!call_set_has(&w->wrap->calls, id)) {
            continue;
        }
        bool sent = w->allows ? !call_set_has(&others, id) : call_set_has(&allowed, id);
        call_set_add(sent ? &w->wrapped : left, id);
    }
    return 0;
}

static int find_profile(struct wrapper *w)
{
    struct fy_node *root = w->json->root;
    struct fy_node *linux_part = yaml_get(w->json, root, "linux");
    w->profile = linux_part ? yaml_get(w->json, linux_part, "seccomp") : root;
    if (yaml_kind(w->json, w->profile) != YAML_MAP || !yaml_get(w->json, w->profile, "defaultAction")) {
        return source_error(w->err, yaml_place(w->json, root),
                            "this is neither a seccomp profile nor a configuration with one");
    }
    return 0;
}

int profile_wrap(struct buf *out, const struct source *source, const struct profile_wrap *wrap,
                 struct call_set *left, struct error *err)
{
    struct error own = {0};
    struct yaml json = {.source = source};
    struct wrapper w = {.wrap = wrap, .json = &json, .out = out, .err = &own};
    int ret = yaml_parse_json(&json, source, &own);
    ret = ret < 0 ? ret : find_profile(&w);
    ret = ret < 0 ? ret : choose(&w, left);
    if (ret == 0) {
        write_node(&w, json.root, 0);
        buf_char(out, '\n');
        ret = out->failed ? error_set(&own, ENOMEM, "out of memory") : -own.code;
    }
    yaml_free(&json);
    if (ret < 0) {
        (void)error_set(err, -ret, "%s", own.message);
        error_hint(err, "%s", own.hint);
    }
    return ret;
}
