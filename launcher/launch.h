/*
 * Starting a program under a filter.
 *
 * The child shares our descriptor table (CLONE_FILES) until its execve, so the listener that seccomp(2) gives
 * it is ours too: nothing has to be sent, and every call the child could use for sending may itself be
 * selected. It tells us the number through shared memory. execve gives the child a table of its own
 * (fs/exec.c, begin_new_exec -> unshare_files) and closes all of ours in it, since every descriptor is
 * close-on-exec.
 *
 * A filter that traces has no listener: the child waits, before it installs it, until its tracer has
 * attached.
 */
#ifndef PROCTOR_LAUNCHER_LAUNCH_H
#define PROCTOR_LAUNCHER_LAUNCH_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "decode/base/error.h"
#include "launcher/filter.h"

struct identity {
    bool set; /* -u was given */
    uid_t uid;
    gid_t gid;
    gid_t groups[64];
    size_t group_count;
};

struct launch_options {
    const char *path;         /* the file to execute, resolved along PATH */
    char *const *argv;        /* NULL-terminated */
    char *const *environment; /* NULL-terminated */
    const char *chdir;        /* or NULL */
    struct identity user;
    uint64_t drop_caps;   /* bit n: capability n is dropped from every set */
    sigset_t signal_mask; /* what the child starts with */
};

struct launch_filters {
    const struct filter *selected; /* sends us calls */
    const struct filter *policy;   /* answers by itself; NULL: there is none */
};

struct launch_report; /* shared with the child, and with whoever forked from us since launch_prepare */

struct launched {
    pid_t pid;
    int listener;              /* owned; -1 where the filter traces */
    bool no_new_privs;         /* it had to be set */
    struct rlimit descriptors; /* the program's RLIMIT_NOFILE; ours may be another */
    struct launch_report *report;
};

/* Makes what the child reports by, and keeps which limit of descriptors it is to have. Returns 0 or a
 * negative errno with err filled; launch_free is due in both cases. */
int launch_prepare(struct launched *launched, const struct rlimit *descriptors, struct error *err);

/*
 * Whether a process that is no ancestor of the child may read its memory: not under Yama's scope 1, without
 * CAP_SYS_PTRACE (Documentation/admin-guide/LSM/Yama.rst).
 */
bool launch_siblings_may_read(void);

/*
 * Starts the child and returns when its filter is installed: its next call is execve (or what -u, --chdir
 * need before it), and waits for the caller to serve the listener. Returns 0, or a negative errno with err
 * filled and no child left: -EBUSY where the process already has a listener.
 *
 * The policy's filter is installed last, after what -u, --drop-caps and --chdir need, so that it need not
 * allow that: but before it where afterwards the child might not install any, as it has neither CAP_SYS_ADMIN
 * nor no_new_privs then.
 *
 * Where the filter traces, it returns while the child waits for launch_release.
 *
 * sibling: it is our parent's child, not ours. pid: the kernel stores the child's id there when it makes it,
 * so that it is known whatever becomes of us.
 */
int launch(const struct launch_options *options, bool sibling, const struct launch_filters *filters,
           struct launched *launched, _Atomic pid_t *pid, struct error *err);

/*
 * The same in another process, after the one that called launch() has died: waits for child `pid` to have its
 * filter installed. -ESRCH: it is gone.
 */
int launch_resume(struct launched *launched, pid_t pid, struct error *err);

/* Lets a child whose filter traces go on: its tracer is there. */
void launch_release(const struct launched *launched);

/*
 * Why the child could not execute its program: 0 if it did (or has not failed yet), else a positive errno,
 * and *step names what failed ("execve", "chdir", ...).
 */
int launch_failure(const struct launched *launched, const char **step);

/* Releases what launch() made; the child is the caller's to reap. */
void launch_free(struct launched *launched);

/* Reads -u's argument (a name or a number) into an identity. Returns 0 or -ENOENT with err filled. */
int identity_lookup(const char *name, struct identity *identity, struct error *err);

/*
 * Reads "all" or "cap_net_raw,cap_sys_admin" (the cap_ is optional) into a bit mask. Returns 0, or -EINVAL
 * with err naming the unknown capability.
 */
int capabilities_parse(const char *list, uint64_t *mask, struct error *err);

/*
 * The file that execvp would run for `command`: as it is if it holds a slash, else along PATH of
 * `environment`. Returns 0 and the path (to be freed), or -ENOENT / -EACCES with err filled.
 */
int find_program(const char *command, char *const *environment, char **path, struct error *err);

/*
 * An environment with changes applied in order: "VAR=VALUE" sets, "VAR" removes (-E). Returns a
 * NULL-terminated array to be freed, whose strings are those of the arguments, or NULL when memory ran out.
 */
char **environment_change(char *const *environment, char *const *changes, size_t change_count);

#endif
