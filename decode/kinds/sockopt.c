#include "decode/kinds/sockopt.h"

#include <linux/icmp.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/net.h"
#include "decode/kinds/net_tables.h"
#include "decode/kinds/seccomp.h"
#include "decode/kinds/sockaddr.h"
#include "decode/kinds/time.h"
#include "decode/render.h"

enum { LEVEL_UDP = 17, LEVEL_CAN_RAW = 101, LEVEL_SCTP = 132, LEVEL_UDPLITE = 136, LEVEL_VSOCK = AF_VSOCK };

static const struct level {
    uint32_t level;
    const struct xlat *get;
    const struct xlat *set;
} levels[] = {
    {SOL_SOCKET, &xlat_getsock_options, &xlat_sock_options},
    {SOL_IP, &xlat_ip_getoptions, &xlat_ip_setoptions},
    {SOL_IPV6, &xlat_ipv6_getoptions, &xlat_ipv6_setoptions},
    {SOL_TCP, &xlat_tcp_options, &xlat_tcp_options},
    {LEVEL_UDP, &xlat_udp_options, &xlat_udp_options},
    {LEVEL_VSOCK, &xlat_vsock_options, &xlat_vsock_options},
    {LEVEL_CAN_RAW, &xlat_can_raw_options, &xlat_can_raw_options},
    {LEVEL_SCTP, &xlat_sctp_options, &xlat_sctp_options},
    {SOL_RAW, &xlat_raw_options, &xlat_raw_options},
    {SOL_PACKET, &xlat_packet_options, &xlat_packet_options},
    {SOL_NETLINK, &xlat_netlink_options, &xlat_netlink_options},
    {SOL_TIPC, &xlat_tipc_options, &xlat_tipc_options},
    {SOL_BLUETOOTH, &xlat_bluetooth_options, &xlat_bluetooth_options},
    {SOL_ALG, &xlat_alg_options, &xlat_alg_options},
    {SOL_KCM, &xlat_kcm_options, &xlat_kcm_options},
    {SOL_TLS, &xlat_tls_options, &xlat_tls_options},
    {SOL_XDP, &xlat_xdp_options, &xlat_xdp_options},
    {284 /* SOL_MPTCP */, &xlat_mptcp_options, &xlat_mptcp_options},
};

/* kind->option: getsockopt, whose names differ here and there. */
static void decode_name(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t level = (uint32_t)d->args[d->arg - 1];
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        if (levels[i].level == level) {
            append_enum(d, name, kind->option ? levels[i].get : levels[i].set, (uint32_t)raw);
            return;
        }
    }
    append_uint(d, name, (uint32_t)raw);
}

/* What an option's value is; `length` is as long as the memory that was given or filled. */
struct value_at {
    const char *name;
    uint64_t addr;
    uint32_t length;
};

enum { STRUCT_MAX = 256 };

/* Reads as much of a structure of `size` bytes as the length allows; zeros follow. Shows the address if not.
 */
static bool read_struct(struct decoder *d, const struct value_at *v, size_t least, size_t size,
                        uint8_t bytes[STRUCT_MAX])
{
    size_t n = v->length < size ? v->length : size;
    memset(bytes, 0, STRUCT_MAX);
    if (v->length < least || !mem_read(d->mem, v->addr, bytes, n)) {
        decode_addr(d, v->name, v->addr);
        return false;
    }
    values_open(d->out, VALUE_STRUCT, v->name);
    return true;
}

static void show_int(struct decoder *d, const struct value_at *v)
{
    if (v->length < sizeof(int32_t)) {
        decode_addr(d, v->name, v->addr);
    } else {
        decode_number_at(d, v->name, v->addr, sizeof(int32_t), VALUE_INT);
    }
}

static void show_data(struct decoder *d, const struct value_at *v)
{
    decode_data(d, v->name, v->addr, v->length);
}

static void show_linger(struct decoder *d, const struct value_at *v)
{
    uint8_t p[STRUCT_MAX];
    if (read_struct(d, v, d->at_exit ? 4 : 8, 8, p)) {
        append_int(d, "l_onoff", (int32_t)load32(p));
        if (v->length >= 8) {
            append_int(d, "l_linger", (int32_t)load32(p + 4));
        }
        values_close(d->out);
    }
}

/* Times of the _OLD options have the ABI's long, those of the _NEW ones 64 bits. */
static void show_time(struct decoder *d, const struct value_at *v, enum time_layout layout)
{
    size_t size = layout == TIME_64BIT ? 16 : 2 * (size_t)d->abi->long_size;
    if (v->length < size) {
        show_data(d, v);
    } else {
        decode_timeval(d, v->name, v->addr, layout);
    }
}

static void show_time_old(struct decoder *d, const struct value_at *v)
{
    show_time(d, v, TIME_NATIVE);
}

static void show_time_new(struct decoder *d, const struct value_at *v)
{
    show_time(d, v, TIME_64BIT);
}

static void show_ucred(struct decoder *d, const struct value_at *v)
{
    uint8_t p[STRUCT_MAX];
    if (read_struct(d, v, 4, 12, p)) {
        decode_pid(d, "pid", (int32_t)load32(p));
        if (v->length >= 8) {
            decode_id(d, "uid", &kind_uid, load32(p + 4));
        }
        if (v->length >= 12) {
            decode_id(d, "gid", &kind_gid, load32(p + 8));
        }
        values_close(d->out);
    }
}

static void show_error(struct decoder *d, const struct value_at *v)
{
    uint32_t code;
    if (v->length < sizeof(code) || !mem_read(d->mem, v->addr, &code, sizeof(code))) {
        decode_addr(d, v->name, v->addr);
        return;
    }
    values_open(d->out, VALUE_REF, v->name);
    const char *text = code && code < 4096 ? errno_name((int)code) : NULL;
    if (text) {
        values_stand_for(d->out, values_word(d->out, NULL, text), code, VALUE_AS_UINT);
    } else {
        append_uint(d, NULL, code);
    }
    values_close(d->out);
}

static void show_fprog(struct decoder *d, const struct value_at *v)
{
    uint8_t p[STRUCT_MAX];
    size_t pointer = d->abi->pointer_size;
    if (v->length != 2 * pointer) {
        decode_addr(d, v->name, v->addr);
    } else if (read_struct(d, v, 2 * pointer, 2 * pointer, p)) {
        append_uint(d, "len", load16(p));
        decode_sock_filters(d, "filter", pointer == 8 ? load64(p + 8) : load32(p + 4), load16(p), false);
        values_close(d->out);
    }
}

static void show_mreq(struct decoder *d, const struct value_at *v)
{
    uint8_t p[STRUCT_MAX];
    if (read_struct(d, v, 8, 8, p)) {
        net_address4(d, "imr_multiaddr", p);
        net_address4(d, "imr_interface", p + 4);
        values_close(d->out);
    }
}

static void show_mreq6(struct decoder *d, const struct value_at *v)
{
    uint8_t p[STRUCT_MAX];
    if (read_struct(d, v, 20, 20, p)) {
        net_address6(d, "ipv6mr_multiaddr", "&ipv6mr_multiaddr", p);
        net_interface(d, "ipv6mr_interface", load32(p + 16));
        values_close(d->out);
    }
}

static void show_group(struct decoder *d, const struct value_at *v)
{
    uint8_t p[STRUCT_MAX];
    size_t address = d->abi->pointer_size; /* struct sockaddr_storage is aligned as a pointer */
    if (read_struct(d, v, address + SOCKADDR_MAX, address + SOCKADDR_MAX, p)) {
        net_interface(d, "gr_interface", load32(p));
        decode_sockaddr_bytes(d, "gr_group", p + address, SOCKADDR_MAX);
        values_close(d->out);
    }
}

static void show_ring(struct decoder *d, const struct value_at *v)
{
    uint8_t p[STRUCT_MAX];
    if (v->length != 16) {
        decode_addr(d, v->name, v->addr); /* struct tpacket_req3 is longer, and strace shows no more of it */
    } else if (read_struct(d, v, 16, 16, p)) {
        append_uint(d, "tp_block_size", load32(p));
        append_uint(d, "tp_block_nr", load32(p + 4));
        append_uint(d, "tp_frame_size", load32(p + 8));
        append_uint(d, "tp_frame_nr", load32(p + 12));
        values_close(d->out);
    }
}

static void show_packet_mreq(struct decoder *d, const struct value_at *v)
{
    uint8_t p[STRUCT_MAX];
    if (v->length != 16) {
        decode_addr(d, v->name, v->addr);
    } else if (read_struct(d, v, 16, 16, p)) {
        uint16_t length = load16(p + 6);
        net_interface(d, "mr_ifindex", load32(p));
        append_enum(d, "mr_type", &xlat_packet_mreq_types, load16(p + 4));
        append_uint(d, "mr_alen", length);
        net_mac(d, "mr_address", p + 8, length < 8 ? length : 8);
        values_close(d->out);
    }
}

static void show_packet_statistics(struct decoder *d, const struct value_at *v)
{
    uint8_t p[STRUCT_MAX];
    if (read_struct(d, v, 4, 12, p)) {
        append_uint(d, "tp_packets", load32(p));
        if (v->length >= 8) {
            append_uint(d, "tp_drops", load32(p + 4));
        }
        if (v->length >= 12) {
            append_uint(d, "tp_freeze_q_cnt", load32(p + 8));
        }
        values_close(d->out);
    }
}

/* A set bit blocks the message: shown as the complement of what is let through. */
static void show_icmp_filter(struct decoder *d, const struct value_at *v)
{
    uint32_t mask = UINT32_MAX;
    size_t n = v->length < sizeof(mask) ? v->length : sizeof(mask);
    if (!n || !mem_read(d->mem, v->addr, &mask, n)) {
        decode_addr(d, v->name, v->addr);
        return;
    }
    values_open_func(d->out, v->name, "~");
    append_flags(d, NULL, &xlat_icmp_filter, (uint32_t)~mask);
    values_close(d->out);
}

static void memberships_element(struct decoder *d, const void *element, void *context)
{
    (void)context;
    append_uint(d, NULL, load32(element));
}

static void show_memberships(struct decoder *d, const struct value_at *v)
{
    decode_array(d, v->name, v->addr, v->length / sizeof(uint32_t), sizeof(uint32_t), memberships_element,
                 NULL);
}

/* struct tcp_info of include/uapi/linux/tcp.h as far as tcpi_total_retrans; it grew ever since. */
static void show_tcp_info(struct decoder *d, const struct value_at *v)
{
    static const char *const numbers[] = {"tcpi_rto",           "tcpi_ato",
                                          "tcpi_snd_mss",       "tcpi_rcv_mss",
                                          "tcpi_unacked",       "tcpi_sacked",
                                          "tcpi_lost",          "tcpi_retrans",
                                          "tcpi_fackets",       "tcpi_last_data_sent",
                                          "tcpi_last_ack_sent", "tcpi_last_data_recv",
                                          "tcpi_last_ack_recv", "tcpi_pmtu",
                                          "tcpi_rcv_ssthresh",  "tcpi_rtt",
                                          "tcpi_rttvar",        "tcpi_snd_ssthresh",
                                          "tcpi_snd_cwnd",      "tcpi_advmss",
                                          "tcpi_reordering",    "tcpi_rcv_rtt",
                                          "tcpi_rcv_space",     "tcpi_total_retrans"};
    enum { COUNT = sizeof(numbers) / sizeof(numbers[0]), SIZE = 8 + 4 * COUNT };
    uint8_t p[STRUCT_MAX];
    if (v->length < 8) {
        show_data(d, v);
        return;
    }
    if (!read_struct(d, v, 8, SIZE, p)) {
        return;
    }
    uint32_t whole = d->out->open;
    append_enum(d, "tcpi_state", &xlat_tcp_states, p[0]);
    append_enum(d, "tcpi_ca_state", &xlat_tcp_ca_states, p[1]);
    append_uint(d, "tcpi_retransmits", p[2]);
    append_uint(d, "tcpi_probes", p[3]);
    append_uint(d, "tcpi_backoff", p[4]);
    append_flags(d, "tcpi_options", &xlat_tcp_info_options, p[5]);
    append_uint(d, "tcpi_snd_wscale", p[6] & 0xf);
    append_uint(d, "tcpi_rcv_wscale", p[6] >> 4);
    for (size_t i = 0; i < COUNT && 8 + 4 * (i + 1) <= v->length; i++) {
        append_uint(d, numbers[i], load32(p + 8 + 4 * i));
    }
    values_close(d->out);
    values_at(d->out, whole)->flags |= v->length > SIZE ? VALUE_MORE : 0;
}

typedef void show_fn(struct decoder *d, const struct value_at *v);

static const struct option {
    uint16_t level;
    uint16_t option;
    show_fn *get;
    show_fn *set;
} options[] = {
    {SOL_SOCKET, SO_LINGER, show_linger, show_linger},
    {SOL_SOCKET, SO_PEERCRED, show_ucred, NULL},
    {SOL_SOCKET, SO_ERROR, show_error, NULL},
    {SOL_SOCKET, SO_ATTACH_FILTER, NULL, show_fprog},
    {SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, NULL, show_fprog},
    {SOL_SOCKET, SO_BINDTODEVICE, show_data, show_data},
    {SOL_SOCKET, 20 /* SO_RCVTIMEO_OLD */, show_time_old, show_time_old},
    {SOL_SOCKET, 21 /* SO_SNDTIMEO_OLD */, show_time_old, show_time_old},
    {SOL_SOCKET, 66 /* SO_RCVTIMEO_NEW */, show_time_new, show_time_new},
    {SOL_SOCKET, 67 /* SO_SNDTIMEO_NEW */, show_time_new, show_time_new},
    {SOL_IP, IP_ADD_MEMBERSHIP, NULL, show_mreq},
    {SOL_IP, IP_DROP_MEMBERSHIP, NULL, show_mreq},
    {SOL_IP, MCAST_JOIN_GROUP, NULL, show_group},
    {SOL_IP, MCAST_LEAVE_GROUP, NULL, show_group},
    {SOL_IPV6, IPV6_ADD_MEMBERSHIP, NULL, show_mreq6},
    {SOL_IPV6, IPV6_DROP_MEMBERSHIP, NULL, show_mreq6},
    {SOL_IPV6, IPV6_JOIN_ANYCAST, NULL, show_mreq6},
    {SOL_IPV6, IPV6_LEAVE_ANYCAST, NULL, show_mreq6},
    {SOL_IPV6, MCAST_JOIN_GROUP, NULL, show_group},
    {SOL_IPV6, MCAST_LEAVE_GROUP, NULL, show_group},
    {SOL_TCP, TCP_INFO, show_tcp_info, NULL},
    {SOL_TCP, TCP_CONGESTION, show_data, show_data},
    {SOL_TCP, TCP_ULP, show_data, show_data},
    {SOL_PACKET, PACKET_RX_RING, NULL, show_ring},
    {SOL_PACKET, PACKET_TX_RING, NULL, show_ring},
    {SOL_PACKET, PACKET_ADD_MEMBERSHIP, NULL, show_packet_mreq},
    {SOL_PACKET, PACKET_DROP_MEMBERSHIP, NULL, show_packet_mreq},
    {SOL_PACKET, PACKET_STATISTICS, show_packet_statistics, NULL},
    {SOL_RAW, ICMP_FILTER, show_icmp_filter, show_icmp_filter},
    {SOL_NETLINK, 9 /* NETLINK_LIST_MEMBERSHIPS */, show_memberships, show_int},
};

static show_fn *show_of(uint32_t level, uint32_t option, bool get)
{
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (options[i].level == level && options[i].option == option) {
            show_fn *show = get ? options[i].get : options[i].set;
            if (show) {
                return show;
            }
        }
    }
    return level == SOL_NETLINK ? show_int : NULL;
}

static void show_value(struct decoder *d, const char *name, uint64_t raw, int32_t length, bool get)
{
    struct value_at v = {name, decode_word(d, raw), length > 0 ? (uint32_t)length : 0};
    show_fn *show = show_of((uint32_t)d->args[1], (uint32_t)d->args[2], get);
    if (!v.addr || length < 0 || (get && length == 0)) {
        decode_addr(d, name, v.addr);
    } else if (show) {
        show(d, &v);
    } else if (v.length == sizeof(int32_t)) {
        show_int(d, &v);
    } else {
        show_data(d, &v);
    }
}

static void decode_set(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    show_value(d, name, raw, (int32_t)d->args[4], false);
}

static void decode_get(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    int32_t length = 0;
    if (decode_length_written(d, 4, &length)) {
        show_value(d, name, raw, length, true);
    } else {
        decode_addr(d, name, raw);
    }
}

KIND_ENUM(option_level, option_levels);
const struct kind kind_option_set = {.decode = decode_name};
const struct kind kind_option_get = {.decode = decode_name, .option = 1};
const struct kind kind_option_value = {.decode = decode_set};
const struct kind kind_option_value_out = {
    .decode = decode_get, .direction = DIR_OUT, .extent = EXTENT_LENGTH, .extent_arg = 4};
