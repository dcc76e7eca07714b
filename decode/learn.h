/*
 * From a trace to what allows just that: an OCI seccomp profile, systemd's SystemCallFilter=, or Falco rules
 * that tell of everything else. Pure: reads events, appends to a buffer.
 */
#ifndef PROCTOR_DECODE_LEARN_H
#define PROCTOR_DECODE_LEARN_H

#include "decode/base/buf.h"
#include "decode/event.h"

/* Of more than this nothing is learnt: no reader would go through it, and a rule says so. */
enum { LEARN_PROGRAMS = 256, LEARN_STRINGS = 1000, LEARN_BYTES = 1 << 17, LEARN_UNKNOWN = 16 };

/* Different texts, sorted. */
struct string_set {
    uint32_t start[LEARN_STRINGS]; /* in bytes */
    uint32_t count;
    uint32_t used;
    bool full; /* there were more */
    char bytes[LEARN_BYTES];
};

/* A text of the set, by its place in the order. */
static inline const char *string_set_at(const struct string_set *set, uint32_t i)
{
    return set->bytes + set->start[i];
}

/* Processes of one name. */
struct learned_program {
    char comm[16];
    struct call_set calls;
};

/* Zeroed at the start. Without a pointer: it may lie in memory that processes share. */
struct learned {
    struct call_set calls[ABI_COUNT];
    struct learned_program programs[LEARN_PROGRAMS]; /* in the order of their first call */
    size_t program_count;
    bool programs_full;
    struct string_set executables; /* files that ran */
    struct string_set directories; /* in which files were opened for writing */
    uint64_t ports[65536 / 64];    /* that were connected to */
    int unknown[LEARN_UNKNOWN];    /* numbers that are in no table: no profile can name them */
    unsigned unknown_count;
};

/* Takes a call in; event->process.comm, exe and event->path are looked at. */
void learn_call(struct learned *learned, const struct event *event);

/*
 * Appends linux.seccomp of an OCI configuration: what was seen is allowed, with what a runtime needs to start
 * the program; all else fails with EPERM.
 */
void learned_profile(const struct learned *learned, struct buf *out);

/* Appends a drop-in for a unit of systemd: systemd.exec(5). */
void learned_systemd(const struct learned *learned, struct buf *out);

/* Appends rules: other programs, other calls of each, other directories written to, other ports. */
void learned_rules(const struct learned *learned, struct buf *out);

#endif
