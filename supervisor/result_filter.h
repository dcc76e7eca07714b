/* -z, -Z, -e status=, --slower-than: which calls are shown, by how they ended. */
#ifndef PROCTOR_SUPERVISOR_RESULT_FILTER_H
#define PROCTOR_SUPERVISOR_RESULT_FILTER_H

#include "decode/base/error.h"
#include "decode/event.h"

enum {
    STATUS_SUCCESSFUL = 1 << 0,
    STATUS_FAILED = 1 << 1,
    STATUS_UNFINISHED = 1 << 2,  /* the task ended in the call */
    STATUS_UNAVAILABLE = 1 << 3, /* the result was lost */
    STATUS_DETACHED = 1 << 4,    /* of strace; never the case here */
    STATUS_ALL = (1 << 5) - 1,
};

struct result_filter {
    unsigned statuses;      /* shown; 0: all */
    int64_t slower_than_ns; /* 0: any */
};

/* True if some calls are left out: then nothing is shown of a call before it has ended. */
bool result_filter_active(const struct result_filter *filter);

/* Whether a call that has ended is shown. */
bool result_filter_match(const struct result_filter *filter, const struct event *event);

/* Reads the list of -e status=: "successful,failed", "!failed". 0, or -EINVAL with err. */
int result_filter_parse_status(struct result_filter *filter, const char *list, struct error *err);

/* Reads a duration: "10ms", "1.5s", "200us", "300ns"; a bare number is seconds. 0, or -EINVAL with err. */
int result_filter_parse_duration(const char *option, const char *text, int64_t *ns, struct error *err);

#endif
