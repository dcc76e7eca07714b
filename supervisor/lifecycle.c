#include "supervisor/lifecycle.h"

#include <errno.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervisor/container.h"
#include "supervisor/finish.h"

void lifecycle_forks(struct call_set *set)
{
    call_set_add(set, CALL_fork);
    call_set_add(set, CALL_vfork);
    call_set_add(set, CALL_clone);
    call_set_add(set, CALL_clone3);
}

void lifecycle_calls(struct call_set *set, bool by_tracer)
{
    static const enum call_id calls[] = {
        CALL_execve, CALL_execveat, CALL_exit,   CALL_exit_group,
        CALL_chdir,  CALL_fchdir,   CALL_chroot, CALL_io_uring_setup,
    };
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        call_set_add(set, calls[i]);
    }
    if (by_tracer) {
        lifecycle_forks(set);
    }
}

/* Drops what the call may change of what is cached of its process. */
static void forget(struct process *process, enum call_id id)
{
    switch (id) {
    case CALL_execve:
    case CALL_execveat:
        process_forget_image(process);
        break;
    case CALL_chdir:
    case CALL_fchdir:
    case CALL_chroot:
        process_forget_cwd(process);
        break;
    default:
        break;
    }
}

void lifecycle_before(struct task *task, enum call_id id)
{
    if (task->process->hidden && call_is_exec(id)) {
        task->process->hidden = false;
        container_announces_exec(task->process->container);
    }
    /* From now until it is done anybody who asks must look again; lifecycle_after clears what they saw
     * meanwhile. */
    forget(task->process, id);
}

static void show_thread_exit(struct pipeline *p, const struct task *task, int64_t time_ns, enum exit_how how,
                             int status)
{
    struct event exited = {.type = EVENT_EXITED,
                           .time_ns = time_ns,
                           .tid = task->tid,
                           .process = process_recall(task),
                           .number = task->number,
                           .how = how,
                           .status = status};
    pipeline_event(p, &exited);
}

/* Forgets the threads of the process that are gone; `caller` and the one that called exec stay. */
static void drop_ended(struct pipeline *p, const struct task *caller, int64_t time_ns)
{
    struct process *process = caller->process;
    struct task *next;
    for (struct task *task = process->tasks; task; task = next) {
        next = task->next_in_process;
        if (task == caller || task->tid == process->exec_by ||
            syscall(SYS_tgkill, process->pid, task->tid, 0) == 0 || errno != ESRCH) {
            continue;
        }
        finish_abandon(p, task);
        show_thread_exit(p, task, time_ns, EXIT_CODE, 0);
        process_drop_task(p->processes, task);
    }
}

/*
 * An exec ends all other threads of its process, and the one that did it goes on under the leader's id. Where
 * its result does not tell that it succeeded, the process's next call does: by then the others are gone
 * (fs/exec.c, de_thread).
 */
static void after_exec(struct pipeline *p, struct task *caller, int64_t time_ns)
{
    struct process *process = caller->process;
    drop_ended(p, caller, time_ns);
    struct task *former = process_find(p->processes, process->exec_by);
    if (former && former != caller && syscall(SYS_tgkill, process->pid, former->tid, 0) < 0 &&
        errno == ESRCH) {
        finish_lost(p, former);
        process_drop_task(p->processes, former);
    }
    bool alone = process->tasks == caller && !caller->next_in_process;
    if (caller->tid == process->exec_by || alone) {
        process->exec_by = 0;
    }
}

/* A thread that calls exit is gone a moment later; nothing else tells of it. The leader stays until its
 * process ends. */
static void thread_exits(struct pipeline *p, struct task *task, const struct event *event)
{
    struct process *process = task->process;
    int status = (int)(event->args[0] & 0xff);
    if (task->tid == process->pid) {
        process->exit_known = true;
        process->exit_code = status;
        return;
    }
    show_thread_exit(p, task, event->time_ns, EXIT_CODE, status);
    process_drop_task(p->processes, task);
}

void lifecycle_after(struct pipeline *p, const struct event *event, enum call_id id)
{
    struct task *task = process_find(p->processes, event->tid);
    if (!task) {
        return;
    }
    if (task->process->exec_by) {
        after_exec(p, task, event->time_ns);
    }
    forget(task->process, id);
    if (call_is_exec(id) && task->process->tasks->next_in_process) {
        task->process->exec_by = task->tid;
    } else if (id == CALL_exit_group) {
        task->process->exit_known = true;
        task->process->exit_code = (int)(event->args[0] & 0xff);
    } else if (id == CALL_exit) {
        thread_exits(p, task, event);
    }
}

static void show_exit(struct pipeline *p, const struct process *process)
{
    struct event event = {.type = EVENT_EXITED, .time_ns = pipeline_now(p)};
    bool core_dumped = false;
    event.how = process_how_ended(process, &event.status, &core_dumped);
    event.core_dumped = core_dumped;
    for (const struct task *task = process->tasks; task; task = task->next_in_process) {
        event.tid = task->tid;
        event.process = process_recall(task);
        event.number = task->number;
        pipeline_event(p, &event);
    }
}

void lifecycle_dead(struct pipeline *p, struct process *process)
{
    for (struct task *task = process->tasks; task; task = task->next_in_process) {
        finish_abandon(p, task);
    }
    struct judge *judge = pipeline_judge(p, process);
    if (judge) {
        judge_gone(judge, process->pid);
    }
    if (!process->hidden) {
        show_exit(p, process);
    }
    process_drop_tasks(p->processes, process);
}

void lifecycle_reaped(struct pipeline *p, pid_t pid)
{
    struct task *task = process_find(p->processes, pid);
    /* A pidfd is readable when its process is dead (pidfd_open(2)). */
    struct pollfd dead = {.fd = task ? task->process->pidfd : -1, .events = POLLIN};
    if (task && task->process->pid == pid && dead.fd >= 0 && poll(&dead, 1, 0) == 1) {
        lifecycle_dead(p, task->process);
    }
}

void lifecycle_ended(struct pipeline *p, pid_t tid, int status)
{
    struct task *task = process_find(p->processes, tid);
    if (!task) {
        return; /* its exit call was seen, or it never made itself known */
    }
    struct process *process = task->process;
    if (tid == process->pid) {
        process->reaped = true;
        process->wait_status = status;
        lifecycle_dead(p, process);
        process_drop(p->processes, process);
        return;
    }
    finish_abandon(p, task);
    if (!process->hidden) {
        show_thread_exit(p, task, pipeline_now(p), WIFSIGNALED(status) ? EXIT_SIGNALED : EXIT_CODE,
                         WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    process_drop_task(p->processes, task);
}

void lifecycle_executed(struct pipeline *p, pid_t leader, pid_t former)
{
    struct task *task = process_find(p->processes, leader);
    if (!task) {
        return;
    }
    task->process->exec_by = former;
    drop_ended(p, task, pipeline_now(p));
    lifecycle_superseded(p, leader, former);
    task->process->exec_by = 0;
}

void lifecycle_superseded(struct pipeline *p, pid_t leader, pid_t former)
{
    struct task *gone = process_find(p->processes, former);
    struct task *stays = process_get(p->processes, leader);
    if (!gone || !stays || gone == stays) {
        return;
    }
    finish_abandon(p, stays);
    show_thread_exit(p, stays, pipeline_now(p), EXIT_SUPERSEDED, former);
    stays->pending = gone->pending;
    if (stays->pending) {
        stays->pending->event.tid = leader;
    }
    gone->pending = NULL;
    process_drop_task(p->processes, gone);
}
