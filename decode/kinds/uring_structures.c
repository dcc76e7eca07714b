#include "decode/kinds/uring_structures.h"

#include <stddef.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/members.h"
#include "decode/kinds/uring_tables.h"

enum { SQE_MESSAGE = 1, SQE_OTHER = 2, OP_MSG_RING = 40 };
enum { ZCRX_FLUSH = 1, ZCRX_EXPORT = 2, ZCRX_ARM = 4 };

struct buffer_ring {
    uint64_t ring_addr;
    uint32_t ring_entries;
    uint16_t bgid;
    uint16_t flags;
    uint32_t min_left;
    uint32_t resv[5];
};

struct timeout {
    int64_t tv_sec, tv_nsec;
};

struct sync_cancel {
    uint64_t addr;
    int32_t fd;
    uint32_t flags;
    struct timeout timeout;
    uint8_t opcode, pad[7];
    uint64_t pad2[3];
};

struct index_range {
    uint32_t off, len;
    uint64_t resv;
};

struct buffer_status {
    uint32_t buf_group, head, resv[8];
};

struct clone_of_buffers {
    uint32_t src_fd, flags, src_off, dst_off, nr, pad[3];
};

struct sqe {
    uint8_t opcode, flags;
    uint16_t ioprio;
    int32_t fd;
    uint64_t off, addr;
    uint32_t len, rw_flags;
    uint64_t user_data;
    uint16_t buf_index, personality;
    uint32_t file_index;
    uint64_t optval, pad;
};

struct zcrx_offsets {
    uint32_t head, tail, rqes, resv2;
    uint64_t resv[2];
};

struct zcrx_queue {
    uint32_t if_idx, if_rxq, rq_entries, flags;
    uint64_t area_ptr, region_ptr;
    struct zcrx_offsets offsets;
    uint32_t zcrx_id, rx_buf_len;
    uint64_t event_desc, resv[2];
};

struct zcrx_flush {
    uint64_t resv[6];
};

struct zcrx_export {
    uint32_t zcrx_fd, resv[11];
};

struct zcrx_arm {
    uint32_t event_type, resv[11];
};

struct zcrx_control {
    uint32_t zcrx_id, op;
    uint64_t resv[2];
    union {
        struct zcrx_flush zc_flush;
        struct zcrx_export zc_export;
        struct zcrx_arm zc_arm_event;
    };
};

struct region {
    uint64_t region_uptr, flags, resv[2];
};

/* What is taken of struct io_uring_params. */
struct user_memory {
    uint64_t user_addr;
};

struct sizes {
    uint32_t sq_entries, cq_entries, flags, not_taken[7], of_sq[8];
    struct user_memory sq_off;
    uint32_t of_cq[8];
    struct user_memory cq_off;
};

LAYOUT(buffer_ring, struct buffer_ring, MEMBER(struct buffer_ring, ring_addr, ADDR),
       MEMBER(struct buffer_ring, ring_entries, UINT), MEMBER(struct buffer_ring, bgid, UINT),
       MEMBER(struct buffer_ring, flags, HEX), MEMBER(struct buffer_ring, min_left, UINT));
LAYOUT(timeout, struct timeout, MEMBER(struct timeout, tv_sec, INT), MEMBER(struct timeout, tv_nsec, INT));
LAYOUT(sync_cancel, struct sync_cancel, MEMBER(struct sync_cancel, addr, ADDR),
       MEMBER(struct sync_cancel, fd, FD),
       MEMBER(struct sync_cancel, flags, FLAGS, .xlat = &xlat_uring_cancel_flags),
       MEMBER(struct sync_cancel, timeout, BLOCK, .layout = &layout_timeout),
       MEMBER(struct sync_cancel, opcode, ENUM, .xlat = &xlat_uring_ops));
LAYOUT(index_range, struct index_range, MEMBER(struct index_range, off, UINT),
       MEMBER(struct index_range, len, UINT));
LAYOUT(buffer_status, struct buffer_status, MEMBER(struct buffer_status, buf_group, HEX),
       MEMBER(struct buffer_status, head, HEX));
LAYOUT(clone_of_buffers, struct clone_of_buffers, MEMBER(struct clone_of_buffers, src_fd, FD),
       MEMBER(struct clone_of_buffers, flags, FLAGS, .xlat = &xlat_uring_clone_flags),
       MEMBER(struct clone_of_buffers, src_off, UINT), MEMBER(struct clone_of_buffers, dst_off, UINT),
       MEMBER(struct clone_of_buffers, nr, UINT));
LAYOUT(sqe, struct sqe, MEMBER(struct sqe, opcode, ENUM, .xlat = &xlat_uring_ops),
       MEMBER(struct sqe, flags, FLAGS, .xlat = &xlat_uring_sqe_flags), MEMBER(struct sqe, ioprio, UINT),
       MEMBER(struct sqe, fd, FD), MEMBER(struct sqe, off, HEX), MEMBER(struct sqe, addr, HEX),
       MEMBER(struct sqe, len, UINT),
       {.name = "msg_ring_flags",
        .offset = offsetof(struct sqe, rw_flags),
        .size = 4,
        .as = AS_FLAGS,
        .xlat = &xlat_uring_message_flags,
        .when = SQE_MESSAGE},
       MEMBER(struct sqe, rw_flags, HEX, .when = SQE_OTHER), MEMBER(struct sqe, user_data, HEX),
       MEMBER(struct sqe, buf_index, HEX), MEMBER(struct sqe, personality, UINT),
       MEMBER(struct sqe, file_index, HEX), MEMBER(struct sqe, optval, HEX));
LAYOUT(zcrx_offsets, struct zcrx_offsets, MEMBER(struct zcrx_offsets, head, UINT),
       MEMBER(struct zcrx_offsets, tail, UINT), MEMBER(struct zcrx_offsets, rqes, UINT));
LAYOUT(zcrx_queue, struct zcrx_queue, MEMBER(struct zcrx_queue, if_idx, UINT),
       MEMBER(struct zcrx_queue, if_rxq, UINT), MEMBER(struct zcrx_queue, rq_entries, UINT),
       MEMBER(struct zcrx_queue, flags, FLAGS, .xlat = &xlat_uring_zcrx_flags),
       MEMBER(struct zcrx_queue, area_ptr, ADDR), MEMBER(struct zcrx_queue, region_ptr, ADDR),
       MEMBER(struct zcrx_queue, offsets, BLOCK, .layout = &layout_zcrx_offsets),
       MEMBER(struct zcrx_queue, zcrx_id, UINT), MEMBER(struct zcrx_queue, rx_buf_len, UINT),
       MEMBER(struct zcrx_queue, event_desc, ADDR));
/* A flush says nothing yet. */
LAYOUT(zcrx_flush, struct zcrx_flush,
       {.name = "__resv",
        .size = sizeof(struct zcrx_flush),
        .as = AS_ARRAY,
        .each = AS_HEX,
        .width = 8,
        .unless_0 = true});
LAYOUT(zcrx_export, struct zcrx_export, MEMBER(struct zcrx_export, zcrx_fd, FD));
LAYOUT(zcrx_arm, struct zcrx_arm, MEMBER(struct zcrx_arm, event_type, ENUM, .xlat = &xlat_uring_zcrx_events));
LAYOUT(zcrx_control, struct zcrx_control, MEMBER(struct zcrx_control, zcrx_id, UINT),
       MEMBER(struct zcrx_control, op, ENUM, .xlat = &xlat_uring_zcrx_controls),
       MEMBER(struct zcrx_control, zc_flush, BLOCK, .layout = &layout_zcrx_flush, .when = ZCRX_FLUSH),
       MEMBER(struct zcrx_control, zc_export, BLOCK, .layout = &layout_zcrx_export, .when = ZCRX_EXPORT),
       MEMBER(struct zcrx_control, zc_arm_event, BLOCK, .layout = &layout_zcrx_arm, .when = ZCRX_ARM));
LAYOUT(region, struct region, MEMBER(struct region, region_uptr, ADDR),
       MEMBER(struct region, flags, FLAGS, .xlat = &xlat_uring_region_flags));
LAYOUT(user_memory, struct user_memory, MEMBER(struct user_memory, user_addr, HEX));
LAYOUT(sizes, struct sizes, MEMBER(struct sizes, sq_entries, UINT), MEMBER(struct sizes, cq_entries, UINT),
       MEMBER(struct sizes, flags, FLAGS, .xlat = &xlat_uring_setup_flags),
       MEMBER(struct sizes, sq_off, BLOCK, .layout = &layout_user_memory, .unless_0 = true),
       MEMBER(struct sizes, cq_off, BLOCK, .layout = &layout_user_memory, .unless_0 = true));

/* Operations that take one structure, and say so by the number of arguments. */
static const struct {
    uint8_t operation, count;
    bool written; /* told of after the call */
    const struct layout *layout;
} structures[] = {
    {REGISTER_PBUF_RING, 1, false, &layout_buffer_ring},
    {UNREGISTER_PBUF_RING, 1, false, &layout_buffer_ring},
    {REGISTER_SYNC_CANCEL, 1, false, &layout_sync_cancel},
    {REGISTER_FILE_ALLOC_RANGE, 1, false, &layout_index_range},
    {REGISTER_PBUF_STATUS, 1, true, &layout_buffer_status},
    {REGISTER_CLONE_BUFFERS, 1, false, &layout_clone_of_buffers},
    {REGISTER_ZCRX_IFQ, 1, false, &layout_zcrx_queue},
    {REGISTER_RESIZE_RINGS, 1, false, &layout_sizes},
    {REGISTER_MEM_REGION, 1, false, &layout_region},
};

static void append_sqe(struct decoder *d, const char *name, uint64_t addr)
{
    struct sqe sqe;
    if (!decode_object(d, name, addr, &sqe, sizeof(sqe))) {
        return;
    }
    const struct block block = {.bytes = (const unsigned char *)&sqe,
                                .size = sizeof(sqe),
                                .mask = sqe.opcode == OP_MSG_RING ? SQE_MESSAGE : SQE_OTHER};
    values_open(d->out, VALUE_STRUCT, name);
    decode_members(d, &block, &layout_sqe);
    values_close(d->out);
}

/* The kernel wants a count of 0 here; strace goes by 1. */
static void append_zcrx_control(struct decoder *d, const char *name, uint64_t addr, uint32_t count)
{
    struct zcrx_control control;
    if (count > 1) {
        decode_addr(d, name, addr);
        return;
    }
    if (!decode_object(d, name, addr, &control, sizeof(control))) {
        return;
    }
    const uint64_t parts[] = {ZCRX_FLUSH, d->at_exit ? ZCRX_EXPORT : 0, ZCRX_ARM};
    const struct block block = {.bytes = (const unsigned char *)&control,
                                .size = sizeof(control),
                                .mask = control.op < 3 ? parts[control.op] : 0};
    values_open(d->out, VALUE_STRUCT, name);
    decode_members(d, &block, &layout_zcrx_control);
    values_close(d->out);
}

bool decode_uring_structure(struct decoder *d, const char *name, uint64_t addr, uint32_t operation,
                            uint32_t count)
{
    if (operation == REGISTER_SEND_MSG_RING && count == 1) {
        append_sqe(d, name, addr);
        return true;
    }
    if (operation == REGISTER_ZCRX_CTRL) {
        append_zcrx_control(d, name, addr, count);
        return true;
    }
    for (size_t i = 0; i < sizeof(structures) / sizeof(structures[0]); i++) {
        if (structures[i].operation != operation) {
            continue;
        }
        if (count != structures[i].count || (structures[i].written && !d->at_exit)) {
            decode_addr(d, name, addr);
        } else if (d->result >= 0 || !d->at_exit) {
            decode_layout_at(d, name, addr, structures[i].layout, UINT64_MAX);
        }
        return true;
    }
    return false;
}
