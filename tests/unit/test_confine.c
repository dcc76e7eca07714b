#include "launcher/confine.h"

#include <errno.h>
#include <linux/audit.h>
#include <sys/syscall.h>

#include "tests/unit/bpf_run.h"

static uint32_t answer(const struct filter *filter, uint32_t arch, int number)
{
    struct seccomp_data data = {.nr = number, .arch = arch};
    return bpf_run(filter, &data, RUN_ANY);
}

START_TEST(what_the_agent_does_is_allowed_and_nothing_else)
{
    static const int yes[] = {SYS_ioctl,  SYS_epoll_wait, SYS_process_vm_readv, SYS_write,
                              SYS_openat, SYS_clone,      SYS_exit_group};
    static const int no[] = {SYS_execve,          SYS_execveat,   SYS_setns,  SYS_unshare, SYS_mount,
                             SYS_init_module,     SYS_setuid,     SYS_chroot, SYS_chmod,   SYS_keyctl,
                             SYS_perf_event_open, SYS_kexec_load, 9999};
    struct filter filter;
    struct error err = {0};
    ck_assert_msg(confine_build(&filter, &err) == 0, "%s", err.message);
    for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
        ck_assert_msg(answer(&filter, AUDIT_ARCH_X86_64, yes[i]) == SECCOMP_RET_ALLOW, "call %d", yes[i]);
    }
    for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++) {
        ck_assert_msg(answer(&filter, AUDIT_ARCH_X86_64, no[i]) == (SECCOMP_RET_ERRNO | EPERM), "call %d",
                      no[i]);
    }
    ck_assert_uint_ne(answer(&filter, AUDIT_ARCH_I386, 3), SECCOMP_RET_ALLOW);
    filter_free(&filter);
    ck_assert_uint_gt(confine_count(), 100);
}
END_TEST

/* The hot calls cost a bit of the kernel's bitmap: no argument is looked at. */
START_TEST(it_allows_by_constants)
{
    struct filter filter;
    struct seccomp_data data = {.nr = SYS_ioctl, .arch = AUDIT_ARCH_X86_64};
    ck_assert_int_eq(confine_build(&filter, NULL), 0);
    ck_assert_uint_eq(bpf_run(&filter, &data, RUN_CONSTANT), SECCOMP_RET_ALLOW);
    filter_free(&filter);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("confine");
    TCase *tests = tcase_create("confine");
    tcase_add_test(tests, what_the_agent_does_is_allowed_and_nothing_else);
    tcase_add_test(tests, it_allows_by_constants);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
