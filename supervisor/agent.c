#include "supervisor/agent.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "launcher/confine.h"
#include "launcher/privileges.h"
#include "supervisor/agent_socket.h"
#include "supervisor/container.h"
#include "supervisor/metrics_server.h"
#include "supervisor/notify.h"
#include "supervisor/policies.h"
#include "supervisor/session.h"

/* A listener in service: a container's, or that of an exec into it. */
struct served {
    struct notify_source source;
    struct agent *agent;
    struct served *next;
};

struct agent {
    const struct agent_options *options;
    struct session session;
    struct agent_socket socket;
    struct peers peers;
    struct policies policies;
    struct metrics metrics;
    struct metrics_server metrics_server;
    struct served *served;
    struct watch signals;
    int signal_fd;
};

static void retire(struct served *served)
{
    struct served **at = &served->agent->served;
    while (*at != served) {
        at = &(*at)->next;
    }
    *at = served->next;
    notify_close(&served->source);
    metrics_leave(served->source.container->counts, trace_clock_real());
    container_release(served->source.container);
    free(served);
}

static void source_ended(struct notify_source *source, struct loop *loop)
{
    (void)loop;
    retire(container_of(source, struct served, source));
}

/*
 * The process that was handed over is still the runtime's own program: what it does before its exec is
 * served, not shown. It waits for us only once it makes a selected call.
 */
static void adopt(struct agent *agent, struct container *container)
{
    struct session *s = &agent->session;
    struct task *task = process_get(&s->processes, container->event.pid);
    if (!task) {
        return; /* gone already, or of another PID namespace */
    }
    if (!task->process->container) {
        task->process->container = container_hold(container);
    }
    task->process->hidden = process_is_fork(task->process);
    if (s->results) {
        (void)s->results->follow(s->results, container->event.pid);
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

static int serve(struct agent *agent, const struct container_state *state, int listener, struct error *err)
{
    struct served *served = calloc(1, sizeof(*served));
    struct container *container = served ? container_new(&state->container) : NULL;
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
    adopt(agent, container);
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
    return serve(container_of(peers, struct agent, peers), state, listener, err);
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
    agent_notify("RELOADING=1");
    pipeline_lock(&agent->session.pipeline);
    if (session_reload(&agent->session, &why) < 0) {
        not_reloaded(&why);
    }
    policies_reload(&agent->policies, not_reloaded);
    pipeline_unlock(&agent->session.pipeline);
    agent_notify("READY=1");
}

static void summarise_policies(struct agent *agent)
{
    struct buf out = {0};
    policies_summarise(&agent->policies, &out);
    if (out.len && !out.failed) {
        dprintf(STDERR_FILENO, "%.*s", (int)out.len, out.data);
    }
    buf_free(&out);
}

static void signal_ready(struct watch *watch, struct loop *loop, uint32_t events)
{
    struct agent *agent = container_of(watch, struct agent, signals);
    struct signalfd_siginfo info;
    (void)events;
    if (read(agent->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        loop->stop = info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT;
        if (info.ssi_signo == SIGUSR1) {
            session_summarise(&agent->session);
            summarise_policies(agent);
        }
        if (info.ssi_signo == SIGHUP) {
            reload(agent);
        }
    }
}

static int watch_signals(struct agent *agent)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    agent->signals.ready = signal_ready;
    agent->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return agent->signal_fd < 0 ? -errno
                                : loop_add(&agent->session.loop, agent->signal_fd, EPOLLIN, &agent->signals);
}

/* Each container takes a descriptor for its listener and one for each of its processes. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
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

static int start(struct agent *agent, struct error *err)
{
    int ret = watch_signals(agent);
    if (ret < 0) {
        return error_errno(err, -ret, "can't watch signals");
    }
    ret = agent_socket_open(&agent->socket, agent->options->socket, err);
    if (ret < 0) {
        return ret;
    }
    agent->peers.hand_over = hand_over;
    agent->peers.allowed_count = agent->options->allowed_count;
    for (unsigned i = 0; i < agent->options->allowed_count; i++) {
        agent->peers.allowed[i] = agent->options->allowed[i];
    }
    ret = peers_open(&agent->peers, &agent->session.loop, agent->socket.fd);
    if (ret < 0) {
        return error_errno(err, -ret, "can't watch the socket");
    }
    return agent->options->metrics ? serve_metrics(agent, err) : 0;
}

/* A container's file is made when it comes, and may be anywhere. */
static int give_up_privileges(const struct config *config, struct error *err)
{
    uint64_t kept = privileges_of_agent();
    if (config->output.path && strchr(config->output.path, '%')) {
        kept |= UINT64_C(1) << CAP_DAC_OVERRIDE;
    }
    int ret = privileges_keep(kept);
    return ret < 0 ? error_errno(err, -ret, "can't give up privileges") : 0;
}

/*
 * Calls that wait are answered. What containers call from now on fails with ENOSYS, as nobody holds their
 * listeners any more (kernel/seccomp.c, seccomp_notify_release).
 */
static void stop(struct agent *agent)
{
    agent_notify("STOPPING=1");
    peers_close(&agent->peers);
    if (agent->options->on_exit == ON_EXIT_KILL) {
        process_kill_all(&agent->session.processes);
    }
    for (struct served *served = agent->served; served; served = served->next) {
        notify_drain(&served->source, &agent->session.loop);
    }
    for (struct served *served = agent->served, *next; served; served = next) {
        next = served->next;
        retire(served);
    }
}

int agent_run(const struct config *config, const struct agent_options *options, struct error *err)
{
    struct selection nothing = {.unknown = false}; /* what is sent shows when it comes */
    struct agent agent = {
        .options = options, .signal_fd = -1, .socket = {.fd = -1}, .metrics_server = {.fd = -1}};

    raise_descriptor_limit();
    struct ledger *ledger = ledger_new();
    session_init(&agent.session, config, ledger);
    int ret = session_prepare(&agent.session, &nothing, err);
    if (agent.session.judge) {
        judge_all(agent.session.judge);
    }
    ret =
        ret < 0 ? ret : policies_open(&agent.policies, options->policy_directory, &agent.session.policy, err);
    ret = ret < 0 ? ret : session_start(&agent.session, NULL, err);
    agent.session.ticked = ticked;
    agent.session.pipeline.notices.attach = false; /* processes come and go all day */
    ret = ret < 0 ? ret : start(&agent, err);
    ret = ret < 0 ? ret : give_up_privileges(config, err);
    ret = ret < 0 ? ret : confine(err);
    if (ret == 0) {
        agent_notify("READY=1");
        ret = loop_run(&agent.session.loop);
        ret = ret < 0 ? error_errno(err, -ret, "can't wait for events") : 0;
    }
    stop(&agent);
    ret = ret == 0 && atomic_load(&agent.session.ledger->alert_raised) ? EXIT_ALERT : ret;
    agent_socket_close(&agent.socket);
    session_finish(&agent.session);
    summarise_policies(&agent);
    metrics_server_close(&agent.metrics_server);
    session_close(&agent.session);
    policies_close(&agent.policies);
    metrics_free(&agent.metrics);
    ledger_free(ledger);
    if (agent.signal_fd >= 0) {
        close(agent.signal_fd);
    }
    return ret;
}
