#include "supervisor/begin.h"

#include <linux/audit.h>
#include <stddef.h>
#include <string.h>
#include <sys/user.h>

#include "supervisor/captured.h"
#include "supervisor/finish.h"

/* The call as a filter would be asked about it. */
static struct seccomp_data call_in(const struct record *record)
{
    struct user_regs_struct user;
    memcpy(&user, record->registers, offsetof(struct user_regs_struct, fs_base));
    struct seccomp_data data = {.nr = record->number, .instruction_pointer = user.rip};
    if (record->compat) {
        const uint64_t args[] = {user.rbx, user.rcx, user.rdx, user.rsi, user.rdi, user.rbp};
        for (unsigned i = 0; i < CALL_ARGS_MAX; i++) {
            data.args[i] = (uint32_t)args[i];
        }
        data.arch = AUDIT_ARCH_I386;
    } else {
        const uint64_t args[] = {user.rdi, user.rsi, user.rdx, user.r10, user.r8, user.r9};
        memcpy(data.args, args, sizeof(args));
        data.arch = AUDIT_ARCH_X86_64;
    }
    return data;
}

static void begin(struct pipeline *p, struct task *task, struct slot *slot, const struct record *record)
{
    struct captured_mem captured;
    struct mem *mem = captured_mem(&captured, record);
    slot->event.tid = record->tid;
    slot->received_ns = record->begin_ns;
    slot->event.time_ns = trace_clock_at(&p->clock, record->begin_ns);
    pipeline_show(p, slot, task, mem);
    if (!slot->shown) {
        slot_release(&p->pool, slot);
        return;
    }
    if (p->callers) {
        stack_free(slot->stack);
        slot->stack = callers_in_record(p->callers, task->process->pid, record, mem);
    }
    finish_begin(p, task, slot);
}

void begin_recorded(struct pipeline *p, const struct record *record)
{
    struct task *task = pipeline_know(p, record->tid);
    struct slot *slot = task && record->registers ? slot_take(&p->pool) : NULL;
    const struct seccomp_data call = slot ? call_in(record) : (struct seccomp_data){.nr = 0};
    if (slot && slot_fill(slot, &call)) {
        begin(p, task, slot, record);
        return;
    }
    p->unknown_callers++; /* it was killed, and waited for, before it was seen; or memory ran out */
    if (slot) {
        slot_release(&p->pool, slot);
    }
}
