#include "launcher/confine.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>

#include "decode/base/cleanup.h"
#include "launcher/filter_scmp.h"

/* By what they are for. A name that this libseccomp does not know is left out: the call is then denied. */
static const char *const allowed[] = {
    /* memory */
    "brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "memfd_create", "ftruncate",
    /* descriptors and files: outputs, /proc of the targets, rules that are read again */
    "read", "readv", "pread64", "write", "writev", "pwrite64", "close", "close_range", "dup", "dup2", "dup3",
    "fcntl", "lseek", "open", "openat", "openat2", "access", "faccessat", "faccessat2", "stat", "fstat",
    "lstat", "newfstatat", "statx", "fstatfs", "statfs", "readlink", "readlinkat", "getdents64", "getcwd",
    "unlink", "unlinkat", "umask", "pipe2", "ioctl", "fadvise64", "getxattr",
    /* waiting */
    "poll", "ppoll", "select", "pselect6", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait",
    "eventfd2", "timerfd_create", "timerfd_settime", "signalfd4", "futex", "nanosleep", "clock_nanosleep",
    "restart_syscall", "sched_yield",
    /* sockets: runtimes, the service manager, the system's log, metrics */
    "socket", "socketpair", "bind", "listen", "accept4", "connect", "shutdown", "sendto", "sendmsg",
    "recvfrom", "recvmsg", "getsockopt", "setsockopt", "getsockname", "getpeername",
    /* targets */
    "process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "kill",
    "tkill", "tgkill", "waitid", "wait4", "bpf",
    /* ourselves: threads, a worker in place of a dead one, signals, capabilities that are given up */
    "clone", "clone3", "exit", "exit_group", "set_tid_address", "set_robust_list", "rseq", "gettid", "getpid",
    "getppid", "getpgrp", "getuid", "geteuid", "getgid", "getegid", "rt_sigaction", "rt_sigprocmask",
    "rt_sigreturn", "rt_sigtimedwait", "sigaltstack", "prctl", "prlimit64", "getrlimit", "setrlimit",
    "capget", "capset", "sched_getaffinity", "sched_setaffinity", "arch_prctl",
    /* time and the machine */
    "clock_gettime", "clock_getres", "gettimeofday", "time", "uname", "sysinfo", "getrandom", "getcpu",
#ifdef __SANITIZE_ADDRESS__
    "ptrace", "getdents", /* LeakSanitizer stops our threads, which it lists, to look for pointers */
#endif
};

static int allow_all(scmp_filter_ctx context, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(allowed); i++) {
        int number = seccomp_syscall_resolve_name(allowed[i]);
        int ret = number == __NR_SCMP_ERROR ? 0 : seccomp_rule_add(context, SCMP_ACT_ALLOW, number, 0);
        if (ret < 0) {
            return error_errno(err, -ret, "can't allow %s in our own filter", allowed[i]);
        }
    }
    return 0;
}

/* Namespaces are not changed; a worker that ends takes a table of descriptors of its own. */
static int allow_own_table(scmp_filter_ctx context, struct error *err)
{
    int ret =
        seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(unshare), 1, SCMP_A0(SCMP_CMP_EQ, CLONE_FILES, 0));
    return ret < 0 ? error_errno(err, -ret, "can't allow unshare in our own filter") : 0;
}

/* Sizes are asked for with each listener; filters are not made. */
static int allow_sizes(scmp_filter_ctx context, struct error *err)
{
    int ret = seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(seccomp), 1,
                               SCMP_A0(SCMP_CMP_EQ, SECCOMP_GET_NOTIF_SIZES, 0));
    return ret < 0 ? error_errno(err, -ret, "can't allow seccomp in our own filter") : 0;
}

int confine_build(struct filter *filter, struct error *err)
{
    const struct code none = {.length = 0};
    __attribute__((cleanup(scmp_cleanup))) scmp_filter_ctx context = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    *filter = (struct filter){.how = FILTER_ALONE};
    if (!context) {
        return error_set(err, ENOMEM, "out of memory for our own filter");
    }
    int ret = allow_all(context, err);
    ret = ret < 0 ? ret : allow_sizes(context, err);
    ret = ret < 0 ? ret : allow_own_table(context, err);
    return ret < 0 ? ret : scmp_export(context, &none, filter, err);
}

int confine(struct error *err)
{
    struct filter filter;
    int ret = confine_build(&filter, err);
    if (ret < 0) {
        return ret;
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
        ret = error_errno(err, errno, "can't set no_new_privs");
    } else {
        ret = filter_load(&filter);
        ret = ret < 0 ? error_errno(err, -ret, "can't load our own filter") : 0;
    }
    filter_free(&filter);
    return ret;
}

unsigned confine_count(void)
{
    unsigned n = 2; /* seccomp and unshare, in part */
    for (size_t i = 0; i < ARRAY_SIZE(allowed); i++) {
        n += seccomp_syscall_resolve_name(allowed[i]) != __NR_SCMP_ERROR;
    }
    return n;
}
