#include "decode/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool buf_grow(struct buf *b, size_t extra)
{
    if (b->failed || extra > SIZE_MAX / 2 - b->len) {
        b->failed = true;
        return false;
    }
    size_t cap = b->cap ? b->cap : 256;
    while (cap - b->len < extra) {
        cap *= 2;
    }
    char *data = realloc(b->data, cap);
    if (!data) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->cap = cap;
    return true;
}

void buf_free(struct buf *b)
{
    free(b->data);
    *b = (struct buf){0};
}

void buf_uint_pad(struct buf *b, uint64_t n, unsigned width)
{
    char digits[24];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n || (sizeof(digits) - at < width && at > 0));
    buf_bytes(b, digits + at, sizeof(digits) - at);
}

void buf_uint(struct buf *b, uint64_t n)
{
    buf_uint_pad(b, n, 1);
}

void buf_int(struct buf *b, int64_t n)
{
    uint64_t magnitude = (uint64_t)n;
    if (n < 0) {
        buf_char(b, '-');
        magnitude = -magnitude;
    }
    buf_uint(b, magnitude);
}

void buf_hex(struct buf *b, uint64_t n)
{
    char digits[18];
    size_t at = sizeof(digits);

    do {
        digits[--at] = "0123456789abcdef"[n & 15];
        n >>= 4;
    } while (n);
    digits[--at] = 'x';
    digits[--at] = '0';
    buf_bytes(b, digits + at, sizeof(digits) - at);
}

void buf_octal(struct buf *b, uint64_t n)
{
    char digits[24];
    size_t at = sizeof(digits);

    while (n) {
        digits[--at] = (char)('0' + (n & 7));
        n >>= 3;
    }
    digits[--at] = '0';
    while (sizeof(digits) - at < 3) {
        digits[--at] = '0';
    }
    buf_bytes(b, digits + at, sizeof(digits) - at);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n > 0 && buf_reserve(b, (size_t)n + 1)) {
        vsnprintf(b->data + b->len, (size_t)n + 1, format, again);
        b->len += (size_t)n;
    }
    va_end(again);
    va_end(args);
}
