#include "supervisor/ptrace_cpu.h"

#include <stdlib.h>
#include <string.h>

#include "supervisor/target.h"

enum {
    DECIDE_EVERY = 128,
    FIELD_STATE = 3, /* proc_pid_stat(5): the first field after the name in parentheses */
    FIELD_PROCESSOR = 39,
};

bool stop_load_add(struct stop_load *load, pid_t tid)
{
    load->stops++;
    load->alternations += tid != load->last;
    load->last = tid;
    return load->stops >= DECIDE_EVERY;
}

bool stop_load_single(struct stop_load *load)
{
    bool single = load->alternations <= load->stops / 8;
    *load = (struct stop_load){.last = load->last};
    return single;
}

/* The CPU that a task ran on last; -1: not known. */
static int cpu_of(pid_t tid)
{
    char stat[1024];
    if (target_proc_read(tid, "stat", stat, sizeof(stat)) < 0) {
        return -1;
    }
    const char *at = strrchr(stat, ')'); /* the name may hold anything */
    at = at ? strchr(at, ' ') : NULL;
    for (unsigned field = FIELD_STATE; at && field < FIELD_PROCESSOR; field++) {
        at = strchr(at + 1, ' ');
    }
    return at ? (int)strtol(at + 1, NULL, 10) : -1;
}

static void bind_to(struct cpu_follower *follower, int cpu)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    if (cpu >= 0) {
        CPU_SET((size_t)cpu, &one);
    }
    if (cpu >= 0 && !CPU_ISSET((size_t)cpu, &follower->own)) {
        return; /* we are not allowed there */
    }
    if (sched_setaffinity(0, sizeof(one), cpu >= 0 ? &one : &follower->own) == 0) {
        follower->cpu = cpu;
    } else {
        follower->off = true;
    }
}

void cpu_follower_init(struct cpu_follower *follower)
{
    *follower = (struct cpu_follower){.cpu = -1};
    follower->off = sched_getaffinity(0, sizeof(follower->own), &follower->own) < 0;
}

void cpu_follow(struct cpu_follower *follower, pid_t tid)
{
    if (follower->off || !stop_load_add(&follower->load, tid)) {
        return;
    }
    int cpu = stop_load_single(&follower->load) ? cpu_of(tid) : -1;
    if (cpu != follower->cpu) {
        bind_to(follower, cpu);
    }
}
