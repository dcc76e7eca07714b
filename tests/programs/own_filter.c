/*
 * Installs seccomp filters of its own: one that refuses getppid with EPERM, one that asks for a listener.
 * Prints what came of each.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static long install(unsigned flags, unsigned action)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, action),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

int main(void)
{
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    long ret = install(SECCOMP_FILTER_FLAG_NEW_LISTENER, SECCOMP_RET_USER_NOTIF);
    printf("listener: %s\n", ret < 0 ? strerrorname_np(errno) : "given");
    ret = install(0, SECCOMP_RET_ERRNO | EPERM);
    printf("filter: %s\n", ret < 0 ? strerrorname_np(errno) : "installed");
    ret = syscall(SYS_getppid);
    printf("getppid: %s\n", ret < 0 ? strerrorname_np(errno) : "allowed");
    return 0;
}
