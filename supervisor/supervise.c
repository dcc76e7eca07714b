#include "supervisor/supervise.h"

#include <errno.h>
#include <signal.h>
#include <sys/capability.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "launcher/filter.h"
#include "launcher/limits.h"
#include "launcher/privileges.h"
#include "supervisor/fdinfo.h"
#include "supervisor/inject.h"
#include "supervisor/keeper.h"
#include "supervisor/kernel_policy.h"
#include "supervisor/lifecycle.h"
#include "supervisor/notify.h"
#include "supervisor/restart.h"
#include "supervisor/session.h"
#include "supervisor/trace_source.h"
#include "supervisor/watch.h"
#include "supervisor/workers.h"

struct supervisor {
    const struct config *config;
    struct session session;
    struct notify_source source;
    struct trace_source trace; /* the calls come from here, not from `source`, if session.traces */
    bool ended;                /* no task under the filter is left */
    bool sibling;              /* the program is the keeper's child, as the worker is */
    struct launched launched;
    struct rlimit descriptors;   /* as it was for us, and is for the program */
    struct filter_errors errors; /* of injections, for the filter */
    struct kernel_policy kernel;
    struct filter filter;
    struct keeper keeper;
    struct watch signals;
    int signal_fd; /* -1: none is for us */
    struct watch kick;
    int kick_fd;
    struct workers workers;
};

static void process_gone(struct session *session, pid_t pid)
{
    struct supervisor *s = container_of(session, struct supervisor, session);
    (void)pid;
    /* The tasks leave the filter before their processes are dead: the last lines come after the listener's
     * end. */
    session->loop.stop = s->ended && session->processes.process_count == 0;
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
    s->session.loop.stop = s->session.traces || s->session.processes.process_count == 0;
}

/* With rules SIGUSR1 is for us: it asks what they found so far. */
static void signal_ready(struct watch *watch, struct loop *loop, uint32_t events)
{
    struct supervisor *s = container_of(watch, struct supervisor, signals);
    struct signalfd_siginfo info;
    (void)loop;
    (void)events;
    if (read(s->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        session_summarise(&s->session);
    }
}

static int watch_signals(struct supervisor *s)
{
    if (!s->session.judge) {
        return 0;
    }
    s->signals.ready = signal_ready;
    s->signal_fd = signalfd(-1, &s->keeper.for_worker, SFD_CLOEXEC | SFD_NONBLOCK);
    return s->signal_fd < 0 ? -errno : loop_add(&s->session.loop, s->signal_fd, EPOLLIN, &s->signals);
}

static int watch_kick(struct supervisor *s)
{
    s->kick.ready = kick_ready;
    s->kick_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return s->kick_fd < 0 ? -errno : loop_add(&s->session.loop, s->kick_fd, EPOLLIN, &s->kick);
}

/* Without what the policy adds. */
static void spec_for(struct supervisor *s, struct filter_spec *spec)
{
    const struct config *config = s->config;
    struct call_set bookkeeping = {0};
    lifecycle_calls(&bookkeeping, s->session.traces);
    /* Where nothing makes up for one that is interrupted, the program would crash. */
    if (!s->session.results) {
        call_set_remove(&bookkeeping, CALL_exit_group);
    }
    bool names_fds = config->decode.fds || (s->session.judge && s->session.judge->makes_fds);
    if (s->session.results && !s->session.traces && names_fds) {
        fdinfo_calls(&bookkeeping);
    }
    *spec = (struct filter_spec){.notify = config->trace,
                                 .how = s->session.traces ? FILTER_TRACE : FILTER_NOTIFY};
    selection_add(&spec->notify, &bookkeeping);
    restart_calls(s->session.results, &spec->notify);
    selection_add_multiplexers(&spec->notify);
    inject_plan(&config->qualifiers.injections, !config->paths.any && !s->session.judge, spec, &s->errors);
    if (s->session.spawner.pid) {
        /* A process that restricts itself would not be restricted in calls that are made on its behalf. */
        call_set_add(&spec->refuse, CALL_landlock_create_ruleset);
        call_set_add(&spec->refuse, CALL_landlock_restrict_self);
    }
    if (config->no_io_uring) {
        call_set_add(&spec->refuse, CALL_io_uring_setup);
    }
}

/*
 * Forks that are to be shown and nothing else are not notified where the exit source tells of them: see
 * begin.h. What rules want is in the filter already.
 */
static void spare_forks(struct supervisor *s, struct filter_spec *spec)
{
    struct results *results = s->session.results;
    struct selection begins = {.unknown = false};
    struct call_set forks = {0};
    if (!results || !results->begin || s->config->qualifiers.injections.count) {
        return;
    }
    lifecycle_forks(&forks);
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
            if (call_set_has(&forks, (enum call_id)id) &&
                selection_has(&s->config->trace, &abis[abi], (enum call_id)id) &&
                !judge_wants(s->session.judge, &abis[abi], (enum call_id)id)) {
                call_set_remove(&spec->notify.calls[abi], (enum call_id)id);
                call_set_add(&begins.calls[abi], (enum call_id)id);
            }
        }
    }
    results->begin(results, &begins);
}

/*
 * Calls that may be interrupted while they wait for us: those that are notified, always or for some
 * arguments. Injections may give the kernel's own errors, by which such a call is known: then none is
 * watched.
 */
static void watch_interrupted(struct supervisor *s, const struct filter_spec *spec)
{
    struct selection notified = spec->notify;
    for (unsigned abi = 0; abi < ABI_COUNT && spec->scalars; abi++) {
        for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
            if (spec->scalars->calls[abi][id].count) {
                call_set_add(&notified.calls[abi], (enum call_id)id);
            }
        }
    }
    if (!s->config->qualifiers.injections.count) {
        restart_watch(s->session.results, &notified);
    }
}

/* What the supervisor uses once the program runs. */
static uint64_t kept_privileges(const struct config *config)
{
    /* -ff makes files for tasks to come, which may be anywhere. */
    return privileges_of_supervisor() | (config->output.per_process ? UINT64_C(1) << CAP_DAC_OVERRIDE : 0);
}

/*
 * The launcher's child is known before its first call, and hidden until its execve. A worker that is not the
 * first may find it at work, or gone with descendants left.
 */
static int meet_program(struct supervisor *s, bool first, struct error *err)
{
    struct task *task = process_get(&s->session.processes, s->launched.pid);
    if (!task) {
        return first ? error_set(err, ESRCH, "the program's process is gone before it started") : 0;
    }
    task->process->hidden = first || process_is_fork(task->process);
    if (s->session.results && task->process->hidden) {
        (void)s->session.results->follow(s->session.results, s->launched.pid);
    }
    return 0;
}

static int serve_listener(struct supervisor *s, struct error *err)
{
    /* Before it is served: from here on the keeper knows it. */
    (void)ledger_add(s->session.ledger, s->launched.listener, -1, 0);
    int ret =
        notify_open(&s->source, take_fd(&s->launched.listener), &s->session.pipeline, source_ended, err);
    if (ret < 0) {
        return ret;
    }
    s->source.main_loop = &s->session.loop;
    s->source.undisturbed = filter_waits_undisturbed();
    ret = privileges_keep(kept_privileges(s->config));
    if (ret < 0) {
        return error_errno(err, -ret, "can't give up privileges");
    }
    ret = workers_start(&s->workers, s->config->workers, &s->source, err);
    if (ret < 0) {
        return ret;
    }
    ret = notify_attach(&s->source, &s->session.loop);
    return ret < 0 ? error_errno(err, -ret, "can't watch the listener") : 0;
}

static int adopt(struct supervisor *s, bool first, struct error *err)
{
    int ret = meet_program(s, first, err);
    if (ret < 0) {
        return ret;
    }
    s->session.pipeline.notices.no_new_privs = s->launched.no_new_privs;
    if (s->session.traces) {
        ret = trace_source_start(&s->trace, &s->session.pipeline, s->launched.pid, trace_ended, err);
        if (ret == 0) {
            launch_release(&s->launched);
        }
        return ret;
    }
    return serve_listener(s, err);
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

static int start(struct supervisor *s, const struct event_gap *gap, struct error *err)
{
    struct launch_filters filters = {&s->filter, s->kernel.profile.code ? &s->kernel.profile : NULL};
    _Atomic pid_t *target = &s->session.ledger->target;
    int ret = session_start(&s->session, gap, err);
    if (ret < 0) {
        return ret;
    }
    ret = gap ? launch_resume(&s->launched, atomic_load(target), err)
              : launch(&s->config->launch, s->sibling, &filters, &s->launched, target, err);
    if (ret < 0) {
        return ret;
    }
    /* A reader of the trace may go away. Not before launch: the program gets the disposition we were given.
     */
    (void)signal(SIGPIPE, SIG_IGN);
    ret = watch_kick(s);
    ret = ret < 0 ? ret : watch_signals(s);
    ret = ret < 0 ? error_errno(err, -ret, "can't make an event loop") : adopt(s, gap == NULL, err);
    if (ret < 0 && !gap) { /* it would wait for ever: it shares our descriptors, and so its listener */
        (void)kill(s->launched.pid, SIGKILL);
    }
    return ret;
}

static int choose_ptrace(struct session *session, struct error *why)
{
    struct supervisor *s = container_of(session, struct supervisor, session);
    int ret = trace_source_possible(why);
    if (ret == 0) {
        trace_source_init(&s->trace);
        session->results = &s->trace.results;
    }
    return ret;
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

static bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* --explain, after the last line of the trace. */
static void say_why(struct supervisor *s)
{
    struct buf out = {0};
    buf_str(&out, "proctor: ");
    size_t start = out.len;
    if (s->session.explain) {
        explain_render(&out, s->session.explain, s->launched.pid, file_exists);
        s->session.sink->flush(s->session.sink, 0);
    }
    if (out.len > start) {
        session_say(&out);
    }
    buf_free(&out);
}

static void close_all(struct supervisor *s)
{
    trace_source_stop(&s->trace);
    workers_stop(&s->workers);
    notify_close(&s->source);
    launch_free(&s->launched);
    kernel_policy_free(&s->kernel);
    session_close(&s->session);
    filter_free(&s->filter);
    if (s->kick_fd >= 0) {
        close(take_fd(&s->kick_fd));
    }
    if (s->signal_fd >= 0) {
        close(take_fd(&s->signal_fd));
    }
}

/* A worker: 0 where the keeper, the program's parent, knows how it ended. */
static int work(struct keeper *keeper, const struct event_gap *gap, struct error *err)
{
    struct supervisor *s = container_of(keeper, struct supervisor, keeper);
    int ret = start(s, gap, err);
    ret = ret < 0 ? ret : loop_run(&s->session.loop);
    ret = ret < 0 ? ret : explain_exec(s, err);
    if (ret == 0) {
        say_why(s);
        ret = atomic_load(&s->session.ledger->alert_raised) ? W_EXITCODE(EXIT_ALERT, 0)
              : s->session.traces                           ? s->trace.status
                                                            : 0;
    }
    session_finish(&s->session);
    keeper_leave();
    close_all(s);
    return ret;
}

static bool denies(const struct keeper *keeper, const struct seccomp_data *call)
{
    return judge_must_deny(container_of(keeper, const struct supervisor, keeper)->session.judge, call);
}

/* All that is made before the first worker, and that each begins with. */
static int prepare(struct supervisor *s, struct error *err)
{
    struct selection recorded = s->config->trace;
    struct filter_spec spec;
    selection_add_multiplexers(&recorded); /* their exits are those of the calls behind them */
    int ret = session_prepare(&s->session, &recorded, err);
    ret = ret < 0 ? ret : launch_prepare(&s->launched, &s->descriptors, err);
    if (ret < 0) {
        return ret;
    }
    spec_for(s, &spec);
    if (s->session.judge) {
        ret = kernel_policy_plan(&s->kernel, s->session.judge, &spec, err);
    }
    spare_forks(s, &spec);
    watch_interrupted(s, &spec);
    return ret < 0 ? ret : filter_build(&spec, &s->filter, err);
}

int supervise(const struct config *config, struct error *err)
{
    struct supervisor s = {.config = config,
                           .launched = {.pid = -1, .listener = -1},
                           .source = {.listener = -1},
                           .workers = {.stop_fd = -1},
                           .signal_fd = -1,
                           .kick_fd = -1};
    limits_raise(&s.descriptors);
    int ret = keeper_init(&s.keeper, false, err);
    if (ret < 0) {
        return ret;
    }
    passed_on(&s.keeper.signals);
    sigprocmask(SIG_BLOCK, &s.keeper.signals, NULL);
    session_init(&s.session, config, s.keeper.ledger);
    s.session.gone = process_gone;
    s.session.trace = choose_ptrace;
    ret = prepare(&s, err);
    if (ret == 0) {
        bool traces = s.session.traces;
        s.keeper.work = work;
        s.keeper.denies = config->policy.enforce ? denies : NULL;
        s.keeper.has_program = true;
        if (s.session.judge) {
            sigaddset(&s.keeper.for_worker, SIGUSR1);
        }
        s.keeper.single = traces;
        s.keeper.orphan_signal = traces ? SIGKILL : 0;
        s.keeper.privileges = kept_privileges(config);
        s.sibling = !traces && launch_siblings_may_read();
        s.keeper.adopts = !traces && !s.sibling;
        ret = keeper_run(&s.keeper, err);
    }
    close_all(&s);
    keeper_free(&s.keeper);
    return ret;
}
