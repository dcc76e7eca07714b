/* ioctls of the device mapper and of btrfs, made where there is neither. With -e inject=ioctl:retval=0 they
 * succeed, and what they would have written is what is there. */
#include "family.h"

#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>
#include <linux/dm-ioctl.h>

#define ASK(request, object) DO(ioctl, CLOSED, request, object)

static union {
    struct dm_ioctl head;
    char bytes[8192];
} dm;

static const unsigned dm_requests[] = {
    DM_VERSION,     DM_REMOVE_ALL,    DM_LIST_DEVICES, DM_DEV_CREATE,       DM_DEV_REMOVE,  DM_DEV_RENAME,
    DM_DEV_STATUS,  DM_DEV_WAIT,      DM_TABLE_LOAD,   DM_TABLE_CLEAR,      DM_TABLE_DEPS,  DM_TABLE_STATUS,
    DM_DEV_SUSPEND, DM_LIST_VERSIONS, DM_TARGET_MSG,   DM_DEV_SET_GEOMETRY, DM_DEV_ARM_POLL};

static void each_dm_request(const void *argument)
{
    for (unsigned i = 0; i < sizeof(dm_requests) / sizeof(dm_requests[0]); i++) {
        ASK(dm_requests[i], argument);
    }
}

/* What lies behind the structure, from data_start on. */
static void put(const void *payload, size_t size)
{
    memcpy(dm.bytes + dm.head.data_start, payload, size);
}

static void payloads(void)
{
    struct {
        struct dm_target_spec spec;
        char text[8];
    } targets[2] = {{{1, 2, 3, sizeof(targets[0]), "linear"}, "8:0 5"}, {{6, 7, -8, 0, "striped"}, "2 16 "}};
    struct {
        uint32_t count, padding;
        uint64_t dev[2];
    } deps = {2, 0, {0xfd01, 0x800}};
    struct {
        uint64_t dev;
        uint32_t next;
        char name[12];
        uint32_t event, flags;
    } names[2] = {{0xfd00, sizeof(names[0]), "root", 5, 0}, {0xfd01, 0, "home", 6, 0}};
    struct {
        uint32_t next, version[3];
        char name[16];
    } versions[2] = {{sizeof(versions[0]), {1, 2, 3}, "crypt"}, {0, {4, 5, 6}, "verity"}};
    struct {
        uint64_t sector;
        char text[16];
    } message = {9, "resume"};

    dm.head.target_count = 2;
    put(targets, sizeof(targets));
    ASK(DM_TABLE_LOAD, &dm);
    ASK(DM_DEV_WAIT, &dm);
    targets[1].spec.next = sizeof(targets[0]);
    put(targets, sizeof(targets));
    ASK(DM_TABLE_STATUS, &dm);
    dm.head.target_count = 3;
    ASK(DM_TABLE_LOAD, &dm);
    put(&deps, sizeof(deps));
    ASK(DM_TABLE_DEPS, &dm);
    deps.count = 100;
    put(&deps, sizeof(deps));
    ASK(DM_TABLE_DEPS, &dm);
    put(names, sizeof(names));
    ASK(DM_LIST_DEVICES, &dm);
    dm.head.version[1] = 40;
    ASK(DM_LIST_DEVICES, &dm);
    put(versions, sizeof(versions));
    ASK(DM_LIST_VERSIONS, &dm);
    put(&message, sizeof(message));
    ASK(DM_TARGET_MSG, &dm);
    dm.head.flags |= DM_DATA_OUT_FLAG;
    ASK(DM_TARGET_MSG, &dm);
    put("a new name", 11);
    ASK(DM_DEV_RENAME, &dm);
    dm.head.data_size = dm.head.data_start + 5;
    ASK(DM_DEV_RENAME, &dm);
    ASK(DM_DEV_SET_GEOMETRY, &dm);
}

static void device_mapper(void)
{
    each_dm_request(NULL);
    each_dm_request(WILD);
    dm.head = (struct dm_ioctl){.version = {5, 1, 2}, .data_size = sizeof(dm.head)};
    each_dm_request(&dm);
    dm.head.version[0] = 4;
    dm.head.data_size = 300;
    each_dm_request(&dm);
    dm.head.data_size = 11;
    ASK(DM_VERSION, &dm);
    dm.head.data_size = dm.head.data_start = sizeof(dm.head);
    each_dm_request(&dm);
    dm.head = (struct dm_ioctl){.version = {4, 10, 2},
                                .data_size = 600,
                                .data_start = sizeof(dm.head),
                                .open_count = 3,
                                .flags = 0x80000002 | DM_SECURE_DATA_FLAG,
                                .event_nr = 4,
                                .dev = 0xfd07,
                                .name = "vg-root",
                                .uuid = "LVM-xyz"};
    each_dm_request(&dm);
    dm.head.flags = 0;
    ASK(DM_DEV_SUSPEND, &dm);
    payloads();
}

static union {
    unsigned char bytes[16384];
    uint64_t words[2048];
    struct btrfs_ioctl_vol_args volume;
    struct btrfs_ioctl_vol_args_v2 volume2;
    struct btrfs_ioctl_balance_args balance;
    struct btrfs_ioctl_dev_info_args device;
    struct btrfs_ioctl_dev_replace_args replace;
    struct btrfs_ioctl_fs_info_args info;
    struct btrfs_ioctl_get_dev_stats statistics;
    struct btrfs_ioctl_ino_lookup_args lookup;
    struct btrfs_ioctl_ino_path_args paths;
    struct btrfs_ioctl_logical_ino_args logical;
    struct btrfs_ioctl_search_args search;
    struct btrfs_ioctl_search_args_v2 search2;
    struct btrfs_ioctl_space_args space;
    struct btrfs_ioctl_send_args send;
    struct btrfs_ioctl_received_subvol_args received;
} page;

static const unsigned requests[] = {BTRFS_IOC_SYNC,
                                    BTRFS_IOC_SCRUB_CANCEL,
                                    BTRFS_IOC_QUOTA_RESCAN_WAIT,
                                    BTRFS_IOC_DEFRAG,
                                    BTRFS_IOC_BALANCE,
                                    BTRFS_IOC_BALANCE_CTL,
                                    BTRFS_IOC_START_SYNC,
                                    BTRFS_IOC_DEFAULT_SUBVOL,
                                    BTRFS_IOC_WAIT_SYNC,
                                    BTRFS_IOC_SUBVOL_GETFLAGS,
                                    BTRFS_IOC_SUBVOL_SETFLAGS,
                                    BTRFS_IOC_BALANCE_V2,
                                    BTRFS_IOC_BALANCE_PROGRESS,
                                    BTRFS_IOC_DEFRAG_RANGE,
                                    BTRFS_IOC_DEV_INFO,
                                    BTRFS_IOC_DEV_REPLACE,
                                    BTRFS_IOC_GET_FEATURES,
                                    BTRFS_IOC_SET_FEATURES,
                                    BTRFS_IOC_GET_SUPPORTED_FEATURES,
                                    BTRFS_IOC_FS_INFO,
                                    BTRFS_IOC_GET_DEV_STATS,
                                    BTRFS_IOC_INO_LOOKUP,
                                    BTRFS_IOC_INO_PATHS,
                                    BTRFS_IOC_LOGICAL_INO,
                                    BTRFS_IOC_QGROUP_ASSIGN,
                                    BTRFS_IOC_QGROUP_CREATE,
                                    BTRFS_IOC_QGROUP_LIMIT,
                                    BTRFS_IOC_QUOTA_CTL,
                                    BTRFS_IOC_QUOTA_RESCAN,
                                    BTRFS_IOC_QUOTA_RESCAN_STATUS,
                                    BTRFS_IOC_SET_RECEIVED_SUBVOL,
                                    BTRFS_IOC_SCRUB,
                                    BTRFS_IOC_SCRUB_PROGRESS,
                                    BTRFS_IOC_TREE_SEARCH,
                                    BTRFS_IOC_TREE_SEARCH_V2,
                                    BTRFS_IOC_SEND,
                                    BTRFS_IOC_SNAP_CREATE,
                                    BTRFS_IOC_RESIZE,
                                    BTRFS_IOC_SCAN_DEV,
                                    BTRFS_IOC_FORGET_DEV,
                                    BTRFS_IOC_ADD_DEV,
                                    BTRFS_IOC_RM_DEV,
                                    BTRFS_IOC_SUBVOL_CREATE,
                                    BTRFS_IOC_SNAP_DESTROY,
                                    BTRFS_IOC_DEVICES_READY,
                                    BTRFS_IOC_SNAP_CREATE_V2,
                                    BTRFS_IOC_SUBVOL_CREATE_V2};

static void each_request(const void *argument)
{
    for (unsigned i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        ASK(requests[i], argument);
    }
}

static void fill(uint64_t first, uint64_t step)
{
    for (unsigned i = 0; i < sizeof(page.words) / sizeof(page.words[0]); i++) {
        page.words[i] = first + i * step;
    }
}

static void clear(void)
{
    memset(&page, 0, sizeof(page));
}

static void subvolumes(void)
{
    static struct {
        struct btrfs_qgroup_inherit head;
        uint64_t groups[3];
    } inherit = {
        {.flags = 3, .num_qgroups = 3, .num_ref_copies = 4, .num_excl_copies = 5, .lim = {.flags = 0x47}},
        {6, 7, 8}};
    static const uint64_t sources[] = {5, 256, 300};
    clear();
    page.volume = (struct btrfs_ioctl_vol_args){.fd = -1, .name = "a subvolume"};
    ASK(BTRFS_IOC_SNAP_CREATE, &page);
    page.volume.fd = 1LL << 32 | 7;
    memset(page.volume.name, 'n', sizeof(page.volume.name));
    ASK(BTRFS_IOC_SUBVOL_CREATE, &page);
    page.volume2 = (struct btrfs_ioctl_vol_args_v2){
        .fd = 3, .transid = 4, .flags = 0x16, .size = 5, .qgroup_inherit = &inherit.head, .name = "another"};
    ASK(BTRFS_IOC_SNAP_CREATE_V2, &page);
    page.volume2.qgroup_inherit = WILD;
    ASK(BTRFS_IOC_SUBVOL_CREATE_V2, &page);
    page.volume2.flags = 0;
    ASK(BTRFS_IOC_SUBVOL_CREATE_V2, &page);
    page.send = (struct btrfs_ioctl_send_args){.send_fd = 1,
                                               .clone_sources_count = 3,
                                               .clone_sources = (void *)sources,
                                               .parent_root = 5,
                                               .flags = 0x13};
    ASK(BTRFS_IOC_SEND, &page);
    page.send.clone_sources = WILD;
    ASK(BTRFS_IOC_SEND, &page);
    clear();
    page.received.stime.sec = 1700000000;
    page.received.stime.nsec = 5;
    page.received.uuid[3] = 0x5b;
    page.received.rtime.sec = 1;
    ASK(BTRFS_IOC_SET_RECEIVED_SUBVOL, &page);
}

static void devices(void)
{
    clear();
    page.balance.state = 5;
    for (page.balance.flags = 0; page.balance.flags < 10; page.balance.flags++) {
        ASK(BTRFS_IOC_BALANCE_V2, &page);
        ASK(BTRFS_IOC_BALANCE_PROGRESS, &page);
    }
    clear();
    page.device.devid = 0x801;
    ASK(BTRFS_IOC_DEV_INFO, &page);
    page.device.uuid[15] = 1;
    memcpy(page.device.path, "/dev/sda1", 10);
    ASK(BTRFS_IOC_DEV_INFO, &page);
    clear();
    page.replace.start.srcdevid = 2;
    memcpy(page.replace.start.tgtdev_name, "/dev/sdb", 9);
    ASK(BTRFS_IOC_DEV_REPLACE, &page);
    clear();
    page.replace.cmd = BTRFS_IOCTL_DEV_REPLACE_CMD_STATUS;
    page.replace.result = 1;
    page.replace.status = (struct btrfs_ioctl_dev_replace_status_params){1, 505, 1700000000, 0, 3, 4};
    ASK(BTRFS_IOC_DEV_REPLACE, &page);
    page.replace.cmd = 2;
    ASK(BTRFS_IOC_DEV_REPLACE, &page);
    clear();
    page.statistics.nr_items = 3;
    page.statistics.values[1] = 9;
    ASK(BTRFS_IOC_GET_DEV_STATS, &page);
    clear();
    page.info.num_devices = 1;
    page.info.csum_type = 2;
    for (page.info.flags = 0; page.info.flags < 9; page.info.flags++) {
        ASK(BTRFS_IOC_FS_INFO, &page);
    }
    for (uint64_t bit = 1; bit; bit <<= 1) {
        fill(bit, 0);
        ASK(BTRFS_IOC_GET_SUPPORTED_FEATURES, &page);
        ASK(BTRFS_IOC_SUBVOL_SETFLAGS, &page);
        ASK(BTRFS_IOC_DEFRAG_RANGE, &page);
        ASK(BTRFS_IOC_QGROUP_LIMIT, &page);
        ASK(BTRFS_IOC_BALANCE_CTL, bit);
    }
}

static void lists(void)
{
    static struct {
        struct btrfs_data_container head;
        uint64_t list[9];
        char names[2][8];
    } container = {{1, 2, 2, 0}, {72, 80, 5, 256, 7, 8, 9, 10, 11}, {"usr/bin", "etc"}};
    clear();
    page.lookup.objectid = 256;
    memcpy(page.lookup.name, "usr/", 5);
    ASK(BTRFS_IOC_INO_LOOKUP, &page);
    page.lookup.treeid = 5;
    ASK(BTRFS_IOC_INO_LOOKUP, &page);
    clear();
    page.paths = (struct btrfs_ioctl_ino_path_args){
        .inum = 257, .size = sizeof(container), .fspath = (uintptr_t)&container};
    ASK(BTRFS_IOC_INO_PATHS, &page);
    container.head.elem_cnt = 9;
    page.logical = (struct btrfs_ioctl_logical_ino_args){
        .logical = 4096, .size = sizeof(container), .inodes = (uintptr_t)&container};
    ASK(BTRFS_IOC_LOGICAL_INO, &page);
    page.logical.inodes = (uintptr_t)WILD;
    page.words[2] = 5; /* which is reserved */
    ASK(BTRFS_IOC_LOGICAL_INO, &page);
    clear();
    page.space = (struct btrfs_ioctl_space_args){.space_slots = 2, .total_spaces = 2};
    page.words[2] = 5;
    page.words[5] = 1ULL << 49 | 0x804;
    ASK(BTRFS_IOC_SPACE_INFO, &page);
    page.space.space_slots = 0;
    ASK(BTRFS_IOC_SPACE_INFO, &page);
    ASK(BTRFS_IOC_SPACE_INFO, WILD);
    clear();
    page.search.key = (struct btrfs_ioctl_search_key){.tree_id = 1,
                                                      .min_objectid = BTRFS_FIRST_FREE_OBJECTID,
                                                      .max_objectid = BTRFS_LAST_FREE_OBJECTID,
                                                      .max_offset = UINT64_MAX,
                                                      .min_type = BTRFS_ROOT_ITEM_KEY,
                                                      .max_type = 3,
                                                      .nr_items = 3};
    for (unsigned at = 104; at < 300; at += 42) {
        const struct btrfs_ioctl_search_header header = {at, 5, 6, 84, 10};
        memcpy(page.bytes + at, &header, sizeof(header));
    }
    ASK(BTRFS_IOC_TREE_SEARCH, &page);
    page.search.key.nr_items = 1000;
    page.search.key.min_objectid = 7;
    page.search.key.max_objectid = UINT64_MAX;
    ASK(BTRFS_IOC_TREE_SEARCH, &page);
    page.search2.buf_size = 100;
    ASK(BTRFS_IOC_TREE_SEARCH_V2, &page);
}

static void btrfs(void)
{
    each_request(NULL);
    each_request(WILD);
    clear();
    each_request(&page);
    fill(0x0001000200030004, 0x0001000100010001);
    each_request(&page);
    fill(UINT64_MAX, 0);
    each_request(&page);
    subvolumes();
    devices();
    lists();
}

static void make_calls(void)
{
    device_mapper();
    btrfs();
}
