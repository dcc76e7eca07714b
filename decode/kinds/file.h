/* Kinds of the file family: what calls that work on files by path take. */
#ifndef PROCTOR_DECODE_KINDS_FILE_H
#define PROCTOR_DECODE_KINDS_FILE_H

#include "decode/decoder.h"

extern const struct xlat xlat_open_flags; /* without the access mode */
extern const struct xlat xlat_open_access;
extern const struct kind kind_open_flags;
extern const struct kind kind_open_mode; /* shown only where the flags before it create a file */
extern const struct kind kind_open_how;  /* a pointer to struct open_how, its size the next argument */
extern const struct kind kind_access_mode;
extern const struct kind kind_mode;         /* permission bits, 16 bits wide: 0644 */
extern const struct kind kind_file_mode;    /* the same with a file type: S_IFREG|0644 */
extern const struct kind kind_device;       /* makedev(0x8, 0x1) */
extern const struct kind kind_mknod_device; /* the same, where the mode before it makes a device */
extern const struct kind kind_cwd_out;      /* getcwd's buffer: a path as long as the result says */

/* AT_* flags, each set as the calls of that name take it. */
extern const struct kind kind_at_flags; /* every AT_* flag: newfstatat, linkat, unlinkat, fchownat, ... */
extern const struct kind kind_at_access;
extern const struct kind kind_at_nofollow; /* AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH alone */
extern const struct kind kind_at_handle;
extern const struct kind kind_statx_flags;
extern const struct kind kind_rename_flags;

/* Directories (file_dirents.c) and file handles (file_handle.c). */
extern const struct kind kind_dirents_out, kind_dirents64_out;
extern const struct kind kind_old_dirent_out;   /* the one entry that i386's readdir returns */
extern const struct kind kind_old_dirent_count; /* which the kernel does not look at: shown if it is not 1 */
extern const struct kind kind_file_handle, kind_file_handle_inout;
extern const struct kind kind_mount_id_out;

/* Extended attributes (file_xattr.c); sizes are the next argument. */
extern const struct kind kind_xattr_value, kind_xattr_value_out;
extern const struct kind kind_xattr_list_out;
extern const struct kind kind_xattr_flags;
extern const struct kind kind_xattr_args, kind_xattr_args_inout;
extern const struct kind kind_file_attr, kind_file_attr_out;

/* Pairs of times, the last access and the last modification (file_times.c). */
extern const struct kind kind_utimbuf;
extern const struct kind kind_timeval_pair;
extern const struct kind kind_timespec_pair;   /* members as wide as the ABI's long */
extern const struct kind kind_timespec64_pair; /* 64 bits on every ABI */

/* Watches (file_watch.c). */
extern const struct kind kind_inotify_mask, kind_inotify_flags;
extern const struct kind kind_fanotify_init, kind_fanotify_flags;
extern const struct kind kind_fanotify_mask;                      /* 64 bits: two registers on i386 */
extern const struct kind kind_fanotify_dirfd, kind_fanotify_path; /* the arguments behind them */
extern const struct kind kind_cookie;                             /* of lookup_dcookie, likewise */
extern const struct kind kind_cookie_buf, kind_cookie_length;

/* Append what the calls of this family show, for structures that hold it. */
void decode_open_flags_of(struct decoder *d, const char *name, uint64_t flags);
void decode_file_mode(struct decoder *d, const char *name, uint32_t mode);
void decode_device(struct decoder *d, const char *name, uint64_t device);

/*
 * Gives a value the date that a time stands for as its comment, in local time with as many digits of `part`
 * as `digits` says; nothing for the zero time or for one that is no date.
 */
void decode_date_note(struct decoder *d, uint32_t index, int64_t seconds, uint64_t part, int digits);

#endif
