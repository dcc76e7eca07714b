#include "supervisor/fdinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "decode/kinds/net_tables.h"
#include "supervisor/target.h"

/*
 * Finds a netlink socket by its inode among those of the task's network namespace. Lines of the file:
 * address, protocol, port, groups, four counters and a lock, inode (net/netlink/af_netlink.c).
 */
static ssize_t describe_netlink(pid_t tid, unsigned long inode, char *buf, size_t n)
{
    char name[64];
    char line[256];
    snprintf(name, sizeof(name), "/proc/%d/net/netlink", tid);
    FILE *file = fopen(name, "re");
    int length = -ENOENT;
    while (file && length < 0 && fgets(line, sizeof(line), file)) {
        unsigned protocol, port;
        unsigned long here;
        if (sscanf(line, "%*s %u %u %*s %*s %*s %*s %*s %*s %lu", &protocol, &port, &here) == 3 &&
            here == inode) {
            const char *known = xlat_name(&xlat_netlink_protocols, protocol);
            length = known ? snprintf(buf, n, "NETLINK:[%s:%u]", known + strlen("NETLINK_"), port)
                           : snprintf(buf, n, "NETLINK:[%u:%u]", protocol, port);
        }
    }
    if (file) {
        fclose(file);
    }
    return length < (int)n ? length : -ENAMETOOLONG;
}

static ssize_t describe(const struct fd_names *names, int fd, bool sockets, char *buf, size_t n)
{
    const struct fd_reader *reader = container_of(names, const struct fd_reader, names);
    char file[32];
    if (fd == AT_FDCWD) {
        return target_proc_link(reader->tid, "cwd", buf, n);
    }
    snprintf(file, sizeof(file), "fd/%d", fd);
    ssize_t length = target_proc_link(reader->tid, file, buf, n);
    unsigned long inode;
    if (sockets && length > 0 && sscanf(buf, "socket:[%lu]", &inode) == 1) {
        char text[64];
        ssize_t found = describe_netlink(reader->tid, inode, text, sizeof(text));
        if (found > 0 && (size_t)found < n) {
            memcpy(buf, text, (size_t)found + 1);
            return found;
        }
    }
    return length;
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
