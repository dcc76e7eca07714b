// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * Tells the registers that a task had when it entered the kernel: an iterator over tasks, which is started
 * for one of them (Linux 6.1). The task need not be stopped for us, but it has to stand still to be worth
 * asking: ours wait for the answer to their notification.
 */
#include "supervisor/bpf/types.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct seq_file;
struct task_struct;

struct bpf_iter_meta {
    struct seq_file *seq;
} CORE;

struct bpf_iter__task {
    struct bpf_iter_meta *meta;
    struct task_struct *task;
} CORE;

/* Of struct pt_regs, which begins as user_regs_struct does (arch/x86/include/asm/ptrace.h): 21 words. */
enum { REGISTERS_SIZE = 21 * 8 };

SEC("iter/task")
int registers(struct bpf_iter__task *context)
{
    struct task_struct *task = context->task;
    if (task) { /* it is called once more at the end, without one */
        const void *regs = (const void *)bpf_task_pt_regs(task); /* Linux 5.15 */
        __u64 words[21];
        if (regs && bpf_probe_read_kernel(words, REGISTERS_SIZE, regs) == 0) {
            bpf_seq_write(context->meta->seq, words, sizeof(words));
        }
    }
    return 0;
}
