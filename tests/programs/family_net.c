/* Calls of decode/calls/net.def, in a network of its own. */
#include "family.h"

#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

static char page[4096];
static const int one = 1;
static const struct sockaddr_un path = {AF_UNIX, "socket"}, abstract = {AF_UNIX, "\0name"};
static const struct sockaddr_in local = {AF_INET, 0x901f, {0x0100007f}, {0}};
static const struct sockaddr_in6 local6 = {AF_INET6, 0x911f, 0, {{{[15] = 1}}}, 0};

/* More of them than fit into what is captured of an ioctl whose number says no size. */
static void many_addresses(int fd)
{
    static const struct sockaddr_in first = {AF_INET, 0, {0x0200007f}, {0}};
    struct ifreq request = {.ifr_name = "lo:0"};
    struct ifconf list = {.ifc_len = sizeof page, .ifc_buf = page};
    memcpy(&request.ifr_addr, &first, sizeof first);
    for (char i = 0; i < 10; i++) {
        request.ifr_name[3] = (char)('a' + i);
        request.ifr_addr.sa_data[5] = (char)(2 + i);
        DO(ioctl, fd, SIOCSIFADDR, &request);
    }
    DO(ioctl, fd, SIOCGIFCONF, &list);
    list.ifc_len = 100;
    DO(ioctl, fd, SIOCGIFCONF, &list);
    list.ifc_buf = NULL;
    DO(ioctl, fd, SIOCGIFCONF, &list);
    DO(ioctl, CLOSED, SIOCGIFCONF, &list);
    DO(ioctl, CLOSED, SIOCGIFCONF, WILD);
}

static void network_up(void)
{
    struct ifreq request = {.ifr_name = "lo"};
    int fd = (int)DO(socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_IP);
    DO(ioctl, fd, SIOCGIFFLAGS, &request);
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    DO(ioctl, fd, SIOCSIFFLAGS, &request);
    DO(ioctl, fd, SIOCGIFINDEX, &request);
    DO(ioctl, fd, SIOCGIFADDR, &request);
    DO(ioctl, fd, SIOCGIFMTU, &request);
    DO(ioctl, fd, SIOCGIFHWADDR, &request);
    memcpy(request.ifr_name, "none", 5);
    DO(ioctl, fd, SIOCGIFADDR, &request);
    many_addresses(fd);
    DO(close, fd);
}

static void streams(void)
{
    struct sockaddr_storage from;
    unsigned size = sizeof from;
    int server = (int)DO(socket, AF_INET, SOCK_STREAM, IPPROTO_TCP);
    DO(socket, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 200);
    DO(socket, 99, 77, 5);
    DO(setsockopt, server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    DO(bind, server, &local, sizeof local);
    DO(bind, server, WILD, sizeof local);
    DO(listen, server, 5);
    DO(listen, CLOSED, -1);
    int client = (int)DO(socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    DO(connect, client, &local, sizeof local);
    DO(connect, client, &local, sizeof local);
    DO(connect, CLOSED, &local6, sizeof local6);
    DO(getsockname, server, &from, &size);
    DO(getsockname, CLOSED, &from, &size);
    size = 4;
    DO(getsockname, server, &from, &size);
    size = sizeof from;
    DO(getpeername, client, &from, &size);
    DO(getpeername, server, &from, &size);
    int accepted = (int)DO(accept, server, &from, &size);
    DO(accept, CLOSED, &from, &size);
    int second = (int)DO(socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    DO(connect, second, &local, sizeof local);
    DO(accept4, server, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    DO(accept4, server, &from, &size, 7);
    DO(sendto, client, "hello", 5, MSG_NOSIGNAL, NULL, 0);
    DO(recvfrom, accepted, page, sizeof page, MSG_PEEK, &from, &size);
    DO(recvfrom, accepted, page, sizeof page, 0, NULL, NULL);
    DO(recvfrom, accepted, page, 0, MSG_DONTWAIT | MSG_TRUNC, &from, &size);
    DO(shutdown, client, SHUT_WR);
    DO(shutdown, server, 9);
    DO(recvfrom, accepted, page, sizeof page, MSG_WAITALL, NULL, NULL);
    for (int fd = 3; fd < 8; fd++) {
        DO(close, fd);
    }
}

static void options(void)
{
    struct linger linger = {1, 5};
    struct timeval time = {2, 500000};
    struct tcp_info info;
    struct ip_mreqn membership = {.imr_multiaddr = {0x010000e0}, .imr_ifindex = 1};
    struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, 0xffff)};
    struct sock_fprog filter = {1, code};
    unsigned size = sizeof linger;
    int tcp = (int)DO(socket, AF_INET, SOCK_STREAM, 0), value = 0;
    DO(setsockopt, tcp, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    DO(getsockopt, tcp, SOL_SOCKET, SO_LINGER, &linger, &size);
    DO(setsockopt, tcp, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
    DO(setsockopt, tcp, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3);
    DO(setsockopt, tcp, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    DO(setsockopt, tcp, SOL_TCP, TCP_NODELAY, &one, sizeof one);
    DO(setsockopt, tcp, SOL_TCP, TCP_CONGESTION, "reno", 4);
    DO(setsockopt, tcp, SOL_IP, IP_TOS, &one, sizeof one);
    DO(setsockopt, tcp, SOL_SOCKET, 999, &one, 1);
    DO(setsockopt, CLOSED, 200, 3, &one, sizeof one);
    size = sizeof value;
    DO(getsockopt, tcp, SOL_SOCKET, SO_TYPE, &value, &size);
    DO(getsockopt, tcp, SOL_SOCKET, SO_ERROR, &value, &size);
    DO(getsockopt, tcp, SOL_SOCKET, SO_DOMAIN, &value, &size);
    DO(getsockopt, tcp, SOL_SOCKET, SO_PROTOCOL, &value, &size);
    DO(getsockopt, tcp, SOL_TCP, TCP_MAXSEG, &value, &size);
    DO(getsockopt, tcp, SOL_IP, IP_TTL, &value, &size);
    size = sizeof time;
    DO(getsockopt, tcp, SOL_SOCKET, SO_RCVTIMEO, &time, &size);
    size = 16;
    DO(getsockopt, tcp, SOL_TCP, TCP_CONGESTION, page, &size);
    size = 8;
    DO(getsockopt, tcp, SOL_TCP, TCP_INFO, &info, &size);
    DO(getsockopt, CLOSED, SOL_SOCKET, SO_TYPE, &value, &size);
    DO(getsockopt, tcp, SOL_SOCKET, SO_TYPE, &value, WILD);
    int udp = (int)DO(socket, AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    DO(setsockopt, udp, SOL_IP, IP_ADD_MEMBERSHIP, &membership, sizeof membership);
    DO(setsockopt, udp, SOL_IP, IP_ADD_MEMBERSHIP, &membership, 2);
    int six = (int)DO(socket, AF_INET6, SOCK_DGRAM, 0);
    DO(setsockopt, six, SOL_IPV6, IPV6_V6ONLY, &one, sizeof one);
    DO(bind, six, &local6, sizeof local6);
    DO(close, tcp);
    DO(close, udp);
    DO(close, six);
}

static void local_sockets(void)
{
    struct sockaddr_un from;
    unsigned size = sizeof from;
    int pair[2], others[2], none[2];
    struct ucred cred;
    DO(socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
    DO(socketpair, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, others);
    DO(socketpair, AF_INET, SOCK_STREAM, 0, none);
    int server = (int)DO(socket, AF_UNIX, SOCK_DGRAM, 0);
    DO(bind, server, &path, 9);
    DO(bind, others[0], &abstract, 7);
    DO(sendto, others[1], "datagram", 8, MSG_DONTWAIT, &path, sizeof path);
    DO(recvfrom, server, page, sizeof page, 0, &from, &size);
    size = sizeof from;
    DO(sendto, others[0], "datagram", 8, 0, &path, 9);
    DO(recvfrom, server, page, 4, MSG_TRUNC, &from, &size);
    DO(sendto, others[1], "datagram", 8, 0, &abstract, 3);
    DO(getsockname, others[0], &from, &size);
    size = sizeof cred;
    DO(getsockopt, pair[0], SOL_SOCKET, SO_PEERCRED, &cred, &size);
    struct iovec vector[2] = {{"one", 3}, {"two!", 4}}, space = {page, sizeof page};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(2 * sizeof(int))];
    } control = {.header = {CMSG_LEN(2 * sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
    memcpy(CMSG_DATA(&control.header), (const int[2]){0, pair[1]}, 2 * sizeof(int));
    struct msghdr message = {NULL, 0, vector, 2, &control, sizeof control, 0};
    DO(sendmsg, pair[0], &message, MSG_EOR);
    DO(sendmsg, pair[0], WILD, MSG_OOB);
    message.msg_iov = &space;
    message.msg_iovlen = 1;
    DO(recvmsg, pair[1], &message, MSG_CMSG_CLOEXEC);
    DO(recvmsg, pair[1], &message, MSG_DONTWAIT);
    struct mmsghdr messages[2] = {{{NULL, 0, vector, 2, NULL, 0, 0}, 0},
                                  {{NULL, 0, vector, 1, NULL, 0, 0}, 0}};
    struct timespec at_once = {0, 0};
    DO(sendmmsg, others[0], messages, 2, 0);
    DO(sendmmsg, pair[0], messages, 2, MSG_NOSIGNAL);
    DO(sendmmsg, CLOSED, messages, 2, 0);
    messages[0].msg_hdr.msg_iov = &space;
    messages[0].msg_hdr.msg_iovlen = 1;
    messages[1] = messages[0];
    DO(recvmmsg, pair[1], messages, 2, MSG_WAITFORONE, NULL);
    DO(recvmmsg, pair[1], messages, 2, MSG_DONTWAIT, &at_once);
    DO(recvmmsg, CLOSED, messages, 2, 0, NULL);
    for (int fd = 3; fd < 10; fd++) {
        DO(close, fd);
    }
}

static void netlink(void)
{
    struct sockaddr_nl address = {.nl_family = AF_NETLINK};
    struct {
        struct nlmsghdr header;
        struct rtgenmsg general;
    } dump = {{sizeof dump, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0}, {AF_UNSPEC}};
    int fd = (int)DO(socket, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    DO(bind, fd, &address, sizeof address);
    DO(sendto, fd, &dump, sizeof dump, 0, &address, sizeof address);
    DO(recvfrom, fd, page, 16, 0, NULL, NULL);
    dump.header.nlmsg_type = 9999;
    DO(sendto, fd, &dump, sizeof dump, 0, NULL, 0);
    DO(close, fd);
    fd = (int)DO(socket, AF_PACKET, SOCK_RAW, 0x300);
    DO(close, fd);
    DO(socket, AF_NETLINK, SOCK_RAW, 77);
}

static void make_calls(void)
{
    netlink(); /* a tracer knows the sockets of its own network only */
    be_alone();
    network_up();
    streams();
    options();
    local_sockets();
}
