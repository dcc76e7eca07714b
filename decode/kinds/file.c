#include "decode/kinds/file.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/members.h"

XLAT(access_mode, "?_OK", X(F_OK), X(R_OK), X(W_OK), X(X_OK));
XLAT(open_access, "O_???", X(O_RDONLY), X(O_WRONLY), X(O_RDWR), X(O_ACCMODE));
/* O_SYNC and O_TMPFILE hold another flag's bit: they come first. Numbers of asm-generic/fcntl.h. */
XLAT(open_flags, "O_???", X(O_CREAT), X(O_EXCL), X(O_NOCTTY), X(O_TRUNC), X(O_APPEND), X(O_NONBLOCK),
     {04010000, "O_SYNC"}, {04000000, "__O_SYNC"}, X(O_DSYNC), {040000, "O_DIRECT"}, {0100000, "O_LARGEFILE"},
     X(O_NOFOLLOW), {01000000, "O_NOATIME"}, X(O_CLOEXEC), {010000000, "O_PATH"}, {020200000, "O_TMPFILE"},
     {020000000, "__O_TMPFILE"}, X(O_DIRECTORY), X(FASYNC));
XLAT(open_resolve, "RESOLVE_???", X(RESOLVE_NO_XDEV), X(RESOLVE_NO_MAGICLINKS), X(RESOLVE_NO_SYMLINKS),
     X(RESOLVE_BENEATH), X(RESOLVE_IN_ROOT), X(RESOLVE_CACHED));

XLAT(file_type, NULL, {S_IFREG, "S_IFREG"}, {S_IFSOCK, "S_IFSOCK"}, {S_IFIFO, "S_IFIFO"},
     {S_IFLNK, "S_IFLNK"}, {S_IFDIR, "S_IFDIR"}, {S_IFBLK, "S_IFBLK"}, {S_IFCHR, "S_IFCHR"});
XLAT(mode_bits, NULL, {S_ISUID, "S_ISUID"}, {S_ISGID, "S_ISGID"}, {S_ISVTX, "S_ISVTX"});

XLAT(at_flags, "AT_???", X(AT_SYMLINK_NOFOLLOW), X(AT_REMOVEDIR), X(AT_SYMLINK_FOLLOW), X(AT_NO_AUTOMOUNT),
     X(AT_EMPTY_PATH), X(AT_RECURSIVE));
XLAT(at_access, "AT_???", X(AT_SYMLINK_NOFOLLOW), X(AT_EACCESS), X(AT_EMPTY_PATH));
XLAT(at_nofollow, "AT_???", X(AT_SYMLINK_NOFOLLOW), X(AT_EMPTY_PATH));
XLAT(at_handle, "AT_???", {1, "AT_HANDLE_MNT_ID_UNIQUE"}, {2, "AT_HANDLE_CONNECTABLE"},
     {0x200, "AT_HANDLE_FID"}, X(AT_SYMLINK_FOLLOW), X(AT_EMPTY_PATH));
XLAT(statx_sync, NULL, X(AT_STATX_SYNC_AS_STAT), X(AT_STATX_FORCE_SYNC), X(AT_STATX_DONT_SYNC),
     X(AT_STATX_SYNC_TYPE));
XLAT(rename_flags, "RENAME_??", X(RENAME_NOREPLACE), X(RENAME_EXCHANGE), X(RENAME_WHITEOUT));

/* The same names as one part of a number: bits that have none are not remarked on. */
#define PART(table) NULL, table##_entries, sizeof(table##_entries) / sizeof(table##_entries[0]), 0
static const struct xlat open_flags_part = {PART(open_flags)};
static const struct xlat at_flags_part = {PART(at_flags)};

KIND_FLAGS(access_mode, access_mode);
KIND_FLAGS(at_flags, at_flags);
KIND_FLAGS(at_access, at_access);
KIND_FLAGS(at_nofollow, at_nofollow);
KIND_FLAGS(at_handle, at_handle);
KIND_FLAGS(rename_flags, rename_flags);

/* Opens the value of a number made of several parts, which -X shows as one. */
static void open_or(struct decoder *d, const char *name, uint64_t number)
{
    uint32_t index = values_open(d->out, VALUE_OR, name);
    values_at(d->out, index)->number = number;
    values_at(d->out, index)->flags |= VALUE_WHOLE;
}

void decode_open_flags_of(struct decoder *d, const char *name, uint64_t flags)
{
    open_or(d, name, flags);
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_open_access, flags & O_ACCMODE);
    if (flags & ~(uint64_t)O_ACCMODE) {
        values_xlat(d->out, VALUE_FLAGS, NULL, &open_flags_part, flags & ~(uint64_t)O_ACCMODE);
    }
    values_close(d->out);
}

static void decode_open_flags(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_open_flags_of(d, name, (uint32_t)raw);
}

/* O_CREAT, or the bit by which O_TMPFILE differs from O_DIRECTORY. */
static bool creates(uint64_t flags)
{
    return flags & (O_CREAT | 020000000);
}

static void decode_mode(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    values_add(d->out, VALUE_OCTAL, name, (uint16_t)raw); /* umode_t */
}

static void decode_open_mode(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    if (d->arg && creates(d->args[d->arg - 1])) {
        decode_mode(d, name, kind, raw);
    }
}

static void decode_open_how(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct open_how how;
    uint64_t size = decode_word(d, d->args[d->arg + 1]);

    if (size < sizeof(how)) {
        decode_addr(d, name, raw);
        return;
    }
    if (!decode_object(d, name, raw, &how, sizeof(how))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    decode_open_flags_of(d, "flags", how.flags);
    if (creates(how.flags) || how.mode) {
        values_add(d->out, VALUE_OCTAL, "mode", how.mode);
    }
    values_xlat(d->out, VALUE_FLAGS, "resolve", &xlat_open_resolve, how.resolve);
    decode_unknown_tail(d, raw, sizeof(how), size);
    values_close(d->out);
}

void decode_file_mode(struct decoder *d, const char *name, uint32_t mode)
{
    uint32_t type = mode & S_IFMT;
    uint32_t bits = mode & (S_ISUID | S_ISGID | S_ISVTX);

    open_or(d, name, mode);
    values_at(d->out, d->out->open)->flags |= VALUE_BASE8;
    if (type && !xlat_name(&xlat_file_type, type)) {
        values_add(d->out, VALUE_OCTAL, NULL, mode);
        values_close(d->out);
        return;
    }
    if (type) {
        values_xlat(d->out, VALUE_ENUM, NULL, &xlat_file_type, type);
    }
    if (bits) {
        values_xlat(d->out, VALUE_FLAGS, NULL, &xlat_mode_bits, bits);
    }
    values_add(d->out, VALUE_OCTAL, NULL, mode & ~(type | bits));
    values_close(d->out);
}

static void decode_file_mode_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_file_mode(d, name, (uint16_t)raw);
}

void decode_device(struct decoder *d, const char *name, uint64_t device)
{
    uint32_t index = values_open_func(d->out, name, "makedev");
    values_stand_for(d->out, index, device, VALUE_AS_HEX);
    values_add(d->out, VALUE_HEX, NULL, major(device));
    values_add(d->out, VALUE_HEX, NULL, minor(device));
    values_close(d->out);
}

static void decode_device_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_device(d, name, (uint32_t)raw);
}

static void decode_mknod_device(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint64_t type = d->arg ? d->args[d->arg - 1] & S_IFMT : 0;
    if (type == S_IFCHR || type == S_IFBLK) {
        decode_device_kind(d, name, kind, raw);
    }
}

static void decode_statx_flags(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t sync = (uint32_t)raw & AT_STATX_SYNC_TYPE;
    uint32_t rest = (uint32_t)raw & ~sync;

    open_or(d, name, (uint32_t)raw);
    values_xlat(d->out, VALUE_FLAGS, NULL, &xlat_statx_sync, sync);
    if (rest) {
        values_xlat(d->out, VALUE_FLAGS, NULL, &at_flags_part, rest);
    }
    values_close(d->out);
}

static void decode_cwd(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_cstring(d, name, raw, VALUE_PATH);
}

const struct kind kind_open_flags = {.decode = decode_open_flags};
const struct kind kind_open_mode = {.decode = decode_open_mode};
const struct kind kind_open_how = {.decode = decode_open_how};
const struct kind kind_mode = {.decode = decode_mode};
const struct kind kind_file_mode = {.decode = decode_file_mode_kind};
const struct kind kind_device = {.decode = decode_device_kind};
const struct kind kind_mknod_device = {.decode = decode_mknod_device};
const struct kind kind_statx_flags = {.decode = decode_statx_flags};
const struct kind kind_cwd_out = {
    .decode = decode_cwd, .direction = DIR_OUT, .extent = EXTENT_RESULT, .size = 1};
