/* What every fuzz target shares: the invariants of a rendered line, and a reader of the fuzzer's bytes. */
#ifndef PROCTOR_TESTS_FUZZ_H
#define PROCTOR_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/base/buf.h"

/* The entry point that libFuzzer calls; tests/unit/test_fuzz.c calls each target's under another name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition)                                                                                \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition);                        \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

/* The input, taken from the front; zeros when it is used up. */
struct input {
    const uint8_t *data;
    size_t size;
};

static inline uint8_t take_byte(struct input *in)
{
    if (in->size == 0) {
        return 0;
    }
    in->size--;
    return *in->data++;
}

static inline uint64_t take_number(struct input *in, unsigned bytes)
{
    uint64_t number = 0;
    for (unsigned i = 0; i < bytes; i++) {
        number |= (uint64_t)take_byte(in) << (8 * i);
    }
    return number;
}

static inline const uint8_t *take_bytes(struct input *in, size_t *n)
{
    const uint8_t *bytes = in->data;
    *n = *n < in->size ? *n : in->size;
    in->data += *n;
    in->size -= *n;
    return bytes;
}

/* Text is one line of printable ASCII. */
static inline void check_text(const struct buf *text)
{
    FUZZ_CHECK(!text->failed && text->len > 0 && text->data[text->len - 1] == '\n');
    for (size_t i = 0; i + 1 < text->len; i++) {
        FUZZ_CHECK(text->data[i] >= ' ' && text->data[i] < 0x7f);
    }
}

/* A reader of JSON that takes nothing but what RFC 8259 has, and of that only what proctor writes. */
struct json {
    const uint8_t *at;
    const uint8_t *end;
};

static inline void json_check_value(struct json *j, unsigned depth);

static inline uint8_t json_next(struct json *j)
{
    FUZZ_CHECK(j->at < j->end);
    return *j->at++;
}

static inline bool json_take(struct json *j, uint8_t c)
{
    if (j->at < j->end && *j->at == c) {
        j->at++;
        return true;
    }
    return false;
}

/* The rest of a UTF-8 sequence that starts with `first`: decoded, and its code point checked. */
static inline void json_check_utf8(struct json *j, uint8_t first)
{
    unsigned more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    uint32_t code = first & (0x3fU >> more);
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    FUZZ_CHECK(first >= 0xc2 && first <= 0xf4);
    for (unsigned i = 0; i < more; i++) {
        uint8_t c = json_next(j);
        FUZZ_CHECK((c & 0xc0) == 0x80);
        code = code << 6 | (c & 0x3f);
    }
    FUZZ_CHECK(code >= least[more] && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff));
    FUZZ_CHECK(code >= 0xa0 && code != 0x2028 && code != 0x2029);
}

static inline void json_check_string(struct json *j)
{
    for (;;) {
        uint8_t c = json_next(j);
        if (c == '"') {
            return;
        }
        FUZZ_CHECK(c >= ' ' && c != 0x7f);
        if (c >= 0x80) {
            json_check_utf8(j, c);
        } else if (c == '\\') {
            c = json_next(j);
            FUZZ_CHECK(c && strchr("\"\\/bfnrtu", c));
            uint32_t code = 0;
            for (unsigned i = 0; c == 'u' && i < 4; i++) {
                uint8_t digit = json_next(j);
                FUZZ_CHECK((digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f'));
                code = code << 4 | ((uint32_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10));
            }
            FUZZ_CHECK(code < 0xd800 || code > 0xdfff); /* no surrogates, paired or not */
        }
    }
}

static inline void json_check_number(struct json *j)
{
    (void)json_take(j, '-');
    uint8_t first = json_next(j);
    FUZZ_CHECK(first >= '0' && first <= '9');
    while (first != '0' && j->at < j->end && *j->at >= '0' && *j->at <= '9') {
        j->at++;
    }
}

static inline void json_check_container(struct json *j, bool object, unsigned depth)
{
    uint8_t closing = object ? '}' : ']';
    if (json_take(j, closing)) {
        return;
    }
    do {
        if (object) {
            FUZZ_CHECK(json_take(j, '"'));
            json_check_string(j);
            FUZZ_CHECK(json_take(j, ':'));
        }
        json_check_value(j, depth + 1);
    } while (json_take(j, ','));
    FUZZ_CHECK(json_take(j, closing));
}

static inline void json_check_value(struct json *j, unsigned depth)
{
    static const char *const words[] = {"null", "true", "false"};
    FUZZ_CHECK(depth < 4096);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t n = strlen(words[i]);
        if ((size_t)(j->end - j->at) >= n && memcmp(j->at, words[i], n) == 0) {
            j->at += n;
            return;
        }
    }
    if (json_take(j, '"')) {
        json_check_string(j);
    } else if (json_take(j, '{')) {
        json_check_container(j, true, depth);
    } else if (json_take(j, '[')) {
        json_check_container(j, false, depth);
    } else {
        json_check_number(j);
    }
}

/* One line, one JSON value, valid UTF-8. */
static inline void check_json(const struct buf *text)
{
    FUZZ_CHECK(!text->failed && text->len > 0 && text->data[text->len - 1] == '\n');
    struct json j = {(const uint8_t *)text->data, (const uint8_t *)text->data + text->len - 1};
    json_check_value(&j, 0);
    FUZZ_CHECK(j.at == j.end);
}

#endif
