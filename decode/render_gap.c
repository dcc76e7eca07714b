/* What a worker's death leaves out of the trace, as text and as JSON. */
#include <inttypes.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

#include "decode/base/time.h"

#include "decode/render.h"

static void how_it_ended(struct buf *out, int status)
{
    if (status < 0) {
        buf_str(out, "with the agent before this one");
    } else if (WIFSIGNALED(status)) {
        const char *name = signal_name(WTERMSIG(status));
        buf_printf(out, "%s", name ? name : "a signal");
    } else {
        buf_printf(out, "exit status %d", WEXITSTATUS(status));
    }
}

void render_gap(struct buf *out, const struct event_gap *gap)
{
    time_t seconds = (time_t)(gap->since_ns / NS_PER_SECOND);
    char clock[16] = "?";
    struct tm tm;
    if (localtime_r(&seconds, &tm)) {
        (void)strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
    }
    buf_str(out, "the worker died (");
    how_it_ended(out, gap->status);
    if (gap->deaths > 1) {
        buf_printf(out, ", the last of %u", gap->deaths);
    }
    buf_printf(out, "); calls in flight: %u let go on, %u refused; ", gap->let_go, gap->refused);
    buf_printf(out,
               "lines of up to %" PRIu64
               " calls since %s.%06d, and of calls that had not returned, may be missing",
               gap->unwritten, clock, (int)(gap->since_ns / 1000 % 1000000));
}

void render_json_gap(struct buf *out, const struct event_gap *gap)
{
    struct buf how = {0};
    how_it_ended(&how, gap->status);
    buf_printf(out, ",\"deaths\":%u,\"how\":", gap->deaths);
    (void)render_json_string(out, how.data ? how.data : "", how.len);
    buf_printf(out, ",\"let_go\":%u,\"refused\":%u,\"unwritten\":%" PRIu64 ",\"since\":%" PRId64, gap->let_go,
               gap->refused, gap->unwritten, gap->since_ns);
    buf_free(&how);
}
