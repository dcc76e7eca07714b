/* Requests to btrfs (linux/btrfs.h): structures as tables. What is searched and listed is in
 * ioctl_btrfs_search.c. */
#include <linux/btrfs.h>
#include <linux/ioctl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/file.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/ioctl_btrfs_tables.h"

#define FLAGS(type, member, names, ...)                                                                      \
    MEMBER(type, member, FLAGS, .xlat = &xlat_btrfs_##names, ##__VA_ARGS__)
#define ENUM(type, member, names, ...) MEMBER(type, member, ENUM, .xlat = &xlat_btrfs_##names, ##__VA_ARGS__)
/* A number whose largest value has a name. */
#define MOST(type, member) MEMBER(type, member, NAMED, .xlat = &xlat_btrfs_most)
#define UUID(type, member, ...) MEMBER(type, member, UUID, ##__VA_ARGS__)

/* Balancing. */

#define B struct btrfs_balance_args
LAYOUT(balance_args, B, FLAGS(B, profiles, block_groups), MOST(B, usage), MEMBER(B, devid, DEVICE),
       MOST(B, pstart), MOST(B, pend), MOST(B, vstart), MOST(B, vend), MOST(B, target),
       FLAGS(B, flags, balance_args));
#undef B

#define B struct btrfs_ioctl_balance_args
#define KINDS_OF_BLOCKS                                                                                      \
    INSIDE(B, data, balance_args, .when = BTRFS_BALANCE_DATA),                                               \
        INSIDE(B, meta, balance_args, .when = BTRFS_BALANCE_METADATA),                                       \
        INSIDE(B, sys, balance_args, .when = BTRFS_BALANCE_SYSTEM)
LAYOUT_BY_FLAGS(balance, B, flags, FLAGS(B, flags, balance), KINDS_OF_BLOCKS);
LAYOUT_BY_FLAGS(balancing, B, flags, FLAGS(B, flags, balance), FLAGS(B, state, balance_state),
                KINDS_OF_BLOCKS);
#undef B
CHANGE(balance, balance, balancing);

#define B struct btrfs_ioctl_defrag_range_args
LAYOUT(defrag, B, MEMBER(B, start, UINT), MOST(B, len), FLAGS(B, flags, defrag),
       MEMBER(B, extent_thresh, UINT), ENUM(B, compress_type, compression));
#undef B

/* Devices. */

#define B struct btrfs_ioctl_dev_info_args
LAYOUT(device_asked, B, MEMBER(B, devid, DEVICE), UUID(B, uuid, .unless_0 = true));
LAYOUT(device, B, UUID(B, uuid, .unless_0 = true), MEMBER(B, bytes_used, UINT), MEMBER(B, total_bytes, UINT),
       MEMBER(B, path, CHARS));
#undef B
CHANGE(device, device_asked, device);

/* struct btrfs_ioctl_dev_replace_args, without what is spare: i386 aligns that to 4. */
struct replacement {
    uint64_t cmd, result;
    union {
        struct btrfs_ioctl_dev_replace_start_params start;
        struct btrfs_ioctl_dev_replace_status_params status;
    };
};

static void per_mille_member(struct decoder *d, const struct member *m, const unsigned char *bytes)
{
    uint64_t part;
    char text[16];
    memcpy(&part, bytes, sizeof(part));
    uint32_t index = values_add(d->out, VALUE_UINT, m->name, part);
    if (part <= 1000) {
        int n = snprintf(text, sizeof(text), "%u.%u%%", (unsigned)part / 10, (unsigned)part % 10);
        values_note(d->out, index, text, (size_t)n);
    }
}

#define B struct btrfs_ioctl_dev_replace_start_params
LAYOUT(replacement_start, B, MEMBER(B, srcdevid, DEVICE),
       ENUM(B, cont_reading_from_srcdev_mode, replace_modes), MEMBER(B, srcdev_name, CHARS),
       MEMBER(B, tgtdev_name, CHARS));
#undef B
#define B struct btrfs_ioctl_dev_replace_status_params
LAYOUT(replacement_status, B, ENUM(B, replace_state, replace_states),
       MEMBER(B, progress_1000, OWN, .own = per_mille_member), MEMBER(B, time_started, SECONDS),
       MEMBER(B, time_stopped, SECONDS), MEMBER(B, num_write_errors, UINT),
       MEMBER(B, num_uncorrectable_read_errors, UINT));
#undef B
#define B struct replacement
LAYOUT_BY(replacement_asked, B, cmd, ENUM(B, cmd, replace_commands),
          INSIDE(B, start, replacement_start, .when = 1 << BTRFS_IOCTL_DEV_REPLACE_CMD_START));
LAYOUT_BY(replacement, B, cmd, ENUM(B, result, replace_results),
          INSIDE(B, status, replacement_status, .when = 1 << BTRFS_IOCTL_DEV_REPLACE_CMD_STATUS));
#undef B
CHANGE(replacement, replacement_asked, replacement);

/* They have no name of their own: [[BTRFS_DEV_STAT_WRITE_ERRS]=0, ...]. */
static void statistics_member(struct decoder *d, const struct member *m, const unsigned char *bytes)
{
    static const char *const names[] = {"[BTRFS_DEV_STAT_WRITE_ERRS]", "[BTRFS_DEV_STAT_READ_ERRS]",
                                        "[BTRFS_DEV_STAT_FLUSH_ERRS]", "[BTRFS_DEV_STAT_CORRUPTION_ERRS]",
                                        "[BTRFS_DEV_STAT_GENERATION_ERRS]"};
    enum { COUNT = sizeof(names) / sizeof(names[0]) };
    uint64_t numbers[COUNT], count;
    (void)m;
    memcpy(numbers, bytes, sizeof(numbers));
    memcpy(&count,
           bytes - offsetof(struct btrfs_ioctl_get_dev_stats, values) +
               offsetof(struct btrfs_ioctl_get_dev_stats, nr_items),
           sizeof(count));
    uint32_t array = values_open(d->out, VALUE_ARRAY, NULL);
    for (uint64_t i = 0; i < count && i < COUNT; i++) {
        values_add(d->out, VALUE_UINT, names[i], numbers[i]);
    }
    values_at(d->out, array)->flags |= VALUE_PLACES | (count > COUNT ? VALUE_MORE : 0U);
    values_close(d->out);
}

#define B struct btrfs_ioctl_get_dev_stats
LAYOUT(statistics_asked, B, MEMBER(B, devid, DEVICE), MEMBER(B, nr_items, UINT), FLAGS(B, flags, statistics));
LAYOUT(statistics, B, MEMBER(B, nr_items, UINT), FLAGS(B, flags, statistics),
       MEMBER(B, values, OWN, .own = statistics_member));
#undef B
CHANGE(statistics, statistics_asked, statistics);

/* The file system. */

#define B struct btrfs_ioctl_feature_flags
LAYOUT(features, B, FLAGS(B, compat_flags, compat), FLAGS(B, compat_ro_flags, compat_ro),
       FLAGS(B, incompat_flags, incompat));
#undef B

/* As many as kind->size says; with those that are supported, what they are. */
static void decode_features(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    static const char *const meanings[] = {"supported", "safe to set", "safe to clear"};
    struct btrfs_ioctl_feature_flags features[3];
    if (!decode_object(d, name, raw, features, kind->size * sizeof(features[0]))) {
        return;
    }
    values_open(d->out, VALUE_ARRAY, name);
    for (unsigned i = 0; i < kind->size; i++) {
        uint32_t index = append_layout(d, NULL, &features[i], 0, &layout_features);
        if (kind->size == 3) {
            values_note(d->out, index, meanings[i], strlen(meanings[i]));
        }
    }
    values_close(d->out);
}
static const struct kind supported_kind = {.decode = decode_features, .size = 3};
static const struct kind set_features_kind = {.decode = decode_features, .size = 2};

#define B struct btrfs_ioctl_fs_info_args
enum { WITH_CHECKSUM = 1, WITH_GENERATION = 2, WITH_METADATA_UUID = 4 };
LAYOUT_BY_FLAGS(info, B, flags, MEMBER(B, max_id, UINT), MEMBER(B, num_devices, UINT), UUID(B, fsid),
                MEMBER(B, nodesize, UINT), MEMBER(B, sectorsize, UINT), MEMBER(B, clone_alignment, UINT),
                ENUM(B, csum_type, checksums, .when = WITH_CHECKSUM),
                MEMBER(B, csum_size, UINT, .when = WITH_CHECKSUM), FLAGS(B, flags, info),
                MEMBER(B, generation, UINT, .when = WITH_GENERATION),
                UUID(B, metadata_uuid, .when = WITH_METADATA_UUID));
#undef B

/* Quotas. */

#define B struct btrfs_ioctl_qgroup_assign_args
LAYOUT(assign, B, MEMBER(B, assign, UINT), MEMBER(B, src, UINT), MEMBER(B, dst, UINT));
#undef B
#define B struct btrfs_ioctl_qgroup_create_args
LAYOUT(create, B, MEMBER(B, create, UINT), MEMBER(B, qgroupid, UINT));
#undef B
#define B struct btrfs_qgroup_limit
LAYOUT(limit, B, FLAGS(B, flags, limit), MEMBER(B, max_rfer, UINT), MEMBER(B, max_excl, UINT),
       MEMBER(B, rsv_rfer, UINT), MEMBER(B, rsv_excl, UINT));
#undef B
#define B struct btrfs_ioctl_qgroup_limit_args
LAYOUT(group_limit, B, MEMBER(B, qgroupid, UINT), INSIDE(B, lim, limit));
#undef B
LAYOUT(quota, struct btrfs_ioctl_quota_ctl_args,
       ENUM(struct btrfs_ioctl_quota_ctl_args, cmd, quota_commands));
#define B struct btrfs_ioctl_quota_rescan_args
LAYOUT(rescan, B, MEMBER(B, flags, UINT));
LAYOUT(rescan_status, B, MEMBER(B, flags, UINT), MEMBER(B, progress, NAMED, .xlat = &xlat_btrfs_objects));
#undef B

/* struct btrfs_qgroup_inherit, with the list at its end. */
static void append_group(struct decoder *d, const void *element, void *context)
{
    (void)context;
    uint64_t group;
    memcpy(&group, element, sizeof(group));
    values_add(d->out, VALUE_UINT, NULL, group);
}

#define B struct btrfs_qgroup_inherit
LAYOUT(inherit, B, FLAGS(B, flags, inherit), MEMBER(B, num_qgroups, UINT), MEMBER(B, num_ref_copies, UINT),
       MEMBER(B, num_excl_copies, UINT), INSIDE(B, lim, limit));
#undef B

static void inherit_member(struct decoder *d, const struct member *m, const unsigned char *bytes)
{
    uint64_t addr = 0;
    struct btrfs_qgroup_inherit inherit;
    memcpy(&addr, bytes, d->abi->pointer_size);
    if (!decode_object(d, m->name, addr, &inherit, sizeof(inherit))) {
        return;
    }
    const struct block block = {.bytes = (const unsigned char *)&inherit, .size = sizeof(inherit)};
    uint32_t whole = values_open(d->out, VALUE_STRUCT, m->name);
    decode_members(d, &block, &layout_inherit);
    if (d->options->verbose) {
        decode_array(d, "qgroups", addr + sizeof(inherit), inherit.num_qgroups, sizeof(uint64_t),
                     append_group, NULL);
    } else {
        values_at(d->out, whole)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

/* Subvolumes. */

#define B struct btrfs_ioctl_vol_args
LAYOUT(volume, B, MEMBER(B, fd, FD), MEMBER(B, name, CHARS));
#undef B
#define B struct btrfs_ioctl_vol_args_v2
LAYOUT_BY_FLAGS(volume_asked, B, flags, MEMBER(B, fd, FD), FLAGS(B, flags, subvolume),
                MEMBER(B, size, UINT, .when = BTRFS_SUBVOL_QGROUP_INHERIT),
                MEMBER(B, qgroup_inherit, OWN, .own = inherit_member, .when = BTRFS_SUBVOL_QGROUP_INHERIT),
                MEMBER(B, name, CHARS));
LAYOUT(volume_made, B, MEMBER(B, transid, UINT));
#undef B
CHANGE(volume, volume_asked, volume_made);

/* Not in brackets, though there is a pointer to them. */
static void decode_subvolume_flags(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t flags;
    if (decode_object(d, name, raw, &flags, sizeof(flags))) {
        append_flags(d, name, &xlat_btrfs_subvolume, flags);
    }
}
static const struct kind subvolume_flags_kind = {.decode = decode_subvolume_flags};

/* struct btrfs_ioctl_received_subvol_args, whose times are aligned to 4 by i386. */
struct received_64 {
    uint8_t uuid[BTRFS_UUID_SIZE];
    uint64_t stransid, rtransid, stime[2], rtime[2], flags, reserved[16];
};
struct received_32 {
    uint8_t uuid[BTRFS_UUID_SIZE];
    uint64_t stransid, rtransid;
    uint32_t stime[3], rtime[3];
    uint64_t flags, reserved[16];
};
#define RECEIVED(bits)                                                                                       \
    LAYOUT(received_##bits, struct received_##bits, UUID(struct received_##bits, uuid),                      \
           MEMBER(struct received_##bits, stransid, UINT),                                                   \
           MEMBER(struct received_##bits, stime, OWN, .own = btrfs_time_member),                             \
           MEMBER(struct received_##bits, flags, UINT));                                                     \
    LAYOUT(receipt_##bits, struct received_##bits, MEMBER(struct received_##bits, rtransid, UINT),           \
           MEMBER(struct received_##bits, rtime, OWN, .own = btrfs_time_member));                            \
    CHANGE(received_##bits, received_##bits, receipt_##bits)
RECEIVED(64);
RECEIVED(32);

/* Scrubbing. */

#define B struct btrfs_scrub_progress
#define COUNTER(name) MEMBER(B, name, UINT)
LAYOUT(progress, B, COUNTER(data_extents_scrubbed), COUNTER(tree_extents_scrubbed),
       COUNTER(data_bytes_scrubbed), COUNTER(tree_bytes_scrubbed), COUNTER(read_errors), COUNTER(csum_errors),
       COUNTER(verify_errors), COUNTER(no_csum), COUNTER(csum_discards), COUNTER(super_errors),
       COUNTER(malloc_errors), COUNTER(uncorrectable_errors), COUNTER(corrected_errors),
       COUNTER(last_physical), COUNTER(unverified_errors));
#undef B
#define B struct btrfs_ioctl_scrub_args
LAYOUT(scrub, B, MEMBER(B, devid, DEVICE), MEMBER(B, start, UINT), MOST(B, end), FLAGS(B, flags, scrub));
LAYOUT(scrubbed_device, B, MEMBER(B, devid, DEVICE));
LAYOUT(scrubbed, B, INSIDE(B, progress, progress));
#undef B
CHANGE(scrub, scrub, scrubbed);
CHANGE(scrub_progress, scrubbed_device, scrubbed);

/* Requests that some headers lack, or name by a structure of another size. */
enum {
    TRANS_START = 0x9406,
    TRANS_END = 0x9407,
    FORGET_DEV = 0x50009405,
    DEV_REPLACE_64 = 0xca289435U,
    DEV_REPLACE_32 = 0xca249435U,
};
#define VOLUME(request) AT(request, IN, volume)

IOCTL_SHAPES(btrfs, PLAIN(TRANS_START, NOTHING, IN, 0), PLAIN(TRANS_END, NOTHING, IN, 0),
             PLAIN(BTRFS_IOC_SYNC, NOTHING, IN, 0), PLAIN(BTRFS_IOC_SCRUB_CANCEL, NOTHING, IN, 0),
             PLAIN(BTRFS_IOC_QUOTA_RESCAN_WAIT, NOTHING, IN, 0), PLAIN(BTRFS_IOC_DEFRAG, NOTHING, IN, 0),
             PLAIN(BTRFS_IOC_BALANCE, NOTHING, IN, 0),
             NAMED(BTRFS_IOC_BALANCE_CTL, ENUM, IN, 4, btrfs_balance_commands),
             PLAIN(BTRFS_IOC_START_SYNC, UNSIGNED_AT, OUT, 8),
             PLAIN(BTRFS_IOC_DEFAULT_SUBVOL, UNSIGNED_AT, IN, 8),
             PLAIN(BTRFS_IOC_WAIT_SYNC, UNSIGNED_AT, IN, 8),
             BY(BTRFS_IOC_SUBVOL_GETFLAGS, OUT, subvolume_flags),
             BY(BTRFS_IOC_SUBVOL_SETFLAGS, IN, subvolume_flags), CHANGES(BTRFS_IOC_BALANCE_V2, balance),
             AT(BTRFS_IOC_BALANCE_PROGRESS, OUT, balancing), AT(BTRFS_IOC_DEFRAG_RANGE, IN, defrag),
             CHANGES(BTRFS_IOC_DEV_INFO, device), CHANGES(DEV_REPLACE_64, replacement),
             CHANGES(DEV_REPLACE_32, replacement), AT(BTRFS_IOC_GET_FEATURES, OUT, features),
             BY(BTRFS_IOC_SET_FEATURES, IN, set_features),
             BY(BTRFS_IOC_GET_SUPPORTED_FEATURES, OUT, supported), AT(BTRFS_IOC_FS_INFO, OUT, info),
             CHANGES(BTRFS_IOC_GET_DEV_STATS, statistics), AT(BTRFS_IOC_QGROUP_ASSIGN, IN, assign),
             AT(BTRFS_IOC_QGROUP_CREATE, IN, create), AT(BTRFS_IOC_QGROUP_LIMIT, OUT, group_limit),
             AT(BTRFS_IOC_QUOTA_CTL, IN, quota), AT(BTRFS_IOC_QUOTA_RESCAN, IN, rescan),
             AT(BTRFS_IOC_QUOTA_RESCAN_STATUS, OUT, rescan_status),
             CHANGES(_IOWR(BTRFS_IOCTL_MAGIC, 37, struct received_64), received_64),
             CHANGES(_IOWR(BTRFS_IOCTL_MAGIC, 37, struct received_32), received_32),
             CHANGES(BTRFS_IOC_SCRUB, scrub), CHANGES(BTRFS_IOC_SCRUB_PROGRESS, scrub_progress),
             VOLUME(BTRFS_IOC_SNAP_CREATE), VOLUME(BTRFS_IOC_RESIZE), VOLUME(BTRFS_IOC_SCAN_DEV),
             VOLUME(FORGET_DEV), VOLUME(BTRFS_IOC_ADD_DEV), VOLUME(BTRFS_IOC_RM_DEV),
             VOLUME(BTRFS_IOC_SUBVOL_CREATE), VOLUME(BTRFS_IOC_SNAP_DESTROY), VOLUME(BTRFS_IOC_DEVICES_READY),
             CHANGES(BTRFS_IOC_SNAP_CREATE_V2, volume), CHANGES(BTRFS_IOC_SUBVOL_CREATE_V2, volume));
