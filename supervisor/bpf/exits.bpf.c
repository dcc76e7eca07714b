// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * Records how system calls of tasks under our filter return, and the memory they filled in.
 *
 * tp_btf/sys_enter fires after seccomp has let a call go (kernel/entry: syscall_trace_enter), so the time
 * between the two does not contain the supervisor's own. Both run in the context of the task, so its memory
 * can be read as it is at that moment.
 */
#include "supervisor/bpf/exits.h"

#include "supervisor/bpf/capture.h"
#include "supervisor/bpf/kernel.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

enum { CHAIN_MAX = 16, PAGE = 4096, STACK_PAGES = 8 };

/* The filters whose tasks are recorded, by their kernel address; learnt from a task that is known to be under
 * one. Nothing tells when a filter is gone: the least recently used make room, as an agent serves containers
 * for months. */
struct {
    __uint(type, MAP_LRU_HASH);
    __uint(max_entries, 4096);
    __type(key, __u64);
    __type(value, __u32);
} filters SEC(".maps");

/* Tasks (ids in our PID namespace) whose newest filter is to be learnt at their next call. */
struct {
    __uint(type, MAP_LRU_HASH);
    __uint(max_entries, 1024);
    __type(key, __u32);
    __type(value, __u32);
} learn SEC(".maps");

/*
 * What is kept of a task. Of the call it is in, how it began: rt_sigreturn leaves no number in the registers
 * it returns with, and an exec leaves that of the new program's execve, in the new program's ABI
 * (arch/x86/kernel/process_64.c). And the signal that ends it, see `generate`: a place for that is made in
 * its first call, since one can be refused where an interrupt sends the signal
 * (kernel/bpf/bpf_task_storage.c, bpf_task_storage_trylock).
 */
struct known {
    __u64 begin_ns;
    __s32 number;
    __u32 compat;
    __u64 signal; /* 0: none is known */
    char info[EXITS_SIGINFO];
};

struct {
    __uint(type, MAP_TASK_STORAGE);
    __uint(map_flags, NO_PREALLOC);
    __type(key, int);
    __type(value, struct known);
} known SEC(".maps");

struct {
    __uint(type, MAP_RINGBUF);
    __uint(max_entries, EXITS_RING);
} records SEC(".maps");

/* One per CPU. Programs on these tracepoints run with preemption off (include/trace/bpf_probe.h). */
struct {
    __uint(type, MAP_ARRAY);
    __uint(max_entries, 1); /* set to the number of CPUs before loading */
    __type(key, __u32);
    __type(value, struct scratch);
} scratches SEC(".maps");

struct {
    __uint(type, MAP_ARRAY);
    __uint(map_flags, MMAPABLE); /* the supervisor writes into it */
    __uint(max_entries, EXITS_PLANS);
    __type(key, __u32);
    __type(value, struct exits_plan);
} plans SEC(".maps");

const volatile __u32 namespace_inode = 0; /* our PID namespace */
const volatile __u64 namespace_device = 0;
const volatile __u32 with_signals = 0;
const volatile __u32 with_stacks = 0; /* of those that a signal comes to */
__u32 learning = 0;                   /* entries in `learn` */
__u64 lost = 0;
struct exits_loss losses[EXITS_LOSSES] = {{0}}; /* the last ones */

/* The number in our PID namespace of a struct pid; 0 if it is not visible there. */
ONCE exits_u32 visible_id(__u64 of)
{
    struct pid *pid = (struct pid *)of;
    unsigned int level = BPF_CORE_READ(pid, level);
    for (unsigned int i = 0; i < 8 && i <= level; i++) {
        struct upid upid;
        bpf_probe_read_kernel(&upid, bpf_core_type_size(struct upid),
                              (char *)pid + bpf_core_field_offset(pid->numbers) +
                                  (unsigned long)i * bpf_core_type_size(struct upid));
        if (BPF_CORE_READ(upid.ns, ns.inum) == namespace_inode) {
            return (__u32)upid.nr;
        }
    }
    return 0;
}

/* Whether one of the filters, from the newest on, is ours. */
ONCE int is_ours(__u64 newest)
{
    struct seccomp_filter *filter = (struct seccomp_filter *)newest;
    for (int i = 0; i < CHAIN_MAX && filter; i++) {
        __u64 key = (__u64)filter;
        if (bpf_map_lookup_elem(&filters, &key)) {
            return 1;
        }
        filter = BPF_CORE_READ(filter, prev);
    }
    return 0;
}

ONCE int learn_filter(__u64 pid, __u64 filter)
{
    __u32 id = visible_id(pid);
    if (bpf_map_lookup_elem(&learn, &id)) {
        __u32 one = 1;
        bpf_map_update_elem(&filters, &filter, &one, BPF_ANY_);
        bpf_map_delete_elem(&learn, &id);
        __sync_fetch_and_add(&learning, -1);
    }
    return 0;
}

/* The plan of the call in hand, or NULL if nobody wants its result. */
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

/* This CPU's scratch, with a record begun in it; NULL: there is none. */
static struct scratch *new_record(__u32 type, long number)
{
    __u32 cpu = bpf_get_smp_processor_id();
    struct scratch *scratch = bpf_map_lookup_elem(&scratches, &cpu);
    if (scratch) {
        struct exits_record *record = &scratch->record;
        record->type = type;
        record->number = (exits_s32)number;
        record->result = 0;
        record->captures = 0;
        record->compat = 0;
        scratch->used = 0;
    } else {
        __sync_fetch_and_add(&lost, 1);
    }
    return scratch;
}

static void set_task(struct exits_record *record, const struct task_struct *task)
{
    record->tid = visible_id((__u64)BPF_CORE_READ(task, thread_pid));
    record->pid = visible_id((__u64)BPF_CORE_READ(task, group_leader, thread_pid));
}

/* Whose record it is: the current task's. One in our own namespace is quickly told. */
static void set_current(struct exits_record *record, const struct task_struct *task)
{
    struct bpf_pidns_info ids = {0};
    if (bpf_get_ns_current_pid_tgid(namespace_device, namespace_inode, &ids, sizeof(ids)) == 0) {
        record->tid = ids.pid;
        record->pid = ids.tgid;
    } else {
        set_task(record, task);
    }
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

static void output(const struct exits_record *record, __u64 size)
{
    if (bpf_ringbuf_output(&records, (void *)record, size, NO_WAKEUP)) {
        __u64 count = __sync_fetch_and_add(&lost, 1);
        struct exits_loss *loss = &losses[count % EXITS_LOSSES];
        loss->tid = record->type == EXITS_RESULT ? record->tid : 0;
        loss->end_ns = record->end_ns;
    }
}

static void send(struct scratch *scratch)
{
    __u64 size = sizeof(scratch->record) + (__u64)scratch->used;
    if (size > sizeof(scratch->record) + sizeof(scratch->data)) {
        size = sizeof(scratch->record) + sizeof(scratch->data);
    }
    output(&scratch->record, size);
}

static long walk_stack(__u64 i, struct scratch **context)
{
    __u32 before = (*context)->used;
    capture(*context, (*context)->args[0] + i * PAGE, PAGE);
    return (*context)->used == before; /* it ends there */
}

/* The stack from here on, page by page. */
ONCE int capture_stack(struct scratch *scratch, __u64 from)
{
    if (!scratch) {
        return 0;
    }
    scratch->args[0] = from & ~(__u64)(PAGE - 1);
    bpf_loop(STACK_PAGES, walk_stack, &scratch, 0);
    return 0;
}

/* A piece with the registers of the current task. Returns its stack pointer. */
static __u64 put_registers(struct exits_capture *head, struct task_struct *task)
{
    const struct pt_regs *regs = (const struct pt_regs *)bpf_task_pt_regs(task);
    __u64 stack = 0;
    head->addr = EXITS_AT_REGISTERS;
    head->size = EXITS_REGISTERS;
    bpf_probe_read_kernel(head + 1, EXITS_REGISTERS, regs);
    bpf_probe_read_kernel(&stack, sizeof(stack), &regs->sp);
    return stack;
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
    bpf_loop(plan->pieces, walk_pieces, &work, 0);
    if (with_stacks) {
        capture_stack(scratch, stack);
    }
    send(scratch);
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
        call->number = (__s32)number;
        call->compat = compat;
        call->begin_ns = bpf_ktime_get_ns(); /* last, as the time counts from here */
    }
    return 0;
}

/*
 * A signal that ends a process for certain is made SIGKILL of each of its threads at once (kernel/signal.c,
 * complete_signal); what it was is in the exit code. Gives that, or 0.
 */
static int deadly_signal(const struct task_struct *task)
{
    int signal = BPF_CORE_READ(task, signal, group_exit_code) & 0x7f;
    return signal == KILL ? 0 : signal;
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

SEC("tp_btf/sys_exit")
int BPF_PROG(leave, struct pt_regs *regs, long result)
{
    struct task_struct *task = bpf_get_current_task_btf();
    if (!task->seccomp.filter) {
        return 0;
    }
    __u64 now = bpf_ktime_get_ns(); /* before our own work */
    __u64 filter = (__u64)BPF_CORE_READ(task, seccomp.filter);
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
    if (!plan || (!begin_ns && !is_ours(filter)) || is_killed(task)) {
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

/* The start of a siginfo. */
struct info_head {
    int signo, error, code, reserved, pid;
    __u32 uid;
};

/* What is behind a signal, in EXITS_SIGINFO bytes. `info` may be a small number in place of an address, for
 * one that the kernel fills in where the signal is queued (kernel/signal.c, __send_signal_locked): it was
 * sent by the current task (SEND_SIG_NOINFO) or by the kernel itself (SEND_SIG_PRIV). */
static void signal_info(void *to, int signal, __u64 info)
{
    struct task_struct *sender = bpf_get_current_task_btf();
    struct info_head head = {.signo = signal, .code = SENT_BY_KERNEL};
    __builtin_memset(to, 0, EXITS_SIGINFO);
    if (info > 1) {
        bpf_probe_read_kernel(to, EXITS_SIGINFO, (const void *)info);
        return;
    }
    if (info == 0) {
        head.code = SENT_BY_USER;
        head.pid = (int)visible_id((__u64)BPF_CORE_READ(sender, group_leader, thread_pid));
        head.uid = (__u32)bpf_get_current_uid_gid();
    }
    __builtin_memcpy(to, &head, sizeof(head));
}

/* As it is in the ring. */
struct signal_record {
    struct exits_record record;
    struct exits_capture head;
    char info[EXITS_SIGINFO];
};

/* All but its siginfo. */
static void begin_signal(struct signal_record *made, const struct task_struct *task, int signal)
{
    made->record = (struct exits_record){.type = EXITS_SIGNAL, .number = signal, .captures = 1};
    made->record.begin_ns = made->record.end_ns = bpf_ktime_get_ns();
    set_task(&made->record, task);
    made->head = (struct exits_capture){.addr = EXITS_AT_SIGINFO, .size = EXITS_SIGINFO};
}

/* With the registers and the stack of its task, in this CPU's scratch. */
static void send_with_stack(const struct signal_record *made, struct task_struct *task)
{
    struct scratch *scratch = new_record(EXITS_SIGNAL, 0);
    if (!scratch) {
        return;
    }
    __builtin_memcpy(&scratch->record, &made->record, sizeof(made->record));
    __builtin_memcpy(scratch->data, &made->head, sizeof(made->head) + sizeof(made->info));
    scratch->used = sizeof(made->head) + sizeof(made->info);
    __u64 stack = put_registers(
        (struct exits_capture *)(scratch->data + sizeof(made->head) + sizeof(made->info)), task);
    scratch->record.captures++;
    scratch->used += sizeof(struct exits_capture) + EXITS_REGISTERS;
    capture_stack(scratch, stack);
    send(scratch);
}

/* The scratch is left alone where it can be: an interrupt may send a signal while a call is being recorded.
 */
static void send_signal(const struct signal_record *made, struct task_struct *task)
{
    if (with_stacks && task == bpf_get_current_task_btf()) { /* else its memory is not at hand */
        send_with_stack(made, task);
    } else {
        output(&made->record, sizeof(*made));
    }
}

/* A tracepoint's argument as a number: the verifier takes none of them for NULL, and tests for it away. */
static __u64 second_argument(const unsigned long long *context)
{
    __u64 argument = 0;
    bpf_probe_read_kernel(&argument, sizeof(argument), context + 1);
    return argument;
}

static void record_signal(struct task_struct *task, int signal, __u64 info)
{
    struct signal_record made;
    begin_signal(&made, task, signal);
    signal_info(made.info, signal, info);
    send_signal(&made, task);
}

/*
 * In place of a deadly signal SIGKILL is delivered: what it was is kept where it was sent, and told here,
 * behind the call in which it came. A tracer is not told of SIGKILL itself (ptrace(2)): the end of the task
 * tells.
 */
SEC("tp_btf/signal_deliver")
int BPF_PROG(deliver, int signal, void *info, void *action)
{
    struct task_struct *task = bpf_get_current_task_btf();
    if (!with_signals || !is_ours((__u64)BPF_CORE_READ(task, seccomp.filter))) {
        return 0;
    }
    if (signal != KILL) {
        record_signal(task, signal, second_argument(ctx));
        return 0;
    }
    struct known *fate = bpf_task_storage_get(&known, task, 0, 0);
    if (fate && fate->signal) {
        struct signal_record made;
        begin_signal(&made, task, (int)fate->signal);
        __builtin_memcpy(made.info, fate->info, sizeof(made.info));
        send_signal(&made, task);
    }
    return 0;
}

static void keep_fate(struct task_struct *task, int signal, __u64 info)
{
    struct known *fate = bpf_task_storage_get(&known, task, 0, STORAGE_CREATE);
    if (fate) {
        signal_info(fate->info, signal, info);
        fate->signal = (__u64)signal;
    }
}

/* A signal that its task ignores is never delivered; a tracer would see it (kernel/signal.c, sig_ignored). */
SEC("tp_btf/signal_generate")
int BPF_PROG(generate, int signal, void *info, struct task_struct *task, int group, int result)
{
    if (!with_signals || !is_ours((__u64)BPF_CORE_READ(task, seccomp.filter))) {
        return 0;
    }
    if (result == SIGNAL_IGNORED) {
        record_signal(task, signal, second_argument(ctx));
    } else if (result == SIGNAL_DELIVERED && deadly_signal(task) == signal) {
        keep_fate(task, signal, second_argument(ctx));
    }
    return 0;
}
