/* -c: the table of calls, and its forms by -S and -U. */
#include "tests/unit/unit.h"

#include "decode/summary.h"

static struct summary_options options;
static struct summary summary;
static struct buf text;

static void start(void)
{
    summary_defaults(&options);
    memset(&summary, 0, sizeof(summary));
    summary.rows[CALL_read] = (struct summary_row){2, 0, 3000000, 1000000, 2000000};
    summary.rows[CALL_openat] = (struct summary_row){3, 1, 1000000, 100000, 800000};
}

static void end(void)
{
    buf_free(&text);
}

static const char *table(const char *columns)
{
    if (columns) {
        struct error err = {0};
        ck_assert_int_eq(summary_parse_columns(&options, columns, &err), 0);
    }
    text.len = 0;
    summary_render(&text, &summary, &options);
    buf_char(&text, 0);
    return text.data;
}

START_TEST(as_strace_shows_it)
{
    ck_assert_str_eq(table(NULL), "% time     seconds  usecs/call     calls    errors syscall\n"
                                  "------ ----------- ----------- --------- --------- ----------------\n"
                                  " 75.00    0.003000        1500         2           read\n"
                                  " 25.00    0.001000         333         3         1 openat\n"
                                  "------ ----------- ----------- --------- --------- ----------------\n"
                                  "100.00    0.004000         800         5         1 total\n");
}
END_TEST

START_TEST(columns_are_aligned_in_any_order)
{
    ck_assert_str_eq(table("calls,name,errors"), "    calls syscall             errors\n"
                                                 "--------- ---------------- ---------\n"
                                                 "        2 read                      \n"
                                                 "        3 openat                   1\n"
                                                 "--------- ---------------- ---------\n"
                                                 "        5 total                    1\n");
}
END_TEST

START_TEST(a_row_is_named_last_unless_it_is_said_where)
{
    ck_assert_str_eq(table("min-time,max-time"), "shortest  longest syscall\n"
                                                 "-------- -------- ----------------\n"
                                                 "0.001000 0.002000 read\n"
                                                 "0.000100 0.000800 openat\n"
                                                 "-------- -------- ----------------\n"
                                                 "0.000100 0.002000 total\n");
}
END_TEST

START_TEST(a_column_is_known_and_there_once)
{
    struct error err = {0};
    ck_assert_int_lt(summary_parse_columns(&options, "calls,name,count", &err), 0);
    ck_assert_str_eq(err.message, "-U: 'count' is there twice");
    err = (struct error){0};
    ck_assert_int_lt(summary_parse_columns(&options, "calls,foo", &err), 0);
    ck_assert_str_eq(err.message, "-U: 'foo' is not a column");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("summary");
    TCase *tc = tcase_create("summary");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, as_strace_shows_it);
    tcase_add_test(tc, columns_are_aligned_in_any_order);
    tcase_add_test(tc, a_row_is_named_last_unless_it_is_said_where);
    tcase_add_test(tc, a_column_is_known_and_there_once);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
