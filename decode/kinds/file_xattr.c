/* Extended attributes, and the attributes that file_getattr and file_setattr work on. */
#include <linux/fs.h>
#include <linux/xattr.h>
#include <stddef.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/file.h"
#include "decode/kinds/members.h"

/* XATTR_SIZE_MAX: the kernel takes no longer values. */
enum { VALUE_SIZE_MAX = 65536 };

XLAT(xattr_flags, "XATTR_???", X(XATTR_CREATE), X(XATTR_REPLACE));
KIND_FLAGS(xattr_flags, xattr_flags);

/* A value is bytes, often a string with its NUL, which is then not shown. */
static void decode_value(struct decoder *d, const char *name, uint64_t addr, uint64_t size)
{
    if (size > VALUE_SIZE_MAX) {
        decode_addr(d, name, addr);
        return;
    }
    uint32_t index = d->out->count;
    decode_data(d, name, addr, size);
    struct value *v = values_at(d->out, index < d->out->count ? index : 0);
    if (v->type == VALUE_STRING && v->length && d->out->bytes[v->bytes + v->length - 1] == 0) {
        v->length--;
    }
}

static void decode_xattr_value(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_value(d, name, raw, decode_word(d, d->args[d->arg + 1]));
}

/* A size of 0 asks how much there would be: nothing is written. */
static bool asks_for_size(const struct decoder *d)
{
    return decode_word(d, d->args[d->arg + 1]) == 0;
}

static void decode_xattr_value_out(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if (!asks_for_size(d)) {
        decode_value(d, name, raw, (uint64_t)d->result);
    }
}

static void decode_xattr_list(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if (!asks_for_size(d)) {
        decode_data(d, name, raw, (uint64_t)d->result);
    }
}

/* struct xattr_args of setxattrat and getxattrat (6.13), the same on every ABI. */
struct xattr_arguments {
    uint64_t value;
    uint32_t size;
    uint32_t flags;
};

/* kind->option: the value is what the call reads (set) or writes (get). */
enum { ARGS_SET, ARGS_GET };

static void decode_args_value(struct decoder *d, const struct kind *kind, const struct xattr_arguments *args)
{
    if (kind->option == ARGS_SET) {
        decode_value(d, "value", args->value, args->size);
    } else if (d->at_exit && args->size) {
        decode_value(d, "value", args->value, (uint64_t)d->result);
    } else {
        values_add(d->out, VALUE_ADDR, "value", args->value);
    }
}

static void decode_xattr_args(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    struct xattr_arguments args;
    uint64_t size = decode_word(d, d->args[d->arg + 1]);

    if (d->at_exit && d->result < 0) {
        return; /* the entry's value stands */
    }
    if (size < sizeof(args)) {
        decode_addr(d, name, raw);
        return;
    }
    if (!decode_object(d, name, raw, &args, sizeof(args))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    decode_args_value(d, kind, &args);
    values_add(d->out, VALUE_UINT, "size", args.size);
    values_xlat(d->out, VALUE_FLAGS, "flags", &xlat_xattr_flags, args.flags);
    decode_unknown_tail(d, raw, sizeof(args), size);
    values_close(d->out);
}

/* struct file_attr of file_getattr and file_setattr (6.17), the same on every ABI. */
struct file_attributes {
    uint64_t fa_xflags;
    uint32_t fa_extsize, fa_nextents, fa_projid, fa_cowextsize;
};

XLAT(file_xflags, "FS_XFLAG_???", X(FS_XFLAG_REALTIME), X(FS_XFLAG_PREALLOC), X(FS_XFLAG_IMMUTABLE),
     X(FS_XFLAG_APPEND), X(FS_XFLAG_SYNC), X(FS_XFLAG_NOATIME), X(FS_XFLAG_NODUMP), X(FS_XFLAG_RTINHERIT),
     X(FS_XFLAG_PROJINHERIT), X(FS_XFLAG_NOSYMLINKS), X(FS_XFLAG_EXTSIZE), X(FS_XFLAG_EXTSZINHERIT),
     X(FS_XFLAG_NODEFRAG), X(FS_XFLAG_FILESTREAM), X(FS_XFLAG_DAX), X(FS_XFLAG_COWEXTSIZE),
     {0x20000, "FS_XFLAG_VERITY"}, {FS_XFLAG_HASATTR, "FS_XFLAG_HASATTR"});

#define ATTRIBUTE(member, as, ...) MEMBER(struct file_attributes, member, as, ##__VA_ARGS__)
#define ATTRIBUTES_BEFORE ATTRIBUTE(fa_xflags, FLAGS, .xlat = &xlat_file_xflags), ATTRIBUTE(fa_extsize, UINT)
#define ATTRIBUTES_AFTER ATTRIBUTE(fa_projid, HEX), ATTRIBUTE(fa_cowextsize, UINT)
LAYOUT(file_attr, struct file_attributes, ATTRIBUTES_BEFORE, ATTRIBUTES_AFTER);
LAYOUT(file_attr_out, struct file_attributes, ATTRIBUTES_BEFORE, ATTRIBUTE(fa_nextents, UINT),
       ATTRIBUTES_AFTER);

/* kind->aux: the layout. The structure grows with the kernel, up to a page; the next argument is its size. */
static void decode_file_attr(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    enum { PAGE = 4096 };
    uint64_t size = decode_word(d, d->args[d->arg + 1]);
    if (size < sizeof(struct file_attributes) || size > PAGE) {
        decode_addr(d, name, raw);
    } else {
        decode_layout_at(d, name, raw, kind->aux, size);
    }
}

const struct kind kind_xattr_value = {.decode = decode_xattr_value};
const struct kind kind_xattr_value_out = {.decode = decode_xattr_value_out,
                                          .direction = DIR_OUT,
                                          .extent = EXTENT_RESULT,
                                          .size = 1,
                                          .cut = CUT_DATA};
const struct kind kind_xattr_list_out = {
    .decode = decode_xattr_list, .direction = DIR_OUT, .extent = EXTENT_RESULT, .size = 1};
const struct kind kind_xattr_args = {.decode = decode_xattr_args, .option = ARGS_SET};
const struct kind kind_xattr_args_inout = {.decode = decode_xattr_args,
                                           .direction = DIR_INOUT,
                                           .extent = EXTENT_FIXED,
                                           .size = sizeof(struct xattr_arguments),
                                           .option = ARGS_GET,
                                           .cut = CUT_DATA,
                                           .inner = 1 + offsetof(struct xattr_arguments, value)};
const struct kind kind_file_attr = {.decode = decode_file_attr, .aux = &layout_file_attr};
const struct kind kind_file_attr_out = {.decode = decode_file_attr,
                                        .aux = &layout_file_attr_out,
                                        .direction = DIR_OUT,
                                        .extent = EXTENT_ARG,
                                        .extent_arg = 3,
                                        .size = 1};
