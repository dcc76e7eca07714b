#include "supervisor/pidns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "launcher/uapi.h"
#include "supervisor/target.h"

enum {
    DEPTH_MAX = 33
}; /* of namespaces in each other: MAX_PID_NS_LEVEL, include/linux/pid_namespace.h, + 1 */

/* A task's ids, from our namespace's on inwards (proc(5)). */
struct ids {
    unsigned count;
    pid_t id[DEPTH_MAX];
};

/* What is looked for. */
struct search {
    struct stat namespace;
    unsigned depth; /* of that namespace in ours */
    pid_t id;
    const char *line; /* of a status file */
};

static int open_namespace(pid_t tid, struct stat *st)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/ns/pid", tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, st) < 0) {
        close(take_fd(&fd));
    }
    return fd;
}

uint64_t pidns_of(pid_t tid)
{
    struct stat st;
    cleanup_close int fd = open_namespace(tid, &st);
    return fd < 0 ? 0 : st.st_ino;
}

static bool same(const struct stat *one, const struct stat *other)
{
    return one->st_ino == other->st_ino && one->st_dev == other->st_dev;
}

static void read_ids(pid_t tid, const char *line, struct ids *ids)
{
    char status[4096];
    ids->count = 0;
    const char *at =
        target_proc_read(tid, "status", status, sizeof(status)) > 0 ? strstr(status, line) : NULL;
    for (at = at ? at + strlen(line) : "\n"; *at && *at != '\n' && ids->count < DEPTH_MAX;) {
        char *end;
        ids->id[ids->count++] = (pid_t)strtol(at, &end, 10);
        at = end;
    }
}

/* Whether the namespace that is so many levels further out than that of this task is the one. */
static bool is_in(const struct search *search, pid_t tid, unsigned levels)
{
    struct stat st;
    cleanup_close int fd = open_namespace(tid, &st);
    for (; fd >= 0 && levels > 0; levels--) {
        int parent = ioctl(fd, NS_GET_PARENT);
        close(fd);
        fd = parent;
        if (fd >= 0 && fstat(fd, &st) < 0) {
            return false;
        }
    }
    return fd >= 0 && same(&st, &search->namespace);
}

/* Our id of what is looked for, if this task is it or belongs to it; 0: it does not. */
static pid_t ask_task(const struct search *search, pid_t tid)
{
    struct ids ids;
    read_ids(tid, search->line, &ids);
    bool found = ids.count > search->depth && ids.id[search->depth] == search->id &&
                 is_in(search, tid, ids.count - 1 - search->depth);
    return found ? ids.id[0] : 0;
}

/* The same for all tasks below a directory of /proc. */
static pid_t ask_all(const struct search *search, const char *directory, bool threads)
{
    pid_t found = 0;
    DIR *dir = opendir(directory);
    const struct dirent *entry;
    while (dir && !found && (entry = readdir(dir))) {
        pid_t tid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (tid <= 0) {
            continue;
        }
        found = ask_task(search, tid);
        if (!found && threads) {
            char tasks[64];
            snprintf(tasks, sizeof(tasks), "/proc/%d/task", tid);
            found = ask_all(search, tasks, false);
        }
    }
    if (dir) {
        closedir(dir);
    }
    return found;
}

/* Where the kernel does not tell: before Linux 6.11, or as there is no task of this id. */
static pid_t look_around(pid_t tid, const struct stat *namespace, pid_t id, enum id_of of)
{
    static const char *const lines[] = {
        [ID_OF_TASK] = "\nNSpid:", [ID_OF_GROUP] = "\nNSpgid:", [ID_OF_SESSION] = "\nNSsid:"};
    struct ids own;
    read_ids(tid, lines[ID_OF_TASK], &own);
    if (own.count == 0) {
        return 0;
    }
    struct search search = {.namespace = *namespace, .depth = own.count - 1, .id = id, .line = lines[of]};
    return ask_all(&search, "/proc", of == ID_OF_TASK);
}

pid_t pidns_translate(pid_t tid, pid_t id, enum id_of of)
{
    struct stat ours;
    struct stat theirs;
    cleanup_close int fd = open_namespace(tid, &theirs);
    if (id <= 0 || fd < 0 || stat("/proc/self/ns/pid", &ours) < 0) {
        return 0;
    }
    if (same(&ours, &theirs)) {
        return id;
    }
    /* A group and a session have the id of the task that made them, and keep it when that is gone. */
    int told = ioctl(fd, NS_GET_PID_FROM_PIDNS, id);
    if (told < 0 && !(errno == ESRCH && of == ID_OF_TASK)) {
        told = look_around(tid, &theirs, id, of);
    }
    return told > 0 ? told : 0;
}
