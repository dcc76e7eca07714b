#include "decode/inject.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "decode/base/time.h"
#include "decode/render.h"

enum { FIRST_MAX = 65535, LAST_MAX = 65534, POKE_MAX = 4096 };

struct reader {
    const char *option; /* "inject" or "fault" */
    const char *text;
    struct injection *injection;
    struct error *err;
};

/* A stretch of the text. */
struct piece {
    const char *start;
    size_t length;
};

__attribute__((format(printf, 3, 4))) static int refuse(const struct reader *r, const char *at,
                                                        const char *format, ...)
{
    char what[256];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    return error_set(r->err, EINVAL, "-e %s=: column %zu: %s", r->option, (size_t)(at - r->text) + 1, what);
}

/* For "%.*s": what is wrong, not more of it than a line holds. */
#define QUOTED(piece) (int)((piece).length < 60 ? (piece).length : 60), (piece).start

/* Digits only, at most `max`; moves *text past them. False if there are none or they say more. */
static bool read_number(const char **text, const char *end, uint32_t max, uint32_t *number)
{
    uint32_t n = 0;
    const char *p = *text;
    for (; p < end && isdigit((unsigned char)*p); p++) {
        n = n * 10 + (uint32_t)(*p - '0');
        if (n > max) {
            return false;
        }
    }
    bool any = p > *text;
    *number = n;
    *text = p;
    return any;
}

static bool whole_number(struct piece word, uint32_t max, uint32_t *number)
{
    const char *at = word.start;
    return read_number(&at, word.start + word.length, max, number) && at == word.start + word.length;
}

static int read_error(const struct reader *r, struct piece word)
{
    uint32_t number = 0;
    if (!whole_number(word, ERRNO_MAX, &number)) {
        number = (uint32_t)errno_find(word.start, word.length);
    }
    if (number == 0) {
        return refuse(r, word.start, "'%.*s' is not an error: a name such as ENOENT, or 1..%d", QUOTED(word),
                      ERRNO_MAX);
    }
    r->injection->error = (int)number;
    return 0;
}

static int read_retval(const struct reader *r, struct piece word)
{
    char digits[32] = "";
    char *end = digits;
    errno = 0;
    if (word.length < sizeof(digits)) {
        memcpy(digits, word.start, word.length);
        digits[word.length] = 0;
        bool negative = digits[0] == '-';
        r->injection->value =
            negative ? strtoll(digits, &end, 0) : (int64_t)strtoull(digits, &end, 0); /* 0x and 0 as in C */
    }
    if (end == digits || *end || errno || isspace((unsigned char)digits[0])) {
        return refuse(r, word.start, "'%.*s' is not a number of 64 bits", QUOTED(word));
    }
    return 0;
}

static int read_signal(const struct reader *r, struct piece word)
{
    r->injection->signal = signal_find(word.start, word.length);
    return r->injection->signal ? 0 : refuse(r, word.start, "'%.*s' is not a signal", QUOTED(word));
}

/* Only calls without effect may stand in for another: those of %pure. */
static int read_syscall(const struct reader *r, struct piece word)
{
    enum call_id id = call_by_name(word.start, word.length);
    if (id == CALL_none) {
        return refuse(r, word.start, "there is no call '%.*s'", QUOTED(word));
    }
    if (!(call_line(id)->classes & CLASS_PURE)) {
        return refuse(r, word.start, "'%.*s' is not a call without effect (%%pure)", QUOTED(word));
    }
    r->injection->replacement = id;
    return 0;
}

/* A decimal number with a unit, microseconds without. */
static int read_delay(const struct reader *r, struct piece word, int64_t *ns)
{
    char text[32];
    if (word.length < sizeof(text)) {
        memcpy(text, word.start, word.length);
        text[word.length] = 0;
        if (duration_parse(text, "us", ns)) {
            return 0;
        }
    }
    return refuse(r, word.start, "'%.*s' is not a time such as 10ms, 1.5s or 200us (the default)",
                  QUOTED(word));
}

static int read_delay_enter(const struct reader *r, struct piece word)
{
    return read_delay(r, word, &r->injection->delay_enter_ns);
}

static int read_delay_exit(const struct reader *r, struct piece word)
{
    return read_delay(r, word, &r->injection->delay_exit_ns);
}

static unsigned digit_value(char c)
{
    return isdigit((unsigned char)c) ? (unsigned)(c - '0') : (unsigned)(tolower((unsigned char)c) - 'a' + 10);
}

static int read_bytes(const struct reader *r, struct piece hex, struct poke *poke)
{
    if (hex.length == 0 || hex.length % 2 || hex.length / 2 > POKE_MAX) {
        return refuse(r, hex.start, "'%.*s' is not 1 to %d bytes of two hexadecimal digits each", QUOTED(hex),
                      POKE_MAX);
    }
    poke->bytes = malloc(hex.length / 2);
    if (!poke->bytes) {
        return error_set(r->err, ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < hex.length; i++) {
        if (!isxdigit((unsigned char)hex.start[i])) {
            return refuse(r, hex.start + i, "'%c' is not a hexadecimal digit", hex.start[i]);
        }
        unsigned char *byte = &poke->bytes[i / 2];
        *byte = (unsigned char)((i % 2 ? *byte << 4 : 0) | (int)digit_value(hex.start[i]));
    }
    poke->length = (uint32_t)(hex.length / 2);
    return 0;
}

/* @argN=HEX,@argM=HEX... */
static int read_pokes(const struct reader *r, struct piece word, struct pokes *pokes)
{
    static const char head[] = "@arg";
    const char *end = word.start + word.length;
    unsigned seen = 0;
    for (const char *at = word.start;;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        struct piece one = {at, (size_t)((comma ? comma : end) - at)};
        if (one.length < 6 || memcmp(at, head, strlen(head)) != 0 || at[5] != '=') {
            return refuse(r, at, "'%.*s' is not of the form @argN=HEX", QUOTED(one));
        }
        unsigned arg = (unsigned)(at[4] - '1');
        if (arg >= CALL_ARGS_MAX) {
            return refuse(r, at + 4, "there is no argument %c: they are 1 to %d", at[4], CALL_ARGS_MAX);
        }
        if (seen >> arg & 1) {
            return refuse(r, at + 4, "argument %c has bytes already", at[4]);
        }
        seen |= 1U << arg;
        struct poke *poke = &pokes->args[pokes->count++];
        *poke = (struct poke){.arg = arg};
        int ret = read_bytes(r, (struct piece){at + 6, one.length - 6}, poke);
        if (ret < 0 || !comma) {
            return ret;
        }
        at = comma + 1;
    }
}

static int read_poke_enter(const struct reader *r, struct piece word)
{
    return read_pokes(r, word, &r->injection->enter);
}

static int read_poke_exit(const struct reader *r, struct piece word)
{
    return read_pokes(r, word, &r->injection->exit);
}

/* FIRST[..LAST][+[STEP]]: a range or a bare '+' steps by one, a lone FIRST does not go on. */
static int read_when(const struct reader *r, struct piece word)
{
    struct injection *in = r->injection;
    const char *at = word.start;
    const char *end = word.start + word.length;
    in->last = 0;
    in->step = 0;
    if (!read_number(&at, end, FIRST_MAX, &in->first) || in->first == 0) {
        return refuse(r, word.start, "the first invocation is a number from 1 to %d", FIRST_MAX);
    }
    if (end - at >= 2 && memcmp(at, "..", 2) == 0) {
        const char *number = at += 2;
        in->step = 1;
        if (!read_number(&at, end, LAST_MAX, &in->last) || in->last < in->first) {
            return refuse(r, number, "the last invocation is a number from the first to %d", LAST_MAX);
        }
    }
    if (at < end && *at == '+') {
        const char *number = ++at;
        in->step = 1;
        if (at < end && (!read_number(&at, end, FIRST_MAX, &in->step) || in->step == 0)) {
            return refuse(r, number, "the step is a number from 1 to %d", FIRST_MAX);
        }
    }
    return at == end ? 0 : refuse(r, at, "this is not of the form FIRST[..LAST][+[STEP]]");
}

static const struct token {
    const char *name;
    unsigned what;
    bool fault; /* -e fault= has it */
    int (*read)(const struct reader *r, struct piece word);
} tokens[] = {
    {"error", INJECT_ERROR, true, read_error},
    {"retval", INJECT_RETVAL, false, read_retval},
    {"signal", INJECT_SIGNAL, false, read_signal},
    {"syscall", INJECT_SYSCALL, false, read_syscall},
    {"delay_enter", INJECT_DELAY_ENTER, false, read_delay_enter},
    {"delay_exit", INJECT_DELAY_EXIT, false, read_delay_exit},
    {"poke_enter", INJECT_POKE_ENTER, false, read_poke_enter},
    {"poke_exit", INJECT_POKE_EXIT, false, read_poke_exit},
    {"when", INJECT_WHEN, true, read_when},
};

static int read_token(const struct reader *r, struct piece piece, bool fault)
{
    const char *equals = memchr(piece.start, '=', piece.length);
    size_t name = equals ? (size_t)(equals - piece.start) : piece.length;
    for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
        const struct token *t = &tokens[i];
        if (strlen(t->name) != name || memcmp(t->name, piece.start, name) != 0 || (fault && !t->fault)) {
            continue;
        }
        if (!equals) {
            return refuse(r, piece.start, "'%s' needs a value: %s=...", t->name, t->name);
        }
        const unsigned results = INJECT_ERROR | INJECT_RETVAL;
        if ((t->what & results) && (r->injection->what & results)) {
            return refuse(r, piece.start, "there is one result: error= or retval=, once");
        }
        if (t->what != INJECT_WHEN && (r->injection->what & t->what)) {
            return refuse(r, piece.start, "there is a '%s' already", t->name);
        }
        r->injection->what |= t->what;
        return t->read(r, (struct piece){equals + 1, piece.length - name - 1});
    }
    return refuse(r, piece.start,
                  fault ? "'%.*s' is not error= or when="
                        : "'%.*s' is not one of error=, retval=, signal=, syscall=, delay_enter=, "
                          "delay_exit=, poke_enter=, poke_exit=, when=",
                  QUOTED(piece));
}

static int read_set(const struct reader *r, struct piece set)
{
    struct error why = {0};
    char *text = strndup(set.start, set.length);
    if (!text) {
        return error_set(r->err, ENOMEM, "out of memory");
    }
    int ret = selection_parse(&r->injection->calls, text, &why);
    r->injection->traced_only = *text == '!' || strcmp(text, "all") == 0;
    free(text);
    return ret < 0 ? refuse(r, set.start, "%s", why.message) : 0;
}

/* What can't stand alone, or not together. */
static int conclude(const struct reader *r, bool fault)
{
    struct injection *in = r->injection;
    if (fault && !(in->what & INJECT_ERROR)) {
        in->what |= INJECT_ERROR;
        in->error = ENOSYS;
    }
    const unsigned alone = in->what & ~(unsigned)(INJECT_WHEN | INJECT_SYSCALL);
    if (alone == 0 && (in->what & INJECT_SYSCALL)) {
        return refuse(r, r->text, "syscall= needs something to inject: error=, retval=, ...");
    }
    return alone ? 0
                 : refuse(r, r->text + strlen(r->text), "there is nothing to inject: error=, signal=, ...");
}

static int read_injection(const struct reader *r, bool fault)
{
    size_t length = strcspn(r->text, ":");
    int ret = read_set(r, (struct piece){r->text, length});
    for (const char *at = r->text + length; ret == 0 && *at == ':'; at += length) {
        at++;
        length = strcspn(at, ":");
        ret = length ? read_token(r, (struct piece){at, length}, fault) : 0;
    }
    return ret < 0 ? ret : conclude(r, fault);
}

static void free_pokes(struct pokes *pokes)
{
    for (unsigned i = 0; i < pokes->count; i++) {
        free(pokes->args[i].bytes);
    }
}

int injections_add(struct injections *injections, const char *text, bool fault, struct error *err)
{
    struct injection *grown =
        reallocarray(injections->items, injections->count + 1, sizeof(*injections->items));
    if (!grown) {
        return error_set(err, ENOMEM, "out of memory");
    }
    injections->items = grown;
    struct injection *injection = &grown[injections->count++];
    *injection = (struct injection){.first = 1, .step = 1};
    const struct reader r = {
        .option = fault ? "fault" : "inject", .text = text, .injection = injection, .err = err};
    return read_injection(&r, fault);
}

void injections_free(struct injections *injections)
{
    for (size_t i = 0; i < injections->count; i++) {
        free_pokes(&injections->items[i].enter);
        free_pokes(&injections->items[i].exit);
    }
    free(injections->items);
    *injections = (struct injections){0};
}

const struct injection *injections_find(const struct injections *injections, const struct abi *abi,
                                        enum call_id id, bool shown)
{
    for (size_t i = injections->count; i-- > 0;) {
        const struct injection *in = &injections->items[i];
        if (selection_has(&in->calls, abi, id) && (shown || !in->traced_only)) {
            return in;
        }
    }
    return NULL;
}

bool injection_due(const struct injection *in, uint32_t nth)
{
    if (nth < in->first || (in->last && nth > in->last)) {
        return false;
    }
    return in->step ? (nth - in->first) % in->step == 0 : nth == in->first;
}

unsigned injections_what(const struct injections *injections)
{
    unsigned what = 0;
    for (size_t i = 0; i < injections->count; i++) {
        what |= injections->items[i].what;
    }
    return what;
}

int injection_looks_like_error(const struct injection *in, bool *compat)
{
    int64_t value = in->value;
    *compat = false;
    if (in->what & INJECT_RETVAL && (value > 0 || value < -ERRNO_MAX)) {
        value = (int32_t)(uint32_t)value;
        *compat = true;
    }
    return in->what & INJECT_RETVAL && value < 0 && value >= -ERRNO_MAX ? (int)-value : 0;
}
