#include "policy/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 32 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t size;
    alignas(max_align_t) char bytes[];
};

static struct arena_block *block_new(struct arena *arena, size_t n)
{
    size_t size = n > BLOCK_SIZE ? n : BLOCK_SIZE;
    if (size > SIZE_MAX - sizeof(struct arena_block)) {
        return NULL;
    }
    struct arena_block *block = calloc(1, sizeof(*block) + size);
    if (!block) {
        return NULL;
    }
    block->size = size;
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t n)
{
    size_t align = alignof(max_align_t);
    if (n > SIZE_MAX / 2) {
        return NULL;
    }
    n = (n + align - 1) / align * align;
    struct arena_block *block = arena->blocks;
    if (!block || block->size - block->used < n) {
        block = block_new(arena, n);
    }
    if (!block) {
        return NULL;
    }
    void *p = block->bytes + block->used;
    block->used += n;
    return p;
}

char *arena_copy(struct arena *arena, const void *bytes, size_t n)
{
    char *copy = n < SIZE_MAX ? arena_alloc(arena, n + 1) : NULL;
    if (copy && n) {
        memcpy(copy, bytes, n);
    }
    return copy;
}

void *arena_append(struct arena *arena, void *items, size_t *count, size_t size)
{
    void *array;
    memcpy(&array, items, sizeof(array));
    size_t n = *count;
    if ((n & (n - 1)) == 0) { /* full: room is the next power of two */
        void *grown = arena_alloc(arena, (n ? 2 * n : 1) * size);
        if (!grown) {
            return NULL;
        }
        if (n) {
            memcpy(grown, array, n * size);
        }
        array = grown;
        memcpy(items, &array, sizeof(array));
    }
    *count = n + 1;
    return (char *)array + n * size;
}

void arena_free(struct arena *arena)
{
    while (arena->blocks) {
        struct arena_block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
}
