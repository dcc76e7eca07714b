/*
 * An executor: a process that is, to the kernel, who a caller is, and carries out calls in its place. It
 * serves one identity for its whole life; what differs from call to call (working directory, descriptors,
 * umask) comes with the request. Several callers of one identity share it, one call at a time.
 *
 * It is a process rather than a thread since only a process of one thread can enter a user namespace, and
 * since nobody may be able to reach the supervisor through it: the caller, having the same user id, may send
 * it signals, but as it is not dumpable can neither trace it nor read its memory (ptrace(2)).
 */
#ifndef PROCTOR_SUPERVISOR_EXECUTOR_H
#define PROCTOR_SUPERVISOR_EXECUTOR_H

#include <signal.h>

#include "supervisor/behalf_wire.h"
#include "supervisor/walk.h"

enum { EXECUTOR_INTERRUPT = SIGUSR1 }; /* makes the call it is in return EINTR */

/* What every executor inherits. */
struct executor_world {
    int proc; /* /proc as the supervisor sees it, O_PATH */
    bool protected_symlinks;
};

/* Serves requests until the socket ends. Takes the descriptors over. */
_Noreturn void executor_run(const struct executor_world *world, const struct wire_spawn *spawn, int socket,
                            int root);

/*
 * Makes the calling process who `identity` says, in the namespaces of task `tid` and with `root` (O_PATH).
 * Returns 0 or a negative errno: -EPERM it takes privileges that we lack.
 */
int executor_assume(const struct executor_world *world, const struct task_identity *identity, pid_t tid,
                    int root);

/* A request while it is carried out. */
struct execution {
    const struct wire_request *request;
    struct walk walk;
    int socket;
    int fds[WIRE_FDS_MAX];
    unsigned fd_count;
    const char *text[2]; /* as the request has them; NULL: none */
    const char *judged[2];
    char *data;
    struct spot spot[2];
    int made; /* a descriptor that the call made; -1: none */
};

/*
 * Asks whether the call may happen to what the places are, unless that is what was judged. The answer no is
 * -ECANCELED: the supervisor knows what the caller gets.
 */
int execution_ask(struct execution *e);

/* Asks whether the caller's control groups, which may keep devices from it, are ours, too. */
bool execution_may_use_devices(struct execution *e);

/* Where the execution's path n starts. */
int execution_base(const struct execution *e, unsigned n);

/* Carries the call out. Its result, or a negative errno. */
int64_t execute(struct execution *e);
int64_t execute_open(struct execution *e);    /* executor_open.c */
int64_t execute_connect(struct execution *e); /* executor_socket.c */
int64_t execute_bind(struct execution *e);
int64_t execute_send(struct execution *e);

#endif
