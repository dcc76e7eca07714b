/* The basic kinds, through the whole path from registers to a line of text. */
#include "tests/unit/fresh_target.h"

#include <errno.h>
#include <fcntl.h>

START_TEST(path_is_shown_whole)
{
    const char path[] = "/a/rather/long/path/that/-s/does/not/shorten";
    uint64_t at = unit_put(&target, 0, path, sizeof(path));
    ck_assert_str_eq(
        unit_entry(&target, CALL_openat, (uint64_t)AT_FDCWD, at, O_RDWR | O_CREAT, 0644),
        "openat(AT_FDCWD, \"/a/rather/long/path/that/-s/does/not/shorten\", O_RDWR|O_CREAT, 0644) = ?");
}
END_TEST

START_TEST(mode_is_shown_only_with_creat)
{
    uint64_t at = unit_put(&target, 0, "/", 2);
    ck_assert_str_eq(unit_exit(&target, CALL_openat, 3, (uint64_t)AT_FDCWD, at, O_RDONLY, 0644),
                     "openat(AT_FDCWD, \"/\", O_RDONLY) = 3");
}
END_TEST

START_TEST(unmapped_string_is_an_address)
{
    ck_assert_str_eq(unit_entry(&target, CALL_access, 0x1000, 4), "access(0x1000, R_OK) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_access, 0, 4), "access(NULL, R_OK) = ?");
}
END_TEST

START_TEST(string_that_runs_into_nothing_is_an_address)
{
    memset(target.bytes, 'a', sizeof(target.bytes));
    ck_assert_str_eq(unit_entry(&target, CALL_access, UNIT_BASE + UNIT_SIZE - 4, 0),
                     "access(0x13ffc, F_OK) = ?");
}
END_TEST

START_TEST(data_is_cut_and_escaped)
{
    uint64_t at = unit_put(&target, 0, "\x1b[31m\n0\0001 and much more than thirty-two bytes in it", 48);
    ck_assert_str_eq(unit_entry(&target, CALL_write, 1, at, 48),
                     "write(1, \"\\33[31m\\n0\\0001 and much more than thi\"..., 48) = ?");
}
END_TEST

START_TEST(read_shows_its_data_at_exit)
{
    uint64_t at = unit_put(&target, 0, "abc", 4);
    ck_assert_str_eq(unit_entry(&target, CALL_read, 0, at, 100), "read(0, 0x10000, 100) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_read, 3, 0, at, 100), "read(0, \"abc\", 100) = 3");
    ck_assert_str_eq(unit_exit(&target, CALL_read, -9, 0, at, 100),
                     "read(0, 0x10000, 100) = -1 EBADF (Bad file descriptor)");
}
END_TEST

START_TEST(opaque_calls_show_strings_and_addresses)
{
    const uint64_t vector[2] = {UNIT_BASE, 3};
    uint64_t text = unit_put(&target, 0, "abc", 4);
    uint64_t at = unit_put(&target, 0x100, vector, sizeof(vector));
    const uint32_t pollfd[2] = {3, 1 | 1U << 16};
    uint64_t fds = unit_put(&target, 0x200, pollfd, sizeof(pollfd));
    target.options.opaque = true;
    ck_assert_str_eq(unit_exit(&target, CALL_read, 3, 0, text, 10), "read(0, \"abc\", 10) = 3");
    ck_assert_str_eq(unit_exit(&target, CALL_unlink, 0, text), "unlink(\"abc\") = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_readv, 3, 0, at, 1), "readv(0, 0x10100, 1) = 3");
    ck_assert_str_eq(unit_exit(&target, CALL_uname, 0, at), "uname(0x10100) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_poll, 1, fds, 1, 0), "poll(0x10200, 1, 0) = 1");
    ck_assert_str_eq(unit_exit(&target, CALL_getdents64, 24, 3, at, 100), "getdents64(3, 0x10100, 100) = 24");
    target.bytes[0] = 8; /* as a set of descriptors */
    ck_assert_str_eq(unit_exit(&target, CALL_select, 1, 4, text, 0, 0, at),
                     "select(4, 0x10000, NULL, NULL, 0x10100) = 1 (in [3], left 0x10100)");
    target.options.opaque = false;
    ck_assert_str_eq(unit_exit(&target, CALL_poll, 1, fds, 1, 0),
                     "poll([{fd=3, events=POLLIN}], 1, 0) = 1 ([{fd=3, revents=POLLIN}])");
}
END_TEST

/* Task 7 runs "a>b", the others are gone. */
static ssize_t command(const struct fd_names *names, int pid, char *buf, size_t n)
{
    ck_assert(names == target.fds && pid > 0 && n >= 16);
    memcpy(buf, "a>b", 3);
    return pid == 7 ? 3 : -ESRCH;
}

/* Task 7 and group 9 are in another namespace, task 8 is in ours. */
static int translate(const struct fd_names *names, int id, enum id_of of)
{
    ck_assert(names == target.fds && id > 0);
    bool known =
        (of == ID_OF_TASK && id == 7) || (of == ID_OF_GROUP && id == 9) || (of == ID_OF_SESSION && id == 5);
    return known ? 4000 + id : id == 8 ? 8 : 0;
}

START_TEST(ids_of_another_namespace)
{
    const struct fd_names names = {.command = command, .translate = translate};
    uint64_t group = (uint64_t)-9;
    target.fds = &names;
    ck_assert_str_eq(unit_exit(&target, CALL_kill, 0, 7, 15), "kill(7, SIGTERM) = 0");
    target.options.pid_namespaces = true;
    ck_assert_str_eq(unit_exit(&target, CALL_kill, 0, 7, 15),
                     "kill(7 /* 4007 in proctor's PID NS */, SIGTERM) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_kill, 0, 8, 15), "kill(8, SIGTERM) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_kill, 0, 9, 15), "kill(9, SIGTERM) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_kill, 0, group, 15),
                     "kill(-9 /* 4009 in proctor's PID NS */, SIGTERM) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_kill, 0, UINT64_MAX, 15), "kill(-1, SIGTERM) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_fork, 7), "fork() = 7 /* 4007 in proctor's PID NS */");
    ck_assert_str_eq(unit_exit(&target, CALL_getpgid, 9, 7),
                     "getpgid(7 /* 4007 in proctor's PID NS */) = 9 /* 4009 in proctor's PID NS */");
    ck_assert_str_eq(unit_exit(&target, CALL_getsid, 5, 0), "getsid(0) = 5 /* 4005 in proctor's PID NS */");
    ck_assert_str_eq(unit_exit(&target, CALL_setpriority, 0, 1, 9, 1),
                     "setpriority(PRIO_PGRP, 9 /* 4009 in proctor's PID NS */, 1) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_setpriority, 0, 2, 9, 1), "setpriority(PRIO_USER, 9, 1) = 0");
    ck_assert_str_eq(unit_entry(&target, CALL_waitid, 2, 9, 0, 4),
                     "waitid(P_PGID, 9 /* 4009 in proctor's PID NS */, NULL, WEXITED, NULL) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_fcntl, 7, 3, 9 /* F_GETOWN */),
                     "fcntl(3, F_GETOWN) = 7 /* 4007 in proctor's PID NS */");
    target.options.pid_comms = true;
    ck_assert_str_eq(unit_exit(&target, CALL_kill, 0, 7, 15),
                     "kill(7<a\\76b> /* 4007 in proctor's PID NS */, SIGTERM) = 0");
}
END_TEST

START_TEST(ids_of_tasks_with_their_commands)
{
    const struct fd_names names = {.command = command};
    uint64_t minus = (uint64_t)-7;
    target.fds = &names;
    ck_assert_str_eq(unit_exit(&target, CALL_kill, 0, 7, 15), "kill(7, SIGTERM) = 0");
    target.options.pid_comms = true;
    ck_assert_str_eq(unit_exit(&target, CALL_kill, 0, 7, 15), "kill(7<a\\76b>, SIGTERM) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_kill, 0, minus, 15), "kill(-7, SIGTERM) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_kill, 0, 8, 15), "kill(8, SIGTERM) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_fork, 7), "fork() = 7<a\\76b>");
    ck_assert_str_eq(unit_exit(&target, CALL_getpgid, 7, 7), "getpgid(7<a\\76b>) = 7"); /* a group */
    ck_assert_str_eq(unit_exit(&target, CALL_setpriority, 0, 0, 7, 1),
                     "setpriority(PRIO_PROCESS, 7<a\\76b>, 1) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_setpriority, 0, 1, 7, 1), "setpriority(PRIO_PGRP, 7, 1) = 0");
    ck_assert_str_eq(unit_entry(&target, CALL_waitid, 1, 7, 0, 4),
                     "waitid(P_PID, 7<a\\76b>, NULL, WEXITED, NULL) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_waitid, 2, 7, 0, 4),
                     "waitid(P_PGID, 7, NULL, WEXITED, NULL) = ?");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("decode");
    TCase *tc = tcase_create("basic");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, path_is_shown_whole);
    tcase_add_test(tc, mode_is_shown_only_with_creat);
    tcase_add_test(tc, unmapped_string_is_an_address);
    tcase_add_test(tc, string_that_runs_into_nothing_is_an_address);
    tcase_add_test(tc, data_is_cut_and_escaped);
    tcase_add_test(tc, ids_of_tasks_with_their_commands);
    tcase_add_test(tc, ids_of_another_namespace);
    tcase_add_test(tc, ids_of_another_namespace);
    tcase_add_test(tc, opaque_calls_show_strings_and_addresses);
    tcase_add_test(tc, read_shows_its_data_at_exit);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
