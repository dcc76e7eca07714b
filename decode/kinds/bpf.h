/* Kinds of bpf(2). */
#ifndef PROCTOR_DECODE_KINDS_BPF_H
#define PROCTOR_DECODE_KINDS_BPF_H

#include "decode/decoder.h"

extern const struct kind kind_bpf_command;
extern const struct kind kind_bpf_attr;   /* the structure of the command in the first argument */
extern const struct kind kind_bpf_result; /* a descriptor where the command gives one */

/* Appends the `count` instructions of eBPF at addr: [{code=BPF_ALU64|BPF_K|BPF_MOV, ...}, ...]. */
void decode_bpf_program(struct decoder *d, const char *name, uint64_t addr, uint64_t count);

#endif
