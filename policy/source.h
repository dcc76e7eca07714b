/*
 * Rule files as text, and errors that point into them.
 */
#ifndef PROCTOR_POLICY_SOURCE_H
#define PROCTOR_POLICY_SOURCE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decode/base/error.h"

/* Larger files are refused: no rule file comes near it, and hostile ones must not fill the memory. */
enum { SOURCE_MAX = 8 << 20 };

struct source {
    const char *name; /* as the user gave it */
    const char *text; /* NUL-terminated */
    size_t length;
};

/* A place in a file: what an error or a warning is about. */
struct place {
    const struct source *source; /* NULL: nowhere */
    size_t offset;
};

/*
 * Records "FILE:LINE:COLUMN: message", and as the hint the line with a caret under the column. Returns
 * -EINVAL.
 */
int source_error(struct error *err, struct place at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int source_verror(struct error *err, struct place at, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

/*
 * A piece of text that came out of a YAML scalar. `text` is what the scalar means; `at` is where its notation
 * begins. Folding and escapes make the two differ.
 */
struct scalar {
    const char *text;
    size_t length;
    struct place at;
    bool escapes; /* double-quoted */
};

/* The place in the file of the byte at `offset` of the scalar's text. */
struct place scalar_place(const struct scalar *scalar, size_t offset);

#endif
