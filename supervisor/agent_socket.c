#include "supervisor/agent_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "decode/base/cleanup.h"

enum { FIRST_PASSED_FD = 3, BACKLOG = 1024 };

static int address_of(const char *path, struct sockaddr_un *address, socklen_t *length)
{
    size_t n = strlen(path);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (n == 0 || n >= sizeof(address->sun_path)) {
        return -ENAMETOOLONG;
    }
    memcpy(address->sun_path, path, n);
    *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + 1);
    return 0;
}

/* A socket that a dead agent left behind refuses connections. */
static bool is_abandoned(const struct sockaddr_un *address, socklen_t length)
{
    struct stat st;
    cleanup_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && lstat(address->sun_path, &st) == 0 && S_ISSOCK(st.st_mode) &&
           connect(fd, (const struct sockaddr *)address, length) < 0 && errno == ECONNREFUSED;
}

static int bind_at(int fd, const char *path)
{
    struct sockaddr_un address;
    socklen_t length;
    int ret = address_of(path, &address, &length);
    if (ret < 0) {
        return ret;
    }
    if (is_abandoned(&address, length)) {
        (void)unlink(path);
    }
    mode_t before = umask(0177); /* from its first moment on */
    ret = bind(fd, (const struct sockaddr *)&address, length) < 0 ? -errno : 0;
    (void)umask(before);
    return ret;
}

static int make(struct agent_socket *made, const char *path, struct error *err)
{
    cleanup_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int ret = fd < 0 ? -errno : bind_at(fd, path);
    if (ret < 0) {
        return error_errno(err, -ret, "--listen: can't make the socket '%s'", path);
    }
    made->path = path;
    if (listen(fd, BACKLOG) < 0) {
        return error_errno(err, errno, "--listen: can't listen on '%s'", path);
    }
    made->fd = take_fd(&fd);
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
    if (!path || address_of(path, &address, &length) < 0) {
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
