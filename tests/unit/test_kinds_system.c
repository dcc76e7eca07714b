/* Modules, reboot, kexec, the machine's names and figures, perf_event_open. */
#include "tests/unit/fresh_target.h"

static uint64_t put_words(size_t offset, const uint64_t *words, size_t n)
{
    return unit_put(&target, offset, words, n * sizeof(*words));
}

START_TEST(modules)
{
    uint64_t text = unit_put(&target, 0, "a=b", 4);
    ck_assert_str_eq(unit_entry(&target, CALL_delete_module, text, 04000),
                     "delete_module(\"a=b\", O_NONBLOCK) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_finit_module, 3, text, 9),
                     "finit_module(3, \"a=b\", MODULE_INIT_IGNORE_MODVERSIONS|0x8) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_init_module, 0x5000, 7, 0x10),
                     "init_module(0x5000, 7, 0x10) = ?");
}
END_TEST

START_TEST(reboot_uses_its_argument_with_restart2_only)
{
    uint64_t text = unit_put(&target, 0, "x", 2);
    ck_assert_str_eq(unit_entry(&target, CALL_reboot, 0xfee1dead, 672274793, 0xa1b2c3d4, text),
                     "reboot(LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_RESTART2, \"x\") "
                     "= ?");
    ck_assert_str_eq(unit_entry(&target, CALL_reboot, 1, 85072278, 0, text),
                     "reboot(0x1 /* LINUX_REBOOT_MAGIC_??? */, LINUX_REBOOT_MAGIC2A, "
                     "LINUX_REBOOT_CMD_CAD_OFF) = ?");
}
END_TEST

START_TEST(kexec_segments)
{
    uint64_t at = put_words(0, (uint64_t[]){0x1000, 2, 0, 4}, 4);
    ck_assert_str_eq(unit_entry(&target, CALL_kexec_load, 0x100, 1, at, 62 << 16 | 1),
                     "kexec_load(0x100, 1, [{buf=0x1000, bufsz=2, mem=NULL, memsz=4}], "
                     "KEXEC_ARCH_X86_64|KEXEC_ON_CRASH) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_kexec_load, 0x100, 17, at, 0xff0000),
                     "kexec_load(0x100, 17, 0x10000, 0xff0000 /* KEXEC_ARCH_??? */) = ?");
    target.abi = ABI_I386;
    const uint32_t words[] = {0x1000, 2, 0x3000, 4};
    unit_put(&target, 0, words, sizeof(words));
    ck_assert_str_eq(unit_entry(&target, CALL_kexec_load, 0x100, 1, at, 0),
                     "kexec_load(0x100, 1, [{buf=0x1000, bufsz=2, mem=0x3000, memsz=4}], "
                     "KEXEC_ARCH_DEFAULT) = ?");
}
END_TEST

START_TEST(syslog_shows_what_each_action_uses)
{
    uint64_t text = unit_put(&target, 0, "<6>hello", 8);
    ck_assert_str_eq(unit_exit(&target, CALL_syslog, 131072, 10, 0, 0),
                     "syslog(10 /* SYSLOG_ACTION_SIZE_BUFFER */) = 131072");
    ck_assert_str_eq(unit_entry(&target, CALL_syslog, 3, text, 100),
                     "syslog(3 /* SYSLOG_ACTION_READ_ALL */, 0x10000, 100) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_syslog, 8, 3, text, 100),
                     "syslog(3 /* SYSLOG_ACTION_READ_ALL */, \"<6>hello\", 100) = 8");
    ck_assert_str_eq(unit_exit(&target, CALL_syslog, -1, 3, text, 100),
                     "syslog(3 /* SYSLOG_ACTION_READ_ALL */, 0x10000, 100) = "
                     "-1 EPERM (Operation not permitted)");
    ck_assert_str_eq(unit_entry(&target, CALL_syslog, 8, 0, 7),
                     "syslog(8 /* SYSLOG_ACTION_CONSOLE_LEVEL */, NULL, 7 /* LOGLEVEL_DEBUG */) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_syslog, (uint64_t)-1, text, 7),
                     "syslog(-1 /* SYSLOG_ACTION_??? */, 0x10000, 7) = ?");
}
END_TEST

START_TEST(names_of_the_machine)
{
    char names[6 * 65] = {0};
    strcpy(names, "Linux");
    strcpy(names + 65, "vm");
    memset(names + 130, 'r', 65);
    uint64_t at = unit_put(&target, 0, names, sizeof(names));
    ck_assert_str_eq(unit_entry(&target, CALL_uname, at), "uname(0x10000) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_uname, 0, at),
                     "uname({sysname=\"Linux\", nodename=\"vm\", ...}) = 0");
    target.options.verbose = true;
    const char *line = unit_exit(&target, CALL_uname, 0, at);
    ck_assert(strstr(line, "release=\"rrrr") && strstr(line, "rr\"..., version=\"\", machine=\"\""));
    ck_assert_str_eq(unit_exit(&target, CALL_uname, 0, UNIT_BASE + UNIT_SIZE - 100), "uname(0x13f9c) = 0");
}
END_TEST

START_TEST(figures_of_the_machine)
{
    const char *expected = "sysinfo({uptime=1, loads=[2, 3, 4], totalram=5, freeram=6, sharedram=7, "
                           "bufferram=8, totalswap=9, freeswap=10, procs=11, totalhigh=12, freehigh=13, "
                           "mem_unit=14}) = 0";
    const uint64_t wide[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
    const uint32_t narrow[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0, 0};
    uint64_t at = put_words(0, wide, 14);
    ck_assert_str_eq(unit_exit(&target, CALL_sysinfo, 0, at), expected);
    target.abi = ABI_I386;
    unit_put(&target, 0, narrow, sizeof(narrow));
    ck_assert_str_eq(unit_exit(&target, CALL_sysinfo, 0, at), expected);
}
END_TEST

START_TEST(calls_that_are_gone)
{
    ck_assert_str_eq(unit_entry(&target, CALL_tuxcall, 1, 2, 3), "tuxcall(0x1, 0x2, 0x3) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_vserver, 1, 2, 3, 4, 5),
                     "vserver(0x1, 0x2, 0x3, 0x4, 0x5) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_vhangup), "vhangup() = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_uretprobe), "uretprobe() = ?");
}
END_TEST

static uint64_t put_attr(uint32_t type, uint32_t size, uint64_t config)
{
    uint64_t attr[17] = {(uint64_t)size << 32 | type, config};
    return put_words(0, attr, 17);
}

START_TEST(perf_events_are_abbreviated)
{
    uint64_t at = put_attr(0, 112, 1);
    ck_assert_str_eq(unit_exit(&target, CALL_perf_event_open, 5, at, 0, UINT64_MAX, UINT64_MAX, 8),
                     "perf_event_open({type=PERF_TYPE_HARDWARE, size=PERF_ATTR_SIZE_VER5, "
                     "config=PERF_COUNT_HW_INSTRUCTIONS, sample_period=0, sample_type=0, read_format=0, "
                     "precise_ip=0 /* arbitrary skid */, ...}, 0, -1, -1, PERF_FLAG_FD_CLOEXEC) = 5");
    put_attr(3, 0, 0x10203);
    ck_assert_str_eq(unit_entry(&target, CALL_perf_event_open, at, 0, 0, 0, 0),
                     "perf_event_open({type=PERF_TYPE_HW_CACHE, size=0 /* PERF_ATTR_SIZE_??? */, "
                     "config=PERF_COUNT_HW_CACHE_RESULT_MISS<<16|PERF_COUNT_HW_CACHE_OP_PREFETCH<<8|"
                     "PERF_COUNT_HW_CACHE_DTLB, sample_period=0, sample_type=0, read_format=0, "
                     "precise_ip=0 /* arbitrary skid */, ...}, 0, 0, 0, 0) = ?");
    put_attr(0, 12, 1);
    ck_assert_str_eq(unit_entry(&target, CALL_perf_event_open, at, 0, 0, 0, 0),
                     "perf_event_open(0x10000, 0, 0, 0, 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_perf_event_open, UNIT_BASE + UNIT_SIZE - 8, 0, 0, 0, 0),
                     "perf_event_open(0x13ff8, 0, 0, 0, 0) = ?");
}
END_TEST

START_TEST(perf_events_in_full)
{
    uint64_t at = put_attr(5, 80, 0);
    const uint64_t flags = 3;
    unit_put(&target, 40, &flags, sizeof(flags));
    target.options.verbose = true;
    const char *line = unit_entry(&target, CALL_perf_event_open, at, 0, 0, 0, 0);
    ck_assert(strstr(line, "disabled=1, inherit=1, pinned=0,") != NULL);
    ck_assert(strstr(line, "sigtrap=0, wakeup_events=0, bp_type=HW_BREAKPOINT_EMPTY, bp_addr=0, "
                           "bp_len=0}, 0, 0, 0, 0) = ?") != NULL);
}
END_TEST

/* The decoder of perf_event_open at exit, with a structure whose size the kernel has changed. */
START_TEST(perf_shows_the_size_that_the_kernel_wants)
{
    uint64_t at = put_attr(1, 200, 0);
    struct event *e = &target.event;
    const uint64_t args[CALL_ARGS_MAX] = {at};
    struct decoder d = {.options = &target.options,
                        .abi = &abis[ABI_X86_64],
                        .call = call_line(CALL_perf_event_open),
                        .args = args,
                        .mem = &target.memory.mem,
                        .out = &e->values};
    decode_entry(&d);
    put_attr(1, 136, 0);
    d.result = -7;
    decode_exit(&d);
    render_value(&target.text, d.out, d.value[0], &(struct render_options){.column = 0});
    buf_char(&target.text, 0);
    ck_assert_str_eq(target.text.data,
                     "{type=PERF_TYPE_SOFTWARE, size=0xc8 /* PERF_ATTR_SIZE_??? */ => "
                     "PERF_ATTR_SIZE_VER8, config=PERF_COUNT_SW_CPU_CLOCK, sample_period=0, sample_type=0, "
                     "read_format=0, precise_ip=0 /* arbitrary skid */, ...}");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("system");
    TCase *tc = tcase_create("system");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, modules);
    tcase_add_test(tc, reboot_uses_its_argument_with_restart2_only);
    tcase_add_test(tc, kexec_segments);
    tcase_add_test(tc, syslog_shows_what_each_action_uses);
    tcase_add_test(tc, names_of_the_machine);
    tcase_add_test(tc, figures_of_the_machine);
    tcase_add_test(tc, calls_that_are_gone);
    tcase_add_test(tc, perf_events_are_abbreviated);
    tcase_add_test(tc, perf_events_in_full);
    tcase_add_test(tc, perf_shows_the_size_that_the_kernel_wants);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
