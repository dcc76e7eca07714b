#include "supervisor/delay.h"

#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "decode/base/time.h"
#include "supervisor/trace_clock.h"

/* With the lock held. A time that has passed fires at once; none at all disarms. */
static void set_timer(const struct delays *d)
{
    struct itimerspec when = {0};
    if (d->first) {
        when.it_value = timespec_of(d->first->at_ns);
    }
    (void)timerfd_settime(d->fd, TFD_TIMER_ABSTIME, &when, NULL);
}

/* Takes out the first that is due at `now` and whose owner is this one (NULL: any); NULL: none. */
static struct delay *take(struct delays *d, int64_t now, const void *owner)
{
    struct delay *before = NULL;
    pthread_mutex_lock(&d->lock);
    struct delay *found = d->first;
    while (found && owner && found->owner != owner) {
        before = found;
        found = found->next;
    }
    if (found && found->at_ns > now) {
        found = NULL;
    }
    if (found) {
        *(before ? &before->next : &d->first) = found->next;
        d->last = d->last == found ? before : d->last;
    }
    set_timer(d);
    pthread_mutex_unlock(&d->lock);
    return found;
}

static void serve(struct delays *d, int64_t now, const void *owner)
{
    struct delay *delay;
    while ((delay = take(d, now, owner))) {
        delay->due(delay);
    }
}

static void timer_ready(struct watch *watch, struct loop *loop, uint32_t events)
{
    struct delays *d = container_of(watch, struct delays, watch);
    uint64_t times;
    (void)loop;
    (void)events;
    if (read(d->fd, &times, sizeof(times)) > 0) {
        serve(d, trace_clock_monotonic(), NULL);
    }
}

int delays_open(struct delays *d, struct loop *loop)
{
    *d = (struct delays){.watch = {timer_ready}, .loop = loop};
    d->fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (d->fd < 0) {
        return -errno;
    }
    pthread_mutex_init(&d->lock, NULL);
    return loop_add(loop, d->fd, EPOLLIN, &d->watch);
}

void delays_close(struct delays *d)
{
    if (d->fd >= 0) {
        delays_hasten(d, NULL);
        loop_remove(d->loop, d->fd);
        close(take_fd(&d->fd));
        pthread_mutex_destroy(&d->lock);
    }
}

void delays_add(struct delays *d, struct delay *delay, int64_t ns)
{
    struct delay **at = &d->first;
    delay->at_ns = trace_clock_monotonic() + ns;
    pthread_mutex_lock(&d->lock);
    if (d->last && d->last->at_ns <= delay->at_ns) { /* mostly: all wait for the same time */
        at = &d->last->next;
    }
    while (*at && (*at)->at_ns <= delay->at_ns) {
        at = &(*at)->next;
    }
    delay->next = *at;
    *at = delay;
    d->last = delay->next ? d->last : delay;
    if (d->first == delay) {
        set_timer(d);
    }
    pthread_mutex_unlock(&d->lock);
}

void delays_hasten(struct delays *d, const void *owner)
{
    if (d->fd >= 0) {
        serve(d, INT64_MAX, owner);
    }
}
