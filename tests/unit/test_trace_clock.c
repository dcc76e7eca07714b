/* The clock of a trace: what it says is the wall clock's time, and two of its times are as far apart as they
 * were. */
#include "supervisor/trace_clock.h"

#include "tests/unit/unit.h"

#define SECOND INT64_C(1000000000)

START_TEST(is_the_wall_clock)
{
    struct trace_clock clock = {.ahead_ns = 0};
    trace_clock_refresh(&clock);
    int64_t before = trace_clock_real();
    int64_t now = trace_clock_at(&clock, trace_clock_monotonic());
    int64_t after = trace_clock_real();
    /* 500 ppm of the time since the refresh, a step aside. */
    ck_assert_int_ge(now, before - SECOND);
    ck_assert_int_le(now, after + SECOND);
}
END_TEST

START_TEST(keeps_distances)
{
    const struct trace_clock clock = {.ahead_ns = 1700000000 * SECOND};
    ck_assert_int_eq(trace_clock_at(&clock, 5), 1700000000 * SECOND + 5);
    ck_assert_int_eq(trace_clock_at(&clock, 12) - trace_clock_at(&clock, 5), 7);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trace_clock");
    TCase *tests = tcase_create("trace_clock");
    tcase_add_test(tests, is_the_wall_clock);
    tcase_add_test(tests, keeps_distances);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
