/* statmount and listmount (6.8): what a mount is, and which there are; listns (6.19): which namespaces there
 * are. The same structures on every ABI. */
#include <linux/mount.h>
#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/members.h"
#include "decode/kinds/mount.h"
#include "decode/kinds/stat.h"

/* Bits of struct statmount's mask, as of Linux 6.18. */
enum {
    STATMOUNT_SB_BASIC = 0x1,
    STATMOUNT_MNT_BASIC = 0x2,
    STATMOUNT_PROPAGATE_FROM = 0x4,
    STATMOUNT_MNT_ROOT = 0x8,
    STATMOUNT_MNT_POINT = 0x10,
    STATMOUNT_FS_TYPE = 0x20,
    STATMOUNT_MNT_NS_ID = 0x40,
    STATMOUNT_MNT_OPTS = 0x80,
    STATMOUNT_FS_SUBTYPE = 0x100,
    STATMOUNT_SB_SOURCE = 0x200,
    STATMOUNT_OPT_ARRAY = 0x400,
    STATMOUNT_OPT_SEC_ARRAY = 0x800,
    STATMOUNT_SUPPORTED_MASK = 0x1000,
    STATMOUNT_MNT_UIDMAP = 0x2000,
    STATMOUNT_MNT_GIDMAP = 0x4000,
};

XLAT(statmount_mask, "STATMOUNT_???", X(STATMOUNT_SB_BASIC), X(STATMOUNT_MNT_BASIC),
     X(STATMOUNT_PROPAGATE_FROM), X(STATMOUNT_MNT_ROOT), X(STATMOUNT_MNT_POINT), X(STATMOUNT_FS_TYPE),
     X(STATMOUNT_MNT_NS_ID), X(STATMOUNT_MNT_OPTS), X(STATMOUNT_FS_SUBTYPE), X(STATMOUNT_SB_SOURCE),
     X(STATMOUNT_OPT_ARRAY), X(STATMOUNT_OPT_SEC_ARRAY), X(STATMOUNT_SUPPORTED_MASK), X(STATMOUNT_MNT_UIDMAP),
     X(STATMOUNT_MNT_GIDMAP));
XLAT(superblock_flags, "MS_???", X(MS_RDONLY), X(MS_SYNCHRONOUS), X(MS_DIRSYNC), X(MS_LAZYTIME));
XLAT(propagation_flags, "MS_???", X(MS_UNBINDABLE), X(MS_PRIVATE), X(MS_SLAVE), X(MS_SHARED));
XLAT(list_root, NULL, {UINT64_MAX, "LSMT_ROOT"});
XLAT(listmount_flags, "LISTMOUNT_???", {1, "LISTMOUNT_REVERSE"});
KIND_FLAGS(listmount_flags, listmount_flags);

struct mount_request {
    uint32_t size, spare;
    uint64_t mnt_id, param, mnt_ns_id;
};
enum { REQUEST_FIRST_SIZE = offsetof(struct mount_request, mnt_ns_id) };
enum { HAS_SPARE = 1, HAS_NAMESPACE = 2, HAS_SPARE2 = 4 };

#define REQUEST(member, as, ...) MEMBER(struct mount_request, member, as, ##__VA_ARGS__)
#define REQUEST_HEAD REQUEST(spare, HEX, .when = HAS_SPARE)
#define REQUEST_TAIL REQUEST(mnt_ns_id, HEX, .when = HAS_NAMESPACE)
LAYOUT(statmount_req, struct mount_request, REQUEST_HEAD, REQUEST(mnt_id, HEX),
       REQUEST(param, FLAGS, .xlat = &xlat_statmount_mask), REQUEST_TAIL);
LAYOUT(listmount_req, struct mount_request, REQUEST_HEAD, REQUEST(mnt_id, ENUM, .xlat = &xlat_list_root),
       REQUEST(param, HEX), REQUEST_TAIL);

struct namespace_request {
    uint32_t size, spare;
    uint64_t ns_id;
    uint32_t ns_type, spare2;
    uint64_t user_ns_id;
};
_Static_assert(sizeof(struct namespace_request) == sizeof(struct mount_request), "struct ns_id_req");

/* enum ns_type (include/uapi/linux/nsfs.h). */
XLAT(namespace_type, "???_NS", {0x80, "TIME_NS"}, {0x20000, "MNT_NS"}, {0x2000000, "CGROUP_NS"},
     {0x4000000, "UTS_NS"}, {0x8000000, "IPC_NS"}, {0x10000000, "USER_NS"}, {0x20000000, "PID_NS"},
     {0x40000000, "NET_NS"});
XLAT(list_user, NULL, {UINT64_MAX, "LISTNS_CURRENT_USER"});
#define NAMESPACE(member, as, ...) MEMBER(struct namespace_request, member, as, ##__VA_ARGS__)
LAYOUT(listns_req, struct namespace_request, NAMESPACE(spare, HEX, .when = HAS_SPARE), NAMESPACE(ns_id, HEX),
       NAMESPACE(ns_type, FLAGS, .xlat = &xlat_namespace_type), NAMESPACE(spare2, HEX, .when = HAS_SPARE2),
       NAMESPACE(user_ns_id, ENUM, .xlat = &xlat_list_user));

static void decode_request_body(struct decoder *d, const struct layout *layout, uint64_t addr, uint32_t size)
{
    struct mount_request request = {0};
    size_t want = size < sizeof(request) ? size : sizeof(request);

    if (!mem_read(d->mem, decode_word(d, addr), &request, want)) {
        values_word(d->out, NULL, "???");
        return;
    }
    struct block block = {.bytes = (const unsigned char *)&request, .size = sizeof(request)};
    block.mask |= request.spare ? HAS_SPARE : 0;
    block.mask |= want == sizeof(request) ? HAS_NAMESPACE : 0;
    block.mask |= request.param >> 32 ? HAS_SPARE2 : 0; /* where a namespace's request has it */
    decode_members(d, &block, layout);
    decode_unknown_tail(d, addr, sizeof(request), size);
}

/* kind->aux: the layout; kind->size: the least there was. The structure's first member is its size. */
static void decode_request(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t size;
    if (!decode_object(d, name, raw, &size, sizeof(size))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_UINT, "size", size);
    if (size >= kind->size) {
        decode_request_body(d, kind->aux, raw, size);
    }
    values_close(d->out);
}

/* Linux 6.18's. Strings follow; members that hold one are offsets from there. */
struct mount_status {
    uint32_t size, mnt_opts;
    uint64_t mask;
    uint32_t sb_dev_major, sb_dev_minor;
    uint64_t sb_magic;
    uint32_t sb_flags, fs_type;
    uint64_t mnt_id, mnt_parent_id;
    uint32_t mnt_id_old, mnt_parent_id_old;
    uint64_t mnt_attr, mnt_propagation, mnt_peer_group, mnt_master, propagate_from;
    uint32_t mnt_root, mnt_point;
    uint64_t mnt_ns_id;
    uint32_t fs_subtype, sb_source, opt_num, opt_array, opt_sec_num, opt_sec_array;
    uint64_t supported_mask;
    uint32_t mnt_uidmap_num, mnt_uidmap, mnt_gidmap_num, mnt_gidmap;
    uint64_t spare[43];
};
_Static_assert(sizeof(struct mount_status) == 512, "struct statmount");

#define STATUS(member, as, ...) MEMBER(struct mount_status, member, as, ##__VA_ARGS__)
#define STATUS_IF(bit, member, as, ...) STATUS(member, as, .when = STATMOUNT_##bit, ##__VA_ARGS__)
LAYOUT(statmount, struct mount_status, STATUS(size, UINT), STATUS_IF(MNT_OPTS, mnt_opts, TEXT),
       STATUS(mask, FLAGS, .xlat = &xlat_statmount_mask), STATUS_IF(SB_BASIC, sb_dev_major, UINT),
       STATUS_IF(SB_BASIC, sb_dev_minor, UINT), STATUS_IF(SB_BASIC, sb_magic, ENUM, .xlat = &xlat_fs_magic),
       STATUS_IF(SB_BASIC, sb_flags, FLAGS, .xlat = &xlat_superblock_flags),
       STATUS_IF(FS_TYPE, fs_type, TEXT), STATUS_IF(MNT_BASIC, mnt_id, HEX),
       STATUS_IF(MNT_BASIC, mnt_parent_id, HEX), STATUS_IF(MNT_BASIC, mnt_id_old, HEX),
       STATUS_IF(MNT_BASIC, mnt_parent_id_old, HEX),
       STATUS_IF(MNT_BASIC, mnt_attr, FLAGS, .xlat = &xlat_mount_attributes),
       STATUS_IF(MNT_BASIC, mnt_propagation, FLAGS, .xlat = &xlat_propagation_flags),
       STATUS_IF(MNT_BASIC, mnt_peer_group, HEX), STATUS_IF(MNT_BASIC, mnt_master, HEX),
       STATUS_IF(PROPAGATE_FROM, propagate_from, HEX), STATUS_IF(MNT_ROOT, mnt_root, TEXT),
       STATUS_IF(MNT_POINT, mnt_point, TEXT), STATUS_IF(MNT_NS_ID, mnt_ns_id, HEX),
       STATUS_IF(FS_SUBTYPE, fs_subtype, TEXT), STATUS_IF(SB_SOURCE, sb_source, TEXT),
       STATUS_IF(OPT_ARRAY, opt_num, UINT), STATUS_IF(OPT_ARRAY, opt_array, TEXT),
       STATUS_IF(OPT_SEC_ARRAY, opt_sec_num, UINT), STATUS_IF(OPT_SEC_ARRAY, opt_sec_array, TEXT),
       STATUS_IF(SUPPORTED_MASK, supported_mask, FLAGS, .xlat = &xlat_statmount_mask),
       STATUS_IF(MNT_UIDMAP, mnt_uidmap_num, UINT), STATUS_IF(MNT_UIDMAP, mnt_uidmap, TEXT),
       STATUS_IF(MNT_GIDMAP, mnt_gidmap_num, UINT), STATUS_IF(MNT_GIDMAP, mnt_gidmap, TEXT));

enum { STATUS_SIZE_ARG = 2, STATUS_TEXT_MAX = 3 * 4096 };

static void decode_statmount(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    unsigned char bytes[sizeof(struct mount_status) + STATUS_TEXT_MAX];
    struct mount_status status = {0};
    uint64_t room = decode_word(d, d->args[STATUS_SIZE_ARG]);
    size_t fixed = room < sizeof(status) ? (size_t)room : sizeof(status);
    size_t text = 0;

    if (fixed < sizeof(status.size)) {
        decode_addr(d, name, raw);
        return;
    }
    if (!decode_object(d, name, raw, &status, fixed)) {
        return;
    }
    memcpy(bytes, &status, sizeof(status));
    if (status.size > sizeof(status) && status.size <= room) {
        text = status.size - sizeof(status);
        text = text < STATUS_TEXT_MAX ? text : STATUS_TEXT_MAX;
        uint64_t at = decode_word(d, raw) + sizeof(status);
        text = mem_read(d->mem, at, bytes + sizeof(status), text) ? text : 0;
    }
    struct block block = {.bytes = bytes,
                          .size = sizeof(status) + text,
                          .text = text ? sizeof(status) : 0,
                          .mask = status.mask};
    values_open(d->out, VALUE_STRUCT, name);
    decode_members(d, &block, &layout_statmount);
    values_close(d->out);
}

static void decode_mount_id_element(struct decoder *d, const void *element, void *context)
{
    (void)context;
    uint64_t id;
    memcpy(&id, element, sizeof(id));
    values_add(d->out, VALUE_HEX, NULL, id);
}

static void decode_mount_ids(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t room = decode_word(d, d->args[d->arg + 1]);
    uint64_t count = (uint64_t)d->result < room ? (uint64_t)d->result : room;
    decode_array(d, name, raw, count, sizeof(uint64_t), decode_mount_id_element, NULL);
}

#define REQUEST_KIND(id, least)                                                                              \
    {                                                                                                        \
        .decode = decode_request, .aux = &layout_##id, .size = (least)                                       \
    }
const struct kind kind_statmount_req = REQUEST_KIND(statmount_req, REQUEST_FIRST_SIZE);
const struct kind kind_listmount_req = REQUEST_KIND(listmount_req, REQUEST_FIRST_SIZE);
const struct kind kind_listns_req = REQUEST_KIND(listns_req, sizeof(struct namespace_request));
const struct kind kind_statmount_out = {.decode = decode_statmount,
                                        .direction = DIR_OUT,
                                        .extent = EXTENT_ARG,
                                        .extent_arg = STATUS_SIZE_ARG,
                                        .size = 1};
const struct kind kind_mount_ids_out = {
    .decode = decode_mount_ids, .direction = DIR_OUT, .extent = EXTENT_RESULT, .size = sizeof(uint64_t)};
