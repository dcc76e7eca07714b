/*
 * The operators on texts, the naive way: what the evaluator is compared with.
 */
#ifndef PROCTOR_TESTS_NAIVE_TEXT_H
#define PROCTOR_TESTS_NAIVE_TEXT_H

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static inline bool slow_glob(const char *v, const char *p)
{
    if (*p == '*') {
        return slow_glob(v, p + 1) || (*v && slow_glob(v + 1, p));
    }
    return !*p ? !*v : *v && (*p == '?' || *p == *v) && slow_glob(v + 1, p + 1);
}

/* Every operator that takes one text, the way its documentation says it, without a thought for speed. */
static inline bool text_eq(const char *v, const char *w)
{
    return !strcmp(v, w);
}

static inline bool text_ne(const char *v, const char *w)
{
    return strcmp(v, w) != 0;
}

static inline bool text_lt(const char *v, const char *w)
{
    return strcmp(v, w) < 0;
}

static inline bool text_le(const char *v, const char *w)
{
    return strcmp(v, w) <= 0;
}

static inline bool text_gt(const char *v, const char *w)
{
    return strcmp(v, w) > 0;
}

static inline bool text_ge(const char *v, const char *w)
{
    return strcmp(v, w) >= 0;
}

static inline bool text_contains(const char *v, const char *w)
{
    return strstr(v, w) != NULL;
}

static inline bool text_starts(const char *v, const char *w)
{
    return !strncmp(v, w, strlen(w));
}

static inline bool text_ends(const char *v, const char *w)
{
    return strlen(v) >= strlen(w) && !strcmp(v + strlen(v) - strlen(w), w);
}

/* The pattern is the word with a star behind its first letter, or a question mark for its last. */
static inline void glob_of(const char *w, bool star, char *pattern)
{
    if (star) {
        sprintf(pattern, "%c*%s", w[0], w + 1);
    } else {
        sprintf(pattern, "%.*s?", (int)strlen(w) - 1, w);
    }
}

static inline bool text_glob(const char *v, const char *w)
{
    char pattern[16];
    glob_of(w, strlen(w) > 1, pattern);
    return slow_glob(v, pattern);
}

/* The word, repeated, and a 'c': the whole value. */
static inline bool text_regex(const char *v, const char *w)
{
    do {
        if (!text_starts(v, w)) {
            return false;
        }
        v += strlen(w);
    } while (text_starts(v, w));
    return !*v || !strcmp(v, "c");
}

static inline bool text_below(const char *v, const char *w)
{
    return text_starts(v, w) && (!v[strlen(w)] || v[strlen(w)] == '/' || !strcmp(w, "/"));
}

enum { AS_IT_IS, UPPER, HEXADECIMAL, GLOB, GLOB_UPPER, REGEX, LIST };

static const struct {
    const char *name;
    bool (*holds)(const char *value, const char *want);
    unsigned form; /* how the word is written in the rule */
} operators[] = {{"=", text_eq, AS_IT_IS},
                 {"==", text_eq, AS_IT_IS},
                 {"!=", text_ne, AS_IT_IS},
                 {"<", text_lt, AS_IT_IS},
                 {"<=", text_le, AS_IT_IS},
                 {">", text_gt, AS_IT_IS},
                 {">=", text_ge, AS_IT_IS},
                 {"contains", text_contains, AS_IT_IS},
                 {"icontains", text_contains, UPPER},
                 {"bcontains", text_contains, HEXADECIMAL},
                 {"startswith", text_starts, AS_IT_IS},
                 {"istartswith", text_starts, UPPER},
                 {"bstartswith", text_starts, HEXADECIMAL},
                 {"endswith", text_ends, AS_IT_IS},
                 {"iendswith", text_ends, UPPER},
                 {"glob", text_glob, GLOB},
                 {"iglob", text_glob, GLOB_UPPER},
                 {"regex", text_regex, REGEX},
                 {"in", text_eq, LIST},
                 {"intersects", text_eq, LIST},
                 {"pmatch", text_below, LIST}};

enum { OPERATORS = sizeof(operators) / sizeof(operators[0]) };

static inline void put_word(char *out, unsigned form, const char *w)
{
    char pattern[16];
    switch (form) {
    case HEXADECIMAL:
        for (; *w; w++, out += 2) {
            sprintf(out, "%02x", (unsigned char)*w);
        }
        return;
    case GLOB:
    case GLOB_UPPER:
        glob_of(w, strlen(w) > 1, pattern);
        sprintf(out, "\"%s\"", pattern);
        break;
    case REGEX:
        sprintf(out, "'(%s)+c?'", w);
        break;
    case LIST:
        sprintf(out, "(nothing, %s)", w);
        break;
    default:
        sprintf(out, "%s", w);
        break;
    }
    for (; *out && (form == UPPER || form == GLOB_UPPER); out++) {
        *out = (char)toupper((unsigned char)*out);
    }
}

#endif
