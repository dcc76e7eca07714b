#include "supervisor/path_filter.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/target.h"

static int append(struct path_filter *filter, const char *path)
{
    char **paths = realloc(filter->paths, (filter->count + 1) * sizeof(*paths));
    if (!paths) {
        return -ENOMEM;
    }
    filter->paths = paths;
    paths[filter->count] = strdup(path);
    if (!paths[filter->count]) {
        return -ENOMEM;
    }
    filter->count++;
    return 0;
}

int path_filter_add(struct path_filter *filter, const char *path)
{
    char resolved[PATH_MAX];
    int ret = append(filter, path);
    filter->any = true;
    if (ret == 0 && realpath(path, resolved) && strcmp(resolved, path) != 0) {
        ret = append(filter, resolved);
    }
    return ret;
}

int path_filter_set_fds(struct path_filter *filter, const char *set, struct error *err)
{
    filter->any = true;
    return dump_parse(filter->fds, set)
               ? 0
               : error_set(err, EINVAL, "--trace-fds: '%s' is not a list of descriptors below %d", set,
                           (int)DUMP_FDS);
}

void path_filter_free(struct path_filter *filter)
{
    for (size_t i = 0; i < filter->count; i++) {
        free(filter->paths[i]);
    }
    free(filter->paths);
    *filter = (struct path_filter){0};
}

static bool listed(const struct path_filter *filter, const char *path, size_t length)
{
    for (size_t i = 0; i < filter->count; i++) {
        if (strlen(filter->paths[i]) == length && memcmp(filter->paths[i], path, length) == 0) {
            return true;
        }
    }
    return false;
}

static bool value_matches(const struct path_filter *filter, const struct event *event, const struct value *v)
{
    char file[32];
    char link[PATH_MAX];

    if (v->type == VALUE_STRING && (v->flags & VALUE_PATH)) {
        return listed(filter, event->values.bytes + v->bytes, v->length);
    }
    if (v->type != VALUE_FD || (v->flags & VALUE_ATCWD) || (int64_t)v->number < 0) {
        return false;
    }
    if (v->number < DUMP_FDS && filter->fds[v->number / 64] >> v->number % 64 & 1) {
        return true;
    }
    if (filter->count == 0) {
        return false;
    }
    snprintf(file, sizeof(file), "fd/%d", (int)v->number);
    ssize_t n = target_proc_link(event->tid, file, link, sizeof(link));
    return n > 0 && listed(filter, link, (size_t)n);
}

bool path_filter_match(const struct path_filter *filter, const struct event *event)
{
    if (!filter->any || (event->path && listed(filter, event->path, strlen(event->path)))) {
        return true;
    }
    /* Every value of the call: the descriptors of a poll count too. */
    for (uint32_t i = 1; i < event->values.count; i++) {
        if (value_matches(filter, event, values_at(&event->values, i))) {
            return true;
        }
    }
    return false;
}
