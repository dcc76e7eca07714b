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

static void make_calls(void)
{
    device_mapper();
}
