/* A container that is served: what its events say of it, counted by those who refer to it. */
#ifndef PROCTOR_SUPERVISOR_CONTAINER_H
#define PROCTOR_SUPERVISOR_CONTAINER_H

#include <stdbool.h>

#include "decode/event.h"

struct judge;
struct metrics_container;

struct container {
    struct event_container event;
    unsigned references;
    struct judge **judge;             /* that of its own policy, which a reload replaces; NULL: that of all */
    struct metrics_container *counts; /* the metrics'; NULL: none are kept */
    bool announces_exec; /* its profile sends execve: what is known of its processes' programs can be kept */
};

/* A copy of the description in memory of its own, with its JSON made, and one reference. NULL when memory ran
 * out. */
struct container *container_new(const struct event_container *description);

/* Under the pipeline's lock. container may be NULL; hold returns it. */
struct container *container_hold(struct container *container);
void container_release(struct container *container);
void container_announces_exec(struct container *container);

/* What events refer to; NULL for none. Valid as long as the container is held. */
const struct event_container *container_event(const struct container *container);

#endif
