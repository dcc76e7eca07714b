/* Futexes, old and new, robust lists and restartable sequences. */
#ifndef PROCTOR_DECODE_KINDS_FUTEX_H
#define PROCTOR_DECODE_KINDS_FUTEX_H

#include "decode/decoder.h"

/* Arguments of futex: what they are, and whether there are any, depends on the operation. */
extern const struct kind kind_futex_op;
extern const struct kind kind_futex_val;
extern const struct kind kind_futex_timeout, kind_futex_timeout64; /* a timeout or a second number */
extern const struct kind kind_futex_uaddr2;
extern const struct kind kind_futex_val3;

extern const struct kind kind_futex2_flags; /* FUTEX2_SIZE_U32|FUTEX2_PRIVATE */
extern const struct kind kind_futex2_mask;
extern const struct kind kind_futex_waiters;      /* an array; its length is the next argument */
extern const struct kind kind_futex_waiters_pair; /* an array of two */

extern const struct kind kind_word_out;  /* a pointer to a pointer, filled: [0x1000] */
extern const struct kind kind_ulong_out; /* a pointer to a size_t, filled: [24] */
extern const struct kind kind_rseq;      /* the next argument is its size */
extern const struct kind kind_rseq_flags;

#endif
