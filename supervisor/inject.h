/*
 * -e inject= and -e fault= in the pipeline: which invocation gets what, and what that is to the source that
 * answers the call.
 */
#ifndef PROCTOR_SUPERVISOR_INJECT_H
#define PROCTOR_SUPERVISOR_INJECT_H

#include "decode/base/buf.h"
#include "decode/event.h"
#include "decode/inject.h"
#include "launcher/filter.h"
#include "supervisor/verdict.h"

struct task;

/*
 * Adds the calls that have to come to the supervisor for an injection to those that come anyway. `alone`:
 * nobody else looks at calls (-P, rules), so that one that does not come and only fails is answered by the
 * kernel: it is put into `errors`, zeroed by the caller, to which the spec then points.
 */
void inject_plan(const struct injections *injections, bool alone, struct filter_spec *spec,
                 struct filter_errors *errors);

/*
 * The injection that this call of a task gets, or NULL. Counts the invocation, as strace does: by task, ABI
 * and call. shown: whether the call is traced. The task's owner holds the lock.
 */
const struct injection *inject_choose(const struct injections *injections, struct task *task,
                                      const struct abi *abi, enum call_id id, bool shown);

/*
 * Writes to where the arguments point, in the memory of a task that stands still in the call
 * (process_vm_writev(2)). Returns true if anything was written: strace, too, leaves what is not mapped.
 */
bool inject_poke(pid_t tid, const struct pokes *pokes, const uint64_t args[CALL_ARGS_MAX]);

/* Puts what is done to the call into the verdict, unless that denies already, and marks the event. */
void inject_apply(const struct injection *injection, struct event *event, struct verdict *verdict);

/* Appends a warning, a line each, for every value that a program takes for an error. */
void inject_warnings(const struct injections *injections, struct buf *out);

#endif
