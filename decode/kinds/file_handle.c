/* struct file_handle, by which name_to_handle_at and open_by_handle_at name a file. */
#include <errno.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/file.h"

struct handle_header {
    uint32_t handle_bytes;
    int32_t handle_type;
};

/* MAX_HANDLE_SZ: the kernel takes and gives no longer ones. */
enum { HANDLE_MAX = 128 };

static void decode_handle_body(struct decoder *d, const struct handle_header *header, uint64_t addr)
{
    unsigned char bytes[HANDLE_MAX];
    size_t n = header->handle_bytes < HANDLE_MAX ? header->handle_bytes : HANDLE_MAX;

    values_add(d->out, VALUE_INT, "handle_type", (uint64_t)(int64_t)header->handle_type);
    if (!mem_read(d->mem, decode_word(d, addr) + sizeof(*header), bytes, n)) {
        values_word(d->out, "f_handle", "???");
        return;
    }
    values_bytes(d->out, "f_handle", bytes, n, n < header->handle_bytes ? VALUE_MORE : 0);
}

static void decode_handle(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct handle_header header;
    if (!decode_object(d, name, raw, &header, sizeof(header))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_UINT, "handle_bytes", header.handle_bytes);
    decode_handle_body(d, &header, raw);
    values_close(d->out);
}

/* What the entry's value says of the room for a handle; `now` where there was no entry's value. */
static uint64_t bytes_at_entry(const struct decoder *d, uint32_t now)
{
    const struct value *entry = values_at(d->out, d->value[d->arg]);
    return entry->type == VALUE_STRUCT && entry->first ? values_at(d->out, entry->first)->number : now;
}

static void decode_handle_bytes(struct decoder *d, uint64_t before, uint64_t after)
{
    if (before == after) {
        values_add(d->out, VALUE_UINT, "handle_bytes", after);
        return;
    }
    values_open(d->out, VALUE_CHANGE, "handle_bytes");
    values_add(d->out, VALUE_UINT, NULL, before);
    values_add(d->out, VALUE_UINT, NULL, after);
    values_close(d->out);
}

/* The caller gives the room; the kernel answers with the handle, or with the room it needs (EOVERFLOW). */
static void decode_handle_inout(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct handle_header header;
    bool answered = d->at_exit && (d->result >= 0 || d->result == -EOVERFLOW);

    if (d->at_exit && (!answered || !mem_read(d->mem, decode_word(d, raw), &header, sizeof(header)))) {
        return; /* the entry's value stands */
    }
    if (!d->at_exit && !decode_object(d, name, raw, &header, sizeof(header))) {
        return;
    }
    uint64_t before = d->at_exit ? bytes_at_entry(d, header.handle_bytes) : header.handle_bytes;
    values_open(d->out, VALUE_STRUCT, name);
    decode_handle_bytes(d, before, header.handle_bytes);
    if (d->at_exit && d->result >= 0) {
        decode_handle_body(d, &header, raw);
    }
    values_close(d->out);
}

/* AT_HANDLE_MNT_ID_UNIQUE (6.12) in the next argument makes the number 64 bits wide. */
static void decode_mount_id(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    bool wide = d->args[d->arg + 1] & 1;
    decode_number_at(d, name, raw, wide ? 8 : 4, wide ? VALUE_UINT : VALUE_INT);
}

const struct kind kind_file_handle = {.decode = decode_handle};
const struct kind kind_file_handle_inout = {.decode = decode_handle_inout,
                                            .direction = DIR_INOUT,
                                            .extent = EXTENT_FIXED,
                                            .size = sizeof(struct handle_header) + HANDLE_MAX};
const struct kind kind_mount_id_out = {
    .decode = decode_mount_id, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = 8};
