#include "supervisor/watch.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

int loop_open(struct loop *loop)
{
    *loop = (struct loop){.epoll = epoll_create1(EPOLL_CLOEXEC)};
    return loop->epoll < 0 ? -errno : 0;
}

void loop_close(struct loop *loop)
{
    if (loop->epoll >= 0) {
        close(loop->epoll);
        loop->epoll = -1;
    }
}

int loop_add(struct loop *loop, int fd, uint32_t events, struct watch *watch)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};
    return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

void loop_remove(struct loop *loop, int fd)
{
    (void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
}

/* One at a time: a watch may free another that an array of events would still hold. */
static int serve_one(struct loop *loop)
{
    struct epoll_event event;
    int n = epoll_wait(loop->epoll, &event, 1, -1);
    if (n < 0) {
        return errno == EINTR ? 0 : -errno;
    }
    if (n > 0) {
        struct watch *watch = event.data.ptr;
        watch->ready(watch, loop, event.events);
    }
    return 0;
}

int loop_run(struct loop *loop)
{
    int ret = 0;
    while (!loop->stop && ret == 0) {
        ret = serve_one(loop);
    }
    return ret;
}
