/*
 * What rules may ask about the processes of the target, and about their ancestors: read from /proc when a
 * rule first asks, and kept until the process execs, changes its credentials, or is gone. A child, and an
 * event whose result is waited for, hold the facts as they were.
 */
#ifndef PROCTOR_SUPERVISOR_FACTS_H
#define PROCTOR_SUPERVISOR_FACTS_H

#include "policy/eval.h"
#include "supervisor/user_names.h"

struct facts_table;
struct event_container;

struct facts {
    struct policy_process process;
    struct facts_table *table;
    struct facts *next;   /* in the bucket */
    struct facts *parent; /* held; behind process.parent */
    unsigned references;
    bool current;        /* in the table: what is true now */
    bool stale;          /* a call that may change the facts was seen */
    uint64_t birth;      /* of the process: tells it from another that got its id */
    uint64_t generation; /* of struct process; 0: an ancestor that is not traced, or was not seen yet */
    uint64_t directory;  /* the same */
    uint64_t lineage;    /* the table's, when the memo was last right */
    struct memo *memo;
    struct policy_container container;
    char name[16];
    char container_id[65];
    char container_short[13];
    char *texts[8]; /* owned by the groups that point into them */
};

enum { FACTS_BUCKETS = 256 };

struct facts_table {
    const struct program *program;
    struct facts *buckets[FACTS_BUCKETS];
    size_t count;
    uint64_t births;
    uint64_t lineage;      /* counts how often some process got other ancestors */
    int64_t boot_ns;       /* when the machine started, by CLOCK_REALTIME */
    uint64_t capabilities; /* those that the machine's first process may have */
    struct user_names users;
};

/* program: what the facts are for; it stays the caller's. */
void facts_init(struct facts_table *table, const struct program *program);
void facts_free(struct facts_table *table);

/* A traced process as struct process counts it. */
struct facts_of {
    pid_t pid;
    pid_t ppid; /* 0: not known */
    uint64_t generation;
    uint64_t directory;
};

/*
 * The facts of a process as it is now: what is kept of an earlier generation is left to those who hold it.
 * NULL when memory ran out. Valid until the next facts_get, unless held.
 */
struct facts *facts_get(struct facts_table *table, const struct facts_of *of);
struct facts *facts_hold(struct facts *f);
void facts_release(struct facts *f); /* NULL: nothing */

/* Finds out which layer of a container's file system the file at `path` (NULL: none) is in. */
void facts_set_layer(struct policy_process *process, const char *path);

/* What is known of a process may not be true any more. */
void facts_changed(struct facts_table *table, pid_t pid);

/* Which groups the rules ask for of ancestors, that can't be read once these have ended. */
unsigned facts_ancestors(const struct facts_table *table);

/*
 * The process is about to end, by a call of task `tid`, which has not been answered yet: its children
 * remember it (proc_pid_task_children(5): of that task, where the kernel has such a file).
 */
void facts_before_end(struct facts *f, pid_t tid);

/* The process has ended: another may get its id. */
void facts_gone(struct facts_table *table, pid_t pid);

/* What a runtime said of the process's container, which goes before what the name of its cgroup tells. */
void facts_describe(struct facts *f, const struct event_container *from);

/* The calls after which facts may no longer be true, besides those that struct process counts. */
void facts_calls(struct call_set *calls);

#endif
