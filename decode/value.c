#include "decode/value.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_VALUES = 64, FIRST_BYTES = 1024 };

int values_init(struct values *vs)
{
    *vs = (struct values){.cap = FIRST_VALUES, .room = FIRST_BYTES};
    vs->v = calloc(vs->cap, sizeof(*vs->v));
    vs->bytes = calloc(1, vs->room);
    if (!vs->v || !vs->bytes) {
        values_free(vs);
        return -ENOMEM;
    }
    values_reset(vs);
    return 0;
}

void values_free(struct values *vs)
{
    free(vs->v);
    free(vs->bytes);
    *vs = (struct values){0};
}

void values_reset(struct values *vs)
{
    vs->v[0] = (struct value){.type = VALUE_ARRAY};
    vs->count = 1;
    vs->used = 1;
    vs->open = 0;
    vs->dropped = 0;
    vs->full = false;
}

static bool grow_values(struct values *vs)
{
    uint32_t cap = vs->cap * 2;
    struct value *v = cap <= VALUES_MAX ? realloc(vs->v, cap * sizeof(*v)) : NULL;
    if (!v) {
        vs->full = true;
        return false;
    }
    vs->v = v;
    vs->cap = cap;
    return true;
}

uint32_t values_add(struct values *vs, enum value_type type, const char *name, uint64_t number)
{
    if (vs->full || (vs->count == vs->cap && !grow_values(vs))) {
        vs->v[vs->open].flags |= VALUE_MORE;
        return 0;
    }
    uint32_t index = vs->count++;
    vs->v[index] = (struct value){.type = (uint8_t)type, .parent = vs->open, .number = number, .name = name};
    struct value *parent = &vs->v[vs->open];
    if (parent->last) {
        vs->v[parent->last].next = index;
    } else {
        parent->first = index;
    }
    parent->last = index;
    return index;
}

uint32_t values_open(struct values *vs, enum value_type type, const char *name)
{
    uint32_t index = values_add(vs, type, name, 0);
    if (index) {
        vs->open = index;
    } else {
        /* The bound was reached: what would go inside is dropped too, and the closing must still balance. */
        vs->dropped++;
    }
    return index;
}

void values_close(struct values *vs)
{
    if (vs->dropped) {
        vs->dropped--;
    } else {
        vs->open = vs->v[vs->open].parent;
    }
}

void values_again(struct values *vs, const char *name, uint32_t index)
{
    uint32_t again = values_open(vs, (enum value_type)vs->v[index].type, name);
    if (again) {
        const struct value links = vs->v[again];
        vs->v[again] = vs->v[index];
        vs->v[again].name = name;
        vs->v[again].next = links.next;
        vs->v[again].parent = links.parent;
        vs->v[again].first = 0;
        vs->v[again].last = 0;
    }
    for (uint32_t child = again ? vs->v[index].first : 0; child; child = vs->v[child].next) {
        values_again(vs, vs->v[child].name, child);
    }
    values_close(vs);
}

void values_wrap(struct values *vs, enum value_type type, uint32_t index)
{
    const struct value inside = vs->v[index];
    vs->v[index] = (struct value){
        .type = (uint8_t)type, .name = inside.name, .next = inside.next, .parent = inside.parent};
    vs->open = index;
    uint32_t moved = values_add(vs, (enum value_type)inside.type, NULL, inside.number);
    if (!moved) {
        vs->v[index] = inside;
        return;
    }
    vs->v[moved] = inside;
    vs->v[moved].name = NULL;
    vs->v[moved].next = 0;
    vs->v[moved].parent = index;
    for (uint32_t child = inside.first; child; child = vs->v[child].next) {
        vs->v[child].parent = moved;
    }
}

uint32_t values_reserve(struct values *vs, size_t n)
{
    if (n > vs->room - vs->used) {
        uint64_t room = vs->room;
        while (room - vs->used < n && room <= VALUES_BYTES_MAX) {
            room *= 2;
        }
        char *grown = room <= VALUES_BYTES_MAX ? realloc(vs->bytes, room) : NULL;
        if (!grown) {
            vs->full = true;
            return 0;
        }
        vs->bytes = grown;
        vs->room = (uint32_t)room;
    }
    uint32_t offset = vs->used;
    vs->used += (uint32_t)n;
    return offset;
}

void values_trim(struct values *vs, uint32_t offset)
{
    if (offset && offset < vs->used) {
        vs->used = offset;
    }
}

uint32_t values_copy(struct values *vs, const void *bytes, size_t n)
{
    uint32_t offset = values_reserve(vs, n);
    if (offset && n) {
        memcpy(vs->bytes + offset, bytes, n);
    }
    return offset;
}

void values_set_bytes(struct values *vs, uint32_t index, const void *bytes, size_t n)
{
    uint32_t offset = values_copy(vs, bytes, n);
    vs->v[index].bytes = offset;
    vs->v[index].length = offset ? (uint32_t)n : 0;
}

static uint32_t add_bytes(struct values *vs, enum value_type type, const char *name, const void *bytes,
                          size_t n, unsigned flags)
{
    uint32_t index = values_add(vs, type, name, 0);
    vs->v[index].flags |= (uint16_t)flags;
    values_set_bytes(vs, index, bytes, n);
    return index;
}

uint32_t values_string(struct values *vs, const char *name, const void *bytes, size_t n, unsigned flags)
{
    return add_bytes(vs, VALUE_STRING, name, bytes, n, flags);
}

uint32_t values_bytes(struct values *vs, const char *name, const void *bytes, size_t n, unsigned flags)
{
    return add_bytes(vs, VALUE_BYTES, name, bytes, n, flags);
}

void values_stand_for(struct values *vs, uint32_t index, uint64_t number, unsigned flags)
{
    vs->v[index].number = number;
    vs->v[index].flags |= (uint16_t)flags;
}

uint32_t values_word(struct values *vs, const char *name, const char *word)
{
    uint32_t index = values_add(vs, VALUE_WORD, name, 0);
    vs->v[index].word = word;
    return index;
}

uint32_t values_wordf(struct values *vs, const char *name, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    uint32_t index = values_add(vs, VALUE_WORD, name, 0);
    vs->v[index].word = NULL;
    values_set_bytes(vs, index, text, n < 0 ? 0 : (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
    return index;
}

uint32_t values_xlat(struct values *vs, enum value_type type, const char *name, const struct xlat *xlat,
                     uint64_t number)
{
    uint32_t index = values_add(vs, type, name, number);
    vs->v[index].xlat = xlat;
    return index;
}

uint32_t values_open_func(struct values *vs, const char *name, const char *function)
{
    uint32_t index = values_open(vs, VALUE_FUNC, name);
    vs->v[index].word = function;
    return index;
}

void values_note(struct values *vs, uint32_t index, const char *text, size_t n)
{
    uint32_t offset = values_copy(vs, text, n);
    if (offset && values_copy(vs, "", 1)) {
        vs->v[index].note = offset;
    }
}
