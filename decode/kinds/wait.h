/* Kinds of the calls that wait for children, and resource usage. */
#ifndef PROCTOR_DECODE_KINDS_WAIT_H
#define PROCTOR_DECODE_KINDS_WAIT_H

#include "decode/decoder.h"

extern const struct kind kind_wait_status; /* [{WIFEXITED(s) && WEXITSTATUS(s) == 0}] */
extern const struct kind kind_wait_options;
extern const struct kind kind_wait_id_type; /* P_PID */
extern const struct kind kind_wait_id;      /* what the argument before it says it is */
extern const struct kind kind_rusage;
extern const struct kind kind_wait_rusage; /* filled only where a child was waited for */

#endif
