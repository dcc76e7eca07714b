/* Requests to a seccomp listener (linux/seccomp.h), as supervisors like proctor itself make them. */
#include <linux/ioctl.h>
#include <linux/seccomp.h>
#include <linux/types.h>
#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/file.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/members.h"
#include "decode/kinds/ptrace_info.h"
#include "decode/kinds/signal.h"
#include "decode/render.h"

XLAT(response_flags, "SECCOMP_USER_NOTIF_FLAG_???", {1, "SECCOMP_USER_NOTIF_FLAG_CONTINUE"});
XLAT(listener_flags, "SECCOMP_USER_NOTIF_???", {1, "SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP"});
XLAT(addfd_flags, "SECCOMP_ADDFD_FLAG_???", {1, "SECCOMP_ADDFD_FLAG_SETFD"}, {2, "SECCOMP_ADDFD_FLAG_SEND"});

LAYOUT(added, struct seccomp_notif_addfd, MEMBER(struct seccomp_notif_addfd, id, HEX),
       MEMBER(struct seccomp_notif_addfd, flags, FLAGS, .xlat = &xlat_addfd_flags),
       MEMBER(struct seccomp_notif_addfd, srcfd, FD), MEMBER(struct seccomp_notif_addfd, newfd, INT),
       MEMBER(struct seccomp_notif_addfd, newfd_flags, FLAGS, .xlat = &xlat_open_flags));

LAYOUT(call_args, struct seccomp_data, MEMBER(struct seccomp_data, args, ARRAY, .each = AS_HEX, .width = 8));

static void append_call(struct decoder *d, const char *name, const struct seccomp_data *data)
{
    values_open(d->out, VALUE_STRUCT, name);
    decode_call_number(d, data->arch, (uint32_t)data->nr);
    values_xlat(d->out, VALUE_ENUM, "arch", &xlat_audit_arch, data->arch);
    values_add(d->out, VALUE_ADDR, "instruction_pointer", data->instruction_pointer);
    decode_members(d, &(struct block){.bytes = (const unsigned char *)data, .size = sizeof(*data)},
                   &layout_call_args);
    values_close(d->out);
}

static void append_notification(struct decoder *d, const char *name, uint64_t addr)
{
    struct seccomp_notif notification;
    if (!decode_object(d, name, addr, &notification, sizeof(notification))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_HEX, "id", notification.id);
    decode_pid(d, "pid", (int32_t)notification.pid);
    values_add(d->out, VALUE_HEX, "flags", notification.flags);
    append_call(d, "data", &notification.data);
    values_close(d->out);
}

/*
 * The kernel wants zeroes, which are not shown, and fills in the notification (kernel/seccomp.c,
 * seccomp_notify_recv). Behind anything else, strace has the address of what a failed call left alone.
 */
static void decode_notification(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    static const struct seccomp_notif zero;
    struct seccomp_notif before;
    (void)kind;
    if (!d->at_exit) {
        bool shown = mem_read(d->mem, decode_word(d, raw), &before, sizeof(before)) &&
                     memcmp(&before, &zero, sizeof(before)) != 0;
        shown ? append_notification(d, name, raw) : decode_addr(d, name, raw);
        return;
    }
    uint32_t entry = decode_entry_struct(d);
    if (entry) {
        values_open(d->out, VALUE_CHANGE, name);
        values_again(d->out, NULL, entry);
    }
    if (d->result >= 0) {
        append_notification(d, entry ? NULL : name, raw);
    } else if (entry) {
        decode_addr(d, NULL, raw);
    }
    if (entry) {
        values_close(d->out);
    }
}

static void decode_response(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct seccomp_notif_resp response;
    (void)kind;
    if (!decode_object(d, name, raw, &response, sizeof(response))) {
        return;
    }
    const char *error = response.error < 0 && response.error > -4096 ? errno_name(-response.error) : NULL;
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_HEX, "id", response.id);
    values_add(d->out, VALUE_INT, "val", (uint64_t)response.val);
    if (error) {
        uint32_t index = values_wordf(d->out, "error", "-%s", error);
        values_stand_for(d->out, index, (uint64_t)(int64_t)response.error, VALUE_AS_INT);
    } else {
        values_add(d->out, VALUE_INT, "error", (uint64_t)(int64_t)response.error);
    }
    append_flags(d, "flags", &xlat_response_flags, response.flags);
    values_close(d->out);
}

static const struct kind notification_kind = {.decode = decode_notification};
static const struct kind response_kind = {.decode = decode_response};

/* What kernels before 5.17 took for SECCOMP_IOCTL_NOTIF_ID_VALID: its direction was wrong. */
enum { NOTIF_ID_VALID_OLD = 0x80082102U };
/* SECCOMP_IOCTL_NOTIF_SET_FLAGS: Linux 6.6. */
enum { NOTIF_SET_FLAGS = 0x40082104 };

IOCTL_SHAPES(seccomp, {SECCOMP_IOCTL_NOTIF_RECV, IOCTL_DECODED, DIR_OUT_ANY, 0, &notification_kind},
             {SECCOMP_IOCTL_NOTIF_SEND, IOCTL_DECODED, DIR_IN, 0, &response_kind},
             {SECCOMP_IOCTL_NOTIF_ADDFD, IOCTL_LAYOUT_AT, DIR_IN, 0, &layout_added},
             {NOTIF_ID_VALID_OLD, IOCTL_HEX_AT, DIR_IN, 8, NULL},
             {SECCOMP_IOCTL_NOTIF_ID_VALID, IOCTL_HEX_AT, DIR_IN, 8, NULL},
             {NOTIF_SET_FLAGS, IOCTL_FLAGS, DIR_IN, 0, &xlat_listener_flags});
