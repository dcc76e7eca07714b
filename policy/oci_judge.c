/* What a profile that is resolved does to calls. */
#include <errno.h>
#include <linux/seccomp.h>

#include "decode/demultiplex.h"
#include "policy/oci.h"

static const struct oci_verdict other_abi = {OCI_KILL_THREAD, 0};
static const struct oci_verdict too_new = {OCI_ERRNO, ENOSYS};

uint32_t oci_kernel_action(const struct oci_verdict *verdict)
{
    static const uint32_t actions[] = {
        [OCI_ALLOW] = SECCOMP_RET_ALLOW,
        [OCI_LOG] = SECCOMP_RET_LOG,
        [OCI_NOTIFY] = SECCOMP_RET_ALLOW,
        [OCI_TRACE] = SECCOMP_RET_ERRNO | ENOSYS,
        [OCI_ERRNO] = SECCOMP_RET_ERRNO,
        [OCI_TRAP] = SECCOMP_RET_TRAP,
        [OCI_KILL_THREAD] = SECCOMP_RET_KILL_THREAD,
        [OCI_KILL_PROCESS] = SECCOMP_RET_KILL_PROCESS,
    };
    uint32_t error = verdict->action == OCI_ERRNO ? (uint32_t)verdict->error & SECCOMP_RET_DATA : 0;
    return actions[verdict->action] | error;
}

bool oci_passes(uint32_t action)
{
    return action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG;
}

/* Runtimes leave out rules that do what happens anyway. */
static bool counts(const struct oci_profile *p, const struct oci_rule *rule)
{
    return rule->active && oci_kernel_action(&rule->verdict) != oci_kernel_action(&p->fallback);
}

/* Told of one rule after another until it says that the rule holds. */
typedef bool rule_fn(void *context, const struct scalar_rule *rule, const struct oci_verdict *verdict);

struct walk {
    const struct oci_profile *profile;
    const struct abi *abi;
    rule_fn *tell;
    void *context;
};

static struct scalar_test test_of(const struct oci_arg *arg, const struct abi *abi)
{
    static const uint8_t ops[] = {
        [OCI_NE] = SCALAR_NE, [OCI_LT] = SCALAR_LT, [OCI_LE] = SCALAR_LE,       [OCI_EQ] = SCALAR_EQ,
        [OCI_GE] = SCALAR_GE, [OCI_GT] = SCALAR_GT, [OCI_MASKED_EQ] = SCALAR_EQ};
    uint64_t width = abi->pointer_size == 4 ? UINT32_MAX : UINT64_MAX;
    bool masked = arg->op == OCI_MASKED_EQ;
    return (struct scalar_test){.mask = masked ? arg->value & width : width,
                                .value = (masked ? arg->two & arg->value : arg->value) & width,
                                .arg = (uint8_t)arg->index,
                                .op = ops[arg->op]};
}

/*
 * The rule as comparisons, `as` (not 0) in place of those of the first argument; comparison `only` alone, or
 * all for -1. False: there are too many, which no runtime takes either.
 */
static bool comparisons(const struct oci_rule *rule, const struct abi *abi, unsigned as, ssize_t only,
                        struct scalar_rule *out)
{
    *out = (struct scalar_rule){.action = oci_kernel_action(&rule->verdict)};
    if (as) {
        out->tests[out->count++] = (struct scalar_test){UINT32_MAX, as, 0, SCALAR_EQ};
    }
    for (size_t i = 0; i < rule->arg_count; i++) {
        if ((only >= 0 && i != (size_t)only) || (as && rule->args[i].index == 0)) {
            continue;
        }
        if (out->count == SCALAR_TESTS_MAX) {
            return false;
        }
        out->tests[out->count++] = test_of(&rule->args[i], abi);
    }
    return true;
}

/* Tells of a rule, each alternative for itself, if it has `wanted` comparisons. */
static bool tell_rule(const struct walk *w, const struct oci_rule *rule, unsigned as, unsigned wanted)
{
    struct scalar_rule out;
    ssize_t count = rule->alternatives ? (ssize_t)rule->arg_count : 1;
    for (ssize_t i = 0; i < count; i++) {
        if (comparisons(rule, w->abi, as, rule->alternatives ? i : -1, &out) && out.count == wanted &&
            w->tell(w->context, &out, &rule->verdict)) {
            return true;
        }
    }
    return false;
}

/* Those of the calls behind a multiplexer. */
static bool tell_multiplexed(const struct walk *w, const struct oci_rule *rule, enum call_id multiplexer,
                             unsigned wanted)
{
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        if (call_set_has(&rule->calls, (enum call_id)id) &&
            call_multiplexer((enum call_id)id) == multiplexer &&
            tell_rule(w, rule, call_multiplexed_as((enum call_id)id), wanted)) {
            return true;
        }
    }
    return false;
}

/* Those with the fewest comparisons first: libseccomp lets what is general win over what is special. */
static bool tell_rules(const struct walk *w, enum call_id id)
{
    bool multiplexer = w->abi == &abis[ABI_I386] && (id == CALL_socketcall || id == CALL_ipc);
    for (unsigned wanted = 0; wanted <= CALL_ARGS_MAX; wanted++) {
        for (size_t i = 0; i < w->profile->rule_count; i++) {
            const struct oci_rule *rule = &w->profile->rules[i];
            if (!counts(w->profile, rule)) {
                continue;
            }
            if ((call_set_has(&rule->calls, id) && tell_rule(w, rule, 0, wanted)) ||
                (multiplexer && tell_multiplexed(w, rule, id, wanted))) {
                return true;
            }
        }
    }
    return false;
}

/* What is done whatever any rule says, or NULL. */
static const struct oci_verdict *beforehand(const struct oci_profile *p, enum abi_id abi, int number)
{
    if (!p->has_abi[abi]) {
        return &other_abi;
    }
    return p->last[abi] >= 0 && (number & ~(int)abis[abi].number_bit) > p->last[abi] ? &too_new : NULL;
}

struct held {
    const uint64_t *args;
    struct oci_verdict verdict;
};

static bool holds(void *context, const struct scalar_rule *rule, const struct oci_verdict *verdict)
{
    struct held *held = context;
    bool found = scalar_rule_holds(rule, held->args);
    held->verdict = found ? *verdict : held->verdict;
    return found;
}

struct oci_verdict oci_judge(const struct oci_profile *p, const struct abi *abi, int number,
                             const uint64_t args[CALL_ARGS_MAX])
{
    struct held held = {args, p->fallback};
    struct walk walk = {p, abi, holds, &held};
    const struct oci_verdict *before = beforehand(p, (enum abi_id)(abi - abis), number);
    enum call_id id = call_find(abi, number);
    if (before) {
        return *before;
    }
    if (id != CALL_none) {
        (void)tell_rules(&walk, id);
    }
    return held.verdict;
}

struct listing {
    struct scalar_rules *rules;
    int status;
};

static bool list(void *context, const struct scalar_rule *rule, const struct oci_verdict *verdict)
{
    struct listing *l = context;
    (void)verdict;
    l->status = l->status ? l->status : scalar_add(l->rules, rule);
    return l->status || !rule->count;
}

int oci_scalars(const struct oci_profile *p, enum abi_id abi, enum call_id id, struct scalar_rules *rules)
{
    struct listing listing = {rules, 0};
    struct walk walk = {p, &abis[abi], list, &listing};
    const struct oci_verdict *before = beforehand(p, abi, call_number(&abis[abi], id));
    if (before) {
        return scalar_add_always(rules, oci_kernel_action(before));
    }
    (void)tell_rules(&walk, id);
    return listing.status ? listing.status : scalar_add_always(rules, oci_kernel_action(&p->fallback));
}

/* What can be done with a call. */
struct range {
    bool fails;   /* it may not pass */
    bool signals; /* or be logged: it may get something else than a result */
};

static bool widen(void *context, const struct scalar_rule *rule, const struct oci_verdict *verdict)
{
    struct range *range = context;
    uint32_t action = oci_kernel_action(verdict);
    range->fails = range->fails || !oci_passes(action);
    range->signals = range->signals ||
                     (action != SECCOMP_RET_ALLOW && (action & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_ERRNO);
    return !rule->count; /* no other is asked */
}

static struct range range_of(const struct oci_profile *p, enum abi_id abi, enum call_id id)
{
    static const struct scalar_rule always = {.count = 0};
    struct range range = {.fails = false};
    struct walk walk = {p, &abis[abi], widen, &range};
    const struct oci_verdict *before = beforehand(p, abi, call_number(&abis[abi], id));
    if (before) {
        (void)widen(&range, &always, before);
    } else if (!tell_rules(&walk, id)) {
        (void)widen(&range, &always, &p->fallback);
    }
    return range;
}

void oci_calls(const struct oci_profile *profile, struct selection *calls)
{
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
            if (range_of(profile, (enum abi_id)abi, (enum call_id)id).fails) {
                call_set_add(&calls->calls[abi], (enum call_id)id);
            }
        }
    }
    calls->unknown = calls->unknown || !oci_passes(oci_kernel_action(&profile->fallback));
}

bool oci_can_stand_in(const struct oci_profile *profile, enum abi_id abi, enum call_id id)
{
    return !range_of(profile, abi, id).signals;
}
