/* What PTRACE_GET_SYSCALL_INFO writes. */
#ifndef PROCTOR_DECODE_KINDS_PTRACE_INFO_H
#define PROCTOR_DECODE_KINDS_PTRACE_INFO_H

#include "decode/decoder.h"

/* Appends the structure at addr, for which the caller had `room` bytes; the result says how long it is. */
void decode_syscall_info(struct decoder *d, const char *name, uint64_t addr, uint64_t room);

/* Appends nr=__NR_openat, or the number where the architecture has no such call. */
void decode_call_number(struct decoder *d, uint32_t arch, uint64_t number);

#endif
