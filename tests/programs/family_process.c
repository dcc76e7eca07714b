/* Calls of decode/calls/process.def that make, run, confine and examine processes; family_identity.c and
 * family_sched.c make the others. */
#include "family.h"

#include <asm/ldt.h>
#include <asm/prctl.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/kcmp.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/user.h>

static char page[4096];

static void end_at_once(void)
{
}

static void end_with_3(void)
{
    DO(exit, 3);
}

static void children(void)
{
    int status, tid;
    struct rusage usage;
    siginfo_t info;
    if (DO(vfork) == 0) {
        DO(exit_group, 2);
    }
    DO(wait4, -1, &status, 0, &usage);
    in_child(end_with_3);
    if (DO(clone, SIGCHLD | CLONE_PARENT_SETTID, NULL, &tid) == 0) {
        DO(exit, 4);
    }
    DO(waitid, P_ALL, 0, &info, WEXITED | WNOWAIT, NULL);
    DO(waitid, P_PID, tid, &info, WEXITED, &usage);
    DO(waitid, P_PIDFD, CLOSED, &info, WSTOPPED | WNOHANG, NULL);
    DO(wait4, -1, &status, WNOHANG | __WALL | WUNTRACED, NULL);
    DO(wait4, -1, &status, 0x100, NULL);
    struct clone_args args = {
        .flags = CLONE_FS | CLONE_PIDFD, .pidfd = (uintptr_t)&tid, .exit_signal = SIGCHLD};
    long child = DO(clone3, &args, sizeof args);
    if (child == 0) {
        DO(exit, 5);
    }
    DO(wait4, child, &status, 0, NULL);
    DO(close, tid);
    DO(clone3, &args, 8);
    DO(clone3, WILD, sizeof args);
    DO(clone, CLONE_SIGHAND | CLONE_THREAD, NULL);
    child = DO(fork);
    if (child == 0) {
        DO(kill, DO(getpid), SIGKILL);
    }
    DO(wait4, child, &status, 0, NULL);
    DO(getpid);
    DO(getppid);
    DO(gettid);
    DO(set_tid_address, &tid);
}

static const char *const arguments[] = {"sh", "-c", "exit 3", NULL}, *const environment[] = {"A=b", NULL};

static void execute(void)
{
    DO(execve, "none", arguments, environment);
    DO(execve, "lines", arguments, NULL);
    DO(execve, WILD, WILD, WILD);
    DO(execveat, CLOSED, "sh", arguments, environment, AT_SYMLINK_NOFOLLOW);
    DO(execve, "/bin/true", arguments, environment);
}

static void execute_at(void)
{
    int fd = (int)DO(open, "/bin/true", O_PATH | O_CLOEXEC);
    DO(execveat, fd, "", arguments, NULL, AT_EMPTY_PATH);
}

static void groups_of_processes(void)
{
    DO(getpgrp);
    DO(getpgid, 0);
    DO(getpgid, -5);
    DO(getsid, 0);
    DO(getsid, -5);
    DO(setpgid, 0, 0);
    DO(setpgid, -5, 0);
    DO(setsid);
    DO(setsid);
    DO(setpgid, 0, 0);
    DO(setpriority, PRIO_PROCESS, 0, 5);
    DO(setpriority, 9, 0, 5);
    DO(getpriority, PRIO_PROCESS, 0);
    DO(getpriority, PRIO_USER, -5);
}

static void no_children(void)
{
    DO(setresuid, 1000, 1000, 1000);
    DO(setrlimit, RLIMIT_NPROC, (&(struct rlimit){0, 0}));
    DO(fork);
    if (DO(vfork) == 0) {
        DO(exit, 0);
    }
}

static void limits(void)
{
    struct rlimit limit;
    struct rusage usage;
    DO(getrlimit, RLIMIT_NOFILE, &limit);
    DO(getrlimit, 77, &limit);
    DO(setrlimit, RLIMIT_CORE, (&(struct rlimit){0, RLIM_INFINITY}));
    DO(setrlimit, RLIMIT_STACK, (&(struct rlimit){8388608, 100}));
    DO(prlimit64, 0, RLIMIT_DATA, NULL, &limit);
    DO(prlimit64, 0, RLIMIT_NPROC, (&(struct rlimit){4096, 5000}), &limit);
    DO(prlimit64, -5, RLIMIT_AS, WILD, &limit);
    DO(getrusage, RUSAGE_SELF, &usage);
    DO(getrusage, 9, &usage);
    unsigned cpu, node;
    DO(getcpu, &cpu, &node, NULL);
    DO(getcpu, WILD, NULL, NULL);
}

static void other_processes(void)
{
    static char theirs[8] = "theirs";
    struct {
        const void *base;
        size_t length;
    } here = {page, 6}, there = {theirs, 6}, nowhere = {WILD, 6};
    long self = DO(getpid);
    DO(process_vm_readv, self, &here, 1UL, &there, 1UL, 0UL);
    DO(process_vm_readv, self, &here, 1UL, &nowhere, 1UL, 0UL);
    DO(process_vm_writev, self, &here, 1UL, &there, 1UL, 0UL);
    DO(process_vm_writev, self, &here, 1UL, &there, 1UL, 1UL);
    int pidfd = (int)DO(pidfd_open, self, 0);
    DO(pidfd_open, -1, O_NONBLOCK);
    DO(pidfd_getfd, pidfd, 0, 0);
    DO(pidfd_getfd, pidfd, CLOSED, 1);
    DO(pidfd_send_signal, pidfd, 0, NULL, 0);
    DO(pidfd_send_signal, CLOSED, SIGUSR1, WILD, 1);
    DO(kcmp, self, self, KCMP_FILE, 0UL, 0UL);
    DO(kcmp, self, self, KCMP_VM, 0UL, 0UL);
    DO(kcmp, self, self, KCMP_FILE, 0UL, CLOSED);
    DO(kcmp, self, self, 77, 1UL, 2UL);
    DO(setns, pidfd, CLONE_NEWUTS);
    DO(setns, CLOSED, CLONE_NEWNS | CLONE_NEWTIME);
    DO(unshare, CLONE_FILES | CLONE_FS);
    DO(unshare, CLONE_PARENT);
    DO(close, pidfd);
}

static void traced(void)
{
    struct user_regs_struct regs;
    struct {
        const void *base;
        size_t length;
    } vector = {&regs, sizeof regs};
    int status;
    DO(ptrace, 0x4206, -5, NULL, 1UL);
    DO(ptrace, 77, 0, 5UL, 6UL);
    DO(ptrace, PTRACE_PEEKDATA, -5, page, page);
    DO(ptrace, PTRACE_GETREGSET, -5, 1UL, &vector);
    DO(wait4, -1, &status, WNOHANG, NULL);
}

static void confinement(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 165, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 5), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog filter = {4, code};
    unsigned action = SECCOMP_RET_LOG;
    uint16_t sizes[3];
    DO(prctl, PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL);
    DO(prctl, PR_GET_NO_NEW_PRIVS, 0UL, 0UL, 0UL, 0UL);
    DO(seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action);
    DO(seccomp, SECCOMP_GET_NOTIF_SIZES, 0, sizes);
    DO(seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_LOG, &filter);
    DO(seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC | 0x100, &filter);
    DO(seccomp, 77, 1, WILD);
    DO(prctl, PR_GET_SECCOMP);
    struct landlock_ruleset_attr attr = {.handled_access_fs = LANDLOCK_ACCESS_FS_READ_FILE};
    DO(landlock_create_ruleset, NULL, 0UL, LANDLOCK_CREATE_RULESET_VERSION);
    int rules = (int)DO(landlock_create_ruleset, &attr, sizeof attr, 0);
    struct landlock_path_beneath_attr beneath = {LANDLOCK_ACCESS_FS_READ_FILE, (int)DO(open, ".", O_PATH)};
    DO(landlock_create_ruleset, &attr, 4UL, 2);
    DO(landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
    DO(landlock_add_rule, CLOSED, 77, WILD, 1);
    DO(landlock_restrict_self, rules, 0);
    DO(landlock_restrict_self, CLOSED, 0);
}

static void controls(void)
{
    int value;
    unsigned long word;
    DO(prctl, PR_SET_NAME, "a name");
    DO(prctl, PR_GET_NAME, page);
    DO(prctl, PR_SET_PDEATHSIG, SIGTERM);
    DO(prctl, PR_GET_PDEATHSIG, &value);
    DO(prctl, PR_SET_DUMPABLE, 1UL);
    DO(prctl, PR_GET_DUMPABLE);
    DO(prctl, PR_SET_CHILD_SUBREAPER, 1UL);
    DO(prctl, PR_GET_CHILD_SUBREAPER, &value);
    DO(prctl, PR_SET_KEEPCAPS, 0UL);
    DO(prctl, PR_GET_KEEPCAPS);
    DO(prctl, PR_CAPBSET_READ, CAP_SYS_ADMIN);
    DO(prctl, PR_CAPBSET_DROP, 100UL);
    DO(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0UL, 0UL);
    DO(prctl, PR_GET_SECUREBITS);
    DO(prctl, PR_SET_TIMERSLACK, 50000UL);
    DO(prctl, PR_GET_TIMERSLACK);
    DO(prctl, PR_GET_TSC, &value);
    DO(prctl, PR_GET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, 0UL, 0UL, 0UL);
    DO(prctl, PR_SET_VMA, 0UL, page, 4096UL, "anonymous");
    DO(prctl, PR_SET_MM, PR_SET_MM_BRK, 1UL, 0UL, 0UL);
    DO(prctl, PR_SET_THP_DISABLE, 0UL, 0UL, 0UL, 0UL);
    DO(prctl, PR_GET_THP_DISABLE, 0UL, 0UL, 0UL, 0UL);
    DO(prctl, PR_MCE_KILL_GET, 0UL, 0UL, 0UL, 0UL);
    DO(prctl, 7777, 1UL, 2UL, 3UL, 4UL);
    DO(arch_prctl, ARCH_GET_FS, &word);
    DO(arch_prctl, ARCH_SET_GS, 0UL);
    DO(arch_prctl, ARCH_GET_CPUID, 0UL);
    DO(arch_prctl, 7, 0UL);
    struct user_desc entry = {
        .entry_number = 1, .base_addr = 0x1000, .limit = 0xfffff, .seg_32bit = 1, .useable = 1};
    DO(modify_ldt, 1, &entry, sizeof entry);
    DO(modify_ldt, 0, page, 16UL);
    DO(modify_ldt, 1, &entry, 3UL);
    DO(set_thread_area, &entry);
    DO(get_thread_area, &entry);
    DO(personality, 0xffffffffUL);
    DO(personality, 0x0040000);
    DO(personality, 0x0040000);
}

static void make_calls(void)
{
    children();
    in_child(end_at_once);
    in_child(execute);
    in_child(execute_at);
    in_child(groups_of_processes);
    limits();
    other_processes();
    traced();
    controls();
    in_child(no_children);
    in_child(confinement);
}
