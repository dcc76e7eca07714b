/* io_uring: set-up, entering, registering. Operations on the ring itself never pass as calls. */
#ifndef PROCTOR_DECODE_KINDS_URING_H
#define PROCTOR_DECODE_KINDS_URING_H

#include "decode/decoder.h"

extern const struct kind kind_uring_params; /* flags at entry; sizes, features and offsets at exit */
extern const struct kind kind_uring_enter_flags;
extern const struct kind kind_uring_enter_arg;    /* a set of signals, or what the flags say */
extern const struct kind kind_uring_register_op;  /* IORING_REGISTER_FILES, with or without the ring's flag */
extern const struct kind kind_uring_register_arg; /* the opcode before and the number after say what it is */

#endif
