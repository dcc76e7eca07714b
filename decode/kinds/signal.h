/*
 * Kinds of the signal family, and the helpers by which other families and events show signals.
 */
#ifndef PROCTOR_DECODE_KINDS_SIGNAL_H
#define PROCTOR_DECODE_KINDS_SIGNAL_H

#include "decode/decoder.h"

/* Appends SIGHUP, or the bare number where it names no signal. */
void decode_signal_number(struct decoder *d, const char *name, int64_t number);

/*
 * Appends the set of `bytes` bytes at addr, [HUP INT], or ~[KILL] where at least two thirds of its bits are
 * set; NULL or the address where it can't be read or the kernel refuses `bytes` as a size.
 */
void decode_sigset(struct decoder *d, const char *name, uint64_t addr, uint64_t bytes);

/*
 * Appends {si_signo=SIGCHLD, si_code=CLD_EXITED, ...} from a siginfo in the layout of d->abi. Uses d->out,
 * d->abi and, for the descriptors of SIGIO, d->fds and d->options. What lies behind n bytes is taken as 0.
 */
void decode_siginfo_of(struct decoder *d, const char *name, const void *bytes, size_t n);
void decode_siginfo(struct decoder *d, const char *name, uint64_t addr);

extern const struct kind kind_signal;      /* a number */
extern const struct kind kind_sigset;      /* a pointer; the next argument is its size */
extern const struct kind kind_sigset_arg3; /* a pointer; the fourth argument is its size */
extern const struct kind kind_sigset_out;  /* filled by the call; the next argument is its size */
extern const struct kind kind_sigset_arg3_out;
extern const struct kind kind_old_sigset; /* one word behind a pointer, as the calls before rt_ have it */
extern const struct kind kind_old_sigset_out;
extern const struct kind kind_old_sigmask; /* one word in the register */
extern const struct kind kind_siginfo, kind_siginfo_out;
extern const struct kind kind_sigevent;
extern const struct kind kind_sigmask_how; /* SIG_BLOCK */
extern const struct kind kind_sigaction, kind_sigaction_out;
extern const struct kind kind_old_sigaction, kind_old_sigaction_out;
extern const struct kind kind_sighandler; /* SIG_DFL, SIG_IGN or an address */
extern const struct kind kind_sigaltstack, kind_sigaltstack_out;

/* What a handler returns through: {mask=[HUP]}, from the frame on the stack, not from the register. */
extern const struct kind kind_signal_frame, kind_old_signal_frame;

/* Results: 0x4000 (mask [TERM]); 14 (SIGALRM); 0 (SIG_DFL). */
extern const struct kind kind_mask_result, kind_old_mask_result, kind_signal_result, kind_sighandler_result;

extern const struct xlat xlat_audit_arch; /* AUDIT_ARCH_X86_64 */

#endif
