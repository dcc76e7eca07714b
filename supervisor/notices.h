/*
 * What the reader of a trace must know and the trace itself does not show; each is said once.
 */
#ifndef PROCTOR_SUPERVISOR_NOTICES_H
#define PROCTOR_SUPERVISOR_NOTICES_H

#include <stdbool.h>

#include "decode/select.h"

struct pipeline;
struct slot;

struct notices {
    bool no_new_privs; /* set-user-ID programs lose their privilege under this trace */
    bool watches_io;   /* file or network calls are selected: io_uring can do the same unseen */
    bool attach;       /* say when a task is seen for the first time */
    bool said_no_new_privs;
    bool said_io_uring;
    bool said_refused;
};

/* Fills in what depends on the selection. */
void notices_init(struct notices *notices, const struct selection *shown);

/* Looks at a call before it is answered: an exec of a set-user-ID program, an io_uring_setup. Not under the
 * lock. */
void notices_call(struct pipeline *p, const struct slot *slot);

/* The target's memory could not be read, for lack of permission. Not under the lock. */
void notices_refused(struct pipeline *p, const struct slot *slot);

#endif
