#include "launcher/features.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "launcher/confine.h"
#include "launcher/filter.h"
#include "launcher/privileges.h"
#include "launcher/uapi.h"

/* A child under a filter that notifies getppid, with its one call waiting. */
struct probe {
    pid_t pid;
    int listener;
    struct seccomp_notif request;
    struct seccomp_notif_resp response;
    char word[8]; /* what the child has at the same address as we have */
};

struct report {
    struct buf *out;
    int needed; /* the first failure of something that tracing needs: negative errno */
};

static void say(struct report *report, const char *name, int error, const char *without)
{
    buf_str(report->out, name);
    if (error == 0) {
        buf_str(report->out, ": yes\n");
        return;
    }
    buf_str(report->out, ": no (");
    buf_str(report->out, strerror(error));
    buf_str(report->out, without ? "; " : "");
    buf_str(report->out, without ? without : "");
    buf_str(report->out, ")\n");
}

static void say_needed(struct report *report, const char *name, int error)
{
    say(report, name, error, "proctor needs this");
    report->needed = report->needed ? report->needed : -error;
}

static int flag_error(unsigned long flags)
{
    /* A filter of NULL: EFAULT tells that the flags were accepted (seccomp(2)), EINVAL that they were not. */
    long ret = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, NULL);
    return ret < 0 && errno != EFAULT ? errno : 0;
}

static _Noreturn void probe_child(const struct filter *filter, _Atomic int *listener)
{
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    atomic_store(listener, filter_load(filter));
    _exit(syscall(SYS_getppid) > 0 ? 0 : 1);
}

/* Starts the child and gets its listener as launch() does. Returns 0 or a positive errno. */
static int probe_start(struct probe *probe)
{
    struct filter_spec spec = {.notify = {.unknown = false}};
    struct filter filter;
    for (unsigned a = 0; a < ABI_COUNT; a++) {
        call_set_add(&spec.notify.calls[a], CALL_getppid);
    }
    int ret = filter_build(&spec, &filter, NULL);
    if (ret < 0) {
        return -ret;
    }
    _Atomic int *shared =
        mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        filter_free(&filter);
        return ENOMEM;
    }
    atomic_store(shared, 0);
    probe->pid = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
    if (probe->pid == 0) {
        probe_child(&filter, shared);
    }
    while (probe->pid > 0 && atomic_load(shared) == 0) {
        usleep(50);
    }
    probe->listener = probe->pid > 0 ? atomic_load(shared) : -EAGAIN;
    munmap((void *)shared, sizeof(*shared));
    filter_free(&filter);
    return probe->listener < 0 ? -probe->listener : 0;
}

static int try_receive(struct probe *probe)
{
    struct pollfd p = {.fd = probe->listener, .events = POLLIN};
    if (poll(&p, 1, 1000) != 1) {
        return ETIMEDOUT;
    }
    return ioctl(probe->listener, SECCOMP_IOCTL_NOTIF_RECV, &probe->request) < 0 ? errno : 0;
}

static int try_memory(struct probe *probe)
{
    char word[sizeof(probe->word)];
    struct iovec local = {word, sizeof(word)};
    struct iovec remote = {probe->word, sizeof(word)};
    return process_vm_readv(probe->pid, &local, 1, &remote, 1, 0) < 0 ? errno : 0;
}

static int try_continue(struct probe *probe)
{
    probe->response.id = probe->request.id;
    probe->response.flags = (uint32_t)SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    return ioctl(probe->listener, SECCOMP_IOCTL_NOTIF_SEND, &probe->response) < 0 ? errno : 0;
}

static int try_sync_wake_up(const struct probe *probe)
{
    return ioctl(probe->listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP) < 0
               ? errno
               : 0;
}

/* A wrong id tells whether the kernel knows the command: ENOENT if so (kernel/seccomp.c,
 * seccomp_notify_addfd). */
static int try_addfd(const struct probe *probe)
{
    struct seccomp_notif_addfd add = {
        .id = probe->request.id + 1, .flags = SECCOMP_ADDFD_FLAG_SEND, .srcfd = STDIN_FILENO};
    int ret = ioctl(probe->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
    return ret < 0 && errno != ENOENT ? errno : 0;
}

static int try_getfd(const struct probe *probe)
{
    cleanup_close int pidfd = (int)syscall(SYS_pidfd_open, probe->pid, 0);
    cleanup_close int fd = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, STDERR_FILENO, 0);
    return fd < 0 ? errno : 0;
}

/* The child has ended but was not waited for: its exit is there to be asked for. */
static int try_exit_info(const struct probe *probe)
{
    siginfo_t info;
    struct pidfd_info exit_info = {.mask = PIDFD_INFO_EXIT};
    cleanup_close int pidfd = (int)syscall(SYS_pidfd_open, probe->pid, 0);
    (void)waitid(P_PID, (id_t)probe->pid, &info, WEXITED);
    if (pidfd < 0 || ioctl(pidfd, PIDFD_GET_INFO, &exit_info) < 0) {
        return errno;
    }
    return exit_info.mask & PIDFD_INFO_EXIT ? 0 : ENODATA;
}

static void probe_all(struct report *report)
{
    struct probe probe = {.pid = -1, .listener = -1};
    int error = probe_start(&probe);
    say_needed(report, "listener (SECCOMP_RET_USER_NOTIF, Linux 5.0)", error);
    if (error == 0) {
        say(report, "quick wake-up (SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP, Linux 6.6)", try_sync_wake_up(&probe),
            "calls take several times longer");
        say_needed(report, "receive (SECCOMP_IOCTL_NOTIF_RECV)", try_receive(&probe));
        say(report, "read memory (process_vm_readv)", try_memory(&probe), "strings are shown as addresses");
        say(report, "descriptors of the program (pidfd_getfd)", try_getfd(&probe),
            "-yy knows less of sockets");
        say(report, "descriptor injection (SECCOMP_ADDFD_FLAG_SEND, Linux 5.14)", try_addfd(&probe),
            "calls can't be carried out on behalf of the program");
        say_needed(report, "continue (SECCOMP_USER_NOTIF_FLAG_CONTINUE, Linux 5.5)", try_continue(&probe));
        say(report, "exit status of any process (PIDFD_INFO_EXIT, Linux 6.15)", try_exit_info(&probe),
            "some ends are shown without their status");
        close(probe.listener);
    }
    if (probe.pid > 0) {
        (void)kill(probe.pid, SIGKILL);
        (void)waitpid(probe.pid, NULL, 0);
    }
}

static void say_capability(struct report *report, cap_value_t cap, const char *name, const char *without)
{
    cap_flag_value_t value = CAP_CLEAR;
    cap_t caps = cap_get_proc();
    if (caps) {
        (void)cap_get_flag(caps, cap, CAP_EFFECTIVE, &value);
        cap_free(caps);
    }
    say(report, name, value == CAP_SET ? 0 : EPERM, without);
}

/* What an agent has once it serves. */
static void say_agent(struct buf *out)
{
    buf_str(out, "the agent keeps these capabilities:");
    for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
        if (privileges_of_agent() >> cap & 1) {
            char *name = cap_to_name(cap);
            buf_printf(out, " %s", name ? name : "?");
            cap_free(name);
        }
    }
    buf_printf(out, "\nthe agent keeps, by a filter of its own: %u system calls\n", confine_count());
}

int features_describe(struct buf *out)
{
    struct report report = {.out = out};
    say(&report, "undisturbed notifications (WAIT_KILLABLE_RECV, Linux 5.19)",
        flag_error(SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV),
        "signals may interrupt calls and send them again");
    probe_all(&report);
    say_capability(&report, CAP_SYS_ADMIN, "trace without no_new_privs (CAP_SYS_ADMIN)",
                   "set-user-ID programs lose their privilege");
    say_capability(&report, CAP_SYS_PTRACE, "trace other users' programs (CAP_SYS_PTRACE)",
                   "only programs of the same user can be read");
    say_agent(out);
    return report.needed;
}
