/* What becomes of alerts: the limit, the sum, and what actions make of a call. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>

#include "policy/rate.h"
#include "supervisor/act.h"
#include "supervisor/tally.h"

#define SECOND INT64_C(1000000000)

static struct error err;

/* How many of `n` are let through, one every `gap` nanoseconds from `from` on. */
static unsigned taken(struct rate *rate, int64_t from, int64_t gap, unsigned n)
{
    unsigned count = 0;
    for (unsigned i = 0; i < n; i++) {
        count += rate_take(rate, from + i * gap);
    }
    return count;
}

START_TEST(limits)
{
    struct rate rate = {.rate = 0};
    ck_assert_uint_eq(taken(&rate, SECOND, 0, 5000), 5000); /* no limit */
    ck_assert_int_eq(rate_parse(&rate, "2,10", &err), 0);
    ck_assert_uint_eq(taken(&rate, SECOND, 0, 100), 10); /* the burst */
    ck_assert_uint_eq(taken(&rate, 2 * SECOND, 0, 100), 2);
    ck_assert_uint_eq(taken(&rate, 102 * SECOND, 0, 100), 10);          /* never more than the burst */
    ck_assert_uint_eq(taken(&rate, 103 * SECOND, SECOND / 4, 100), 51); /* two of four a second, and one */
    ck_assert_uint_eq(taken(&rate, SECOND, 0, 100), 0);                 /* the clock was set back */
    ck_assert_uint_eq(taken(&rate, 2 * SECOND, 0, 100), 2);
    ck_assert_int_eq(rate_parse(&rate, "0.5", &err), 0);
    ck_assert_uint_eq(taken(&rate, SECOND, 0, 5000), RATE_BURST);
}
END_TEST

START_TEST(wrong_limits)
{
    static const char *const texts[] = {"",    "0",   "-1",   "x",     "1x", "1,", "1,0", "1,x",
                                        "inf", "nan", "1e99", "1,2,3", " 1", ",5", "+1"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct rate rate;
        err = (struct error){0};
        ck_assert_msg(rate_parse(&rate, texts[i], &err) == -EINVAL, "'%s' was taken", texts[i]);
        ck_assert(strstr(err.message, "--rate-limit"));
    }
}
END_TEST

static struct tally tally;
static struct buf out;

static void add(enum tally_kind kind, const char *rule, const char *done, enum call_id id)
{
    static struct unit_target target;
    if (!target.event.call) {
        unit_start(&target);
    }
    unit_entry(&target, id, 0);
    target.event.process.pid = 7;
    tally_add(&tally, kind, rule, done, &target.event, "cat");
}

static const char *text(bool audit, uint64_t suppressed)
{
    out.len = 0;
    tally_text(&tally, audit, suppressed, &out);
    buf_char(&out, 0);
    return out.data;
}

START_TEST(sums)
{
    tally = (struct tally){.count = 0};
    ck_assert_str_eq(text(true, 0), "");
    add(TALLY_REPORTED, "seen", NULL, CALL_getpid);
    add(TALLY_DENIED, "shut", "EACCES", CALL_getuid);
    add(TALLY_DENIED, NULL, "EPERM", CALL_getpid);
    add(TALLY_DENIED, NULL, "EPERM", CALL_getpid);
    add(TALLY_HELD, "slow", "delayed", CALL_getpid);
    ck_assert_str_eq(text(true, 0),
                     "What would have been denied:\n"
                     "       2  getpid           EPERM    by the profile; first: [pid 7, cat] getpid()\n"
                     "       1  getuid           EACCES   by shut; first: [pid 7, cat] getuid()\n"
                     "What would have been held back:\n"
                     "       1  getpid           delayed  by slow; first: [pid 7, cat] getpid()\n"
                     "What was reported:\n"
                     "       1  getpid                    by seen; first: [pid 7, cat] getpid()\n");
    ck_assert(strstr(text(false, 9), "What was denied:\n"));
    ck_assert(strstr(text(false, 9), "       9  alerts were not written (--rate-limit)\n"));
    out.len = 0;
    tally_json(&tally, true, 3, &out);
    buf_char(&out, 0);
    ck_assert(strstr(out.data, "{\"type\":\"summary\",\"mode\":\"audit\",\"found\":[{\"rule\":null,"
                               "\"call\":\"getpid\",\"kind\":\"denied\",\"done\":\"EPERM\",\"count\":2,"
                               "\"first\":\"[pid 7, cat] getpid()\"},"));
    ck_assert(strstr(out.data, "],\"others\":0,\"suppressed\":3}\n"));
    buf_free(&out);
}
END_TEST

START_TEST(a_full_tally_counts_the_rest)
{
    static char names[TALLY_MAX + 5][8];
    tally = (struct tally){.count = 0};
    for (unsigned i = 0; i < TALLY_MAX + 5; i++) {
        snprintf(names[i], sizeof(names[i]), "r%u", i);
        add(TALLY_REPORTED, names[i], NULL, CALL_getpid);
    }
    ck_assert_uint_eq(tally.count, TALLY_MAX);
    ck_assert_uint_eq(tally.others, 5);
    ck_assert(strstr(text(true, 0), "       5  others\n"));
    buf_free(&out);
}
END_TEST

START_TEST(actions)
{
    struct verdict v = {.deny = false};
    struct event event = {.injected = 0};
    struct action action;
    ck_assert(action_parse("delay 10ms", &action));
    action_apply(&action, &event, &v);
    ck_assert(!v.deny && v.delay_ns == 10000000 && event.injected == INJECTED_DELAY);
    ck_assert(action_parse("delay 1ms", &action)); /* the longer one stays */
    action_apply(&action, &event, &v);
    ck_assert_int_eq(v.delay_ns, 10000000);
    ck_assert(action_parse("stop", &action));
    action_apply(&action, &event, &v);
    ck_assert(!v.deny && v.stop);
    ck_assert(action_parse("deny EXDEV", &action));
    action_apply(&action, &event, &v);
    ck_assert(v.deny && v.error == EXDEV && v.delay_ns == 10000000 && v.stop);
    ck_assert_str_eq(action_done(&action), "EXDEV");
    ck_assert(action_parse("return 5", &action));
    action_apply(&action, &event, &v);
    ck_assert(v.deny && v.error == 0 && v.value == 5);
    v = (struct verdict){.deny = false};
    ck_assert(action_parse("kill thread", &action));
    action_apply(&action, &event, &v);
    ck_assert(v.deny && v.error == EPERM && v.kill_thread && !v.kill); /* denied where killing fails */
    ck_assert(action_parse("kill", &action));
    action_apply(&action, &event, &v);
    ck_assert(v.kill && !v.kill_thread);
    ck_assert(action_parse("deny 4000", &action));
    ck_assert_ptr_nonnull(action_done(&action));
    ck_assert(action_parse("alert", &action));
    ck_assert_ptr_null(action_done(&action));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("alerts");
    TCase *tests = tcase_create("alerts");
    tcase_add_test(tests, limits);
    tcase_add_test(tests, wrong_limits);
    tcase_add_test(tests, sums);
    tcase_add_test(tests, a_full_tally_counts_the_rest);
    tcase_add_test(tests, actions);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
