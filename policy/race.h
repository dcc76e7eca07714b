/*
 * Which verdicts rest on what another thread of the target can change after it was looked at: memory behind a
 * pointer argument, and what a descriptor's number stands for. Pure analysis of a compiled program.
 */
#ifndef PROCTOR_POLICY_RACE_H
#define PROCTOR_POLICY_RACE_H

#include "policy/compile.h"

/* Whether the rule is in use and its action keeps the call from being carried out: deny, return, kill. */
bool rule_denies(const struct program_rule *rule);

/* Whether a test of the rule's condition reads what can be changed meanwhile, for that call. */
bool rule_reads_mutable(const struct program *program, const struct program_rule *rule, enum call_id id);

/*
 * Adds the calls that some rule denies and whose verdict rests on such tests: the denying rule's own, or
 * those of an `allow` that goes before it.
 */
void race_calls(const struct program *program, struct call_set *calls);

#endif
