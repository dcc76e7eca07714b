#include "decode/kinds/uring.h"

#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/members.h"
#include "decode/kinds/signal.h"
#include "decode/kinds/time.h"
#include "decode/kinds/uring_tables.h"

/* Numbers of include/uapi/linux/io_uring.h as of Linux 7.0; the exported headers may be older. */
XLAT(uring_setup_flags, "IORING_SETUP_???", {1U << 0, "IORING_SETUP_IOPOLL"},
     {1U << 1, "IORING_SETUP_SQPOLL"}, {1U << 2, "IORING_SETUP_SQ_AFF"}, {1U << 3, "IORING_SETUP_CQSIZE"},
     {1U << 4, "IORING_SETUP_CLAMP"}, {1U << 5, "IORING_SETUP_ATTACH_WQ"},
     {1U << 6, "IORING_SETUP_R_DISABLED"}, {1U << 7, "IORING_SETUP_SUBMIT_ALL"},
     {1U << 8, "IORING_SETUP_COOP_TASKRUN"}, {1U << 9, "IORING_SETUP_TASKRUN_FLAG"},
     {1U << 10, "IORING_SETUP_SQE128"}, {1U << 11, "IORING_SETUP_CQE32"},
     {1U << 12, "IORING_SETUP_SINGLE_ISSUER"}, {1U << 13, "IORING_SETUP_DEFER_TASKRUN"},
     {1U << 14, "IORING_SETUP_NO_MMAP"}, {1U << 15, "IORING_SETUP_REGISTERED_FD_ONLY"},
     {1U << 16, "IORING_SETUP_NO_SQARRAY"}, {1U << 17, "IORING_SETUP_HYBRID_IOPOLL"},
     {1U << 18, "IORING_SETUP_CQE_MIXED"}, {1U << 19, "IORING_SETUP_SQE_MIXED"},
     {1U << 20, "IORING_SETUP_SQ_REWIND"});
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
enum { ENTER_EXT_ARG = 8, ENTER_EXT_ARG_REG = 0x40 };
enum { SETUP_ATTACH_WQ = 0x20 };
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

struct uring_getevents {
    uint64_t sigmask;
    uint32_t sigmask_sz;
    uint32_t min_wait_usec;
    uint64_t ts;
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
    append_flags(d, "features", &xlat_uring_features, p->features);
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
    append_flags(d, "flags", &xlat_uring_setup_flags, p.flags);
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

const struct kind kind_uring_params = {.decode = decode_params,
                                       .direction = DIR_INOUT,
                                       .extent = EXTENT_FIXED,
                                       .size = sizeof(struct uring_params)};
KIND_FLAGS(uring_enter_flags, uring_enter);
const struct kind kind_uring_enter_arg = {.decode = decode_enter_arg};
