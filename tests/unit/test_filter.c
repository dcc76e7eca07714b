/*
 * The built program, judged by an interpreter: for every number of every ABI its verdict is the
 * specification's, and what is not selected is allowed without a look at the arguments, so that the kernel's
 * bitmap answers it. Then one is loaded for real.
 */
#include "tests/unit/unit.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/bpf_run.h"

#define X32_BIT 0x40000000U

static uint32_t expected(const struct filter_spec *spec, const struct abi *abi, int number)
{
    enum call_id id = call_find(abi, number);
    if (id != CALL_none && call_set_has(&spec->refuse, id)) {
        return SECCOMP_RET_ERRNO | ENOSYS;
    }
    if (id != CALL_none && spec->errors && spec->errors->of[abi - abis][id]) {
        return SECCOMP_RET_ERRNO | spec->errors->of[abi - abis][id];
    }
    uint32_t selected = spec->how == FILTER_TRACE ? SECCOMP_RET_TRACE : SECCOMP_RET_USER_NOTIF;
    return selection_has(&spec->notify, abi, id) ? selected : SECCOMP_RET_ALLOW;
}

static void judge(const struct filter_spec *spec, const struct filter *f, uint32_t arch, uint32_t number)
{
    struct seccomp_data data = {.nr = (int)number, .arch = arch};
    const struct abi *abi = abi_find(arch, data.nr);
    uint32_t want = expected(spec, abi, data.nr);
    /* Small ones, as the first argument of i386's socketcall and ipc selects among their calls. */
    unsigned last = arch == AUDIT_ARCH_I386 && (number == 102 || number == 117) ? 32 : 1;
    for (unsigned first = 0; first <= last; first++) {
        for (unsigned i = 0; i < 6; i++) {
            data.args[i] = first;
        }
        uint32_t got = bpf_run(f, &data, RUN_ANY);
        if (got != want) {
            ck_abort_msg("%s %u (argument %u): %#x, not %#x", abi->name, number, first, got, want);
        }
    }
    uint32_t constant = bpf_run(f, &data, RUN_CONSTANT);
    if (constant != want) {
        ck_abort_msg("%s %u: the verdict depends on the arguments", abi->name, number);
    }
}

static void judge_all(const struct filter_spec *spec)
{
    static const uint32_t archs[] = {AUDIT_ARCH_X86_64, AUDIT_ARCH_I386};
    static const uint32_t odd[] = {0xffff, X32_BIT - 1, X32_BIT + 0xffff, 0x7fffffff, 0x80000000, UINT32_MAX};
    struct filter f;
    struct error err = {0};

    ck_assert_msg(filter_build(spec, &f, &err) == 0, "%s", err.message);
    for (unsigned a = 0; a < 2; a++) {
        for (uint32_t number = 0; number < 1024; number++) {
            judge(spec, &f, archs[a], number);
            judge(spec, &f, archs[a], number | X32_BIT);
        }
        for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
            judge(spec, &f, archs[a], odd[i]);
        }
    }
    filter_free(&f);
}

static struct filter_spec spec_of(const char *expression)
{
    struct filter_spec spec = {.refuse = {{0}}};
    struct error err = {0};
    ck_assert_msg(selection_parse(&spec.notify, expression, &err) == 0, "%s", err.message);
    return spec;
}

static const char *const selections[] = {
    "openat",
    "getppid",
    "none",
    "all",
    "!openat",
    "!none",
    "%desc",
    "%file",
    "%memory",
    "%process",
    "%signal",
    "%ipc",
    "%network",
    "%creds",
    "%stat",
    "%lstat",
    "%fstat",
    "%%stat",
    "%statfs",
    "%fstatfs",
    "%%statfs",
    "%pure",
    "%clock",
    "%file,%network,%process,%desc",
    "!%file",
    "/^[a-m]",                        /* about half: either polarity */
    "/.",                             /* every known call and no unknown number */
    "!/^[a-c]",                       /* most, and the unknown numbers */
    "!/.",                            /* unknown numbers alone */
    "waitpid,socketcall,ipc,oldstat", /* i386 alone */
    "connect",                        /* on i386 also a sub-call of socketcall */
    "!connect,shmget",                /* the same in the other polarity */
    "openat@64",
    "openat@32,connect@32,read@x32",
    "!openat@32",
    "getpid@x32,all@32",
    "listxattrat,file_getattr,open_tree_attr,uretprobe", /* newer than libseccomp 2.5 */
    "!file_setattr",
};

START_TEST(verdict_is_the_selection)
{
    struct filter_spec spec = spec_of(selections[_i]);
    judge_all(&spec);
}
END_TEST

START_TEST(traced_calls_are_the_selection)
{
    static const char *const some[] = {"openat", "all", "%file", "!read"};
    struct filter_spec spec = spec_of(some[_i]);
    spec.how = FILTER_TRACE;
    judge_all(&spec);
}
END_TEST

START_TEST(refused_calls_fail_with_enosys)
{
    static const char *const with[] = {"none", "all", "io_uring_setup", "!read"};
    struct filter_spec spec = spec_of(with[_i]);
    call_set_add(&spec.refuse, CALL_io_uring_setup);
    call_set_add(&spec.refuse, CALL_file_getattr);
    judge_all(&spec);
}
END_TEST

/* Which errors a specification has is its own matter: by ABI and call, most or few. */
START_TEST(errors_are_the_kernels)
{
    static const char *const with[] = {"none", "all", "openat", "!read"};
    static struct filter_errors errors;
    struct filter_spec spec = spec_of(with[_i]);
    errors = (struct filter_errors){{{0}}};
    errors.of[ABI_X86_64][CALL_uname] = EIO;
    errors.of[ABI_I386][CALL_connect] = 4000; /* a sub-call of socketcall, which is left alone */
    errors.of[ABI_X32][CALL_file_getattr] = EPERM;
    errors.of[ABI_X86_64][CALL_file_getattr] = EACCES;
    spec.errors = &errors;
    judge_all(&spec);
}
END_TEST

/* The number above all of ours: what a kernel newer than our table answers must be left to it. */
START_TEST(unknown_numbers_are_let_through_unless_selected)
{
    struct filter_spec some = spec_of("openat");
    struct filter_spec all = spec_of("all");
    int beyond = (int)abis[ABI_X86_64].count + 1;
    ck_assert_uint_eq(expected(&some, &abis[ABI_X86_64], beyond), SECCOMP_RET_ALLOW);
    ck_assert_uint_eq(expected(&all, &abis[ABI_X86_64], beyond), SECCOMP_RET_USER_NOTIF);
}
END_TEST

/* In a child: loads the filter, and sees a refused call fail and an unselected one work. */
static int child_status(const struct filter *f)
{
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
            _exit(1);
        }
        int listener = filter_load(f);
        if (listener < 0) {
            _exit(listener == -EBUSY ? 77 : 2);
        }
        if (syscall(SYS_getppid) <= 0) {
            _exit(3);
        }
        if (syscall(SYS_io_uring_setup, 0, NULL) != -1 || errno != ENOSYS) {
            _exit(4);
        }
        if (filter_load(f) != -EBUSY) {
            _exit(5); /* one listener per filter chain */
        }
        close(listener);
        /* Selected, and nobody listens any more (kernel/seccomp.c, seccomp_do_user_notification). */
        if (syscall(SYS_sched_yield) != -1 || errno != ENOSYS) {
            _exit(6);
        }
        _exit(0);
    }
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

START_TEST(kernel_takes_the_program)
{
    struct filter f;
    struct error err = {0};
    struct filter_spec spec = spec_of("sched_yield,listxattrat");
    call_set_add(&spec.refuse, CALL_io_uring_setup);
    ck_assert_int_eq(filter_build(&spec, &f, &err), 0);
    int status = child_status(&f);
    filter_free(&f);
    if (status == 77) {
        fprintf(stderr, "test_filter: already under a listener: the program was not loaded\n");
        return;
    }
    ck_assert_int_eq(status, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("filter");
    TCase *tc = tcase_create("verdicts");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, verdict_is_the_selection, 0, (int)(sizeof(selections) / sizeof(selections[0])));
    tcase_add_loop_test(tc, traced_calls_are_the_selection, 0, 4);
    tcase_add_loop_test(tc, refused_calls_fail_with_enosys, 0, 4);
    tcase_add_loop_test(tc, errors_are_the_kernels, 0, 4);
    tcase_add_test(tc, unknown_numbers_are_let_through_unless_selected);
    suite_add_tcase(suite, tc);
    tc = tcase_create("kernel");
    tcase_add_test(tc, kernel_takes_the_program);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
