/* Scatter-gather arrays in both layouts, good, short and hostile. */
#include "tests/unit/fresh_target.h"

/* Two iovecs at the start of memory, "hello" and "world!". */
static uint64_t put_two(void)
{
    uint64_t one = unit_put(&target, 0x100, "hello", 5);
    uint64_t two = unit_put(&target, 0x200, "world!", 6);
    const uint64_t vec[] = {one, 5, two, 6};
    return unit_put(&target, 0, vec, sizeof(vec));
}

START_TEST(writev_shows_its_buffers)
{
    uint64_t vec = put_two();
    ck_assert_str_eq(unit_entry(&target, CALL_writev, 1, vec, 2),
                     "writev(1, [{iov_base=\"hello\", iov_len=5}, {iov_base=\"world!\", iov_len=6}], 2) = ?");
}
END_TEST

START_TEST(readv_shows_what_was_read)
{
    uint64_t vec = put_two();
    ck_assert_str_eq(unit_entry(&target, CALL_readv, 0, vec, 2),
                     "readv(0, [{iov_base=0x10100, iov_len=5}, {iov_base=0x10200, iov_len=6}], 2) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_readv, 7, 0, vec, 2),
                     "readv(0, [{iov_base=\"hello\", iov_len=5}, {iov_base=\"wo\", iov_len=6}], 2) = 7");
    ck_assert_str_eq(unit_exit(&target, CALL_readv, -9, 0, vec, 2),
                     "readv(0, [{iov_base=0x10100, iov_len=5}, {iov_base=0x10200, iov_len=6}], 2) = -1 EBADF "
                     "(Bad file descriptor)");
}
END_TEST

START_TEST(narrow_pointers)
{
    const uint32_t vec[] = {UNIT_BASE + 0x100, 5};
    target.abi = ABI_I386;
    unit_put(&target, 0x100, "hello", 5);
    uint64_t at = unit_put(&target, 0, vec, sizeof(vec));
    ck_assert_str_eq(unit_entry(&target, CALL_writev, 1, at, 1),
                     "writev(1, [{iov_base=\"hello\", iov_len=5}], 1) = ?");
}
END_TEST

START_TEST(hostile_counts)
{
    uint64_t vec = put_two();
    ck_assert_str_eq(unit_entry(&target, CALL_writev, 1, vec, 0), "writev(1, [], 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_writev, 1, 0, 2), "writev(1, NULL, 2) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_writev, 1, 0x1000, 2), "writev(1, 0x1000, 2) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_writev, 1, vec, UINT64_MAX),
                     "writev(1, 0x10000, 18446744073709551615) = ?");
    target.options.array_max = 1;
    ck_assert_str_eq(unit_entry(&target, CALL_writev, 1, vec, UINT32_MAX),
                     "writev(1, [{iov_base=\"hello\", iov_len=5}, ...], 4294967295) = ?");
}
END_TEST

START_TEST(memory_that_ends_inside)
{
    const uint64_t vec[] = {UNIT_BASE, 1};
    target.bytes[0] = 'x';
    uint64_t at = unit_put(&target, UNIT_SIZE - 16, vec, sizeof(vec));
    ck_assert_str_eq(unit_entry(&target, CALL_writev, 1, at, 2),
                     "writev(1, [{iov_base=\"x\", iov_len=1}, ... /* 0x14000 */], 2) = ?");
}
END_TEST

START_TEST(buffers_that_are_not_there)
{
    const uint64_t vec[] = {0x10, UINT64_MAX, 0, 7};
    uint64_t at = unit_put(&target, 0, vec, sizeof(vec));
    ck_assert_str_eq(unit_entry(&target, CALL_writev, 1, at, 2),
                     "writev(1, [{iov_base=0x10, iov_len=18446744073709551615}, {iov_base=NULL, iov_len=7}], "
                     "2) = ?");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("iovec");
    TCase *tc = tcase_create("iovec");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, writev_shows_its_buffers);
    tcase_add_test(tc, readv_shows_what_was_read);
    tcase_add_test(tc, narrow_pointers);
    tcase_add_test(tc, hostile_counts);
    tcase_add_test(tc, memory_that_ends_inside);
    tcase_add_test(tc, buffers_that_are_not_there);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
