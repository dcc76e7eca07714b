/* Requests to btrfs that fill lists: searches of trees, names of inodes, what sends and spaces consist of. */
#include <errno.h>
#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>
#include <linux/ioctl.h>
#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/ioctl_btrfs_tables.h"

#define OBJECT(type, member, ...) MEMBER(type, member, NAMED, .xlat = &xlat_btrfs_objects, ##__VA_ARGS__)
#define KEY(type, member) MEMBER(type, member, NAMED, .xlat = &xlat_btrfs_keys)
#define MOST(type, member) MEMBER(type, member, NAMED, .xlat = &xlat_btrfs_most)

/* Searches. The range of objects is shown where it is not all of them. */

enum { FROM = 1 << 0, TO = 1 << 1 };
#define B struct btrfs_ioctl_search_key
LAYOUT(search, B, OBJECT(B, tree_id), OBJECT(B, min_objectid, .when = FROM),
       OBJECT(B, max_objectid, .when = TO), MOST(B, min_offset), MOST(B, max_offset), MOST(B, min_transid),
       MOST(B, max_transid), KEY(B, min_type), KEY(B, max_type), MEMBER(B, nr_items, UINT));
LAYOUT(found, B, MEMBER(B, nr_items, UINT));
#undef B

#define B struct btrfs_ioctl_search_header
LAYOUT(item, B, MEMBER(B, transid, UINT), OBJECT(B, objectid), MEMBER(B, offset, UINT), KEY(B, type),
       MEMBER(B, len, UINT));
#undef B

static void append_key(struct decoder *d, const struct btrfs_ioctl_search_key *key)
{
    bool all = d->options->verbose;
    uint64_t mask = (all || key->min_objectid != BTRFS_FIRST_FREE_OBJECTID ? FROM : 0) |
                    (all || key->max_objectid != BTRFS_LAST_FREE_OBJECTID ? TO : 0);
    append_layout(d, "key", key, mask, d->at_exit ? &layout_found : &layout_search);
}

/* Headers, each followed by an item of the length that it tells. */
static void append_items(struct decoder *d, uint64_t addr, uint64_t size, uint32_t count)
{
    struct btrfs_ioctl_search_header header;
    uint64_t offset = 0;
    uint32_t array = values_open(d->out, VALUE_ARRAY, "buf");
    for (uint32_t i = 0; i < count && !d->out->full; i++) {
        if (addr + offset < addr || offset + sizeof(header) > size || i > d->options->string_max) {
            values_at(d->out, array)->flags |= VALUE_MORE;
            break;
        }
        if (!mem_read(d->mem, addr + offset, &header, sizeof(header))) {
            decode_array_end(d, addr + offset);
            break;
        }
        append_layout(d, NULL, &header, 0, &layout_item);
        offset += sizeof(header) + header.len;
    }
    values_close(d->out);
}

/* The answer is in the place of the question; kind->option: there is a size behind the key. */
static void append_search(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct {
        struct btrfs_ioctl_search_key key;
        uint64_t size;
    } search;
    size_t head = kind->option ? sizeof(search) : sizeof(search.key);
    if (!decode_object(d, name, raw, &search, head)) {
        return;
    }
    uint64_t size = kind->option ? search.size : BTRFS_SEARCH_ARGS_BUFSIZE;
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    append_key(d, &search.key);
    if (kind->option) {
        values_add(d->out, VALUE_UINT, "buf_size", search.size);
    }
    if (d->at_exit && d->options->verbose) {
        append_items(d, decode_word(d, raw) + head, size, search.key.nr_items);
    } else if (d->at_exit) {
        values_at(d->out, whole)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

/* A buffer that is too small fails, and the kernel says how large it would have to be. */
static void append_size_wanted(struct decoder *d, uint64_t raw)
{
    uint64_t size;
    if (decode_object(d, NULL, raw + sizeof(struct btrfs_ioctl_search_key), &size, sizeof(size))) {
        values_open(d->out, VALUE_STRUCT, NULL);
        values_add(d->out, VALUE_UINT, "buf_size", size);
        values_close(d->out);
    }
}

static void decode_search(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t before = d->at_exit ? decode_entry_struct(d) : 0;
    bool too_small = d->result == -EOVERFLOW && kind->option;
    if (!d->at_exit) {
        append_search(d, name, kind, raw);
    } else if (before && (d->result >= 0 || too_small)) {
        values_open(d->out, VALUE_CHANGE, name);
        values_again(d->out, NULL, before);
        if (too_small) {
            append_size_wanted(d, raw);
        } else {
            append_search(d, NULL, kind, raw);
        }
        values_close(d->out);
    }
}
static const struct kind search_kind = {.decode = decode_search};
static const struct kind search_v2_kind = {.decode = decode_search, .option = true};

/* Names of an inode, by its number or by where its data is: struct btrfs_data_container behind a pointer. */

#define B struct btrfs_data_container
LAYOUT(container, B, MEMBER(B, bytes_left, UINT), MEMBER(B, bytes_missing, UINT), MEMBER(B, elem_cnt, UINT),
       MEMBER(B, elem_missed, UINT));
#undef B

static void append_path(struct decoder *d, const void *element, void *context)
{
    uint64_t offset;
    memcpy(&offset, element, sizeof(offset));
    decode_cstring(d, NULL, *(const uint64_t *)context + offset, VALUE_PATH);
}

struct reference {
    uint64_t inum, offset, root;
};
LAYOUT(reference, struct reference, MEMBER(struct reference, inum, UINT),
       MEMBER(struct reference, offset, UINT), MEMBER(struct reference, root, UINT));

static void append_reference(struct decoder *d, const void *element, void *context)
{
    (void)context;
    append_layout(d, NULL, element, 0, &layout_reference);
}

static void append_container(struct decoder *d, const struct member *m, const unsigned char *bytes,
                             bool paths)
{
    struct btrfs_data_container container;
    uint64_t addr;
    memcpy(&addr, bytes, sizeof(addr));
    if (addr == 0 || !mem_read(d->mem, addr, &container, sizeof(container))) {
        values_add(d->out, VALUE_ADDR, m->name, addr); /* of 64 bits on every ABI */
        return;
    }
    const struct block block = {.bytes = (const unsigned char *)&container, .size = sizeof(container)};
    uint64_t list = addr + sizeof(container);
    uint32_t whole = values_open(d->out, VALUE_STRUCT, m->name);
    decode_members(d, &block, &layout_container);
    if (!d->options->verbose) {
        values_at(d->out, whole)->flags |= VALUE_MORE;
    } else if (paths) {
        decode_array(d, "val", list, container.elem_cnt, sizeof(uint64_t), append_path, &list);
    } else {
        decode_array(d, "val", list, container.elem_cnt / 3, sizeof(struct reference), append_reference,
                     NULL);
    }
    values_close(d->out);
}

static void paths_member(struct decoder *d, const struct member *m, const unsigned char *bytes)
{
    append_container(d, m, bytes, true);
}

static void inodes_member(struct decoder *d, const struct member *m, const unsigned char *bytes)
{
    append_container(d, m, bytes, false);
}

#define B struct btrfs_ioctl_ino_path_args
LAYOUT(paths_asked, B, MEMBER(B, inum, UINT), MEMBER(B, size, UINT), MEMBER(B, fspath, ADDR));
LAYOUT(paths, B, MEMBER(B, fspath, OWN, .own = paths_member));
#undef B
CHANGE(paths, paths_asked, paths);

/* struct btrfs_ioctl_logical_ino_args, whose flags were reserved before Linux 4.15. */
#define B struct logical
struct logical {
    uint64_t logical, size, reserved[3], flags, inodes;
};
LAYOUT(logical_asked, B, MEMBER(B, logical, UINT), MEMBER(B, size, UINT),
       MEMBER(B, reserved, ARRAY, .each = AS_HEX, .width = 8, .unless_0 = true),
       MEMBER(B, flags, FLAGS, .xlat = &xlat_btrfs_logical), MEMBER(B, inodes, ADDR));
LAYOUT(logical, B, MEMBER(B, inodes, OWN, .own = inodes_member));
#undef B
CHANGE(logical, logical_asked, logical);

#define B struct btrfs_ioctl_ino_lookup_args
LAYOUT(lookup_asked, B, OBJECT(B, treeid), OBJECT(B, objectid));
LAYOUT(lookup, B, MEMBER(B, name, CHARS));
LAYOUT(lookup_in_tree, B, OBJECT(B, treeid), MEMBER(B, name, CHARS));
#undef B

/* Which tree it is in is told if 0 was asked for. */
static void decode_lookup(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t before = d->at_exit ? decode_entry_struct(d) : 0;
    if (!d->at_exit) {
        decode_layout_at(d, name, raw, &layout_lookup_asked, UINT64_MAX);
    } else if (before && layout_has_members(d, raw, &layout_lookup)) {
        bool asked_tree = values_at(d->out, values_at(d->out, before)->first)->number != 0;
        values_open(d->out, VALUE_CHANGE, name);
        values_again(d->out, NULL, before);
        decode_layout_at(d, NULL, raw, asked_tree ? &layout_lookup : &layout_lookup_in_tree, UINT64_MAX);
        values_close(d->out);
    }
}
static const struct kind lookup_kind = {.decode = decode_lookup};

/* What space there is, of each kind. */

#define B struct btrfs_ioctl_space_info
LAYOUT(space, B, MEMBER(B, flags, FLAGS, .xlat = &xlat_btrfs_space), MEMBER(B, total_bytes, UINT),
       MEMBER(B, used_bytes, UINT));
#undef B
LAYOUT(spaces_asked, struct btrfs_ioctl_space_args, MEMBER(struct btrfs_ioctl_space_args, space_slots, UINT));

static void append_space(struct decoder *d, const void *element, void *context)
{
    (void)context;
    append_layout(d, NULL, element, 0, &layout_space);
}

static void decode_spaces(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct btrfs_ioctl_space_args args;
    if (!decode_object(d, name, raw, &args, sizeof(args))) {
        return;
    }
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    bool counted = args.space_slots == 0 && args.total_spaces; /* there was no room for any */
    values_add(d->out, VALUE_UINT, "total_spaces", args.total_spaces);
    if (!counted && d->options->verbose) {
        decode_array(d, "spaces", raw + sizeof(args), args.total_spaces,
                     sizeof(struct btrfs_ioctl_space_info), append_space, NULL);
    } else if (!counted) {
        values_at(d->out, whole)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}
static const struct kind spaces_kind = {.decode = decode_spaces};
static const struct ioctl_change changes_spaces = {{.as = IOCTL_LAYOUT_AT, .aux = &layout_spaces_asked},
                                                   {.as = IOCTL_DECODED, .aux = &spaces_kind}};

/* struct btrfs_ioctl_send_args, up to what is shown of it. */
struct send_64 {
    int64_t send_fd;
    uint64_t clone_sources_count, clone_sources, parent_root, flags, rest[4];
};
struct send_32 {
    int64_t send_fd;
    uint64_t clone_sources_count;
    uint32_t clone_sources, parent_root[2], flags[2], rest[8];
};

static void append_object(struct decoder *d, const void *element, void *context)
{
    (void)context;
    static const struct member object = {
        .size = sizeof(uint64_t), .as = AS_NAMED, .xlat = &xlat_btrfs_objects};
    static const struct layout layout = {.size = sizeof(uint64_t), .count = 1, .members = &object};
    const struct block block = {.bytes = element, .size = sizeof(uint64_t)};
    decode_members(d, &block, &layout);
}

/* As many as the number before the pointer to them says; with -v only. */
static void sources_member(struct decoder *d, const struct member *m, const unsigned char *bytes)
{
    uint64_t count, addr = 0;
    memcpy(&count, bytes - sizeof(count), sizeof(count));
    memcpy(&addr, bytes, m->size);
    if (d->options->verbose) {
        decode_array(d, m->name, addr, count, sizeof(uint64_t), append_object, NULL);
    } else {
        decode_addr(d, m->name, addr);
    }
}

#define SEND(type)                                                                                           \
    LAYOUT(type, struct type, MEMBER(struct type, send_fd, FD),                                              \
           MEMBER(struct type, clone_sources_count, UINT),                                                   \
           MEMBER(struct type, clone_sources, OWN, .own = sources_member), OBJECT(struct type, parent_root), \
           MEMBER(struct type, flags, FLAGS, .xlat = &xlat_btrfs_send))
SEND(send_64);
SEND(send_32);

enum {
    INO_PATHS = 0xc0389423U,
    LOGICAL_INO = 0xc0389424U,
    SEND_64 = 0x40489426,
    SEND_32 = 0x40449426,
};
IOCTL_SHAPES(btrfs_search, BY(BTRFS_IOC_TREE_SEARCH, OUT_ANY, search),
             BY(BTRFS_IOC_TREE_SEARCH_V2, OUT_ANY, search_v2), BY(BTRFS_IOC_INO_LOOKUP, INOUT, lookup),
             CHANGES(INO_PATHS, paths), CHANGES(LOGICAL_INO, logical), CHANGES(BTRFS_IOC_SPACE_INFO, spaces),
             AT(SEND_64, IN, send_64), AT(SEND_32, IN, send_32));
