#include "decode/select.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "decode/demultiplex.h"

struct class_name {
    const char *name;
    uint32_t classes;
    bool legacy; /* may be written without the %, as before strace 4.17 */
};

/* The classes of strace(1). */
static const struct class_name classes[] = {
    {"desc", CLASS_DESC, true},
    {"file", CLASS_FILE, true},
    {"memory", CLASS_MEMORY, true},
    {"process", CLASS_PROCESS, true},
    {"signal", CLASS_SIGNAL, true},
    {"ipc", CLASS_IPC, true},
    {"network", CLASS_NETWORK, true},
    {"net", CLASS_NETWORK, false},
    {"creds", CLASS_CREDS, false},
    {"clock", CLASS_CLOCK, false},
    {"stat", CLASS_STAT, false},
    {"lstat", CLASS_LSTAT, false},
    {"fstat", CLASS_FSTAT, false},
    {"%stat", CLASS_STAT | CLASS_LSTAT | CLASS_FSTAT | CLASS_STAT_LIKE, false},
    {"statfs", CLASS_STATFS, false},
    {"fstatfs", CLASS_FSTATFS, false},
    {"%statfs", CLASS_STATFS | CLASS_FSTATFS | CLASS_STATFS_LIKE, false},
    {"pure", CLASS_PURE, false},
};

/* One bit for each enum abi_id. */
enum { EVERY_ABI = (1 << ABI_COUNT) - 1 };

/* strace's names of personalities. */
static const struct personality {
    const char *name;
    unsigned abis;
} personalities[] = {{"64", 1 << ABI_X86_64}, {"32", 1 << ABI_I386}, {"x32", 1 << ABI_X32}};

/* One word between commas, taken apart. */
struct word {
    const char *text;
    size_t length;
    unsigned abis;
    bool tolerant; /* ?: not an error if it selects nothing */
};

/* Longer words are no call's name, and no expression anybody means. */
enum { WORD_MAX = 255 };

static bool is(const struct word *word, const char *text)
{
    return strlen(text) == word->length && memcmp(text, word->text, word->length) == 0;
}

static void add(struct selection *selection, unsigned abi_bits, enum call_id id)
{
    for (unsigned a = 0; a < ABI_COUNT; a++) {
        if (abi_bits >> a & 1) {
            call_set_add(&selection->calls[a], id);
        }
    }
}

void selection_all(struct selection *selection)
{
    *selection = (struct selection){.unknown = true};
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        add(selection, EVERY_ABI, (enum call_id)id);
    }
}

void selection_add(struct selection *selection, const struct call_set *calls)
{
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        if (call_set_has(calls, (enum call_id)id)) {
            add(selection, EVERY_ABI, (enum call_id)id);
        }
    }
}

void selection_add_multiplexers(struct selection *selection)
{
    struct call_set *calls = &selection->calls[ABI_I386];
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        enum call_id multiplexer = call_multiplexer((enum call_id)id);
        if (multiplexer != CALL_none && call_set_has(calls, (enum call_id)id)) {
            call_set_add(calls, multiplexer);
        }
    }
}

static void complement(struct selection *selection)
{
    struct selection all;
    selection_all(&all);
    for (unsigned a = 0; a < ABI_COUNT; a++) {
        for (size_t i = 0; i < ARRAY_SIZE(all.calls[a].bits); i++) {
            selection->calls[a].bits[i] = all.calls[a].bits[i] & ~selection->calls[a].bits[i];
        }
    }
    selection->unknown = !selection->unknown;
}

static bool add_all(struct selection *selection, const struct word *word)
{
    if (!is(word, "all")) {
        return false;
    }
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        add(selection, word->abis, (enum call_id)id);
    }
    selection->unknown = selection->unknown || word->abis == EVERY_ABI;
    return true;
}

static bool add_class(struct selection *selection, const struct word *word)
{
    bool percent = word->length && word->text[0] == '%';
    struct word name = {word->text + percent, word->length - percent, word->abis, false};
    for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
        if ((!percent && !classes[i].legacy) || !is(&name, classes[i].name)) {
            continue;
        }
        for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
            if (call_line((enum call_id)id)->classes & classes[i].classes) {
                add(selection, word->abis, (enum call_id)id);
            }
        }
        return true;
    }
    return false;
}

/* A number means the call of that number in each ABI, which need not be the same call. */
static bool add_number(struct selection *selection, const struct word *word)
{
    int number = 0;
    bool found = false;
    for (size_t i = 0; i < word->length; i++) {
        if (word->text[i] < '0' || word->text[i] > '9' || number > UINT16_MAX) {
            return false;
        }
        number = number * 10 + (word->text[i] - '0');
    }
    for (unsigned a = 0; word->length && a < ABI_COUNT; a++) {
        enum call_id id = call_find(&abis[a], number);
        if (id != CALL_none && word->abis >> a & 1) {
            call_set_add(&selection->calls[a], id);
            found = true;
        }
    }
    return found;
}

/* Whether an ABI has a call: by its own number, or on i386 behind a multiplexer. */
static bool callable(unsigned abi, enum call_id id)
{
    return call_number(&abis[abi], id) >= 0 || (abi == ABI_I386 && call_multiplexer(id) != CALL_none);
}

static bool add_name(struct selection *selection, const struct word *word)
{
    enum call_id id = call_by_name(word->text, word->length);
    bool found = false;
    for (unsigned a = 0; id != CALL_none && a < ABI_COUNT; a++) {
        if (word->abis >> a & 1 && callable(a, id)) {
            call_set_add(&selection->calls[a], id);
            found = true;
        }
    }
    return found;
}

/* word->text starts with the slash. Returns whether a name matched, or -EINVAL with err filled. */
static int add_matching(struct selection *selection, const struct word *word, struct error *err)
{
    regex_t regex;
    char pattern[WORD_MAX + 1];
    char reason[128];
    bool found = false;

    snprintf(pattern, sizeof(pattern), "%.*s", (int)word->length - 1, word->text + 1);
    int ret = regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB);
    if (ret != 0) {
        regerror(ret, &regex, reason, sizeof(reason));
        return error_set(err, EINVAL, "invalid regular expression '%s': %s", pattern, reason);
    }
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        if (regexec(&regex, call_line((enum call_id)id)->name, 0, NULL, 0) == 0) {
            add(selection, word->abis, (enum call_id)id);
            found = true;
        }
    }
    regfree(&regex);
    return found;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/*
 * How many letters have to be inserted, removed, replaced, or swapped with their neighbour to turn one word
 * into the other: the optimal string alignment distance, three rows at a time.
 */
static unsigned distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    enum { LONGEST = 64 };
    unsigned rows[3][LONGEST + 1];
    if (a_length > LONGEST || b_length > LONGEST) {
        return LONGEST;
    }
    for (size_t k = 0; k <= b_length; k++) {
        rows[0][k] = (unsigned)k;
    }
    for (size_t i = 1; i <= a_length; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i + 2) % 3];
        const unsigned *two_above = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t k = 1; k <= b_length; k++) {
            row[k] = least(least(above[k], row[k - 1]) + 1, above[k - 1] + (a[i - 1] != b[k - 1]));
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1]) {
                row[k] = least(row[k], two_above[k - 2] + 1);
            }
        }
    }
    return rows[a_length % 3][b_length];
}

/* What the user may have meant, "%" and name; NULL where nothing is near enough to be worth saying. */
static const char *nearest(const struct word *word, const char **prefix)
{
    const char *best = NULL;
    bool percent = word->length && word->text[0] == '%';
    unsigned best_distance = word->length < 6 ? 2 : (unsigned)word->length / 3;

    *prefix = percent ? "%" : "";
    for (unsigned id = CALL_none + 1; !percent && id < CALL_COUNT; id++) {
        const char *name = call_line((enum call_id)id)->name;
        unsigned here = distance(word->text, word->length, name, strlen(name));
        if (here < best_distance || (here == best_distance && !best)) {
            best = name;
            best_distance = here;
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
        const char *name = classes[i].name;
        unsigned here = distance(word->text + percent, word->length - percent, name, strlen(name));
        if (here < best_distance || (here == best_distance && !best)) {
            *prefix = "%";
            best = name;
            best_distance = here;
        }
    }
    return best;
}

static int unknown_word(const struct word *word, const char *whole, size_t length, struct error *err)
{
    const char *prefix;
    const char *best = word->length ? nearest(word, &prefix) : NULL;
    if (best) {
        return error_set(err, EINVAL, "invalid system call '%.*s'; did you mean '%s%s'?", (int)length, whole,
                         prefix, best);
    }
    return error_set(err, EINVAL, "invalid system call '%.*s'", (int)length, whole);
}

/* Cuts "@64", "@32" or "@x32" off the word. */
static int cut_personality(struct word *word, struct error *err)
{
    const char *at = memchr(word->text, '@', word->length);
    if (!at) {
        return 0;
    }
    struct word suffix = {at + 1, word->length - (size_t)(at + 1 - word->text), 0, false};
    for (size_t i = 0; i < ARRAY_SIZE(personalities); i++) {
        if (is(&suffix, personalities[i].name)) {
            word->abis = personalities[i].abis;
            word->length = (size_t)(at - word->text);
            return 0;
        }
    }
    return error_set(err, EINVAL, "unknown personality '%.*s' in '%.*s'; it is one of 64, 32, x32",
                     (int)suffix.length, suffix.text, (int)word->length, word->text);
}

/* word->text starts with the slash; an expression may hold an @ of its own, so it takes no personality. */
static int add_regex(struct selection *selection, const struct word *word, struct error *err)
{
    int found = add_matching(selection, word, err);
    if (found == 0 && !word->tolerant) {
        return error_set(err, EINVAL, "no system call matches '%.*s'", (int)word->length, word->text);
    }
    return found < 0 ? found : 0;
}

static int add_word(struct selection *selection, const char *text, size_t length, struct error *err)
{
    struct word word = {text, length, EVERY_ABI, false};
    if (length > WORD_MAX) {
        return error_set(err, EINVAL, "invalid system call '%.20s...'", text);
    }
    while (word.length && word.text[0] == '?') {
        word.tolerant = true;
        word.text++;
        word.length--;
    }
    if (word.length && word.text[0] == '/') {
        return add_regex(selection, &word, err);
    }
    int ret = cut_personality(&word, err);
    if (ret < 0) {
        return ret;
    }
    if (is(&word, "none") || add_all(selection, &word) || add_number(selection, &word) ||
        add_class(selection, &word) || add_name(selection, &word) || word.tolerant) {
        return 0;
    }
    return unknown_word(&word, text, length, err);
}

int selection_parse(struct selection *selection, const char *expression, struct error *err)
{
    struct selection chosen = {.unknown = false};
    const char *at = expression;
    bool inverted = false;
    bool any = false;

    for (; *at == '!'; at++) {
        inverted = !inverted;
    }
    while (*at) {
        size_t length = strcspn(at, ",");
        int ret = length ? add_word(&chosen, at, length, err) : 0;
        if (ret < 0) {
            return ret;
        }
        any = any || length;
        at += length + (at[length] == ',');
    }
    if (!any) {
        return error_set(err, EINVAL, "'%s' names no system call; 'none' selects nothing", expression);
    }
    if (inverted) {
        complement(&chosen);
    }
    *selection = chosen;
    return 0;
}
