/* Reading strings from memory that ends, that has no NUL, and that is not there. */
#include "tests/unit/unit.h"

#include <errno.h>

#include "decode/mem.h"

enum { PAGE = 4096, BASE = 0x10000 };

static char bytes[3 * PAGE];
static struct mem_buffer memory;

/* Memory whose every read is checked: none may cross the end of a page. */
struct paged {
    struct mem mem;
    unsigned reads;
};

static ssize_t paged_read(struct mem *mem, uint64_t addr, void *buf, size_t n)
{
    struct paged *p = (struct paged *)(void *)mem;
    p->reads++;
    if (!n || addr / PAGE != (addr + n - 1) / PAGE) {
        ck_abort_msg("a read crosses a page end");
    }
    return memory.mem.read(&memory.mem, addr, buf, n);
}

static void start(void)
{
    memset(bytes, 'a', sizeof(bytes));
    mem_buffer_init(&memory, BASE, bytes, sizeof(bytes));
}

START_TEST(whole_reads_only)
{
    char got[8];
    ck_assert(mem_read(&memory.mem, BASE, got, 8));
    ck_assert(mem_read(&memory.mem, BASE + sizeof(bytes) - 8, got, 8));
    ck_assert(!mem_read(&memory.mem, BASE + sizeof(bytes) - 7, got, 8));
    ck_assert(!mem_read(&memory.mem, BASE + sizeof(bytes), got, 1));
    ck_assert(!mem_read(&memory.mem, BASE - 1, got, 1));
    ck_assert(!mem_read(&memory.mem, UINT64_MAX, got, 8));
    ck_assert(mem_read(&memory.mem, BASE, got, 0));
}
END_TEST

START_TEST(string_of_each_length)
{
    char got[PAGE];
    bool terminated;
    for (size_t length = 0; length < 600; length++) {
        bytes[length] = 0;
        memset(got, 'x', sizeof(got));
        ck_assert_int_eq(mem_read_string(&memory.mem, BASE, got, 1000, &terminated), (ssize_t)length);
        ck_assert(terminated);
        ck_assert_int_eq(got[length], 'x'); /* nothing is written behind it */
        bytes[length] = 'a';
    }
}
END_TEST

START_TEST(limit_and_terminator)
{
    char got[64];
    bool terminated;
    bytes[10] = 0;
    ck_assert_int_eq(mem_read_string(&memory.mem, BASE, got, 10, &terminated), 10);
    ck_assert(terminated); /* the NUL is at n: still found */
    ck_assert_int_eq(mem_read_string(&memory.mem, BASE, got, 9, &terminated), 9);
    ck_assert(!terminated);
    ck_assert_int_eq(mem_read_string(&memory.mem, BASE, got, 0, &terminated), 0);
    ck_assert(!terminated);
    ck_assert_int_eq(mem_read_string(&memory.mem, BASE + 10, got, 0, &terminated), 0);
    ck_assert(terminated);
}
END_TEST

START_TEST(never_across_a_page_end)
{
    char got[2 * PAGE];
    bool terminated;
    struct paged p = {.mem = {paged_read}};
    bytes[PAGE - 1] = 0;
    for (unsigned back = 1; back < 300; back++) {
        ck_assert_int_eq(mem_read_string(&p.mem, BASE + PAGE - back, got, PAGE, &terminated), back - 1);
        ck_assert(terminated);
    }
    bytes[PAGE - 1] = 'a';
    bytes[2 * PAGE - 1] = 0;
    ck_assert_int_eq(mem_read_string(&p.mem, BASE + 100, got, 2 * PAGE, &terminated), 2 * PAGE - 101);
    ck_assert(terminated);
}
END_TEST

START_TEST(into_the_void)
{
    char got[PAGE];
    bool terminated;
    ck_assert_int_eq(mem_read_string(&memory.mem, BASE + sizeof(bytes) - 5, got, 100, &terminated), 5);
    ck_assert(!terminated);
    ck_assert_int_eq(mem_read_string(&memory.mem, BASE + sizeof(bytes), got, 100, &terminated), -EFAULT);
    ck_assert_int_eq(mem_read_string(&memory.mem, 0, got, 100, &terminated), -EFAULT);
    ck_assert_int_eq(mem_read_string(&memory.mem, UINT64_MAX, got, 100, &terminated), -EFAULT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mem");
    TCase *tc = tcase_create("mem");
    tcase_add_checked_fixture(tc, start, NULL);
    tcase_add_test(tc, whole_reads_only);
    tcase_add_test(tc, string_of_each_length);
    tcase_add_test(tc, limit_and_terminator);
    tcase_add_test(tc, never_across_a_page_end);
    tcase_add_test(tc, into_the_void);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
