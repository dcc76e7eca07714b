/*
 * The system calls: their identities across ABIs, and the lookup from a number.
 */
#ifndef PROCTOR_DECODE_CALL_H
#define PROCTOR_DECODE_CALL_H

#include "decode/decoder.h"

/* One identity per call name, whatever its number in each ABI. */
enum call_id {
    CALL_none,
#define CALL(name, ...) CALL_##name,
#include "decode/calls/all.def"
#undef CALL
    CALL_COUNT
};

enum abi_id { ABI_X86_64, ABI_I386, ABI_X32, ABI_COUNT };

extern const struct abi abis[ABI_COUNT];

/* The ABI of a seccomp notification: its AUDIT_ARCH_* and number. NULL for one that is not in the table. */
const struct abi *abi_find(uint32_t audit_arch, int number);

/* Which call a raw number is in an ABI; CALL_none if it is not in the table. */
enum call_id call_find(const struct abi *abi, int number);

/* The number of a call in an ABI (with its number_bit), or -1 where the ABI lacks it. */
int call_number(const struct abi *abi, enum call_id id);

/* The table line of a call. For CALL_none: a line with six hexadecimal arguments and no name. */
const struct call *call_line(enum call_id id);

/* The same as this ABI passes it: the line of decode/calls/i386.def where i386 has another argument list. */
const struct call *call_line_in(const struct abi *abi, enum call_id id);

/* Which call a line of the table is of. */
enum call_id call_identity(const struct call *line);

/* Whether it makes the process run another program. */
static inline bool call_is_exec(enum call_id id)
{
    return id == CALL_execve || id == CALL_execveat;
}

/* The call of this name, or CALL_none. */
enum call_id call_by_name(const char *name, size_t length);

/* A set of calls, for selections and filters. */
struct call_set {
    uint64_t bits[(CALL_COUNT + 63) / 64];
};

static inline bool call_set_has(const struct call_set *set, enum call_id id)
{
    return set->bits[id / 64] >> (id % 64) & 1;
}

static inline bool call_set_empty(const struct call_set *set)
{
    uint64_t any = 0;
    for (size_t i = 0; i < sizeof(set->bits) / sizeof(set->bits[0]); i++) {
        any |= set->bits[i];
    }
    return any == 0;
}

static inline void call_set_add(struct call_set *set, enum call_id id)
{
    set->bits[id / 64] |= UINT64_C(1) << (id % 64);
}

static inline void call_set_union(struct call_set *set, const struct call_set *other)
{
    for (size_t i = 0; i < sizeof(set->bits) / sizeof(set->bits[0]); i++) {
        set->bits[i] |= other->bits[i];
    }
}

static inline void call_set_remove(struct call_set *set, enum call_id id)
{
    set->bits[id / 64] &= ~(UINT64_C(1) << (id % 64));
}

#endif
