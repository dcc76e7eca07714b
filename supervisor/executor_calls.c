/* The path calls, all but open. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/executor.h"

enum { TRIES = 40 };

static int64_t result_of(long ret)
{
    return ret < 0 ? -errno : ret;
}

/* Resolves the paths of the request and asks about what they lead to. */
static int find(struct execution *e)
{
    for (unsigned i = 0; i < 2 && e->text[i]; i++) {
        if (e->spot[i].parent >= 0) {
            close(take_fd(&e->spot[i].parent));
        }
        int ret = walk_path(&e->walk, execution_base(e, i), e->text[i], e->request->path[i].end, &e->spot[i]);
        if (ret < 0) {
            return ret;
        }
    }
    return execution_ask(e);
}

/* A call that makes, moves or removes entries. */
static int64_t change_entry(struct execution *e)
{
    const uint64_t *n = e->request->number;
    const struct spot *a = &e->spot[0];
    const struct spot *b = &e->spot[1];
    int ret = find(e);
    if (ret < 0) {
        return ret;
    }
    switch (e->request->op) {
    case BEHALF_UNLINK:
        return result_of(unlinkat(a->parent, a->name, (int)n[0]));
    case BEHALF_RENAME:
        return result_of(syscall(SYS_renameat2, a->parent, a->name, b->parent, b->name, (unsigned)n[0]));
    case BEHALF_MKDIR:
        return result_of(mkdirat(a->parent, a->name, (mode_t)n[0]));
    case BEHALF_SYMLINK:
        return result_of(symlinkat(e->data, a->parent, a->name));
    case BEHALF_MKNOD:
        if ((S_ISCHR(n[0]) || S_ISBLK(n[0])) && n[1] != 0 /* a whiteout */ && !execution_may_use_devices(e)) {
            return -EPERM;
        }
        return result_of(syscall(SYS_mknodat, a->parent, a->name, (mode_t)n[0], (unsigned)n[1]));
    default: /* a followed link has been followed; one of /proc only the kernel can follow */
        return result_of(linkat(a->parent, a->name, b->parent, b->name, a->magic ? AT_SYMLINK_FOLLOW : 0));
    }
}

/* The file at the place itself, O_PATH. -EAGAIN: it has become a link that was to be followed. */
static int pin(const struct execution *e, bool *is_link)
{
    const struct spot *spot = &e->spot[0];
    char name[sizeof(spot->name)];
    struct stat st;
    snprintf(name, sizeof(name), "%s", spot->name);
    name[strlen(name) - (spot->slash && strcmp(name, ".") != 0)] = 0; /* a slash would be followed */
    cleanup_close int fd = openat(spot->parent, name, O_PATH | O_CLOEXEC | (spot->magic ? 0 : O_NOFOLLOW));
    if (fd < 0 || fstat(fd, &st) < 0) {
        return -errno;
    }
    *is_link = S_ISLNK(st.st_mode);
    if (*is_link && (e->request->path[0].end == END_FOLLOW || spot->slash)) {
        return -EAGAIN;
    }
    return spot->slash && !S_ISDIR(st.st_mode) ? -ENOTDIR : take_fd(&fd);
}

static int64_t change_attributes(struct execution *e, int fd);

/* The data has no alignment. NULL: now. */
static const struct timespec *times_of(const struct execution *e, struct timespec both[2])
{
    if (e->request->op != BEHALF_UTIMES || e->request->data != 2 * sizeof(*both)) {
        return NULL;
    }
    memcpy(both, e->data, 2 * sizeof(*both));
    return both;
}

/* The same of a symbolic link, where the call is about the link. Its name is used once more: what stands
 * there by then is not followed. */
static int64_t change_link(struct execution *e)
{
    const struct spot *a = &e->spot[0];
    const uint64_t *n = e->request->number;
    struct timespec both[2];
    const struct timespec *times = times_of(e, both);
    switch (e->request->op) {
    case BEHALF_CHMOD:
        return result_of(syscall(452 /* fchmodat2 */, a->parent, a->name, (mode_t)n[0], AT_SYMLINK_NOFOLLOW));
    case BEHALF_CHOWN:
        return result_of(fchownat(a->parent, a->name, (uid_t)n[0], (gid_t)n[1], AT_SYMLINK_NOFOLLOW));
    case BEHALF_UTIMES:
        return result_of(utimensat(a->parent, a->name, times, AT_SYMLINK_NOFOLLOW));
    default:
        break;
    }
    if (fchdir(a->parent) < 0) {
        return -errno;
    }
    if (e->request->op == BEHALF_REMOVEXATTR) {
        return result_of(lremovexattr(a->name, e->data));
    }
    size_t name = (size_t)n[1] + 1;
    return result_of(lsetxattr(a->name, e->data, e->data + name, e->request->data - name, (int)n[0]));
}

/* A call on a file that is there. It is held first, so that what is asked about is what is changed. */
static int64_t change_file(struct execution *e)
{
    bool is_link = false;
    int fd = -EAGAIN;
    for (int tries = 0; fd == -EAGAIN && tries < TRIES; tries++) {
        int ret = find(e);
        if (ret < 0) {
            return ret;
        }
        fd = pin(e, &is_link);
    }
    if (fd < 0) {
        return fd == -EAGAIN ? -ELOOP : fd;
    }
    int64_t result = is_link ? change_link(e) : change_attributes(e, fd);
    close(fd);
    return result;
}

/*
 * Changes the file behind an O_PATH descriptor. Most calls refuse such a descriptor, but not the link that
 * /proc has for it.
 */
static int64_t change_attributes(struct execution *e, int fd)
{
    const uint64_t *n = e->request->number;
    struct timespec both[2];
    const struct timespec *times = times_of(e, both);
    char link[32];
    snprintf(link, sizeof(link), "self/fd/%d", fd);
    switch (e->request->op) {
    case BEHALF_CHMOD:
        return result_of(fchmodat(e->walk.proc, link, (mode_t)n[0], 0));
    case BEHALF_CHOWN:
        return result_of(fchownat(fd, "", (uid_t)n[0], (gid_t)n[1], AT_EMPTY_PATH));
    case BEHALF_UTIMES:
        return result_of(utimensat(e->walk.proc, link, times, 0));
    default:
        break;
    }
    if (fchdir(e->walk.proc) < 0) { /* these take no directory */
        return -errno;
    }
    size_t name = (size_t)n[1] + 1;
    switch (e->request->op) {
    case BEHALF_TRUNCATE:
        return result_of(truncate(link, (off_t)n[0]));
    case BEHALF_REMOVEXATTR:
        return result_of(removexattr(link, e->data));
    default:
        return result_of(setxattr(link, e->data, e->data + name, e->request->data - name, (int)n[0]));
    }
}

/* AT_EMPTY_PATH, or no path at all: the descriptor itself. */
static int64_t change_base(struct execution *e)
{
    int base = execution_base(e, 0);
    e->spot[0].name[0] = 0;
    if (base < 0) {
        return -ENOENT;
    }
    ssize_t n = walk_name(&e->walk, base, e->spot[0].real, PATH_MAX);
    int ret = n < 0 ? (int)n : 0;
    if (ret == 0 && e->text[1]) {
        ret = walk_path(&e->walk, execution_base(e, 1), e->text[1], END_ENTRY, &e->spot[1]);
    }
    ret = ret < 0 ? ret : execution_ask(e);
    if (ret < 0) {
        return ret;
    }
    if (e->request->op == BEHALF_LINK) {
        return result_of(linkat(base, "", e->spot[1].parent, e->spot[1].name, AT_EMPTY_PATH));
    }
    return change_attributes(e, base);
}

int64_t execute(struct execution *e)
{
    switch (e->request->op) {
    case BEHALF_OPEN:
        return execute_open(e);
    case BEHALF_CONNECT:
        return execute_connect(e);
    case BEHALF_BIND:
        return execute_bind(e);
    case BEHALF_SEND:
        return execute_send(e);
    default:
        break;
    }
    if (!e->text[0]) {
        return -EPROTO;
    }
    bool on_entry = e->request->op <= BEHALF_MKNOD;
    if (!*e->text[0] && (e->request->op == BEHALF_LINK || !on_entry)) {
        return change_base(e); /* who asks for it checked that the flags allow it */
    }
    return on_entry ? change_entry(e) : change_file(e);
}
