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

static const char *const abi_arches[ABI_COUNT] = {
    [ABI_X86_64] = "SCMP_ARCH_X86_64", [ABI_I386] = "SCMP_ARCH_X86", [ABI_X32] = "SCMP_ARCH_X32"};

static bool names_arch(const struct oci_profile *p, unsigned abi)
{
    for (size_t i = 0; i < p->arch_count; i++) {
        if (!strcmp(p->arches[i].s, abi_arches[abi])) {
            return true;
        }
    }
    return false;
}

/* The numbers of calls that rules name; names that no table has are those of other kernels. */
static void resolve_calls(struct oci_profile *p, struct oci_rule *rule)
{
    for (size_t i = 0; i < rule->name_count; i++) {
        enum call_id id = call_by_name(rule->names[i].s, rule->names[i].n);
        if (id != CALL_none) {
            call_set_add(&rule->calls, id);
            call_set_add(&p->named, id);
        }
    }
}

/*
 * What is newer than the profile. Runtimes answer it with ENOSYS, so that programs fall back to what is older
 * (runc's libcontainer/seccomp/patchbpf), unless the profile lets pass what it does not name.
 */
static void resolve_last(struct oci_profile *p, unsigned abi)
{
    bool lenient =
        p->fallback.action == OCI_ALLOW || p->fallback.action == OCI_LOG || p->fallback.action == OCI_TRACE;
    p->last[abi] = -1;
    for (uint32_t i = 0; !lenient && names_arch(p, abi) && i < abis[abi].count; i++) {
        enum call_id id = (enum call_id)abis[abi].calls[i];
        if (id != CALL_none && call_set_has(&p->named, id)) {
            p->last[abi] = (int)i;
        }
    }
}

int oci_resolve(struct oci_profile *profile, const struct oci_host *host)
{
    int status = resolve_arches(profile, host);
    for (size_t i = 0; i < profile->rule_count; i++) {
        profile->rules[i].active = is_active(&profile->rules[i], host);
        if (profile->rules[i].active) {
            resolve_calls(profile, &profile->rules[i]);
        }
    }
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        profile->has_abi[abi] = abi == ABI_X86_64 || names_arch(profile, abi);
        resolve_last(profile, abi);
    }
    return status;
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
