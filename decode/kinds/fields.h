/*
 * Reading a structure member by member, in the layout of the target's ABI.
 *
 * A cursor walks over bytes that were read already and aligns itself as that ABI's compiler does: to the
 * member's size, but never beyond 4 on i386. Members behind the last byte read as 0.
 */
#ifndef PROCTOR_DECODE_KINDS_FIELDS_H
#define PROCTOR_DECODE_KINDS_FIELDS_H

#include <string.h>

#include "decode/decoder.h"

struct fields {
    const unsigned char *bytes;
    uint32_t size;
    uint32_t at;
    uint32_t align_max;
    uint8_t pointer_size;
    uint8_t long_size;
};

static inline struct fields fields_over(const struct decoder *d, const void *bytes, size_t size)
{
    return (struct fields){.bytes = bytes,
                           .size = (uint32_t)size,
                           .align_max = d->abi->long_size,
                           .pointer_size = d->abi->pointer_size,
                           .long_size = d->abi->long_size};
}

static inline uint64_t field_unsigned(struct fields *f, uint32_t size)
{
    uint32_t align = size < f->align_max ? size : f->align_max;
    uint64_t number = 0;
    if (align > 1) {
        f->at = (f->at + align - 1) / align * align;
    }
    if (f->at + size <= f->size) {
        memcpy(&number, f->bytes + f->at, size); /* every ABI here is little-endian */
    }
    f->at += size;
    return number;
}

static inline int64_t field_signed(struct fields *f, uint32_t size)
{
    unsigned unused = 64 - 8 * size;
    return (int64_t)(field_unsigned(f, size) << unused) >> unused;
}

static inline uint64_t field_pointer(struct fields *f)
{
    return field_unsigned(f, f->pointer_size);
}

static inline uint64_t field_ulong(struct fields *f)
{
    return field_unsigned(f, f->long_size);
}

static inline int64_t field_long(struct fields *f)
{
    return field_signed(f, f->long_size);
}

#endif
