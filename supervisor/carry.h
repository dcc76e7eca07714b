/*
 * The way of a call that is carried out on its caller's behalf (supervisor/behalf.h) through the pipeline. It
 * is shown as begun when it is handed on, so that other calls don't wait for it, and finished when its result
 * is there: by the exit source, or, where there is none, by what the executor says.
 */
#ifndef PROCTOR_SUPERVISOR_CARRY_H
#define PROCTOR_SUPERVISOR_CARRY_H

#include "supervisor/behalf_job.h"
#include "supervisor/pipeline.h"

/*
 * Makes the verdict of a call that was judged, by slot->mem, and is not denied one to carry it out, or, where
 * its arguments are wrong, one to deny it.
 */
void carry_prepare(struct slot *slot, struct verdict *verdict);

/* The call is in an executor's hands. Its slot is held until carry_finish. */
void carry_begin(struct pipeline *p, struct slot *slot);

/* The call was answered. known: result is what the caller gets. With the pipeline's lock, held since before.
 */
void carry_finish(struct pipeline *p, struct slot *slot, bool known, int64_t result);

/*
 * Asks the rules that deny once more, with the paths that the call leads to (absolute; NULL: none) in place
 * of those that it gave. Their alerts are written.
 */
void carry_judge(struct pipeline *p, const struct slot *slot, const char *const paths[2],
                 struct verdict *verdict);

#endif
