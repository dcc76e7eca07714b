#include "supervisor/trace_source.h"

#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/reg.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/inject.h"
#include "supervisor/lifecycle.h"
#include "supervisor/ptrace_stop.h"

/* Without a tracer every selected call would fail (ENOSYS): if we die, the program does. */
enum {
    OPTIONS = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
              PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL
};

enum { COLLECT_EVERY = 32 };

/* The C library wants pointers where ptrace takes numbers. */
static long control(enum __ptrace_request request, pid_t tid, uintptr_t addr, uintptr_t data)
{
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    return ptrace(request, tid, (void *)addr, (void *)data);
}

/* A task that was killed meanwhile does not stand still any more (ESRCH): its end comes with the next wait.
 */
static void go_on(pid_t tid, enum __ptrace_request how, int signal)
{
    (void)control(how, tid, 0, (uintptr_t)signal);
}

static bool read_stop(pid_t tid, struct __ptrace_syscall_info *info)
{
    return control(PTRACE_GET_SYSCALL_INFO, tid, sizeof(*info), (uintptr_t)info) > 0;
}

/* False: the task is in no call whose result is awaited. Notes when it was let go, the first time. */
static bool in_call(struct trace_source *source, pid_t tid)
{
    pipeline_lock(source->pipeline);
    struct task *task = process_find(source->pipeline->processes, tid);
    struct slot *slot = task ? task->pending : NULL;
    if (slot && !slot->begin_ns) {
        slot->begin_ns = trace_clock_monotonic();
    }
    pipeline_unlock(source->pipeline);
    return slot != NULL;
}

/* Lets a task that stopped in or before a call go on, until the call returns if somebody waits for that. */
static void go_on_in_call(struct trace_source *source, pid_t tid)
{
    go_on(tid, in_call(source, tid) ? PTRACE_SYSCALL : PTRACE_CONT, 0);
}

/* The number of the call that is made instead of one that is denied: none but where an injection says so. */
static int number_instead(const struct abi *abi, const struct verdict *verdict)
{
    return verdict->replacement == CALL_none ? -1 : call_number(abi, verdict->replacement);
}

/* Of a thread that a rule kills: as a shell has it for SIGKILL. */
enum { EXIT_OF_KILLED = 128 + SIGKILL };

static void set_result(pid_t tid, const struct verdict *verdict)
{
    int64_t result = verdict->error ? -verdict->error : verdict->value;
    (void)control(PTRACE_POKEUSER, tid, sizeof(long) * RAX, (uintptr_t)result);
}

/* A call whose number is -1 is skipped, and returns what stands in the register of the result (seccomp(2)).
 */
static void answer(pid_t tid, const struct abi *abi, const struct verdict *verdict)
{
    if (verdict->deny) {
        (void)control(PTRACE_POKEUSER, tid, sizeof(long) * ORIG_RAX, (uintptr_t)number_instead(abi, verdict));
        set_result(tid, verdict);
    }
    if (verdict->kill_thread) {
        (void)control(PTRACE_POKEUSER, tid, sizeof(long) * ORIG_RAX, (uintptr_t)call_number(abi, CALL_exit));
        (void)control(PTRACE_POKEUSER, tid, sizeof(long) * (abi == &abis[ABI_I386] ? RBX : RDI),
                      EXIT_OF_KILLED);
    }
    const int signals[] = {verdict->kill ? SIGKILL : 0, verdict->stop ? SIGSTOP : 0, verdict->signal};
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
        if (signals[i]) {
            (void)syscall(SYS_tkill, tid, signals[i]);
        }
    }
}

/* The same as a filter is given it. */
static struct seccomp_data call_at(const struct __ptrace_syscall_info *info)
{
    struct seccomp_data data = {
        .nr = (int)info->seccomp.nr, .arch = info->arch, .instruction_pointer = info->instruction_pointer};
    for (unsigned i = 0; i < ARRAY_SIZE(data.args); i++) {
        data.args[i] = info->seccomp.args[i];
    }
    return data;
}

/*
 * A task that asked not to be traced would have no tracer, and every selected call of its fail (ENOSYS). So
 * it is traced; nothing else in it is changed by that flag.
 */
static void keep_traced(pid_t tid, const struct slot *slot)
{
    const struct event *event = &slot->event;
    uint64_t flags = event->args[0];
    if (slot->id == CALL_clone && (flags & CLONE_UNTRACED)) {
        uintptr_t first = event->abi == &abis[ABI_I386] ? RBX : RDI;
        (void)control(PTRACE_POKEUSER, tid, sizeof(long) * first, flags & ~(uint64_t)CLONE_UNTRACED);
    } else if (slot->id == CALL_clone3) {
        struct target_mem memory;
        target_mem_init(&memory, tid);
        /* The first member of struct clone_args. */
        if (mem_read(&memory.mem, event->args[0], &flags, sizeof(flags)) && (flags & CLONE_UNTRACED)) {
            (void)control(PTRACE_POKEDATA, tid, event->args[0], flags & ~(uint64_t)CLONE_UNTRACED);
        }
    }
}

static void call_begins(struct trace_source *source, pid_t tid)
{
    struct pipeline *p = source->pipeline;
    struct verdict verdict = {.deny = false};
    struct __ptrace_syscall_info info;
    struct slot *slot = read_stop(tid, &info) ? pipeline_take(p, tid) : NULL;
    if (!slot) {
        go_on(tid, PTRACE_CONT, 0); /* killed, or out of memory: the program goes on unseen */
        return;
    }
    const struct seccomp_data data = call_at(&info);
    const struct abi *abi = slot_fill(slot, &data) ? slot->event.abi : NULL;
    bool seen = abi && pipeline_intake(p, slot, NULL);
    if (seen) {
        pipeline_decode(p, slot, &verdict);
        keep_traced(tid, slot);
    }
    struct held_call call = pipeline_hold(slot);
    slot->held_back = slot->held_back && trace_holds_add(&source->holds, tid, verdict.delay_ns, &call);
    bool held_back = slot->held_back;
    slot->begin_ns = held_back ? trace_clock_monotonic() : 0;
    pipeline_done(p, slot, seen);
    answer(tid, abi, &verdict);
    if (!held_back) {
        go_on_in_call(source, tid);
    }
}

/* Hands one record to the pipeline, which takes it at once: no call is on its way here. */
static void deliver(struct trace_source *source)
{
    pipeline_lock(source->pipeline);
    source->holds_record = true;
    pipeline_take_results(source->pipeline);
    source->holds_record = false;
    pipeline_unlock(source->pipeline);
}

/* Before its result is read: what an injection makes of it. */
static void inject_at_return(pid_t tid, struct slot *slot)
{
    const struct injection *in = slot->injection;
    struct event *event = &slot->event;
    if (in->what & INJECT_SYSCALL && event->injected & INJECTED_RESULT) {
        const struct verdict verdict = {.error = in->error, .value = in->value};
        set_result(tid, &verdict);
    }
    if (in->what & INJECT_POKE_EXIT && inject_poke(tid, &in->exit, event->args)) {
        event->injected |= INJECTED_ARGS;
    }
}

static void call_returns(struct trace_source *source, pid_t tid)
{
    struct __ptrace_syscall_info info;
    pipeline_lock(source->pipeline);
    struct task *task = process_find(source->pipeline->processes, tid);
    struct slot *slot = task ? task->pending : NULL;
    int number = slot ? slot->event.number : 0;
    pid_t pid = slot ? task->process->pid : 0;
    const struct injection *injection = slot ? slot->injection : NULL;
    if (injection) {
        inject_at_return(tid, slot);
    }
    pipeline_unlock(source->pipeline);

    if (slot && read_stop(tid, &info) && info.op == PTRACE_SYSCALL_INFO_EXIT) {
        target_mem_init(&source->memory, tid);
        source->record = (struct record){.type = RECORD_RESULT,
                                         .pid = pid,
                                         .tid = tid,
                                         .number = number,
                                         .result = info.exit.rval,
                                         .end_ns = trace_clock_monotonic(),
                                         .live = &source->memory.mem};
        deliver(source);
    }
    bool waits = injection && injection->what & INJECT_DELAY_EXIT;
    if (!waits || !trace_holds_add(&source->holds, tid, injection->delay_exit_ns, NULL)) {
        go_on(tid, PTRACE_CONT, 0);
    }
}

static void signal_comes(struct trace_source *source, pid_t tid, int signal)
{
    siginfo_t info;
    target_mem_init(&source->memory, tid);
    bool known = control(PTRACE_GETSIGINFO, tid, 0, (uintptr_t)&info) == 0;
    source->record = (struct record){.type = RECORD_SIGNAL,
                                     .tid = tid,
                                     .end_ns = trace_clock_monotonic(),
                                     .signal = signal,
                                     .live = &source->memory.mem,
                                     .siginfo = known ? &info : NULL,
                                     .siginfo_size = known ? sizeof(info) : 0};
    deliver(source);
    go_on(tid, PTRACE_CONT, signal);
}

/* It stays stopped, and we hear of it when SIGCONT comes. */
static void group_stops(struct trace_source *source, pid_t tid, int signal)
{
    struct pipeline *p = source->pipeline;
    pipeline_lock(p);
    const struct task *task = process_find(p->processes, tid);
    if (task && !task->process->hidden) {
        struct event event = {.type = EVENT_STOPPED,
                              .time_ns = pipeline_now(p),
                              .tid = tid,
                              .process = process_recall(task),
                              .number = task->number,
                              .status = signal};
        pipeline_event(p, &event);
    }
    pipeline_unlock(p);
    go_on(tid, PTRACE_LISTEN, 0);
}

/*
 * Of several filters that select a call the one that notifies has its way, and we are not asked (seccomp(2)).
 * The program's own execve is always selected: if we did not see it, another filter took it.
 */
static void check_that_execve_was_seen(struct trace_source *source, pid_t tid)
{
    struct pipeline *p = source->pipeline;
    pipeline_lock(p);
    const struct task *task = process_find(p->processes, tid);
    if (task && task->process->hidden) {
        task->process->hidden = false;
        pipeline_warn(p,
                      "another seccomp filter around proctor sends calls to a supervisor of its own; those "
                      "are not in this trace");
    }
    pipeline_unlock(p);
}

static void exec_succeeds(struct trace_source *source, pid_t tid)
{
    unsigned long former = 0;
    check_that_execve_was_seen(source, tid);
    if (control(PTRACE_GETEVENTMSG, tid, 0, (uintptr_t)&former) == 0 && (pid_t)former != tid) {
        pipeline_lock(source->pipeline);
        lifecycle_superseded(source->pipeline, tid, (pid_t)former);
        pipeline_unlock(source->pipeline);
    }
    go_on_in_call(source, tid);
}

static void meet(struct trace_source *source, pid_t tid)
{
    pipeline_lock(source->pipeline);
    (void)pipeline_meet(source->pipeline, tid);
    pipeline_unlock(source->pipeline);
}

/* Its own first stop may be never seen, if an exec or a signal kills it before. */
static void task_is_made(struct trace_source *source, pid_t parent)
{
    unsigned long child = 0;
    if (control(PTRACE_GETEVENTMSG, parent, 0, (uintptr_t)&child) == 0) {
        meet(source, (pid_t)child);
    }
    go_on_in_call(source, parent);
}

/* Those whose time has come go on. */
static void release_held(struct trace_source *source)
{
    struct trace_hold hold;
    while (source->holds.first && trace_holds_due(&source->holds, &hold)) {
        if (hold.entered) {
            pipeline_released(source->pipeline, &hold.call);
        }
        go_on_in_call(source, hold.tid);
    }
}

static void task_ends(struct trace_source *source, pid_t tid, int status)
{
    trace_holds_forget(&source->holds, tid);
    pipeline_lock(source->pipeline);
    lifecycle_ended(source->pipeline, tid, status);
    pipeline_unlock(source->pipeline);
    if (tid == source->first) {
        source->status = status;
    }
}

static void serve(struct trace_source *source, pid_t tid, int status)
{
    enum ptrace_stop stop = ptrace_stop_of(status);
    if (stop != STOP_ENDED) {
        cpu_follow(&source->cpu, tid);
    }
    switch (stop) {
    case STOP_CALL:
        call_begins(source, tid);
        break;
    case STOP_RETURN:
        call_returns(source, tid);
        break;
    case STOP_SIGNAL:
        signal_comes(source, tid, ptrace_stop_signal(status));
        break;
    case STOP_GROUP:
        group_stops(source, tid, ptrace_stop_signal(status));
        break;
    case STOP_TRAP:
        meet(source, tid);
        go_on(tid, PTRACE_CONT, 0);
        break;
    case STOP_EXEC:
        exec_succeeds(source, tid);
        break;
    case STOP_ENDED:
        task_ends(source, tid, status);
        break;
    case STOP_CHILD:
        task_is_made(source, tid);
        break;
    case STOP_UNKNOWN:
        go_on_in_call(source, tid);
        break;
    }
}

/*
 * The next stop of a tracee of this thread, or of none (0) with WNOHANG; negative: there are none left.
 * __WNOTHREAD: other children of ours are not for this thread to reap.
 */
static pid_t next_stop(struct trace_source *source, int *status, int flags)
{
    pid_t tid;
    do {
        release_held(source);
        tid = wait4(-1, status, __WALL | __WNOTHREAD | flags, NULL);
    } while (tid < 0 && errno == EINTR);
    return tid;
}

/*
 * wait looks through the tracees in a fixed order and takes the first that stands still (kernel/exit.c,
 * ptrace_do_wait): a busy one can keep those behind it waiting. So from time to time all that stand still are
 * taken before one of them goes on.
 */
static void serve_all(struct trace_source *source)
{
    unsigned count = 0;
    while (count < STOPS_AT_ONCE) {
        struct stopped *stopped = &source->queue[count];
        stopped->tid = next_stop(source, &stopped->status, WNOHANG);
        if (stopped->tid <= 0) {
            break;
        }
        count++;
    }
    for (unsigned i = 0; i < count; i++) {
        serve(source, source->queue[i].tid, source->queue[i].status);
    }
}

static void serve_stops(struct trace_source *source)
{
    int status;
    pid_t tid;
    while ((tid = next_stop(source, &status, 0)) > 0) {
        if (++source->served % COLLECT_EVERY == 0 && source->pipeline->processes->task_count > 1) {
            struct stopped one = {.tid = tid, .status = status};
            serve_all(source); /* `one` still stands */
            serve(source, one.tid, one.status);
        } else {
            serve(source, tid, status);
        }
    }
}

static void *thread_main(void *argument)
{
    struct trace_source *source = argument;
    cpu_follower_init(&source->cpu);
    int ret = (int)control(PTRACE_SEIZE, source->first, 0, OPTIONS);
    source->attach_error = ret < 0 ? errno : 0;
    sem_post(&source->attached);
    if (ret == 0) {
        serve_stops(source);
        source->on_end(source);
    }
    trace_holds_free(&source->holds);
    return NULL;
}

static bool trace_peek(struct results *results, struct record *record)
{
    const struct trace_source *source = container_of(results, struct trace_source, results);
    if (source->holds_record) {
        *record = source->record;
    }
    return source->holds_record;
}

static void trace_pop(struct results *results)
{
    container_of(results, struct trace_source, results)->holds_record = false;
}

/* Every descendant is followed by the kernel. */
static int trace_follow(struct results *results, pid_t tid)
{
    (void)results;
    (void)tid;
    return 0;
}

/* Every call that is shown is awaited. */
static int trace_want(struct results *results, const struct abi *abi, int number)
{
    (void)results;
    (void)abi;
    (void)number;
    return 0;
}

static uint64_t trace_lost(struct results *results)
{
    (void)results;
    return 0;
}

static bool trace_lost_of(struct results *results, pid_t tid, int64_t since_ns)
{
    (void)results;
    (void)tid;
    (void)since_ns;
    return false;
}

static void trace_close(struct results *results)
{
    (void)results;
}

void trace_source_init(struct trace_source *source)
{
    *source = (struct trace_source){.status = -1,
                                    .results = {.name = "ptrace",
                                                .peek = trace_peek,
                                                .pop = trace_pop,
                                                .follow = trace_follow,
                                                .want = trace_want,
                                                .lost = trace_lost,
                                                .lost_of = trace_lost_of,
                                                .close = trace_close}};
}

/*
 * Each stop would send us SIGCHLD, and wake the main thread for it: what a thread blocks, as ours does all,
 * is not ignored but kept for the others (kernel/signal.c, sig_ignored).
 */
static void want_no_sigchld_of_stops(void)
{
    struct sigaction action;
    if (sigaction(SIGCHLD, NULL, &action) == 0) {
        action.sa_flags |= SA_NOCLDSTOP;
        (void)sigaction(SIGCHLD, &action, NULL);
    }
}

int trace_source_start(struct trace_source *source, struct pipeline *pipeline, pid_t pid,
                       void (*on_end)(struct trace_source *source), struct error *err)
{
    sigset_t all;
    sigset_t before;

    source->pipeline = pipeline;
    source->first = pid;
    source->on_end = on_end;
    pipeline->threaded = true;
    want_no_sigchld_of_stops();
    sem_init(&source->attached, 0, 0);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int ret = -pthread_create(&source->thread, NULL, thread_main, source);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (ret < 0) {
        return error_errno(err, -ret, "can't start the tracer's thread");
    }
    source->running = true;
    while (sem_wait(&source->attached) < 0 && errno == EINTR) {
    }
    return source->attach_error ? error_errno(err, source->attach_error, "can't attach to the program") : 0;
}

void trace_source_stop(struct trace_source *source)
{
    if (!source->running) {
        return;
    }
    source->running = false;
    if (source->status < 0) {
        (void)kill(source->first, SIGKILL);
    }
    pthread_join(source->thread, NULL);
    sem_destroy(&source->attached);
}

/* What a child of ours that we attach to answers; it does nothing else. */
static int probe(pid_t child)
{
    struct __ptrace_syscall_info info;
    int status;
    if (control(PTRACE_SEIZE, child, 0, OPTIONS) < 0 || control(PTRACE_INTERRUPT, child, 0, 0) < 0) {
        return -errno;
    }
    if (waitpid(child, &status, __WALL) < 0) {
        return -errno;
    }
    return read_stop(child, &info) ? 0 : -errno; /* Linux 5.3 */
}

int trace_source_possible(struct error *err)
{
    pid_t child = fork();
    if (child == 0) {
        for (;;) {
            pause();
        }
    }
    if (child < 0) {
        return error_errno(err, errno, "can't start a process");
    }
    int ret = probe(child);
    (void)kill(child, SIGKILL);
    int status;
    while (waitpid(child, &status, __WALL) >= 0 && !WIFEXITED(status) && !WIFSIGNALED(status)) {
    }
    return ret < 0 ? error_errno(err, -ret, "ptrace results need to be allowed to trace a child (ptrace(2))")
                   : 0;
}
