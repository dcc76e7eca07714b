/* Mounting old and new, and asking about mounts. */
#include "tests/unit/fresh_target.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>

START_TEST(flags_say_what_is_used)
{
    uint64_t path = unit_put(&target, 0, "/m", 3);
    ck_assert_str_eq(unit_entry(&target, CALL_mount, path, path, path, 0x401, path),
                     "mount(\"/m\", \"/m\", \"/m\", MS_RDONLY|MS_NOATIME, \"/m\") = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_mount, path, path, path, 0x5000, path),
                     "mount(\"/m\", \"/m\", 0x10000, MS_BIND|MS_REC, 0x10000) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_mount, path, path, path, 0x1020, path),
                     "mount(\"/m\", \"/m\", 0x10000, MS_REMOUNT|MS_BIND, \"/m\") = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_mount, path, path, path, 0xc0ed0001, 0),
                     "mount(\"/m\", \"/m\", \"/m\", MS_MGC_VAL|MS_RDONLY, NULL) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_umount2, path, 0x1a),
                     "umount2(\"/m\", MNT_DETACH|UMOUNT_NOFOLLOW|0x10) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_swapon, path, 0x18005),
                     "swapon(\"/m\", SWAP_FLAG_PREFER|SWAP_FLAG_DISCARD|5) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_swapon, path, 0), "swapon(\"/m\", 0) = ?");
}
END_TEST

START_TEST(fsconfig_by_command)
{
    uint64_t key = unit_put(&target, 0, "key", 4);
    uint64_t value = unit_put(&target, 8, "\x01\xff", 3);
    ck_assert_str_eq(unit_entry(&target, CALL_fsconfig, 3, 0, key, 0, 0),
                     "fsconfig(3, FSCONFIG_SET_FLAG, \"key\", NULL, 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_fsconfig, 3, 1, key, key, 0),
                     "fsconfig(3, FSCONFIG_SET_STRING, \"key\", \"key\", 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_fsconfig, 3, 2, key, value, 2),
                     "fsconfig(3, FSCONFIG_SET_BINARY, \"key\", \"\\x01\\xff\", 2) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_fsconfig, 3, 2, key, value, 0xffffffff),
                     "fsconfig(3, FSCONFIG_SET_BINARY, \"key\", 0x10008, -1) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_fsconfig, 3, 3, key, key, (uint64_t)AT_FDCWD),
                     "fsconfig(3, FSCONFIG_SET_PATH, \"key\", \"key\", AT_FDCWD) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_fsconfig, 3, 6, 0, 0, 0),
                     "fsconfig(3, FSCONFIG_CMD_CREATE, NULL, NULL, 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_fsconfig, 3, 99, key, value, 1),
                     "fsconfig(3, 0x63 /* FSCONFIG_??? */, 0x10000, 0x10008, 1) = ?");
}
END_TEST

START_TEST(mount_attributes)
{
    const uint64_t attr[] = {0x100001, 0x70, 1 << 18, 5, 0, 7};
    uint64_t at = unit_put(&target, 0, attr, sizeof(attr));
    ck_assert_str_eq(unit_entry(&target, CALL_mount_setattr, 3, 0, 0x8000, at, 32),
                     "mount_setattr(3, NULL, AT_RECURSIVE, {attr_set=MOUNT_ATTR_RDONLY|MOUNT_ATTR_IDMAP, "
                     "attr_clr=MOUNT_ATTR__ATIME, propagation=MS_PRIVATE, userns_fd=5}, 32) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_mount_setattr, 3, 0, 0, at, 31),
                     "mount_setattr(3, NULL, 0, 0x10000, 31) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_open_tree_attr, 3, 0, 0x80001, UNIT_BASE + UNIT_SIZE - 32, 40),
                     "open_tree_attr(3, NULL, OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC, {attr_set=0, attr_clr=0, "
                     "propagation=0 /* MS_??? */, userns_fd=0, ???}, 40) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_fsmount, 3, 1, 0x11),
                     "fsmount(3, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY|MOUNT_ATTR_NOATIME) = ?");
}
END_TEST

/* A request for one mount at the start of memory. */
static uint64_t put_request(uint32_t size, uint64_t id, uint64_t param)
{
    const uint32_t head[] = {size, 0};
    const uint64_t body[] = {id, param, 0x77};
    unit_put(&target, 8, body, sizeof(body));
    return unit_put(&target, 0, head, sizeof(head));
}

START_TEST(statmount_with_its_strings)
{
    uint64_t request = put_request(24, 0x51, 0x32);
    const uint32_t size = 512 + 12;
    const uint64_t mask = 0x31;
    const uint32_t basic[] = {8, 1};
    const uint64_t magic = 0x1021994;
    const uint32_t point = 6;
    const size_t at = 0x200;
    unit_put(&target, at, &size, 4);
    unit_put(&target, at + 8, &mask, 8);
    unit_put(&target, at + 16, basic, sizeof(basic));
    unit_put(&target, at + 24, &magic, sizeof(magic));
    unit_put(&target, at + 108, &point, sizeof(point));
    unit_put(&target, at + 512, "tmpfs\0/here\0", 12);
    ck_assert_str_eq(unit_exit(&target, CALL_statmount, 0, request, UNIT_BASE + at, 1024, 0),
                     "statmount({size=24, mnt_id=0x51, param=STATMOUNT_MNT_BASIC|STATMOUNT_MNT_POINT|"
                     "STATMOUNT_FS_TYPE}, {size=524, mask=STATMOUNT_SB_BASIC|STATMOUNT_MNT_POINT|"
                     "STATMOUNT_FS_TYPE, sb_dev_major=8, sb_dev_minor=1, sb_magic=TMPFS_MAGIC, sb_flags=0, "
                     "fs_type=\"tmpfs\", mnt_point=\"/here\"}, 1024, 0) = 0");
    /* An offset beyond the strings, and strings that have no end. */
    const uint32_t wild = 0xfffffff0;
    unit_put(&target, at + 108, &wild, sizeof(wild));
    unit_put(&target, at + 512, "unterminated", 12);
    ck_assert_str_eq(unit_exit(&target, CALL_statmount, 0, request, UNIT_BASE + at, 1024, 0),
                     "statmount({size=24, mnt_id=0x51, param=STATMOUNT_MNT_BASIC|STATMOUNT_MNT_POINT|"
                     "STATMOUNT_FS_TYPE}, {size=524, mask=STATMOUNT_SB_BASIC|STATMOUNT_MNT_POINT|"
                     "STATMOUNT_FS_TYPE, sb_dev_major=8, sb_dev_minor=1, sb_magic=TMPFS_MAGIC, sb_flags=0, "
                     "fs_type=\"unterminated\"..., mnt_point=0xfffffff0}, 1024, 0) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_statmount, 0, request, UNIT_BASE + at, 3, 0),
                     "statmount({size=24, mnt_id=0x51, param=STATMOUNT_MNT_BASIC|STATMOUNT_MNT_POINT|"
                     "STATMOUNT_FS_TYPE}, 0x10200, 3, 0) = 0");
    /* A size beyond the buffer: nothing behind the fixed part is believed. */
    ck_assert_str_eq(unit_exit(&target, CALL_statmount, 0, request, UNIT_BASE + at, 523, 0),
                     "statmount({size=24, mnt_id=0x51, param=STATMOUNT_MNT_BASIC|STATMOUNT_MNT_POINT|"
                     "STATMOUNT_FS_TYPE}, {size=524, mask=STATMOUNT_SB_BASIC|STATMOUNT_MNT_POINT|"
                     "STATMOUNT_FS_TYPE, sb_dev_major=8, sb_dev_minor=1, sb_magic=TMPFS_MAGIC, sb_flags=0, "
                     "fs_type=0, mnt_point=0xfffffff0}, 523, 0) = 0");
}
END_TEST

START_TEST(listmount_lists)
{
    uint64_t request = put_request(32, UINT64_MAX, 0);
    const uint64_t ids[] = {0x10, 0x20, 0x30};
    uint64_t list = unit_put(&target, 0x100, ids, sizeof(ids));
    ck_assert_str_eq(unit_exit(&target, CALL_listmount, 2, request, list, 3, 1),
                     "listmount({size=32, mnt_id=LSMT_ROOT, param=0, mnt_ns_id=0x77}, [0x10, 0x20], 3, "
                     "LISTMOUNT_REVERSE) = 2");
    ck_assert_str_eq(unit_exit(&target, CALL_listmount, INT64_MAX, request, list, UINT64_MAX, 0),
                     "listmount({size=32, mnt_id=LSMT_ROOT, param=0, mnt_ns_id=0x77}, 0x10100, "
                     "18446744073709551615, 0) = 9223372036854775807");
    request = put_request(4, 0, 0);
    ck_assert_str_eq(unit_entry(&target, CALL_listmount, request, list, 3, 0),
                     "listmount({size=4}, 0x10100, 3, 0) = ?");
}
END_TEST

START_TEST(listns_lists)
{
    const struct {
        uint32_t size, spare;
        uint64_t ns_id;
        uint32_t ns_type, spare2;
        uint64_t user_ns_id;
    } every = {32, 0, 0, 0x20000000 | 0x20000 | 1, 0, UINT64_MAX}, spares = {32, 1, 2, 0, 3, 4},
      less = {.size = 31};
    const uint64_t ids[] = {0x10, 0x20};
    uint64_t list = unit_put(&target, 0x100, ids, sizeof(ids));
    uint64_t request = unit_put(&target, 0, &every, sizeof(every));
    ck_assert_str_eq(unit_exit(&target, CALL_listns, 2, request, list, 2, 0),
                     "listns({size=32, ns_id=0, ns_type=MNT_NS|PID_NS|0x1, user_ns_id=LISTNS_CURRENT_USER}, "
                     "[0x10, 0x20], 2, 0) = 2");
    request = unit_put(&target, 0, &spares, sizeof(spares));
    ck_assert_str_eq(
        unit_exit(&target, CALL_listns, -EINVAL, request, list, 2, 1),
        "listns({size=32, spare=0x1, ns_id=0x2, ns_type=0, spare2=0x3, user_ns_id=0x4}, 0x10100, 2, "
        "0x1) = -1 EINVAL (Invalid argument)");
    request = unit_put(&target, 0, &less, sizeof(less));
    ck_assert_str_eq(unit_entry(&target, CALL_listns, request, list, 2, 0),
                     "listns({size=31}, 0x10100, 2, 0) = ?");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mount");
    TCase *tc = tcase_create("mount");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, flags_say_what_is_used);
    tcase_add_test(tc, fsconfig_by_command);
    tcase_add_test(tc, mount_attributes);
    tcase_add_test(tc, statmount_with_its_strings);
    tcase_add_test(tc, listmount_lists);
    tcase_add_test(tc, listns_lists);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
