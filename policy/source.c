#include "policy/source.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static size_t line_start(const struct source *source, size_t offset)
{
    while (offset > 0 && source->text[offset - 1] != '\n') {
        offset--;
    }
    return offset;
}

/* The line and column (both from 1; a tab and a character count as one column) of a place. */
static void line_column(struct place at, unsigned *line, unsigned *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < at.offset && i < at.source->length; i++) {
        unsigned char c = (unsigned char)at.source->text[i];
        if (c == '\n') {
            ++*line;
            *column = 1;
        } else if ((c & 0xc0) != 0x80) { /* not the rest of a UTF-8 character */
            ++*column;
        }
    }
}

/* The line with a caret, cut to a window around the column so that it always fits the hint. */
static void show_line(struct error *err, struct place at)
{
    enum { WINDOW = 100, BEFORE = 60 };
    const struct source *s = at.source;
    size_t start = line_start(s, at.offset);
    if (at.offset - start > BEFORE) {
        start = at.offset - BEFORE;
    }
    char line[WINDOW + 1];
    char caret[WINDOW + 2];
    size_t n = 0;
    for (size_t i = start; i < s->length && n < WINDOW && s->text[i] != '\n' && s->text[i] != '\r'; i++) {
        unsigned char c = (unsigned char)s->text[i];
        line[n++] = c == '\t' ? ' ' : c >= 0x20 && c < 0x7f ? (char)c : '?';
    }
    line[n] = 0;
    size_t column = at.offset - start;
    memset(caret, ' ', sizeof(caret));
    caret[column] = '^';
    caret[column + 1] = 0;
    error_hint(err, "\n  %s\n  %s", line, caret);
}

int source_verror(struct error *err, struct place at, const char *format, va_list args)
{
    char text[300];
    vsnprintf(text, sizeof(text), format, args);
    for (char *c = text; *c; c++) { /* names from the file may hold anything, and the message is one line */
        *c = iscntrl((unsigned char)*c) ? '?' : *c;
    }
    if (!at.source) {
        return error_set(err, EINVAL, "%s", text);
    }
    if (at.offset > at.source->length) {
        at.offset = at.source->length;
    }
    bool first = err && err->code == 0;
    unsigned line;
    unsigned column;
    line_column(at, &line, &column);
    error_set(err, EINVAL, "%.150s:%u:%u: %s", at.source->name, line, column, text);
    if (first) {
        show_line(err, at);
    }
    return -EINVAL;
}

int source_error(struct error *err, struct place at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int ret = source_verror(err, at, format, args);
    va_end(args);
    return ret;
}

/*
 * Walks the notation beside the text: characters that are not white space come in the same order in both,
 * whatever was folded. An escape's own backslash is passed over; a character that an escape wrote otherwise
 * is taken as one step, so that the place is off by little at worst.
 */
struct place scalar_place(const struct scalar *scalar, size_t offset)
{
    struct place at = scalar->at;
    if (!at.source) {
        return at;
    }
    const char *text = at.source->text;
    size_t end = at.source->length;
    size_t p = at.offset;
    for (size_t i = 0; i <= offset && i <= scalar->length && p < end; i++) {
        char c = scalar->text[i]; /* NUL after the last */
        if (isspace((unsigned char)c)) {
            continue;
        }
        while (p < end && isspace((unsigned char)text[p]) && i < scalar->length) {
            p++; /* but the end is right behind the last word */
        }
        if (scalar->escapes && p < end && text[p] == '\\' && c != '\\') {
            p++;
        }
        at.offset = p;
        if (p + 1 < end && text[p] == '\'' && c == '\'' && text[p + 1] == '\'' && !scalar->escapes) {
            p++;
        }
        p++;
    }
    return at;
}
