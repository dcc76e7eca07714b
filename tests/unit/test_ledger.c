/* What outlives a worker: calls in hand and listeners, in memory that processes share. */
#include "supervisor/ledger.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static struct ledger *ledger;

static void setup(void)
{
    ledger = ledger_new(NULL);
    ck_assert_ptr_nonnull(ledger);
}

static void teardown(void)
{
    ledger_free(ledger);
}

START_TEST(another_process_finds_what_was_written)
{
    int fd;
    struct ledger *file = ledger_new(&fd);
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
    file->received = 7;
    ck_assert(ledger_add(file, 5, -1, 3));
    ledger_free(file);
    struct ledger *adopted = ledger_adopt(fd);
    ck_assert_ptr_nonnull(adopted);
    ck_assert_uint_eq(adopted->received, 7);
    ck_assert_uint_eq(ledger_find(adopted, 5)->name, 3);
    ledger_free(adopted);
    close(fd);
}
END_TEST

START_TEST(what_is_no_ledger_of_this_version_is_refused)
{
    int fd;
    struct ledger *file = ledger_new(&fd);
    file->layout ^= 1;
    ck_assert_ptr_null(ledger_adopt(fd));
    file->layout ^= 1;
    ledger_free(file);
    ck_assert_int_eq(ftruncate(fd, 100), 0);
    ck_assert_ptr_null(ledger_adopt(fd));
    close(fd);
    ck_assert_ptr_null(ledger_adopt(fd));
    ledger_free(NULL);
}
END_TEST

START_TEST(a_new_worker_counts_anew_and_keeps_what_is_served)
{
    struct flight *flight = flight_take(ledger, 5, 0);
    flight->request.notif.id = 9;
    ck_assert(ledger_add(ledger, 5, -1, 0));
    ledger->received = ledger->written = 7;
    ledger->gap_reported = ledger->ready = true;
    ledger->receiving = 3;
    ledger->reloads = 2;
    ledger->err.code = -1;
    ledger_begin(ledger);
    ck_assert_uint_eq(ledger->received, 0);
    ck_assert_uint_eq(ledger->written, 0);
    ck_assert_int_gt(ledger->written_ns, 0);
    ck_assert_uint_eq(ledger->receiving, 0);
    ck_assert(!ledger->gap_reported);
    ck_assert_int_eq(ledger->err.code, 0);
    ck_assert(ledger->ready);
    ck_assert_uint_eq(ledger->reloads, 2);
    ck_assert_uint_eq(flight->request.notif.id, 9);
    ck_assert_ptr_nonnull(ledger_find(ledger, 5));
}
END_TEST

START_TEST(a_flight_is_one_callers_until_it_is_released)
{
    struct flight *first = flight_take(ledger, 0, 7);
    struct flight *second = flight_take(ledger, 0, 7);
    ck_assert_ptr_eq(first, &ledger->flight[7]);
    ck_assert_ptr_eq(second, &ledger->flight[8]);
    ck_assert_int_eq(first->holder, 1); /* descriptor 0 is one, too */
    memset(&first->request, 0xff, 80);
    flight_release(first, 80);
    ck_assert_int_eq(first->holder, 0);
    for (size_t i = 0; i < sizeof(first->request.room); i++) {
        ck_assert_int_eq(first->request.room[i], 0);
    }
    ck_assert_ptr_eq(flight_take(ledger, 0, 7), first);
}
END_TEST

START_TEST(all_flights_can_be_taken_from_any_hint)
{
    for (unsigned i = 0; i < FLIGHTS_MAX; i++) {
        ck_assert_ptr_nonnull(flight_take(ledger, 5, FLIGHTS_MAX - 3));
    }
    ck_assert_ptr_null(flight_take(ledger, 5, 0));
    flight_release(&ledger->flight[2], 0);
    ck_assert_ptr_eq(flight_take(ledger, 5, UINT32_MAX), &ledger->flight[2]);
}
END_TEST

enum { THREADS = 4, TURNS = 200000 };

struct thread {
    pthread_t thread;
    int listener;
    unsigned disturbed; /* how often somebody else had written into a flight of ours */
};

static pthread_barrier_t together;

static void *take_and_release(void *argument)
{
    struct thread *t = argument;
    (void)pthread_barrier_wait(&together);
    for (unsigned i = 0; i < TURNS; i++) {
        struct flight *flight = flight_take(ledger, t->listener, 0);
        t->disturbed += flight->request.notif.pid != 0;
        flight->request.notif.pid = (unsigned)t->listener;
        t->disturbed += flight->holder != t->listener + 1;
        t->disturbed += flight->request.notif.pid != (unsigned)t->listener;
        flight_release(flight, sizeof(flight->request.notif));
    }
    return NULL;
}

START_TEST(threads_never_have_the_same_flight)
{
    struct thread threads[THREADS] = {{.listener = 0}};
    ck_assert_int_eq(pthread_barrier_init(&together, NULL, THREADS), 0);
    for (int i = 0; i < THREADS; i++) {
        threads[i].listener = i + 1;
        ck_assert_int_eq(pthread_create(&threads[i].thread, NULL, take_and_release, &threads[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_join(threads[i].thread, NULL), 0);
        ck_assert_uint_eq(threads[i].disturbed, 0);
    }
    for (unsigned i = 0; i < FLIGHTS_MAX; i++) {
        ck_assert_int_eq(ledger->flight[i].holder, 0);
    }
}
END_TEST

START_TEST(listeners_come_and_go)
{
    ck_assert_ptr_null(ledger_find(ledger, 0));
    ck_assert(ledger_add(ledger, 0, -1, 0));
    ck_assert(ledger_add(ledger, 5, 6, 77));
    ck_assert_uint_eq(ledger->listeners, 2);
    const struct ledger_listener *entry = ledger_find(ledger, 5);
    ck_assert_int_eq(entry->state, 6);
    ck_assert_uint_eq(entry->name, 77);
    ledger_remove(ledger, 0);
    ledger_remove(ledger, 1234);
    ck_assert_ptr_null(ledger_find(ledger, 0));
    ck_assert_ptr_eq(ledger_find(ledger, 5), entry);
    ck_assert(ledger_add(ledger, 9, -1, 0)); /* in the place that is free */
    ck_assert_uint_eq(ledger->listeners, 2);
    ck_assert_ptr_eq(ledger_find(ledger, 9), &ledger->listener[0]);
}
END_TEST

START_TEST(there_is_an_end_to_listeners)
{
    for (int i = 0; i < LISTENERS_MAX; i++) {
        ledger->listener[i].holder = i + 1;
    }
    ledger->listeners = LISTENERS_MAX;
    ck_assert(!ledger_add(ledger, LISTENERS_MAX, -1, 0));
    ledger_remove(ledger, LISTENERS_MAX - 1);
    ck_assert(ledger_add(ledger, LISTENERS_MAX, -1, 0));
    ck_assert_uint_eq(ledger->listeners, LISTENERS_MAX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ledger");
    TCase *tests = tcase_create("ledger");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, another_process_finds_what_was_written);
    tcase_add_test(tests, what_is_no_ledger_of_this_version_is_refused);
    tcase_add_test(tests, a_new_worker_counts_anew_and_keeps_what_is_served);
    tcase_add_test(tests, a_flight_is_one_callers_until_it_is_released);
    tcase_add_test(tests, all_flights_can_be_taken_from_any_hint);
    tcase_add_test(tests, threads_never_have_the_same_flight);
    tcase_add_test(tests, listeners_come_and_go);
    tcase_add_test(tests, there_is_an_end_to_listeners);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
