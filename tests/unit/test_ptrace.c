/* The ptrace source's pure parts: what a wait status means, and beside whom the tracer runs. */
#include "tests/unit/unit.h"

#include <signal.h>
#include <sys/ptrace.h>

#include "supervisor/ptrace_cpu.h"
#include "supervisor/ptrace_stop.h"

/* As the kernel makes them (wait(2), ptrace(2)). */
static int stopped(int signal, int event)
{
    return (event << 8 | signal) << 8 | 0x7f;
}

START_TEST(ends)
{
    ck_assert_int_eq(ptrace_stop_of(0), STOP_ENDED);
    ck_assert_int_eq(ptrace_stop_of(3 << 8), STOP_ENDED);
    ck_assert_int_eq(ptrace_stop_of(SIGKILL), STOP_ENDED);
    ck_assert_int_eq(ptrace_stop_of(SIGSEGV | 0x80), STOP_ENDED); /* core dumped */
    ck_assert_int_eq(ptrace_stop_of(0xffff), STOP_UNKNOWN);       /* continued: not asked for */
}
END_TEST

START_TEST(calls)
{
    ck_assert_int_eq(ptrace_stop_of(stopped(SIGTRAP, PTRACE_EVENT_SECCOMP)), STOP_CALL);
    ck_assert_int_eq(ptrace_stop_of(stopped(SIGTRAP | 0x80, 0)), STOP_RETURN);
    ck_assert_int_eq(ptrace_stop_of(stopped(SIGTRAP, PTRACE_EVENT_EXEC)), STOP_EXEC);
    ck_assert_int_eq(ptrace_stop_of(stopped(SIGTRAP, PTRACE_EVENT_FORK)), STOP_CHILD);
    ck_assert_int_eq(ptrace_stop_of(stopped(SIGTRAP, PTRACE_EVENT_VFORK)), STOP_CHILD);
    ck_assert_int_eq(ptrace_stop_of(stopped(SIGTRAP, PTRACE_EVENT_CLONE)), STOP_CHILD);
    ck_assert_int_eq(ptrace_stop_of(stopped(SIGTRAP, PTRACE_EVENT_VFORK_DONE)), STOP_UNKNOWN);
}
END_TEST

START_TEST(signals)
{
    static const int some[] = {SIGTRAP, SIGSTOP, SIGTSTP, SIGCHLD, SIGSEGV, SIGURG, 64};
    int status = stopped(some[_i], 0);
    ck_assert_int_eq(ptrace_stop_of(status), STOP_SIGNAL);
    ck_assert_int_eq(ptrace_stop_signal(status), some[_i]);
}
END_TEST

/* The same event tells of a stop of the whole process and of a task's first or next moment. */
START_TEST(job_control)
{
    static const int stops[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
    for (unsigned i = 0; i < 4; i++) {
        int status = stopped(stops[i], PTRACE_EVENT_STOP);
        ck_assert_int_eq(ptrace_stop_of(status), STOP_GROUP);
        ck_assert_int_eq(ptrace_stop_signal(status), stops[i]);
    }
    ck_assert_int_eq(ptrace_stop_of(stopped(SIGTRAP, PTRACE_EVENT_STOP)), STOP_TRAP);
}
END_TEST

/* Counts stops of tasks 1 to n in turn until it is time to decide. */
static bool single_after_turns_of(struct stop_load *load, int n)
{
    int i = 0;
    while (!stop_load_add(load, 1 + i % n)) {
        ck_assert_int_lt(i, 10000);
        i++;
    }
    return stop_load_single(load);
}

START_TEST(the_tracer_stays_with_one_task_only)
{
    struct stop_load load = {0};
    ck_assert(single_after_turns_of(&load, 1));
    ck_assert_uint_eq(load.stops, 0);
    ck_assert(!single_after_turns_of(&load, 2));
    ck_assert(!single_after_turns_of(&load, 200));
    ck_assert(single_after_turns_of(&load, 1));
}
END_TEST

START_TEST(a_rare_other_task_does_not_count)
{
    struct stop_load load = {0};
    int i = 0;
    while (!stop_load_add(&load, i % 50 == 49 ? 2 : 1)) {
        i++;
    }
    ck_assert(stop_load_single(&load));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ptrace");
    TCase *tc = tcase_create("stops");
    tcase_add_test(tc, ends);
    tcase_add_test(tc, calls);
    tcase_add_loop_test(tc, signals, 0, 7);
    tcase_add_test(tc, job_control);
    tcase_add_test(tc, the_tracer_stays_with_one_task_only);
    tcase_add_test(tc, a_rare_other_task_does_not_count);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
