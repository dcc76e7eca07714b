/* Kinds of bpf(2). */
#ifndef PROCTOR_DECODE_KINDS_BPF_H
#define PROCTOR_DECODE_KINDS_BPF_H

#include "decode/decoder.h"

extern const struct kind kind_bpf_command;
extern const struct kind kind_bpf_attr;   /* the structure of the command in the first argument */
extern const struct kind kind_bpf_result; /* a descriptor where the command gives one */

#endif
