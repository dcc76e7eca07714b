/* The agent's listening socket. */
#ifndef PROCTOR_SUPERVISOR_AGENT_SOCKET_H
#define PROCTOR_SUPERVISOR_AGENT_SOCKET_H

#include <stdbool.h>

#include "decode/base/error.h"

struct agent_socket {
    int fd;
    const char *path; /* made by us and to be removed; NULL: passed to us */
};

/*
 * Takes the socket that the service manager passes (-1: none) or makes `path` (mode 0600), replacing one that
 * nobody serves. Returns 0 or a negative errno with err filled. path must stay as long as the socket.
 */
int agent_socket_open(struct agent_socket *opened, int passed, const char *path, struct error *err);

/* Closes it, and removes what was made. */
void agent_socket_close(struct agent_socket *opened);

#endif
