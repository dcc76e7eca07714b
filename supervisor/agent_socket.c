#include "supervisor/agent_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/unix_socket.h"

enum { BACKLOG = 1024 };

static int make(struct agent_socket *made, const char *path, struct error *err)
{
    int fd = unix_listen(path, BACKLOG);
    if (fd < 0) {
        return error_errno(err, -fd, "--listen: can't make the socket '%s'", path);
    }
    *made = (struct agent_socket){.fd = fd, .path = path};
    return 0;
}

static int take_passed(struct agent_socket *taken, int fd, struct error *err)
{
    int type = 0;
    int listens = 0;
    socklen_t size = sizeof(type);
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

int agent_socket_open(struct agent_socket *opened, int passed, const char *path, struct error *err)
{
    *opened = (struct agent_socket){.fd = -1};
    if (passed >= 0) {
        return take_passed(opened, passed, err);
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
