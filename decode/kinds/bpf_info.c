/* BPF_OBJ_GET_INFO_BY_FD: what the kernel tells of a map or a program. */
#include <string.h>

#include "decode/kinds/bpf_fields.h"

/* What the descriptor is, as /proc names it, and the structure that is filled in for it. */
static const struct object {
    const char *link;
    const struct bpf_command *info;
} objects[] = {{"anon_inode:bpf-map", &bpf_map_info}, {"anon_inode:bpf-prog", &bpf_program_info}};

/* One of the objects, or NULL for those that are not decoded. */
static const struct object *object_of(const struct decoder *d, uint32_t fd)
{
    char text[64];
    ssize_t n = d->fds ? d->fds->describe(d->fds, (int)fd, FD_PATHS, text, sizeof(text)) : -1;
    for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
        size_t length = strlen(objects[i].link);
        if (n == (ssize_t)length && memcmp(text, objects[i].link, length) == 0) {
            return &objects[i];
        }
    }
    return NULL;
}

static bool read_info(struct decoder *d, uint64_t addr, uint32_t size, struct bpf_bytes *info)
{
    info->size = size;
    return size > 0 && size <= sizeof(info->bytes) && mem_read(d->mem, addr, info->bytes, size);
}

/*
 * At entry an address is shown, which keeps as its bytes what only then can be known: which object it is, as
 * the descriptor may be closed by the time the result comes, and what room there is.
 */
static void remember(struct decoder *d, uint32_t index, uint32_t fd, uint64_t addr, uint32_t size)
{
    struct bpf_bytes info = {.bytes = {0}};
    const struct object *object = object_of(d, fd);
    if (object && read_info(d, addr, size, &info)) {
        unsigned char kept[1 + sizeof(info.bytes)] = {(unsigned char)(object - objects)};
        memcpy(kept + 1, info.bytes, object->info->size);
        values_set_bytes(d->out, index, kept, 1 + (size_t)object->info->size);
    }
}

/* True, with the object and its structure at entry, if that was remembered. */
static bool recall(const struct decoder *d, const char *name, const struct object **object,
                   unsigned char before[BPF_BYTES_MAX])
{
    const struct value *entry = values_at(d->out, bpf_entry_member(d, name));
    if (entry->type != VALUE_ADDR || entry->length == 0) {
        return false;
    }
    const char *kept = d->out->bytes + entry->bytes;
    *object = &objects[(unsigned char)kept[0]];
    memcpy(before, kept + 1, entry->length - 1);
    return true;
}

void bpf_append_info(struct decoder *d, const char *name, uint32_t fd, uint64_t addr, uint32_t size)
{
    unsigned char before[BPF_BYTES_MAX] = {0};
    struct bpf_bytes info = {.before = before};
    const struct object *object;
    if (!d->at_exit || !recall(d, name, &object, before) || !read_info(d, addr, size, &info)) {
        uint32_t index = values_add(d->out, VALUE_ADDR, name, addr);
        if (!d->at_exit && d->options->verbose) {
            remember(d, index, fd, addr, size);
        }
        return;
    }
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    bpf_append_fields(d, &info, object->info);
    bpf_append_unknown(d, &info, whole, object->info->size);
    values_close(d->out);
}
