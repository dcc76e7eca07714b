/* What the calls of the time family take besides plain times: clocks, timers, timex, process times. */
#include <errno.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>

#include "decode/base/cleanup.h"
#include "decode/kinds/basic.h"
#include "decode/kinds/fields.h"
#include "decode/kinds/file.h"
#include "decode/kinds/time.h"

enum { TIMEX_BYTES_MAX = 208, TIMEX_BYTES_I386 = 128, TMS_BYTES_MAX = 32 };

XLAT(clockid, "CLOCK_???", X(CLOCK_REALTIME), X(CLOCK_MONOTONIC), X(CLOCK_PROCESS_CPUTIME_ID),
     X(CLOCK_THREAD_CPUTIME_ID), X(CLOCK_MONOTONIC_RAW), X(CLOCK_REALTIME_COARSE), X(CLOCK_MONOTONIC_COARSE),
     X(CLOCK_BOOTTIME), X(CLOCK_REALTIME_ALARM), X(CLOCK_BOOTTIME_ALARM), {10, "CLOCK_SGI_CYCLE"},
     X(CLOCK_TAI));
XLAT(cpu_clock, "CPUCLOCK_???", {0, "CPUCLOCK_PROF"}, {1, "CPUCLOCK_VIRT"}, {2, "CPUCLOCK_SCHED"});
XLAT(timer_flags, "TIMER_???", X(TIMER_ABSTIME));
XLAT(itimer_which, "ITIMER_???", X(ITIMER_REAL), X(ITIMER_VIRTUAL), X(ITIMER_PROF));
/* ADJ_OFFSET_SS_READ and ADJ_OFFSET_SINGLESHOT hold bits of others: they come first. */
XLAT(timex_modes, "ADJ_???", {0xa001, "ADJ_OFFSET_SS_READ"}, {0x8001, "ADJ_OFFSET_SINGLESHOT"},
     {0x0001, "ADJ_OFFSET"}, {0x0002, "ADJ_FREQUENCY"}, {0x0004, "ADJ_MAXERROR"}, {0x0008, "ADJ_ESTERROR"},
     {0x0010, "ADJ_STATUS"}, {0x0020, "ADJ_TIMECONST"}, {0x0080, "ADJ_TAI"}, {0x0100, "ADJ_SETOFFSET"},
     {0x1000, "ADJ_MICRO"}, {0x2000, "ADJ_NANO"}, {0x4000, "ADJ_TICK"});
XLAT(timex_status, "STA_???", {0x0001, "STA_PLL"}, {0x0002, "STA_PPSFREQ"}, {0x0004, "STA_PPSTIME"},
     {0x0008, "STA_FLL"}, {0x0010, "STA_INS"}, {0x0020, "STA_DEL"}, {0x0040, "STA_UNSYNC"},
     {0x0080, "STA_FREQHOLD"}, {0x0100, "STA_PPSSIGNAL"}, {0x0200, "STA_PPSJITTER"},
     {0x0400, "STA_PPSWANDER"}, {0x0800, "STA_PPSERROR"}, {0x1000, "STA_CLOCKERR"}, {0x2000, "STA_NANO"},
     {0x4000, "STA_MODE"}, {0x8000, "STA_CLK"});

static const char *const clock_states[] = {"TIME_OK",  "TIME_INS",  "TIME_DEL",
                                           "TIME_OOP", "TIME_WAIT", "TIME_ERROR"};

/*
 * A negative clock is made of a descriptor or of a process id, inverted, and three bits below it
 * (include/linux/posix-timers.h): 3 marks a descriptor, 4 a thread's clock.
 */
static void clockid_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    int32_t clock = (int32_t)raw;
    // cppcheck-suppress shiftNegativeLHS
    int64_t owner = ~(int64_t)(clock >> 3);
    if (clock >= 0) {
        values_xlat(d->out, VALUE_ENUM, name, &xlat_clockid, (uint64_t)clock);
        return;
    }
    uint32_t call;
    if ((clock & 7) == 3) {
        call = values_open_func(d->out, name, "FD_TO_CLOCKID");
        values_add(d->out, VALUE_INT, NULL, (uint64_t)owner);
    } else {
        call = values_open_func(d->out, name, clock & 4 ? "MAKE_THREAD_CPUCLOCK" : "MAKE_PROCESS_CPUCLOCK");
        values_add(d->out, VALUE_INT, NULL, (uint64_t)owner);
        values_xlat(d->out, VALUE_ENUM, NULL, &xlat_cpu_clock, (uint64_t)(clock & 3));
    }
    values_stand_for(d->out, call, (uint64_t)(int64_t)clock, VALUE_AS_INT);
    values_close(d->out);
}

/* True where a sleep was cut short by a signal: as the handler's EINTR, or as a restart still to come. */
static bool interrupted(int64_t result)
{
    return result == -EINTR || result_restarts(result);
}

/* kind->option: layout. kind->size: see extent. kind->extent_arg: the flags' argument of clock_nanosleep. */
static void remaining_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    bool absolute = kind->extent_arg && (uint32_t)d->args[kind->extent_arg] != 0;
    if (!interrupted(d->result) || absolute) {
        decode_addr(d, name, raw); /* the kernel wrote nothing */
        return;
    }
    decode_timespec(d, name, raw, (enum time_layout)kind->option);
}

static void timezone_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    int32_t zone[2];
    if (!decode_object(d, name, raw, zone, sizeof(zone))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_INT, "tz_minuteswest", (uint64_t)(int64_t)zone[0]);
    values_add(d->out, VALUE_INT, "tz_dsttime", (uint64_t)(int64_t)zone[1]);
    values_close(d->out);
}

static void timer_id_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    decode_number_at(d, name, raw, kind->size, VALUE_INT);
}

/* A time_t behind a pointer: [1700000000], with the date as a comment. */
static void time_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    unsigned char bytes[8];
    uint32_t size = d->abi->long_size;
    if (!decode_object(d, name, raw, bytes, size)) {
        return;
    }
    struct fields f = fields_over(d, bytes, size);
    values_open(d->out, VALUE_REF, name);
    int64_t seconds = field_long(&f);
    uint32_t index = values_add(d->out, VALUE_INT, NULL, (uint64_t)seconds);
    decode_date_note(d, index, seconds, 0, 0);
    values_close(d->out);
}

/* The date stands in the remark, not in a comment. */
static void time_result(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    values_open(d->out, VALUE_NOTED, name);
    uint32_t number = values_add(d->out, VALUE_INT, NULL, raw);
    decode_date_note(d, number, (int64_t)raw, 0, 0);
    uint32_t note = values_at(d->out, number)->note;
    if (note) {
        char text[64];
        snprintf(text, sizeof(text), "%s", d->out->bytes + note);
        values_at(d->out, number)->note = 0;
        values_wordf(d->out, NULL, "%s", text);
    }
    values_close(d->out);
}

void decode_fraction(struct decoder *d, const char *name, int64_t number, uint32_t per_second)
{
    uint32_t index = values_add(d->out, VALUE_INT, name, (uint64_t)number);
    uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    int digits = 0;
    for (uint32_t unit = 1; unit < per_second; unit *= 10) {
        digits++;
    }
    if (number) {
        char text[48];
        int n =
            snprintf(text, sizeof(text), "%s%llu.%0*llu s", number < 0 ? "-" : "",
                     (unsigned long long)size / per_second, digits, (unsigned long long)size % per_second);
        values_note(d->out, index, text, (size_t)n);
        values_at(d->out, index)->flags |= VALUE_NOT_RAW;
    }
}

void decode_ticks(struct decoder *d, const char *name, uint64_t ticks)
{
    decode_fraction(d, name, (int64_t)ticks, 100);
}

static void tms_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    static const char *const names[] = {"tms_utime", "tms_stime", "tms_cutime", "tms_cstime"};
    unsigned char bytes[TMS_BYTES_MAX];
    uint32_t size = 4 * (uint32_t)d->abi->long_size;
    if (!decode_object(d, name, raw, bytes, size)) {
        return;
    }
    struct fields f = fields_over(d, bytes, size);
    values_open(d->out, VALUE_STRUCT, name);
    for (unsigned i = 0; i < 4; i++) {
        decode_ticks(d, names[i], field_ulong(&f));
    }
    values_close(d->out);
}

static void append_longs(struct decoder *d, struct fields *f, const char *const *names, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        values_add(d->out, VALUE_INT, names[i], (uint64_t)field_long(f));
    }
}

static void append_timex(struct decoder *d, const char *name, struct fields *f)
{
    static const char *const head[] = {"offset", "freq", "maxerror", "esterror"};
    static const char *const middle[] = {"constant", "precision", "tolerance"};
    static const char *const pps[] = {"tick", "ppsfreq", "jitter"};
    static const char *const tail[] = {"stabil", "jitcnt", "calcnt", "errcnt", "stbcnt"};

    values_open(d->out, VALUE_STRUCT, name);
    values_xlat(d->out, VALUE_FLAGS, "modes", &xlat_timex_modes, field_unsigned(f, 4));
    append_longs(d, f, head, 4);
    values_xlat(d->out, VALUE_FLAGS, "status", &xlat_timex_status, field_unsigned(f, 4));
    append_longs(d, f, middle, 3);
    int64_t seconds = field_long(f);
    decode_timeval_of(d, "time", seconds, field_ulong(f));
    append_longs(d, f, pps, 3);
    values_add(d->out, VALUE_INT, "shift", (uint64_t)field_signed(f, 4));
    append_longs(d, f, tail, 5);
    values_add(d->out, VALUE_INT, "tai", (uint64_t)field_signed(f, 4));
    values_close(d->out);
}

/* kind->option: layout. What a failed call left there is what was asked for: strace shows the address. */
static void timex_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    unsigned char bytes[TIMEX_BYTES_MAX];
    bool wide = kind->option == TIME_64BIT || d->abi->long_size == 8;
    uint32_t size = wide ? TIMEX_BYTES_MAX : TIMEX_BYTES_I386;
    if (!raw || (d->at_exit && d->result < 0) || !mem_read(d->mem, decode_word(d, raw), bytes, size)) {
        decode_addr(d, name, raw);
        return;
    }
    struct fields f = fields_over(d, bytes, size);
    f.long_size = wide ? 8 : 4;
    f.align_max = f.long_size;
    append_timex(d, name, &f);
}

static void clock_state_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if (raw < ARRAY_SIZE(clock_states)) {
        values_open(d->out, VALUE_NOTED, name);
        values_add(d->out, VALUE_INT, NULL, raw);
        values_word(d->out, NULL, clock_states[raw]);
        values_close(d->out);
    }
}

KIND_FLAGS(timer_flags, timer_flags);
KIND_ENUM(itimer_which, itimer_which);
const struct kind kind_clockid = {.decode = clockid_kind};
const struct kind kind_remaining = {
    .decode = remaining_kind, .direction = DIR_OUT_ANY, .extent = EXTENT_FIXED, .size = 16};
const struct kind kind_remaining_of_clock = {
    .decode = remaining_kind, .direction = DIR_OUT_ANY, .extent = EXTENT_FIXED, .extent_arg = 1, .size = 16};
const struct kind kind_remaining_of_clock64 = {.decode = remaining_kind,
                                               .direction = DIR_OUT_ANY,
                                               .extent = EXTENT_FIXED,
                                               .extent_arg = 1,
                                               .size = 16,
                                               .option = TIME_64BIT};
const struct kind kind_timezone = {.decode = timezone_kind};
const struct kind kind_timezone_out = {
    .decode = timezone_kind, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = 8};
const struct kind kind_timer_id_out = {
    .decode = timer_id_kind, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = 4};
const struct kind kind_time_out = {
    .decode = time_kind, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = 8};
const struct kind kind_time_in = {.decode = time_kind};
const struct kind kind_time_result = {.decode = time_result};
const struct kind kind_tms_out = {
    .decode = tms_kind, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = TMS_BYTES_MAX};
const struct kind kind_timex = {
    .decode = timex_kind, .direction = DIR_INOUT, .extent = EXTENT_FIXED, .size = TIMEX_BYTES_MAX};
const struct kind kind_timex64 = {.decode = timex_kind,
                                  .direction = DIR_INOUT,
                                  .extent = EXTENT_FIXED,
                                  .size = TIMEX_BYTES_MAX,
                                  .option = TIME_64BIT};
const struct kind kind_clock_state = {.decode = clock_state_kind};
