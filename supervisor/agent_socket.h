/* The agent's listening socket, and what a service manager says and hears of it (sd_listen_fds(3),
 * sd_notify(3)). */
#ifndef PROCTOR_SUPERVISOR_AGENT_SOCKET_H
#define PROCTOR_SUPERVISOR_AGENT_SOCKET_H

#include <stdbool.h>

#include "decode/base/error.h"

struct agent_socket {
    int fd;
    const char *path; /* made by us and to be removed; NULL: passed to us */
};

/*
 * Takes the socket that the service manager passes or, without one, makes `path` (mode 0600), replacing one
 * that nobody serves. Returns 0 or a negative errno with err filled. path must stay as long as the socket.
 */
int agent_socket_open(struct agent_socket *opened, const char *path, struct error *err);
void agent_socket_close(struct agent_socket *opened);

/* Tells the service manager ("READY=1"), if there is one. */
void agent_notify(const char *state);

#endif
