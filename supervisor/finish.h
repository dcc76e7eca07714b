/*
 * Calls that have begun and not returned: brings each together with its result, when an exit source runs. The
 * pipeline calls these in the order of the trace, with its lock held.
 */
#ifndef PROCTOR_SUPERVISOR_FINISH_H
#define PROCTOR_SUPERVISOR_FINISH_H

#include "supervisor/pipeline.h"

/* A call has begun; its slot stays with the task until its result comes. */
void finish_begin(struct pipeline *p, struct task *task, struct slot *slot);

/*
 * The result of a call that no exit source reports. task: the one it is pending with, which then is shown;
 * NULL: its turn to be shown has not come. record: NULL: nothing is known.
 */
void finish_known(struct pipeline *p, struct slot *slot, struct task *task, const struct record *record);

/* Takes in all results that are there, and shows their calls. Does nothing without an exit source. */
void finish_returned(struct pipeline *p);

/* The task's call, if it is in one, has returned, as it did something else since: its record never came. */
void finish_lost(struct pipeline *p, struct task *task);

/* The task is gone: its call is shown without a result. */
void finish_abandon(struct pipeline *p, struct task *task);

#endif
