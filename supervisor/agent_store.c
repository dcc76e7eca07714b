#include "supervisor/agent_store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/leftovers.h"
#include "supervisor/rescue.h"
#include "supervisor/service.h"
#include "supervisor/trace_clock.h"

#define LEDGER_NAME "proctor-ledger"
#define LISTENER_NAME "proctor-listener-"

static bool is_named(unsigned i, const char *name)
{
    const char *own = service_name(i);
    size_t n = strlen(name);
    return strncmp(own, name, n) == 0 && (own[n] == ':' || !own[n]);
}

/* The number in the name of a listener and its text; 0: this is neither. */
static uint64_t number_of(unsigned i)
{
    const char *own = service_name(i);
    size_t n = strlen(LISTENER_NAME);
    return strncmp(own, LISTENER_NAME, n) == 0 ? strtoull(own + n, NULL, 16) : 0;
}

static void forget(uint64_t number)
{
    char message[96];
    snprintf(message, sizeof(message), "FDSTOREREMOVE=1\nFDNAME=" LISTENER_NAME "%" PRIx64, number);
    service_notify(message, NULL, 0);
}

/* A listener, with the text of the same name. */
static void take_listener(struct keeper *keeper, unsigned i)
{
    int state = -1;
    for (unsigned j = 0; j < service_passed(); j++) {
        if (j != i && number_of(j) == number_of(i)) {
            state = SERVICE_FIRST_FD + (int)j;
        }
    }
    if (!ledger_add(keeper->ledger, SERVICE_FIRST_FD + (int)i, state, number_of(i))) {
        close(SERVICE_FIRST_FD + (int)i);
        forget(number_of(i));
    }
}

/* Its descriptors were others then: each call is answered by the listener that knows it. */
static void take_ledger(struct keeper *keeper, int fd)
{
    struct ledger *old = ledger_adopt(fd);
    if (!old) {
        dprintf(STDERR_FILENO,
                "proctor: agent: another version of proctor was here before; a call that it had "
                "in hand may hang until a signal comes\n");
        return;
    }
    struct rescued rescued = rescue_foreign(keeper, old);
    if (!atomic_load(&old->over)) {
        keeper->gap = (struct event_gap){.deaths = 1,
                                         .status = -1,
                                         .let_go = rescued.let_go,
                                         .refused = rescued.refused,
                                         .unwritten = old->received - old->written,
                                         .since_ns = old->written_ns};
    }
    ledger_free(old);
}

int agent_store_take(struct keeper *keeper, struct error *err)
{
    int ledger = -1;
    int socket = -1;
    unsigned sockets = 0;
    for (unsigned i = 0; i < service_passed(); i++) {
        int fd = SERVICE_FIRST_FD + (int)i;
        if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
            return error_errno(err, errno, "LISTEN_FDS: descriptor %d", fd);
        }
        if (is_named(i, LEDGER_NAME)) {
            ledger = fd;
        } else if (number_of(i) && is_listener(fd)) {
            take_listener(keeper, i);
        } else if (!number_of(i)) {
            socket = fd;
            sockets++;
        }
    }
    if (sockets > 1) {
        return error_set(err, EINVAL, "LISTEN_FDS: one socket is expected, not %u", sockets);
    }
    if (ledger >= 0) {
        take_ledger(keeper, ledger);
        close(ledger);
    }
    return socket;
}

void agent_store_ledger(const struct keeper *keeper)
{
    if (keeper->ledger_fd >= 0) {
        service_notify("FDSTOREREMOVE=1\nFDNAME=" LEDGER_NAME, NULL, 0);
        service_notify("FDSTORE=1\nFDNAME=" LEDGER_NAME, &keeper->ledger_fd, 1);
    }
}

/* -1 where it can't be kept: the container is a stranger to the next agent. */
static int keep_text(const struct container_state *state)
{
    cleanup_close int fd = memfd_create("proctor-container", MFD_CLOEXEC);
    bool kept = fd >= 0 && write(fd, state->text, state->text_length) == (ssize_t)state->text_length;
    return kept ? take_fd(&fd) : -1;
}

void agent_store_add(struct keeper *keeper, const struct container_state *state, int listener)
{
    char message[96];
    int fds[] = {listener, keep_text(state)};
    uint64_t number = (uint64_t)trace_clock_real();
    if (!ledger_add(keeper->ledger, listener, fds[1], number) && fds[1] >= 0) {
        close(fds[1]);
    }
    snprintf(message, sizeof(message), "FDSTORE=1\nFDNAME=" LISTENER_NAME "%" PRIx64, number);
    keeper_say(keeper, message, fds, fds[1] >= 0 ? 2 : 1);
}

void agent_store_remove(struct keeper *keeper, int listener)
{
    const struct ledger_listener *entry = ledger_find(keeper->ledger, listener);
    if (!entry) {
        return;
    }
    char message[96];
    int state = entry->state;
    uint64_t number = entry->name;
    ledger_remove(keeper->ledger, listener);
    if (state >= 0) {
        close(state);
    }
    if (number) {
        snprintf(message, sizeof(message), "FDSTOREREMOVE=1\nFDNAME=" LISTENER_NAME "%" PRIx64, number);
        keeper_say(keeper, message, NULL, 0);
    }
}

bool agent_store_read(const struct ledger_listener *entry, struct buf *text)
{
    struct stat st;
    if (entry->state < 0 || fstat(entry->state, &st) < 0 || st.st_size > CONTAINER_STATE_MAX ||
        !buf_reserve(text, (size_t)st.st_size)) {
        return false;
    }
    ssize_t n = pread(entry->state, text->data, (size_t)st.st_size, 0);
    text->len = n > 0 ? (size_t)n : 0;
    return n == st.st_size;
}
