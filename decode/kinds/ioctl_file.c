/* Requests to files, file systems and block devices. */
#include <linux/fs.h>
#include <stddef.h>

#include "decode/kinds/basic.h"
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

/* FS_IOC_GETFLAGS and FS_IOC_SETFLAGS are declared with a long, but take an int on every ABI. */
enum { GETFLAGS_32 = 0x80046601U, SETFLAGS_32 = 0x40046602U };

#define SHAPE(request, as, direction, size)                                                                  \
    {                                                                                                        \
        request, IOCTL_##as, DIR_##direction, size, NULL                                                     \
    }

IOCTL_SHAPES(file, {FS_IOC_GETFLAGS, IOCTL_FLAGS_AT, DIR_OUT, 4, &xlat_inode_flags},
             {FS_IOC_SETFLAGS, IOCTL_FLAGS_AT, DIR_IN, 4, &xlat_inode_flags},
             {GETFLAGS_32, IOCTL_FLAGS_AT, DIR_OUT, 4, &xlat_inode_flags},
             {SETFLAGS_32, IOCTL_FLAGS_AT, DIR_IN, 4, &xlat_inode_flags}, SHAPE(FICLONE, INT, IN, 0),
             {FICLONERANGE, IOCTL_LAYOUT_AT, DIR_IN, 0, &layout_clone_range},
             SHAPE(FS_IOC_GETFSLABEL, TEXT_AT, OUT, FSLABEL_MAX),
             SHAPE(FS_IOC_SETFSLABEL, TEXT_AT, IN, FSLABEL_MAX),
             {FITRIM, IOCTL_LAYOUT_AT, DIR_INOUT, 0, &layout_trim_range}, SHAPE(FIFREEZE, NOTHING, IN, 0),
             SHAPE(FITHAW, NOTHING, IN, 0),
             {FS_IOC_FSGETXATTR, IOCTL_LAYOUT_AT, DIR_OUT, 0, &layout_get_attributes},
             {FS_IOC_FSSETXATTR, IOCTL_LAYOUT_AT, DIR_IN, 0, &layout_set_attributes},
             SHAPE(BLKRASET, UNSIGNED, IN, 0), SHAPE(BLKFRASET, UNSIGNED, IN, 0),
             SHAPE(BLKSECTGET, UNSIGNED_AT, OUT, 2), SHAPE(BLKROTATIONAL, UNSIGNED_AT, OUT, 2),
             SHAPE(BLKROGET, NUMBER_AT, OUT, 4), SHAPE(BLKBSZGET, NUMBER_AT, OUT, 4),
             SHAPE(BLKSSZGET, NUMBER_AT, OUT, 4), SHAPE(BLKALIGNOFF, NUMBER_AT, OUT, 4),
             SHAPE(BLKROSET, NUMBER_AT, IN, 4), SHAPE(BLKBSZSET, NUMBER_AT, IN, 4),
             SHAPE(BLKPBSZGET, UNSIGNED_AT, OUT, 4), SHAPE(BLKIOMIN, UNSIGNED_AT, OUT, 4),
             SHAPE(BLKIOOPT, UNSIGNED_AT, OUT, 4), SHAPE(BLKDISCARDZEROES, UNSIGNED_AT, OUT, 4),
             SHAPE(BLKRAGET, NUMBER_AT, OUT, 0), SHAPE(BLKFRAGET, NUMBER_AT, OUT, 0),
             SHAPE(BLKGETSIZE, UNSIGNED_AT, OUT, 0), SHAPE(BLKGETSIZE64, UNSIGNED_AT, OUT, 8),
             SHAPE(BLKDISCARD, PAIR_AT, IN, 0), SHAPE(BLKSECDISCARD, PAIR_AT, IN, 0),
             SHAPE(BLKZEROOUT, PAIR_AT, IN, 0), SHAPE(BLKRRPART, NOTHING, IN, 0),
             SHAPE(BLKFLSBUF, NOTHING, IN, 0));
