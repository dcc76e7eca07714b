#include "policy/match.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "policy/names.h"

enum { SEARCH_MAX = 4 }; /* sets up to this size are searched through */

static unsigned char fold(char c, bool ignore_case)
{
    unsigned char u = (unsigned char)c;
    return ignore_case && u >= 'A' && u <= 'Z' ? (unsigned char)(u + 32) : u;
}

static bool same(const char *a, const char *b, size_t n, bool ignore_case)
{
    if (!ignore_case) {
        return !memcmp(a, b, n);
    }
    for (size_t i = 0; i < n; i++) {
        if (fold(a[i], true) != fold(b[i], true)) {
            return false;
        }
    }
    return true;
}

bool match_contains(struct text value, struct text part, bool ignore_case)
{
    if (!ignore_case) {
        return memmem(value.s, value.n, part.s, part.n) != NULL;
    }
    for (size_t i = 0; i + part.n <= value.n; i++) {
        if (same(value.s + i, part.s, part.n, true)) {
            return true;
        }
    }
    return false;
}

bool match_startswith(struct text value, struct text part, bool ignore_case)
{
    return value.n >= part.n && same(value.s, part.s, part.n, ignore_case);
}

bool match_endswith(struct text value, struct text part, bool ignore_case)
{
    return value.n >= part.n && same(value.s + value.n - part.n, part.s, part.n, ignore_case);
}

int match_compare(struct text a, struct text b)
{
    int order = memcmp(a.s, b.s, a.n < b.n ? a.n : b.n);
    return order ? (order < 0 ? -1 : 1) : a.n < b.n ? -1 : a.n > b.n;
}

/*
 * One [...] at p.s[*at], which is '['. Moves *at past it and says whether c is in it; an unclosed bracket is
 * a character like any other.
 */
static bool match_bracket(struct text p, size_t *at, unsigned char c, bool ignore_case)
{
    size_t i = *at + 1;
    bool negated = i < p.n && (p.s[i] == '!' || p.s[i] == '^');
    bool found = false;
    i += negated;
    size_t first = i;
    for (; i < p.n && (p.s[i] != ']' || i == first); i++) {
        unsigned char low = fold(p.s[i], ignore_case);
        unsigned char high = low;
        if (i + 2 < p.n && p.s[i + 1] == '-' && p.s[i + 2] != ']') {
            high = fold(p.s[i + 2], ignore_case);
            i += 2;
        }
        found = found || (c >= low && c <= high);
    }
    if (i >= p.n) {
        ++*at;
        return c == '[';
    }
    *at = i + 1;
    return found != negated;
}

/* Whether the pattern's next element matches c; moves past it. */
static bool match_one(struct text p, size_t *at, unsigned char c, bool ignore_case)
{
    if (p.s[*at] == '?') {
        ++*at;
        return true;
    }
    if (p.s[*at] == '[') {
        return match_bracket(p, at, c, ignore_case);
    }
    if (p.s[*at] == '\\' && *at + 1 < p.n) {
        ++*at;
    }
    return fold(p.s[(*at)++], ignore_case) == c;
}

/* A failed match goes back to the last '*' only: an earlier one can't do better. */
bool match_glob(struct text value, struct text pattern, bool ignore_case)
{
    size_t v = 0;
    size_t p = 0;
    size_t star = SIZE_MAX;
    size_t retry = 0;
    while (v < value.n) {
        size_t next = p;
        if (p < pattern.n && pattern.s[p] == '*') {
            star = ++p;
            retry = v;
        } else if (p < pattern.n && match_one(pattern, &next, fold(value.s[v], ignore_case), ignore_case)) {
            p = next;
            v++;
        } else if (star != SIZE_MAX) {
            p = star;
            v = ++retry;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.s[p] == '*') {
        p++;
    }
    return p == pattern.n;
}

/* The component at *at, without slashes; moves past it. Empty at the end. */
static struct text component(struct text path, size_t *at)
{
    while (*at < path.n && path.s[*at] == '/') {
        ++*at;
    }
    size_t start = *at;
    while (*at < path.n && path.s[*at] != '/') {
        ++*at;
    }
    return (struct text){path.s + start, *at - start};
}

bool match_path(struct text path, struct text prefix)
{
    size_t v = 0;
    size_t p = 0;
    bool rooted = path.n && path.s[0] == '/';
    if (rooted != (prefix.n && prefix.s[0] == '/')) {
        return false;
    }
    for (;;) {
        struct text want = component(prefix, &p);
        if (!want.n) {
            return true;
        }
        struct text have = component(path, &v);
        if (!have.n || !match_glob(have, want, false)) {
            return false;
        }
    }
}

bool text_set_init(struct text_set *set, struct arena *arena, const struct text *items, size_t count)
{
    *set = (struct text_set){.items = items, .count = (uint32_t)count};
    if (count <= SEARCH_MAX) {
        return true;
    }
    uint32_t room = 8;
    while (room < 2 * count) {
        room *= 2;
    }
    uint32_t *slots = arena_alloc(arena, room * sizeof(*slots));
    if (!slots) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = text_hash(items[i].s, items[i].n) & (room - 1);
        while (slots[at]) {
            at = (at + 1) & (room - 1);
        }
        slots[at] = i + 1;
    }
    set->slots = slots;
    set->mask = room - 1;
    return true;
}

int64_t text_set_find(const struct text_set *set, struct text text)
{
    if (!set->slots) {
        for (uint32_t i = 0; i < set->count; i++) {
            if (match_equal(set->items[i], text)) {
                return i;
            }
        }
        return -1;
    }
    for (uint32_t at = text_hash(text.s, text.n) & set->mask; set->slots[at]; at = (at + 1) & set->mask) {
        if (match_equal(set->items[set->slots[at] - 1], text)) {
            return set->slots[at] - 1;
        }
    }
    return -1;
}

bool network_parse(const char *text, struct network *network)
{
    char address[INET6_ADDRSTRLEN];
    const char *slash = strchr(text, '/');
    size_t n = slash ? (size_t)(slash - text) : strlen(text);
    if (n >= sizeof(address)) {
        return false;
    }
    memcpy(address, text, n);
    address[n] = 0;
    *network = (struct network){.ip.family = strchr(address, ':') ? 6 : 4};
    unsigned max = network->ip.family == 6 ? 128 : 32;
    if (inet_pton(max == 128 ? AF_INET6 : AF_INET, address, network->ip.bytes) != 1) {
        return false;
    }
    char *end = NULL;
    unsigned long bits = slash ? strtoul(slash + 1, &end, 10) : max;
    network->bits = (uint8_t)bits;
    return bits <= max && (!slash || (isdigit((unsigned char)slash[1]) && !*end));
}

bool network_has(const struct network *network, const struct policy_ip *ip)
{
    unsigned whole = network->bits / 8;
    unsigned rest = network->bits % 8;
    if (network->ip.family != ip->family || memcmp(network->ip.bytes, ip->bytes, whole) != 0) {
        return false;
    }
    unsigned mask = 0xff00u >> rest & 0xff;
    return !rest || ((network->ip.bytes[whole] ^ ip->bytes[whole]) & mask) == 0;
}
