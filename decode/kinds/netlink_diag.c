/* NETLINK_SOCK_DIAG: what ss asks about sockets, and the answers. */
#include <linux/netlink.h>
#include <linux/netlink_diag.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/net.h"
#include "decode/kinds/net_tables.h"
#include "decode/kinds/netlink_body.h"
#include "decode/kinds/nlattr_diag.h"
#include "decode/kinds/nlattr_tables.h"

enum { BODY_MAX = 80, TCPDIAG = 18, DCCPDIAG = 19 };

XLAT_ORDERED(nl_netlink_states, "NETLINK_???", {0, "NETLINK_UNCONNECTED"}, {1, "NETLINK_CONNECTED"},
             {7, "TCP_CLOSE"});
XLAT(nl_packet_show, "PACKET_SHOW_???", {1, "PACKET_SHOW_INFO"}, {2, "PACKET_SHOW_MCLIST"},
     {4, "PACKET_SHOW_RING_CFG"}, {8, "PACKET_SHOW_FANOUT"}, {0x10, "PACKET_SHOW_MEMINFO"},
     {0x20, "PACKET_SHOW_FILTER"});
XLAT(nl_smc_extensions, "1<<SMC_DIAG_???", {1, "1<<(SMC_DIAG_CONNINFO-1)"}, {2, "1<<(SMC_DIAG_LGRINFO-1)"});
XLAT_ORDERED(nl_smc_states, "SMC_???", {1, "SMC_ACTIVE"}, {2, "SMC_INIT"}, {7, "SMC_CLOSED"},
             {10, "SMC_LISTEN"}, {20, "SMC_PEERCLOSEWAIT1"}, {21, "SMC_PEERCLOSEWAIT2"},
             {22, "SMC_APPCLOSEWAIT1"}, {23, "SMC_APPCLOSEWAIT2"}, {24, "SMC_APPFINCLOSEWAIT"},
             {25, "SMC_PEERFINCLOSEWAIT"}, {26, "SMC_PEERABORTWAIT"}, {27, "SMC_PROCESSABORT"});
XLAT_ORDERED(nl_smc_modes, "SMC_DIAG_MODE_???", {0, "SMC_DIAG_MODE_SMCR"}, {1, "SMC_DIAG_MODE_FALLBACK_TCP"},
             {2, "SMC_DIAG_MODE_SMCD"});

static void show_cookie(struct decoder *d, const char *name, const uint8_t *p)
{
    values_open(d->out, VALUE_ARRAY, name);
    append_uint(d, NULL, load32(p));
    append_uint(d, NULL, load32(p + 4));
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
        net_address4_in(d, "idiag_src", p + 4, 16);
        net_address4_in(d, "idiag_dst", p + 20, 16);
    }
    net_interface(d, "idiag_if", load32(p + 36));
    show_cookie(d, "idiag_cookie", p + 40);
    values_close(d->out);
}

enum { ID_SIZE = 48 };

/* struct inet_diag_req_v2 */
static void show_inet_request(struct decoder *d, const uint8_t *p)
{
    append_enum(d, "sdiag_protocol", &xlat_inet_protocols, p[1]);
    append_flags(d, "idiag_ext", &xlat_nl_diag_extensions, p[2]);
    append_flags(d, "idiag_states", &xlat_nl_tcp_state_bits, load32(p + 4));
    show_id(d, p + 8, p[0]);
}

/* struct inet_diag_req, of the types before SOCK_DIAG_BY_FAMILY */
static void show_old_request(struct decoder *d, const uint8_t *p)
{
    append_uint(d, "idiag_src_len", p[1]);
    append_uint(d, "idiag_dst_len", p[2]);
    append_flags(d, "idiag_ext", &xlat_nl_diag_extensions, p[3]);
    show_id(d, p + 4, p[0]);
    append_flags(d, "idiag_states", &xlat_nl_tcp_state_bits, load32(p + 4 + ID_SIZE));
    append_uint(d, "idiag_dbs", load32(p + 8 + ID_SIZE));
}

/* struct inet_diag_msg */
static void show_inet_message(struct decoder *d, const uint8_t *p)
{
    const uint8_t *rest = p + 4 + ID_SIZE;
    append_enum(d, "idiag_state", &xlat_nl_tcp_states, p[1]);
    append_uint(d, "idiag_timer", p[2]);
    append_uint(d, "idiag_retrans", p[3]);
    show_id(d, p + 4, p[0]);
    append_uint(d, "idiag_expires", load32(rest));
    append_uint(d, "idiag_rqueue", load32(rest + 4));
    append_uint(d, "idiag_wqueue", load32(rest + 8));
    append_uint(d, "idiag_uid", load32(rest + 12));
    append_uint(d, "idiag_inode", load32(rest + 16));
}

static void show_unix_request(struct decoder *d, const uint8_t *p)
{
    append_uint(d, "sdiag_protocol", p[1]);
    append_flags(d, "udiag_states", &xlat_nl_tcp_state_bits, load32(p + 4));
    append_uint(d, "udiag_ino", load32(p + 8));
    append_flags(d, "udiag_show", &xlat_nl_unix_show, load32(p + 12));
    show_cookie(d, "udiag_cookie", p + 16);
}

static void show_unix_message(struct decoder *d, const uint8_t *p)
{
    append_enum(d, "udiag_type", &xlat_socktypes, p[1]);
    append_enum(d, "udiag_state", &xlat_nl_tcp_states, p[2]);
    append_uint(d, "udiag_ino", load32(p + 4));
    show_cookie(d, "udiag_cookie", p + 8);
}

static void show_netlink_request(struct decoder *d, const uint8_t *p)
{
    if (p[1] == NDIAG_PROTO_ALL) {
        uint32_t index = values_word(d->out, "sdiag_protocol", "NDIAG_PROTO_ALL");
        values_stand_for(d->out, index, p[1], VALUE_AS_HEX);
    } else {
        append_enum(d, "sdiag_protocol", &xlat_netlink_protocols, p[1]);
    }
    append_uint(d, "ndiag_ino", load32(p + 4));
    append_flags(d, "ndiag_show", &xlat_nl_netlink_show, load32(p + 8));
    show_cookie(d, "ndiag_cookie", p + 12);
}

static void show_netlink_message(struct decoder *d, const uint8_t *p)
{
    append_enum(d, "ndiag_type", &xlat_socktypes, p[1]);
    append_enum(d, "ndiag_protocol", &xlat_netlink_protocols, p[2]);
    append_enum(d, "ndiag_state", &xlat_nl_netlink_states, p[3]);
    append_uint(d, "ndiag_portid", load32(p + 4));
    append_uint(d, "ndiag_dst_portid", load32(p + 8));
    append_uint(d, "ndiag_dst_group", load32(p + 12));
    append_uint(d, "ndiag_ino", load32(p + 16));
    show_cookie(d, "ndiag_cookie", p + 20);
}

static void show_packet_request(struct decoder *d, const uint8_t *p)
{
    append_uint(d, "sdiag_protocol", p[1]);
    append_uint(d, "pdiag_ino", load32(p + 4));
    append_flags(d, "pdiag_show", &xlat_nl_packet_show, load32(p + 8));
    show_cookie(d, "pdiag_cookie", p + 12);
}

static void show_packet_message(struct decoder *d, const uint8_t *p)
{
    append_enum(d, "pdiag_type", &xlat_socktypes, p[1]);
    append_enum(d, "pdiag_num", &xlat_ethernet_protocols, load16(p + 2));
    append_uint(d, "pdiag_ino", load32(p + 4));
    show_cookie(d, "pdiag_cookie", p + 8);
}

/* struct smc_diag_req and smc_diag_msg: sockets are shown as those of IPv4. */
static void show_smc_request(struct decoder *d, const uint8_t *p)
{
    append_flags(d, "diag_ext", &xlat_nl_smc_extensions, p[3]);
    show_id(d, p + 4, AF_INET);
}

static void show_smc_message(struct decoder *d, const uint8_t *p)
{
    append_enum(d, "diag_state", &xlat_nl_smc_states, p[1]);
    append_enum(d, "diag_fallback", &xlat_nl_smc_modes, p[2]);
    append_uint(d, "diag_shutdown", p[3]);
    show_id(d, p + 4, AF_INET);
    append_uint(d, "diag_uid", load32(p + 4 + ID_SIZE));
    append_uint(d, "diag_inode", load64(p + 8 + ID_SIZE));
}

/* What is asked about sockets of a family, and what is answered. */
static const struct diag_part {
    uint8_t address_family;
    bool request;
    bool old; /* of the types before SOCK_DIAG_BY_FAMILY */
    uint8_t size;
    const char *family; /* the first member's name: a byte in all of them */
    void (*show)(struct decoder *d, const uint8_t *p);
    const struct nlattr_table *attributes; /* NULL: there are none */
} diag_parts[] = {
    {AF_INET, true, false, 8 + ID_SIZE, "sdiag_family", show_inet_request, &nlattr_inet_request},
    {AF_INET6, true, false, 8 + ID_SIZE, "sdiag_family", show_inet_request, &nlattr_inet_request},
    {AF_INET, true, true, 12 + ID_SIZE, "idiag_family", show_old_request, &nlattr_inet_request},
    {AF_INET6, true, true, 12 + ID_SIZE, "idiag_family", show_old_request, &nlattr_inet_request},
    {AF_INET, false, false, 24 + ID_SIZE, "idiag_family", show_inet_message, &nlattr_inet_socket},
    {AF_INET6, false, false, 24 + ID_SIZE, "idiag_family", show_inet_message, &nlattr_inet_socket},
    {AF_UNIX, true, false, 24, "sdiag_family", show_unix_request, NULL},
    {AF_UNIX, false, false, 16, "udiag_family", show_unix_message, &nlattr_unix_socket},
    {AF_NETLINK, true, false, 20, "sdiag_family", show_netlink_request, NULL},
    {AF_NETLINK, false, false, 28, "ndiag_family", show_netlink_message, &nlattr_netlink_socket},
    {AF_PACKET, true, false, 20, "sdiag_family", show_packet_request, NULL},
    {AF_PACKET, false, false, 16, "pdiag_family", show_packet_message, &nlattr_packet_socket},
    {AF_SMC, true, false, 4 + ID_SIZE, "diag_family", show_smc_request, NULL},
    {AF_SMC, false, false, 16 + ID_SIZE, "diag_family", show_smc_message, &nlattr_smc_socket},
};

static const struct diag_part *find_part(uint8_t family, bool request, bool old)
{
    for (size_t i = 0; i < sizeof(diag_parts) / sizeof(diag_parts[0]); i++) {
        const struct diag_part *part = &diag_parts[i];
        if (part->address_family == family && part->request == request && (part->old == old || !request)) {
            return part;
        }
    }
    return NULL;
}

static void show_part(struct decoder *d, const struct diag_part *part, const uint8_t *bytes, bool whole)
{
    uint32_t index = values_open(d->out, VALUE_STRUCT, NULL);
    append_enum(d, part->family, &xlat_addrfams, bytes[0]);
    if (whole) {
        part->show(d, bytes);
    } else {
        values_at(d->out, index)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

bool netlink_diag(struct decoder *d, uint16_t type, uint16_t flags, uint64_t addr, uint64_t length)
{
    uint8_t bytes[BODY_MAX];
    bool old = type == TCPDIAG || type == DCCPDIAG;
    if (!length || !mem_read(d->mem, addr, bytes, 1)) {
        return false;
    }
    const struct diag_part *part = find_part(bytes[0], flags & NLM_F_REQUEST, old);
    if (!part || length == 1) {
        netlink_show_family(d, bytes[0], addr, length);
        return true;
    }
    bool whole = length >= part->size;
    if (whole && !mem_read(d->mem, addr, bytes, part->size)) {
        return false;
    }
    show_part(d, part, bytes, whole);
    if (length > part->size && part->attributes) {
        const struct nlattr_context context = {.family = bytes[0]};
        nlattr_show(d, addr + part->size, length - part->size, part->attributes, &context);
    }
    return true;
}
