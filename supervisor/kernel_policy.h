/*
 * What of the policy the kernel carries out by itself, and what it has to ask us about.
 *
 * Two filters come out of it. The one that notifies is the trace's too: `spec`. The other is a profile's in
 * enforce mode, made by libseccomp as runtimes make it; it has no listener. The kernel runs both and takes
 * the stricter answer (kernel/seccomp.c, seccomp_run_filters), so what the second denies is not notified.
 * Therefore it leaves out the calls that come to us anyway and that we can answer as well: they are to be
 * seen, with the error that they get.
 */
#ifndef PROCTOR_SUPERVISOR_KERNEL_POLICY_H
#define PROCTOR_SUPERVISOR_KERNEL_POLICY_H

#include "launcher/filter.h"
#include "supervisor/judge.h"

struct kernel_policy {
    struct scalar_table *scalars; /* what spec->scalars points to */
    struct filter profile;        /* code NULL: there is none */
};

/*
 * Adds to `spec`, which holds the calls that are notified anyway and how, what the rules and the profile
 * need; tells the judge which calls are left to it. The spec is valid as long as *kernel, which is to be
 * freed in any case. Returns 0 or a negative errno with err.
 */
int kernel_policy_plan(struct kernel_policy *kernel, struct judge *judge, struct filter_spec *spec,
                       struct error *err);
void kernel_policy_free(struct kernel_policy *kernel);

#endif
