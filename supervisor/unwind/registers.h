/*
 * What is known of a task's registers when it makes a call. Numbered as DWARF does on x86-64 (System V ABI,
 * AMD64 supplement, "DWARF Register Number Mapping").
 */
#ifndef PROCTOR_SUPERVISOR_UNWIND_REGISTERS_H
#define PROCTOR_SUPERVISOR_UNWIND_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

struct user_regs_struct;

enum { DWARF_RBX = 3, DWARF_RBP = 6, DWARF_RSP = 7, DWARF_RIP = 16, REGISTERS = 17 };

struct registers {
    uint64_t value[REGISTERS];
    uint32_t known; /* a bit for each that is */
};

static inline bool registers_has(const struct registers *r, unsigned number)
{
    return r->known >> number & 1;
}

static inline void registers_set(struct registers *r, unsigned number, uint64_t value)
{
    r->value[number] = value;
    r->known |= UINT32_C(1) << number;
}

/* All of them, as ptrace(2) gives them. */
void registers_from_user(struct registers *r, const struct user_regs_struct *user);

/*
 * The stack pointer and the instruction pointer, which /proc/TID/syscall tells of a task that is blocked in a
 * call (proc(5)): "NUMBER ARGUMENTS SP PC", or "-1 SP PC". False where the text is another ("running").
 */
bool registers_from_proc(struct registers *r, const char *text);

#endif
