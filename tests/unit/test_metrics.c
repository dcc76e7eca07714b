#include "supervisor/metrics.h"

#include <stdio.h>

#include "tests/unit/unit.h"

enum { SECOND = 1000000000 };

static struct metrics metrics;
static struct buf text;

static void start(void)
{
    metrics_init(&metrics, 5 * (int64_t)SECOND);
}

static void end(void)
{
    metrics_free(&metrics);
    buf_free(&text);
}

static const char *rendered(void)
{
    text.len = 0;
    metrics_render(&text, &metrics, 7);
    buf_char(&text, 0);
    return text.data;
}

static void expect_line(const char *line)
{
    char with_ends[256];
    snprintf(with_ends, sizeof(with_ends), "\n%s\n", line);
    ck_assert_msg(strstr(rendered(), with_ends) != NULL, "a line '%s' in:\n%s", line, text.data);
}

static const struct event_container web = {.id = "web-1", .pod = "front", .pod_namespace = "shop"};
static const struct event_container odd = {.id = "a\"b\\c\nd"};

START_TEST(counts_each_container_and_all)
{
    struct metrics_container *c = metrics_enter(&metrics, &web);
    metrics_call(&metrics, c, 4000, false, 0);
    metrics_call(&metrics, c, 5000, true, 2);
    metrics_call(&metrics, c, 2 * (int64_t)SECOND, false, 1);
    metrics_call(&metrics, NULL, 1, true, 0);
    expect_line("proctor_all_calls_total 4");
    expect_line("proctor_all_denials_total 2");
    expect_line("proctor_all_alerts_total 3");
    expect_line("proctor_calls_total{container_id=\"web-1\",pod=\"front\",namespace=\"shop\"} 3");
    expect_line("proctor_denials_total{container_id=\"web-1\",pod=\"front\",namespace=\"shop\"} 1");
    expect_line("proctor_alerts_total{container_id=\"web-1\",pod=\"front\",namespace=\"shop\"} 3");
    expect_line("proctor_results_lost_total 7");
    expect_line("process_start_time_seconds 5.000000000");
}
END_TEST

START_TEST(buckets_are_cumulative_and_bounds_belong_to_them)
{
    struct metrics_container *c = metrics_enter(&metrics, &(struct event_container){.id = "x"});
    metrics_call(&metrics, c, 5000, false, 0);
    metrics_call(&metrics, c, 5001, false, 0);
    metrics_call(&metrics, c, -1, false, 0);
    metrics_call(&metrics, c, 2 * (int64_t)SECOND, false, 0);
    expect_line("proctor_call_wait_seconds_bucket{container_id=\"x\",le=\"5e-06\"} 2");
    expect_line("proctor_call_wait_seconds_bucket{container_id=\"x\",le=\"1e-05\"} 3");
    expect_line("proctor_call_wait_seconds_bucket{container_id=\"x\",le=\"1\"} 3");
    expect_line("proctor_call_wait_seconds_bucket{container_id=\"x\",le=\"+Inf\"} 4");
    expect_line("proctor_call_wait_seconds_count{container_id=\"x\"} 4");
    expect_line("proctor_call_wait_seconds_sum{container_id=\"x\"} 2.000010001");
}
END_TEST

START_TEST(an_exec_is_counted_with_its_container)
{
    struct metrics_container *c = metrics_enter(&metrics, &web);
    ck_assert_ptr_eq(metrics_enter(&metrics, &web), c);
    expect_line("proctor_containers 1");
    expect_line("proctor_containers_total 1");
    metrics_leave(c, SECOND);
    expect_line("proctor_containers 1");
    metrics_leave(c, 2 * (int64_t)SECOND);
    expect_line("proctor_containers 0");
    metrics_leave(NULL, 0);
}
END_TEST

START_TEST(what_ended_is_kept_for_a_while)
{
    metrics_leave(metrics_enter(&metrics, &web), SECOND);
    metrics_sweep(&metrics, 300 * (int64_t)SECOND);
    ck_assert_ptr_nonnull(strstr(rendered(), "web-1"));
    metrics_sweep(&metrics, 301 * (int64_t)SECOND);
    ck_assert_ptr_null(strstr(rendered(), "web-1"));
    struct metrics_container *c = metrics_enter(&metrics, &odd);
    metrics_sweep(&metrics, 999 * (int64_t)SECOND);
    metrics_call(&metrics, c, 1, false, 0);
    expect_line("proctor_calls_total{container_id=\"a\\\"b\\\\c\\nd\"} 1");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("metrics");
    TCase *tests = tcase_create("metrics");
    tcase_add_checked_fixture(tests, start, end);
    tcase_add_test(tests, counts_each_container_and_all);
    tcase_add_test(tests, buckets_are_cumulative_and_bounds_belong_to_them);
    tcase_add_test(tests, an_exec_is_counted_with_its_container);
    tcase_add_test(tests, what_ended_is_kept_for_a_while);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
