/*
 * The trace source: system calls and their results by ptrace(2), where the results that BPF gives are not to
 * be had. The filter stops a task before a selected call (SECCOMP_RET_TRACE); the same pipeline takes the
 * call from there; the task is let go on until it returns and stops again, and the result and what was
 * written are read from the task as it stands. Other calls run at full speed, as with notifications.
 *
 * All stops are served by one thread of our own, as only the thread that attached may.
 */
#ifndef PROCTOR_SUPERVISOR_TRACE_SOURCE_H
#define PROCTOR_SUPERVISOR_TRACE_SOURCE_H

#include <pthread.h>
#include <semaphore.h>

#include "decode/base/error.h"
#include "supervisor/pipeline.h"
#include "supervisor/ptrace_cpu.h"
#include "supervisor/target.h"
#include "supervisor/trace_holds.h"

/* Stops that are taken in at once; more wait in the kernel. */
enum { STOPS_AT_ONCE = 256 };

struct stopped {
    pid_t tid;
    int status;
};

struct trace_source {
    struct results results; /* for the pipeline: the record in hand */
    struct pipeline *pipeline;
    void (*on_end)(struct trace_source *source);
    pid_t first; /* the program that was launched, */
    int status;  /* and how it ended: a wait status; -1 while it runs */

    struct record record;
    bool holds_record; /* guarded by the pipeline's lock */
    struct target_mem memory;
    struct cpu_follower cpu;
    struct trace_holds holds; /* tasks that stand still for a while */
    struct stopped queue[STOPS_AT_ONCE];
    unsigned served;

    pthread_t thread;
    sem_t attached;
    int attach_error; /* positive errno */
    bool running;     /* trace_source_stop is due */
};

/* Whether we may attach to a child of ours. 0, or a negative errno with err filled. */
int trace_source_possible(struct error *err);

/*
 * Makes the results that pipeline_init wants; nothing to release. The source must stay where it is until
 * trace_source_stop.
 */
void trace_source_init(struct trace_source *source);

/*
 * Attaches to task `pid`, whose filter is not installed yet, and serves its stops and those of all its
 * descendants in a thread of its own. on_end is called by that thread when the last of them is gone. Returns
 * 0 or a negative errno with err filled. The pipeline's table of processes must watch for no ends: they are
 * reported from here.
 */
int trace_source_start(struct trace_source *source, struct pipeline *pipeline, pid_t pid,
                       void (*on_end)(struct trace_source *source), struct error *err);

/* Waits for the thread; what still runs is killed. Does nothing if it was not started. */
void trace_source_stop(struct trace_source *source);

#endif
