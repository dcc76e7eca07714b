#include "supervisor/process.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "launcher/uapi.h"
#include "supervisor/container.h"
#include "supervisor/pidns.h"
#include "supervisor/target.h"
#include "supervisor/unwind/stack.h"

static struct task **bucket_of(struct process_table *table, pid_t tid)
{
    return &table->buckets[(unsigned)tid % PROCESS_BUCKETS];
}

void process_table_init(struct process_table *table, struct loop *loop, struct process_observer *observer)
{
    *table = (struct process_table){.loop = loop, .observer = observer};
}

void process_table_free(struct process_table *table)
{
    for (size_t i = 0; i < PROCESS_BUCKETS; i++) {
        while (table->buckets[i]) {
            // NOLINTNEXTLINE(clang-analyzer-unix.Malloc): process_drop took its tasks out of the buckets
            process_drop(table, table->buckets[i]->process);
        }
    }
}

static struct task *task_new(struct process_table *table, pid_t tid);

struct task *process_find(struct process_table *table, pid_t tid)
{
    struct task *task = *bucket_of(table, tid);
    while (task && task->tid != tid) {
        task = task->next_in_bucket;
    }
    return task;
}

static enum exit_how how_of(int wait_status, int *status, bool *core_dumped)
{
    *core_dumped = WIFSIGNALED(wait_status) && WCOREDUMP(wait_status);
    *status = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
    return WIFSIGNALED(wait_status) ? EXIT_SIGNALED : EXIT_CODE;
}

/*
 * The wait status of a process that is dead and that its parent has not waited for yet: the last of the
 * fields of its stat file (proc(5); fs/proc/array.c shows it to those who may trace it).
 */
static bool status_of_zombie(pid_t pid, int *wait_status)
{
    char stat[1024];
    char state = 0;
    ssize_t n = target_proc_read(pid, "stat", stat, sizeof(stat));
    const char *name_end = n > 0 ? strrchr(stat, ')') : NULL;
    const char *last = name_end ? strrchr(name_end, ' ') : NULL;
    return last && sscanf(name_end + 1, " %c", &state) == 1 && (state == 'Z' || state == 'X') &&
           sscanf(last, " %d", wait_status) == 1;
}

/* Where the kernel still tells it once the process was waited for: since Linux 6.15 (PIDFD_INFO_EXIT). */
static bool status_of_reaped(const struct process *process, int *wait_status)
{
    struct pidfd_info info = {.mask = PIDFD_INFO_EXIT};
    bool known = process->pidfd >= 0 && ioctl(process->pidfd, PIDFD_GET_INFO, &info) == 0 &&
                 (info.mask & PIDFD_INFO_EXIT);
    *wait_status = known ? info.exit_code : 0;
    return known;
}

/*
 * How a process ended. A child of ours is waited for without being reaped (main does that). Others are
 * zombies until they are waited for, which may happen between two looks: hence the third. Else it is
 * exit_group's argument, if that was seen.
 */
enum exit_how process_how_ended(const struct process *process, int *status, bool *core_dumped)
{
    siginfo_t si = {0};
    int wait_status;

    if (process->reaped) {
        return how_of(process->wait_status, status, core_dumped);
    }
    *core_dumped = false;
    if (waitid(P_PID, (id_t)process->pid, &si, WEXITED | WNOWAIT | WNOHANG) == 0 &&
        si.si_pid == process->pid) {
        *status = si.si_status;
        *core_dumped = si.si_code == CLD_DUMPED;
        return si.si_code == CLD_EXITED ? EXIT_CODE : EXIT_SIGNALED;
    }
    if (status_of_reaped(process, &wait_status) || status_of_zombie(process->pid, &wait_status) ||
        status_of_reaped(process, &wait_status)) {
        return how_of(wait_status, status, core_dumped);
    }
    *status = process->exit_code;
    return process->exit_known ? EXIT_CODE : EXIT_UNKNOWN;
}

static void process_ended(struct watch *watch, struct loop *loop, uint32_t events)
{
    struct process *process = container_of(watch, struct process, watch);
    (void)loop;
    (void)events;
    process->table->observer->gone(process->table->observer, process);
}

static long status_field(const char *status, const char *name)
{
    const char *at = strstr(status, name);
    return at ? strtol(at + strlen(name), NULL, 10) : 0;
}

/* The last of the ids on this line of a status file: the one in the innermost namespace. */
static pid_t innermost(const char *status, const char *name)
{
    const char *at = strstr(status, name);
    long id = 0;
    for (at = at ? at + strlen(name) : "\n"; *at && *at != '\n';) {
        char *end;
        id = strtol(at, &end, 10);
        at = end == at ? "\n" : end;
    }
    return (pid_t)id;
}

static struct process *process_new(struct process_table *table, pid_t pid, pid_t ppid)
{
    struct process *process = calloc(1, sizeof(*process));
    if (!process) {
        return NULL;
    }
    *process = (struct process){.pid = pid, .ppid = ppid, .table = table, .watch = {process_ended}};
    process->generation = ++table->generations;
    process->pidfd = table->loop ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
    if (process->pidfd >= 0 && loop_add(table->loop, process->pidfd, EPOLLIN, &process->watch) < 0) {
        close(take_fd(&process->pidfd));
    }
    table->process_count++;
    return process;
}

static void process_free(struct process_table *table, struct process *process);

static struct task *task_new(struct process_table *table, pid_t tid)
{
    char status[4096];
    if (target_proc_read(tid, "status", status, sizeof(status)) < 0) {
        return NULL;
    }
    pid_t pid = (pid_t)status_field(status, "\nTgid:");
    /* The leader is always in the table, so that all threads find the same process, even when it is a zombie.
     */
    struct task *leader = pid == tid ? NULL : process_get(table, pid);
    if (pid != tid && !leader) {
        return NULL;
    }
    struct task *task = calloc(1, sizeof(*task));
    struct process *process =
        leader ? leader->process : process_new(table, pid, (pid_t)status_field(status, "\nPPid:"));
    if (!task || !process) {
        free(task);
        if (process && !leader) {
            process_free(table, process);
        }
        return NULL;
    }
    *task = (struct task){.tid = tid,
                          .number = -1,
                          .vtid = innermost(status, "\nNSpid:"),
                          .process = process,
                          .next_in_process = process->tasks};
    if (pid == tid) {
        process->vpid = task->vtid;
        process->namespace = task->vtid == tid ? 0 : pidns_of(tid);
    }
    process->tasks = task;
    struct task **bucket = bucket_of(table, tid);
    task->next_in_bucket = *bucket;
    *bucket = task;
    table->task_count++;
    return task;
}

struct task *process_get(struct process_table *table, pid_t tid)
{
    struct task *task = process_find(table, tid);
    return task ? task : task_new(table, tid);
}

void held_signal_free(struct held_signal *held)
{
    stack_free(held->stack);
    free(held);
}

static void unlink_task(struct process_table *table, struct task *task)
{
    while (task->held) {
        struct held_signal *held = task->held;
        task->held = held->next;
        held_signal_free(held);
    }
    struct task **at = bucket_of(table, task->tid);
    while (*at != task) {
        at = &(*at)->next_in_bucket;
    }
    *at = task->next_in_bucket;
    at = &task->process->tasks;
    while (*at != task) {
        at = &(*at)->next_in_process;
    }
    *at = task->next_in_process;
    table->task_count--;
    free(task->injected);
    free(task);
}

static void process_free(struct process_table *table, struct process *process)
{
    if (process->pidfd >= 0) {
        loop_remove(table->loop, process->pidfd);
        close(process->pidfd);
    }
    image_release(process->image);
    container_release(process->container);
    free(process->cwd);
    free(process);
    table->process_count--;
}

void process_drop_task(struct process_table *table, struct task *task)
{
    unlink_task(table, task);
}

void process_drop_tasks(struct process_table *table, struct process *process)
{
    while (process->tasks) {
        unlink_task(table, process->tasks);
    }
}

void process_drop(struct process_table *table, struct process *process)
{
    process_drop_tasks(table, process);
    process_free(table, process);
}

/* The leader stays until its process ends, even when it is a zombie. */
static bool thread_is_gone(const struct task *task)
{
    return task->tid != task->process->pid && !task->pending && !task->held &&
           syscall(SYS_tgkill, task->process->pid, task->tid, 0) < 0 && errno == ESRCH;
}

void process_sweep(struct process_table *table)
{
    unsigned part = table->sweeps++ % PROCESS_SWEEPS;
    for (unsigned i = part; i < PROCESS_BUCKETS; i += PROCESS_SWEEPS) {
        struct task *next;
        for (struct task *task = table->buckets[i]; task; task = next) {
            next = task->next_in_bucket;
            if (thread_is_gone(task)) {
                unlink_task(table, task);
            }
        }
    }
}

void process_kill_all(struct process_table *table)
{
    for (size_t i = 0; i < PROCESS_BUCKETS; i++) {
        for (struct task *task = table->buckets[i]; task; task = task->next_in_bucket) {
            int pidfd = task->process->pidfd; /* an id alone may be another's by now */
            if (pidfd >= 0) {
                (void)syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
            }
        }
    }
}

void image_release(struct image *image)
{
    if (image && --image->references == 0) {
        free(image->exe);
        free(image);
    }
}

void process_forget_image(struct process *process)
{
    image_release(process->image);
    process->image = NULL;
    process->generation = ++process->table->generations;
}

void process_forget_cwd(struct process *process)
{
    free(process->cwd);
    process->cwd = NULL;
    process->directory = ++process->table->generations;
}

pid_t process_child(const struct process_table *table, const struct task *task, pid_t child)
{
    if (task->vtid == task->tid) {
        return child;
    }
    for (size_t i = 0; i < PROCESS_BUCKETS; i++) {
        for (const struct task *t = table->buckets[i]; t; t = t->next_in_bucket) {
            if (t->process->vpid == child && t->process->ppid == task->process->pid) {
                return t->process->pid;
            }
        }
    }
    return 0;
}

pid_t process_named(const struct task *task, pid_t id)
{
    const struct process_table *table = task->process->table;
    uint64_t namespace = task->process->namespace;
    for (size_t i = 0; namespace && i < PROCESS_BUCKETS; i++) {
        for (const struct task *t = table->buckets[i]; t; t = t->next_in_bucket) {
            if (t->vtid == id && t->process->namespace == namespace) {
                return t->tid;
            }
        }
    }
    return 0;
}

struct event_process process_describe(const struct task *task)
{
    const struct process *process = task->process;
    return (struct event_process){.pid = process->pid,
                                  .ppid = process->ppid,
                                  .vpid = process->vpid,
                                  .vtid = task->vtid,
                                  .container = container_event(process->container)};
}

struct event_process process_recall(const struct task *task)
{
    const struct image *image = task->process->image;
    struct event_process process = process_describe(task);
    process.comm = image && image->comm[0] ? image->comm : NULL;
    process.exe = image ? image->exe : NULL;
    return process;
}

bool process_is_fork(const struct process *process)
{
    enum { FORKED_NO_EXEC = 0x40 }; /* PF_FORKNOEXEC, include/linux/sched.h */
    char stat[1024];
    unsigned flags = 0;
    ssize_t n = target_proc_read(process->pid, "stat", stat, sizeof(stat));
    const char *name_end = n > 0 ? strrchr(stat, ')') : NULL;
    /* After the name: state, five ids, flags (proc(5)). */
    return name_end && sscanf(name_end + 1, " %*c %*d %*d %*d %*d %*d %u", &flags) == 1 &&
           (flags & FORKED_NO_EXEC);
}

struct image *process_image(struct process *process)
{
    if (!process->image) {
        char exe[PATH_MAX];
        struct image *image = calloc(1, sizeof(*image));
        if (!image) {
            return NULL;
        }
        ssize_t n = target_proc_read(process->pid, "comm", image->comm, sizeof(image->comm));
        image->comm[n > 0 ? n - 1 : 0] = 0; /* the line's newline */
        image->exe = target_proc_link(process->pid, "exe", exe, sizeof(exe)) > 0 ? strdup(exe) : NULL;
        image->references = 1;
        process->image = image;
    }
    process->image->references++;
    return process->image;
}

const char *process_cwd(struct process *process)
{
    if (!process->cwd) {
        char path[PATH_MAX];
        if (target_proc_link(process->pid, "cwd", path, sizeof(path)) > 0) {
            process->cwd = strdup(path);
        }
    }
    return process->cwd;
}
