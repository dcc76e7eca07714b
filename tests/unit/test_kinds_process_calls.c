/* Credentials, limits, scheduling, prctl, seccomp and Landlock, at entry and at exit. */
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "tests/unit/fresh_target.h"

START_TEST(ids)
{
    const uint16_t narrow[] = {1000, 0xffff, 2};
    const uint32_t wide[] = {1000, 0xffffffff, 2};
    uint64_t at = unit_put(&target, 0, wide, sizeof(wide));
    uint64_t at16 = unit_put(&target, 0x100, narrow, sizeof(narrow));
    ck_assert_str_eq(unit_exit(&target, CALL_getresuid, 0, at, at + 4, 0x1000),
                     "getresuid([1000], [-1], 0x1000) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_getgroups, 3, 3, at), "getgroups(3, [1000, -1, 2]) = 3");
    ck_assert_str_eq(unit_entry(&target, CALL_setgroups, 2, at), "setgroups(2, [1000, -1]) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_setgroups, UINT64_MAX, at), "setgroups(-1, 0x10000) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_setgroups, 65536, at + UNIT_SIZE),
                     "setgroups(65536, 0x14000) = ?");
    target.abi = ABI_I386;
    ck_assert_str_eq(unit_entry(&target, CALL_setgroups, 3, at16), "setgroups(3, [1000, -1, 2]) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_setgroups32, 3, at), "setgroups32(3, [1000, -1, 2]) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_getresgid, 0, at16, at16 + 2, at16 + 4),
                     "getresgid([1000], [-1], [2]) = 0");
}
END_TEST

START_TEST(capabilities)
{
    uint32_t header[] = {0x20080522, 7};
    const uint32_t sets[] = {1, 0, 0x80000000, 0x200, 0, 0};
    uint64_t at = unit_put(&target, 0, header, sizeof(header));
    uint64_t data = unit_put(&target, 0x100, sets, sizeof(sets));
    ck_assert_str_eq(unit_entry(&target, CALL_capset, at, data),
                     "capset({version=_LINUX_CAPABILITY_VERSION_3, pid=7}, {effective=1<<CAP_CHOWN|0x200, "
                     "permitted=0, inheritable=1<<CAP_SETFCAP}) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_capget, -22, at, data),
                     "capget({version=_LINUX_CAPABILITY_VERSION_3, pid=7}, 0x10100) = -1 EINVAL (Invalid "
                     "argument)");
    header[0] = 5;
    unit_put(&target, 0, header, sizeof(header));
    ck_assert_str_eq(
        unit_exit(&target, CALL_capget, 0, at, data),
        "capget({version=0x5 /* _LINUX_CAPABILITY_VERSION_??? */, pid=7}, {effective=1<<CAP_CHOWN, "
        "permitted=0, inheritable=1<<CAP_SETFCAP}) = 0");
    ck_assert_str_eq(unit_entry(&target, CALL_capset, 0, data), "capset(NULL, 0x10100) = ?");
}
END_TEST

START_TEST(limits)
{
    const uint64_t wide[] = {8192 * 1024, UINT64_MAX};
    const uint32_t narrow[] = {1024, UINT32_MAX};
    uint64_t at = unit_put(&target, 0, wide, sizeof(wide));
    uint64_t at32 = unit_put(&target, 0x100, narrow, sizeof(narrow));
    ck_assert_str_eq(unit_exit(&target, CALL_prlimit64, 0, 0, 3, 0, at),
                     "prlimit64(0, RLIMIT_STACK, NULL, {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}) = 0");
    target.abi = ABI_I386;
    ck_assert_str_eq(unit_entry(&target, CALL_setrlimit, 7, at32),
                     "setrlimit(RLIMIT_NOFILE, {rlim_cur=1024, rlim_max=RLIM_INFINITY}) = ?");
    ck_assert_str_eq(
        unit_exit(&target, CALL_prlimit64, 0, 0, 99, at, 0),
        "prlimit64(0, 0x63 /* RLIMIT_??? */, {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}, NULL) "
        "= 0");
}
END_TEST

START_TEST(flags_of_process_calls)
{
    ck_assert_str_eq(unit_entry(&target, CALL_pidfd_send_signal, 3, 15, 0, 9),
                     "pidfd_send_signal(3, SIGTERM, NULL, PIDFD_SIGNAL_THREAD|0x8) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_landlock_restrict_self, 3, 2),
                     "landlock_restrict_self(3, LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_landlock_restrict_self, 3, 0),
                     "landlock_restrict_self(3, 0) = ?");
}
END_TEST

START_TEST(scheduling)
{
    const uint64_t mask[] = {5, 1};
    uint64_t at = unit_put(&target, 0, mask, sizeof(mask));
    ck_assert_str_eq(unit_entry(&target, CALL_sched_setaffinity, 0, 16, at),
                     "sched_setaffinity(0, 16, [0 2 64]) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_sched_getaffinity, 8, 0, 128, at),
                     "sched_getaffinity(0, 128, [0 2]) = 8");
    ck_assert_str_eq(unit_entry(&target, CALL_sched_setaffinity, 0, UINT32_MAX, at),
                     "sched_setaffinity(0, 4294967295, [0 2 64 ...]) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_sched_setaffinity, 0, 8, at + UNIT_SIZE - 4),
                     "sched_setaffinity(0, 8, 0x13ffc) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_sched_getscheduler, 1, 0),
                     "sched_getscheduler(0) = 1 (SCHED_FIFO)");
    uint32_t attr[14] = {56, 6, 0x40, 0, 0, 0, 10};
    unit_put(&target, 0, attr, sizeof(attr));
    ck_assert_str_eq(
        unit_entry(&target, CALL_sched_setattr, 0, at, 0),
        "sched_setattr(0, {size=56, sched_policy=SCHED_DEADLINE, "
        "sched_flags=SCHED_FLAG_UTIL_CLAMP_MAX, sched_nice=0, sched_priority=0, sched_runtime=10, "
        "sched_deadline=0, sched_period=0, sched_util_min=0, sched_util_max=0}, 0) = ?");
    attr[0] = UINT32_MAX;
    attr[2] = 0x18;
    unit_put(&target, 0, attr, sizeof(attr));
    ck_assert_str_eq(unit_entry(&target, CALL_sched_setattr, 0, at, 0),
                     "sched_setattr(0, {size=4294967295, "
                     "sched_flags=SCHED_FLAG_KEEP_POLICY|SCHED_FLAG_KEEP_PARAMS, sched_util_min=0, "
                     "sched_util_max=0, ...}, 0) = ?");
    attr[0] = 20;
    const uint32_t wanted = 56;
    unit_put(&target, 0, attr, sizeof(attr));
    target.written = (struct unit_written){0, &wanted, sizeof(wanted)};
    ck_assert_str_eq(unit_exit(&target, CALL_sched_setattr, -7, 0, at, 0),
                     "sched_setattr(0, {size=20} => {size=56}, 0) = -1 E2BIG (Argument list too long)");
    ck_assert_str_eq(unit_exit(&target, CALL_sched_setattr, -7, 0, 0x10, 0),
                     "sched_setattr(0, 0x10, 0) = -1 E2BIG (Argument list too long)");
    ck_assert_str_eq(unit_exit(&target, CALL_ioprio_get, 0x4004, 1, 0),
                     "ioprio_get(IOPRIO_WHO_PROCESS, 0) = 16388 (IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 4))");
}
END_TEST

START_TEST(prctl_options)
{
    uint64_t name = unit_put(&target, 0, "a name that is too long", 24);
    ck_assert_str_eq(unit_entry(&target, CALL_prctl, 15, name),
                     "prctl(PR_SET_NAME, \"a name that is \"...) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_prctl, 16, name), "prctl(PR_GET_NAME, 0x10000) = ?");
    unit_put(&target, 0, "bash", 5);
    ck_assert_str_eq(unit_exit(&target, CALL_prctl, 0, 16, name), "prctl(PR_GET_NAME, \"bash\") = 0");
    ck_assert_str_eq(unit_entry(&target, CALL_prctl, 15, 0), "prctl(PR_SET_NAME, NULL) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_prctl, 1, 3), "prctl(PR_GET_DUMPABLE) = 1 (SUID_DUMP_USER)");
    ck_assert_str_eq(unit_entry(&target, CALL_prctl, 38, 1), "prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_prctl, 47, 2, 5),
                     "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_prctl, 47, 4),
                     "prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_prctl, 999, 1, 2, 3, 4),
                     "prctl(0x3e7 /* PR_??? */, 0x1, 0x2, 0x3, 0x4) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_arch_prctl, 0x1002, 0x7000),
                     "arch_prctl(ARCH_SET_FS, 0x7000) = ?");
}
END_TEST

START_TEST(seccomp_programs)
{
    const struct sock_filter filter[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4),
                                         BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 62, 0, 1),
                                         BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1)};
    uint64_t code = unit_put(&target, 0x100, filter, sizeof(filter));
    const uint64_t program[] = {3, code};
    uint64_t at = unit_put(&target, 0, program, sizeof(program));
    ck_assert_str_eq(unit_entry(&target, CALL_seccomp, 1, 8, at),
                     "seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, {len=3, "
                     "filter=0x10100}) = ?");
    target.options.verbose = true;
    ck_assert_str_eq(
        unit_entry(&target, CALL_prctl, 22, 2, at),
        "prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, {len=3, filter=[BPF_STMT(BPF_LD|BPF_W|BPF_ABS, "
        "0x4), BPF_JUMP(BPF_JMP|BPF_K|BPF_JEQ, 0x3e, 0, 0x1), BPF_STMT(BPF_RET|BPF_K, "
        "SECCOMP_RET_ERRNO|0x1)]}) = ?");
    const uint64_t hostile[] = {UINT64_MAX, 0x10};
    unit_put(&target, 0, hostile, sizeof(hostile));
    ck_assert_str_eq(unit_entry(&target, CALL_seccomp, 1, 0, at),
                     "seccomp(SECCOMP_SET_MODE_FILTER, 0, {len=65535, filter=0x10}) = ?");
    const uint16_t sizes[] = {80, 24, 64};
    unit_put(&target, 0, sizes, sizeof(sizes));
    ck_assert_str_eq(unit_exit(&target, CALL_seccomp, 0, 3, 0, at),
                     "seccomp(SECCOMP_GET_NOTIF_SIZES, 0, {seccomp_notif=80, seccomp_notif_resp=24, "
                     "seccomp_data=64}) = 0");
}
END_TEST

START_TEST(landlock)
{
    const uint64_t ruleset[] = {3, 1, 2, 0};
    uint64_t at = unit_put(&target, 0, ruleset, sizeof(ruleset));
    ck_assert_str_eq(unit_exit(&target, CALL_landlock_create_ruleset, 5, at, 32, 0),
                     "landlock_create_ruleset({handled_access_fs=LANDLOCK_ACCESS_FS_EXECUTE|"
                     "LANDLOCK_ACCESS_FS_WRITE_FILE, handled_access_net=LANDLOCK_ACCESS_NET_BIND_TCP, "
                     "scoped=LANDLOCK_SCOPE_SIGNAL, ...}, 32, 0) = 5");
    ck_assert_str_eq(unit_entry(&target, CALL_landlock_create_ruleset, 0, 0, 1),
                     "landlock_create_ruleset(NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) = ?");
    ck_assert_str_eq(
        unit_entry(&target, CALL_landlock_add_rule, 5, 2, at + 8, 0),
        "landlock_add_rule(5, LANDLOCK_RULE_NET_PORT, {allowed_access=LANDLOCK_ACCESS_NET_BIND_TCP, "
        "port=2}, 0) = ?");
}
END_TEST

START_TEST(security_contexts)
{
    uint64_t context[] = {105, 0, 32, UINT64_MAX, 0, 0, 8, 0};
    uint32_t size = 64;
    uint64_t at = unit_put(&target, 0, context, sizeof(context));
    uint64_t size_at = unit_put(&target, 0x100, &size, sizeof(size));
    ck_assert_str_eq(
        unit_exit(&target, CALL_lsm_get_self_attr, 2, 100, at, size_at, 0),
        "lsm_get_self_attr(LSM_ATTR_CURRENT, [{id=LSM_ID_YAMA, flags=0, len=32, "
        "ctx_len=18446744073709551615}, {id=LSM_ID_UNDEF, flags=0, len=8, ctx_len=0}], [64], 0) = 2");
    ck_assert_str_eq(unit_entry(&target, CALL_lsm_set_self_attr, 100, at, 31, 0),
                     "lsm_set_self_attr(LSM_ATTR_CURRENT, 0x10000, 31, 0) = ?");
}
END_TEST

START_TEST(traced_registers)
{
    ck_assert_str_eq(unit_entry(&target, CALL_ptrace, 3, 7, 120, 0),
                     "ptrace(PTRACE_PEEKUSER, 7, 8*ORIG_RAX, NULL) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_ptrace, 3, 7, UINT64_MAX, 0),
                     "ptrace(PTRACE_PEEKUSER, 7, 0xffffffffffffffff, NULL) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_ptrace, 0, 7, 1, 1), "ptrace(PTRACE_TRACEME) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_ptrace, 7, 7, 0, 15),
                     "ptrace(PTRACE_CONT, 7, NULL, SIGTERM) = ?");
}
END_TEST

START_TEST(split_offsets_of_i386)
{
    target.abi = ABI_I386;
    ck_assert_str_eq(unit_entry(&target, CALL_ftruncate64, 3, 1, 2), "ftruncate64(3, 8589934593) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_fadvise64_64, 3, 1, 0, 2, 0, 4),
                     "fadvise64_64(3, 1, 2, POSIX_FADV_DONTNEED) = ?");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("process calls");
    TCase *tc = tcase_create("process calls");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, ids);
    tcase_add_test(tc, capabilities);
    tcase_add_test(tc, limits);
    tcase_add_test(tc, scheduling);
    tcase_add_test(tc, flags_of_process_calls);
    tcase_add_test(tc, prctl_options);
    tcase_add_test(tc, seccomp_programs);
    tcase_add_test(tc, landlock);
    tcase_add_test(tc, security_contexts);
    tcase_add_test(tc, traced_registers);
    tcase_add_test(tc, split_offsets_of_i386);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
