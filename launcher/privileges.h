/* The supervisor's own privilege: what it was started with, less what it has no use for. */
#ifndef PROCTOR_LAUNCHER_PRIVILEGES_H
#define PROCTOR_LAUNCHER_PRIVILEGES_H

#include <stdint.h>

/*
 * Gives up, for the calling thread and those it starts later, all capabilities but those in the mask (bit n:
 * capability n); one the caller lacks is not gained. Returns 0 or a negative errno.
 */
int privileges_keep(uint64_t mask);

/* What a supervisor uses once its program runs: reading the program's memory and descriptors, passing on
 * signals. */
uint64_t privileges_of_supervisor(void);

/* What an agent uses besides that once it serves: telling the BPF program of calls that come later. */
uint64_t privileges_of_agent(void);

#endif
