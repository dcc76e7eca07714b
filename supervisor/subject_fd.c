/* What a descriptor is that an event is about: see struct policy_fd. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/policy_subject.h"
#include "supervisor/target.h"

const struct value *subject_path(const struct event *event)
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
    const struct value *v = subject_path(event);
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
    unsigned at = s->id == CALL_sendto ? 4 : 1;
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
    if (s->id == CALL_bind) {
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
    if (is_address_call(s->id)) {
        load_address(s);
    }
}

void subject_load_fd(struct policy_subject *subject)
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
    if (subject_opens(s->id)) {
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
