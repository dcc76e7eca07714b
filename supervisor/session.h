/*
 * What wrapping a program and serving containers have in common: the event loop, the process table, the
 * pipeline with its sink and its exit source, and the clock that flushes them.
 */
#ifndef PROCTOR_SUPERVISOR_SESSION_H
#define PROCTOR_SUPERVISOR_SESSION_H

#include "decode/base/error.h"
#include "supervisor/ledger.h"
#include "supervisor/pipeline.h"
#include "supervisor/process.h"
#include "supervisor/supervise.h"
#include "supervisor/watch.h"

struct session {
    const struct config *config;
    struct judge_options policy; /* the configuration's, and where alerts are noted for --fail-on */
    struct loop loop;
    struct process_table processes;
    struct process_observer observer;
    struct pipeline pipeline;
    struct delays delays;
    struct sink *sink;
    struct results *results; /* NULL: none */
    struct judge *judge;     /* NULL: no --policy */
    struct spawner spawner;  /* of those that make them; pid 0: none */
    struct behalf behalf;    /* of a worker, in use where pipeline.behalf is set */
    struct explain *explain; /* --explain; NULL: none */
    struct callers *callers; /* -k; NULL: none */
    struct ledger *ledger;
    struct selection recorded;
    bool started; /* it is a worker's */
    struct watch tick;
    int tick_fd;
    /*
     * Makes an exit source that works where BPF does not: one that gives the calls and the ends of processes
     * too, so that nobody else watches for these. Returns 0, or a negative errno with `why`; NULL: there is
     * none.
     */
    int (*trace)(struct session *session, struct error *why);
    bool traces; /* it was made */
    /* A process has died, its end is shown and it is forgotten; may be NULL. In the main loop, with the
     * pipeline's lock held. */
    void (*gone)(struct session *session, pid_t pid);
    void (*ticked)(struct session *session); /* twenty times a second, without the lock; may be NULL */
};

/* Zeroes it, for session_close to be right at any moment; what it calls may be set then. The ledger stays the
 * keeper's. */
void session_init(struct session *session, const struct config *config, struct ledger *ledger);

/*
 * In the keeper's process: makes what all workers share, and what each begins with a copy of: the policy, the
 * outputs, the exit source, the ledger. recorded: the calls whose results the exit source records from the
 * start. Returns 0 or a negative errno with err filled; session_close is due in both cases. The session must
 * stay where it is until then.
 */
int session_prepare(struct session *session, const struct selection *recorded, struct error *err);

/* Writes what rules found so far, in sum, to standard error; without rules nothing. */
void session_summarise(struct session *session);

/* Text of our own for standard error; nothing where there is none, or memory ran out while it was made. */
void session_say(const struct buf *text);

/*
 * Loads the files of --policy again, in place of what they were. Under the pipeline's lock. Returns 0; or a
 * negative errno with err filled, and nothing has changed.
 */
int session_reload(struct session *session, struct error *err);

/*
 * In the worker's: makes the loop and what belongs to it. gap: what the workers before left undone, which is
 * reported; NULL: there was none. Returns 0 or a negative errno with err filled.
 */
int session_start(struct session *session, const struct event_gap *gap, struct error *err);

/* In the worker's: the trace is complete; what comes at its end is written. */
void session_finish(struct session *session);

/* In both. No thread but the caller's uses the session any more. */
void session_close(struct session *session);

#endif
