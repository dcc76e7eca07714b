/* Starting, cloning and waiting for processes: at entry and at exit, from good and hostile memory. */
#include "tests/unit/fresh_target.h"

/* "date" at 0x10100, "-u" at 0x10200, and a vector of both at 0x10000 with its NULL. */
static uint64_t put_argv(void)
{
    uint64_t one = unit_put(&target, 0x100, "date", 5);
    uint64_t two = unit_put(&target, 0x200, "-u", 3);
    const uint64_t argv[] = {one, two, 0};
    return unit_put(&target, 0, argv, sizeof(argv));
}

START_TEST(execve_shows_arguments_and_counts_variables)
{
    uint64_t argv = put_argv();
    ck_assert_str_eq(unit_entry(&target, CALL_execve, UNIT_BASE + 0x100, argv, argv),
                     "execve(\"date\", [\"date\", \"-u\"], 0x10000 /* 2 vars */) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_execve, UNIT_BASE + 0x100, 0, argv + 8),
                     "execve(\"date\", NULL, 0x10008 /* 1 var */) = ?");
    target.options.verbose = true;
    ck_assert_str_eq(unit_entry(&target, CALL_execve, UNIT_BASE + 0x100, argv, argv + 16),
                     "execve(\"date\", [\"date\", \"-u\"], []) = ?");
}
END_TEST

START_TEST(execve_narrow)
{
    const uint32_t argv[] = {UNIT_BASE + 0x100, 0};
    target.abi = ABI_I386;
    unit_put(&target, 0x100, "date", 5);
    uint64_t at = unit_put(&target, 0, argv, sizeof(argv));
    ck_assert_str_eq(unit_entry(&target, CALL_execve, UNIT_BASE + 0x100, at, at),
                     "execve(\"date\", [\"date\"], 0x10000 /* 1 var */) = ?");
}
END_TEST

START_TEST(execve_without_memory)
{
    ck_assert_str_eq(unit_entry(&target, CALL_execve, 0, 0x1000, 0x1000), "execve(NULL, 0x1000, 0x1000) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_execve, 0, UINT64_MAX, UINT64_MAX - 3),
                     "execve(NULL, 0xffffffffffffffff, 0xfffffffffffffffc) = ?");
}
END_TEST

START_TEST(execve_vector_that_never_ends)
{
    uint64_t self = UNIT_BASE;
    for (size_t i = 0; i < UNIT_SIZE; i += 8) {
        unit_put(&target, i, &self, 8); /* every element is the vector itself */
    }
    target.options.array_max = 2;
    target.options.string_max = 4;
    ck_assert_str_eq(unit_entry(&target, CALL_execve, 0, UNIT_BASE, UNIT_BASE),
                     "execve(NULL, [\"\", \"\", ...], 0x10000 /* 2048 vars, unterminated */) = ?");
    ck_assert_str_eq(
        unit_entry(&target, CALL_execve, 0, UNIT_BASE + UNIT_SIZE - 12, UNIT_BASE),
        "execve(NULL, [0x1000000000000, ... /* 0x13ffc */], 0x10000 /* 2048 vars, unterminated */) = ?");
}
END_TEST

/* Memory without an end: every word reads as a pointer to an empty string. */
static ssize_t endless_read(struct mem *mem, uint64_t addr, void *buf, size_t n)
{
    (void)mem;
    for (size_t i = 0; i < n; i++) {
        ((unsigned char *)buf)[i] = (addr + i) % 8 == 0 ? 8 : 0;
    }
    return (ssize_t)n;
}

START_TEST(execve_million_arguments)
{
    target.memory.mem.read = endless_read;
    target.options.array_max = 1;
    ck_assert_str_eq(unit_entry(&target, CALL_execve, 0, 8, 8),
                     "execve(NULL, [\"\\10\", ...], 0x8 /* 1048576 vars, unterminated */) = ?");
    target.options.verbose = true;
    ck_assert(strlen(unit_entry(&target, CALL_execve, 0, 8, 8)) > VALUES_MAX);
}
END_TEST

START_TEST(execveat_flags)
{
    uint64_t argv = put_argv();
    ck_assert_str_eq(unit_entry(&target, CALL_execveat, 3, UNIT_BASE + 0x150, argv, 0, 0x11000),
                     "execveat(3, \"\", [\"date\", \"-u\"], NULL, AT_EMPTY_PATH|AT_EXECVE_CHECK) = ?");
}
END_TEST

START_TEST(clone_shows_only_what_flags_use)
{
    int32_t tid = 77;
    uint64_t at = unit_put(&target, 0, &tid, 4);
    ck_assert_str_eq(unit_entry(&target, CALL_clone, 0x01200011, 0, at, 0x7000, 0x5000),
                     "clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, "
                     "child_tidptr=0x7000) = ?");
    ck_assert_str_eq(
        unit_exit(&target, CALL_clone, 77, 0x3d0f00, 0x9000, at, 0x7000, 0x5000),
        "clone(child_stack=0x9000, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD"
        "|CLONE_SYSVSEM|CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID, parent_tid=[77], "
        "tls=0x5000, child_tidptr=0x7000) = 77");
    ck_assert_str_eq(unit_exit(&target, CALL_clone, -1, 0x100000, 0, at),
                     "clone(child_stack=NULL, flags=CLONE_PARENT_SETTID, parent_tid=0x10000) = -1 EPERM "
                     "(Operation not permitted)");
    ck_assert_str_eq(unit_entry(&target, CALL_clone, 17, 0), "clone(child_stack=NULL, flags=SIGCHLD) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_clone, 0, 0), "clone(child_stack=NULL, flags=0) = ?");
}
END_TEST

START_TEST(clone_of_i386_swaps_the_last_two)
{
    target.abi = ABI_I386;
    ck_assert_str_eq(unit_entry(&target, CALL_clone, 0x1200011, 0, 0, 0x5000, 0x7000),
                     "clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, "
                     "child_tidptr=0x7000) = ?");
}
END_TEST

START_TEST(clone3_in_and_out)
{
    int32_t tid = 78;
    uint64_t tid_at = unit_put(&target, 0x400, &tid, 4);
    const uint64_t args[11] = {0x3d0f00, 0, 0x7000, tid_at, 0, 0x8000, 0x2000, 0x5000, 0, 0, 0};
    uint64_t at = unit_put(&target, 0, args, sizeof(args));
    ck_assert_str_eq(
        unit_entry(&target, CALL_clone3, at, 88),
        "clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM|"
        "CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID, child_tid=0x7000, "
        "parent_tid=0x10400, exit_signal=0, stack=0x8000, stack_size=0x2000, tls=0x5000}, 88) = ?");
    const char *text = unit_exit(&target, CALL_clone3, 78, at, 88);
    ck_assert_ptr_nonnull(strstr(text, ", tls=0x5000} => {parent_tid=[78]}, 88) = 78"));
    const uint64_t unread[11] = {0x100000, 0, 0, 0x90000, 0, 0x8000, 0x2000};
    at = unit_put(&target, 0, unread, sizeof(unread));
    text = unit_exit(&target, CALL_clone3, 79, at, 88);
    ck_assert_ptr_nonnull(strstr(text, "parent_tid=0x90000, "));
    ck_assert_ptr_nonnull(strstr(text, "} => {parent_tid=[79]}, 88) = 79"));
    at = unit_put(&target, 0, args, sizeof(args));
    text = unit_exit(&target, CALL_clone3, -11, at, 88);
    ck_assert_ptr_nonnull(strstr(text, ", tls=0x5000}, 88) = -1 EAGAIN"));
}
END_TEST

START_TEST(clone3_hostile)
{
    const int32_t tids[] = {5, 6};
    uint64_t tids_at = unit_put(&target, 0x400, tids, sizeof(tids));
    uint64_t args[12] = {0x100000000, 0, 0, 0, 17, 0, 0, 0, tids_at, 2, 9, 0};
    uint64_t at = unit_put(&target, 0, args, sizeof(args));
    ck_assert_str_eq(unit_entry(&target, CALL_clone3, at, 80),
                     "clone3({flags=CLONE_CLEAR_SIGHAND, exit_signal=SIGCHLD, stack=NULL, stack_size=0, "
                     "set_tid=[5, 6], set_tid_size=2}, 80) = ?");
    args[9] = UINT64_MAX;
    unit_put(&target, 0, args, sizeof(args));
    ck_assert_str_eq(unit_entry(&target, CALL_clone3, at, 88),
                     "clone3({flags=CLONE_CLEAR_SIGHAND, exit_signal=SIGCHLD, stack=NULL, stack_size=0, "
                     "set_tid=0x10400, set_tid_size=18446744073709551615, cgroup=9}, 88) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_clone3, at, 63), "clone3(0x10000, 63) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_clone3, 0, 88), "clone3(NULL, 88) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_clone3, UNIT_BASE + UNIT_SIZE - 8, UINT64_MAX),
                     "clone3(0x13ff8, 18446744073709551615) = ?");
}
END_TEST

/* The text of a wait4 that returned 5 with this status. */
static const char *waited(int32_t status)
{
    uint64_t at = unit_put(&target, 0, &status, 4);
    return unit_exit(&target, CALL_wait4, 5, UINT64_MAX, at, 0, 0);
}

START_TEST(wait_statuses)
{
    ck_assert_str_eq(waited(0), "wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 5");
    ck_assert_str_eq(waited(0x300), "wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 3}], 0, NULL) = 5");
    ck_assert_str_eq(waited(9), "wait4(-1, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}], 0, NULL) = 5");
    ck_assert_str_eq(waited(0x8b),
                     "wait4(-1, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}], 0, NULL) = 5");
    ck_assert_str_eq(waited(0x137f), "wait4(-1, [{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP}], 0, NULL) = 5");
    ck_assert_str_eq(waited(0x857f),
                     "wait4(-1, [{WIFSTOPPED(s) && WSTOPSIG(s) == SIGTRAP | 0x80}], 0, NULL) = 5");
    ck_assert_str_eq(
        waited(0x4057f),
        "wait4(-1, [{WIFSTOPPED(s) && WSTOPSIG(s) == SIGTRAP} | PTRACE_EVENT_EXEC << 16], 0, NULL) = 5");
    ck_assert_str_eq(waited(0xffff), "wait4(-1, [{WIFCONTINUED(s)}], 0, NULL) = 5");
    ck_assert_str_eq(waited(0xff), "wait4(-1, [0xff], 0, NULL) = 5");
}
END_TEST

START_TEST(wait_that_found_nothing)
{
    ck_assert_str_eq(unit_exit(&target, CALL_wait4, 0, 7, UNIT_BASE, 0x80000001, UNIT_BASE),
                     "wait4(7, 0x10000, WNOHANG|__WCLONE, 0x10000) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_wait4, -10, 7, UNIT_BASE, 2, 0),
                     "wait4(7, 0x10000, WSTOPPED, NULL) = -1 ECHILD (No child processes)");
    ck_assert_str_eq(unit_exit(&target, CALL_wait4, 7, 7, 0x1000, 2, 0x2000),
                     "wait4(7, 0x1000, WSTOPPED, 0x2000) = 7");
}
END_TEST

START_TEST(wait_usage)
{
    const uint64_t usage[18] = {1, 500000, 2, 3, 1024, 0, 0, 0, 9};
    uint64_t at = unit_put(&target, 0, usage, sizeof(usage));
    ck_assert_str_eq(
        unit_exit(&target, CALL_wait4, 7, 7, 0, 0, at),
        "wait4(7, NULL, 0, {ru_utime={tv_sec=1, tv_usec=500000}, ru_stime={tv_sec=2, tv_usec=3}, "
        "...}) = 7");
    target.options.verbose = true;
    ck_assert_ptr_nonnull(
        strstr(unit_exit(&target, CALL_wait4, 7, 7, 0, 0, at),
               "ru_maxrss=1024, ru_ixrss=0, ru_idrss=0, ru_isrss=0, ru_minflt=9, ru_majflt=0, ru_nswap=0, "
               "ru_inblock=0, ru_oublock=0, ru_msgsnd=0, ru_msgrcv=0, ru_nsignals=0, ru_nvcsw=0, "
               "ru_nivcsw=0}) = 7"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("process");
    TCase *tc = tcase_create("process");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, execve_shows_arguments_and_counts_variables);
    tcase_add_test(tc, execve_narrow);
    tcase_add_test(tc, execve_without_memory);
    tcase_add_test(tc, execve_vector_that_never_ends);
    tcase_add_test(tc, execve_million_arguments);
    tcase_add_test(tc, execveat_flags);
    tcase_add_test(tc, clone_shows_only_what_flags_use);
    tcase_add_test(tc, clone_of_i386_swaps_the_last_two);
    tcase_add_test(tc, clone3_in_and_out);
    tcase_add_test(tc, clone3_hostile);
    tcase_add_test(tc, wait_statuses);
    tcase_add_test(tc, wait_that_found_nothing);
    tcase_add_test(tc, wait_usage);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
