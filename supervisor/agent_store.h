/*
 * What an agent leaves to the next, of the same life (a worker that dies) or of another (FDSTORE=1, see
 * supervisor/service.h): the listeners with the text that their runtimes sent, in a file in memory, and the
 * ledger with the calls in flight.
 */
#ifndef PROCTOR_SUPERVISOR_AGENT_STORE_H
#define PROCTOR_SUPERVISOR_AGENT_STORE_H

#include "decode/base/buf.h"
#include "supervisor/container_state.h"
#include "supervisor/keeper.h"

/*
 * In the keeper, at start: takes what the service manager passes. Listeners enter the ledger; calls that an
 * agent before us had in hand and never answered are answered now, as the keeper does for a worker, and
 * counted in keeper->gap. Returns the listening socket among what was passed, -1 without one, or -EINVAL with
 * err filled.
 */
int agent_store_take(struct keeper *keeper, struct error *err);

/* Hands the new ledger to the service manager. */
void agent_store_ledger(const struct keeper *keeper);

/* A container is served from now on: enters its listener, with its text, and has both stored. */
void agent_store_add(struct keeper *keeper, const struct container_state *state, int listener);

/* It is served no longer. The listener stays the caller's. */
void agent_store_remove(struct keeper *keeper, int listener);

/* Reads the text of a listener that was entered. False: there is none. */
bool agent_store_read(const struct ledger_listener *entry, struct buf *text);

#endif
