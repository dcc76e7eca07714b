#include "supervisor/behalf_wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int) * WIRE_FDS_MAX)];
};

/* One message passes at most SCM_MAX_FD descriptors; WIRE_FDS_MAX of them only where the kernel lets it. */
ssize_t wire_send(int socket, const void *head, size_t n, const void *rest, size_t m, const int *fds,
                  unsigned fd_count)
{
    struct iovec parts[] = {{(void *)(uintptr_t)head, n}, {(void *)(uintptr_t)rest, m}};
    union control control;
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    if (fd_count) {
        message.msg_control = control.room;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
        memset(control.room, 0, message.msg_controllen);
        struct cmsghdr *c = CMSG_FIRSTHDR(&message);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
        memcpy(CMSG_DATA(c), fds, sizeof(int) * fd_count);
    }
    ssize_t sent;
    do {
        sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

ssize_t wire_receive(int socket, void *head, size_t n, void *rest, size_t m, int *fds, unsigned *fd_count)
{
    struct iovec parts[] = {{head, n}, {rest, m}};
    union control control;
    unsigned room = fd_count ? *fd_count : 0;
    struct msghdr message = {
        .msg_iov = parts, .msg_iovlen = 2, .msg_control = control.room, .msg_controllen = sizeof(control)};
    ssize_t got;
    do {
        got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return -errno;
    }
    unsigned count = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        size_t came = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < came; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
            if (count < room) {
                fds[count++] = fd;
            } else {
                close(fd);
            }
        }
    }
    if (fd_count) {
        *fd_count = count;
    }
    return message.msg_flags & (MSG_TRUNC | MSG_CTRUNC) ? -EMSGSIZE : got;
}
