/* Calls that strace 6.1 does not know, so that the differential tests cannot compare them: as strace 7 shows
 * them. Those with structures of their own are in the tests of their kinds. */
#include "tests/unit/fresh_target.h"

#include <errno.h>
#include <fcntl.h>

#define HERE ((uint64_t)AT_FDCWD)

START_TEST(files)
{
    uint64_t path = unit_put(&target, 0, "/f", 3);
    uint64_t name = unit_put(&target, 0x10, "user.a", 7);
    uint64_t list = unit_put(&target, 0x100, "user.a\0user.b", 14);
    ck_assert_str_eq(unit_exit(&target, CALL_fchmodat2, 0, HERE, path, 0640, AT_SYMLINK_NOFOLLOW),
                     "fchmodat2(AT_FDCWD, \"/f\", 0640, AT_SYMLINK_NOFOLLOW) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_fchmodat2, -EINVAL, 3, path, 07777, 1),
                     "fchmodat2(3, \"/f\", 07777, 0x1 /* AT_??? */) = -1 EINVAL (Invalid argument)");
    ck_assert_str_eq(unit_exit(&target, CALL_listxattrat, 14, HERE, path, 0, list, 100),
                     "listxattrat(AT_FDCWD, \"/f\", 0, \"user.a\\0user.b\\0\", 100) = 14");
    ck_assert_str_eq(unit_exit(&target, CALL_listxattrat, 14, HERE, path, AT_EMPTY_PATH, 0, 0),
                     "listxattrat(AT_FDCWD, \"/f\", AT_EMPTY_PATH, NULL, 0) = 14");
    ck_assert_str_eq(unit_exit(&target, CALL_listxattrat, -ERANGE, 3, path, 0, list, 1),
                     "listxattrat(3, \"/f\", 0, 0x10100, 1) = -1 ERANGE (Numerical result out of range)");
    ck_assert_str_eq(unit_exit(&target, CALL_removexattrat, 0, HERE, path, AT_SYMLINK_NOFOLLOW, name),
                     "removexattrat(AT_FDCWD, \"/f\", AT_SYMLINK_NOFOLLOW, \"user.a\") = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_removexattrat, -EBADF, 3, 8, 2, 8),
                     "removexattrat(3, 0x8, 0x2 /* AT_??? */, 0x8) = -1 EBADF (Bad file descriptor)");
}
END_TEST

START_TEST(memory)
{
    ck_assert_str_eq(unit_exit(&target, CALL_mseal, 0, 0x7f0000000000, 4096, 0),
                     "mseal(0x7f0000000000, 4096, 0) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_mseal, -EINVAL, 0, UINT64_MAX, UINT64_MAX),
                     "mseal(NULL, 18446744073709551615, 0xffffffffffffffff) = -1 EINVAL (Invalid argument)");
    ck_assert_str_eq(unit_exit(&target, CALL_map_shadow_stack, 0x7f0000000000, 0, 4096, 1),
                     "map_shadow_stack(NULL, 4096, SHADOW_STACK_SET_TOKEN) = 0x7f0000000000");
    ck_assert_str_eq(
        unit_exit(&target, CALL_map_shadow_stack, -EINVAL, 0x1000, 1, 5),
        "map_shadow_stack(0x1000, 1, SHADOW_STACK_SET_TOKEN|0x4) = -1 EINVAL (Invalid argument)");
}
END_TEST

START_TEST(futexes)
{
    const uint64_t time[2] = {1, 2};
    uint64_t at = unit_put(&target, 0x100, time, sizeof(time));
    ck_assert_str_eq(unit_exit(&target, CALL_futex_wake, 1, 0x1000, 3, 2, 0x86),
                     "futex_wake(0x1000, 0x3, 2, FUTEX2_SIZE_U32|FUTEX2_NUMA|FUTEX2_PRIVATE) = 1");
    ck_assert_str_eq(unit_exit(&target, CALL_futex_wait, -ETIMEDOUT, 0x1000, 5, UINT32_MAX, 2, at, 1),
                     "futex_wait(0x1000, 5, FUTEX_BITSET_MATCH_ANY, FUTEX2_SIZE_U32, {tv_sec=1, tv_nsec=2}, "
                     "CLOCK_MONOTONIC) = -1 ETIMEDOUT (Connection timed out)");
    ck_assert_str_eq(unit_entry(&target, CALL_rseq_slice_yield), "rseq_slice_yield() = ?");
}
END_TEST

START_TEST(security_modules)
{
    const uint64_t ids[2] = {100, 77};
    const uint32_t room = 64;
    uint64_t list = unit_put(&target, 0x100, ids, sizeof(ids));
    uint64_t size = unit_put(&target, 0x200, &room, sizeof(room));
    ck_assert_str_eq(unit_exit(&target, CALL_lsm_list_modules, 2, list, size, 0),
                     "lsm_list_modules([LSM_ID_CAPABILITY, 0x4d /* LSM_ID_??? */], [64], 0) = 2");
    ck_assert_str_eq(unit_exit(&target, CALL_lsm_list_modules, -E2BIG, list, size, 1),
                     "lsm_list_modules(0x10100, [64], 0x1) = -1 E2BIG (Argument list too long)");
    ck_assert_str_eq(unit_exit(&target, CALL_lsm_list_modules, -EFAULT, list, 8, 0),
                     "lsm_list_modules(0x10100, 0x8, 0) = -1 EFAULT (Bad address)");
    ck_assert_str_eq(unit_entry(&target, CALL_uprobe), "uprobe() = ?");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("calls_newer");
    TCase *tc = tcase_create("calls_newer");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, files);
    tcase_add_test(tc, memory);
    tcase_add_test(tc, futexes);
    tcase_add_test(tc, security_modules);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
