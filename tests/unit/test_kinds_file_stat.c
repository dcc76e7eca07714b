/* stat, statx and statfs in the layouts of every ABI; short and unmapped memory. */
#include "tests/unit/fresh_target.h"

/* Writes numbers of `size` bytes one after the other, from `offset` on. */
static void put_numbers(size_t offset, size_t size, const uint64_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unit_put(&target, offset + i * size, &numbers[i], size);
    }
}
#define PUT(offset, size, ...)                                                                               \
    put_numbers(offset, size, (const uint64_t[]){__VA_ARGS__},                                               \
                sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

/* x86-64's struct stat, of a file of 1000 bytes last changed at a known time. */
static void put_stat(uint32_t mode)
{
    PUT(0, 8, 0x801, 77, 1);
    PUT(24, 4, mode, 1000, 1001, 0);
    PUT(40, 8, 0x103, 1000, 4096, 8, 1, 0, 1700000000, 5, 0, 0);
}

START_TEST(stat_is_shown_at_exit)
{
    put_stat(0100644);
    ck_assert_str_eq(unit_entry(&target, CALL_fstat, 3, UNIT_BASE), "fstat(3, 0x10000) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_fstat, 0, 3, UNIT_BASE),
                     "fstat(3, {st_mode=S_IFREG|0644, st_size=1000, ...}) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_fstat, -9, 3, UNIT_BASE),
                     "fstat(3, 0x10000) = -1 EBADF (Bad file descriptor)");
    ck_assert_str_eq(unit_exit(&target, CALL_fstat, 0, 3, UNIT_BASE + UNIT_SIZE - 143),
                     "fstat(3, 0x13f71) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_newfstatat, 0, 3, 0, UNIT_BASE, 0x1000),
                     "newfstatat(3, NULL, {st_mode=S_IFREG|0644, st_size=1000, ...}, AT_EMPTY_PATH) = 0");
}
END_TEST

START_TEST(device_has_a_number_and_no_size)
{
    put_stat(020666);
    ck_assert_str_eq(unit_exit(&target, CALL_fstat, 0, 3, UNIT_BASE),
                     "fstat(3, {st_mode=S_IFCHR|0666, st_rdev=makedev(0x1, 0x3), ...}) = 0");
}
END_TEST

START_TEST(stat_in_full)
{
    put_stat(0100644);
    target.options.verbose = true;
    ck_assert_str_eq(unit_exit(&target, CALL_fstat, 0, 3, UNIT_BASE),
                     "fstat(3, {st_dev=makedev(0x8, 0x1), st_ino=77, st_mode=S_IFREG|0644, st_nlink=1, "
                     "st_uid=1000, st_gid=1001, st_blksize=4096, st_blocks=8, st_size=1000, "
                     "st_atime=1 /* 1970-01-01T00:00:01+0000 */, st_atime_nsec=0, "
                     "st_mtime=1700000000 /* 2023-11-14T22:13:20.000000005+0000 */, st_mtime_nsec=5, "
                     "st_ctime=0, st_ctime_nsec=0}) = 0");
}
END_TEST

START_TEST(stat_of_i386)
{
    target.abi = ABI_I386;
    PUT(0, 4, 0x801, 77);
    PUT(8, 2, 0100600, 2, 1, 2);
    PUT(16, 4, 0, 1234, 4096, 8, 1, 2, 3, 4, 5, 6);
    ck_assert_str_eq(unit_exit(&target, CALL_fstat, 0, 3, UNIT_BASE),
                     "fstat(3, {st_mode=S_IFREG|0600, st_size=1234, ...}) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_fstat, 0, 3, UNIT_BASE + UNIT_SIZE - 64),
                     "fstat(3, {st_mode=000, st_size=0, ...}) = 0");
    /* x32 has the 64-bit structure. */
    target.abi = ABI_X32;
    put_stat(040755);
    ck_assert_str_eq(unit_exit(&target, CALL_fstat, 0, 3, UNIT_BASE),
                     "fstat(3, {st_mode=S_IFDIR|0755, st_size=1000, ...}) = 0");
}
END_TEST

/* struct statx: the mask tells which members were filled. */
static void put_statx(uint64_t mask, uint64_t attributes)
{
    PUT(0, 4, mask, 4096);
    PUT(8, 8, attributes);
    PUT(16, 4, 1, 0xffffffff, 0);
    PUT(28, 2, 0100644);
    PUT(32, 8, 77, 1000, 8, 0x3000);
    PUT(64, 8, 1, 2, 3, 4, 1700000000, 5, 7, 8);
    PUT(128, 4, 0, 0, 8, 1);
    PUT(144, 8, 0x22);
}

START_TEST(statx_shows_what_was_filled)
{
    put_statx(0x1fff, 0x2000);
    ck_assert_str_eq(unit_exit(&target, CALL_statx, 0, 3, 0, 0, 0xfff, UNIT_BASE),
                     "statx(3, NULL, AT_STATX_SYNC_AS_STAT, STATX_ALL, {stx_mask=STATX_ALL|STATX_MNT_ID, "
                     "stx_attributes=STATX_ATTR_MOUNT_ROOT, stx_mode=S_IFREG|0644, stx_size=1000, ...}) = 0");
    put_statx(0x4, 0);
    ck_assert_str_eq(unit_exit(&target, CALL_statx, 0, 3, 0, 0, 4, UNIT_BASE),
                     "statx(3, NULL, AT_STATX_SYNC_AS_STAT, STATX_NLINK, {stx_mask=STATX_NLINK, "
                     "stx_attributes=0, ...}) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_statx, 0, 3, 0, 0, 4, UNIT_BASE + UNIT_SIZE - 255),
                     "statx(3, NULL, AT_STATX_SYNC_AS_STAT, STATX_NLINK, 0x13f01) = 0");
}
END_TEST

START_TEST(statx_in_full)
{
    target.options.verbose = true;
    put_statx(0x10cf, 0);
    ck_assert_str_eq(
        unit_exit(&target, CALL_statx, 0, 3, 0, 0, 0, UNIT_BASE),
        "statx(3, NULL, AT_STATX_SYNC_AS_STAT, 0, {stx_mask=STATX_TYPE|STATX_MODE|STATX_NLINK|STATX_UID|"
        "STATX_MTIME|STATX_CTIME|STATX_MNT_ID, stx_blksize=4096, stx_attributes=0, stx_nlink=1, stx_uid=-1, "
        "stx_mode=S_IFREG|0644, stx_attributes_mask=STATX_ATTR_AUTOMOUNT|STATX_ATTR_MOUNT_ROOT, "
        "stx_ctime={tv_sec=1700000000, tv_nsec=5} /* 2023-11-14T22:13:20.000000005+0000 */, "
        "stx_mtime={tv_sec=7, tv_nsec=8} /* 1970-01-01T00:00:07.000000008+0000 */, stx_rdev_major=0, "
        "stx_rdev_minor=0, stx_dev_major=8, stx_dev_minor=1, stx_mnt_id=0x22}) = 0");
}
END_TEST

START_TEST(statfs_of_every_abi)
{
    PUT(0, 8, 0xef53, 4096, 100, 90, 80, 70, 60);
    PUT(56, 4, 0x1234, 0);
    PUT(64, 8, 255, 4096, 0x1020);
    ck_assert_str_eq(unit_exit(&target, CALL_fstatfs, 0, 3, UNIT_BASE),
                     "fstatfs(3, {f_type=EXT2_SUPER_MAGIC, f_bsize=4096, f_blocks=100, f_bfree=90, "
                     "f_bavail=80, f_files=70, f_ffree=60, f_fsid={val=[0x1234, 0]}, f_namelen=255, "
                     "f_frsize=4096, f_flags=ST_VALID|ST_RELATIME}) = 0");
    target.abi = ABI_I386;
    PUT(0, 4, 0x123456, 512, 10, 9, 8, 7, 6, 1, 2, 255, 512, 0);
    ck_assert_str_eq(unit_exit(&target, CALL_fstatfs, 0, 3, UNIT_BASE),
                     "fstatfs(3, {f_type=0x123456, f_bsize=512, f_blocks=10, f_bfree=9, f_bavail=8, "
                     "f_files=7, f_ffree=6, f_fsid={val=[0x1, 0x2]}, f_namelen=255, f_frsize=512}) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_fstatfs, 0, 3, UNIT_BASE + UNIT_SIZE - 63),
                     "fstatfs(3, 0x13fc1) = 0");
}
END_TEST

START_TEST(ustat_is_short)
{
    PUT(0, 8, 5, 6);
    ck_assert_str_eq(unit_exit(&target, CALL_ustat, 0, 0x801, UNIT_BASE),
                     "ustat(makedev(0x8, 0x1), {f_tfree=5, f_tinode=6}) = 0");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file stat");
    TCase *tc = tcase_create("stat");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, stat_is_shown_at_exit);
    tcase_add_test(tc, device_has_a_number_and_no_size);
    tcase_add_test(tc, stat_in_full);
    tcase_add_test(tc, stat_of_i386);
    tcase_add_test(tc, statx_shows_what_was_filled);
    tcase_add_test(tc, statx_in_full);
    tcase_add_test(tc, statfs_of_every_abi);
    tcase_add_test(tc, ustat_is_short);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
