/*
 * What the ids of another PID namespace are in ours: -Y and --decode-pids=pidns.
 */
#ifndef PROCTOR_SUPERVISOR_PIDNS_H
#define PROCTOR_SUPERVISOR_PIDNS_H

#include <sys/types.h>

#include "decode/decoder.h"

/* The id in our PID namespace of what task `tid`, an id of ours, calls `id`; 0: not known, or gone. */
pid_t pidns_translate(pid_t tid, pid_t id, enum id_of of);

/* The PID namespace of this task, as a number that no other one has while it is there; 0: not known. */
uint64_t pidns_of(pid_t tid);

#endif
