#include "supervisor/behalf_job.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "decode/path.h"
#include "supervisor/walk.h"

enum { END_BY_FLAGS = END_ENTRY + 1, NONE = -1 };

/* Adds what is neither a path nor a plain number. 0 or a negative errno. */
typedef int fill_fn(struct behalf_job *job, const struct slot *slot, struct mem *mem);
static fill_fn fill_open, fill_openat2, fill_creat, fill_rmdir, fill_target, fill_xattr, fill_xattr_name,
    fill_timespec, fill_timeval, fill_utimbuf;

/* How a call's arguments make a request: their indices, NONE where there is none. */
struct shape {
    uint16_t call; /* enum call_id */
    uint8_t op;    /* enum behalf_op */
    bool native;   /* has arguments that other ABIs pass in another form */
    int8_t dir[2];
    int8_t path[2];
    uint8_t end[2]; /* enum at_end; END_BY_FLAGS: as AT_SYMLINK_NOFOLLOW or AT_SYMLINK_FOLLOW says */
    int8_t flags;   /* AT_* */
    int8_t number[WIRE_NUMBERS];
    fill_fn *fill;
};

#define NO_NUMBERS                                                                                           \
    {                                                                                                        \
        NONE, NONE, NONE, NONE                                                                               \
    }
#define ONE(dir, path, end)                                                                                  \
    {dir, NONE}, {path, NONE},                                                                               \
    {                                                                                                        \
        end, 0                                                                                               \
    }

static const struct shape shapes[] = {
    {CALL_open, BEHALF_OPEN, false, ONE(NONE, 0, END_FOLLOW), NONE, {1, 2, NONE, NONE}, fill_open},
    {CALL_openat, BEHALF_OPEN, false, ONE(0, 1, END_FOLLOW), NONE, {2, 3, NONE, NONE}, fill_open},
    {CALL_openat2, BEHALF_OPEN, false, ONE(0, 1, END_FOLLOW), NONE, NO_NUMBERS, fill_openat2},
    {CALL_creat, BEHALF_OPEN, false, ONE(NONE, 0, END_FOLLOW), NONE, {NONE, 1, NONE, NONE}, fill_creat},
    {CALL_unlink, BEHALF_UNLINK, false, ONE(NONE, 0, END_ENTRY), NONE, NO_NUMBERS, NULL},
    {CALL_unlinkat, BEHALF_UNLINK, false, ONE(0, 1, END_ENTRY), NONE, {2, NONE, NONE, NONE}, NULL},
    {CALL_rmdir, BEHALF_UNLINK, false, ONE(NONE, 0, END_ENTRY), NONE, NO_NUMBERS, fill_rmdir},
    {CALL_rename, BEHALF_RENAME, false, {NONE, NONE}, {0, 1}, {END_ENTRY, END_ENTRY}, NONE, NO_NUMBERS, NULL},
    {CALL_renameat, BEHALF_RENAME, false, {0, 2}, {1, 3}, {END_ENTRY, END_ENTRY}, NONE, NO_NUMBERS, NULL},
    {CALL_renameat2,
     BEHALF_RENAME,
     false,
     {0, 2},
     {1, 3},
     {END_ENTRY, END_ENTRY},
     NONE,
     {4, NONE, NONE, NONE},
     NULL},
    {CALL_mkdir, BEHALF_MKDIR, false, ONE(NONE, 0, END_ENTRY), NONE, {1, NONE, NONE, NONE}, NULL},
    {CALL_mkdirat, BEHALF_MKDIR, false, ONE(0, 1, END_ENTRY), NONE, {2, NONE, NONE, NONE}, NULL},
    {CALL_symlink, BEHALF_SYMLINK, false, ONE(NONE, 1, END_ENTRY), NONE, NO_NUMBERS, fill_target},
    {CALL_symlinkat, BEHALF_SYMLINK, false, ONE(1, 2, END_ENTRY), NONE, NO_NUMBERS, fill_target},
    {CALL_link, BEHALF_LINK, false, {NONE, NONE}, {0, 1}, {END_KEEP, END_ENTRY}, NONE, NO_NUMBERS, NULL},
    {CALL_linkat, BEHALF_LINK, false, {0, 2}, {1, 3}, {END_BY_FLAGS, END_ENTRY}, 4, NO_NUMBERS, NULL},
    {CALL_mknod, BEHALF_MKNOD, false, ONE(NONE, 0, END_ENTRY), NONE, {1, 2, NONE, NONE}, NULL},
    {CALL_mknodat, BEHALF_MKNOD, false, ONE(0, 1, END_ENTRY), NONE, {2, 3, NONE, NONE}, NULL},
    {CALL_chmod, BEHALF_CHMOD, false, ONE(NONE, 0, END_FOLLOW), NONE, {1, NONE, NONE, NONE}, NULL},
    {CALL_fchmodat, BEHALF_CHMOD, false, ONE(0, 1, END_FOLLOW), NONE, {2, NONE, NONE, NONE}, NULL},
    {CALL_fchmodat2, BEHALF_CHMOD, false, ONE(0, 1, END_BY_FLAGS), 3, {2, NONE, NONE, NONE}, NULL},
    {CALL_chown, BEHALF_CHOWN, true, ONE(NONE, 0, END_FOLLOW), NONE, {1, 2, NONE, NONE}, NULL},
    {CALL_lchown, BEHALF_CHOWN, true, ONE(NONE, 0, END_KEEP), NONE, {1, 2, NONE, NONE}, NULL},
    {CALL_fchownat, BEHALF_CHOWN, false, ONE(0, 1, END_BY_FLAGS), 4, {2, 3, NONE, NONE}, NULL},
    {CALL_truncate, BEHALF_TRUNCATE, true, ONE(NONE, 0, END_FOLLOW), NONE, {1, NONE, NONE, NONE}, NULL},
    {CALL_utime, BEHALF_UTIMES, true, ONE(NONE, 0, END_FOLLOW), NONE, NO_NUMBERS, fill_utimbuf},
    {CALL_utimes, BEHALF_UTIMES, true, ONE(NONE, 0, END_FOLLOW), NONE, NO_NUMBERS, fill_timeval},
    {CALL_futimesat, BEHALF_UTIMES, true, ONE(0, 1, END_FOLLOW), NONE, NO_NUMBERS, fill_timeval},
    {CALL_utimensat, BEHALF_UTIMES, true, ONE(0, 1, END_BY_FLAGS), 3, NO_NUMBERS, fill_timespec},
    {CALL_setxattr,
     BEHALF_SETXATTR,
     false,
     ONE(NONE, 0, END_FOLLOW),
     NONE,
     {4, NONE, NONE, NONE},
     fill_xattr},
    {CALL_lsetxattr, BEHALF_SETXATTR, false, ONE(NONE, 0, END_KEEP), NONE, {4, NONE, NONE, NONE}, fill_xattr},
    {CALL_removexattr, BEHALF_REMOVEXATTR, false, ONE(NONE, 0, END_FOLLOW), NONE, NO_NUMBERS,
     fill_xattr_name},
    {CALL_lremovexattr, BEHALF_REMOVEXATTR, false, ONE(NONE, 0, END_KEEP), NONE, NO_NUMBERS, fill_xattr_name},
    {CALL_connect, BEHALF_CONNECT, false, ONE(NONE, NONE, 0), NONE, NO_NUMBERS, job_fill_socket},
    {CALL_bind, BEHALF_BIND, false, ONE(NONE, NONE, 0), NONE, NO_NUMBERS, job_fill_socket},
    {CALL_sendto, BEHALF_SEND, false, ONE(NONE, NONE, 0), NONE, NO_NUMBERS, job_fill_socket},
    {CALL_sendmsg, BEHALF_SEND, true, ONE(NONE, NONE, 0), NONE, NO_NUMBERS, job_fill_socket},
};

static const struct shape *shape_of(enum call_id id)
{
    for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
        if (shapes[i].call == id) {
            return &shapes[i];
        }
    }
    return NULL;
}

bool behalf_possible(enum call_id id)
{
    return shape_of(id) != NULL;
}

void behalf_possible_calls(struct call_set *calls)
{
    *calls = (struct call_set){{0}};
    for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
        call_set_add(calls, (enum call_id)shapes[i].call);
    }
}

int behalf_path_argument(enum call_id id, unsigned n)
{
    const struct shape *shape = shape_of(id);
    return shape ? shape->path[n] : NONE;
}

/* A register as its ABI fills it. */
static uint64_t argument(const struct slot *slot, int n)
{
    const struct event *event = &slot->event;
    return event->abi->pointer_size == 4 ? (uint32_t)event->args[n] : event->args[n];
}

int job_add_fd(struct behalf_job *job, int fd)
{
    if (fd < 0 || job->fd_count == WIRE_FDS_MAX) {
        int ret = fd < 0 ? fd : -EMFILE;
        if (fd >= 0) {
            close(fd);
        }
        return ret;
    }
    job->fds[job->fd_count] = fd;
    return (int)job->fd_count++;
}

/* The directory that a path of the task starts from; any file where the path is empty. */
static int add_base(struct behalf_job *job, int dirfd)
{
    char link[48];
    if (dirfd == AT_FDCWD) {
        snprintf(link, sizeof(link), "/proc/%d/cwd", job->caller.tid);
    } else {
        snprintf(link, sizeof(link), "/proc/%d/fd/%d", job->caller.tid, dirfd);
    }
    int fd = open(link, O_PATH | O_CLOEXEC);
    return job_add_fd(job, fd >= 0 ? fd : errno == ENOENT && dirfd != AT_FDCWD ? -EBADF : -errno);
}

int job_add_text(struct behalf_job *job, unsigned n, int dirfd, const char *text, size_t length,
                 const char *judged)
{
    struct wire_path *path = &job->request.path[n];
    bool absolute = length && text[0] == '/' && !(n == 0 && job->request.number[2]); /* openat2: resolve */
    path->base = absolute ? WIRE_ABSOLUTE : add_base(job, dirfd);
    if (!absolute && path->base < 0) {
        return path->base;
    }
    path->text = (uint32_t)length + 1;
    path->judged = judged ? (uint32_t)strlen(judged) + 1 : 0;
    buf_bytes(&job->data, text, length);
    buf_char(&job->data, 0);
    if (judged) {
        buf_bytes(&job->data, judged, path->judged);
    }
    return 0;
}

/* The same for the text of a call, read from addr. */
static int add_path(struct behalf_job *job, unsigned n, struct mem *mem, int dirfd, uint64_t addr,
                    const char *judged)
{
    char text[PATH_MAX];
    bool terminated;
    ssize_t length = mem_read_string(mem, addr, text, sizeof(text) - 1, &terminated);
    if (length < 0 || !terminated) {
        return length < 0 || length < PATH_MAX - 1 ? -EFAULT : -ENAMETOOLONG;
    }
    return job_add_text(job, n, dirfd, text, (size_t)length, judged);
}

/* What the rules saw of the second path: they know it where it is absolute. */
static const char *judged_second(struct mem *mem, uint64_t addr, char *out, size_t n)
{
    char text[PATH_MAX];
    bool terminated;
    ssize_t length = mem_read_string(mem, addr, text, sizeof(text) - 1, &terminated);
    return length > 0 && terminated && path_absolute(NULL, text, (size_t)length, out, n) > 0 ? out : NULL;
}

/*
 * event.path is that of the call's first path argument: for a symlink, what it will point to. Where rules
 * took it that the call would fail, they are asked again if it is going to succeed.
 */
static const char *judged_first(const struct shape *shape, const struct slot *slot)
{
    return shape->op == BEHALF_SYMLINK || slot->doubted ? NULL : slot->event.path;
}

static int add_paths(struct behalf_job *job, const struct shape *shape, const struct slot *slot,
                     struct mem *mem)
{
    for (unsigned i = 0; i < 2 && shape->path[i] != NONE; i++) {
        char second[PATH_MAX];
        int dirfd = shape->dir[i] == NONE ? AT_FDCWD : (int)argument(slot, shape->dir[i]);
        uint64_t addr = argument(slot, shape->path[i]);
        const char *judged = i ? judged_second(mem, addr, second, sizeof(second)) : judged_first(shape, slot);
        int ret;
        if (!addr && shape->op == BEHALF_UTIMES && shape->dir[i] != NONE) {
            ret = job_add_text(job, i, dirfd, "", 0, judged); /* futimens(3): the descriptor itself */
        } else {
            ret = add_path(job, i, mem, dirfd, addr, judged);
        }
        if (ret < 0) {
            return ret;
        }
    }
    return 0;
}

/* What the flags say of the path's end. They and an empty path are checked here: the executor sees neither.
 */
static int set_ends(struct behalf_job *job, const struct shape *shape, const struct slot *slot)
{
    unsigned flags = shape->flags == NONE ? 0 : (unsigned)argument(slot, shape->flags);
    bool link = shape->op == BEHALF_LINK;
    unsigned known = AT_EMPTY_PATH | (link ? AT_SYMLINK_FOLLOW : AT_SYMLINK_NOFOLLOW);
    if (flags & ~known) {
        return -EINVAL;
    }
    for (unsigned i = 0; i < 2; i++) {
        bool follow = link ? flags & AT_SYMLINK_FOLLOW : !(flags & AT_SYMLINK_NOFOLLOW);
        uint8_t end = shape->end[i] != END_BY_FLAGS ? shape->end[i] : follow ? END_FOLLOW : END_KEEP;
        job->request.path[i].end = end;
    }
    bool by_null = shape->op == BEHALF_UTIMES && shape->dir[0] != NONE && !argument(slot, shape->path[0]);
    bool empty = job->request.path[0].text == 1 && !by_null;
    return empty && !(flags & AT_EMPTY_PATH) ? -ENOENT : 0;
}

static int fill_open(struct behalf_job *job, const struct slot *slot, struct mem *mem)
{
    (void)slot, (void)mem;
    /* SECCOMP_IOCTL_NOTIF_ADDFD takes no O_PATH descriptor (kernel/seccomp.c: fget). */
    job->goes_on = job->request.number[0] & O_PATH;
    job->makes_fd = !job->goes_on;
    job->cloexec = job->request.number[0] & O_CLOEXEC;
    return 0;
}

static int fill_creat(struct behalf_job *job, const struct slot *slot, struct mem *mem)
{
    job->request.number[0] = O_CREAT | O_WRONLY | O_TRUNC;
    return fill_open(job, slot, mem);
}

/* Before the paths: what it says of resolving decides where they start. */
static int fill_openat2(struct behalf_job *job, const struct slot *slot, struct mem *mem)
{
    struct open_how how;
    uint64_t addr = argument(slot, 2);
    uint64_t size = argument(slot, 3);
    if (size < sizeof(how)) {
        return -EINVAL;
    }
    if (!mem_read(mem, addr, &how, sizeof(how))) {
        return -EFAULT;
    }
    if (size > sizeof(how)) { /* what we don't know must be zero, as for the kernel (copy_struct_from_user) */
        return -E2BIG;
    }
    job->request.number[0] = how.flags;
    job->request.number[1] = how.mode;
    job->request.number[2] = how.resolve;
    job->request.number[3] = 1;
    return fill_open(job, slot, mem);
}

static int fill_rmdir(struct behalf_job *job, const struct slot *slot, struct mem *mem)
{
    (void)slot, (void)mem;
    job->request.number[0] = AT_REMOVEDIR;
    return 0;
}

/* Appends a string of the target with its NUL. */
static int add_string(struct behalf_job *job, struct mem *mem, uint64_t addr, size_t most, int too_long)
{
    char text[PATH_MAX];
    bool terminated;
    ssize_t n = mem_read_string(mem, addr, text, most, &terminated);
    if (n < 0 || (!terminated && (size_t)n < most)) {
        return -EFAULT;
    }
    if (!terminated) {
        return -too_long;
    }
    buf_bytes(&job->data, text, (size_t)n);
    buf_char(&job->data, 0);
    job->request.data += (uint32_t)n + 1;
    return (int)n;
}

static int fill_target(struct behalf_job *job, const struct slot *slot, struct mem *mem)
{
    int n = add_string(job, mem, argument(slot, 0), PATH_MAX - 1, ENAMETOOLONG);
    return n < 0 ? n : 0;
}

static int fill_xattr_name(struct behalf_job *job, const struct slot *slot, struct mem *mem)
{
    int n = add_string(job, mem, argument(slot, 1), XATTR_NAME_MAX, ERANGE);
    job->request.number[1] = n > 0 ? (uint64_t)n : 0;
    return n < 0 ? n : 0;
}

static int fill_xattr(struct behalf_job *job, const struct slot *slot, struct mem *mem)
{
    uint64_t size = argument(slot, 3);
    int ret = fill_xattr_name(job, slot, mem);
    if (ret < 0) {
        return ret;
    }
    if (size > XATTR_SIZE_MAX) {
        return -E2BIG;
    }
    char value[XATTR_SIZE_MAX];
    if (size && !mem_read(mem, argument(slot, 2), value, size)) {
        return -EFAULT;
    }
    buf_bytes(&job->data, value, size);
    job->request.data += (uint32_t)size;
    return 0;
}

static int add_times(struct behalf_job *job, const struct timespec *times)
{
    buf_bytes(&job->data, times, 2 * sizeof(*times));
    job->request.data = 2 * sizeof(*times);
    return 0;
}

static int fill_timespec(struct behalf_job *job, const struct slot *slot, struct mem *mem)
{
    struct timespec times[2];
    uint64_t addr = argument(slot, 2);
    if (!addr) {
        return 0; /* now */
    }
    return mem_read(mem, addr, times, sizeof(times)) ? add_times(job, times) : -EFAULT;
}

static int fill_timeval(struct behalf_job *job, const struct slot *slot, struct mem *mem)
{
    struct timeval from[2];
    struct timespec times[2];
    uint64_t addr = argument(slot, slot->called == CALL_futimesat ? 2 : 1);
    if (!addr) {
        return 0;
    }
    if (!mem_read(mem, addr, from, sizeof(from))) {
        return -EFAULT;
    }
    for (int i = 0; i < 2; i++) {
        if (from[i].tv_usec < 0 || from[i].tv_usec >= 1000000) { /* more would mean UTIME_NOW, UTIME_OMIT */
            return -EINVAL;
        }
        times[i] = (struct timespec){from[i].tv_sec, from[i].tv_usec * 1000};
    }
    return add_times(job, times);
}

static int fill_utimbuf(struct behalf_job *job, const struct slot *slot, struct mem *mem)
{
    int64_t from[2];
    uint64_t addr = argument(slot, 1);
    if (!addr) {
        return 0;
    }
    if (!mem_read(mem, addr, from, sizeof(from))) {
        return -EFAULT;
    }
    const struct timespec times[] = {{.tv_sec = from[0]}, {.tv_sec = from[1]}};
    return add_times(job, times);
}

static int fill(struct behalf_job *job, const struct shape *shape, const struct slot *slot, struct mem *mem)
{
    bool before = shape->fill == fill_openat2;
    int ret = before ? shape->fill(job, slot, mem) : 0;
    ret = ret < 0 ? ret : add_paths(job, shape, slot, mem);
    ret = ret < 0 || shape->path[0] == NONE ? ret : set_ends(job, shape, slot);
    return ret < 0 || before || !shape->fill ? ret : shape->fill(job, slot, mem);
}

static struct behalf_job *job_new(const struct shape *shape, const struct slot *slot)
{
    struct behalf_job *job = calloc(1, sizeof(*job));
    if (!job) {
        return NULL;
    }
    struct wire_request *r = &job->request;
    r->op = shape->op;
    r->socket = r->payload = r->rights = -1;
    for (unsigned i = 0; i < WIRE_NUMBERS; i++) {
        r->number[i] = shape->number[i] == NONE ? 0 : argument(slot, shape->number[i]);
    }
    return job;
}

/* Who the caller is, as far as the request tells the executor. */
static int set_caller(struct behalf_job *job, pid_t tid)
{
    struct caller *c = &job->caller;
    struct wire_request *r = &job->request;
    int ret = caller_read(c, tid);
    r->umask = c->umask;
    r->tgid = c->tgid;
    r->levels = c->levels;
    memcpy(r->tids, c->tids, sizeof(r->tids));
    memcpy(r->tgids, c->tgids, sizeof(r->tgids));
    return ret < 0 ? -EPERM : 0;
}

int behalf_job_make(struct behalf_job **made, const struct slot *slot, struct mem *mem)
{
    const struct shape *shape = shape_of(slot->called);
    if (!shape || (shape->native && slot->event.abi->long_size != 8)) {
        return -EPERM;
    }
    struct behalf_job *job = job_new(shape, slot);
    int ret = job ? set_caller(job, slot->event.tid) : -ENOMEM;
    ret = ret < 0 ? ret : fill(job, shape, slot, mem);
    if (ret == 0 && job->data.failed) {
        ret = -ENOMEM;
    }
    if (ret != 0) {
        behalf_job_free(job);
        return ret;
    }
    *made = job;
    return 0;
}

void behalf_job_free(struct behalf_job *job)
{
    if (!job) {
        return;
    }
    for (unsigned i = 0; i < job->fd_count; i++) {
        close(job->fds[i]);
    }
    buf_free(&job->data);
    free(job);
}
