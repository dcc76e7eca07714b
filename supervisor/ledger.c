#include "supervisor/ledger.h"

#include <string.h>
#include <sys/mman.h>
#include <time.h>

struct ledger *ledger_new(void)
{
    void *shared =
        mmap(NULL, sizeof(struct ledger), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return shared == MAP_FAILED ? NULL : shared;
}

void ledger_free(struct ledger *ledger)
{
    if (ledger) {
        munmap(ledger, sizeof(*ledger));
    }
}

void ledger_begin(struct ledger *ledger)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    ledger->received = 0;
    ledger->written = 0;
    ledger->written_ns = now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
    ledger->gap_reported = false;
    ledger->err = (struct error){.code = 0};
}

struct flight *flight_take(struct ledger *ledger, int listener, unsigned hint)
{
    for (unsigned i = 0; i < FLIGHTS_MAX; i++) {
        struct flight *flight = &ledger->flight[(hint + i) % FLIGHTS_MAX];
        int nobody = 0;
        if (atomic_load_explicit(&flight->holder, memory_order_relaxed) == 0 &&
            atomic_compare_exchange_strong(&flight->holder, &nobody, listener + 1)) {
            return flight;
        }
    }
    return NULL;
}

void flight_release(struct flight *flight, size_t used)
{
    memset(&flight->request, 0, used);
    atomic_store_explicit(&flight->holder, 0, memory_order_release);
}

bool ledger_add(struct ledger *ledger, int listener, int state)
{
    for (unsigned i = 0; i < LISTENERS_MAX; i++) {
        struct ledger_listener *entry = &ledger->listener[i];
        if (atomic_load(&entry->holder) == 0) {
            entry->state = state;
            atomic_store(&entry->holder, listener + 1);
            if (i >= atomic_load(&ledger->listeners)) {
                atomic_store(&ledger->listeners, i + 1);
            }
            return true;
        }
    }
    return false;
}

struct ledger_listener *ledger_find(struct ledger *ledger, int listener)
{
    for (unsigned i = 0; i < atomic_load(&ledger->listeners); i++) {
        if (atomic_load(&ledger->listener[i].holder) == listener + 1) {
            return &ledger->listener[i];
        }
    }
    return NULL;
}

void ledger_remove(struct ledger *ledger, int listener)
{
    struct ledger_listener *entry = ledger_find(ledger, listener);
    if (entry) {
        atomic_store(&entry->holder, 0);
    }
}
