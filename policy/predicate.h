/*
 * One test of a condition, ready to be evaluated: a field, an operator, and constants of the field's type.
 */
#ifndef PROCTOR_POLICY_PREDICATE_H
#define PROCTOR_POLICY_PREDICATE_H

#include "decode/call.h"
#include "policy/fields.h"
#include "policy/match.h"
#include "policy/regex.h"
#include "policy/rules.h"

enum { NO_SLOT = -1 };

struct predicate {
    struct field_ref left;
    struct field_ref right; /* to_field */
    enum op op;
    bool to_field;
    uint8_t scope; /* enum field_scope, of both sides */
    uint8_t cost;
    bool result;  /* depends on the call's result */
    bool fd;      /* depends on the descriptor */
    int32_t slot; /* where its outcome is remembered: of the process, or of the event, as its scope says */
    uint32_t uses;
    struct text_set texts;
    const int64_t *numbers; /* ascending */
    size_t number_count;
    const struct network *networks;
    size_t network_count;
    const struct regex *regex;
    const struct call_set *calls; /* SCOPE_CALL: for which calls it holds */
};

/*
 * Makes the predicate of a test. lists: for values that name one. Returns 0, -ENOENT for a field that does
 * not exist, or another negative errno; err names the place.
 */
int predicate_make(struct predicate *predicate, struct arena *arena, const struct rules *rules,
                   const struct ast *test, struct error *err);

/* Whether two predicates always have the same outcome. */
bool predicate_same(const struct predicate *a, const struct predicate *b);

/* A hash over what predicate_same compares. */
uint32_t predicate_hash(const struct predicate *predicate);

/*
 * Whether the call makes a descriptor or connects one, and (predicate_waits) whether it has to return before
 * the outcome is certain: the predicate asks for its result, or for a descriptor that the call makes, or
 * connects. (That of an open is known before: its name is the path.)
 */
bool call_makes_fd(enum call_id call);
bool predicate_waits(const struct predicate *predicate, enum call_id call);

/* Evaluates without a look at remembered outcomes. */
bool predicate_test(const struct predicate *predicate, struct reader *reader);

/* The same for a value of the field on the left that is at hand; the predicate compares with constants. */
bool predicate_text(const struct predicate *predicate, struct text value);
bool predicate_number(const struct predicate *predicate, int64_t value);

#endif
