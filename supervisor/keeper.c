#include "supervisor/keeper.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "decode/render.h"
#include "launcher/privileges.h"
#include "supervisor/rescue.h"
#include "supervisor/service.h"
#include "supervisor/trace_clock.h"

#define MS INT64_C(1000000)

enum {
    DEATHS_IN_A_ROW = 5, /* and no worker is started for a while */
    SHORT_LIFE_MS = 100, /* deaths count as in a row if no worker lived longer */
    FIRST_PAUSE_MS = 1000,
    LONGEST_PAUSE_MS = 64000,
    /* A process that is dead stays for as long as a worker may need to see how it ended. */
    REAP_AFTER_MS = 500,
    WATCH_MS = 500,
    RETRY_SIGNAL_MS = 5, /* for a program that is about to be started */
};

/*
 * A copy of this process that shares our descriptor table. fork(3) can't do that; what it does besides, for a
 * process with one thread, is to tell the C library the new thread's id, which it keeps where
 * set_tid_address(2) was told.
 */
static pid_t fork_sharing(void)
{
    int *tid_address = NULL;
    unsigned long flags = CLONE_FILES | SIGCHLD;
    if (prctl(PR_GET_TID_ADDRESS, &tid_address, 0, 0, 0) == 0 &&
        tid_address) { /* CONFIG_CHECKPOINT_RESTORE */
        flags |= CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
    }
    return (pid_t)syscall(SYS_clone, flags, NULL, NULL, tid_address, 0);
}

static _Noreturn void work(struct keeper *k)
{
    struct ledger *ledger = k->ledger;
    ledger_begin(ledger);
    if (k->orphan_signal) {
        (void)prctl(PR_SET_PDEATHSIG, k->orphan_signal, 0, 0, 0);
    }
    ledger->ret = k->work(k, k->gap.deaths ? &k->gap : NULL, &ledger->err);
    atomic_store(&ledger->over, true);
    exit(0); /* not _exit: a checker for leaks looks now */
}

static int start_worker(struct keeper *k)
{
    pid_t pid = fork_sharing();
    if (pid == 0) {
        work(k);
    }
    if (pid < 0) {
        return -errno;
    }
    k->worker = pid;
    k->born_ns = trace_clock_monotonic();
    k->retry_ns = 0;
    if (k->stop_signal && !k->has_program) {
        (void)kill(pid, k->stop_signal); /* the one before may not have seen it */
    }
    return 0;
}

/* What the worker had in hand, added to what its predecessors had where it has not reported that. */
static void count_gap(struct keeper *k, int status)
{
    const struct ledger *ledger = k->ledger;
    if (ledger->gap_reported || !k->gap.deaths) {
        k->gap = (struct event_gap){.since_ns = ledger->written_ns};
    }
    struct rescued rescued = rescue_flights(k);
    k->gap.deaths++;
    k->gap.status = status;
    k->gap.let_go += rescued.let_go;
    k->gap.refused += rescued.refused;
    k->gap.unwritten += ledger->received - ledger->written;
}

static void plan_next(struct keeper *k)
{
    int64_t now = trace_clock_monotonic();
    if (now - k->born_ns >= SHORT_LIFE_MS * MS) {
        k->deaths_in_a_row = 0;
        k->pause_ns = 0;
    }
    k->retry_ns = now;
    if (++k->deaths_in_a_row < DEATHS_IN_A_ROW) {
        return;
    }
    if (!k->pause_ns) {
        dprintf(STDERR_FILENO,
                "proctor: the worker died %u times in a row; until one lives, calls %s and are not in the "
                "trace\n",
                k->deaths_in_a_row, k->denies ? "fail or go on without a look at them" : "go on unseen");
    }
    k->pause_ns = k->pause_ns ? 2 * k->pause_ns : FIRST_PAUSE_MS * MS;
    k->pause_ns = k->pause_ns < LONGEST_PAUSE_MS * MS ? k->pause_ns : LONGEST_PAUSE_MS * MS;
    k->retry_ns = now + k->pause_ns;
}

/* What the worker has read without harm, we can read. */
static void reload(struct keeper *k)
{
    if (k->reload && k->reloads != k->ledger->reloads) {
        k->reloads = k->ledger->reloads;
        k->reload(k);
        (void)leftovers_note(&k->before);
    }
}

static void worker_ended(struct keeper *k, int status)
{
    k->worker = 0;
    if (!atomic_load(&k->ledger->over)) {
        leftovers_close(&k->before, k->ledger);
        reload(k);
        count_gap(k, status);
        plan_next(k);
    }
}

struct spoken {
    unsigned count;
    int fds[SERVICE_FDS_MAX];
    char state[128];
};

void keeper_say(const struct keeper *k, const char *state, const int *fds, unsigned count)
{
    struct spoken spoken = {.count = count};
    if (k->mouth < 0 || count > SERVICE_FDS_MAX) {
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        spoken.fds[i] = fds[i];
    }
    snprintf(spoken.state, sizeof(spoken.state), "%s", state);
    (void)send(k->mouth, &spoken, sizeof(spoken), MSG_NOSIGNAL);
}

/* Descriptors are the same for the worker and us. */
static void hear(const struct keeper *k)
{
    struct spoken spoken;
    while (k->ear >= 0 && recv(k->ear, &spoken, sizeof(spoken), MSG_DONTWAIT) == (ssize_t)sizeof(spoken)) {
        service_notify(spoken.state, spoken.fds, spoken.count);
    }
}

static void child_ended(struct keeper *k, pid_t pid, int status)
{
    if (pid == k->worker) {
        worker_ended(k, status);
    } else if (k->has_program && pid == atomic_load(&k->ledger->target)) {
        k->program_ended = true;
        k->program_status = status;
    }
}

static void reap_worker(struct keeper *k)
{
    int status;
    if (k->worker && waitpid(k->worker, &status, WNOHANG) == k->worker) {
        hear(k);
        worker_ended(k, status);
    }
    if (!k->reap_ns) {
        k->reap_ns = trace_clock_monotonic() + REAP_AFTER_MS * MS;
    }
}

/* As the first process of a container, or where we adopt, orphans are ours. */
static void reap_all(struct keeper *k)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        child_ended(k, pid, status);
    }
    k->reap_ns = 0;
}

static void pass_on(struct keeper *k, int signal)
{
    if (sigismember(&k->for_worker, signal) == 1) {
        if (k->worker) {
            (void)kill(k->worker, signal);
        }
        return;
    }
    pid_t to = k->has_program ? atomic_load(&k->ledger->target) : k->worker;
    if (!k->has_program && (signal == SIGTERM || signal == SIGINT)) {
        k->stop_signal = signal;
    }
    if (to && !k->program_ended) {
        (void)kill(to, signal);
    } else if (k->has_program && !to) {
        sigaddset(&k->held, signal);
        k->holds = true;
    }
}

static void pass_on_held(struct keeper *k)
{
    if (!k->holds || !atomic_load(&k->ledger->target)) {
        return;
    }
    for (int signal = 1; signal < NSIG; signal++) {
        if (sigismember(&k->held, signal) == 1) {
            pass_on(k, signal);
        }
    }
    sigemptyset(&k->held);
    k->holds = false;
}

/*
 * The terminal's own signals reach the program and the worker by themselves, as they are in our process
 * group. One that somebody sent to us alone is passed on: whoever stops proctor means the program.
 */
static void take_signals(struct keeper *k)
{
    struct signalfd_siginfo info;
    while (read(k->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        if (info.ssi_signo == SIGCHLD) {
            reap_worker(k);
        } else if (info.ssi_code <= 0) {
            pass_on(k, (int)info.ssi_signo);
        }
    }
}

static int64_t earlier(int64_t a, int64_t b)
{
    return !a || (b && b < a) ? b : a;
}

/* Until the next thing is due; -1: nothing is. */
static int timeout_ms(const struct keeper *k)
{
    int64_t now = trace_clock_monotonic();
    int64_t due = earlier(k->reap_ns, k->worker ? 0 : k->retry_ns);
    due = earlier(due, k->watch_ns);
    due = earlier(due, k->holds ? now + RETRY_SIGNAL_MS * MS : 0);
    if (!due) {
        return -1;
    }
    return due > now ? (int)((due - now) / MS) + 1 : 0;
}

/*
 * A RECV of a call that is there takes no time: one that was seen twice has nothing to receive. Not the same
 * one of two listeners, if they count alike; then a signal too many does no harm.
 */
static void watch_worker(struct keeper *k)
{
    int64_t now = trace_clock_monotonic();
    if (!k->watch_ns || k->watch_ns > now) {
        return;
    }
    uint64_t receiving = atomic_load(&k->ledger->receiving);
    if (receiving && receiving == k->receiving && k->worker) {
        (void)kill(k->worker, SIGALRM);
    }
    k->receiving = receiving;
    k->watch_ns = now + WATCH_MS * MS;
}

/* Nothing is left to wait for. */
static bool is_over(const struct keeper *k, bool listeners)
{
    if (k->worker) {
        return false;
    }
    if (atomic_load(&k->ledger->over) || k->single) {
        return true;
    }
    return k->has_program ? !listeners && k->program_ended : k->stop_signal != 0;
}

static void keep(struct keeper *k)
{
    bool listeners = true;
    reap_worker(k); /* the change of SIGCHLD's disposition drops one that had come (signal(7)) */
    while (!is_over(k, listeners)) {
        if (k->worker) {
            struct pollfd fds[] = {{.fd = k->signal_fd, .events = POLLIN}, {.fd = k->ear, .events = POLLIN}};
            (void)poll(fds, ARRAY_SIZE(fds), timeout_ms(k));
            hear(k);
        } else if (k->retry_ns > trace_clock_monotonic()) {
            listeners = rescue_wait(k, k->signal_fd, timeout_ms(k));
        } else if (start_worker(k) < 0) {
            k->retry_ns = trace_clock_monotonic() + FIRST_PAUSE_MS * MS;
        }
        take_signals(k);
        pass_on_held(k);
        watch_worker(k);
        if (k->reap_ns && k->reap_ns <= trace_clock_monotonic()) {
            reap_all(k);
        }
    }
}

static int begin(struct keeper *k, struct error *err)
{
    sigset_t waited = k->signals;
    sigaddset(&waited, SIGCHLD);
    sigprocmask(SIG_BLOCK, &waited, NULL);
    sigemptyset(&k->held);
    k->signal_fd = signalfd(-1, &waited, SFD_CLOEXEC | SFD_NONBLOCK);
    if (k->signal_fd < 0) {
        return error_errno(err, errno, "can't watch signals");
    }
    (void)leftovers_note(&k->before);
    k->watch_ns = k->watches ? trace_clock_monotonic() + WATCH_MS * MS : 0;
    if (k->adopts) {
        (void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    }
    int ret = start_worker(k);
    if (ret < 0) {
        return error_errno(err, -ret, "can't start a worker");
    }
    (void)signal(SIGCHLD, SIG_DFL); /* not before: the program gets the disposition that we were given */
    (void)signal(SIGPIPE, SIG_IGN);
    reap_worker(k); /* a SIGCHLD that waited was thrown away with that (kernel/signal.c, do_sigaction) */
    ret = k->single ? 0 : privileges_keep(k->privileges);
    return ret < 0 ? error_errno(err, -ret, "can't give up privileges") : 0;
}

static int program_status(struct keeper *k)
{
    pid_t pid = atomic_load(&k->ledger->target);
    int status = 0;
    if (!k->program_ended) {
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
        child_ended(k, pid, status);
    }
    return k->program_status;
}

static int outcome(struct keeper *k, struct error *err)
{
    const struct ledger *ledger = k->ledger;
    if (atomic_load(&ledger->over)) {
        *err = ledger->err;
        return ledger->ret == 0 && k->has_program ? program_status(k) : ledger->ret;
    }
    if (k->single) {
        struct buf text = {0};
        render_gap(&text, &k->gap);
        int ret = error_set(err, EIO, "%.*s", (int)text.len, text.data ? text.data : "");
        buf_free(&text);
        return ret;
    }
    return k->has_program ? program_status(k) : 0;
}

int keeper_init(struct keeper *k, bool service, struct error *err)
{
    int pair[2] = {-1, -1};
    *k = (struct keeper){.signal_fd = -1, .ledger_fd = -1};
    sigemptyset(&k->signals);
    sigemptyset(&k->for_worker);
    k->ledger = ledger_new(service ? &k->ledger_fd : NULL);
    if (service && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
        return error_errno(err, errno, "can't make a pair of sockets");
    }
    k->ear = pair[0];
    k->mouth = pair[1];
    return k->ledger ? 0 : error_set(err, ENOMEM, "out of memory");
}

void keeper_free(struct keeper *k)
{
    int *const fds[] = {&k->ledger_fd, &k->mouth, &k->ear};
    for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
        if (*fds[i] >= 0) {
            close(take_fd(fds[i]));
        }
    }
    ledger_free(k->ledger);
    k->ledger = NULL;
}

int keeper_run(struct keeper *k, struct error *err)
{
    int ret = begin(k, err);
    if (ret == 0) {
        keep(k);
        ret = outcome(k, err);
    } else if (k->worker) {
        (void)kill(k->worker, SIGKILL);
    }
    if (k->signal_fd >= 0) {
        close(take_fd(&k->signal_fd));
    }
    return ret;
}

void keeper_leave(void)
{
    (void)unshare(CLONE_FILES);
}
