/* Socket options: levels, names and values of getsockopt and setsockopt. */
#ifndef PROCTOR_DECODE_KINDS_SOCKOPT_H
#define PROCTOR_DECODE_KINDS_SOCKOPT_H

#include "decode/decoder.h"

extern const struct kind kind_option_level;
extern const struct kind kind_option_get; /* a name; the argument before it is the level */
extern const struct kind kind_option_set;
extern const struct kind kind_option_value;     /* setsockopt's: its length is the next argument */
extern const struct kind kind_option_value_out; /* getsockopt's: the next argument points to its length */

#endif
