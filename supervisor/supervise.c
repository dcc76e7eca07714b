#include "supervisor/supervise.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "launcher/filter.h"
#include "launcher/privileges.h"
#include "supervisor/fdinfo.h"
#include "supervisor/lifecycle.h"
#include "supervisor/notify.h"
#include "supervisor/results_bpf.h"
#include "supervisor/trace_source.h"
#include "supervisor/watch.h"
#include "supervisor/workers.h"

struct supervisor {
    const struct config *config;
    struct loop loop;
    struct process_table processes;
    struct process_observer observer;
    struct pipeline pipeline;
    struct notify_source source;
    bool ended; /* no task under the filter is left */
    struct launched launched;
    struct watch signals;
    int signal_fd;
    struct watch flush;
    int flush_fd;
    struct watch kick;
    int kick_fd;
    struct workers workers;
    struct sink *sink;
    struct results *results; /* NULL: none */
    struct trace_source trace;
    bool traces; /* the calls come from `trace`, not from `source` */
};

static void process_gone(struct process_observer *observer, struct process *process)
{
    struct supervisor *s = container_of(observer, struct supervisor, observer);
    /* Its last calls may still be with a worker; the end comes after them. */
    struct slot *turn = pipeline_begin_turn(&s->pipeline);
    pid_t pid = process->pid;

    pipeline_take_results(&s->pipeline);
    if (process->tasks) { /* else its parent's wait has told of it already */
        lifecycle_dead(&s->pipeline, process);
    }
    process_drop(&s->processes, process);
    if (pid != s->launched.pid) {
        (void)waitpid(pid, NULL, WNOHANG); /* as the first process of a container we are everybody's parent */
    }
    /* The tasks leave the filter before their processes are dead: the last lines come after the listener's
     * end. */
    s->loop.stop = s->ended && s->processes.process_count == 0;
    pipeline_end_turn(&s->pipeline, turn);
}

/* Called by whichever thread noticed; the main loop may be asleep. */
static void source_ended(struct notify_source *source, struct loop *loop)
{
    struct supervisor *s = container_of(source, struct supervisor, source);
    (void)loop;
    (void)eventfd_write(s->kick_fd, 1);
}

/* The same, by its thread: it has reported all ends. */
static void trace_ended(struct trace_source *trace)
{
    struct supervisor *s = container_of(trace, struct supervisor, trace);
    (void)eventfd_write(s->kick_fd, 1);
}

static void kick_ready(struct watch *watch, struct loop *loop, uint32_t events)
{
    struct supervisor *s = container_of(watch, struct supervisor, kick);
    eventfd_t count;
    (void)loop;
    (void)events;
    (void)eventfd_read(s->kick_fd, &count);
    s->ended = true;
    s->loop.stop = s->traces || s->processes.process_count == 0;
}

/*
 * The terminal's own signals reach the target by themselves, as it is in our process group. One that somebody
 * sent to us alone is passed on: whoever stops proctor means the program.
 */
static void signal_ready(struct watch *watch, struct loop *loop, uint32_t events)
{
    struct supervisor *s = container_of(watch, struct supervisor, signals);
    struct signalfd_siginfo info;
    (void)loop;
    (void)events;
    if (read(s->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info) && info.ssi_code <= 0) {
        (void)kill(s->launched.pid, (int)info.ssi_signo);
    }
}

static void flush_ready(struct watch *watch, struct loop *loop, uint32_t events)
{
    struct supervisor *s = container_of(watch, struct supervisor, flush);
    uint64_t ticks;
    (void)loop;
    (void)events;
    if (read(s->flush_fd, &ticks, sizeof(ticks)) > 0) {
        pipeline_lock(&s->pipeline);
        pipeline_tick(&s->pipeline);
        pipeline_unlock(&s->pipeline);
    }
}

static int watch_kick(struct supervisor *s)
{
    s->kick.ready = kick_ready;
    s->kick_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return s->kick_fd < 0 ? -errno : loop_add(&s->loop, s->kick_fd, EPOLLIN, &s->kick);
}

static int watch_signals(struct supervisor *s, const sigset_t *set)
{
    s->signals.ready = signal_ready;
    s->signal_fd = signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
    return s->signal_fd < 0 ? -errno : loop_add(&s->loop, s->signal_fd, EPOLLIN, &s->signals);
}

/* A reader of the file sees lines at most this late. */
static int watch_flush(struct supervisor *s)
{
    struct itimerspec every = {.it_interval = {.tv_nsec = 50000000}, .it_value = {.tv_nsec = 50000000}};
    s->flush.ready = flush_ready;
    s->flush_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (s->flush_fd < 0 || timerfd_settime(s->flush_fd, 0, &every, NULL) < 0) {
        return -errno;
    }
    return loop_add(&s->loop, s->flush_fd, EPOLLIN, &s->flush);
}

static void spec_for(const struct supervisor *s, const struct judge *judge, struct filter_spec *spec)
{
    const struct config *config = s->config;
    struct call_set bookkeeping = {0};
    lifecycle_calls(&bookkeeping);
    if (s->results && !s->traces && (config->decode.fd_paths || config->decode.fd_sockets)) {
        fdinfo_calls(&bookkeeping);
    }
    *spec = (struct filter_spec){.notify = config->trace, .how = s->traces ? FILTER_TRACE : FILTER_NOTIFY};
    selection_add(&spec->notify, &bookkeeping);
    selection_add_multiplexers(&spec->notify);
    if (judge) {
        selection_add(&spec->notify, &judge->calls);
    }
    if (config->no_io_uring) {
        call_set_add(&spec->refuse, CALL_io_uring_setup);
    }
}

/* The launcher's child is known before its first call, and hidden until its execve. */
static int adopt(struct supervisor *s, struct error *err)
{
    struct task *task = process_get(&s->processes, s->launched.pid);
    if (!task) {
        return error_set(err, ESRCH, "the program's process is gone before it started");
    }
    task->process->hidden = true;
    s->pipeline.notices.no_new_privs = s->launched.no_new_privs;
    if (s->results) {
        (void)s->results->follow(s->results, s->launched.pid);
    }
    if (s->traces) {
        int ret = trace_source_start(&s->trace, &s->pipeline, s->launched.pid, trace_ended, err);
        if (ret == 0) {
            launch_release(&s->launched);
        }
        return ret;
    }
    int ret = notify_open(&s->source, take_fd(&s->launched.listener), &s->pipeline, source_ended, err);
    if (ret < 0) {
        return ret;
    }
    s->source.main_loop = &s->loop;
    /* -ff makes files for tasks to come, which may be anywhere. */
    ret = privileges_keep(privileges_of_supervisor() |
                          (s->config->output.per_process ? UINT64_C(1) << CAP_DAC_OVERRIDE : 0));
    if (ret < 0) {
        return error_errno(err, -ret, "can't give up privileges");
    }
    ret = workers_start(&s->workers, s->config->workers, &s->source, err);
    if (ret < 0) {
        return ret;
    }
    ret = notify_attach(&s->source, &s->loop);
    return ret < 0 ? error_errno(err, -ret, "can't watch the listener") : 0;
}

static int explain_exec(const struct supervisor *s, struct error *err)
{
    const char *step = "execve";
    int code = launch_failure(&s->launched, &step);
    if (code == 0) {
        return 0;
    }
    return error_errno(err, code, "can't run '%s': %s", s->config->launch.path, step);
}

static int start(struct supervisor *s, const struct filter *filter, const sigset_t *signals,
                 struct error *err)
{
    int ret = launch(&s->config->launch, filter, &s->launched, err);
    if (ret < 0) {
        return ret;
    }
    /* A reader of the trace may go away. Not before launch: the program gets the disposition we were given.
     */
    (void)signal(SIGPIPE, SIG_IGN);
    ret = watch_signals(s, signals);
    ret = ret < 0 ? ret : watch_flush(s);
    ret = ret < 0 ? ret : watch_kick(s);
    if (ret < 0) {
        return error_errno(err, -ret, "can't watch signals and time");
    }
    return adopt(s, err);
}

/* An option that makes no sense without results; NULL: none was given. */
static const char *needs_results(const struct config *config)
{
    if (config->output.summary != SUMMARY_OFF) {
        return "-c";
    }
    if (config->output.render.show_duration) {
        return "-T";
    }
    if (config->filter.slower_than_ns) {
        return "--slower-than";
    }
    return result_filter_active(&config->filter) ? "a selection by status (-z, -Z, -e status=)" : NULL;
}

static int choose_ptrace(struct supervisor *s, struct error *why)
{
    int ret = trace_source_possible(why);
    if (ret == 0) {
        trace_source_init(&s->trace);
        s->traces = true;
        s->results = &s->trace.results;
    }
    return ret;
}

/* The exit source that the options ask for, or the best that works. */
static int choose_results(struct supervisor *s, struct error *err)
{
    const struct config *config = s->config;
    struct error why = {0};
    struct error why_not_ptrace = {0};
    if (config->results == RESULTS_NONE) {
        return needs_results(config)
                   ? error_set(err, EINVAL, "--results=none: %s needs results", needs_results(config))
                   : 0;
    }
    if (config->results == RESULTS_PTRACE) {
        int ret = choose_ptrace(s, &why);
        return ret < 0 ? error_set(err, -ret, "--results=ptrace: %s", why.message) : 0;
    }
    struct selection calls = config->trace;
    selection_add_multiplexers(&calls); /* their exits are those of the calls behind them */
    int ret = results_bpf_open(&calls, &config->decode, &s->results, &why);
    if (ret == 0) {
        return 0;
    }
    if (config->results == RESULTS_BPF) {
        return error_set(err, -ret, "--results=bpf: %s", why.message);
    }
    bool traces = choose_ptrace(s, &why_not_ptrace) == 0;
    if (!traces && needs_results(config)) {
        return error_set(err, -ret, "%s needs results, and there are none: %s; %s", needs_results(config),
                         why.message, why_not_ptrace.message);
    }
    if (!config->quiet_attach && traces) {
        dprintf(STDERR_FILENO, "proctor: results by ptrace, which is slower: %s\n", why.message);
    } else if (!config->quiet_attach) {
        dprintf(STDERR_FILENO, "proctor: no results, calls end in '= ?': %s; %s\n", why.message,
                why_not_ptrace.message);
    }
    return 0;
}

static void close_all(struct supervisor *s)
{
    int *const fds[] = {&s->signal_fd, &s->flush_fd, &s->kick_fd};
    for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
        if (*fds[i] >= 0) {
            close(take_fd(fds[i]));
        }
    }
    loop_close(&s->loop);
}

/* Signals that mean the program, whoever sends them to us; as the first process of a container we get them
 * all. */
static void passed_on(sigset_t *set)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH};
    sigemptyset(set);
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
        sigaddset(set, signals[i]);
    }
}

/* The wait status of the program. */
static int wait_for_program(struct supervisor *s)
{
    int status = 0;
    if (s->traces) {
        return s->trace.status; /* reaped by its tracer */
    }
    while (waitpid(s->launched.pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

int supervise(const struct config *config, struct error *err)
{
    struct supervisor s = {
        .config = config, .signal_fd = -1, .flush_fd = -1, .kick_fd = -1, .observer = {process_gone}};
    struct filter filter = {0};
    struct filter_spec spec;
    struct judge judge = {.fd = -1};
    sigset_t signals;
    int status;

    s.launched = (struct launched){.pid = -1, .listener = -1};
    s.source.listener = -1;
    s.workers.stop_fd = -1;
    s.loop.epoll = -1;
    passed_on(&signals);
    sigprocmask(SIG_BLOCK, &signals, NULL);

    int ret = config->policy.file_count ? judge_open(&judge, &config->policy, err) : 0;
    if (ret < 0) {
        goto out;
    }
    ret = loop_open(&s.loop);
    if (ret < 0) {
        error_errno(err, -ret, "can't make an event loop");
        goto out;
    }
    if (sink_open(&config->output, &s.sink, err) < 0) {
        ret = -EIO; /* -ENOENT and -EACCES mean the program's file */
        goto out;
    }
    ret = choose_results(&s, err);
    if (ret < 0) {
        goto out;
    }
    spec_for(&s, config->policy.file_count ? &judge : NULL, &spec);
    ret = filter_build(&spec, &filter, err);
    if (ret < 0) {
        goto out;
    }
    process_table_init(&s.processes, s.traces ? NULL : &s.loop, &s.observer);
    ret = pipeline_init(&s.pipeline, &config->decode, &config->trace, &s.processes, s.sink, s.results);
    s.pipeline.show_exits = !config->quiet_exit;
    s.pipeline.paths = &config->paths;
    s.pipeline.qualifiers = &config->qualifiers;
    s.pipeline.judge = config->policy.file_count ? &judge : NULL;
    s.pipeline.filter = config->filter;
    s.pipeline.notices.attach = !config->quiet_attach;
    if (ret < 0) {
        error_set(err, ENOMEM, "out of memory");
        goto out;
    }
    ret = start(&s, &filter, &signals, err);
    if (ret < 0) {
        goto out;
    }
    ret = loop_run(&s.loop);
    status = wait_for_program(&s);
    ret = ret < 0 ? ret : explain_exec(&s, err);
    ret = ret < 0 ? ret : status;

out:
    trace_source_stop(&s.trace);
    workers_stop(&s.workers);
    if (s.results) {
        s.results->close(s.results);
    }
    process_table_free(&s.processes);
    notify_close(&s.source);
    launch_free(&s.launched);
    filter_free(&filter);
    if (s.sink) {
        s.sink->close(s.sink);
        pipeline_free(&s.pipeline);
    }
    judge_close(&judge);
    close_all(&s);
    return ret;
}
