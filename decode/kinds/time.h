/*
 * Kinds of the time family, and the helpers by which other families show times inside their structures.
 *
 * A time of "native" layout has members of the ABI's long: 32 bits on i386, 64 bits on x86-64 and x32. The
 * calls whose name ends in 64 take 64-bit members everywhere.
 */
#ifndef PROCTOR_DECODE_KINDS_TIME_H
#define PROCTOR_DECODE_KINDS_TIME_H

#include "decode/decoder.h"

enum time_layout { TIME_NATIVE, TIME_64BIT };

/* Append {tv_sec=1, tv_nsec=500000000} and its kin, read at addr; NULL or the address where that fails. */
void decode_timespec(struct decoder *d, const char *name, uint64_t addr, enum time_layout layout);
void decode_timeval(struct decoder *d, const char *name, uint64_t addr, enum time_layout layout);

/* The same for numbers that were read already. */
void decode_timespec_of(struct decoder *d, const char *name, int64_t seconds, uint64_t nanoseconds);
void decode_timeval_of(struct decoder *d, const char *name, int64_t seconds, uint64_t microseconds);

/* Appends a number of which `per_second` make one (a power of ten): 1500, with the comment 1.500 s. */
void decode_fraction(struct decoder *d, const char *name, int64_t number, uint32_t per_second);

/* Appends a number of clock ticks: 150, with the comment 1.50 s (USER_HZ is 100 on every x86 ABI). */
void decode_ticks(struct decoder *d, const char *name, uint64_t ticks);

/* Pointers to times that the call reads; _out: that it fills when it succeeds. */
extern const struct kind kind_timespec, kind_timespec_out;
extern const struct kind kind_timespec64, kind_timespec64_out;
extern const struct kind kind_timeval, kind_timeval_out;
extern const struct kind kind_itimerspec, kind_itimerspec_out;
extern const struct kind kind_itimerspec64, kind_itimerspec64_out;
extern const struct kind kind_itimerval, kind_itimerval_out;

extern const struct kind kind_clockid;     /* CLOCK_REALTIME, FD_TO_CLOCKID(3), MAKE_PROCESS_CPUCLOCK(...) */
extern const struct kind kind_timer_flags; /* TIMER_ABSTIME */
extern const struct kind kind_itimer_which;
extern const struct kind kind_remaining; /* what an interrupted nanosleep leaves to be slept */
extern const struct kind kind_remaining_of_clock, kind_remaining_of_clock64; /* of clock_nanosleep */
extern const struct kind kind_timezone, kind_timezone_out;
extern const struct kind kind_timer_id_out;           /* [0] */
extern const struct kind kind_time_in, kind_time_out; /* a time_t behind a pointer: [1700000000] */
extern const struct kind kind_time_result; /* the same number, and its date: 1700000000 (2023-...) */
extern const struct kind kind_tms_out;
extern const struct kind kind_timex, kind_timex64;
extern const struct kind kind_clock_state; /* the result of adjtimex: 0 (TIME_OK) */

#endif
