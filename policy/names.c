#include "policy/names.h"

#include <string.h>

static struct names_entry *slot_of(const struct names *names, const char *name, size_t length)
{
    size_t i = text_hash(name, length) & (names->room - 1);
    while (names->entries[i].name.s &&
           (names->entries[i].name.n != length || memcmp(names->entries[i].name.s, name, length) != 0)) {
        i = (i + 1) & (names->room - 1);
    }
    return &names->entries[i];
}

void *names_find(const struct names *names, const char *name, size_t length)
{
    return names->room ? slot_of(names, name, length)->object : NULL;
}

static bool grow(struct names *names, struct arena *arena)
{
    struct names bigger = {.room = names->room ? 2 * names->room : 16, .used = names->used};
    bigger.entries = arena_alloc(arena, bigger.room * sizeof(*bigger.entries));
    if (!bigger.entries) {
        return false;
    }
    for (size_t i = 0; i < names->room; i++) {
        const struct names_entry *e = &names->entries[i];
        if (e->name.s) {
            *slot_of(&bigger, e->name.s, e->name.n) = *e;
        }
    }
    *names = bigger;
    return true;
}

bool names_set(struct names *names, struct arena *arena, struct text name, void *object)
{
    if (names->used * 2 >= names->room && !grow(names, arena)) {
        return false;
    }
    struct names_entry *slot = slot_of(names, name.s, name.n);
    names->used += slot->name.s == NULL;
    *slot = (struct names_entry){name, object};
    return true;
}
