/*
 * The supervisor's own filter: what an agent that has been taken over could still call. An allow-list;
 * everything else fails with EPERM, so that a library's new habit is an error and not an end. What it keeps
 * from the agent is, above all, running programs (execve), becoming somebody else or entering other
 * namespaces, tracing, mounting, and modules.
 */
#ifndef PROCTOR_LAUNCHER_CONFINE_H
#define PROCTOR_LAUNCHER_CONFINE_H

#include "launcher/filter.h"

/* Builds the program. filter: the caller's, for filter_free. Returns 0 or a negative errno with err. */
int confine_build(struct filter *filter, struct error *err);

/*
 * Loads it into the calling thread, for it and all that it starts from then on (seccomp(2)); sets
 * no_new_privs. Returns 0 or a negative errno with err.
 */
int confine(struct error *err);

/* How many calls it allows, of those that this libseccomp knows. */
unsigned confine_count(void);

#endif
