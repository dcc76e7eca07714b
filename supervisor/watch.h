/* The event loop: descriptors and what to do when they are ready. One per thread. */
#ifndef PROCTOR_SUPERVISOR_WATCH_H
#define PROCTOR_SUPERVISOR_WATCH_H

#include <stdbool.h>
#include <stdint.h>

struct loop;

/* Embedded in whatever owns a descriptor; must stay where it is while it is watched. */
struct watch {
    /*
     * Called by a loop when the descriptor is ready; events are EPOLL*. May remove and free its own watch, no
     * other.
     */
    void (*ready)(struct watch *watch, struct loop *loop, uint32_t events);
};

struct loop {
    int epoll;
    bool stop;       /* set by a watch: loop_run returns after this round */
    unsigned number; /* of the thread among those that serve the same sources; 0: the main one */
};

/* Both return 0 or a negative errno. loop_close releases what loop_open made. */
int loop_open(struct loop *loop);
void loop_close(struct loop *loop);

/* Starts watching fd for `events` (EPOLLIN...). The descriptor stays the caller's. 0 or a negative errno. */
int loop_add(struct loop *loop, int fd, uint32_t events, struct watch *watch);
void loop_remove(struct loop *loop, int fd);

/* Serves watches until one sets loop->stop. Returns 0 or a negative errno (epoll_wait failed). */
int loop_run(struct loop *loop);

#endif
