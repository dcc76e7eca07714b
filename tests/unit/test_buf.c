/* Buffers: numbers at their limits, growth, and what happens when memory runs out. */
#include "tests/unit/unit.h"

#include "decode/base/buf.h"

static struct buf buf;

static void end(void)
{
    buf_free(&buf);
}

static const char *text(void)
{
    buf_char(&buf, 0);
    ck_assert(!buf.failed);
    buf.len = 0;
    return buf.data;
}

START_TEST(numbers_at_their_limits)
{
    buf_int(&buf, INT64_MIN);
    ck_assert_str_eq(text(), "-9223372036854775808");
    buf_int(&buf, -1);
    ck_assert_str_eq(text(), "-1");
    buf_uint(&buf, UINT64_MAX);
    ck_assert_str_eq(text(), "18446744073709551615");
    buf_uint(&buf, 0);
    ck_assert_str_eq(text(), "0");
    buf_hex(&buf, UINT64_MAX);
    ck_assert_str_eq(text(), "0xffffffffffffffff");
    buf_hex(&buf, 0);
    ck_assert_str_eq(text(), "0x0");
    buf_octal(&buf, UINT64_MAX);
    ck_assert_str_eq(text(), "01777777777777777777777");
    buf_octal(&buf, 0644);
    ck_assert_str_eq(text(), "0644");
    buf_octal(&buf, 7);
    ck_assert_str_eq(text(), "007");
    buf_octal(&buf, 0);
    ck_assert_str_eq(text(), "000");
}
END_TEST

START_TEST(padding)
{
    buf_uint_pad(&buf, 7, 6);
    ck_assert_str_eq(text(), "000007");
    buf_uint_pad(&buf, 1234567, 6);
    ck_assert_str_eq(text(), "1234567");
    buf_uint_pad(&buf, 1, 1000); /* bounded by what a number can be, not by what is asked for */
    ck_assert_uint_le(strlen(text()), 24);
}
END_TEST

START_TEST(growth_keeps_the_text)
{
    for (unsigned i = 0; i < 10000; i++) {
        buf_str(&buf, "0123456789");
    }
    ck_assert_uint_eq(buf.len, 100000);
    unsigned wrong = 0;
    for (size_t i = 0; i < buf.len; i++) {
        wrong += buf.data[i] != '0' + (int)(i % 10);
    }
    ck_assert_uint_eq(wrong, 0);
    buf_printf(&buf, "%s=%d", "x", 5);
    ck_assert_mem_eq(buf.data + 100000, "x=5", 3);
}
END_TEST

START_TEST(impossible_growth_fails_for_good)
{
    buf_str(&buf, "kept");
    ck_assert(!buf_reserve(&buf, SIZE_MAX - 2));
    ck_assert(buf.failed);
    buf_str(&buf, "more than the room that is left, so that it has to grow"
                  "........................................................................................"
                  "........................................................................................"
                  "........................................................................................");
    ck_assert_uint_eq(buf.len, 4);
    ck_assert_mem_eq(buf.data, "kept", 4);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("buf");
    TCase *tc = tcase_create("buf");
    tcase_add_checked_fixture(tc, NULL, end);
    tcase_add_test(tc, numbers_at_their_limits);
    tcase_add_test(tc, padding);
    tcase_add_test(tc, growth_keeps_the_text);
    tcase_add_test(tc, impossible_growth_fails_for_good);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
