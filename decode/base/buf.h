/*
 * A growable byte buffer for rendered text. It never fails loudly in the middle of a line: when memory
 * runs out, `failed` is set, further appends do nothing, and the owner decides.
 */
#ifndef PROCTOR_BASE_BUF_H
#define PROCTOR_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
    char *data; /* not NUL-terminated */
    size_t len;
    size_t cap;
    bool failed;
};

/* Makes room for `extra` more bytes; false (and b->failed) when memory ran out. */
bool buf_grow(struct buf *b, size_t extra);

/* Releases the memory; the buffer is empty and usable again. */
void buf_free(struct buf *b);

static inline bool buf_reserve(struct buf *b, size_t extra)
{
    return b->cap - b->len >= extra || buf_grow(b, extra);
}

static inline void buf_char(struct buf *b, char c)
{
    if (buf_reserve(b, 1)) {
        // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): where there is room there is memory
        b->data[b->len++] = c;
    }
}

static inline void buf_bytes(struct buf *b, const void *bytes, size_t n)
{
    if (n && buf_reserve(b, n)) {
        memcpy(b->data + b->len, bytes, n);
        b->len += n;
    }
}

static inline void buf_str(struct buf *b, const char *s)
{
    buf_bytes(b, s, strlen(s));
}

/* Appends a number: signed or unsigned decimal, 0x-prefixed hexadecimal, octal with a leading 0 and three
 * digits at least (000, 022, 0644). */
void buf_int(struct buf *b, int64_t n);
void buf_uint(struct buf *b, uint64_t n);
void buf_hex(struct buf *b, uint64_t n);
void buf_octal(struct buf *b, uint64_t n);

/* Appends a decimal number, zero-padded to at least `width` digits. */
void buf_uint_pad(struct buf *b, uint64_t n, unsigned width);

/* Appends text made by a format; for what is rare or long, as it costs more than the above. */
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
