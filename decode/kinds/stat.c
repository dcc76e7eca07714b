#include "decode/kinds/stat.h"

#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/file.h"
#include "decode/kinds/members.h"

/*
 * The kernel's structures. This file includes no header that has a struct stat of its own: C libraries define
 * st_atime and its kin as macros. Members that are not shown are only there for their room.
 */
struct stat_64 {
    uint64_t st_dev, st_ino, st_nlink;
    uint32_t st_mode, st_uid, st_gid, pad;
    uint64_t st_rdev;
    int64_t st_size, st_blksize, st_blocks;
    int64_t st_atime, st_atime_nsec, st_mtime, st_mtime_nsec, st_ctime, st_ctime_nsec;
    int64_t unused[3];
};

struct stat_i386 {
    uint32_t st_dev, st_ino;
    uint16_t st_mode, st_nlink, st_uid, st_gid;
    uint32_t st_rdev, st_size, st_blksize, st_blocks;
    int32_t st_atime, st_atime_nsec, st_mtime, st_mtime_nsec, st_ctime, st_ctime_nsec;
    uint32_t unused[2];
};

struct stat64_i386 {
    uint64_t st_dev;
    uint32_t pad0, old_ino, st_mode, st_nlink, st_uid, st_gid;
    uint64_t st_rdev;
    uint32_t pad3;
    int64_t st_size;
    uint32_t st_blksize;
    uint64_t st_blocks;
    int32_t st_atime, st_atime_nsec, st_mtime, st_mtime_nsec, st_ctime, st_ctime_nsec;
    uint64_t st_ino;
} __attribute__((packed));

struct stat_old {
    uint16_t st_dev, st_ino, st_mode, st_nlink, st_uid, st_gid, st_rdev, pad;
    uint32_t st_size;
    int32_t st_atime, st_mtime, st_ctime;
};

_Static_assert(sizeof(struct stat_64) == 144, "struct stat of x86-64");
_Static_assert(sizeof(struct stat_i386) == 64, "struct stat of i386");
_Static_assert(sizeof(struct stat64_i386) == 96, "struct stat64 of i386");
_Static_assert(sizeof(struct stat_old) == 32, "struct __old_kernel_stat");

/* A block or character device has no size, and no other file has a device number worth showing. */
enum { STAT_DEVICE = 1, STAT_FILE = 2 };

#define STAT_HEAD(type)                                                                                      \
    MEMBER(type, st_dev, DEVICE, .detail = true), MEMBER(type, st_ino, UINT, .detail = true),                \
        MEMBER(type, st_mode, MODE), MEMBER(type, st_nlink, UINT, .detail = true),                           \
        MEMBER(type, st_uid, UINT, .detail = true), MEMBER(type, st_gid, UINT, .detail = true)
#define STAT_BLOCKS(type)                                                                                    \
    MEMBER(type, st_blksize, UINT, .detail = true), MEMBER(type, st_blocks, UINT, .detail = true)
#define STAT_SIZE(type)                                                                                      \
    MEMBER(type, st_rdev, DEVICE, .when = STAT_DEVICE), MEMBER(type, st_size, UINT, .when = STAT_FILE)
#define STAT_TIME(type, member)                                                                              \
    MEMBER(type, member, SECONDS_NANO, .detail = true), MEMBER(type, member##_nsec, UINT, .detail = true)
#define STAT_LAYOUT(id, type)                                                                                \
    LAYOUT(id, type, STAT_HEAD(type), STAT_BLOCKS(type), STAT_SIZE(type), STAT_TIME(type, st_atime),         \
           STAT_TIME(type, st_mtime), STAT_TIME(type, st_ctime))

STAT_LAYOUT(stat_64, struct stat_64);
STAT_LAYOUT(stat_i386, struct stat_i386);
STAT_LAYOUT(stat64_i386, struct stat64_i386);
LAYOUT(stat_old, struct stat_old, STAT_HEAD(struct stat_old), STAT_SIZE(struct stat_old),
       MEMBER(struct stat_old, st_atime, SECONDS, .detail = true),
       MEMBER(struct stat_old, st_mtime, SECONDS, .detail = true),
       MEMBER(struct stat_old, st_ctime, SECONDS, .detail = true));

static uint64_t stat_mask(const unsigned char *bytes, const struct layout *layout)
{
    enum { TYPE = 0170000, CHARACTER_DEVICE = 0020000, BLOCK_DEVICE = 0060000 };
    uint16_t mode = 0;
    for (uint32_t i = 0; i < layout->count; i++) {
        if (layout->members[i].as == AS_MODE) {
            memcpy(&mode, bytes + layout->members[i].offset, sizeof(mode));
        }
    }
    bool device = (mode & TYPE) == CHARACTER_DEVICE || (mode & TYPE) == BLOCK_DEVICE;
    return device ? STAT_DEVICE : STAT_FILE;
}

static void decode_stat_layout(struct decoder *d, const char *name, uint64_t addr,
                               const struct layout *layout)
{
    unsigned char bytes[sizeof(struct stat_64)];
    if (!decode_object(d, name, addr, bytes, layout->size)) {
        return;
    }
    struct block block = {.bytes = bytes, .size = layout->size, .mask = stat_mask(bytes, layout)};
    values_open(d->out, VALUE_STRUCT, name);
    decode_members(d, &block, layout);
    values_close(d->out);
}

/* kind->aux: the layout; NULL: that of the ABI's own stat. */
static void decode_stat(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    const struct layout *own = d->abi->long_size == 8 ? &layout_stat_64 : &layout_stat_i386;
    decode_stat_layout(d, name, raw, kind->aux ? kind->aux : own);
}

/* struct statx is the same on every ABI. Linux 6.18's; what older kernels lack they leave zero. */
struct statx_time {
    int64_t tv_sec;
    uint32_t tv_nsec, reserved;
};

struct statx_all {
    uint32_t stx_mask, stx_blksize;
    uint64_t stx_attributes;
    uint32_t stx_nlink, stx_uid, stx_gid;
    uint16_t stx_mode, spare0;
    uint64_t stx_ino, stx_size, stx_blocks, stx_attributes_mask;
    struct statx_time stx_atime, stx_btime, stx_ctime, stx_mtime;
    uint32_t stx_rdev_major, stx_rdev_minor, stx_dev_major, stx_dev_minor;
    uint64_t stx_mnt_id;
    uint32_t stx_dio_mem_align, stx_dio_offset_align;
    uint64_t stx_subvol;
    uint32_t stx_atomic_write_unit_min, stx_atomic_write_unit_max, stx_atomic_write_segments_max;
    uint32_t stx_dio_read_offset_align, stx_atomic_write_unit_max_opt, spare2;
    uint64_t spare3[8];
};

_Static_assert(sizeof(struct statx_all) == 256, "struct statx");

/* Bits of stx_mask; those above 32 are ours, for members that an attribute announces. */
enum {
    STATX_TYPE = 0x1,
    STATX_MODE = 0x2,
    STATX_NLINK = 0x4,
    STATX_UID = 0x8,
    STATX_GID = 0x10,
    STATX_ATIME = 0x20,
    STATX_MTIME = 0x40,
    STATX_CTIME = 0x80,
    STATX_INO = 0x100,
    STATX_SIZE = 0x200,
    STATX_BLOCKS = 0x400,
    STATX_BASIC_STATS = 0x7ff,
    STATX_BTIME = 0x800,
    STATX_ALL = 0xfff,
    STATX_MNT_ID = 0x1000,
    STATX_DIOALIGN = 0x2000,
    STATX_MNT_ID_UNIQUE = 0x4000,
    STATX_SUBVOL = 0x8000,
    STATX_WRITE_ATOMIC = 0x10000,
    STATX_DIO_READ_ALIGN = 0x20000,
    STATX_ATTR_WRITE_ATOMIC = 0x400000,
};
#define ATOMIC_ATTRIBUTE (UINT64_C(1) << 32)

/* The sets come before the bits that they are made of. */
XLAT(statx_mask, "STATX_???", X(STATX_ALL), X(STATX_BASIC_STATS), X(STATX_TYPE), X(STATX_MODE),
     X(STATX_NLINK), X(STATX_UID), X(STATX_GID), X(STATX_ATIME), X(STATX_MTIME), X(STATX_CTIME), X(STATX_INO),
     X(STATX_SIZE), X(STATX_BLOCKS), X(STATX_BTIME), X(STATX_MNT_ID), X(STATX_DIOALIGN),
     X(STATX_MNT_ID_UNIQUE), X(STATX_SUBVOL), X(STATX_WRITE_ATOMIC), X(STATX_DIO_READ_ALIGN));
XLAT(statx_attributes, "STATX_ATTR_???", {0x4, "STATX_ATTR_COMPRESSED"}, {0x10, "STATX_ATTR_IMMUTABLE"},
     {0x20, "STATX_ATTR_APPEND"}, {0x40, "STATX_ATTR_NODUMP"}, {0x800, "STATX_ATTR_ENCRYPTED"},
     {0x1000, "STATX_ATTR_AUTOMOUNT"}, {0x2000, "STATX_ATTR_MOUNT_ROOT"}, {0x100000, "STATX_ATTR_VERITY"},
     {0x200000, "STATX_ATTR_DAX"}, X(STATX_ATTR_WRITE_ATOMIC));

KIND_FLAGS(statx_mask, statx_mask);

#define STATX(member, as, ...) MEMBER(struct statx_all, member, as, ##__VA_ARGS__)
#define STATX_DETAIL(member, as, bit) STATX(member, as, .detail = true, .when = (bit))

LAYOUT(statx, struct statx_all, STATX(stx_mask, FLAGS, .xlat = &xlat_statx_mask),
       STATX_DETAIL(stx_blksize, UINT, 0), STATX(stx_attributes, FLAGS, .xlat = &xlat_statx_attributes),
       STATX_DETAIL(stx_nlink, UINT, STATX_NLINK), STATX_DETAIL(stx_uid, ID, STATX_UID),
       STATX_DETAIL(stx_gid, ID, STATX_GID), STATX(stx_mode, MODE, .when = STATX_TYPE | STATX_MODE),
       STATX_DETAIL(stx_ino, UINT, STATX_INO), STATX(stx_size, UINT, .when = STATX_SIZE),
       STATX_DETAIL(stx_blocks, UINT, STATX_BLOCKS),
       STATX(stx_attributes_mask, FLAGS, .detail = true, .xlat = &xlat_statx_attributes),
       STATX_DETAIL(stx_atime, STATX_TIME, STATX_ATIME), STATX_DETAIL(stx_btime, STATX_TIME, STATX_BTIME),
       STATX_DETAIL(stx_ctime, STATX_TIME, STATX_CTIME), STATX_DETAIL(stx_mtime, STATX_TIME, STATX_MTIME),
       STATX_DETAIL(stx_rdev_major, UINT, 0), STATX_DETAIL(stx_rdev_minor, UINT, 0),
       STATX_DETAIL(stx_dev_major, UINT, 0), STATX_DETAIL(stx_dev_minor, UINT, 0),
       STATX_DETAIL(stx_mnt_id, HEX, STATX_MNT_ID | STATX_MNT_ID_UNIQUE),
       STATX_DETAIL(stx_dio_mem_align, UINT, STATX_DIOALIGN),
       STATX_DETAIL(stx_dio_offset_align, UINT, STATX_DIOALIGN), STATX_DETAIL(stx_subvol, HEX, STATX_SUBVOL),
       STATX_DETAIL(stx_atomic_write_unit_min, UINT, ATOMIC_ATTRIBUTE),
       STATX_DETAIL(stx_atomic_write_unit_max, UINT, ATOMIC_ATTRIBUTE),
       STATX_DETAIL(stx_atomic_write_segments_max, UINT, ATOMIC_ATTRIBUTE),
       STATX_DETAIL(stx_dio_read_offset_align, UINT, STATX_DIO_READ_ALIGN),
       STATX_DETAIL(stx_atomic_write_unit_max_opt, UINT, ATOMIC_ATTRIBUTE));

static void decode_statx(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct statx_all all;
    if (!decode_object(d, name, raw, &all, sizeof(all))) {
        return;
    }
    struct block block = {.bytes = (const unsigned char *)&all, .size = sizeof(all), .mask = all.stx_mask};
    if (all.stx_attributes & STATX_ATTR_WRITE_ATOMIC) {
        block.mask |= ATOMIC_ATTRIBUTE;
    }
    values_open(d->out, VALUE_STRUCT, name);
    decode_members(d, &block, &layout_statx);
    values_close(d->out);
}

#define STAT_KIND(type, layout_)                                                                             \
    {                                                                                                        \
        .decode = decode_stat, .aux = (layout_), .size = sizeof(type), .direction = DIR_OUT,                 \
        .extent = EXTENT_FIXED                                                                               \
    }
const struct kind kind_stat_out = STAT_KIND(struct stat_64, NULL);
const struct kind kind_stat64_out = STAT_KIND(struct stat64_i386, &layout_stat64_i386);
const struct kind kind_stat_old_out = STAT_KIND(struct stat_old, &layout_stat_old);
const struct kind kind_statx_out = {
    .decode = decode_statx, .size = sizeof(struct statx_all), .direction = DIR_OUT, .extent = EXTENT_FIXED};
