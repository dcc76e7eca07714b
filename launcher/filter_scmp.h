/*
 * What every filter made with libseccomp needs: its names for ABIs, and the program out of it.
 */
#ifndef PROCTOR_LAUNCHER_FILTER_SCMP_H
#define PROCTOR_LAUNCHER_FILTER_SCMP_H

#include <seccomp.h>

#include "launcher/filter.h"
#include "launcher/filter_code.h"

/* SCMP_ARCH_* of an ABI of this machine. */
uint32_t scmp_arch(enum abi_id abi);

/* For __attribute__((cleanup)): releases a context that is not NULL. */
void scmp_cleanup(scmp_filter_ctx *context);

/*
 * Whether libseccomp knows the call under the number that our table gives it, and so makes one plain rule.
 * Besides calls that are newer than it, it does not for the socket and the System V calls of i386: those it
 * resolves to numbers of its own, for rules that also test the first argument of socketcall and ipc, through
 * which older programs make the same calls.
 */
bool scmp_knows(enum abi_id abi, enum call_id id, int number);

/*
 * Sets filter->code: our code, and after it what libseccomp generates. Returns 0, -E2BIG if that is more than
 * the kernel takes, or another negative errno with err.
 */
int scmp_export(scmp_filter_ctx context, const struct code *code, struct filter *filter, struct error *err);

#endif
