#include "decode/kinds/aio.h"

#include <linux/aio_abi.h>
#include <stddef.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/iovec.h"
#include "decode/kinds/members.h"
#include "decode/kinds/poll.h"
#include "decode/kinds/rlimit.h"

XLAT(iocb_commands, "IOCB_CMD_???", {0, "IOCB_CMD_PREAD"}, {1, "IOCB_CMD_PWRITE"}, {2, "IOCB_CMD_FSYNC"},
     {3, "IOCB_CMD_FDSYNC"}, {4, "IOCB_CMD_PREADX"}, {5, "IOCB_CMD_POLL"}, {6, "IOCB_CMD_NOOP"},
     {7, "IOCB_CMD_PREADV"}, {8, "IOCB_CMD_PWRITEV"});
XLAT(iocb_flags, "IOCB_FLAG_???", {1, "IOCB_FLAG_RESFD"}, {2, "IOCB_FLAG_IOPRIO"});

enum { HAS_EVENT_DESCRIPTOR = 1, HAS_PRIORITY = 2 };
enum { COMMAND_PREAD = 0, COMMAND_PWRITE = 1, COMMAND_POLL = 5, COMMAND_PREADV = 7, COMMAND_PWRITEV = 8 };

LAYOUT(io_event, struct io_event, MEMBER(struct io_event, data, HEX), MEMBER(struct io_event, obj, HEX),
       MEMBER(struct io_event, res, INT), MEMBER(struct io_event, res2, INT));

/* A command without a name is decimal, as strace has it. */
static void decode_command(struct decoder *d, uint16_t command)
{
    if (xlat_name(&xlat_iocb_commands, command)) {
        values_xlat(d->out, VALUE_ENUM, "aio_lio_opcode", &xlat_iocb_commands, command);
        return;
    }
    uint32_t index = values_add(d->out, VALUE_UINT, "aio_lio_opcode", command);
    values_note(d->out, index, "IOCB_CMD_???", sizeof("IOCB_CMD_???") - 1);
}

/* The members that every command has. The layout is that of 64 bits on every ABI. */
static void decode_header(struct decoder *d, const struct iocb *cb)
{
    values_add(d->out, VALUE_HEX, "aio_data", cb->aio_data);
    if (cb->aio_key) {
        values_add(d->out, VALUE_UINT, "aio_key", cb->aio_key);
    }
    if (cb->aio_rw_flags) {
        append_flags(d, "aio_rw_flags", &xlat_rwf_flags, (uint32_t)cb->aio_rw_flags);
    }
    decode_command(d, cb->aio_lio_opcode);
    if (cb->aio_flags & HAS_PRIORITY) {
        kind_ioprio_hex.decode(d, "aio_reqprio", &kind_ioprio_hex, (uint16_t)cb->aio_reqprio);
    } else if (cb->aio_reqprio) {
        values_add(d->out, VALUE_INT, "aio_reqprio", (uint64_t)(int64_t)cb->aio_reqprio);
    }
    decode_fd_number(d, "aio_fildes", (int)cb->aio_fildes);
}

static void decode_trailer(struct decoder *d, const struct iocb *cb)
{
    if (cb->aio_flags) {
        append_flags(d, "aio_flags", &xlat_iocb_flags, cb->aio_flags);
    }
    if (cb->aio_flags & HAS_EVENT_DESCRIPTOR) {
        decode_fd_number(d, "aio_resfd", (int)cb->aio_resfd);
    } else if (cb->aio_resfd) {
        values_add(d->out, VALUE_HEX, "aio_resfd", cb->aio_resfd);
    }
}

static void decode_body(struct decoder *d, const struct iocb *cb)
{
    bool valid = (int64_t)cb->aio_nbytes >= 0;
    switch (cb->aio_lio_opcode) {
    case COMMAND_PREAD:
    case COMMAND_PWRITE:
        if (cb->aio_lio_opcode == COMMAND_PWRITE && valid) {
            decode_data(d, "aio_buf", cb->aio_buf, cb->aio_nbytes);
        } else {
            values_add(d->out, VALUE_HEX, "aio_buf", cb->aio_buf);
        }
        values_add(d->out, VALUE_UINT, "aio_nbytes", cb->aio_nbytes);
        break;
    case COMMAND_PREADV:
    case COMMAND_PWRITEV:
        decode_iovec(d, "aio_buf", cb->aio_buf, valid ? cb->aio_nbytes : 0, UINT64_MAX,
                     cb->aio_lio_opcode == COMMAND_PWRITEV ? IOVEC_DATA : IOVEC_ADDRESSES);
        break;
    case COMMAND_POLL:
        append_flags(d, "aio_buf", &xlat_poll_events, cb->aio_buf);
        decode_trailer(d, cb);
        return;
    default:
        return;
    }
    values_add(d->out, VALUE_INT, "aio_offset", (uint64_t)cb->aio_offset);
    decode_trailer(d, cb);
}

/* One pointer of io_submit's array. */
static void decode_iocb_element(struct decoder *d, const void *element, void *context)
{
    (void)context;
    uint64_t addr = d->abi->pointer_size == 4 ? *(const uint32_t *)element : *(const uint64_t *)element;
    struct iocb cb;
    if (!decode_object(d, NULL, addr, &cb, sizeof(cb))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    decode_header(d, &cb);
    decode_body(d, &cb);
    values_close(d->out);
}

static void decode_iocbs(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    int64_t count = d->abi->long_size == 4 ? (int32_t)d->args[1] : (int64_t)d->args[1];
    if (count < 0) {
        decode_addr(d, name, raw);
        return;
    }
    decode_array(d, name, raw, (uint64_t)count, d->abi->pointer_size, decode_iocb_element, NULL);
}

static void decode_iocb_header(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct iocb cb;
    if (!decode_object(d, name, raw, &cb, sizeof(cb))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    decode_header(d, &cb);
    values_close(d->out);
}

static void decode_event_element(struct decoder *d, const void *element, void *context)
{
    (void)context;
    values_open(d->out, VALUE_STRUCT, NULL);
    decode_members(d, &(struct block){.bytes = element, .size = sizeof(struct io_event)}, &layout_io_event);
    values_close(d->out);
}

static void decode_events(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_array(d, name, raw, (uint64_t)d->result, sizeof(struct io_event), decode_event_element, NULL);
}

static void decode_context(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t context;
    if (!decode_word(d, raw) || !decode_read_word(d, decode_word(d, raw), &context)) {
        decode_addr(d, name, raw);
        return;
    }
    values_open(d->out, VALUE_REF, name);
    decode_addr(d, NULL, context);
    values_close(d->out);
}

const struct kind kind_aio_context_out = {
    .decode = decode_context, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = sizeof(uint64_t)};
const struct kind kind_iocbs = {.decode = decode_iocbs};
const struct kind kind_iocb_header = {.decode = decode_iocb_header};
const struct kind kind_io_event_out = {.decode = decode_layout,
                                       .aux = &layout_io_event,
                                       .direction = DIR_OUT,
                                       .extent = EXTENT_FIXED,
                                       .size = sizeof(struct io_event)};
const struct kind kind_io_events_out = {
    .decode = decode_events, .direction = DIR_OUT, .extent = EXTENT_RESULT, .size = sizeof(struct io_event)};
