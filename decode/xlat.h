/*
 * Tables of names for numbers: one table is one flag set or one enumeration.
 */
#ifndef PROCTOR_DECODE_XLAT_H
#define PROCTOR_DECODE_XLAT_H

#include <stdint.h>

struct xlat_entry {
    uint64_t value;
    const char *name;
};

struct xlat {
    const char *unknown; /* comment for a value with no name: "O_???"; "": none, and no bits show nothing */
    const struct xlat_entry *entries;
    uint32_t count;
    uint32_t ordered; /* entries ascend by value: searched by halves */
};

/*
 * XLAT(open_flags, "O_???", X(O_APPEND), {0x200000, "O_PATH"}) defines `const struct xlat xlat_open_flags`.
 * Bits of a flag set are named in the order of the table, entries of several bits before their parts.
 */
#define X(constant)                                                                                          \
    {                                                                                                        \
        (uint64_t)(constant), #constant                                                                      \
    }
#define XLAT_(id, unknown_, ordered_, ...)                                                                   \
    static const struct xlat_entry id##_entries[] = {__VA_ARGS__};                                           \
    const struct xlat xlat_##id = {unknown_, id##_entries, sizeof(id##_entries) / sizeof(id##_entries[0]),   \
                                   ordered_}
#define XLAT(id, unknown, ...) XLAT_(id, unknown, 0, __VA_ARGS__)
/* The same for long enumerations written in ascending order. */
#define XLAT_ORDERED(id, unknown, ...) XLAT_(id, unknown, 1, __VA_ARGS__)

/* The name of exactly this value, or NULL. */
const char *xlat_name(const struct xlat *xlat, uint64_t value);

#endif
