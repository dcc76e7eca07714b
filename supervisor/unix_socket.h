/* Unix sockets with a path. */
#ifndef PROCTOR_SUPERVISOR_UNIX_SOCKET_H
#define PROCTOR_SUPERVISOR_UNIX_SOCKET_H

#include <sys/socket.h>
#include <sys/un.h>

/* Returns 0, or -ENAMETOOLONG for a path that is empty or does not fit (unix(7): 107 bytes). */
int unix_address(const char *path, struct sockaddr_un *address, socklen_t *length);

/*
 * A listening stream socket at `path`, of mode 0600 from its first moment on, close-on-exec and non-blocking.
 * One that a dead process left behind is replaced. Returns the descriptor, or a negative errno (-EADDRINUSE:
 * it is served, or no socket).
 */
int unix_listen(const char *path, int backlog);

#endif
