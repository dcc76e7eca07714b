/*
 * What a dead worker leaves open in the descriptor table that it shared with its keeper.
 */
#ifndef PROCTOR_SUPERVISOR_LEFTOVERS_H
#define PROCTOR_SUPERVISOR_LEFTOVERS_H

#include "supervisor/ledger.h"

/*
 * Descriptors that were open at one moment. Those beyond the last bit count as opened later: we open the
 * lowest that are free, so they are none of ours.
 */
struct leftovers {
    uint64_t open[16];
};

/* Whether the descriptor is a seccomp listener, by the name that the kernel gives it. */
bool is_listener(int fd);

/* Notes what is open now. Returns 0 or a negative errno (/proc is not there). */
int leftovers_note(struct leftovers *before);

/*
 * Closes all that was opened since, but for listeners and what the ledger names. A listener that the ledger
 * does not name is entered: its container is not known. Without /proc nothing is closed.
 */
void leftovers_close(const struct leftovers *before, struct ledger *ledger);

#endif
