#include "supervisor/trace_holds.h"
#include "decode/base/time.h"
#include "supervisor/trace_clock.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id /* glibc before 2.37 has no name for it */
#define sigev_notify_thread_id _sigev_un._tid
#endif

/* A signal that comes just before wait(2) interrupts nothing: it is repeated until it did. */
enum { REPEAT_NS = 1000000 };

static void only_interrupt(int signal)
{
    (void)signal;
}

/* The tracer's thread blocks all other signals, and every other thread blocks this one. */
static bool make_timer(struct trace_holds *holds)
{
    struct sigaction action = {.sa_handler = only_interrupt}; /* without SA_RESTART */
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN};
    sigset_t set;
    event.sigev_notify_thread_id = gettid();
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    if (sigaction(SIGRTMIN, &action, NULL) < 0 || pthread_sigmask(SIG_UNBLOCK, &set, NULL) != 0) {
        return false;
    }
    holds->has_timer = timer_create(CLOCK_MONOTONIC, &event, &holds->timer) == 0;
    return holds->has_timer;
}

static void set_timer(const struct trace_holds *holds)
{
    struct itimerspec when = {0};
    if (holds->first) {
        when.it_value = timespec_of(holds->first->due_ns);
        when.it_interval.tv_nsec = REPEAT_NS;
    }
    (void)timer_settime(holds->timer, TIMER_ABSTIME, &when, NULL);
}

bool trace_holds_add(struct trace_holds *holds, pid_t tid, int64_t ns, const struct held_call *call)
{
    struct trace_hold *hold = malloc(sizeof(*hold));
    if (!hold || (!holds->has_timer && !make_timer(holds))) {
        free(hold);
        return false;
    }
    *hold = (struct trace_hold){.tid = tid, .due_ns = trace_clock_monotonic() + ns, .entered = call != NULL};
    if (call) {
        hold->call = *call;
    }
    struct trace_hold **at = &holds->first;
    while (*at && (*at)->due_ns <= hold->due_ns) {
        at = &(*at)->next;
    }
    hold->next = *at;
    *at = hold;
    set_timer(holds);
    return true;
}

bool trace_holds_due(struct trace_holds *holds, struct trace_hold *due)
{
    struct trace_hold *first = holds->first;
    if (!first || first->due_ns > trace_clock_monotonic()) {
        return false;
    }
    *due = *first;
    holds->first = first->next;
    free(first);
    set_timer(holds);
    return true;
}

void trace_holds_forget(struct trace_holds *holds, pid_t tid)
{
    struct trace_hold **at = &holds->first;
    while (*at) {
        struct trace_hold *hold = *at;
        if (hold->tid == tid) {
            *at = hold->next;
            free(hold);
        } else {
            at = &hold->next;
        }
    }
}

void trace_holds_free(struct trace_holds *holds)
{
    while (holds->first) {
        trace_holds_forget(holds, holds->first->tid);
    }
    if (holds->has_timer) {
        timer_delete(holds->timer);
        holds->has_timer = false;
    }
}
