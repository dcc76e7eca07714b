#include "supervisor/result_filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decode/base/time.h"

bool result_filter_active(const struct result_filter *filter)
{
    return (filter->statuses && filter->statuses != STATUS_ALL) || filter->slower_than_ns;
}

static unsigned status_of(const struct event *event)
{
    switch (event->result_state) {
    case RESULT_KNOWN:
        return event_failed(event) ? STATUS_FAILED : STATUS_SUCCESSFUL;
    case RESULT_LOST:
        return STATUS_UNAVAILABLE;
    default:
        return STATUS_UNFINISHED;
    }
}

bool result_filter_match(const struct result_filter *filter, const struct event *event)
{
    if (filter->statuses && !(filter->statuses & status_of(event))) {
        return false;
    }
    return filter->slower_than_ns == 0 || event->duration_ns >= filter->slower_than_ns;
}

int result_filter_parse_status(struct result_filter *filter, const char *list, struct error *err)
{
    static const struct {
        const char *name;
        unsigned status;
    } names[] = {{"successful", STATUS_SUCCESSFUL},
                 {"failed", STATUS_FAILED},
                 {"unfinished", STATUS_UNFINISHED},
                 {"unavailable", STATUS_UNAVAILABLE},
                 {"detached", STATUS_DETACHED},
                 {"all", STATUS_ALL},
                 {"none", 0}};
    bool complement = *list == '!';
    unsigned statuses = 0;

    for (list += complement; *list;) {
        size_t length = strcspn(list, ",");
        size_t i = 0;
        while (i < sizeof(names) / sizeof(names[0]) &&
               (strlen(names[i].name) != length || memcmp(names[i].name, list, length) != 0)) {
            i++;
        }
        if (i == sizeof(names) / sizeof(names[0])) {
            return error_set(err, EINVAL,
                             "-e status: '%.*s' is not one of successful, failed, unfinished, unavailable, "
                             "detached, all, none",
                             (int)length, list);
        }
        statuses |= names[i].status;
        list += length + (list[length] == ',');
    }
    filter->statuses = complement ? STATUS_ALL & ~statuses : statuses;
    if (filter->statuses == 0) {
        filter->statuses = 1U << 31; /* a status that no call has */
    }
    return 0;
}

int result_filter_parse_duration(const char *option, const char *text, int64_t *ns, struct error *err)
{
    if (duration_parse(text, "s", ns)) {
        return 0;
    }
    return error_set(err, EINVAL, "%s: '%s' is not a duration such as 10ms, 1.5s or 200us", option, text);
}
