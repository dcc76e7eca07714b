#include "policy/dnf.h"

void dnf_never(struct dnf *d)
{
    d->exact = true;
    d->count = 0;
}

void dnf_always(struct dnf *d, bool exact)
{
    d->exact = exact;
    d->count = 1;
    d->terms[0].count = 0;
}

void dnf_or_equal(struct dnf *d, unsigned reg, uint64_t mask, uint64_t value)
{
    if (dnf_is_always(d)) {
        return;
    }
    if (d->count == DNF_TERMS_MAX) {
        dnf_always(d, false);
        return;
    }
    d->terms[d->count].count = 1;
    d->terms[d->count++].tests[0] =
        (struct scalar_test){.mask = mask, .value = value, .arg = (uint8_t)reg, .op = SCALAR_EQ};
}

void dnf_not(struct dnf *d)
{
    struct scalar_rule term = {.count = 0};
    if (d->count == 0) {
        dnf_always(d, true);
        return;
    }
    if (!d->exact) {
        dnf_always(d, false);
        return;
    }
    if (dnf_is_always(d)) {
        dnf_never(d);
        return;
    }
    for (unsigned i = 0; i < d->count; i++) {
        if (d->terms[i].count != 1 || term.count == SCALAR_TESTS_MAX) {
            dnf_always(d, false);
            return;
        }
        struct scalar_test test = d->terms[i].tests[0];
        test.op = test.op == SCALAR_EQ ? SCALAR_NE : SCALAR_EQ; /* there are no others here */
        term.tests[term.count++] = test;
    }
    d->count = 1;
    d->terms[0] = term;
}

/*
 * Adds a comparison to a term. Two for equality of one register become one, if their masks agree where they
 * overlap; if not, the term never holds: false. *whole is cleared where there is no room.
 */
static bool join_test(struct scalar_rule *term, const struct scalar_test *test, bool *whole)
{
    for (unsigned i = 0; i < term->count; i++) {
        struct scalar_test *t = &term->tests[i];
        if (t->arg != test->arg || t->op != SCALAR_EQ || test->op != SCALAR_EQ) {
            continue;
        }
        if ((t->value ^ test->value) & t->mask & test->mask) {
            return false;
        }
        t->mask |= test->mask;
        t->value |= test->value;
        return true;
    }
    if (term->count == SCALAR_TESTS_MAX) {
        *whole = false;
        return true;
    }
    term->tests[term->count++] = *test;
    return true;
}

static bool join_terms(struct scalar_rule *term, const struct scalar_rule *with, bool *whole)
{
    for (unsigned i = 0; i < with->count; i++) {
        if (!join_test(term, &with->tests[i], whole)) {
            return false;
        }
    }
    return true;
}

void dnf_and(struct dnf *d, const struct dnf *with)
{
    if (d->count == 0 || (dnf_is_always(with) && with->exact)) {
        return;
    }
    if (with->count == 0 || (dnf_is_always(d) && d->exact)) {
        *d = *with;
        return;
    }
    if (d->count * with->count > DNF_TERMS_MAX) { /* one of both says enough */
        *d = with->count < d->count ? *with : *d;
        d->exact = false;
        return;
    }
    struct dnf joined = {.exact = d->exact && with->exact};
    for (unsigned i = 0; i < d->count; i++) {
        for (unsigned k = 0; k < with->count; k++) {
            struct scalar_rule *term = &joined.terms[joined.count];
            *term = d->terms[i];
            joined.count += join_terms(term, &with->terms[k], &joined.exact);
        }
    }
    joined.exact = joined.exact || joined.count == 0;
    *d = joined;
}

/* Whether a comparison that holds makes the other hold. */
static bool test_implies(const struct scalar_test *a, const struct scalar_test *b)
{
    bool equal = a->op == SCALAR_EQ && b->op == SCALAR_EQ;
    return a->arg == b->arg &&
           ((equal && (a->mask & b->mask) == b->mask && (a->value & b->mask) == b->value) ||
            (a->op == b->op && a->mask == b->mask && a->value == b->value));
}

static bool term_implies(const struct scalar_rule *a, const struct scalar_rule *b)
{
    for (unsigned i = 0; i < b->count; i++) {
        unsigned k = 0;
        while (k < a->count && !test_implies(&a->tests[k], &b->tests[i])) {
            k++;
        }
        if (k == a->count) {
            return false;
        }
    }
    return true;
}

/* Takes a term in, unless one that is there says as much; drops those that say less. */
static bool add_term(struct dnf *d, const struct scalar_rule *term)
{
    uint8_t kept = 0;
    for (unsigned i = 0; i < d->count; i++) {
        if (term_implies(term, &d->terms[i])) {
            return true;
        }
    }
    for (unsigned i = 0; i < d->count; i++) {
        if (!term_implies(&d->terms[i], term)) {
            d->terms[kept++] = d->terms[i];
        }
    }
    d->count = kept;
    if (d->count == DNF_TERMS_MAX) {
        return false;
    }
    d->terms[d->count++] = *term;
    return true;
}

void dnf_or(struct dnf *d, const struct dnf *with)
{
    if (with->count == 0 || (dnf_is_always(d) && d->exact)) {
        return;
    }
    if (d->count == 0 || (dnf_is_always(with) && with->exact)) {
        *d = *with;
        return;
    }
    if (dnf_is_always(d) || dnf_is_always(with)) {
        dnf_always(d, false);
        return;
    }
    d->exact = d->exact && with->exact;
    for (unsigned i = 0; i < with->count; i++) {
        if (!add_term(d, &with->terms[i])) {
            dnf_always(d, false);
            return;
        }
    }
}
