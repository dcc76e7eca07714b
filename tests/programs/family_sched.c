/* Calls of decode/calls/process.def about scheduling. */
#include "family.h"

#include <linux/sched/types.h>

static void make_calls(void)
{
    enum { FIFO = 1, RR = 2, BATCH = 3, IDLE = 5, DEADLINE = 6, RESET_ON_FORK = 0x40000000, WHO_PROCESS = 1 };
    unsigned long mask[16];
    long interval[2];
    int priority = 0;
    struct sched_attr attr = {.size = sizeof attr};
    DO(sched_yield);
    DO(sched_get_priority_max, RR);
    DO(sched_get_priority_max, 77);
    DO(sched_get_priority_min, FIFO);
    DO(sched_get_priority_min, 77);
    DO(sched_getaffinity, 0, sizeof mask, mask);
    DO(sched_setaffinity, 0, 8, mask);
    DO(sched_getaffinity, 0, 3, mask);
    mask[0] = 0;
    DO(sched_setaffinity, 0, 8, mask);
    DO(sched_setaffinity, 0, 8, WILD);
    DO(sched_getscheduler, 0);
    DO(sched_getscheduler, -5);
    DO(sched_setscheduler, 0, BATCH | RESET_ON_FORK, &priority);
    DO(sched_getscheduler, 0);
    DO(sched_setscheduler, 0, 77, &priority);
    DO(sched_setscheduler, 0, DEADLINE, WILD);
    DO(sched_getparam, 0, &priority);
    DO(sched_getparam, -5, &priority);
    DO(sched_setparam, 0, &priority);
    priority = 3;
    DO(sched_setparam, 0, &priority);
    DO(sched_rr_get_interval, 0, interval);
    DO(sched_rr_get_interval, -5, interval);
    DO(sched_getattr, 0, &attr, sizeof attr, 0);
    DO(sched_getattr, 0, &attr, 48, 1);
    attr.sched_policy = IDLE;
    attr.sched_flags = 1;
    DO(sched_setattr, 0, &attr, 0);
    attr.sched_policy = DEADLINE;
    attr.sched_runtime = 10;
    DO(sched_setattr, 0, &attr, 0);
    DO(sched_setattr, 0, WILD, 1);
    DO(ioprio_set, WHO_PROCESS, 0, 2 << 13 | 4);
    DO(ioprio_get, WHO_PROCESS, 0);
    DO(ioprio_set, WHO_PROCESS, 0, 7 << 13);
    DO(ioprio_set, 9, 0, 1 << 13);
    DO(ioprio_get, 9, 0);
}
