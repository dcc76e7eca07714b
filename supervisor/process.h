/*
 * What is known of the target's tasks and processes. Found by a hash of the thread id, without a look into
 * /proc per event: a task is read from /proc when it is first seen, and a field of its process when somebody
 * first asks.
 */
#ifndef PROCTOR_SUPERVISOR_PROCESS_H
#define PROCTOR_SUPERVISOR_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "decode/event.h"
#include "supervisor/watch.h"

struct container;
struct task;
struct slot;
struct stack;

/* A child, by the id that it has for its parent and by that which it has for us. 0: none, or not known. */
struct child {
    pid_t named;
    pid_t ours;
};

/* A signal that waits for the end of the call it came in. */
struct held_signal {
    struct held_signal *next;
    int signal;
    int64_t time_ns;
    bool has_info;
    unsigned char info[128];
    const struct abi *abi; /* of the code that it came to, at `instruction`; NULL: not known */
    uint64_t instruction;
    struct child child;  /* that it tells of */
    struct stack *stack; /* what the task was doing (-k), owned; NULL: none */
};

/* One from calloc, with its stack. */
void held_signal_free(struct held_signal *held);

/*
 * What a process is running. An exec makes a new one; events that happened before keep the old one, so it is
 * counted. comm and exe are read when first asked for.
 */
struct image {
    unsigned references;
    char comm[32];
    char *exe; /* owned; NULL: could not be read */
};

struct process {
    pid_t pid;
    pid_t ppid;
    int pidfd; /* readable when the process is dead; -1 where the kernel gives none */
    struct watch watch;
    struct process_table *table;
    struct task *tasks;
    pid_t exec_by;      /* this thread of several called exec, and the process has not called since; else 0 */
    pid_t vpid;         /* in its own PID namespace; 0: not known */
    uint64_t namespace; /* that one, as pidns_of gives it; 0: ours, or not known */
    bool hidden;        /* before the execve of the launcher's or a runtime's child: served, not shown */
    struct container *container; /* held; NULL: none */
    bool exit_known;             /* exit_group, or exit by the leader, was called with exit_code */
    int exit_code;
    uint64_t generation; /* another for each process, and after each exec */
    uint64_t directory;  /* the same after each change of directory */
    bool reaped;         /* by us, its tracer: wait_status is how it ended */
    int wait_status;
    struct image *image; /* NULL: not read since the last exec */
    char *cwd;           /* owned; NULL: not read since the last chdir */
};

struct inject_counts; /* supervisor/inject.c */

struct task {
    pid_t tid;
    pid_t vtid;                     /* in its own PID namespace; 0: not known */
    int number;                     /* of the call that it last made; -1: none was seen */
    struct slot *pending;           /* the call it is in, if its result will come */
    struct held_signal *held;       /* signals that came during that call; shown after it */
    struct inject_counts *injected; /* owned; NULL: no injection counts its calls */
    struct process *process;
    struct task *next_in_process;
    struct task *next_in_bucket;
};

/* Told when a process is dead. The observer forgets it, with process_drop; its tasks are still in the table.
 */
struct process_observer {
    void (*gone)(struct process_observer *observer, struct process *process);
};

enum { PROCESS_BUCKETS = 1024 };

struct process_table {
    struct loop *loop;
    struct process_observer *observer;
    struct task *buckets[PROCESS_BUCKETS];
    size_t task_count;
    size_t process_count;
    uint64_t generations; /* given out so far */
    unsigned sweeps;      /* made so far */
};

/* loop: told of the ends of processes; NULL where somebody else tells (their tracer). */
void process_table_init(struct process_table *table, struct loop *loop, struct process_observer *observer);
void process_table_free(struct process_table *table);

/* The task of this id, or NULL if it was not seen yet. */
struct task *process_find(struct process_table *table, pid_t tid);

/*
 * The task of this id; a new one is read from /proc, and its process is watched for its end. NULL when memory
 * ran out or the task is gone already.
 */
struct task *process_get(struct process_table *table, pid_t tid);

/*
 * The process that is `child` to this task, in whose PID namespace it has that id; our id of it, 0 if it is
 * not known.
 */
pid_t process_child(const struct process_table *table, const struct task *task, pid_t child);

/*
 * Our id of the task, or of the group or session that it leads, which has this id in the PID namespace of
 * `task`; 0: none that is in the table.
 */
pid_t process_named(const struct task *task, pid_t id);

/* What events say of a task's process. comm, exe and cwd are left out. */
struct event_process process_describe(const struct task *task);

/* The same with what a call of the process has shown of comm and exe: valid until it forgets its image. */
struct event_process process_recall(const struct task *task);

/* Whether it has not exec'd since it was forked: it runs its parent's program. False where nothing tells. */
bool process_is_fork(const struct process *process);

/* How a dead process ended: *status is its exit code or the signal that killed it. */
enum exit_how process_how_ended(const struct process *process, int *status, bool *core_dumped);

/* Forgets one task (it exited, or an exec by another thread ended it). Its process goes with its last task.
 */
void process_drop_task(struct process_table *table, struct task *task);

/* Forgets a process with all its tasks. */
void process_drop(struct process_table *table, struct process *process);

/*
 * Forgets its tasks only: nothing finds the process any more. Where it has a pidfd the observer is still to
 * come: only the main loop may free what it watches, as it may hold an event for it already.
 */
void process_drop_tasks(struct process_table *table, struct process *process);

/*
 * Forgets threads that ended without an exit call that was notified. Their process, and a thread whose call
 * is still to be shown, stay. Looks at a part of the table each time; after PROCESS_SWEEPS times, at all of
 * it.
 */
enum { PROCESS_SWEEPS = 64 };
void process_sweep(struct process_table *table);

/* Kills every process that is known. */
void process_kill_all(struct process_table *table);

/* After an exec, chdir: what was cached is read again when next asked for. */
void process_forget_image(struct process *process);
void process_forget_cwd(struct process *process);

/*
 * What the process runs now, with a reference for the caller (image_release); NULL when memory ran out.
 * Fields that can't be read are empty or NULL.
 */
struct image *process_image(struct process *process);
void image_release(struct image *image);

/* The working directory, as the process sees it; NULL where it can't be read. Valid until process_forget_cwd.
 */
const char *process_cwd(struct process *process);

#endif
