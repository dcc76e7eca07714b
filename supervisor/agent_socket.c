#include "supervisor/agent_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/unix_socket.h"

enum { FIRST_PASSED_FD = 3, BACKLOG = 1024 };

static int make(struct agent_socket *made, const char *path, struct error *err)
{
    int fd = unix_listen(path, BACKLOG);
    if (fd < 0) {
        return error_errno(err, -fd, "--listen: can't make the socket '%s'", path);
    }
    *made = (struct agent_socket){.fd = fd, .path = path};
    return 0;
}

/* How many descriptors were passed to this process. */
static long passed(void)
{
    const char *pid = getenv("LISTEN_PID");
    const char *count = getenv("LISTEN_FDS");
    return pid && count && strtol(pid, NULL, 10) == getpid() ? strtol(count, NULL, 10) : 0;
}

static int take_passed(struct agent_socket *taken, struct error *err)
{
    int type = 0;
    int listens = 0;
    socklen_t size = sizeof(type);
    int fd = FIRST_PASSED_FD;
    if (passed() != 1) {
        return error_set(err, EINVAL, "LISTEN_FDS: one socket is expected, not %ld", passed());
    }
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0 || type != SOCK_STREAM ||
        getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) < 0 || !listens) {
        return error_set(err, EINVAL, "LISTEN_FDS: this is not a listening stream socket");
    }
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0) {
        return error_errno(err, errno, "LISTEN_FDS: can't use the socket");
    }
    taken->fd = fd;
    return 0;
}

int agent_socket_open(struct agent_socket *opened, const char *path, struct error *err)
{
    *opened = (struct agent_socket){.fd = -1};
    if (passed() > 0) {
        return take_passed(opened, err);
    }
    if (!path) {
        return error_set(err, EINVAL, "agent: --listen SOCKET is missing; try proctor --help");
    }
    return make(opened, path, err);
}

void agent_socket_close(struct agent_socket *opened)
{
    if (opened->path) {
        (void)unlink(opened->path);
    }
    if (opened->fd >= 0) {
        close(take_fd(&opened->fd));
    }
}

void agent_notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address;
    socklen_t length;
    if (!path || unix_address(path, &address, &length) < 0) {
        return;
    }
    if (*path == '@') { /* an abstract name: a NUL in front, none at the end */
        address.sun_path[0] = 0;
        length--;
    }
    cleanup_close int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address, length);
    }
}
