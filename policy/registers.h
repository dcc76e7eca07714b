/*
 * What the registers of a call say of one test of a condition: a condition on them that holds whenever the
 * test does. It knows the fields whose values come from registers, and how decode/ shows each.
 */
#ifndef PROCTOR_POLICY_REGISTERS_H
#define PROCTOR_POLICY_REGISTERS_H

#include "policy/dnf.h"
#include "policy/predicate.h"

/* Whether registers may say anything of the test: where not, registers_of says nothing for all calls alike.
 */
bool registers_matter(const struct predicate *predicate);

/* The condition on the registers of a call made through an ABI. */
void registers_of(const struct predicate *predicate, bool negated, enum abi_id abi, enum call_id call,
                  struct dnf *out);

#endif
