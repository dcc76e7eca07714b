/* Old calls and odd ones, of which the programs of tests/diff make some on i386 only: as strace shows them.
 */
#include "tests/unit/fresh_target.h"

#include <errno.h>

START_TEST(readdir_gives_one_entry)
{
    const struct {
        uint32_t ino, off;
        uint16_t length;
        char name[6];
    } entry = {5, 6, 3, "abc"};
    uint64_t at = unit_put(&target, 0x100, &entry, sizeof(entry));
    target.abi = ABI_I386;
    ck_assert_str_eq(unit_exit(&target, CALL_readdir, 1, 3, at, 1),
                     "readdir(3, {d_ino=5, d_off=6, d_reclen=3, d_name=\"abc\"}) = 1");
    ck_assert_str_eq(unit_exit(&target, CALL_readdir, 0, 3, at, 2), "readdir(3, 0x10100, 2) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_readdir, -EBADF, 3, at, 1),
                     "readdir(3, 0x10100) = -1 EBADF (Bad file descriptor)");
    ck_assert_str_eq(unit_exit(&target, CALL_readdir, 1, 3, 8, 1), "readdir(3, 0x8) = 1");
}
END_TEST

START_TEST(select_behind_a_pointer)
{
    const uint32_t set = 1 << 3;
    const uint32_t left[2] = {1, 5};
    uint32_t in = (uint32_t)unit_put(&target, 0x100, &set, sizeof(set));
    uint32_t time = (uint32_t)unit_put(&target, 0x200, left, sizeof(left));
    const uint32_t arguments[5] = {4, in, 0, 0, time};
    uint64_t at = unit_put(&target, 0, arguments, sizeof(arguments));
    target.abi = ABI_I386;
    ck_assert_str_eq(
        unit_exit(&target, CALL_select, 1, at),
        "select(4, [3], NULL, NULL, {tv_sec=1, tv_usec=5}) = 1 (in [3], left {tv_sec=1, tv_usec=5})");
    ck_assert_str_eq(unit_exit(&target, CALL_select, 0, at),
                     "select(4, [3], NULL, NULL, {tv_sec=1, tv_usec=5}) = 0 (Timeout)");
    ck_assert_str_eq(unit_exit(&target, CALL_select, -EFAULT, 8), "select(0x8) = -1 EFAULT (Bad address)");
    ck_assert_str_eq(unit_exit(&target, CALL_select, 1, 8), "select(0x8) = 1");
}
END_TEST

START_TEST(names_have_a_length)
{
    uint64_t name = unit_put(&target, 0, "here", 5);
    ck_assert_str_eq(unit_entry(&target, CALL_sethostname, name, 4), "sethostname(\"here\", 4) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_setdomainname, name, 65), "setdomainname(0x10000, 65) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_sethostname, name, UINT32_MAX),
                     "sethostname(0x10000, 4294967295) = ?");
}
END_TEST

START_TEST(errors_without_a_sign)
{
    ck_assert_str_eq(unit_exit(&target, CALL_modify_ldt, 16, 0, 0x1000, 16),
                     "modify_ldt(0, 0x1000, 16) = 16");
    ck_assert_str_eq(unit_exit(&target, CALL_modify_ldt, (uint32_t)-EINVAL, 1, 0x1000, 3),
                     "modify_ldt(1, 0x1000, 3) = 4294967274 (EINVAL)");
}
END_TEST

START_TEST(registers_of_a_tracee)
{
    const uint64_t iovec[2] = {0x1000, 216};
    uint64_t at = unit_put(&target, 0, iovec, sizeof(iovec));
    ck_assert_str_eq(unit_exit(&target, CALL_ptrace, 0, 0x4204, 5, 1, at),
                     "ptrace(PTRACE_GETREGSET, 5, NT_PRSTATUS, {iov_base=0x1000, iov_len=216}) = 0");
    ck_assert_str_eq(
        unit_exit(&target, CALL_ptrace, -ESRCH, 0x4204, 5, 1, at),
        "ptrace(PTRACE_GETREGSET, 5, NT_PRSTATUS, {iov_base=0x1000, iov_len=216}) = -1 ESRCH (No such "
        "process)");
}
END_TEST

START_TEST(sizes_that_are_none)
{
    const uint32_t attr[16] = {77, 8};
    const uint32_t corrected[16] = {77, 128};
    uint64_t at = unit_put(&target, 0, attr, sizeof(attr));
    target.written = (struct unit_written){0, corrected, sizeof(corrected)};
    ck_assert_str_eq(unit_exit(&target, CALL_perf_event_open, -E2BIG, at, 0, 0, 3, 0),
                     "perf_event_open(0x10000, 0, 0, 3, 0) = -1 E2BIG (Argument list too long)");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("calls_old");
    TCase *tc = tcase_create("calls_old");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, readdir_gives_one_entry);
    tcase_add_test(tc, select_behind_a_pointer);
    tcase_add_test(tc, names_have_a_length);
    tcase_add_test(tc, errors_without_a_sign);
    tcase_add_test(tc, registers_of_a_tracee);
    tcase_add_test(tc, sizes_that_are_none);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
