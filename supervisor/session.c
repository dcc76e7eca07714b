#include "supervisor/session.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/inject.h"
#include "supervisor/lifecycle.h"
#include "supervisor/results_bpf.h"

enum { TICK_NS = 50000000 }; /* a reader of the file sees lines at most this late */

static void process_gone(struct process_observer *observer, struct process *process)
{
    struct session *s = container_of(observer, struct session, observer);
    /* Its last calls may still be with a worker; the end comes after them. */
    struct slot *turn = pipeline_begin_turn(&s->pipeline);
    pid_t pid = process->pid;

    pipeline_take_results(&s->pipeline);
    if (process->tasks) { /* else its parent's wait has told of it already */
        lifecycle_dead(&s->pipeline, process);
    }
    process_drop(&s->processes, process);
    if (s->gone) {
        s->gone(s, pid);
    }
    pipeline_end_turn(&s->pipeline, turn);
}

static void tick_ready(struct watch *watch, struct loop *loop, uint32_t events)
{
    struct session *s = container_of(watch, struct session, tick);
    uint64_t ticks;
    (void)loop;
    (void)events;
    if (read(s->tick_fd, &ticks, sizeof(ticks)) <= 0) {
        return;
    }
    pipeline_lock(&s->pipeline);
    uint64_t received = s->ledger->received;
    pipeline_tick(&s->pipeline);
    s->ledger->written = received;
    s->ledger->written_ns = pipeline_now(&s->pipeline);
    pipeline_unlock(&s->pipeline);
    if (s->pipeline.behalf) {
        behalf_tick(s->pipeline.behalf);
    }
    if (s->ticked) {
        s->ticked(s);
    }
}

static int watch_tick(struct session *s)
{
    struct itimerspec every = {.it_interval = {.tv_nsec = TICK_NS}, .it_value = {.tv_nsec = TICK_NS}};
    s->tick.ready = tick_ready;
    s->tick_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (s->tick_fd < 0 || timerfd_settime(s->tick_fd, 0, &every, NULL) < 0) {
        return -errno;
    }
    return loop_add(&s->loop, s->tick_fd, EPOLLIN, &s->tick);
}

/* What is done to calls as they return needs a source that stops them there. */
static bool needs_stops(const struct config *config)
{
    return injections_what(&config->qualifiers.injections) & INJECT_AT_EXIT;
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
    if (config->output.explain) {
        return "--explain";
    }
    return result_filter_active(&config->filter) ? "a selection by status (-z, -Z, -e status=)" : NULL;
}

static int choose_trace(struct session *s, struct error *why)
{
    int ret = s->trace ? s->trace(s, why)
                       : error_set(why, EPERM, "ptrace is for programs that proctor starts itself");
    s->traces = ret == 0;
    return ret;
}

/* For injections that no other source can carry out. */
static int choose_stops(struct session *s, struct error *err)
{
    static const char what[] = "-e inject=: delay_exit=, poke_exit= and syscall= need --results=ptrace";
    struct error why = {0};
    if (s->config->results != RESULTS_AUTO && s->config->results != RESULTS_PTRACE) {
        return error_set(err, EINVAL, "%s", what);
    }
    int ret = choose_trace(s, &why);
    return ret < 0 ? error_set(err, -ret, "%s: %s", what, why.message) : 0;
}

/* The exit source that the options ask for, or the best that works. */
static int choose_results(struct session *s, const struct selection *recorded, struct error *err)
{
    const struct config *config = s->config;
    const char *needed = needs_results(config);
    struct error why = {0};
    struct error why_not_ptrace = {0};
    if (needs_stops(config)) {
        return choose_stops(s, err);
    }
    if (config->results == RESULTS_NONE) {
        return needed ? error_set(err, EINVAL, "--results=none: %s needs results", needed) : 0;
    }
    if (config->results == RESULTS_PTRACE) {
        int ret = choose_trace(s, &why);
        return ret < 0 ? error_set(err, -ret, "--results=ptrace: %s", why.message) : 0;
    }
    int ret = results_bpf_open(recorded, &config->decode, config->stack, &s->results, &why);
    if (ret == 0) {
        return 0;
    }
    if (config->results == RESULTS_BPF) {
        return error_set(err, -ret, "--results=bpf: %s", why.message);
    }
    if (s->spawner.pid) { /* ptrace gives no calls that could be answered with what was judged */
        (void)error_set(&why_not_ptrace, EPERM, "--mode=enforce makes calls on the program's behalf");
    } else {
        (void)choose_trace(s, &why_not_ptrace);
    }
    if (!s->traces && needed) {
        return error_set(err, -ret, "%s needs results, and there are none: %s; %s", needed, why.message,
                         why_not_ptrace.message);
    }
    if (!config->quiet_attach && s->traces) {
        dprintf(STDERR_FILENO, "proctor: results by ptrace, which is slower: %s\n", why.message);
    } else if (!config->quiet_attach) {
        dprintf(STDERR_FILENO, "proctor: no results, calls end in '= ?': %s; %s\n", why.message,
                why_not_ptrace.message);
    }
    return 0;
}

static int open_pipeline(struct session *s, bool resumed)
{
    const struct config *config = s->config;
    int ret =
        pipeline_init(&s->pipeline, &config->decode, &config->trace, &s->processes, s->sink, s->results);
    s->pipeline.recorded = s->recorded;
    s->pipeline.show_exits = !config->quiet_exit;
    s->pipeline.paths = &config->paths;
    s->pipeline.qualifiers = &config->qualifiers;
    s->pipeline.explain = s->explain;
    s->pipeline.callers = s->callers;
    s->pipeline.judge = s->judge;
    s->pipeline.delays = &s->delays;
    if (s->spawner.pid) {
        behalf_open(&s->behalf, &s->spawner, &s->pipeline, &s->loop);
        s->pipeline.behalf = &s->behalf;
    }
    s->pipeline.filter = config->filter;
    s->pipeline.notices.attach = !config->quiet_attach && !resumed;
    s->pipeline.ledger = s->ledger;
    return ret;
}

void session_init(struct session *s, const struct config *config, struct ledger *ledger)
{
    *s = (struct session){.config = config,
                          .ledger = ledger,
                          .tick_fd = -1,
                          .loop = {.epoll = -1},
                          .delays = {.fd = -1},
                          .spawner = {.socket = -1},
                          .policy = config->policy,
                          .observer = {process_gone}};
    s->policy.alerts.raised = &ledger->alert_raised;
}

void session_say(const struct buf *text)
{
    if (text->len && !text->failed) {
        dprintf(STDERR_FILENO, "%.*s", (int)text->len, text->data);
    }
}

static void warn_of_injections(const struct config *config)
{
    struct buf out = {0};
    inject_warnings(&config->qualifiers.injections, &out);
    if (!config->quiet_attach) {
        session_say(&out);
    }
    buf_free(&out);
}

/*
 * What makes calls on the program's behalf: while all privileges are there, no thread is, and little memory.
 * It serves all workers.
 */
static int open_spawner(struct session *s, struct error *err)
{
    if (s->judge && !s->config->policy.quiet) {
        session_say(&s->judge->warnings);
    }
    bool agent = !s->trace; /* its containers' policies come with them */
    bool useful = behalf_useful(s->judge) || (agent && s->config->policy.enforce);
    return useful && s->config->results != RESULTS_PTRACE ? spawner_open(&s->spawner, err) : 0;
}

/* Rules that are loaded by a thread of their own. */
struct loading {
    struct session *session;
    pthread_t thread;
    bool running;
    int status;
    struct error err;
};

static void *load_policy(void *argument)
{
    struct loading *l = argument;
    l->status = judge_open(&l->session->judge, &l->session->policy, &l->err);
    return NULL;
}

/*
 * Rules, and results by BPF, take some milliseconds to prepare before the program may start: where nothing
 * needs one for the other, beside each other. Enforcement forks, for which there must be no threads.
 */
static void load_beside(struct session *s, struct loading *l)
{
    const struct config *config = s->config;
    bool by_bpf = config->results == RESULTS_AUTO || config->results == RESULTS_BPF;
    *l = (struct loading){.session = s};
    if (config->policy.file_count && !config->policy.enforce && by_bpf) {
        l->running = pthread_create(&l->thread, NULL, load_policy, l) == 0;
    }
}

/* 0, or a negative errno with err. */
static int load_joined(struct loading *l, struct error *err)
{
    if (!l->running) {
        return 0;
    }
    pthread_join(l->thread, NULL);
    l->running = false;
    if (l->status < 0) {
        *err = l->err;
    }
    return l->status;
}

/* Rules wait for the results of calls that nothing else asked for. */
static void record_late(struct session *s)
{
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
            int number = call_number(&abis[abi], (enum call_id)id);
            if (number >= 0 && judge_waits(s->judge, (enum call_id)id)) {
                (void)s->results->want(s->results, &abis[abi], number);
            }
        }
    }
    selection_add(&s->recorded, &s->judge->late);
}

int session_prepare(struct session *s, const struct selection *recorded, struct error *err)
{
    const struct config *config = s->config;
    struct loading loading;
    load_beside(s, &loading);
    int ret = 0;
    if (!loading.running) {
        ret = config->policy.file_count ? judge_open(&s->judge, &s->policy, err) : 0;
        ret = ret < 0 ? ret : open_spawner(s, err);
        if (ret < 0) {
            return ret;
        }
    }
    if (sink_open(&config->output, &s->sink, err) < 0) {
        ret = -EIO; /* -ENOENT and -EACCES mean the program's file */
    }
    s->explain = config->output.explain ? explain_new() : NULL;
    s->recorded = *recorded;
    ret = ret < 0 ? ret : choose_results(s, &s->recorded, err);
    int loaded = load_joined(&loading, err);
    ret = loaded < 0 ? loaded : ret;
    if (ret < 0) {
        return ret;
    }
    if (s->judge && s->results) {
        record_late(s);
    }
    warn_of_injections(config);
    /* Here, as registers by BPF take privileges that are given up before the next worker starts. */
    return config->stack ? callers_open(config->stack, config->stack_frames, s->traces, &s->callers, err) : 0;
}

/* The first line of a worker that is not the first. It is on its way before the next calls are. */
static void report_gap(struct session *s, const struct event_gap *gap)
{
    struct event event = {.type = EVENT_GAP, .time_ns = pipeline_now(&s->pipeline), .gap = gap};
    s->sink->event(s->sink, &event, 0);
    s->sink->flush(s->sink, 0);
    s->ledger->gap_reported = true;
}

int session_start(struct session *s, const struct event_gap *gap, struct error *err)
{
    int ret = loop_open(&s->loop);
    ret = ret < 0 ? ret : watch_tick(s);
    ret = ret < 0 ? ret : delays_open(&s->delays, &s->loop);
    if (ret < 0) {
        return error_errno(err, -ret, "can't make an event loop");
    }
    process_table_init(&s->processes, s->traces ? NULL : &s->loop, &s->observer);
    s->started = true;
    if (open_pipeline(s, gap != NULL) < 0) {
        return error_set(err, ENOMEM, "out of memory");
    }
    if (gap) {
        report_gap(s, gap);
    }
    return 0;
}

void session_summarise(struct session *s)
{
    struct buf out = {0};
    if (s->judge) {
        judge_summary(s->judge, &out);
    }
    session_say(&out);
    buf_free(&out);
}

int session_reload(struct session *s, struct error *err)
{
    struct judge *judge;
    if (!s->judge) {
        return 0;
    }
    int ret = judge_open(&judge, &s->policy, err);
    if (ret == 0) {
        judge_all(judge);
        judge_release(s->judge);
        s->judge = s->pipeline.judge = judge;
    }
    return ret;
}

void session_finish(struct session *s)
{
    uint64_t lost = s->results ? s->results->lost(s->results) + s->pipeline.unknown_callers : 0;
    if (lost) {
        dprintf(STDERR_FILENO, "proctor: %" PRIu64 " results were lost\n", lost);
    }
    if (s->sink) {
        s->sink->finish(s->sink);
    }
    session_summarise(s);
}

void session_close(struct session *s)
{
    if (s->results) {
        s->results->close(s->results);
    }
    behalf_close(&s->behalf);
    if (s->started) {
        process_table_free(&s->processes);
        pipeline_free(&s->pipeline);
    }
    if (s->sink) {
        s->sink->close(s->sink);
    }
    callers_close(s->callers);
    spawner_close(&s->spawner);
    judge_release(s->judge);
    explain_free(s->explain);
    if (s->tick_fd >= 0) {
        close(take_fd(&s->tick_fd));
    }
    delays_close(&s->delays);
    loop_close(&s->loop);
}
