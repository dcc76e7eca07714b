#include "decode/kinds/uring.h"

#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/iovec.h"
#include "decode/kinds/members.h"
#include "decode/kinds/signal.h"
#include "decode/kinds/time.h"

/* Numbers of include/uapi/linux/io_uring.h as of Linux 6.18; the exported headers may be older. */
XLAT(uring_setup_flags, "IORING_SETUP_???", {1U << 0, "IORING_SETUP_IOPOLL"},
     {1U << 1, "IORING_SETUP_SQPOLL"}, {1U << 2, "IORING_SETUP_SQ_AFF"}, {1U << 3, "IORING_SETUP_CQSIZE"},
     {1U << 4, "IORING_SETUP_CLAMP"}, {1U << 5, "IORING_SETUP_ATTACH_WQ"},
     {1U << 6, "IORING_SETUP_R_DISABLED"}, {1U << 7, "IORING_SETUP_SUBMIT_ALL"},
     {1U << 8, "IORING_SETUP_COOP_TASKRUN"}, {1U << 9, "IORING_SETUP_TASKRUN_FLAG"},
     {1U << 10, "IORING_SETUP_SQE128"}, {1U << 11, "IORING_SETUP_CQE32"},
     {1U << 12, "IORING_SETUP_SINGLE_ISSUER"}, {1U << 13, "IORING_SETUP_DEFER_TASKRUN"},
     {1U << 14, "IORING_SETUP_NO_MMAP"}, {1U << 15, "IORING_SETUP_REGISTERED_FD_ONLY"},
     {1U << 16, "IORING_SETUP_NO_SQARRAY"}, {1U << 17, "IORING_SETUP_HYBRID_IOPOLL"},
     {1U << 18, "IORING_SETUP_CQE_MIXED"});
XLAT(uring_features, "IORING_FEAT_???", {1U << 0, "IORING_FEAT_SINGLE_MMAP"}, {1U << 1, "IORING_FEAT_NODROP"},
     {1U << 2, "IORING_FEAT_SUBMIT_STABLE"}, {1U << 3, "IORING_FEAT_RW_CUR_POS"},
     {1U << 4, "IORING_FEAT_CUR_PERSONALITY"}, {1U << 5, "IORING_FEAT_FAST_POLL"},
     {1U << 6, "IORING_FEAT_POLL_32BITS"}, {1U << 7, "IORING_FEAT_SQPOLL_NONFIXED"},
     {1U << 8, "IORING_FEAT_EXT_ARG"}, {1U << 9, "IORING_FEAT_NATIVE_WORKERS"},
     {1U << 10, "IORING_FEAT_RSRC_TAGS"}, {1U << 11, "IORING_FEAT_CQE_SKIP"},
     {1U << 12, "IORING_FEAT_LINKED_FILE"}, {1U << 13, "IORING_FEAT_REG_REG_RING"},
     {1U << 14, "IORING_FEAT_RECVSEND_BUNDLE"}, {1U << 15, "IORING_FEAT_MIN_TIMEOUT"},
     {1U << 16, "IORING_FEAT_RW_ATTR"}, {1U << 17, "IORING_FEAT_NO_IOWAIT"});
XLAT(uring_enter, "IORING_ENTER_???", {1, "IORING_ENTER_GETEVENTS"}, {2, "IORING_ENTER_SQ_WAKEUP"},
     {4, "IORING_ENTER_SQ_WAIT"}, {8, "IORING_ENTER_EXT_ARG"}, {0x10, "IORING_ENTER_REGISTERED_RING"},
     {0x20, "IORING_ENTER_ABS_TIMER"}, {0x40, "IORING_ENTER_EXT_ARG_REG"}, {0x80, "IORING_ENTER_NO_IOWAIT"});
XLAT_ORDERED(uring_register_ops, "IORING_REGISTER_???", {0, "IORING_REGISTER_BUFFERS"},
             {1, "IORING_UNREGISTER_BUFFERS"}, {2, "IORING_REGISTER_FILES"}, {3, "IORING_UNREGISTER_FILES"},
             {4, "IORING_REGISTER_EVENTFD"}, {5, "IORING_UNREGISTER_EVENTFD"},
             {6, "IORING_REGISTER_FILES_UPDATE"}, {7, "IORING_REGISTER_EVENTFD_ASYNC"},
             {8, "IORING_REGISTER_PROBE"}, {9, "IORING_REGISTER_PERSONALITY"},
             {10, "IORING_UNREGISTER_PERSONALITY"}, {11, "IORING_REGISTER_RESTRICTIONS"},
             {12, "IORING_REGISTER_ENABLE_RINGS"}, {13, "IORING_REGISTER_FILES2"},
             {14, "IORING_REGISTER_FILES_UPDATE2"}, {15, "IORING_REGISTER_BUFFERS2"},
             {16, "IORING_REGISTER_BUFFERS_UPDATE"}, {17, "IORING_REGISTER_IOWQ_AFF"},
             {18, "IORING_UNREGISTER_IOWQ_AFF"}, {19, "IORING_REGISTER_IOWQ_MAX_WORKERS"},
             {20, "IORING_REGISTER_RING_FDS"}, {21, "IORING_UNREGISTER_RING_FDS"},
             {22, "IORING_REGISTER_PBUF_RING"}, {23, "IORING_UNREGISTER_PBUF_RING"},
             {24, "IORING_REGISTER_SYNC_CANCEL"}, {25, "IORING_REGISTER_FILE_ALLOC_RANGE"},
             {26, "IORING_REGISTER_PBUF_STATUS"}, {27, "IORING_REGISTER_NAPI"},
             {28, "IORING_UNREGISTER_NAPI"}, {29, "IORING_REGISTER_CLOCK"},
             {30, "IORING_REGISTER_CLONE_BUFFERS"}, {31, "IORING_REGISTER_SEND_MSG_RING"},
             {32, "IORING_REGISTER_ZCRX_IFQ"}, {33, "IORING_REGISTER_RESIZE_RINGS"},
             {34, "IORING_REGISTER_MEM_REGION"}, {35, "IORING_REGISTER_QUERY"});
XLAT(uring_register_flags, NULL, {0x80000000, "IORING_REGISTER_USE_REGISTERED_RING"});

enum { ENTER_EXT_ARG = 8, ENTER_EXT_ARG_REG = 0x40 };
enum { SETUP_ATTACH_WQ = 0x20 };
enum {
    REGISTER_BUFFERS = 0,
    REGISTER_FILES = 2,
    REGISTER_EVENTFD = 4,
    REGISTER_EVENTFD_ASYNC = 7,
    REGISTER_RING_FDS = 20,
    REGISTER_PBUF_RING = 22,
    UNREGISTER_PBUF_RING = 23,
};
#define REGISTERED_RING 0x80000000U

struct uring_sq_offsets {
    uint32_t head, tail, ring_mask, ring_entries, flags, dropped, array, resv1;
    uint64_t user_addr;
};

struct uring_cq_offsets {
    uint32_t head, tail, ring_mask, ring_entries, overflow, cqes, flags, resv1;
    uint64_t user_addr;
};

struct uring_params {
    uint32_t sq_entries, cq_entries, flags, sq_thread_cpu, sq_thread_idle, features, wq_fd, resv[3];
    struct uring_sq_offsets sq_off;
    struct uring_cq_offsets cq_off;
};

struct uring_buffer_ring {
    uint64_t ring_addr;
    uint32_t ring_entries;
    uint16_t bgid;
    uint16_t flags;
    uint32_t min_left;
    uint32_t resv[5];
};

struct uring_getevents {
    uint64_t sigmask;
    uint32_t sigmask_sz;
    uint32_t min_wait_usec;
    uint64_t ts;
};

struct uring_ring_fd {
    uint32_t offset;
    uint32_t resv;
    uint64_t data;
};

LAYOUT(sq_offsets, struct uring_sq_offsets, MEMBER(struct uring_sq_offsets, head, UINT),
       MEMBER(struct uring_sq_offsets, tail, UINT), MEMBER(struct uring_sq_offsets, ring_mask, UINT),
       MEMBER(struct uring_sq_offsets, ring_entries, UINT), MEMBER(struct uring_sq_offsets, flags, UINT),
       MEMBER(struct uring_sq_offsets, dropped, UINT), MEMBER(struct uring_sq_offsets, array, UINT),
       MEMBER(struct uring_sq_offsets, user_addr, HEX));
LAYOUT(cq_offsets, struct uring_cq_offsets, MEMBER(struct uring_cq_offsets, head, UINT),
       MEMBER(struct uring_cq_offsets, tail, UINT), MEMBER(struct uring_cq_offsets, ring_mask, UINT),
       MEMBER(struct uring_cq_offsets, ring_entries, UINT), MEMBER(struct uring_cq_offsets, overflow, UINT),
       MEMBER(struct uring_cq_offsets, cqes, UINT), MEMBER(struct uring_cq_offsets, flags, UINT),
       MEMBER(struct uring_cq_offsets, user_addr, HEX));
LAYOUT(buffer_ring, struct uring_buffer_ring, MEMBER(struct uring_buffer_ring, ring_addr, ADDR),
       MEMBER(struct uring_buffer_ring, ring_entries, UINT), MEMBER(struct uring_buffer_ring, bgid, UINT),
       MEMBER(struct uring_buffer_ring, flags, HEX), MEMBER(struct uring_buffer_ring, min_left, UINT));
LAYOUT(ring_fd, struct uring_ring_fd, MEMBER(struct uring_ring_fd, offset, UINT),
       MEMBER(struct uring_ring_fd, data, FD));

static void decode_block(struct decoder *d, const char *name, const void *bytes, const struct layout *layout)
{
    values_open(d->out, VALUE_STRUCT, name);
    decode_members(d, &(struct block){.bytes = bytes, .size = layout->size}, layout);
    values_close(d->out);
}

/* What the kernel has filled in. */
static void decode_params_result(struct decoder *d, const struct uring_params *p)
{
    values_add(d->out, VALUE_UINT, "sq_entries", p->sq_entries);
    values_add(d->out, VALUE_UINT, "cq_entries", p->cq_entries);
    decode_flag_set(d, "features", &xlat_uring_features, p->features);
    decode_block(d, "sq_off", &p->sq_off, &layout_sq_offsets);
    decode_block(d, "cq_off", &p->cq_off, &layout_cq_offsets);
}

static void decode_params(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct uring_params p;
    if ((d->at_exit && d->result < 0) || !decode_object(d, name, raw, &p, sizeof(p))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    decode_flag_set(d, "flags", &xlat_uring_setup_flags, p.flags);
    values_add(d->out, VALUE_HEX, "sq_thread_cpu", p.sq_thread_cpu);
    values_add(d->out, VALUE_UINT, "sq_thread_idle", p.sq_thread_idle);
    if (p.flags & SETUP_ATTACH_WQ) {
        decode_fd_number(d, "wq_fd", (int)p.wq_fd);
    }
    if (d->at_exit) {
        decode_params_result(d, &p);
    }
    values_close(d->out);
}

static void decode_getevents(struct decoder *d, const char *name, uint64_t addr)
{
    struct uring_getevents g;
    if (!decode_object(d, name, addr, &g, sizeof(g))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    decode_sigset(d, "sigmask", g.sigmask, g.sigmask_sz);
    values_add(d->out, VALUE_UINT, "sigmask_sz", g.sigmask_sz);
    values_add(d->out, VALUE_UINT, "min_wait_usec", g.min_wait_usec);
    decode_timespec(d, "ts", g.ts, TIME_64BIT);
    values_close(d->out);
}

/* Both flags together are refused by the kernel; then strace shows what it showed before there were any. */
static void decode_enter_arg(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t how = (uint32_t)d->args[3] & (ENTER_EXT_ARG | ENTER_EXT_ARG_REG);
    if (how == ENTER_EXT_ARG_REG) {
        values_add(d->out, VALUE_UINT, name, decode_word(d, raw));
    } else if (how == ENTER_EXT_ARG) {
        decode_getevents(d, name, raw);
    } else {
        decode_sigset(d, name, raw, decode_word(d, d->args[5]));
    }
}

static void decode_register_op(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t opcode = (uint32_t)raw & ~REGISTERED_RING;
    if (!((uint32_t)raw & REGISTERED_RING)) {
        values_xlat(d->out, VALUE_ENUM, name, &xlat_uring_register_ops, opcode);
        return;
    }
    uint32_t whole = values_open(d->out, VALUE_OR, name);
    values_at(d->out, whole)->number = (uint32_t)raw;
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_uring_register_ops, opcode);
    decode_flag_set(d, NULL, &xlat_uring_register_flags, REGISTERED_RING);
    values_close(d->out);
}

static void decode_fd_element(struct decoder *d, const void *element, void *context)
{
    (void)context;
    decode_fd_number(d, NULL, *(const int *)element);
}

static void decode_ring_fd_element(struct decoder *d, const void *element, void *context)
{
    (void)context;
    decode_block(d, NULL, element, &layout_ring_fd);
}

static void decode_register_arg(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t count = (uint32_t)d->args[3];
    switch ((uint32_t)d->args[1] & ~REGISTERED_RING) {
    case REGISTER_BUFFERS:
        decode_iovec(d, name, raw, count, UINT64_MAX, IOVEC_ADDRESSES);
        break;
    case REGISTER_FILES:
    case REGISTER_EVENTFD:
    case REGISTER_EVENTFD_ASYNC:
        decode_array(d, name, raw, count, sizeof(int), decode_fd_element, NULL);
        break;
    case REGISTER_RING_FDS:
        decode_array(d, name, raw, count, sizeof(struct uring_ring_fd), decode_ring_fd_element, NULL);
        break;
    case REGISTER_PBUF_RING:
    case UNREGISTER_PBUF_RING:
        if (count == 1) {
            decode_layout_at(d, name, raw, &layout_buffer_ring, UINT64_MAX);
            break;
        }
        decode_addr(d, name, raw);
        break;
    default:
        decode_addr(d, name, raw);
        break;
    }
}

const struct kind kind_uring_params = {.decode = decode_params,
                                       .direction = DIR_INOUT,
                                       .extent = EXTENT_FIXED,
                                       .size = sizeof(struct uring_params)};
KIND_FLAGS(uring_enter_flags, uring_enter);
const struct kind kind_uring_enter_arg = {.decode = decode_enter_arg};
const struct kind kind_uring_register_op = {.decode = decode_register_op};
const struct kind kind_uring_register_arg = {.decode = decode_register_arg};
