#include "supervisor/policy_subject.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/target.h"

enum { EXEC_ARGS_MAX = 1024, EXEC_BYTES_MAX = 64 * 1024 };

bool subject_opens(enum call_id id)
{
    return id == CALL_open || id == CALL_openat || id == CALL_openat2 || id == CALL_creat;
}

/* The file that a path names for the target: resolved below its root. -errno where there is none. */
static int open_path(pid_t tid, const char *path)
{
    char name[32];
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    snprintf(name, sizeof(name), "/proc/%d/root", tid);
    cleanup_close int root = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) {
        return -errno;
    }
    int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
    return fd < 0 ? -errno : fd;
}

/* 0, or -EACCES: not even root may run a file that nobody may run, nor a directory. */
static int64_t executable(int fd)
{
    struct stat st;
    bool runs = fstat(fd, &st) < 0 || (S_ISREG(st.st_mode) && st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH));
    return runs ? 0 : -EACCES;
}

/*
 * Whether the file is there decides: a search along PATH or a library path must raise nothing. Where we can't
 * look, success is assumed: an alert too many is better than one too few.
 */
static int64_t predict(struct policy_subject *subject)
{
    struct event_subject *s = subject->owner;
    const struct event *event = subject->event;
    enum call_id id = s->id;
    if (s->predicted) {
        return s->prediction;
    }
    s->predicted = true;
    s->prediction = id == CALL_dup2 || id == CALL_dup3 ? (int32_t)event->args[1] : 0;
    bool creates = id == CALL_creat || (id == CALL_openat && event->args[2] & O_CREAT) ||
                   (id == CALL_open && event->args[1] & O_CREAT);
    if ((subject_opens(id) || s->is_exec) && event->path && !creates) {
        int fd = open_path(event->tid, event->path);
        if (fd >= 0) {
            s->prediction = s->is_exec ? executable(fd) : 0;
            close(fd);
        } else if (fd == -ENOENT || fd == -ENOTDIR || fd == -ELOOP) {
            s->prediction = fd;
        }
    }
    return s->prediction;
}

/* One word of the target: a pointer of its ABI. */
static bool read_pointer(struct mem *mem, const struct event *event, uint64_t addr, uint64_t *pointer)
{
    *pointer = 0;
    return mem_read(mem, addr, pointer, event->abi->pointer_size);
}

/* argv[0], a NUL, and the others joined by spaces, in s->argv; the length of argv[0] in *first. */
static bool read_argv(struct event_subject *s, uint64_t array, size_t *first)
{
    const struct event *event = s->subject.event;
    struct target_mem memory;
    target_mem_init(&memory, event->tid);
    s->argv.len = 0;
    *first = 0;
    for (unsigned i = 0; i < EXEC_ARGS_MAX && s->argv.len < EXEC_BYTES_MAX; i++) {
        uint64_t pointer;
        bool terminated;
        if (!read_pointer(&memory.mem, event, array + i * event->abi->pointer_size, &pointer)) {
            return i > 0;
        }
        if (!pointer) {
            return true;
        }
        s->future.arg_count = i;
        buf_bytes(&s->argv, i > 1 ? " " : "", i > 1);
        if (!buf_reserve(&s->argv, 4096)) {
            return false;
        }
        ssize_t n = mem_read_string(&memory.mem, pointer, s->argv.data + s->argv.len, 4095, &terminated);
        s->argv.len += n > 0 ? (size_t)n : 0;
        if (i == 0) {
            *first = s->argv.len;
            buf_char(&s->argv, 0);
        }
    }
    return true;
}

/* The path of the file that an exec will run. */
static void find_exepath(struct event_subject *s)
{
    const struct event *event = s->subject.event;
    char file[32];
    int fd = -1;
    const char *path = event->path ? event->path : "";
    const struct value *v = subject_path(event);
    if (s->id == CALL_execveat && v && !v->length) {
        fd = (int)event->args[0]; /* AT_EMPTY_PATH */
    } else if (sscanf(path, "/proc/self/fd/%d", &fd) != 1 && sscanf(path, "/dev/fd/%d", &fd) != 1) {
        int pid;
        (void)sscanf(path, "/proc/%d/fd/%d", &pid, &fd);
    }
    snprintf(s->exepath, sizeof(s->exepath), "%s", path);
    if (fd >= 0) {
        snprintf(file, sizeof(file), "fd/%d", fd);
        if (target_proc_link(event->tid, file, s->exepath, sizeof(s->exepath)) <= 0) {
            s->exepath[0] = 0;
        }
    }
}

/* Facts that an exec keeps come from the process as it is. */
static void load_future(struct policy_process *process, unsigned group)
{
    struct event_subject *s = container_of(process, struct event_subject, future);
    if (group == PROCESS_LAYER) {
        facts_set_layer(process, process->exepath);
        process->loaded |= group;
        return;
    }
    struct policy_process now = *process_facts(&s->facts->process, group);
    const struct policy_process was = *process;
    now.load = was.load;
    now.loaded = was.loaded | group;
    now.name = was.name;
    now.exepath = was.exepath;
    now.exe_ino = was.exe_ino;
    now.exe_ctime = was.exe_ctime;
    now.exe_mtime = was.exe_mtime;
    now.exe_writable = was.exe_writable;
    now.exe_upper_layer = was.exe_upper_layer;
    now.exe_lower_layer = was.exe_lower_layer;
    now.exe_memfd = was.exe_memfd;
    now.exe = was.exe;
    now.args = was.args;
    now.arg_count = was.arg_count;
    now.cmdline = was.cmdline;
    now.exeline = was.exeline;
    *process = now;
}

static void make_future(struct event_subject *s)
{
    const struct event *event = s->subject.event;
    struct policy_process *f = &s->future;
    size_t first = 0;
    *f = (struct policy_process){.pid = s->facts->process.pid,
                                 .load = load_future,
                                 .loaded = PROCESS_NAME | PROCESS_EXE | PROCESS_ARGS,
                                 .exe_writable = POLICY_UNKNOWN,
                                 .exe_upper_layer = POLICY_UNKNOWN,
                                 .exe_lower_layer = POLICY_UNKNOWN};
    find_exepath(s);
    const char *slash = strrchr(s->exepath, '/');
    f->exe_memfd = !strncmp(s->exepath, "/memfd:", 7);
    snprintf(s->name, sizeof(s->name), "%.15s", slash ? slash + 1 : s->exepath); /* as the kernel cuts it */
    f->name = s->name;
    f->exepath = s->exepath[0] ? s->exepath + f->exe_memfd : NULL;
    if (!read_argv(s, event->args[s->id == CALL_execveat ? 2 : 1], &first)) {
        return;
    }
    size_t length = s->argv.len;
    size_t rest = length > first ? first + 1 : length;
    /* After argv: "name args" and "exe args". */
    buf_printf(&s->argv, "%s", s->name);
    buf_str(&s->argv, rest < length ? " " : "");
    if (!buf_reserve(&s->argv, 2 * length + 2)) {
        return;
    }
    buf_bytes(&s->argv, s->argv.data + rest, length - rest);
    size_t line = s->argv.len;
    buf_bytes(&s->argv, s->argv.data, first);
    buf_str(&s->argv, rest < length ? " " : "");
    buf_bytes(&s->argv, s->argv.data + rest, length - rest);
    f->exe = (struct text){s->argv.data, first};
    f->args = (struct text){s->argv.data + rest, length - rest};
    f->cmdline = (struct text){s->argv.data + length, line - length};
    f->exeline = (struct text){s->argv.data + line, s->argv.len - line};
}

/* The process that rules see: the one that an exec makes; after one that failed, the one that called it. */
static void choose_process(struct event_subject *s, bool becomes)
{
    s->subject.process = becomes ? &s->future : &s->facts->process;
    s->memo = becomes ? NULL : s->facts->memo;
}

void event_subject_init(struct event_subject *s, const struct slot *slot, struct facts *facts,
                        const char *hostname, bool comes)
{
    s->slot = slot;
    s->facts = facts;
    s->predicted = false;
    s->address_read = false;
    s->id = slot->called;
    s->is_exec = call_is_exec(s->id);
    s->subject = (struct policy_subject){.event = &slot->event,
                                         .process = &facts->process,
                                         .load_fd = subject_load_fd,
                                         .predict = predict,
                                         .hostname = hostname,
                                         .owner = s};
    if (slot->event.process.container) {
        facts_describe(facts, slot->event.process.container);
    }
    if (s->is_exec) {
        make_future(s);
    }
    if (comes && s->id == CALL_connect) {
        subject_read_address(s);
    }
    choose_process(s, s->is_exec);
}

void event_subject_failed(struct event_subject *s)
{
    choose_process(s, false);
}

void event_subject_returned(struct event_subject *s)
{
    if (s->id == CALL_connect) {
        subject_refresh_fd(s);
    } else if (call_makes_fd(s->id)) {
        s->subject.fd_loaded = false;
    }
    choose_process(s, s->is_exec && subject_result(&s->subject) >= 0);
}
