#include "supervisor/results_bpf.h"

#include <errno.h>

#ifndef PROCTOR_BPF

int results_bpf_open(const struct selection *calls, const struct decode_options *options,
                     struct results **results, struct error *err)
{
    (void)calls;
    (void)options;
    (void)results;
    return error_set(err, ENOSYS, "this proctor was built without BPF");
}

#else

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "decode/kinds/basic.h"
#include "supervisor/bpf/exits.h"
#include <exits.skel.h>

_Static_assert((int)EXITS_ABIS == (int)ABI_COUNT, "the program has a plan for each ABI");

/*
 * The ring as the kernel lays it out (kernel/bpf/ringbuf.c): a page with the reader's position, a page with
 * the writer's, the data, and the data again so that a record that wraps can be read in one piece. We read it
 * ourselves since a record has to stay in the ring until its call's turn comes.
 */
struct ring {
    atomic_ulong *consumer;
    const atomic_ulong *producer;
    const char *data;
    size_t size;
    size_t page;
};

struct results_bpf {
    struct results results;
    struct decode_options options;
    struct exits_bpf *skeleton;
    struct ring ring;
};

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
    (void)level;
    (void)format;
    (void)args;
    return 0;
}

/* How many bytes a piece can have: data is cut by -s, everything else is wanted whole. */
static uint32_t most_of(const struct kind *kind, const struct decode_options *options)
{
    uint32_t data = options->string_max > options->data_max ? options->string_max : options->data_max;
    switch (kind->extent) {
    case EXTENT_IOVEC:
    case EXTENT_MSGHDR:
    case EXTENT_MMSGHDR:
        return data;
    case EXTENT_LENGTH:
        return 4096;
    case EXTENT_STRING:
        return kind->size;
    default:
        return kind == &kind_data_out ? data : EXITS_PIECE_MAX;
    }
}

static void plan_call(const struct call *call, const struct decode_options *options, struct exits_plan *plan)
{
    *plan = (struct exits_plan){.wanted = 1};
    for (unsigned i = 0; i < call->nargs; i++) {
        const struct kind *kind = call->args[i].kind;
        if (kind->direction == DIR_IN || kind->extent == EXTENT_NONE) {
            continue;
        }
        uint32_t most = most_of(kind, options);
        plan->piece[plan->pieces++] = (struct exits_piece){.extent = kind->extent,
                                                           .arg = (uint8_t)i,
                                                           .length_arg = kind->extent_arg,
                                                           .on_failure = kind->direction != DIR_OUT,
                                                           .unit = kind->size ? kind->size : 1,
                                                           .most = most};
    }
}

static int set_plan(int map, unsigned abi, uint32_t index, const struct exits_plan *plan)
{
    uint32_t key = abi * EXITS_CALLS + index;
    return index < EXITS_CALLS && bpf_map_update_elem(map, &key, plan, BPF_ANY) < 0 ? -errno : 0;
}

static int set_plans(struct results_bpf *r, const struct selection *calls,
                     const struct decode_options *options)
{
    int map = bpf_map__fd(r->skeleton->maps.plans);
    int ret = 0;
    for (unsigned a = 0; a < ABI_COUNT && ret == 0; a++) {
        for (uint32_t i = 0; i < EXITS_CALLS && ret == 0; i++) {
            enum call_id id = i < abis[a].count ? (enum call_id)abis[a].calls[i] : CALL_none;
            bool wanted = selection_has(calls, &abis[a], id);
            struct exits_plan plan;
            if (wanted) {
                plan_call(call_line(id), options, &plan);
                ret = set_plan(map, a, i, &plan);
            }
        }
    }
    return ret;
}

static int bpf_want(struct results *results, const struct abi *abi, int number)
{
    struct results_bpf *r = container_of(results, struct results_bpf, results);
    struct exits_plan plan;
    plan_call(call_line(call_find(abi, number)), &r->options, &plan);
    return set_plan(bpf_map__fd(r->skeleton->maps.plans), (unsigned)(abi - abis),
                    (uint32_t)number & ~abi->number_bit, &plan);
}

static int map_ring(struct ring *ring, const struct bpf_map *map)
{
    ring->page = (size_t)sysconf(_SC_PAGESIZE);
    ring->size = bpf_map__max_entries(map);
    void *consumer = mmap(NULL, ring->page, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
    if (consumer == MAP_FAILED) {
        return -errno;
    }
    ring->consumer = consumer;
    char *producer =
        mmap(NULL, ring->page + 2 * ring->size, PROT_READ, MAP_SHARED, bpf_map__fd(map), (off_t)ring->page);
    if (producer == MAP_FAILED) {
        return -errno;
    }
    ring->producer = (const atomic_ulong *)(void *)producer;
    ring->data = producer + ring->page;
    return 0;
}

/* The header of the oldest record, or NULL while there is none or it is still being written. */
static const char *oldest(const struct ring *ring, uint32_t *length)
{
    unsigned long at = atomic_load_explicit(ring->consumer, memory_order_relaxed);
    if (at >= atomic_load_explicit(ring->producer, memory_order_acquire)) {
        return NULL;
    }
    const char *header = ring->data + (at & (ring->size - 1));
    *length = atomic_load_explicit((const _Atomic uint32_t *)(const void *)header, memory_order_acquire);
    return *length & BPF_RINGBUF_BUSY_BIT ? NULL : header;
}

static void bpf_pop(struct results *results)
{
    struct ring *ring = &container_of(results, struct results_bpf, results)->ring;
    uint32_t length;
    if (oldest(ring, &length)) {
        length &= ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
        unsigned long size = (length + BPF_RINGBUF_HDR_SZ + 7UL) & ~7UL;
        unsigned long at = atomic_load_explicit(ring->consumer, memory_order_relaxed);
        atomic_store_explicit(ring->consumer, at + size, memory_order_release);
    }
}

static void unpack(const char *bytes, size_t length, struct record *record)
{
    const struct exits_record *raw = (const struct exits_record *)(const void *)bytes;
    *record = (struct record){.type = raw->type == EXITS_SIGNAL ? RECORD_SIGNAL : RECORD_RESULT,
                              .pid = (pid_t)raw->pid,
                              .tid = (pid_t)raw->tid,
                              .number = raw->number,
                              .result = raw->result,
                              .begin_ns = (int64_t)raw->begin_ns,
                              .end_ns = (int64_t)raw->end_ns,
                              .signal = raw->number};
    size_t at = sizeof(*raw);
    while (record->captures < raw->captures && record->captures < CAPTURES_MAX &&
           at + sizeof(struct exits_capture) <= length) {
        const struct exits_capture *piece = (const struct exits_capture *)(const void *)(bytes + at);
        record->capture[record->captures++] =
            (struct capture){.addr = piece->addr, .size = piece->size, .bytes = piece + 1};
        at += sizeof(*piece) + ((piece->size + 7UL) & ~7UL);
    }
    record->siginfo_size = record->captures ? record->capture[0].size : 0;
    record->siginfo = record->type == RECORD_SIGNAL && record->captures ? record->capture[0].bytes : NULL;
}

static bool bpf_peek(struct results *results, struct record *record)
{
    struct results_bpf *r = container_of(results, struct results_bpf, results);
    uint32_t length;
    const char *header = oldest(&r->ring, &length);
    while (header && (length & BPF_RINGBUF_DISCARD_BIT)) {
        bpf_pop(results);
        header = oldest(&r->ring, &length);
    }
    if (header) {
        unpack(header + BPF_RINGBUF_HDR_SZ, length, record);
    }
    return header != NULL;
}

static int bpf_follow(struct results *results, pid_t tid)
{
    struct results_bpf *r = container_of(results, struct results_bpf, results);
    uint32_t key = (uint32_t)tid;
    uint32_t one = 1;
    if (bpf_map_update_elem(bpf_map__fd(r->skeleton->maps.learn), &key, &one, BPF_ANY) < 0) {
        return -errno;
    }
    __atomic_fetch_add(&r->skeleton->bss->learning, 1, __ATOMIC_SEQ_CST);
    return 0;
}

static uint64_t bpf_lost(struct results *results)
{
    struct results_bpf *r = container_of(results, struct results_bpf, results);
    return __atomic_load_n(&r->skeleton->bss->lost, __ATOMIC_RELAXED);
}

static void bpf_close(struct results *results)
{
    struct results_bpf *r = container_of(results, struct results_bpf, results);
    if (r->ring.consumer) {
        munmap(r->ring.consumer, r->ring.page);
    }
    if (r->ring.producer) {
        munmap((void *)(uintptr_t)r->ring.producer,
               r->ring.page + 2 * r->ring.size); // NOLINT: mapped by map_ring
    }
    exits_bpf__destroy(r->skeleton);
    free(r);
}

static int load(struct results_bpf *r, const struct selection *calls, const struct decode_options *options)
{
    struct stat ns;
    r->skeleton = exits_bpf__open();
    if (!r->skeleton) {
        return -errno;
    }
    if (stat("/proc/self/ns/pid", &ns) < 0) {
        return -errno;
    }
    r->skeleton->rodata->namespace_inode = (uint32_t)ns.st_ino;
    r->skeleton->rodata->with_signals = 1;
    int ret = bpf_map__set_max_entries(r->skeleton->maps.scratches, (uint32_t)libbpf_num_possible_cpus());
    ret = ret < 0 ? ret : exits_bpf__load(r->skeleton);
    ret = ret < 0 ? ret : set_plans(r, calls, options);
    ret = ret < 0 ? ret : map_ring(&r->ring, r->skeleton->maps.records);
    return ret < 0 ? ret : exits_bpf__attach(r->skeleton);
}

int results_bpf_open(const struct selection *calls, const struct decode_options *options,
                     struct results **results, struct error *err)
{
    struct results_bpf *r = calloc(1, sizeof(*r));
    if (!r) {
        return error_set(err, ENOMEM, "out of memory");
    }
    r->results = (struct results){.name = "bpf",
                                  .peek = bpf_peek,
                                  .pop = bpf_pop,
                                  .follow = bpf_follow,
                                  .want = bpf_want,
                                  .lost = bpf_lost,
                                  .close = bpf_close};
    r->options = *options;
    libbpf_set_print(quiet);
    int ret = load(r, calls, options);
    if (ret < 0) {
        bpf_close(&r->results);
        return error_errno(err, -ret, "bpf results need CAP_BPF and CAP_PERFMON and a kernel with BTF");
    }
    *results = &r->results;
    return 0;
}

#endif
