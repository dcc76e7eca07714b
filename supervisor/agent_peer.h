/*
 * Connections of runtimes: each brings the state of one container and its listener, and is then closed.
 * Nothing that a peer does or leaves undone holds up the others.
 */
#ifndef PROCTOR_SUPERVISOR_AGENT_PEER_H
#define PROCTOR_SUPERVISOR_AGENT_PEER_H

#include <stdint.h>
#include <sys/socket.h>

#include "decode/base/buf.h"
#include "decode/base/error.h"
#include "supervisor/container_state.h"
#include "supervisor/watch.h"

enum { PEER_UIDS_MAX = 16 };

struct peers;

struct peer {
    struct watch watch;
    struct peers *peers;
    struct peer *newer;
    struct peer *older;
    int fd;
    struct ucred who;
    int64_t since_ns; /* CLOCK_MONOTONIC */
    struct buf text;
    struct json_end end;
    bool spoke; /* a message has come: descriptors are taken from the first only */
    unsigned fd_count;
    int fds[CONTAINER_FDS_MAX];
};

struct peers {
    struct watch watch; /* of the listening socket */
    struct loop *loop;
    int socket;
    bool full; /* no descriptor was left for a connection: the socket rests until the next tick */
    struct peer *newest;
    struct peer *oldest;
    unsigned count;
    uint64_t refused_total;
    uid_t allowed[PEER_UIDS_MAX]; /* besides root and ourselves */
    unsigned allowed_count;
    /*
     * A container was handed over. Takes the listener in any case; returns 0 or a negative errno with err
     * filled.
     */
    int (*hand_over)(struct peers *peers, const struct container_state *state, int listener,
                     struct error *err);
};

/* Serves connections to a listening SOCK_STREAM socket, which stays the caller's. 0 or a negative errno. */
int peers_open(struct peers *peers, struct loop *loop, int socket);

/* Closes connections that have not come to an end in time. For now and then. */
void peers_tick(struct peers *peers);

/* Takes no further connection and drops those there are. */
void peers_close(struct peers *peers);

#endif
