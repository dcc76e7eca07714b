// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* Records: where they are made, and the ring that they go into. */
#ifndef PROCTOR_SUPERVISOR_BPF_RECORD_H
#define PROCTOR_SUPERVISOR_BPF_RECORD_H

#include "supervisor/bpf/capture.h"
#include "supervisor/bpf/kernel.h"

enum { PAGE = 4096, STACK_PAGES = 8 };

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

const volatile __u32 with_stacks = 0; /* of those that a signal comes to, and of calls that begin */
__u64 lost = 0;
struct exits_loss losses[EXITS_LOSSES] = {{0}}; /* the last ones */

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

#endif
