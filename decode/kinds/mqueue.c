#include "decode/kinds/mqueue.h"

#include <fcntl.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/fields.h"
#include "decode/kinds/net.h"

XLAT(mq_flags, "O_???", {04000, "O_NONBLOCK"});

/* struct mq_attr is of longs: four with a meaning, four reserved. */
static void show_attr(struct decoder *d, const char *name, uint64_t raw, bool flags)
{
    uint8_t bytes[64];
    size_t size = 8 * (size_t)d->abi->long_size;
    if (!decode_object(d, name, raw, bytes, size)) {
        return;
    }
    struct fields f = fields_over(d, bytes, size);
    values_open(d->out, VALUE_STRUCT, name);
    if (flags) {
        append_flags(d, "mq_flags", &xlat_mq_flags, field_ulong(&f));
    } else {
        append_hex(d, "mq_flags", field_ulong(&f));
    }
    append_int(d, "mq_maxmsg", field_long(&f));
    append_int(d, "mq_msgsize", field_long(&f));
    append_int(d, "mq_curmsgs", field_long(&f));
    values_close(d->out);
}

static void decode_attr(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    show_attr(d, name, raw, true);
}

static void decode_open_attr(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if (d->args[1] & O_CREAT) {
        show_attr(d, name, raw, false); /* the kernel takes no flags from it here */
    }
}

static void decode_priority(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_number_at(d, name, decode_word(d, raw), sizeof(uint32_t), VALUE_UINT);
}

const struct kind kind_mq_attr = {.decode = decode_attr};
const struct kind kind_mq_attr_out = {
    .decode = decode_attr, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = 64};
const struct kind kind_mq_open_attr = {.decode = decode_open_attr};
const struct kind kind_mq_priority_out = {
    .decode = decode_priority, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = sizeof(uint32_t)};
