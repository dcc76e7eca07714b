#include "supervisor/fdinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

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

/* As strace does: the name that the index has in our own network namespace. */
static ssize_t interface(const struct fd_names *names, uint32_t index, char *buf, size_t n)
{
    char name[IF_NAMESIZE];
    (void)names;
    if (!if_indextoname(index, name) || strlen(name) >= n) {
        return -ENXIO;
    }
    memcpy(buf, name, strlen(name) + 1);
    return (ssize_t)strlen(name);
}

void fd_reader_init(struct fd_reader *reader, pid_t tid)
{
    *reader = (struct fd_reader){.names = {.describe = describe, .interface = interface}, .tid = tid};
}
