/* open, openat, openat2, creat. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/executor.h"

enum { TRIES = 40, AGAIN = -ERESTART /* no call returns it: what was found is another thing by now */ };

struct opening {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
    bool strict; /* openat2: unknown flags are errors */
};

static struct opening opening_of(const struct execution *e)
{
    const uint64_t *n = e->request->number;
    return (struct opening){.flags = n[0] | O_CLOEXEC, .mode = n[1], .resolve = n[2], .strict = n[3] != 0};
}

static int open_as(const struct opening *o, int directory, const char *name, uint64_t flags)
{
    struct open_how how = {.flags = flags, .mode = o->mode};
    long fd = o->strict ? syscall(SYS_openat2, directory, name, &how, sizeof(how))
                        : syscall(SYS_openat, directory, name, (int)flags, (mode_t)o->mode);
    return fd < 0 ? -errno : (int)fd;
}

/* Lets go of what a try has left. */
static void forget(struct execution *e)
{
    if (e->spot[0].parent >= 0) {
        close(take_fd(&e->spot[0].parent));
    }
    if (e->made >= 0) {
        close(take_fd(&e->made));
    }
}

/* The file was reached through a link of /proc, which may have led elsewhere by the time it was opened. */
static int ask_again(struct execution *e)
{
    ssize_t n = walk_name(&e->walk, e->made, e->spot[0].real, PATH_MAX);
    return n < 0 ? (int)n : execution_ask(e);
}

/* Devices that any container may open (the runtime specification's default devices, and pseudo terminals). */
static bool is_common_device(const struct stat *st)
{
    unsigned a = major(st->st_rdev);
    unsigned b = minor(st->st_rdev);
    return S_ISCHR(st->st_mode) && ((a == 1 && (b == 3 || b == 5 || b == 7 || b == 8 || b == 9)) ||
                                    (a == 5 && b == 2) || (a >= 136 && a <= 143));
}

/* A device that the caller's control group might keep from it: the kernel would ask ours. */
static bool is_foreign_device(struct execution *e, const struct opening *o, const struct stat *st)
{
    return !(o->flags & O_PATH) && (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)) && !is_common_device(st) &&
           !execution_may_use_devices(e);
}

/* What the path's end is called without its slash, and what that slash asks for. */
static int name_of(const struct spot *spot, const struct opening *o, char *name, size_t n, uint64_t *flags)
{
    snprintf(name, n, "%s", spot->name);
    if (spot->slash && strcmp(name, ".") != 0) { /* a slash would be followed, and can't be made */
        name[strlen(name) - 1] = 0;
        *flags |= O_DIRECTORY;
        return o->flags & O_CREAT ? -EISDIR : 0;
    }
    return 0;
}

/* The caller's terminal: field 7 of its stat file (proc(5)), as old device numbers are put together. 0: none.
 */
static dev_t terminal_of_caller(const struct execution *e)
{
    char file[32];
    char text[1024];
    snprintf(file, sizeof(file), "%d/stat", e->request->tgid);
    cleanup_close int fd = openat(e->walk.proc, file, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    int number = 0;
    if (n > 0) {
        text[n] = 0;
        const char *at = strrchr(text, ')'); /* the name before it may hold anything */
        if (at && sscanf(at + 1, " %*c %*d %*d %*d %d", &number) != 1) {
            number = 0;
        }
    }
    return makedev((unsigned)number >> 8 & 0xfff,
                   ((unsigned)number & 0xff) | ((unsigned)number >> 12 & 0xfff00));
}

/* /dev/tty is the opener's own terminal, and we have none: the caller's, by its name. */
static int open_terminal(struct execution *e, const struct opening *o)
{
    dev_t terminal = terminal_of_caller(e);
    char name[32];
    struct stat st;
    if (major(terminal) < 136 || major(terminal) > 143) { /* UNIX98_PTY_SLAVE_MAJOR */
        return -ENXIO;
    }
    snprintf(name, sizeof(name), "/dev/pts/%u", (major(terminal) - 136) * 256 + minor(terminal));
    int fd = open(name, (int)(o->flags & ~(uint64_t)(O_CREAT | O_EXCL | O_TRUNC)) | O_NOFOLLOW | O_NOCTTY |
                            O_CLOEXEC);
    if (fd < 0) {
        return -errno;
    }
    e->made = fd;
    return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == terminal ? 0 : -ENXIO;
}

/*
 * Opens the name in its directory: not followed, it can be nothing else than what was asked about. AGAIN: it
 * is a link by now.
 */
static int open_place(struct execution *e, const struct opening *o)
{
    const struct spot *spot = &e->spot[0];
    char name[sizeof(spot->name)];
    struct stat st;
    bool keeps_link = o->flags & O_NOFOLLOW;
    uint64_t flags = o->flags | (spot->magic ? 0 : O_NOFOLLOW);
    int ret = name_of(spot, o, name, sizeof(name), &flags);
    if (ret < 0) {
        return ret;
    }
    bool there = fstatat(spot->parent, name, &st, spot->magic ? 0 : AT_SYMLINK_NOFOLLOW) == 0;
    if (there && S_ISLNK(st.st_mode) && !keeps_link && !(o->flags & O_EXCL)) {
        return AGAIN;
    }
    if (there && S_ISCHR(st.st_mode) && st.st_rdev == makedev(5, 0) && !(o->flags & O_PATH)) {
        return open_terminal(e, o);
    }
    if (there && is_foreign_device(e, o, &st)) {
        return -EPERM;
    }
    int fd = open_as(o, spot->parent, name, flags);
    if (fd < 0) {
        return fd == -ELOOP && !keeps_link && !spot->magic ? AGAIN : fd;
    }
    e->made = fd;
    if (fstat(fd, &st) < 0 || (S_ISLNK(st.st_mode) && !keeps_link)) {
        return AGAIN;
    }
    return is_foreign_device(e, o, &st) ? -EPERM : spot->magic ? ask_again(e) : 0;
}

/* Nobody is to be asked about a file that is not there and will not be made. */
static int may_succeed(const struct execution *e, const struct opening *o)
{
    const struct spot *spot = &e->spot[0];
    struct stat st;
    bool asks = !e->judged[0] && !spot->magic && !(o->flags & O_CREAT);
    return asks && fstatat(spot->parent, spot->name, &st, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
}

static int open_path(struct execution *e, const struct opening *o)
{
    bool exclusive = (o->flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
    enum at_end end = exclusive ? END_ENTRY : o->flags & O_NOFOLLOW ? END_KEEP : END_FOLLOW;
    int ret = AGAIN;
    for (int tries = 0; ret == AGAIN && tries < TRIES; tries++) {
        forget(e);
        ret = walk_path(&e->walk, execution_base(e, 0), e->text[0], end, &e->spot[0]);
        ret = ret < 0 ? ret : may_succeed(e, o);
        ret = ret < 0 ? ret : execution_ask(e);
        ret = ret < 0 ? ret : open_place(e, o);
    }
    return ret;
}

/* A path below /proc/self that the kernel resolved is ours, not the caller's. */
static bool is_ours(const struct execution *e, int fd)
{
    struct statfs fs;
    char own[32];
    snprintf(own, sizeof(own), "/%d", getpid());
    size_t n = strlen(own);
    const char *at = strstr(e->spot[0].real, own);
    return fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC && at && (at[n] == '/' || !at[n]);
}

/* Opens what is held by an O_PATH descriptor. */
static int reopen(struct execution *e, const struct opening *o, int fd)
{
    char link[32];
    struct stat st;
    if (o->flags & O_CREAT && o->flags & O_EXCL) {
        return -EEXIST;
    }
    if (fstat(fd, &st) < 0 || S_ISLNK(st.st_mode)) {
        return -ELOOP;
    }
    if (is_foreign_device(e, o, &st)) {
        return -EPERM;
    }
    snprintf(link, sizeof(link), "self/fd/%d", fd);
    struct opening again = *o;
    again.flags &= ~(uint64_t)(O_CREAT | O_EXCL | O_NOFOLLOW);
    again.mode = 0;
    fd = open_as(&again, e->walk.proc, link, again.flags);
    e->made = fd < 0 ? -1 : fd;
    return fd < 0 ? fd : 0;
}

/* Makes the file that was not there, in the directory that the path's beginning leads to. */
static int create_restricted(struct execution *e, const struct opening *o)
{
    struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
                           .resolve = o->resolve & ~(uint64_t)RESOLVE_CACHED};
    struct spot *spot = &e->spot[0];
    char directory[PATH_MAX];
    const char *slash = strrchr(e->text[0], '/');
    const char *name = slash ? slash + 1 : e->text[0];
    snprintf(directory, sizeof(directory), "%.*s", (int)(name - e->text[0]), e->text[0]);
    spot->parent =
        (int)syscall(SYS_openat2, execution_base(e, 0), *directory ? directory : ".", &how, sizeof(how));
    if (spot->parent < 0) {
        return -errno;
    }
    ssize_t n = walk_name(&e->walk, spot->parent, spot->real, PATH_MAX);
    if (n < 0 || strlen(name) > NAME_MAX) {
        return n < 0 ? (int)n : -ENAMETOOLONG;
    }
    snprintf(spot->real + n, sizeof(spot->real) - (size_t)n, "%s%s", n > 1 ? "/" : "", name);
    int ret = execution_ask(e);
    int fd = ret < 0 ? ret : open_as(o, spot->parent, name, o->flags | O_EXCL | O_NOFOLLOW);
    if (fd < 0) {
        return ret == 0 && fd == -EEXIST && !(o->flags & O_EXCL) ? AGAIN : fd;
    }
    e->made = fd;
    return 0;
}

/*
 * openat2 with a way of its own to resolve paths: only the kernel can do that. What it finds is held, asked
 * about, and opened by the hold.
 */
static int open_restricted(struct execution *e, const struct opening *o)
{
    struct open_how how = {.flags = O_PATH | O_CLOEXEC | (o->flags & (O_NOFOLLOW | O_DIRECTORY)),
                           .resolve = o->resolve};
    int base = execution_base(e, 0);
    int ret = AGAIN;
    for (int tries = 0; ret == AGAIN && tries < TRIES; tries++) {
        forget(e);
        cleanup_close int fd =
            (int)syscall(SYS_openat2, base == WIRE_ABSOLUTE ? AT_FDCWD : base, e->text[0], &how, sizeof(how));
        if (fd < 0 && errno == ENOENT && o->flags & O_CREAT && base != WIRE_ABSOLUTE) {
            ret = create_restricted(e, o);
            continue;
        }
        ssize_t n = fd < 0 ? -errno : walk_name(&e->walk, fd, e->spot[0].real, PATH_MAX);
        if (n < 0) {
            return (int)n;
        }
        ret = is_ours(e, fd) ? -EPERM : execution_ask(e);
        if (ret == 0 && o->flags & O_PATH) {
            e->made = take_fd(&fd);
        } else if (ret == 0) {
            ret = reopen(e, o, fd);
        }
    }
    return ret;
}

int64_t execute_open(struct execution *e)
{
    struct opening o = opening_of(e);
    if (!e->text[0]) {
        return -EPROTO;
    }
    int ret = o.resolve ? open_restricted(e, &o) : open_path(e, &o);
    if (ret < 0) {
        forget(e);
    }
    return ret == AGAIN ? -ELOOP : ret;
}
