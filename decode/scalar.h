/*
 * What the registers of a call alone decide: a list of rules, each a few comparisons of registers with
 * constants. Rules and profiles are put into this form as far as they go, and the launcher turns it into BPF.
 */
#ifndef PROCTOR_DECODE_SCALAR_H
#define PROCTOR_DECODE_SCALAR_H

#include "decode/call.h"

enum scalar_op { SCALAR_EQ, SCALAR_NE, SCALAR_LT, SCALAR_LE, SCALAR_GT, SCALAR_GE };

/* (register & mask) OP value, unsigned. */
struct scalar_test {
    uint64_t mask;
    uint64_t value;
    uint8_t arg; /* the register */
    uint8_t op;  /* enum scalar_op */
};

enum { SCALAR_TESTS_MAX = 8 };

struct scalar_rule {
    uint32_t action; /* SECCOMP_RET_* with its data */
    uint8_t count;   /* of tests, all of which must hold; 0: the rule always does */
    struct scalar_test tests[SCALAR_TESTS_MAX];
};

/* The first rule that holds decides; none: something else does. */
struct scalar_rules {
    struct scalar_rule *items;
    size_t count;
};

/* By ABI and call. Zeroed is empty; scalar_table_free releases the lists. */
struct scalar_table {
    struct scalar_rules calls[ABI_COUNT][CALL_COUNT];
};

/* NULL when memory ran out. */
struct scalar_table *scalar_table_new(void);
void scalar_table_free(struct scalar_table *table);

/*
 * Appends a copy of a rule to a call's list. One that can't be reached, as a rule before it always holds, is
 * left out. Returns 0 or -ENOMEM.
 */
int scalar_add(struct scalar_rules *rules, const struct scalar_rule *rule);

/* Appends to a call's list a rule that always holds. Returns 0 or -ENOMEM. */
int scalar_add_always(struct scalar_rules *rules, uint32_t action);

/* Empties a list and releases it. */
void scalar_clear(struct scalar_rules *rules);

/* Whether all tests of a rule hold for the six raw registers of a call. */
bool scalar_rule_holds(const struct scalar_rule *rule, const uint64_t registers[CALL_ARGS_MAX]);

#endif
