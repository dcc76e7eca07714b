/* -P PATH: only calls that name one of these paths, or use a descriptor that is open on one. */
#ifndef PROCTOR_SUPERVISOR_PATH_FILTER_H
#define PROCTOR_SUPERVISOR_PATH_FILTER_H

#include "decode/event.h"

struct path_filter {
    char **paths; /* owned */
    size_t count;
};

/*
 * Adds a path, as it is written and, where it exists, as it resolves. Returns 0 or -ENOMEM. path_filter_free
 * releases all.
 */
int path_filter_add(struct path_filter *filter, const char *path);
void path_filter_free(struct path_filter *filter);

/*
 * True if the filter is empty or the decoded call has to do with one of its paths. Looks at /proc/TID/fd for
 * descriptors, so it is called before the call is answered.
 */
bool path_filter_match(const struct path_filter *filter, const struct event *event);

#endif
