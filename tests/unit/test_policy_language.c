/* The language: operators, precedence, transformers, lists, macros, amendments, and what errors say. */
#include <fcntl.h>

#include "tests/unit/policy_bench.h"

static struct bench b;

static void start(void)
{
    bench_start(&b);
    b.process.args = TEXT("-c Hello.World /tmp/a");
    b.process.arg_count = 3;
    b.process.env = TEXT("HOME=/root\0PATH=/bin");
    bench_openat(&b, "/usr/share/doc/readme.TXT", O_RDONLY | O_CLOEXEC);
}

static void end(void)
{
    bench_end(&b);
}

/* proc.name program, ancestors bash and init, user 1000, fd.name /usr/share/doc/readme.TXT */
static const struct {
    const char *condition;
    bool holds;
} conditions[] = {
    {"proc.name=program", true},
    {"proc.name = \"program\"", true},
    {"proc.name == 'program'", true},
    {"proc.name != program", false},
    {"proc.name != other", true},
    {"proc.name < program", false},
    {"proc.name <= program", true},
    {"proc.name > a", true},
    {"proc.name >= z", false},
    {"proc.name in (a, program)", true},
    {"proc.name in ()", false},
    {"proc.name in (a, b, c, d, e, f, program)", true},
    {"proc.name in (a, b, c, d, e, f)", false},
    {"proc.args contains Hello", true},
    {"proc.args contains hello", false},
    {"proc.args icontains hello", true},
    {"proc.args bcontains 48656c6c6f", true},
    {"proc.args bcontains 48656c6c70", false},
    {"proc.args bstartswith 2d63", true},
    {"proc.args startswith \"-c H\"", true},
    {"proc.args startswith C", false},
    {"proc.args endswith /a", true},
    {"proc.args endswith .World", false},
    {"proc.args glob *Hello?World*", true},
    {"proc.args glob Hello*", false},
    {"fd.name glob /usr/[r-t]*/*.TXT", true},
    {"fd.name iglob /USR/*.txt", true},
    {"fd.name regex '/usr/(share|lib)/.*\\.TXT'", true},
    {"fd.name regex 'share'", false},
    {"fd.name regex '.*/[a-z]+\\.\\w{3}'", true},
    {"fd.name regex '(?i).*txt$'", true},
    {"fd.name pmatch (/etc, /usr/share)", true},
    {"fd.name pmatch (/usr/sha)", false},
    {"fd.name pmatch (/usr/*/doc)", true},
    {"fd.directory = /usr/share/doc", true},
    {"fd.filename = readme.TXT", true},
    {"tolower(fd.filename) = readme.txt", true},
    {"toupper(basename(fd.name)) = README.TXT", true},
    {"len(proc.name) = 7", true},
    {"len(proc.name) > 7", false},
    {"proc.env[HOME] = /root", true},
    {"proc.env[PATH] = /root", false},
    {"proc.env contains \"PATH=\"", true},
    {"proc.env[NONE] exists", false},
    {"proc.aname[0] = program", true},
    {"proc.aname[1] = bash", true},
    {"proc.aname[2] = init", true},
    {"proc.aname[3] exists", false},
    {"proc.aname = init", true},
    {"proc.aname = program", false},
    {"proc.aname in (x, init)", true},
    {"proc.aname intersects (x, bash)", true},
    {"proc.apid[1] = 100", true},
    {"proc.pname exists", true},
    {"user.uid = 1000", true},
    {"user.uid >= 1000 and user.uid < 0x3e9", true},
    {"user.uid in (0, 1000)", true},
    {"user.loginuid = -1", true},
    {"evt.type = openat", true},
    {"evt.type in (open, openat)", true},
    {"evt.type startswith open", true},
    {"evt.dir = <", true},
    {"evt.dir=>", false},
    {"evt.type.is.openat = 1 and evt.type.is.open = 0", true},
    {"evt.type.is[close] = 1", false},
    {"evt.is_io = true or evt.is_wait = true", false},
    {"evt.io_dir exists", false},
    {"evt.count.exit = 1", true},
    {"evt.count.error exists", false},
    {"evt.wait_latency exists", false},
    {"thread.vtid exists", false},
    {"proc.cmdnargs = 3 and proc.cmdlenargs = 19", true},
    {"evt.num = 0", false},
    {"evt.is_open_read = true", true},
    {"evt.is_open_write=true", false},
    {"evt.arg.flags contains O_CLOEXEC", true},
    {"evt.arg.filename startswith /usr", true},
    {"evt.arg.name startswith /usr", true},
    {"evt.arg[1] startswith /usr", true},
    {"evt.arg.nothing exists", false},
    {"evt.rawres >= 0", true},
    {"evt.res = SUCCESS", true},
    {"fs.path.name = /usr/share/doc/readme.TXT", true},
    {"fs.path.source exists", false},
    {"container.id = host", true},
    {"container.image exists", false},
    {"container.image.repository != x", false}, /* absent: no comparison holds */
    {"not container.image.repository = x", true},
    {"proc.name = val(proc.name)", true},
    {"proc.name = val(proc.pname)", false},
    {"proc.pid != val(proc.ppid)", true},
    {"fd.filename = basename(fd.name)", true},
    {"proc.pname in val(proc.aname)", true},
    {"proc.name in val(proc.aname)", false},
    /* precedence */
    {"proc.name=program or proc.name=x and proc.name=y", true},
    {"(proc.name=program or proc.name=x) and proc.name=y", false},
    {"not proc.name=x and proc.name=program", true},
    {"not (proc.name=x or proc.name=program)", false},
    {"not not proc.name=program", true},
    {"not(proc.name=x)and(proc.name=program)", true},
    {"not (proc.name=program and not proc.name=x)", false},
    {"fd.num>=0 and fd.typechar='f'", true},
};

START_TEST(test_condition)
{
    bool holds = bench_holds(&b, conditions[_i].condition);
    ck_assert_msg(holds == conditions[_i].holds, "%s: %d", conditions[_i].condition, holds);
}
END_TEST

START_TEST(test_kinds_of_calls)
{
    unit_entry(&b.target, CALL_recvfrom, 3, 0, 0, 0);
    b.target.event.result_state = RESULT_KNOWN;
    b.target.event.result = -ECONNRESET;
    ck_assert(bench_holds(&b, "evt.is_io = true and evt.is_io_read = true and evt.is_io_write = false"));
    ck_assert(bench_holds(&b, "evt.io_dir = r and evt.is_wait = false"));
    ck_assert(bench_holds(&b, "evt.count.error = 1 and evt.count.error.net = 1"));
    ck_assert(!bench_holds(&b, "evt.count.error.file = 1 or evt.count.error.other = 1"));
    unit_entry(&b.target, CALL_poll, 0, 0, 0, 0);
    b.target.event.result_state = RESULT_KNOWN;
    b.target.event.result = 0;
    b.target.event.duration_ns = 1000;
    ck_assert(bench_holds(&b, "evt.is_wait = true and evt.wait_latency >= 1000"));
    ck_assert(!bench_holds(&b, "evt.count.error exists or evt.io_dir exists"));
}
END_TEST

START_TEST(test_addresses)
{
    struct policy_fd *fd = &b.subject.fd;
    fd->client_ip = (struct policy_ip){4, {10, 1, 2, 3}};
    fd->server_ip = (struct policy_ip){4, {192, 168, 7, 1}};
    fd->server_port = 443;
    ck_assert(bench_holds(&b, "fd.sip = 192.168.7.1"));
    ck_assert(bench_holds(&b, "fd.ip = 10.1.2.3"));
    ck_assert(!bench_holds(&b, "fd.ip != 10.1.2.3")); /* neither end may be it */
    ck_assert(bench_holds(&b, "fd.ip != 10.1.2.4"));
    ck_assert(bench_holds(&b, "fd.snet in (\"10.0.0.0/8\", 192.168.0.0/16)"));
    ck_assert(!bench_holds(&b, "fd.snet in (10.0.0.0/8, 192.168.8.0/22)"));
    ck_assert(bench_holds(&b, "fd.net = 10.0.0.0/15"));
    ck_assert(!bench_holds(&b, "fd.net = 10.2.0.0/15"));
    ck_assert(bench_holds(&b, "fd.sport in (80, 443)"));
    ck_assert(bench_holds(&b, "fd.port = 443"));
    ck_assert(!bench_holds(&b, "fd.cport exists"));
    fd->server_ip = (struct policy_ip){6, {0x20, 1, 0xd, 0xb8}};
    ck_assert(bench_holds(&b, "fd.sip = 2001:db8::"));
    ck_assert(bench_holds(&b, "fd.snet = 2001:db0::/28"));
}
END_TEST

#define RULE(condition) "- rule: r\n  desc: d\n  condition: " condition "\n  output: o\n  priority: INFO\n"

START_TEST(test_amendments)
{
    bench_load(&b, "- list: names\n  items: [a]\n"
                   "- list: more\n  items: [names, '\"b c\"']\n"
                   "- macro: m\n  condition: proc.name in (more)\n" RULE(
                       "m") "- list: names\n  items: [program]\n  append: true\n");
    ck_assert_uint_eq(bench_judge(&b), 1);
    bench_load(&b, RULE("proc.name=x") "- rule: r\n  condition: or proc.name=program\n  append: true\n");
    ck_assert_uint_eq(bench_judge(&b), 1);
    bench_load(&b, RULE("proc.name=program or proc.name=x") "- rule: r\n  condition: and proc.pname=x\n"
                                                            "  override: {condition: append}\n");
    ck_assert_uint_eq(bench_judge(&b), 1); /* the text is joined: "and" binds to the second test */
    bench_load(&b, RULE("proc.name=program") "- rule: r\n  condition: proc.name=x\n"
                                             "  override:\n    condition: replace\n");
    ck_assert_uint_eq(bench_judge(&b), 0);
    bench_load(&b, RULE("proc.name=program") "- rule: r\n  enabled: false\n");
    ck_assert_uint_eq(bench_judge(&b), 0);
    bench_load(&b, "- macro: m\n  condition: proc.name=x\n" RULE(
                       "m") "- macro: m\n  condition: proc.name=program\n");
    ck_assert_uint_eq(bench_judge(&b), 1); /* the last definition counts everywhere */
}
END_TEST

START_TEST(test_exceptions)
{
    static const char rule[] = RULE(
        "evt.type=openat") "  exceptions:\n"
                           "    - name: pairs\n      fields: [proc.name, fd.name]\n"
                           "      comps: [=, startswith]\n      values:\n"
                           "        - [program, /etc]\n        - [other, /usr]\n"
                           "    - name: one\n      fields: proc.pname\n      values: [x, y]\n"
                           "    - name: lists\n      fields: [proc.name, user.name]\n      comps: [in, =]\n";
    char text[2048];
    bench_load(&b, rule);
    ck_assert_uint_eq(bench_judge(&b), 1);
    b.parent.name = "y";
    ck_assert_uint_eq(bench_judge(&b), 0);
    b.parent.name = "bash";
    snprintf(text, sizeof(text),
             "%s- rule: r\n  exceptions:\n    - name: lists\n      values:\n        - [[a, program], user]\n"
             "  append: true\n",
             rule);
    bench_load(&b, text);
    ck_assert_uint_eq(bench_judge(&b), 0);
    b.process.user_name = "root";
    ck_assert_uint_eq(bench_judge(&b), 1);
    bench_openat(&b, "/etc/x", O_RDONLY);
    ck_assert_uint_eq(bench_judge(&b), 0);
}
END_TEST

START_TEST(test_output)
{
    bench_load(&b, "- rule: r\n  desc: d\n  condition: evt.type=openat\n  priority: critical\n  tags: [x]\n"
                   "  output: \"%evt.type,%proc.name 100%% of %user.uid (%proc.aname[1]) %toupper(proc.name)."
                   " %container.image-%proc.env[HOME]\"\n");
    ck_assert_uint_eq(bench_judge(&b), 1);
    ck_assert_ptr_nonnull(
        strstr(b.alert.data, ": Critical openat,program 100% of 1000 (bash) PROGRAM. <NA>-/root\n"));
    ck_assert_ptr_nonnull(strstr(b.json.data,
                                 "\"priority\":\"Critical\",\"rule\":\"r\",\"source\":\"syscall\","
                                 "\"tags\":[\"x\"],\"time\":\"2023-11-14T22:13:20.123456789Z\""));
    ck_assert_ptr_nonnull(strstr(b.json.data, "\"user.uid\":1000"));
    ck_assert_ptr_nonnull(strstr(b.json.data, "\"container.image\":null"));
    b.process.name = "a\nb\x1b[2J";
    ck_assert_uint_eq(bench_judge(&b), 1);
    ck_assert_ptr_nonnull(strstr(b.alert.data, "a.b.[2J"));
}
END_TEST

START_TEST(test_action)
{
    bench_load(&b, RULE("evt.type=openat") "  action: deny\n  errno: EACCES\n");
    const struct action *action = &policy_program(b.policy)->rules[0].rule->action;
    ck_assert_int_eq(action->type, ACTION_DENY);
    ck_assert_int_eq(action->error, EACCES);
    bench_load(&b, RULE("evt.type=openat") "  action: delay 10ms\n");
    action = &policy_program(b.policy)->rules[0].rule->action;
    ck_assert_int_eq(action->type, ACTION_DELAY);
    ck_assert_int_eq(action->value, 10000000);
}
END_TEST

START_TEST(test_skip_unknown)
{
    bench_load(&b, RULE("proc.nmae=x") "  skip-if-unknown-filter: true\n");
    ck_assert_int_eq(policy_program(b.policy)->rules[0].state, RULE_UNUSABLE);
    bench_load(&b, RULE("evt.cpu=1 or proc.name=program"));
    ck_assert_int_eq(policy_program(b.policy)->rules[0].state, RULE_PARTLY);
    ck_assert_str_eq(policy_program(b.policy)->rules[0].why, "evt.cpu");
    ck_assert_uint_eq(bench_judge(&b), 1);
}
END_TEST

/* What errors say, up to the caret's line. */
static const struct {
    const char *text;
    const char *message;
    const char *caret; /* the last line of the hint */
} errors[] = {
    {RULE("proc.nmae = x"), "test.yaml:3:14: there is no field 'proc.nmae'", "               ^"},
    {RULE("proc.name = x and\n    fd.name kontains y"), "test.yaml:4:13: there is no operator 'kontains'",
     NULL},
    {RULE(">\n    proc.name = x\n      and (fd.num >= y)"),
     "test.yaml:5:22: 'y' is not a number, and 'fd.num' needs one", NULL},
    {RULE("proc.name = x and"), "test.yaml:3:31: the condition ends where a field, a macro or '(' should be",
     NULL},
    {RULE("(proc.name = x"), "test.yaml:3:28: the condition ends where 'and', 'or' or ')' should be", NULL},
    {RULE("proc.name = x)"), "test.yaml:3:27: ')' where 'and', 'or' or the end should be", NULL},
    {RULE("proc.name in (a b)"), "test.yaml:3:30: 'b' where ',' or ')' should be", NULL},
    {RULE("proc.name = 'a"), "test.yaml:3:26: this quote is never closed", NULL},
    {RULE("unknown_macro"), "test.yaml:3:14: there is no macro 'unknown_macro'", NULL},
    {RULE("proc.name in (a) and proc.args"), "test.yaml:3:35: 'proc.args' is compared to nothing", NULL},
    {RULE("proc.name in nolist"), "test.yaml:3:14: there is no list 'nolist'", NULL},
    {RULE("fd.num contains 1"), "test.yaml:3:14: 'fd.num' is a number: 'contains' can't compare it", NULL},
    {RULE("fd.sip = here"), "test.yaml:3:23: 'here' is not an address, and 'fd.sip' needs one", NULL},
    {RULE("evt.is_open_read = maybe"), "test.yaml:3:33: 'maybe' is not true or false", NULL},
    {RULE("proc.name[1] = x"), "test.yaml:3:14: 'proc.name' takes no argument", NULL},
    {RULE("evt.arg = x"), "test.yaml:3:14: 'evt.arg' needs an argument", NULL},
    {RULE("fd.name regex 'a('"), "test.yaml:3:28: regular expression: a '(' is never closed", NULL},
    {RULE("upper(proc.name) = x"), "test.yaml:3:14: there is no transformer 'upper'", NULL},
    {RULE("proc.name = val(fd.num)"), "test.yaml:3:30: 'proc.name' is a text, but 'fd.num' is a number",
     NULL},
    {"- macro: a\n  condition: b\n- macro: b\n  condition: (proc.name=x or a)\n" RULE("a"),
     "test.yaml:4:30: the macro 'a' contains itself", NULL},
    {"- list: a\n  items: [b]\n- list: b\n  items: [a]\n" RULE("proc.name in (a)"),
     "test.yaml:1:9: the list 'a' contains itself", NULL},
    {"- rule: r\n  condition: evt.num=0\n", "test.yaml:1:9: this rule has no 'output'", NULL},
    {RULE("evt.num=0") "  colour: red\n", "test.yaml:6:3: a rule has no key 'colour'", "    ^"},
    {RULE("evt.num=0") "  enabled: perhaps\n", "test.yaml:6:12: 'enabled' must be true or false", NULL},
    {RULE("evt.num=0") "  tags: x\n", "test.yaml:6:9: 'tags' must be a list", NULL},
    {RULE("evt.num=0") "  action: shout\n", "test.yaml:6:11: there is no action 'shout'", NULL},
    {"- rule: r\n  condition: [a]\n  output: o\n  desc: d\n  priority: INFO\n",
     "test.yaml:2:15: 'condition' must be a string", NULL},
    {"- rule: r\n  desc: d\n  condition: evt.num=0\n  output: o\n  priority: LOUD\n",
     "test.yaml:5:13: there is no priority 'LOUD'", NULL},
    {"- rule: r\n  condition: x\n  append: true\n", "test.yaml:1:9: there is no rule 'r' to append to", NULL},
    {"- macro: m\n  condition: x\n  append: true\n", "test.yaml:1:10: there is no macro 'm' to append to",
     NULL},
    {"- list: l\n  items: [x]\n  append: true\n", "test.yaml:1:9: there is no list 'l' to append to", NULL},
    {"- thing: r\n", "test.yaml:1:3: an item must be a rule, a macro or a list", NULL},
    {"a: b\n", "test.yaml:1:1: a rule file must be a list of rules, macros and lists", NULL},
    {"- required_engine_version: 99.0.0\n", "this file needs engine version 99.0.0; this is 0.57", NULL},
    {"- rule: [\n", "test.yaml:", NULL},
    {"- rule: \x01\n", "test.yaml:1:9: byte 0x01: this is not a text file", NULL},
};

START_TEST(test_error)
{
    int status = bench_try(&b, errors[_i].text, strlen(errors[_i].text));
    ck_assert_int_eq(status, -EINVAL);
    ck_assert_msg(strstr(b.error.message, errors[_i].message) != NULL, "%s: %s", errors[_i].message,
                  b.error.message);
    ck_assert_ptr_null(strchr(b.error.message, '\n'));
    if (errors[_i].caret) {
        ck_assert_str_eq(strrchr(b.error.hint, '\n') + 1, errors[_i].caret);
    }
}
END_TEST

START_TEST(test_large_file)
{
    size_t n = 10 << 20;
    char *text = malloc(n);
    memset(text, 'a', n);
    ck_assert_int_eq(bench_try(&b, text, n), -EFBIG);
    free(text);
}
END_TEST

START_TEST(test_macros_that_double)
{
    struct buf text = {0};
    buf_str(&text, "- macro: m0\n  condition: proc.name=x\n");
    for (int i = 1; i < 40; i++) {
        buf_printf(&text, "- macro: m%d\n  condition: m%d and (m%d or proc.pid=%d)\n", i, i - 1, i - 1, i);
    }
    buf_str(&text, RULE("m39"));
    ck_assert_int_eq(bench_try(&b, text.data, text.len), -EINVAL);
    ck_assert_ptr_nonnull(strstr(b.error.message, "too large when its macros are expanded"));
    buf_free(&text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy_language");
    TCase *tc = tcase_create("language");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_loop_test(tc, test_condition, 0, (int)(sizeof(conditions) / sizeof(conditions[0])));
    tcase_add_loop_test(tc, test_error, 0, (int)(sizeof(errors) / sizeof(errors[0])));
    tcase_add_test(tc, test_kinds_of_calls);
    tcase_add_test(tc, test_addresses);
    tcase_add_test(tc, test_amendments);
    tcase_add_test(tc, test_exceptions);
    tcase_add_test(tc, test_output);
    tcase_add_test(tc, test_action);
    tcase_add_test(tc, test_skip_unknown);
    tcase_add_test(tc, test_large_file);
    tcase_add_test(tc, test_macros_that_double);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
