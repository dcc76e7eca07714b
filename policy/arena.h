/*
 * Memory that lives as long as a policy: bump allocation, freed at once.
 */
#ifndef PROCTOR_POLICY_ARENA_H
#define PROCTOR_POLICY_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks;
};

/* Zeroed memory aligned for any type, or NULL when memory ran out. */
void *arena_alloc(struct arena *arena, size_t n);

/* A NUL-terminated copy of n bytes, or NULL when memory ran out. */
char *arena_copy(struct arena *arena, const void *bytes, size_t n);

/* Releases all that came from it; it is empty and usable again. */
void arena_free(struct arena *arena);

/*
 * A growing array in an arena: `*items` holds *count elements of `size` bytes, in room for a power of two of
 * them. Returns the new, zeroed last element, or NULL when memory ran out. What was outgrown stays in the
 * arena: at most as much again as the array.
 */
void *arena_append(struct arena *arena, void *items, size_t *count, size_t size);

#endif
