#include "supervisor/ptrace_stop.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

/* PTRACE_O_TRACESYSGOOD marks the stops at system calls by this bit. */
enum { SYSTEM_CALL = 0x80 };

/* A group stop names the signal that stopped the process; every other one of its kind names SIGTRAP. */
static enum ptrace_stop stop_event(int signal)
{
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU ? STOP_GROUP
                                                                                            : STOP_TRAP;
}

enum ptrace_stop ptrace_stop_of(int status)
{
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
        return STOP_ENDED;
    }
    if (!WIFSTOPPED(status)) {
        return STOP_UNKNOWN;
    }
    switch (status >> 16) {
    case 0:
        return WSTOPSIG(status) == (SIGTRAP | SYSTEM_CALL) ? STOP_RETURN : STOP_SIGNAL;
    case PTRACE_EVENT_SECCOMP:
        return STOP_CALL;
    case PTRACE_EVENT_EXEC:
        return STOP_EXEC;
    case PTRACE_EVENT_STOP:
        return stop_event(ptrace_stop_signal(status));
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE:
        return STOP_CHILD;
    default:
        return STOP_UNKNOWN;
    }
}

int ptrace_stop_signal(int status)
{
    return WSTOPSIG(status) & 0x7f;
}
