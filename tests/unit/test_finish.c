/* Calls and their results brought together, with a source of results that is played here: records come at
 * moments that a real one takes a slow machine for. */
#include "supervisor/finish.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/trace_clock.h"
#include "tests/unit/unit.h"

enum { RECORDS = 4, PID_MAX = 1 << 22 /* no process has this id: include/linux/threads.h */ };

/* A source, and a sink that keeps what it is shown last. */
static struct {
    struct results results;
    struct record records[RECORDS];
    unsigned first, count;
    struct sink sink;
    unsigned started, finished;
    struct event last;
    struct process_observer observer;
    struct process_table processes;
    struct pipeline pipeline;
} t;

static bool fake_peek(struct results *results, struct record *record)
{
    (void)results;
    if (t.first < t.count) {
        *record = t.records[t.first];
    }
    return t.first < t.count;
}

static void fake_pop(struct results *results)
{
    (void)results;
    t.first++;
}

static uint64_t fake_lost(struct results *results)
{
    (void)results;
    return 0;
}

static void fake_started(struct sink *sink, struct event *event, size_t live_tasks)
{
    (void)sink;
    (void)event;
    (void)live_tasks;
    t.started++;
}

static void fake_finished(struct sink *sink, struct event *event, size_t live_tasks)
{
    (void)sink;
    (void)live_tasks;
    t.finished++;
    t.last = *event;
}

static void fake_event(struct sink *sink, const struct event *event, size_t live_tasks)
{
    (void)sink;
    (void)event;
    (void)live_tasks;
}

static void setup(void)
{
    static const struct decode_options decode = {.string_max = 32, .array_max = 32};
    static struct selection all;
    memset(&t, 0, sizeof(t));
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        call_set_add(&all.calls[abi], CALL_getppid);
        call_set_add(&all.calls[abi], CALL_execve);
        call_set_add(&all.calls[abi], CALL_fork);
    }
    t.results = (struct results){.name = "fake", .peek = fake_peek, .pop = fake_pop, .lost = fake_lost};
    t.sink = (struct sink){.call_started = fake_started, .call_finished = fake_finished, .event = fake_event};
    process_table_init(&t.processes, NULL, &t.observer);
    ck_assert_int_eq(pipeline_init(&t.pipeline, &decode, &all, &t.processes, &t.sink, &t.results), 0);
    t.pipeline.recorded = all;
}

static void teardown(void)
{
    process_table_free(&t.processes);
    pipeline_free(&t.pipeline);
}

/* A call of task `tid` is received, decoded and answered. */
static struct slot *answered(pid_t tid, enum call_id id)
{
    struct verdict verdict;
    struct slot *slot = pipeline_take(&t.pipeline, tid);
    ck_assert_ptr_nonnull(slot);
    slot->id = id;
    slot->event.type = EVENT_CALL;
    slot->event.abi = &abis[ABI_X86_64];
    slot->event.number = call_number(slot->event.abi, id);
    slot->event.call = call_line_in(slot->event.abi, id);
    memset(slot->event.args, 0, sizeof(slot->event.args));
    ck_assert(pipeline_intake(&t.pipeline, slot, NULL));
    pipeline_decode(&t.pipeline, slot, &verdict);
    return slot;
}

/* A call returns, as the kernel says, to task `tid`. */
static void returns(pid_t tid, enum call_id id, int64_t result)
{
    int64_t now = trace_clock_monotonic();
    ck_assert_uint_lt(t.count, RECORDS);
    t.records[t.count++] = (struct record){.type = RECORD_RESULT,
                                           .pid = getpid(),
                                           .tid = tid,
                                           .number = call_number(&abis[ABI_X86_64], id),
                                           .result = result,
                                           .begin_ns = now,
                                           .end_ns = now};
}

static void ck_returned(pid_t tid, int64_t result)
{
    ck_assert_uint_eq(t.finished, 1);
    ck_assert_int_eq(t.last.result_state, RESULT_KNOWN);
    ck_assert_int_eq(t.last.result, result);
    ck_assert_int_eq(t.last.tid, tid);
}

START_TEST(a_result_that_comes_before_its_call_is_done_waits)
{
    struct slot *slot = answered(getpid(), CALL_getppid);
    returns(getpid(), CALL_getppid, 7);
    pipeline_take_results(&t.pipeline);
    ck_assert_uint_eq(t.finished, 0);
    pipeline_done(&t.pipeline, slot, true);
    ck_returned(getpid(), 7);
}
END_TEST

/* A thread to execute a program: it has an id of its own and stays until it is told to end. */
struct thread {
    pthread_t id;
    pthread_barrier_t begin, end;
    pid_t tid;
};

static void *thread_main(void *argument)
{
    struct thread *thread = argument;
    thread->tid = (pid_t)syscall(SYS_gettid);
    pthread_barrier_wait(&thread->begin);
    pthread_barrier_wait(&thread->end);
    return NULL;
}

START_TEST(an_exec_by_a_thread_that_returns_before_its_call_is_done_waits)
{
    struct thread thread;
    pthread_barrier_init(&thread.begin, NULL, 2);
    pthread_barrier_init(&thread.end, NULL, 2);
    ck_assert_int_eq(pthread_create(&thread.id, NULL, thread_main, &thread), 0);
    pthread_barrier_wait(&thread.begin);

    struct slot *slot = answered(thread.tid, CALL_execve);
    returns(getpid(), CALL_execve, 0); /* the kernel gives it the leader's id */
    pipeline_take_results(&t.pipeline);
    ck_assert_uint_eq(t.finished, 0);
    pipeline_done(&t.pipeline, slot, true);
    ck_returned(getpid(), 0);

    pthread_barrier_wait(&thread.end);
    pthread_join(thread.id, NULL);
}
END_TEST

/* A call that is not notified begins: registers say which. */
static void begins(pid_t tid, enum call_id id)
{
    static struct user_regs_struct user;
    int64_t now = trace_clock_monotonic();
    ck_assert_uint_lt(t.count, RECORDS);
    t.records[t.count++] = (struct record){.type = RECORD_BEGIN,
                                           .pid = getpid(),
                                           .tid = tid,
                                           .number = call_number(&abis[ABI_X86_64], id),
                                           .begin_ns = now,
                                           .end_ns = now,
                                           .registers = &user};
}

START_TEST(a_call_that_is_not_notified_is_shown_when_it_returns)
{
    begins(getpid(), CALL_fork);
    pipeline_take_results(&t.pipeline);
    ck_assert_uint_eq(t.started, 1);
    ck_assert_uint_eq(t.finished, 0);
    returns(getpid(), CALL_fork, 12);
    pipeline_take_results(&t.pipeline);
    ck_returned(getpid(), 12);
    ck_assert_str_eq(t.last.call->name, "fork");
    /* What -n numbers signals and ends by. */
    ck_assert_int_eq(process_find(&t.processes, getpid())->number, call_number(&abis[ABI_X86_64], CALL_fork));
}
END_TEST

START_TEST(a_call_that_is_not_notified_comes_after_those_received_before_it)
{
    struct slot *slot = answered(getpid(), CALL_getppid);
    returns(getpid(), CALL_getppid, 7);
    begins(getpid(), CALL_fork);
    pipeline_take_results(&t.pipeline);
    ck_assert_uint_eq(t.started, 0);
    pipeline_done(&t.pipeline, slot, true);
    ck_returned(getpid(), 7);
    ck_assert_uint_eq(t.started, 2);
    returns(getpid(), CALL_fork, 12);
    pipeline_take_results(&t.pipeline);
    ck_assert_uint_eq(t.finished, 2);
}
END_TEST

START_TEST(a_call_of_a_task_that_is_gone_is_counted)
{
    begins(PID_MAX, CALL_fork);
    returns(PID_MAX, CALL_fork, 12);
    pipeline_take_results(&t.pipeline);
    ck_assert_uint_eq(t.started, 0);
    ck_assert_uint_eq(t.first, 2);
    ck_assert_uint_eq(t.pipeline.unknown_callers, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("finish");
    TCase *tc = tcase_create("finish");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_result_that_comes_before_its_call_is_done_waits);
    tcase_add_test(tc, an_exec_by_a_thread_that_returns_before_its_call_is_done_waits);
    tcase_add_test(tc, a_call_that_is_not_notified_is_shown_when_it_returns);
    tcase_add_test(tc, a_call_that_is_not_notified_comes_after_those_received_before_it);
    tcase_add_test(tc, a_call_of_a_task_that_is_gone_is_counted);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
