/*
 * --explain: which failing calls explain that a program failed. Pure: is told of every call and every end,
 * remembers what may matter, and says it in a sentence.
 *
 * Most failing calls mean nothing: libraries, locales and commands are looked for in one directory after the
 * other. A failure is forgotten when the same thing is found elsewhere or the same call succeeds later; what
 * is left is weighed by its errno and by how long before the end it happened.
 */
#ifndef PROCTOR_DECODE_EXPLAIN_H
#define PROCTOR_DECODE_EXPLAIN_H

#include <stdbool.h>

#include "decode/base/buf.h"
#include "decode/event.h"

struct explain;

/* NULL when memory ran out. */
struct explain *explain_new(void);
void explain_free(struct explain *explain);

/* A call that has ended. comm, path and result of the event are looked at, besides its values. */
void explain_call(struct explain *explain, const struct event *event);

/* A task ended: EVENT_EXITED. */
void explain_exit(struct explain *explain, const struct event *event);

/*
 * Appends a line about process `pid`, or about the child whose failure it passed on, if it failed; nothing
 * otherwise. exists: whether there is a file of that name; tells a missing program from a missing
 * interpreter. May be NULL.
 */
void explain_render(struct buf *out, const struct explain *explain, pid_t pid,
                    bool (*exists)(const char *path));

#endif
