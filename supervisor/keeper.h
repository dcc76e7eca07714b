/*
 * The keeper: the process that the user started. It reads the configuration, opens the outputs, and then only
 * holds descriptors, waits, and passes on signals. All else is done by a worker, a child of its that shares
 * its descriptor table (CLONE_FILES): a listener that the worker comes to hold is the keeper's at that
 * instant. When the worker dies the keeper answers the calls that it had in hand, and starts another one from
 * what was prepared before the first.
 *
 * The program is the keeper's child too, made by the worker (CLONE_PARENT), so that nothing changes for it
 * when a worker dies. Only where Yama lets nobody but ancestors read a process (scope 1, without
 * CAP_SYS_PTRACE) it is the worker's child, and goes to the keeper when the worker is gone
 * (PR_SET_CHILD_SUBREAPER).
 */
#ifndef PROCTOR_SUPERVISOR_KEEPER_H
#define PROCTOR_SUPERVISOR_KEEPER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "decode/base/error.h"
#include "decode/event.h"
#include "supervisor/ledger.h"
#include "supervisor/leftovers.h"

struct keeper {
    struct ledger *ledger; /* made by keeper_init */
    /* To be filled in by whoever owns it. */
    /*
     * A worker's life. gap: what its dead predecessors left undone, to be reported; NULL in the first.
     * Returns what keeper_run is to return, or a negative errno with err filled, all of it in the worker's
     * process.
     */
    int (*work)(struct keeper *keeper, const struct event_gap *gap, struct error *err);
    /* Whether a call that nobody judged must fail rather than go on; NULL: none must. In the keeper's
     * process. */
    bool (*denies)(const struct keeper *keeper, const struct seccomp_data *call);
    /* A worker has read its policies again: so does the keeper, before the next begins with them. NULL: no.
     */
    void (*reload)(struct keeper *keeper);
    sigset_t signals;    /* to be passed on: to the program, or to the worker; blocked by the owner */
    sigset_t for_worker; /* those of them that are for the worker in any case */
    bool has_program;    /* they are for the program, whose end is the keeper's */
    bool single;         /* without its first worker there is nothing to keep: the program dies with it */
    bool adopts;         /* the program is the worker's child, and is the keeper's when the worker is dead */
    int orphan_signal;   /* the worker gets it when the keeper is gone; 0: none */
    bool watches;        /* a worker that stays in RECV is woken by SIGALRM, which it handles */
    uint64_t privileges; /* kept once a worker runs (launcher/privileges.h) */

    /* The keeper's own. */
    pid_t worker; /* 0: none runs */
    bool program_ended;
    int program_status; /* of waitpid, once it ended */
    int signal_fd;
    int stop_signal;          /* asked for by a signal: a new worker is told again; 0: no */
    sigset_t held;            /* signals for a program that is not there yet */
    bool holds;               /* there are some */
    int64_t born_ns;          /* CLOCK_MONOTONIC: when the worker was started */
    int64_t reap_ns;          /* when children that nobody waits for are to be waited for; 0: none are */
    int64_t watch_ns;         /* when to look again; 0: never */
    uint64_t receiving;       /* seen at the last look of ledger->receiving */
    int64_t retry_ns;         /* when the next worker is to be started; 0: one runs */
    int64_t pause_ns;         /* between the last worker's end and that */
    unsigned deaths_in_a_row; /* of workers that did not live long */
    struct event_gap gap;     /* before the first worker: that of an agent before this one */
    int ledger_fd;            /* -1: nobody else needs it */
    int mouth;                /* the worker's end of a pair of sockets; -1: nobody listens */
    int ear;                  /* the keeper's */
    unsigned reloads;         /* those seen of ledger->reloads */
    struct leftovers before;  /* the descriptors from before the first worker */
};

/*
 * service: a service manager is told what the worker says, and keeps the ledger. Returns 0 or a negative
 * errno with err filled; keeper_free is due in both cases, in the keeper's process only.
 */
int keeper_init(struct keeper *keeper, bool service, struct error *err);
void keeper_free(struct keeper *keeper);

/*
 * Starts a worker and keeps it until it comes to its end. Returns, in the keeper's process only: what `work`
 * returned; where there is a program and that is 0, the program's wait status. A negative errno comes with
 * err filled.
 */
int keeper_run(struct keeper *keeper, struct error *err);

/* For `work`: has the keeper tell the service manager (service_notify). */
void keeper_say(const struct keeper *keeper, const char *state, const int *fds, unsigned count);

/*
 * For `work`, at the end of what it does for others: from now on it closes descriptors for itself alone, and
 * may close all of them.
 */
void keeper_leave(void);

#endif
