/*
 * What `proctor check` says of a rule.
 */
#ifndef PROCTOR_POLICY_REPORT_H
#define PROCTOR_POLICY_REPORT_H

#include "decode/base/buf.h"
#include "policy/compile.h"
#include "policy/oci.h"

/*
 * Appends the rule's state and name, and for one that is used a second line: what it does, on which calls,
 * and of which of their registers the filter asks before it notifies them. Calls are those of the native ABI.
 *
 *   ok        Clear Log Activities
 *             alert on creat, open(flags), openat(flags), openat2
 */
void report_rule(const struct program *program, const struct program_rule *rule, struct buf *out);

/*
 * Appends what a profile does, on the native ABI:
 *
 *   profile   lets 350 calls pass, denies 30, 3 by their arguments: socket, clone, personality
 *             what it does not name: SCMP_ACT_ERRNO EPERM, above 450: ENOSYS
 */
void report_profile(const struct oci_profile *profile, struct buf *out);

/* Ends a line that began at `start`: names come from the file, but a line stays a line. */
void report_end_line(struct buf *out, size_t start);

#endif
