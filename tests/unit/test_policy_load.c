/* Loading rule files, and one judged event. */
#include <fcntl.h>

#include "tests/unit/policy_bench.h"

START_TEST(test_falco_rules_load_whole)
{
    struct bench b;
    bench_start(&b);
    b.policy = policy_new();
    int status = policy_load_file(b.policy, "tests/data/falco_rules.yaml", &b.error);
    ck_assert_msg(status == 0, "%s%s", b.error.message, b.error.hint);
    status = policy_compile(b.policy, NULL, &b.error);
    ck_assert_msg(status == 0, "%s%s", b.error.message, b.error.hint);
    ck_assert_uint_eq(policy_program(b.policy)->rule_count, 25);
    bench_end(&b);
}
END_TEST

START_TEST(test_open_is_judged)
{
    struct bench b;
    bench_start(&b);
    bench_load(&b, "- macro: open_read\n"
                   "  condition: (evt.type in (open,openat) and evt.is_open_read=true and fd.num>=0)\n"
                   "- list: secret\n"
                   "  items: [/etc/shadow, /etc/sudoers]\n"
                   "- rule: Read secret\n"
                   "  desc: d\n"
                   "  condition: open_read and fd.name in (secret) and not proc.name in (sshd, login)\n"
                   "  output: secret read by %proc.name (%proc.pid) file=%fd.name res=%evt.rawres\n"
                   "  priority: WARNING\n"
                   "  tags: [a, b]\n");
    bench_openat(&b, "/etc/shadow", O_RDONLY);
    ck_assert_uint_eq(bench_judge(&b), 1);
    ck_assert_ptr_nonnull(
        strstr(b.alert.data, ": Warning secret read by program (1000) file=/etc/shadow res=0\n"));
    bench_openat(&b, "/etc/passwd", O_RDONLY);
    ck_assert_uint_eq(bench_judge(&b), 0);
    bench_openat(&b, "/etc/shadow", O_WRONLY);
    ck_assert_uint_eq(bench_judge(&b), 0);
    bench_openat(&b, "/etc/shadow", O_RDONLY);
    b.process.name = "sshd";
    ck_assert_uint_eq(bench_judge(&b), 0);
    bench_end(&b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy_load");
    TCase *tc = tcase_create("load");
    tcase_add_test(tc, test_falco_rules_load_whole);
    tcase_add_test(tc, test_open_is_judged);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
