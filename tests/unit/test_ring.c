/* The reader of the ring that records come in, on a ring in our own memory: the kernel's part is played here.
 */
#include "supervisor/ring.h"

#include <check.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "supervisor/bpf/exits.h"
#include "tests/unit/unit.h"

enum { SIZE = 4096 };

static struct ring ring;
static struct record record;
static atomic_ulong consumer, producer;
static _Alignas(8) char data[2 * SIZE]; /* the second half repeats the first */

static void put(unsigned long at, const void *bytes, size_t n)
{
    size_t start = at % SIZE;
    size_t before_end = n < SIZE - start ? n : SIZE - start;
    const char *rest = (const char *)bytes + before_end;
    for (size_t half = 0; half < sizeof(data); half += SIZE) {
        memcpy(data + half + start, bytes, before_end);
        memcpy(data + half, rest, n - before_end);
    }
}

static void setup(void)
{
    memset(data, 0x5a, sizeof(data));
    consumer = producer = 0;
    ring = (struct ring){.consumer = &consumer, .producer = &producer, .data = data, .size = SIZE};
}

/* Writes a record's header of 8 bytes: its length with marks, and where its page is. */
static void put_header(unsigned long at, uint32_t length)
{
    uint32_t header[2] = {length, 0};
    put(at, header, sizeof(header));
}

static unsigned long room(size_t length)
{
    return (BPF_RINGBUF_HDR_SZ + length + 7UL) & ~7UL;
}

/* Adds a record of one call with a capture of n bytes; n 0: none. False where the ring is full. */
static bool produce(int tid, size_t n, uint32_t marks)
{
    static char bytes[SIZE];
    struct exits_record raw = {
        .type = EXITS_RESULT, .pid = 1, .tid = (exits_u32)tid, .number = 7, .captures = n > 0};
    struct exits_capture piece = {.addr = 0x1000, .size = (exits_u32)n};
    size_t length = sizeof(raw) + (n ? sizeof(piece) + ((n + 7) & ~7UL) : 0);
    if (producer + room(length) - consumer > SIZE) {
        return false;
    }
    memset(bytes, tid, n);
    put_header(producer, (uint32_t)length | marks);
    put(producer + BPF_RINGBUF_HDR_SZ, &raw, sizeof(raw));
    if (n) {
        put(producer + BPF_RINGBUF_HDR_SZ + sizeof(raw), &piece, sizeof(piece));
        put(producer + BPF_RINGBUF_HDR_SZ + sizeof(raw) + sizeof(piece), bytes, n);
    }
    producer += room(length);
    return true;
}

static void expect(int tid, size_t n)
{
    char bytes[SIZE];
    ck_assert(ring_peek(&ring, &record));
    ck_assert_int_eq(record.type, RECORD_RESULT);
    ck_assert_int_eq(record.tid, tid);
    ck_assert_int_eq(record.number, 7);
    ck_assert_uint_eq(record.captures, n > 0);
    memset(bytes, tid, n);
    if (n) {
        ck_assert_uint_eq(record.capture[0].addr, 0x1000);
        ck_assert_uint_eq(record.capture[0].size, n);
        ck_assert_mem_eq(record.capture[0].bytes, bytes, n);
    }
}

START_TEST(empty)
{
    ck_assert(!ring_peek(&ring, &record));
    ring_pop(&ring);
    ck_assert_uint_eq(consumer, 0);
}
END_TEST

START_TEST(a_record_stays_until_it_is_popped)
{
    produce(3, 0, 0);
    produce(4, 5, 0);
    expect(3, 0);
    expect(3, 0);
    ring_pop(&ring);
    expect(4, 5);
    ring_pop(&ring);
    ck_assert(!ring_peek(&ring, &record));
    ck_assert_uint_eq(consumer, producer);
}
END_TEST

/* Ends what was begun of the first record, after a while. */
static void *write_first(void *unused)
{
    const struct timespec moment = {.tv_nsec = 20000000};
    (void)unused;
    nanosleep(&moment, NULL);
    atomic_store((_Atomic uint32_t *)(void *)data, (uint32_t)sizeof(struct exits_record));
    return NULL;
}

START_TEST(one_that_is_being_written_is_waited_for)
{
    pthread_t writer;
    produce(3, 0, BPF_RINGBUF_BUSY_BIT);
    produce(4, 0, 0);
    ck_assert_int_eq(pthread_create(&writer, NULL, write_first, NULL), 0);
    expect(3, 0);
    ring_pop(&ring);
    expect(4, 0);
    pthread_join(writer, NULL);
}
END_TEST

START_TEST(a_call_that_begins_has_registers)
{
    static const struct {
        struct exits_record raw;
        struct exits_capture head;
        exits_u64 registers[EXITS_REGISTERS / 8];
    } begun = {.raw = {.type = EXITS_BEGIN, .tid = 3, .number = 120, .captures = 1, .compat = 1},
               .head = {.addr = EXITS_AT_REGISTERS, .size = EXITS_REGISTERS},
               .registers = {5}};
    put_header(0, sizeof(begun));
    put(BPF_RINGBUF_HDR_SZ, &begun, sizeof(begun));
    producer = room(sizeof(begun));
    ck_assert(ring_peek(&ring, &record));
    ck_assert_int_eq(record.type, RECORD_BEGIN);
    ck_assert_int_eq(record.number, 120);
    ck_assert(record.compat);
    ck_assert_ptr_nonnull(record.registers);
    ck_assert_mem_eq(record.registers, begun.registers, sizeof(begun.registers));
}
END_TEST

START_TEST(discarded_ones_are_passed_over)
{
    produce(3, 8, BPF_RINGBUF_DISCARD_BIT);
    produce(4, 8, BPF_RINGBUF_DISCARD_BIT);
    produce(5, 8, 0);
    expect(5, 8);
    ring_pop(&ring);
    produce(6, 0, BPF_RINGBUF_DISCARD_BIT);
    ck_assert(!ring_peek(&ring, &record));
    ck_assert_uint_eq(consumer, producer);
}
END_TEST

/* Fills the ring to the brim again and again, at every offset: what fits comes out whole and in order. */
START_TEST(overflow_and_wrap)
{
    int in = 1, out = 1;
    for (unsigned round = 0; round < 2000; round++) {
        while (produce(in % 100, (size_t)in * 13 % 900, 0)) {
            in++;
        }
        for (unsigned i = 0; i < 1 + round % 5 && out < in; i++, out++) {
            expect(out % 100, (size_t)out * 13 % 900);
            ring_pop(&ring);
        }
    }
    ck_assert_uint_gt(producer, 100UL * SIZE);
}
END_TEST

START_TEST(captures_beyond_the_record_are_left_out)
{
    struct exits_record raw = {.type = EXITS_RESULT, .tid = 3, .captures = 1000};
    struct exits_capture pieces[2] = {{.addr = 1, .size = 0}, {.addr = 2, .size = 1 << 20}};
    put_header(0, sizeof(raw) + sizeof(pieces));
    put(8, &raw, sizeof(raw));
    put(8 + sizeof(raw), pieces, sizeof(pieces));
    producer = room(sizeof(raw) + sizeof(pieces));
    ck_assert(ring_peek(&ring, &record));
    ck_assert_uint_eq(record.captures, 1);
    ck_assert_uint_eq(record.capture[0].addr, 1);
}
END_TEST

START_TEST(signals)
{
    struct exits_record raw = {.type = EXITS_SIGNAL,
                               .pid = 2,
                               .tid = 3,
                               .number = 17,
                               .result = 0x8049000,
                               .captures = 1,
                               .compat = 1};
    struct exits_capture piece = {.size = EXITS_SIGINFO};
    char info[EXITS_SIGINFO] = "siginfo";
    put_header(0, sizeof(raw) + sizeof(piece) + sizeof(info));
    put(8, &raw, sizeof(raw));
    put(8 + sizeof(raw), &piece, sizeof(piece));
    put(8 + sizeof(raw) + sizeof(piece), info, sizeof(info));
    producer = room(sizeof(raw) + sizeof(piece) + sizeof(info));
    ck_assert(ring_peek(&ring, &record));
    ck_assert_int_eq(record.type, RECORD_SIGNAL);
    ck_assert_int_eq(record.signal, 17);
    ck_assert_uint_eq(record.instruction, 0x8049000);
    ck_assert(record.compat);
    ck_assert_uint_eq(record.siginfo_size, sizeof(info));
    ck_assert_mem_eq(record.siginfo, info, sizeof(info));
}
END_TEST

/* With its task's registers and a page of its stack. */
START_TEST(a_signal_and_the_stack_it_came_to)
{
    const struct exits_record raw = {.type = EXITS_SIGNAL, .pid = 2, .tid = 3, .number = 10, .captures = 2};
    const struct exits_capture head[] = {{.addr = EXITS_AT_REGISTERS, .size = EXITS_REGISTERS},
                                         {.addr = 0x7000, .size = 8}};
    char registers[EXITS_REGISTERS] = "registers";
    size_t length = sizeof(raw) + sizeof(head) + sizeof(registers) + 8;
    put_header(0, (uint32_t)length);
    put(8, &raw, sizeof(raw));
    put(8 + sizeof(raw), &head[0], sizeof(head[0]));
    put(8 + sizeof(raw) + sizeof(head[0]), registers, sizeof(registers));
    put(8 + sizeof(raw) + sizeof(head[0]) + sizeof(registers), &head[1], sizeof(head[1]));
    producer = room(length);
    ck_assert(ring_peek(&ring, &record));
    ck_assert_ptr_null(record.siginfo);
    ck_assert_ptr_nonnull(record.registers);
    ck_assert_mem_eq(record.registers, registers, sizeof(registers));
    ck_assert_uint_eq(record.captures, 2);
    ck_assert_uint_eq(record.capture[1].addr, 0x7000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ring");
    TCase *tests = tcase_create("ring");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, empty);
    tcase_add_test(tests, a_record_stays_until_it_is_popped);
    tcase_add_test(tests, one_that_is_being_written_is_waited_for);
    tcase_add_test(tests, a_call_that_begins_has_registers);
    tcase_add_test(tests, discarded_ones_are_passed_over);
    tcase_add_test(tests, overflow_and_wrap);
    tcase_add_test(tests, captures_beyond_the_record_are_left_out);
    tcase_add_test(tests, signals);
    tcase_add_test(tests, a_signal_and_the_stack_it_came_to);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
