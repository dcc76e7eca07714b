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
    if (ret == 0 && realpath(path, resolved) && strcmp(resolved, path) != 0) {
        ret = append(filter, resolved);
    }
    return ret;
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
    snprintf(file, sizeof(file), "fd/%d", (int)v->number);
    ssize_t n = target_proc_link(event->tid, file, link, sizeof(link));
    return n > 0 && listed(filter, link, (size_t)n);
}

bool path_filter_match(const struct path_filter *filter, const struct event *event)
{
    if (filter->count == 0 || (event->path && listed(filter, event->path, strlen(event->path)))) {
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
