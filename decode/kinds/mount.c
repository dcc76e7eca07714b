#include "decode/kinds/mount.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/members.h"

XLAT(mount_flags, "MS_???", X(MS_RDONLY), X(MS_NOSUID), X(MS_NODEV), X(MS_NOEXEC), X(MS_SYNCHRONOUS),
     X(MS_REMOUNT), X(MS_MANDLOCK), X(MS_DIRSYNC), X(MS_NOSYMFOLLOW), X(MS_NOATIME), X(MS_NODIRATIME),
     X(MS_BIND), X(MS_MOVE), X(MS_REC), X(MS_SILENT), X(MS_POSIXACL), X(MS_UNBINDABLE), X(MS_PRIVATE),
     X(MS_SLAVE), X(MS_SHARED), X(MS_RELATIME), X(MS_KERNMOUNT), X(MS_I_VERSION), X(MS_STRICTATIME),
     X(MS_LAZYTIME), X(MS_SUBMOUNT), X(MS_NOREMOTELOCK), X(MS_NOSEC), X(MS_BORN), X(MS_ACTIVE),
     {0x80000000, "MS_NOUSER"});
XLAT(mount_magic, NULL, X(MS_MGC_VAL));
XLAT(umount_flags, "MNT_???", {1, "MNT_FORCE"}, {2, "MNT_DETACH"}, {4, "MNT_EXPIRE"}, {8, "UMOUNT_NOFOLLOW"});
XLAT(swap_flags, "SWAP_FLAG_???", {0x8000, "SWAP_FLAG_PREFER"}, {0x10000, "SWAP_FLAG_DISCARD"},
     {0x20000, "SWAP_FLAG_DISCARD_ONCE"}, {0x40000, "SWAP_FLAG_DISCARD_PAGES"});

XLAT(open_tree_flags, "OPEN_TREE_???", X(OPEN_TREE_CLONE), X(OPEN_TREE_CLOEXEC), X(AT_SYMLINK_NOFOLLOW),
     X(AT_NO_AUTOMOUNT), X(AT_EMPTY_PATH), X(AT_RECURSIVE));
XLAT(move_mount_flags, "MOVE_MOUNT_???", X(MOVE_MOUNT_F_SYMLINKS), X(MOVE_MOUNT_F_AUTOMOUNTS),
     X(MOVE_MOUNT_F_EMPTY_PATH), X(MOVE_MOUNT_T_SYMLINKS), X(MOVE_MOUNT_T_AUTOMOUNTS),
     X(MOVE_MOUNT_T_EMPTY_PATH), X(MOVE_MOUNT_SET_GROUP), {0x200, "MOVE_MOUNT_BENEATH"});
XLAT(fsopen_flags, "FSOPEN_???", X(FSOPEN_CLOEXEC));
XLAT(fsmount_flags, "FSMOUNT_???", X(FSMOUNT_CLOEXEC));
XLAT(fspick_flags, "FSPICK_???", X(FSPICK_CLOEXEC), X(FSPICK_SYMLINK_NOFOLLOW), X(FSPICK_NO_AUTOMOUNT),
     X(FSPICK_EMPTY_PATH));
/* MOUNT_ATTR__ATIME is the mask of an enumeration: it comes before the values that lie in it. */
XLAT(mount_attributes, "MOUNT_ATTR_???", X(MOUNT_ATTR_RDONLY), X(MOUNT_ATTR_NOSUID), X(MOUNT_ATTR_NODEV),
     X(MOUNT_ATTR_NOEXEC), X(MOUNT_ATTR__ATIME), X(MOUNT_ATTR_NOATIME), X(MOUNT_ATTR_STRICTATIME),
     X(MOUNT_ATTR_NODIRATIME), X(MOUNT_ATTR_IDMAP), X(MOUNT_ATTR_NOSYMFOLLOW));
XLAT(mount_propagation, "MS_???", X(MS_UNBINDABLE), X(MS_PRIVATE), X(MS_SLAVE), X(MS_SHARED));
XLAT(at_mount, "AT_???", X(AT_SYMLINK_NOFOLLOW), X(AT_NO_AUTOMOUNT), X(AT_EMPTY_PATH), X(AT_RECURSIVE));
XLAT(fsconfig_cmd, "FSCONFIG_???", X(FSCONFIG_SET_FLAG), X(FSCONFIG_SET_STRING), X(FSCONFIG_SET_BINARY),
     X(FSCONFIG_SET_PATH), X(FSCONFIG_SET_PATH_EMPTY), X(FSCONFIG_SET_FD), X(FSCONFIG_CMD_CREATE),
     X(FSCONFIG_CMD_RECONFIGURE), {8, "FSCONFIG_CMD_CREATE_EXCL"});

KIND_FLAGS(umount_flags, umount_flags);
KIND_FLAGS(open_tree_flags, open_tree_flags);
KIND_FLAGS(move_mount_flags, move_mount_flags);
KIND_FLAGS(fsopen_flags, fsopen_flags);
KIND_FLAGS(fsmount_flags, fsmount_flags);
KIND_FLAGS(fspick_flags, fspick_flags);
KIND_FLAGS(mount_attr_flags, mount_attributes);
KIND_FLAGS(at_mount, at_mount);
KIND_ENUM(fsconfig_cmd, fsconfig_cmd);

/* Until Linux 2.4 the upper half had to hold MS_MGC_VAL; the kernel still drops it. */
static bool has_magic(uint64_t flags)
{
    return (flags & MS_MGC_MSK) == MS_MGC_VAL;
}

static void decode_mount_flags(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t flags = decode_word(d, raw);
    if (!has_magic(flags)) {
        values_xlat(d->out, VALUE_FLAGS, name, &xlat_mount_flags, flags);
        return;
    }
    uint64_t rest = flags & ~(uint64_t)MS_MGC_MSK;
    uint32_t index = values_open(d->out, VALUE_OR, name);
    values_at(d->out, index)->number = flags;
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_mount_magic, MS_MGC_VAL);
    if (rest) {
        values_xlat(d->out, VALUE_FLAGS, NULL, &xlat_mount_flags, rest);
    }
    values_close(d->out);
}

/* What mount does not look at stays an address: a type where nothing new is mounted, data where it binds. */
static bool mount_uses(const struct decoder *d, bool data)
{
    enum { FLAGS_ARG = 3, CHANGES = MS_BIND | MS_MOVE | MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE };
    uint64_t flags = d->args[FLAGS_ARG];
    flags &= has_magic(decode_word(d, flags)) ? ~(uint64_t)MS_MGC_MSK : UINT64_MAX;
    if (flags & MS_REMOUNT) {
        return data;
    }
    return !(flags & CHANGES);
}

/* kind->option: the argument is the data. */
static void decode_mount_text(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    if (mount_uses(d, kind->option)) {
        decode_cstring(d, name, raw, 0);
    } else {
        decode_addr(d, name, raw);
    }
}

static void decode_swap_flags(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    enum { PRIORITY = 0x7fff };
    uint32_t flags = (uint32_t)raw;

    uint32_t index = values_open(d->out, VALUE_OR, name);
    values_at(d->out, index)->number = flags;
    if (flags & ~(uint32_t)PRIORITY) {
        values_xlat(d->out, VALUE_FLAGS, NULL, &xlat_swap_flags, flags & ~(uint32_t)PRIORITY);
    }
    values_add(d->out, VALUE_UINT, NULL, flags & PRIORITY);
    values_close(d->out);
}

#define ATTR(member, as, ...) MEMBER(struct mount_attr, member, as, ##__VA_ARGS__)
enum { ATTR_IDMAPS = 1, ATTR_NUMBER = 2 };
LAYOUT(mount_attr, struct mount_attr, ATTR(attr_set, FLAGS, .xlat = &xlat_mount_attributes),
       ATTR(attr_clr, FLAGS, .xlat = &xlat_mount_attributes),
       ATTR(propagation, ENUM, .xlat = &xlat_mount_propagation), ATTR(userns_fd, FD, .when = ATTR_IDMAPS),
       ATTR(userns_fd, UINT, .when = ATTR_NUMBER));

static void decode_mount_attr(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct mount_attr attr;
    uint64_t size = decode_word(d, d->args[d->arg + 1]);

    if (size < MOUNT_ATTR_SIZE_VER0) {
        decode_addr(d, name, raw);
        return;
    }
    if (!decode_object(d, name, raw, &attr, sizeof(attr))) {
        return;
    }
    bool idmaps = ((attr.attr_set | attr.attr_clr) & MOUNT_ATTR_IDMAP) && attr.userns_fd <= INT_MAX;
    struct block block = {.bytes = (const unsigned char *)&attr,
                          .size = sizeof(attr),
                          .mask = idmaps ? ATTR_IDMAPS : ATTR_NUMBER};
    values_open(d->out, VALUE_STRUCT, name);
    decode_members(d, &block, &layout_mount_attr);
    decode_unknown_tail(d, raw, sizeof(attr), size);
    values_close(d->out);
}

/* The command, fsconfig's second argument, says what the three that follow are. */
static uint32_t fsconfig_command(const struct decoder *d)
{
    return (uint32_t)d->args[1];
}

static void decode_fsconfig_key(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if (fsconfig_command(d) <= FSCONFIG_SET_FD) {
        decode_cstring(d, name, raw, 0);
    } else {
        decode_addr(d, name, raw);
    }
}

static void decode_binary(struct decoder *d, const char *name, uint64_t addr, int32_t size)
{
    enum { BINARY_MAX = 1024 * 1024, SHOWN_MAX = 1024 };
    unsigned char bytes[SHOWN_MAX];

    if (size < 0 || size > BINARY_MAX) {
        decode_addr(d, name, addr);
        return;
    }
    size_t n = (uint32_t)size < d->options->string_max ? (uint32_t)size : d->options->string_max;
    n = n < SHOWN_MAX ? n : SHOWN_MAX;
    if (decode_object(d, name, addr, bytes, n)) {
        values_bytes(d->out, name, bytes, n, n < (uint32_t)size ? VALUE_MORE : 0);
    }
}

static void decode_fsconfig_value(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    switch (fsconfig_command(d)) {
    case FSCONFIG_SET_STRING:
        decode_cstring(d, name, raw, 0);
        break;
    case FSCONFIG_SET_PATH:
    case FSCONFIG_SET_PATH_EMPTY:
        decode_cstring(d, name, raw, VALUE_PATH);
        break;
    case FSCONFIG_SET_BINARY:
        decode_binary(d, name, raw, (int32_t)d->args[d->arg + 1]);
        break;
    default:
        decode_addr(d, name, raw);
        break;
    }
}

static void decode_fsconfig_aux(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    const struct kind *as = &kind_int;
    switch (fsconfig_command(d)) {
    case FSCONFIG_SET_PATH:
    case FSCONFIG_SET_PATH_EMPTY:
        as = &kind_dirfd;
        break;
    case FSCONFIG_SET_FD:
        as = &kind_fd;
        break;
    default:
        break;
    }
    as->decode(d, name, as, raw);
}

const struct kind kind_mount_flags = {.decode = decode_mount_flags};
const struct kind kind_mount_type = {.decode = decode_mount_text};
const struct kind kind_mount_data = {.decode = decode_mount_text, .option = 1};
const struct kind kind_swap_flags = {.decode = decode_swap_flags};
const struct kind kind_mount_attr = {.decode = decode_mount_attr};
const struct kind kind_fsconfig_key = {.decode = decode_fsconfig_key};
const struct kind kind_fsconfig_value = {.decode = decode_fsconfig_value};
const struct kind kind_fsconfig_aux = {.decode = decode_fsconfig_aux};
