#include "decode/scalar.h"

#include <errno.h>
#include <stdlib.h>

struct scalar_table *scalar_table_new(void)
{
    return calloc(1, sizeof(struct scalar_table));
}

void scalar_clear(struct scalar_rules *rules)
{
    free(rules->items);
    *rules = (struct scalar_rules){.items = NULL};
}

void scalar_table_free(struct scalar_table *table)
{
    for (unsigned abi = 0; table && abi < ABI_COUNT; abi++) {
        for (unsigned id = 0; id < CALL_COUNT; id++) {
            scalar_clear(&table->calls[abi][id]);
        }
    }
    free(table);
}

int scalar_add(struct scalar_rules *rules, const struct scalar_rule *rule)
{
    if (rules->count && rules->items[rules->count - 1].count == 0) {
        return 0;
    }
    struct scalar_rule *items = realloc(rules->items, (rules->count + 1) * sizeof(*items));
    if (!items) {
        return -ENOMEM;
    }
    items[rules->count++] = *rule;
    rules->items = items;
    return 0;
}

int scalar_add_always(struct scalar_rules *rules, uint32_t action)
{
    return scalar_add(rules, &(struct scalar_rule){.action = action});
}

static bool test_holds(const struct scalar_test *test, const uint64_t registers[CALL_ARGS_MAX])
{
    uint64_t value = registers[test->arg] & test->mask;
    switch ((enum scalar_op)test->op) {
    case SCALAR_EQ:
        return value == test->value;
    case SCALAR_NE:
        return value != test->value;
    case SCALAR_LT:
        return value < test->value;
    case SCALAR_LE:
        return value <= test->value;
    case SCALAR_GT:
        return value > test->value;
    case SCALAR_GE:
        return value >= test->value;
    }
    return false;
}

bool scalar_rule_holds(const struct scalar_rule *rule, const uint64_t registers[CALL_ARGS_MAX])
{
    for (unsigned i = 0; i < rule->count; i++) {
        if (!test_holds(&rule->tests[i], registers)) {
            return false;
        }
    }
    return true;
}
