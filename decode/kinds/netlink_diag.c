/* NETLINK_SOCK_DIAG: what ss asks about sockets, and the answers. */
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/netlink_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <string.h>
#include <sys/socket.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/members.h"
#include "decode/kinds/net.h"
#include "decode/kinds/net_tables.h"
#include "decode/kinds/netlink_body.h"
#include "decode/kinds/netlink_tables.h"
#include "decode/kinds/nlattr.h"
#include "decode/kinds/nlattr_tables.h"

enum { BODY_MAX = 80, TCPDIAG = 18, DCCPDIAG = 19, BY_FAMILY = 20, DESTROY = 21 };

static const char *const memory_info[] = {
    "[SK_MEMINFO_RMEM_ALLOC]", "[SK_MEMINFO_RCVBUF]",    "[SK_MEMINFO_WMEM_ALLOC]",
    "[SK_MEMINFO_SNDBUF]",     "[SK_MEMINFO_FWD_ALLOC]", "[SK_MEMINFO_WMEM_QUEUED]",
    "[SK_MEMINFO_OPTMEM]",     "[SK_MEMINFO_BACKLOG]",   "[SK_MEMINFO_DROPS]"};
static const struct nlattr_names memory_names = {memory_info, sizeof(memory_info) / sizeof(memory_info[0])};

/* A structure of bits: each is a member, from the lowest on. Those that are not set are shown with -v. */
static bool show_socket_options(struct decoder *d, uint64_t addr, uint64_t length,
                                const struct nlattr_context *context)
{
    static const char *const names[] = {"recverr",         "is_icsk",      "freebind",
                                        "hdrincl",         "mc_loop",      "transparent",
                                        "mc_all",          "nodefrag",     "bind_address_no_port",
                                        "recverr_rfc4884", "defer_connect"};
    (void)context;
    uint8_t bytes[2];
    if (length < sizeof(bytes) || !mem_read(d->mem, addr, bytes, sizeof(bytes))) {
        return false;
    }
    unsigned bits = load16(bytes);
    const size_t count = sizeof(names) / sizeof(names[0]);
    values_open(d->out, VALUE_STRUCT, NULL);
    for (size_t i = 0; i < count; i++) {
        if (d->options->verbose || bits >> i & 1) {
            net_uint(d, names[i], bits >> i & 1);
        }
    }
    if (d->options->verbose || bits >> count) {
        static const char where[] = "bits 3..8"; /* of the second byte */
        uint32_t index = values_add(d->out, VALUE_HEX, "unused", bits >> count);
        values_note(d->out, index, where, strlen(where));
    }
    values_close(d->out);
    return true;
}
static const struct nlattr_function socket_options = {show_socket_options};

#define MEMINFO(member) MEMBER(struct inet_diag_meminfo, member, UINT)
LAYOUT(inet_meminfo, struct inet_diag_meminfo, MEMINFO(idiag_rmem), MEMINFO(idiag_wmem), MEMINFO(idiag_fmem),
       MEMINFO(idiag_tmem));
LAYOUT(vegas, struct tcpvegas_info, MEMBER(struct tcpvegas_info, tcpv_enabled, UINT),
       MEMBER(struct tcpvegas_info, tcpv_rttcnt, UINT), MEMBER(struct tcpvegas_info, tcpv_rtt, UINT),
       MEMBER(struct tcpvegas_info, tcpv_minrtt, UINT));
#define BBR(member) MEMBER(struct tcp_bbr_info, member, HEX)
LAYOUT(bbr, struct tcp_bbr_info, BBR(bbr_bw_lo), BBR(bbr_bw_hi),
       MEMBER(struct tcp_bbr_info, bbr_min_rtt, UINT), MEMBER(struct tcp_bbr_info, bbr_pacing_gain, UINT),
       MEMBER(struct tcp_bbr_info, bbr_cwnd_gain, UINT));
#define DCTCP(member) MEMBER(struct tcp_dctcp_info, member, UINT)
LAYOUT(dctcp, struct tcp_dctcp_info, DCTCP(dctcp_enabled), DCTCP(dctcp_ce_state), DCTCP(dctcp_alpha),
       DCTCP(dctcp_ab_ecn), DCTCP(dctcp_ab_tot));
NLATTR_TABLE(inet, xlat_nl_inet_diag, {INET_DIAG_MEMINFO, NLATTR_LAYOUT, 0, &layout_inet_meminfo},
             {INET_DIAG_VEGASINFO, NLATTR_LAYOUT, 0, &layout_vegas}, {INET_DIAG_CONG, NLATTR_STRING, 0, NULL},
             {INET_DIAG_TOS, NLATTR_UINT, 1, NULL}, {INET_DIAG_TCLASS, NLATTR_UINT, 1, NULL},
             {INET_DIAG_SKMEMINFO, NLATTR_NUMBERS, 4, &memory_names},
             {INET_DIAG_SHUTDOWN, NLATTR_FLAGS, 1, &xlat_nl_diag_shutdown},
             {INET_DIAG_DCTCPINFO, NLATTR_LAYOUT, 0, &layout_dctcp},
             {INET_DIAG_PROTOCOL, NLATTR_ENUM, 1, &xlat_inet_protocols},
             {INET_DIAG_SKV6ONLY, NLATTR_UINT, 1, NULL}, {INET_DIAG_MARK, NLATTR_UINT, 4, NULL},
             {INET_DIAG_BBRINFO, NLATTR_LAYOUT, 0, &layout_bbr}, {INET_DIAG_CLASS_ID, NLATTR_UINT, 4, NULL},
             {21 /* INET_DIAG_CGROUP_ID */, NLATTR_UINT, 8, NULL},
             {22 /* INET_DIAG_SOCKOPT */, NLATTR_SHOW, 2, &socket_options});
NLATTR_TABLE(inet_request, xlat_nl_inet_diag_req,
             {3 /* INET_DIAG_REQ_PROTOCOL */, NLATTR_ENUM, 4, &xlat_inet_protocols});

LAYOUT(unix_vfs, struct unix_diag_vfs, MEMBER(struct unix_diag_vfs, udiag_vfs_dev, DEVICE),
       MEMBER(struct unix_diag_vfs, udiag_vfs_ino, UINT));
LAYOUT(unix_queue, struct unix_diag_rqlen, MEMBER(struct unix_diag_rqlen, udiag_rqueue, UINT),
       MEMBER(struct unix_diag_rqlen, udiag_wqueue, UINT));
static const struct nlattr_names no_names = {NULL, 0};
NLATTR_TABLE(unix_socket, xlat_nl_unix_diag, {UNIX_DIAG_NAME, NLATTR_STRING, 0, NULL},
             {UNIX_DIAG_VFS, NLATTR_LAYOUT, 0, &layout_unix_vfs}, {UNIX_DIAG_PEER, NLATTR_UINT, 4, NULL},
             {UNIX_DIAG_ICONS, NLATTR_NUMBERS, 4, &no_names},
             {UNIX_DIAG_RQLEN, NLATTR_LAYOUT, 0, &layout_unix_queue},
             {UNIX_DIAG_MEMINFO, NLATTR_NUMBERS, 4, &memory_names},
             {UNIX_DIAG_SHUTDOWN, NLATTR_FLAGS, 1, &xlat_nl_diag_shutdown},
             {7 /* UNIX_DIAG_UID */, NLATTR_UINT, 4, NULL});
NLATTR_TABLE(netlink, xlat_nl_netlink_diag, {NETLINK_DIAG_MEMINFO, NLATTR_NUMBERS, 4, &memory_names});

static void show_cookie(struct decoder *d, const char *name, const uint8_t *p)
{
    values_open(d->out, VALUE_ARRAY, name);
    net_uint(d, NULL, load32(p));
    net_uint(d, NULL, load32(p + 4));
    values_close(d->out);
}

/* struct inet_diag_sockid */
static void show_id(struct decoder *d, const uint8_t *p, uint8_t family)
{
    values_open(d->out, VALUE_STRUCT, "id");
    net_port(d, "idiag_sport", p);
    net_port(d, "idiag_dport", p + 2);
    if (family == AF_INET6) {
        net_address6(d, "idiag_src", "&idiag_src", p + 4);
        net_address6(d, "idiag_dst", "&idiag_dst", p + 20);
    } else {
        net_address4(d, "idiag_src", p + 4);
        net_address4(d, "idiag_dst", p + 20);
    }
    net_interface(d, "idiag_if", load32(p + 36));
    show_cookie(d, "idiag_cookie", p + 40);
    values_close(d->out);
}

enum { ID_SIZE = 48 };

/* struct inet_diag_req_v2 */
static void show_inet_request(struct decoder *d, const uint8_t *p)
{
    net_enum(d, "sdiag_family", &xlat_addrfams, p[0]);
    net_enum(d, "sdiag_protocol", &xlat_inet_protocols, p[1]);
    net_flags(d, "idiag_ext", &xlat_nl_diag_extensions, p[2]);
    net_flags(d, "idiag_states", &xlat_nl_tcp_state_bits, load32(p + 4));
    show_id(d, p + 8, p[0]);
}

/* struct inet_diag_req, of the types before SOCK_DIAG_BY_FAMILY */
static void show_old_request(struct decoder *d, const uint8_t *p)
{
    net_enum(d, "idiag_family", &xlat_addrfams, p[0]);
    net_uint(d, "idiag_src_len", p[1]);
    net_uint(d, "idiag_dst_len", p[2]);
    net_flags(d, "idiag_ext", &xlat_nl_diag_extensions, p[3]);
    show_id(d, p + 4, p[0]);
    net_flags(d, "idiag_states", &xlat_nl_tcp_state_bits, load32(p + 4 + ID_SIZE));
    net_uint(d, "idiag_dbs", load32(p + 8 + ID_SIZE));
}

/* struct inet_diag_msg */
static void show_inet_message(struct decoder *d, const uint8_t *p)
{
    const uint8_t *rest = p + 4 + ID_SIZE;
    net_enum(d, "idiag_family", &xlat_addrfams, p[0]);
    net_enum(d, "idiag_state", &xlat_nl_tcp_states, p[1]);
    net_uint(d, "idiag_timer", p[2]);
    net_uint(d, "idiag_retrans", p[3]);
    show_id(d, p + 4, p[0]);
    net_uint(d, "idiag_expires", load32(rest));
    net_uint(d, "idiag_rqueue", load32(rest + 4));
    net_uint(d, "idiag_wqueue", load32(rest + 8));
    net_uint(d, "idiag_uid", load32(rest + 12));
    net_uint(d, "idiag_inode", load32(rest + 16));
}

static void show_unix_request(struct decoder *d, const uint8_t *p)
{
    net_enum(d, "sdiag_family", &xlat_addrfams, p[0]);
    net_uint(d, "sdiag_protocol", p[1]);
    net_flags(d, "udiag_states", &xlat_nl_tcp_state_bits, load32(p + 4));
    net_uint(d, "udiag_ino", load32(p + 8));
    net_flags(d, "udiag_show", &xlat_nl_unix_show, load32(p + 12));
    show_cookie(d, "udiag_cookie", p + 16);
}

static void show_unix_message(struct decoder *d, const uint8_t *p)
{
    net_enum(d, "udiag_family", &xlat_addrfams, p[0]);
    net_enum(d, "udiag_type", &xlat_socktypes, p[1]);
    net_enum(d, "udiag_state", &xlat_nl_tcp_states, p[2]);
    net_uint(d, "udiag_ino", load32(p + 4));
    show_cookie(d, "udiag_cookie", p + 8);
}

static void show_netlink_request(struct decoder *d, const uint8_t *p)
{
    net_enum(d, "sdiag_family", &xlat_addrfams, p[0]);
    if (p[1] == NDIAG_PROTO_ALL) {
        uint32_t index = values_word(d->out, "sdiag_protocol", "NDIAG_PROTO_ALL");
        values_at(d->out, index)->number = p[1];
        values_at(d->out, index)->flags |= VALUE_AS_HEX;
    } else {
        net_enum(d, "sdiag_protocol", &xlat_netlink_protocols, p[1]);
    }
    net_uint(d, "ndiag_ino", load32(p + 4));
    net_flags(d, "ndiag_show", &xlat_nl_netlink_show, load32(p + 8));
    show_cookie(d, "ndiag_cookie", p + 12);
}

static void show_netlink_message(struct decoder *d, const uint8_t *p)
{
    net_enum(d, "ndiag_family", &xlat_addrfams, p[0]);
    net_enum(d, "ndiag_type", &xlat_socktypes, p[1]);
    net_enum(d, "ndiag_protocol", &xlat_netlink_protocols, p[2]);
    net_enum(d, "ndiag_state", &xlat_nl_tcp_states, p[3]);
    net_uint(d, "ndiag_portid", load32(p + 4));
    net_uint(d, "ndiag_dst_portid", load32(p + 8));
    net_uint(d, "ndiag_dst_group", load32(p + 12));
    net_uint(d, "ndiag_ino", load32(p + 16));
    show_cookie(d, "ndiag_cookie", p + 20);
}

/* What is asked about sockets of a family, and what is answered. */
static const struct diag_part {
    uint8_t family;
    bool request;
    bool old; /* of the types before SOCK_DIAG_BY_FAMILY */
    uint8_t size;
    void (*show)(struct decoder *d, const uint8_t *p);
    const struct nlattr_table *attributes;
} diag_parts[] = {
    {AF_INET, true, false, 8 + ID_SIZE, show_inet_request, &nlattr_inet_request},
    {AF_INET6, true, false, 8 + ID_SIZE, show_inet_request, &nlattr_inet_request},
    {AF_INET, true, true, 12 + ID_SIZE, show_old_request, &nlattr_inet_request},
    {AF_INET6, true, true, 12 + ID_SIZE, show_old_request, &nlattr_inet_request},
    {AF_INET, false, false, 24 + ID_SIZE, show_inet_message, &nlattr_inet},
    {AF_INET6, false, false, 24 + ID_SIZE, show_inet_message, &nlattr_inet},
    {AF_UNIX, true, false, 24, show_unix_request, NULL},
    {AF_UNIX, false, false, 16, show_unix_message, &nlattr_unix_socket},
    {AF_NETLINK, true, false, 20, show_netlink_request, NULL},
    {AF_NETLINK, false, false, 28, show_netlink_message, &nlattr_netlink},
};

static const struct diag_part *find_part(uint8_t family, bool request, bool old)
{
    for (size_t i = 0; i < sizeof(diag_parts) / sizeof(diag_parts[0]); i++) {
        const struct diag_part *part = &diag_parts[i];
        if (part->family == family && part->request == request && (part->old == old || !request)) {
            return part;
        }
    }
    return NULL;
}

bool netlink_diag(struct decoder *d, uint16_t type, uint16_t flags, uint64_t addr, uint64_t length)
{
    uint8_t bytes[BODY_MAX];
    bool old = type == TCPDIAG || type == DCCPDIAG;
    if ((!old && type != BY_FAMILY && type != DESTROY) || !mem_read(d->mem, addr, bytes, 1)) {
        return false;
    }
    const struct diag_part *part = find_part(bytes[0], flags & NLM_F_REQUEST, old);
    if (!part || length < part->size || !mem_read(d->mem, addr, bytes, part->size)) {
        return false;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    part->show(d, bytes);
    values_close(d->out);
    if (length > part->size) {
        const struct nlattr_context context = {.family = bytes[0]};
        nlattr_show(d, addr + part->size, length - part->size, part->attributes, &context);
    }
    return true;
}
