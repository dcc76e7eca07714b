/*
 * Keeps the tracer on the CPU of the task it traces. At each stop one of the two sleeps and the other is
 * woken: on one CPU that is a switch, on two it is an interrupt to a CPU that may be idle, several times as
 * slow. Only the tracer's own affinity is changed.
 */
#ifndef PROCTOR_SUPERVISOR_PTRACE_CPU_H
#define PROCTOR_SUPERVISOR_PTRACE_CPU_H

#include <sched.h>
#include <stdbool.h>
#include <sys/types.h>

/* Stops counted since the last decision. */
struct stop_load {
    pid_t last; /* whose stop the last one was */
    unsigned stops;
    unsigned alternations; /* stops of another task than the one before */
};

/* Counts one stop. True when it is time to decide. */
bool stop_load_add(struct stop_load *load, pid_t tid);

/* True if one task makes the stops, so that the tracer does best beside it. Starts counting anew. */
bool stop_load_single(struct stop_load *load);

struct cpu_follower {
    struct stop_load load;
    cpu_set_t own; /* the affinity we were given */
    int cpu;       /* where we are bound to; -1: nowhere */
    bool off;      /* our affinity can't be changed */
};

/* For the calling thread, as the next. */
void cpu_follower_init(struct cpu_follower *follower);

/* Called at each stop of a task, while it stands still. */
void cpu_follow(struct cpu_follower *follower, pid_t tid);

#endif
