/* Injections: what each form means, which invocations it means, and where a wrong one is wrong. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "decode/inject.h"

static struct injections injections;
static struct error err;

static void setup(void)
{
    injections = (struct injections){0};
    err = (struct error){0};
}

static void teardown(void)
{
    injections_free(&injections);
}

static const struct injection *parse(const char *text)
{
    ck_assert_msg(injections_add(&injections, text, false, &err) == 0, "'%s': %s", text, err.message);
    return &injections.items[injections.count - 1];
}

/* The column that the message names, which is one line; 0: it was taken. */
static unsigned wrong_at(const char *text, bool fault)
{
    unsigned column = 0;
    err = (struct error){0};
    if (injections_add(&injections, text, fault, &err) == 0) {
        return 0;
    }
    ck_assert_int_eq(err.code, EINVAL);
    const char *at = strstr(err.message, "column ");
    ck_assert_msg(at && sscanf(at, "column %u", &column) == 1, "%s", err.message);
    ck_assert_str_eq(err.hint, "");
    ck_assert_ptr_null(strchr(err.message, '\n'));
    return column;
}

START_TEST(results)
{
    const struct injection *in = parse("read,write:error=ENOENT");
    ck_assert_uint_eq(in->what, INJECT_ERROR);
    ck_assert_int_eq(in->error, ENOENT);
    ck_assert(selection_has(&in->calls, &abis[ABI_I386], CALL_write));
    ck_assert(!in->traced_only);
    ck_assert_int_eq(parse("read:error=eperm")->error, EPERM);
    ck_assert_int_eq(parse("read:error=4095:")->error, 4095);
    ck_assert_int_eq(parse("read::retval=0x10")->value, 16);
    ck_assert_int_eq(parse("read:retval=-5")->value, -5);
    ck_assert(parse("read:retval=18446744073709551615")->value == -1);
    ck_assert(parse("all:error=5")->traced_only);
    ck_assert(parse("!read:error=5")->traced_only);
    in = parse("read:retval=1:syscall=getpid");
    ck_assert_int_eq(in->replacement, CALL_getpid);
}
END_TEST

START_TEST(the_rest)
{
    const struct injection *in = parse("%file:signal=usr1:delay_enter=1.5ms:delay_exit=7");
    ck_assert_uint_eq(in->what, INJECT_SIGNAL | INJECT_DELAY_ENTER | INJECT_DELAY_EXIT);
    ck_assert_int_eq(in->signal, SIGUSR1);
    ck_assert_int_eq(in->delay_enter_ns, 1500000);
    ck_assert_int_eq(in->delay_exit_ns, 7000);
    ck_assert_int_eq(parse("read:signal=SIGRT_3")->signal, 35);
    ck_assert_int_eq(parse("read:signal=64")->signal, 64);
    in = parse("read:poke_enter=@arg2=00fF,@arg1=7a:poke_exit=@arg6=01");
    ck_assert_uint_eq(in->enter.count, 2);
    ck_assert_uint_eq(in->enter.args[0].arg, 1);
    ck_assert_uint_eq(in->enter.args[0].length, 2);
    ck_assert_mem_eq(in->enter.args[0].bytes, "\0\xff", 2);
    ck_assert_uint_eq(in->exit.args[0].arg, 5);
}
END_TEST

START_TEST(faults)
{
    ck_assert_int_eq(injections_add(&injections, "read", true, &err), 0);
    ck_assert_int_eq(injections.items[0].error, ENOSYS);
    ck_assert_int_eq(injections_add(&injections, "read:when=2:error=EIO", true, &err), 0);
    ck_assert_int_eq(injections.items[1].error, EIO);
    ck_assert_uint_eq(wrong_at("read:signal=INT", true), 6);
}
END_TEST

/* Which of the first ten invocations are meant. */
static const char *due(const char *when)
{
    static char marks[11];
    char text[64];
    snprintf(text, sizeof(text), "read:error=1:when=%s", when);
    const struct injection *in = parse(text);
    for (uint32_t n = 1; n <= 10; n++) {
        marks[n - 1] = injection_due(in, n) ? 'x' : '.';
    }
    return marks;
}

START_TEST(when)
{
    ck_assert_str_eq(due("3"), "..x.......");
    ck_assert_str_eq(due("3+"), "..xxxxxxxx");
    ck_assert_str_eq(due("3+3"), "..x..x..x.");
    ck_assert_str_eq(due("3..5"), "..xxx.....");
    ck_assert_str_eq(due("3..8+"), "..xxxxxx..");
    ck_assert_str_eq(due("3..8+2"), "..x.x.x...");
    ck_assert_str_eq(due("4..4"), "...x......");
    ck_assert_str_eq(due("1:when=2"), ".x........"); /* the last counts */
    ck_assert_uint_eq(parse("read:error=1:when=65535")->first, 65535);
}
END_TEST

START_TEST(wrong)
{
    static const struct {
        const char *text;
        unsigned column;
    } cases[] = {
        {"nosuch:error=1", 1},
        {":error=1", 1},
        {"read", 5},
        {"read:", 6},
        {"read:when=3", 12},
        {"read:foo=3", 6},
        {"read:error", 6},
        {"read:error=0", 12},
        {"read:error=EFOO", 12},
        {"read:error=4096", 12},
        {"read:error=0x5", 12},
        {"read:error=-1", 12},
        {"read:error=1:error=2", 14},
        {"read:error=1:retval=2", 14},
        {"read:retval=", 13},
        {"read:retval=1x", 13},
        {"read:retval=99999999999999999999", 13},
        {"read:signal=0", 13},
        {"read:signal=65", 13},
        {"read:signal=FOO", 13},
        {"read:signal=1:signal=2", 15},
        {"read:syscall=getpid", 1},
        {"read:syscall=open:error=1", 14},
        {"read:syscall=5:error=1", 14},
        {"read:delay_enter=", 18},
        {"read:delay_enter=-1", 18},
        {"read:delay_enter=1m", 18},
        {"read:delay_enter=1:delay_enter=1", 20},
        {"read:poke_enter=", 17},
        {"read:poke_enter=@arg1=0", 23},
        {"read:poke_enter=@arg1=0g", 24},
        {"read:poke_enter=@arg9=00", 21},
        {"read:poke_enter=@arg1=00,@arg1=01", 30},
        {"read:error=1:when=0", 19},
        {"read:error=1:when=65536", 19},
        {"read:error=1:when=3..2", 22},
        {"read:error=1:when=1..65535", 22},
        {"read:error=1:when=3+0", 21},
        {"read:error=1:when=3+x", 21},
        {"read:error=1:when=3x", 20},
        {"read:error=1:when=1..", 22},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        unsigned column = wrong_at(cases[i].text, false);
        ck_assert_msg(column == cases[i].column, "'%s': column %u: %s", cases[i].text, column, err.message);
    }
}
END_TEST

/* However far in the error is. */
START_TEST(long_text)
{
    char text[600] = "read:poke_enter=@arg1=";
    memset(text + strlen(text), '0', 400);
    strcpy(text + 422, "x0");
    ck_assert_uint_eq(wrong_at(text, false), 423);
}
END_TEST

START_TEST(the_last_wins)
{
    parse("read,write:error=1");
    parse("read:error=2");
    parse("all:error=3:when=1");
    ck_assert_int_eq(injections_find(&injections, &abis[0], CALL_read, false)->error, 2);
    ck_assert_int_eq(injections_find(&injections, &abis[0], CALL_write, false)->error, 1);
    ck_assert_int_eq(injections_find(&injections, &abis[0], CALL_write, true)->error, 3);
    ck_assert_ptr_null(injections_find(&injections, &abis[0], CALL_open, false));
    ck_assert_uint_eq(injections_what(&injections), INJECT_ERROR | INJECT_WHEN);
}
END_TEST

START_TEST(values_like_errors)
{
    bool compat;
    ck_assert_int_eq(injection_looks_like_error(parse("read:retval=-5"), &compat), 5);
    ck_assert(!compat);
    ck_assert_int_eq(injection_looks_like_error(parse("read:retval=0xffffffff"), &compat), 1);
    ck_assert(compat);
    ck_assert_int_eq(injection_looks_like_error(parse("read:retval=-4096"), &compat), 0);
    ck_assert_int_eq(injection_looks_like_error(parse("read:error=5"), &compat), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("inject");
    TCase *tests = tcase_create("inject");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, results);
    tcase_add_test(tests, the_rest);
    tcase_add_test(tests, faults);
    tcase_add_test(tests, when);
    tcase_add_test(tests, wrong);
    tcase_add_test(tests, long_text);
    tcase_add_test(tests, the_last_wins);
    tcase_add_test(tests, values_like_errors);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
