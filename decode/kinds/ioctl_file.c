/* Requests to files, file systems and block devices. */
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/members.h"

/* Without the names that stand for several bits. */
XLAT(inode_flags, "FS_???_FL", X(FS_SECRM_FL), X(FS_UNRM_FL), X(FS_COMPR_FL), X(FS_SYNC_FL),
     X(FS_IMMUTABLE_FL), X(FS_APPEND_FL), X(FS_NODUMP_FL), X(FS_NOATIME_FL), X(FS_DIRTY_FL),
     X(FS_COMPRBLK_FL), X(FS_NOCOMP_FL), X(FS_ENCRYPT_FL), X(FS_INDEX_FL), X(FS_IMAGIC_FL),
     X(FS_JOURNAL_DATA_FL), X(FS_NOTAIL_FL), X(FS_DIRSYNC_FL), X(FS_TOPDIR_FL), X(FS_HUGE_FILE_FL),
     X(FS_EXTENT_FL), X(FS_VERITY_FL), X(FS_EA_INODE_FL), X(FS_EOFBLOCKS_FL), X(FS_NOCOW_FL), X(FS_DAX_FL),
     X(FS_INLINE_DATA_FL), X(FS_PROJINHERIT_FL), X(FS_CASEFOLD_FL), X(FS_RESERVED_FL));
XLAT(extended_flags, "FS_XFLAG_???", X(FS_XFLAG_REALTIME), X(FS_XFLAG_PREALLOC), X(FS_XFLAG_IMMUTABLE),
     X(FS_XFLAG_APPEND), X(FS_XFLAG_SYNC), X(FS_XFLAG_NOATIME), X(FS_XFLAG_NODUMP), X(FS_XFLAG_RTINHERIT),
     X(FS_XFLAG_PROJINHERIT), X(FS_XFLAG_NOSYMLINKS), X(FS_XFLAG_EXTSIZE), X(FS_XFLAG_EXTSZINHERIT),
     X(FS_XFLAG_NODEFRAG), X(FS_XFLAG_FILESTREAM), X(FS_XFLAG_DAX), X(FS_XFLAG_COWEXTSIZE),
     X(FS_XFLAG_HASATTR));

LAYOUT(clone_range, struct file_clone_range, MEMBER(struct file_clone_range, src_fd, FD),
       MEMBER(struct file_clone_range, src_offset, UINT), MEMBER(struct file_clone_range, src_length, UINT),
       MEMBER(struct file_clone_range, dest_offset, UINT));
LAYOUT(trim_range, struct fstrim_range, MEMBER(struct fstrim_range, start, HEX),
       MEMBER(struct fstrim_range, len, UINT), MEMBER(struct fstrim_range, minlen, UINT));
LAYOUT(set_attributes, struct fsxattr,
       MEMBER(struct fsxattr, fsx_xflags, FLAGS, .xlat = &xlat_extended_flags),
       MEMBER(struct fsxattr, fsx_extsize, UINT), MEMBER(struct fsxattr, fsx_projid, HEX),
       MEMBER(struct fsxattr, fsx_cowextsize, UINT));
LAYOUT(get_attributes, struct fsxattr,
       MEMBER(struct fsxattr, fsx_xflags, FLAGS, .xlat = &xlat_extended_flags),
       MEMBER(struct fsxattr, fsx_extsize, UINT), MEMBER(struct fsxattr, fsx_nextents, UINT),
       MEMBER(struct fsxattr, fsx_projid, HEX), MEMBER(struct fsxattr, fsx_cowextsize, UINT));

XLAT(fiemap_flags, "FIEMAP_FLAG_???", X(FIEMAP_FLAG_SYNC), X(FIEMAP_FLAG_XATTR), X(FIEMAP_FLAG_CACHE));
XLAT(extent_flags, "FIEMAP_EXTENT_???", X(FIEMAP_EXTENT_LAST), X(FIEMAP_EXTENT_UNKNOWN),
     X(FIEMAP_EXTENT_DELALLOC), X(FIEMAP_EXTENT_ENCODED), X(FIEMAP_EXTENT_DATA_ENCRYPTED),
     X(FIEMAP_EXTENT_NOT_ALIGNED), X(FIEMAP_EXTENT_DATA_INLINE), X(FIEMAP_EXTENT_DATA_TAIL),
     X(FIEMAP_EXTENT_UNWRITTEN), X(FIEMAP_EXTENT_MERGED), X(FIEMAP_EXTENT_SHARED));

static void append_extent(struct decoder *d, const void *element, void *context)
{
    (void)context;
    struct fiemap_extent extent;
    memcpy(&extent, element, sizeof(extent));
    values_open(d->out, VALUE_STRUCT, NULL);
    values_add(d->out, VALUE_UINT, "fe_logical", extent.fe_logical);
    values_add(d->out, VALUE_UINT, "fe_physical", extent.fe_physical);
    values_add(d->out, VALUE_UINT, "fe_length", extent.fe_length);
    append_flags(d, "fe_flags", &xlat_extent_flags, extent.fe_flags);
    values_close(d->out);
}

static void append_fiemap_request(struct decoder *d, const char *name, const struct fiemap *map)
{
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_UINT, "fm_start", map->fm_start);
    values_add(d->out, VALUE_UINT, "fm_length", map->fm_length);
    append_flags(d, "fm_flags", &xlat_fiemap_flags, map->fm_flags);
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
    append_flags(d, "fm_flags", &xlat_fiemap_flags, map.fm_flags);
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
        values_add(d->out, VALUE_INT, "status", (uint64_t)(int64_t)info.status);
    } else {
        decode_fd_number(d, "dest_fd", (int)info.dest_fd);
        values_add(d->out, VALUE_UINT, "dest_offset", info.dest_offset);
    }
    values_close(d->out);
}

static void append_dedupe(struct decoder *d, const char *name, uint64_t addr)
{
    enum { DESTINATIONS_SHOWN = 2 }; /* unless -v */
    struct file_dedupe_range range;
    if (!decode_object(d, name, addr, &range, offsetof(struct file_dedupe_range, info))) {
        return;
    }
    bool all = d->options->verbose || range.dest_count <= DESTINATIONS_SHOWN;
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    if (!d->at_exit) {
        values_add(d->out, VALUE_UINT, "src_offset", range.src_offset);
        values_add(d->out, VALUE_UINT, "src_length", range.src_length);
        values_add(d->out, VALUE_UINT, "dest_count", range.dest_count);
    }
    decode_array(d, "info", decode_word(d, addr) + offsetof(struct file_dedupe_range, info),
                 all ? range.dest_count : DESTINATIONS_SHOWN, sizeof(struct file_dedupe_range_info),
                 append_destination, NULL);
    struct value *info = values_at(d->out, values_at(d->out, whole)->last);
    if (!all && info->type == VALUE_ARRAY) {
        info->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

/* What was asked and, if there was something and all of it could be read, what came of each. */
static void decode_dedupe(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t entry = d->at_exit ? decode_entry_struct(d) : 0;
    const struct value *info = values_at(d->out, entry ? values_at(d->out, entry)->last : 0);
    (void)kind;
    if (!d->at_exit) {
        append_dedupe(d, name, raw);
    } else if (entry && info->type == VALUE_ARRAY && values_at(d->out, info->last)->type == VALUE_STRUCT) {
        values_open(d->out, VALUE_CHANGE, name);
        values_again(d->out, NULL, entry);
        append_dedupe(d, NULL, raw);
        values_close(d->out);
    }
}

static const struct kind fiemap_kind = {.decode = decode_fiemap};
static const struct kind dedupe_kind = {.decode = decode_dedupe};

/* struct fsuuid2 of FS_IOC_GETFSUUID (Linux 6.9). */
static void decode_uuid(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint8_t uuid[17];
    (void)kind;
    if (!decode_object(d, name, raw, uuid, sizeof(uuid))) {
        return;
    }
    size_t length = uuid[0] < sizeof(uuid) - 1 ? uuid[0] : sizeof(uuid) - 1;
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_UINT, "len", uuid[0]);
    values_bytes(d->out, "uuid", uuid + 1, length, 0);
    values_close(d->out);
}
static const struct kind uuid_kind = {.decode = decode_uuid};

/* FS_IOC_GETFLAGS and FS_IOC_SETFLAGS are declared with a long, but take an int on every ABI. */
enum { GETFLAGS_32 = 0x80046601U, SETFLAGS_32 = 0x40046602U, GETFSUUID = 0x80111500U };
/* Those with a size_t in their number, for 32 bits. */
enum { BLKBSZGET_32 = 0x80041270U, BLKBSZSET_32 = 0x40041271, BLKGETSIZE64_32 = 0x80041272U };
enum { BLKGETZONESZ_ = 0x80041284U, BLKGETNRZONES_ = 0x80041285U };

IOCTL_SHAPES(file, BY(FS_IOC_FIEMAP, INOUT, fiemap), BY(FIDEDUPERANGE, INOUT, dedupe),
             BY(GETFSUUID, OUT, uuid), NAMED(FS_IOC_GETFLAGS, FLAGS_AT, OUT, 4, inode_flags),
             NAMED(FS_IOC_SETFLAGS, FLAGS_AT, IN, 4, inode_flags),
             NAMED(GETFLAGS_32, FLAGS_AT, OUT, 4, inode_flags),
             NAMED(SETFLAGS_32, FLAGS_AT, IN, 4, inode_flags), PLAIN(FICLONE, INT, IN, 0),
             AT(FICLONERANGE, IN, clone_range), PLAIN(FS_IOC_GETFSLABEL, TEXT_AT, OUT, FSLABEL_MAX),
             PLAIN(FS_IOC_SETFSLABEL, TEXT_AT, IN, FSLABEL_MAX), AT(FITRIM, IN, trim_range),
             PLAIN(FIFREEZE, NOTHING, IN, 0), PLAIN(FITHAW, NOTHING, IN, 0),
             AT(FS_IOC_FSGETXATTR, OUT, get_attributes), AT(FS_IOC_FSSETXATTR, IN, set_attributes),
             PLAIN(BLKRASET, UNSIGNED, IN, 0), PLAIN(BLKFRASET, UNSIGNED, IN, 0),
             PLAIN(BLKSECTGET, UNSIGNED_AT, OUT, 2), PLAIN(BLKROTATIONAL, UNSIGNED_AT, OUT, 2),
             PLAIN(BLKROGET, NUMBER_AT, OUT, 4), PLAIN(BLKBSZGET, NUMBER_AT, OUT, 4),
             PLAIN(BLKSSZGET, NUMBER_AT, OUT, 4), PLAIN(BLKALIGNOFF, NUMBER_AT, OUT, 4),
             PLAIN(BLKROSET, NUMBER_AT, IN, 4), PLAIN(BLKBSZSET, NUMBER_AT, IN, 4),
             PLAIN(BLKPBSZGET, UNSIGNED_AT, OUT, 4), PLAIN(BLKIOMIN, UNSIGNED_AT, OUT, 4),
             PLAIN(BLKIOOPT, UNSIGNED_AT, OUT, 4), PLAIN(BLKDISCARDZEROES, UNSIGNED_AT, OUT, 4),
             PLAIN(BLKRAGET, NUMBER_AT, OUT, 0), PLAIN(BLKFRAGET, NUMBER_AT, OUT, 0),
             PLAIN(BLKGETSIZE, UNSIGNED_AT, OUT, 0), PLAIN(BLKGETSIZE64, UNSIGNED_AT, OUT, 8),
             PLAIN(BLKDISCARD, PAIR_AT, IN, 0), PLAIN(BLKSECDISCARD, PAIR_AT, IN, 0),
             PLAIN(BLKZEROOUT, PAIR_AT, IN, 0), PLAIN(BLKRRPART, NOTHING, IN, 0),
             PLAIN(BLKFLSBUF, NOTHING, IN, 0), PLAIN(BLKGETZONESZ_, UNSIGNED_AT, OUT, 4),
             PLAIN(BLKGETNRZONES_, UNSIGNED_AT, OUT, 4), PLAIN(BLKBSZGET_32, NUMBER_AT, OUT, 4),
             PLAIN(BLKBSZSET_32, NUMBER_AT, IN, 4), PLAIN(BLKGETSIZE64_32, UNSIGNED_AT, OUT, 8));
