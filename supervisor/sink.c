/* Events as lines, text or JSON, into one stream or one file per task. */
#include "supervisor/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "decode/connection.h"

/* One stream of lines. */
struct output {
    struct stream stream;
    struct render_state state;
    struct event *open; /* the call that began last, if nothing came since */
    bool headed;        /* --view: the columns have their names */
};

/* -ff: the open file of one task. */
struct task_file {
    pid_t tid;
    struct output output;
    struct task_file *next;
};

struct line_sink {
    struct sink sink;
    struct output_options options;
    struct output output;
    struct task_file *files;
    struct summary *summary; /* -c, -C; NULL: none */
    pid_t command;           /* of -o '|CMD'; 0: none */
};

static enum pid_prefix prefix_for(const struct line_sink *s, size_t live_tasks)
{
    bool to_file = s->options.path != NULL;
    if (s->options.per_process) {
        return PID_NONE;
    }
    if (to_file) {
        return s->options.follow_given || live_tasks > 1 ? PID_BARE : PID_NONE;
    }
    return live_tasks > 1 ? PID_BRACKETS : PID_NONE;
}

static struct task_file *file_for(struct line_sink *s, pid_t tid)
{
    for (struct task_file *file = s->files; file; file = file->next) {
        if (file->tid == tid) {
            return file;
        }
    }
    char path[PATH_MAX];
    struct error err = {0};
    struct task_file *file = calloc(1, sizeof(*file));
    snprintf(path, sizeof(path), "%s.%d", s->options.path, tid);
    if (!file || stream_open(&file->output.stream, path, s->options.append, s->options.overflow, &err) < 0) {
        dprintf(STDERR_FILENO, "proctor: %s\n", err.message);
        free(file);
        return NULL;
    }
    file->tid = tid;
    file->next = s->files;
    s->files = file;
    return file;
}

/* Where the lines of a task go. NULL: its file could not be opened. */
static struct output *output_for(struct line_sink *s, pid_t tid)
{
    if (!s->options.per_process) {
        return &s->output;
    }
    struct task_file *file = file_for(s, tid);
    return file ? &file->output : NULL;
}

/* Ends the line of a call that has begun, since another line comes between it and its result. */
static void interrupt(struct line_sink *s, struct output *o, size_t live_tasks)
{
    if (!o->open) {
        return;
    }
    if (o->open->line == LINE_NONE) {
        render_text_start(&o->stream.buf, o->open, &s->options.render, &o->state, prefix_for(s, live_tasks));
    }
    render_text_unfinished(&o->stream.buf);
    o->open->line = LINE_UNFINISHED;
    o->open = NULL;
}

static void line_started(struct sink *sink, struct event *event, size_t live_tasks)
{
    struct line_sink *s = container_of(sink, struct line_sink, sink);
    struct output *o = output_for(s, event->tid);
    event->line = LINE_NONE;
    if (o && s->options.view == VIEW_CALLS && s->options.format == FORMAT_TEXT &&
        s->options.summary != SUMMARY_ONLY) {
        interrupt(s, o, live_tasks);
        o->open = event;
    }
}

static void render_connection(struct line_sink *s, struct output *o, const struct event *event)
{
    if (!connection_call(event)) {
        return;
    }
    if (s->options.format == FORMAT_JSON) {
        connection_json(&o->stream.buf, event);
        return;
    }
    if (!o->headed) {
        connection_header(&o->stream.buf);
        o->headed = true;
    }
    connection_text(&o->stream.buf, event);
}

static void line_finished(struct sink *sink, struct event *event, size_t live_tasks)
{
    struct line_sink *s = container_of(sink, struct line_sink, sink);
    struct output *o = output_for(s, event->tid);
    if (s->summary) {
        summary_add(s->summary, event, s->options.table.overhead_ns);
    }
    if (!o || s->options.summary == SUMMARY_ONLY) {
        return;
    }
    struct buf *buf = &o->stream.buf;
    enum pid_prefix prefix = prefix_for(s, live_tasks);
    if (s->options.view == VIEW_NOTHING) {
        return;
    }
    if (s->options.view == VIEW_CONNECTIONS) {
        render_connection(s, o, event);
    } else if (s->options.format == FORMAT_JSON) {
        render_json(buf, event, &s->options.render);
    } else {
        if (o->open != event) {
            interrupt(s, o, live_tasks);
        }
        if (event->line == LINE_NONE) {
            render_text(buf, event, &s->options.render, &o->state, prefix);
        } else {
            render_text_rest(buf, event, &s->options.render, &o->state, prefix);
        }
        event->line = LINE_NONE;
        o->open = NULL;
    }
    stream_commit(&o->stream);
}

static void line_event(struct sink *sink, const struct event *event, size_t live_tasks)
{
    struct line_sink *s = container_of(sink, struct line_sink, sink);
    struct output *o = event->type == EVENT_WARNING ? &s->output : output_for(s, event->tid);
    if (event->type == EVENT_WARNING && s->options.path && s->options.format == FORMAT_TEXT) {
        dprintf(STDERR_FILENO, "proctor: %s\n", event->text);
        return;
    }
    bool hidden = s->options.view != VIEW_CALLS && event->type != EVENT_WARNING;
    if (!o || s->options.summary == SUMMARY_ONLY || hidden) {
        return;
    }
    if (s->options.format == FORMAT_JSON) {
        render_json(&o->stream.buf, event, &s->options.render);
    } else {
        interrupt(s, o, live_tasks);
        render_text(&o->stream.buf, event, &s->options.render, &o->state, prefix_for(s, live_tasks));
    }
    stream_commit(&o->stream);
}

/* A call that has not returned for a while is shown as far as it is known: it may be what the reader waits
 * for. */
static void flush_output(struct line_sink *s, struct output *o, size_t live_tasks)
{
    if (o->open && o->open->line == LINE_NONE) {
        render_text_start(&o->stream.buf, o->open, &s->options.render, &o->state, prefix_for(s, live_tasks));
        o->open->line = LINE_OPEN;
    }
    stream_flush(&o->stream);
}

static void line_flush(struct sink *sink, size_t live_tasks)
{
    struct line_sink *s = container_of(sink, struct line_sink, sink);
    for (struct task_file *file = s->files; file; file = file->next) {
        flush_output(s, &file->output, live_tasks);
    }
    flush_output(s, &s->output, live_tasks);
}

static void line_close(struct sink *sink)
{
    struct line_sink *s = container_of(sink, struct line_sink, sink);
    while (s->files) {
        struct task_file *file = s->files;
        s->files = file->next;
        stream_close(&file->output.stream);
        free(file);
    }
    if (s->summary) {
        summary_render(&s->output.stream.buf, s->summary, &s->options.table);
        free(s->summary);
    }
    stream_close(&s->output.stream);
    if (s->command > 0) {
        while (waitpid(s->command, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    free(s);
}

/* Starts `command` by the shell with its standard input from a pipe; the stream writes to the pipe. */
static int open_command(struct line_sink *s, const char *command, struct error *err)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) {
        return error_errno(err, errno, "-o: can't make a pipe to '%s'", command);
    }
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[0], STDIN_FILENO);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    close(ends[0]);
    if (pid < 0) {
        close(ends[1]);
        return error_errno(err, errno, "-o: can't start '%s'", command);
    }
    s->command = pid;
    stream_init(&s->output.stream, ends[1], true, command, s->options.overflow);
    return 0;
}

int sink_open(const struct output_options *options, struct sink **sink, struct error *err)
{
    struct line_sink *s = calloc(1, sizeof(*s));
    if (!s) {
        return error_set(err, ENOMEM, "out of memory");
    }
    *s = (struct line_sink){.sink = {.call_started = line_started,
                                     .call_finished = line_finished,
                                     .event = line_event,
                                     .flush = line_flush,
                                     .close = line_close,
                                     .wants_process = options->format == FORMAT_JSON ||
                                                      options->render.show_comm ||
                                                      options->view != VIEW_CALLS || options->explain,
                                     .wants_sockets = options->view == VIEW_CONNECTIONS},
                            .options = *options,
                            .output = {.stream = {.fd = -1}}};
    if (options->summary != SUMMARY_OFF) {
        s->summary = calloc(1, sizeof(*s->summary));
        if (!s->summary) {
            free(s);
            return error_set(err, ENOMEM, "out of memory");
        }
    }
    int ret = 0;
    if (!options->path || options->per_process) {
        stream_init(&s->output.stream, STDERR_FILENO, false, "standard error", options->overflow);
    } else if (*options->path == '|' || *options->path == '!') {
        ret = open_command(s, options->path + 1, err);
    } else {
        ret = stream_open(&s->output.stream, options->path, options->append, options->overflow, err);
    }
    if (ret < 0) {
        free(s->summary);
        free(s);
        return ret;
    }
    *sink = &s->sink;
    return 0;
}
