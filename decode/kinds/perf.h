/* Kinds of perf_event_open. */
#ifndef PROCTOR_DECODE_KINDS_PERF_H
#define PROCTOR_DECODE_KINDS_PERF_H

#include "decode/decoder.h"

extern const struct kind kind_perf_event_attr;
extern const struct kind kind_perf_event_open_flags; /* PERF_FLAG_FD_CLOEXEC, a full word */

#endif
