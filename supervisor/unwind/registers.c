#include "supervisor/unwind/registers.h"

#include <stdio.h>
#include <sys/user.h>

void registers_from_user(struct registers *r, const struct user_regs_struct *user)
{
    const uint64_t values[REGISTERS] = {user->rax, user->rdx, user->rcx, user->rbx, user->rsi, user->rdi,
                                        user->rbp, user->rsp, user->r8,  user->r9,  user->r10, user->r11,
                                        user->r12, user->r13, user->r14, user->r15, user->rip};
    for (unsigned i = 0; i < REGISTERS; i++) {
        registers_set(r, i, values[i]);
    }
}

bool registers_from_proc(struct registers *r, const char *text)
{
    unsigned long sp;
    unsigned long pc;
    if (sscanf(text, "-1 %lx %lx", &sp, &pc) != 2 &&
        sscanf(text, "%*d %*x %*x %*x %*x %*x %*x %lx %lx", &sp, &pc) != 2) {
        return false;
    }
    registers_set(r, DWARF_RSP, sp);
    registers_set(r, DWARF_RIP, pc);
    return true;
}
