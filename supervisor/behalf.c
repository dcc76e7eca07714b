#include "supervisor/behalf.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/carry.h"
#include "supervisor/executor.h"
#include "supervisor/notify.h"
#include "supervisor/target.h"

enum {
    HANDS_MAX = 1024, /* calls that block at once: each takes a process */
    IDLE_MAX = 16,    /* executors kept for calls to come */
    OLD = 2,          /* ticks after which a call counts as blocked */
};

/* From include/linux/errno.h: not for programs, but what a call that a signal interrupts returns to the
 * kernel, which begins it anew after a handler with SA_RESTART. */
enum { KERNEL_ERESTARTSYS = 512 };

/* A call in the hands of an executor. */
struct errand {
    struct carried_call call; /* source NULL: closed meanwhile; slot: held */
    struct verdict verdict;   /* what goes with the answer; deny: what was found is denied */
    pid_t tid;
    pid_t tgid;
    bool makes_fd;
    bool goes_on;
    bool cloexec;
    bool sigpipe;
    unsigned ticks;
    int interrupt; /* the error that the caller gets if the call returns EINTR; 0: EINTR itself */
};

/* An executor, as we hold it. */
struct hand {
    struct watch watch;
    struct behalf *behalf;
    struct task_identity identity;
    int socket;
    pid_t pid; /* 0: not ready yet */
    bool busy;
    bool dead; /* only the main loop may free it, as it may hold an event for it already */
    struct errand errand;
    struct hand *next;
};

/* It ends when its socket does. */
static void discard(struct hand *hand)
{
    loop_remove(hand->behalf->loop, hand->socket);
    close(hand->socket);
    free(hand);
}

static void drop(struct hand *hand)
{
    struct behalf *b = hand->behalf;
    struct hand **at = &b->hands;
    while (*at != hand) {
        at = &(*at)->next;
    }
    *at = hand->next;
    b->hand_count--;
    discard(hand);
}

/* Gives the caller its result, which becomes what it gets; the descriptor stays ours. False: it is gone, or
 * its call comes again. */
static bool answer(const struct errand *errand, int64_t *result, int fd)
{
    struct verdict v = errand->verdict;
    if (!errand->call.source) {
        return false;
    }
    if (v.deny) {
        return notify_answer_all(errand->call.source, errand->call.id, errand->tid, &v);
    }
    if (*result >= 0 && errand->goes_on) {
        return notify_answer(errand->call.source, errand->call.id, &(struct verdict){.deny = false});
    }
    if (*result >= 0 && errand->makes_fd) {
        int ret = fd < 0 ? -EPERM : notify_give_fd(errand->call.source, errand->call.id, fd, errand->cloexec);
        if (ret >= 0 || ret == -ENOENT) {
            *result = ret;
            return ret >= 0;
        }
        *result = ret; /* EMFILE: as if the kernel had found no room in the first place */
    }
    v = (struct verdict){
        .deny = true, .error = *result < 0 ? (int)-*result : 0, .value = *result < 0 ? 0 : *result};
    return notify_answer(errand->call.source, errand->call.id, &v);
}

/* The call is not in our hands any more. */
static void land(const struct errand *errand)
{
    if (errand->call.flight) {
        flight_release(errand->call.flight, NOTIF_ROOM);
    }
}

/* Those that come with the answer. */
static void send_signals(const struct errand *errand, int64_t result)
{
    const int signals[] = {result == -EPIPE && errand->sigpipe ? SIGPIPE : 0, errand->verdict.signal,
                           errand->verdict.stop ? SIGSTOP : 0};
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
        if (signals[i]) {
            (void)syscall(SYS_tgkill, errand->tgid, errand->tid, signals[i]);
        }
    }
}

static void finish(struct hand *hand, int64_t result, int fd)
{
    struct behalf *b = hand->behalf;
    struct errand errand = hand->errand;
    if (result == -EINTR && errand.interrupt) {
        result = -errand.interrupt;
    }
    pipeline_lock(
        b->pipeline); /* the caller's next call may come before this one is finished, but not go on */
    bool accepted = answer(&errand, &result, fd);
    land(&errand);
    if (accepted && !errand.verdict.deny) {
        send_signals(&errand, result);
    }
    if (errand.verdict.deny) {
        result = errand.verdict.error ? -errand.verdict.error : errand.verdict.value;
    }
    bool known = accepted && !(errand.goes_on && result >= 0 && !errand.verdict.deny);
    carry_finish(b->pipeline, errand.call.slot, known, result);
    pipeline_unlock(b->pipeline);
    hand->busy = false;
    hand->errand = (struct errand){.tid = 0};
}

static void fail(struct hand *hand)
{
    if (hand->busy) {
        finish(hand, -EPERM, -1);
    }
}

static void not_ready(struct hand *hand, int error)
{
    struct behalf *b = hand->behalf;
    if (!b->warned) {
        b->warned = true;
        pipeline_lock(b->pipeline);
        pipeline_warn(
            b->pipeline,
            "calls of task %d can't be made on its behalf and are denied: can't become who it is: %s",
            hand->errand.tid, strerror(error));
        pipeline_unlock(b->pipeline);
    }
}

static void say(const struct hand *hand, bool yes)
{
    unsigned char byte = yes ? WIRE_YES : WIRE_NO;
    (void)wire_send(hand->socket, &byte, sizeof(byte), NULL, 0, NULL, 0);
}

/* What the call will touch is not what its text says: the rules are asked again. */
static void ask_rules(struct hand *hand, const struct wire_reply *reply, const char *reals, size_t n)
{
    struct errand *errand = &hand->errand;
    const char *paths[2] = {NULL, NULL};
    size_t at = 0;
    bool valid = true;
    for (unsigned i = 0; i < 2 && reply->real[i]; i++) {
        valid = valid && reply->real[i] <= n - at && reals[at + reply->real[i] - 1] == 0;
        paths[i] = valid ? reals + at : NULL;
        at += valid ? reply->real[i] : 0;
    }
    if (valid && hand->busy) {
        carry_judge(hand->behalf->pipeline, errand->call.slot, paths, &errand->verdict);
    }
    say(hand, valid && hand->busy && !errand->verdict.deny);
}

static bool shares_our_groups(pid_t tid)
{
    char ours[8192];
    char theirs[8192];
    ssize_t a = target_proc_read(getpid(), "cgroup", ours, sizeof(ours));
    ssize_t b = target_proc_read(tid, "cgroup", theirs, sizeof(theirs));
    return a > 0 && a == b && memcmp(ours, theirs, (size_t)a) == 0;
}

static void take(struct hand *hand, const struct wire_reply *reply, const char *reals, size_t n, int fd)
{
    switch (reply->type) {
    case WIRE_READY:
        hand->pid = reply->pid;
        if (reply->result < 0) {
            not_ready(hand, (int)-reply->result);
        }
        break;
    case WIRE_ASK:
        ask_rules(hand, reply, reals, n);
        break;
    case WIRE_DEVICE:
        say(hand, shares_our_groups(hand->errand.tid));
        break;
    default:
        if (hand->busy) {
            finish(hand, reply->result, fd);
        }
        break;
    }
}

static unsigned count_idle(const struct behalf *b)
{
    unsigned idle = 0;
    for (const struct hand *h = b->hands; h; h = h->next) {
        idle += !h->busy;
    }
    return idle;
}

static void hand_ready(struct watch *watch, struct loop *loop, uint32_t events)
{
    struct hand *hand = container_of(watch, struct hand, watch);
    struct behalf *b = hand->behalf;
    struct wire_reply reply = {.type = WIRE_DONE};
    char reals[2 * WIRE_REAL_MAX];
    int fd = -1;
    unsigned fd_count = 1;
    (void)loop, (void)events;
    ssize_t n = wire_receive(hand->socket, &reply, sizeof(reply), reals, sizeof(reals), &fd, &fd_count);
    if (n == -EAGAIN) {
        return;
    }
    pthread_mutex_lock(&b->lock);
    if (n >= (ssize_t)sizeof(reply)) {
        take(hand, &reply, reals, (size_t)n - sizeof(reply), fd_count ? fd : -1);
    } else { /* it is gone */
        fail(hand);
        hand->dead = true;
    }
    if (hand->dead || (!hand->busy && count_idle(b) > IDLE_MAX)) {
        drop(hand);
    }
    pthread_mutex_unlock(&b->lock);
    if (fd_count && fd >= 0) {
        close(fd);
    }
}

static struct hand *spawn(struct behalf *b, const struct behalf_job *job)
{
    struct hand *hand = b->hand_count < HANDS_MAX ? calloc(1, sizeof(*hand)) : NULL;
    if (!hand) {
        return NULL;
    }
    *hand = (struct hand){.watch = {hand_ready}, .behalf = b, .identity = job->caller.identity};
    cleanup_close int root = caller_open_root(&job->caller);
    hand->socket = root < 0 ? root : spawner_spawn(b->spawner, &job->caller, root);
    if (hand->socket < 0) {
        free(hand);
        return NULL;
    }
    hand->next = b->hands;
    b->hands = hand;
    b->hand_count++;
    return hand;
}

/* An executor for the job, busy from now on; NULL: there is none to be had. */
static struct hand *engage(struct behalf *b, const struct behalf_job *job, const struct errand *errand)
{
    struct hand *hand = b->hands;
    while (hand && (hand->busy || hand->dead || !identity_same(&hand->identity, &job->caller.identity))) {
        hand = hand->next;
    }
    bool is_new = !hand;
    hand = hand ? hand : spawn(b, job);
    if (hand) {
        hand->busy = true;
        hand->errand = *errand;
        if (is_new && loop_add(b->loop, hand->socket, EPOLLIN, &hand->watch) < 0) {
            drop(hand);
            return NULL;
        }
    }
    return hand;
}

static void dispatch(struct behalf *b, struct errand *errand, struct behalf_job *job)
{
    int cpu = sched_getcpu();
    job->request.cpu = cpu < 0 ? 0 : (uint32_t)cpu;
    pthread_mutex_lock(&b->lock);
    struct hand *hand = engage(b, job, errand);
    /* The lock is held while it is sent: nobody may drop the executor meanwhile. It never blocks: an idle
     * executor has taken all that was sent before. */
    ssize_t sent = hand ? wire_send(hand->socket, &job->request, sizeof(job->request), job->data.data,
                                    job->data.len, job->fds, job->fd_count)
                        : -ENOMEM;
    if (hand && sent < 0) {
        fail(hand);
        hand->dead = true;
        (void)shutdown(hand->socket, SHUT_RDWR); /* the main loop sees its end */
    }
    pthread_mutex_unlock(&b->lock);
    if (!hand) {
        int64_t result = -ENOMEM;
        pipeline_lock(b->pipeline);
        bool accepted = answer(errand, &result, -1);
        land(errand);
        carry_finish(b->pipeline, errand->call.slot, accepted, result);
        pipeline_unlock(b->pipeline);
    }
    behalf_job_free(job);
}

/* A call that waits before it is carried out. */
struct held_errand {
    struct delay delay;
    struct behalf *behalf;
    struct errand errand;
    struct behalf_job *job;
};

static void errand_is_due(struct delay *delay)
{
    struct held_errand *held = container_of(delay, struct held_errand, delay);
    dispatch(held->behalf, &held->errand, held->job);
    free(held);
}

void behalf_carry(struct behalf *b, const struct carried_call *call, const struct verdict *verdict)
{
    struct behalf_job *job = verdict->job;
    struct errand errand = {.call = *call,
                            .tid = call->slot->event.tid,
                            .tgid = job->caller.tgid,
                            .verdict = {.signal = verdict->signal, .stop = verdict->stop},
                            .makes_fd = job->makes_fd,
                            .goes_on = job->goes_on,
                            .cloexec = job->cloexec,
                            .sigpipe = job->sigpipe};
    struct held_errand *held = verdict->delay_ns > 0 ? malloc(sizeof(*held)) : NULL;
    carry_begin(b->pipeline, call->slot); /* before the answer, which may come before we look again */
    if (held) {
        *held = (struct held_errand){.delay = {.due = errand_is_due, .owner = call->source},
                                     .behalf = b,
                                     .errand = errand,
                                     .job = job};
        delays_add(b->pipeline->delays, &held->delay, verdict->delay_ns);
    } else {
        dispatch(b, &errand, job);
    }
}

/*
 * Whether the caller has a signal to take. A call that was received waits for its answer whatever signals
 * come, if the filter has WAIT_KILLABLE_RECV: then only we can let it take them.
 */
static int signal_waits(const struct errand *errand)
{
    struct caller caller;
    if (caller_read_status(&caller, errand->tid) < 0) {
        return 0;
    }
    /* One for this thread alone: it will see it on its way out of the call, and begin the call anew. One for
     * its process may have been given to another thread: then nobody would turn that error into another. */
    if (caller.signals || (caller.shared && caller.threads == 1)) {
        return KERNEL_ERESTARTSYS;
    }
    return caller.shared ? EINTR : 0;
}

static void look_after(struct hand *hand)
{
    struct errand *errand = &hand->errand;
    if (!hand->busy || ++errand->ticks < OLD || !hand->pid) {
        return;
    }
    bool valid = errand->call.source && notify_is_valid(errand->call.source, errand->call.id);
    int interrupt = valid ? signal_waits(errand) : EINTR;
    if (interrupt) {
        errand->interrupt = interrupt;
        (void)kill(hand->pid, EXECUTOR_INTERRUPT); /* again, if it comes just before the call blocks */
    }
}

void behalf_tick(struct behalf *b)
{
    pthread_mutex_lock(&b->lock);
    for (struct hand *hand = b->hands; hand; hand = hand->next) {
        look_after(hand);
    }
    pthread_mutex_unlock(&b->lock);
}

void behalf_forget(struct behalf *b, const struct notify_source *source)
{
    if (!b) {
        return;
    }
    pthread_mutex_lock(&b->lock);
    for (struct hand *hand = b->hands; hand; hand = hand->next) {
        if (hand->busy && hand->errand.call.source == source) {
            hand->errand.call.source = NULL;
        }
    }
    pthread_mutex_unlock(&b->lock);
}

bool behalf_useful(const struct judge *judge)
{
    for (unsigned id = CALL_none + 1; judge && id < CALL_COUNT; id++) {
        if (call_set_has(&judge->mutable, (enum call_id)id) && behalf_possible((enum call_id)id)) {
            return true;
        }
    }
    return false;
}

void behalf_open(struct behalf *b, struct spawner *spawner, struct pipeline *pipeline, struct loop *loop)
{
    *b = (struct behalf){.spawner = spawner, .pipeline = pipeline, .loop = loop};
    pthread_mutex_init(&b->lock, NULL);
    behalf_possible_calls(&b->possible);
    spawner_reset(spawner);
}

void behalf_close(struct behalf *b)
{
    if (!b->pipeline) {
        return;
    }
    for (struct hand *hand = b->hands, *next; hand; hand = next) {
        next = hand->next;
        if (hand->busy) {
            land(&hand->errand);
            pipeline_lock(b->pipeline);
            carry_finish(b->pipeline, hand->errand.call.slot, false, 0);
            pipeline_unlock(b->pipeline);
        }
        discard(hand);
    }
    b->hands = NULL;
    pthread_mutex_destroy(&b->lock);
    b->pipeline = NULL;
}
