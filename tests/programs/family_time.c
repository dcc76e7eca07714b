/* Calls of decode/calls/time.def. */
#include "family.h"

#include <linux/time.h>
#include <linux/times.h>
#include <linux/timex.h>
#include <signal.h>

typedef struct {
    long interval[2], value[2];
} spec;

static void make_calls(void)
{
    long now[2], remaining[2], zone[2], wrong[2] = {0, 2000000000}, short_time[2] = {0, 1000};
    spec second = {{1, 2}, {1000, 3}}, old, far = {{0, 0}, {-1, 1}};
    struct __kernel_timex state = {.modes = 0};
    char ticks[64];
    int timer;
    DO(time, now);
    DO(time, WILD);
    DO(gettimeofday, now, zone);
    DO(gettimeofday, WILD, NULL);
    DO(settimeofday, wrong, NULL);
    DO(settimeofday, NULL, NULL);
    DO(times, ticks);
    DO(times, WILD);
    DO(clock_gettime, 1, now);
    DO(clock_gettime, 77, now);
    DO(clock_gettime, -9878, now);
    DO(clock_getres, 5, now);
    DO(clock_getres, 0, WILD);
    DO(clock_settime, 1, short_time);
    DO(clock_nanosleep, 1, 0, short_time, remaining);
    DO(clock_nanosleep, 0, 1, short_time, NULL);
    DO(clock_nanosleep, 7, 2, wrong, remaining);
    DO(nanosleep, short_time, remaining);
    DO(nanosleep, wrong, remaining);
    DO(nanosleep, WILD, NULL);
    DO(adjtimex, &state);
    DO(adjtimex, WILD);
    DO(clock_adjtime, 0, &state);
    DO(clock_adjtime, 77, &state);
    DO(setitimer, 0, &second, &old);
    DO(setitimer, 1, &far, &old);
    DO(setitimer, 9, &second, NULL);
    DO(getitimer, 0, &old);
    DO(getitimer, 9, &old);
    DO(setitimer, 0, (&(spec){{0, 0}, {0, 0}}), NULL);
    struct sigevent event = {
        .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 7};
    static const uint64_t usr1 = 1 << (SIGUSR1 - 1);
    DO(rt_sigprocmask, SIG_BLOCK, &usr1, NULL, sizeof usr1);
    DO(timer_create, 1, &event, &timer);
    DO(timer_settime, timer, 0, &second, &old);
    DO(timer_settime, timer, 1, &second, NULL);
    DO(timer_settime, timer, 2, &far, &old);
    DO(timer_gettime, timer, &old);
    DO(timer_gettime, 77, &old);
    DO(timer_getoverrun, timer);
    DO(timer_getoverrun, 77);
    DO(timer_delete, timer);
    DO(timer_delete, 77);
    DO(timer_create, 0, NULL, &timer);
    event.sigev_notify = SIGEV_NONE;
    DO(timer_create, 3, &event, &timer);
    event.sigev_notify = 77;
    DO(timer_create, 0, &event, &timer);
}
