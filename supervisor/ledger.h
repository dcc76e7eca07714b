/*
 * What outlives a worker: memory that it shares with its keeper (supervisor/keeper.h). It is written with
 * plain and atomic stores, without a lock that a dead worker could leave taken.
 *
 * A call is received straight into this memory. The kernel marks a notification as received, copies it out
 * and only then returns to user mode (kernel/seccomp.c, seccomp_notify_recv); a SIGKILL takes effect on that
 * return, and a copy that fails puts the notification back. So a call that was received is always found here.
 */
#ifndef PROCTOR_SUPERVISOR_LEDGER_H
#define PROCTOR_SUPERVISOR_LEDGER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "decode/base/error.h"
#include "launcher/uapi.h"

enum {
    /*
     * Larger than any struct seccomp_notif so far (80 bytes). A kernel whose structs have grown beyond this
     * is refused by notify_open; one whose structs are between needs no change here.
     */
    NOTIF_ROOM = 512,
    FLIGHTS_MAX = 1024, /* calls received and not answered; more are served, and lost if the worker dies */
    LISTENERS_MAX = 1 << 14, /* more are served, and their containers are strangers to the next worker */
};

union request {
    struct seccomp_notif notif;
    char room[NOTIF_ROOM];
};

/* A call between RECV and SEND. */
struct flight {
    _Atomic int holder;    /* the listener's descriptor + 1; 0: nobody uses this */
    union request request; /* zeroed while nobody does, as RECV wants it */
};

/* A listener in service. */
struct ledger_listener {
    _Atomic int holder; /* its descriptor + 1; 0: nobody uses this */
    int state;          /* a descriptor of the text that its runtime sent; -1: none */
    uint64_t name;      /* by which the service manager keeps both; 0: it does not */
};

struct ledger {
    uint64_t layout; /* for an agent that finds another's: ledger_adopt */
    _Atomic pid_t
        target;        /* the program; the kernel stores it when the program's process is made. 0: none yet */
    uint64_t received; /* calls so far, */
    uint64_t written;  /* those whose lines were written by written_ns, if they had returned, */
    _Atomic uint64_t receiving; /* which RECV the worker is in, where somebody watches for that; 0: in none */
    int64_t written_ns;         /* CLOCK_REALTIME */
    bool gap_reported;          /* the worker has written the line about its predecessors' end */
    bool ready;                 /* the first worker that could serve has said so */
    unsigned reloads;           /* how often a worker has read the policies again */
    _Atomic bool alert_raised;  /* one that --fail-on names */
    _Atomic bool over;          /* the worker has come to its regular end, with `ret` and `err` */
    int ret;
    struct error err;
    _Atomic unsigned listeners; /* those beyond were never used */
    struct ledger_listener listener[LISTENERS_MAX];
    struct flight flight[FLIGHTS_MAX];
};

/*
 * NULL when memory ran out. Pages that are not used cost nothing. fd: not NULL: the memory is a file's, whose
 * descriptor is stored there, the caller's to close.
 */
struct ledger *ledger_new(int *fd);

/* The ledger behind a descriptor that an agent before us made; NULL: it is none, or another version's. */
struct ledger *ledger_adopt(int fd);

/* This process gives up the memory; others keep it. NULL: nothing. */
void ledger_free(struct ledger *ledger);

/* A new worker begins to count. */
void ledger_begin(struct ledger *ledger);

/*
 * Room to receive a call of the listener. hint: where to look first; threads that use different ones do not
 * disturb each other. NULL: all are taken.
 */
struct flight *flight_take(struct ledger *ledger, int listener, unsigned hint);

/* The call was answered, or there was none. `used`: how many bytes of the request the kernel writes. */
void flight_release(struct flight *flight, size_t used);

/*
 * Enters a listener and the descriptor of its state (or -1); both stay open until ledger_remove, which closes
 * neither. False: there is no room.
 */
bool ledger_add(struct ledger *ledger, int listener, int state, uint64_t name);
void ledger_remove(struct ledger *ledger, int listener);

/* The entry of a listener; NULL: none. */
struct ledger_listener *ledger_find(struct ledger *ledger, int listener);

#endif
