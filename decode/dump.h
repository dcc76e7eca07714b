/*
 * -e read=, -e write=: the data of a call in hexadecimal, whole, below its line.
 *
 * Collecting copies the bytes from the target's memory into the event's values, next to the decoded ones;
 * where they come from is known from the kinds of the call's arguments.
 */
#ifndef PROCTOR_DECODE_DUMP_H
#define PROCTOR_DECODE_DUMP_H

#include "decode/base/buf.h"
#include "decode/event.h"

enum { DUMP_FDS = 1024, DUMP_MAX = 32 << 10 }; /* bytes of one buffer at most: what a capture may have */

/* The descriptors that were named. */
struct dump_fds {
    uint64_t read[DUMP_FDS / 64];
    uint64_t write[DUMP_FDS / 64];
    bool any; /* at least one */
};

/* Reads "all", "none", "3,5", "!4" into the bits of read or write. False: not a set of descriptors. */
bool dump_parse(uint64_t bits[DUMP_FDS / 64], const char *set);

/* Copies the data of a call that reads (d->at_exit) or writes; event->dump is 0 where there is none to be
 * shown. */
void dump_collect(struct decoder *d, const struct dump_fds *fds, struct event *event);

/* Appends what was collected, 16 bytes to a line. Nothing for a failed call. */
void dump_render(struct buf *out, const struct event *event);

#endif
