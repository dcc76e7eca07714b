/* JSON lines, read back with a parser that is not ours. docs/json.md is what they are held to. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <libfyaml.h>
#include <stdlib.h>

#include "decode/xlat.h"

XLAT(flags, "F_???", {6, "F_BOTH"}, {2, "F_TWO"}, {4, "F_FOUR"}, {8, "F_EIGHT"});
XLAT(zero_flags, "Z_???", {0, "Z_NONE"}, {1, "Z_ONE"});
XLAT(names, "N_???", {0, "N_ZERO"}, {1, "N_ONE"});

static struct event event;
static struct buf out;
static struct fy_document *document;
static char *found;

static void start(void)
{
    event = (struct event){.type = EVENT_CALL,
                           .tid = 43,
                           .time_ns = INT64_C(1700000000123456789),
                           .process = {.pid = 42, .ppid = 1, .comm = "cat", .exe = "/bin/cat"},
                           .abi = &abis[ABI_X86_64],
                           .call = call_line(CALL_openat),
                           .number = 257,
                           .duration_ns = -1};
    ck_assert_int_eq(values_init(&event.values), 0);
}

static void end(void)
{
    values_free(&event.values);
    fy_document_destroy(document);
    document = NULL;
    free(found);
    found = NULL;
    buf_free(&out);
}

/* Renders the event: one line, which the parser takes as JSON. */
static void parse(void)
{
    struct fy_parse_cfg config = {.flags = FYPCF_QUIET | FYPCF_JSON_FORCE};
    struct render_options options = {.column = 40};
    out.len = 0;
    render_json(&out, &event, &options);
    ck_assert(out.len && out.data[out.len - 1] == '\n');
    ck_assert_ptr_null(memchr(out.data, '\n', out.len - 1));
    fy_document_destroy(document);
    document = fy_document_build_from_string(&config, out.data, out.len);
    ck_assert_msg(document != NULL, "not JSON: %.*s", (int)out.len, out.data);
}

static struct fy_node *node(const char *path)
{
    return fy_node_by_path(fy_document_root(document), path, FY_NT, FYNWF_DONT_FOLLOW);
}

/* What stands at a path, as compact JSON; "missing" where nothing does. */
static const char *at(const char *path)
{
    struct fy_node *n = node(path);
    free(found);
    found = n ? fy_emit_node_to_string(n, FYECF_MODE_JSON_ONELINE) : strdup("missing");
    ck_assert_ptr_nonnull(found);
    for (char *c = found, *to = found;; c++) {
        if (*c != ' ' && *c != '\n') {
            *to++ = *c;
        }
        if (*c == 0) {
            break;
        }
    }
    return found;
}

/* The JSON of one value, shown as the first argument. */
static const char *value(uint32_t index)
{
    event.value[0] = index;
    parse();
    return at("/args/0/value");
}

START_TEST(every_call_has)
{
    event.args[0] = (uint64_t)AT_FDCWD;
    event.args[1] = 0x7ffd00001000;
    event.value[0] = values_add(&event.values, VALUE_FD, "dfd", (uint64_t)AT_FDCWD);
    values_at(&event.values, event.value[0])->flags |= VALUE_ATCWD;
    event.value[1] = values_string(&event.values, "filename", "/etc/x", 6, VALUE_PATH);
    event.path = (char *)(uintptr_t) "/etc/x";
    parse();
    ck_assert_str_eq(at("/type"), "\"syscall\"");
    ck_assert_str_eq(at("/time"), "1700000000123456789");
    ck_assert_str_eq(at("/pid"), "42");
    ck_assert_str_eq(at("/tid"), "43");
    ck_assert_str_eq(at("/ppid"), "1");
    ck_assert_str_eq(at("/comm"), "\"cat\"");
    ck_assert_str_eq(at("/exe"), "\"/bin/cat\"");
    ck_assert_str_eq(at("/container"), "missing");
    ck_assert_str_eq(at("/arch"), "\"x86_64\"");
    ck_assert_str_eq(at("/syscall"), "\"openat\"");
    ck_assert_str_eq(at("/number"), "257");
    ck_assert_str_eq(at("/path"), "\"/etc/x\"");
    ck_assert_str_eq(at("/args/0/raw"), "\"0xffffffffffffff9c\"");
    ck_assert_str_eq(at("/args/0/value"), "\"AT_FDCWD\"");
    ck_assert_str_eq(at("/args/1/raw"), "140724603457536");
    ck_assert_str_eq(at("/args/1/value"), "\"/etc/x\"");
    ck_assert_str_eq(at("/args/2"), "missing"); /* an argument that is not shown */
    ck_assert_str_eq(at("/result"), "null");
    ck_assert_str_eq(at("/error"), "null");
    ck_assert_str_eq(at("/errno"), "missing");
    ck_assert_str_eq(at("/duration_ns"), "missing");
}
END_TEST

START_TEST(results)
{
    event.result_state = RESULT_KNOWN;
    event.result = 3;
    event.duration_ns = 1500;
    parse();
    ck_assert_str_eq(at("/result"), "3");
    ck_assert_str_eq(at("/error"), "null");
    ck_assert_str_eq(at("/duration_ns"), "1500");
    event.result = -2;
    parse();
    ck_assert_str_eq(at("/result"), "-1");
    ck_assert_str_eq(at("/error"), "\"ENOENT\"");
    ck_assert_str_eq(at("/errno"), "2");
    event.result = -4000;
    parse();
    ck_assert_str_eq(at("/error"), "\"ERRNO_4000\"");
    event.result = -512;
    parse();
    ck_assert_str_eq(at("/result"), "null");
    ck_assert_str_eq(at("/error"), "\"ERESTARTSYS\"");
    event.result = INT64_MIN;
    parse();
    ck_assert_str_eq(at("/result"), "\"-9223372036854775808\"");
    ck_assert_str_eq(at("/error"), "null");
    event.result_value = values_add(&event.values, VALUE_FD, NULL, 3);
    values_set_bytes(&event.values, event.result_value, "/x", 2);
    parse();
    ck_assert_str_eq(at("/return"), "{\"fd\":3,\"is\":\"/x\"}");
    values_note(&event.values, event.result_value, "(deleted)", 9);
    parse();
    ck_assert_str_eq(at("/return"), "{\"fd\":3,\"is\":\"/x\",\"deleted\":true}");
    values_note(&event.values, event.result_value, "<char 1:3>", 10);
    parse();
    ck_assert_str_eq(at("/return"),
                     "{\"fd\":3,\"is\":\"/x\",\"device\":\"char1:3\"}"); /* at() leaves out spaces */
    event.result_value = values_add(&event.values, VALUE_PID, NULL, 7);
    parse();
    ck_assert_str_eq(at("/return"), "7");
    values_set_bytes(&event.values, event.result_value, "sh\xff", 3);
    parse();
    ck_assert_str_eq(at("/return"), "{\"pid\":7,\"comm\":\"sh\uFFFD\",\"comm_hex\":\"7368ff\"}");
    values_at(&event.values, event.result_value)->ours = 4007;
    values_set_bytes(&event.values, event.result_value, "sh", 2);
    parse();
    ck_assert_str_eq(at("/return"), "{\"pid\":7,\"outer_pid\":4007,\"comm\":\"sh\"}");
    values_at(&event.values, event.result_value)->length = 0;
    parse();
    ck_assert_str_eq(at("/return"), "{\"pid\":7,\"outer_pid\":4007}");
    event.result_state = RESULT_LOST;
    parse();
    ck_assert_str_eq(at("/result"), "null");
    ck_assert_str_eq(at("/lost"), "true");
}
END_TEST

START_TEST(numbers)
{
    struct values *vs = &event.values;
    ck_assert_str_eq(value(values_add(vs, VALUE_INT, NULL, (uint64_t)-5)), "-5");
    ck_assert_str_eq(value(values_add(vs, VALUE_UINT, NULL, UINT64_C(1) << 53)), "9007199254740992");
    ck_assert_str_eq(value(values_add(vs, VALUE_UINT, NULL, UINT64_MAX)), "\"18446744073709551615\"");
    ck_assert_str_eq(value(values_add(vs, VALUE_INT, NULL, (uint64_t)INT64_MIN)), "\"-9223372036854775808\"");
    ck_assert_str_eq(value(values_add(vs, VALUE_HEX, NULL, 255)), "\"0xff\"");
    ck_assert_str_eq(value(values_add(vs, VALUE_ADDR, NULL, 255)), "\"0xff\"");
    ck_assert_str_eq(value(values_add(vs, VALUE_ADDR, NULL, 0)), "null");
    ck_assert_str_eq(value(values_add(vs, VALUE_OCTAL, NULL, 0644)), "\"0644\"");
}
END_TEST

START_TEST(sets_of_names)
{
    struct values *vs = &event.values;
    ck_assert_str_eq(value(values_xlat(vs, VALUE_FLAGS, NULL, &xlat_flags, 6)), "[\"F_BOTH\"]");
    ck_assert_str_eq(value(values_xlat(vs, VALUE_FLAGS, NULL, &xlat_flags, 0x1a)),
                     "[\"F_TWO\",\"F_EIGHT\",\"0x10\"]");
    ck_assert_str_eq(value(values_xlat(vs, VALUE_FLAGS, NULL, &xlat_flags, 0)), "[]");
    ck_assert_str_eq(value(values_xlat(vs, VALUE_FLAGS, NULL, &xlat_zero_flags, 0)), "[\"Z_NONE\"]");
    ck_assert_str_eq(value(values_xlat(vs, VALUE_FLAGS, NULL, &xlat_zero_flags, 1)), "[\"Z_ONE\"]");
    ck_assert_str_eq(value(values_xlat(vs, VALUE_ENUM, NULL, &xlat_names, 1)), "\"N_ONE\"");
    ck_assert_str_eq(value(values_xlat(vs, VALUE_ENUM, NULL, &xlat_names, 9)), "\"0x9\"");
    uint32_t whole = values_open(vs, VALUE_OR, NULL);
    values_xlat(vs, VALUE_ENUM, NULL, &xlat_names, 0);
    values_xlat(vs, VALUE_FLAGS, NULL, &xlat_flags, 10);
    values_close(vs);
    ck_assert_str_eq(value(whole), "[\"N_ZERO\",\"F_TWO\",\"F_EIGHT\"]");
}
END_TEST

START_TEST(strings)
{
    struct values *vs = &event.values;
    ck_assert_str_eq(value(values_string(vs, NULL, "abc", 3, 0)), "\"abc\"");
    ck_assert_str_eq(value(values_string(vs, NULL, "", 0, 0)), "\"\"");
    ck_assert_str_eq(value(values_string(vs, NULL, "abc", 3, VALUE_MORE)),
                     "{\"data\":\"abc\",\"truncated\":true}");
    ck_assert_str_eq(value(values_string(vs, NULL, "x", 1, VALUE_ABSTRACT)),
                     "{\"data\":\"x\",\"abstract\":true}");
    value(values_string(vs, NULL, "a\377b", 3, 0));
    ck_assert_str_eq(at("/args/0/value/hex"), "\"61ff62\"");
    size_t n;
    const char *text = fy_node_get_scalar(node("/args/0/value/data"), &n);
    ck_assert_uint_eq(n, 5);
    ck_assert_mem_eq(text, "a\357\277\275b", 5);
    uint32_t bytes = values_add(vs, VALUE_BYTES, NULL, 0);
    values_set_bytes(vs, bytes, "\0\377", 2);
    ck_assert_str_eq(value(bytes), "{\"hex\":\"00ff\"}");
}
END_TEST

START_TEST(containers)
{
    struct values *vs = &event.values;
    uint32_t rest = values_open(vs, VALUE_STRUCT, NULL);
    values_word(vs, NULL, "???");
    values_add(vs, VALUE_INT, "a", 1);
    values_add(vs, VALUE_INT, NULL, 2);
    values_close(vs);
    ck_assert_str_eq(value(rest), "{\"a\":1,\"unnamed\":[\"???\",2]}");
    values_at(vs, rest)->flags |= VALUE_MORE;
    ck_assert_str_eq(value(rest), "{\"a\":1,\"truncated\":true,\"unnamed\":[\"???\",2]}");
    uint32_t s = values_open(vs, VALUE_STRUCT, NULL);
    values_add(vs, VALUE_INT, "a", 1);
    values_open(vs, VALUE_ARRAY, "b");
    values_add(vs, VALUE_INT, NULL, 2);
    values_add(vs, VALUE_INT, NULL, 3);
    values_close(vs);
    values_close(vs);
    ck_assert_str_eq(value(s), "{\"a\":1,\"b\":[2,3]}");
    values_at(vs, s)->flags |= VALUE_MORE;
    ck_assert_str_eq(value(s), "{\"a\":1,\"b\":[2,3],\"truncated\":true}");

    uint32_t array = values_open(vs, VALUE_ARRAY, NULL);
    values_close(vs);
    ck_assert_str_eq(value(array), "[]");
    values_at(vs, array)->flags |= VALUE_MORE;
    ck_assert_str_eq(value(array), "[{\"truncated\":true}]");

    uint32_t ref = values_open(vs, VALUE_REF, NULL);
    values_close(vs);
    ck_assert_str_eq(value(ref), "null");
    uint32_t set = values_open(vs, VALUE_SET, NULL);
    values_word(vs, NULL, "HUP");
    values_close(vs);
    ck_assert_str_eq(value(set), "[\"HUP\"]");
    values_at(vs, set)->number = 1;
    ck_assert_str_eq(value(set), "{\"not\":[\"HUP\"]}");

    uint32_t one = values_open_func(vs, NULL, "htons");
    values_add(vs, VALUE_UINT, NULL, 80);
    values_close(vs);
    ck_assert_str_eq(value(one), "80");
    uint32_t two = values_open_func(vs, NULL, "makedev");
    values_add(vs, VALUE_HEX, NULL, 1);
    values_add(vs, VALUE_HEX, NULL, 3);
    values_close(vs);
    ck_assert_str_eq(value(two), "{\"makedev\":[\"0x1\",\"0x3\"]}");

    uint32_t change = values_open(vs, VALUE_CHANGE, NULL);
    values_add(vs, VALUE_UINT, NULL, 128);
    values_add(vs, VALUE_UINT, NULL, 16);
    values_close(vs);
    ck_assert_str_eq(value(change), "{\"before\":128,\"after\":16}");
    change = values_open(vs, VALUE_CHANGE, NULL);
    values_close(vs);
    ck_assert_str_eq(value(change), "{\"before\":null,\"after\":null}");

    uint32_t noted = values_open(vs, VALUE_NOTED, NULL);
    values_add(vs, VALUE_INT, NULL, 1);
    values_add(vs, VALUE_INT, "left", 5);
    values_word(vs, NULL, "Timeout");
    values_close(vs);
    ck_assert_str_eq(value(noted), "{\"value\":1,\"left\":5,\"notes\":[\"Timeout\"]}");
}
END_TEST

START_TEST(paths_that_are_not_utf8)
{
    event.path = (char *)(uintptr_t) "/\303(";
    event.process.comm = "\377";
    parse();
    ck_assert_str_eq(at("/path_hex"), "\"2fc328\"");
    ck_assert_str_eq(at("/comm_hex"), "\"ff\"");
    ck_assert_str_eq(at("/exe_hex"), "missing");
}
END_TEST

START_TEST(other_events)
{
    event.type = EVENT_EXITED;
    event.how = EXIT_CODE;
    event.status = 7;
    parse();
    ck_assert_str_eq(at("/type"), "\"exit\"");
    ck_assert_str_eq(at("/status"), "7");
    event.how = EXIT_SIGNALED;
    event.status = 9;
    parse();
    ck_assert_str_eq(at("/status"), "null");
    ck_assert_str_eq(at("/signal"), "\"SIGKILL\"");
    ck_assert_str_eq(at("/core_dumped"), "false");
    event.how = EXIT_UNKNOWN;
    parse();
    ck_assert_str_eq(at("/status"), "null");
    ck_assert_str_eq(at("/signal"), "missing");
    event.type = EVENT_SIGNAL;
    event.status = 17;
    parse();
    ck_assert_str_eq(at("/type"), "\"signal\"");
    ck_assert_str_eq(at("/signal"), "\"SIGCHLD\"");
    event.type = EVENT_STOPPED;
    event.status = 99;
    parse();
    ck_assert_str_eq(at("/type"), "\"stopped\"");
    ck_assert_str_eq(at("/signal"), "99");
    event.type = EVENT_WARNING;
    event.text = "a \"b\"\n";
    parse();
    ck_assert_str_eq(at("/message"), "\"a\\\"b\\\"\\n\"");
    ck_assert_str_eq(at("/pid"), "missing");
}
END_TEST

START_TEST(unknown_call)
{
    event.call = call_line(CALL_none);
    event.number = 9999;
    parse();
    ck_assert_str_eq(at("/syscall"), "\"syscall_0x270f\"");
    ck_assert_str_eq(at("/number"), "9999");
    ck_assert_str_eq(at("/args"), "[]");
}
END_TEST

/* Every pair of bytes in a string leaves the line one line of valid JSON. */
START_TEST(hostile_strings)
{
    for (unsigned first = 0; first < 256; first++) {
        values_reset(&event.values);
        uint32_t all = values_open(&event.values, VALUE_ARRAY, NULL);
        for (unsigned second = 0; second < 256; second++) {
            char bytes[3] = {(char)first, (char)second, 'x'};
            values_string(&event.values, NULL, bytes, sizeof(bytes), 0);
        }
        values_close(&event.values);
        value(all);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("render_json");
    TCase *tc = tcase_create("lines");
    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, every_call_has);
    tcase_add_test(tc, results);
    tcase_add_test(tc, numbers);
    tcase_add_test(tc, sets_of_names);
    tcase_add_test(tc, strings);
    tcase_add_test(tc, containers);
    tcase_add_test(tc, paths_that_are_not_utf8);
    tcase_add_test(tc, other_events);
    tcase_add_test(tc, unknown_call);
    tcase_add_test(tc, hostile_strings);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
