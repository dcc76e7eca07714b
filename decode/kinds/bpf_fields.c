#include "decode/kinds/bpf_fields.h"

#include <stdio.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/bpf.h"
#include "decode/kinds/file.h"
#include "decode/kinds/net.h"

enum {
    MAP_FLAGS_AT = 16,
    FLAG_NUMA_NODE = 1 << 2,
    FLAG_REPLACE = 1 << 2,
    FLAG_ID = 1 << 5,
    BPF_INSN_SIZE = 8
};

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

static void append_name(struct decoder *d, const struct bpf_bytes *from, const struct bpf_field *field)
{
    uint32_t room = from->size - field->offset < field->size ? from->size - field->offset : field->size;
    const char *text = (const char *)from->bytes + field->offset;
    size_t length = strnlen(text, room);
    values_string(d->out, field->name, text, length, length < room ? 0 : VALUE_MORE);
}

/* Nanoseconds since the machine started, with the date to the second: the clocks differ by a bit less. */
static void append_since_boot(struct decoder *d, const char *name, uint64_t nanoseconds)
{
    uint32_t index = values_add(d->out, VALUE_UINT, name, nanoseconds);
    if (d->options->boot_ns) {
        int64_t seconds = (int64_t)((uint64_t)d->options->boot_ns + nanoseconds) / 1000000000;
        decode_date_note(d, index, seconds, 0, 0);
    }
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

/* True, with the address appended, for what a call that failed was to fill in. */
static bool unfilled(struct decoder *d, const char *name, uint64_t addr, uint64_t count)
{
    if (!d->at_exit || d->result >= 0 || count == 0) {
        return false;
    }
    values_add(d->out, VALUE_ADDR, name, addr);
    return true;
}

/* How many elements of an array the caller has room for, and was given. */
static uint64_t count_of(const struct bpf_bytes *from, unsigned at)
{
    uint64_t given = bpf_member(from, at, 4);
    uint32_t room = (uint32_t)given;
    if (from->before) {
        memcpy(&room, from->before + at, sizeof(room));
    }
    return given < room ? given : room;
}

static void append_array(struct decoder *d, const struct bpf_bytes *from, const struct bpf_field *field,
                         uint64_t addr)
{
    struct bpf_field context = *field;
    size_t size = field->as == BPF_STRINGS ? d->abi->pointer_size : field->as == BPF_WORDS ? 8 : 4;
    uint64_t count = count_of(from, field->other);
    if (reachable(d, field->name, addr) && !unfilled(d, field->name, addr, count)) {
        decode_array(d, field->name, addr, count, size, append_element, &context);
    }
}

/* What an address in the structure leads to. */
static void append_pointed(struct decoder *d, const struct bpf_bytes *from, const struct bpf_field *field,
                           uint64_t addr)
{
    uint64_t count = count_of(from, field->other) / BPF_INSN_SIZE;
    bool program = field->as == BPF_INSNS || field->as == BPF_CODE;
    if (field->as == BPF_ADDR || (program && !d->options->verbose) || !addr) {
        values_add(d->out, VALUE_ADDR, field->name, addr);
        return;
    }
    if (!reachable(d, field->name, addr)) {
        return;
    }
    switch (field->as) {
    case BPF_INSNS:
        decode_bpf_program(d, field->name, addr, bpf_member(from, field->other, 4));
        break;
    case BPF_CODE:
        if (!unfilled(d, field->name, addr, count)) {
            decode_bpf_program(d, field->name, addr, count);
        }
        break;
    case BPF_PATH:
        decode_cstring(d, field->name, addr, VALUE_PATH);
        break;
    case BPF_DATA:
        decode_data(d, field->name, addr, bpf_member(from, field->other, 4));
        break;
    case BPF_BYTES:
        decode_hex_bytes(d, field->name, addr, bpf_member(from, field->other, 4));
        break;
    default:
        decode_cstring(d, field->name, addr, 0);
        break;
    }
}

/* Members whose meaning depends on another one. */
static void append_dependent(struct decoder *d, const struct bpf_bytes *from, const struct bpf_field *field,
                             uint64_t number)
{
    uint32_t other = (uint32_t)bpf_member(from, field->other, 4);
    switch (field->as) {
    case BPF_NODE:
        if (bpf_member(from, MAP_FLAGS_AT, 4) & FLAG_NUMA_NODE) {
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

static void append_plain(struct decoder *d, const struct bpf_bytes *from, const struct bpf_field *field)
{
    uint64_t number = field->as == BPF_NAME ? 0 : bpf_member(from, field->offset, field->size);
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
        append_name(d, from, field);
        break;
    case BPF_TAG:
        values_bytes(d->out, field->name, from->bytes + field->offset, field->size, 0);
        break;
    case BPF_VERSION:
        decode_kernel_version(d, field->name, (uint32_t)number);
        break;
    case BPF_BIT:
        values_add(d->out, VALUE_UINT, field->name, number & 1);
        break;
    case BPF_INTERFACE:
        net_interface(d, field->name, (uint32_t)number);
        break;
    case BPF_DEVICE:
        decode_device(d, field->name, number);
        break;
    case BPF_UID:
        decode_id(d, field->name, &kind_uid, number);
        break;
    case BPF_SINCE_BOOT:
        append_since_boot(d, field->name, number);
        break;
    case BPF_INFO:
        bpf_append_info(d, field->name, (uint32_t)bpf_member(from, 0, 4), number,
                        (uint32_t)bpf_member(from, field->other, 4));
        break;
    case BPF_NODE:
    case BPF_TARGET:
    case BPF_RELATIVE:
    case BPF_REPLACED:
    case BPF_NONZERO:
        append_dependent(d, from, field, number);
        break;
    case BPF_IDS:
    case BPF_MASKS:
    case BPF_WORDS:
    case BPF_STRINGS:
    case BPF_ITERS:
        append_array(d, from, field, number);
        break;
    default:
        append_pointed(d, from, field, number);
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

uint32_t bpf_entry_member(const struct decoder *d, const char *name)
{
    uint32_t entry = d->value[d->arg];
    return entry && values_at(d->out, entry)->type == VALUE_STRUCT ? find_member(d, entry, name) : 0;
}

/* What a member was before the call, as far as that is known. */
static uint64_t member_before(const struct decoder *d, const struct bpf_bytes *from,
                              const struct bpf_field *field)
{
    uint64_t number = bpf_member(from, field->offset, field->size);
    if (from->before) {
        memcpy(&number, from->before + field->offset, field->size);
        return number;
    }
    uint32_t entry = d->at_exit ? bpf_entry_member(d, field->name) : 0;
    return entry ? values_at(d->out, entry)->number : number;
}

/* A member that the kernel has replaced: before => after. */
static void append_written(struct decoder *d, const struct bpf_bytes *from, const struct bpf_field *field)
{
    enum value_type type = field->as == BPF_ADDR ? VALUE_ADDR : VALUE_UINT;
    uint64_t after = bpf_member(from, field->offset, field->size);
    uint64_t before = member_before(d, from, field);
    if (before == after) {
        append_plain(d, from, field);
        return;
    }
    values_open(d->out, VALUE_CHANGE, field->name);
    values_add(d->out, type, NULL, before);
    values_add(d->out, type, NULL, after);
    values_close(d->out);
}

void bpf_append_fields(struct decoder *d, const struct bpf_bytes *from, const struct bpf_command *command)
{
    for (unsigned i = 0; i < command->count; i++) {
        const struct bpf_field *field = &command->fields[i];
        if (field->since && from->size <= field->offset) {
            return;
        }
        if (field->needs && from->size < field->needs) {
            continue;
        }
        if (field->written) {
            append_written(d, from, field);
        } else {
            append_plain(d, from, field);
        }
    }
}

void bpf_append_unknown(struct decoder *d, const struct bpf_bytes *from, uint32_t whole, uint32_t known)
{
    uint32_t first = known;
    while (first < from->size && from->bytes[first] == 0) {
        first++;
    }
    if (first >= from->size) {
        return;
    }
    if (!d->options->verbose) {
        values_at(d->out, whole)->flags |= VALUE_MORE;
        return;
    }
    char text[48];
    int n = snprintf(text, sizeof(text), "bytes %u..%u", known, from->size - 1);
    uint32_t index = values_bytes(d->out, "extra_data", from->bytes + known, from->size - known, 0);
    values_note(d->out, index, text, (size_t)n);
}
