#include "supervisor/fdinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "decode/base/cleanup.h"
#include "decode/render.h"
#include "supervisor/fdinfo_generic.h"
#include "supervisor/fdinfo_socket.h"
#include "supervisor/pidns.h"
#include "supervisor/process.h"
#include "supervisor/target.h"

enum { FDINFO_MAX = 2048 };

/* What the kernel knows of the file behind a link in /proc/TID, without a question to its file system. */
static bool look(pid_t tid, const char *link, struct statx *st)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/%s", tid, link);
    return statx(AT_FDCWD, path, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_TYPE | STATX_NLINK, st) == 0;
}

static ssize_t replace(char *buf, size_t n, const char *text)
{
    size_t length = strlen(text);
    if (length >= n) {
        return -ENAMETOOLONG;
    }
    memcpy(buf, text, length + 1);
    return (ssize_t)length;
}

/* Puts a remark behind the name's NUL; see struct fd_names. */
static ssize_t remark(char *buf, size_t n, size_t length, const char *text)
{
    if (length + 1 + strlen(text) >= n) {
        return (ssize_t)length;
    }
    memcpy(buf + length + 1, text, strlen(text) + 1);
    buf[length] = 0;
    return (ssize_t)(length + 1 + strlen(text));
}

/* The kernel puts " (deleted)" behind the name, which a name that nobody has deleted may end in, too. */
static bool deleted(pid_t tid, const char *link, const char *name, size_t length)
{
    static const char mark[] = " (deleted)";
    struct statx st;
    return length > sizeof(mark) && strcmp(name + length - (sizeof(mark) - 1), mark) == 0 &&
           look(tid, link, &st) && st.stx_nlink == 0;
}

/* The value of "NAME:" in the text of /proc/TID/fdinfo/FD; NULL: it is not there. */
static const char *field(const char *info, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = info; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0 && line[length] == ':') {
            return line + length + 1 + strspn(line + length + 1, " \t");
        }
    }
    return NULL;
}

static bool read_info(pid_t tid, int fd, char *info, size_t n)
{
    char file[32];
    snprintf(file, sizeof(file), "fdinfo/%d", fd);
    return target_proc_read(tid, file, info, n) > 0;
}

/* char 1:3, block 8:0; with the terminal's other end for /dev/ptmx: char 5:2 @/dev/pts/0. */
static ssize_t describe_device(pid_t tid, int fd, const struct statx *st, char *buf, size_t n, size_t length)
{
    char text[96], info[FDINFO_MAX], other[32] = "";
    bool is_char = S_ISCHR(st->stx_mode);
    if (is_char && st->stx_rdev_major == 5 && st->stx_rdev_minor == 2 &&
        read_info(tid, fd, info, sizeof(info)) && field(info, "tty-index")) {
        snprintf(other, sizeof(other), " @/dev/pts/%u",
                 (unsigned)strtoul(field(info, "tty-index"), NULL, 10));
    }
    snprintf(text, sizeof(text), "<%s %u:%u%s>", is_char ? "char" : "block", st->stx_rdev_major,
             st->stx_rdev_minor, other);
    return remark(buf, n, length, text);
}

static ssize_t describe_path(pid_t tid, int fd, const char *link, unsigned details, char *buf, size_t n,
                             size_t length)
{
    struct statx st;
    if (details & FD_PATHS && deleted(tid, link, buf, length)) {
        return remark(buf, n, length - strlen(" (deleted)"), "(deleted)");
    }
    if (details & FD_DEVICES && look(tid, link, &st) && (S_ISCHR(st.stx_mode) || S_ISBLK(st.stx_mode))) {
        return describe_device(tid, fd, &st, buf, n, length);
    }
    return details & FD_PATHS ? (ssize_t)length : -ENOENT;
}

/* signalfd:[HUP INT], or ~[KILL] where at least two thirds of the signals are in the mask. */
static void print_signals(uint64_t mask, char *text, size_t n)
{
    bool complement = __builtin_popcountll(mask) >= 64 * 2 / 3;
    mask = complement ? ~mask : mask;
    size_t at = (size_t)snprintf(text, n, "signalfd:%s[", complement ? "~" : "");
    const char *space = "";
    for (int i = 1; i <= 64 && at < n; i++) {
        const char *name = signal_name(i);
        if (!(mask >> (i - 1) & 1)) {
            continue;
        }
        if (name) {
            at += (size_t)snprintf(text + at, n - at, "%s%s", space, name + strlen("SIG"));
        } else {
            at += (size_t)snprintf(text + at, n - at, "%sRT_%d", space, i - 32);
        }
        space = " ";
    }
    if (at < n) {
        snprintf(text + at, n - at, "]");
    }
}

/* What has no name of its own but tells in /proc/TID/fdinfo what it is: the link's text replaced. */
static ssize_t describe_anonymous(pid_t tid, int fd, char *buf, size_t n)
{
    char info[FDINFO_MAX], text[1024];
    const char *value;
    if (!read_info(tid, fd, info, sizeof(info))) {
        return -ENOENT;
    }
    if ((value = field(info, "Pid")) != NULL) {
        snprintf(text, sizeof(text), "pid:%d", (int)strtol(value, NULL, 10));
    } else if ((value = field(info, "sigmask")) != NULL) {
        print_signals(strtoull(value, NULL, 16), text, sizeof(text));
    } else if ((value = field(info, "eventfd-count")) != NULL) {
        unsigned long long count = strtoull(value, NULL, 16);
        const char *id = field(info, "eventfd-id");
        const char *semaphore = field(info, "eventfd-semaphore"); /* Linux 6.5 */
        int at = snprintf(text, sizeof(text), "{eventfd-count=%#llx", count);
        if (id) {
            at += snprintf(text + at, sizeof(text) - (size_t)at, ", eventfd-id=%ld", strtol(id, NULL, 10));
        }
        if (semaphore) {
            at += snprintf(text + at, sizeof(text) - (size_t)at, ", eventfd-semaphore=%ld",
                           strtol(semaphore, NULL, 10));
        }
        snprintf(text + at, sizeof(text) - (size_t)at, "}");
    } else {
        return -ENOENT;
    }
    return replace(buf, n, text);
}

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* The FD_* that is about what has this link; 0: none is. */
static unsigned anonymous_detail(const char *link)
{
    static const struct {
        const char *prefix;
        unsigned detail;
    } links[] = {
        {"anon_inode:[pidfd]", FD_PIDFDS},
        {"pidfd:[", FD_PIDFDS}, /* Linux 6.9: a file system of their own */
        {"anon_inode:[signalfd]", FD_SIGNALFDS},
        {"anon_inode:[eventfd]", FD_EVENTFDS},
    };
    for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
        if (starts(link, links[i].prefix)) {
            return links[i].detail;
        }
    }
    return 0;
}

static ssize_t describe(const struct fd_names *names, int fd, unsigned details, char *buf, size_t n)
{
    pid_t tid = container_of(names, const struct fd_reader, names)->tid;
    char link[32] = "cwd";
    unsigned long inode;
    ssize_t better = -ENOENT;
    if (fd != AT_FDCWD) {
        snprintf(link, sizeof(link), "fd/%d", fd);
    }
    ssize_t length = target_proc_link(tid, link, buf, n);
    if (length <= 0) {
        return length;
    }
    if (buf[0] == '/') {
        return describe_path(tid, fd, link, details, buf, n, (size_t)length);
    }
    if (details & FD_SOCKETS && sscanf(buf, "socket:[%lu]", &inode) == 1) {
        char text[1024];
        better = fdinfo_socket(tid, fd, inode, details & FD_UNBOUND, text, sizeof(text));
        better = better > 0 ? replace(buf, n, text) : better;
    } else if (details & anonymous_detail(buf)) {
        better = describe_anonymous(tid, fd, buf, n);
    }
    return better > 0 ? better : details & FD_PATHS ? length : -ENOENT;
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

static int translate(const struct fd_names *names, int id, enum id_of of)
{
    const struct fd_reader *reader = container_of(names, struct fd_reader, names);
    if (reader->child && reader->child->named == id && reader->child->ours > 0) {
        return reader->child->ours;
    }
    pid_t known = reader->task ? process_named(reader->task, id) : 0;
    return known > 0 ? known : pidns_translate(reader->tid, id, of);
}

static ssize_t command(const struct fd_names *names, int pid, char *buf, size_t n)
{
    int ours = translate(names, pid, ID_OF_TASK);
    ssize_t length = ours > 0 ? target_proc_read(ours, "comm", buf, n) : -ESRCH;
    return length > 0 && buf[length - 1] == '\n' ? length - 1 : length;
}

static ssize_t generic(const struct fd_names *names, unsigned family, char *buf, size_t n)
{
    (void)names;
    return fdinfo_generic(family, buf, n);
}

void fdinfo_calls(struct call_set *set)
{
    static const enum call_id calls[] = {CALL_close, CALL_close_range, CALL_dup2, CALL_dup3};
    for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
        call_set_add(set, calls[i]);
    }
}

void fd_reader_init(struct fd_reader *reader, pid_t tid)
{
    *reader = (struct fd_reader){.names = {.describe = describe,
                                           .interface = interface,
                                           .command = command,
                                           .translate = translate,
                                           .generic = generic},
                                 .tid = tid};
}
