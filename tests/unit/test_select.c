/* Selections: what each form of -e trace= means, and what is said about one that means nothing. */
#include "tests/unit/unit.h"

#include <errno.h>

#include "decode/select.h"

static struct selection selection;
static struct error err;

static void parse(const char *expression)
{
    err = (struct error){0};
    int ret = selection_parse(&selection, expression, &err);
    ck_assert_msg(ret == 0, "'%s': %s", expression, err.message);
}

static bool on(enum abi_id abi, enum call_id id)
{
    return selection_has(&selection, &abis[abi], id);
}

static bool everywhere(enum call_id id)
{
    return on(ABI_X86_64, id) && on(ABI_I386, id) && on(ABI_X32, id);
}

static bool nowhere(enum call_id id)
{
    return !on(ABI_X86_64, id) && !on(ABI_I386, id) && !on(ABI_X32, id);
}

static unsigned count(enum abi_id abi)
{
    unsigned n = 0;
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        n += on(abi, (enum call_id)id);
    }
    return n;
}

/* The message for a wrong expression; the selection must be left alone. */
static const char *refused(const char *expression)
{
    struct selection before;
    parse("getpid");
    before = selection;
    err = (struct error){0};
    ck_assert_msg(selection_parse(&selection, expression, &err) == -EINVAL, "'%s' was taken", expression);
    ck_assert_mem_eq(&before, &selection, sizeof(before));
    return err.message;
}

START_TEST(names)
{
    parse("openat");
    ck_assert(everywhere(CALL_openat));
    ck_assert_uint_eq(count(ABI_X86_64), 1);
    parse("read,write,,close,");
    ck_assert(everywhere(CALL_read) && everywhere(CALL_write) && everywhere(CALL_close));
    ck_assert_uint_eq(count(ABI_I386), 3);
}
END_TEST

START_TEST(later_replaces_earlier)
{
    parse("openat");
    parse("close");
    ck_assert(nowhere(CALL_openat) && everywhere(CALL_close));
}
END_TEST

START_TEST(all_and_none)
{
    parse("all");
    ck_assert(everywhere(CALL_openat) && everywhere(CALL_none));
    ck_assert_uint_eq(count(ABI_X86_64), CALL_COUNT - 1);
    parse("none");
    ck_assert(nowhere(CALL_none));
    ck_assert_uint_eq(count(ABI_X86_64), 0);
    parse("!none");
    ck_assert_uint_eq(count(ABI_X86_64), CALL_COUNT - 1);
    ck_assert(everywhere(CALL_none));
    parse("!all");
    ck_assert_uint_eq(count(ABI_X86_64), 0);
    ck_assert(nowhere(CALL_none));
}
END_TEST

START_TEST(complement)
{
    parse("!openat,close");
    ck_assert(nowhere(CALL_openat) && nowhere(CALL_close));
    ck_assert(everywhere(CALL_read) && everywhere(CALL_none));
    parse("!!openat");
    ck_assert(everywhere(CALL_openat) && nowhere(CALL_read));
}
END_TEST

/* The set that a class stands for is what the tables say; here: one call that is in it, one that is not. */
START_TEST(class_names)
{
    static const struct {
        const char *name;
        uint32_t bits;
    } known[] = {
        {"%desc", CLASS_DESC},
        {"%file", CLASS_FILE},
        {"%memory", CLASS_MEMORY},
        {"%process", CLASS_PROCESS},
        {"%signal", CLASS_SIGNAL},
        {"%ipc", CLASS_IPC},
        {"%network", CLASS_NETWORK},
        {"%net", CLASS_NETWORK},
        {"%creds", CLASS_CREDS},
        {"%clock", CLASS_CLOCK},
        {"%stat", CLASS_STAT},
        {"%lstat", CLASS_LSTAT},
        {"%fstat", CLASS_FSTAT},
        {"%%stat", CLASS_STAT | CLASS_LSTAT | CLASS_FSTAT | CLASS_STAT_LIKE},
        {"%statfs", CLASS_STATFS},
        {"%fstatfs", CLASS_FSTATFS},
        {"%%statfs", CLASS_STATFS | CLASS_FSTATFS | CLASS_STATFS_LIKE},
        {"%pure", CLASS_PURE},
        {"desc", CLASS_DESC},
        {"file", CLASS_FILE},
        {"memory", CLASS_MEMORY},
        {"process", CLASS_PROCESS},
        {"signal", CLASS_SIGNAL},
        {"ipc", CLASS_IPC},
        {"network", CLASS_NETWORK},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        parse(known[i].name);
        for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
            bool member = call_line((enum call_id)id)->classes & known[i].bits;
            ck_assert_msg(everywhere((enum call_id)id) == member, "%s, %s", known[i].name,
                          call_line((enum call_id)id)->name);
        }
    }
}
END_TEST

START_TEST(classes_and_names_together)
{
    parse("%pure,openat");
    ck_assert(everywhere(CALL_getppid) && everywhere(CALL_openat) && nowhere(CALL_close));
    parse("!%pure");
    ck_assert(nowhere(CALL_getppid) && everywhere(CALL_openat));
}
END_TEST

/* "stat" is a call; "%stat" is a class. */
START_TEST(newer_classes_need_the_percent)
{
    parse("stat");
    ck_assert(everywhere(CALL_stat));
    ck_assert_uint_eq(count(ABI_X86_64), 1);
    ck_assert_str_eq(refused("net"), "invalid system call 'net'; did you mean '%net'?");
    ck_assert_str_eq(refused("clock"), "invalid system call 'clock'; did you mean '%clock'?");
}
END_TEST

START_TEST(regular_expressions)
{
    parse("/^get(pid|ppid)$");
    ck_assert(everywhere(CALL_getpid) && everywhere(CALL_getppid));
    ck_assert_uint_eq(count(ABI_X86_64), 2);
    parse("/sigprocmask,close");
    ck_assert(everywhere(CALL_rt_sigprocmask) && everywhere(CALL_sigprocmask) && everywhere(CALL_close));
    parse("!/.");
    ck_assert_uint_eq(count(ABI_X86_64), 0);
    ck_assert(everywhere(CALL_none));
    ck_assert_str_eq(refused("/nothing_like_it"), "no system call matches '/nothing_like_it'");
    ck_assert(strncmp(refused("/["), "invalid regular expression '[': ", 32) == 0);
    parse("?/nothing_like_it");
    ck_assert_uint_eq(count(ABI_X86_64), 0);
}
END_TEST

START_TEST(tolerant_words)
{
    parse("?no_such_call,openat");
    ck_assert(everywhere(CALL_openat));
    ck_assert_uint_eq(count(ABI_X86_64), 1);
    parse("?openat");
    ck_assert(everywhere(CALL_openat));
    parse("!?no_such_call");
    ck_assert_uint_eq(count(ABI_X86_64), CALL_COUNT - 1);
}
END_TEST

/* 2 is open on x86-64 and x32, and fork on i386. */
START_TEST(numbers)
{
    parse("2");
    ck_assert(on(ABI_X86_64, CALL_open) && on(ABI_X32, CALL_open) && on(ABI_I386, CALL_fork));
    ck_assert(!on(ABI_X86_64, CALL_fork) && !on(ABI_I386, CALL_open));
    parse("2@32");
    ck_assert(on(ABI_I386, CALL_fork));
    ck_assert_uint_eq(count(ABI_X86_64), 0);
    ck_assert_str_eq(refused("9999"), "invalid system call '9999'");
    ck_assert_str_eq(refused("99999999999999999999"), "invalid system call '99999999999999999999'");
    ck_assert_str_eq(refused("0x2"), "invalid system call '0x2'");
    ck_assert_str_eq(refused("-1"), "invalid system call '-1'");
}
END_TEST

START_TEST(personalities)
{
    parse("openat@64");
    ck_assert(on(ABI_X86_64, CALL_openat) && !on(ABI_I386, CALL_openat) && !on(ABI_X32, CALL_openat));
    parse("openat@32");
    ck_assert(!on(ABI_X86_64, CALL_openat) && on(ABI_I386, CALL_openat) && !on(ABI_X32, CALL_openat));
    parse("openat@x32,%pure@64");
    ck_assert(on(ABI_X32, CALL_openat) && on(ABI_X86_64, CALL_getppid) && !on(ABI_X32, CALL_getppid));
    parse("all@32");
    ck_assert(on(ABI_I386, CALL_read) && !on(ABI_X86_64, CALL_read) && nowhere(CALL_none));
    parse("!openat@32");
    ck_assert(!on(ABI_I386, CALL_openat) && on(ABI_X86_64, CALL_openat) && everywhere(CALL_none));
    ck_assert_str_eq(refused("openat@64bit"),
                     "unknown personality '64bit' in 'openat@64bit'; it is one of 64, 32, x32");
    /* A call that this ABI does not have. */
    ck_assert(strncmp(refused("socketcall@64"), "invalid system call 'socketcall@64'", 35) == 0);
}
END_TEST

START_TEST(suggestions)
{
    ck_assert_str_eq(refused("opnat"), "invalid system call 'opnat'; did you mean 'openat'?");
    ck_assert_str_eq(refused("opneat"), "invalid system call 'opneat'; did you mean 'openat'?");
    ck_assert_str_eq(refused("read,cloze"), "invalid system call 'cloze'; did you mean 'close'?");
    ck_assert_str_eq(refused("!conect"), "invalid system call 'conect'; did you mean 'connect'?");
    ck_assert_str_eq(refused("%netwrok"), "invalid system call '%netwrok'; did you mean '%network'?");
    ck_assert_str_eq(refused("rt_sigprcmask"),
                     "invalid system call 'rt_sigprcmask'; did you mean 'rt_sigprocmask'?");
    ck_assert_str_eq(refused("xyzzyxyzzy"), "invalid system call 'xyzzyxyzzy'");
}
END_TEST

START_TEST(empty_and_overlong)
{
    char huge[1000];
    ck_assert_str_eq(refused(""), "'' names no system call; 'none' selects nothing");
    ck_assert_str_eq(refused("!"), "'!' names no system call; 'none' selects nothing");
    ck_assert_str_eq(refused(",,"), "',,' names no system call; 'none' selects nothing");
    memset(huge, 'a', sizeof(huge) - 1);
    huge[sizeof(huge) - 1] = 0;
    ck_assert_str_eq(refused(huge), "invalid system call 'aaaaaaaaaaaaaaaaaaaa...'");
    huge[200] = 0;
    ck_assert(strncmp(refused(huge), "invalid system call 'aaaa", 25) == 0);
    huge[0] = '/';
    ck_assert(strncmp(refused(huge), "no system call matches '/aaa", 28) == 0);
}
END_TEST

START_TEST(adding_calls)
{
    struct call_set calls = {{0}};
    parse("openat@64");
    call_set_add(&calls, CALL_execve);
    selection_add(&selection, &calls);
    ck_assert(everywhere(CALL_execve) && on(ABI_X86_64, CALL_openat) && !on(ABI_I386, CALL_openat));
}
END_TEST

/* socketcall and ipc are in the filter where what is behind them is selected, and nowhere else. */
START_TEST(multiplexers)
{
    parse("connect,semop");
    ck_assert(on(ABI_I386, CALL_semop) && !on(ABI_I386, CALL_ipc));
    selection_add_multiplexers(&selection);
    ck_assert(on(ABI_I386, CALL_socketcall) && on(ABI_I386, CALL_ipc));
    ck_assert(!on(ABI_X86_64, CALL_socketcall));
    parse("openat");
    selection_add_multiplexers(&selection);
    ck_assert(!on(ABI_I386, CALL_socketcall) && !on(ABI_I386, CALL_ipc));
    parse("send");
    ck_assert(on(ABI_I386, CALL_send));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("select");
    TCase *tc = tcase_create("expressions");
    tcase_add_test(tc, names);
    tcase_add_test(tc, later_replaces_earlier);
    tcase_add_test(tc, all_and_none);
    tcase_add_test(tc, complement);
    tcase_add_test(tc, class_names);
    tcase_add_test(tc, classes_and_names_together);
    tcase_add_test(tc, newer_classes_need_the_percent);
    tcase_add_test(tc, regular_expressions);
    tcase_add_test(tc, tolerant_words);
    tcase_add_test(tc, numbers);
    tcase_add_test(tc, personalities);
    tcase_add_test(tc, suggestions);
    tcase_add_test(tc, empty_and_overlong);
    tcase_add_test(tc, adding_calls);
    tcase_add_test(tc, multiplexers);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
