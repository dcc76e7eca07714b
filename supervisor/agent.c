#include "supervisor/agent.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "launcher/confine.h"
#include "launcher/limits.h"
#include "launcher/privileges.h"
#include "supervisor/agent_socket.h"
#include "supervisor/agent_store.h"
#include "supervisor/container.h"
#include "supervisor/lifecycle.h"
#include "supervisor/metrics_server.h"
#include "supervisor/notify.h"
#include "supervisor/policies.h"
#include "supervisor/restart.h"
#include "supervisor/service.h"
#include "supervisor/session.h"

/* A listener in service: a container's, or that of an exec into it. */
struct served {
    struct notify_source source;
    struct agent *agent;
    struct served *next;
};

struct agent {
    const struct agent_options *options;
    struct keeper keeper;
    struct session session;
    struct agent_socket socket;
    struct peers peers;
    struct policies policies;
    struct metrics metrics;
    struct metrics_server metrics_server;
    struct served *served;
    struct watch signals;
    int signal_fd;
    bool orphaned; /* the keeper is gone */
};

static void retire(struct served *served)
{
    struct served **at = &served->agent->served;
    while (*at != served) {
        at = &(*at)->next;
    }
    *at = served->next;
    agent_store_remove(&served->agent->keeper, served->source.listener);
    notify_close(&served->source);
    metrics_leave(served->source.container->counts, trace_clock_real());
    container_release(served->source.container);
    free(served);
}

static void source_ended(struct notify_source *source, struct loop *loop);

/*
 * The process that was handed over is still the runtime's own program: what it does before its exec is
 * served, not shown. It waits for us only once it makes a selected call.
 */
static void adopt(struct agent *agent, struct container *container, bool resumed)
{
    struct session *s = &agent->session;
    pid_t pid = container->event.pid;
    struct task *task = pid > 0 ? process_get(&s->processes, pid) : NULL;
    if (!task) {
        return; /* gone already, or of another PID namespace */
    }
    if (!task->process->container) {
        task->process->container = container_hold(container);
    }
    task->process->hidden = process_is_fork(task->process);
    /* A program that is under way may have filters of its own, and ours was learnt before. */
    if (s->results && (task->process->hidden || !resumed)) {
        (void)s->results->follow(s->results, pid);
    }
}

/* What a container demands and can't have is a reason not to serve it only where it would be enforced. */
static int choose_policy(struct agent *agent, struct container *container, struct error *err)
{
    struct error why = {0};
    int ret = policies_find(&agent->policies, &container->event, &container->judge, &why);
    if (ret < 0 && agent->session.config->policy.enforce) {
        return error_set(err, -ret, "%s", why.message);
    }
    if (ret < 0) {
        dprintf(STDERR_FILENO, "proctor: agent: a container's %s\n", why.message);
    }
    return 0;
}

static int serve(struct agent *agent, const struct event_container *description, int listener, bool resumed,
                 struct error *err)
{
    struct served *served = calloc(1, sizeof(*served));
    struct container *container = served ? container_new(description) : NULL;
    if (!container) {
        free(served);
        close(listener);
        return error_set(err, ENOMEM, "out of memory");
    }
    int ret = choose_policy(agent, container, err);
    ret = ret < 0 ? ret : notify_open(&served->source, listener, &agent->session.pipeline, source_ended, err);
    if (ret < 0) {
        close(listener);
        container_release(container);
        free(served);
        return ret;
    }
    if (agent->options->metrics) {
        container->counts = metrics_enter(&agent->metrics, &container->event);
    }
    served->agent = agent;
    served->source.container = container;
    served->source.main_loop = &agent->session.loop;
    served->next = agent->served;
    agent->served = served;
    adopt(agent, container, resumed);
    ret = notify_attach(&served->source, &agent->session.loop);
    if (ret < 0) {
        retire(served);
        return error_errno(err, -ret, "can't watch the listener");
    }
    return 0;
}

static int hand_over(struct peers *peers, const struct container_state *state, int listener,
                     struct error *err)
{
    struct agent *agent = container_of(peers, struct agent, peers);
    agent_store_add(&agent->keeper, state, listener);
    int ret = serve(agent, &state->container, listener, false, err);
    if (ret < 0) {
        agent_store_remove(&agent->keeper, listener);
    }
    return ret;
}

/* A container that was handed over to a worker or an agent before us. */
static void take_back(struct agent *agent, const struct ledger_listener *entry)
{
    struct container_state state = {.container = {.id = "unknown"}};
    struct arena arena = {0};
    struct buf text = {0};
    struct error err = {0};
    int listener = atomic_load(&entry->holder) - 1;
    if (!agent_store_read(entry, &text) ||
        container_state_parse(&state, &arena, text.data, text.len, &err) < 0) {
        state = (struct container_state){.container = {.id = "unknown"}};
    }
    err = (struct error){.code = 0};
    if (serve(agent, &state.container, listener, true, &err) < 0) {
        agent_store_remove(&agent->keeper, listener);
        dprintf(STDERR_FILENO, "proctor: agent: container %s: %s\n", state.container.id, err.message);
    }
    buf_free(&text);
    arena_free(&arena);
}

static void take_all_back(struct agent *agent)
{
    const struct ledger *ledger = agent->keeper.ledger;
    unsigned count = atomic_load(&ledger->listeners);
    for (unsigned i = 0; i < count; i++) {
        if (atomic_load(&ledger->listener[i].holder)) {
            take_back(agent, &ledger->listener[i]);
        }
    }
}

static void ticked(struct session *session)
{
    struct agent *agent = container_of(session, struct agent, session);
    process_sweep(&session->processes); /* a profile need not send exit */
    peers_tick(&agent->peers);
    metrics_server_tick(&agent->metrics_server);
    metrics_sweep(&agent->metrics, trace_clock_real());
}

static void not_reloaded(const struct error *why)
{
    dprintf(STDERR_FILENO, "proctor: agent: not reloaded, and stays as it was: %s\n", why->message);
}

static void reload(struct agent *agent)
{
    struct error why = {0};
    keeper_say(&agent->keeper, "RELOADING=1", NULL, 0);
    pipeline_lock(&agent->session.pipeline);
    if (session_reload(&agent->session, &why) < 0) {
        not_reloaded(&why);
    }
    policies_reload(&agent->policies, not_reloaded);
    pipeline_unlock(&agent->session.pipeline);
    agent->keeper.ledger->reloads++;
    keeper_say(&agent->keeper, "READY=1", NULL, 0);
}

static void summarise_policies(struct agent *agent)
{
    struct buf out = {0};
    policies_summarise(&agent->policies, &out);
    session_say(&out);
    buf_free(&out);
}

static void no_longer(struct served *served)
{
    struct agent *agent = served->agent;
    retire(served);
    agent->session.loop.stop = agent->session.loop.stop || (agent->orphaned && !agent->served);
}

static void source_ended(struct notify_source *source, struct loop *loop)
{
    (void)loop;
    no_longer(container_of(source, struct served, source));
}

/* Somebody killed the keeper alone: another agent may want the socket, and the containers need us. */
static void be_orphan(struct agent *agent)
{
    peers_close(&agent->peers);
    if (agent->socket.fd >= 0) {
        close(take_fd(&agent->socket.fd));
    }
    agent->orphaned = true;
    agent->session.loop.stop = agent->served == NULL;
}

static void signal_ready(struct watch *watch, struct loop *loop, uint32_t events)
{
    struct agent *agent = container_of(watch, struct agent, signals);
    struct signalfd_siginfo info;
    (void)events;
    if (read(agent->signal_fd, &info, sizeof(info)) != (ssize_t)sizeof(info)) {
        return;
    }
    switch (info.ssi_signo) {
    case SIGTERM:
    case SIGINT:
        loop->stop = true;
        break;
    case SIGUSR1:
        session_summarise(&agent->session);
        summarise_policies(agent);
        break;
    case SIGUSR2: /* the kernel's: prctl(PR_SET_PDEATHSIG) */
        be_orphan(agent);
        break;
    default:
        reload(agent);
        break;
    }
}

/* The keeper's, for a RECV that lasts: without SA_RESTART it returns. */
static void wake(int signal)
{
    (void)signal;
}

static int watch_signals(struct agent *agent)
{
    struct sigaction action = {.sa_handler = wake};
    (void)sigaction(SIGALRM, &action, NULL);
    sigset_t set = agent->keeper.signals;
    sigaddset(&set, SIGUSR2);
    agent->signals.ready = signal_ready;
    agent->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return agent->signal_fd < 0 ? -errno
                                : loop_add(&agent->session.loop, agent->signal_fd, EPOLLIN, &agent->signals);
}

static void render_metrics(struct metrics_server *server, struct buf *out)
{
    struct agent *agent = container_of(server, struct agent, metrics_server);
    struct session *s = &agent->session;
    pipeline_lock(&s->pipeline);
    agent->metrics.refused_total = agent->peers.refused_total;
    metrics_render(out, &agent->metrics, s->results ? s->results->lost(s->results) : 0);
    pipeline_unlock(&s->pipeline);
}

static int serve_metrics(struct agent *agent, struct error *err)
{
    metrics_init(&agent->metrics, trace_clock_real());
    agent->session.pipeline.metrics = &agent->metrics;
    agent->metrics_server.render = render_metrics;
    return metrics_server_open(&agent->metrics_server, &agent->session.loop, agent->options->metrics, err);
}

static int start(struct agent *agent, const struct event_gap *gap, struct error *err)
{
    int ret = session_start(&agent->session, gap, err);
    agent->session.ticked = ticked;
    agent->session.pipeline.notices.attach = false; /* processes come and go all day */
    if (ret < 0) {
        return ret;
    }
    ret = watch_signals(agent);
    if (ret < 0) {
        return error_errno(err, -ret, "can't watch signals");
    }
    ret = peers_open(&agent->peers, &agent->session.loop, agent->socket.fd);
    if (ret < 0) {
        return error_errno(err, -ret, "can't watch the socket");
    }
    return agent->options->metrics ? serve_metrics(agent, err) : 0;
}

/* A container's file is made when it comes, and may be anywhere. */
static uint64_t kept_privileges(const struct config *config)
{
    uint64_t kept = privileges_of_agent();
    if (config->output.path && strchr(config->output.path, '%')) {
        kept |= UINT64_C(1) << CAP_DAC_OVERRIDE;
    }
    return kept;
}

/*
 * Calls that wait are answered. What containers call from now on fails with ENOSYS, as nobody holds their
 * listeners any more (kernel/seccomp.c, seccomp_notify_release).
 */
static void stop(struct agent *agent)
{
    keeper_say(&agent->keeper, "STOPPING=1", NULL, 0);
    peers_close(&agent->peers);
    if (agent->options->on_exit == ON_EXIT_KILL) {
        process_kill_all(&agent->session.processes);
    }
    for (struct served *served = agent->served; served; served = served->next) {
        notify_drain(&served->source, &agent->session.loop);
    }
}

static void release(struct agent *agent)
{
    while (agent->served) {
        struct served *served = agent->served;
        agent->served = served->next;
        notify_close(&served->source);
        container_release(served->source.container);
        free(served);
    }
}

static void close_all(struct agent *agent)
{
    metrics_server_close(&agent->metrics_server);
    session_close(&agent->session);
    policies_close(&agent->policies);
    metrics_free(&agent->metrics);
    if (agent->signal_fd >= 0) {
        close(take_fd(&agent->signal_fd));
    }
}

static int serve_all(struct agent *agent, const struct event_gap *gap, struct error *err)
{
    struct ledger *ledger = agent->keeper.ledger;
    int ret = start(agent, gap, err);
    ret = ret < 0 ? ret : privileges_keep(agent->keeper.privileges);
    if (ret < 0) {
        return error_errno(err, -ret, "can't give up privileges"); /* the first that is said counts */
    }
    take_all_back(agent);
    if (!ledger->ready) {
        ledger->ready = true;
        keeper_say(&agent->keeper, "READY=1", NULL, 0);
    }
    ret = loop_run(&agent->session.loop);
    return ret < 0 ? error_errno(err, -ret, "can't wait for events") : 0;
}

static int work(struct keeper *keeper, const struct event_gap *gap, struct error *err)
{
    struct agent *agent = container_of(keeper, struct agent, keeper);
    int ret = serve_all(agent, gap, err);
    if (ret < 0 && keeper->ledger->ready) {
        dprintf(STDERR_FILENO, "proctor: agent: %s\n", err->message);
        _exit(1); /* containers depend on the agent: the keeper tries again */
    }
    stop(agent);
    ret = ret == 0 && atomic_load(&keeper->ledger->alert_raised) ? EXIT_ALERT : ret;
    session_finish(&agent->session);
    summarise_policies(agent);
    keeper_leave();
    release(agent);
    close_all(agent);
    return ret;
}

static bool denies(const struct keeper *keeper, const struct seccomp_data *call)
{
    const struct agent *agent = container_of(keeper, const struct agent, keeper);
    return (agent->session.judge && judge_must_deny(agent->session.judge, call)) ||
           policies_must_deny(&agent->policies, call);
}

/* What a worker did without harm; it has said what is wrong with a file. */
static void say_nothing(const struct error *why)
{
    (void)why;
}

static void reload_for_workers(struct keeper *keeper)
{
    struct agent *agent = container_of(keeper, struct agent, keeper);
    struct error why = {0};
    (void)session_reload(&agent->session, &why);
    policies_reload(&agent->policies, say_nothing);
}

static void init_keeper(struct agent *agent, const struct config *config)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGUSR1, SIGHUP};
    struct keeper *k = &agent->keeper;
    sigset_t blocked;
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
        sigaddset(&k->signals, signals[i]);
    }
    blocked = k->signals;
    sigaddset(&blocked, SIGUSR2);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    k->work = work;
    k->denies = config->policy.enforce ? denies : NULL;
    k->reload = reload_for_workers;
    k->orphan_signal = SIGUSR2;
    k->watches = true;
    k->privileges = kept_privileges(config);
}

/* Which calls profiles send is not known: from the first of each on they are recorded, and watched. But an
 * end, and a return from a handler, must not fail once. */
static void watch_interrupted(struct results *results)
{
    struct call_set calls = {0};
    struct selection watched = {.unknown = false};
    lifecycle_calls(&calls, false);
    selection_add(&watched, &calls);
    restart_calls(results, &watched);
    restart_watch(results, &watched);
}

/* What is made before the first worker. */
static int prepare(struct agent *agent, const struct config *config, struct error *err)
{
    struct selection nothing = {.unknown = false}; /* what is sent shows when it comes */
    const struct agent_options *options = agent->options;
    session_init(&agent->session, config, agent->keeper.ledger);
    int ret = session_prepare(&agent->session, &nothing, err);
    if (ret == 0) {
        watch_interrupted(agent->session.results);
    }
    if (ret == 0 && agent->session.judge) {
        judge_all(agent->session.judge);
    }
    ret = ret < 0 ? ret
                  : policies_open(&agent->policies, options->policy_directory, &agent->session.policy, err);
    if (ret < 0) {
        return ret;
    }
    init_keeper(agent, config);
    int passed = agent_store_take(&agent->keeper, err);
    if (passed < -1) {
        return passed;
    }
    agent_store_ledger(&agent->keeper);
    agent->peers.hand_over = hand_over;
    agent->peers.allowed_count = options->allowed_count;
    for (unsigned i = 0; i < options->allowed_count; i++) {
        agent->peers.allowed[i] = options->allowed[i];
    }
    return agent_socket_open(&agent->socket, passed, options->socket, err);
}

int agent_run(const struct config *config, const struct agent_options *options, struct error *err)
{
    struct agent agent = {
        .options = options, .signal_fd = -1, .socket = {.fd = -1}, .metrics_server = {.fd = -1}};

    struct rlimit before;
    limits_raise(&before); /* each container takes one for its listener and one for each of its processes */
    int ret = keeper_init(&agent.keeper, service_listens(), err);
    ret = ret < 0 ? ret : prepare(&agent, config, err);
    ret = ret < 0 ? ret : confine(err); /* the workers too, which come of this process */
    ret = ret < 0 ? ret : keeper_run(&agent.keeper, err);
    agent_socket_close(&agent.socket);
    close_all(&agent);
    keeper_free(&agent.keeper);
    return ret;
}
