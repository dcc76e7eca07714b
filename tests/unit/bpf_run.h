/*
 * An interpreter of seccomp programs, so that tests see what the kernel would do with a call without making
 * it.
 */
#ifndef PROCTOR_TESTS_BPF_RUN_H
#define PROCTOR_TESTS_BPF_RUN_H

#include <linux/seccomp.h>
#include <stddef.h>

#include "launcher/filter.h"
#include "tests/unit/unit.h"

/*
 * RUN_CONSTANT: as seccomp_is_const_allow() of kernel/seccomp.c, which fills the bitmap: a load of anything
 * but the number and the ABI ends the run with FAULT.
 */
enum { RUN_ANY, RUN_CONSTANT };
#define FAULT UINT32_MAX

static inline uint32_t bpf_load(const struct seccomp_data *data, uint32_t offset, int mode)
{
    uint32_t word;
    bool constant =
        offset == offsetof(struct seccomp_data, nr) || offset == offsetof(struct seccomp_data, arch);
    if (offset % 4 || offset + 4 > sizeof(*data) || (mode == RUN_CONSTANT && !constant)) {
        return FAULT;
    }
    memcpy(&word, (const char *)data + offset, sizeof(word));
    return word;
}

/* Classic BPF, as much of it as seccomp programs use (Documentation/networking/filter.rst). */
static inline uint32_t bpf_run(const struct filter *f, const struct seccomp_data *data, int mode)
{
    uint32_t a = 0;
    for (size_t pc = 0; pc < f->length; pc++) {
        const struct sock_filter *i = &f->code[pc];
        bool taken = false;
        switch (i->code) {
        case BPF_LD | BPF_W | BPF_ABS:
            a = bpf_load(data, i->k, mode);
            if (a == FAULT && mode == RUN_CONSTANT && i->k >= offsetof(struct seccomp_data, args)) {
                return FAULT;
            }
            continue;
        case BPF_ALU | BPF_AND | BPF_K:
            a &= i->k;
            continue;
        case BPF_RET | BPF_K:
            return i->k;
        case BPF_JMP | BPF_JA:
            pc += i->k;
            continue;
        case BPF_JMP | BPF_JEQ | BPF_K:
            taken = a == i->k;
            break;
        case BPF_JMP | BPF_JGE | BPF_K:
            taken = a >= i->k;
            break;
        case BPF_JMP | BPF_JGT | BPF_K:
            taken = a > i->k;
            break;
        case BPF_JMP | BPF_JSET | BPF_K:
            taken = a & i->k;
            break;
        default:
            ck_abort_msg("instruction %zu has code %#x, which the kernel's emulator does not know", pc,
                         i->code);
        }
        pc += taken ? i->jt : i->jf;
    }
    ck_abort_msg("the program runs past its end");
}

#endif
