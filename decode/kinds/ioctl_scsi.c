/* Requests to generic SCSI devices (scsi/sg.h, linux/bsg.h). */
#include <linux/bsg.h>
#include <stddef.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/fields.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/iovec.h"
#include "decode/kinds/members.h"

XLAT(sg_directions, "SG_DXFER_???", {0xffffffff, "SG_DXFER_NONE"}, {0xfffffffe, "SG_DXFER_TO_DEV"},
     {0xfffffffd, "SG_DXFER_FROM_DEV"}, {0xfffffffc, "SG_DXFER_TO_FROM_DEV"});
XLAT(sg_flags, "SG_FLAG_???", {1, "SG_FLAG_DIRECT_IO"}, {2, "SG_FLAG_UNUSED_LUN_INHIBIT"},
     {4, "SG_FLAG_MMAP_IO"}, {0x10000, "SG_FLAG_NO_DXFER"}, {0x10, "SG_FLAG_Q_AT_TAIL"},
     {0x20, "SG_FLAG_Q_AT_HEAD"});
XLAT(sg_information, "SG_INFO_???", {1, "SG_INFO_CHECK"}, {2, "SG_INFO_DIRECT_IO"}, {4, "SG_INFO_MIXED_IO"});
XLAT(bsg_protocols, "BSG_PROTOCOL_???", X(BSG_PROTOCOL_SCSI));
XLAT(bsg_subprotocols, "BSG_SUB_PROTOCOL_???", X(BSG_SUB_PROTOCOL_SCSI_CMD), X(BSG_SUB_PROTOCOL_SCSI_TMF),
     X(BSG_SUB_PROTOCOL_SCSI_TRANSPORT));
XLAT(bsg_flags, "BSG_FLAG_???", X(BSG_FLAG_Q_AT_TAIL), X(BSG_FLAG_Q_AT_HEAD));
XLAT(sg_resets, "SG_SCSI_RESET_???", {0, "SG_SCSI_RESET_NOTHING"}, {1, "SG_SCSI_RESET_DEVICE"},
     {2, "SG_SCSI_RESET_BUS"}, {3, "SG_SCSI_RESET_HOST"}, {4, "SG_SCSI_RESET_TARGET"},
     {0x100, "SG_SCSI_RESET_NO_ESCALATE"});

enum {
    TO_DEVICE = -2,
    FROM_DEVICE = -3,
    TO_FROM_DEVICE = -4,
    VERSION_3 = 'S',
    VERSION_4 = 'Q',
    HEADER_SIZE_64 = 88,
    HEADER_SIZE_32 = 64,
    NO_ESCALATION = 0x100
};

/* struct sg_io_hdr, in the order of its members. */
struct header {
    int32_t direction, resid;
    uint32_t length, timeout, flags, duration, information;
    uint8_t command_length, sense_room, status, masked_status, message_status, sense_length;
    uint16_t iovec_count, host_status, driver_status;
    uint64_t data, command, sense;
};

static struct header take_header(const struct decoder *d, const unsigned char *bytes, size_t size)
{
    struct header h;
    struct fields f = fields_over(d, bytes, size);
    f.align_max = d->abi->pointer_size; /* x32 calls as i386 does: the structure is that of compat */
    field_unsigned(&f, 4);              /* interface_id */
    h.direction = (int32_t)field_signed(&f, 4);
    h.command_length = (uint8_t)field_unsigned(&f, 1);
    h.sense_room = (uint8_t)field_unsigned(&f, 1);
    h.iovec_count = (uint16_t)field_unsigned(&f, 2);
    h.length = (uint32_t)field_unsigned(&f, 4);
    h.data = field_pointer(&f);
    h.command = field_pointer(&f);
    h.sense = field_pointer(&f);
    h.timeout = (uint32_t)field_unsigned(&f, 4);
    h.flags = (uint32_t)field_unsigned(&f, 4);
    field_unsigned(&f, 4); /* pack_id */
    field_pointer(&f);     /* usr_ptr */
    h.status = (uint8_t)field_unsigned(&f, 1);
    h.masked_status = (uint8_t)field_unsigned(&f, 1);
    h.message_status = (uint8_t)field_unsigned(&f, 1);
    h.sense_length = (uint8_t)field_unsigned(&f, 1);
    h.host_status = (uint16_t)field_unsigned(&f, 2);
    h.driver_status = (uint16_t)field_unsigned(&f, 2);
    h.resid = (int32_t)field_signed(&f, 4);
    h.duration = (uint32_t)field_unsigned(&f, 4);
    h.information = (uint32_t)field_unsigned(&f, 4);
    return h;
}

static void append_buffer(struct decoder *d, const char *name, uint64_t addr, uint32_t length,
                          uint32_t iovecs)
{
    if (iovecs) {
        decode_iovec(d, name, addr, iovecs, length, IOVEC_DATA);
    } else {
        decode_hex_bytes(d, name, addr, length);
    }
}

/* How many of the bytes asked for came. */
static uint32_t received(uint32_t length, int32_t rest)
{
    return rest > 0 && (uint32_t)rest <= length ? length - (uint32_t)rest : length;
}

static void append_request(struct decoder *d, const char *name, const struct header *h)
{
    values_open(d->out, VALUE_STRUCT, name);
    values_word(d->out, "interface_id", "'S'");
    values_xlat(d->out, VALUE_ENUM, "dxfer_direction", &xlat_sg_directions, (uint32_t)h->direction);
    values_add(d->out, VALUE_UINT, "cmd_len", h->command_length);
    decode_hex_bytes(d, "cmdp", h->command, h->command_length);
    values_add(d->out, VALUE_UINT, "mx_sb_len", h->sense_room);
    values_add(d->out, VALUE_UINT, "iovec_count", h->iovec_count);
    values_add(d->out, VALUE_UINT, "dxfer_len", h->length);
    values_add(d->out, VALUE_UINT, "timeout", h->timeout);
    append_flags(d, "flags", &xlat_sg_flags, h->flags);
    if (h->direction == TO_DEVICE || h->direction == TO_FROM_DEVICE) {
        append_buffer(d, "dxferp", h->data, h->length, h->iovec_count);
    }
    values_close(d->out);
}

/* Copies the members that the entry's structure has; the last one, if data came in its place, as changed. */
static void append_entry(struct decoder *d, uint32_t entry, const struct header *h, uint32_t length)
{
    bool changes = h->direction == TO_FROM_DEVICE && length > 0;
    uint32_t child = values_at(d->out, entry)->first;
    for (; child; child = values_at(d->out, child)->next) {
        if (changes && child == values_at(d->out, entry)->last) {
            values_open(d->out, VALUE_CHANGE, "dxferp");
            values_again(d->out, NULL, child);
            append_buffer(d, "dxferp", h->data, length, h->iovec_count); /* strace names both */
            values_close(d->out);
        } else {
            values_again(d->out, values_at(d->out, child)->name, child);
        }
    }
    if (h->direction == FROM_DEVICE) {
        append_buffer(d, "dxferp", h->data, length, h->iovec_count);
    }
}

static void append_answer(struct decoder *d, const char *name, uint32_t entry, const struct header *h)
{
    values_open(d->out, VALUE_STRUCT, name);
    append_entry(d, entry, h, received(h->length, h->resid));
    values_add(d->out, VALUE_HEX, "status", h->status);
    values_add(d->out, VALUE_HEX, "masked_status", h->masked_status);
    values_add(d->out, VALUE_HEX, "msg_status", h->message_status);
    values_add(d->out, VALUE_UINT, "sb_len_wr", h->sense_length);
    decode_hex_bytes(d, "sbp", h->sense, h->sense_length);
    values_add(d->out, VALUE_HEX, "host_status", h->host_status);
    values_add(d->out, VALUE_HEX, "driver_status", h->driver_status);
    values_add(d->out, VALUE_INT, "resid", (uint64_t)(int64_t)h->resid);
    values_add(d->out, VALUE_UINT, "duration", h->duration);
    append_flags(d, "info", &xlat_sg_information, h->information);
    values_close(d->out);
}

static void decode_version3(struct decoder *d, const char *name, uint64_t raw)
{
    unsigned char bytes[HEADER_SIZE_64];
    size_t size = d->abi->pointer_size == 8 ? HEADER_SIZE_64 : HEADER_SIZE_32;
    uint32_t entry = d->at_exit ? decode_entry_struct(d) : 0;
    if (d->at_exit ? !entry || !mem_read(d->mem, decode_word(d, raw), bytes, size)
                   : !decode_object(d, name, raw, bytes, size)) {
        return;
    }
    const struct header h = take_header(d, bytes, size);
    if (d->at_exit) {
        append_answer(d, name, entry, &h);
    } else {
        append_request(d, name, &h);
    }
}

#define ONE(member, as, ...) MEMBER(struct sg_io_v4, member, as, ##__VA_ARGS__)
LAYOUT(request_head, struct sg_io_v4, ONE(protocol, ENUM, .xlat = &xlat_bsg_protocols),
       ONE(subprotocol, ENUM, .xlat = &xlat_bsg_subprotocols), ONE(request_len, UINT));
LAYOUT(request_body, struct sg_io_v4, ONE(request_tag, HEX), ONE(request_attr, UINT),
       ONE(request_priority, UINT), ONE(request_extra, UINT), ONE(max_response_len, UINT),
       ONE(dout_iovec_count, UINT), ONE(dout_xfer_len, UINT), ONE(din_iovec_count, UINT),
       ONE(din_xfer_len, UINT));
LAYOUT(request_end, struct sg_io_v4, ONE(timeout, UINT), ONE(flags, FLAGS, .xlat = &xlat_bsg_flags),
       ONE(usr_ptr, HEX));
LAYOUT(answer, struct sg_io_v4, ONE(driver_status, HEX), ONE(transport_status, HEX), ONE(device_status, HEX),
       ONE(retry_delay, UINT), ONE(info, FLAGS, .xlat = &xlat_sg_information), ONE(duration, UINT),
       ONE(response_len, UINT), ONE(din_resid, INT), ONE(dout_resid, INT), ONE(generated_tag, HEX));

static void decode_version4(struct decoder *d, const char *name, uint64_t raw)
{
    struct sg_io_v4 io;
    const struct block block = {.bytes = (const unsigned char *)&io, .size = sizeof(io)};
    uint32_t entry = d->at_exit ? decode_entry_struct(d) : 0, open = d->out->open;
    if (d->at_exit) {
        if (entry && mem_read(d->mem, decode_word(d, raw), &io, sizeof(io))) {
            d->out->open = entry;
            values_add(d->out, VALUE_UINT, "response_len", io.response_len);
            decode_hex_bytes(d, "response", io.response, io.response_len);
            append_buffer(d, "din_xferp", io.din_xferp, received(io.din_xfer_len, io.din_resid),
                          io.din_iovec_count);
            decode_members(d, &block, &layout_answer);
            d->out->open = open;
        }
    } else if (decode_object(d, name, raw, &io, sizeof(io))) {
        values_open(d->out, VALUE_STRUCT, name);
        values_word(d->out, "guard", "'Q'");
        decode_members(d, &block, &layout_request_head);
        decode_hex_bytes(d, "request", io.request, io.request_len);
        decode_members(d, &block, &layout_request_body);
        append_buffer(d, "dout_xferp", io.dout_xferp, io.dout_xfer_len, io.dout_iovec_count);
        decode_members(d, &block, &layout_request_end);
        values_close(d->out);
    }
}

/* The first number says which structure it is. strace shows both after a failure, too. */
static void decode_io(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t version;
    (void)kind;
    if (d->at_exit ? !mem_read(d->mem, decode_word(d, raw), &version, sizeof(version))
                   : !decode_object(d, name, raw, &version, sizeof(version))) {
        return;
    }
    if (version == VERSION_3) {
        decode_version3(d, name, raw);
    } else if (version == VERSION_4) {
        decode_version4(d, name, raw);
    } else if (!d->at_exit) {
        decode_number_at(d, name, raw, sizeof(version), VALUE_UINT);
    }
}

static void decode_reset(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t how;
    (void)kind;
    if (!decode_object(d, name, raw, &how, sizeof(how))) {
        return;
    }
    values_open(d->out, VALUE_REF, name);
    if (how & NO_ESCALATION) {
        values_at(d->out, values_open(d->out, VALUE_OR, NULL))->number = how;
        values_xlat(d->out, VALUE_ENUM, NULL, &xlat_sg_resets, NO_ESCALATION);
        values_xlat(d->out, VALUE_ENUM, NULL, &xlat_sg_resets, how & ~(uint32_t)NO_ESCALATION);
        values_close(d->out);
    } else {
        values_xlat(d->out, VALUE_ENUM, NULL, &xlat_sg_resets, how);
    }
    values_close(d->out);
}

struct scsi_place {
    int32_t host_no, channel, scsi_id, lun, scsi_type;
    int16_t h_cmd_per_lun, d_queue_depth;
    int32_t unused[2];
};
#define PLACE(member, as) MEMBER(struct scsi_place, member, as)
LAYOUT(place, struct scsi_place, PLACE(host_no, INT), PLACE(channel, INT), PLACE(scsi_id, HEX),
       PLACE(lun, INT), PLACE(scsi_type, HEX), PLACE(h_cmd_per_lun, INT), PLACE(d_queue_depth, INT));

/* struct sg_req_info */
struct pending_64 {
    int8_t req_state, orphan, sg_io_owned, problem;
    int32_t pack_id;
    uint64_t usr_ptr;
    uint32_t duration;
    int32_t unused;
};
struct pending_32 {
    int8_t req_state, orphan, sg_io_owned, problem;
    int32_t pack_id;
    uint32_t usr_ptr, duration;
    int32_t unused;
};
#define PENDING(type)                                                                                        \
    LAYOUT(type, struct type, MEMBER(struct type, req_state, INT), MEMBER(struct type, orphan, INT),         \
           MEMBER(struct type, sg_io_owned, INT), MEMBER(struct type, problem, INT),                         \
           MEMBER(struct type, pack_id, INT), MEMBER(struct type, usr_ptr, ADDR),                            \
           MEMBER(struct type, duration, UINT))
PENDING(pending_64);
PENDING(pending_32);

static void decode_pending(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_layout_at(d, name, raw, d->abi->pointer_size == 8 ? &layout_pending_64 : &layout_pending_32,
                     UINT64_MAX);
}

static const struct kind io_kind = {.decode = decode_io};
static const struct kind reset_kind = {.decode = decode_reset};
static const struct kind pending_kind = {.decode = decode_pending};

/* Numbers of scsi/sg.h, which is the C library's. */
enum {
    SG_SET_TIMEOUT = 0x2201,
    SG_GET_TIMEOUT = 0x2202,
    SG_EMULATED_HOST = 0x2203,
    SG_SET_TRANSFORM = 0x2204,
    SG_GET_TRANSFORM = 0x2205,
    SG_GET_COMMAND_Q = 0x2270,
    SG_SET_COMMAND_Q = 0x2271,
    SG_GET_RESERVED_SIZE = 0x2272,
    SG_SET_RESERVED_SIZE = 0x2275,
    SG_GET_SCSI_ID = 0x2276,
    SG_SET_FORCE_LOW_DMA = 0x2279,
    SG_GET_LOW_DMA = 0x227a,
    SG_SET_FORCE_PACK_ID = 0x227b,
    SG_GET_PACK_ID = 0x227c,
    SG_GET_NUM_WAITING = 0x227d,
    SG_SET_DEBUG = 0x227e,
    SG_GET_SG_TABLESIZE = 0x227f,
    SG_GET_VERSION_NUM = 0x2282,
    SG_NEXT_CMD_LEN = 0x2283,
    SG_SCSI_RESET = 0x2284,
    SG_IO = 0x2285,
    SG_GET_REQUEST_TABLE = 0x2286,
    SG_SET_KEEP_ORPHAN = 0x2287,
    SG_GET_KEEP_ORPHAN = 0x2288,
    SG_GET_ACCESS_COUNT = 0x2289
};

IOCTL_SHAPES(scsi, BY(SG_IO, OUT_ANY, io), BY(SG_SCSI_RESET, IN, reset), AT(SG_GET_SCSI_ID, OUT, place),
             BY(SG_GET_REQUEST_TABLE, OUT, pending), PLAIN(SG_NEXT_CMD_LEN, NUMBER_AT, IN, 4),
             PLAIN(SG_SET_COMMAND_Q, NUMBER_AT, IN, 4), PLAIN(SG_SET_DEBUG, NUMBER_AT, IN, 4),
             PLAIN(SG_SET_FORCE_LOW_DMA, NUMBER_AT, IN, 4), PLAIN(SG_SET_FORCE_PACK_ID, NUMBER_AT, IN, 4),
             PLAIN(SG_SET_KEEP_ORPHAN, NUMBER_AT, IN, 4), PLAIN(SG_SET_RESERVED_SIZE, NUMBER_AT, IN, 4),
             PLAIN(SG_SET_TIMEOUT, NUMBER_AT, IN, 4), PLAIN(SG_EMULATED_HOST, NUMBER_AT, OUT, 4),
             PLAIN(SG_GET_ACCESS_COUNT, NUMBER_AT, OUT, 4), PLAIN(SG_GET_COMMAND_Q, NUMBER_AT, OUT, 4),
             PLAIN(SG_GET_KEEP_ORPHAN, NUMBER_AT, OUT, 4), PLAIN(SG_GET_LOW_DMA, NUMBER_AT, OUT, 4),
             PLAIN(SG_GET_NUM_WAITING, NUMBER_AT, OUT, 4), PLAIN(SG_GET_PACK_ID, NUMBER_AT, OUT, 4),
             PLAIN(SG_GET_RESERVED_SIZE, NUMBER_AT, OUT, 4), PLAIN(SG_GET_SG_TABLESIZE, NUMBER_AT, OUT, 4),
             PLAIN(SG_GET_TRANSFORM, NUMBER_AT, OUT, 4), PLAIN(SG_GET_VERSION_NUM, NUMBER_AT, OUT, 4),
             PLAIN(SG_SET_TRANSFORM, HEXINT, IN, 0), PLAIN(SG_GET_TIMEOUT, NOTHING, IN, 0));
