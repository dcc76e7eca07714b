#include "decode/kinds/bpf.h"

#include <stdio.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/bpf_tables.h"

enum {
    ATTR_MAX = 4096, /* the kernel takes at most a page */
    MAP_FLAGS_AT = 16,
    FLAG_NUMA_NODE = 1 << 2,
    FLAG_REPLACE = 1 << 2,
    FLAG_ID = 1 << 5,
    LINK_FLAGS_AT = 12,
    LINK_TYPE_AT = 8,
    BATCH_COUNT_AT = 32,
};

/* The caller's structure; members behind its end read as 0, as the kernel takes them. */
struct attr {
    unsigned char bytes[ATTR_MAX];
    uint32_t size;
};

static uint64_t member(const struct attr *attr, unsigned offset, unsigned size)
{
    uint64_t number = 0;
    memcpy(&number, attr->bytes + offset, size);
    return number;
}

static void append_fd(struct decoder *d, const char *name, uint64_t number)
{
    decode_fd(d, name, &kind_fd, number);
}

/* An address of 64 bits: on a 32-bit ABI it may be one that the target can't have. */
static bool reachable(struct decoder *d, const char *name, uint64_t addr)
{
    if (addr && addr == decode_word(d, addr)) {
        return true;
    }
    values_add(d->out, VALUE_ADDR, name, addr);
    return false;
}

static void append_name(struct decoder *d, const struct attr *attr, const struct bpf_field *field)
{
    uint32_t room = attr->size - field->offset < field->size ? attr->size - field->offset : field->size;
    const char *text = (const char *)attr->bytes + field->offset;
    size_t length = strnlen(text, room);
    values_string(d->out, field->name, text, length, length < room ? 0 : VALUE_MORE);
}

static void append_version(struct decoder *d, const char *name, uint32_t version)
{
    values_open_func(d->out, name, "KERNEL_VERSION");
    values_add(d->out, VALUE_UINT, NULL, version >> 16);
    values_add(d->out, VALUE_UINT, NULL, version >> 8 & 0xff);
    values_add(d->out, VALUE_UINT, NULL, version & 0xff);
    values_close(d->out);
}

static void append_node(struct decoder *d, const char *name, uint32_t node)
{
    uint32_t index = values_add(d->out, VALUE_UINT, name, node);
    if (node == UINT32_MAX) {
        values_note(d->out, index, "NUMA_NO_NODE", strlen("NUMA_NO_NODE"));
    }
}

static void append_element(struct decoder *d, const void *element, void *context)
{
    const struct bpf_field *field = context;
    uint64_t number = 0;
    memcpy(&number, element,
           field->as == BPF_STRINGS ? d->abi->pointer_size
           : field->as == BPF_WORDS ? 8
                                    : 4);
    switch (field->as) {
    case BPF_MASKS:
        values_xlat(d->out, VALUE_FLAGS, NULL, &xlat_bpf_attach_flags, number);
        break;
    case BPF_WORDS:
        values_add(d->out, VALUE_HEX, NULL, number);
        break;
    case BPF_STRINGS:
        decode_cstring(d, NULL, number, 0);
        break;
    case BPF_ITERS:
        values_open(d->out, VALUE_STRUCT, NULL);
        values_open(d->out, VALUE_STRUCT, "map");
        append_fd(d, "map_fd", number);
        values_close(d->out);
        values_close(d->out);
        break;
    default:
        values_add(d->out, VALUE_UINT, NULL, number);
        break;
    }
}

static void append_array(struct decoder *d, const struct attr *attr, const struct bpf_field *field,
                         uint64_t addr)
{
    struct bpf_field context = *field;
    size_t size = field->as == BPF_STRINGS ? d->abi->pointer_size : field->as == BPF_WORDS ? 8 : 4;
    if (reachable(d, field->name, addr)) {
        decode_array(d, field->name, addr, member(attr, field->other, 4), size, append_element, &context);
    }
}

/* What an address in the structure leads to. */
static void append_pointed(struct decoder *d, const struct attr *attr, const struct bpf_field *field,
                           uint64_t addr)
{
    bool program = field->as == BPF_INSNS && d->options->verbose;
    if (field->as == BPF_ADDR || (field->as == BPF_INSNS && !program) || !addr) {
        values_add(d->out, VALUE_ADDR, field->name, addr);
        return;
    }
    if (!reachable(d, field->name, addr)) {
        return;
    }
    switch (field->as) {
    case BPF_INSNS:
        decode_bpf_program(d, field->name, addr, member(attr, field->other, 4));
        break;
    case BPF_PATH:
        decode_cstring(d, field->name, addr, VALUE_PATH);
        break;
    case BPF_DATA:
        decode_data(d, field->name, addr, member(attr, field->other, 4));
        break;
    case BPF_BYTES:
        decode_hex_bytes(d, field->name, addr, member(attr, field->other, 4));
        break;
    default:
        decode_cstring(d, field->name, addr, 0);
        break;
    }
}

/* Members whose meaning depends on another one. */
static void append_dependent(struct decoder *d, const struct attr *attr, const struct bpf_field *field,
                             uint64_t number)
{
    uint32_t other = (uint32_t)member(attr, field->other, 4);
    switch (field->as) {
    case BPF_NODE:
        if (member(attr, MAP_FLAGS_AT, 4) & FLAG_NUMA_NODE) {
            append_node(d, field->name, (uint32_t)number);
        }
        break;
    case BPF_TARGET:
        if (bpf_attaches_to_interface(other)) {
            values_add(d->out, VALUE_UINT, "target_ifindex", number);
        } else {
            append_fd(d, field->name, number);
        }
        break;
    case BPF_RELATIVE:
        if (other & FLAG_ID) {
            values_add(d->out, VALUE_UINT, "relative_id", number);
        } else {
            append_fd(d, field->name, number);
        }
        break;
    case BPF_REPLACED:
        if (other & FLAG_REPLACE) {
            append_fd(d, field->name, number);
        }
        break;
    default:
        if (number) {
            values_add(d->out, VALUE_UINT, field->name, number);
        }
        break;
    }
}

static void append_plain(struct decoder *d, const struct attr *attr, const struct bpf_field *field)
{
    uint64_t number = field->as == BPF_NAME ? 0 : member(attr, field->offset, field->size);
    switch ((enum bpf_as)field->as) {
    case BPF_U:
        values_add(d->out, VALUE_UINT, field->name, number);
        break;
    case BPF_D:
        values_add(d->out, VALUE_INT, field->name, (uint64_t)(int64_t)(int32_t)number);
        break;
    case BPF_X:
        values_add(d->out, VALUE_HEX, field->name, number);
        break;
    case BPF_FD:
        append_fd(d, field->name, number);
        break;
    case BPF_DIRFD:
        kind_dirfd.decode(d, field->name, &kind_dirfd, number);
        break;
    case BPF_ENUM:
        values_xlat(d->out, VALUE_ENUM, field->name, field->xlat, number);
        break;
    case BPF_FLAGS:
        values_xlat(d->out, VALUE_FLAGS, field->name, field->xlat, number);
        break;
    case BPF_NAME:
        append_name(d, attr, field);
        break;
    case BPF_VERSION:
        append_version(d, field->name, (uint32_t)number);
        break;
    case BPF_NODE:
    case BPF_TARGET:
    case BPF_RELATIVE:
    case BPF_REPLACED:
    case BPF_NONZERO:
        append_dependent(d, attr, field, number);
        break;
    case BPF_IDS:
    case BPF_MASKS:
    case BPF_WORDS:
    case BPF_STRINGS:
    case BPF_ITERS:
        append_array(d, attr, field, number);
        break;
    default:
        append_pointed(d, attr, field, number);
        break;
    }
}

/* The value of a member among the children of a structure, one level of nesting included. 0: there is none.
 */
static uint32_t find_member(const struct decoder *d, uint32_t structure, const char *name)
{
    for (uint32_t i = values_at(d->out, structure)->first; i; i = values_at(d->out, i)->next) {
        const struct value *v = values_at(d->out, i);
        if (v->name && strcmp(v->name, name) == 0 && v->type != VALUE_STRUCT) {
            return i;
        }
        uint32_t inside = v->type == VALUE_STRUCT ? find_member(d, i, name) : 0;
        if (inside) {
            return inside;
        }
    }
    return 0;
}

static uint32_t entry_member(const struct decoder *d, const char *name)
{
    uint32_t entry = d->value[d->arg];
    return entry && values_at(d->out, entry)->type == VALUE_STRUCT ? find_member(d, entry, name) : 0;
}

/* A number that the kernel has replaced: before => after. */
static void append_written(struct decoder *d, const struct attr *attr, const struct bpf_field *field)
{
    uint64_t after = member(attr, field->offset, field->size);
    uint32_t entry = d->at_exit ? entry_member(d, field->name) : 0;
    uint64_t before = entry ? values_at(d->out, entry)->number : after;
    if (before == after) {
        append_plain(d, attr, field);
        return;
    }
    values_open(d->out, VALUE_CHANGE, field->name);
    values_add(d->out, VALUE_UINT, NULL, before);
    values_add(d->out, VALUE_UINT, NULL, after);
    values_close(d->out);
}

static void append_fields(struct decoder *d, const struct attr *attr, const struct bpf_command *command)
{
    for (unsigned i = 0; i < command->count; i++) {
        const struct bpf_field *field = &command->fields[i];
        if (field->since && attr->size <= field->offset) {
            return;
        }
        if (field->needs && attr->size < field->needs) {
            continue;
        }
        if (field->written) {
            append_written(d, attr, field);
        } else {
            append_plain(d, attr, field);
        }
    }
}

/* Appends the fields of the link that depend on the attach type; returns the size known then. */
static uint32_t append_link_part(struct decoder *d, const struct attr *attr, uint32_t known)
{
    const struct bpf_command *part =
        bpf_link_part((uint32_t)member(attr, LINK_TYPE_AT, 4), (uint32_t)member(attr, LINK_FLAGS_AT, 4));
    if (!part || attr->size <= known) {
        return known;
    }
    if (part->within) {
        values_open(d->out, VALUE_STRUCT, part->within);
    }
    append_fields(d, attr, part);
    if (part->within) {
        values_close(d->out);
    }
    return part->size;
}

/* Bytes behind the members we know, if they say anything: a newer program's. */
static void append_unknown(struct decoder *d, const struct attr *attr, uint32_t whole, uint32_t known)
{
    uint32_t first = known;
    while (first < attr->size && attr->bytes[first] == 0) {
        first++;
    }
    if (first >= attr->size) {
        return;
    }
    if (!d->options->verbose) {
        values_at(d->out, whole)->flags |= VALUE_MORE;
        return;
    }
    char text[48];
    int n = snprintf(text, sizeof(text), "bytes %u..%u", known, attr->size - 1);
    uint32_t index = values_add(d->out, VALUE_BYTES, "extra_data", 0);
    values_set_bytes(d->out, index, attr->bytes + known, attr->size - known);
    values_note(d->out, index, text, (size_t)n);
}

static void append_attr(struct decoder *d, const char *name, const struct attr *attr,
                        const struct bpf_command *command)
{
    uint32_t known = command->size;
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    if (command->within) {
        values_open(d->out, VALUE_STRUCT, command->within);
    }
    append_fields(d, attr, command);
    if (command->link) {
        known = append_link_part(d, attr, known);
    }
    if (command->within) {
        values_close(d->out);
    }
    append_unknown(d, attr, whole, known);
    values_close(d->out);
}

/* {batch={..., count=4, ...}} => {batch={count=2}} */
static void append_batch(struct decoder *d, const char *name, struct attr *attr,
                         const struct bpf_command *command)
{
    uint32_t entry = entry_member(d, "count");
    uint32_t after = (uint32_t)member(attr, BATCH_COUNT_AT, 4);
    uint32_t before = entry ? (uint32_t)values_at(d->out, entry)->number : after;
    if (before == after) {
        return;
    }
    memcpy(attr->bytes + BATCH_COUNT_AT, &before, sizeof(before));
    values_open(d->out, VALUE_CHANGE, name);
    append_attr(d, NULL, attr, command);
    values_open(d->out, VALUE_STRUCT, NULL);
    values_open(d->out, VALUE_STRUCT, command->within);
    values_add(d->out, VALUE_UINT, "count", after);
    values_close(d->out);
    values_close(d->out);
    values_close(d->out);
}

/* Puts the numbers that the kernel has written in the place of those shown at entry. */
static void patch_entry(struct decoder *d, const struct attr *attr, const struct bpf_command *command)
{
    for (unsigned i = 0; i < command->count; i++) {
        const struct bpf_field *field = &command->fields[i];
        uint32_t index = field->written ? entry_member(d, field->name) : 0;
        if (index) {
            values_at(d->out, index)->number = member(attr, field->offset, field->size);
        }
    }
}

static void attr_at_exit(struct decoder *d, const char *name, struct attr *attr,
                         const struct bpf_command *command)
{
    switch ((enum bpf_at_exit)command->at_exit) {
    case BPF_EXIT_AGAIN:
        append_attr(d, name, attr, command);
        break;
    case BPF_EXIT_BATCH:
        append_batch(d, name, attr, command);
        break;
    case BPF_EXIT_PATCH:
        patch_entry(d, attr, command);
        break;
    case BPF_EXIT_SAME:
        break;
    }
}

static void attr_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct attr attr = {.size = (uint32_t)d->args[2]};
    const struct bpf_command *command = bpf_command_of((uint32_t)d->args[0]);
    uint64_t addr = decode_word(d, raw);
    bool sized = attr.size > 0 && attr.size <= sizeof(attr.bytes);

    if (!command || !sized || !addr || !mem_read(d->mem, addr, attr.bytes, attr.size)) {
        if (!d->at_exit) {
            decode_addr(d, name, raw);
        }
    } else if (d->at_exit) {
        attr_at_exit(d, name, &attr, command);
    } else {
        append_attr(d, name, &attr, command);
    }
}

static void result_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    const struct bpf_command *command = bpf_command_of((uint32_t)d->args[0]);
    if (command && command->gives_fd) {
        append_fd(d, name, raw);
    }
}

KIND_ENUM(bpf_command, bpf_command);
const struct kind kind_bpf_attr = {
    .decode = attr_kind, .direction = DIR_INOUT, .extent = EXTENT_ARG, .extent_arg = 2, .size = 1};
const struct kind kind_bpf_result = {.decode = result_kind};
