#include "supervisor/ledger.h"

#include "supervisor/trace_clock.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Changes with the layout of what a later version has to understand. */
#define LAYOUT (UINT64_C(0x70726f63746f7201) ^ sizeof(struct ledger))

static struct ledger *map(int fd)
{
    int flags = fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
    void *shared = mmap(NULL, sizeof(struct ledger), PROT_READ | PROT_WRITE, flags, fd, 0);
    return shared == MAP_FAILED ? NULL : shared;
}

struct ledger *ledger_new(int *fd)
{
    int file = fd ? memfd_create("proctor-ledger", MFD_CLOEXEC) : -1;
    struct ledger *ledger = NULL;
    if (!fd || (file >= 0 && ftruncate(file, sizeof(struct ledger)) == 0)) {
        ledger = map(file);
    }
    if (ledger) {
        ledger->layout = LAYOUT;
    }
    if (fd) {
        *fd = file;
    }
    return ledger;
}

struct ledger *ledger_adopt(int fd)
{
    struct stat st;
    struct ledger *ledger =
        fstat(fd, &st) == 0 && st.st_size == (off_t)sizeof(struct ledger) ? map(fd) : NULL;
    if (ledger && ledger->layout != LAYOUT) {
        ledger_free(ledger);
        return NULL;
    }
    return ledger;
}

void ledger_free(struct ledger *ledger)
{
    if (ledger) {
        munmap(ledger, sizeof(*ledger));
    }
}

void ledger_begin(struct ledger *ledger)
{
    ledger->received = 0;
    ledger->written = 0;
    ledger->written_ns = trace_clock_real();
    ledger->gap_reported = false;
    atomic_store(&ledger->receiving, 0);
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

bool ledger_add(struct ledger *ledger, int listener, int state, uint64_t name)
{
    for (unsigned i = 0; i < LISTENERS_MAX; i++) {
        struct ledger_listener *entry = &ledger->listener[i];
        if (atomic_load(&entry->holder) == 0) {
            entry->state = state;
            entry->name = name;
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
