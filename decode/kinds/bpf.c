#include "decode/kinds/bpf.h"

#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/bpf_fields.h"

enum { LINK_FLAGS_AT = 12, LINK_TYPE_AT = 8, BATCH_COUNT_AT = 32 };

/* Appends the fields of the link that depend on the attach type; returns the size known then. */
static uint32_t append_link_part(struct decoder *d, const struct bpf_bytes *from, uint32_t known)
{
    const struct bpf_command *part = bpf_link_part((uint32_t)bpf_member(from, LINK_TYPE_AT, 4),
                                                   (uint32_t)bpf_member(from, LINK_FLAGS_AT, 4));
    if (!part || from->size <= known) {
        return known;
    }
    if (part->within) {
        values_open(d->out, VALUE_STRUCT, part->within);
    }
    bpf_append_fields(d, from, part);
    if (part->within) {
        values_close(d->out);
    }
    return part->size;
}

static void append_attr(struct decoder *d, const char *name, const struct bpf_bytes *from,
                        const struct bpf_command *command)
{
    uint32_t known = command->size;
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    if (command->within) {
        values_open(d->out, VALUE_STRUCT, command->within);
    }
    bpf_append_fields(d, from, command);
    if (command->link) {
        known = append_link_part(d, from, known);
    }
    if (command->within) {
        values_close(d->out);
    }
    bpf_append_unknown(d, from, whole, known);
    values_close(d->out);
}

/* {batch={..., count=4, ...}} => {batch={count=2}} */
static void append_batch(struct decoder *d, const char *name, struct bpf_bytes *from,
                         const struct bpf_command *command)
{
    uint32_t entry = bpf_entry_member(d, "count");
    uint32_t after = (uint32_t)bpf_member(from, BATCH_COUNT_AT, 4);
    uint32_t before = entry ? (uint32_t)values_at(d->out, entry)->number : after;
    if (before == after) {
        return;
    }
    memcpy(from->bytes + BATCH_COUNT_AT, &before, sizeof(before));
    values_open(d->out, VALUE_CHANGE, name);
    append_attr(d, NULL, from, command);
    values_open(d->out, VALUE_STRUCT, NULL);
    values_open(d->out, VALUE_STRUCT, command->within);
    values_add(d->out, VALUE_UINT, "count", after);
    values_close(d->out);
    values_close(d->out);
    values_close(d->out);
}

/* Puts the numbers that the kernel has written in the place of those shown at entry. */
static void patch_entry(struct decoder *d, const struct bpf_bytes *from, const struct bpf_command *command)
{
    for (unsigned i = 0; i < command->count; i++) {
        const struct bpf_field *field = &command->fields[i];
        uint32_t index = field->written ? bpf_entry_member(d, field->name) : 0;
        if (index) {
            values_at(d->out, index)->number = bpf_member(from, field->offset, field->size);
        }
    }
}

static void attr_at_exit(struct decoder *d, const char *name, struct bpf_bytes *from,
                         const struct bpf_command *command)
{
    switch ((enum bpf_at_exit)command->at_exit) {
    case BPF_EXIT_AGAIN:
        append_attr(d, name, from, command);
        break;
    case BPF_EXIT_BATCH:
        append_batch(d, name, from, command);
        break;
    case BPF_EXIT_PATCH:
        patch_entry(d, from, command);
        break;
    case BPF_EXIT_SAME:
        break;
    }
}

static void attr_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct bpf_bytes attr = {.size = (uint32_t)d->args[2]};
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
        decode_fd(d, name, &kind_fd, raw);
    }
}

KIND_ENUM(bpf_command, bpf_command);
const struct kind kind_bpf_attr = {
    .decode = attr_kind, .direction = DIR_INOUT, .extent = EXTENT_BPF, .extent_arg = 2, .size = 1};
const struct kind kind_bpf_result = {.decode = result_kind};
