/* What is done for a dead worker: its calls are answered, what it left open is closed. With the kernel's
 * listeners. */
#include "supervisor/rescue.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "launcher/filter.h"
#include "tests/unit/unit.h"

/* A thread under a filter of its own: two calls, each waiting for an answer. */
struct caller {
    pthread_t thread;
    sem_t ready;  /* the listener is known */
    int listener; /* ours; a negative errno: none */
    int errors[2];
};

static struct keeper keeper;
static struct caller caller;
static struct caller other;
static struct filter filter;

/* A filter without SECCOMP_FILTER_FLAG_TSYNC is the thread's alone. */
static void *call(void *argument)
{
    struct caller *c = argument;
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    c->listener = filter_load(&filter);
    sem_post(&c->ready);
    c->errors[0] = syscall(SYS_getpgrp) < 0 ? errno : 0;
    c->errors[1] = syscall(SYS_getppid) < 0 ? errno : 0;
    return NULL;
}

static void start(struct caller *c)
{
    *c = (struct caller){.listener = -1};
    ck_assert_int_eq(sem_init(&c->ready, 0, 0), 0);
    ck_assert_int_eq(pthread_create(&c->thread, NULL, call, c), 0);
    while (sem_wait(&c->ready) < 0) {
    }
    ck_assert_int_ge(c->listener, 0);
}

static void end(struct caller *c)
{
    ck_assert_int_eq(pthread_join(c->thread, NULL), 0);
}

static void setup(void)
{
    struct filter_spec spec = {.how = FILTER_NOTIFY};
    ck_assert_int_eq(selection_parse(&spec.notify, "getpgrp,getppid", NULL), 0);
    ck_assert_int_eq(filter_build(&spec, &filter, NULL), 0);
    keeper = (struct keeper){.ledger = ledger_new(NULL)};
    ck_assert_ptr_nonnull(keeper.ledger);
}

static void teardown(void)
{
    ledger_free(keeper.ledger);
    filter_free(&filter);
}

static bool deny_getppid(const struct keeper *unused, const struct seccomp_data *data)
{
    (void)unused;
    return data->nr == SYS_getppid;
}

/* Takes the next call, as a worker does that dies then. */
static struct flight *receive(struct ledger *ledger, const struct caller *c)
{
    struct flight *flight = flight_take(ledger, c->listener, 0);
    ck_assert_ptr_nonnull(flight);
    ck_assert_int_eq(ioctl(c->listener, SECCOMP_IOCTL_NOTIF_RECV, &flight->request), 0);
    return flight;
}

static void expect(struct rescued rescued, unsigned let_go, unsigned refused)
{
    ck_assert_uint_eq(rescued.let_go, let_go);
    ck_assert_uint_eq(rescued.refused, refused);
}

START_TEST(what_was_received_goes_on)
{
    start(&caller);
    for (unsigned i = 0; i < 2; i++) {
        const struct flight *flight = receive(keeper.ledger, &caller);
        expect(rescue_flights(&keeper), 1, 0);
        ck_assert_int_eq(flight->holder, 0);
        ck_assert_uint_eq(flight->request.notif.id, 0);
    }
    end(&caller);
    ck_assert_int_eq(caller.errors[0], 0);
    ck_assert_int_eq(caller.errors[1], 0);
    expect(rescue_flights(&keeper), 0, 0);
}
END_TEST

START_TEST(what_may_be_denied_fails)
{
    keeper.denies = deny_getppid;
    start(&caller);
    receive(keeper.ledger, &caller);
    expect(rescue_flights(&keeper), 1, 0);
    receive(keeper.ledger, &caller);
    expect(rescue_flights(&keeper), 0, 1);
    end(&caller);
    ck_assert_int_eq(caller.errors[0], 0);
    ck_assert_int_eq(caller.errors[1], EPERM);
}
END_TEST

START_TEST(what_was_answered_or_never_came_is_only_released)
{
    keeper.denies = deny_getppid;
    start(&caller);
    struct flight *flight = receive(keeper.ledger, &caller);
    struct seccomp_notif_resp response = {.id = flight->request.notif.id, .error = -EDOM};
    ck_assert_int_eq(ioctl(caller.listener, SECCOMP_IOCTL_NOTIF_SEND, &response), 0);
    const struct flight *empty = flight_take(keeper.ledger, caller.listener, 7);
    expect(rescue_flights(&keeper), 0, 0);
    ck_assert_int_eq(flight->holder, 0);
    ck_assert_int_eq(empty->holder, 0);
    receive(keeper.ledger, &caller);
    expect(rescue_flights(&keeper), 0, 1);
    end(&caller);
    ck_assert_int_eq(caller.errors[0], EDOM);
}
END_TEST

/* Its descriptors are another process's numbers: each id finds the listener that knows it. */
START_TEST(another_agents_calls_are_answered_by_whoever_knows_them)
{
    struct ledger *foreign = ledger_new(NULL);
    keeper.denies = deny_getppid;
    start(&caller);
    start(&other);
    ck_assert(ledger_add(keeper.ledger, caller.listener, -1, 0));
    ck_assert(ledger_add(keeper.ledger, other.listener, -1, 0));
    receive(foreign, &other)->holder = 1000;
    receive(foreign, &caller)->holder = 1000;
    flight_take(foreign, 999, 0)->request.notif.id = 12345; /* nobody's */
    flight_take(foreign, 999, 0);
    expect(rescue_foreign(&keeper, foreign), 2, 0);
    expect(rescue_foreign(&keeper, foreign), 0, 0);
    ledger_free(foreign);
    for (unsigned i = 0; i < 2; i++) {
        receive(keeper.ledger, i ? &caller : &other);
        expect(rescue_flights(&keeper), 0, 1);
    }
    end(&caller);
    end(&other);
    ck_assert_int_eq(caller.errors[0], 0);
    ck_assert_int_eq(other.errors[0], 0);
}
END_TEST

START_TEST(while_there_is_no_worker_calls_are_answered_until_the_last_listener_ends)
{
    unsigned rounds = 1;
    keeper.denies = deny_getppid;
    start(&caller);
    start(&other);
    ck_assert(ledger_add(keeper.ledger, caller.listener, -1, 0));
    ck_assert(ledger_add(keeper.ledger, other.listener, -1, 0));
    while (rescue_wait(&keeper, -1, -1)) {
        ck_assert_uint_lt(rounds++, 10);
    }
    end(&caller);
    end(&other);
    ck_assert_int_eq(caller.errors[0], 0);
    ck_assert_int_eq(caller.errors[1], EPERM);
    ck_assert_int_eq(other.errors[1], EPERM);
    ck_assert_ptr_null(ledger_find(keeper.ledger, caller.listener));
    ck_assert_int_lt(fcntl(caller.listener, F_GETFD), 0);
    ck_assert_int_lt(fcntl(other.listener, F_GETFD), 0);
}
END_TEST

START_TEST(waiting_ends_with_a_signal_to_the_keeper_or_in_time)
{
    int fd = eventfd(1, EFD_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    ck_assert(!rescue_wait(&keeper, fd, -1));
    ck_assert(!rescue_wait(&keeper, -1, 0));
    close(fd);
}
END_TEST

START_TEST(what_a_worker_left_open_is_closed_but_for_listeners)
{
    static struct leftovers before;
    int kept = eventfd(0, EFD_CLOEXEC);
    int high = fcntl(kept, F_DUPFD_CLOEXEC, 1200); /* beyond the bits of a leftovers */
    ck_assert_int_eq(leftovers_note(&before), 0);
    int left = eventfd(0, EFD_CLOEXEC);
    int state = eventfd(0, EFD_CLOEXEC);
    start(&caller);
    start(&other);
    ck_assert(!is_listener(left));
    ck_assert(!is_listener(-1));
    ck_assert(is_listener(caller.listener));
    ck_assert(ledger_add(keeper.ledger, caller.listener, state, 0));
    leftovers_close(&before, keeper.ledger);
    ck_assert_int_lt(fcntl(left, F_GETFD), 0);
    ck_assert_int_lt(fcntl(high, F_GETFD), 0);
    ck_assert_int_ge(fcntl(kept, F_GETFD), 0);
    ck_assert_int_ge(fcntl(state, F_GETFD), 0);
    ck_assert_int_ge(fcntl(caller.listener, F_GETFD), 0);
    const struct ledger_listener *entered = ledger_find(keeper.ledger, other.listener);
    ck_assert_ptr_nonnull(entered);
    ck_assert_int_eq(entered->state, -1);
    while (rescue_wait(&keeper, -1, -1)) {
    }
    end(&caller);
    end(&other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rescue");
    TCase *tests = tcase_create("rescue");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, what_was_received_goes_on);
    tcase_add_test(tests, what_may_be_denied_fails);
    tcase_add_test(tests, what_was_answered_or_never_came_is_only_released);
    tcase_add_test(tests, another_agents_calls_are_answered_by_whoever_knows_them);
    tcase_add_test(tests, while_there_is_no_worker_calls_are_answered_until_the_last_listener_ends);
    tcase_add_test(tests, waiting_ends_with_a_signal_to_the_keeper_or_in_time);
    tcase_add_test(tests, what_a_worker_left_open_is_closed_but_for_listeners);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
