/*
 * Conditions on registers as a disjunction of conjunctions. They stand for conditions of rules, of which they
 * may hold more often, never less.
 */
#ifndef PROCTOR_POLICY_DNF_H
#define PROCTOR_POLICY_DNF_H

#include "decode/scalar.h"

enum { DNF_TERMS_MAX = 16 };

struct dnf {
    bool exact;                              /* it holds when the condition does, and only then */
    uint8_t count;                           /* 0: never holds */
    struct scalar_rule terms[DNF_TERMS_MAX]; /* one without tests always holds; actions are not used */
};

/* The condition never holds, which is exact. */
void dnf_never(struct dnf *d);

/* exact: the condition always holds; else nothing is known of it. */
void dnf_always(struct dnf *d, bool exact);

static inline bool dnf_is_always(const struct dnf *d)
{
    return d->count == 1 && d->terms[0].count == 0;
}

/* Adds a term of one comparison for equality: (register & mask) == value. What is too much is left out. */
void dnf_or_equal(struct dnf *d, unsigned reg, uint64_t mask, uint64_t value);

/* The opposite of one whose terms are single comparisons and which is exact; of others nothing is known. */
void dnf_not(struct dnf *d);

/* d = d and with, d or with. */
void dnf_and(struct dnf *d, const struct dnf *with);
void dnf_or(struct dnf *d, const struct dnf *with);

#endif
