/* The ids of a PID namespace of its own: calls of processes, groups and sessions there. */
#include "family.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <linux/ioprio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>

static void own_ids(void)
{
    long pid = DO(getpid);
    long tid = DO(gettid);
    DO(getppid);
    DO(getpgid, 0);
    long group = DO(getpgrp);
    DO(getsid, pid);
    DO(kill, pid, 0);
    DO(kill, -group, 0);
    DO(kill, -1, 0x7fff);
    DO(kill, 4000, 0); /* is not there */
    DO(tkill, tid, 0);
    DO(tgkill, pid, tid, 0);
    DO(setpgid, pid, group);
    DO(getpriority, PRIO_PROCESS, pid);
    DO(getpriority, PRIO_PGRP, group);
    DO(ioprio_get, IOPRIO_WHO_PROCESS, pid);
    DO(ioprio_get, IOPRIO_WHO_PGRP, group);
    DO(sched_getscheduler, pid);
    DO(pidfd_open, pid, 0);
}

static void owner(void)
{
    int pair[2];
    struct ucred peer;
    int length = sizeof peer;
    struct f_owner_ex of = {.type = F_OWNER_PGRP};
    DO(socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
    DO(getsockopt, pair[0], SOL_SOCKET, SO_PEERCRED, &peer, &length);
    of.pid = (int)DO(getpgrp);
    DO(fcntl, pair[0], F_SETOWN, -of.pid);
    DO(fcntl, pair[0], F_SETOWN_EX, &of);
    DO(fcntl, pair[0], F_GETOWN_EX, &of);
    DO(fcntl, pair[0], F_SETOWN, peer.pid);
    DO(fcntl, pair[0], F_GETOWN);
}

/* Its group and its session are its own. */
static void child(int ready)
{
    DO(setsid);
    own_ids();
    owner();
    DO(write, ready, "", 1);
    DO(futex, &(int){0}, FUTEX_WAIT, 0, NULL); /* until it is killed */
}

/* The first process of the namespace: its group and its session are those of the one outside. */
static void first(void)
{
    int ready[2], status;
    siginfo_t info;
    own_ids();
    DO(pipe, ready);
    long pid = DO(fork);
    if (pid == 0) {
        child(ready[1]);
    }
    DO(read, ready[0], &status, 1);
    DO(getpgid, pid);
    DO(getsid, pid);
    DO(waitid, P_PGID, pid, &info, WNOHANG | WEXITED, NULL);
    DO(kill, pid, SIGKILL);
    DO(wait4, pid, &status, 0, NULL);
    DO(kill, pid, 0);
}

static void make_calls(void)
{
    if (DO(unshare, CLONE_NEWPID) != 0 && DO(unshare, CLONE_NEWPID | CLONE_NEWUSER) != 0) {
        DO(exit_group, 77);
    }
    in_child(first);
}
