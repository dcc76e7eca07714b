/* Where events go: text, JSON; later summaries and reports. A new sink is a new file. */
#ifndef PROCTOR_SUPERVISOR_SINK_H
#define PROCTOR_SUPERVISOR_SINK_H

#include "decode/event.h"
#include "decode/render.h"
#include "decode/summary.h"
#include "supervisor/stream.h"

struct sink {
    /*
     * A call has begun, and its result will come; may be NULL. The event stays where it is until
     * call_finished. All are called in the order of the trace. live_tasks: how many tasks are running now.
     */
    void (*call_started)(struct sink *sink, struct event *event, size_t live_tasks);
    /* A call is complete: it returned, or nothing more will be known of it. */
    void (*call_finished)(struct sink *sink, struct event *event, size_t live_tasks);
    /* Everything that is no call. */
    void (*event)(struct sink *sink, const struct event *event, size_t live_tasks);
    /* Writes what is buffered; the program is idle or the trace ends. */
    void (*flush)(struct sink *sink, size_t live_tasks);
    /* The trace is complete: what comes at its end is written, and what was lost is reported. */
    void (*finish)(struct sink *sink);
    /* Releases it; where a worker has finished, its keeper's too. */
    void (*close)(struct sink *sink);
    bool wants_sockets; /* fill event->socket */
    bool wants_process; /* fill event->process.comm, exe; path */
};

enum output_format { FORMAT_TEXT, FORMAT_JSON };

struct output_options {
    const char *path;  /* -o: NULL for standard error; "|CMD" for a command */
    bool append;       /* -A */
    bool per_process;  /* -ff */
    bool follow_given; /* -f: every line in a file has its pid */
    bool always_pid;   /* every line does, wherever it goes */
    enum output_format format;
    enum view {
        VIEW_CALLS,
        VIEW_CONNECTIONS,
        VIEW_PROFILE,
        VIEW_SYSTEMD,
        VIEW_RULES,
        VIEW_NOTHING
    } view;       /* --view; nothing: --explain alone */
    bool explain; /* --explain: names and paths are needed */
    enum overflow overflow;
    struct render_options render;
    enum summary_mode { SUMMARY_OFF, SUMMARY_ONLY, SUMMARY_TOO } summary; /* -c, -C */
    struct summary_options table;
};

/* True for views that are one text at the end, of all calls. */
static inline bool view_learns(enum view view)
{
    return view == VIEW_PROFILE || view == VIEW_SYSTEMD || view == VIEW_RULES;
}

/* Makes the sink that the options ask for. Returns 0 or a negative errno with err filled. Closed by
 * sink->close. */
int sink_open(const struct output_options *options, struct sink **sink, struct error *err);

#endif
