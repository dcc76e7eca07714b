/*
 * -P PATH: only calls that name one of these paths, or use a descriptor that is open on one. --trace-fds=SET:
 * only those that use one of these descriptors.
 */
#ifndef PROCTOR_SUPERVISOR_PATH_FILTER_H
#define PROCTOR_SUPERVISOR_PATH_FILTER_H

#include "decode/base/error.h"
#include "decode/dump.h"

struct path_filter {
    char **paths; /* owned */
    size_t count;
    uint64_t fds[DUMP_FDS / 64];
    bool any; /* something was named */
};

/*
 * Adds a path, as it is written and, where it exists, as it resolves. Returns 0 or -ENOMEM. path_filter_free
 * releases all.
 */
int path_filter_add(struct path_filter *filter, const char *path);

/* Sets the descriptors: "3,5", "!4", "all", "none". Returns 0, or -EINVAL with err set. */
int path_filter_set_fds(struct path_filter *filter, const char *set, struct error *err);
void path_filter_free(struct path_filter *filter);

/*
 * True if the filter is empty or the decoded call has to do with one of its paths or descriptors. Looks at
 * /proc/TID/fd for descriptors, so it is called before the call is answered.
 */
bool path_filter_match(const struct path_filter *filter, const struct event *event);

#endif
