#include "supervisor/service.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/unix_socket.h"

unsigned service_passed(void)
{
    const char *pid = getenv("LISTEN_PID");
    const char *count = getenv("LISTEN_FDS");
    long n = pid && count && strtol(pid, NULL, 10) == getpid() ? strtol(count, NULL, 10) : 0;
    return n > 0 ? (unsigned)n : 0;
}

const char *service_name(unsigned i)
{
    const char *name = getenv("LISTEN_FDNAMES");
    for (; name && i > 0; i--) {
        name = strchr(name, ':');
        name = name ? name + 1 : NULL;
    }
    return name ? name : "";
}

bool service_listens(void)
{
    return getenv("NOTIFY_SOCKET") != NULL;
}

void service_notify(const char *state, const int *fds, unsigned count)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address;
    socklen_t length;
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int) * SERVICE_FDS_MAX)];
    } control = {.room = {0}};
    if (!path || count > SERVICE_FDS_MAX || unix_address(path, &address, &length) < 0) {
        return;
    }
    if (*path == '@') { /* an abstract name: a NUL in front, none at the end */
        address.sun_path[0] = 0;
        length--;
    }
    struct iovec text = {.iov_base = (char *)(uintptr_t)state, .iov_len = strlen(state)};
    struct msghdr message = {.msg_name = &address, .msg_namelen = length, .msg_iov = &text, .msg_iovlen = 1};
    if (count) {
        message.msg_control = control.room;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof(int) * count);
        memcpy(CMSG_DATA(&control.header), fds, sizeof(int) * count);
    }
    cleanup_close int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        (void)sendmsg(fd, &message, MSG_NOSIGNAL);
    }
}
