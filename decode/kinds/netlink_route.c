/* NETLINK_ROUTE: the fixed parts of its messages, which begin with the family (linux/rtnetlink.h). */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/net.h"
#include "decode/kinds/net_tables.h"
#include "decode/kinds/netlink_body.h"
#include "decode/kinds/netlink_tables.h"
#include "decode/kinds/nlattr_route.h"
#include "decode/kinds/nlattr_tables.h"

enum { ROUTE_MAX = 32 };

static void show_link(struct decoder *d, const uint8_t *p)
{
    append_enum(d, "ifi_type", &xlat_arp_hardware_types, load16(p + 2));
    net_interface(d, "ifi_index", load32(p + 4));
    append_flags(d, "ifi_flags", &xlat_interface_flags, load32(p + 8));
    append_hex(d, "ifi_change", load32(p + 12));
}

static void show_address(struct decoder *d, const uint8_t *p)
{
    append_uint(d, "ifa_prefixlen", p[1]);
    append_flags(d, "ifa_flags", &xlat_address_flags, p[2]);
    append_enum(d, "ifa_scope", &xlat_route_scopes, p[3]);
    net_interface(d, "ifa_index", load32(p + 4));
}

static void show_route(struct decoder *d, const uint8_t *p)
{
    append_uint(d, "rtm_dst_len", p[1]);
    append_uint(d, "rtm_src_len", p[2]);
    append_flags(d, "rtm_tos", &xlat_ip_tos, p[3]);
    append_enum(d, "rtm_table", &xlat_route_tables, p[4]);
    append_enum(d, "rtm_protocol", &xlat_route_protocols, p[5]);
    append_enum(d, "rtm_scope", &xlat_route_scopes, p[6]);
    append_enum(d, "rtm_type", &xlat_route_types, p[7]);
    append_flags(d, "rtm_flags", &xlat_route_flags, load32(p + 8));
}

static void show_neighbour(struct decoder *d, const uint8_t *p)
{
    net_interface(d, "ndm_ifindex", load32(p + 4));
    append_flags(d, "ndm_state", &xlat_neighbour_states, load16(p + 8));
    append_flags(d, "ndm_flags", &xlat_neighbour_flags, p[10]);
    append_enum(d, "ndm_type", &xlat_route_types, p[11]);
}

static void show_rule(struct decoder *d, const uint8_t *p)
{
    append_uint(d, "dst_len", p[1]);
    append_uint(d, "src_len", p[2]);
    append_flags(d, "tos", &xlat_ip_tos, p[3]);
    append_enum(d, "table", &xlat_rule_tables, p[4]);
    append_enum(d, "action", &xlat_nl_rule_action, p[7]);
    append_flags(d, "flags", &xlat_nl_rule_flags, load32(p + 8));
}

static void show_traffic(struct decoder *d, const uint8_t *p)
{
    net_interface(d, "tcm_ifindex", load32(p + 4));
    append_uint(d, "tcm_handle", load32(p + 8));
    append_uint(d, "tcm_parent", load32(p + 12));
    append_uint(d, "tcm_info", load32(p + 16));
}

static void show_label(struct decoder *d, const uint8_t *p)
{
    append_uint(d, "ifal_prefixlen", p[2]);
    append_uint(d, "ifal_flags", p[3]);
    net_interface(d, "ifal_index", load32(p + 4));
    append_uint(d, "ifal_seq", load32(p + 8));
}

static void show_dcb(struct decoder *d, const uint8_t *p)
{
    append_enum(d, "cmd", &xlat_dcb_commands, p[1]);
}

static void show_port(struct decoder *d, const uint8_t *p)
{
    net_interface(d, "ifindex", load32(p + 4));
}

static void show_statistics(struct decoder *d, const uint8_t *p)
{
    if (p[1]) {
        append_hex(d, "pad1", p[1]);
    }
    if (load16(p + 2)) {
        append_hex(d, "pad2", load16(p + 2));
    }
    net_interface(d, "ifindex", load32(p + 4));
    append_flags(d, "filter_mask", &xlat_statistics_mask, load32(p + 8));
}

static void show_next_hop(struct decoder *d, const uint8_t *p)
{
    append_enum(d, "nh_scope", &xlat_route_scopes, p[1]);
    append_enum(d, "nh_protocol", &xlat_route_protocols, p[2]);
    if (p[3]) {
        append_hex(d, "resvd", p[3]);
    }
    append_flags(d, "nh_flags", &xlat_next_hop_flags, load32(p + 4));
}

static const struct route_part {
    uint16_t first; /* RTM_NEW...; the three that follow take the same structure */
    uint8_t size;
    const char *family;                                /* the first member's name: a byte in all of them */
    void (*show)(struct decoder *d, const uint8_t *p); /* NULL: it has no other members */
    const struct nlattr_table *attributes;
} route_parts[] = {
    {RTM_NEWLINK, 16, "ifi_family", show_link, &nlattr_link},
    {RTM_NEWADDR, 8, "ifa_family", show_address, &nlattr_address},
    {RTM_NEWROUTE, 12, "rtm_family", show_route, &nlattr_route},
    {RTM_NEWNEIGH, 12, "ndm_family", show_neighbour, &nlattr_neighbour},
    {RTM_NEWRULE, 12, "family", show_rule, &nlattr_rule},
    {RTM_NEWQDISC, 20, "tcm_family", show_traffic, &nlattr_traffic},
    {RTM_NEWTCLASS, 20, "tcm_family", show_traffic, &nlattr_traffic},
    {RTM_NEWTFILTER, 20, "tcm_family", show_traffic, &nlattr_traffic},
    {RTM_NEWACTION, 4, "tca_family", NULL, &nlattr_action},
    {RTM_GETMULTICAST - 2, 8, "ifa_family", show_address, &nlattr_address},
    {RTM_GETANYCAST - 2, 8, "ifa_family", show_address, &nlattr_address},
    {RTM_NEWNEIGHTBL, 4, "ndtm_family", NULL, &nlattr_neighbour_table},
    {RTM_NEWADDRLABEL, 12, "ifal_family", show_label, &nlattr_label},
    {RTM_GETDCB - 2, 4, "dcb_family", show_dcb, &nlattr_dcb},
    {RTM_NEWNETCONF, 4, "ncm_family", NULL, &nlattr_netconf},
    {RTM_NEWMDB, 8, "family", show_port, &nlattr_multicast},
    {RTM_NEWNSID, 4, "rtgen_family", NULL, &nlattr_namespace},
    {RTM_NEWSTATS, 12, "family", show_statistics, &nlattr_statistics},
    {RTM_NEWCACHEREPORT, 4, "rtgen_family", NULL, NULL},
    {RTM_NEWCHAIN, 20, "tcm_family", show_traffic, &nlattr_traffic},
    {RTM_NEWNEXTHOP, 8, "nh_family", show_next_hop, &nlattr_next_hop},
};

static const struct route_part *find_part(uint16_t type, uint8_t family)
{
    /* A bridge is asked for its neighbours with the structure of interfaces. */
    uint16_t first = type == RTM_GETNEIGH && family == AF_BRIDGE ? RTM_NEWLINK : type & (uint16_t)~3;
    for (size_t i = 0; i < sizeof(route_parts) / sizeof(route_parts[0]); i++) {
        if (route_parts[i].first == first && xlat_name(&xlat_rtnetlink_types, type)) {
            return &route_parts[i];
        }
    }
    return NULL;
}

/* The one message of multicast routing has families of its own, by which its attributes are called. */
static const struct nlattr_table *attributes_of(const struct route_part *part, uint8_t family)
{
    if (part->attributes) {
        return part->attributes;
    }
    return family == RTNL_FAMILY_IPMR    ? &nlattr_report4
           : family == RTNL_FAMILY_IP6MR ? &nlattr_report6
                                         : NULL;
}

static void show_fixed(struct decoder *d, const struct route_part *part, const uint8_t *bytes, bool whole)
{
    uint32_t index = values_open(d->out, VALUE_STRUCT, NULL);
    bool routing = !part->attributes && bytes[0] >= RTNL_FAMILY_IPMR;
    append_enum(d, part->family, routing ? &xlat_route_families : &xlat_addrfams, bytes[0]);
    if (whole && part->show) {
        part->show(d, bytes);
    } else if (part->show) {
        /* Dump requests of the first interface (struct rtgenmsg) hold nothing but the family. */
        values_at(d->out, index)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

bool netlink_route(struct decoder *d, uint16_t type, uint64_t addr, uint64_t length)
{
    uint8_t bytes[ROUTE_MAX];
    if (!length || !mem_read(d->mem, addr, bytes, 1)) {
        return false;
    }
    const struct route_part *part = find_part(type, bytes[0]);
    if (!part) {
        netlink_show_family(d, bytes[0], addr, length);
        return true;
    }
    bool whole = length >= part->size;
    if (whole && !mem_read(d->mem, addr, bytes, part->size)) {
        return false;
    }
    show_fixed(d, part, bytes, whole);
    const struct nlattr_table *attributes = attributes_of(part, bytes[0]);
    if (length > part->size && attributes) {
        const struct nlattr_context context = {.family = bytes[0]};
        nlattr_show(d, addr + part->size, length - part->size, attributes, &context);
    } else if (length > part->size) {
        decode_hex_bytes(d, NULL, addr + part->size, length - part->size);
    }
    return true;
}
