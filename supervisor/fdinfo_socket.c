#include "supervisor/fdinfo_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "decode/kinds/net_tables.h"
#include "decode/render.h"
#include "launcher/uapi.h"

struct socket_of {
    pid_t tid;
    int fd;
    unsigned long inode;
    char protocol[32]; /* as the kernel names it: "TCPv6", "UNIX-STREAM", "NETLINK" */
};

static ssize_t fits(int length, size_t n)
{
    return length >= 0 && (size_t)length < n ? length : -ENAMETOOLONG;
}

/*
 * The name of the socket's protocol (struct proto in the kernel). The descriptor is held by O_PATH meanwhile,
 * which takes no part in the socket's life: another task may put a file in its place at any moment, and the
 * attributes of one on a file system of the target's own would be asked of the target.
 */
static bool find_protocol(struct socket_of *s)
{
    char path[64], link[64], expected[64];
    snprintf(path, sizeof(path), "/proc/%d/fd/%d", s->tid, s->fd);
    snprintf(expected, sizeof(expected), "socket:[%lu]", s->inode);
    cleanup_close int held = open(path, O_PATH | O_CLOEXEC);
    if (held < 0) {
        return false;
    }
    snprintf(path, sizeof(path), "/proc/self/fd/%d", held);
    ssize_t length = readlink(path, link, sizeof(link) - 1);
    if (length < 0 || (size_t)length != strlen(expected) || memcmp(link, expected, (size_t)length) != 0) {
        return false;
    }
    length = getxattr(path, "system.sockprotoname", s->protocol, sizeof(s->protocol) - 1);
    s->protocol[length > 0 ? length : 0] = 0;
    return length > 0;
}

/* The first line of a file in /proc/TID/net, the network namespace of the target, that `match` takes. */
static bool search(const struct socket_of *s, const char *name,
                   bool (*match)(const struct socket_of *s, const char *line, void *found), void *found)
{
    char path[64], line[512];
    snprintf(path, sizeof(path), "/proc/%d/net/%s", s->tid, name);
    cleanup_fclose FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof(line), file)) {
        if (match(s, line, found)) {
            return true;
        }
    }
    return false;
}

static void *close_slowly(void *fd)
{
    close((int)(intptr_t)fd);
    return NULL;
}

/*
 * Closes a descriptor fetched from the target. If the target has closed its own meanwhile, ours is the last,
 * and with SO_LINGER the close may wait for the peer: that is for a thread of its own.
 */
static void close_fetched(int fd)
{
    struct linger linger = {0};
    socklen_t size = sizeof(linger);
    pthread_t thread;
    bool waits =
        getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &size) == 0 && linger.l_onoff && linger.l_linger;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): a number in a thread's argument
    if (waits && pthread_create(&thread, NULL, close_slowly, (void *)(intptr_t)fd) == 0) {
        pthread_detach(thread);
    } else {
        close(fd);
    }
}

/* A duplicate of the socket, or a negative errno: default containers refuse pidfd_getfd. */
static int fetch(const struct socket_of *s)
{
    cleanup_close int pidfd = (int)syscall(SYS_pidfd_open, s->tid, PIDFD_THREAD);
    if (pidfd < 0) { /* before Linux 6.9 there are only those of leaders */
        pidfd = (int)syscall(SYS_pidfd_open, s->tid, 0);
    }
    int fd = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, s->fd, 0);
    if (fd < 0) {
        return -errno;
    }
    int domain;
    socklen_t size = sizeof(domain);
    struct stat st;
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) < 0 || fstat(fd, &st) < 0 ||
        st.st_ino != s->inode) {
        close_fetched(fd);
        return -ENOENT;
    }
    return fd;
}

union address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_nl nl;
    struct sockaddr_storage storage;
};

struct ends {
    union address local, peer;
    bool connected;
};

static bool unset(const union address *a)
{
    return a->any.sa_family == AF_INET6 ? a->in6.sin6_port == 0 && IN6_IS_ADDR_UNSPECIFIED(&a->in6.sin6_addr)
                                        : a->in.sin_port == 0 && a->in.sin_addr.s_addr == 0;
}

static void print_address(const union address *a, char *buf, size_t n)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (a->any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &a->in6.sin6_addr, text, sizeof(text));
        snprintf(buf, n, "[%s]:%u", text, ntohs(a->in6.sin6_port));
    } else {
        inet_ntop(AF_INET, &a->in.sin_addr, text, sizeof(text));
        snprintf(buf, n, "%s:%u", text, ntohs(a->in.sin_port));
    }
}

/* 0100007F:1F90: 32-bit words in the machine's byte order as they lie in memory (net/ipv4/tcp_ipv4.c). */
static void parse_address(const char *hex, unsigned port, union address *a)
{
    bool six = strlen(hex) == 32;
    uint32_t words[4] = {0};
    for (unsigned i = 0; i < (six ? 4 : 1); i++) {
        sscanf(hex + 8UL * i, "%8x", &words[i]);
    }
    *a = (union address){.any.sa_family = six ? AF_INET6 : AF_INET};
    if (six) {
        memcpy(&a->in6.sin6_addr, words, sizeof(words));
        a->in6.sin6_port = htons((uint16_t)port);
    } else {
        memcpy(&a->in.sin_addr, words, sizeof(words[0]));
        a->in.sin_port = htons((uint16_t)port);
    }
}

static bool match_inet(const struct socket_of *s, const char *line, void *found)
{
    struct ends *ends = found;
    char local[33], peer[33];
    unsigned local_port, peer_port;
    unsigned long inode;
    if (sscanf(line, " %*u: %32[0-9A-F]:%x %32[0-9A-F]:%x %*s %*s %*s %*s %*s %*s %lu", local, &local_port,
               peer, &peer_port, &inode) != 5 ||
        inode != s->inode) {
        return false;
    }
    parse_address(local, local_port, &ends->local);
    parse_address(peer, peer_port, &ends->peer);
    ends->connected = !unset(&ends->peer);
    return true;
}

static bool inet_ends(const struct socket_of *s, const char *file, struct ends *ends)
{
    int fd = fetch(s);
    if (fd < 0) {
        return file && search(s, file, match_inet, ends);
    }
    socklen_t size = sizeof(ends->local);
    bool known = getsockname(fd, &ends->local.any, &size) == 0;
    size = sizeof(ends->peer);
    ends->connected = getpeername(fd, &ends->peer.any, &size) == 0;
    close_fetched(fd);
    return known;
}

static ssize_t describe_inet(const struct socket_of *s, const char *file, char *buf, size_t n)
{
    struct ends ends = {.connected = false};
    char local[80], peer[80] = "";
    if (!inet_ends(s, file, &ends) || (unset(&ends.local) && !ends.connected)) {
        return fits(snprintf(buf, n, "%s:[%lu]", s->protocol, s->inode), n);
    }
    print_address(&ends.local, local, sizeof(local));
    if (ends.connected) {
        print_address(&ends.peer, peer, sizeof(peer));
    }
    return fits(snprintf(buf, n, "%s:[%s%s%s]", s->protocol, local, ends.connected ? "->" : "", peer), n);
}

struct netlink_end {
    unsigned protocol, port;
};

/* Address, protocol, port, groups, four counters and a lock, inode (net/netlink/af_netlink.c). */
static bool match_netlink(const struct socket_of *s, const char *line, void *found)
{
    struct netlink_end *end = found;
    unsigned long inode;
    return sscanf(line, "%*s %u %u %*s %*s %*s %*s %*s %*s %lu", &end->protocol, &end->port, &inode) == 3 &&
           inode == s->inode;
}

static bool netlink_end(const struct socket_of *s, struct netlink_end *end)
{
    int fd = fetch(s);
    if (fd < 0) {
        return search(s, "netlink", match_netlink, end);
    }
    union address local = {.nl = {.nl_pid = 0}};
    socklen_t address_size = sizeof(local);
    socklen_t size = sizeof(end->protocol);
    bool known = getsockname(fd, &local.any, &address_size) == 0 &&
                 getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &end->protocol, &size) == 0;
    end->port = local.nl.nl_pid;
    close_fetched(fd);
    return known;
}

static ssize_t describe_netlink(const struct socket_of *s, bool unbound, char *buf, size_t n)
{
    struct netlink_end end;
    if (!netlink_end(s, &end) || (end.port == 0 && !unbound)) {
        return fits(snprintf(buf, n, "%s:[%lu]", s->protocol, s->inode), n);
    }
    const char *known = xlat_name(&xlat_netlink_protocols, end.protocol);
    return known ? fits(snprintf(buf, n, "%s:[%s:%u]", s->protocol, known + strlen("NETLINK_"), end.port), n)
                 : fits(snprintf(buf, n, "%s:[%u]", s->protocol, end.protocol), n);
}

struct unix_end {
    uint32_t peer; /* its inode; 0: none, or not known */
    size_t length;
    char name[sizeof(((struct sockaddr_un *)0)->sun_path)]; /* an abstract one starts with a NUL */
};

static void parse_unix_reply(const struct nlmsghdr *reply, struct unix_end *end)
{
    const struct unix_diag_msg *message = NLMSG_DATA(reply);
    const struct rtattr *attribute = (const struct rtattr *)(message + 1);
    unsigned left = reply->nlmsg_len - (unsigned)NLMSG_LENGTH(sizeof(*message));
    for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
        size_t size = RTA_PAYLOAD(attribute);
        if (attribute->rta_type == UNIX_DIAG_PEER && size >= sizeof(end->peer)) {
            memcpy(&end->peer, RTA_DATA(attribute), sizeof(end->peer));
        } else if (attribute->rta_type == UNIX_DIAG_NAME) {
            end->length = size < sizeof(end->name) ? size : sizeof(end->name);
            memcpy(end->name, RTA_DATA(attribute), end->length);
        }
    }
}

/* Asks the kernel for the socket by its inode. It looks in our own network namespace only. */
static bool ask_for_unix(const struct socket_of *s, struct unix_end *end)
{
    struct {
        struct nlmsghdr header;
        struct unix_diag_req request;
    } query = {.header = {.nlmsg_len = sizeof(query),
                          .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                          .nlmsg_flags = NLM_F_REQUEST},
               .request = {.sdiag_family = AF_UNIX,
                           .udiag_states = UINT32_MAX,
                           .udiag_ino = (uint32_t)s->inode,
                           .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER,
                           .udiag_cookie = {UINT32_MAX, UINT32_MAX}}};
    union {
        struct nlmsghdr header;
        char bytes[2048];
    } reply;
    cleanup_close int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (fd < 0 || send(fd, &query, sizeof(query), 0) < 0) {
        return false;
    }
    ssize_t got = recv(fd, &reply, sizeof(reply), 0);
    if (got < (ssize_t)NLMSG_LENGTH(sizeof(struct unix_diag_msg)) || !NLMSG_OK(&reply.header, (size_t)got) ||
        reply.header.nlmsg_type != SOCK_DIAG_BY_FAMILY) {
        return false;
    }
    parse_unix_reply(&reply.header, end);
    return true;
}

/* Num, RefCount, Protocol, Flags, Type, St, Inode, Path; '@' stands for each NUL of a name (net/unix). */
static bool match_unix(const struct socket_of *s, const char *line, void *found)
{
    struct unix_end *end = found;
    unsigned long inode;
    int at = 0;
    if (sscanf(line, "%*s %*s %*s %*s %*s %*s %lu%n", &inode, &at) != 1 || inode != s->inode) {
        return false;
    }
    const char *name = line + at + (line[at] == ' ');
    size_t length = strcspn(name, "\n");
    end->length = length < sizeof(end->name) ? length : sizeof(end->name);
    memcpy(end->name, name, end->length);
    if (end->length && end->name[0] == '@') {
        end->name[0] = 0;
    }
    return true;
}

static ssize_t describe_unix(const struct socket_of *s, char *buf, size_t n)
{
    struct unix_end end = {.peer = 0};
    if (!ask_for_unix(s, &end)) {
        (void)search(s, "unix", match_unix, &end);
    }
    struct buf text = {0};
    buf_printf(&text, "%s:[%lu", s->protocol, s->inode);
    if (end.peer) {
        buf_printf(&text, "->%u", end.peer);
    }
    if (end.length) {
        bool abstract = end.name[0] == 0;
        buf_str(&text, abstract ? ",@" : ",");
        size_t length = abstract ? end.length - 1 : strnlen(end.name, end.length);
        render_quoted(&text, end.name + abstract, length, STRING_PLAIN, true);
    }
    buf_char(&text, ']');
    ssize_t length = text.len && text.len < n ? (ssize_t)text.len : -ENAMETOOLONG;
    if (length > 0) {
        memcpy(buf, text.data, text.len);
        buf[text.len] = 0;
    }
    buf_free(&text);
    return length;
}

/* An internet protocol whose sockets are shown by their addresses. */
struct inet_protocol {
    const char *name;
    const char *file; /* of /proc/TID/net, that lists its sockets; NULL: none does in this form */
};

static const struct inet_protocol *find_inet(const char *name)
{
    static const struct inet_protocol known[] = {
        {"TCP", "tcp"},    {"TCPv6", "tcp6"}, {"UDP", "udp"},      {"UDPv6", "udp6"},   {"RAW", "raw"},
        {"RAWv6", "raw6"}, {"PING", "icmp"},  {"PINGv6", "icmp6"}, {"SCTP", NULL},      {"SCTPv6", NULL},
        {"DCCP", NULL},    {"DCCPv6", NULL},  {"L2TP/IP", NULL},   {"L2TP/IPv6", NULL},
    };
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        if (strcmp(known[i].name, name) == 0) {
            return &known[i];
        }
    }
    return NULL;
}

ssize_t fdinfo_socket(pid_t tid, int fd, unsigned long inode, bool unbound, char *buf, size_t n)
{
    struct socket_of s = {.tid = tid, .fd = fd, .inode = inode};
    if (!find_protocol(&s)) {
        return -ENOENT;
    }
    if (strcmp(s.protocol, "UNIX") == 0 || strcmp(s.protocol, "UNIX-STREAM") == 0) {
        return describe_unix(&s, buf, n);
    }
    if (strcmp(s.protocol, "NETLINK") == 0) {
        return describe_netlink(&s, unbound, buf, n);
    }
    const struct inet_protocol *inet = find_inet(s.protocol);
    return inet ? describe_inet(&s, inet->file, buf, n) : -EPROTONOSUPPORT;
}

bool fdinfo_socket_ends(pid_t tid, int fd, unsigned long inode, struct socket_ends *out)
{
    struct socket_of s = {.tid = tid, .fd = fd, .inode = inode};
    struct ends ends = {.connected = false};
    *out = (struct socket_ends){.local.ss_family = AF_UNSPEC};
    if (!find_protocol(&s)) {
        return false;
    }
    memcpy(out->protocol, s.protocol, sizeof(out->protocol));
    const struct inet_protocol *inet = find_inet(s.protocol);
    if (inet && inet_ends(&s, inet->file, &ends)) {
        if (!unset(&ends.local)) {
            out->local = ends.local.storage;
        }
        if (ends.connected) {
            out->peer = ends.peer.storage;
        }
    }
    return true;
}
