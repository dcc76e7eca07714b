/* Kinds of resource limits and priorities. */
#ifndef PROCTOR_DECODE_KINDS_RLIMIT_H
#define PROCTOR_DECODE_KINDS_RLIMIT_H

#include "decode/decoder.h"

extern const struct kind kind_resource; /* RLIMIT_NOFILE */
/* {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}; the first two have the ABI's long, the others 64 bits. */
extern const struct kind kind_rlimit, kind_rlimit_out;
extern const struct kind kind_rlimit64, kind_rlimit64_out;

extern const struct kind kind_rusage_who; /* RUSAGE_SELF */
extern const struct kind kind_priority_which;
extern const struct kind kind_ioprio_which;
extern const struct kind kind_priority_who,
    kind_ioprio_who;                                   /* a task's id where the first argument says so */
extern const struct kind kind_ioprio, kind_ioprio_hex; /* IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4) */
extern const struct kind kind_ioprio_result;           /* 16388 (IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4)) */

#endif
