#include "supervisor/finish.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "decode/connection.h"
#include "decode/kinds/signal.h"
#include "supervisor/begin.h"
#include "supervisor/captured.h"
#include "supervisor/container.h"
#include "supervisor/fdinfo.h"
#include "supervisor/lifecycle.h"

static void decode_result(struct pipeline *p, struct slot *slot, const struct record *record)
{
    struct event *event = &slot->event;
    struct decode_options own;
    /* One whose answer waited began before it was let go. */
    bool noted = !record->begin_ns || slot->held_back;
    int64_t begin_ns = noted ? slot->begin_ns : record->begin_ns;
    struct captured_mem memory;
    struct fd_reader fds;
    fd_reader_init(&fds, event->tid);
    fds.task = process_find(p->processes, event->tid);
    struct decoder d = {.options = qualifiers_apply(p->qualifiers, &p->decode, event->abi, slot->id, &own),
                        .mem = captured_mem(&memory, record),
                        .fds = &fds.names,
                        .abi = event->abi,
                        .call = event->call,
                        .args = event->args,
                        .out = &event->values,
                        .result = record->result};
    memcpy(d.value, event->value, sizeof(d.value));
    event->result_value = decode_exit(&d);
    if (p->sink->wants_sockets) {
        connection_decode(&d, event);
    }
    if (p->qualifiers) {
        dump_collect(&d, &p->qualifiers->dumped, event);
    }
    memcpy(event->value, d.value, sizeof(d.value));
    event->result = record->result;
    event->result_state = RESULT_KNOWN;
    event->duration_ns = record->end_ns - begin_ns;
    event->finished_ns = trace_clock_at(&p->clock, record->end_ns);
}

static void show_signal(struct pipeline *p, const struct task *task, const struct held_signal *held)
{
    struct event event = {.type = EVENT_SIGNAL,
                          .time_ns = held->time_ns,
                          .tid = task->tid,
                          .process = process_recall(task),
                          .abi = held->abi,
                          .number = task->number,
                          .instruction = held->instruction,
                          .status = held->signal};
    values_reset(&p->signal_values);
    if (held->has_info) {
        struct fd_reader fds;
        fd_reader_init(&fds, task->tid);
        fds.task = task;
        fds.child = &held->child;
        struct decoder d = {.options = &p->decode,
                            .fds = &fds.names,
                            .abi = &abis[ABI_X86_64],
                            .call = call_line(CALL_none),
                            .out = &p->signal_values};
        decode_siginfo_of(&d, NULL, held->info, sizeof(held->info));
        event.value[0] = 1;
    }
    event.values = p->signal_values; /* lent */
    if (held->stack) {
        stack_describe(held->stack, &event);
    }
    pipeline_event(p, &event);
}

static void show_held(struct pipeline *p, struct task *task)
{
    while (task->held) {
        struct held_signal *held = task->held;
        task->held = held->next;
        show_signal(p, task, held);
        held_signal_free(held);
    }
}

static void show(struct pipeline *p, struct task *task)
{
    struct slot *slot = task->pending;
    task->pending = NULL;
    if (slot->held) {
        slot->alert_count = 0; /* those of the entry are counted */
        judge_result(slot);
        judge_report(slot->judge, &slot->alerts);
        if (p->metrics) {
            metrics_alerts(p->metrics, slot->container ? slot->container->counts : NULL, slot->alert_count);
        }
    }
    if (slot->shown) {
        pipeline_call(p, &slot->event);
    }
    slot_release(&p->pool, slot);
    show_held(p, task);
}

/* The start of a siginfo of SIGCHLD: include/uapi/asm-generic/siginfo.h. */
struct child_info {
    int signo, error, code, padding, pid;
};

/* A signal comes while its task is in a call, when it is one that does not interrupt it: it is shown after
 * the call. */
static void take_signal(struct pipeline *p, const struct record *record, struct child child)
{
    struct task *task = process_find(p->processes, record->tid);
    struct held_signal *held = task && !task->process->hidden ? calloc(1, sizeof(*held)) : NULL;
    if (!held) {
        return;
    }
    held->signal = record->signal;
    held->child = child;
    held->time_ns = trace_clock_at(&p->clock, record->end_ns);
    held->abi = callers_instruction(record, &held->instruction);
    held->has_info = record->siginfo != NULL;
    if (record->siginfo) {
        memcpy(held->info, record->siginfo, record->siginfo_size);
    }
    if (p->callers) {
        struct captured_mem memory;
        held->stack =
            callers_in_record(p->callers, task->process->pid, record, captured_mem(&memory, record));
    }
    struct held_signal **last = &task->held;
    while (*last) {
        last = &(*last)->next;
    }
    *last = held;
    if (!task->pending) {
        show_held(p, task);
    }
}

/*
 * Whether the record may be of a call that we received: not one that ended before. The exits of a call that
 * is notified for some of its arguments only (policy/pushdown.h) are all recorded; and a worker before us may
 * have let a call go and died.
 */
static bool ends(const struct record *record, const struct slot *slot)
{
    return slot->event.number == record->number && slot->received_ns <= record->end_ns;
}

/* The task whose call this record ends; NULL: none that is known. */
static struct task *task_of(struct pipeline *p, const struct record *record)
{
    struct task *task = process_find(p->processes, record->tid);
    if (task && task->pending && ends(record, task->pending)) {
        return task;
    }
    /* An exec by a thread returns under the leader's id, as the leader is gone then (fs/exec.c, de_thread).
     */
    for (task = task ? task->process->tasks : NULL; task; task = task->next_in_process) {
        if (task->pending && task->pending->event.number == record->number &&
            call_is_exec(task->pending->id)) {
            return task;
        }
    }
    return NULL;
}

/* An exec has succeeded. Returns the task that its call is with then. */
static struct task *executed(struct pipeline *p, const struct record *record, struct task *task)
{
    lifecycle_executed(p, record->tid, task->tid);
    struct task *leader = process_find(p->processes, record->tid);
    return leader && leader->pending ? leader : task;
}

/* child: that the record tells of. */
static void take(struct pipeline *p, const struct record *record, struct task *task, struct child child)
{
    if (record->type == RECORD_SIGNAL) {
        take_signal(p, record, child);
    } else if (record->type == RECORD_BEGIN) {
        begin_recorded(p, record);
    } else if (task) {
        if (record->result == 0 && call_is_exec(task->pending->id)) {
            task = executed(p, record, task);
        }
        if (task->pending->shown || task->pending->held) {
            decode_result(p, task->pending, record);
        }
        show(p, task);
    }
}

void finish_lost(struct pipeline *p, struct task *task)
{
    if (task->pending) {
        task->pending->event.result_state = RESULT_LOST;
        show(p, task);
    }
}

void finish_begin(struct pipeline *p, struct task *task, struct slot *slot)
{
    finish_lost(p, task);
    task->pending = slot;
    if (slot->shown) {
        if (!result_filter_active(&p->filter)) {
            p->sink->call_started(p->sink, &slot->event, p->processes->task_count);
        }
    }
}

/*
 * Whether the record is of the call in this slot. An exec by a thread returns under the leader's id, as the
 * thread has that then (fs/exec.c, de_thread).
 */
static bool is_of(const struct record *record, const struct slot *slot)
{
    bool executed = record->result == 0 && call_is_exec(slot->id) && slot->event.process.pid == record->tid;
    return (slot->event.tid == record->tid || executed) && ends(record, slot);
}

/* The record's call, while it is still on its way through the pipeline; NULL: it is not. */
static const struct slot *in_flight(const struct pipeline *p, const struct record *record)
{
    const struct slot *slot = p->in_flight;
    while (slot && !is_of(record, slot)) {
        slot = slot->next;
    }
    return slot;
}

/* The child whose end this record tells of, by the id that it has for its parent; 0: none. */
static pid_t named_child(const struct record *record, const struct task *task)
{
    if (record->type == RECORD_SIGNAL) {
        struct child_info child = {0};
        if (record->signal == SIGCHLD && record->siginfo_size >= sizeof(child)) {
            memcpy(&child, record->siginfo, sizeof(child));
        }
        bool ended = child.code == CLD_EXITED || child.code == CLD_KILLED || child.code == CLD_DUMPED;
        return ended ? child.pid : 0; /* else the sender of kill(2), or one that was stopped */
    }
    enum call_id id = task ? task->pending->id : CALL_none;
    return (id == CALL_wait4 || id == CALL_waitpid) && record->result > 0 ? (pid_t)record->result : 0;
}

/* The same by both ids. task: the record's call is its; NULL: it is of no call. */
static struct child child_in(const struct pipeline *p, const struct record *record, const struct task *task)
{
    struct child child = {.named = named_child(record, task)};
    const struct task *parent = child.named > 0 ? process_find(p->processes, record->tid) : NULL;
    child.ours = parent ? process_child(p->processes, parent, child.named) : 0;
    return child;
}

/* True if the last call of a process is still on its way: another worker has answered it and not come
 * further. */
static bool still_speaks(const struct pipeline *p, pid_t pid)
{
    for (const struct slot *slot = pid > 0 ? p->in_flight : NULL; slot; slot = slot->next) {
        const struct task *task = process_find(p->processes, slot->event.tid);
        if (task && task->process->pid == pid) {
            return true;
        }
    }
    return false;
}

/*
 * True if the record is not of the call that the task is shown in, whose own was lost, but of the same call
 * made once more: it began after that one was received, and the task can't be in two.
 */
static bool of_a_later_call(const struct pipeline *p, const struct record *record)
{
    if (p->results->lost(p->results) == 0) {
        return false;
    }
    const struct slot *slot = in_flight(p, record);
    return slot && record->begin_ns > slot->received_ns;
}

/* True if a signal came in a call that is on its way: it is shown after that. */
static bool came_in_flight(const struct pipeline *p, const struct record *record)
{
    for (const struct slot *slot = p->in_flight; slot; slot = slot->next) {
        if (slot->event.tid == record->tid && slot->received_ns < record->end_ns) {
            return true;
        }
    }
    return false;
}

/* True if a call that was received before this one began is on its way: it is shown before it. */
static bool follows_one_in_flight(const struct pipeline *p, const struct record *record)
{
    const struct slot *slot = p->in_flight;
    while (slot && slot->received_ns > record->begin_ns) {
        slot = slot->next;
    }
    return slot != NULL;
}

/* True if the record's turn has not come: a call that is on its way is shown before what it tells of. */
static bool must_wait(const struct pipeline *p, const struct record *record, const struct task *task)
{
    switch (record->type) {
    case RECORD_BEGIN:
        return follows_one_in_flight(p, record);
    case RECORD_SIGNAL:
        return came_in_flight(p, record);
    default:
        return !task && in_flight(p, record);
    }
}

void finish_returned(struct pipeline *p)
{
    struct record record;
    while (p->results && p->results->peek(p->results, &record)) {
        struct task *task = record.type == RECORD_RESULT ? task_of(p, &record) : NULL;
        if (task && of_a_later_call(p, &record)) {
            finish_lost(p, task);
            task = NULL;
        }
        struct child child = child_in(p, &record, task);
        if (must_wait(p, &record, task) || still_speaks(p, child.ours)) {
            return;
        }
        if (child.ours > 0) { /* the end of a child comes before the line that reports it */
            lifecycle_reaped(p, child.ours);
        }
        /* One that belongs to no call is that of a new task, as a fork returns in the child as well, or of
         * one that was not notified. */
        take(p, &record, task, child);
        p->results->pop(p->results);
    }
}

void finish_known(struct pipeline *p, struct slot *slot, struct task *task, const struct record *record)
{
    if (record) {
        decode_result(p, slot, record);
    }
    if (task) {
        show(p, task);
    }
}

void finish_abandon(struct pipeline *p, struct task *task)
{
    if (task->pending) {
        bool lost = p->results->lost_of(p->results, task->tid, task->pending->received_ns);
        task->pending->event.result_state = lost ? RESULT_LOST : RESULT_UNKNOWN;
        show(p, task);
    }
}
