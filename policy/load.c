#include "policy/load.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "policy/load_exceptions.h"

/* What this engine understands, in Falco's numbering (required_engine_version). */
enum { ENGINE_MAJOR = 0, ENGINE_MINOR = 57 };

/* The keys of an item, each with its node. */
enum key {
    KEY_NAME, /* "rule", "macro" or "list": the item's kind and name */
    KEY_DESC,
    KEY_CONDITION,
    KEY_OUTPUT,
    KEY_PRIORITY,
    KEY_ENABLED,
    KEY_TAGS,
    KEY_SOURCE,
    KEY_EXCEPTIONS,
    KEY_ITEMS,
    KEY_APPEND,
    KEY_OVERRIDE,
    KEY_WARN_EVTTYPES,
    KEY_SKIP_UNKNOWN,
    KEY_CAPTURE,
    KEY_CAPTURE_DURATION,
    KEY_ACTION,
    KEY_ERRNO,
    KEY_COUNT
};

static const char *const key_names[KEY_COUNT] = {
    [KEY_DESC] = "desc",
    [KEY_CONDITION] = "condition",
    [KEY_OUTPUT] = "output",
    [KEY_PRIORITY] = "priority",
    [KEY_ENABLED] = "enabled",
    [KEY_TAGS] = "tags",
    [KEY_SOURCE] = "source",
    [KEY_EXCEPTIONS] = "exceptions",
    [KEY_ITEMS] = "items",
    [KEY_APPEND] = "append",
    [KEY_OVERRIDE] = "override",
    [KEY_WARN_EVTTYPES] = "warn_evttypes",
    [KEY_SKIP_UNKNOWN] = "skip-if-unknown-filter",
    [KEY_CAPTURE] = "capture", /* Falco's recording of what follows an alert: accepted, without effect */
    [KEY_CAPTURE_DURATION] = "capture_duration",
    [KEY_ACTION] = "action",
    [KEY_ERRNO] = "errno",
};

enum how { HOW_SET, HOW_APPEND, HOW_REPLACE };

struct item {
    struct rules *rules;
    const struct yaml *yaml;
    struct error *err;
    struct fy_node *map;
    struct fy_node *keys[KEY_COUNT];
    const char *kind;
    struct text name;
    struct place at;
    enum how how[KEY_COUNT]; /* HOW_SET: a definition */
    bool amends;             /* append or override: changes what is there */
};

static int __attribute__((format(printf, 3, 4)))
item_error(const struct item *item, struct fy_node *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int ret = source_verror(item->err, node ? yaml_place(item->yaml, node) : item->at, format, args);
    va_end(args);
    return ret;
}

static int no_memory(const struct item *item)
{
    return error_errno(item->err, ENOMEM, "%s", item->yaml->source->name);
}

static int get_text(const struct item *item, struct fy_node *node, const char *what, struct scalar *scalar)
{
    if (yaml_kind(item->yaml, node) != YAML_SCALAR) {
        return item_error(item, node, "'%s' must be a string", what);
    }
    *scalar = yaml_scalar(item->yaml, node);
    return 0;
}

/* A copy of a scalar that outlives the document, white space around it cut off. */
static int keep_text(const struct item *item, struct fy_node *node, const char *what, struct text *text)
{
    struct scalar scalar = {.text = ""};
    int status = get_text(item, node, what, &scalar);
    if (status) {
        return status;
    }
    while (scalar.length && strchr(" \t\n", scalar.text[scalar.length - 1])) {
        scalar.length--;
    }
    text->n = scalar.length;
    text->s = arena_copy(item->rules->arena, scalar.text, scalar.length);
    return text->s ? 0 : no_memory(item);
}

static int get_bool(const struct item *item, enum key key, bool *value)
{
    struct fy_node *node = item->keys[key];
    struct scalar s = yaml_scalar(item->yaml, node);
    bool yes = !strcmp(s.text, "true") || !strcmp(s.text, "True");
    bool no = !strcmp(s.text, "false") || !strcmp(s.text, "False");
    if (yaml_kind(item->yaml, node) != YAML_SCALAR || (!yes && !no)) {
        return item_error(item, node, "'%s' must be true or false", key_names[key]);
    }
    *value = yes;
    return 0;
}

/* Sets or appends a condition or an output. */
static int get_phrase(const struct item *item, enum key key, const struct phrase **phrase)
{
    struct scalar scalar = {.text = ""};
    int status = get_text(item, item->keys[key], key_names[key], &scalar);
    if (status) {
        return status;
    }
    *phrase = phrase_join(item->rules->arena, item->how[key] == HOW_APPEND ? *phrase : NULL, &scalar);
    return *phrase ? 0 : no_memory(item);
}

static int add_item(const struct item *item, struct list *list, struct fy_node *node)
{
    struct scalar scalar = {.text = ""};
    int status = get_text(item, node, "items", &scalar);
    if (status) {
        return status;
    }
    if (list->count >= LIST_ITEMS_MAX) {
        return item_error(item, node, "the list '%s' has too many items", list->name.s);
    }
    struct list_item *new =
        arena_append(item->rules->arena, &list->items, &list->count, sizeof(*list->items));
    if (!new) {
        return no_memory(item);
    }
    new->at = scalar.at;
    new->text = exception_text(item->rules->arena, &scalar, &new->quoted);
    return new->text.s ? 0 : no_memory(item);
}

/* The list or macro of the item's name: the one that it changes or replaces, or a new one. */
static int get_named(const struct item *item, struct names *names, size_t size, void **object)
{
    *object = names_find(names, item->name.s, item->name.n);
    if (*object) {
        return 0;
    }
    if (item->amends) {
        return item_error(item, NULL, "there is no %s '%s' to append to", item->kind, item->name.s);
    }
    *object = arena_alloc(item->rules->arena, size);
    return *object && names_set(names, item->rules->arena, item->name, *object) ? 0 : no_memory(item);
}

static int load_list(struct item *item)
{
    void *named;
    int found = get_named(item, &item->rules->lists, sizeof(struct list), &named);
    if (found) {
        return found;
    }
    struct list *list = named;
    if (item->how[KEY_ITEMS] != HOW_APPEND) {
        list->items = NULL;
        list->count = 0;
    }
    list->name = item->name;
    list->at = item->at;
    struct fy_node *items = item->keys[KEY_ITEMS];
    if (yaml_kind(item->yaml, items) != YAML_LIST) {
        return item_error(item, items, "'items' must be a list");
    }
    void *state = NULL;
    struct fy_node *node;
    while ((node = yaml_next(item->yaml, items, &state))) {
        int status = add_item(item, list, node);
        if (status) {
            return status;
        }
    }
    return 0;
}

static int load_macro(struct item *item)
{
    void *named;
    int found = get_named(item, &item->rules->macros, sizeof(struct macro), &named);
    if (found) {
        return found;
    }
    struct macro *macro = named;
    macro->name = item->name;
    macro->at = item->at;
    return get_phrase(item, KEY_CONDITION, &macro->condition);
}

static int get_priority(const struct item *item, struct rule *rule)
{
    struct text text = {"", 0};
    int status = keep_text(item, item->keys[KEY_PRIORITY], "priority", &text);
    int priority = status ? 0 : priority_find(text.s, text.n);
    if (priority < 0) {
        return item_error(item, item->keys[KEY_PRIORITY], "there is no priority '%s'", text.s);
    }
    rule->priority = (enum priority)priority;
    return status;
}

static int get_tags(const struct item *item, struct rule *rule)
{
    struct fy_node *node = item->keys[KEY_TAGS];
    void *state = NULL;
    struct fy_node *tag;
    if (yaml_kind(item->yaml, node) != YAML_LIST) {
        return item_error(item, node, "'tags' must be a list");
    }
    if (item->how[KEY_TAGS] != HOW_APPEND) {
        rule->tags = NULL;
        rule->tag_count = 0;
    }
    while ((tag = yaml_next(item->yaml, node, &state))) {
        struct text *new =
            arena_append(item->rules->arena, &rule->tags, &rule->tag_count, sizeof(*rule->tags));
        int status = new ? keep_text(item, tag, "tags", new) : no_memory(item);
        if (status) {
            return status;
        }
    }
    return 0;
}

/* "delay 10ms", or as a map of one key, delay: 10ms. */
static int get_action(const struct item *item, struct rule *rule)
{
    struct text word = {"", 0};
    struct text text = {"", 0};
    char action[128];
    void *state = NULL;
    struct fy_node *node = item->keys[KEY_ACTION];
    struct fy_node *key = NULL;
    struct fy_node *value = node;
    int status = 0;
    if (yaml_kind(item->yaml, node) == YAML_MAP) {
        if (!yaml_next_pair(item->yaml, node, &state, &key, &value)) {
            return item_error(item, item->map,
                              "'action' is empty"); /* an empty map has no place of its own */
        }
        status = keep_text(item, key, "action", &word);
    }
    status = status ? status : keep_text(item, value, "action", &text);
    snprintf(action, sizeof(action), "%s%s%s", word.s, key ? " " : "", text.s);
    if (!status && key && yaml_next_pair(item->yaml, node, &state, &key, &value)) {
        return item_error(item, node, "there is one action");
    }
    if (!status && !action_parse(action, &rule->action)) {
        return item_error(item, node, "there is no action '%s'", action);
    }
    return status;
}

static int get_errno(const struct item *item, struct rule *rule)
{
    struct text text = {"", 0};
    char action[64];
    int status = keep_text(item, item->keys[KEY_ERRNO], "errno", &text);
    if (status) {
        return status;
    }
    if (rule->action.type != ACTION_DENY) {
        return item_error(item, item->keys[KEY_ERRNO], "'errno' needs 'action: deny'");
    }
    snprintf(action, sizeof(action), "deny %s", text.s);
    if (!action_parse(action, &rule->action)) {
        return item_error(item, item->keys[KEY_ERRNO], "there is no error '%s'", text.s);
    }
    return 0;
}

/* Everything an item says about a rule, whether it defines or amends it. */
static int fill_rule(const struct item *item, struct rule *rule)
{
    int status = 0;
    struct fy_node *const *keys = item->keys;
    bool boolean = false;
    if (keys[KEY_DESC] && yaml_kind(item->yaml, keys[KEY_DESC]) != YAML_SCALAR) {
        status = item_error(item, keys[KEY_DESC], "'desc' must be a string"); /* and nobody reads it */
    }
    if (!status && keys[KEY_CONDITION]) {
        status = get_phrase(item, KEY_CONDITION, &rule->condition);
    }
    if (!status && keys[KEY_OUTPUT]) {
        status = get_phrase(item, KEY_OUTPUT, &rule->output);
    }
    if (!status && keys[KEY_PRIORITY]) {
        status = get_priority(item, rule);
    }
    if (!status && keys[KEY_ENABLED]) {
        status = get_bool(item, KEY_ENABLED, &rule->enabled);
    }
    if (!status && keys[KEY_SKIP_UNKNOWN]) {
        status = get_bool(item, KEY_SKIP_UNKNOWN, &rule->skip_unknown);
    }
    if (!status && keys[KEY_WARN_EVTTYPES]) {
        status = get_bool(item, KEY_WARN_EVTTYPES, &boolean);
        rule->wants_all = !status && !boolean;
    }
    if (!status && keys[KEY_TAGS]) {
        status = get_tags(item, rule);
    }
    if (!status && keys[KEY_SOURCE]) {
        status = keep_text(item, keys[KEY_SOURCE], "source", &rule->source);
    }
    if (!status && keys[KEY_ACTION]) {
        status = get_action(item, rule);
    }
    if (!status && keys[KEY_ERRNO]) {
        status = get_errno(item, rule);
    }
    if (!status && keys[KEY_EXCEPTIONS]) {
        bool append = item->how[KEY_EXCEPTIONS] == HOW_APPEND;
        status =
            load_exceptions(item->rules->arena, item->yaml, keys[KEY_EXCEPTIONS], append, rule, item->err);
    }
    return status;
}

static int new_rule(struct item *item, struct rule **rule)
{
    struct rules *rules = item->rules;
    if (rules->rule_count >= RULES_MAX) {
        return item_error(item, NULL, "too many rules");
    }
    *rule = arena_alloc(rules->arena, sizeof(**rule));
    struct rule **slot =
        *rule ? arena_append(rules->arena, &rules->rules, &rules->rule_count, sizeof(struct rule *)) : NULL;
    if (!slot || !names_set(&rules->rule_names, rules->arena, item->name, *rule)) {
        return no_memory(item);
    }
    *slot = *rule;
    return 0;
}

static int load_rule(struct item *item)
{
    static const enum key required[] = {KEY_CONDITION, KEY_OUTPUT, KEY_DESC, KEY_PRIORITY};
    struct rule *rule = names_find(&item->rules->rule_names, item->name.s, item->name.n);
    bool toggles = item->keys[KEY_ENABLED] && !item->keys[KEY_CONDITION] && !item->keys[KEY_OUTPUT];
    if (item->amends || (toggles && rule)) {
        return rule ? fill_rule(item, rule)
                    : item_error(item, NULL, "there is no rule '%s' to append to", item->name.s);
    }
    for (size_t i = 0; i < ARRAY_SIZE(required); i++) {
        if (!item->keys[required[i]]) {
            return item_error(item, NULL, "this rule has no '%s'", key_names[required[i]]);
        }
    }
    int status = rule ? 0 : new_rule(item, &rule);
    if (status) {
        return status;
    }
    *rule = (struct rule){.name = item->name, .at = item->at, .source = {"syscall", 7}, .enabled = true};
    return fill_rule(item, rule);
}

static const struct item_kind {
    const char *name;
    uint32_t keys; /* one bit per enum key */
    int (*load)(struct item *item);
} kinds[] = {
    {"rule", ~(1u << KEY_ITEMS), load_rule},
    {"macro", 1u << KEY_NAME | 1u << KEY_CONDITION | 1u << KEY_APPEND | 1u << KEY_OVERRIDE, load_macro},
    {"list", 1u << KEY_NAME | 1u << KEY_ITEMS | 1u << KEY_APPEND | 1u << KEY_OVERRIDE, load_list},
};

static int find_key(const struct item_kind *kind, const char *name)
{
    if (!strcmp(name, kind->name)) {
        return KEY_NAME;
    }
    for (int i = KEY_NAME + 1; i < KEY_COUNT; i++) {
        if (!strcmp(name, key_names[i])) {
            return kind->keys & 1u << i ? i : -1;
        }
    }
    return -1;
}

static int get_keys(struct item *item, const struct item_kind *kind)
{
    void *state = NULL;
    struct fy_node *key;
    struct fy_node *value;
    item->kind = kind->name;
    while (yaml_next_pair(item->yaml, item->map, &state, &key, &value)) {
        int k = find_key(kind, yaml_scalar(item->yaml, key).text);
        if (k < 0) {
            return item_error(item, key, "a %s has no key '%.60s'", kind->name,
                              yaml_scalar(item->yaml, key).text);
        }
        item->keys[k] = value;
        if (k == KEY_NAME) {
            item->at = yaml_place(item->yaml, value);
            int status = keep_text(item, value, kind->name, &item->name);
            if (status) {
                return status;
            }
        }
    }
    return 0;
}

/* `override: {condition: append, priority: replace}` */
static int get_override(struct item *item)
{
    void *state = NULL;
    struct fy_node *key;
    struct fy_node *value;
    if (yaml_kind(item->yaml, item->keys[KEY_OVERRIDE]) != YAML_MAP) {
        return item_error(item, item->keys[KEY_OVERRIDE], "'override' must be a map");
    }
    while (yaml_next_pair(item->yaml, item->keys[KEY_OVERRIDE], &state, &key, &value)) {
        const char *how = yaml_scalar(item->yaml, value).text;
        const char *name = yaml_scalar(item->yaml, key).text;
        int k = KEY_COUNT;
        while (--k > KEY_NAME && strcmp(key_names[k], name) != 0) {
        }
        if (k == KEY_NAME || !item->keys[k]) {
            return item_error(item, key, "'%s' is overridden, but not given", name);
        }
        if (strcmp(how, "append") != 0 && strcmp(how, "replace") != 0) {
            return item_error(item, value, "'%s' must be 'append' or 'replace'", name);
        }
        item->how[k] = *how == 'a' ? HOW_APPEND : HOW_REPLACE;
    }
    item->amends = true;
    return 0;
}

static int load_item(struct item *item, const struct item_kind *kind)
{
    int status = get_keys(item, kind);
    bool append = false;
    if (!status && item->keys[KEY_APPEND]) {
        status = get_bool(item, KEY_APPEND, &append);
    }
    if (!status && append) {
        item->amends = true;
        item->how[KEY_CONDITION] = item->how[KEY_EXCEPTIONS] = item->how[KEY_ITEMS] = HOW_APPEND;
    }
    if (!status && item->keys[KEY_OVERRIDE]) {
        status =
            append ? item_error(item, item->keys[KEY_OVERRIDE], "'override' and 'append' exclude each other")
                   : get_override(item);
    }
    return status ? status : kind->load(item);
}

/* Either the old plain number or a semantic version, 0.57.0. */
static int check_engine(struct item *item, struct fy_node *node)
{
    unsigned major = 0;
    unsigned minor = 0;
    const char *text = yaml_scalar(item->yaml, node).text;
    int n = sscanf(text, "%u.%u", &major, &minor);
    if (n < 1 || yaml_kind(item->yaml, node) != YAML_SCALAR) {
        return item_error(item, node, "'%s' is not a version", text);
    }
    if (n == 1) { /* 13 is 0.13.0 */
        minor = major;
        major = 0;
    }
    if (major > ENGINE_MAJOR || minor > ENGINE_MINOR) {
        return item_error(item, node, "this file needs engine version %s; this is 0.57", text);
    }
    return 0;
}

static int load_any(struct item *item)
{
    struct fy_node *version = yaml_get(item->yaml, item->map, "required_engine_version");
    if (version) {
        return check_engine(item, version);
    }
    if (yaml_get(item->yaml, item->map, "required_plugin_versions")) {
        return 0; /* plugins bring fields; those that nobody fills are named when rules use them */
    }
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (yaml_get(item->yaml, item->map, kinds[i].name)) {
            return load_item(item, &kinds[i]);
        }
    }
    return item_error(item, item->map, "an item must be a rule, a macro or a list");
}

int load_rules(struct rules *rules, const struct yaml *yaml, struct error *err)
{
    void *state = NULL;
    struct fy_node *node;
    struct item top = {.rules = rules, .yaml = yaml, .err = err};
    if (yaml_kind(yaml, yaml->root) == YAML_NULL) {
        return 0;
    }
    if (yaml_kind(yaml, yaml->root) != YAML_LIST) {
        return item_error(&top, yaml->root, "a rule file must be a list of rules, macros and lists");
    }
    while ((node = yaml_next(yaml, yaml->root, &state))) {
        struct item item = {
            .rules = rules, .yaml = yaml, .err = err, .map = node, .at = yaml_place(yaml, node)};
        int status = yaml_kind(yaml, node) == YAML_MAP ? load_any(&item)
                                                       : item_error(&item, node, "an item must be a map");
        if (status) {
            return status;
        }
    }
    return 0;
}
