/*
 * Netlink attributes: what follows the fixed part of a message, as tables. A table names the types of one
 * context and says how each is shown; those without a line are shown as bytes.
 */
#ifndef PROCTOR_DECODE_KINDS_NLATTR_H
#define PROCTOR_DECODE_KINDS_NLATTR_H

#include "decode/decoder.h"

enum nlattr_as {
    NLATTR_UINT,      /* a number of `size` bytes */
    NLATTR_INT,       /* the same, signed */
    NLATTR_HEX,       /* the same in hexadecimal */
    NLATTR_NET,       /* the same in the network's order: htons(80) */
    NLATTR_ENUM,      /* aux: xlat */
    NLATTR_FLAGS,     /* aux: xlat */
    NLATTR_FD,        /* a descriptor, of 4 bytes */
    NLATTR_STRING,    /* up to its NUL */
    NLATTR_HARDWARE,  /* 02:42:ac:11:00:02 */
    NLATTR_ADDRESS,   /* of the message's family */
    NLATTR_INTERFACE, /* an index */
    NLATTR_LAYOUT,    /* aux: struct layout; at least `size` bytes, members beyond the end are left out */
    NLATTR_NEST,      /* attributes; aux: struct nlattr_table */
    NLATTR_LIST,    /* attributes whose types are bare numbers, each of which holds some; aux: their table */
    NLATTR_NUMBERS, /* numbers of `size` bytes; aux: struct nlattr_names */
    NLATTR_SHOW,    /* aux: struct nlattr_function */
};

struct nlattr_shape {
    uint16_t type;
    uint8_t as;   /* enum nlattr_as */
    uint8_t size; /* bytes that the attribute must have at least */
    const void *aux;
};

struct nlattr_table {
    const struct xlat *names;
    const struct nlattr_shape *attributes;
    uint32_t count;
    const struct nlattr_shape *every; /* how types without a line are shown; NULL: as bytes */
};
#define NLATTR_TABLE(id, names, ...)                                                                         \
    static const struct nlattr_shape id##_attributes[] = {__VA_ARGS__};                                      \
    static const struct nlattr_table nlattr_##id = {                                                         \
        &(names), id##_attributes, sizeof(id##_attributes) / sizeof(struct nlattr_shape), NULL}

/* Names for the places of an array: "[DEVCONF_FORWARDING]". */
struct nlattr_names {
    const char *const *names;
    uint32_t count;
};

/* What all attributes of a message share. */
struct nlattr_context {
    uint8_t family; /* AF_INET, ... */
};

/* Appends one value for the `length` bytes at addr. False, with nothing appended: they are not what is due.
 */
struct nlattr_function {
    bool (*show)(struct decoder *d, uint64_t addr, uint64_t length, const struct nlattr_context *context);
};

/*
 * Appends the attributes in the `length` bytes at addr: one is [{nla_len=8, nla_type=IFLA_MTU}, 1500],
 * several are an array of those. table: NULL where no type is known.
 */
void nlattr_show(struct decoder *d, uint64_t addr, uint64_t length, const struct nlattr_table *table,
                 const struct nlattr_context *context);

#endif
