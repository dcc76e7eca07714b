/*
 * What `proctor check` says of a rule.
 */
#ifndef PROCTOR_POLICY_REPORT_H
#define PROCTOR_POLICY_REPORT_H

#include "decode/base/buf.h"
#include "policy/compile.h"

/*
 * Appends the rule's state and name, and for one that is used a second line: what it does, on which calls, and
 * of which of their registers the filter asks before it notifies them. Calls are those of the native ABI.
 *
 *   ok        Clear Log Activities
 *             alert on creat, open(flags), openat(flags), openat2
 */
void report_rule(const struct program *program, const struct program_rule *rule, struct buf *out);

/* Ends a line that began at `start`: names come from the file, but a line stays a line. */
void report_end_line(struct buf *out, size_t start);

#endif
