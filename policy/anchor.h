/*
 * Anchors: a rule that can hold only where a text field of the event is, or begins with, one of some
 * constants need not be evaluated for other events. With many such rules on a field, one look-up of the
 * field's value finds those that are left.
 */
#ifndef PROCTOR_POLICY_ANCHOR_H
#define PROCTOR_POLICY_ANCHOR_H

#include "policy/compile.h"
#include "policy/expand.h"

/* When all rules are compiled: builds the tables of those fields that enough rules can be looked up by. */
bool anchors_build(struct program *program);

/* Adds to `candidates` those rules of the set `possible` that the value of the anchor's field leaves. */
void anchor_find(const struct program *program, const struct anchor *anchor, struct reader *reader,
                 const uint64_t *possible, uint64_t *candidates);

#endif
