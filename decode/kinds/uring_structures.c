#include "decode/kinds/uring_structures.h"

#include <stddef.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/members.h"
#include "decode/kinds/uring_tables.h"

enum { SQE_MESSAGE = 1, SQE_OTHER = 2, OP_MSG_RING = 40 };

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
    uint64_t resv[3];
};

struct region {
    uint64_t region_uptr, flags, resv[2];
};

struct sizes {
    uint32_t sq_entries, cq_entries, flags;
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
       MEMBER(struct zcrx_queue, zcrx_id, UINT), MEMBER(struct zcrx_queue, rx_buf_len, UINT));
LAYOUT(region, struct region, MEMBER(struct region, region_uptr, ADDR),
       MEMBER(struct region, flags, FLAGS, .xlat = &xlat_uring_region_flags));
LAYOUT(sizes, struct sizes, MEMBER(struct sizes, sq_entries, UINT), MEMBER(struct sizes, cq_entries, UINT),
       MEMBER(struct sizes, flags, FLAGS, .xlat = &xlat_uring_setup_flags));

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

bool decode_uring_structure(struct decoder *d, const char *name, uint64_t addr, uint32_t operation,
                            uint32_t count)
{
    if (operation == REGISTER_SEND_MSG_RING && count == 1) {
        append_sqe(d, name, addr);
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
