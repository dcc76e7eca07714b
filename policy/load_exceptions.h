/*
 * The `exceptions` of a rule.
 */
#ifndef PROCTOR_POLICY_LOAD_EXCEPTIONS_H
#define PROCTOR_POLICY_LOAD_EXCEPTIONS_H

#include "policy/rules.h"
#include "policy/yaml.h"

/* Sets or appends a rule's exceptions. Returns 0 or a negative errno with err. */
int load_exceptions(struct arena *arena, const struct yaml *yaml, struct fy_node *node, bool append,
                    struct rule *rule, struct error *err);

/*
 * A value as lists and exceptions give it: a scalar that has quotes of its own ('"a b"') is what they
 * enclose. text.s is NULL when memory ran out.
 */
struct text exception_text(struct arena *arena, const struct scalar *scalar, bool *quoted);

#endif
