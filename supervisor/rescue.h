/*
 * Answers to calls without a look at them, by the keeper while there is no worker: they go on, or they fail
 * where the policy might have denied them.
 */
#ifndef PROCTOR_SUPERVISOR_RESCUE_H
#define PROCTOR_SUPERVISOR_RESCUE_H

#include "supervisor/keeper.h"

struct rescued {
    unsigned let_go;
    unsigned refused;
};

/* Answers what the dead worker had received. What it had answered already is not counted. */
struct rescued rescue_flights(const struct keeper *keeper);

/*
 * The same for the ledger of a process before us, whose descriptors mean nothing here: each call is answered
 * by that listener of ours that knows its id.
 */
struct rescued rescue_foreign(const struct keeper *keeper, struct ledger *ledger);

/*
 * Waits until one of the listeners, or fd, has something, for at most timeout_ms (-1: for ever), and answers
 * what has come. Listeners that have ended are closed and leave the ledger. True while there are listeners.
 */
bool rescue_wait(const struct keeper *keeper, int fd, int timeout_ms);

#endif
