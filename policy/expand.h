/*
 * Conditions with macros expanded and `not` pushed down to the tests: what the compiler works on.
 */
#ifndef PROCTOR_POLICY_EXPAND_H
#define PROCTOR_POLICY_EXPAND_H

#include "policy/predicate.h"

enum cond_type { COND_AND, COND_OR, COND_TEST };

struct cond {
    enum cond_type type;
    bool negated;       /* TEST */
    uint32_t predicate; /* TEST: its number */
    uint8_t cost;       /* enum field_cost: the most that a test in it costs */
    bool process;       /* depends on nothing but the process */
    struct cond *first; /* AND, OR */
    struct cond *next;
    struct cond *last[COST_COUNT]; /* AND, OR: the last operand of each cost */
};

/* The predicates of all rules, each once. */
struct predicates {
    struct arena *arena;
    struct predicate **items;
    size_t count;
    uint32_t *slots; /* by hash; number + 1 */
    size_t room;
};

struct expander {
    const struct rules *rules;
    struct predicates *predicates;
    struct error *err;
    size_t nodes; /* of this rule so far */
    unsigned depth;
    int status; /* why expand_rule returned NULL: a negative errno */
};

/*
 * The condition of a rule and its exceptions. NULL with err set. Chains of the same connective become one
 * node, cheap operands first.
 */
struct cond *expand_rule(struct expander *x, const struct rule *rule);

#endif
