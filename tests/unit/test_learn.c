/* What is learnt from calls, and how it is written down. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>

#include "decode/learn.h"

static struct learned learned;
static struct unit_target target;
static struct buf out;

static void setup(void)
{
    learned = (struct learned){.program_count = 0};
    unit_start(&target);
    out.len = 0;
}

static void teardown(void)
{
    unit_end(&target);
    buf_free(&out);
}

/* A call of a program, with the path that the pipeline finds. */
static void saw(enum abi_id abi, enum call_id id, const char *program, char *path, uint64_t flags)
{
    char exe[64];
    snprintf(exe, sizeof(exe), "/bin/%s", program);
    target.abi = abi;
    unit_entry(&target, id, 0, UNIT_BASE, flags, 0);
    target.event.process = (struct event_process){.comm = program, .exe = exe};
    target.event.path = path;
    learn_call(&learned, &target.event);
}

static const char *written(void (*write)(const struct learned *, struct buf *))
{
    out.len = 0;
    write(&learned, &out);
    buf_char(&out, 0);
    return out.data;
}

#define expect(text, part) ck_assert_msg(strstr(text, part), "no '%s' in:\n%s", part, text)

START_TEST(profiles)
{
    saw(ABI_X86_64, CALL_write, "cat", NULL, 0);
    saw(ABI_X86_64, CALL_read, "cat", NULL, 0);
    saw(ABI_X86_64, CALL_read, "sh", NULL, 0);
    const char *text = written(learned_profile);
    expect(text, "\"architectures\": [\"SCMP_ARCH_X86_64\"],");
    expect(text, "\"names\": [\n        \"read\", \"write\"\n      ],\n      \"action\": \"SCMP_ACT_ALLOW\"");
    expect(text, "\"execve\""); /* without it no program starts */
    ck_assert_str_eq(written(learned_systemd), "[Service]\nSystemCallArchitectures=x86-64\n"
                                               "SystemCallFilter=read write\nSystemCallErrorNumber=EPERM\n");
    saw(ABI_I386, CALL_getpid, "old", NULL, 0);
    expect(written(learned_profile), "[\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\"],");
    expect(written(learned_systemd),
           "SystemCallArchitectures=x86-64 x86\nSystemCallFilter=getpid read write\n");
}
END_TEST

/* Both the multiplexer and what is behind it are needed: libseccomp makes rules of the one for the other. */
START_TEST(multiplexed_calls)
{
    target.abi = ABI_I386;
    unit_entry(&target, CALL_socketcall, 1, UNIT_BASE);
    target.event.call = call_line_in(&abis[ABI_I386], CALL_socket);
    learn_call(&learned, &target.event);
    expect(written(learned_systemd), "SystemCallFilter=socket socketcall\n");
}
END_TEST

START_TEST(long_lists_are_cut)
{
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        if (call_number(&abis[ABI_X86_64], (enum call_id)id) >= 0) {
            call_set_add(&learned.calls[ABI_X86_64], (enum call_id)id);
        }
    }
    char *text = (char *)written(learned_systemd);
    unsigned lines = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        ck_assert_uint_lt(strlen(line), 120);
        lines += strncmp(line, "SystemCallFilter=", 17) == 0;
    }
    ck_assert_uint_gt(lines, 20);
}
END_TEST

START_TEST(rules)
{
    char file[] = "/var/log/x/y";
    char at_root[] = "/y";
    char program[] = "/usr/bin/link";
    saw(ABI_X86_64, CALL_openat, "cat", file, O_RDONLY);
    const char *text = written(learned_rules);
    expect(text, "- list: seen_programs\n  items:\n    - \"/bin/cat\"\n");
    ck_assert_ptr_null(strstr(text, "seen_directories"));
    expect(text, "condition: evt.type in (open, openat, openat2, creat) and evt.is_open_write=true\n");
    saw(ABI_X86_64, CALL_openat, "cat", file, O_WRONLY | O_CREAT);
    saw(ABI_X86_64, CALL_creat, "cat", at_root, 0);
    saw(ABI_X86_64, CALL_execve, "sh", program, 0);
    saw(ABI_X86_64, CALL_read, "a\"'\\", NULL, 0);
    learned.ports[443 / 64] |= UINT64_C(1) << (443 % 64);
    text = written(learned_rules);
    expect(text, "- list: seen_directories\n  items:\n    - \"/\"\n    - \"/var/log/x\"\n");
    expect(text, " and not fd.directory in (seen_directories)\n");
    expect(text, "    - \"/usr/bin/link\"\n");
    ck_assert_ptr_null(strstr(text, "/bin/sh")); /* it only made way for another */
    expect(text, "- list: seen_ports\n  items: [443]\n");
    expect(text, "[creat, execve, execveat, openat]\n");
    expect(text, "condition: 'proc.name=\"a\\\"''\\\\\" and not evt.type in (seen_calls_2)'\n");
}
END_TEST

START_TEST(what_is_too_much_is_left_out)
{
    char path[32];
    for (unsigned i = 0; i < LEARN_STRINGS + 1; i++) {
        snprintf(path, sizeof(path), "/d%u/f", i);
        saw(ABI_X86_64, CALL_creat, "cat", path, 0);
        saw(ABI_X86_64, CALL_creat, "cat", path, 0); /* the same once more is no more */
        ck_assert_int_eq(learned.directories.full, i == LEARN_STRINGS);
    }
    ck_assert_uint_eq(learned.directories.count, LEARN_STRINGS);
    for (uint32_t i = 1; i < learned.directories.count; i++) {
        ck_assert(strcmp(string_set_at(&learned.directories, i - 1), string_set_at(&learned.directories, i)) <
                  0);
    }
    const char *text = written(learned_rules);
    expect(text, "# Writes in another directory: there were more than 1000");
    ck_assert_ptr_null(strstr(text, "seen_directories"));
    for (unsigned i = 0; i < LEARN_PROGRAMS + 5; i++) {
        snprintf(path, sizeof(path), "p%u", i);
        saw(ABI_X86_64, CALL_read, path, NULL, 0);
    }
    ck_assert_uint_eq(learned.program_count, LEARN_PROGRAMS);
    expect(written(learned_rules), "# There were more than 256 programs.\n");
}
END_TEST

START_TEST(unknown_numbers)
{
    unit_entry(&target, CALL_read, 0);
    for (int number = 5000; number < 5040; number++) {
        target.event.number = number;
        learn_call(&learned, &target.event);
        learn_call(&learned, &target.event);
    }
    ck_assert_uint_eq(learned.unknown_count, LEARN_UNKNOWN);
    ck_assert_int_eq(learned.unknown[1], 5001);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("learn");
    TCase *tests = tcase_create("learn");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, profiles);
    tcase_add_test(tests, multiplexed_calls);
    tcase_add_test(tests, long_lists_are_cut);
    tcase_add_test(tests, rules);
    tcase_add_test(tests, what_is_too_much_is_left_out);
    tcase_add_test(tests, unknown_numbers);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
