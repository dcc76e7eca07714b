/* Kinds of what a file or a file system is asked for: stat, statx, statfs. All are filled by the call. */
#ifndef PROCTOR_DECODE_KINDS_STAT_H
#define PROCTOR_DECODE_KINDS_STAT_H

#include "decode/decoder.h"

extern const struct kind kind_stat_out;     /* struct stat as the ABI's stat, fstat and lstat fill it */
extern const struct kind kind_stat64_out;   /* as stat64, fstat64, lstat64 and fstatat64 of i386 do */
extern const struct kind kind_stat_old_out; /* as oldstat, oldfstat and oldlstat of i386 do */
extern const struct kind kind_statx_mask;
extern const struct kind kind_statx_out;

extern const struct kind kind_statfs_out;   /* struct statfs of the ABI's long */
extern const struct kind kind_statfs64_out; /* as statfs64 and fstatfs64 of i386 do */
extern const struct kind kind_ustat_out;

extern const struct xlat xlat_fs_magic; /* file systems by their magic number */

#endif
