/* Events as lines, text or JSON, into one stream or one file per task. */
#include "supervisor/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "decode/base/time.h"
#include "decode/connection.h"
#include "decode/learn.h"

/* One stream of lines. */
struct output {
    struct stream stream;
    struct render_state state;
    struct event *open; /* the call that began last, if nothing came since */
    bool headed;        /* --view: the columns have their names */
};

/* The open file of one task (-ff) or of one container (its id in the path). */
struct own_file {
    pid_t tid;       /* 0: of a container */
    char *container; /* owned; NULL: of a task */
    bool broken;     /* could not be opened */
    uint64_t used;   /* the flush before which it was used last */
    struct output output;
    struct own_file *next;
};

/* A container's file that was not written for this many flushes, a minute, is closed until the next line. */
enum { IDLE_FLUSHES = 1200 };

static const char container_mark[] = "%{container.id}";

/* Shared with the workers to come. */
struct kept {
    bool midline;           /* the last line written to the one stream is not complete */
    struct summary summary; /* -c, -C */
    struct learned learned; /* --view=profile, systemd, rules */
};

struct line_sink {
    struct sink sink;
    struct output_options options;
    struct output output;
    struct own_file *files; /* the one used last is in front */
    uint64_t flushes;
    struct kept *kept;
    int64_t opened_ns;    /* CLOCK_REALTIME */
    struct event_gap gap; /* what the workers before this one left undone */
    int64_t gap_ns;
    pid_t command; /* of -o '|CMD'; 0: none */
};

static enum pid_prefix prefix_for(const struct line_sink *s, size_t live_tasks)
{
    bool to_file = s->options.path != NULL;
    if (s->options.per_process) {
        return PID_NONE;
    }
    if (to_file) {
        return s->options.always_pid || s->options.follow_given || live_tasks > 1 ? PID_BARE : PID_NONE;
    }
    return s->options.always_pid || live_tasks > 1 ? PID_BRACKETS : PID_NONE;
}

static bool by_container(const struct line_sink *s)
{
    return s->options.path && strstr(s->options.path, container_mark);
}

/* The path of a file, with what it belongs to put in. An id holds nothing that leads elsewhere
 * (container_state.c). */
static void path_of(const struct line_sink *s, const struct own_file *file, char *path, size_t n)
{
    const char *mark = file->container ? strstr(s->options.path, container_mark) : NULL;
    if (mark) {
        snprintf(path, n, "%.*s%s%s", (int)(mark - s->options.path), s->options.path, file->container,
                 mark + strlen(container_mark));
    } else {
        snprintf(path, n, "%s.%d", s->options.path, file->tid);
    }
}

static void own_file_close(struct own_file *file)
{
    if (!file->broken) {
        stream_finish(&file->output.stream);
        stream_close(&file->output.stream);
    }
    free(file->container);
    free(file);
}

/* A worker before this one has written to the file: it is not one of an earlier run. */
static bool was_begun(const struct line_sink *s, const char *path)
{
    struct stat st;
    return s->gap.deaths && stat(path, &st) == 0 && st.st_size && ns_of(st.st_mtim) >= s->opened_ns;
}

static void say_gap(const struct line_sink *s, struct output *o)
{
    struct event event = {.type = EVENT_GAP, .time_ns = s->gap_ns, .gap = &s->gap};
    bool json = s->options.format == FORMAT_JSON;
    stream_mend(&o->stream, false, json);
    if (json) {
        render_json(&o->stream.buf, &event, &s->options.render);
    } else {
        render_text(&o->stream.buf, &event, &s->options.render, &o->state, PID_NONE);
    }
}

static struct own_file *own_file_open(struct line_sink *s, pid_t tid, const char *container)
{
    char path[PATH_MAX];
    struct error err = {0};
    struct own_file *file = calloc(1, sizeof(*file));
    if (!file) {
        return NULL;
    }
    file->tid = tid;
    file->container = container ? strdup(container) : NULL;
    if (container && !file->container) {
        free(file);
        return NULL;
    }
    path_of(s, file, path, sizeof(path));
    bool begun = was_begun(s, path);
    bool append = s->options.append || begun;
    file->broken = stream_open(&file->output.stream, path, append, s->options.overflow, &err) < 0;
    if (file->broken) {
        dprintf(STDERR_FILENO, "proctor: %s\n", err.message);
    } else if (begun) {
        say_gap(s, &file->output);
    }
    return file;
}

static bool belongs(const struct own_file *file, pid_t tid, const char *container)
{
    return container ? file->container && strcmp(file->container, container) == 0 : file->tid == tid;
}

static struct own_file *file_for(struct line_sink *s, pid_t tid, const char *container)
{
    struct own_file **at = &s->files;
    while (*at && !belongs(*at, tid, container)) {
        at = &(*at)->next;
    }
    struct own_file *file = *at;
    if (file) {
        *at = file->next;
    } else {
        file = own_file_open(s, tid, container);
    }
    if (file) {
        file->used = s->flushes;
        file->next = s->files;
        s->files = file;
    }
    return file;
}

/* Where the lines of a task go. NULL: its file could not be opened. */
static struct output *output_for(struct line_sink *s, const struct event *event)
{
    const struct event_container *container = by_container(s) ? event->process.container : NULL;
    if (!s->options.per_process && !container) {
        return &s->output;
    }
    struct own_file *file = container ? file_for(s, 0, container->id) : file_for(s, event->tid, NULL);
    return file && !file->broken ? &file->output : NULL;
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
    struct output *o = output_for(s, event);
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
    struct output *o = output_for(s, event);
    if (view_learns(s->options.view)) {
        learn_call(&s->kept->learned, event);
        return;
    }
    if (s->options.summary != SUMMARY_OFF) {
        summary_add(&s->kept->summary, event, s->options.table.overhead_ns);
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

/* Our own words, where they have no place among the lines. */
static void say_aside(const struct event *event, const struct render_options *options)
{
    struct buf line = {0};
    struct render_state state = {.last_time_ns = 0};
    render_text(&line, event, options, &state, PID_NONE);
    dprintf(STDERR_FILENO, "%.*s", (int)line.len, line.data ? line.data : "");
    buf_free(&line);
}

static void line_event(struct sink *sink, const struct event *event, size_t live_tasks)
{
    struct line_sink *s = container_of(sink, struct line_sink, sink);
    bool ours = event->type == EVENT_WARNING || event->type == EVENT_GAP;
    struct output *o = ours ? &s->output : output_for(s, event);
    if (event->type == EVENT_GAP) {
        s->gap = *event->gap;
        s->gap_ns = event->time_ns;
        stream_mend(&o->stream, s->kept->midline, s->options.format == FORMAT_JSON);
        s->kept->midline = false;
    }
    bool no_place = s->options.summary == SUMMARY_ONLY || s->options.view != VIEW_CALLS;
    if (ours && ((s->options.path && s->options.format == FORMAT_TEXT) || (event->gap && no_place))) {
        say_aside(event, &s->options.render);
        return;
    }
    bool hidden = s->options.view != VIEW_CALLS && !ours;
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
    s->flushes++;
    for (struct own_file **at = &s->files; *at;) {
        struct own_file *file = *at;
        if (!file->broken) {
            flush_output(s, &file->output, live_tasks);
        }
        if (file->container && !file->output.open && s->flushes - file->used > IDLE_FLUSHES) {
            *at = file->next;
            own_file_close(file);
        } else {
            at = &file->next;
        }
    }
    flush_output(s, &s->output, live_tasks);
    s->kept->midline = s->output.open && s->output.open->line == LINE_OPEN;
}

/* A profile that would not do what was seen is not passed off as one that does. */
static void warn_of_gaps(const struct learned *learned)
{
    for (unsigned i = 0; i < learned->unknown_count; i++) {
        dprintf(STDERR_FILENO, "proctor: call %#x has no name: it is left out of the view\n",
                (unsigned)learned->unknown[i]);
    }
}

static void render_learned(struct line_sink *s)
{
    struct buf *out = &s->output.stream.buf;
    const struct learned *learned = &s->kept->learned;
    if (s->options.view == VIEW_PROFILE) {
        learned_profile(learned, out);
    } else if (s->options.view == VIEW_SYSTEMD) {
        learned_systemd(learned, out);
    } else {
        learned_rules(learned, out);
    }
    warn_of_gaps(learned);
}

static void line_finish(struct sink *sink)
{
    struct line_sink *s = container_of(sink, struct line_sink, sink);
    while (s->files) {
        struct own_file *file = s->files;
        s->files = file->next;
        own_file_close(file);
    }
    if (s->options.summary != SUMMARY_OFF) {
        summary_render(&s->output.stream.buf, &s->kept->summary, &s->options.table);
    }
    if (view_learns(s->options.view)) {
        render_learned(s);
    }
    stream_finish(&s->output.stream);
}

static void line_close(struct sink *sink)
{
    struct line_sink *s = container_of(sink, struct line_sink, sink);
    stream_close(&s->output.stream);
    if (s->command > 0) {
        while (waitpid(s->command, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    munmap(s->kept, sizeof(*s->kept));
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
                                     .finish = line_finish,
                                     .close = line_close,
                                     .wants_process = options->format == FORMAT_JSON ||
                                                      options->render.show_comm ||
                                                      options->view != VIEW_CALLS || options->explain,
                                     .wants_sockets = options->view == VIEW_CONNECTIONS},
                            .options = *options,
                            .output = {.stream = {.fd = -1}}};
    void *kept = mmap(NULL, sizeof(struct kept), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (kept == MAP_FAILED) {
        free(s);
        return error_set(err, ENOMEM, "out of memory");
    }
    s->kept = kept;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now); /* as files are stamped */
    s->opened_ns = ns_of(now);
    int ret = 0;
    if (!options->path || options->per_process || by_container(s)) {
        stream_init(&s->output.stream, STDERR_FILENO, false, "standard error", options->overflow);
    } else if (*options->path == '|' || *options->path == '!') {
        ret = open_command(s, options->path + 1, err);
    } else {
        ret = stream_open(&s->output.stream, options->path, options->append, options->overflow, err);
    }
    if (ret < 0) {
        munmap(kept, sizeof(struct kept));
        free(s);
        return ret;
    }
    *sink = &s->sink;
    return 0;
}
