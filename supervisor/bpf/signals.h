// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* Signals as they come to tasks under our filter. */
#ifndef PROCTOR_SUPERVISOR_BPF_SIGNALS_H
#define PROCTOR_SUPERVISOR_BPF_SIGNALS_H

#include "supervisor/bpf/record.h"
#include "supervisor/bpf/task.h"

const volatile __u32 with_signals = 0;

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

/* All but its siginfo. A task that is not the current one is where it last entered the kernel. */
static void begin_signal(struct signal_record *made, struct task_struct *task, int signal)
{
    struct pt_regs regs = {0};
    bpf_probe_read_kernel(&regs, sizeof(regs), (const void *)bpf_task_pt_regs(task));
    made->record = (struct exits_record){.type = EXITS_SIGNAL,
                                         .number = signal,
                                         .result = (exits_s64)regs.ip,
                                         .captures = 1,
                                         .compat = regs.cs == USER32_CS};
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

#endif
