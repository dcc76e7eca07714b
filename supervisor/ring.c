#include "supervisor/ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "supervisor/bpf/exits.h"

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

int ring_map(struct ring *ring, int map, size_t size)
{
    *ring = (struct ring){.size = size};
    void *consumer = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
    if (consumer == MAP_FAILED) {
        return -errno;
    }
    ring->consumer = consumer;
    char *producer = mmap(NULL, page_size() + 2 * size, PROT_READ, MAP_SHARED, map, (off_t)page_size());
    if (producer == MAP_FAILED) {
        return -errno;
    }
    ring->producer = (const atomic_ulong *)(void *)producer;
    ring->data = producer + page_size();
    return 0;
}

void ring_unmap(struct ring *ring)
{
    if (ring->consumer) {
        munmap(ring->consumer, page_size());
    }
    if (ring->producer) {
        // NOLINTNEXTLINE(performance-no-int-to-ptr): what ring_map has mapped
        munmap((void *)(uintptr_t)ring->producer, page_size() + 2 * ring->size);
    }
    *ring = (struct ring){.size = 0};
}

/*
 * The length of a record, once it is written. That is soon: a program writes it with preemption off, so it is
 * at work on another CPU right now. To go on without it would be to take for lost what it holds and what is
 * behind it.
 */
static uint32_t written_length(const char *header)
{
    const _Atomic uint32_t *word = (const _Atomic uint32_t *)(const void *)header;
    uint32_t length;
    do {
        length = atomic_load_explicit(word, memory_order_acquire);
    } while (length & BPF_RINGBUF_BUSY_BIT);
    return length;
}

/* The header of the oldest record, or NULL while there is none. */
static const char *oldest(const struct ring *ring, uint32_t *length)
{
    unsigned long at = atomic_load_explicit(ring->consumer, memory_order_relaxed);
    if (at >= atomic_load_explicit(ring->producer, memory_order_acquire)) {
        return NULL;
    }
    const char *header = ring->data + (at & (ring->size - 1));
    *length = written_length(header);
    return header;
}

void ring_pop(struct ring *ring)
{
    uint32_t length;
    if (oldest(ring, &length)) {
        length &= ~(uint32_t)BPF_RINGBUF_DISCARD_BIT;
        unsigned long size = (length + BPF_RINGBUF_HDR_SZ + 7UL) & ~7UL;
        unsigned long at = atomic_load_explicit(ring->consumer, memory_order_relaxed);
        atomic_store_explicit(ring->consumer, at + size, memory_order_release);
    }
}

static enum record_type type_of(const struct exits_record *raw)
{
    return raw->type == EXITS_SIGNAL  ? RECORD_SIGNAL
           : raw->type == EXITS_BEGIN ? RECORD_BEGIN
                                      : RECORD_RESULT;
}

/* The pieces that are not of the target's memory. */
static void unpack_others(struct record *record)
{
    for (unsigned i = 0; i < record->captures && record->type != RECORD_RESULT; i++) {
        const struct capture *piece = &record->capture[i];
        if (piece->addr == EXITS_AT_SIGINFO) {
            record->siginfo = piece->bytes;
            record->siginfo_size = piece->size;
        } else if (piece->addr == EXITS_AT_REGISTERS && piece->size == EXITS_REGISTERS) {
            record->registers = piece->bytes;
        }
    }
}

static void unpack(const char *bytes, size_t length, struct record *record)
{
    const struct exits_record *raw = (const struct exits_record *)(const void *)bytes;
    *record = (struct record){.type = type_of(raw),
                              .pid = (pid_t)raw->pid,
                              .tid = (pid_t)raw->tid,
                              .number = raw->number,
                              .compat = raw->compat,
                              .result = raw->result,
                              .instruction = (uint64_t)raw->result,
                              .begin_ns = (int64_t)raw->begin_ns,
                              .end_ns = (int64_t)raw->end_ns,
                              .signal = raw->number};
    size_t at = sizeof(*raw);
    while (record->captures < raw->captures && record->captures < CAPTURES_MAX &&
           at + sizeof(struct exits_capture) <= length) {
        const struct exits_capture *piece = (const struct exits_capture *)(const void *)(bytes + at);
        at += sizeof(*piece);
        if (piece->size > length - at) {
            break;
        }
        record->capture[record->captures++] =
            (struct capture){.addr = piece->addr, .size = piece->size, .bytes = piece + 1};
        at += (piece->size + 7UL) & ~7UL;
    }
    unpack_others(record);
}

bool ring_peek(struct ring *ring, struct record *record)
{
    uint32_t length;
    const char *header = oldest(ring, &length);
    while (header && ((length & BPF_RINGBUF_DISCARD_BIT) || length < sizeof(struct exits_record))) {
        ring_pop(ring);
        header = oldest(ring, &length);
    }
    if (header) {
        unpack(header + BPF_RINGBUF_HDR_SZ, length, record);
    }
    return header != NULL;
}
