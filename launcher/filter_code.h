/*
 * Classic BPF, written by hand: what stands before libseccomp's part of a filter. Calls are matched by ABI
 * and number; a call that is matched has its verdict here, all others come to what follows.
 */
#ifndef PROCTOR_LAUNCHER_FILTER_CODE_H
#define PROCTOR_LAUNCHER_FILTER_CODE_H

#include <linux/filter.h>

#include "decode/scalar.h"

struct code {
    struct sock_filter instructions[BPF_MAXINSNS];
    size_t length;
    size_t body;   /* where the part of the open ABI begins */
    bool overflow; /* there was no room: the code is of no use */
};

/* Begins a program that matches nothing. */
void code_init(struct code *code);

/* What is matched between these two is matched for one ABI alone. Nothing matched leaves no trace. */
void code_begin_abi(struct code *code, const struct abi *abi);
void code_end_abi(struct code *code);

/* Returns `action` (SECCOMP_RET_*) for a number, with its ABI's bit. */
void code_match(struct code *code, uint32_t number, uint32_t action);

/* Returns `action` for all numbers of the ABI above `last`, or that are in no table. */
void code_match_above(struct code *code, const struct abi *abi, uint32_t last, uint32_t action);
void code_match_unknown(struct code *code, const struct abi *abi, uint32_t action);

/* Returns the action of the first rule that holds for the call of this number, else `otherwise`. */
void code_match_scalars(struct code *code, uint32_t number, const struct scalar_rules *rules,
                        uint32_t otherwise);

#endif
