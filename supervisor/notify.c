#include "supervisor/notify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "launcher/uapi.h"
#include "supervisor/lifecycle.h"

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* Answers the call in hand. 0, or -ENOENT when its task died or the call was interrupted and comes again. */
static int answer(const struct notify_source *source, const struct verdict *verdict)
{
    struct seccomp_notif_resp *response = source->response;
    response->id = source->request->id;
    response->flags = verdict->deny ? 0 : (uint32_t)SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    response->error = verdict->deny ? -verdict->error : 0;
    response->val = verdict->deny ? verdict->value : 0;
    return ioctl(source->listener, SECCOMP_IOCTL_NOTIF_SEND, response) < 0 ? -errno : 0;
}

static void fill(struct event *event, const struct seccomp_notif *request, uint64_t sequence)
{
    event->type = EVENT_CALL;
    event->sequence = sequence;
    event->time_ns = now_ns();
    event->tid = (pid_t)request->pid;
    event->abi = abi_find(request->data.arch, request->data.nr);
    event->number = request->data.nr;
    event->instruction = request->data.instruction_pointer;
    for (unsigned i = 0; i < CALL_ARGS_MAX; i++) {
        event->args[i] = request->data.args[i];
    }
}

static void serve(struct notify_source *source)
{
    const struct seccomp_notif *request = source->request;
    struct pipeline *p = source->pipeline;
    struct event *event = &source->event;
    struct verdict verdict = {.deny = false};

    struct task *task = request->pid ? process_get(p->processes, (pid_t)request->pid) : NULL;
    const struct abi *abi = abi_find(request->data.arch, request->data.nr);
    if (!task || !abi) {
        source->invisible += request->pid == 0;
        (void)answer(source, &verdict);
        return;
    }
    enum call_id id = call_find(abi, request->data.nr);
    fill(event, request, ++p->sequence);
    event->call = call_line(id);
    lifecycle_before(task, id);
    bool shown = pipeline_entry(p, event, task, &verdict);
    if (answer(source, &verdict) < 0) {
        return;
    }
    if (shown) {
        pipeline_commit(p, event);
    }
    lifecycle_after(p, task, event, id);
}

static void listener_ready(struct watch *watch, uint32_t events)
{
    struct notify_source *source = container_of(watch, struct notify_source, watch);

    if (!(events & EPOLLIN)) {
        /* EPOLLHUP: no task under the filter is left. RECV would hang on some kernels. */
        loop_remove(source->loop, source->listener);
        source->ended(source);
        return;
    }
    /* The kernel wants the buffer zeroed (seccomp_notify_recv, check_zeroed_user). */
    memset(source->request, 0, source->request_size);
    if (ioctl(source->listener, SECCOMP_IOCTL_NOTIF_RECV, source->request) < 0) {
        return; /* ENOENT: the task died meanwhile. EINTR: again. Neither is the end: HUP is. */
    }
    serve(source);
}

int notify_open(struct notify_source *source, int listener, struct loop *loop, struct pipeline *pipeline,
                void (*ended)(struct notify_source *source), struct error *err)
{
    struct seccomp_notif_sizes sizes = {0};
    if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0) {
        return error_errno(err, errno, "can't learn the size of a notification");
    }
    size_t request_size = sizes.seccomp_notif > sizeof(struct seccomp_notif) ? sizes.seccomp_notif
                                                                             : sizeof(struct seccomp_notif);
    size_t response_size = sizes.seccomp_notif_resp > sizeof(struct seccomp_notif_resp)
                               ? sizes.seccomp_notif_resp
                               : sizeof(struct seccomp_notif_resp);
    *source = (struct notify_source){.watch = {listener_ready},
                                     .listener = listener,
                                     .loop = loop,
                                     .pipeline = pipeline,
                                     .ended = ended,
                                     .request = calloc(1, request_size),
                                     .request_size = request_size,
                                     .response = calloc(1, response_size)};
    int ret = source->request && source->response ? values_init(&source->event.values) : -ENOMEM;
    /* Wakes the target on our CPU and lets it run at once: ten times faster. Linux 6.6; older ones do
     * without. */
    (void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
    ret = ret < 0 ? ret : loop_add(loop, listener, EPOLLIN, &source->watch);
    if (ret < 0) {
        source->listener = -1;
        notify_close(source);
        return error_errno(err, -ret, "can't watch the listener");
    }
    return 0;
}

void notify_close(struct notify_source *source)
{
    if (source->listener >= 0) {
        close(take_fd(&source->listener));
    }
    values_free(&source->event.values);
    free(source->request);
    free(source->response);
    source->request = NULL;
    source->response = NULL;
}
