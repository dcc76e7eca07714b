/* fcntl: arguments and results that depend on the command. */
#include "tests/unit/fresh_target.h"

#include <fcntl.h>

#define ENTRY(text, id, ...) ck_assert_str_eq(unit_entry(&target, CALL_##id, __VA_ARGS__), text " = ?")
#define EXIT(text, id, result, ...) ck_assert_str_eq(unit_exit(&target, CALL_##id, result, __VA_ARGS__), text)

START_TEST(an_open_line_ends_after_the_last_argument_used)
{
    struct render_options options = {.column = 0};
    struct render_state state = {0};
    unit_entry(&target, CALL_fcntl, 3, F_GETFD);
    target.text.len = 0;
    render_text_start(&target.text, &target.event, &options, &state, PID_NONE);
    ck_assert_mem_eq(target.text.data, "fcntl(3, F_GETFD", target.text.len);
    unit_entry(&target, CALL_fcntl, 3, F_GETLK, UNIT_BASE);
    target.text.len = 0;
    render_text_start(&target.text, &target.event, &options, &state, PID_NONE);
    ck_assert_mem_eq(target.text.data, "fcntl(3, F_GETLK, ", target.text.len);
}
END_TEST

START_TEST(commands_without_an_argument)
{
    ENTRY("fcntl(3, F_GETFL)", fcntl, 3, F_GETFL, 77);
    EXIT("fcntl(3, F_GETFL) = 0x8002 (flags O_RDWR|O_LARGEFILE)", fcntl, 0x8002, 3, F_GETFL);
    EXIT("fcntl(3, F_GETFD) = 0", fcntl, 0, 3, F_GETFD);
    EXIT("fcntl(3, F_GETFD) = 0x1 (flags FD_CLOEXEC)", fcntl, 1, 3, F_GETFD);
    EXIT("fcntl(3, F_GETFD) = -1 EBADF (Bad file descriptor)", fcntl, -9, 3, F_GETFD);
    EXIT("fcntl(3, F_GETLEASE) = 0x2 (F_UNLCK)", fcntl, 2, 3, 1025);
    EXIT("fcntl(3, F_GET_SEALS) = 0x3 (seals F_SEAL_SEAL|F_SEAL_SHRINK)", fcntl, 3, 3, 1034);
    EXIT("fcntl(3, F_GETSIG) = 10 (SIGUSR1)", fcntl, 10, 3, F_GETSIG);
    EXIT("fcntl(3, F_GETOWN) = 77", fcntl, 77, 3, F_GETOWN);
}
END_TEST

START_TEST(commands_with_a_number)
{
    EXIT("fcntl(3, F_DUPFD_CLOEXEC, 10) = 10", fcntl, 10, 3, 1030, 10);
    ENTRY("fcntl(3, F_SETFD, FD_CLOEXEC)", fcntl, 3, F_SETFD, 1);
    ENTRY("fcntl(3, F_SETFL, O_RDONLY|O_NONBLOCK)", fcntl, 3, F_SETFL, O_NONBLOCK);
    ENTRY("fcntl(3, F_ADD_SEALS, F_SEAL_WRITE)", fcntl, 3, 1033, 8);
    ENTRY("fcntl(3, F_SETLEASE, F_RDLCK)", fcntl, 3, 1024, 0);
    ENTRY("fcntl(3, F_NOTIFY, DN_ACCESS|DN_MULTISHOT)", fcntl, 3, 1026, 0x80000001);
    ENTRY("fcntl(3, F_SETOWN, -5)", fcntl, 3, F_SETOWN, (uint64_t)-5);
    ENTRY("fcntl(3, 0x77 /* F_\?\?\? */, 0x5)", fcntl, 3, 0x77, 5);
}
END_TEST

START_TEST(locks)
{
    const struct flock lock = {F_WRLCK, SEEK_SET, 1, -2, 3};
    uint64_t at = unit_put(&target, 0, &lock, sizeof(lock));
    ENTRY("fcntl(3, F_SETLKW, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=1, l_len=-2})", fcntl, 3, 7, at);
    ENTRY("fcntl(3, F_GETLK, 0x10000)", fcntl, 3, 5, at);
    EXIT("fcntl(3, F_GETLK, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=1, l_len=-2, l_pid=3}) = 0", fcntl, 0,
         3, 5, at);
    EXIT("fcntl(3, F_OFD_GETLK, 0x10000) = -1 EBADF (Bad file descriptor)", fcntl, -9, 3, 36, at);
    ENTRY("fcntl(3, F_SETLK, 0x13ff0)", fcntl, 3, 6, UNIT_BASE + UNIT_SIZE - 16);
    ENTRY("fcntl(3, F_SETLK, NULL)", fcntl, 3, 6, 0);
}
END_TEST

START_TEST(locks_of_i386)
{
    const uint32_t narrow[] = {1, 7, 8, 9};
    const uint32_t wide[] = {1, 7, 1, 8, 0, 9};
    target.abi = ABI_I386;
    uint64_t at = unit_put(&target, 0, narrow, sizeof(narrow));
    EXIT("fcntl64(3, F_GETLK, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=7, l_len=8, l_pid=9}) = 0", fcntl64,
         0, 3, 5, at);
    at = unit_put(&target, 0, wide, sizeof(wide));
    EXIT("fcntl64(3, F_GETLK64, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=4294967303, l_len=8, l_pid=9}) "
         "= 0",
         fcntl64, 0, 3, 12, at);
    ENTRY("fcntl64(3, F_SETLK64, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=4294967303, l_len=8})", fcntl64,
          3, 13, at);
}
END_TEST

START_TEST(owners_and_hints)
{
    uint64_t owner = unit_put(&target, 0, (int[2]){F_OWNER_PGRP, 77}, 8);
    uint64_t hint = unit_put(&target, 16, (uint64_t[1]){3}, 8);
    ENTRY("fcntl(3, F_SETOWN_EX, {type=F_OWNER_PGRP, pid=77})", fcntl, 3, 15, owner);
    EXIT("fcntl(3, F_GETOWN_EX, {type=F_OWNER_PGRP, pid=77}) = 0", fcntl, 0, 3, 16, owner);
    ENTRY("fcntl(3, F_SET_RW_HINT, [RWH_WRITE_LIFE_MEDIUM])", fcntl, 3, 1036, hint);
    EXIT("fcntl(3, F_GET_RW_HINT, [RWH_WRITE_LIFE_MEDIUM]) = 0", fcntl, 0, 3, 1035, hint);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fcntl");
    TCase *tc = tcase_create("fcntl");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, an_open_line_ends_after_the_last_argument_used);
    tcase_add_test(tc, commands_without_an_argument);
    tcase_add_test(tc, commands_with_a_number);
    tcase_add_test(tc, locks);
    tcase_add_test(tc, locks_of_i386);
    tcase_add_test(tc, owners_and_hints);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
