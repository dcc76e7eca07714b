/*
 * Decoded values: what a system call's arguments mean, before anybody decided how to show it.
 *
 * A decoder appends values to a `struct values`; text, JSON and policy read them from there. Values form
 * trees (a struct has members, an array has elements) inside one flat array, linked by index, so that a
 * whole event is decoded without an allocation once its arrays have grown to their working size.
 */
#ifndef PROCTOR_DECODE_VALUE_H
#define PROCTOR_DECODE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xlat; /* decode/xlat.h */

enum value_type {
    VALUE_INT,    /* number, signed decimal */
    VALUE_UINT,   /* number, unsigned decimal */
    VALUE_HEX,    /* number, hexadecimal */
    VALUE_ADDR,   /* number, an address: NULL or hexadecimal */
    VALUE_OCTAL,  /* number, octal (permission bits): three digits at least */
    VALUE_FLAGS,  /* number, a set of bits named by xlat */
    VALUE_ENUM,   /* number, one of the names in xlat; bytes (may be empty) are shown behind it: <<16 */
    VALUE_STRING, /* bytes; number is the address they were read from */
    VALUE_FD,     /* number, a descriptor; bytes (may be empty) say what is behind it, its note how that is */
    VALUE_PID,    /* number, the id of a task, a group or a session; bytes (may be empty) name its command */
    VALUE_WORD,   /* `word` (or, if NULL, bytes) shown as it is; number where it stands for one */
    VALUE_STRUCT, /* children with names: {a=1, b=2} */
    VALUE_ARRAY,  /* children: [1, 2] */
    VALUE_REF,    /* one child behind a pointer: [1] */
    VALUE_OR,     /* number, shown as children joined by '|': S_IFREG|0644 */
    VALUE_SET,    /* children joined by a space in brackets: [HUP INT]; number 1: complemented, ~[...] */
    VALUE_FUNC,   /* `word` with children as arguments: htons(80), makedev(0x1, 0x3) */
    VALUE_CHANGE, /* two children, before and after the call: 128 => 16 */
    VALUE_BYTES,  /* bytes that are not text, each shown in hexadecimal: "\x01\xff" */
    VALUE_NOTED,  /* a child, and what is to be said of it, each part with its name: 2 (in [3], left 1) */
};

enum {
    VALUE_MORE = 1 << 0, /* something was left out: "..." after a string, ", ..." after the children */
    VALUE_PATH = 1 << 1, /* a STRING or FD whose bytes name a file: never shortened by -s, a path in JSON */
    VALUE_NOTE_FIRST = 1 << 2, /* BYTES whose comment stands before them */
    VALUE_PLACES =
        1 << 2, /* an ARRAY whose names, [NAME], are what its places are called: -X has their numbers */
    VALUE_NOQUOTE = 1 << 2, /* a STRING shown without quotes (but escaped) */
    VALUE_CHOPPED =
        1 << 3, /* a STRING not NUL-terminated where one was due (abstract sockets, full fields) */
    VALUE_ABSTRACT = 1 << 4,  /* a STRING with '@' before it: an abstract socket's name */
    VALUE_DATA = 1 << 5,      /* a STRING of data (read, write): subject to -e read/write dumps */
    VALUE_BARE = 1 << 6,      /* an ARRAY or STRUCT shown without its brackets; a FUNC without its name */
    VALUE_BASE8 = 1 << 6,     /* an OR that is an octal number (file modes) where names are not wanted */
    VALUE_ATCWD = 1 << 7,     /* an FD that is AT_FDCWD */
    VALUE_WHOLE = 1 << 8,     /* an OR whose number is one constant to -X raw and verbose, not each part */
    VALUE_NAMES = 1 << 9,     /* FLAGS, ENUM or OR that is shown by its names whatever -X says */
    VALUE_AS_INT = 1 << 8,    /* a WORD or FUNC that names its number: what -X raw shows, in decimal */
    VALUE_AS_HEX = 1 << 9,    /* the same in hexadecimal */
    VALUE_AS_UINT = 1 << 10,  /* the same in decimal, without a sign */
    VALUE_AS_ADDR = 1 << 11,  /* the same as an address */
    VALUE_AS_BYTES = 1 << 12, /* a FUNC (or a WORD 00:1a) that stands for bytes, which -X raw shows */
    VALUE_RAW_ONLY = 1 << 13, /* with VALUE_AS_... or WHOLE: the number is for -X raw, not for -X verbose */
    VALUE_UNNAMED = 1 << 14,  /* a FUNC that names its number, but whose constants -X shows as elsewhere */
    VALUE_NOT_RAW = 1 << 15,  /* a remark, or a value whose note, -X raw leaves out */
    VALUE_AS_ANY = VALUE_AS_INT | VALUE_AS_HEX | VALUE_AS_UINT | VALUE_AS_ADDR | VALUE_AS_BYTES,
};

struct value {
    uint8_t type;    /* enum value_type */
    uint16_t flags;  /* VALUE_MORE ... */
    uint32_t next;   /* next sibling; 0: last */
    uint32_t parent; /* the container; 0: top level */
    uint32_t first;  /* first child; 0: none */
    uint32_t last;   /* last child; 0: none */
    uint32_t bytes;  /* offset of its bytes in values->bytes */
    uint32_t length; /* how many */
    uint32_t note;   /* offset of a NUL-terminated comment in values->bytes; 0: none */
    uint64_t number;
    const char *name; /* of the argument or member, or NULL in arrays; static storage */
    union {
        const struct xlat *xlat; /* FLAGS, ENUM */
        const char *word;        /* WORD, FUNC; static storage */
        int64_t ours;            /* PID: its id in our own PID namespace; 0: the same, or not asked for */
    };
};

struct values {
    struct value *v; /* v[0] is the root: its children are the call's arguments */
    uint32_t count;
    uint32_t cap;
    char *bytes; /* bytes[0] is unused, so that offset 0 means none */
    uint32_t used;
    uint32_t room;
    uint32_t open;    /* the container that new values are appended to */
    uint32_t dropped; /* containers opened after a bound was reached, and not closed yet */
    bool full;        /* a bound was reached: what came after was left out */
};

/* Bounds on one event: hostile input must not make us grow without end. */
enum { VALUES_MAX = 1 << 16, VALUES_BYTES_MAX = 8 << 20 };

/* Allocates the first arrays. Returns 0 or -ENOMEM. */
int values_init(struct values *vs);
void values_free(struct values *vs);

/* Forgets all values; keeps the memory. */
void values_reset(struct values *vs);

/*
 * Appends a value of `type` to the open container and returns its index (0 when a bound was reached; index 0
 * may be written to harmlessly). name: static string or NULL. The setters below are short forms.
 */
uint32_t values_add(struct values *vs, enum value_type type, const char *name, uint64_t number);

/* Appends a container and makes it the open one, until values_close. Returns its index. */
uint32_t values_open(struct values *vs, enum value_type type, const char *name);
void values_close(struct values *vs);

/* Appends a value, and what is in it, once more under this name; it shares its bytes. */
void values_again(struct values *vs, const char *name, uint32_t index);

/* Puts a value into a container of its own, which takes its place and its name and is left open. */
void values_wrap(struct values *vs, enum value_type type, uint32_t index);

/*
 * Copies n bytes into the event's byte store and returns their offset; the caller puts it in a value.
 * values_string appends a STRING with a copy of them.
 */
uint32_t values_copy(struct values *vs, const void *bytes, size_t n);
uint32_t values_string(struct values *vs, const char *name, const void *bytes, size_t n, unsigned flags);
/* The same for bytes that mean nothing as text. */
uint32_t values_bytes(struct values *vs, const char *name, const void *bytes, size_t n, unsigned flags);

/*
 * Room for n bytes read in place: returns the offset (0: no room), with n bytes taken. values_trim gives back
 * all bytes from `offset` on, when fewer were needed. Pointers into vs->bytes move when it grows.
 */
uint32_t values_reserve(struct values *vs, size_t n);
void values_trim(struct values *vs, uint32_t offset);

/* A WORD of static storage; a WORD whose text is made by a format (bounded to 255 bytes). */
uint32_t values_word(struct values *vs, const char *name, const char *word);
uint32_t values_wordf(struct values *vs, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* FLAGS or ENUM named by a table; FUNC with no arguments yet, opened. */
uint32_t values_xlat(struct values *vs, enum value_type type, const char *name, const struct xlat *xlat,
                     uint64_t number);
uint32_t values_open_func(struct values *vs, const char *name, const char *function);

/* Sets the comment of a value, shown as a C comment; or the text behind a descriptor. Copies the text. */
void values_note(struct values *vs, uint32_t index, const char *text, size_t n);
void values_set_bytes(struct values *vs, uint32_t index, const void *bytes, size_t n);

/* Says of a word or a function which number it stands for, and how -X shows that: VALUE_AS_*. */
void values_stand_for(struct values *vs, uint32_t index, uint64_t number, unsigned flags);

static inline struct value *values_at(const struct values *vs, uint32_t index)
{
    return &vs->v[index];
}

#endif
