/* Sockets: addresses, lengths, options and messages, at entry and at exit, over good and hostile memory. */
#include "tests/unit/fresh_target.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Places in the target's memory that the tests put things at. */
enum { ADDRESS = 0, LENGTH = 0x100, HEADER = 0x200, VECTOR = 0x300, DATA = 0x400, CONTROL = 0x800 };
enum { UNMAPPED = 0x1000 };

static uint64_t put_int(size_t offset, int value)
{
    return unit_put(&target, offset, &value, sizeof(value));
}

static uint64_t put_inet(size_t offset)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(80), .sin_addr = {htonl(0x7f000001)}};
    return unit_put(&target, offset, &in, sizeof(in));
}

START_TEST(socket_names_protocols_by_family)
{
    ck_assert_str_eq(unit_exit(&target, CALL_socket, 3, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP),
                     "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 3");
    ck_assert_str_eq(unit_entry(&target, CALL_socket, AF_NETLINK, SOCK_RAW, 0),
                     "socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_socket, AF_PACKET, SOCK_RAW, htons(3)),
                     "socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_socket, AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0),
                     "socket(AF_UNIX, SOCK_DGRAM|SOCK_NONBLOCK, 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_socket, 99, 0x17, 5),
                     "socket(0x63 /* AF_??? */, 0x17 /* SOCK_??? */, 5) = ?");
}
END_TEST

START_TEST(socketpair_shows_descriptors_at_exit)
{
    int fds[2] = {3, 4};
    uint64_t at = unit_put(&target, 0, fds, sizeof(fds));
    ck_assert_str_eq(unit_exit(&target, CALL_socketpair, 0, AF_UNIX, SOCK_STREAM, 0, at),
                     "socketpair(AF_UNIX, SOCK_STREAM, 0, [3, 4]) = 0");
    ck_assert_str_eq(unit_exit(&target, CALL_socketpair, -24, AF_UNIX, SOCK_STREAM, 0, at),
                     "socketpair(AF_UNIX, SOCK_STREAM, 0, 0x10000) = -1 EMFILE (Too many open files)");
    ck_assert_str_eq(unit_exit(&target, CALL_socketpair, 0, AF_UNIX, SOCK_STREAM, 0, UNMAPPED),
                     "socketpair(AF_UNIX, SOCK_STREAM, 0, 0x1000) = 0");
    target.options.array_max = 1; /* -s */
    ck_assert_str_eq(unit_exit(&target, CALL_socketpair, 0, AF_UNIX, SOCK_STREAM, 0, at),
                     "socketpair(AF_UNIX, SOCK_STREAM, 0, [3, ...]) = 0");
    target.options.array_max = 0;
    ck_assert_str_eq(unit_exit(&target, CALL_socketpair, 0, AF_UNIX, SOCK_STREAM, 0, at),
                     "socketpair(AF_UNIX, SOCK_STREAM, 0, [...]) = 0");
}
END_TEST

START_TEST(inet_addresses)
{
    uint64_t at = put_inet(ADDRESS);
    ck_assert_str_eq(
        unit_entry(&target, CALL_connect, 3, at, 16),
        "connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = ?");
    /* Too short to be an AF_INET address: shown as it is. */
    ck_assert_str_eq(unit_entry(&target, CALL_connect, 3, at, 4),
                     "connect(3, {sa_family=AF_INET, sa_data=\"\\0P\"}, 4) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_connect, 3, at, 2), "connect(3, {sa_family=AF_INET}, 2) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_connect, 3, at, 1), "connect(3, 0x10000, 1) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_connect, 3, at, (uint64_t)-1), "connect(3, 0x10000, -1) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_connect, 3, UNMAPPED, 16), "connect(3, 0x1000, 16) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_connect, 3, 0, 16), "connect(3, NULL, 16) = ?");
}
END_TEST

START_TEST(inet6_addresses)
{
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(443)};
    in6.sin6_addr.s6_addr[15] = 1;
    uint64_t at = unit_put(&target, ADDRESS, &in6, sizeof(in6));
    ck_assert_str_eq(unit_entry(&target, CALL_bind, 3, at, 28),
                     "bind(3, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), "
                     "inet_pton(AF_INET6, \"::1\", &sin6_addr), sin6_scope_id=0}, 28) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_bind, 3, at, 24),
                     "bind(3, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), "
                     "inet_pton(AF_INET6, \"::1\", &sin6_addr)}, 24) = ?");
}
END_TEST

START_TEST(unix_addresses)
{
    uint64_t at = unit_put(&target, ADDRESS, "\1\0/run/x\0rest", 13);
    ck_assert_str_eq(unit_entry(&target, CALL_bind, 3, at, 13),
                     "bind(3, {sa_family=AF_UNIX, sun_path=\"/run/x\"}, 13) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_bind, 3, at, 6),
                     "bind(3, {sa_family=AF_UNIX, sun_path=\"/run\"}, 6) = ?");
    unit_put(&target, ADDRESS, "\1\0\0abs\1tract", 12);
    ck_assert_str_eq(unit_entry(&target, CALL_bind, 3, at, 12),
                     "bind(3, {sa_family=AF_UNIX, sun_path=@\"abs\\1tract\"}, 12) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_bind, 3, at, 3),
                     "bind(3, {sa_family=AF_UNIX, sun_path=@\"\"}, 3) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_bind, 3, at, 2), "bind(3, {sa_family=AF_UNIX}, 2) = ?");
}
END_TEST

START_TEST(other_families)
{
    uint64_t at = unit_put(&target, ADDRESS, "\x10\0\0\0\5\0\0\0\1\0\0\0", 12);
    ck_assert_str_eq(unit_entry(&target, CALL_bind, 3, at, 12),
                     "bind(3, {sa_family=AF_NETLINK, nl_pid=5, nl_groups=0x000001}, 12) = ?");
    unit_put(&target, ADDRESS, "\x28\0\0\0\x16\0\0\0\2\0\0\0\0\0\0\0", 16);
    ck_assert_str_eq(
        unit_entry(&target, CALL_bind, 3, at, 16),
        "bind(3, {sa_family=AF_VSOCK, svm_cid=VMADDR_CID_HOST, svm_port=0x16, svm_flags=0}, 16) = ?");
    unit_put(&target, ADDRESS, "\x11\0\0\3\1\0\0\0\1\0\0\6\1\2\3\4\5\6\0\0", 20);
    ck_assert_str_eq(unit_entry(&target, CALL_bind, 3, at, 20),
                     "bind(3, {sa_family=AF_PACKET, sll_protocol=htons(ETH_P_ALL), sll_ifindex=1, "
                     "sll_hatype=ARPHRD_ETHER, sll_pkttype=PACKET_HOST, sll_halen=6, "
                     "sll_addr=[0x1, 0x2, 0x3, 0x4, 0x5, 0x6]}, 20) = ?");
    /* A hardware address that claims to be longer than the socket address. */
    target.bytes[11] = 255;
    ck_assert(strstr(unit_entry(&target, CALL_bind, 3, at, 20), ", 0x6, 00, 00, ...]}, 20)"));
    unit_put(&target, ADDRESS,
             "\xfe\xca"
             "abc",
             5);
    ck_assert_str_eq(unit_entry(&target, CALL_bind, 3, at, 5),
                     "bind(3, {sa_family=0xcafe /* AF_??? */, sa_data=\"abc\"}, 5) = ?");
    target.options.string_max = 1;
    ck_assert_str_eq(unit_entry(&target, CALL_bind, 3, at, 5),
                     "bind(3, {sa_family=0xcafe /* AF_??? */, sa_data=\"abc\"}, 5) = ?");
}
END_TEST

START_TEST(accept_shows_the_peer_and_the_length)
{
    uint64_t at = put_inet(ADDRESS);
    uint64_t length = put_int(LENGTH, 128);
    ck_assert_str_eq(unit_entry(&target, CALL_accept, 3, at, length), "accept(3, 0x10000, [128]) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_accept, -11, 3, at, length),
                     "accept(3, 0x10000, [128]) = -1 EAGAIN (Resource temporarily unavailable)");
    ck_assert_str_eq(unit_entry(&target, CALL_accept, 3, 0, length), "accept(3, NULL, 0x10100) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_accept, 4, 3, at, UNMAPPED), "accept(3, 0x10000, 0x1000) = 4");
    put_int(LENGTH, 16);
    ck_assert_str_eq(unit_exit(&target, CALL_accept4, 4, 3, at, length, SOCK_CLOEXEC),
                     "accept4(3, {sa_family=AF_INET, sin_port=htons(80), "
                     "sin_addr=inet_addr(\"127.0.0.1\")}, [16], SOCK_CLOEXEC) = 4");
}
END_TEST

/* Decodes at entry, lets `call` happen, and decodes at exit. */
static const char *through(enum call_id id, const uint64_t args[CALL_ARGS_MAX], int64_t result,
                           void (*call)(void))
{
    static struct buf text;
    struct render_options render = {.column = 0};
    struct render_state state = {0};
    struct event *e = &target.event;
    struct decoder d = {.options = &target.options,
                        .mem = &target.memory.mem,
                        .abi = &abis[target.abi],
                        .call = call_line(id),
                        .args = e->args,
                        .out = &e->values,
                        .result = result};
    values_reset(&e->values);
    *e = (struct event){.type = EVENT_CALL, .abi = d.abi, .call = d.call, .values = e->values};
    memcpy(e->args, args, sizeof(e->args));
    e->result_state = RESULT_KNOWN;
    e->result = result;
    e->duration_ns = -1;
    decode_entry(&d);
    call();
    e->result_value = decode_exit(&d);
    memcpy(e->value, d.value, sizeof(e->value));
    text.len = 0;
    render_text(&text, e, &render, &state, PID_NONE);
    text.data[text.len - 1] = 0;
    return text.data;
}

#define THROUGH(id, result, call, ...) through(id, (const uint64_t[CALL_ARGS_MAX]){__VA_ARGS__}, result, call)

static void peer_of_16_bytes(void)
{
    put_inet(ADDRESS);
    put_int(LENGTH, 16);
}

static void peer_that_did_not_fit(void)
{
    put_inet(ADDRESS);
    put_int(LENGTH, 1000);
}

START_TEST(a_changed_length_shows_both)
{
    uint64_t length = put_int(LENGTH, 128);
    ck_assert_str_eq(THROUGH(CALL_getsockname, 0, peer_of_16_bytes, 3, UNIT_BASE, length),
                     "getsockname(3, {sa_family=AF_INET, sin_port=htons(80), "
                     "sin_addr=inet_addr(\"127.0.0.1\")}, [128 => 16]) = 0");
    put_int(LENGTH, 8);
    ck_assert_str_eq(THROUGH(CALL_getsockname, 0, peer_that_did_not_fit, 3, UNIT_BASE, length),
                     "getsockname(3, {sa_family=AF_INET, sa_data=\"\\0P\\177\\0\\0\\1\"}, [8 => 1000]) = 0");
}
END_TEST

START_TEST(recvfrom_shows_data_and_sender)
{
    uint64_t data = unit_put(&target, DATA, "hello", 5);
    put_int(LENGTH, 128);
    ck_assert_str_eq(
        THROUGH(CALL_recvfrom, 5, peer_of_16_bytes, 3, data, 100, MSG_PEEK, UNIT_BASE, UNIT_BASE + LENGTH),
        "recvfrom(3, \"hello\", 100, MSG_PEEK, {sa_family=AF_INET, sin_port=htons(80), "
        "sin_addr=inet_addr(\"127.0.0.1\")}, [128 => 16]) = 5");
    /* MSG_TRUNC: the result is larger than the buffer. */
    ck_assert_str_eq(unit_exit(&target, CALL_recvfrom, 900, 3, data, 2, MSG_TRUNC, 0, 0),
                     "recvfrom(3, \"he\", 2, MSG_TRUNC, NULL, NULL) = 900");
}
END_TEST

START_TEST(options)
{
    uint64_t at = put_int(ADDRESS, 1);
    uint64_t length = put_int(LENGTH, 4);
    ck_assert_str_eq(unit_entry(&target, CALL_setsockopt, 3, SOL_SOCKET, SO_REUSEADDR, at, 4),
                     "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_setsockopt, 3, SOL_SOCKET, SO_REUSEADDR, UNMAPPED, 4),
                     "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, 0x1000, 4) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_setsockopt, 3, SOL_SOCKET, SO_REUSEADDR, at, -1UL),
                     "setsockopt(3, SOL_SOCKET, SO_REUSEADDR, 0x10000, -1) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_setsockopt, 3, SOL_SOCKET, SO_LINGER, at, 4),
                     "setsockopt(3, SOL_SOCKET, SO_LINGER, 0x10000, 4) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_setsockopt, 3, SOL_SOCKET, SO_LINGER, at, 8),
                     "setsockopt(3, SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=0}, 8) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_getsockopt, 0, 3, SOL_SOCKET, SO_TYPE, at, length),
                     "getsockopt(3, SOL_SOCKET, SO_TYPE, [1], [4]) = 0");
    put_int(ADDRESS, 111);
    ck_assert_str_eq(unit_exit(&target, CALL_getsockopt, 0, 3, SOL_SOCKET, SO_ERROR, at, length),
                     "getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0");
    put_int(LENGTH, 12);
    unit_put(&target, ADDRESS, "\7\0\0\0\0\0\0\0\xff\xff\xff\xff", 12);
    ck_assert_str_eq(unit_exit(&target, CALL_getsockopt, 0, 3, SOL_SOCKET, SO_PEERCRED, at, length),
                     "getsockopt(3, SOL_SOCKET, SO_PEERCRED, {pid=7, uid=0, gid=-1}, [12]) = 0");
    put_int(LENGTH, -5);
    ck_assert_str_eq(unit_exit(&target, CALL_getsockopt, 0, 3, SOL_SOCKET, SO_PEERCRED, at, length),
                     "getsockopt(3, SOL_SOCKET, SO_PEERCRED, 0x10000, [-5]) = 0");
    ck_assert_str_eq(unit_entry(&target, CALL_getsockopt, 3, 999, 1, at, UNMAPPED),
                     "getsockopt(3, 0x3e7 /* SOL_?? */, 1, 0x10000, 0x1000) = ?");
}
END_TEST

/* A message: one buffer of 3 bytes, no name, control of `length` bytes. */
static uint64_t put_message(uint64_t length)
{
    struct iovec {
        uint64_t base, length;
    } vector = {unit_put(&target, DATA, "abc", 3), 3};
    struct {
        uint64_t name;
        uint32_t name_length, padding;
        uint64_t iov, iov_length, control, control_length;
        uint32_t flags;
    } header = {0,      0, 0, unit_put(&target, VECTOR, &vector, sizeof(vector)), 1, UNIT_BASE + CONTROL,
                length, 0};
    return unit_put(&target, HEADER, &header, 56);
}

static void put_control(uint64_t length, int level, int type)
{
    unit_put(&target, CONTROL, &length, sizeof(length));
    put_int(CONTROL + 8, level);
    put_int(CONTROL + 12, type);
}

#define MESSAGE "{msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"abc\", iov_len=3}], msg_iovlen=1"

START_TEST(sendmsg_passes_descriptors)
{
    put_control(20, SOL_SOCKET, SCM_RIGHTS);
    put_int(CONTROL + 16, 3);
    ck_assert_str_eq(unit_entry(&target, CALL_sendmsg, 5, put_message(24), MSG_NOSIGNAL),
                     "sendmsg(5, " MESSAGE ", msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, "
                     "cmsg_type=SCM_RIGHTS, cmsg_data=[3]}], msg_controllen=24, msg_flags=0}, "
                     "MSG_NOSIGNAL) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_sendmsg, 5, put_message(0), 0),
                     "sendmsg(5, " MESSAGE ", msg_controllen=0, msg_flags=0}, 0) = ?");
    ck_assert_str_eq(unit_entry(&target, CALL_sendmsg, 5, UNMAPPED, 0), "sendmsg(5, 0x1000, 0) = ?");
}
END_TEST

START_TEST(control_lengths_are_not_believed)
{
    put_control(0, SOL_SOCKET, SCM_RIGHTS);
    ck_assert(strstr(unit_entry(&target, CALL_sendmsg, 5, put_message(64), 0),
                     "msg_control=[{cmsg_len=0, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS}, ... "
                     "/* 0x10810 */], msg_controllen=64"));
    put_control(UINT64_MAX, SOL_SOCKET, SCM_RIGHTS);
    put_int(CONTROL + 16, 9);
    ck_assert(strstr(unit_entry(&target, CALL_sendmsg, 5, put_message(20), 0),
                     "msg_control=[{cmsg_len=18446744073709551615, cmsg_level=SOL_SOCKET, "
                     "cmsg_type=SCM_RIGHTS, cmsg_data=[9]}], msg_controllen=20"));
    /* A control buffer that leaves the mapped memory. */
    put_control(UINT64_MAX - 3, 99, 1);
    ck_assert(strstr(unit_entry(&target, CALL_sendmsg, 5, put_message(UINT64_MAX), 0),
                     "cmsg_level=0x63 /* SOL_??? */, cmsg_type=0x1}"));
    put_control(15, SOL_SOCKET, 2);
    ck_assert(strstr(unit_entry(&target, CALL_sendmsg, 5, put_message(15), 0), "msg_control=0x10800, "));
}
END_TEST

static void message_of_two_bytes(void)
{
    put_inet(ADDRESS);
    put_int(HEADER + 8, 16);
}

START_TEST(recvmsg_is_filled_at_exit)
{
    uint64_t at = put_message(0);
    uint64_t name = UNIT_BASE + ADDRESS;
    unit_put(&target, HEADER, &name, sizeof(name));
    put_int(HEADER + 8, 128);
    ck_assert_str_eq(
        unit_entry(&target, CALL_recvmsg, 5, at, 0),
        "recvmsg(5, {msg_name=0x10000, msg_namelen=128, msg_iov=[{iov_base=0x10400, iov_len=3}], "
        "msg_iovlen=1, msg_controllen=0, msg_flags=0}, 0) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_recvmsg, -11, 5, at, 0),
                     "recvmsg(5, {msg_namelen=128}, 0) = -1 EAGAIN (Resource temporarily unavailable)");
    ck_assert_str_eq(
        THROUGH(CALL_recvmsg, 2, message_of_two_bytes, 5, at, 0),
        "recvmsg(5, {msg_name={sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, "
        "msg_namelen=128 => 16, msg_iov=[{iov_base=\"ab\", iov_len=3}], msg_iovlen=1, msg_controllen=0, "
        "msg_flags=0}, 0) = 2");
}
END_TEST

START_TEST(vectors_of_messages)
{
    uint64_t at = put_message(0);
    put_int(HEADER + 56, 3);
    ck_assert_str_eq(unit_entry(&target, CALL_sendmmsg, 5, at, 1, 0),
                     "sendmmsg(5, [{msg_hdr=" MESSAGE ", msg_controllen=0, msg_flags=0}}], 1, 0) = ?");
    ck_assert_str_eq(unit_exit(&target, CALL_sendmmsg, 1, 5, at, 1, 0),
                     "sendmmsg(5, [{msg_hdr=" MESSAGE ", msg_controllen=0, msg_flags=0}, msg_len=3}], 1, 0) "
                     "= 1");
    put_int(HEADER + 56, 2);
    ck_assert_str_eq(
        unit_exit(&target, CALL_recvmmsg, 1, 5, at, 9, 0, 0),
        "recvmmsg(5, [{msg_hdr={msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base=\"ab\", "
        "iov_len=3}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, msg_len=2}], 9, 0, NULL) = 1");
    ck_assert_str_eq(unit_exit(&target, CALL_recvmmsg, 0, 5, at, 9, 0, 0),
                     "recvmmsg(5, [], 9, 0, NULL) = 0 (Timeout)");
    /* A count without end: as many as are shown, then "...". */
    ck_assert(strstr(unit_entry(&target, CALL_sendmmsg, 5, at, 0xffffffff, 0), ", ...], 4294967295, 0) = ?"));
}
END_TEST

START_TEST(messages_of_i386)
{
    uint32_t vector[2] = {UNIT_BASE + DATA, 3};
    uint32_t header[7] = {0, 0, UNIT_BASE + VECTOR, 1, UNIT_BASE + CONTROL, 16, 0};
    uint32_t control[4] = {16, SOL_SOCKET, SCM_RIGHTS, 3};
    unit_put(&target, DATA, "abc", 3);
    unit_put(&target, VECTOR, vector, sizeof(vector));
    unit_put(&target, CONTROL, control, sizeof(control));
    target.abi = ABI_I386;
    ck_assert_str_eq(
        unit_entry(&target, CALL_sendmsg, 5, unit_put(&target, HEADER, header, sizeof(header)), 0),
        "sendmsg(5, " MESSAGE ", msg_control=[{cmsg_len=16, cmsg_level=SOL_SOCKET, "
        "cmsg_type=SCM_RIGHTS, cmsg_data=[3]}], msg_controllen=16, msg_flags=0}, 0) = ?");
}
END_TEST

static ssize_t describe(const struct fd_names *names, int fd, unsigned details, char *buf, size_t n)
{
    static const char text[] = "NETLINK:[ROUTE:42]";
    (void)names;
    ck_assert(fd == 3 && details && n >= sizeof(text));
    memcpy(buf, text, sizeof(text));
    return sizeof(text) - 1;
}

static const char *send_netlink(const void *bytes, size_t n, size_t length)
{
    static const struct fd_names names = {.describe = describe};
    static struct buf text;
    struct render_options render = {.column = 0};
    uint64_t args[CALL_ARGS_MAX] = {3, unit_put(&target, DATA, bytes, n), length};
    struct decoder d = {.options = &target.options,
                        .mem = &target.memory.mem,
                        .fds = &names,
                        .abi = &abis[ABI_X86_64],
                        .call = call_line(CALL_sendto),
                        .args = args,
                        .out = &target.event.values};
    values_reset(d.out);
    decode_entry(&d);
    text.len = 0;
    render_value(&text, d.out, d.value[1], &render);
    buf_char(&text, 0);
    return text.data;
}

START_TEST(netlink_messages)
{
    static const uint32_t get_link[] = {20, 0x03010012, 7, 0, 17};
    static const uint32_t two[] = {16, 0x00010012, 1, 0, 16, 0x00000003, 2, 0};
    static const uint32_t error[] = {36, 0x00000002, 1, 0, (uint32_t)-2, 16, 0x00010012, 7, 0};
    ck_assert_str_eq(send_netlink(get_link, 20, 20),
                     "[{nlmsg_len=20, nlmsg_type=RTM_GETLINK, nlmsg_flags=NLM_F_REQUEST|NLM_F_DUMP, "
                     "nlmsg_seq=7, nlmsg_pid=0}, {ifi_family=AF_PACKET, ...}]");
    ck_assert_str_eq(send_netlink(two, 32, 32),
                     "[{nlmsg_len=16, nlmsg_type=RTM_GETLINK, nlmsg_flags=NLM_F_REQUEST, nlmsg_seq=1, "
                     "nlmsg_pid=0}, {nlmsg_len=16, nlmsg_type=NLMSG_DONE, nlmsg_flags=0, nlmsg_seq=2, "
                     "nlmsg_pid=0}]");
    ck_assert_str_eq(send_netlink(error, 36, 36),
                     "[{nlmsg_len=36, nlmsg_type=NLMSG_ERROR, nlmsg_flags=0, nlmsg_seq=1, nlmsg_pid=0}, "
                     "{error=-ENOENT, msg={nlmsg_len=16, nlmsg_type=RTM_GETLINK, nlmsg_flags=NLM_F_REQUEST, "
                     "nlmsg_seq=7, nlmsg_pid=0}}]");
    /* Neither a length that holds no header nor one beyond the buffer makes a message. */
    static const uint32_t lies[] = {15, 0, 0, 0};
    ck_assert_str_eq(send_netlink(lies, 16, 16), "\"\\17\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\"");
    static const uint32_t far[] = {0xffffffff, 0x00010012, 0, 0};
    ck_assert(strstr(send_netlink(far, 16, 16), "\\377\\377"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net");
    TCase *tc = tcase_create("net");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, socket_names_protocols_by_family);
    tcase_add_test(tc, socketpair_shows_descriptors_at_exit);
    tcase_add_test(tc, inet_addresses);
    tcase_add_test(tc, inet6_addresses);
    tcase_add_test(tc, unix_addresses);
    tcase_add_test(tc, other_families);
    tcase_add_test(tc, accept_shows_the_peer_and_the_length);
    tcase_add_test(tc, a_changed_length_shows_both);
    tcase_add_test(tc, recvfrom_shows_data_and_sender);
    tcase_add_test(tc, options);
    tcase_add_test(tc, sendmsg_passes_descriptors);
    tcase_add_test(tc, control_lengths_are_not_believed);
    tcase_add_test(tc, recvmsg_is_filled_at_exit);
    tcase_add_test(tc, vectors_of_messages);
    tcase_add_test(tc, messages_of_i386);
    tcase_add_test(tc, netlink_messages);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
