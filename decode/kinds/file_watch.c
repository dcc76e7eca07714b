/* inotify and fanotify; and lookup_dcookie, which passes a 64-bit number in the same way. */
#include <linux/fanotify.h>
#include <sys/inotify.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/file.h"

XLAT(inotify_mask, "IN_???", X(IN_ACCESS), X(IN_MODIFY), X(IN_ATTRIB), X(IN_CLOSE_WRITE), X(IN_CLOSE_NOWRITE),
     X(IN_OPEN), X(IN_MOVED_FROM), X(IN_MOVED_TO), X(IN_CREATE), X(IN_DELETE), X(IN_DELETE_SELF),
     X(IN_MOVE_SELF), X(IN_UNMOUNT), X(IN_Q_OVERFLOW), X(IN_IGNORED), X(IN_ONLYDIR), X(IN_DONT_FOLLOW),
     X(IN_EXCL_UNLINK), X(IN_MASK_CREATE), X(IN_MASK_ADD), X(IN_ISDIR), {0x80000000, "IN_ONESHOT"});
XLAT(inotify_flags, "IN_???", X(IN_NONBLOCK), X(IN_CLOEXEC));

XLAT(fanotify_class, "FAN_CLASS_???", X(FAN_CLASS_NOTIF), X(FAN_CLASS_CONTENT), X(FAN_CLASS_PRE_CONTENT));
XLAT(fanotify_init, "FAN_???", X(FAN_CLOEXEC), X(FAN_NONBLOCK), X(FAN_UNLIMITED_QUEUE),
     X(FAN_UNLIMITED_MARKS), X(FAN_ENABLE_AUDIT), X(FAN_REPORT_PIDFD), X(FAN_REPORT_TID), X(FAN_REPORT_FID),
     X(FAN_REPORT_DIR_FID), X(FAN_REPORT_NAME), X(FAN_REPORT_TARGET_FID), {0x2000, "FAN_REPORT_FD_ERROR"},
     {0x4000, "FAN_REPORT_MNT"});
/* FAN_MARK_MNTNS (6.14) is made of the bits of FAN_MARK_MOUNT and FAN_MARK_FILESYSTEM. */
XLAT(fanotify_flags, "FAN_MARK_???", X(FAN_MARK_ADD), X(FAN_MARK_REMOVE), X(FAN_MARK_FLUSH),
     X(FAN_MARK_DONT_FOLLOW), X(FAN_MARK_ONLYDIR), {0x110, "FAN_MARK_MNTNS"}, X(FAN_MARK_MOUNT),
     X(FAN_MARK_FILESYSTEM), X(FAN_MARK_IGNORED_MASK), X(FAN_MARK_IGNORED_SURV_MODIFY), X(FAN_MARK_IGNORE),
     X(FAN_MARK_EVICTABLE));
XLAT(fanotify_mask, "FAN_???", X(FAN_ACCESS), X(FAN_MODIFY), X(FAN_ATTRIB), X(FAN_CLOSE_WRITE),
     X(FAN_CLOSE_NOWRITE), X(FAN_OPEN), X(FAN_MOVED_FROM), X(FAN_MOVED_TO), X(FAN_CREATE), X(FAN_DELETE),
     X(FAN_DELETE_SELF), X(FAN_MOVE_SELF), X(FAN_OPEN_EXEC), X(FAN_Q_OVERFLOW), X(FAN_FS_ERROR),
     X(FAN_OPEN_PERM), X(FAN_ACCESS_PERM), X(FAN_OPEN_EXEC_PERM), {0x80000, "FAN_DIR_MODIFY"},
     {0x100000, "FAN_PRE_ACCESS"}, {0x1000000, "FAN_MNT_ATTACH"}, {0x2000000, "FAN_MNT_DETACH"},
     X(FAN_EVENT_ON_CHILD), X(FAN_RENAME), X(FAN_ONDIR));

KIND_FLAGS(inotify_mask, inotify_mask);
KIND_FLAGS(inotify_flags, inotify_flags);
KIND_FLAGS(fanotify_flags, fanotify_flags);

static void decode_fanotify_init(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t class_bits = (uint32_t)raw & (FAN_CLASS_CONTENT | FAN_CLASS_PRE_CONTENT);
    uint32_t rest = (uint32_t)raw & ~class_bits;

    uint32_t index = values_open(d->out, VALUE_OR, name);
    values_at(d->out, index)->number = (uint32_t)raw;
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_fanotify_class, class_bits);
    if (rest) {
        values_xlat(d->out, VALUE_FLAGS, NULL, &xlat_fanotify_init, rest);
    }
    values_close(d->out);
}

/* i386 passes a 64-bit number in two registers, low half first; what follows is one register further. */
static bool wide_takes_two(const struct decoder *d)
{
    return d->abi->long_size == 4;
}

static uint64_t wide(const struct decoder *d, uint64_t raw)
{
    return wide_takes_two(d) ? (uint32_t)raw | d->args[d->arg + 1] << 32 : raw;
}

static uint64_t behind_wide(const struct decoder *d, uint64_t raw)
{
    return wide_takes_two(d) ? d->args[d->arg + 1] : raw;
}

static void decode_fanotify_mask(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    values_xlat(d->out, VALUE_FLAGS, name, &xlat_fanotify_mask, wide(d, raw));
}

static void decode_fanotify_dirfd(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t dirfd = behind_wide(d, raw);
    if ((int32_t)dirfd == FAN_NOFD) {
        uint32_t index = values_word(d->out, name, "FAN_NOFD");
        values_stand_for(d->out, index, UINT64_MAX, VALUE_AS_INT);
    } else {
        kind_dirfd.decode(d, name, &kind_dirfd, dirfd);
    }
}

/* aux: the kind of an argument that follows a 64-bit one. */
static void decode_behind_wide(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    const struct kind *inner = kind->aux;
    inner->decode(d, name, inner, behind_wide(d, raw));
}

static void decode_cookie(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    values_add(d->out, VALUE_UINT, name, wide(d, raw));
}

const struct kind kind_fanotify_init = {.decode = decode_fanotify_init};
const struct kind kind_fanotify_mask = {.decode = decode_fanotify_mask};
const struct kind kind_fanotify_dirfd = {.decode = decode_fanotify_dirfd};
const struct kind kind_fanotify_path = {.decode = decode_behind_wide, .aux = &kind_path};
const struct kind kind_cookie = {.decode = decode_cookie};
/* The call is gone since 6.8 (ENOSYS): its buffer stays an address. */
const struct kind kind_cookie_buf = {.decode = decode_behind_wide, .aux = &kind_addr};
const struct kind kind_cookie_length = {.decode = decode_behind_wide, .aux = &kind_ulong};
