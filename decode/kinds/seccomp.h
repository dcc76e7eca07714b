/* Kinds of seccomp, and classic BPF programs. */
#ifndef PROCTOR_DECODE_KINDS_SECCOMP_H
#define PROCTOR_DECODE_KINDS_SECCOMP_H

#include "decode/decoder.h"

/*
 * Appends {len=5, filter=0x7ffd...}, the struct sock_fprog at addr; with -v the instructions in place of the
 * address. `seccomp` names what the program returns: SECCOMP_RET_ERRNO|0x1.
 */
void decode_sock_fprog(struct decoder *d, const char *name, uint64_t addr, bool seccomp);

/* Appends the `count` instructions at addr, or the address without -v. */
void decode_sock_filters(struct decoder *d, const char *name, uint64_t addr, uint64_t count, bool seccomp);

extern const struct kind kind_seccomp_operation;
extern const struct kind kind_seccomp_flags; /* what the operation before them takes */
extern const struct kind kind_seccomp_args;
extern const struct kind kind_seccomp_mode; /* of prctl: a full word */

extern const struct xlat xlat_seccomp_filter_flags;

#endif
