#include "supervisor/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "decode/base/cleanup.h"
#include "supervisor/target.h"

enum { STATUS_ROOM = 16384 }; /* a thousand groups make the longest line */

const char *namespace_file(enum namespace which)
{
    static const char *const names[] = {"mnt", "net", "ipc", "uts", "cgroup", "user"};
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
    while (at && *at && *at != '\n') {
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

int caller_read_status(struct caller *c, pid_t tid)
{
    char status[STATUS_ROOM];
    ssize_t n = target_proc_read(tid, "status", status, sizeof(status));
    memset(c, 0, sizeof(*c));
    c->tid = tid;
    return n < 0 ? (int)n : parse(c, status);
}

static int read_namespaces(struct task_identity *i, pid_t tid)
{
    char path[64];
    struct stat st;
    for (int ns = 0; ns < NS_COUNT; ns++) {
        snprintf(path, sizeof(path), "/proc/%d/ns/%s", tid, namespace_file((enum namespace)ns));
        if (stat(path, &st) < 0) {
            return -errno;
        }
        i->namespaces[ns] = st.st_ino;
    }
    return 0;
}

static int read_root(struct task_identity *i, pid_t tid)
{
    char path[32];
    struct statx sx;
    snprintf(path, sizeof(path), "/proc/%d/root", tid);
    cleanup_close int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID, &sx) < 0) {
        return -errno;
    }
    i->root_device = makedev(sx.stx_dev_major, sx.stx_dev_minor);
    i->root_inode = sx.stx_ino;
    i->root_mount = sx.stx_mnt_id; /* since Linux 5.8; 0 before */
    return take_fd(&fd);
}

int caller_read(struct caller *c, pid_t tid, int *root_fd)
{
    int ret = caller_read_status(c, tid);
    ret = ret < 0 ? ret : read_namespaces(&c->identity, tid);
    ret = ret < 0 ? ret : read_root(&c->identity, tid);
    if (ret >= 0) {
        *root_fd = ret;
    }
    return ret < 0 ? ret : 0;
}

bool identity_same(const struct task_identity *a, const struct task_identity *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}
