/* Kinds of ptrace: what an argument is depends on the request, its first argument. */
#ifndef PROCTOR_DECODE_KINDS_PTRACE_H
#define PROCTOR_DECODE_KINDS_PTRACE_H

#include "decode/decoder.h"

extern const struct kind kind_ptrace_request;
extern const struct kind kind_ptrace_pid;
extern const struct kind kind_ptrace_addr;
extern const struct kind kind_ptrace_data;

#endif
