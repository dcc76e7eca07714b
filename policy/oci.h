/*
 * OCI seccomp profiles: the runtime specification's `linux.seccomp`, and the extended form in which Docker
 * and Podman keep their default (archMap, includes, excludes), which the engine turns into the former.
 *
 * Loaded once, resolved against the machine and the capabilities it is for, then judged call by call (audit)
 * or compiled into a filter by libseccomp (the launcher's work).
 */
#ifndef PROCTOR_POLICY_OCI_H
#define PROCTOR_POLICY_OCI_H

#include "decode/call.h"
#include "policy/arena.h"
#include "policy/ast.h"
#include "policy/yaml.h"

enum oci_action {
    OCI_ALLOW,
    OCI_LOG,
    OCI_NOTIFY,
    OCI_TRACE,
    OCI_ERRNO,
    OCI_TRAP,
    OCI_KILL_THREAD,
    OCI_KILL_PROCESS,
};

enum oci_op { OCI_NE, OCI_LT, OCI_LE, OCI_EQ, OCI_GE, OCI_GT, OCI_MASKED_EQ };

struct oci_arg {
    unsigned index;
    enum oci_op op;
    uint64_t value; /* MASKED_EQ: the mask */
    uint64_t two;   /* MASKED_EQ: what the masked argument must be */
};

struct oci_verdict {
    enum oci_action action;
    int error; /* ERRNO: the errno; TRACE: the tracer's message */
};

/* `includes` or `excludes`: any may be empty. */
struct oci_condition {
    uint64_t capabilities;
    struct text *arches; /* Go's names: "amd64" */
    size_t arch_count;
    unsigned kernel_major; /* minKernel; 0.0: none */
    unsigned kernel_minor;
};

struct oci_rule {
    struct place at;
    struct text *names; /* also calls that no table knows: other kernels have them */
    size_t name_count;
    struct oci_verdict verdict;
    struct oci_arg *args; /* all must hold; but see alternatives */
    size_t arg_count;
    bool alternatives; /* an argument is compared twice: runtimes then take each comparison as its own rule */
    bool active;       /* its conditions hold for the host */
    struct oci_condition includes;
    struct oci_condition excludes;
};

struct oci_arch_map {
    struct text name; /* "SCMP_ARCH_X86_64" */
    struct text *subs;
    size_t sub_count;
};

struct oci_profile {
    struct arena *arena;
    struct oci_verdict fallback; /* defaultAction */
    struct oci_rule *rules;
    size_t rule_count;
    struct text *arches; /* SCMP_ARCH_*: as given; after oci_resolve also what archMap says for the host */
    size_t arch_count;
    struct oci_arch_map *maps;
    size_t map_count;
    struct text *flags; /* SECCOMP_FILTER_FLAG_* */
    size_t flag_count;
    bool resolved;
};

/* What conditions are held against. */
struct oci_host {
    const char *arch; /* Go's name */
    unsigned kernel_major;
    unsigned kernel_minor;
    uint64_t capabilities; /* of the confined process, one bit each */
};

/* What a container that was given none more has (Docker's and Podman's default). */
extern const uint64_t oci_default_capabilities;

/* Whether a parsed file is a profile, or an OCI configuration, rather than rules. */
bool oci_is_profile(const struct yaml *yaml);

/* Loads a profile. Returns 0, or a negative errno with err naming the place. The arena owns the result. */
int oci_load(struct oci_profile **profile, struct arena *arena, const struct yaml *yaml, struct error *err);

/* Decides which rules are active. Returns 0 or -ENOMEM. */
int oci_resolve(struct oci_profile *profile, const struct oci_host *host);

/*
 * What the profile does to a call, as a filter made by libseccomp would: a rule without arguments wins over
 * those with, and then the first that holds.
 */
struct oci_verdict oci_judge(const struct oci_profile *profile, const struct abi *abi, int number,
                             const uint64_t args[CALL_ARGS_MAX]);

/* Adds the calls that the profile does not let pass whatever their arguments: those to notify in an audit. */
void oci_calls(const struct oci_profile *profile, struct call_set *calls);

/* "SCMP_ACT_ERRNO", ... */
const char *oci_action_name(enum oci_action action);

#endif
