/*
 * Tasks that a tracer keeps standing until a time. It waits in wait(2), which knows no timeout: a timer's
 * signal, for the tracer's thread alone, interrupts it.
 */
#ifndef PROCTOR_SUPERVISOR_TRACE_HOLDS_H
#define PROCTOR_SUPERVISOR_TRACE_HOLDS_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "supervisor/pipeline.h"

struct trace_hold {
    pid_t tid;
    int64_t due_ns;        /* CLOCK_MONOTONIC */
    bool entered;          /* it stands before its call, which is let go then: */
    struct held_call call; /* see pipeline_released */
    struct trace_hold *next;
};

struct trace_holds {
    struct trace_hold *first; /* in the order of time */
    timer_t timer;
    bool has_timer; /* made when first needed */
};

/*
 * Keeps a task standing for ns nanoseconds; the tracer's thread calls this and all below. call: what it will
 * enter, or NULL: it stands after a call. False: it can't be, for want of memory or timers.
 */
bool trace_holds_add(struct trace_holds *holds, pid_t tid, int64_t ns, const struct held_call *call);

/* Takes out the first whose time has come. False: there is none now, and the timer is set to the next. */
bool trace_holds_due(struct trace_holds *holds, struct trace_hold *due);

/* The task is gone. */
void trace_holds_forget(struct trace_holds *holds, pid_t tid);

/* Releases the timer, and what was held: nobody is woken. */
void trace_holds_free(struct trace_holds *holds);

#endif
