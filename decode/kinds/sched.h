/* Kinds of the scheduler's calls. */
#ifndef PROCTOR_DECODE_KINDS_SCHED_H
#define PROCTOR_DECODE_KINDS_SCHED_H

#include "decode/decoder.h"

extern const struct kind kind_sched_policy;        /* SCHED_FIFO */
extern const struct kind kind_sched_policy_result; /* 0 (SCHED_OTHER) */
extern const struct kind kind_sched_param;         /* [50] */
extern const struct kind kind_cpu_mask,
    kind_cpu_mask_out;                        /* [0 1]; as long as the argument before it, the result, says */
extern const struct kind kind_sched_attr;     /* as long as its first member says */
extern const struct kind kind_sched_attr_out; /* the next argument is its size */

/* Appends the set of CPUs in the `length` bytes at addr: [0 1]; NULL or the address where that fails. */
void decode_cpu_set(struct decoder *d, const char *name, uint64_t addr, uint32_t length);

#endif
