#include "decode/kinds/members.h"

#include <stdio.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/file.h"
#include "decode/kinds/net.h"

/* The kernel takes no structure beyond a page (copy_struct_from_user); what is shown of a tail is less. */
enum { STRUCT_SIZE_MAX = 4096, TAIL_SHOWN = 32 };

static uint64_t number_at(const struct block *block, size_t offset, size_t size)
{
    uint64_t number = 0;
    if (offset + size <= block->size) {
        memcpy(&number, block->bytes + offset, size); /* every ABI here is little-endian */
    }
    return number;
}

static int64_t extend(uint64_t number, size_t size)
{
    unsigned unused = (unsigned)(64 - 8 * size);
    return (int64_t)(number << unused) >> unused;
}

static void decode_member(struct decoder *d, const struct block *block, const struct member *m);

static void decode_text(struct decoder *d, const struct block *block, const char *name, uint64_t offset)
{
    if (!block->text || offset >= block->size - block->text) {
        values_add(d->out, VALUE_HEX, name, offset);
        return;
    }
    const char *text = (const char *)block->bytes + block->text + offset;
    size_t room = block->size - block->text - offset;
    size_t length = strnlen(text, room);
    values_string(d->out, name, text, length, length == room ? VALUE_MORE : 0);
}

static void decode_seconds(struct decoder *d, const char *name, int64_t seconds, uint64_t nanoseconds)
{
    uint32_t index = values_add(d->out, VALUE_INT, name, (uint64_t)seconds);
    decode_date_note(d, index, seconds, nanoseconds, 9);
}

static void decode_statx_time(struct decoder *d, const struct block *block, const struct member *m)
{
    int64_t seconds = (int64_t)number_at(block, m->offset, 8);
    uint64_t nanoseconds = number_at(block, m->offset + 8U, 4);
    uint32_t index = values_open(d->out, VALUE_STRUCT, m->name);
    values_add(d->out, VALUE_INT, "tv_sec", (uint64_t)seconds);
    values_add(d->out, VALUE_UINT, "tv_nsec", nanoseconds);
    values_close(d->out);
    decode_date_note(d, index, seconds, nanoseconds, 9);
}

uint32_t append_layout(struct decoder *d, const char *name, const void *bytes, uint64_t mask,
                       const struct layout *layout)
{
    const struct block block = {.bytes = bytes, .size = layout->size, .mask = mask};
    uint32_t index = values_open(d->out, VALUE_STRUCT, name);
    decode_members(d, &block, layout);
    values_close(d->out);
    return index;
}

void append_elements(struct decoder *d, const char *name, const void *elements, uint32_t count, size_t size,
                     decode_element_fn *element, void *context)
{
    uint32_t most = d->options->verbose ? count : d->options->array_max;
    uint32_t array = values_open(d->out, VALUE_ARRAY, name);
    for (uint32_t i = 0; i < count && i < most; i++) {
        element(d, (const unsigned char *)elements + i * size, context);
    }
    if (count > most) {
        values_at(d->out, array)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

void append_uuid(struct decoder *d, const char *name, const unsigned char *bytes)
{
    char text[40];
    size_t at = 0;
    for (unsigned i = 0; i < 16; i++) {
        const char *dash = i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%02x", dash, bytes[i]);
    }
    values_wordf(d->out, name, "%s", text);
}

static void decode_named_number(struct decoder *d, const struct member *m, uint64_t number)
{
    const char *name = xlat_name(m->xlat, number);
    uint32_t index =
        name ? values_word(d->out, m->name, name) : values_add(d->out, VALUE_UINT, m->name, number);
    if (name) {
        values_stand_for(d->out, index, number, VALUE_AS_UINT);
    }
}

static void decode_elements(struct decoder *d, const struct block *block, const struct member *m)
{
    struct member element = {
        .size = m->width, .as = m->each, .xlat = m->xlat, .layout = m->layout, .own = m->own};
    uint32_t array = values_open(d->out, VALUE_ARRAY, m->name);
    uint32_t count = m->size / m->width;
    uint32_t most = d->options->verbose ? count : d->options->array_max;
    for (uint32_t i = 0; i < count && i < most; i++) {
        element.offset = (uint16_t)(m->offset + i * m->width);
        decode_member(d, block, &element);
    }
    if (count > most) {
        values_at(d->out, array)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

static void decode_member(struct decoder *d, const struct block *block, const struct member *m)
{
    static const uint8_t plain[] = {[AS_UINT] = VALUE_UINT, [AS_HEX] = VALUE_HEX, [AS_ADDR] = VALUE_ADDR};
    uint64_t number = m->size <= 8 ? number_at(block, m->offset, m->size) : 0;

    switch ((enum member_as)m->as) {
    case AS_INT:
        values_add(d->out, VALUE_INT, m->name, (uint64_t)extend(number, m->size));
        break;
    case AS_UINT:
    case AS_HEX:
    case AS_ADDR:
        values_add(d->out, (enum value_type)plain[m->as], m->name, number);
        break;
    case AS_HEX_PADDED:
        append_hex_padded(d, m->name, number, 2 * m->size);
        break;
    case AS_INTERFACE:
        net_interface(d, m->name, (uint32_t)number);
        break;
    case AS_FD:
        decode_fd(d, m->name, &kind_fd, number);
        break;
    case AS_FLAGS:
        values_xlat(d->out, VALUE_FLAGS, m->name, m->xlat, number);
        break;
    case AS_ENUM:
        values_xlat(d->out, VALUE_ENUM, m->name, m->xlat, number);
        break;
    case AS_PID:
        decode_pid(d, m->name, extend(number, m->size));
        break;
    case AS_ID:
        decode_id(d, m->name, &kind_uid, number);
        break;
    case AS_MODE:
        decode_file_mode(d, m->name, (uint32_t)number);
        break;
    case AS_DEVICE:
        decode_device(d, m->name, number);
        break;
    case AS_SECONDS:
        decode_seconds(d, m->name, extend(number, m->size), 0);
        break;
    case AS_SECONDS_NANO:
        decode_seconds(d, m->name, extend(number, m->size),
                       number_at(block, (size_t)m->offset + m->size, m->size));
        break;
    case AS_STATX_TIME:
        decode_statx_time(d, block, m);
        break;
    case AS_TEXT:
        decode_text(d, block, m->name, number);
        break;
    case AS_BLOCK:
        append_layout(d, m->name, block->bytes + m->offset, 0, m->layout);
        break;
    case AS_UUID:
        append_uuid(d, m->name, block->bytes + m->offset);
        break;
    case AS_CHARS:
        decode_char_array(d, m->name, (const char *)block->bytes + m->offset, m->size);
        break;
    case AS_ARRAY:
        decode_elements(d, block, m);
        break;
    case AS_NAMED:
        decode_named_number(d, m, number);
        break;
    case AS_OWN:
        m->own(d, m, block->bytes + m->offset);
        break;
    case AS_MORE:
        break;
    }
}

static bool is_zero(const struct block *block, const struct member *m)
{
    size_t end = (size_t)m->offset + m->size;
    for (size_t i = m->offset; i < end && i < block->size; i++) {
        if (block->bytes[i]) {
            return false;
        }
    }
    return true;
}

/* Which members' `when` holds. */
static uint64_t mask_of(const struct block *block, const struct layout *layout)
{
    if (!layout->selector) {
        return block->mask;
    }
    if (layout->selector_flags) {
        return number_at(block, layout->selector - 1U, layout->selector_flags);
    }
    uint64_t bit = number_at(block, layout->selector - 1U, sizeof(uint32_t));
    return bit < 64 ? UINT64_C(1) << bit : 0;
}

void decode_members(struct decoder *d, const struct block *block, const struct layout *layout)
{
    uint32_t open = d->out->open;
    uint64_t mask = mask_of(block, layout);
    bool left_out = false;

    for (uint32_t i = 0; i < layout->count; i++) {
        const struct member *m = &layout->members[i];
        if ((m->when && !(m->when & mask)) || (m->unless_0 && is_zero(block, m))) {
            continue;
        }
        if (m->as == AS_MORE || (m->detail && !d->options->verbose)) {
            left_out = true;
        } else if (m->offset + (size_t)m->size <= block->size) {
            decode_member(d, block, m);
        }
    }
    if (left_out) {
        values_at(d->out, open)->flags |= VALUE_MORE;
    }
}

void decode_layout_at(struct decoder *d, const char *name, uint64_t addr, const struct layout *layout,
                      uint64_t size)
{
    unsigned char bytes[LAYOUT_SIZE_MAX];
    size_t want = size < layout->size ? (size_t)size : layout->size;

    if (!decode_object(d, name, addr, bytes, want)) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    decode_members(d, &(struct block){.bytes = bytes, .size = want}, layout);
    if (size != UINT64_MAX) {
        decode_unknown_tail(d, addr, layout->size, size);
    }
    values_close(d->out);
}

void decode_more_at(struct decoder *d, uint64_t addr, const struct layout *layout)
{
    unsigned char bytes[LAYOUT_SIZE_MAX];
    if (mem_read(d->mem, decode_word(d, addr), bytes, layout->size)) {
        decode_members(d, &(struct block){.bytes = bytes, .size = layout->size}, layout);
    }
}

bool layout_has_members(const struct decoder *d, uint64_t addr, const struct layout *layout)
{
    unsigned char bytes[LAYOUT_SIZE_MAX];
    const struct block block = {.bytes = bytes, .size = layout->size};
    if (!mem_read(d->mem, decode_word(d, addr), bytes, layout->size)) {
        return false;
    }
    uint64_t mask = mask_of(&block, layout);
    for (uint32_t i = 0; i < layout->count; i++) {
        if (!layout->members[i].when || layout->members[i].when & mask) {
            return true;
        }
    }
    return false;
}

uint32_t decode_entry_struct(const struct decoder *d)
{
    uint32_t before = d->value[d->arg];
    return before && values_at(d->out, before)->type == VALUE_STRUCT ? before : 0;
}

void decode_layout(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    decode_layout_at(d, name, raw, kind->aux, UINT64_MAX);
}

void decode_unknown_tail(struct decoder *d, uint64_t addr, uint64_t known, uint64_t size)
{
    static const unsigned char zero[STRUCT_SIZE_MAX];
    unsigned char tail[STRUCT_SIZE_MAX];
    char text[64];

    size = size < STRUCT_SIZE_MAX ? size : STRUCT_SIZE_MAX;
    if (size <= known) {
        return;
    }
    size_t n = (size_t)(size - known);
    if (!mem_read(d->mem, decode_word(d, addr) + known, tail, n)) {
        values_word(d->out, NULL, "???");
        return;
    }
    if (memcmp(tail, zero, n) == 0) {
        return;
    }
    int length = snprintf(text, sizeof(text), "bytes %u..%u", (unsigned)known, (unsigned)size - 1);
    uint32_t index = values_bytes(d->out, NULL, tail, n < TAIL_SHOWN ? n : TAIL_SHOWN,
                                  VALUE_NOTE_FIRST | (n > TAIL_SHOWN ? VALUE_MORE : 0U));
    values_note(d->out, index, text, (size_t)length);
}
