/*
 * Requests to the device mapper (linux/dm-ioctl.h): a structure that says where behind it, in the same
 * buffer, lies what is asked and answered. Shown as an array, the structure first.
 */
#include <linux/dm-ioctl.h>
#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/file.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/members.h"

XLAT(dm_flags, "DM_???", X(DM_READONLY_FLAG), X(DM_SUSPEND_FLAG), {0x4, "DM_EXISTS_FLAG"}, /* libdm's own */
     X(DM_PERSISTENT_DEV_FLAG), X(DM_STATUS_TABLE_FLAG), X(DM_ACTIVE_PRESENT_FLAG),
     X(DM_INACTIVE_PRESENT_FLAG), X(DM_BUFFER_FULL_FLAG), X(DM_SKIP_BDGET_FLAG), X(DM_SKIP_LOCKFS_FLAG),
     X(DM_NOFLUSH_FLAG), X(DM_QUERY_INACTIVE_TABLE_FLAG), X(DM_UEVENT_GENERATED_FLAG), X(DM_UUID_FLAG),
     X(DM_SECURE_DATA_FLAG), X(DM_DATA_OUT_FLAG), X(DM_DEFERRED_REMOVE), X(DM_INTERNAL_SUSPEND_FLAG),
     {0x80000, "DM_IMA_MEASUREMENT_FLAG"});

/* What lies at data_start, before or after the call. */
enum payload { NO_DATA, DATA_STRING, DATA_MESSAGE, DATA_TARGETS, DATA_DEVICES, DATA_NAMES, DATA_VERSIONS };

enum {
    HAS_DATA = 1 << 0,   /* data_start is looked at */
    HAS_DEVICE = 1 << 1, /* by number, name or UUID */
    HAS_EVENT = 1 << 2,  /* asks with the number of an event */
    HAS_STATE = 1 << 3,  /* is told the device's state */
};

struct command {
    uint8_t number;
    uint8_t has;
    uint8_t asked, told; /* enum payload */
};

static const struct command commands[] = {
    {DM_VERSION_CMD, HAS_DEVICE, NO_DATA, NO_DATA},
    {DM_REMOVE_ALL_CMD, 0, NO_DATA, NO_DATA},
    {DM_LIST_DEVICES_CMD, HAS_DATA, NO_DATA, DATA_NAMES},
    {DM_DEV_CREATE_CMD, HAS_DEVICE | HAS_STATE, NO_DATA, NO_DATA},
    {DM_DEV_REMOVE_CMD, HAS_DEVICE | HAS_EVENT, NO_DATA, NO_DATA},
    {DM_DEV_RENAME_CMD, HAS_DATA | HAS_DEVICE | HAS_EVENT | HAS_STATE, DATA_STRING, NO_DATA},
    {DM_DEV_SUSPEND_CMD, HAS_DEVICE | HAS_EVENT | HAS_STATE, NO_DATA, NO_DATA},
    {DM_DEV_STATUS_CMD, HAS_DEVICE | HAS_STATE, NO_DATA, NO_DATA},
    {DM_DEV_WAIT_CMD, HAS_DATA | HAS_DEVICE | HAS_EVENT | HAS_STATE, NO_DATA, DATA_TARGETS},
    {DM_TABLE_LOAD_CMD, HAS_DATA | HAS_DEVICE | HAS_STATE, DATA_TARGETS, NO_DATA},
    {DM_TABLE_CLEAR_CMD, HAS_DEVICE | HAS_STATE, NO_DATA, NO_DATA},
    {DM_TABLE_DEPS_CMD, HAS_DATA | HAS_DEVICE | HAS_STATE, NO_DATA, DATA_DEVICES},
    {DM_TABLE_STATUS_CMD, HAS_DATA | HAS_DEVICE | HAS_STATE, NO_DATA, DATA_TARGETS},
    {DM_LIST_VERSIONS_CMD, HAS_DATA, NO_DATA, DATA_VERSIONS},
    {DM_TARGET_MSG_CMD, HAS_DATA | HAS_DEVICE | HAS_STATE, DATA_MESSAGE, DATA_STRING},
    {DM_DEV_SET_GEOMETRY_CMD, HAS_DATA | HAS_DEVICE, DATA_STRING, NO_DATA},
    {DM_DEV_ARM_POLL_CMD, HAS_DEVICE, NO_DATA, NO_DATA},
};

/* A request: its structure, and where it was read. */
struct request {
    const struct command *command;
    uint64_t addr;
    struct dm_ioctl head; /* without its data */
};

static void append_misplaced(struct decoder *d, const char *what)
{
    uint32_t index = values_word(d->out, NULL, "???");
    values_note(d->out, index, what, strlen(what));
}

static bool read_at(struct decoder *d, uint64_t addr, void *object, size_t n)
{
    if (mem_read(d->mem, addr, object, n)) {
        return true;
    }
    decode_addr(d, NULL, addr);
    return false;
}

/*
 * The text at this offset of the buffer, which ends at its NUL, if the buffer doesn't before. Returns its
 * length with the NUL; 0: there was none.
 */
static size_t append_text(struct decoder *d, const char *name, const struct request *r, uint32_t offset)
{
    uint32_t index = d->out->count, left = r->head.data_size - offset;
    if (left == 0) {
        values_string(d->out, name, "", 0, 0);
        return 0;
    }
    decode_cstring_in(d, name, r->addr + offset, left);
    struct value *text = values_at(d->out, index);
    if (index == d->out->count || text->type != VALUE_STRING) {
        return 0;
    }
    text->flags |= text->length == left ? VALUE_MORE : 0; /* the NUL behind the buffer is none of its own */
    return text->flags & VALUE_MORE ? 0 : text->length + 1;
}

/* True if something of `size` bytes at `offset` lies in the buffer, behind the end of what was before it (0:
 * nothing). */
static bool is_placed(const struct request *r, uint32_t offset, uint32_t size, uint32_t end)
{
    return (end == 0 || offset > end) && offset + size > offset && offset + size <= r->head.data_size;
}

/* Each says how far it is to the next: from itself where it is asked, from the first one where it is told. */
static void append_targets(struct decoder *d, const struct request *r)
{
    uint32_t offset = r->head.data_start;
    uint32_t end = 0;
    for (uint32_t i = 0; i < r->head.target_count && !d->out->full; i++) {
        struct dm_target_spec target;
        if (!is_placed(r, offset, sizeof(target), end)) {
            append_misplaced(d, "misplaced struct dm_target_spec");
            return;
        }
        end = offset + (uint32_t)sizeof(target);
        if (!read_at(d, r->addr + offset, &target, sizeof(target))) {
            return;
        }
        values_open(d->out, VALUE_STRUCT, NULL);
        values_add(d->out, VALUE_UINT, "sector_start", target.sector_start);
        values_add(d->out, VALUE_UINT, "length", target.length);
        if (d->at_exit) {
            values_add(d->out, VALUE_INT, "status", (uint64_t)(int64_t)target.status);
        }
        decode_char_array(d, "target_type", target.target_type, sizeof(target.target_type));
        append_text(d, "string", r, end);
        values_close(d->out);
        offset = d->at_exit ? r->head.data_start + target.next : offset + target.next;
    }
}

static void append_device(struct decoder *d, const void *element, void *context)
{
    (void)context;
    uint64_t device;
    memcpy(&device, element, sizeof(device));
    decode_device(d, NULL, device);
}

static void append_devices(struct decoder *d, const struct request *r)
{
    uint32_t offset = r->head.data_start;
    uint32_t end = offset + (uint32_t)offsetof(struct dm_target_deps, dev);
    struct dm_target_deps deps = {0};
    bool placed = end > offset && end <= r->head.data_size;
    if (placed && !read_at(d, r->addr + offset, &deps, sizeof(deps))) {
        return;
    }
    if (!placed || deps.count > (r->head.data_size - end) / sizeof(uint64_t)) {
        append_misplaced(d, "misplaced struct dm_target_deps");
        return;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    values_add(d->out, VALUE_UINT, "count", deps.count);
    decode_array(d, "deps", r->addr + end, deps.count, sizeof(uint64_t), append_device, NULL);
    values_close(d->out);
}

/*
 * Since Linux 4.13 (version 4.36 of this interface) a number stands behind the name of a device, aligned to
 * 8; 32-bit programs were told a wrong offset before 4.37.
 */
static void append_event(struct decoder *d, const struct request *r, uint64_t name, size_t length,
                         uint64_t next)
{
    uint64_t addr = (name + length + 7) & ~UINT64_C(7);
    uint32_t event;
    if (length && r->head.version[1] >= 37 && addr + sizeof(event) <= next &&
        mem_read(d->mem, addr, &event, sizeof(event))) {
        values_add(d->out, VALUE_UINT, "event_nr", event);
    }
}

/* Devices or targets, by name: which of them, where the first is, where the name starts, how it is shown. */
static void append_named_device(struct decoder *d, const struct request *r, uint32_t offset,
                                const struct dm_name_list *list)
{
    uint32_t name = offset + (uint32_t)offsetof(struct dm_name_list, name);
    decode_device(d, "dev", list->dev);
    size_t length = append_text(d, "name", r, name);
    append_event(d, r, r->addr + name, length, r->addr + offset + list->next);
}

static void append_named_version(struct decoder *d, const struct request *r, uint32_t offset,
                                 const struct dm_target_versions *list)
{
    append_text(d, "name", r, offset + (uint32_t)offsetof(struct dm_target_versions, name));
    values_open(d->out, VALUE_ARRAY, "version");
    for (unsigned i = 0; i < 3; i++) {
        values_add(d->out, VALUE_UINT, NULL, list->version[i]);
    }
    values_close(d->out);
}

/* A list of devices, or of targets with their versions: each says how far it is to the next one. */
static void append_list(struct decoder *d, const struct request *r, bool devices)
{
    const size_t size =
        devices ? offsetof(struct dm_name_list, name) : offsetof(struct dm_target_versions, name);
    uint32_t offset = r->head.data_start;
    uint32_t end = 0;
    uint32_t next;
    do {
        union {
            struct dm_name_list device;
            struct dm_target_versions version;
        } entry;
        if (!is_placed(r, offset, (uint32_t)size, end)) {
            append_misplaced(d, devices ? "misplaced struct dm_name_list"
                                        : "misplaced struct dm_target_versions");
            return;
        }
        end = offset + (uint32_t)size;
        if (!read_at(d, r->addr + offset, &entry, size)) {
            return;
        }
        values_open(d->out, VALUE_STRUCT, NULL);
        if (devices) {
            append_named_device(d, r, offset, &entry.device);
        } else {
            append_named_version(d, r, offset, &entry.version);
        }
        values_close(d->out);
        next = devices ? entry.device.next : entry.version.next;
        offset += next;
    } while (next && !d->out->full);
}

static void append_message(struct decoder *d, const struct request *r)
{
    uint32_t offset = r->head.data_start;
    uint32_t end = offset + (uint32_t)offsetof(struct dm_target_msg, message);
    struct dm_target_msg message;
    if (end <= offset || end > r->head.data_size) {
        append_misplaced(d, "misplaced struct dm_target_msg");
    } else if (read_at(d, r->addr + offset, &message, sizeof(message))) {
        values_open(d->out, VALUE_STRUCT, NULL);
        values_add(d->out, VALUE_UINT, "sector", message.sector);
        append_text(d, "message", r, end);
        values_close(d->out);
    }
}

static void append_string(struct decoder *d, const struct request *r)
{
    if (r->head.data_start > r->head.data_size) {
        append_misplaced(d, "misplaced string");
        return;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    append_text(d, "string", r, r->head.data_start);
    values_close(d->out);
}

/* True if there is something at data_start. */
static bool has_payload(const struct request *r, enum payload payload, bool at_exit)
{
    switch (payload) {
    case NO_DATA:
        return false;
    case DATA_TARGETS:
        return r->head.target_count > 0;
    case DATA_STRING:
        return !at_exit || r->head.flags & DM_DATA_OUT_FLAG;
    default:
        return r->head.data_start != r->head.data_size;
    }
}

static void append_payload(struct decoder *d, const struct request *r, enum payload payload)
{
    switch (payload) {
    case NO_DATA:
        break;
    case DATA_STRING:
        append_string(d, r);
        break;
    case DATA_MESSAGE:
        append_message(d, r);
        break;
    case DATA_TARGETS:
        append_targets(d, r);
        break;
    case DATA_DEVICES:
        append_devices(d, r);
        break;
    case DATA_NAMES:
        append_list(d, r, true);
        break;
    case DATA_VERSIONS:
        append_list(d, r, false);
        break;
    }
}

static void append_identity(struct decoder *d, const struct dm_ioctl *head)
{
    if (head->dev) {
        decode_device(d, "dev", head->dev);
    }
    if (head->name[0]) {
        decode_char_array(d, "name", head->name, sizeof(head->name));
    }
    if (head->uuid[0]) {
        decode_char_array(d, "uuid", head->uuid, sizeof(head->uuid));
    }
}

static void append_counts(struct decoder *d, const struct request *r)
{
    const struct dm_ioctl *head = &r->head;
    bool resumes = r->command->number != DM_DEV_SUSPEND_CMD || !(head->flags & DM_SUSPEND_FLAG);
    if (d->at_exit && d->result >= 0 && r->command->has & HAS_STATE) {
        values_add(d->out, VALUE_UINT, "target_count", head->target_count);
        values_add(d->out, VALUE_UINT, "open_count", (uint32_t)head->open_count);
        values_add(d->out, VALUE_UINT, "event_nr", head->event_nr);
    } else if (!d->at_exit && r->command->number == DM_TABLE_LOAD_CMD) {
        values_add(d->out, VALUE_UINT, "target_count", head->target_count);
    } else if (!d->at_exit && r->command->has & HAS_EVENT && resumes) {
        values_add(d->out, VALUE_UINT, "event_nr", head->event_nr);
    }
}

/* False if the rest means something else than is known here, which has been said. */
static bool append_head(struct decoder *d, const struct request *r)
{
    static const char other[] = "unsupported device mapper ABI version", small[] = "data_size too small";
    const struct dm_ioctl *head = &r->head;
    uint32_t version = values_open(d->out, VALUE_ARRAY, "version");
    for (unsigned i = 0; i < 3; i++) {
        values_add(d->out, VALUE_UINT, NULL, head->version[i]);
    }
    values_close(d->out);
    if (head->version[0] != DM_VERSION_MAJOR) {
        values_note(d->out, version, other, sizeof(other) - 1);
        return false;
    }
    uint32_t size = values_add(d->out, VALUE_UINT, "data_size", head->data_size);
    if (head->data_size < offsetof(struct dm_ioctl, data)) {
        values_note(d->out, size, small, sizeof(small) - 1);
        return false;
    }
    if (r->command->has & HAS_DATA) {
        values_add(d->out, VALUE_UINT, "data_start", head->data_start);
    }
    if (r->command->has & HAS_DEVICE) {
        append_identity(d, head);
    }
    append_counts(d, r);
    values_xlat(d->out, VALUE_FLAGS, "flags", &xlat_dm_flags, head->flags);
    return true;
}

static void append_request(struct decoder *d, const char *name, const struct request *r)
{
    enum payload payload = d->at_exit ? d->result < 0 ? NO_DATA : r->command->told : r->command->asked;
    uint32_t whole = values_open(d->out, VALUE_ARRAY, name);
    values_open(d->out, VALUE_STRUCT, NULL);
    bool known = append_head(d, r);
    values_close(d->out);
    if (known && has_payload(r, payload, d->at_exit)) {
        if (d->options->verbose) {
            append_payload(d, r, payload);
        } else {
            values_at(d->out, whole)->flags |= VALUE_MORE;
        }
    }
    values_close(d->out);
}

/* The value of this member of what was shown at entry, or 0. */
static uint32_t shown(const struct decoder *d, uint32_t head, const char *name)
{
    uint32_t child = values_at(d->out, head)->first;
    while (child && strcmp(values_at(d->out, child)->name, name) != 0) {
        child = values_at(d->out, child)->next;
    }
    return child;
}

/* A call that fails may have told the version that the kernel speaks, or that the buffer is too small. */
static bool is_changed(const struct decoder *d, uint32_t before, const struct dm_ioctl *now)
{
    uint32_t head = values_at(d->out, before)->first;
    uint32_t version = values_at(d->out, shown(d, head, "version"))->first;
    const struct {
        const char *name;
        uint32_t now;
    } members[] = {{"data_size", now->data_size}, {"data_start", now->data_start}, {"flags", now->flags}};
    for (unsigned i = 0; i < 3 && version; i++) {
        if (values_at(d->out, version)->number != now->version[i]) {
            return true;
        }
        version = values_at(d->out, version)->next;
    }
    for (unsigned i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        uint32_t member = shown(d, head, members[i].name);
        if (member && values_at(d->out, member)->number != members[i].now) {
            return true;
        }
    }
    return false;
}

static void decode_dm(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct request r = {.addr = decode_word(d, raw)};
    uint32_t before = d->at_exit ? d->value[d->arg] : 0;
    for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        r.command = commands[i].number == _IOC_NR((uint32_t)d->args[1]) ? &commands[i] : r.command;
    }
    if (!r.command || !mem_read(d->mem, r.addr, &r.head, offsetof(struct dm_ioctl, data)) ||
        r.head.data_size < offsetof(struct dm_ioctl, data_size)) {
        if (!d->at_exit) {
            values_add(d->out, VALUE_HEX, name, r.addr);
        }
    } else if (!d->at_exit) {
        append_request(d, name, &r);
    } else if (before && values_at(d->out, before)->type == VALUE_ARRAY &&
               (d->result >= 0 || is_changed(d, before, &r.head))) {
        values_open(d->out, VALUE_CHANGE, name);
        values_again(d->out, NULL, before);
        append_request(d, NULL, &r);
        values_close(d->out);
    }
}

static const struct kind dm_kind = {.decode = decode_dm};

IOCTL_SHAPES(dm, BY(DM_VERSION, OUT_ANY, dm), BY(DM_REMOVE_ALL, OUT_ANY, dm),
             BY(DM_LIST_DEVICES, OUT_ANY, dm), BY(DM_DEV_CREATE, OUT_ANY, dm), BY(DM_DEV_REMOVE, OUT_ANY, dm),
             BY(DM_DEV_RENAME, OUT_ANY, dm), BY(DM_DEV_SUSPEND, OUT_ANY, dm), BY(DM_DEV_STATUS, OUT_ANY, dm),
             BY(DM_DEV_WAIT, OUT_ANY, dm), BY(DM_TABLE_LOAD, OUT_ANY, dm), BY(DM_TABLE_CLEAR, OUT_ANY, dm),
             BY(DM_TABLE_DEPS, OUT_ANY, dm), BY(DM_TABLE_STATUS, OUT_ANY, dm),
             BY(DM_LIST_VERSIONS, OUT_ANY, dm), BY(DM_TARGET_MSG, OUT_ANY, dm),
             BY(DM_DEV_SET_GEOMETRY, OUT_ANY, dm), BY(DM_DEV_ARM_POLL, OUT_ANY, dm));
