/* Durations as users write them, and the kernel's form of times. */
#include "decode/base/time.h"

#include "tests/unit/unit.h"

static const struct {
    const char *text;
    const char *bare;
    int64_t ns; /* -1: it is none */
} durations[] = {
    {"10ms", NULL, 10000000},
    {"1.5s", NULL, 1500000000},
    {"200us", "s", 200000},
    {"300ns", "us", 300},
    {".5s", NULL, 500000000},
    {"0s", NULL, 0},
    {"7", "us", 7000},
    {"0.25", "s", 250000000},
    {"3600000000us", NULL, INT64_C(3600000000000)},
    {"1000000000s", NULL, INT64_C(1000000000000000000)},
    {"1000000001s", NULL, -1},
    {"1e30s", NULL, -1},
    {"7", NULL, -1},
    {"", "s", -1},
    {"s", "s", -1},
    {".", "s", -1},
    {"-1s", NULL, -1},
    {"+1s", NULL, -1},
    {" 1s", NULL, -1},
    {"1 s", NULL, -1},
    {"0x10s", NULL, -1},
    {"inf", "s", -1},
    {"nan", "s", -1},
    {"1m", NULL, -1},
    {"1sec", NULL, -1},
};

START_TEST(a_duration)
{
    int64_t ns = 42;
    bool is = duration_parse(durations[_i].text, durations[_i].bare, &ns);
    ck_assert_msg(is == (durations[_i].ns >= 0), "'%s'", durations[_i].text);
    ck_assert_int_eq(ns, is ? durations[_i].ns : 42);
}
END_TEST

START_TEST(there_and_back)
{
    struct timespec t = timespec_of(INT64_C(1700000000123456789));
    ck_assert_int_eq(t.tv_sec, 1700000000);
    ck_assert_int_eq(t.tv_nsec, 123456789);
    ck_assert_int_eq(ns_of(t), INT64_C(1700000000123456789));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("time");
    TCase *tests = tcase_create("time");
    tcase_add_loop_test(tests, a_duration, 0, (int)(sizeof(durations) / sizeof(durations[0])));
    tcase_add_test(tests, there_and_back);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
