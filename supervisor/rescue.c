#include "supervisor/rescue.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROUND = 64 }; /* calls of one listener, before it is another's turn */

/* False when the kernel knows no such call any more: it was answered, or its task is dead. */
static bool answer(const struct keeper *keeper, int listener, const struct seccomp_notif *request,
                   bool *refused)
{
    struct seccomp_notif_resp response = {.id = request->id};
    *refused = keeper->denies && keeper->denies(keeper, &request->data);
    if (*refused) {
        response.error = -EPERM;
    } else {
        response.flags = (uint32_t)SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    }
    return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0;
}

struct rescued rescue_flights(const struct keeper *keeper)
{
    struct rescued rescued = {.let_go = 0};
    for (unsigned i = 0; i < FLIGHTS_MAX; i++) {
        struct flight *flight = &keeper->ledger->flight[i];
        int holder = atomic_load(&flight->holder);
        bool refused = false;
        if (holder && flight->request.notif.id &&
            answer(keeper, holder - 1, &flight->request.notif, &refused)) {
            rescued.let_go += !refused;
            rescued.refused += refused;
        }
        if (holder) {
            flight_release(flight, sizeof(flight->request));
        }
    }
    return rescued;
}

struct rescued rescue_foreign(const struct keeper *keeper, struct ledger *ledger)
{
    struct rescued rescued = {.let_go = 0};
    unsigned listeners = atomic_load(&keeper->ledger->listeners);
    for (unsigned i = 0; i < FLIGHTS_MAX; i++) {
        const struct seccomp_notif *request = &ledger->flight[i].request.notif;
        bool done = !atomic_load(&ledger->flight[i].holder) || !request->id;
        for (unsigned l = 0; l < listeners && !done; l++) {
            int holder = atomic_load(&keeper->ledger->listener[l].holder);
            bool refused = false;
            done = holder && answer(keeper, holder - 1, request, &refused);
            rescued.let_go += done && !refused;
            rescued.refused += done && refused;
        }
    }
    return rescued;
}

static void answer_some(const struct keeper *keeper, int listener)
{
    struct pollfd more = {.fd = listener, .events = POLLIN};
    for (unsigned i = 0; i < ROUND && poll(&more, 1, 0) == 1 && (more.revents & POLLIN); i++) {
        union request request = {.room = {0}};
        bool refused;
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) == 0) {
            (void)answer(keeper, listener, &request.notif, &refused);
        }
    }
}

bool rescue_wait(const struct keeper *keeper, int fd, int timeout_ms)
{
    struct ledger *ledger = keeper->ledger;
    unsigned count = 0;
    unsigned highest = atomic_load(&ledger->listeners);
    struct pollfd *fds = calloc(highest + 1, sizeof(*fds));
    if (!fds) {
        return true; /* there may be memory the next time */
    }
    for (unsigned i = 0; i < highest; i++) {
        int holder = atomic_load(&ledger->listener[i].holder);
        if (holder) {
            fds[count++] = (struct pollfd){.fd = holder - 1, .events = POLLIN};
        }
    }
    fds[count] = (struct pollfd){.fd = fd, .events = POLLIN};
    unsigned ended = 0;
    if (poll(fds, count + 1, timeout_ms) > 0) {
        for (unsigned i = 0; i < count; i++) {
            if (fds[i].revents & POLLIN) {
                answer_some(keeper, fds[i].fd);
            } else if (fds[i].revents) { /* POLLHUP: no task is left */
                ledger_remove(ledger, fds[i].fd);
                close(fds[i].fd);
                ended++;
            }
        }
    }
    free(fds);
    return count > ended;
}
