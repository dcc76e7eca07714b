/*
 * Who a task is to the kernel when it names a file or uses a socket: its ids, capabilities, namespaces and
 * root. Two tasks of one identity can be stood in for by the same executor (supervisor/executor.h).
 */
#ifndef PROCTOR_SUPERVISOR_IDENTITY_H
#define PROCTOR_SUPERVISOR_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { IDENTITY_GROUPS_MAX = 256, PID_LEVELS_MAX = 33 /* MAX_PID_NS_LEVEL, and the first */ };

/*
 * The namespaces that naming a file can depend on: what /proc/sys/net and /proc/sysvipc hold is settled when
 * they are opened. (What /proc/sys/kernel/hostname holds is not: it is the reader's.)
 */
enum namespace { NS_MNT, NS_NET, NS_IPC, NS_USER, NS_COUNT };

/* No padding: compared by memcmp. Ids are those of our own user namespace. */
struct task_identity {
    uint32_t uid[4]; /* real, effective, saved, of the file system */
    uint32_t gid[4];
    uint64_t inheritable;
    uint64_t permitted;
    uint64_t effective;
    uint64_t namespaces[NS_COUNT]; /* inode numbers */
    uint64_t root_device;
    uint64_t root_inode;
    uint64_t root_mount;
    uint32_t group_count;
    uint32_t groups[IDENTITY_GROUPS_MAX];
    uint32_t reserved;
};

/* A task as it is while it waits in a call. */
struct caller {
    struct task_identity identity;
    pid_t tid;
    pid_t tgid;
    uint32_t umask;
    uint64_t signals; /* pending for the thread alone and not blocked; bit n: signal n+1 */
    uint64_t shared;  /* pending for its process and not blocked by it */
    uint32_t threads;
    unsigned levels; /* how many PID namespaces see it, from ours inwards */
    int32_t tids[PID_LEVELS_MAX];
    int32_t tgids[PID_LEVELS_MAX];
};

/* "mnt", "net", ... */
const char *namespace_file(enum namespace which);

/* Reads what the task is. Returns 0 or a negative errno: -E2BIG more groups than we hold. */
int caller_read(struct caller *caller, pid_t tid);

/*
 * The task's root, O_PATH and close-on-exec, the caller's to close. A negative errno: -EAGAIN it is another
 * than the one that was read.
 */
int caller_open_root(const struct caller *caller);

/* Only the part that /proc/TID/status tells: umask, signals, ids. */
int caller_read_status(struct caller *caller, pid_t tid);

/* Whether an executor of the one can stand in for the other. */
bool identity_same(const struct task_identity *a, const struct task_identity *b);

#endif
