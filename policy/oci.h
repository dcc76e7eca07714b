/*
 * OCI seccomp profiles: the runtime specification's `linux.seccomp`, and the extended form in which Docker
 * and Podman keep their default (archMap, includes, excludes), which the engine turns into the former.
 *
 * Loaded once, resolved against the machine and the capabilities it is for, then judged call by call (audit)
 * or compiled into a filter by libseccomp (the launcher's work).
 */
#ifndef PROCTOR_POLICY_OCI_H
#define PROCTOR_POLICY_OCI_H

#include "decode/scalar.h"
#include "decode/select.h"
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
    struct call_set calls; /* active: those of the names that tables know */
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
    struct call_set named;   /* by an active rule */
    bool has_abi[ABI_COUNT]; /* the native one always: others kill (libseccomp's action for them) */
    int last[ABI_COUNT];     /* calls above this number get ENOSYS; without the ABI's bit; -1: none do */
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
 * What the profile does to a call, as a filter made by libseccomp and runc would: of the rules that name it
 * one without arguments wins, and then the first that holds. 32-bit ABIs see 32 bits of arguments. On i386
 * the rules of a socket or System V call are also those of socketcall or ipc with the number that stands for
 * it as the first argument; comparisons of the first argument are left out there.
 */
struct oci_verdict oci_judge(const struct oci_profile *profile, const struct abi *abi, int number,
                             const uint64_t args[CALL_ARGS_MAX]);

/* The same for all arguments at once: appends rules of which the last always holds. Returns 0 or -ENOMEM. */
int oci_scalars(const struct oci_profile *profile, enum abi_id abi, enum call_id id,
                struct scalar_rules *rules);

/*
 * What the kernel is told: SECCOMP_RET_*. NOTIFY asks an agent, for which we stand: the call passes. TRACE
 * asks a tracer, of which there is none: ENOSYS (seccomp(2)).
 */
uint32_t oci_kernel_action(const struct oci_verdict *verdict);

/* Whether a call that gets this action is carried out. */
bool oci_passes(uint32_t action);

/*
 * Adds the calls that the profile does not let pass whatever their arguments, by ABI: those to look at in an
 * audit. Numbers of no call count where the profile denies what it does not name.
 */
void oci_calls(const struct oci_profile *profile, struct selection *calls);

/*
 * Whether a supervisor can answer the call in the kernel's place: it passes or fails with an error, whatever
 * its arguments. It can't send the signals of the other actions as the kernel does, nor write to its log.
 */
bool oci_can_stand_in(const struct oci_profile *profile, enum abi_id abi, enum call_id id);

/* "SCMP_ACT_ERRNO", ... */
const char *oci_action_name(enum oci_action action);

#endif
