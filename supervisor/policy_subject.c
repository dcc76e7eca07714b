#include "supervisor/policy_subject.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/target.h"

enum { EXEC_ARGS_MAX = 1024, EXEC_BYTES_MAX = 64 * 1024 };

static bool is_open(enum call_id id)
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

/*
 * Whether the file is there decides: a search along PATH or a library path must raise nothing. Where we can't
 * look, success is assumed: an alert too many is better than one too few.
 */
static int64_t predict(struct policy_subject *subject)
{
    struct event_subject *s = subject->owner;
    const struct event *event = subject->event;
    enum call_id id = s->slot->id;
    if (s->predicted) {
        return s->prediction;
    }
    s->predicted = true;
    s->prediction = id == CALL_dup2 || id == CALL_dup3 ? (int32_t)event->args[1] : 0;
    bool creates = id == CALL_creat || (id == CALL_openat && event->args[2] & O_CREAT) ||
                   (id == CALL_open && event->args[1] & O_CREAT);
    if ((is_open(id) || s->is_exec) && event->path && !creates) {
        int fd = open_path(event->tid, event->path);
        if (fd >= 0) {
            close(fd);
        } else if (fd == -ENOENT || fd == -ENOTDIR || fd == -ELOOP) {
            s->prediction = fd;
        }
    }
    return s->prediction;
}

static const struct value *path_value(const struct event *event)
{
    for (unsigned i = 0; i < event->call->nargs; i++) {
        const struct value *v = values_at(&event->values, event->value[i]);
        if (event->value[i] && v->type == VALUE_STRING && v->flags & VALUE_PATH) {
            return v;
        }
    }
    return NULL;
}

static void load_opened(struct event_subject *s)
{
    const struct event *event = s->subject.event;
    struct policy_fd *fd = &s->subject.fd;
    const struct value *v = path_value(event);
    s->subject.fd_present = true;
    fd->type = "file";
    fd->typechar = 'f';
    if (event->path) {
        fd->name = (struct text){event->path, strlen(event->path)};
    }
    if (v) {
        fd->nameraw = (struct text){event->values.bytes + v->bytes, v->length};
    }
}

/* What /proc calls a descriptor, in Falco's words. */
static void classify(struct policy_fd *fd, const char *link)
{
    static const struct {
        const char *prefix;
        const char *type;
        char typechar;
    } kinds[] = {{"pipe:", "pipe", 'p'},
                 {"anon_inode:[eventfd]", "event", 'e'},
                 {"anon_inode:[signalfd]", "signalfd", 's'},
                 {"anon_inode:[eventpoll]", "eventpoll", 'l'},
                 {"anon_inode:inotify", "inotify", 'i'},
                 {"anon_inode:[timerfd]", "timerfd", 't'},
                 {"/memfd:", "memfd", 'm'},
                 {"/", "file", 'f'}};
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (!strncmp(link, kinds[i].prefix, strlen(kinds[i].prefix))) {
            fd->type = kinds[i].type;
            fd->typechar = kinds[i].typechar;
            return;
        }
    }
}

static bool is_address_call(enum call_id id)
{
    return id == CALL_connect || id == CALL_bind || id == CALL_sendto;
}

/* The address a call names becomes the far end (connect, sendto) or the near one (bind). */
static void load_address(struct event_subject *s)
{
    const struct event *event = s->subject.event;
    struct policy_fd *fd = &s->subject.fd;
    unsigned at = s->slot->id == CALL_sendto ? 4 : 1;
    struct target_mem memory;
    union {
        sa_family_t family;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    } a = {.family = AF_UNSPEC};
    target_mem_init(&memory, event->tid);
    size_t n = event->args[at + 1] < sizeof(a) ? (size_t)event->args[at + 1] : sizeof(a);
    if (!event->args[at] || !mem_read(&memory.mem, event->args[at], &a, n)) {
        return;
    }
    struct policy_ip ip = {.family = 0};
    in_port_t port = 0;
    if (a.family == AF_INET) {
        ip.family = 4;
        memcpy(ip.bytes, &a.in.sin_addr, 4);
        port = a.in.sin_port;
    } else if (a.family == AF_INET6) {
        ip.family = 6;
        memcpy(ip.bytes, &a.in6.sin6_addr, 16);
        port = a.in6.sin6_port;
    } else {
        fd->type = a.family == AF_UNIX ? "unix" : fd->type;
        fd->typechar = a.family == AF_UNIX ? 'u' : fd->typechar;
        fd->family = a.family == AF_UNIX ? "unix" : NULL;
        return;
    }
    char text[INET6_ADDRSTRLEN];
    inet_ntop(a.family, ip.bytes, text, sizeof(text));
    fd->type = ip.family == 4 ? "ipv4" : "ipv6";
    fd->typechar = ip.family == 4 ? '4' : '6';
    fd->family = "ip";
    fd->server_ip = ip;
    fd->server_port = ntohs(port);
    if (s->slot->id == CALL_bind) {
        fd->local_ip = ip;
        fd->local_port = ntohs(port);
        fd->is_server = 1;
    } else {
        fd->remote_ip = ip;
        fd->remote_port = ntohs(port);
        fd->name_changed = 1;
        fd->is_server = 0;
    }
    int length = snprintf(s->fd_name, sizeof(s->fd_name), "%s:%u", text, ntohs(port));
    fd->name = (struct text){s->fd_name, (size_t)length};
}

/* The protocol of a socket: the kernel tells it of a copy of the descriptor. */
static void load_protocol(struct event_subject *s, int number)
{
    pid_t pid = s->facts->process.pid;
    cleanup_close int process = (int)syscall(SYS_pidfd_open, pid, 0);
    cleanup_close int fd = process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, number, 0);
    int domain = 0;
    int type = 0;
    socklen_t n = sizeof(domain);
    if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &n) < 0) {
        return;
    }
    n = sizeof(type);
    (void)getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n);
    struct policy_fd *out = &s->subject.fd;
    if (domain == AF_INET || domain == AF_INET6) {
        out->type = domain == AF_INET ? "ipv4" : "ipv6";
        out->typechar = domain == AF_INET ? '4' : '6';
        out->family = "ip";
        out->l4proto = type == SOCK_STREAM  ? "tcp"
                       : type == SOCK_DGRAM ? "udp"
                       : type == SOCK_RAW   ? "raw"
                                            : NULL;
    } else if (domain == AF_UNIX) {
        out->type = out->family = "unix";
        out->typechar = 'u';
    }
}

static void load_existing(struct event_subject *s, int number)
{
    char file[32];
    struct policy_fd *fd = &s->subject.fd;
    snprintf(file, sizeof(file), "fd/%d", number);
    ssize_t n = target_proc_link(s->subject.event->tid, file, s->fd_name, sizeof(s->fd_name));
    if (n <= 0) {
        return;
    }
    s->subject.fd_present = true;
    fd->num = number;
    fd->name = (struct text){s->fd_name, (size_t)n};
    if (strncmp(s->fd_name, "socket:", 7) != 0) {
        classify(fd, s->fd_name);
        return;
    }
    load_protocol(s, number);
    if (is_address_call(s->slot->id)) {
        load_address(s);
    }
}

static void load_fd(struct policy_subject *subject)
{
    struct event_subject *s = subject->owner;
    const struct event *event = subject->event;
    subject->fd = (struct policy_fd){.num = POLICY_UNKNOWN,
                                     .client_port = POLICY_UNKNOWN,
                                     .server_port = POLICY_UNKNOWN,
                                     .local_port = POLICY_UNKNOWN,
                                     .remote_port = POLICY_UNKNOWN,
                                     .connected = POLICY_UNKNOWN,
                                     .name_changed = POLICY_UNKNOWN,
                                     .is_server = POLICY_UNKNOWN};
    if (is_open(s->slot->id)) {
        load_opened(s);
        return;
    }
    for (unsigned i = 0; i < event->call->nargs; i++) {
        const struct value *v = values_at(&event->values, event->value[i]);
        if (event->value[i] && v->type == VALUE_FD && !(v->flags & VALUE_ATCWD)) {
            load_existing(s, (int)event->args[i]);
            return;
        }
    }
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
    const struct value *v = path_value(event);
    if (s->slot->id == CALL_execveat && v && !v->length) {
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
    if (!read_argv(s, event->args[s->slot->id == CALL_execveat ? 2 : 1], &first)) {
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

/* What a runtime says of the container goes before what the name of a cgroup tells. */
static void describe_container(struct event_subject *s, const struct event_container *from,
                               struct policy_process *process)
{
    snprintf(s->container_short, sizeof(s->container_short), "%s", from->id);
    s->container = (struct policy_container){.id = s->container_short,
                                             .full_id = from->id,
                                             .name = from->name,
                                             .type = "oci",
                                             .image = from->image,
                                             .pod = from->pod,
                                             .pod_uid = from->pod_uid,
                                             .namespace = from->pod_namespace,
                                             .privileged = POLICY_UNKNOWN};
    /* registry:port/name:tag@digest */
    const char *slash = from->image ? strrchr(from->image, '/') : NULL;
    const char *tag = from->image ? strchr(slash ? slash : from->image, ':') : NULL;
    if (tag && memchr(from->image, '@', (size_t)(tag - from->image))) {
        tag = NULL; /* that of a digest */
    }
    if (from->image) {
        size_t n = tag ? (size_t)(tag - from->image) : strcspn(from->image, "@");
        snprintf(s->repository, sizeof(s->repository), "%.*s", (int)n, from->image);
        s->container.repository = s->repository;
        s->container.tag = tag && !strchr(tag, '@') ? tag + 1 : NULL;
    }
    process->container = &s->container;
    process->loaded |= PROCESS_CONTAINER;
}

void event_subject_init(struct event_subject *s, const struct slot *slot, struct facts *facts,
                        const char *hostname)
{
    s->slot = slot;
    s->facts = facts;
    s->predicted = false;
    s->is_exec = slot->id == CALL_execve || slot->id == CALL_execveat;
    s->subject = (struct policy_subject){.event = &slot->event,
                                         .process = s->is_exec ? &s->future : &facts->process,
                                         .load_fd = load_fd,
                                         .predict = predict,
                                         .hostname = hostname,
                                         .owner = s};
    if (s->is_exec) {
        make_future(s);
    }
    if (slot->event.process.container) {
        describe_container(s, slot->event.process.container, s->subject.process);
    }
}
