/* Loading rule files, and one judged event. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

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

/* What `action:` says, however it is written; NULL: it is refused, with the place in the error. */
static const struct action *action_of(struct bench *b, const char *written)
{
    char text[512];
    snprintf(text, sizeof(text),
             "- rule: r\n  desc: d\n  condition: evt.type=openat\n  output: o\n  priority: ERROR\n%s",
             written);
    policy_free(b->policy);
    b->policy = policy_new();
    b->error = (struct error){0};
    if (policy_load_text(b->policy, "file", text, strlen(text), &b->error) < 0 ||
        policy_compile(b->policy, NULL, &b->error) < 0) {
        return NULL;
    }
    return &policy_program(b->policy)->rules[0].rule->action;
}

START_TEST(test_actions)
{
    static const struct {
        const char *written;
        struct action action;
    } cases[] = {
        {"", {.type = ACTION_ALERT}},
        {"  action: allow\n", {.type = ACTION_ALLOW}},
        {"  action: deny\n", {.type = ACTION_DENY, .error = EPERM}},
        {"  action: deny\n  errno: EXDEV\n", {.type = ACTION_DENY, .error = EXDEV}},
        {"  action: deny\n  errno: 4000\n", {.type = ACTION_DENY, .error = 4000}},
        {"  action: {deny: EXDEV}\n", {.type = ACTION_DENY, .error = EXDEV}},
        {"  action: return -3\n", {.type = ACTION_RETURN, .value = -3}},
        {"  action:\n    return: 0x10\n", {.type = ACTION_RETURN, .value = 16}},
        {"  action: kill\n", {.type = ACTION_KILL_PROCESS}},
        {"  action: {kill: thread}\n", {.type = ACTION_KILL_THREAD}},
        {"  action: stop\n", {.type = ACTION_STOP}},
        {"  action: delay 10ms\n", {.type = ACTION_DELAY, .value = 10000000}},
        {"  action: {delay: 2s}\n", {.type = ACTION_DELAY, .value = 2000000000}},
    };
    static const char *const wrong[] = {"  action: denies\n",
                                        "  action: {}\n",
                                        "  action: [deny]\n",
                                        "  action: {delay: 1ms, stop: 1}\n",
                                        "  action: {delay: {a: b}}\n",
                                        "  action: delay 10\n",
                                        "  action: delay -1ms\n",
                                        "  action: {deny: ENOSUCH}\n",
                                        "  action: deny\n  errno: 4096\n",
                                        "  action: return x\n",
                                        "  action: stop\n  errno: EPERM\n"};
    struct bench b;
    bench_start(&b);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct action *action = action_of(&b, cases[i].written);
        ck_assert_msg(action, "%s: %s", cases[i].written, b.error.message);
        ck_assert_msg(action->type == cases[i].action.type && action->value == cases[i].action.value, "%s",
                      cases[i].written);
        ck_assert(action->type != ACTION_DENY || action->error == cases[i].action.error);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        ck_assert_msg(!action_of(&b, wrong[i]), "'%s' was taken", wrong[i]);
        unsigned line = strstr(wrong[i], "{}") ? 1 : strstr(wrong[i], "errno") ? 7 : 6;
        char place[16];
        snprintf(place, sizeof(place), "file:%u:", line);
        ck_assert_msg(strstr(b.error.message, place), "%s: %s", wrong[i], b.error.message);
    }
    bench_end(&b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy_load");
    TCase *tc = tcase_create("load");
    tcase_add_test(tc, test_falco_rules_load_whole);
    tcase_add_test(tc, test_open_is_judged);
    tcase_add_test(tc, test_actions);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
