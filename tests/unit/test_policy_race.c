/* Which denials rest on what another thread can change. */
#include <stdlib.h>

#include "decode/base/cleanup.h"
#include "policy/policy.h"
#include "policy/race.h"
#include "tests/unit/unit.h"

/* The calls that a rule of this condition and action denies by what can be changed. */
static void races(const char *condition, const char *action, struct call_set *calls)
{
    char text[1024];
    struct error err = {0};
    struct policy *policy = policy_new();
    *calls = (struct call_set){{0}};
    snprintf(text, sizeof(text),
             "- rule: r\n  desc: d\n  condition: %s\n  output: o\n  priority: INFO\n  action: %s\n",
             condition, action);
    ck_assert_msg(policy_load_text(policy, "test", text, strlen(text), &err) == 0, "%s", err.message);
    ck_assert_msg(policy_compile(policy, NULL, &err) == 0, "%s", err.message);
    race_calls(policy_program(policy), calls);
    policy_free(policy);
}

static const struct {
    const char *condition;
    enum call_id call;
    bool races;
} cases[] = {
    {"evt.type=openat and fd.name startswith /etc", CALL_openat, true},
    {"evt.type in (openat, write) and fd.name startswith /etc", CALL_write, true},
    {"evt.type=openat and proc.name=cat", CALL_openat, false},
    {"evt.type=openat and evt.arg.flags contains O_TRUNC", CALL_openat, false},
    {"evt.type=openat and evt.arg.name=/etc", CALL_openat, true},
    {"evt.type=openat and evt.args contains etc", CALL_openat, true},
    {"evt.type=openat and evt.rawarg.flags=1", CALL_openat, false},
    {"evt.type=openat and evt.is_open_write=true", CALL_openat, false},
    {"evt.type=openat2 and evt.is_open_write=true", CALL_openat2, true},
    {"evt.type=unlink and fs.path.name=/x", CALL_unlink, true},
    {"evt.type=unlink and not (user.uid=0 or evt.abspath=/x)", CALL_unlink, true},
    {"evt.type=connect and fd.rport=80", CALL_connect, true},
    {"evt.type=execve and proc.exepath startswith /tmp", CALL_execve, true},
    {"evt.type=execve and user.uid=0", CALL_execve, false},
    {"evt.type=kill", CALL_kill, false},
    {"evt.type=openat and proc.name=val(fd.filename)", CALL_openat, true},
};

START_TEST(test_condition)
{
    struct call_set calls;
    races(cases[_i].condition, "deny", &calls);
    ck_assert_msg(call_set_has(&calls, cases[_i].call) == cases[_i].races, "%s", cases[_i].condition);
}
END_TEST

START_TEST(test_only_what_denies)
{
    static const char *const actions[] = {"alert", "delay 1ms", "stop", "allow"};
    struct call_set calls;
    for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
        races("evt.type=openat and fd.name=/x", actions[i], &calls);
        ck_assert(call_set_empty(&calls));
    }
    races("evt.type=openat and fd.name=/x", "kill", &calls);
    ck_assert(call_set_has(&calls, CALL_openat));
    races("evt.type=openat and fd.name=/x", "return 0", &calls);
    ck_assert(call_set_has(&calls, CALL_openat));
}
END_TEST

/* The denial looks at registers alone, but whether it is come to does not. */
START_TEST(test_allow_before_a_denial)
{
    static const char text[] =
        "- rule: a\n  desc: d\n  condition: evt.type=openat and fd.name=/x\n  output: o\n  priority: INFO\n"
        "  action: allow\n"
        "- rule: b\n  desc: d\n  condition: evt.type in (openat, kill)\n  output: o\n  priority: INFO\n"
        "  action: deny\n";
    struct error err = {0};
    struct call_set calls = {{0}};
    struct policy *policy = policy_new();
    ck_assert_int_eq(policy_load_text(policy, "test", text, sizeof(text) - 1, &err), 0);
    ck_assert_int_eq(policy_compile(policy, NULL, &err), 0);
    race_calls(policy_program(policy), &calls);
    ck_assert(call_set_has(&calls, CALL_openat));
    ck_assert(!call_set_has(&calls, CALL_kill));
    policy_free(policy);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy_race");
    TCase *tests = tcase_create("all");
    tcase_add_loop_test(tests, test_condition, 0, (int)ARRAY_SIZE(cases));
    tcase_add_test(tests, test_only_what_denies);
    tcase_add_test(tests, test_allow_before_a_denial);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
