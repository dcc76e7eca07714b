#include "supervisor/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "decode/base/cleanup.h"

enum { STATUS_ROOM = 16384 }; /* a thousand groups make the longest line */

const char *namespace_file(enum namespace which)
{
    static const char *const names[] = {"mnt", "net", "ipc", "user"};
    return names[which];
}

/* What follows "\nNAME:\t" in the text of status; NULL: this kernel has no such line. */
static const char *line_of(const char *status, const char *name)
{
    const char *at = strstr(status, name);
    return at ? at + strlen(name) : NULL;
}

/* Up to `most` numbers of a line; how many there were, `most` + 1 for more. */
static unsigned numbers_of(const char *status, const char *name, uint32_t *numbers, unsigned most)
{
    const char *at = line_of(status, name);
    unsigned n = 0;
    if (!at) {
        return 0;
    }
    while (*at && *at != '\n') {
        char *end;
        unsigned long number = strtoul(at, &end, 10);
        if (end == at) {
            at++;
            continue;
        }
        if (n == most) {
            return most + 1;
        }
        numbers[n++] = (uint32_t)number;
        at = end;
        while (*at == ' ' || *at == '\t') {
            at++;
        }
    }
    return n;
}

static uint64_t number_of(const char *status, const char *name, int base)
{
    const char *at = line_of(status, name);
    return at ? strtoull(at, NULL, base) : 0;
}

static int parse(struct caller *c, const char *status)
{
    struct task_identity *i = &c->identity;
    c->tgid = (pid_t)number_of(status, "\nTgid:\t", 10);
    c->umask = (uint32_t)number_of(status, "\nUmask:\t", 8); /* since Linux 4.7 */
    c->threads = (uint32_t)number_of(status, "\nThreads:\t", 10);
    uint64_t blocked = number_of(status, "\nSigBlk:\t", 16);
    c->signals = number_of(status, "\nSigPnd:\t", 16) & ~blocked;
    c->shared = number_of(status, "\nShdPnd:\t", 16) & ~blocked;
    i->inheritable = number_of(status, "\nCapInh:\t", 16);
    i->permitted = number_of(status, "\nCapPrm:\t", 16);
    i->effective = number_of(status, "\nCapEff:\t", 16);
    c->levels = numbers_of(status, "\nNSpid:\t", (uint32_t *)c->tids, PID_LEVELS_MAX);
    if (numbers_of(status, "\nUid:\t", i->uid, 4) != 4 || numbers_of(status, "\nGid:\t", i->gid, 4) != 4 ||
        !line_of(status, "\nUmask:\t") || c->tgid <= 0 || c->levels > PID_LEVELS_MAX ||
        numbers_of(status, "\nNStgid:\t", (uint32_t *)c->tgids, PID_LEVELS_MAX) != c->levels) {
        return -EINVAL;
    }
    i->group_count = numbers_of(status, "\nGroups:\t", i->groups, IDENTITY_GROUPS_MAX);
    return i->group_count > IDENTITY_GROUPS_MAX ? -E2BIG : 0;
}

static int read_status(struct caller *c, int directory)
{
    char status[STATUS_ROOM];
    cleanup_close int fd = openat(directory, "status", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, status, sizeof(status) - 1);
    if (n < 0) {
        return -errno;
    }
    status[n] = 0;
    return parse(c, status);
}

/* The directory of a task in /proc: looked up once for all that is asked of it. */
static int open_task(struct caller *c, pid_t tid)
{
    char path[32];
    memset(c, 0, sizeof(*c));
    c->tid = tid;
    snprintf(path, sizeof(path), "/proc/%d", tid);
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int caller_read_status(struct caller *c, pid_t tid)
{
    cleanup_close int directory = open_task(c, tid);
    return directory < 0 ? directory : read_status(c, directory);
}

/* By the links' texts, "net:[4026531840]": to follow them would make an inode each time. */
static int read_namespaces(struct task_identity *i, int directory)
{
    char path[16];
    char text[64];
    for (int ns = 0; ns < NS_COUNT; ns++) {
        snprintf(path, sizeof(path), "ns/%s", namespace_file((enum namespace)ns));
        ssize_t n = readlinkat(directory, path, text, sizeof(text) - 1);
        if (n < 0) {
            return -errno;
        }
        text[n] = 0;
        const char *number = strchr(text, '[');
        i->namespaces[ns] = number ? strtoull(number + 1, NULL, 10) : 0;
    }
    return 0;
}

static int read_root(struct task_identity *i, int directory, const char *path)
{
    struct statx sx;
    int flags = AT_STATX_DONT_SYNC | (*path ? 0 : AT_EMPTY_PATH);
    if (statx(directory, path, flags, STATX_INO | STATX_MNT_ID, &sx) < 0) {
        return -errno;
    }
    i->root_device = makedev(sx.stx_dev_major, sx.stx_dev_minor);
    i->root_inode = sx.stx_ino;
    i->root_mount = sx.stx_mnt_id; /* since Linux 5.8; 0 before */
    return 0;
}

int caller_read(struct caller *c, pid_t tid)
{
    cleanup_close int directory = open_task(c, tid);
    int ret = directory < 0 ? directory : read_status(c, directory);
    ret = ret < 0 ? ret : read_namespaces(&c->identity, directory);
    return ret < 0 ? ret : read_root(&c->identity, directory, "root");
}

int caller_open_root(const struct caller *c)
{
    char path[32];
    struct task_identity now = c->identity;
    snprintf(path, sizeof(path), "/proc/%d/root", c->tid);
    cleanup_close int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int ret = fd < 0 ? -errno : read_root(&now, fd, "");
    if (ret < 0) {
        return ret;
    }
    return identity_same(&now, &c->identity) ? take_fd(&fd) : -EAGAIN;
}

bool identity_same(const struct task_identity *a, const struct task_identity *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}
