/* Requests whose structures hold arrays, texts, other structures or two states: more than a table says. */
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <linux/rtc.h>
#include <linux/userfaultfd.h>
#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/file.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/members.h"

XLAT(fiemap_flags, "FIEMAP_FLAG_???", X(FIEMAP_FLAG_SYNC), X(FIEMAP_FLAG_XATTR), X(FIEMAP_FLAG_CACHE));
XLAT(extent_flags, "FIEMAP_EXTENT_???", X(FIEMAP_EXTENT_LAST), X(FIEMAP_EXTENT_UNKNOWN),
     X(FIEMAP_EXTENT_DELALLOC), X(FIEMAP_EXTENT_ENCODED), X(FIEMAP_EXTENT_DATA_ENCRYPTED),
     X(FIEMAP_EXTENT_NOT_ALIGNED), X(FIEMAP_EXTENT_DATA_INLINE), X(FIEMAP_EXTENT_DATA_TAIL),
     X(FIEMAP_EXTENT_UNWRITTEN), X(FIEMAP_EXTENT_MERGED), X(FIEMAP_EXTENT_SHARED));
XLAT(dedupe_status, "FILE_DEDUPE_RANGE_???", X(FILE_DEDUPE_RANGE_SAME), X(FILE_DEDUPE_RANGE_DIFFERS));
XLAT(loop_flags, "LO_FLAGS_???", X(LO_FLAGS_READ_ONLY), X(LO_FLAGS_AUTOCLEAR), X(LO_FLAGS_PARTSCAN),
     X(LO_FLAGS_DIRECT_IO));
XLAT(uffd_features, "UFFD_FEATURE_???", {0x1, "UFFD_FEATURE_PAGEFAULT_FLAG_WP"},
     {0x2, "UFFD_FEATURE_EVENT_FORK"}, {0x4, "UFFD_FEATURE_EVENT_REMAP"}, {0x8, "UFFD_FEATURE_EVENT_REMOVE"},
     {0x10, "UFFD_FEATURE_MISSING_HUGETLBFS"}, {0x20, "UFFD_FEATURE_MISSING_SHMEM"},
     {0x40, "UFFD_FEATURE_EVENT_UNMAP"}, {0x80, "UFFD_FEATURE_SIGBUS"}, {0x100, "UFFD_FEATURE_THREAD_ID"},
     {0x200, "UFFD_FEATURE_MINOR_HUGETLBFS"}, {0x400, "UFFD_FEATURE_MINOR_SHMEM"},
     {0x800, "UFFD_FEATURE_EXACT_ADDRESS"}, {0x1000, "UFFD_FEATURE_WP_HUGETLBFS_SHMEM"},
     {0x2000, "UFFD_FEATURE_WP_UNPOPULATED"}, {0x4000, "UFFD_FEATURE_POISON"},
     {0x8000, "UFFD_FEATURE_WP_ASYNC"}, {0x10000, "UFFD_FEATURE_MOVE"});
XLAT(uffd_ioctls, "1<<_UFFDIO_???", {1 << 0, "1<<_UFFDIO_REGISTER"}, {1 << 1, "1<<_UFFDIO_UNREGISTER"},
     {1 << 2, "1<<_UFFDIO_WAKE"}, {1 << 3, "1<<_UFFDIO_COPY"}, {1 << 4, "1<<_UFFDIO_ZEROPAGE"},
     {1 << 5, "1<<_UFFDIO_MOVE"}, {1 << 6, "1<<_UFFDIO_WRITEPROTECT"}, {1 << 7, "1<<_UFFDIO_CONTINUE"},
     {1 << 8, "1<<_UFFDIO_POISON"}, {UINT64_C(1) << 0x3f, "1<<_UFFDIO_API"});
XLAT(blkpg_ops, "BLKPG_???", {1, "BLKPG_ADD_PARTITION"}, {2, "BLKPG_DEL_PARTITION"},
     {3, "BLKPG_RESIZE_PARTITION"});

static void append_extent(struct decoder *d, const void *element, void *context)
{
    (void)context;
    struct fiemap_extent extent;
    memcpy(&extent, element, sizeof(extent));
    values_open(d->out, VALUE_STRUCT, NULL);
    values_add(d->out, VALUE_UINT, "fe_logical", extent.fe_logical);
    values_add(d->out, VALUE_UINT, "fe_physical", extent.fe_physical);
    values_add(d->out, VALUE_UINT, "fe_length", extent.fe_length);
    decode_flag_set(d, "fe_flags", &xlat_extent_flags, extent.fe_flags);
    values_close(d->out);
}

static void append_fiemap_request(struct decoder *d, const char *name, const struct fiemap *map)
{
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_UINT, "fm_start", map->fm_start);
    values_add(d->out, VALUE_UINT, "fm_length", map->fm_length);
    decode_flag_set(d, "fm_flags", &xlat_fiemap_flags, map->fm_flags);
    values_add(d->out, VALUE_UINT, "fm_extent_count", map->fm_extent_count);
    values_close(d->out);
}

/* The kernel leaves alone what it was asked, but for the flags that it does not know (fs/ioctl.c). */
static void decode_fiemap(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct fiemap map;
    if (!decode_object(d, name, raw, &map, sizeof(map))) {
        return;
    }
    if (!d->at_exit || !decode_entry_struct(d)) {
        append_fiemap_request(d, name, &map);
        return;
    }
    values_open(d->out, VALUE_CHANGE, name);
    append_fiemap_request(d, NULL, &map);
    uint32_t answer = values_open(d->out, VALUE_STRUCT, NULL);
    decode_flag_set(d, "fm_flags", &xlat_fiemap_flags, map.fm_flags);
    values_add(d->out, VALUE_UINT, "fm_mapped_extents", map.fm_mapped_extents);
    if (d->options->verbose) {
        uint32_t there = map.fm_extent_count ? map.fm_mapped_extents : 0; /* 0: they are only counted */
        decode_array(d, "fm_extents", raw + sizeof(map), there, sizeof(struct fiemap_extent), append_extent,
                     NULL);
    } else {
        values_at(d->out, answer)->flags |= VALUE_MORE;
    }
    values_close(d->out);
    values_close(d->out);
}

static void append_destination(struct decoder *d, const void *element, void *context)
{
    (void)context;
    struct file_dedupe_range_info info;
    memcpy(&info, element, sizeof(info));
    values_open(d->out, VALUE_STRUCT, NULL);
    if (d->at_exit) {
        values_add(d->out, VALUE_UINT, "bytes_deduped", info.bytes_deduped);
        if (info.status < 0) {
            values_add(d->out, VALUE_INT, "status", (uint64_t)(int64_t)info.status);
        } else {
            values_xlat(d->out, VALUE_ENUM, "status", &xlat_dedupe_status, (uint32_t)info.status);
        }
    } else {
        decode_fd_number(d, "dest_fd", (int)info.dest_fd);
        values_add(d->out, VALUE_UINT, "dest_offset", info.dest_offset);
    }
    values_close(d->out);
}

/* What was asked at entry; at exit, what came of it, one element for each destination. */
static void decode_dedupe(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct file_dedupe_range range;
    if (!decode_object(d, name, raw, &range, offsetof(struct file_dedupe_range, info))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    if (!d->at_exit) {
        values_add(d->out, VALUE_UINT, "src_offset", range.src_offset);
        values_add(d->out, VALUE_UINT, "src_length", range.src_length);
        values_add(d->out, VALUE_UINT, "dest_count", range.dest_count);
    }
    decode_array(d, "info", raw + offsetof(struct file_dedupe_range, info), range.dest_count,
                 sizeof(struct file_dedupe_range_info), append_destination, NULL);
    values_close(d->out);
}

static void append_loop(struct decoder *d, const char *name, const struct loop_info64 *info)
{
    bool verbose = d->options->verbose;
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    if (verbose) {
        decode_device(d, "lo_device", info->lo_device);
        values_add(d->out, VALUE_UINT, "lo_inode", info->lo_inode);
        decode_device(d, "lo_rdevice", info->lo_rdevice);
    }
    values_add(d->out, VALUE_HEX, "lo_offset", info->lo_offset);
    if (verbose || info->lo_sizelimit) {
        values_add(d->out, VALUE_UINT, "lo_sizelimit", info->lo_sizelimit);
    }
    values_add(d->out, VALUE_UINT, "lo_number", info->lo_number);
    decode_flag_set(d, "lo_flags", &xlat_loop_flags, info->lo_flags);
    decode_char_array(d, "lo_file_name", (const char *)info->lo_file_name, sizeof(info->lo_file_name));
    if (!verbose) {
        values_at(d->out, whole)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

static void decode_loop_info(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct loop_info64 info;
    if (decode_object(d, name, raw, &info, sizeof(info))) {
        append_loop(d, name, &info);
    }
}

/* struct loop_config of LOOP_CONFIGURE (Linux 5.8). */
struct loop_setup {
    uint32_t fd;
    uint32_t block_size;
    struct loop_info64 info;
};

static void decode_loop_setup(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct loop_setup setup;
    if (!decode_object(d, name, raw, &setup, sizeof(setup))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    decode_fd_number(d, "fd", (int)setup.fd);
    values_add(d->out, VALUE_UINT, "block_size", setup.block_size);
    append_loop(d, "info", &setup.info);
    values_close(d->out);
}

/* The features that were asked for at entry, which the kernel replaces by those it has. */
static uint64_t features_asked(const struct decoder *d)
{
    const struct value *before = values_at(d->out, d->value[d->arg]);
    return d->value[d->arg] && before->type == VALUE_STRUCT ? values_at(d->out, before->last)->number : 0;
}

static void decode_uffd_api(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct uffdio_api api;
    uint64_t asked = d->at_exit ? features_asked(d) : 0;
    if (!decode_object(d, name, raw, &api, sizeof(api))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_HEX, "api", api.api);
    if (d->at_exit) {
        values_open(d->out, VALUE_CHANGE, "features");
        decode_flag_set(d, NULL, &xlat_uffd_features, asked);
        decode_flag_set(d, "features", &xlat_uffd_features, api.features); /* strace names both */
        values_close(d->out);
        decode_flag_set(d, "ioctls", &xlat_uffd_ioctls, api.ioctls);
    } else {
        decode_flag_set(d, "features", &xlat_uffd_features, api.features);
    }
    values_close(d->out);
}

/* struct blkpg_ioctl_arg and, behind its pointer, struct blkpg_partition. */
struct partition {
    int64_t start, length;
    int32_t number;
    char device[64], volume[64];
};

static void append_partition(struct decoder *d, uint64_t addr)
{
    struct partition p;
    if (!decode_object(d, "data", addr, &p, offsetof(struct partition, volume) + sizeof(p.volume))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, "data");
    values_add(d->out, VALUE_INT, "start", (uint64_t)p.start);
    values_add(d->out, VALUE_INT, "length", (uint64_t)p.length);
    values_add(d->out, VALUE_INT, "pno", (uint64_t)(int64_t)p.number);
    decode_char_array(d, "devname", p.device, sizeof(p.device));
    decode_char_array(d, "volname", p.volume, sizeof(p.volume));
    values_close(d->out);
}

static void decode_blkpg(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t words[6] = {0};
    bool wide = d->abi->pointer_size == 8;
    uint64_t data;
    if (!decode_object(d, name, raw, words, wide ? 24 : 16)) {
        return;
    }
    memcpy(&data, words + 4, sizeof(data));
    values_open(d->out, VALUE_STRUCT, name);
    values_xlat(d->out, VALUE_ENUM, "op", &xlat_blkpg_ops, words[0]);
    values_add(d->out, VALUE_INT, "flags", (uint64_t)(int64_t)(int32_t)words[1]);
    values_add(d->out, VALUE_INT, "datalen", (uint64_t)(int64_t)(int32_t)words[2]);
    append_partition(d, wide ? data : words[3]);
    values_close(d->out);
}

#define TIME(member) MEMBER(struct rtc_time, member, INT)
#define TIME_DETAIL(member) MEMBER(struct rtc_time, member, INT, .detail = true)
LAYOUT(alarm_time, struct rtc_time, TIME(tm_sec), TIME(tm_min), TIME(tm_hour), TIME(tm_mday), TIME(tm_mon),
       TIME(tm_year), TIME_DETAIL(tm_wday), TIME_DETAIL(tm_yday), TIME_DETAIL(tm_isdst));
LAYOUT(wake_alarm, struct rtc_wkalrm, MEMBER(struct rtc_wkalrm, enabled, UINT),
       MEMBER(struct rtc_wkalrm, pending, UINT),
       MEMBER(struct rtc_wkalrm, time, BLOCK, .layout = &layout_alarm_time));

static const struct kind fiemap_kind = {.decode = decode_fiemap};
static const struct kind dedupe_kind = {.decode = decode_dedupe};
static const struct kind loop_info_kind = {.decode = decode_loop_info};
static const struct kind loop_setup_kind = {.decode = decode_loop_setup};
static const struct kind uffd_api_kind = {.decode = decode_uffd_api};
static const struct kind blkpg_kind = {.decode = decode_blkpg};

enum { LOOP_CONFIGURE_ = 0x4c0a, BLKPG_ = 0x1269 };

#define DECODED(request, direction, kind)                                                                    \
    {                                                                                                        \
        request, IOCTL_DECODED, direction, 0, &(kind)                                                        \
    }
IOCTL_SHAPES(structures, DECODED(FS_IOC_FIEMAP, DIR_INOUT, fiemap_kind),
             DECODED(FIDEDUPERANGE, DIR_INOUT, dedupe_kind),
             DECODED(LOOP_SET_STATUS64, DIR_IN, loop_info_kind),
             DECODED(LOOP_GET_STATUS64, DIR_OUT, loop_info_kind),
             DECODED(LOOP_CONFIGURE_, DIR_IN, loop_setup_kind), DECODED(UFFDIO_API, DIR_INOUT, uffd_api_kind),
             DECODED(BLKPG_, DIR_IN, blkpg_kind),
             {RTC_ALM_READ, IOCTL_LAYOUT_AT, DIR_OUT, 0, &layout_alarm_time},
             {RTC_ALM_SET, IOCTL_LAYOUT_AT, DIR_IN, 0, &layout_alarm_time},
             {RTC_WKALM_RD, IOCTL_LAYOUT_AT, DIR_OUT, 0, &layout_wake_alarm},
             {RTC_WKALM_SET, IOCTL_LAYOUT_AT, DIR_IN, 0, &layout_wake_alarm});
