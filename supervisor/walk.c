#include "supervisor/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>

#include "decode/base/cleanup.h"

enum { LINKS_MAX = 40 /* MAXSYMLINKS */, REST_ROOM = 2 * PATH_MAX };

static bool follows(enum at_end end_is, bool slash)
{
    return end_is == END_FOLLOW || (end_is == END_KEEP && slash);
}

ssize_t walk_name(const struct walk *walk, int fd, char *buf, size_t n)
{
    char link[32];
    snprintf(link, sizeof(link), "self/fd/%d", fd);
    ssize_t got = readlinkat(walk->proc, link, buf, n - 1);
    if (got < 0) {
        return -errno;
    }
    buf[got] = 0;
    return got;
}

static int set_name(struct spot *spot, const char *name, size_t n, bool slash)
{
    if (n > NAME_MAX) {
        return -ENAMETOOLONG;
    }
    memcpy(spot->name, name, n);
    spot->name[n] = 0;
    spot->slash = slash;
    if (slash && strcmp(spot->name, ".") != 0) {
        spot->name[n] = '/';
        spot->name[n + 1] = 0;
    }
    return 0;
}

/* spot->real from parent and name. */
static int set_real(const struct walk *walk, struct spot *spot)
{
    ssize_t n = walk_name(walk, spot->parent, spot->real, PATH_MAX);
    if (n < 0) {
        return (int)n;
    }
    if (strcmp(spot->name, ".") != 0) {
        size_t length = strlen(spot->name) - spot->slash;
        if (n == 0 || spot->real[n - 1] != '/') {
            spot->real[n++] = '/';
        }
        memcpy(spot->real + n, spot->name, length);
        spot->real[(size_t)n + length] = 0;
    }
    return 0;
}

/* What a magic link leads to. */
static int set_magic_real(const struct walk *walk, struct spot *spot)
{
    cleanup_close int fd = openat(spot->parent, spot->name, O_PATH | O_CLOEXEC);
    if (fd < 0) {
        return -errno;
    }
    ssize_t n = walk_name(walk, fd, spot->real, PATH_MAX);
    return n < 0 ? (int)n : 0;
}

/* Splits `text` at its last component: [0, *directory) and [*name, *name_end). */
static void split(const char *text, size_t *directory, size_t *name, size_t *name_end, bool *slash)
{
    size_t end = strlen(text);
    *slash = end && text[end - 1] == '/';
    while (end && text[end - 1] == '/') {
        end--;
    }
    *name_end = end;
    while (end && text[end - 1] != '/') {
        end--;
    }
    *name = *directory = end;
}

static bool is_dots(const char *name, size_t n)
{
    return n == 0 || (n == 1 && name[0] == '.') || (n == 2 && name[0] == '.' && name[1] == '.');
}

static bool in_proc(int fd)
{
    struct statfs fs;
    return fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

/*
 * Whether it is "self" or "thread-self" in the root of a procfs. In one of another PID namespace they lead
 * nowhere for us, and can't even be read.
 */
static bool is_caller(int directory, const char *name)
{
    struct stat st;
    return (!strcmp(name, "self") || !strcmp(name, "thread-self")) && in_proc(directory) &&
           fstat(directory, &st) == 0 && st.st_ino == 1; /* PROC_ROOT_INO */
}

/*
 * Without a symbolic link on the way there is nothing that could lead elsewhere than the text says, and one
 * call resolves it. -ELOOP: there is one.
 */
static int walk_straight(const struct walk *walk, int base, const char *text, enum at_end end_is,
                         struct spot *spot)
{
    struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};
    char directory[PATH_MAX];
    size_t length;
    size_t name;
    size_t end;
    bool slash;
    split(text, &length, &name, &end, &slash);
    bool dots = is_dots(text + name, end - name);
    snprintf(directory, sizeof(directory), "%.*s", (int)(dots ? strlen(text) : length), text);
    spot->parent = (int)syscall(SYS_openat2, base, *directory ? directory : ".", &how, sizeof(how));
    if (spot->parent < 0) {
        return -errno;
    }
    int ret = dots ? set_name(spot, ".", 1, false) : set_name(spot, text + name, end - name, slash);
    char link[1];
    if (ret == 0 && !dots && follows(end_is, slash)) {
        char bare[NAME_MAX + 1];
        snprintf(bare, sizeof(bare), "%.*s", (int)(end - name), text + name);
        bool is_link =
            readlinkat(spot->parent, bare, link, sizeof(link)) >= 0 || is_caller(spot->parent, bare);
        ret = is_link ? -ELOOP : 0;
    }
    return ret < 0 ? ret : set_real(walk, spot);
}

/* A walk with symbolic links: where it is, and what is still to go. */
struct step {
    const struct walk *walk;
    int at;
    unsigned links;
    char name[NAME_MAX + 1];
    char rest[REST_ROOM]; /* what follows `name` */
};

static int go(struct step *s, int fd)
{
    if (fd < 0) {
        return -errno;
    }
    close(s->at);
    s->at = fd;
    return 0;
}

/* Puts text before the rest. */
static int prepend(struct step *s, const char *text, size_t n)
{
    size_t length = strlen(s->rest);
    if (n + length + 2 > sizeof(s->rest)) {
        return -ENAMETOOLONG;
    }
    bool joint = length && s->rest[0] != '/';
    memmove(s->rest + n + joint, s->rest, length + 1);
    memcpy(s->rest, text, n);
    if (joint) {
        s->rest[n] = '/';
    }
    return 0;
}

/* Takes the next component out of the rest into `name`. False: none is left. *last, *slash as it says. */
static int next(struct step *s, bool *last, bool *slash)
{
    size_t start = strspn(s->rest, "/");
    size_t n = strcspn(s->rest + start, "/");
    if (n > NAME_MAX) {
        return -ENAMETOOLONG;
    }
    memcpy(s->name, s->rest + start, n);
    s->name[n] = 0;
    memmove(s->rest, s->rest + start + n, strlen(s->rest + start + n) + 1);
    *slash = s->rest[0] == '/';
    *last = s->rest[strspn(s->rest, "/")] == 0;
    return n > 0;
}

/* When a process started, from its stat file: field 22, after the last ')' (proc(5)). */
static unsigned long long started(int directory, const char *file)
{
    char text[1024];
    cleanup_close int fd = openat(directory, file, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    if (n <= 0) {
        return 0;
    }
    text[n] = 0;
    char *at = strrchr(text, ')');
    for (int i = 2; at && i < 22; i++) {
        at = strchr(at + 1, ' ');
    }
    return at ? strtoull(at + 1, NULL, 10) : 0;
}

/*
 * "self" or "thread-self" in the root of a procfs is the caller, under its number in the PID namespace of
 * that mount: one of those it has, the innermost first, whose process is the caller.
 */
static int put_caller(struct step *s, bool thread)
{
    const struct wire_request *caller = s->walk->caller;
    char file[48];
    snprintf(file, sizeof(file), "%d/stat", caller->tgid);
    unsigned long long wanted = started(s->walk->proc, file);
    for (unsigned level = caller->levels; wanted && level-- > 0;) {
        snprintf(file, sizeof(file), "%d/stat", caller->tgids[level]);
        if (started(s->at, file) != wanted) {
            continue;
        }
        char text[48];
        int n = thread ? snprintf(text, sizeof(text), "%d/task/%d", caller->tgids[level], caller->tids[level])
                       : snprintf(text, sizeof(text), "%d", caller->tgids[level]);
        return prepend(s, text, (size_t)n);
    }
    return -ENOENT;
}

/* fs.protected_symlinks: in a sticky directory that all may write, only one's own links and the directory's
 * owner's are followed (fs/namei.c, may_follow_link). */
static int may_follow(const struct step *s)
{
    struct stat directory;
    struct stat link;
    if (!s->walk->protected_symlinks || fstat(s->at, &directory) < 0 ||
        (directory.st_mode & (S_ISVTX | S_IWOTH)) != (S_ISVTX | S_IWOTH)) {
        return 0;
    }
    if (fstatat(s->at, s->name, &link, AT_SYMLINK_NOFOLLOW) < 0) {
        return -errno;
    }
    return link.st_uid == geteuid() || link.st_uid == directory.st_uid ? 0 : -EACCES;
}

static int follow_link(struct step *s, const char *target, size_t n)
{
    int ret = may_follow(s);
    if (ret < 0) {
        return ret;
    }
    if (++s->links > LINKS_MAX) {
        return -ELOOP;
    }
    ret = n ? prepend(s, target, n) : -ENOENT;
    if (ret == 0 && target[0] == '/') {
        ret = go(s, open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    }
    return ret;
}

static int arrive(struct step *s, bool slash, bool magic, struct spot *spot)
{
    const char *name = s->name[0] ? s->name : ".";
    int ret = set_name(spot, name, strlen(name), slash);
    spot->parent = take_fd(&s->at);
    spot->magic = magic;
    if (ret == 0) {
        ret = magic ? set_magic_real(s->walk, spot) : set_real(s->walk, spot);
    }
    return ret < 0 ? ret : 1;
}

/* A link of /proc that stands for something else than its text: fd/3, exe, cwd, ns/mnt. */
static bool is_magic(const struct step *s)
{
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_MAGICLINKS};
    cleanup_close int fd = (int)syscall(SYS_openat2, s->at, s->name, &how, sizeof(how));
    return fd < 0 && errno == ELOOP;
}

/* One component. Returns 1 when the walk is at its end, 0 to go on, or a negative errno. */
static int step_one(struct step *s, enum at_end end_is, struct spot *spot)
{
    char target[PATH_MAX];
    bool last;
    bool slash;
    int ret = next(s, &last, &slash);
    if (ret <= 0) {
        return ret < 0 ? ret : arrive(s, false, false, spot);
    }
    if (!strcmp(s->name, ".") || !strcmp(s->name, "..")) {
        return go(s, openat(s->at, s->name, O_PATH | O_DIRECTORY | O_CLOEXEC));
    }
    if (last && !follows(end_is, slash)) {
        return arrive(s, slash, false, spot);
    }
    if (is_caller(s->at, s->name)) {
        return put_caller(s, s->name[0] == 't');
    }
    ssize_t n = readlinkat(s->at, s->name, target, sizeof(target) - 1);
    if (n < 0) {
        return last ? arrive(s, slash, false, spot)
                    : go(s, openat(s->at, s->name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    }
    target[n] = 0;
    if (in_proc(s->at) && is_magic(s)) {
        return last ? arrive(s, slash, true, spot)
                    : go(s, openat(s->at, s->name, O_PATH | O_DIRECTORY | O_CLOEXEC));
    }
    return follow_link(s, target, (size_t)n);
}

static int walk_links(const struct walk *walk, int base, const char *text, enum at_end end_is,
                      struct spot *spot)
{
    struct step s = {.walk = walk};
    snprintf(s.rest, sizeof(s.rest), "%s", text);
    s.at = openat(base, text[0] == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int ret = s.at < 0 ? -errno : 0;
    while (ret == 0) {
        ret = step_one(&s, end_is, spot);
    }
    if (s.at >= 0) {
        close(s.at);
    }
    return ret < 0 ? ret : 0;
}

int walk_path(const struct walk *walk, int base, const char *text, enum at_end end_is, struct spot *spot)
{
    *spot = (struct spot){.parent = -1};
    if (!*text) {
        return -ENOENT;
    }
    base = base == WIRE_ABSOLUTE ? AT_FDCWD : base;
    int ret = walk_straight(walk, base, text, end_is, spot);
    if (ret == -ELOOP) {
        if (spot->parent >= 0) {
            close(take_fd(&spot->parent));
        }
        ret = walk_links(walk, base, text, end_is, spot);
    }
    if (ret < 0 && spot->parent >= 0) {
        close(take_fd(&spot->parent));
    }
    return ret;
}
