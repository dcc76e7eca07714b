/*
 * Calls that a signal interrupts while their notification waits to be received. Natively the signal would
 * have come before the call or after it; now the call fails with EINTR, where the handler was set without
 * SA_RESTART. Programs expect that of calls that wait, but not of mmap, and an exit_group that returns is the
 * end of none. So, where the exit source tells which calls these were, they are made again as SA_RESTART has
 * the kernel do it: when the handler returns, it restores the registers as they were before the call.
 */
#ifndef PROCTOR_SUPERVISOR_RESTART_H
#define PROCTOR_SUPERVISOR_RESTART_H

#include "supervisor/results.h"
#include "supervisor/slot.h"

/*
 * Adds the calls that have to be notified for it, where the source can tell: those by which handlers return.
 * Without results (NULL) takes them out: who comes back from one that was interrupted runs into whatever is
 * behind it.
 */
void restart_calls(const struct results *results, struct selection *notified);

/* From now on these calls, which are notified, are made again, and those that are recorded later. */
void restart_watch(struct results *results, const struct selection *notified);

/* A call has been received, and is not answered yet; if it is the return from a handler, what this has
 * interrupted is made again. results: may be NULL. */
void restart_at_return(struct results *results, const struct slot *slot);

#endif
