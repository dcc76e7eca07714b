#include "supervisor/unwind/mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "launcher/uapi.h"

bool mapping_parse(const char *line, struct mapping *mapping)
{
    char rights[5];
    unsigned major;
    unsigned minor;
    int name = 0;
    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64 " %n", &mapping->start,
               &mapping->end, rights, &mapping->offset, &major, &minor, &mapping->inode, &name) < 7 ||
        rights[2] != 'x') {
        return false;
    }
    mapping->device = makedev(major, minor);
    snprintf(mapping->name, sizeof(mapping->name), "%s", name ? line + name : "");
    return true;
}

int mappings_open(struct mappings *mappings, pid_t tid)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/maps", tid);
    mappings->fd = open(path, O_RDONLY | O_CLOEXEC);
    return mappings->fd < 0 ? -errno : 0;
}

void mappings_close(struct mappings *mappings)
{
    if (mappings->fd >= 0) {
        close(take_fd(&mappings->fd));
    }
}

bool mappings_alive(const struct mappings *mappings)
{
    char first;
    return mappings->fd >= 0 && pread(mappings->fd, &first, 1, 0) == 1;
}

/* Asks the kernel for the one mapping: a big program's list takes long to write and to read. */
static int query(const struct mappings *mappings, uint64_t address, struct mapping *mapping)
{
    struct procmap_query q = {.size = sizeof(q),
                              .query_flags = PROCMAP_QUERY_VMA_EXECUTABLE,
                              .query_addr = address,
                              .vma_name_size = sizeof(mapping->name),
                              .vma_name_addr = (uintptr_t)mapping->name};
    if (ioctl(mappings->fd, PROCMAP_QUERY, &q) < 0) {
        return -errno;
    }
    mapping->start = q.vma_start;
    mapping->end = q.vma_end;
    mapping->offset = q.vma_offset;
    mapping->inode = q.inode;
    mapping->device = makedev(q.dev_major, q.dev_minor);
    mapping->name[q.vma_name_size ? q.vma_name_size - 1 : 0] = 0;
    return 0;
}

static bool look_through(const struct mappings *mappings, uint64_t address, struct mapping *mapping)
{
    cleanup_free char *line = NULL;
    size_t room = 0;
    ssize_t length;
    int fd = dup(mappings->fd);
    cleanup_fclose FILE *file = fd < 0 ? NULL : fdopen(fd, "re");
    if (!file) {
        (void)(fd < 0 || close(fd));
        return false;
    }
    rewind(file); /* the position is shared: the last look left it anywhere */
    while ((length = getline(&line, &room, file)) > 0) {
        line[length - 1] = 0;
        if (mapping_parse(line, mapping) && address >= mapping->start && address < mapping->end) {
            return true;
        }
    }
    return false;
}

bool mappings_find(const struct mappings *mappings, uint64_t address, struct mapping *mapping)
{
    int ret = mappings->fd < 0 ? -EBADF : query(mappings, address, mapping);
    /* Before Linux 6.11 there is no such question. */
    return ret == 0 || (ret == -ENOTTY && look_through(mappings, address, mapping));
}
