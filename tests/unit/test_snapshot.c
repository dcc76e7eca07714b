/* Memory that stays as it was first read. */
#include <errno.h>
#include <stdlib.h>

#include "supervisor/snapshot.h"
#include "tests/unit/unit.h"

enum { BASE = 0x1000, SIZE = 300 };

static unsigned char bytes[SIZE];
static struct mem_buffer target;
static struct snapshot snapshot;

static struct mem *begin(void)
{
    for (unsigned i = 0; i < SIZE; i++) {
        bytes[i] = (unsigned char)i;
    }
    mem_buffer_init(&target, BASE, bytes, sizeof(bytes));
    return snapshot_begin(&snapshot, &target.mem);
}

START_TEST(test_stays)
{
    char text[8];
    struct mem *mem = begin();
    ck_assert(mem_read(mem, BASE + 10, text, 4));
    memset(bytes, 0xff, sizeof(bytes));
    ck_assert(mem_read(mem, BASE + 8, text, 8)); /* around what is known */
    ck_assert_mem_eq(text, "\xff\xff\x0a\x0b\x0c\x0d\xff\xff", 8);
    memset(bytes, 0, sizeof(bytes));
    ck_assert(mem_read(mem, BASE + 8, text, 8));
    ck_assert_mem_eq(text, "\xff\xff\x0a\x0b\x0c\x0d\xff\xff", 8);
    (void)snapshot_begin(&snapshot, &target.mem);
    ck_assert(mem_read(mem, BASE + 8, text, 8));
    ck_assert_mem_eq(text, "\0\0\0\0\0\0\0\0", 8);
    snapshot_free(&snapshot);
}
END_TEST

START_TEST(test_end_of_memory)
{
    char text[SIZE];
    struct mem *mem = begin();
    ck_assert_int_eq(mem->read(mem, BASE + SIZE - 5, text, 10), 5);
    ck_assert_int_eq(mem->read(mem, BASE + SIZE - 8, text, 10), 8);
    ck_assert_int_eq(mem->read(mem, BASE + SIZE, text, 10), -EFAULT);
    ck_assert_int_eq(mem->read(mem, UINT64_MAX - 2, text, 10), -EFAULT);
    snapshot_free(&snapshot);
}
END_TEST

/* Any order of reads gives the bytes of the first look at each. */
START_TEST(test_any_order)
{
    unsigned char seen[SIZE];
    bool known[SIZE] = {false};
    srandom((unsigned)_i);
    struct mem *mem = begin();
    for (unsigned round = 0; round < 300; round++) {
        unsigned at = (unsigned)random() % SIZE;
        size_t n = (unsigned)random() % (SIZE - at) % 40 + 1;
        unsigned char got[SIZE];
        bytes[(unsigned)random() % SIZE] ^= (unsigned char)random();
        ck_assert(n <= SIZE - at && mem_read(mem, BASE + at, got, n));
        for (size_t i = 0; i < n; i++) {
            if (!known[at + i]) {
                known[at + i] = true;
                seen[at + i] = bytes[at + i];
            }
            ck_assert_uint_eq(got[i], seen[at + i]);
        }
    }
    snapshot_free(&snapshot);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("snapshot");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, test_stays);
    tcase_add_test(tests, test_end_of_memory);
    tcase_add_loop_test(tests, test_any_order, 0, 20);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
