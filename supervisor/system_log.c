#include "supervisor/system_log.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "decode/base/cleanup.h"

/* What every syslog takes; a message that is too long for one datagram is cut to this. */
enum { MESSAGE_MAX = 8192 };

static int connect_as(int type)
{
    const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
    cleanup_close int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
        return -errno;
    }
    return take_fd(&fd);
}

static int open_log(struct system_log *log)
{
    log->fd = connect_as(SOCK_DGRAM);
    if (log->fd == -EPROTOTYPE) {
        log->fd = connect_as(SOCK_STREAM); /* some old ones */
    }
    int ret = log->fd;
    log->fd = ret < 0 ? -1 : ret;
    return ret < 0 ? ret : 0;
}

int system_log_open(struct system_log *log, struct error *err)
{
    int ret = open_log(log);
    return ret < 0 ? error_errno(err, -ret, "can't reach the system's log at /dev/log") : 0;
}

void system_log_close(struct system_log *log)
{
    if (log->fd >= 0) {
        close(take_fd(&log->fd));
    }
}

/* "<12>Jan  1 12:00:00 proctor[1]: " */
static size_t head(int severity, char *text, size_t size)
{
    char when[32];
    struct tm local = {0};
    time_t now = time(NULL);
    localtime_r(&now, &local);
    strftime(when, sizeof(when), "%b %e %H:%M:%S", &local);
    int n = snprintf(text, size, "<%d>%s proctor[%d]: ", LOG_USER | severity, when, getpid());
    return n > 0 && (size_t)n < size ? (size_t)n : 0;
}

static int send_message(struct system_log *log, const char *start, size_t start_length, const char *message,
                        size_t n)
{
    struct iovec parts[] = {{(void *)start, start_length}, {(void *)message, n}};
    struct msghdr header = {.msg_iov = parts, .msg_iovlen = ARRAY_SIZE(parts)};
    if (log->fd < 0) {
        return -ENOTCONN;
    }
    return sendmsg(log->fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int system_log_send(struct system_log *log, int severity, const char *message, size_t n)
{
    char start[64];
    size_t length = head(severity, start, sizeof(start));
    int ret = send_message(log, start, length, message, n);
    if (ret == -ENOTCONN || ret == -ECONNREFUSED || ret == -ECONNRESET || ret == -EPIPE) {
        system_log_close(log); /* it was started anew */
        ret = open_log(log);
        ret = ret < 0 ? ret : send_message(log, start, length, message, n);
    }
    if (ret == -EMSGSIZE && n > MESSAGE_MAX) {
        ret = send_message(log, start, length, message, MESSAGE_MAX);
    }
    return ret;
}
