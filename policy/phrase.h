/*
 * The text of a condition: one YAML scalar, or several that `append` joined.
 */
#ifndef PROCTOR_POLICY_PHRASE_H
#define PROCTOR_POLICY_PHRASE_H

#include "policy/arena.h"
#include "policy/source.h"

struct phrase_piece {
    size_t start; /* in the phrase's text */
    struct scalar scalar;
};

struct phrase {
    const char *text; /* NUL-terminated */
    size_t length;
    const struct phrase_piece *pieces;
    size_t count;
};

/* A phrase of `head` (may be NULL) and a scalar, joined by a space. NULL when memory ran out. */
const struct phrase *phrase_join(struct arena *arena, const struct phrase *head, const struct scalar *tail);

/* Where in its file the byte at `offset` of the phrase stands. */
struct place phrase_place(const struct phrase *phrase, size_t offset);

#endif
