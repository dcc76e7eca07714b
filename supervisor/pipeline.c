#include "supervisor/pipeline.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "decode/demultiplex.h"
#include "decode/kinds/kinds.h"
#include "decode/path.h"
#include "supervisor/carry.h"
#include "supervisor/container.h"
#include "supervisor/fdinfo.h"
#include "supervisor/finish.h"
#include "supervisor/inject.h"
#include "supervisor/lifecycle.h"
#include "supervisor/restart.h"
#include "supervisor/target.h"

int pipeline_init(struct pipeline *p, const struct decode_options *decode, const struct selection *shown,
                  struct process_table *processes, struct sink *sink, struct results *results)
{
    *p = (struct pipeline){
        .decode = *decode, .shown = *shown, .processes = processes, .sink = sink, .results = results};
    p->decode.boot_ns = trace_clock_boot();
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->turn, NULL);
    trace_clock_refresh(&p->clock);
    notices_init(&p->notices, shown);
    return values_init(&p->signal_values);
}

void pipeline_free(struct pipeline *p)
{
    slot_pool_free(&p->pool);
    values_free(&p->signal_values);
    pthread_cond_destroy(&p->turn);
    pthread_mutex_destroy(&p->lock);
}

void pipeline_lock(struct pipeline *p)
{
    if (p->threaded) {
        pthread_mutex_lock(&p->lock);
    }
}

void pipeline_unlock(struct pipeline *p)
{
    if (p->threaded) {
        pthread_mutex_unlock(&p->lock);
    }
}

int64_t pipeline_now(const struct pipeline *p)
{
    return trace_clock_at(&p->clock, trace_clock_monotonic());
}

struct slot *pipeline_take(struct pipeline *p, pid_t tid)
{
    pipeline_lock(p);
    struct slot *slot = slot_take(&p->pool);
    if (slot) {
        slot->event.sequence = order_take(&p->order);
        slot->received_ns = trace_clock_monotonic(); /* here, so that times are in order too */
        slot->event.time_ns = trace_clock_at(&p->clock, slot->received_ns);
        slot->event.tid = tid;
        slot->next = p->in_flight;
        p->in_flight = slot;
    }
    pipeline_unlock(p);
    return slot;
}

static bool wanted(const struct pipeline *p, const struct process *process, const struct slot *slot)
{
    if (process->hidden) {
        return false;
    }
    /* What a multiplexer stands for is not known before its arguments are read: see demultiplex(). */
    return slot_multiplexed(slot) || selection_has(&p->shown, slot->event.abi, slot->id);
}

/* The directory that a relative path argument starts from, in buf; NULL: not known. */
static const char *base_of(const struct slot *slot, struct process *process, unsigned path_arg, char *buf,
                           size_t n)
{
    const struct event *event = &slot->event;
    const struct arg *args = event->call->args;
    bool at = path_arg > 0 && args[path_arg - 1].kind == &kind_dirfd;
    int fd = at ? (int)event->args[path_arg - 1] : AT_FDCWD;
    if (fd == AT_FDCWD) {
        return process_cwd(process);
    }
    char file[32];
    snprintf(file, sizeof(file), "fd/%d", fd);
    return target_proc_link(event->tid, file, buf, n) > 0 ? buf : NULL;
}

static void find_path(struct slot *slot, struct process *process)
{
    struct event *event = &slot->event;
    for (unsigned i = 0; i < event->call->nargs; i++) {
        const struct value *v = values_at(&event->values, event->value[i]);
        if (!event->value[i] || v->type != VALUE_STRING || !(v->flags & VALUE_PATH)) {
            continue;
        }
        char directory[PATH_MAX];
        const char *text = event->values.bytes + v->bytes;
        bool absolute = v->length && *text == '/';
        const char *base = absolute ? NULL : base_of(slot, process, i, directory, sizeof(directory));
        if (path_absolute(base, text, v->length, slot->path, sizeof(slot->path)) > 0) {
            event->path = slot->path;
        }
        return;
    }
}

struct task *pipeline_know(struct pipeline *p, pid_t tid)
{
    size_t known = p->processes->task_count;
    struct task *task = process_get(p->processes, tid);
    if (task && p->processes->task_count > known && known && p->notices.attach) {
        pipeline_warn(p, "Process %d attached", tid);
    }
    return task;
}

struct task *pipeline_meet(struct pipeline *p, pid_t tid)
{
    struct task *task = process_find(p->processes, tid);
    if (task) {
        return task;
    }
    finish_returned(p);
    return pipeline_know(p, tid);
}

/* An agent does not know which calls a container's profile sends until they come. */
static void record_result(struct pipeline *p, const struct slot *slot)
{
    const struct event *event = &slot->event;
    if (p->results && !selection_has(&p->recorded, event->abi, slot->id) &&
        p->results->want(p->results, event->abi, event->number) == 0) {
        call_set_add(&p->recorded.calls[event->abi - abis], slot->id);
    }
}

static void enter_container(struct slot *slot, struct process *process, struct container *container)
{
    slot->container = container_hold(container);
    if (!process->container) {
        process->container = container_hold(container);
    }
    if (process->hidden && !process_is_fork(process)) {
        process->hidden = false; /* its exec was not notified */
    }
    if (!container->announces_exec) {
        process_forget_image(process);
    }
    process_forget_cwd(process); /* a profile need not notify chdir */
}

struct judge *pipeline_judge(const struct pipeline *p, const struct process *process)
{
    const struct container *container = process->container;
    return container && container->judge ? *container->judge : p->judge;
}

/* Held; NULL: no rule is about the call. */
static struct judge *judge_for(const struct pipeline *p, const struct process *process,
                               const struct slot *slot)
{
    struct judge *judge = process->hidden ? NULL : pipeline_judge(p, process);
    return judge_wants(judge, slot->event.abi, slot->id) ? judge_hold(judge) : NULL;
}

/* Whose call it is, and whether somebody wants to see it. */
static void take_in(const struct pipeline *p, struct slot *slot, struct task *task)
{
    task->number = slot->event.number;
    slot->event.process = process_describe(task);
    slot->shown = wanted(p, task->process, slot);
    if (slot->shown && p->sink->wants_process) {
        slot->image = process_image(task->process);
    }
}

bool pipeline_intake(struct pipeline *p, struct slot *slot, struct container *container)
{
    struct event *event = &slot->event;

    pipeline_lock(p);
    if (p->decode.fds || (p->judge && p->judge->makes_fds)) {
        finish_returned(p); /* while the descriptors that were returned are there: see fdinfo_calls */
    }
    struct task *task = pipeline_meet(p, event->tid);
    if (task) {
        if (container) {
            enter_container(slot, task->process, container);
        }
        /* As strace, not in the execve that starts the program. */
        slot->injectable = p->qualifiers && p->qualifiers->injections.count && !task->process->hidden;
        lifecycle_before(task, slot->id);
        take_in(p, slot, task);
        slot->judge = judge_for(p, task->process, slot);
        slot->generation = task->process->generation;
        slot->directory = task->process->directory;
        if (slot->shown || judge_waits(slot->judge, slot->id)) {
            record_result(p, slot);
        }
    }
    pipeline_unlock(p);
    return task != NULL;
}

static void describe_image(struct slot *slot)
{
    if (slot->image) {
        slot->event.process.comm = slot->image->comm;
        slot->event.process.exe = slot->image->exe;
    }
}

static void describe_process(struct pipeline *p, struct slot *slot)
{
    pipeline_lock(p);
    describe_image(slot);
    struct task *task = process_find(p->processes, slot->event.tid); /* it may have died since the intake */
    if (task) {
        find_path(slot, task->process);
    }
    pipeline_unlock(p);
}

/* Shows the call behind socketcall or ipc. False: it is not one of those that were selected. */
static bool demultiplex(const struct pipeline *p, struct slot *slot, struct mem *mem)
{
    struct event *event = &slot->event;
    slot->called = slot->id;
    if (!slot_multiplexed(slot)) {
        return slot->shown;
    }
    memcpy(slot->registers, event->args, sizeof(slot->registers));
    slot->called = call_demultiplex(event->abi, slot->id, event->args, mem);
    event->call = call_line_in(event->abi, slot->called);
    return slot->shown && selection_has(&p->shown, event->abi, slot->called);
}

/* Into the event's values, from the start. */
static void decode(struct decoder *d, struct event *event)
{
    values_reset(&event->values);
    decode_entry(d);
    for (unsigned i = 0; i < CALL_ARGS_MAX; i++) {
        event->value[i] = i < event->call->nargs ? d->value[i] : 0;
    }
}

/* Chooses the injection. True if it changed what the call's arguments point to. */
static bool inject(struct pipeline *p, struct slot *slot)
{
    struct event *event = &slot->event;
    pipeline_lock(p);
    struct task *task = process_find(p->processes, event->tid); /* it may have died since the intake */
    if (task) {
        slot->injection =
            inject_choose(&p->qualifiers->injections, task, event->abi, slot->called, slot->shown);
    }
    pipeline_unlock(p);
    if (slot->injection && inject_poke(event->tid, &slot->injection->enter, event->args)) {
        if (slot->carriable) { /* what was read is no longer so */
            (void)snapshot_begin(&slot->snapshot, slot->snapshot.from);
        }
        event->injected |= INJECTED_ARGS;
        return true;
    }
    return false;
}

/* What rules and injections do to the call. */
static void decide(struct pipeline *p, struct slot *slot, struct verdict *verdict)
{
    struct event *event = &slot->event;
    if (slot->judge) {
        judge_event(slot, p->results && !(event->call->classes & CALL_NORETURN), verdict);
    }
    if (slot->injection) {
        inject_apply(slot->injection, event, verdict);
    }
    if (slot->carriable && !verdict->deny) {
        carry_prepare(slot, verdict);
    }
    slot->denied = slot->judge && verdict->deny;
    slot->held_back = verdict->delay_ns > 0;
    if (verdict->deny && !p->results) { /* nobody else will tell */
        event->result_state = RESULT_KNOWN;
        event->result = verdict->error ? -verdict->error : verdict->value;
    }
}

/* What rules, and -P, look at: everything that can be known of the call, whatever is shown of it. */
static void examine(struct pipeline *p, struct slot *slot, struct decoder *d, struct verdict *verdict)
{
    decode(d, &slot->event);
    bool meant = !p->paths || path_filter_match(p->paths, &slot->event);
    slot->shown = slot->shown && meant;
    if (slot->injectable && meant && inject(p, slot)) {
        decode(d, &slot->event);
    }
    if (p->sink->wants_process || slot->judge) {
        describe_process(p, slot);
    }
    decide(p, slot, verdict);
}

static bool concerns_nobody(const struct slot *slot)
{
    return !slot->shown && !slot->judge && !slot->injectable;
}

/* The target's memory; as it is at the first look, where the call is to be carried out as it was judged. */
static struct mem *memory_for(struct pipeline *p, struct slot *slot, struct mem *memory)
{
    bool maybe = p->behalf && slot->judge &&
                 (slot_multiplexed(slot) || behalf_wants(p->behalf, slot->judge, slot->id));
    slot->mem = maybe ? snapshot_begin(&slot->snapshot, memory) : memory;
    return slot->mem;
}

void pipeline_decode(struct pipeline *p, struct slot *slot, struct verdict *verdict)
{
    struct event *event = &slot->event;
    *verdict = (struct verdict){.deny = false};
    notices_call(p, slot);
    restart_at_return(p->results, slot);
    if (concerns_nobody(slot)) {
        return;
    }
    struct target_mem memory;
    struct fd_reader fds;
    target_mem_init(&memory, event->tid);
    fd_reader_init(&fds, event->tid);
    struct mem *mem = memory_for(p, slot, &memory.mem);
    slot->shown = demultiplex(p, slot, mem);
    slot->carriable = slot->judge && behalf_wants(p->behalf, slot->judge, slot->called);
    if (concerns_nobody(slot)) {
        return;
    }
    struct decoder d = {.mem = mem,
                        .fds = &fds.names,
                        .abi = event->abi,
                        .call = event->call,
                        .args = event->args,
                        .out = &event->values,
                        .stack = event->call->classes & CALL_STACK ? target_stack(event->tid) : 0};
    struct decode_options own;
    const struct decode_options *shown =
        qualifiers_apply(p->qualifiers, &p->decode, event->abi, slot->id, &own);
    bool reduced = shown->raw || shown->opaque;
    d.options = reduced ? &p->decode : shown;
    examine(p, slot, &d, verdict);
    if (reduced && slot->shown) {
        d.options = shown;
        decode(&d, event);
    }
    if (p->qualifiers) {
        dump_collect(&d, &p->qualifiers->dumped, event);
    }
    if (p->callers && slot->shown) {
        callers_walk(p->callers, slot, &memory.mem);
    }
    slot->mem = NULL; /* what it is made of goes out of scope */
    if (memory.refused) {
        notices_refused(p, slot);
    }
}

void pipeline_show(struct pipeline *p, struct slot *slot, struct task *task, struct mem *mem)
{
    struct event *event = &slot->event;
    struct fd_reader fds;
    struct decode_options own;
    take_in(p, slot, task);
    if (!slot->shown) {
        return;
    }
    fd_reader_init(&fds, event->tid);
    struct decoder d = {.options = qualifiers_apply(p->qualifiers, &p->decode, event->abi, slot->id, &own),
                        .mem = mem,
                        .fds = &fds.names,
                        .abi = event->abi,
                        .call = event->call,
                        .args = event->args,
                        .out = &event->values};
    decode(&d, event);
    slot->called = slot->id;
    slot->shown = !p->paths || path_filter_match(p->paths, event);
    describe_image(slot);
}

static void leave_flight(struct pipeline *p, const struct slot *slot)
{
    struct slot **at = &p->in_flight;
    while (*at != slot) {
        at = &(*at)->next;
    }
    *at = slot->next;
}

static void count(struct pipeline *p, const struct slot *slot)
{
    if (p->metrics && slot->accepted && slot->event.type == EVENT_CALL) {
        metrics_call(p->metrics, slot->container ? slot->container->counts : NULL,
                     slot->answered_ns - slot->received_ns, slot->denied, slot->alert_count);
    }
}

/* Every exit of a call that is recorded is reported: one that nobody wants to see takes its own, too. */
static bool result_comes(const struct pipeline *p, const struct slot *slot)
{
    const struct event *event = &slot->event;
    if (event->call->classes & CALL_NORETURN) {
        return false;
    }
    bool at_exit = slot->injection && slot->injection->what & INJECT_AT_EXIT;
    return at_exit || slot->shown || slot->held || slot_multiplexed(slot) ||
           selection_has(&p->recorded, event->abi, slot->id);
}

/* In order, one at a time. */
static void commit(struct pipeline *p, struct slot *slot)
{
    const struct event *event = &slot->event;

    finish_returned(p);
    leave_flight(p, slot);
    count(p, slot);
    if (slot->accepted && slot->alerts.len) {
        judge_report(slot->judge, &slot->alerts);
        slot->alerts.len = 0;
    }
    struct task *task = slot->accepted ? process_find(p->processes, event->tid) : NULL;
    bool pending = task && (p->results || slot->carried) && result_comes(p, slot);
    if (pending) {
        finish_begin(p, task, slot);
    } else if (task) {
        finish_lost(p, task);
    }
    if (!pending && slot->accepted && slot->shown) {
        pipeline_call(p, &slot->event);
    }
    if (slot->accepted && !slot->held_back) {
        lifecycle_after(p, event, slot->id);
    }
    if (!pending) {
        judge_drop(slot);
        slot_release(&p->pool, slot);
    }
    finish_returned(p); /* the target may be quicker than we are */
}

/* Puts a slot in its place and shows all whose turn has come. With the lock held. */
static void settle(struct pipeline *p, struct slot *slot)
{
    bool moved = false;
    order_park(&p->order, slot->event.sequence, slot);
    while ((slot = order_next(&p->order))) {
        commit(p, slot);
        moved = true;
    }
    if (moved && p->threaded) {
        pthread_cond_broadcast(&p->turn);
    }
}

void pipeline_done(struct pipeline *p, struct slot *slot, bool accepted)
{
    slot->accepted = accepted;
    slot->answered_ns = p->metrics ? trace_clock_monotonic() : 0;
    pipeline_lock(p);
    while (p->threaded && order_full(&p->order, slot->event.sequence)) {
        pthread_cond_wait(&p->turn, &p->lock);
    }
    settle(p, slot);
    pipeline_unlock(p);
}

void pipeline_released(struct pipeline *p, const struct held_call *call)
{
    pipeline_lock(p);
    const struct event event = {.tid = call->tid, .time_ns = pipeline_now(p), .args = {call->first_arg}};
    lifecycle_after(p, &event, call->id);
    pipeline_unlock(p);
}

struct slot *pipeline_begin_turn(struct pipeline *p)
{
    struct slot *slot = pipeline_take(p, 0);
    pipeline_lock(p);
    while (slot && p->threaded && p->order.next != slot->event.sequence) {
        pthread_cond_wait(&p->turn, &p->lock);
    }
    return slot;
}

void pipeline_end_turn(struct pipeline *p, struct slot *slot)
{
    if (slot) {
        settle(p, slot);
    }
    pipeline_unlock(p);
}

void pipeline_take_results(struct pipeline *p)
{
    finish_returned(p);
}

void pipeline_tick(struct pipeline *p)
{
    trace_clock_refresh(&p->clock);
    finish_returned(p);
    p->sink->flush(p->sink, p->processes->task_count);
}

static void describe_callers(const struct pipeline *p, struct event *event)
{
    struct slot *slot = container_of(event, struct slot, event);
    if (p->callers && slot->stack) {
        stack_describe(slot->stack, event);
    }
}

void pipeline_call(struct pipeline *p, struct event *event)
{
    if (p->explain) {
        explain_call(p->explain, event);
    }
    if (result_filter_match(&p->filter, event)) {
        describe_callers(p, event);
        p->sink->call_finished(p->sink, event, p->processes->task_count);
    }
}

void pipeline_event(struct pipeline *p, const struct event *event)
{
    if (p->explain && event->type == EVENT_EXITED) {
        explain_exit(p->explain, event);
    }
    if (event->type == EVENT_EXITED && !p->show_exits) {
        return;
    }
    bool signal = event->type == EVENT_SIGNAL || event->type == EVENT_STOPPED;
    if (signal && !qualifiers_show_signal(p->qualifiers, event->status)) {
        return;
    }
    p->sink->event(p->sink, event, p->processes->task_count);
}

void pipeline_warn(struct pipeline *p, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    struct event event = {.type = EVENT_WARNING, .time_ns = pipeline_now(p), .text = text};
    pipeline_event(p, &event);
}
