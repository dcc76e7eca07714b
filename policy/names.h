/*
 * A map from names to objects, for loading: grows in an arena, never shrinks.
 */
#ifndef PROCTOR_POLICY_NAMES_H
#define PROCTOR_POLICY_NAMES_H

#include <stdint.h>

#include "policy/ast.h"

struct names_entry {
    struct text name;
    void *object;
};

struct names {
    struct names_entry *entries; /* open addressing; `room` is a power of two */
    size_t room;
    size_t used;
};

/* FNV-1a: short keys, no adversary worth a keyed hash (rule files are the user's own). */
static inline uint32_t text_hash(const char *s, size_t n)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < n; i++) {
        hash = (hash ^ (unsigned char)s[i]) * 16777619u;
    }
    return hash;
}

/* The object of a name, or NULL. */
void *names_find(const struct names *names, const char *name, size_t length);

/* Adds or replaces. False when memory ran out. `name` must stay. */
bool names_set(struct names *names, struct arena *arena, struct text name, void *object);

#endif
