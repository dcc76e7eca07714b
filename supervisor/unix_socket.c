#include "supervisor/unix_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decode/base/cleanup.h"

int unix_address(const char *path, struct sockaddr_un *address, socklen_t *length)
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

/* A socket that a dead process left behind refuses connections. */
static bool is_abandoned(const struct sockaddr_un *address, socklen_t length)
{
    struct stat st;
    cleanup_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && lstat(address->sun_path, &st) == 0 && S_ISSOCK(st.st_mode) &&
           connect(fd, (const struct sockaddr *)address, length) < 0 && errno == ECONNREFUSED;
}

int unix_listen(const char *path, int backlog)
{
    struct sockaddr_un address;
    socklen_t length;
    int ret = unix_address(path, &address, &length);
    if (ret < 0) {
        return ret;
    }
    cleanup_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return -errno;
    }
    if (is_abandoned(&address, length)) {
        (void)unlink(path);
    }
    mode_t before = umask(0177);
    ret = bind(fd, (const struct sockaddr *)&address, length) < 0 ? -errno : 0;
    (void)umask(before);
    if (ret == 0 && listen(fd, backlog) < 0) {
        ret = -errno;
        (void)unlink(path);
    }
    return ret < 0 ? ret : take_fd(&fd);
}
