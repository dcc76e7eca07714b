/* NETLINK_ROUTE: the fixed parts of its messages, which begin with the family (linux/rtnetlink.h). */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

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
    net_enum(d, "ifi_type", &xlat_arp_hardware_types, load16(p + 2));
    net_interface(d, "ifi_index", load32(p + 4));
    net_flags(d, "ifi_flags", &xlat_interface_flags, load32(p + 8));
    net_hex(d, "ifi_change", load32(p + 12));
}

static void show_address(struct decoder *d, const uint8_t *p)
{
    net_uint(d, "ifa_prefixlen", p[1]);
    net_flags(d, "ifa_flags", &xlat_address_flags, p[2]);
    net_enum(d, "ifa_scope", &xlat_route_scopes, p[3]);
    net_interface(d, "ifa_index", load32(p + 4));
}

static void show_route(struct decoder *d, const uint8_t *p)
{
    net_uint(d, "rtm_dst_len", p[1]);
    net_uint(d, "rtm_src_len", p[2]);
    net_flags(d, "rtm_tos", &xlat_ip_tos, p[3]);
    net_enum(d, "rtm_table", &xlat_route_tables, p[4]);
    net_enum(d, "rtm_protocol", &xlat_route_protocols, p[5]);
    net_enum(d, "rtm_scope", &xlat_route_scopes, p[6]);
    net_enum(d, "rtm_type", &xlat_route_types, p[7]);
    net_flags(d, "rtm_flags", &xlat_route_flags, load32(p + 8));
}

static void show_neighbour(struct decoder *d, const uint8_t *p)
{
    net_interface(d, "ndm_ifindex", load32(p + 4));
    net_flags(d, "ndm_state", &xlat_neighbour_states, load16(p + 8));
    net_flags(d, "ndm_flags", &xlat_neighbour_flags, p[10]);
    net_enum(d, "ndm_type", &xlat_route_types, p[11]);
}

static void show_rule(struct decoder *d, const uint8_t *p)
{
    net_uint(d, "dst_len", p[1]);
    net_uint(d, "src_len", p[2]);
    net_flags(d, "tos", &xlat_ip_tos, p[3]);
    net_enum(d, "table", &xlat_route_tables, p[4]);
    net_enum(d, "action", &xlat_nl_rule_action, p[7]);
    net_flags(d, "flags", &xlat_nl_rule_flags, load32(p + 8));
}

static void show_traffic(struct decoder *d, const uint8_t *p)
{
    net_interface(d, "tcm_ifindex", load32(p + 4));
    net_uint(d, "tcm_handle", load32(p + 8));
    net_uint(d, "tcm_parent", load32(p + 12));
    net_uint(d, "tcm_info", load32(p + 16));
}

static void show_nothing(struct decoder *d, const uint8_t *p)
{
    (void)d, (void)p;
}

static const struct route_part {
    uint16_t first; /* RTM_NEW...; the three that follow take the same structure */
    uint8_t size;
    const char *family; /* the first member's name: a byte in all of them */
    void (*show)(struct decoder *d, const uint8_t *p);
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
    {RTM_NEWNEIGHTBL, 4, "ndtm_family", show_nothing, &nlattr_neighbour_table},
    {RTM_NEWNETCONF, 4, "ncm_family", show_nothing, &nlattr_netconf},
    {RTM_NEWNSID, 4, "rtgen_family", show_nothing, &nlattr_namespace},
};

static const struct route_part *find_part(uint16_t type)
{
    for (size_t i = 0; i < sizeof(route_parts) / sizeof(route_parts[0]); i++) {
        if (route_parts[i].first == (type & ~3)) {
            return &route_parts[i];
        }
    }
    return NULL;
}

/* A message without a fixed part that is known: all begin with the family. */
static bool show_family(struct decoder *d, uint64_t addr, uint64_t length)
{
    uint8_t family;
    if (!length || !mem_read(d->mem, addr, &family, sizeof(family))) {
        return false;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    net_enum(d, "family", &xlat_addrfams, family);
    if (length > sizeof(family)) {
        decode_hex_bytes(d, "data", addr + sizeof(family), length - sizeof(family));
    }
    values_close(d->out);
    return true;
}

bool netlink_route(struct decoder *d, uint16_t type, uint64_t addr, uint64_t length)
{
    const struct route_part *part = find_part(type);
    uint8_t bytes[ROUTE_MAX];
    size_t size = !part ? 0 : length < part->size ? 1 : part->size;
    if (!part) {
        return show_family(d, addr, length);
    }
    if (!mem_read(d->mem, addr, bytes, size)) {
        return false;
    }
    uint32_t whole = values_open(d->out, VALUE_STRUCT, NULL);
    net_enum(d, part->family, &xlat_addrfams, bytes[0]);
    if (size == part->size) {
        part->show(d, bytes);
    } else {
        /* Dump requests of the first interface (struct rtgenmsg) hold nothing but the family. */
        values_at(d->out, whole)->flags |= VALUE_MORE;
    }
    values_close(d->out);
    if (size == part->size && length > size) {
        const struct nlattr_context context = {.family = bytes[0]};
        nlattr_show(d, addr + size, length - size, part->attributes, &context);
    }
    return true;
}
