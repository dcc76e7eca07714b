/*
 * The time of events. Exit sources stamp their records with CLOCK_MONOTONIC, and the trace shows
 * CLOCK_REALTIME: all events of a trace are timed by the first, and what the second is ahead of it is asked
 * for now and then. So all are in order, even where somebody sets the wall clock, and a result costs no look
 * at two clocks. What shows is at most as old as the last refresh: after a step of the wall clock one tick
 * (50 ms), and while it is slewed, at the kernel's 500 ppm at most, 25 us.
 */
#ifndef PROCTOR_SUPERVISOR_TRACE_CLOCK_H
#define PROCTOR_SUPERVISOR_TRACE_CLOCK_H

#include <stdint.h>

struct trace_clock {
    int64_t ahead_ns; /* of CLOCK_MONOTONIC; guarded by whoever guards the trace */
};

/* Looks at both clocks. */
void trace_clock_refresh(struct trace_clock *clock);

/* CLOCK_REALTIME, in nanoseconds, at a time of CLOCK_MONOTONIC. */
static inline int64_t trace_clock_at(const struct trace_clock *clock, int64_t monotonic_ns)
{
    return monotonic_ns + clock->ahead_ns;
}

/* What CLOCK_MONOTONIC and CLOCK_REALTIME say now, in nanoseconds. */
int64_t trace_clock_monotonic(void);
int64_t trace_clock_real(void);

/* When the machine started, by CLOCK_REALTIME. */
int64_t trace_clock_boot(void);

#endif
