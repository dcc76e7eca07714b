/*
 * Kinds used by every family: numbers, strings, buffers, descriptors; and the helpers that other kinds are
 * made of.
 */
#ifndef PROCTOR_DECODE_KINDS_BASIC_H
#define PROCTOR_DECODE_KINDS_BASIC_H

#include "decode/decoder.h"

/* A kind that shows a number by a table: all its bits, or exactly one of its values. 32 bits wide. */
#define KIND_FLAGS(id, table) const struct kind kind_##id = {.decode = decode_flags, .aux = &xlat_##table}
#define KIND_ENUM(id, table) const struct kind kind_##id = {.decode = decode_enum, .aux = &xlat_##table}
/* The same, but what the table does not have is a plain number. */
#define KIND_NAMED(id, table) const struct kind kind_##id = {.decode = decode_named, .aux = &xlat_##table}
/* The same for arguments that are a full word wide. */
#define KIND_FLAGS_LONG(id, table)                                                                           \
    const struct kind kind_##id = {.decode = decode_flags, .aux = &xlat_##table, .size = 8}

extern const struct kind kind_none;   /* a result that is not shown; as an argument, one that is not used */
extern const struct kind kind_int;    /* signed, 32 bits */
extern const struct kind kind_uint;   /* unsigned, 32 bits */
extern const struct kind kind_long;   /* signed, the ABI's word */
extern const struct kind kind_ulong;  /* unsigned, the ABI's word; size_t */
extern const struct kind kind_hex;    /* 0x..., the ABI's word */
extern const struct kind kind_hexint; /* 0x..., 32 bits */
extern const struct kind kind_addr;   /* NULL or 0x... */
extern const struct kind kind_octal;  /* 32 bits */
extern const struct kind kind_uid;    /* a user id, 32 bits; -1 means unchanged */
extern const struct kind kind_gid;    /* a group id, likewise */
extern const struct kind
    kind_uid_old; /* of calls that take 16-bit ids on i386 (chown, setuid; not chown32) */
extern const struct kind kind_gid_old;
extern const struct kind kind_pid;      /* the id of a process or thread; negative ids are of groups */
extern const struct kind kind_pgid;     /* the id of a process group */
extern const struct kind kind_sid;      /* the id of a session */
extern const struct kind kind_fd;       /* a descriptor */
extern const struct kind kind_dirfd;    /* a descriptor or AT_FDCWD */
extern const struct kind kind_string;   /* NUL-terminated, shortened by -s */
extern const struct kind kind_path;     /* NUL-terminated, names a file: shown whole */
extern const struct kind kind_data_in;  /* a buffer whose length is the next argument, read by the call */
extern const struct kind kind_data_out; /* a buffer filled by the call, as many bytes as the result says */

decode_fn decode_flags;
decode_fn decode_enum;
decode_fn decode_named;
decode_fn decode_fd;
decode_fn decode_id; /* a user or group id */

/* Appends the id of a process or thread, with the name of its command where that is asked for and known. */
void decode_pid(struct decoder *d, const char *name, int64_t pid);

/* The same without the command, for what is no task. */
void decode_id_of(struct decoder *d, const char *name, int64_t id, enum id_of of);

/* Append a number as a member or element called name (NULL: it has none), in one of the ways in which numbers
 * are shown. */
void append_int(struct decoder *d, const char *name, int64_t number);
void append_uint(struct decoder *d, const char *name, uint64_t number);
void append_hex(struct decoder *d, const char *name, uint64_t number);
/* Hexadecimal padded with zeros to `width` columns, as strace shows masks and hardware addresses. */
void append_hex_padded(struct decoder *d, const char *name, uint64_t number, int width);
void append_enum(struct decoder *d, const char *name, const struct xlat *xlat, uint64_t number);
void append_flags(struct decoder *d, const char *name, const struct xlat *xlat, uint64_t number);
/* As append_enum, but a number that has no name is shown alone. */
void append_enum_or_hex(struct decoder *d, const char *name, const struct xlat *xlat, uint64_t number);

/* 0x1 ( RCV_SHUTDOWN ): a number that only the kernel has a name for. */
void append_hex_named(struct decoder *d, const char *name, const struct xlat *xlat, uint64_t number);

/* The register as this ABI sees it: cut to the pointer size, sign-extended or not. */
uint64_t decode_word(const struct decoder *d, uint64_t raw);

/* What strings are read from: structures may be closed to decoders (see struct decoder). */
struct mem *decode_text_mem(const struct decoder *d);

/* Appends KERNEL_VERSION(6, 18, 0). */
void decode_kernel_version(struct decoder *d, const char *name, uint32_t version);

/* Appends NULL or an address: what is shown where memory can't be read. */
void decode_addr(struct decoder *d, const char *name, uint64_t addr);

/*
 * Reads n bytes at addr, which is cut to the ABI's width. True if they could be read; else what is shown
 * instead (NULL or the address) has been appended.
 */
bool decode_object(struct decoder *d, const char *name, uint64_t addr, void *object, size_t n);

/* Appends the NUL-terminated string at addr; VALUE_PATH in flags shows it whole (at most PATH_MAX bytes). */
void decode_cstring(struct decoder *d, const char *name, uint64_t addr, unsigned flags);

/* The same for a string that has `room` bytes and may fill them all. */
void decode_cstring_in(struct decoder *d, const char *name, uint64_t addr, size_t room);

/* Appends `length` bytes at addr as a string, shortened by -s. */
void decode_data(struct decoder *d, const char *name, uint64_t addr, uint64_t length);

/* The same for bytes that mean nothing as text. */
void decode_hex_bytes(struct decoder *d, const char *name, uint64_t addr, uint64_t length);

/* Appends [number], read from the 4 or 8 bytes at addr; type VALUE_INT reads it signed. */
void decode_number_at(struct decoder *d, const char *name, uint64_t addr, size_t size, enum value_type type);

/*
 * Appends the array of `count` elements of `size` bytes (at most DECODE_ELEMENT_MAX) at addr. `element`
 * appends one value for the element it is given; `context` is the caller's. As strace shows arrays: NULL or
 * the address where nothing can be read, [] where nothing is in it, "..." from the bound on, and
 * "..." with the address as a comment where memory ends on the way.
 */
enum { DECODE_ELEMENT_MAX = 1024 };
typedef void decode_element_fn(struct decoder *d, const void *element, void *context);
void decode_array(struct decoder *d, const char *name, uint64_t addr, uint64_t count, size_t size,
                  decode_element_fn *element, void *context);

/* Appends what ends an array whose memory ended at addr: ... with the address as a comment. */
void decode_array_end(struct decoder *d, uint64_t addr);

/* Appends the string that n > 0 bytes hold whole; "..." where its NUL should be and is not. */
void decode_char_array(struct decoder *d, const char *name, const char *bytes, size_t n);

#endif
