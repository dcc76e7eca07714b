/* Text: every type of value in every style, and every part of a line, as strace prints them. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>

#include "decode/base/cleanup.h"
#include "decode/render.h"
#include "decode/xlat.h"

XLAT(flags, "F_???", {6, "F_BOTH"}, {2, "F_TWO"}, {4, "F_FOUR"}, {8, "F_EIGHT"});
XLAT(zero_flags, "Z_???", {0, "Z_NONE"}, {1, "Z_ONE"});
XLAT(bare_flags, NULL, {1, "B_ONE"});
XLAT(names, "N_???", {0, "N_ZERO"}, {1, "N_ONE"});

static struct values vs;
static struct buf out;
static struct render_options options;

static void start(void)
{
    ck_assert_int_eq(values_init(&vs), 0);
    options = (struct render_options){.column = 40};
}

static void end(void)
{
    values_free(&vs);
    buf_free(&out);
}

static const char *take(void)
{
    buf_char(&out, 0);
    out.len = 0;
    return out.data;
}

static const char *value(uint32_t index)
{
    render_value(&out, &vs, index, &options);
    return take();
}

/* A value in -X abbrev, raw and verbose. */
static void styles(uint32_t index, const char *abbrev, const char *raw, const char *verbose)
{
    options.xlat = XLAT_ABBREV;
    ck_assert_str_eq(value(index), abbrev);
    options.xlat = XLAT_RAW;
    ck_assert_str_eq(value(index), raw);
    options.xlat = XLAT_VERBOSE;
    ck_assert_str_eq(value(index), verbose);
}

static uint32_t flags(const struct xlat *xlat, uint64_t number)
{
    return values_xlat(&vs, VALUE_FLAGS, NULL, xlat, number);
}

START_TEST(numbers)
{
    ck_assert_str_eq(value(values_add(&vs, VALUE_INT, NULL, (uint64_t)-5)), "-5");
    ck_assert_str_eq(value(values_add(&vs, VALUE_UINT, NULL, UINT64_MAX)), "18446744073709551615");
    ck_assert_str_eq(value(values_add(&vs, VALUE_HEX, NULL, 0)), "0");
    ck_assert_str_eq(value(values_add(&vs, VALUE_HEX, NULL, 255)), "0xff");
    ck_assert_str_eq(value(values_add(&vs, VALUE_ADDR, NULL, 0)), "NULL");
    ck_assert_str_eq(value(values_add(&vs, VALUE_ADDR, NULL, UINT64_MAX)), "0xffffffffffffffff");
    ck_assert_str_eq(value(values_add(&vs, VALUE_OCTAL, NULL, 0)), "000");
    ck_assert_str_eq(value(values_add(&vs, VALUE_OCTAL, NULL, 04755)), "04755");
}
END_TEST

START_TEST(flag_sets)
{
    styles(flags(&xlat_flags, 2), "F_TWO", "0x2", "0x2 /* F_TWO */");
    styles(flags(&xlat_flags, 6), "F_BOTH", "0x6", "0x6 /* F_BOTH */");
    styles(flags(&xlat_flags, 10), "F_TWO|F_EIGHT", "0xa", "0xa /* F_TWO|F_EIGHT */");
    styles(flags(&xlat_flags, 0x12), "F_TWO|0x10", "0x12", "0x12 /* F_TWO|0x10 */");
    styles(flags(&xlat_flags, 0x10), "0x10 /* F_??? */", "0x10", "0x10 /* F_??? */");
    styles(flags(&xlat_flags, 0), "0", "0", "0");
    styles(flags(&xlat_zero_flags, 0), "Z_NONE", "0", "0 /* Z_NONE */");
    styles(flags(&xlat_zero_flags, 1), "Z_ONE", "0x1", "0x1 /* Z_ONE */");
    styles(flags(&xlat_bare_flags, 2), "0x2", "0x2", "0x2");
    styles(flags(&xlat_flags, UINT64_MAX), "F_BOTH|F_EIGHT|0xfffffffffffffff1", "0xffffffffffffffff",
           "0xffffffffffffffff /* F_BOTH|F_EIGHT|0xfffffffffffffff1 */");
}
END_TEST

START_TEST(enumerations)
{
    styles(values_xlat(&vs, VALUE_ENUM, NULL, &xlat_names, 1), "N_ONE", "0x1", "0x1 /* N_ONE */");
    styles(values_xlat(&vs, VALUE_ENUM, NULL, &xlat_names, 0), "N_ZERO", "0", "0 /* N_ZERO */");
    styles(values_xlat(&vs, VALUE_ENUM, NULL, &xlat_names, 77), "0x4d /* N_??? */", "0x4d",
           "0x4d /* N_??? */");
    styles(values_xlat(&vs, VALUE_ENUM, NULL, &xlat_bare_flags, 77), "0x4d", "0x4d", "0x4d");
}
END_TEST

START_TEST(parts_of_one_number)
{
    uint32_t whole = values_open(&vs, VALUE_OR, NULL);
    values_at(&vs, whole)->flags |= VALUE_WHOLE;
    values_at(&vs, whole)->number = 0x13;
    values_xlat(&vs, VALUE_ENUM, NULL, &xlat_names, 1);
    flags(&xlat_flags, 0x12);
    values_close(&vs);
    styles(whole, "N_ONE|F_TWO|0x10", "0x13", "0x13 /* N_ONE|F_TWO|0x10 */");

    uint32_t rest = values_open(&vs, VALUE_OR, NULL);
    values_at(&vs, rest)->flags |= VALUE_WHOLE;
    values_at(&vs, rest)->number = 0x11;
    values_xlat(&vs, VALUE_ENUM, NULL, &xlat_names, 1);
    flags(&xlat_flags, 0x10);
    values_close(&vs);
    styles(rest, "N_ONE|0x10", "0x11", "0x11 /* N_ONE|0x10 */");

    uint32_t mode = values_open(&vs, VALUE_OR, NULL);
    values_at(&vs, mode)->flags |= VALUE_WHOLE;
    values_at(&vs, mode)->number = 0100644;
    values_at(&vs, mode)->flags |= VALUE_BASE8;
    values_word(&vs, NULL, "S_IFREG");
    values_add(&vs, VALUE_OCTAL, NULL, 0644);
    values_close(&vs);
    styles(mode, "S_IFREG|0644", "0100644", "0100644 /* S_IFREG|0644 */");

    uint32_t apart = values_open(&vs, VALUE_OR, NULL);
    values_at(&vs, apart)->number = 3;
    values_xlat(&vs, VALUE_ENUM, NULL, &xlat_names, 1);
    flags(&xlat_flags, 2);
    values_close(&vs);
    styles(apart, "N_ONE|F_TWO", "0x1|0x2", "0x1 /* N_ONE */|0x2 /* F_TWO */");
}
END_TEST

START_TEST(functions_that_stand_for_numbers)
{
    uint32_t port = values_open_func(&vs, NULL, "htons");
    values_at(&vs, port)->flags |= VALUE_AS_BYTES;
    values_set_bytes(&vs, port, "\0P", 2);
    values_add(&vs, VALUE_UINT, NULL, 80);
    values_close(&vs);
    styles(port, "htons(80)", "\"\\x00\\x50\"", "\"\\x00\\x50\" /* htons(80) */");

    uint32_t request = values_open_func(&vs, NULL, "_IOC");
    values_at(&vs, request)->flags |= VALUE_AS_HEX;
    values_at(&vs, request)->number = 0x12;
    flags(&xlat_flags, 2);
    values_close(&vs);
    styles(request, "_IOC(F_TWO)", "0x12", "0x12 /* _IOC(F_TWO) */");

    uint32_t cut = values_open_func(&vs, NULL, "inet_pton");
    values_at(&vs, cut)->flags |= VALUE_BARE;
    values_word(&vs, NULL, "AF_INET6");
    values_close(&vs);
    styles(cut, "inet_pton(AF_INET6)", "inet_pton()", "inet_pton()");

    uint32_t in6 = values_open(&vs, VALUE_STRUCT, NULL);
    uint32_t address = values_open_func(&vs, "a", "inet_pton");
    values_at(&vs, address)->flags |= VALUE_AS_BYTES | VALUE_BARE;
    values_set_bytes(&vs, address, "\1", 1);
    values_word(&vs, NULL, "AF_INET6");
    values_string(&vs, NULL, "::1", 3, 0);
    values_word(&vs, NULL, "&a");
    values_close(&vs);
    values_close(&vs);
    uint32_t hardware = values_wordf(&vs, NULL, "%s", "00:1a:ff");
    values_at(&vs, hardware)->flags |= VALUE_AS_BYTES;
    styles(hardware, "00:1a:ff", "\"\\x00\\x1a\\xff\"", "\"\\x00\\x1a\\xff\" /* 00:1a:ff */");
    styles(in6, "{inet_pton(AF_INET6, \"::1\", &a)}", "{a=\"\\x01\"}",
           "{a=\"\\x01\" /* inet_pton(AF_INET6, \"::1\") */}");
}
END_TEST

START_TEST(names_whatever_the_style)
{
    uint32_t one = values_xlat(&vs, VALUE_ENUM, NULL, &xlat_names, 1);
    values_set_bytes(&vs, one, "\n", 1);
    styles(one, "N_ONE\\n", "0x1\\n", "0x1 /* N_ONE */\\n"); /* whatever the bytes are, it stays one line */
    values_set_bytes(&vs, one, "<<8", 3);
    styles(one, "N_ONE<<8", "0x1<<8", "0x1 /* N_ONE */<<8");
    values_at(&vs, one)->flags |= VALUE_NAMES;
    styles(one, "N_ONE<<8", "N_ONE<<8", "N_ONE<<8");
    uint32_t two = flags(&xlat_flags, 2);
    values_at(&vs, two)->flags |= VALUE_NAMES;
    styles(two, "F_TWO", "F_TWO", "F_TWO");
    uint32_t limit = values_word(&vs, NULL, "INFINITY");
    values_at(&vs, limit)->number = UINT64_MAX;
    values_at(&vs, limit)->flags |= VALUE_AS_UINT;
    styles(limit, "INFINITY", "18446744073709551615", "18446744073709551615 /* INFINITY */");
    uint32_t offset = values_word(&vs, NULL, "8*R15");
    values_at(&vs, offset)->flags |= VALUE_AS_ADDR;
    styles(offset, "8*R15", "NULL", "NULL /* 8*R15 */");
}
END_TEST

START_TEST(words_that_name_numbers)
{
    uint32_t plain = values_word(&vs, NULL, "Timeout");
    styles(plain, "Timeout", "Timeout", "Timeout");
    uint32_t signal = values_word(&vs, NULL, "SIGTERM");
    values_at(&vs, signal)->number = 15;
    values_at(&vs, signal)->flags |= VALUE_AS_INT;
    styles(signal, "SIGTERM", "15", "15 /* SIGTERM */");
    uint32_t handler = values_word(&vs, NULL, "SIG_DFL");
    values_at(&vs, handler)->flags |= VALUE_AS_HEX;
    styles(handler, "SIG_DFL", "0", "0 /* SIG_DFL */");
    uint32_t device = values_open_func(&vs, NULL, "makedev");
    values_at(&vs, device)->number = 0x103;
    values_at(&vs, device)->flags |= VALUE_AS_HEX;
    values_add(&vs, VALUE_HEX, NULL, 1);
    values_add(&vs, VALUE_HEX, NULL, 3);
    values_close(&vs);
    styles(device, "makedev(0x1, 0x3)", "0x103", "0x103 /* makedev(0x1, 0x3) */");
}
END_TEST

START_TEST(descriptors)
{
    uint32_t fd = values_add(&vs, VALUE_FD, NULL, 3);
    ck_assert_str_eq(value(fd), "3");
    values_set_bytes(&vs, fd, "/a\n<b>", 6);
    ck_assert_str_eq(value(fd), "3</a\\n<b>>");
    values_at(&vs, fd)->flags |= VALUE_PATH; /* a name: its brackets are not ours */
    ck_assert_str_eq(value(fd), "3</a\\n\\74b\\76>");
    values_note(&vs, fd, "<char 1:3>", 10);
    ck_assert_str_eq(value(fd), "3</a\\n\\74b\\76<char 1:3>>");
    values_note(&vs, fd, "(deleted)", 9);
    ck_assert_str_eq(value(fd), "3</a\\n\\74b\\76>(deleted)");
    uint32_t cwd = values_add(&vs, VALUE_FD, NULL, (uint64_t)AT_FDCWD);
    values_at(&vs, cwd)->flags |= VALUE_ATCWD;
    styles(cwd, "AT_FDCWD", "-100", "-100 /* AT_FDCWD */");
    values_set_bytes(&vs, cwd, "/", 1);
    values_at(&vs, cwd)->flags |= VALUE_PATH;
    styles(cwd, "AT_FDCWD</>", "-100</>", "-100 /* AT_FDCWD */</>");
    options.xlat = XLAT_ABBREV;
    options.strings = STRING_HEX;
    ck_assert_str_eq(value(cwd), "AT_FDCWD<\\x2f>");
}
END_TEST

START_TEST(strings)
{
    ck_assert_str_eq(value(values_string(&vs, NULL, "a\0\033", 3, 0)), "\"a\\0\\33\"");
    ck_assert_str_eq(value(values_string(&vs, NULL, "abc", 3, VALUE_MORE)), "\"abc\"...");
    ck_assert_str_eq(value(values_string(&vs, NULL, "", 0, VALUE_MORE)), "\"\"...");
    ck_assert_str_eq(value(values_string(&vs, NULL, "x", 1, VALUE_ABSTRACT)), "@\"x\"");
    ck_assert_str_eq(value(values_string(&vs, NULL, "a\"", 2, VALUE_NOQUOTE)), "a\\\"");
    options.strings = STRING_HEX_IF_BINARY;
    ck_assert_str_eq(value(values_string(&vs, NULL, "/a b", 4, VALUE_PATH)), "\"/a b\"");
    ck_assert_str_eq(value(values_string(&vs, NULL, "/\377", 2, VALUE_PATH)), "\"\\x2f\\xff\"");
    options.strings = STRING_HEX;
    ck_assert_str_eq(value(values_string(&vs, NULL, "/a", 2, VALUE_PATH)), "\"\\x2f\\x61\"");
    options.strings = STRING_PLAIN;
    uint32_t bytes = values_add(&vs, VALUE_BYTES, NULL, 0);
    values_set_bytes(&vs, bytes, "a\377", 2);
    ck_assert_str_eq(value(bytes), "\"\\x61\\xff\"");
}
END_TEST

START_TEST(containers)
{
    uint32_t s = values_open(&vs, VALUE_STRUCT, NULL);
    values_add(&vs, VALUE_INT, "a", 1);
    values_open(&vs, VALUE_ARRAY, "b");
    values_add(&vs, VALUE_INT, NULL, 2);
    values_add(&vs, VALUE_INT, NULL, 3);
    values_close(&vs);
    values_close(&vs);
    ck_assert_str_eq(value(s), "{a=1, b=[2, 3]}");
    values_at(&vs, s)->flags |= VALUE_MORE;
    ck_assert_str_eq(value(s), "{a=1, b=[2, 3], ...}");
    values_at(&vs, s)->flags |= VALUE_BARE;
    ck_assert_str_eq(value(s), "a=1, b=[2, 3], ...");

    uint32_t empty = values_open(&vs, VALUE_ARRAY, NULL);
    values_close(&vs);
    ck_assert_str_eq(value(empty), "[]");
    values_at(&vs, empty)->flags |= VALUE_MORE;
    ck_assert_str_eq(value(empty), "[...]");

    uint32_t ref = values_open(&vs, VALUE_REF, NULL);
    values_add(&vs, VALUE_UINT, NULL, 16);
    values_close(&vs);
    ck_assert_str_eq(value(ref), "[16]");

    uint32_t set = values_open(&vs, VALUE_SET, NULL);
    values_word(&vs, NULL, "HUP");
    values_word(&vs, NULL, "INT");
    values_close(&vs);
    ck_assert_str_eq(value(set), "[HUP INT]");
    values_at(&vs, set)->number = 1;
    ck_assert_str_eq(value(set), "~[HUP INT]");

    uint32_t change = values_open(&vs, VALUE_CHANGE, NULL);
    values_add(&vs, VALUE_UINT, NULL, 128);
    values_add(&vs, VALUE_UINT, NULL, 16);
    values_close(&vs);
    ck_assert_str_eq(value(change), "128 => 16");

    uint32_t noted = values_open(&vs, VALUE_NOTED, NULL);
    values_add(&vs, VALUE_INT, NULL, 1);
    values_add(&vs, VALUE_INT, "left", 5);
    values_word(&vs, NULL, "x");
    values_close(&vs);
    ck_assert_str_eq(value(noted), "1 (left 5, x)");
}
END_TEST

START_TEST(comments_are_escaped)
{
    uint32_t index = values_add(&vs, VALUE_INT, NULL, 1);
    values_note(&vs, index, "a\n\033[2J", 6);
    ck_assert_str_eq(value(index), "1 /* a\\n\\33[2J */");
    index = values_wordf(&vs, NULL, "%s", "\033\n");
    ck_assert_str_eq(value(index), "\\33\\n");
}
END_TEST

/* Lines. */

static struct event event;
static struct render_state state;

static void start_line(void)
{
    start();
    setenv("TZ", "UTC0", 1);
    tzset();
    state = (struct render_state){.last_time_ns = 0};
    event = (struct event){.type = EVENT_CALL,
                           .tid = 42,
                           .time_ns = INT64_C(1700000000123456789),
                           .abi = &abis[ABI_X86_64],
                           .call = call_line(CALL_getppid),
                           .number = 110,
                           .instruction = 0x7f0012345678,
                           .duration_ns = -1};
    ck_assert_int_eq(values_init(&event.values), 0);
}

static void end_line(void)
{
    values_free(&event.values);
    end();
}

static const char *line(enum pid_prefix prefix)
{
    render_text(&out, &event, &options, &state, prefix);
    return take();
}

START_TEST(columns)
{
    ck_assert_str_eq(line(PID_NONE), "getppid()                               = ?\n");
    options.column = 0;
    ck_assert_str_eq(line(PID_NONE), "getppid() = ?\n");
    options.column = 10;
    ck_assert_str_eq(line(PID_NONE), "getppid() = ?\n");
    options.column = 11;
    ck_assert_str_eq(line(PID_NONE), "getppid()  = ?\n");
    options.column = 20;
    ck_assert_str_eq(line(PID_BRACKETS), "[pid    42] getppid() = ?\n");
    ck_assert_str_eq(line(PID_BARE), "42    getppid()     = ?\n");
    event.tid = 4194304;
    ck_assert_str_eq(line(PID_BARE), "4194304 getppid()   = ?\n");
    ck_assert_str_eq(line(PID_BRACKETS), "[pid 4194304] getppid() = ?\n");
}
END_TEST

START_TEST(times)
{
    options.column = 0;
    options.time = TIME_SECONDS;
    ck_assert_str_eq(line(PID_NONE), "22:13:20 getppid() = ?\n");
    options.time = TIME_MICROSECONDS;
    ck_assert_str_eq(line(PID_NONE), "22:13:20.123456 getppid() = ?\n");
    options.time_precision = PRECISION_MS;
    ck_assert_str_eq(line(PID_NONE), "22:13:20.123 getppid() = ?\n");
    options.time_precision = PRECISION_S;
    ck_assert_str_eq(line(PID_NONE), "22:13:20 getppid() = ?\n");
    options.time = TIME_EPOCH;
    options.time_precision = PRECISION_NS;
    ck_assert_str_eq(line(PID_NONE), "1700000000.123456789 getppid() = ?\n");
    options.time_precision = PRECISION_US;
    ck_assert_str_eq(line(PID_BARE), "42    1700000000.123456 getppid() = ?\n");
    options.time = TIME_SECONDS;
    event.time_ns += INT64_C(1000000000); /* the text kept from the line before is not used again */
    ck_assert_str_eq(line(PID_NONE), "22:13:21 getppid() = ?\n");
    event.time_ns -= INT64_C(1700000001123456789);
    ck_assert_str_eq(line(PID_NONE), "00:00:00 getppid() = ?\n");
}
END_TEST

START_TEST(comm_behind_the_pid)
{
    options.column = 0;
    options.show_comm = true;
    event.process.comm = "a\nb";
    ck_assert_str_eq(line(PID_BARE), "42<a\\nb> getppid() = ?\n");
    ck_assert_str_eq(line(PID_BRACKETS), "[pid    42<a\\nb>] getppid() = ?\n");
    event.process.comm = NULL;
    ck_assert_str_eq(line(PID_BARE), "42    getppid() = ?\n");
}
END_TEST

START_TEST(relative_times)
{
    options.column = 0;
    options.relative = true;
    ck_assert_str_eq(line(PID_NONE), "     0.000000 getppid() = ?\n");
    event.time_ns += 35000;
    ck_assert_str_eq(line(PID_NONE), "     0.000035 getppid() = ?\n");
    options.time = TIME_SECONDS;
    event.time_ns += INT64_C(12345678000);
    ck_assert_str_eq(line(PID_NONE), "22:13:32 (+    12.345678) getppid() = ?\n");
    event.time_ns -= 7000; /* one that began before the last did */
    ck_assert_str_eq(line(PID_NONE), "22:13:32 (+     0.000000) getppid() = ?\n");
    event.time_ns += 9000;
    ck_assert_str_eq(line(PID_NONE), "22:13:32 (+     0.000002) getppid() = ?\n");
    event.time_ns -= INT64_C(3600000000000); /* the clock was set back */
    ck_assert_str_eq(line(PID_NONE), "21:13:32 (+     0.000000) getppid() = ?\n");
    event.time_ns += 1000;
    ck_assert_str_eq(line(PID_NONE), "21:13:32 (+     0.000001) getppid() = ?\n");
}
END_TEST

START_TEST(instruction_and_number)
{
    options.column = 0;
    options.instruction = true;
    ck_assert_str_eq(line(PID_NONE), "[00007f0012345678] getppid() = ?\n");
    options.syscall_number = true;
    ck_assert_str_eq(line(PID_NONE), "[ 110] [00007f0012345678] getppid() = ?\n");
    event.abi = &abis[ABI_I386];
    event.instruction = 0x8049000;
    ck_assert_str_eq(line(PID_NONE), "[ 110] [08049000] getppid() = ?\n");
    event.type = EVENT_SIGNAL;
    event.status = 15;
    ck_assert_str_eq(line(PID_NONE), "[ 110] [08049000] --- SIGTERM ---\n");
    event.abi = NULL;
    ck_assert_str_eq(line(PID_NONE), "[ 110] [????????????????] --- SIGTERM ---\n");
    event.type = EVENT_EXITED;
    event.status = 0;
    event.how = EXIT_CODE;
    event.number = 231; /* the last call's */
    ck_assert_str_eq(line(PID_NONE), "[ 231] [????????????????] +++ exited with 0 +++\n");
    event.number = -1;
    ck_assert_str_eq(line(PID_NONE), "[????] [????????????????] +++ exited with 0 +++\n");
}
END_TEST

START_TEST(results)
{
    options.column = 0;
    event.result_state = RESULT_KNOWN;
    event.result = 7;
    ck_assert_str_eq(line(PID_NONE), "getppid() = 7\n");
    event.result = -2;
    ck_assert_str_eq(line(PID_NONE), "getppid() = -1 ENOENT (No such file or directory)\n");
    event.result = -512;
    ck_assert_str_eq(line(PID_NONE), "getppid() = ? ERESTARTSYS (To be restarted if SA_RESTART is set)\n");
    event.result = -4095;
    ck_assert_str_eq(line(PID_NONE), "getppid() = -1 ERRNO_4095 (Unknown error 4095)\n");
    event.result = -4096;
    ck_assert_str_eq(line(PID_NONE), "getppid() = -4096\n");
    event.result = 7;
    event.duration_ns = 1234567;
    options.show_duration = true;
    ck_assert_str_eq(line(PID_NONE), "getppid() = 7 <0.001234>\n");
    event.result_value = values_add(&event.values, VALUE_HEX, NULL, 7);
    ck_assert_str_eq(line(PID_NONE), "getppid() = 0x7 <0.001234>\n");
    event.result_state = RESULT_LOST;
    ck_assert_str_eq(line(PID_NONE), "getppid() = ? <lost>\n");
}
END_TEST

START_TEST(unknown_call)
{
    options.column = 0;
    event.call = call_line(CALL_none);
    event.number = 9999;
    for (unsigned i = 0; i < 6; i++) {
        event.value[i] = values_add(&event.values, VALUE_HEX, NULL, i);
    }
    ck_assert_str_eq(line(PID_NONE), "syscall_0x270f(0, 0x1, 0x2, 0x3, 0x4, 0x5) = ?\n");
    event.number = -1;
    memset(event.value, 0, sizeof(event.value));
    ck_assert_str_eq(line(PID_NONE), "syscall_0xffffffff() = ?\n");
}
END_TEST

START_TEST(other_events)
{
    event.type = EVENT_EXITED;
    event.how = EXIT_CODE;
    event.status = 7;
    ck_assert_str_eq(line(PID_NONE), "+++ exited with 7 +++\n");
    event.how = EXIT_SIGNALED;
    event.status = 11;
    ck_assert_str_eq(line(PID_NONE), "+++ killed by SIGSEGV +++\n");
    event.core_dumped = 1;
    ck_assert_str_eq(line(PID_NONE), "+++ killed by SIGSEGV (core dumped) +++\n");
    event.status = 99;
    ck_assert_str_eq(line(PID_NONE), "+++ killed by an unknown signal (core dumped) +++\n");
    event.how = EXIT_UNKNOWN;
    ck_assert_str_eq(line(PID_NONE), "+++ exited +++\n");
    event.type = EVENT_SIGNAL;
    event.status = 17;
    ck_assert_str_eq(line(PID_NONE), "--- SIGCHLD ---\n");
    event.type = EVENT_STOPPED;
    event.status = 19;
    ck_assert_str_eq(line(PID_BRACKETS), "[pid    42] --- stopped by SIGSTOP ---\n");
    event.type = EVENT_WARNING;
    event.text = "line\n\033[2J";
    ck_assert_str_eq(line(PID_NONE), "proctor: line\\n\\33[2J\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("render_text");
    TCase *tc = tcase_create("values");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, numbers);
    tcase_add_test(tc, flag_sets);
    tcase_add_test(tc, enumerations);
    tcase_add_test(tc, parts_of_one_number);
    tcase_add_test(tc, words_that_name_numbers);
    tcase_add_test(tc, functions_that_stand_for_numbers);
    tcase_add_test(tc, names_whatever_the_style);
    tcase_add_test(tc, descriptors);
    tcase_add_test(tc, strings);
    tcase_add_test(tc, containers);
    tcase_add_test(tc, comments_are_escaped);
    suite_add_tcase(suite, tc);
    tc = tcase_create("lines");
    tcase_add_checked_fixture(tc, start_line, end_line);
    tcase_add_test(tc, columns);
    tcase_add_test(tc, times);
    tcase_add_test(tc, comm_behind_the_pid);
    tcase_add_test(tc, relative_times);
    tcase_add_test(tc, instruction_and_number);
    tcase_add_test(tc, results);
    tcase_add_test(tc, unknown_call);
    tcase_add_test(tc, other_events);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
