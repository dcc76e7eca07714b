#include "policy/oci.h"

#include <errno.h>
#include <string.h>

#include "decode/base/cleanup.h"

/* CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE, NET_RAW, SYS_CHROOT,
 * MKNOD, AUDIT_WRITE, SETFCAP */
const uint64_t oci_default_capabilities = 0xa80425fb;

static bool arch_in(const struct oci_condition *c, const char *arch)
{
    for (size_t i = 0; i < c->arch_count; i++) {
        if (!strcmp(c->arches[i].s, arch)) {
            return true;
        }
    }
    return false;
}

static bool kernel_at_least(const struct oci_host *host, const struct oci_condition *c)
{
    return host->kernel_major > c->kernel_major ||
           (host->kernel_major == c->kernel_major && host->kernel_minor >= c->kernel_minor);
}

static bool is_active(const struct oci_rule *rule, const struct oci_host *host)
{
    const struct oci_condition *in = &rule->includes;
    const struct oci_condition *ex = &rule->excludes;
    bool in_kernel = in->kernel_major || in->kernel_minor;
    bool ex_kernel = ex->kernel_major || ex->kernel_minor;
    if ((ex->arch_count && arch_in(ex, host->arch)) || ex->capabilities & host->capabilities ||
        (ex_kernel && kernel_at_least(host, ex))) {
        return false;
    }
    return (!in->arch_count || arch_in(in, host->arch)) && !(in->capabilities & ~host->capabilities) &&
           (!in_kernel || kernel_at_least(host, in));
}

/* Go's names of architectures and libseccomp's. */
static const struct {
    const char *go;
    const char *scmp;
} arch_names[] = {{"amd64", "SCMP_ARCH_X86_64"},    {"386", "SCMP_ARCH_X86"},
                  {"arm64", "SCMP_ARCH_AARCH64"},   {"arm", "SCMP_ARCH_ARM"},
                  {"riscv64", "SCMP_ARCH_RISCV64"}, {"s390x", "SCMP_ARCH_S390X"},
                  {"ppc64le", "SCMP_ARCH_PPC64LE"}};

static int add_arch(struct oci_profile *p, const struct text *name)
{
    struct text *slot = arena_append(p->arena, &p->arches, &p->arch_count, sizeof(*p->arches));
    if (!slot) {
        return -ENOMEM;
    }
    *slot = *name;
    return 0;
}

static int resolve_arches(struct oci_profile *p, const struct oci_host *host)
{
    const char *native = NULL;
    int status = 0;
    for (size_t i = 0; i < ARRAY_SIZE(arch_names); i++) {
        native = !strcmp(arch_names[i].go, host->arch) ? arch_names[i].scmp : native;
    }
    for (size_t i = 0; i < p->map_count && native && !status; i++) {
        const struct oci_arch_map *map = &p->maps[i];
        if (strcmp(map->name.s, native) != 0) {
            continue;
        }
        status = add_arch(p, &map->name);
        for (size_t k = 0; k < map->sub_count && !status; k++) {
            status = add_arch(p, &map->subs[k]);
        }
    }
    return status;
}

int oci_resolve(struct oci_profile *profile, const struct oci_host *host)
{
    for (size_t i = 0; i < profile->rule_count; i++) {
        profile->rules[i].active = is_active(&profile->rules[i], host);
    }
    profile->resolved = true;
    return resolve_arches(profile, host);
}

static bool arg_holds(const struct oci_arg *arg, const uint64_t args[CALL_ARGS_MAX])
{
    uint64_t value = args[arg->index];
    switch (arg->op) {
    case OCI_NE:
        return value != arg->value;
    case OCI_LT:
        return value < arg->value;
    case OCI_LE:
        return value <= arg->value;
    case OCI_EQ:
        return value == arg->value;
    case OCI_GE:
        return value >= arg->value;
    case OCI_GT:
        return value > arg->value;
    case OCI_MASKED_EQ:
        return (value & arg->value) == arg->two;
    }
    return false;
}

static bool args_hold(const struct oci_rule *rule, const uint64_t args[CALL_ARGS_MAX])
{
    for (size_t i = 0; i < rule->arg_count; i++) {
        bool holds = arg_holds(&rule->args[i], args);
        if (holds == rule->alternatives) {
            return holds;
        }
    }
    return !rule->alternatives;
}

static bool names_call(const struct oci_rule *rule, const char *name)
{
    for (size_t i = 0; i < rule->name_count; i++) {
        if (!strcmp(rule->names[i].s, name)) {
            return true;
        }
    }
    return false;
}

static bool same_verdict(const struct oci_verdict *a, const struct oci_verdict *b)
{
    return a->action == b->action && a->error == b->error;
}

/* Runtimes leave out rules that do what happens anyway. */
static bool counts(const struct oci_profile *p, const struct oci_rule *rule)
{
    return rule->active && !same_verdict(&rule->verdict, &p->fallback);
}

static const char *const abi_arches[ABI_COUNT] = {
    [ABI_X86_64] = "SCMP_ARCH_X86_64", [ABI_I386] = "SCMP_ARCH_X86", [ABI_X32] = "SCMP_ARCH_X32"};

/* The native architecture is always in a filter that libseccomp makes. */
static bool has_arch(const struct oci_profile *p, const struct abi *abi)
{
    size_t id = (size_t)(abi - abis);
    for (size_t i = 0; i < p->arch_count; i++) {
        if (!strcmp(p->arches[i].s, abi_arches[id])) {
            return true;
        }
    }
    return id == ABI_X86_64;
}

struct oci_verdict oci_judge(const struct oci_profile *p, const struct abi *abi, int number,
                             const uint64_t args[CALL_ARGS_MAX])
{
    const char *name = call_line(call_find(abi, number))->name;
    const struct oci_verdict *found = NULL;
    if (!has_arch(p, abi)) {
        return (struct oci_verdict){OCI_KILL_THREAD, 0}; /* libseccomp's action for other architectures */
    }
    for (size_t i = 0; name && i < p->rule_count; i++) {
        const struct oci_rule *rule = &p->rules[i];
        if (!counts(p, rule) || !names_call(rule, name)) {
            continue;
        }
        if (!rule->arg_count) {
            return rule->verdict;
        }
        if (!found && args_hold(rule, args)) {
            found = &rule->verdict;
        }
    }
    return found ? *found : p->fallback;
}

static bool passes(enum oci_action action)
{
    return action == OCI_ALLOW || action == OCI_LOG;
}

/* Whether a call passes whatever its arguments are. */
static bool always_passes(const struct oci_profile *p, const char *name)
{
    bool all = passes(p->fallback.action);
    for (size_t i = 0; i < p->rule_count; i++) {
        const struct oci_rule *rule = &p->rules[i];
        if (!counts(p, rule) || !names_call(rule, name)) {
            continue;
        }
        if (!rule->arg_count) {
            return passes(rule->verdict.action);
        }
        all = all && passes(rule->verdict.action);
    }
    return all;
}

void oci_calls(const struct oci_profile *profile, struct call_set *calls)
{
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        if (!always_passes(profile, call_line((enum call_id)id)->name)) {
            call_set_add(calls, (enum call_id)id);
        }
    }
}

const char *oci_action_name(enum oci_action action)
{
    static const char *const names[] = {
        [OCI_ALLOW] = "SCMP_ACT_ALLOW",
        [OCI_LOG] = "SCMP_ACT_LOG",
        [OCI_NOTIFY] = "SCMP_ACT_NOTIFY",
        [OCI_TRACE] = "SCMP_ACT_TRACE",
        [OCI_ERRNO] = "SCMP_ACT_ERRNO",
        [OCI_TRAP] = "SCMP_ACT_TRAP",
        [OCI_KILL_THREAD] = "SCMP_ACT_KILL_THREAD",
        [OCI_KILL_PROCESS] = "SCMP_ACT_KILL_PROCESS",
    };
    return names[action];
}
