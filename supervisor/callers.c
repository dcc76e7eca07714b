#include "supervisor/callers.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#include "supervisor/registers_bpf.h"
#include "supervisor/target.h"

struct callers {
    struct stacks *stacks;
    bool traced;
    struct registers_bpf_source *bpf; /* NULL: not to be had */
};

static bool registers_by_ptrace(pid_t tid, struct registers *registers)
{
    struct user_regs_struct user;
    if (ptrace(PTRACE_GETREGS, tid, NULL, &user) < 0) {
        return false;
    }
    registers_from_user(registers, &user);
    return true;
}

static bool registers_by_proc(pid_t tid, struct registers *registers)
{
    char text[256];
    return target_proc_read(tid, "syscall", text, sizeof(text)) > 0 && registers_from_proc(registers, text);
}

static bool read_registers(const struct callers *callers, pid_t tid, struct registers *registers)
{
    *registers = (struct registers){.known = 0};
    if (callers->traced) {
        return registers_by_ptrace(tid, registers);
    }
    return (callers->bpf && registers_bpf_read(callers->bpf, tid, registers)) ||
           registers_by_proc(tid, registers);
}

void callers_walk(struct callers *callers, struct slot *slot, struct mem *mem)
{
    struct registers registers;
    if (!slot->stack) {
        slot->stack = calloc(1, sizeof(*slot->stack));
    }
    if (!slot->stack) {
        return;
    }
    if (!read_registers(callers, slot->event.tid, &registers)) { /* not allowed, or it was killed */
        registers_set(&registers, DWARF_RIP, slot->event.instruction);
    }
    stack_walk(callers->stacks, slot->event.process.pid, slot->event.tid, &registers, mem, slot->stack);
}

const struct abi *callers_instruction(const struct record *record, uint64_t *instruction)
{
    enum { USER32_CS = 0x23 }; /* arch/x86/include/asm/segment.h */
    struct user_regs_struct user;
    bool compat = record->compat;
    *instruction = record->instruction;
    if (record->live) {
        if (ptrace(PTRACE_GETREGS, record->tid, NULL, &user) < 0) {
            return NULL;
        }
        compat = user.cs == USER32_CS;
        *instruction = user.rip;
    }
    return &abis[compat ? ABI_I386 : ABI_X86_64];
}

struct stack *callers_in_record(struct callers *callers, pid_t pid, const struct record *record,
                                struct mem *mem)
{
    struct registers registers = {.known = 0};
    struct stack *stack = NULL;
    if (record->registers) {
        struct user_regs_struct user;
        memcpy(&user, record->registers, offsetof(struct user_regs_struct, fs_base));
        registers_from_user(&registers, &user);
    }
    if (record->registers || (record->live && registers_by_ptrace(record->tid, &registers))) {
        stack = calloc(1, sizeof(*stack));
    }
    if (stack) {
        stack_walk(callers->stacks, pid, record->tid, &registers, mem, stack);
    }
    return stack;
}

int callers_open(enum stack_mode mode, unsigned frames_max, bool traced, struct callers **callers,
                 struct error *err)
{
    struct callers *c = calloc(1, sizeof(*c));
    struct stacks *stacks = stacks_new(mode, frames_max);
    if (!c || !stacks) {
        free(c);
        stacks_free(stacks);
        return error_set(err, ENOMEM, "out of memory");
    }
    *c = (struct callers){.stacks = stacks, .traced = traced, .bpf = traced ? NULL : registers_bpf_open()};
    *callers = c;
    return 0;
}

void callers_close(struct callers *callers)
{
    if (callers) {
        registers_bpf_close(callers->bpf);
        stacks_free(callers->stacks);
        free(callers);
    }
}
