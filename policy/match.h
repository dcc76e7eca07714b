/*
 * Comparing values: text patterns, paths, networks, sets. No allocation, and time bounded by the product of
 * the lengths at worst, whatever the input.
 */
#ifndef PROCTOR_POLICY_MATCH_H
#define PROCTOR_POLICY_MATCH_H

#include "policy/subject.h"

/* Whether `part` is in a value, at its start, at its end. ignore_case: of ASCII letters. */
bool match_contains(struct text value, struct text part, bool ignore_case);
bool match_startswith(struct text value, struct text part, bool ignore_case);
bool match_endswith(struct text value, struct text part, bool ignore_case);

/* Shell patterns: * ? [a-z] [!a-z] and \ before any of them. '*' matches '/', too. */
bool match_glob(struct text value, struct text pattern, bool ignore_case);

/* Whether `path` is `prefix` or lies below it; components of the prefix may be shell patterns. */
bool match_path(struct text path, struct text prefix);

/* -1, 0, 1 as memcmp, the shorter first. */
int match_compare(struct text a, struct text b);

static inline bool match_equal(struct text a, struct text b)
{
    return a.n == b.n && !__builtin_memcmp(a.s, b.s, a.n);
}

/* A set of texts: searched through while small, hashed when larger. */
struct text_set {
    const struct text *items;
    uint32_t count;
    const uint32_t *slots; /* index + 1 into items; NULL: search */
    uint32_t mask;
};

/* Builds the index; items must stay. False when memory ran out. */
bool text_set_init(struct text_set *set, struct arena *arena, const struct text *items, size_t count);

/* The index of a text, or -1. */
int64_t text_set_find(const struct text_set *set, struct text text);

struct network {
    struct policy_ip ip;
    uint8_t bits; /* of the prefix */
};

/* "10.0.0.0/8", "::1": an address alone is a network of one. */
bool network_parse(const char *text, struct network *network);
bool network_has(const struct network *network, const struct policy_ip *ip);

#endif
