/*
 * The answer to an audit: what would have been denied, how often, and the first example of each.
 */
#ifndef PROCTOR_SUPERVISOR_TALLY_H
#define PROCTOR_SUPERVISOR_TALLY_H

#include "decode/base/buf.h"
#include "decode/event.h"

enum { TALLY_MAX = 512 };

struct tally_line {
    const char *rule; /* its name, or NULL for the profile */
    const char *call;
    const char *done; /* "EPERM", "killed", ... */
    uint64_t count;
    char example[256]; /* the first: the process and the call */
};

struct tally {
    struct tally_line lines[TALLY_MAX];
    size_t count;
    uint64_t others; /* what found no line any more */
};

/* Counts one denial. The strings must stay; `process` is copied. */
void tally_add(struct tally *tally, const char *rule, const char *done, const struct event *event,
               const char *process);

/* Appends the summary, the most frequent first; nothing where nothing was counted. */
void tally_print(struct tally *tally, bool audit, struct buf *out);

#endif
