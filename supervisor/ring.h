/*
 * A BPF ring buffer, read in place, and the records that supervisor/bpf/exits.bpf.c puts into it.
 *
 * As the kernel lays it out (kernel/bpf/ringbuf.c): a page with the reader's position, a page with the
 * writer's, the data, and the data again so that a record that wraps can be read in one piece. We read it
 * ourselves since a record has to stay in the ring until its call's turn comes.
 */
#ifndef PROCTOR_SUPERVISOR_RING_H
#define PROCTOR_SUPERVISOR_RING_H

#include <stdatomic.h>

#include "supervisor/results.h"

struct ring {
    atomic_ulong *consumer;       /* bytes read since the start, */
    const atomic_ulong *producer; /* and written */
    const char *data;
    size_t size; /* a power of two */
};

/* Maps the ring of this map. Returns 0 or a negative errno; ring_unmap is due in both cases. */
int ring_map(struct ring *ring, int map, size_t size);
void ring_unmap(struct ring *ring);

/*
 * Fills in the oldest record and leaves it in the ring; what it points to is valid until ring_pop. Waits for
 * one that is just being written. False when there is none.
 */
bool ring_peek(struct ring *ring, struct record *record);

/* Removes the record that ring_peek gave. */
void ring_pop(struct ring *ring);

#endif
