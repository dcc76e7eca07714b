/* What a descriptor is that an event is about: see struct policy_fd. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "decode/base/cleanup.h"
#include "decode/path.h"
#include "supervisor/fdinfo_socket.h"
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
    bool directory = (s->id == CALL_open && event->args[1] & O_DIRECTORY) ||
                     (s->id == CALL_openat && event->args[2] & O_DIRECTORY);
    fd->type = directory ? "directory" : "file"; /* nothing else can be opened so: policy/registers.c */
    fd->typechar = directory ? 'd' : 'f';
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

/* Where a call has an address of its own: its argument, with the length behind it. */
static bool address_argument(struct event_subject *s, struct mem *mem, uint64_t *addr, uint64_t *length)
{
    const struct event *event = s->subject.event;
    unsigned at = s->id == CALL_sendto ? 4 : 1;
    if (s->id != CALL_sendmsg) {
        *addr = event->args[at];
        *length = event->args[at + 1];
        return *addr != 0;
    }
    /* struct msghdr begins with the name and its length, an int (include/linux/socket.h). */
    *addr = 0;
    if (!mem_read(mem, event->args[1], addr, event->abi->pointer_size)) {
        return false;
    }
    uint32_t n = 0;
    bool known = mem_read(mem, event->args[1] + event->abi->pointer_size, &n, sizeof(n));
    *length = n;
    return known && *addr;
}

void subject_read_address(struct event_subject *s)
{
    struct target_mem memory;
    uint64_t addr;
    uint64_t length;
    s->address_read = true;
    s->address_length = 0;
    enum call_id id = s->id;
    if (id != CALL_connect && id != CALL_bind && id != CALL_sendto && id != CALL_sendmsg) {
        return;
    }
    target_mem_init(&memory, s->subject.event->tid);
    struct mem *mem = s->slot->mem ? s->slot->mem : &memory.mem;
    if (!address_argument(s, mem, &addr, &length)) {
        return;
    }
    size_t n = length < sizeof(s->address) ? (size_t)length : sizeof(s->address);
    memset(&s->address, 0, sizeof(s->address));
    if (n >= sizeof(s->address.family) && mem_read(mem, addr, &s->address, n)) {
        s->address_length = n;
    }
}

/* An IPv4 address that an IPv6 socket sees (::ffff:1.2.3.4) is one, as Falco has it. */
static bool take_address(const struct sockaddr *from, struct policy_ip *ip, int32_t *port)
{
    if (from->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)from;
        ip->family = 4;
        memcpy(ip->bytes, &in->sin_addr, 4);
        *port = ntohs(in->sin_port);
    } else if (from->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)from;
        bool mapped = IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr);
        ip->family = mapped ? 4 : 6;
        memcpy(ip->bytes, in6->sin6_addr.s6_addr + (mapped ? 12 : 0), mapped ? 4 : 16);
        *port = ntohs(in6->sin6_port);
    }
    return ip->family != 0;
}

/* The kind of socket, by the name of its protocol. */
static void classify_socket(struct policy_fd *fd, const char *protocol)
{
    static const struct {
        const char *name;
        const char *l4proto;
    } protocols[] = {{"TCP", "tcp"}, {"UDP", "udp"}, {"RAW", "raw"}, {"PING", "icmp"}, {"SCTP", "sctp"}};
    size_t length = strlen(protocol);
    bool six = length > 2 && !strcmp(protocol + length - 2, "v6");
    for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
        size_t n = strlen(protocols[i].name);
        if (!strncmp(protocol, protocols[i].name, n) && length == n + (six ? 2 : 0)) {
            fd->type = six ? "ipv6" : "ipv4";
            fd->typechar = six ? '6' : '4';
            fd->family = "ip";
            fd->l4proto = protocols[i].l4proto;
        }
    }
    if (!strncmp(protocol, "UNIX", 4)) {
        fd->type = fd->family = "unix";
        fd->typechar = 'u';
    } else if (!strcmp(protocol, "NETLINK")) {
        fd->type = "netlink";
        fd->typechar = 'n';
    }
}

/*
 * An address of a Unix socket; an abstract one begins with '@'. A path is made normal; once it has been
 * looked up, it is what it leads to.
 */
static void take_path(struct event_subject *s)
{
    struct policy_fd *fd = &s->subject.fd;
    size_t n = s->address_length - offsetof(struct sockaddr_un, sun_path);
    const char *path = s->address.un.sun_path;
    bool abstract = n && !*path;
    n = abstract ? n : strnlen(path, n);
    memcpy(s->fd_name, path, n);
    if (abstract) {
        s->fd_name[0] = '@';
    }
    s->fd_name[n] = 0;
    ssize_t normal = -1;
    if (s->slot->socket_path) {
        normal = snprintf(s->fd_name, sizeof(s->fd_name), "%s", s->slot->socket_path);
    } else if (n && *path == '/') {
        normal = path_absolute(NULL, path, n, s->fd_name, sizeof(s->fd_name));
    }
    n = normal > 0 ? (size_t)normal : n;
    fd->name = (struct text){s->fd_name, n};
    fd->type = fd->family = "unix";
    fd->typechar = 'u';
}

/* What the call itself says: the far end (connect, sendto, sendmsg) or the near one (bind). */
static void take_argument(struct event_subject *s)
{
    struct policy_fd *fd = &s->subject.fd;
    bool near = s->id == CALL_bind;
    if (!s->address_read) {
        subject_read_address(s);
    }
    if (!s->address_length) {
        return;
    }
    if (s->address.family == AF_UNIX && s->address_length > offsetof(struct sockaddr_un, sun_path)) {
        take_path(s);
    } else if (take_address(&s->address.any, near ? &fd->local_ip : &fd->remote_ip,
                            near ? &fd->local_port : &fd->remote_port)) {
        fd->name_changed = !near;
        fd->type = s->address.family == AF_INET ? "ipv4" : "ipv6";
        fd->typechar = s->address.family == AF_INET ? '4' : '6';
        fd->family = "ip";
    }
}

/*
 * Which end is the server's. Where the call does not tell, the lower port is: clients are given theirs by the
 * kernel, from 32768 on.
 */
static bool serves(const struct event_subject *s)
{
    const struct policy_fd *fd = &s->subject.fd;
    switch (s->id) {
    case CALL_accept:
    case CALL_accept4:
    case CALL_bind:
    case CALL_listen:
        return true;
    case CALL_connect:
        return false;
    default:
        return fd->remote_port < 0 || (fd->local_port >= 0 && fd->local_port < fd->remote_port);
    }
}

static int put_end(char *to, size_t n, const struct policy_ip *ip, int32_t port)
{
    char text[INET6_ADDRSTRLEN];
    inet_ntop(ip->family == 4 ? AF_INET : AF_INET6, ip->bytes, text, sizeof(text));
    return snprintf(to, n, "%s:%d", text, port);
}

/* "client:port->server:port", or the end that is known. */
static void name_ends(struct event_subject *s)
{
    struct policy_fd *fd = &s->subject.fd;
    bool server = serves(s);
    if (!fd->local_ip.family && !fd->remote_ip.family) {
        return;
    }
    bool four = fd->local_ip.family == 4 || fd->remote_ip.family == 4;
    fd->type = four ? "ipv4" : "ipv6";
    fd->typechar = four ? '4' : '6';
    fd->is_server = (int8_t)server;
    fd->server_ip = server ? fd->local_ip : fd->remote_ip;
    fd->server_port = server ? fd->local_port : fd->remote_port;
    fd->client_ip = server ? fd->remote_ip : fd->local_ip;
    fd->client_port = server ? fd->remote_port : fd->local_port;
    int n = 0;
    if (fd->client_ip.family) {
        n = put_end(s->fd_name, sizeof(s->fd_name), &fd->client_ip, fd->client_port);
    }
    if (fd->client_ip.family && fd->server_ip.family) {
        n += snprintf(s->fd_name + n, sizeof(s->fd_name) - (size_t)n, "->");
    }
    if (fd->server_ip.family) {
        n += put_end(s->fd_name + n, sizeof(s->fd_name) - (size_t)n, &fd->server_ip, fd->server_port);
    }
    fd->name = (struct text){s->fd_name, (size_t)n};
}

static void load_socket(struct event_subject *s, int number, unsigned long inode)
{
    const struct event *event = s->subject.event;
    struct policy_fd *fd = &s->subject.fd;
    struct socket_ends ends;
    fd->type = fd->type ? fd->type : "socket";
    if (fdinfo_socket_ends(event->tid, number, inode, &ends)) {
        classify_socket(fd, ends.protocol);
        (void)take_address((const struct sockaddr *)&ends.local, &fd->local_ip, &fd->local_port);
        fd->connected =
            (int8_t)take_address((const struct sockaddr *)&ends.peer, &fd->remote_ip, &fd->remote_port);
    }
    take_argument(s); /* an address with a datagram goes before that of a peer */
    name_ends(s);
}

void subject_refresh_fd(struct event_subject *s)
{
    const struct event *event = s->subject.event;
    struct policy_fd *fd = &s->subject.fd;
    char file[32];
    char link[64];
    unsigned long inode;
    if (!s->subject.fd_loaded || !s->subject.fd_present) {
        return;
    }
    snprintf(file, sizeof(file), "fd/%d", (int)fd->num);
    if (target_proc_link(event->tid, file, link, sizeof(link)) > 0 &&
        sscanf(link, "socket:[%lu]", &inode) == 1 && (int64_t)inode == fd->ino) {
        load_socket(s, (int)fd->num, inode);
    }
    if (event->result_state == RESULT_KNOWN) {
        fd->connected = event->result == 0;
    }
}

/* The inode and the device, without a question to the file system. */
static void look(struct policy_fd *fd, pid_t tid, int number)
{
    struct statx st;
    char path[48];
    snprintf(path, sizeof(path), "/proc/%d/fd/%d", tid, number);
    if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STATX_TYPE | STATX_INO, &st) == 0) {
        fd->ino = (int64_t)st.stx_ino;
        fd->dev = (int64_t)makedev(st.stx_dev_major, st.stx_dev_minor);
        if (fd->typechar == 'f' && S_ISDIR(st.stx_mode)) {
            fd->type = "directory";
            fd->typechar = 'd';
        }
    }
}

static void load_existing(struct event_subject *s, int number)
{
    char file[32];
    unsigned long inode;
    pid_t tid = s->subject.event->tid;
    struct policy_fd *fd = &s->subject.fd;
    snprintf(file, sizeof(file), "fd/%d", number);
    ssize_t n = target_proc_link(tid, file, s->fd_name, sizeof(s->fd_name));
    if (n <= 0) {
        return;
    }
    s->subject.fd_present = true;
    fd->num = number;
    fd->name = (struct text){s->fd_name, (size_t)n};
    if (sscanf(s->fd_name, "socket:[%lu]", &inode) == 1) {
        load_socket(s, number, inode);
        fd->ino = (int64_t)inode;
        return;
    }
    classify(fd, s->fd_name);
    look(fd, tid, number);
}

/* The descriptor that the call has made. */
static void load_made(struct event_subject *s)
{
    const struct event *event = s->subject.event;
    if (event->result_state == RESULT_KNOWN && event->result >= 0) {
        load_existing(s, (int)event->result);
    }
}

void subject_load_fd(struct policy_subject *subject)
{
    struct event_subject *s = subject->owner;
    const struct event *event = subject->event;
    subject->fd = (struct policy_fd){POLICY_FD_UNKNOWN};
    if (subject_opens(s->id)) {
        load_opened(s);
        return;
    }
    if (call_makes_fd(s->id) && s->id != CALL_connect) {
        load_made(s);
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
