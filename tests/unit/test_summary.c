/* The table of -c: what is counted, which columns it has, how wide they are, how it is sorted. */
#include "decode/summary.h"

#include <errno.h>

#include "tests/unit/unit.h"

static struct summary summary;
static struct summary_options options;
static struct buf text;

static void setup(void)
{
    memset(&summary, 0, sizeof(summary));
    summary_defaults(&options);
}

static void teardown(void)
{
    buf_free(&text);
}

static void count(enum call_id id, int64_t result, int64_t us)
{
    struct event event = {.type = EVENT_CALL,
                          .abi = &abis[ABI_X86_64],
                          .number = id == CALL_none ? 9999 : call_number(&abis[ABI_X86_64], id),
                          .result_state = RESULT_KNOWN,
                          .result = result,
                          .duration_ns = us * 1000};
    summary_add(&summary, &event, options.overhead_ns);
}

static const char *rendered(void)
{
    text.len = 0;
    summary_render(&text, &summary, &options);
    buf_char(&text, 0);
    return text.data;
}

static void columns(const char *list)
{
    struct error err = {0};
    ck_assert_msg(summary_parse_columns(&options, list, &err) == 0, "%s", err.message);
}

static void sort(const char *column)
{
    ck_assert_int_eq(summary_parse_sort(&options, column, NULL), 0);
}

START_TEST(as_strace_prints_it)
{
    count(CALL_read, 1, 3);
    count(CALL_read, -2, 3);
    count(CALL_close, 0, 2);
    count(CALL_none, -38, 0);
    ck_assert_str_eq(rendered(), "% time     seconds  usecs/call     calls    errors syscall\n"
                                 "------ ----------- ----------- --------- --------- ----------------\n"
                                 " 75.00    0.000006           3         2         1 read\n"
                                 " 25.00    0.000002           2         1           close\n"
                                 "  0.00    0.000000           0         1         1 unknown\n"
                                 "------ ----------- ----------- --------- --------- ----------------\n"
                                 "100.00    0.000008           2         4         2 total\n");
}
END_TEST

START_TEST(nothing_counted_is_no_table)
{
    ck_assert_str_eq(rendered(), "");
}
END_TEST

START_TEST(names_are_a_column_always_and_padded_but_for_the_last)
{
    count(CALL_inotify_add_watch, -1, 0);
    count(CALL_read, 0, 0);
    columns("name,errors");
    sort("errors");
    ck_assert_str_eq(rendered(), "syscall               errors\n"
                                 "------------------ ---------\n"
                                 "inotify_add_watch          1\n"
                                 "read                        \n"
                                 "------------------ ---------\n"
                                 "total                      1\n");
    columns("calls");
    ck_assert_str_eq(rendered(), "    calls syscall\n"
                                 "--------- ------------------\n"
                                 "        1 inotify_add_watch\n"
                                 "        1 read\n"
                                 "--------- ------------------\n"
                                 "        2 total\n");
}
END_TEST

START_TEST(columns_are_as_wide_as_what_is_in_them)
{
    count(CALL_read, 0, 1);
    count(CALL_read, 0, 12345000000);
    columns("max-time,min_time,time,total-time");
    ck_assert_str_eq(rendered(), "     longest shortest % time      seconds syscall\n"
                                 "------------ -------- ------ ------------ ----------------\n"
                                 "12345.000000 0.000001 100.00 12345.000001 read\n"
                                 "------------ -------- ------ ------------ ----------------\n"
                                 "12345.000000 0.000001 100.00 12345.000001 total\n");
}
END_TEST

START_TEST(times_of_the_wall_clock_are_the_same)
{
    count(CALL_read, 0, 5);
    count(CALL_read, 0, 7);
    columns("wall-total,wall_min,max-wall,avg_wall");
    ck_assert_str_eq(rendered(), " wall-total wall-min wall-max    wall-avg syscall\n"
                                 "----------- -------- -------- ----------- ----------------\n"
                                 "   0.000012 0.000005 0.000007           6 read\n"
                                 "----------- -------- -------- ----------- ----------------\n"
                                 "   0.000012 0.000005 0.000007           6 total\n");
}
END_TEST

START_TEST(overhead_is_taken_off_each_call)
{
    options.overhead_ns = 2000;
    count(CALL_read, 0, 5);
    count(CALL_read, 0, 1);
    ck_assert_int_eq(summary.rows[CALL_read].total_ns, 3000);
    ck_assert_int_eq(summary.rows[CALL_read].min_ns, 0);
    ck_assert_int_eq(summary.rows[CALL_read].max_ns, 3000);
}
END_TEST

START_TEST(what_is_not_known_or_injected_is_no_error)
{
    struct event event = {.type = EVENT_CALL,
                          .abi = &abis[ABI_X86_64],
                          .number = call_number(&abis[ABI_X86_64], CALL_read),
                          .result = -5,
                          .duration_ns = -1};
    summary_add(&summary, &event, 0);
    event.result_state = RESULT_KNOWN;
    event.injected = INJECTED_VALUE;
    summary_add(&summary, &event, 0);
    ck_assert_uint_eq(summary.rows[CALL_read].calls, 2);
    ck_assert_uint_eq(summary.rows[CALL_read].errors, 0);
    ck_assert_int_eq(summary.rows[CALL_read].total_ns, 0);
    event.injected = INJECTED_RESULT;
    summary_add(&summary, &event, 0);
    event.result = -4096; /* an address */
    event.injected = 0;
    summary_add(&summary, &event, 0);
    ck_assert_uint_eq(summary.rows[CALL_read].errors, 1);
}
END_TEST

static const struct {
    const char *by;
    const char *order;
} orders[] = {
    {"time", "openatclosewriteread"},     {"wall-total", "openatclosewriteread"},
    {"min-time", "openatwritecloseread"}, {"calls", "readclosewriteopenat"},
    {"errors", "writereadcloseopenat"},   {"name", "closeopenatreadwrite"},
    {"none", "readwritecloseopenat"},
};

START_TEST(sorted_by_any_column)
{
    char order[64] = "";
    count(CALL_openat, 0, 100);
    count(CALL_close, 0, 1);
    count(CALL_close, 0, 50);
    count(CALL_write, -1, 20);
    for (unsigned i = 0; i < 3; i++) {
        count(CALL_read, 0, 0);
    }
    sort(orders[_i].by);
    columns("name");
    char *rest;
    char *line;
    (void)rendered();
    (void)strtok_r(text.data, "\n", &rest); /* the titles */
    while ((line = strtok_r(NULL, "\n", &rest)) && strcmp(line, "total") != 0) {
        strcat(order, *line == '-' ? "" : line);
    }
    ck_assert_str_eq(order, orders[_i].order);
}
END_TEST

START_TEST(words_that_are_none)
{
    static const struct {
        const char *list;
        const char *message;
    } wrong[] = {{"", "-U: '' is not a column"},
                 {"calls,", "-U: '' is not a column"},
                 {"calls,colour", "-U: 'colour' is not a column"},
                 {"none", "-U: 'none' is not a column"},
                 {"calls,time,count", "-U: 'count' is there twice"}};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct error err = {0};
        ck_assert_int_eq(summary_parse_columns(&options, wrong[i].list, &err), -EINVAL);
        ck_assert_str_eq(err.message, wrong[i].message);
    }
    struct error err = {0};
    ck_assert_int_eq(summary_parse_sort(&options, "calls,time", &err), -EINVAL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("summary");
    TCase *tests = tcase_create("summary");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, as_strace_prints_it);
    tcase_add_test(tests, nothing_counted_is_no_table);
    tcase_add_test(tests, names_are_a_column_always_and_padded_but_for_the_last);
    tcase_add_test(tests, columns_are_as_wide_as_what_is_in_them);
    tcase_add_test(tests, times_of_the_wall_clock_are_the_same);
    tcase_add_test(tests, overhead_is_taken_off_each_call);
    tcase_add_test(tests, what_is_not_known_or_injected_is_no_error);
    tcase_add_loop_test(tests, sorted_by_any_column, 0, (int)(sizeof(orders) / sizeof(orders[0])));
    tcase_add_test(tests, words_that_are_none);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
