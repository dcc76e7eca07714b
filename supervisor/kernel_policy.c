#include "supervisor/kernel_policy.h"

#include <errno.h>
#include <linux/seccomp.h>

#include "decode/base/cleanup.h"
#include "decode/demultiplex.h"
#include "launcher/filter_oci.h"
#include "policy/pushdown.h"

struct plan {
    struct kernel_policy *kernel;
    struct filter_spec *spec;
    const struct oci_profile *profile;
};

/*
 * Has the calls notified that the profile would not let pass, and no others. What is notified anyway is left
 * as it is, and what is refused stays so.
 */
static int notify_denied(const struct plan *plan, enum abi_id abi, enum call_id id)
{
    struct filter_spec *spec = plan->spec;
    struct scalar_rules *rules = &plan->kernel->scalars->calls[abi][id];
    size_t own = rules->count;
    bool fails = false;
    if (selection_has(&spec->notify, &abis[abi], id) || call_set_has(&spec->refuse, id)) {
        return 0;
    }
    int ret = oci_scalars(plan->profile, abi, id, rules);
    for (size_t i = own; i < rules->count; i++) {
        bool passes = oci_passes(rules->items[i].action);
        fails = fails || !passes;
        rules->items[i].action = passes ? SECCOMP_RET_ALLOW : filter_selected(spec->how);
    }
    if (ret == 0 && rules->count && !rules->items[0].count) { /* whatever its arguments are */
        if (fails) {
            call_set_add(&spec->notify.calls[abi], id);
        }
        scalar_clear(rules);
    }
    return ret;
}

/* i386's multiplexers are sent with the first arguments that stand for calls that are sent. */
static int notify_multiplexed(const struct plan *plan)
{
    struct filter_spec *spec = plan->spec;
    const struct abi *abi = &abis[ABI_I386];
    int ret = 0;
    for (unsigned id = CALL_none + 1; ret == 0 && id < CALL_COUNT; id++) {
        enum call_id multiplexer = call_multiplexer((enum call_id)id);
        bool sent = selection_has(&spec->notify, abi, (enum call_id)id) ||
                    plan->kernel->scalars->calls[ABI_I386][id].count;
        if (multiplexer == CALL_none || !sent || selection_has(&spec->notify, abi, multiplexer)) {
            continue;
        }
        struct scalar_rule rule = {.action = filter_selected(spec->how), .count = 1};
        /* The upper half of ipc's is a version (ipc/syscall.c, ksys_ipc). */
        rule.tests[0] = (struct scalar_test){.mask = multiplexer == CALL_ipc ? 0xffff : UINT32_MAX,
                                             .value = call_multiplexed_as((enum call_id)id),
                                             .op = SCALAR_EQ};
        ret = scalar_add(&plan->kernel->scalars->calls[ABI_I386][multiplexer], &rule);
    }
    return ret;
}

/*
 * Calls that rules may be about, by registers where these tell. What the launcher's child calls before it
 * executes the program (launch.c) is never answered by the kernel: no rule is about it.
 */
static int plan_rules(const struct plan *plan, const struct judge *judge)
{
    static const enum call_id launchers[] = {CALL_setgroups, CALL_setresgid, CALL_setresuid,
                                             CALL_capset,    CALL_prctl,     CALL_chdir,
                                             CALL_seccomp,   CALL_execve,    CALL_exit_group};
    struct filter_spec *spec = plan->spec;
    struct selection ask = spec->notify;
    struct selection always = {.unknown = false};
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        for (size_t i = 0; i < ARRAY_SIZE(launchers); i++) {
            call_set_add(&ask.calls[abi], launchers[i]);
        }
    }
    bool kernel_answers = judge->options.enforce && !judge->options.log_denied;
    int ret =
        pushdown(policy_program(judge->policy), &(struct pushdown){.always = &always,
                                                                   .some = plan->kernel->scalars,
                                                                   .send = filter_selected(spec->how),
                                                                   .ask = kernel_answers ? &ask : NULL});
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
            if (call_set_has(&always.calls[abi], (enum call_id)id)) {
                call_set_add(&spec->notify.calls[abi], (enum call_id)id);
            }
            if (selection_has(&spec->notify, &abis[abi], (enum call_id)id)) {
                scalar_clear(&plan->kernel->scalars->calls[abi][id]); /* sent anyway */
            }
        }
    }
    return ret;
}

/* A call that does not exist in the ABI needs no thought. */
static bool exists(enum abi_id abi, enum call_id id)
{
    return call_number(&abis[abi], id) >= 0;
}

static int plan_audit(const struct plan *plan, struct judge *judge)
{
    int ret = 0;
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        for (unsigned id = CALL_none + 1; ret == 0 && id < CALL_COUNT; id++) {
            ret = exists((enum abi_id)abi, (enum call_id)id)
                      ? notify_denied(plan, (enum abi_id)abi, (enum call_id)id)
                      : 0;
        }
    }
    oci_calls(plan->profile, &judge->calls);
    plan->spec->notify.unknown = plan->spec->notify.unknown || judge->calls.unknown;
    return ret;
}

/* The kernel has the profile, but for the calls that we see anyway, or are to report. */
static int plan_enforce(const struct plan *plan, struct judge *judge, struct error *err)
{
    struct selection failing = {.unknown = false};
    struct selection ours = {.unknown = false};
    int ret = 0;
    oci_calls(plan->profile, &failing);
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        for (unsigned id = CALL_none + 1; ret == 0 && id < CALL_COUNT; id++) {
            if (!call_set_has(&failing.calls[abi], (enum call_id)id) ||
                !exists((enum abi_id)abi, (enum call_id)id) ||
                !oci_can_stand_in(plan->profile, (enum abi_id)abi, (enum call_id)id)) {
                continue;
            }
            if (judge->options.log_denied) {
                ret = notify_denied(plan, (enum abi_id)abi, (enum call_id)id);
            }
            if (judge->options.log_denied ||
                selection_has(&plan->spec->notify, &abis[abi], (enum call_id)id)) {
                call_set_add(&ours.calls[abi], (enum call_id)id);
                call_set_add(&judge->calls.calls[abi], (enum call_id)id);
            }
        }
    }
    return ret < 0 ? ret : filter_build_oci(plan->profile, &ours, &plan->kernel->profile, err);
}

int kernel_policy_plan(struct kernel_policy *kernel, struct judge *judge, struct filter_spec *spec,
                       struct error *err)
{
    struct plan plan = {kernel, spec, policy_profile(judge->policy)};
    *kernel = (struct kernel_policy){.scalars = scalar_table_new()};
    if (!kernel->scalars) {
        return error_set(err, ENOMEM, "out of memory for the filter");
    }
    spec->scalars = kernel->scalars;
    selection_add(&spec->notify, &judge->watched);
    int ret = plan_rules(&plan, judge);
    ret = ret < 0 ? ret : notify_multiplexed(&plan);
    if (ret < 0 || !plan.profile) {
        return ret < 0 ? error_set(err, ENOMEM, "out of memory for the filter") : 0;
    }
    ret = judge->options.enforce ? plan_enforce(&plan, judge, err) : plan_audit(&plan, judge);
    return ret == -ENOMEM ? error_set(err, ENOMEM, "out of memory for the filter") : ret;
}

void kernel_policy_free(struct kernel_policy *kernel)
{
    scalar_table_free(kernel->scalars);
    filter_free(&kernel->profile);
    *kernel = (struct kernel_policy){.scalars = NULL};
}
