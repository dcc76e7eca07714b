/* Profiles from JSON. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "policy/capability.h"
#include "policy/oci.h"

enum { OCI_RULES_MAX = 4096, OCI_NAMES_MAX = 65536 };

struct loader {
    struct oci_profile *profile;
    struct arena *arena;
    const struct yaml *yaml;
    struct error *err;
};

static int __attribute__((format(printf, 3, 4)))
bad(const struct loader *l, struct fy_node *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int ret = source_verror(l->err, yaml_place(l->yaml, node), format, args);
    va_end(args);
    return ret;
}

static int no_memory(const struct loader *l)
{
    return error_errno(l->err, ENOMEM, "%s", l->yaml->source->name);
}

static int get_text(const struct loader *l, struct fy_node *node, const char *what, struct text *text)
{
    if (yaml_kind(l->yaml, node) != YAML_SCALAR) {
        return bad(l, node, "'%s' must be a string", what);
    }
    struct scalar scalar = yaml_scalar(l->yaml, node);
    *text = (struct text){arena_copy(l->arena, scalar.text, scalar.length), scalar.length};
    return text->s ? 0 : no_memory(l);
}

static int get_number(const struct loader *l, struct fy_node *node, const char *what, uint64_t max,
                      uint64_t *number)
{
    struct scalar s = yaml_scalar(l->yaml, node);
    char *end;
    errno = 0;
    *number = strtoull(s.text, &end, 0);
    if (yaml_kind(l->yaml, node) != YAML_SCALAR || !isdigit((unsigned char)*s.text) || *end || errno ||
        *number > max) {
        return bad(l, node, "'%s' must be a number from 0 to %llu", what, (unsigned long long)max);
    }
    return 0;
}

/* A list of strings, or null. */
static int get_texts(const struct loader *l, struct fy_node *node, const char *what, struct text **texts,
                     size_t *count)
{
    void *state = NULL;
    struct fy_node *item;
    enum yaml_kind kind = yaml_kind(l->yaml, node);
    if (kind != YAML_LIST) {
        return kind == YAML_NULL ? 0 : bad(l, node, "'%s' must be a list", what);
    }
    while ((item = yaml_next(l->yaml, node, &state))) {
        if (*count >= OCI_NAMES_MAX) {
            return bad(l, item, "'%s' has too many items", what);
        }
        struct text *text = arena_append(l->arena, texts, count, sizeof(**texts));
        int status = text ? get_text(l, item, what, text) : no_memory(l);
        if (status) {
            return status;
        }
    }
    return 0;
}

static int get_action(const struct loader *l, struct fy_node *node, enum oci_action *action)
{
    struct scalar s = yaml_scalar(l->yaml, node);
    if (yaml_kind(l->yaml, node) == YAML_SCALAR && !strcmp(s.text, "SCMP_ACT_KILL")) {
        *action = OCI_KILL_THREAD; /* the old name */
        return 0;
    }
    if (yaml_kind(l->yaml, node) != YAML_SCALAR) {
        return bad(l, node, "an action must be a string");
    }
    for (unsigned i = OCI_ALLOW; i <= OCI_KILL_PROCESS; i++) {
        if (!strcmp(s.text, oci_action_name((enum oci_action)i))) {
            *action = (enum oci_action)i;
            return 0;
        }
    }
    return bad(l, node, "there is no action '%.60s'", s.text);
}

/* The action of `action_key` with the errno of `errno_key`, EPERM where none is given. */
static int get_verdict(const struct loader *l, struct fy_node *map, const char *action_key,
                       const char *errno_key, struct oci_verdict *verdict)
{
    struct fy_node *action = yaml_get(l->yaml, map, action_key);
    struct fy_node *code = yaml_get(l->yaml, map, errno_key);
    uint64_t number = EPERM;
    if (!action) {
        return bad(l, map, "there is no '%s'", action_key);
    }
    int status = get_action(l, action, &verdict->action);
    bool carries = verdict->action == OCI_ERRNO || verdict->action == OCI_TRACE;
    if (!status && code && yaml_kind(l->yaml, code) != YAML_NULL) {
        status = get_number(l, code, errno_key, 65535, &number);
        if (!status && !carries && number) {
            status = bad(l, code, "'%s' has no meaning for %s", errno_key, oci_action_name(verdict->action));
        }
    }
    verdict->error = carries ? (int)number : 0;
    return status;
}

static int get_op(const struct loader *l, struct fy_node *node, enum oci_op *op)
{
    static const char *const names[] = {[OCI_NE] = "SCMP_CMP_NE",
                                        [OCI_LT] = "SCMP_CMP_LT",
                                        [OCI_LE] = "SCMP_CMP_LE",
                                        [OCI_EQ] = "SCMP_CMP_EQ",
                                        [OCI_GE] = "SCMP_CMP_GE",
                                        [OCI_GT] = "SCMP_CMP_GT",
                                        [OCI_MASKED_EQ] = "SCMP_CMP_MASKED_EQ"};
    struct scalar s = yaml_scalar(l->yaml, node);
    for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
        if (!strcmp(s.text, names[i])) {
            *op = (enum oci_op)i;
            return 0;
        }
    }
    return bad(l, node, "there is no comparison '%.60s'", s.text);
}

static int get_arg(const struct loader *l, struct fy_node *map, struct oci_arg *arg)
{
    struct fy_node *two = yaml_get(l->yaml, map, "valueTwo");
    uint64_t index = 0;
    int status = yaml_kind(l->yaml, map) == YAML_MAP ? 0 : bad(l, map, "an item of 'args' must be a map");
    if (!status) {
        status = get_number(l, yaml_get(l->yaml, map, "index"), "index", CALL_ARGS_MAX - 1, &index);
    }
    if (!status) {
        status = get_number(l, yaml_get(l->yaml, map, "value"), "value", UINT64_MAX, &arg->value);
    }
    if (!status && two) {
        status = get_number(l, two, "valueTwo", UINT64_MAX, &arg->two);
    }
    arg->index = (unsigned)index;
    return status ? status : get_op(l, yaml_get(l->yaml, map, "op"), &arg->op);
}

static int get_args(const struct loader *l, struct fy_node *node, struct oci_rule *rule)
{
    void *state = NULL;
    struct fy_node *item;
    enum yaml_kind kind = yaml_kind(l->yaml, node);
    if (kind != YAML_LIST) {
        return kind == YAML_NULL ? 0 : bad(l, node, "'args' must be a list");
    }
    while ((item = yaml_next(l->yaml, node, &state))) {
        if (rule->arg_count >= 64) {
            return bad(l, item, "'args' has too many items");
        }
        struct oci_arg *arg = arena_append(l->arena, &rule->args, &rule->arg_count, sizeof(*rule->args));
        if (!arg) {
            return no_memory(l);
        }
        int status = get_arg(l, item, arg);
        if (status) {
            return status;
        }
        for (size_t i = 0; i + 1 < rule->arg_count; i++) {
            rule->alternatives = rule->alternatives || rule->args[i].index == arg->index;
        }
    }
    return 0;
}

static int get_capabilities(const struct loader *l, struct fy_node *node, uint64_t *set)
{
    struct text *names = NULL;
    size_t count = 0;
    int status = get_texts(l, node, "caps", &names, &count);
    for (size_t i = 0; i < count && !status; i++) {
        int number = capability_find(names[i].s);
        if (number < 0) {
            return bad(l, node, "there is no capability '%.60s'", names[i].s);
        }
        *set |= UINT64_C(1) << number;
    }
    return status;
}

static int get_condition(const struct loader *l, struct fy_node *map, struct oci_condition *condition)
{
    enum yaml_kind kind = yaml_kind(l->yaml, map);
    if (kind != YAML_MAP) {
        return kind == YAML_NULL ? 0 : bad(l, map, "'includes' and 'excludes' must be maps");
    }
    struct fy_node *kernel = yaml_get(l->yaml, map, "minKernel");
    int status = get_capabilities(l, yaml_get(l->yaml, map, "caps"), &condition->capabilities);
    if (!status) {
        status = get_texts(l, yaml_get(l->yaml, map, "arches"), "arches", &condition->arches,
                           &condition->arch_count);
    }
    if (!status && kernel) {
        char rest;
        struct scalar s = yaml_scalar(l->yaml, kernel);
        int n = sscanf(s.text, "%u.%u%c", &condition->kernel_major, &condition->kernel_minor, &rest);
        status = n == 2 ? 0 : bad(l, kernel, "'minKernel' must be like 4.8");
    }
    return status;
}

static int get_rule(const struct loader *l, struct fy_node *map)
{
    struct oci_profile *p = l->profile;
    if (yaml_kind(l->yaml, map) != YAML_MAP || p->rule_count >= OCI_RULES_MAX) {
        return bad(l, map, "an item of 'syscalls' must be a map, and there may be %d", OCI_RULES_MAX);
    }
    struct oci_rule *rule = arena_append(l->arena, &p->rules, &p->rule_count, sizeof(*p->rules));
    if (!rule) {
        return no_memory(l);
    }
    rule->at = yaml_place(l->yaml, map);
    struct fy_node *name = yaml_get(l->yaml, map, "name"); /* the form before 2018 */
    int status = get_texts(l, yaml_get(l->yaml, map, "names"), "names", &rule->names, &rule->name_count);
    if (!status && name && yaml_kind(l->yaml, name) == YAML_SCALAR && yaml_scalar(l->yaml, name).length) {
        struct text *slot = arena_append(l->arena, &rule->names, &rule->name_count, sizeof(*rule->names));
        status = slot ? get_text(l, name, "name", slot) : no_memory(l);
    }
    if (!status && !rule->name_count) {
        status = bad(l, map, "this item has no 'names'");
    }
    if (!status) {
        status = get_verdict(l, map, "action", "errnoRet", &rule->verdict);
    }
    if (!status) {
        status = get_args(l, yaml_get(l->yaml, map, "args"), rule);
    }
    if (!status) {
        status = get_condition(l, yaml_get(l->yaml, map, "includes"), &rule->includes);
    }
    return status ? status : get_condition(l, yaml_get(l->yaml, map, "excludes"), &rule->excludes);
}

static int get_rules(const struct loader *l, struct fy_node *node)
{
    void *state = NULL;
    struct fy_node *item;
    enum yaml_kind kind = yaml_kind(l->yaml, node);
    int status = kind == YAML_LIST || kind == YAML_NULL ? 0 : bad(l, node, "'syscalls' must be a list");
    while (!status && (item = yaml_next(l->yaml, node, &state))) {
        status = get_rule(l, item);
    }
    return status;
}

static int get_arch_map(const struct loader *l, struct fy_node *node)
{
    void *state = NULL;
    struct fy_node *item;
    struct oci_profile *p = l->profile;
    enum yaml_kind kind = yaml_kind(l->yaml, node);
    int status = kind == YAML_LIST || kind == YAML_NULL ? 0 : bad(l, node, "'archMap' must be a list");
    while (!status && (item = yaml_next(l->yaml, node, &state))) {
        struct oci_arch_map *map = arena_append(l->arena, &p->maps, &p->map_count, sizeof(*p->maps));
        if (!map) {
            return no_memory(l);
        }
        status = get_text(l, yaml_get(l->yaml, item, "architecture"), "architecture", &map->name);
        if (!status) {
            status = get_texts(l, yaml_get(l->yaml, item, "subArchitectures"), "subArchitectures", &map->subs,
                               &map->sub_count);
        }
    }
    return status;
}

/* The map that holds the profile: the file itself, or linux.seccomp of a configuration. */
static struct fy_node *find_seccomp(const struct yaml *yaml)
{
    struct fy_node *linux_part = yaml_get(yaml, yaml->root, "linux");
    return linux_part ? yaml_get(yaml, linux_part, "seccomp") : yaml->root;
}

bool oci_is_profile(const struct yaml *yaml)
{
    return yaml_kind(yaml, yaml->root) == YAML_MAP &&
           (yaml_get(yaml, yaml->root, "defaultAction") || yaml_get(yaml, yaml->root, "linux"));
}

static int check_keys(const struct loader *l, struct fy_node *map)
{
    static const char *const known[] = {"defaultAction", "defaultErrnoRet",  "architectures",
                                        "archMap",       "syscalls",         "flags",
                                        "listenerPath",  "listenerMetadata", "comment"};
    void *state = NULL;
    struct fy_node *key;
    struct fy_node *value;
    while (yaml_next_pair(l->yaml, map, &state, &key, &value)) {
        const char *name = yaml_scalar(l->yaml, key).text;
        size_t i = 0;
        while (i < ARRAY_SIZE(known) && strcmp(known[i], name) != 0) {
            i++;
        }
        if (i == ARRAY_SIZE(known)) {
            return bad(l, key, "a seccomp profile has no key '%.60s'", name);
        }
    }
    return 0;
}

int oci_load(struct oci_profile **profile, struct arena *arena, const struct yaml *yaml, struct error *err)
{
    struct loader l = {.arena = arena, .yaml = yaml, .err = err};
    struct fy_node *map = find_seccomp(yaml);
    if (yaml_kind(yaml, map) != YAML_MAP) {
        return bad(&l, yaml->root, "this configuration has no linux.seccomp");
    }
    struct oci_profile *p = l.profile = arena_alloc(arena, sizeof(*l.profile));
    if (!p) {
        return no_memory(&l);
    }
    p->arena = arena;
    int status = check_keys(&l, map);
    if (!status) {
        status = get_verdict(&l, map, "defaultAction", "defaultErrnoRet", &p->fallback);
    }
    if (!status) {
        status =
            get_texts(&l, yaml_get(yaml, map, "architectures"), "architectures", &p->arches, &p->arch_count);
    }
    if (!status) {
        status = get_texts(&l, yaml_get(yaml, map, "flags"), "flags", &p->flags, &p->flag_count);
    }
    if (!status) {
        status = get_arch_map(&l, yaml_get(yaml, map, "archMap"));
    }
    if (!status && p->map_count && p->arch_count) {
        status = bad(&l, yaml_get(yaml, map, "archMap"), "'archMap' and 'architectures' exclude each other");
    }
    if (!status) {
        status = get_rules(&l, yaml_get(yaml, map, "syscalls"));
    }
    *profile = status ? *profile : p;
    return status;
}
