/*
 * What calls do to the process table: exec, chdir, exit. Called for every notified call, shown or not.
 */
#ifndef PROCTOR_SUPERVISOR_LIFECYCLE_H
#define PROCTOR_SUPERVISOR_LIFECYCLE_H

#include "supervisor/pipeline.h"

/* Adds the calls that make a task. */
void lifecycle_forks(struct call_set *set);

/*
 * Calls that are asked for, for bookkeeping, even if nobody selected them. Those that make a task are none of
 * them where they would be notified: a fork that waits to be received can be interrupted (EINTR), which no
 * program expects, and a task is met at its first call. by_tracer: they come by ptrace, which has to see that
 * the new task is traced too.
 */
void lifecycle_calls(struct call_set *set, bool by_tracer);

/* Before a call is decoded: the launcher's child becomes the target by its execve. */
void lifecycle_before(struct task *task, enum call_id id);

/* After a call was let go and shown, in the order of the trace. */
void lifecycle_after(struct pipeline *p, const struct event *event, enum call_id id);

/*
 * A process is dead: its calls have no result any more, its tasks have ended; and it is forgotten. The
 * pipeline's lock is held.
 */
void lifecycle_dead(struct pipeline *p, struct process *process);

/* The tracer has reaped a task; status: as wait gives it. The leader's comes last, and is its process's end.
 */
void lifecycle_ended(struct pipeline *p, pid_t tid, int status);

/* The thread `former` of several has called exec, and goes on as the leader, as all others are gone. */
void lifecycle_superseded(struct pipeline *p, pid_t leader, pid_t former);

/*
 * An exec by thread `former` has returned, as thread `leader`; the two are the same where the leader called
 * it. All others have ended.
 */
void lifecycle_executed(struct pipeline *p, pid_t leader, pid_t former);

/* lifecycle_dead for a process of this id, if it is known and really dead: somebody was told so by wait or
 * SIGCHLD. */
void lifecycle_reaped(struct pipeline *p, pid_t pid);

#endif
