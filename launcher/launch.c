#include "launcher/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "launcher/limits.h"
#include "launcher/uapi.h"

enum step {
    STEP_FILTER = 1,
    STEP_NO_NEW_PRIVS,
    STEP_POLICY,
    STEP_IDENTITY,
    STEP_CAPABILITIES,
    STEP_CHDIR,
    STEP_EXEC
};

static const char *const step_names[] = {
    [STEP_FILTER] = "seccomp",
    [STEP_NO_NEW_PRIVS] = "prctl(PR_SET_NO_NEW_PRIVS)",
    [STEP_POLICY] = "seccomp of the profile",
    [STEP_IDENTITY] = "set user",
    [STEP_CAPABILITIES] = "drop capabilities",
    [STEP_CHDIR] = "chdir",
    [STEP_EXEC] = "execve",
};

/* Written by the child with plain stores: after its filter is installed any call may wait for us. */
struct launch_report {
    _Atomic int listener;      /* -1 until known; see the names below */
    _Atomic uint32_t released; /* a futex: the tracer is there */
    _Atomic int step;          /* enum step that failed, 0: none */
    _Atomic int error;         /* positive errno */
    _Atomic int no_new_privs;
    _Atomic uint32_t limited; /* a futex: it has its own limit of descriptors, and may change it */
};

enum {
    LISTENER_PENDING = -1,
    LISTENER_FAILED = -2,
    LISTENER_NONE = -3, /* the filter traces; the child waits for its tracer */
};

static void fail(struct launch_report *report, enum step step, int error)
{
    atomic_store(&report->error, error);
    atomic_store(&report->step, step);
}

static int take_identity(const struct identity *user)
{
    if (!user->set) {
        return 0;
    }
    /* Raw calls: the C library would synchronise threads that this copy of the process does not have. */
    if (syscall(SYS_setgroups, user->group_count, user->groups) < 0 ||
        syscall(SYS_setresgid, user->gid, user->gid, user->gid) < 0 ||
        syscall(SYS_setresuid, user->uid, user->uid, user->uid) < 0) {
        return -errno;
    }
    return 0;
}

static int drop_capabilities(uint64_t mask)
{
    if (!mask) {
        return 0;
    }
    cap_t caps = cap_get_proc();
    int ret = caps ? 0 : -errno;
    for (cap_value_t cap = 0; ret == 0 && cap < cap_max_bits(); cap++) {
        if (!(mask >> cap & 1)) {
            continue;
        }
        /* Leaving the bounding set needs CAP_SETPCAP; without it no capability can come back by exec either,
         * as no_new_privs was needed. */
        (void)cap_drop_bound(cap);
        (void)cap_set_ambient(cap, CAP_CLEAR);
        for (cap_flag_t set = CAP_EFFECTIVE; set <= CAP_INHERITABLE && ret == 0; set++) {
            ret = cap_set_flag(caps, set, 1, &cap, CAP_CLEAR) < 0 ? -errno : 0;
        }
    }
    if (ret == 0 && cap_set_proc(caps) < 0) {
        ret = -errno;
    }
    cap_free(caps);
    return ret;
}

static bool has_capability(cap_value_t cap)
{
    cap_flag_value_t value = CAP_CLEAR;
    cap_t caps = cap_get_proc();
    if (caps) {
        (void)cap_get_flag(caps, cap, CAP_EFFECTIVE, &value);
        cap_free(caps);
    }
    return value == CAP_SET;
}

/*
 * Until the supervisor has set it. Where the filter is installed and selects these calls, they wait for the
 * supervisor themselves, which serves them when it has set it.
 */
static void await(_Atomic uint32_t *word)
{
    const struct timespec second = {.tv_sec = 1};
    pid_t parent = getppid();
    while (atomic_load(word) == 0) {
        (void)syscall(SYS_futex, word, FUTEX_WAIT, 0, &second, NULL, 0);
        if (getppid() != parent) {
            _exit(127); /* the supervisor died: nobody would ever set it */
        }
    }
}

static void set(_Atomic uint32_t *word)
{
    atomic_store(word, 1);
    (void)syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* Installs the filter; no_new_privs only where the kernel would refuse the filter without it. */
static bool install(const struct filter *filter, struct launch_report *report)
{
    if (!has_capability(CAP_SYS_ADMIN)) {
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
            fail(report, STEP_NO_NEW_PRIVS, errno);
            return false;
        }
        atomic_store(&report->no_new_privs, 1);
    }
    if (filter->how == FILTER_TRACE) {
        atomic_store(&report->listener, LISTENER_NONE);
        await(&report->released);
    }
    int listener = filter_load(filter);
    if (listener < 0) {
        fail(report, STEP_FILTER, -listener);
        return false;
    }
    if (filter->how == FILTER_NOTIFY) {
        atomic_store(&report->listener, listener);
    }
    return true;
}

/* From here on every call may be selected; each is served by the parent like any other. */
static enum step become(const struct launch_options *options, const struct filter *policy, bool early,
                        int *ret)
{
    *ret = early ? filter_load(policy) : 0;
    if (*ret < 0) {
        return STEP_POLICY;
    }
    *ret = take_identity(&options->user);
    if (*ret < 0) {
        return STEP_IDENTITY;
    }
    *ret = drop_capabilities(options->drop_caps);
    if (*ret < 0) {
        return STEP_CAPABILITIES;
    }
    if (options->chdir && chdir(options->chdir) < 0) {
        *ret = -errno;
        return STEP_CHDIR;
    }
    *ret = policy && !early ? filter_load(policy) : 0;
    if (*ret < 0) {
        return STEP_POLICY;
    }
    execve(options->path, options->argv, options->environment);
    *ret = -errno;
    return STEP_EXEC;
}

static _Noreturn void child(const struct launch_options *options, const struct launch_filters *filters,
                            struct launch_report *report)
{
    sigprocmask(SIG_SETMASK, &options->signal_mask, NULL);
    if (install(filters->selected, report)) {
        if (options->user.set) { /* whose limit we may not be allowed to set */
            await(&report->limited);
        }
        int ret = 0;
        bool loses = (options->user.set || options->drop_caps) && !atomic_load(&report->no_new_privs);
        enum step step = become(options, filters->policy, filters->policy && loses, &ret);
        fail(report, step, -ret);
    } else {
        atomic_store(&report->listener, LISTENER_FAILED);
    }
    _exit(127);
}

/* Dead, whoever its parent is. */
static bool is_dead(pid_t pid)
{
    char path[32];
    char stat[512];
    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return errno == ENOENT; /* else we have no descriptor left, and have to wait */
    }
    ssize_t n = read(fd, stat, sizeof(stat) - 1);
    stat[n > 0 ? n : 0] = 0;
    const char *state = strrchr(stat, ')'); /* then: space, state (proc(5)) */
    return !state || strncmp(state, ") Z", 3) == 0 || strncmp(state, ") X", 3) == 0;
}

/*
 * Waits for the child's word. It can't wake us (its futex call might be selected), so we look at short
 * intervals; it takes some 100 us to get there.
 */
static int await_listener(struct launch_report *report, pid_t pid)
{
    struct timespec pause = {.tv_nsec = 50000};
    int listener;
    while ((listener = atomic_load(&report->listener)) == LISTENER_PENDING) {
        if (is_dead(pid)) {
            return atomic_load(&report->listener);
        }
        nanosleep(&pause, NULL);
    }
    return listener;
}

static int explain_failure(const struct launched *launched, struct error *err)
{
    const char *step = "start";
    int code = launch_failure(launched, &step);
    code = code ? code : ESRCH;
    error_errno(err, code, "can't trace the program: %s", step);
    if (code == EBUSY) {
        error_hint(
            err, "this process is already supervised: another seccomp listener is installed, and the kernel "
                 "allows one per process tree");
    } else if (code == EINVAL || code == ENOSYS) {
        error_hint(err, "this kernel lacks seccomp user notification (Linux 5.0); see proctor --features");
    } else if (code == EACCES || code == EPERM) {
        error_hint(err, "a seccomp profile around proctor may forbid seccomp(2)");
    }
    return -code;
}

int launch_prepare(struct launched *launched, const struct rlimit *descriptors, struct error *err)
{
    void *shared =
        mmap(NULL, sizeof(struct launch_report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *launched = (struct launched){.pid = -1, .listener = -1, .descriptors = *descriptors};
    if (shared == MAP_FAILED) {
        return error_errno(err, errno, "can't share memory with the child");
    }
    launched->report = shared;
    atomic_store(&launched->report->listener, LISTENER_PENDING);
    return 0;
}

bool launch_siblings_may_read(void)
{
    char scope = '0';
    cleanup_close int fd = open("/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC);
    return fd < 0 || read(fd, &scope, 1) != 1 || scope == '0' || has_capability(CAP_SYS_PTRACE);
}

int launch(const struct launch_options *options, bool sibling, const struct launch_filters *filters,
           struct launched *launched, _Atomic pid_t *pid, struct error *err)
{
    unsigned long flags = CLONE_FILES | CLONE_PARENT_SETTID | (sibling ? CLONE_PARENT : 0) | SIGCHLD;
    long made = syscall(SYS_clone, flags, NULL, pid, NULL, NULL);
    if (made < 0) {
        return error_errno(err, errno, "can't start a process");
    }
    if (made == 0) {
        child(options, filters, launched->report);
    }
    return launch_resume(launched, (pid_t)made, err);
}

/*
 * By us, as the child's own call might be selected, refused or denied. It waits for us, at its execve if not
 * before. Not before its filter is installed: where all descriptors that it may have are taken by us, it
 * would get no listener.
 */
static int limit_child(const struct launched *launched, pid_t pid, struct error *err)
{
    if (atomic_load(&launched->report->limited)) {
        return 0;
    }
    if (!limits_give_back(pid, &launched->descriptors)) {
        int code = errno;
        (void)kill(pid, SIGKILL);
        return error_errno(err, code, "can't set the program's limit of descriptors");
    }
    set(&launched->report->limited);
    return 0;
}

int launch_resume(struct launched *launched, pid_t pid, struct error *err)
{
    int listener = await_listener(launched->report, pid);
    if (listener < 0 && listener != LISTENER_NONE) {
        return explain_failure(launched, err);
    }
    int ret = limit_child(launched, pid, err);
    if (ret < 0) {
        return ret;
    }
    launched->pid = pid;
    launched->listener = listener >= 0 ? listener : -1;
    launched->no_new_privs = atomic_load(&launched->report->no_new_privs);
    return 0;
}

void launch_release(const struct launched *launched)
{
    set(&launched->report->released);
}

int launch_failure(const struct launched *launched, const char **step)
{
    int failed = atomic_load(&launched->report->step);
    if (failed) {
        *step = step_names[failed];
    }
    return failed ? atomic_load(&launched->report->error) : 0;
}

void launch_free(struct launched *launched)
{
    if (launched->report) {
        munmap(launched->report, sizeof(*launched->report));
        launched->report = NULL;
    }
    if (launched->listener >= 0) {
        close(take_fd(&launched->listener));
    }
}
