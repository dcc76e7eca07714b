/*
 * Memory that stays as it was first read. What is decoded, judged and carried out must be the same bytes,
 * while the target's other threads may write to them all the time: each byte is read from the target once.
 */
#ifndef PROCTOR_SUPERVISOR_SNAPSHOT_H
#define PROCTOR_SUPERVISOR_SNAPSHOT_H

#include "decode/base/buf.h"
#include "decode/mem.h"

struct snapshot_piece {
    uint64_t addr;
    size_t size;
    size_t at; /* in bytes */
};

/* Zeroed at first; its room is kept from event to event. */
struct snapshot {
    struct mem mem;
    struct mem *from;
    struct snapshot_piece *pieces; /* in no order; they don't overlap */
    size_t count;
    size_t room;
    struct buf bytes;
};

/* Forgets what was read, and reads from `from` from now on. Returns the memory to use in its place. */
struct mem *snapshot_begin(struct snapshot *snapshot, struct mem *from);

/* Releases its room; it is as at first. */
void snapshot_free(struct snapshot *snapshot);

#endif
