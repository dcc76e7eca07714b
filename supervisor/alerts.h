/*
 * Where alerts go: standard error, files, the system's log; and how many of them.
 *
 * A buffer of alerts holds whole lines, each after one byte that alert_begin puts there: its priority.
 */
#ifndef PROCTOR_SUPERVISOR_ALERTS_H
#define PROCTOR_SUPERVISOR_ALERTS_H

#include "decode/base/buf.h"
#include "decode/base/error.h"
#include "policy/rate.h"
#include "policy/rules.h"
#include "supervisor/system_log.h"

enum { ALERT_OUTPUTS = 8 };

struct alert_options {
    const char *outputs[ALERT_OUTPUTS]; /* --alerts: a file, "stderr", "syslog" */
    size_t output_count;                /* 0: standard error */
    bool json;                          /* alerts as JSON */
    struct rate rate;                   /* --rate-limit */
    unsigned fail_below;                /* --fail-on: the priority's number + 1; 0: never */
    _Atomic bool *raised; /* set by an alert of that priority, written or not; NULL: nobody asks */
};

struct alert_output {
    int fd; /* -1: the system's log */
    struct system_log log;
    bool failing; /* the last write failed, and was spoken of */
};

struct alerts {
    struct alert_output outputs[ALERT_OUTPUTS];
    size_t output_count;
    struct rate rate;
    unsigned fail_below;
    _Atomic bool *raised;
    uint64_t suppressed; /* not written, for the limit */
    uint64_t lost;       /* not taken by an output */
};

/* Returns 0 or a negative errno with err naming the output; alerts_close is due in both cases. */
int alerts_open(struct alerts *alerts, const struct alert_options *options, struct error *err);

/* Says on standard error if alerts were lost. */
void alerts_close(struct alerts *alerts);

/* An alert of this priority is raised at this time. False: the limit is reached, it is not to be written. */
bool alerts_admit(struct alerts *alerts, enum priority priority, int64_t now_ns);

/* Before each line in a buffer of alerts. */
static inline void alert_begin(struct buf *lines, enum priority priority)
{
    buf_char(lines, (char)('0' + priority));
}

/* Writes a buffer of alerts to all outputs. */
void alerts_write(struct alerts *alerts, const struct buf *lines);

#endif
