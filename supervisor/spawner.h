/*
 * Makes executors. It is a process of its own, made before the keeper gives up its privileges and any thread
 * is started, and serves one worker after the other: becoming somebody else takes privileges that the
 * supervisor has no other use for, and a fork of a small process of one thread is cheap and safe.
 */
#ifndef PROCTOR_SUPERVISOR_SPAWNER_H
#define PROCTOR_SUPERVISOR_SPAWNER_H

#include "decode/base/error.h"
#include "supervisor/behalf_wire.h"

struct spawner {
    pid_t pid;   /* 0: none */
    int socket;  /* -1: none */
    pid_t owner; /* whose child it is */
};

/* Returns 0 or a negative errno with err filled. spawner_close is due in both cases. */
int spawner_open(struct spawner *spawner, struct error *err);

/* Ends the spawner and with it its executors. In processes that are not its owner, closes the socket only. */
void spawner_close(struct spawner *spawner);

/* Ends all executors, whatever they wait for: those of a worker that is dead. */
void spawner_reset(struct spawner *spawner);

/*
 * Has an executor made for the caller. root (O_PATH) stays the caller's. Returns our end of its socket
 * (close-on-exec, not blocking), on which WIRE_READY will come, or a negative errno.
 */
int spawner_spawn(struct spawner *spawner, const struct caller *caller, int root);

#endif
