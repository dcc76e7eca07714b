/* What a source does with a call. */
#ifndef PROCTOR_SUPERVISOR_VERDICT_H
#define PROCTOR_SUPERVISOR_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "decode/call.h"

struct behalf_job;

struct verdict {
    bool deny; /* answer with `error` or `value` instead of letting the kernel carry it out */
    int error; /* positive errno */
    int64_t value;
    bool kill;                /* the process is killed; the call is not carried out */
    bool kill_thread;         /* the same of the thread alone, where the source can */
    bool stop;                /* SIGSTOP with the answer: the process stands still when the call returns */
    int signal;               /* sent to the task with the answer; 0: none */
    bool signal_first;        /* it does not end the task: it can be there before the call begins */
    int64_t delay_ns;         /* the answer waits that long, and nothing else does; 0: none */
    struct behalf_job *job;   /* carry the call out by this (supervisor/behalf.h); NULL: let it go on */
    enum call_id replacement; /* made where a call is denied, by a source that has to make one; CALL_none */
};

#endif
