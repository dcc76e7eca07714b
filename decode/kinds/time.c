#include "decode/kinds/time.h"

#include <sys/time.h>
#include <time.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/fields.h"

enum { TIME_BYTES_MAX = 32 }; /* two pairs of 64-bit members */

static uint32_t member_size(const struct decoder *d, enum time_layout layout)
{
    return layout == TIME_64BIT ? 8 : d->abi->long_size;
}

/* Appends {tv_sec=..., <fraction>=...}. */
static void append_pair(struct decoder *d, const char *name, const char *fraction, int64_t seconds,
                        uint64_t rest)
{
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_INT, "tv_sec", (uint64_t)seconds);
    values_add(d->out, VALUE_UINT, fraction, rest);
    values_close(d->out);
}

void decode_timespec_of(struct decoder *d, const char *name, int64_t seconds, uint64_t nanoseconds)
{
    append_pair(d, name, "tv_nsec", seconds, nanoseconds);
}

void decode_timeval_of(struct decoder *d, const char *name, int64_t seconds, uint64_t microseconds)
{
    append_pair(d, name, "tv_usec", seconds, microseconds);
}

static void pair_from(struct decoder *d, const char *name, const char *fraction, struct fields *f,
                      uint32_t member)
{
    int64_t seconds = field_signed(f, member);
    append_pair(d, name, fraction, seconds, field_unsigned(f, member));
}

static void decode_pair(struct decoder *d, const char *name, const char *fraction, uint64_t addr,
                        uint32_t member)
{
    unsigned char bytes[TIME_BYTES_MAX];
    if (!decode_object(d, name, addr, bytes, 2 * member)) {
        return;
    }
    struct fields f = fields_over(d, bytes, 2 * member);
    pair_from(d, name, fraction, &f, member);
}

/* Appends {it_interval={...}, it_value={...}}. */
static void decode_interval(struct decoder *d, const char *name, const char *fraction, uint64_t addr,
                            uint32_t member)
{
    unsigned char bytes[TIME_BYTES_MAX];
    if (!decode_object(d, name, addr, bytes, 4 * member)) {
        return;
    }
    struct fields f = fields_over(d, bytes, 4 * member);
    values_open(d->out, VALUE_STRUCT, name);
    pair_from(d, "it_interval", fraction, &f, member);
    pair_from(d, "it_value", fraction, &f, member);
    values_close(d->out);
}

void decode_timespec(struct decoder *d, const char *name, uint64_t addr, enum time_layout layout)
{
    decode_pair(d, name, "tv_nsec", addr, member_size(d, layout));
}

void decode_timeval(struct decoder *d, const char *name, uint64_t addr, enum time_layout layout)
{
    decode_pair(d, name, "tv_usec", addr, member_size(d, layout));
}

/* kind->option: the layout. */
static void timespec_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    decode_timespec(d, name, raw, (enum time_layout)kind->option);
}

static void timeval_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    decode_timeval(d, name, raw, (enum time_layout)kind->option);
}

static void itimerspec_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    decode_interval(d, name, "tv_nsec", raw, member_size(d, (enum time_layout)kind->option));
}

static void itimerval_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    decode_interval(d, name, "tv_usec", raw, member_size(d, (enum time_layout)kind->option));
}

#define TIME_KIND(id, function, layout, direction_, size_)                                                   \
    const struct kind kind_##id = {.decode = function,                                                       \
                                   .option = (layout),                                                       \
                                   .direction = (direction_),                                                \
                                   .extent = EXTENT_FIXED,                                                   \
                                   .size = (size_)}

TIME_KIND(timespec, timespec_kind, TIME_NATIVE, DIR_IN, 16);
TIME_KIND(timespec_out, timespec_kind, TIME_NATIVE, DIR_OUT, 16);
TIME_KIND(timespec64, timespec_kind, TIME_64BIT, DIR_IN, 16);
TIME_KIND(timespec64_out, timespec_kind, TIME_64BIT, DIR_OUT, 16);
TIME_KIND(timeval, timeval_kind, TIME_NATIVE, DIR_IN, 16);
TIME_KIND(timeval_out, timeval_kind, TIME_NATIVE, DIR_OUT, 16);
TIME_KIND(itimerspec, itimerspec_kind, TIME_NATIVE, DIR_IN, 32);
TIME_KIND(itimerspec_out, itimerspec_kind, TIME_NATIVE, DIR_OUT, 32);
TIME_KIND(itimerspec64, itimerspec_kind, TIME_64BIT, DIR_IN, 32);
TIME_KIND(itimerspec64_out, itimerspec_kind, TIME_64BIT, DIR_OUT, 32);
TIME_KIND(itimerval, itimerval_kind, TIME_NATIVE, DIR_IN, 32);
TIME_KIND(itimerval_out, itimerval_kind, TIME_NATIVE, DIR_OUT, 32);
