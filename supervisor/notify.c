#include "supervisor/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "launcher/uapi.h"
#include "supervisor/trace_clock.h"
#include "supervisor/workers.h"

enum { LOOK_EVERY = 16, LOOKS = 16 };

union response {
    struct seccomp_notif_resp resp;
    char room[NOTIF_ROOM];
};

bool notify_answer(const struct notify_source *source, uint64_t id, const struct verdict *verdict)
{
    union response response = {.resp = {.id = id}};
    if (verdict->deny) {
        response.resp.error = -verdict->error;
        response.resp.val = verdict->value;
    } else {
        response.resp.flags = (uint32_t)SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    }
    return ioctl(source->listener, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0;
}

bool notify_answer_all(const struct notify_source *source, uint64_t id, pid_t tid,
                       const struct verdict *verdict)
{
    /* Whichever thread it is sent to, the whole process dies; without an answer the call never happens. No
     * thread alone can be killed from outside. */
    if ((verdict->kill || verdict->kill_thread) && syscall(SYS_tkill, tid, SIGKILL) == 0) {
        return true;
    }
    int signals[] = {verdict->signal, verdict->stop ? SIGSTOP : 0};
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
        if (signals[i] && source->undisturbed && (verdict->signal_first || signals[i] == SIGSTOP)) {
            (void)syscall(SYS_tkill, tid, signals[i]);
            signals[i] = 0;
        }
    }
    bool accepted = notify_answer(source, id, verdict);
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
        if (signals[i] && accepted) {
            (void)syscall(SYS_tkill, tid, signals[i]);
        }
    }
    return accepted;
}

/* An answer that waits. */
struct held_answer {
    struct delay delay;
    struct notify_source *source;
    uint64_t id;
    struct verdict verdict;
    struct held_call call;
    struct flight *flight; /* NULL: none was free */
};

static void answer_is_due(struct delay *delay)
{
    struct held_answer *held = container_of(delay, struct held_answer, delay);
    if (notify_answer_all(held->source, held->id, held->call.tid, &held->verdict)) {
        pipeline_released(held->source->pipeline, &held->call);
    }
    if (held->flight) {
        flight_release(held->flight, held->source->request_size);
    }
    free(held);
}

/* Ends the call's way through the pipeline and answers it later. False: there was no memory for it. */
static bool answer_later(struct notify_source *source, uint64_t id, struct slot *slot,
                         const struct verdict *verdict, struct flight *flight)
{
    struct held_answer *held = malloc(sizeof(*held));
    if (!held) {
        return false;
    }
    *held = (struct held_answer){.delay = {.due = answer_is_due, .owner = source},
                                 .source = source,
                                 .id = id,
                                 .verdict = *verdict,
                                 .call = pipeline_hold(slot),
                                 .flight = flight};
    slot->begin_ns = trace_clock_monotonic();
    pipeline_done(source->pipeline, slot, true);
    delays_add(source->pipeline->delays, &held->delay, verdict->delay_ns);
    return true;
}

bool notify_is_valid(const struct notify_source *source, uint64_t id)
{
    return ioctl(source->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

int notify_give_fd(const struct notify_source *source, uint64_t id, int fd, bool cloexec)
{
    struct seccomp_notif_addfd addfd = {.id = id,
                                        .flags = SECCOMP_ADDFD_FLAG_SEND,
                                        .srcfd = (uint32_t)fd,
                                        .newfd_flags = cloexec ? O_CLOEXEC : 0};
    int ret = ioctl(source->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &addfd);
    return ret < 0 ? -errno : ret;
}

static void count_call(struct notify_load *load, pid_t tid)
{
    load->calls++;
    load->alternations += tid != load->last_tid;
    load->last_tid = tid;
}

static bool waiting(const struct notify_source *source)
{
    struct pollfd p = {.fd = source->listener, .events = POLLIN};
    return poll(&p, 1, 0) == 1 && (p.revents & POLLIN);
}

/*
 * A runtime may keep a duplicate of the listener and take the call itself, and then RECV blocks: it can't be
 * made not to. The keeper looks whether this one lasts, and sends a signal, which ends it (EINTR).
 */
static bool receive_now(struct notify_source *source, struct seccomp_notif *request)
{
    _Atomic uint64_t *receiving = &source->pipeline->ledger->receiving;
    bool watched = source->container != NULL;
    if (watched) {
        atomic_store_explicit(receiving, ++source->receptions, memory_order_relaxed);
    }
    bool received = ioctl(source->listener, SECCOMP_IOCTL_NOTIF_RECV, request) == 0;
    if (watched) {
        atomic_store_explicit(receiving, 0, memory_order_relaxed);
    }
    return received;
}

/*
 * Receives one call and gives it its place in the order. Another worker may have taken the one that woke us;
 * since a RECV without anything to receive blocks, we look again while nobody else can take it. NULL: nothing
 * to do.
 */
static struct slot *receive(struct notify_source *source, struct seccomp_notif *request)
{
    struct pipeline *p = source->pipeline;
    struct slot *slot = NULL;

    if (p->threaded) {
        pthread_mutex_lock(&source->receive);
    }
    if ((!p->threaded || waiting(source)) && receive_now(source, request)) {
        count_call(&source->load, (pid_t)request->pid);
        slot = pipeline_take(p, (pid_t)request->pid);
        p->ledger->received += slot != NULL;
    } else {
        /* ENOENT: the task died meanwhile. EINTR: again. Neither is the end: HUP is. */
        request->id = 0;
    }
    if (p->threaded) {
        pthread_mutex_unlock(&source->receive);
    }
    return slot;
}

/*
 * Serves one call, which is received into `request`: zeroed, as the kernel wants it (seccomp_notify_recv),
 * and the flight's, if there is one. Returns the flight if the call is not answered yet.
 */
static struct flight *serve_into(struct notify_source *source, struct seccomp_notif *request,
                                 struct flight *flight)
{
    struct pipeline *p = source->pipeline;
    struct verdict verdict = {.deny = false};
    struct slot *slot = receive(source, request);

    if (!slot) {
        /* Out of memory: the program goes on unseen. */
        if (request->id) {
            (void)notify_answer(source, request->id, &verdict);
        }
        return NULL;
    }
    bool seen = false;
    if (request->pid && slot_fill(slot, &request->data)) {
        seen = pipeline_intake(p, slot, source->container);
    } else {
        source->invisible += request->pid == 0;
    }
    if (seen) {
        pipeline_decode(p, slot, &verdict);
    }
    if (verdict.job) {
        behalf_carry(p->behalf, &(struct carried_call){source, request->id, slot, flight}, &verdict);
        return flight;
    }
    if (slot->held_back && answer_later(source, request->id, slot, &verdict, flight)) {
        return flight;
    }
    slot->held_back = false;
    bool accepted = notify_answer_all(source, request->id, (pid_t)request->pid, &verdict);
    pipeline_done(p, slot, seen && accepted);
    return NULL;
}

static void serve(struct notify_source *source, const struct loop *loop)
{
    struct flight *flight = flight_take(source->pipeline->ledger, source->listener, loop->number);
    if (!flight) {
        union request request = {.room = {0}};
        (void)serve_into(source, &request.notif, NULL);
    } else if (!serve_into(source, &flight->request.notif, flight)) {
        flight_release(flight, source->request_size);
    }
}

/*
 * Only the main loop looks: the target's next call can't be there yet when the answer was just sent, unless
 * another task is calling at the same time.
 */
static void look(struct notify_source *source)
{
    struct notify_load *load = &source->load;
    if (source->workers && load->calls % LOOK_EVERY == 0) {
        load->looks++;
        load->waiting += waiting(source);
        if (load->looks == LOOKS) {
            workers_adapt(source->workers);
            *load = (struct notify_load){.last_tid = load->last_tid};
        }
    }
}

static void listener_ready(struct watch *watch, struct loop *loop, uint32_t events)
{
    struct notify_source *source = container_of(watch, struct notify_source, watch);

    if (events & EPOLLIN) {
        serve(source, loop);
        if (loop == source->main_loop) {
            look(source);
        }
    } else {
        /* EPOLLHUP: no task under the filter is left. RECV would hang on some kernels. */
        notify_detach(source, loop);
        source->ended = true;
        source->on_end(source, loop);
    }
}

int notify_open(struct notify_source *source, int listener, struct pipeline *pipeline,
                void (*on_end)(struct notify_source *source, struct loop *loop), struct error *err)
{
    struct seccomp_notif_sizes sizes = {0};
    if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0) {
        return error_errno(err, errno, "can't learn the size of a notification");
    }
    if (sizes.seccomp_notif > NOTIF_ROOM || sizes.seccomp_notif_resp > NOTIF_ROOM) {
        return error_set(err, EOVERFLOW, "this kernel's notifications are larger than this proctor knows");
    }
    *source = (struct notify_source){.watch = {listener_ready},
                                     .listener = listener,
                                     .pipeline = pipeline,
                                     .on_end = on_end,
                                     .request_size = sizes.seccomp_notif};
    pthread_mutex_init(&source->receive, NULL);
    /* Wakes the target on our CPU and lets it run at once: ten times faster. Linux 6.6; older ones do
     * without. */
    (void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
    return 0;
}

void notify_close(struct notify_source *source)
{
    if (source->listener >= 0) {
        delays_hasten(source->pipeline->delays, source);
        behalf_forget(source->pipeline->behalf, source);
        close(take_fd(&source->listener));
        pthread_mutex_destroy(&source->receive);
    }
}

int notify_attach(struct notify_source *source, struct loop *loop)
{
    return loop_add(loop, source->listener, EPOLLIN | EPOLLEXCLUSIVE, &source->watch);
}

void notify_detach(struct notify_source *source, struct loop *loop)
{
    loop_remove(loop, source->listener);
}

void notify_drain(struct notify_source *source, const struct loop *loop)
{
    while (waiting(source)) {
        serve(source, loop);
    }
}
