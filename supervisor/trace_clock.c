#include "supervisor/trace_clock.h"

#include <time.h>

#include "decode/base/time.h"

/* Between the two looks that the third lies between at most so much goes by, unless we were interrupted. */
enum { LOOKS = 4, QUICK_NS = 2000 };

static int64_t clock_ns(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return ns_of(now);
}

int64_t trace_clock_monotonic(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

int64_t trace_clock_real(void)
{
    return clock_ns(CLOCK_REALTIME);
}

int64_t trace_clock_boot(void)
{
    return trace_clock_real() - clock_ns(CLOCK_BOOTTIME);
}

void trace_clock_refresh(struct trace_clock *clock)
{
    int64_t least = INT64_MAX;
    for (int i = 0; i < LOOKS && least > QUICK_NS; i++) {
        int64_t before = trace_clock_monotonic();
        int64_t real = trace_clock_real();
        int64_t took = trace_clock_monotonic() - before;
        if (took < least) {
            least = took;
            clock->ahead_ns = real - before - took / 2;
        }
    }
}
