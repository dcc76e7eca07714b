/*
 * Netlink attributes: what follows the fixed part of a message, as tables. A table names the types of one
 * context and says how each is shown; those without a line are shown as bytes.
 */
#ifndef PROCTOR_DECODE_KINDS_NLATTR_H
#define PROCTOR_DECODE_KINDS_NLATTR_H

#include "decode/decoder.h"

enum nlattr_as {
    NLATTR_UINT,        /* a number of `size` bytes */
    NLATTR_INT,         /* the same, signed */
    NLATTR_HEX,         /* the same in hexadecimal; aux: NULL, or the xlat of its comment */
    NLATTR_NET,         /* the same in the network's order: htons(80) */
    NLATTR_NET_ENUM,    /* htons(ETH_P_IP); aux: xlat */
    NLATTR_TICKS,       /* clock ticks, in as many bytes as there are */
    NLATTR_ID,          /* a user or group id */
    NLATTR_ENUM,        /* aux: xlat */
    NLATTR_FLAGS,       /* aux: xlat */
    NLATTR_FD,          /* a descriptor, of 4 bytes */
    NLATTR_STRING,      /* up to its NUL; without one it is shown as cut, as strace does */
    NLATTR_KIND,        /* the same, and it says which kind of data follows */
    NLATTR_HARDWARE,    /* 02:42:ac:11:00:02 */
    NLATTR_ADDRESS,     /* of the message's family */
    NLATTR_ADDRESS4,    /* of IPv4, whatever that is */
    NLATTR_ADDRESS6,    /* of IPv6 */
    NLATTR_INTERFACE,   /* an index */
    NLATTR_LAYOUT,      /* aux: struct layout; at least `size` bytes, members beyond the end are left out */
    NLATTR_LAYOUT_REST, /* the same, and what is behind it as bytes */
    NLATTR_NEST,        /* attributes; aux: struct nlattr_table */
    NLATTR_LIST,    /* attributes whose types are bare numbers, each of which holds some; aux: their table */
    NLATTR_NUMBERS, /* numbers of `size` bytes; aux: struct nlattr_names */
    NLATTR_SHOW,    /* aux: struct nlattr_function */
};

struct nlattr_shape {
    uint16_t type;
    uint8_t as;   /* enum nlattr_as */
    uint8_t size; /* bytes that the attribute must have at least; of a number 0: as many as there are */
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

/* The same of shapes that were written down before. */
#define NLATTR_LISTED(id, names, list)                                                                       \
    const struct nlattr_table nlattr_##id = {&(names), list, sizeof(list) / sizeof(struct nlattr_shape), NULL}

/* Lines of such a table. */
#define NLATTR_LINE(type, as, size, aux)                                                                     \
    {                                                                                                        \
        (type), NLATTR_##as, (size), (aux)                                                                   \
    }
#define NUMBER(type, size) NLATTR_LINE(type, UINT, size, NULL)
#define STRING(type) NLATTR_LINE(type, STRING, 0, NULL)
#define ADDRESS(type) NLATTR_LINE(type, ADDRESS, 0, NULL)
#define INTERFACE(type) NLATTR_LINE(type, INTERFACE, 4, NULL)
#define TICKS(type) NLATTR_LINE(type, TICKS, 1, NULL)
#define NEST(type, table) NLATTR_LINE(type, NEST, 0, &nlattr_##table)
#define SHOW(type, function) NLATTR_LINE(type, SHOW, 0, &(function))

/* Names for the places of an array: "[DEVCONF_FORWARDING]". */
struct nlattr_names {
    const char *const *names;
    uint32_t count;
};

enum { NLATTR_KIND_MAX = 16 };

/* What all attributes of a message share. */
struct nlattr_context {
    uint8_t family; /* AF_INET, ... */
    char *kind;     /* NLATTR_KIND_MAX bytes: what NLATTR_KIND has said last; NULL where there is none */
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
