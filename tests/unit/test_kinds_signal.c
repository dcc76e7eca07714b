/* Signals: numbers, sets, actions and what a siginfo tells. */
#include "tests/unit/fresh_target.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "decode/kinds/signal.h"

static uint64_t put64(size_t offset, uint64_t number)
{
    return unit_put(&target, offset, &number, sizeof(number));
}

static uint64_t put32(size_t offset, uint32_t number)
{
    return unit_put(&target, offset, &number, sizeof(number));
}

START_TEST(waitid_tells_of_the_child)
{
    siginfo_t info = {.si_signo = SIGCHLD, .si_code = CLD_EXITED};
    info.si_pid = 42;
    info.si_status = 3;
    uint64_t at = unit_put(&target, 0x100, &info, sizeof(info));
    ck_assert_str_eq(unit_entry(&target, CALL_waitid, P_PID, 42, at, WEXITED),
                     "waitid(P_PID, 42, 0x10100, WEXITED, NULL) = ?");
    ck_assert_str_eq(
        unit_exit(&target, CALL_waitid, 0, P_PID, 42, at, WEXITED),
        "waitid(P_PID, 42, {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=42, si_uid=0, si_status=3, "
        "si_utime=0, si_stime=0}, WEXITED, NULL) = 0");
}
END_TEST

START_TEST(numbers)
{
    ck_assert_str_eq(unit_entry(&target, CALL_kill, (uint64_t)-1, 9), "kill(-1, SIGKILL) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_kill, 1, 0), "kill(1, 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_kill, 1, 34), "kill(1, SIGRT_2) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_tgkill, 1, 2, (uint64_t)-7), "tgkill(1, 2, -7) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_tkill, 1, 65), "tkill(1, 65) = ?");
}
END_TEST

START_TEST(sets)
{
    uint64_t set = put64(0, 1 << 16 | 1);
    uint64_t old = put64(8, 0);
    ck_assert_str_eq(unit_exit(&target, CALL_rt_sigprocmask, 0, SIG_BLOCK, set, old, 8),
                     "rt_sigprocmask(SIG_BLOCK, [HUP CHLD], [], 8) = 0");
    put64(0, ~UINT64_C(0x180000000));
    ck_assert_str_eq(unit_entry(&target, CALL_rt_sigprocmask, SIG_SETMASK, set, 0, 8),
                     "rt_sigprocmask(SIG_SETMASK, ~[RTMIN RT_1], NULL, 8) = ?");
    put64(0, UINT64_MAX);
    ck_assert_str_eq(unit_entry(&target, CALL_rt_sigsuspend, set, 8), "rt_sigsuspend(~[], 8) = ?");
    put64(0, UINT64_C(1) << 63);
    ck_assert_str_eq(unit_entry(&target, CALL_rt_sigsuspend, set, 8), "rt_sigsuspend([RT_32], 8) = ?");
}
END_TEST

START_TEST(sets_of_a_wrong_size_are_addresses)
{
    uint64_t set = put64(0, 1);
    ck_assert_str_eq(unit_entry(&target, CALL_rt_sigsuspend, set, 16), "rt_sigsuspend(0x10000, 16) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_rt_sigsuspend, set, 4), "rt_sigsuspend(0x10000, 4) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_rt_sigsuspend, UNIT_BASE + UNIT_SIZE - 7, 8),
                     "rt_sigsuspend(0x13ff9, 8) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_rt_sigpending, 0, set, 1), "rt_sigpending([HUP], 1) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_rt_sigprocmask, 0, SIG_BLOCK, 0, set, UINT64_MAX),
                     "rt_sigprocmask(SIG_BLOCK, NULL, 0x10000, 18446744073709551615) = 0");
}
END_TEST

START_TEST(actions)
{
    uint64_t act = put64(0, 0x401000);
    put64(8, SA_RESTART | 0x04000000);
    put64(16, 0x402000);
    put64(24, 1 << 1);
    uint64_t old = put64(32, 0);
    ck_assert_str_eq(unit_exit(&target, CALL_rt_sigaction, 0, SIGCHLD, act, old, 8),
                     "rt_sigaction(SIGCHLD, {sa_handler=0x401000, sa_mask=[INT], "
                     "sa_flags=SA_RESTORER|SA_RESTART, sa_restorer=0x402000}, {sa_handler=SIG_DFL, "
                     "sa_mask=[], sa_flags=0}, 8) = 0");
    put64(0, 1);
    put64(8, 0x80000000);
    ck_assert_str_eq(unit_entry(&target, CALL_rt_sigaction, SIGINT, act, 0, 8),
                     "rt_sigaction(SIGINT, {sa_handler=SIG_IGN, sa_mask=[INT], sa_flags=SA_RESETHAND}, "
                     "NULL, 8) = ?");
    put64(0, UINT64_MAX);
    ck_assert_str_eq(unit_entry(&target, CALL_rt_sigaction, SIGINT, act, 0, 8),
                     "rt_sigaction(SIGINT, {sa_handler=SIG_ERR, sa_mask=[INT], sa_flags=SA_RESETHAND}, "
                     "NULL, 8) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_rt_sigaction, SIGINT, UNIT_BASE + UNIT_SIZE - 31, 0, 8),
                     "rt_sigaction(SIGINT, 0x13fe1, NULL, 8) = ?");
}
END_TEST

START_TEST(actions_of_32_bit_abis)
{
    const uint32_t words[] = {0x8049000, 0x04000000, 0x8048000, 1 << 14, 1};
    uint64_t act = unit_put(&target, 0, words, sizeof(words));
    const char *expected = "rt_sigaction(SIGTERM, {sa_handler=0x8049000, sa_mask=[TERM RT_1], "
                           "sa_flags=SA_RESTORER, sa_restorer=0x8048000}, NULL, 8) = ?";
    target.abi = ABI_I386;
    ck_assert_str_eq(unit_entry(&target, CALL_rt_sigaction, SIGTERM, act, 0, 8), expected);
    target.abi = ABI_X32;
    ck_assert_str_eq(unit_entry(&target, CALL_rt_sigaction, SIGTERM, act, 0, 8), expected);
    const uint32_t old_words[] = {0x8049000, 1 << 14, 0x04000000, 0x8048000};
    unit_put(&target, 0, old_words, sizeof(old_words));
    target.abi = ABI_I386;
    ck_assert_str_eq(unit_entry(&target, CALL_sigaction, SIGTERM, act, 0),
                     "sigaction(SIGTERM, {sa_handler=0x8049000, sa_mask=[TERM], sa_flags=SA_RESTORER, "
                     "sa_restorer=0x8048000}, NULL) = ?");
}
END_TEST

START_TEST(calls_before_rt)
{
    target.abi = ABI_I386;
    uint64_t set = put32(0, 1 << 14);
    ck_assert_str_eq(unit_exit(&target, CALL_sigprocmask, 0, SIG_UNBLOCK, set, set),
                     "sigprocmask(SIG_UNBLOCK, [TERM], [TERM]) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_sgetmask, 0x4000), "sgetmask() = 0x4000 (mask [TERM])");
    ck_assert_str_eq(unit_exit(&target, CALL_ssetmask, 0, 0x4001), "ssetmask([HUP TERM]) = 0 (old mask [])");
    ck_assert_str_eq(unit_entry(&target, CALL_sigsuspend, 0, 0, 1), "sigsuspend([HUP]) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_signal, 1, SIGINT, 0x8048000),
                     "signal(SIGINT, 0x8048000) = 0x1 (SIG_IGN)");
    ck_assert_str_eq(unit_exit(&target, CALL_signal, 0x8048000, SIGINT, 0),
                     "signal(SIGINT, SIG_DFL) = 0x8048000");
}
END_TEST

START_TEST(alternate_stack)
{
    uint64_t ss = put64(0, 0x7f0000);
    put32(8, 0x80000000);
    put64(16, 8192);
    put64(32, 0);
    put32(40, SS_DISABLE);
    ck_assert_str_eq(unit_exit(&target, CALL_sigaltstack, 0, ss, ss + 32),
                     "sigaltstack({ss_sp=0x7f0000, ss_flags=SS_AUTODISARM, ss_size=8192}, "
                     "{ss_sp=NULL, ss_flags=SS_DISABLE, ss_size=0}) = 0");
}
END_TEST

/* The text of a siginfo that is shown as an argument of rt_sigqueueinfo. */
static const char *info_text(int32_t signo, int32_t code, const void *rest, size_t n)
{
    static char text[512];
    size_t start_of_union = target.abi == ABI_X86_64 ? 16 : 12;
    memset(target.bytes, 0, 128);
    put32(0, (uint32_t)signo);
    put32(8, (uint32_t)code);
    unit_put(&target, start_of_union, rest, n);
    const char *line = unit_entry(&target, CALL_rt_sigqueueinfo, 1, SIGHUP, UNIT_BASE);
    const char *from = strchr(line, '{');
    const char *to = strrchr(line, '}');
    ck_assert(from && to && from < to);
    snprintf(text, sizeof(text), "%.*s", (int)(to - from + 1), from);
    return text;
}

START_TEST(siginfo_of_a_child)
{
    const uint32_t child[] = {42, 1000, 3, 0, 1, 0, 250, 0};
    const char *expected = "{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=42, si_uid=1000, si_status=3, "
                           "si_utime=1 /* 0.01 s */, si_stime=250 /* 2.50 s */}";
    ck_assert_str_eq(info_text(SIGCHLD, CLD_EXITED, child, sizeof(child)), expected);
    ck_assert_str_eq(info_text(SIGCHLD, CLD_KILLED, (uint32_t[]){42, 0, 9}, 12),
                     "{si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=42, si_uid=0, si_status=SIGKILL, "
                     "si_utime=0, si_stime=0}");
    target.abi = ABI_I386;
    ck_assert_str_eq(info_text(SIGCHLD, CLD_EXITED, (uint32_t[]){42, 1000, 3, 1, 250}, 20), expected);
    target.abi = ABI_X32;
    ck_assert_str_eq(info_text(SIGCHLD, CLD_EXITED, (uint32_t[]){42, 1000, 3, 1, 0, 250, 0}, 28), expected);
}
END_TEST

START_TEST(siginfo_of_tasks)
{
    ck_assert_str_eq(info_text(SIGTERM, SI_USER, (uint32_t[]){7, 8}, 8),
                     "{si_signo=SIGTERM, si_code=SI_USER, si_pid=7, si_uid=8}");
    ck_assert_str_eq(info_text(SIGUSR1, SI_QUEUE, (uint32_t[]){7, 8, 5, 1}, 16),
                     "{si_signo=SIGUSR1, si_code=SI_QUEUE, si_pid=7, si_uid=8, si_int=5, "
                     "si_ptr=0x100000005}");
    ck_assert_str_eq(info_text(SIGALRM, SI_TIMER, (uint32_t[]){1, 2, 0, 0}, 16),
                     "{si_signo=SIGALRM, si_code=SI_TIMER, si_timerid=0x1, si_overrun=2, si_int=0, "
                     "si_ptr=NULL}");
    ck_assert_str_eq(info_text(SIGALRM, SI_KERNEL, (uint32_t[]){0, 0}, 8),
                     "{si_signo=SIGALRM, si_code=SI_KERNEL}");
    ck_assert_str_eq(info_text(99, -77, (uint32_t[]){0, 0}, 8),
                     "{si_signo=99, si_code=0xffffffb3, si_pid=0, si_uid=0}");
}
END_TEST

START_TEST(siginfo_of_faults)
{
    uint64_t fault[4] = {0x1234, 0, 0x1000, 0x2000};
    ck_assert_str_eq(info_text(SIGSEGV, 1, fault, sizeof(fault)),
                     "{si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x1234}");
    ck_assert_str_eq(info_text(SIGSEGV, 3, fault, sizeof(fault)),
                     "{si_signo=SIGSEGV, si_code=SEGV_BNDERR, si_addr=0x1234, si_lower=0x1000, "
                     "si_upper=0x2000}");
    fault[2] = 5;
    ck_assert_str_eq(info_text(SIGSEGV, 4, fault, sizeof(fault)),
                     "{si_signo=SIGSEGV, si_code=SEGV_PKUERR, si_addr=0x1234, si_pkey=5}");
    fault[1] = 12;
    ck_assert_str_eq(info_text(SIGBUS, 4, fault, sizeof(fault)),
                     "{si_signo=SIGBUS, si_code=BUS_MCEERR_AR, si_addr=0x1234, si_addr_lsb=0xc}");
    uint64_t seccomp[2] = {0x401000, UINT64_C(0xc000003e) << 32 | 3};
    ck_assert_str_eq(info_text(SIGSYS, 1, seccomp, sizeof(seccomp)),
                     "{si_signo=SIGSYS, si_code=SYS_SECCOMP, si_call_addr=0x401000, "
                     "si_syscall=__NR_close, si_arch=AUDIT_ARCH_X86_64}");
}
END_TEST

START_TEST(waiting_shows_the_signal)
{
    memset(target.bytes, 0, 256);
    uint64_t set = put64(0, 1 << 9);
    uint64_t info = put32(16, SIGUSR1);
    put32(24, (uint32_t)SI_TKILL);
    put32(32, 5);
    ck_assert_str_eq(unit_exit(&target, CALL_rt_sigtimedwait, 10, set, info, 0, 8),
                     "rt_sigtimedwait([USR1], {si_signo=SIGUSR1, si_code=SI_TKILL, si_pid=5, si_uid=0}, "
                     "NULL, 8) = 10 (SIGUSR1)");
    ck_assert_str_eq(unit_exit(&target, CALL_rt_sigtimedwait, -11, set, info, 0, 8),
                     "rt_sigtimedwait([USR1], 0x10010, NULL, 8) = "
                     "-1 EAGAIN (Resource temporarily unavailable)");
}
END_TEST

START_TEST(a_short_siginfo_reads_as_zero)
{
    const int32_t common[] = {SIGCHLD, 0, CLD_EXITED};
    struct decoder d = {.options = &target.options,
                        .abi = &abis[ABI_X86_64],
                        .mem = &target.memory.mem,
                        .out = &target.event.values};
    decode_siginfo_of(&d, NULL, common, sizeof(common));
    render_value(&target.text, d.out, 1, &(struct render_options){.column = 0});
    buf_char(&target.text, 0);
    ck_assert_str_eq(target.text.data, "{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=0, si_uid=0, "
                                       "si_status=0, si_utime=0, si_stime=0}");
}
END_TEST

START_TEST(handlers_return_through_a_frame)
{
    const uint32_t mask[2] = {1 << (2 - 1), 1 << (40 - 33)}; /* SIGINT and signal 40 */
    target.stack = UNIT_BASE;
    unit_put(&target, 296, mask, sizeof(mask));
    ck_assert_str_eq(unit_exit(&target, CALL_rt_sigreturn, 0, 7), "rt_sigreturn({mask=[INT RT_8]}) = 0");
    memset(target.bytes, 0, sizeof(target.bytes));
    unit_put(&target, 280, mask, sizeof(mask));
    target.abi = ABI_X32;
    ck_assert_str_eq(unit_entry(&target, CALL_rt_sigreturn, 7), "rt_sigreturn({mask=[INT RT_8]}) = ?");
    memset(target.bytes, 0, sizeof(target.bytes));
    unit_put(&target, 248, mask, sizeof(mask));
    target.abi = ABI_I386;
    ck_assert_str_eq(unit_entry(&target, CALL_rt_sigreturn, 7), "rt_sigreturn({mask=[INT RT_8]}) = ?");
    memset(target.bytes, 0, sizeof(target.bytes));
    unit_put(&target, 80, mask, 4);
    unit_put(&target, 712, mask + 1, 4);
    ck_assert_str_eq(unit_entry(&target, CALL_sigreturn, 7), "sigreturn({mask=[INT RT_8]}) = ?");
    target.stack = UINT64_C(0x7ffc0000);
    ck_assert_str_eq(unit_entry(&target, CALL_sigreturn, 7), "sigreturn(0x7ffc0000) = ?");
    target.stack = 0; /* not known */
    ck_assert_str_eq(unit_entry(&target, CALL_sigreturn, 7), "sigreturn() = ?");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("signal");
    TCase *tc = tcase_create("signal");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, waitid_tells_of_the_child);
    tcase_add_test(tc, numbers);
    tcase_add_test(tc, sets);
    tcase_add_test(tc, sets_of_a_wrong_size_are_addresses);
    tcase_add_test(tc, actions);
    tcase_add_test(tc, actions_of_32_bit_abis);
    tcase_add_test(tc, calls_before_rt);
    tcase_add_test(tc, alternate_stack);
    tcase_add_test(tc, siginfo_of_a_child);
    tcase_add_test(tc, siginfo_of_tasks);
    tcase_add_test(tc, siginfo_of_faults);
    tcase_add_test(tc, waiting_shows_the_signal);
    tcase_add_test(tc, a_short_siginfo_reads_as_zero);
    tcase_add_test(tc, handlers_return_through_a_frame);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
