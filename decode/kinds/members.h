/*
 * Structures by table: where each member lies, how it is shown and when.
 *
 * The layout is a C structure made of fixed-width types, so that a 32-bit ABI's is written down beside the
 * 64-bit one: LAYOUT(statfs_64, struct statfs_64, MEMBER(struct statfs_64, f_bsize, UINT), ...).
 */
#ifndef PROCTOR_DECODE_KINDS_MEMBERS_H
#define PROCTOR_DECODE_KINDS_MEMBERS_H

#include "decode/decoder.h"
#include "decode/kinds/basic.h"

enum member_as {
    AS_INT,
    AS_UINT,
    AS_HEX,
    AS_HEX_PADDED, /* 0x00000f: two columns for a byte, as strace shows masks */
    AS_INTERFACE,  /* if_nametoindex("lo") */
    AS_ADDR,
    AS_FD,
    AS_FLAGS, /* by xlat */
    AS_ENUM,  /* by xlat */
    AS_PID,
    AS_ID,           /* a user or group id: -1, or unsigned */
    AS_MODE,         /* S_IFREG|0644 */
    AS_DEVICE,       /* makedev(0x8, 0x1) */
    AS_SECONDS,      /* a time, with its date as a comment */
    AS_SECONDS_NANO, /* the same, and the nanoseconds are the next member */
    AS_STATX_TIME,   /* {tv_sec=1, tv_nsec=500000000}, with its date as a comment */
    AS_TEXT,         /* offset, from the block's text on, of a NUL-terminated string */
    AS_BLOCK,        /* a structure inside: by layout */
    AS_UUID,         /* 01234567-89ab-cdef-0123-456789abcdef */
    AS_CHARS,        /* characters up to their NUL, or all of them */
    AS_ARRAY,        /* [1, 2]: elements of `width` bytes, each shown as `each` says */
    AS_NAMED,        /* by xlat; what that does not have is a decimal number */
    AS_OWN,          /* by own */
    AS_MORE,         /* no member: says that there are some which are never shown */
};

struct layout;
struct member;

/* Appends the member whose bytes these are. */
typedef void member_fn(struct decoder *d, const struct member *m, const unsigned char *bytes);

struct member {
    const char *name;
    uint16_t offset;
    uint16_t size; /* bytes: 1, 2, 4 or 8, if it is a number */
    uint8_t as;    /* enum member_as */
    uint8_t each;  /* the same for the elements of an AS_ARRAY */
    uint8_t width; /* and their size */
    bool detail;   /* left out unless -v */
    bool unless_0; /* left out where all of it is 0: what is reserved */
    const struct xlat *xlat;
    const struct layout *layout;
    member_fn *own;
    uint64_t when; /* shown only if the block's mask has one of these bits; 0: always */
};

struct layout {
    uint32_t size;
    uint32_t count;
    const struct member *members;
    uint16_t selector;      /* 1 + offset of the number that selects members; 0: the block's mask does */
    uint8_t selector_flags; /* its size, if it is a mask; 0: it is 32 bits, the number of a bit */
};

enum { LAYOUT_SIZE_MAX = 4096 };

#define MEMBER(type, field, as_, ...)                                                                        \
    {                                                                                                        \
        .name = #field, .offset = offsetof(type, field), .size = sizeof(((type *)0)->field), .as = AS_##as_, \
        ##__VA_ARGS__                                                                                        \
    }
/* A structure inside, by layout_OF. */
#define INSIDE(type, field, of, ...) MEMBER(type, field, BLOCK, .layout = &layout_##of, ##__VA_ARGS__)
#define LAYOUT_(id, type, selector_, flags_size, ...)                                                        \
    _Static_assert(sizeof(type) <= LAYOUT_SIZE_MAX, "decode_layout_at reads it whole");                      \
    static const struct member id##_members[] = {__VA_ARGS__};                                               \
    static const struct layout layout_##id = {.size = sizeof(type),                                          \
                                              .count = sizeof(id##_members) / sizeof(struct member),         \
                                              .members = id##_members,                                       \
                                              .selector = (selector_),                                       \
                                              .selector_flags = (flags_size)}
#define LAYOUT(id, type, ...) LAYOUT_(id, type, 0, 0, __VA_ARGS__)
/* The same for a structure whose member `by` selects others: a number n by bit n of their `when`, or a mask.
 */
#define LAYOUT_BY(id, type, by, ...) LAYOUT_(id, type, 1 + offsetof(type, by), 0, __VA_ARGS__)
#define LAYOUT_BY_FLAGS(id, type, by, ...)                                                                   \
    LAYOUT_(id, type, 1 + offsetof(type, by), sizeof(((type *)0)->by), __VA_ARGS__)

/* Bytes that were read, which a layout describes. */
struct block {
    const unsigned char *bytes;
    size_t size;   /* members beyond are left out */
    size_t text;   /* where AS_TEXT's offsets start; 0: nowhere */
    uint64_t mask; /* see struct member.when */
};

/* Appends the members to the open structure, and "..." for those that only -v shows. */
void decode_members(struct decoder *d, const struct block *block, const struct layout *layout);

/* Appends a structure of which all bytes were read, and returns its value. mask: see struct member.when. */
uint32_t append_layout(struct decoder *d, const char *name, const void *bytes, uint64_t mask,
                       const struct layout *layout);

/* As decode_array of basic.h, of elements that were read already. */
void append_elements(struct decoder *d, const char *name, const void *elements, uint32_t count, size_t size,
                     decode_element_fn *element, void *context);

/* Appends the 16 bytes of a UUID, each part with its highest byte first. */
void append_uuid(struct decoder *d, const char *name, const unsigned char *bytes);

/* Appends a structure read at addr; NULL or the address where that fails. `size` of it, if that is less. */
void decode_layout_at(struct decoder *d, const char *name, uint64_t addr, const struct layout *layout,
                      uint64_t size);

/* True if the structure at addr can be read and has a member to be shown. */
bool layout_has_members(const struct decoder *d, uint64_t addr, const struct layout *layout);

/* Appends members of the structure at addr to the open one; nothing where it can't be read. */
void decode_more_at(struct decoder *d, uint64_t addr, const struct layout *layout);

/* At exit: the structure that the argument was shown as at entry; 0: it was shown as something else. */
uint32_t decode_entry_struct(const struct decoder *d);

/* A pointer to a structure: aux is its layout. */
decode_fn decode_layout;

/*
 * Appends what a structure of `size` bytes at addr holds behind the `known` bytes, if that is not all zero:
 * members that this version of proctor has no name for.
 */
void decode_unknown_tail(struct decoder *d, uint64_t addr, uint64_t known, uint64_t size);

#endif
