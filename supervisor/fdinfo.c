#include "supervisor/fdinfo.h"

#include <fcntl.h>
#include <stdio.h>

#include "decode/base/cleanup.h"
#include "supervisor/target.h"

static ssize_t describe(const struct fd_names *names, int fd, bool sockets, char *buf, size_t n)
{
    const struct fd_reader *reader = container_of(names, const struct fd_reader, names);
    char file[32];
    (void)sockets;
    if (fd == AT_FDCWD) {
        return target_proc_link(reader->tid, "cwd", buf, n);
    }
    snprintf(file, sizeof(file), "fd/%d", fd);
    return target_proc_link(reader->tid, file, buf, n);
}

void fd_reader_init(struct fd_reader *reader, pid_t tid)
{
    *reader = (struct fd_reader){.names = {describe}, .tid = tid};
}
