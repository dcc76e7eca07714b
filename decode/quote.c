/* Quoting: what a target put in a string may never break a line, a terminal or a JSON parser. */
#include "decode/render.h"

/* The letter of a C escape for a byte, or 0. */
static char escape_letter(unsigned char c)
{
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    case '\v':
        return 'v';
    default:
        return 0;
    }
}

static bool printable(unsigned char c)
{
    return c >= ' ' && c < 0x7f;
}

static bool binary(const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)bytes[i];
        /* The set strace's -x leaves alone: printable characters and white space. */
        if (!printable(c) && !(c >= '\t' && c <= '\r')) {
            return true;
        }
    }
    return false;
}

static void quote_hex_byte(struct buf *out, unsigned char c)
{
    char escape[4] = {'\\', 'x', "0123456789abcdef"[c >> 4], "0123456789abcdef"[c & 15]};
    buf_bytes(out, escape, sizeof(escape));
}

static void quote_hex(struct buf *out, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        quote_hex_byte(out, (unsigned char)bytes[i]);
    }
}

/* As few octal digits as the next byte allows. */
static void quote_octal(struct buf *out, unsigned char c, bool digit_follows)
{
    char escape[4] = {'\\'};
    size_t n = 1;
    if (digit_follows || c >= 0100) {
        escape[n++] = (char)('0' + (c >> 6));
    }
    if (digit_follows || c >= 010) {
        escape[n++] = (char)('0' + ((c >> 3) & 7));
    }
    escape[n++] = (char)('0' + (c & 7));
    buf_bytes(out, escape, n);
}

/* `follows`: the byte behind, or 0 at the end. */
static void escape_byte(struct buf *out, unsigned char c, char follows, enum string_mode mode)
{
    char letter = escape_letter(c);
    if (letter) {
        buf_char(out, '\\');
        buf_char(out, letter);
    } else if (mode == STRING_HEX_ESCAPES) {
        quote_hex_byte(out, c);
    } else {
        quote_octal(out, c, follows >= '0' && follows <= '7');
    }
}

/* `brackets`: angle brackets are escaped too. */
static void quote_plain(struct buf *out, const char *bytes, size_t n, enum string_mode mode, bool brackets)
{
    size_t clean = 0; /* start of a run that needs no escape */
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)bytes[i];
        bool bracket = brackets && (c == '<' || c == '>');
        if (printable(c) && c != '"' && c != '\\' && !bracket) {
            continue;
        }
        buf_bytes(out, bytes + clean, i - clean);
        clean = i + 1;
        escape_byte(out, c, i + 1 < n ? bytes[i + 1] : '\0', mode);
    }
    buf_bytes(out, bytes + clean, n - clean);
}

void render_plain(struct buf *out, const char *text, size_t n)
{
    size_t clean = 0;
    for (size_t i = 0; i < n; i++) {
        if (!printable((unsigned char)text[i])) {
            buf_bytes(out, text + clean, i - clean);
            clean = i + 1;
            escape_byte(out, (unsigned char)text[i], i + 1 < n ? text[i + 1] : '\0', STRING_PLAIN);
        }
    }
    buf_bytes(out, text + clean, n - clean);
}

static void quote(struct buf *out, const char *bytes, size_t n, enum string_mode mode, bool brackets)
{
    if (mode == STRING_HEX || (mode == STRING_HEX_IF_BINARY && binary(bytes, n))) {
        quote_hex(out, bytes, n);
    } else {
        quote_plain(out, bytes, n, mode, brackets);
    }
}

void render_bracketed(struct buf *out, const char *bytes, size_t n, enum string_mode mode)
{
    quote(out, bytes, n, mode, true);
}

void render_quoted(struct buf *out, const char *bytes, size_t n, enum string_mode mode, bool quotes)
{
    if (quotes) {
        buf_char(out, '"');
    }
    quote(out, bytes, n, mode, false);
    if (quotes) {
        buf_char(out, '"');
    }
}

/* Length of the well-formed UTF-8 sequence at p (RFC 3629: no surrogates, no overlong forms), or 0. */
static size_t utf8_length(const unsigned char *p, size_t n)
{
    static const struct {
        unsigned char first_low, first_high, second_low, second_high, length;
    } forms[] = {
        {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
        {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
        {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (p[0] < forms[i].first_low || p[0] > forms[i].first_high) {
            continue;
        }
        if (n < forms[i].length || p[1] < forms[i].second_low || p[1] > forms[i].second_high) {
            return 0;
        }
        for (size_t k = 2; k < forms[i].length; k++) {
            if ((p[k] & 0xc0) != 0x80) {
                return 0;
            }
        }
        return forms[i].length;
    }
    return 0;
}

static void json_escape(struct buf *out, unsigned code)
{
    char escape[6] = {'\\', 'u'};
    for (unsigned i = 0; i < 4; i++) {
        escape[2 + i] = "0123456789abcdef"[code >> (12 - 4 * i) & 15];
    }
    buf_bytes(out, escape, sizeof(escape));
}

/*
 * Characters that must not stand in a line as they are: controls (C1 too: a terminal obeys them) and the
 * separators U+2028 and U+2029, at which some readers split lines. p holds a whole sequence of `length`.
 * Returns the character, or 0 for one that may stand.
 */
static unsigned unfit_character(const unsigned char *p, size_t length)
{
    if (length == 2 && p[0] == 0xc2 && p[1] < 0xa0) {
        return p[1];
    }
    if (length == 3 && p[0] == 0xe2 && p[1] == 0x80 && (p[2] & 0xfe) == 0xa8) {
        return 0x2000U | (p[2] & 0x3fU);
    }
    return 0;
}

static void json_ascii(struct buf *out, unsigned char c)
{
    if (c == '\n') {
        buf_str(out, "\\n");
    } else if (c == '\t') {
        buf_str(out, "\\t");
    } else if (c == '"' || c == '\\') {
        buf_char(out, '\\');
        buf_char(out, (char)c);
    } else {
        json_escape(out, c);
    }
}

bool render_json_string(struct buf *out, const char *bytes, size_t n)
{
    const unsigned char *p = (const unsigned char *)bytes;
    bool exact = true;
    size_t clean = 0; /* start of a run that needs no escape */
    size_t i = 0;

    buf_char(out, '"');
    while (i < n) {
        if (printable(p[i]) && p[i] != '"' && p[i] != '\\') {
            i++;
            continue;
        }
        size_t length = p[i] < 0x80 ? 1 : utf8_length(p + i, n - i);
        unsigned unfit = length > 1 ? unfit_character(p + i, length) : 0;
        if (length > 1 && !unfit) {
            i += length;
            continue;
        }
        buf_bytes(out, bytes + clean, i - clean);
        if (unfit) {
            json_escape(out, unfit);
        } else if (length) {
            json_ascii(out, p[i]);
        } else {
            json_escape(out, 0xfffd);
            exact = false;
        }
        i += length ? length : 1;
        clean = i;
    }
    buf_bytes(out, bytes + clean, n - clean);
    buf_char(out, '"');
    return exact;
}

void render_json_key(struct buf *out, const char *key)
{
    buf_str(out, ",\"");
    buf_str(out, key);
    buf_str(out, "\":");
}

bool render_json_member(struct buf *out, const char *key, const char *text)
{
    if (!text) {
        return true;
    }
    render_json_key(out, key);
    return render_json_string(out, text, strlen(text));
}
