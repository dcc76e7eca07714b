/* The times that utime, utimes and utimensat set, and dates as comments. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/file.h"
#include "decode/kinds/members.h"

XLAT(utime_special, NULL, X(UTIME_NOW), X(UTIME_OMIT));

void decode_date_note(struct decoder *d, uint32_t index, int64_t seconds, uint64_t part, int digits)
{
    char text[96];
    struct tm local;
    time_t clock = (time_t)seconds;
    uint64_t most = digits == 9 ? 999999999 : 999999;

    if ((seconds == 0 && part == 0) || part > most || !localtime_r(&clock, &local)) {
        return;
    }
    size_t at = strftime(text, sizeof(text), "%FT%T", &local);
    if (part) {
        at += (size_t)snprintf(text + at, sizeof(text) - at, ".%0*llu", digits, (unsigned long long)part);
    }
    at += strftime(text + at, sizeof(text) - at, "%z", &local);
    values_note(d->out, index, text, at);
}

/* One time: the tv_sec and the part behind it, whose name tells its unit. */
static void decode_time(struct decoder *d, int64_t seconds, uint64_t part, const char *part_name, int digits)
{
    uint32_t index = values_open(d->out, VALUE_STRUCT, NULL);
    values_add(d->out, VALUE_INT, "tv_sec", (uint64_t)seconds);
    values_add(d->out, VALUE_UINT, part_name, part);
    values_close(d->out);
    decode_date_note(d, index, seconds, part, digits);
}

/* UTIME_NOW and UTIME_OMIT in the nanoseconds make the seconds meaningless. */
static void decode_utime(struct decoder *d, int64_t seconds, uint64_t part, bool nano)
{
    if (nano && xlat_name(&xlat_utime_special, part)) {
        values_xlat(d->out, VALUE_ENUM, NULL, &xlat_utime_special, part);
    } else {
        decode_time(d, seconds, part, nano ? "tv_nsec" : "tv_usec", nano ? 9 : 6);
    }
}

enum { PAIR_NANO = 1, PAIR_64BIT = 2 };

/* kind->option: PAIR_*. */
static void decode_pair(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    bool nano = kind->option & PAIR_NANO;
    int64_t wide[4];
    int32_t narrow[4];

    if (d->abi->long_size == 8 || (kind->option & PAIR_64BIT)) {
        if (!decode_object(d, name, raw, wide, sizeof(wide))) {
            return;
        }
    } else {
        if (!decode_object(d, name, raw, narrow, sizeof(narrow))) {
            return;
        }
        for (unsigned i = 0; i < 4; i++) {
            wide[i] = i % 2 ? (int64_t)(uint32_t)narrow[i] : narrow[i];
        }
    }
    values_open(d->out, VALUE_ARRAY, name);
    decode_utime(d, wide[0], (uint64_t)wide[1], nano);
    decode_utime(d, wide[2], (uint64_t)wide[3], nano);
    values_close(d->out);
}

struct utimbuf_64 {
    int64_t actime;
    int64_t modtime;
};
struct utimbuf_32 {
    int32_t actime;
    int32_t modtime;
};
LAYOUT(utimbuf_64, struct utimbuf_64, MEMBER(struct utimbuf_64, actime, SECONDS),
       MEMBER(struct utimbuf_64, modtime, SECONDS));
LAYOUT(utimbuf_32, struct utimbuf_32, MEMBER(struct utimbuf_32, actime, SECONDS),
       MEMBER(struct utimbuf_32, modtime, SECONDS));

static void decode_utimbuf(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_layout_at(d, name, raw, d->abi->long_size == 8 ? &layout_utimbuf_64 : &layout_utimbuf_32,
                     UINT64_MAX);
}

const struct kind kind_utimbuf = {.decode = decode_utimbuf};
const struct kind kind_timeval_pair = {.decode = decode_pair};
const struct kind kind_timespec_pair = {.decode = decode_pair, .option = PAIR_NANO};
const struct kind kind_timespec64_pair = {.decode = decode_pair, .option = PAIR_NANO | PAIR_64BIT};
