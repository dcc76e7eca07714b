/*
 * What rules and profiles found, in sum: how often, by rule and call, with the first example of each.
 */
#ifndef PROCTOR_SUPERVISOR_TALLY_H
#define PROCTOR_SUPERVISOR_TALLY_H

#include "decode/base/buf.h"
#include "decode/event.h"

enum { TALLY_MAX = 512 };

/* What became of the call, or would have in audit mode. */
enum tally_kind {
    TALLY_DENIED, /* it was not made */
    TALLY_HELD,   /* delayed, stopped */
    TALLY_REPORTED,
    TALLY_KINDS
};

struct tally_line {
    enum tally_kind kind;
    const char *rule; /* its name, or NULL for the profile */
    const char *call;
    const char *done; /* "EPERM", "killed", "delayed", ...; NULL: nothing */
    uint64_t count;
    char example[256]; /* the first: the process and the call */
};

struct tally {
    struct tally_line lines[TALLY_MAX];
    size_t count;
    uint64_t others; /* what found no line any more */
};

/* Counts one. The strings must stay; `process`, the name of what ran, is copied. */
void tally_add(struct tally *tally, enum tally_kind kind, const char *rule, const char *done,
               const struct event *event, const char *process);

/*
 * Appends the summary, a line each, the most frequent first; nothing where nothing was counted. Sorts the
 * lines; counting may go on. suppressed: alerts that were not written.
 */
void tally_text(struct tally *tally, bool audit, uint64_t suppressed, struct buf *out);

/* The same as one JSON object and a newline: docs/policy.md. */
void tally_json(struct tally *tally, bool audit, uint64_t suppressed, struct buf *out);

#endif
