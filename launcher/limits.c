#include "launcher/limits.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

void limits_raise(struct rlimit *before)
{
    if (getrlimit(RLIMIT_NOFILE, before) == 0) {
        const struct rlimit most = {.rlim_cur = before->rlim_max, .rlim_max = before->rlim_max};
        (void)setrlimit(RLIMIT_NOFILE, &most);
    }
}

bool limits_give_back(pid_t pid, const struct rlimit *before)
{
    struct rlimit now;
    return prlimit(pid, RLIMIT_NOFILE, NULL, &now) == 0 &&
           (now.rlim_cur == before->rlim_cur || prlimit(pid, RLIMIT_NOFILE, before, NULL) == 0);
}

static bool takes_copies(int fd, unsigned count)
{
    int copy = count ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
    bool enough = count == 0 || (copy >= 0 && takes_copies(copy, count - 1));
    if (copy >= 0) {
        close(copy);
    }
    return enough;
}

bool limits_leave(unsigned count)
{
    int fd = eventfd(0, EFD_CLOEXEC);
    bool enough = fd >= 0 && takes_copies(fd, count - 1);
    if (fd >= 0) {
        close(fd);
    }
    return enough;
}
