// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * Records how system calls of tasks under our filter return, and the memory they filled in.
 *
 * tp_btf/sys_enter fires after seccomp has let a call go (kernel/entry: syscall_trace_enter), so the time
 * between the two does not contain the supervisor's own. Both run in the context of the task, so its memory
 * can be read as it is at that moment.
 */
#include "supervisor/bpf/exits.h"

#include "supervisor/bpf/record.h"
#include "supervisor/bpf/signals.h"
#include "supervisor/bpf/task.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/*
 * Calls that a signal interrupted while their notification waited to be received: they return ERESTARTSYS
 * without having begun (kernel/seccomp.c, seccomp_do_user_notification). Each stays until its task makes a
 * call from the same depth of its stack; those of tasks that never do make room.
 */
struct {
    __uint(type, MAP_LRU_HASH);
    __uint(max_entries, 4096);
    __type(key, struct exits_place);
    __type(value, struct exits_interrupted);
} interrupted SEC(".maps");

struct {
    __uint(type, MAP_ARRAY);
    __uint(map_flags, MMAPABLE); /* the supervisor writes into it */
    __uint(max_entries, EXITS_PLANS);
    __type(key, __u32);
    __type(value, struct exits_plan);
} plans SEC(".maps");

__u64 interruptions = 0; /* so far, of calls that had not begun */

/* The plan of the call in hand, or NULL if nobody wants to know of it. */
static struct exits_plan *plan_of(__u32 compat, long number)
{
    __u32 index = (__u32)number & ~X32_BIT;
    __u32 abi = compat ? 1 : number & X32_BIT ? 2 : 0;
    if (index >= EXITS_CALLS) {
        return 0;
    }
    index += abi * EXITS_CALLS;
    struct exits_plan *plan = bpf_map_lookup_elem(&plans, &index);
    return plan && plan->wanted ? plan : 0;
}

static void set_arguments(struct scratch *scratch, const struct pt_regs *regs)
{
    if (scratch->compat) {
        scratch->args[0] = (__u32)regs->bx;
        scratch->args[1] = (__u32)regs->cx;
        scratch->args[2] = (__u32)regs->dx;
        scratch->args[3] = (__u32)regs->si;
        scratch->args[4] = (__u32)regs->di;
        scratch->args[5] = (__u32)regs->bp;
    } else {
        scratch->args[0] = regs->di;
        scratch->args[1] = regs->si;
        scratch->args[2] = regs->dx;
        scratch->args[3] = regs->r10;
        scratch->args[4] = regs->r8;
        scratch->args[5] = regs->r9;
    }
}

/* The plan of the call that another one stands for, or NULL. */
static struct exits_plan *plan_behind(const struct scratch *scratch, __u32 behind)
{
    __u32 which = behind == EXITS_SELECT ? 0 : (__u32)scratch->args[0];
    if (behind == EXITS_IPC && which >> 16) {
        behind = EXITS_IPC_NEWER;
        which &= 0xffff;
    }
    __u32 index = exits_plan_behind(behind, which);
    return which < EXITS_BEHIND_MAX ? bpf_map_lookup_elem(&plans, &index) : 0;
}

/*
 * Puts the arguments in the order of the call behind. Those in memory may have changed since the call began:
 * then what is captured is not what the supervisor looks for, and it shows addresses.
 */
ONCE int arguments_behind(struct scratch *scratch, const struct exits_plan *plan)
{
    if (!scratch || !plan) {
        return 0;
    }
    __u64 words = scratch->args[plan->pointer & 7];
    __u64 registers[8];
    __builtin_memcpy(registers, scratch->args, sizeof(registers));
    for (int i = 0; i < EXITS_ARGS; i++) {
        __u32 place = plan->place[i], word = 0;
        if (place >= EXITS_PLACE_WORD) {
            bpf_probe_read_user(&word, sizeof(word),
                                (const void *)(words + 4UL * (place - EXITS_PLACE_WORD)));
        } else if (place) {
            word = (__u32)registers[(place - EXITS_PLACE_REGISTER) & 7];
        }
        scratch->args[i] = word;
    }
    return 0;
}

/* A call that is not notified begins: what the supervisor would have looked at. */
static void record_begin(struct exits_plan *plan, struct task_struct *task, __u32 compat, long number)
{
    const struct pt_regs *regs = (const struct pt_regs *)bpf_task_pt_regs(task);
    struct scratch *scratch = new_record(EXITS_BEGIN, number);
    if (!scratch) {
        return;
    }
    struct work work = {.scratch = scratch, .plan = plan};
    set_current(&scratch->record, task);
    scratch->record.compat = compat != 0;
    scratch->record.begin_ns = scratch->record.end_ns = bpf_ktime_get_ns();
    scratch->record.captures = 1;
    __u64 stack = put_registers((struct exits_capture *)scratch->data, task);
    scratch->used = sizeof(struct exits_capture) + EXITS_REGISTERS;
    scratch->compat = compat;
    set_arguments(scratch, regs);
    bpf_loop(plan->pieces, walk_plain, &work, 0);
    if (with_stacks) {
        capture_stack(scratch, stack);
    }
    send(scratch);
}

/* Where the current task makes a call. */
static struct exits_place place_of(const struct task_struct *task, const struct pt_regs *regs)
{
    struct exits_record ids;
    set_current(&ids, task);
    return (struct exits_place){.tid = ids.tid, .stack = regs->sp};
}

SEC("tp_btf/sys_enter")
int BPF_PROG(enter, struct pt_regs *regs, long number)
{
    struct task_struct *task = bpf_get_current_task_btf();
    if (!task->seccomp.filter) {
        return 0;
    }
    __u64 filter = (__u64)BPF_CORE_READ(task, seccomp.filter);
    __u32 compat = BPF_CORE_READ(task, thread_info.status) & TS_COMPAT;
    if (learning) {
        learn_filter((__u64)BPF_CORE_READ(task, thread_pid), filter);
    }
    struct exits_plan *plan = plan_of(compat, number);
    if (!plan || !is_ours(filter)) {
        return 0;
    }
    if (plan->wanted & EXITS_WANT_BEGIN) {
        record_begin(plan, task, compat, number);
    }
    struct known *call = bpf_task_storage_get(&known, task, 0, STORAGE_CREATE);
    if (call) {
        if (call->interrupted) {
            struct exits_place place = place_of(task, regs);
            bpf_map_delete_elem(&interrupted, &place);
        }
        call->number = (__s32)number;
        call->compat = compat != 0;
        call->begin_ns = bpf_ktime_get_ns(); /* last, as the time counts from here */
    }
    return 0;
}

/*
 * A task that is being killed gets no results any more. A tracer sees the last result of the one that another
 * signal than SIGKILL came to: before it is delivered. That is the leader, whom signals look for first.
 */
static int is_killed(const struct task_struct *task)
{
    return (BPF_CORE_READ(task, pending.signal.sig[0]) >> (KILL - 1) & 1) &&
           (!deadly_signal(task) || BPF_CORE_READ(task, group_leader) != task);
}

/* clone, fork, vfork, clone3: those that return in a new task as well. */
static int makes_task(__u32 compat, long number)
{
    __u32 n = (__u32)number & ~X32_BIT;
    return n == 435 || (compat ? n == 120 || n == 2 || n == 190 : n == 56 || n == 57 || n == 58);
}

/* A call that has not begun comes back to be made again: whether it is, the handler's flags say. */
static void remember(struct task_struct *task, const struct pt_regs *regs, long number)
{
    struct known *call = bpf_task_storage_get(&known, task, 0, STORAGE_CREATE);
    struct exits_place place = place_of(task, regs);
    struct exits_interrupted value = {.instruction = regs->ip, .number = (__s32)number};
    if (call && bpf_map_update_elem(&interrupted, &place, &value, BPF_ANY_) == 0) {
        call->interrupted = 1;
        __sync_fetch_and_add(&interruptions, 1);
    }
}

SEC("tp_btf/sys_exit")
int BPF_PROG(leave, struct pt_regs *regs, long result)
{
    struct task_struct *task = bpf_get_current_task_btf();
    if (!task->seccomp.filter) {
        return 0;
    }
    __u64 now = bpf_ktime_get_ns(); /* before our own work */
    __u32 compat = BPF_CORE_READ(task, thread_info.status) & TS_COMPAT;
    long number = (long)regs->orig_ax;
    struct known *begin = bpf_task_storage_get(&known, task, 0, 0);
    __u64 begin_ns = begin ? begin->begin_ns : 0;
    /* A call that was answered has no begin either; a fork's return in the child and the return of a
     * sigreturn that was not notified (whose number is -1) are no results. */
    if (begin && begin_ns) {
        number = begin->number;
        compat = begin->compat;
        begin->begin_ns = 0;
    } else if (number < 0) {
        return 0;
    } else if (!begin) {
        barrier(); /* or the compiler makes one test of both, with arithmetic on a pointer */
        if (result == 0 && makes_task(compat, number)) {
            return 0;
        }
    }
    struct exits_plan *plan = plan_of(compat, number);
    /* Of one that has a begin `enter` has found out whose filter it is under. */
    if (!plan || (!begin_ns && !is_ours((__u64)BPF_CORE_READ(task, seccomp.filter))) || is_killed(task)) {
        return 0;
    }
    if (!begin_ns && (__s32)result == RESTART && plan->wanted & EXITS_WANT_INTERRUPTED) {
        remember(task, regs, number);
        return 0;
    }
    if (!(plan->wanted & EXITS_WANT_RESULT)) {
        return 0;
    }
    struct scratch *scratch = new_record(EXITS_RESULT, number);
    if (!scratch) {
        return 0;
    }
    struct exits_record *record = &scratch->record;
    set_current(record, task);
    /* Errors of 32-bit calls are negative, which the register they come back in is not after a sigreturn. */
    record->result = compat && (__u32)result > (__u32)-4096 ? (__s32)result : result;
    record->end_ns = now;
    record->begin_ns = begin_ns ? begin_ns : now;

    scratch->compat = compat;
    if (plan->pieces || plan->behind) {
        struct work work = {.scratch = scratch, .plan = plan};
        set_arguments(scratch, regs);
        bpf_loop(plan->pieces, walk_pieces, &work, 0);
        work.plan = plan->behind ? plan_behind(scratch, plan->behind) : 0;
        if (work.plan) {
            arguments_behind(scratch, work.plan);
            bpf_loop(work.plan->pieces, walk_pieces, &work, 0);
        }
    }
    send(scratch);
    return 0;
}
