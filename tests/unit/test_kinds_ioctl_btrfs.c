/* ioctl: requests to btrfs. What programs can show is compared with strace's in tests/diff; here is what the
 * file system would have to write, and the layouts of i386. */
#include "tests/unit/fresh_target.h"

#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>
#include <linux/ioctl.h>
#include <stdlib.h>

#define ENTRY(text, ...) ck_assert_str_eq(unit_entry(&target, CALL_ioctl, __VA_ARGS__), text " = ?")
#define EXIT(text, result, ...) ck_assert_str_eq(unit_exit(&target, CALL_ioctl, result, __VA_ARGS__), text)

static void answer(const void *bytes, size_t n)
{
    target.written = (struct unit_written){.bytes = bytes, .n = n};
}

START_TEST(lookups)
{
    static struct btrfs_ioctl_ino_lookup_args asked = {.objectid = 257};
    static struct btrfs_ioctl_ino_lookup_args told = {.treeid = 5, .objectid = 257, .name = "usr/bin/"};
    uint64_t at = unit_put(&target, 0, &asked, sizeof(asked));
    ENTRY("ioctl(3, BTRFS_IOC_INO_LOOKUP, {treeid=0, objectid=257})", 3, BTRFS_IOC_INO_LOOKUP, at);
    answer(&told, sizeof(told));
    EXIT("ioctl(3, BTRFS_IOC_INO_LOOKUP, {treeid=0, objectid=257} => {treeid=BTRFS_FS_TREE_OBJECTID, "
         "name=\"usr/bin/\"}) = 0",
         0, 3, BTRFS_IOC_INO_LOOKUP, at);
    EXIT("ioctl(3, BTRFS_IOC_INO_LOOKUP, {treeid=BTRFS_FS_TREE_OBJECTID, objectid=257} => "
         "{name=\"usr/bin/\"}) = 0",
         0, 3, BTRFS_IOC_INO_LOOKUP, at);
    EXIT("ioctl(3, BTRFS_IOC_INO_LOOKUP, NULL) = -1 EFAULT (Bad address)", -14, 3, BTRFS_IOC_INO_LOOKUP, 0);
}
END_TEST

START_TEST(searches)
{
    struct btrfs_ioctl_search_args_v2 asked = {.key = {.tree_id = 1, .max_type = 255, .nr_items = 9},
                                               .buf_size = 100};
    struct btrfs_ioctl_search_args_v2 told = asked;
#define KEY                                                                                                  \
    "key={tree_id=BTRFS_ROOT_TREE_OBJECTID, min_objectid=0, max_objectid=0, min_offset=0, max_offset=0, "    \
    "min_transid=0, max_transid=0, min_type=0, max_type=255, nr_items=9}, buf_size=100}"
    uint64_t at = unit_put(&target, 0, &asked, sizeof(asked));
    told.buf_size = 5000;
    answer(&told, sizeof(told));
    EXIT("ioctl(3, BTRFS_IOC_TREE_SEARCH_V2, {" KEY
         " => {buf_size=5000}) = -1 EOVERFLOW (Value too large for "
         "defined data type)",
         -75, 3, BTRFS_IOC_TREE_SEARCH_V2, at);
    struct {
        struct btrfs_ioctl_search_args_v2 args;
        struct btrfs_ioctl_search_header item;
    } found = {asked, {.transid = 4, .objectid = 6, .offset = 5, .type = BTRFS_DIR_ITEM_KEY, .len = 50}};
    found.args.key.nr_items = 2;
    at = unit_put(&target, 0, &asked, sizeof(asked));
    target.options.verbose = true;
    answer(&found, sizeof(found));
    EXIT("ioctl(3, BTRFS_IOC_TREE_SEARCH_V2, {" KEY " => {key={nr_items=2}, buf_size=100, buf=[{transid=4, "
         "objectid=BTRFS_ROOT_TREE_DIR_OBJECTID, offset=5, type=BTRFS_DIR_ITEM_KEY, len=50}, ...]}) = 0",
         0, 3, BTRFS_IOC_TREE_SEARCH_V2, at);
}
END_TEST

START_TEST(layouts_of_i386)
{
    static const uint64_t sources[] = {5, 300};
    static const struct btrfs_qgroup_inherit inherit = {.flags = 1, .num_qgroups = 2};
    static uint64_t volume[512] = {7, 0, 4, 88, UNIT_BASE + 0x3000, [7] = 0x6c6f76};
    static uint32_t replace[649] = {0, 0, 0, 0, 2};
    uint32_t send[17] = {9, 0, 2, 0, UNIT_BASE + 0x3000, 5, 0, 2};
    uint32_t received[48] = {[4] = 3, [8] = 1700000000, [10] = 5, [14] = 6};
    target.abi = ABI_I386;
    target.options.verbose = true;
    unit_put(&target, 0x3000, sources, sizeof(sources));
    uint64_t at = unit_put(&target, 0, send, sizeof(send));
    ENTRY("ioctl(3, BTRFS_IOC_SEND, {send_fd=9, clone_sources_count=2, "
          "clone_sources=[BTRFS_FS_TREE_OBJECTID, 300], parent_root=BTRFS_FS_TREE_OBJECTID, "
          "flags=BTRFS_SEND_FLAG_OMIT_STREAM_HEADER})",
          3, 0x40449426, at);
    at = unit_put(&target, 0, received, sizeof(received));
    setenv("TZ", "UTC", 1);
    ENTRY("ioctl(3, BTRFS_IOC_SET_RECEIVED_SUBVOL, {uuid=00000000-0000-0000-0000-000000000000, stransid=3, "
          "stime={sec=1700000000, nsec=5} /* 2023-11-14T22:13:20.000000005+0000 */, flags=6})",
          3, 0xc0c09425, at);
    unit_put(&target, 0x3000, &inherit, sizeof(inherit));
    unit_put(&target, 0x3000 + sizeof(inherit), sources, sizeof(sources));
    at = unit_put(&target, 0, volume, sizeof(volume));
    ENTRY("ioctl(3, BTRFS_IOC_SNAP_CREATE_V2, {fd=7, flags=BTRFS_SUBVOL_QGROUP_INHERIT, size=88, "
          "qgroup_inherit={flags=BTRFS_QGROUP_INHERIT_SET_LIMITS, num_qgroups=2, num_ref_copies=0, "
          "num_excl_copies=0, lim={flags=0, max_rfer=0, max_excl=0, rsv_rfer=0, rsv_excl=0}, qgroups=[5, "
          "300]}, name=\"vol\"})",
          3, BTRFS_IOC_SNAP_CREATE_V2, at);
    at = unit_put(&target, 0, replace, sizeof(replace));
    ENTRY("ioctl(3, BTRFS_IOC_DEV_REPLACE, {cmd=BTRFS_IOCTL_DEV_REPLACE_CMD_START, "
          "start={srcdevid=makedev(0, 0x2), "
          "cont_reading_from_srcdev_mode=BTRFS_IOCTL_DEV_REPLACE_CONT_READING_FROM_SRCDEV_MODE_ALWAYS, "
          "srcdev_name=\"\", tgtdev_name=\"\"}})",
          3, 0xca249435, at);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ioctl btrfs");
    TCase *tc = tcase_create("ioctl btrfs");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, lookups);
    tcase_add_test(tc, searches);
    tcase_add_test(tc, layouts_of_i386);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
