/* What a wait status of a tracee means (ptrace(2)). Pure. */
#ifndef PROCTOR_SUPERVISOR_PTRACE_STOP_H
#define PROCTOR_SUPERVISOR_PTRACE_STOP_H

enum ptrace_stop {
    STOP_CALL,    /* the filter stopped it before a call */
    STOP_RETURN,  /* a call returned */
    STOP_SIGNAL,  /* a signal is about to be delivered */
    STOP_GROUP,   /* it is stopped by a signal, with its process: job control */
    STOP_TRAP,    /* it is new, or its process goes on after such a stop */
    STOP_EXEC,    /* its execve has succeeded and not returned */
    STOP_CHILD,   /* its fork, vfork or clone has made a task, and not returned */
    STOP_ENDED,   /* it exited or was killed, and is reaped */
    STOP_UNKNOWN, /* no stop that we ask for */
};

/* status: as waitpid(2) gives it, for a tracee seized with PTRACE_O_TRACESYSGOOD. */
enum ptrace_stop ptrace_stop_of(int status);

/* The signal of a STOP_SIGNAL or a STOP_GROUP. */
int ptrace_stop_signal(int status);

#endif
