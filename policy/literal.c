#include "policy/literal.h"

#include <ctype.h>
#include <string.h>

/* Ends the piece that began at `start`, and keeps it if it is the longest so far. */
static void end_piece(struct text *best, struct text pattern, size_t start, size_t end)
{
    if (end > start && end - start > best->n) {
        *best = (struct text){pattern.s + start, end - start};
    }
}

struct text literal_of_glob(struct text pattern)
{
    struct text best = {"", 0};
    size_t start = 0;
    for (size_t i = 0; i < pattern.n; i++) {
        if (pattern.s[i] == '[') { /* from here on nothing is certain */
            end_piece(&best, pattern, start, i);
            return best;
        }
        if (pattern.s[i] == '*' || pattern.s[i] == '?' || pattern.s[i] == '\\') {
            end_piece(&best, pattern, start, i);
            i += pattern.s[i] == '\\';
            start = i + 1;
        }
    }
    end_piece(&best, pattern, start, pattern.n);
    return best;
}

/* What needs a parser to be passed over: groups, sets, and escapes of more than one character. */
static bool needs_parser(struct text pattern, size_t i)
{
    char next = i + 1 < pattern.n ? pattern.s[i + 1] : 0;
    bool simple = ispunct((unsigned char)next) || (next && strchr("dDwWsSntrf", next));
    return pattern.s[i] == '(' || pattern.s[i] == '[' || (pattern.s[i] == '\\' && !simple);
}

struct text literal_of_regex(struct text pattern)
{
    struct text best = {"", 0};
    size_t start = 0;
    if (memchr(pattern.s, '|', pattern.n)) {
        return best; /* there may be a choice */
    }
    for (size_t i = 0; i < pattern.n; i++) {
        char c = pattern.s[i];
        if (needs_parser(pattern, i)) {
            end_piece(&best, pattern, start, i);
            return best;
        }
        if (c == '*' || c == '?' || c == '{' || c == '+') { /* it is about the character before */
            end_piece(&best, pattern, start, i > start ? i - 1 : i);
            while (c == '{' && i + 1 < pattern.n && pattern.s[i] != '}') {
                i++;
            }
            start = i + 1;
        } else if (c == '.' || c == '^' || c == '$' || c == '\\') {
            end_piece(&best, pattern, start, i);
            i += c == '\\';
            start = i + 1;
        }
    }
    end_piece(&best, pattern, start, pattern.n);
    return best;
}
