/*
 * Things that are due at a later time, for a loop: nothing waits for them but they themselves.
 */
#ifndef PROCTOR_SUPERVISOR_DELAY_H
#define PROCTOR_SUPERVISOR_DELAY_H

#include <pthread.h>

#include "supervisor/watch.h"

/* Embedded in whatever waits; stays where it is until `due` is called, which may free it. */
struct delay {
    void (*due)(struct delay *delay); /* once, in the loop's thread, or in the caller's of delays_hasten */
    const void *owner;                /* for delays_hasten */
    int64_t at_ns;                    /* CLOCK_MONOTONIC; delays_add fills it in */
    struct delay *next;
};

struct delays {
    struct watch watch;
    struct loop *loop;
    int fd; /* a timerfd set to the first; -1: none was opened */
    pthread_mutex_t lock;
    struct delay *first; /* in the order of time */
    struct delay *last;
};

/* Returns 0 or a negative errno; delays_close is due in both cases. The loop must outlive it. */
int delays_open(struct delays *delays, struct loop *loop);

/* Lets everything that waits be due now, and closes. No other thread uses it any more. */
void delays_close(struct delays *delays);

/* From any thread: `delay` is due in ns nanoseconds. due and owner are filled in. */
void delays_add(struct delays *delays, struct delay *delay, int64_t ns);

/* What waits for this owner (NULL: for anybody) is due now. */
void delays_hasten(struct delays *delays, const void *owner);

#endif
