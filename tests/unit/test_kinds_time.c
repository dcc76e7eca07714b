/* Times, clocks and timers, in every layout, at entry and exit. */
#include "tests/unit/fresh_target.h"

static uint64_t put_longs(size_t offset, size_t size, const int64_t *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unit_put(&target, offset + i * size, &numbers[i], size);
    }
    return UNIT_BASE + offset;
}

#define put64(offset, ...)                                                                                   \
    put_longs(offset, 8, (int64_t[]){__VA_ARGS__}, sizeof((int64_t[]){__VA_ARGS__}) / 8)
#define put32(offset, ...)                                                                                   \
    put_longs(offset, 4, (int64_t[]){__VA_ARGS__}, sizeof((int64_t[]){__VA_ARGS__}) / 8)

START_TEST(timespec_has_the_layout_of_the_abi)
{
    uint64_t at = put64(0, 1, 500000000);
    ck_assert_str_eq(unit_entry(&target, CALL_nanosleep, at, 0),
                     "nanosleep({tv_sec=1, tv_nsec=500000000}, NULL) = ?");
    target.abi = ABI_X32;
    ck_assert_str_eq(unit_entry(&target, CALL_nanosleep, at, 0),
                     "nanosleep({tv_sec=1, tv_nsec=500000000}, NULL) = ?");
    target.abi = ABI_I386;
    at = put32(0, -1, 7);
    ck_assert_str_eq(unit_entry(&target, CALL_nanosleep, at, 0),
                     "nanosleep({tv_sec=-1, tv_nsec=7}, NULL) = ?");
}
END_TEST

START_TEST(unreadable_times_are_addresses)
{
    uint64_t last = UNIT_BASE + UNIT_SIZE - 8; /* the second half lies behind the end */
    ck_assert_str_eq(unit_entry(&target, CALL_nanosleep, 0, 0), "nanosleep(NULL, NULL) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_nanosleep, 0x10, 0), "nanosleep(0x10, NULL) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_nanosleep, last, 0), "nanosleep(0x13ff8, NULL) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_setitimer, 0, last, UINT64_MAX),
                     "setitimer(ITIMER_REAL, 0x13ff8, 0xffffffffffffffff) = ?");
}
END_TEST

START_TEST(remaining_time_only_when_interrupted)
{
    uint64_t at = put64(0, 1, 0);
    uint64_t rest = put64(16, 0, 400);
    ck_assert_str_eq(unit_exit(&target, CALL_nanosleep, 0, at, rest),
                     "nanosleep({tv_sec=1, tv_nsec=0}, 0x10010) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_nanosleep, -516, at, rest),
                     "nanosleep({tv_sec=1, tv_nsec=0}, {tv_sec=0, tv_nsec=400}) = "
                     "? ERESTART_RESTARTBLOCK (Interrupted by signal)");
    ck_assert_str_eq(unit_exit(&target, CALL_clock_nanosleep, -4, 0, 0, at, rest),
                     "clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=1, tv_nsec=0}, {tv_sec=0, tv_nsec=400}) = "
                     "-1 EINTR (Interrupted system call)");
    ck_assert_str_eq(unit_exit(&target, CALL_clock_nanosleep, -4, 1, 1, at, rest),
                     "clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, {tv_sec=1, tv_nsec=0}, 0x10010) = "
                     "-1 EINTR (Interrupted system call)");
    ck_assert_str_eq(unit_exit(&target, CALL_clock_nanosleep, -22, 99, 6, at, 0),
                     "clock_nanosleep(0x63 /* CLOCK_??? */, 0x6 /* TIMER_??? */, {tv_sec=1, tv_nsec=0}, "
                     "NULL) = -1 EINVAL (Invalid argument)");
}
END_TEST

START_TEST(clocks_of_descriptors_and_processes)
{
    uint64_t at = put64(0, 5, 6);
    ck_assert_str_eq(unit_exit(&target, CALL_clock_gettime, 0, ~UINT64_C(3) << 3 | 3, at),
                     "clock_gettime(FD_TO_CLOCKID(3), {tv_sec=5, tv_nsec=6}) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_clock_gettime, 0, ~UINT64_C(1234) << 3 | 2, at),
                     "clock_gettime(MAKE_PROCESS_CPUCLOCK(1234, CPUCLOCK_SCHED), {tv_sec=5, tv_nsec=6}) = 0");
    ck_assert_str_eq(unit_entry(&target, CALL_clock_gettime, ~UINT64_C(0) << 3 | 4, at),
                     "clock_gettime(MAKE_THREAD_CPUCLOCK(0, CPUCLOCK_PROF), 0x10000) = ?");
}
END_TEST

START_TEST(timers_show_the_old_value_at_exit)
{
    uint64_t new_value = put64(0, 1, 2, 3, 4);
    uint64_t old_value = put64(64, 0, 0, 0, 9);
    ck_assert_str_eq(unit_exit(&target, CALL_timer_settime, 0, 0, 1, new_value, old_value),
                     "timer_settime(0, TIMER_ABSTIME, {it_interval={tv_sec=1, tv_nsec=2}, "
                     "it_value={tv_sec=3, tv_nsec=4}}, {it_interval={tv_sec=0, tv_nsec=0}, "
                     "it_value={tv_sec=0, tv_nsec=9}}) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_setitimer, -22, 3, new_value, old_value),
                     "setitimer(0x3 /* ITIMER_??? */, {it_interval={tv_sec=1, tv_usec=2}, "
                     "it_value={tv_sec=3, tv_usec=4}}, 0x10040) = -1 EINVAL (Invalid argument)");
}
END_TEST

START_TEST(timer_create_shows_event_and_id)
{
    unsigned char event[64] = {0};
    int32_t signo = 14;
    int32_t notify = 4;
    int32_t thread = 77;
    memcpy(event + 8, &signo, 4);
    memcpy(event + 12, &notify, 4);
    memcpy(event + 16, &thread, 4);
    uint64_t sevp = unit_put(&target, 0, event, sizeof(event));
    uint64_t id = put32(128, 5);
    ck_assert_str_eq(unit_exit(&target, CALL_timer_create, 0, 1, sevp, id),
                     "timer_create(CLOCK_MONOTONIC, {sigev_signo=SIGALRM, sigev_notify=SIGEV_THREAD_ID, "
                     "sigev_notify_thread_id=77}, [5]) = 0");
    uint64_t value = 0x100000002;
    notify = 2;
    memcpy(event, &value, 8);
    memcpy(event + 12, &notify, 4);
    unit_put(&target, 0, event, sizeof(event));
    ck_assert_str_eq(unit_entry(&target, CALL_timer_create, 1, sevp, id),
                     "timer_create(CLOCK_MONOTONIC, {sigev_value={sival_int=2, sival_ptr=0x100000002}, "
                     "sigev_signo=SIGALRM, sigev_notify=SIGEV_THREAD, sigev_notify_function=0x4d, "
                     "sigev_notify_attributes=NULL}, 0x10080) = ?");
}
END_TEST

START_TEST(gettimeofday_and_times)
{
    uint64_t tv = put64(0, 1700000000, 42);
    uint64_t tz = put32(16, -60, 1);
    ck_assert_str_eq(unit_exit(&target, CALL_gettimeofday, 0, tv, tz),
                     "gettimeofday({tv_sec=1700000000, tv_usec=42}, {tz_minuteswest=-60, tz_dsttime=1}) = 0");
    uint64_t tms = put64(64, 1, 150, 0, 0);
    ck_assert_str_eq(unit_exit(&target, CALL_times, 12345, tms),
                     "times({tms_utime=1 /* 0.01 s */, tms_stime=150 /* 1.50 s */, tms_cutime=0, "
                     "tms_cstime=0}) = 12345");
    ck_assert_str_eq(unit_exit(&target, CALL_times, 12345, 0), "times(NULL) = 12345");
}
END_TEST

START_TEST(adjtimex_in_both_widths)
{
    const char *expected = "adjtimex({modes=ADJ_TICK, offset=1, freq=2, maxerror=3, esterror=4, "
                           "status=STA_UNSYNC, constant=5, precision=6, tolerance=7, time={tv_sec=8, "
                           "tv_usec=9}, tick=10000, ppsfreq=0, jitter=0, shift=0, stabil=0, jitcnt=0, "
                           "calcnt=0, errcnt=0, stbcnt=0, tai=37}) = 5 (TIME_ERROR)";
    uint64_t at = put64(0, 0x4000, 1, 2, 3, 4, 0x40, 5, 6, 7, 8, 9, 10000, 0, 0, 0, 0, 0, 0, 0, 0, 37, 0);
    ck_assert_str_eq(unit_exit(&target, CALL_adjtimex, 5, at), expected);
    ck_assert_str_eq(unit_exit(&target, CALL_adjtimex, -1, at),
                     "adjtimex(0x10000) = -1 EPERM (Operation not permitted)");
    target.abi = ABI_I386;
    put32(0, 0x4000, 1, 2, 3, 4, 0x40, 5, 6, 7, 8, 9, 10000, 0, 0, 0, 0, 0, 0, 0, 0, 37, 0);
    ck_assert_str_eq(unit_exit(&target, CALL_adjtimex, 5, at), expected);
}
END_TEST

START_TEST(times_of_64_bits_on_i386)
{
    uint64_t at = put64(0, 1, 500);
    uint64_t rest = put64(32, 0, 7);
    target.abi = ABI_I386;
    ck_assert_str_eq(unit_exit(&target, CALL_clock_gettime64, 0, 0, at),
                     "clock_gettime64(CLOCK_REALTIME, {tv_sec=1, tv_nsec=500}) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_clock_nanosleep_time64, -516, 1, 0, at, rest),
                     "clock_nanosleep_time64(CLOCK_MONOTONIC, 0, {tv_sec=1, tv_nsec=500}, {tv_sec=0, "
                     "tv_nsec=7}) = ? ERESTART_RESTARTBLOCK (Interrupted by signal)");
    ck_assert_str_eq(unit_entry(&target, CALL_timer_settime64, 3, 0, at, 0),
                     "timer_settime64(3, 0, {it_interval={tv_sec=1, tv_nsec=500}, it_value={tv_sec=0, "
                     "tv_nsec=0}}, NULL) = ?");
}
END_TEST

START_TEST(a_time_has_its_date)
{
    uint64_t at = put64(0, 1700000000);
    ck_assert_str_eq(unit_exit(&target, CALL_time, 1700000000, at),
                     "time([1700000000 /* 2023-11-14T22:13:20+0000 */]) = 1700000000 "
                     "(2023-11-14T22:13:20+0000)");
    ck_assert_str_eq(unit_exit(&target, CALL_time, 0, 0), "time(NULL) = 0");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("time");
    TCase *tc = tcase_create("time");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, timespec_has_the_layout_of_the_abi);
    tcase_add_test(tc, unreadable_times_are_addresses);
    tcase_add_test(tc, remaining_time_only_when_interrupted);
    tcase_add_test(tc, clocks_of_descriptors_and_processes);
    tcase_add_test(tc, timers_show_the_old_value_at_exit);
    tcase_add_test(tc, timer_create_shows_event_and_id);
    tcase_add_test(tc, gettimeofday_and_times);
    tcase_add_test(tc, times_of_64_bits_on_i386);
    tcase_add_test(tc, a_time_has_its_date);
    tcase_add_test(tc, adjtimex_in_both_widths);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
