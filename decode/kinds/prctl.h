/* Kinds of prctl and arch_prctl: what an argument is depends on the option, their first argument. */
#ifndef PROCTOR_DECODE_KINDS_PRCTL_H
#define PROCTOR_DECODE_KINDS_PRCTL_H

#include "decode/decoder.h"

extern const struct kind kind_prctl_option;
extern const struct kind kind_prctl_arg; /* of the second to the fifth */
extern const struct kind kind_prctl_result;

extern const struct kind kind_arch_prctl_option;
extern const struct kind kind_arch_prctl_arg;

#endif
