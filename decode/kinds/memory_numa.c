/* NUMA policy: include/uapi/linux/mempolicy.h. */
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/memory.h"
#include "decode/render.h"

enum { MODE_FLAGS = 7 << 13 };

XLAT(mempolicy_mode, "MPOL_???", {0, "MPOL_DEFAULT"}, {1, "MPOL_PREFERRED"}, {2, "MPOL_BIND"},
     {3, "MPOL_INTERLEAVE"}, {4, "MPOL_LOCAL"}, {5, "MPOL_PREFERRED_MANY"}, {6, "MPOL_WEIGHTED_INTERLEAVE"});
XLAT(mempolicy_mode_flags, "MPOL_F_???", {1 << 15, "MPOL_F_STATIC_NODES"}, {1 << 14, "MPOL_F_RELATIVE_NODES"},
     {1 << 13, "MPOL_F_NUMA_BALANCING"});
XLAT(mempolicy_flags, "MPOL_F_???", {1, "MPOL_F_NODE"}, {2, "MPOL_F_ADDR"}, {4, "MPOL_F_MEMS_ALLOWED"});
XLAT(mbind_flags, "MPOL_MF_???", {1, "MPOL_MF_STRICT"}, {2, "MPOL_MF_MOVE"}, {4, "MPOL_MF_MOVE_ALL"});
XLAT(move_pages_flags, "MPOL_MF_???", {2, "MPOL_MF_MOVE"}, {4, "MPOL_MF_MOVE_ALL"});

static void mempolicy_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint64_t whole = kind->size == 8 ? decode_word(d, raw) : (uint32_t)raw;
    uint64_t mode = whole & ~(uint64_t)MODE_FLAGS;
    uint64_t flags = whole & MODE_FLAGS;
    if (flags == 0) {
        values_xlat(d->out, VALUE_ENUM, name, &xlat_mempolicy_mode, mode);
    } else if (!xlat_name(&xlat_mempolicy_mode, mode)) {
        values_xlat(d->out, VALUE_FLAGS, name, &xlat_mempolicy_mode_flags, whole);
    } else {
        uint32_t index = values_open(d->out, VALUE_OR, name);
        values_at(d->out, index)->number = whole;
        values_at(d->out, index)->flags |= VALUE_WHOLE;
        values_xlat(d->out, VALUE_ENUM, NULL, &xlat_mempolicy_mode, mode);
        values_xlat(d->out, VALUE_FLAGS, NULL, &xlat_mempolicy_mode_flags, flags);
        values_close(d->out);
    }
}

static void mempolicy_out_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t mode;
    if (!decode_object(d, name, raw, &mode, sizeof(mode))) {
        return;
    }
    values_open(d->out, VALUE_REF, name);
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_mempolicy_mode, mode);
    values_close(d->out);
}

static void append_mask_word(struct decoder *d, const void *element, void *context)
{
    (void)context;
    uint64_t word = 0;
    memcpy(&word, element, d->abi->pointer_size);
    uint32_t index =
        values_wordf(d->out, NULL, "%#0*llx", 2 * d->abi->pointer_size, (unsigned long long)word);
    values_at(d->out, index)->number = word;
}

/* kind->extent_arg: the argument that counts the bits, one more than there are; 0: the next argument. */
static void nodemask_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    unsigned count_arg = kind->extent_arg ? kind->extent_arg : d->arg + 1;
    uint64_t bits = decode_word(d, d->args[count_arg]);
    uint64_t per_word = 8 * (uint64_t)d->abi->pointer_size;
    if (bits > UINT64_MAX - per_word) {
        decode_addr(d, name, raw);
        return;
    }
    uint64_t words = bits ? (bits + per_word - 2) / per_word : 0;
    decode_array(d, name, raw, words, d->abi->pointer_size, append_mask_word, NULL);
}

static void append_page(struct decoder *d, const void *element, void *context)
{
    (void)context;
    uint64_t page = 0;
    memcpy(&page, element, d->abi->pointer_size);
    decode_addr(d, NULL, page);
}

static void append_node(struct decoder *d, const void *element, void *context)
{
    (void)context;
    int32_t node;
    memcpy(&node, element, sizeof(node));
    values_add(d->out, VALUE_INT, NULL, (uint64_t)(int64_t)node);
}

/* A node, or an error. */
static void append_status(struct decoder *d, const void *element, void *context)
{
    int32_t status;
    memcpy(&status, element, sizeof(status));
    const char *error = status < 0 && status > -4096 ? errno_name(-status) : NULL;
    if (!error) {
        append_node(d, element, context);
        return;
    }
    uint32_t index = values_wordf(d->out, NULL, "-%s", error);
    values_stand_for(d->out, index, (uint64_t)(int64_t)status, VALUE_AS_INT);
}

static void page_list_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_array(d, name, raw, decode_word(d, d->args[1]), d->abi->pointer_size, append_page, NULL);
}

/* The nodes that are asked for; of an out-parameter, what became of each page. */
static void node_list_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    decode_array(d, name, raw, decode_word(d, d->args[1]), sizeof(int32_t),
                 kind->direction == DIR_OUT ? append_status : append_node, NULL);
}

const struct kind kind_mempolicy = {.decode = mempolicy_kind};
const struct kind kind_mempolicy_long = {.decode = mempolicy_kind, .size = 8};
const struct kind kind_mempolicy_out = {
    .decode = mempolicy_out_kind, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = 4};
KIND_FLAGS_LONG(mempolicy_flags, mempolicy_flags);
KIND_FLAGS(mbind_flags, mbind_flags);
KIND_FLAGS(move_pages_flags, move_pages_flags);
const struct kind kind_nodemask = {.decode = nodemask_kind};
const struct kind kind_nodemask_arg1 = {.decode = nodemask_kind, .extent_arg = 1};
/* The kernel knows at most 1024 nodes (CONFIG_NODES_SHIFT is at most 10). */
const struct kind kind_nodemask_out = {
    .decode = nodemask_kind, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = 128};
const struct kind kind_page_list = {.decode = page_list_kind};
const struct kind kind_node_list = {.decode = node_list_kind};
const struct kind kind_page_status_out = {
    .decode = node_list_kind, .direction = DIR_OUT, .extent = EXTENT_ARG, .extent_arg = 1, .size = 4};
