/* Opening, modes, AT_* flags, paths that come back, and the times that are set. */
#include "tests/unit/fresh_target.h"

#include <fcntl.h>
#include <stdio.h>

static uint64_t put_path(void)
{
    return unit_put(&target, 0, "/f", 3);
}

START_TEST(open_flags_in_straces_order)
{
    uint64_t path = put_path();
    ck_assert_str_eq(unit_entry(&target, CALL_open, path, O_NONBLOCK | O_DIRECTORY | O_CLOEXEC, 0),
                     "open(\"/f\", O_RDONLY|O_NONBLOCK|O_CLOEXEC|O_DIRECTORY) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_open, path, O_RDWR | 020200000, 0600),
                     "open(\"/f\", O_RDWR|O_TMPFILE, 0600) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_open, path, 0x40000003, 0),
                     "open(\"/f\", O_ACCMODE|0x40000000) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_creat, 3, path, 0), "creat(\"/f\", 000) = 3");
}
END_TEST

START_TEST(openat2_shows_how)
{
    uint64_t path = put_path();
    const uint64_t how[] = {O_WRONLY | O_CREAT, 0644, 8, 0};
    uint64_t at = unit_put(&target, 16, how, sizeof(how));
    ck_assert_str_eq(
        unit_entry(&target, CALL_openat2, (uint64_t)AT_FDCWD, path, at, 24),
        "openat2(AT_FDCWD, \"/f\", {flags=O_WRONLY|O_CREAT, mode=0644, resolve=RESOLVE_BENEATH}, 24) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_openat2, (uint64_t)AT_FDCWD, path, at, 23),
                     "openat2(AT_FDCWD, \"/f\", 0x10010, 23) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_openat2, (uint64_t)AT_FDCWD, path, 8, 24),
                     "openat2(AT_FDCWD, \"/f\", 0x8, 24) = ?");
}
END_TEST

START_TEST(unknown_end_of_a_structure_is_bytes)
{
    uint64_t path = put_path();
    const uint64_t how[] = {0, 0, 0, 5};
    uint64_t at = unit_put(&target, 16, how, sizeof(how));
    ck_assert_str_eq(unit_entry(&target, CALL_openat2, 3, path, at, 32),
                     "openat2(3, \"/f\", {flags=O_RDONLY, resolve=0, "
                     "/* bytes 24..31 */ \"\\x05\\x00\\x00\\x00\\x00\\x00\\x00\\x00\"}, 32) = ?");
    uint64_t last = unit_put(&target, UNIT_SIZE - 24, how, 24);
    ck_assert_str_eq(unit_entry(&target, CALL_openat2, 3, path, last, UINT64_MAX),
                     "openat2(3, \"/f\", {flags=O_RDONLY, resolve=0, ???}, 18446744073709551615) = ?");
}
END_TEST

START_TEST(modes_and_devices)
{
    uint64_t path = put_path();
    ck_assert_str_eq(unit_entry(&target, CALL_mknod, path, 020644, 0x103),
                     "mknod(\"/f\", S_IFCHR|0644, makedev(0x1, 0x3)) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_mknod, path, 010000, 0x103), "mknod(\"/f\", S_IFIFO|000) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_mknod, path, 0106755, 0),
                     "mknod(\"/f\", S_IFREG|S_ISUID|S_ISGID|0755) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_mknod, path, 0177777, 0), "mknod(\"/f\", 0177777) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_umask, 022, 0), "umask(000) = 022");
    ck_assert_str_eq(unit_entry(&target, CALL_chmod, path, 0xffff0007), "chmod(\"/f\", 007) = ?");
}
END_TEST

START_TEST(ids_of_both_widths)
{
    uint64_t path = put_path();
    ck_assert_str_eq(unit_entry(&target, CALL_chown, path, 0xffffffff, 65535),
                     "chown(\"/f\", -1, 65535) = ?");
    target.abi = ABI_I386;
    ck_assert_str_eq(unit_entry(&target, CALL_chown, path, 1000, 65535), "chown(\"/f\", 1000, -1) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_fchownat, 3, path, 0, 65535, AT_EMPTY_PATH),
                     "fchownat(3, \"/f\", 0, 65535, AT_EMPTY_PATH) = ?");
}
END_TEST

START_TEST(at_flags)
{
    uint64_t path = put_path();
    ck_assert_str_eq(unit_entry(&target, CALL_faccessat2, 3, path, 6, 0x200),
                     "faccessat2(3, \"/f\", R_OK|W_OK, AT_EACCESS) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_unlinkat, 3, path, 0x200),
                     "unlinkat(3, \"/f\", AT_REMOVEDIR) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_renameat2, 3, path, 4, path, 9),
                     "renameat2(3, \"/f\", 4, \"/f\", RENAME_NOREPLACE|0x8) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_statx, 3, path, 0x2101, 0xfff, 0),
                     "statx(3, \"/f\", AT_STATX_FORCE_SYNC|AT_SYMLINK_NOFOLLOW|0x1, STATX_ALL, NULL) = ?");
}
END_TEST

START_TEST(paths_that_come_back)
{
    char longer[64];
    memset(longer, 'd', sizeof(longer));
    longer[0] = '/';
    longer[63] = 0;
    uint64_t at = unit_put(&target, 0, longer, sizeof(longer));
    char expected[128];
    snprintf(expected, sizeof(expected), "getcwd(\"%s\", 4096) = 64", longer);
    ck_assert_str_eq(unit_exit(&target, CALL_getcwd, 64, at, 4096), expected);
    ck_assert_str_eq(unit_exit(&target, CALL_getcwd, -34, at, 1),
                     "getcwd(0x10000, 1) = -1 ERANGE (Numerical result out of range)");
    ck_assert_str_eq(unit_exit(&target, CALL_getcwd, 64, 8, 4096), "getcwd(0x8, 4096) = 64");
    memset(target.bytes, 'x', sizeof(target.bytes));
    ck_assert_str_eq(unit_exit(&target, CALL_getcwd, 8, UNIT_BASE + UNIT_SIZE - 8, 4096),
                     "getcwd(0x13ff8, 4096) = 8");

    uint64_t path = put_path();
    unit_put(&target, 64, "target", 6);
    ck_assert_str_eq(unit_exit(&target, CALL_readlink, 6, path, UNIT_BASE + 64, 100),
                     "readlink(\"/f\", \"target\", 100) = 6");
    ck_assert_str_eq(unit_entry(&target, CALL_readlink, path, UNIT_BASE + 64, 100),
                     "readlink(\"/f\", 0x10040, 100) = ?");
}
END_TEST

START_TEST(times_that_are_set)
{
    uint64_t path = put_path();
    const int64_t times[] = {1, 500000000, 1700000000, 0};
    uint64_t at = unit_put(&target, 16, times, sizeof(times));
    ck_assert_str_eq(unit_entry(&target, CALL_utimensat, 3, path, at, 0x100),
                     "utimensat(3, \"/f\", [{tv_sec=1, tv_nsec=500000000} "
                     "/* 1970-01-01T00:00:01.500000000+0000 */, {tv_sec=1700000000, tv_nsec=0} "
                     "/* 2023-11-14T22:13:20+0000 */], AT_SYMLINK_NOFOLLOW) = ?");
    const int64_t special[] = {7, (1 << 30) - 1, 0, (1 << 30) - 2};
    unit_put(&target, 16, special, sizeof(special));
    ck_assert_str_eq(unit_entry(&target, CALL_utimensat, 3, path, at, 0),
                     "utimensat(3, \"/f\", [UTIME_NOW, UTIME_OMIT], 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_utimensat, 3, 0, 0, 0), "utimensat(3, NULL, NULL, 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_utimensat, 3, path, UNIT_BASE + UNIT_SIZE - 31, 0),
                     "utimensat(3, \"/f\", 0x13fe1, 0) = ?");
    const int64_t utimbuf[] = {INT64_MAX, 0};
    unit_put(&target, 16, utimbuf, sizeof(utimbuf));
    ck_assert_str_eq(unit_entry(&target, CALL_utime, path, at),
                     "utime(\"/f\", {actime=9223372036854775807, modtime=0}) = ?");
}
END_TEST

START_TEST(times_of_i386)
{
    target.abi = ABI_I386;
    uint64_t path = put_path();
    const int32_t times[] = {-1, 250000, 0, 0};
    uint64_t at = unit_put(&target, 16, times, sizeof(times));
    ck_assert_str_eq(unit_entry(&target, CALL_utimes, path, at),
                     "utimes(\"/f\", [{tv_sec=-1, tv_usec=250000} /* 1969-12-31T23:59:59.250000+0000 */, "
                     "{tv_sec=0, tv_usec=0}]) = ?");
}
END_TEST

START_TEST(watches)
{
    uint64_t path = put_path();
    ck_assert_str_eq(unit_entry(&target, CALL_inotify_add_watch, 3, path, 0x80000102),
                     "inotify_add_watch(3, \"/f\", IN_MODIFY|IN_CREATE|IN_ONESHOT) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_inotify_init, 3, 0), "inotify_init() = 3");
    ck_assert_str_eq(unit_entry(&target, CALL_fanotify_init, 0x204, O_RDWR),
                     "fanotify_init(FAN_CLASS_CONTENT|FAN_REPORT_FID, O_RDWR) = ?");
    ck_assert_str_eq(
        unit_entry(&target, CALL_fanotify_mark, 3, 0x111, 0x40000020, 0xffffffff, path),
        "fanotify_mark(3, FAN_MARK_ADD|FAN_MARK_MNTNS, FAN_OPEN|FAN_ONDIR, FAN_NOFD, \"/f\") = ?");
    /* The mask takes two registers on i386. */
    target.abi = ABI_I386;
    ck_assert_str_eq(unit_entry(&target, CALL_fanotify_mark, 3, 1, 0x20, 1, (uint64_t)AT_FDCWD, path),
                     "fanotify_mark(3, FAN_MARK_ADD, FAN_OPEN|0x100000000, AT_FDCWD, \"/f\") = ?");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file");
    TCase *tc = tcase_create("file");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, open_flags_in_straces_order);
    tcase_add_test(tc, openat2_shows_how);
    tcase_add_test(tc, unknown_end_of_a_structure_is_bytes);
    tcase_add_test(tc, modes_and_devices);
    tcase_add_test(tc, ids_of_both_widths);
    tcase_add_test(tc, at_flags);
    tcase_add_test(tc, paths_that_come_back);
    tcase_add_test(tc, times_that_are_set);
    tcase_add_test(tc, times_of_i386);
    tcase_add_test(tc, watches);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
