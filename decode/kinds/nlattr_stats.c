/* Attributes of RTM_NEWSTATS: what network interfaces have counted. */
#include <linux/if_bonding.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/mpls.h>
#include <stddef.h>
#include <sys/socket.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/members.h"
#include "decode/kinds/net_tables.h"
#include "decode/kinds/nlattr_route.h"
#include "decode/kinds/nlattr_tables.h"

XLAT_ORDERED(nl_stats, "IFLA_STATS_???", {0, "IFLA_STATS_UNSPEC"}, {1, "IFLA_STATS_LINK_64"},
             {2, "IFLA_STATS_LINK_XSTATS"}, {3, "IFLA_STATS_LINK_XSTATS_SLAVE"},
             {4, "IFLA_STATS_LINK_OFFLOAD_XSTATS"}, {5, "IFLA_STATS_AF_SPEC"});
XLAT_ORDERED(nl_xstats, "LINK_XSTATS_TYPE_???", {0, "LINK_XSTATS_TYPE_UNSPEC"},
             {1, "LINK_XSTATS_TYPE_BRIDGE"}, {2, "LINK_XSTATS_TYPE_BOND"});
XLAT_ORDERED(nl_xstats_bridge, "BRIDGE_XSTATS_???", {0, "BRIDGE_XSTATS_UNSPEC"}, {1, "BRIDGE_XSTATS_VLAN"},
             {2, "BRIDGE_XSTATS_MCAST"}, {3, "BRIDGE_XSTATS_PAD"}, {4, "BRIDGE_XSTATS_STP"});
XLAT_ORDERED(nl_offload, "IFLA_OFFLOAD_XSTATS_???", {0, "IFLA_OFFLOAD_XSTATS_UNSPEC"},
             {1, "IFLA_OFFLOAD_XSTATS_CPU_HIT"}, {2, "IFLA_OFFLOAD_XSTATS_HW_S_INFO"},
             {3, "IFLA_OFFLOAD_XSTATS_L3_STATS"});
XLAT_ORDERED(nl_xstats_bond, "BOND_XSTATS_???", {0, "BOND_XSTATS_UNSPEC"}, {1, "BOND_XSTATS_3AD"});
XLAT_ORDERED(nl_xstats_3ad, "BOND_XSTATS_???", {0, "BOND_3AD_STAT_LACPDU_RX"}, {1, "BOND_3AD_STAT_LACPDU_TX"},
             {2, "BOND_3AD_STAT_LACPDU_UNKNOWN_RX"}, {3, "BOND_3AD_STAT_LACPDU_ILLEGAL_RX"},
             {4, "BOND_3AD_STAT_MARKER_RX"}, {5, "BOND_3AD_STAT_MARKER_TX"},
             {6, "BOND_3AD_STAT_MARKER_RESP_RX"}, {7, "BOND_3AD_STAT_MARKER_RESP_TX"},
             {8, "BOND_3AD_STAT_MARKER_UNKNOWN_RX"}, {9, "BOND_3AD_STAT_PAD"});
XLAT_ORDERED(nl_stats_mpls, "MPLS_STATS_???", {0, "MPLS_STATS_UNSPEC"}, {1, "MPLS_STATS_LINK"});

#define VLAN(member) MEMBER(struct bridge_vlan_xstats, member, UINT)
LAYOUT(vlan, struct bridge_vlan_xstats, VLAN(rx_bytes), VLAN(rx_packets), VLAN(tx_bytes), VLAN(tx_packets),
       VLAN(vid), MEMBER(struct bridge_vlan_xstats, flags, FLAGS, .xlat = &xlat_nl_bridge_vlan));
#define STP(member) MEMBER(struct bridge_stp_xstats, member, UINT)
LAYOUT(stp, struct bridge_stp_xstats, STP(transition_blk), STP(transition_fwd), STP(rx_bpdu), STP(tx_bpdu),
       STP(rx_tcn), STP(tx_tcn));
#define MPLS(member) MEMBER(struct mpls_link_stats, member, UINT)
LAYOUT(mpls, struct mpls_link_stats, MPLS(rx_packets), MPLS(tx_packets), MPLS(rx_bytes), MPLS(tx_bytes),
       MPLS(rx_errors), MPLS(tx_errors), MPLS(rx_dropped), MPLS(tx_dropped), MPLS(rx_noroute));

/* struct br_mcast_stats: numbers, and pairs of them for each direction. */
static bool show_multicast(struct decoder *d, uint64_t addr, uint64_t length,
                           const struct nlattr_context *context)
{
    static const struct {
        const char *name;
        bool pair;
    } members[] = {{"igmp_v1queries", true}, {"igmp_v2queries", true},     {"igmp_v3queries", true},
                   {"igmp_leaves", true},    {"igmp_v1reports", true},     {"igmp_v2reports", true},
                   {"igmp_v3reports", true}, {"igmp_parse_errors", false}, {"mld_v1queries", true},
                   {"mld_v2queries", true},  {"mld_leaves", true},         {"mld_v1reports", true},
                   {"mld_v2reports", true},  {"mld_parse_errors", false},  {"mcast_bytes", true},
                   {"mcast_packets", true}};
    (void)context;
    uint64_t numbers[sizeof(struct br_mcast_stats) / sizeof(uint64_t)];
    if (length < sizeof(numbers) || !mem_read(d->mem, addr, numbers, sizeof(numbers))) {
        return false;
    }
    const uint64_t *next = numbers;
    values_open(d->out, VALUE_STRUCT, NULL);
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (!members[i].pair) {
            append_uint(d, members[i].name, *next++);
            continue;
        }
        uint32_t pair = values_open(d->out, VALUE_ARRAY, members[i].name);
        values_at(d->out, pair)->flags |= VALUE_PLACES;
        append_uint(d, "[BR_MCAST_DIR_RX]", *next++);
        append_uint(d, "[BR_MCAST_DIR_TX]", *next++);
        values_close(d->out);
    }
    values_close(d->out);
    if (length > sizeof(numbers)) {
        decode_hex_bytes(d, NULL, addr + sizeof(numbers), length - sizeof(numbers));
    }
    return true;
}
static const struct nlattr_function multicast = {show_multicast};

NLATTR_TABLE(bridge, xlat_nl_xstats_bridge, NLATTR_LINE(BRIDGE_XSTATS_VLAN, LAYOUT_REST, 0, &layout_vlan),
             SHOW(BRIDGE_XSTATS_MCAST, multicast),
             NLATTR_LINE(BRIDGE_XSTATS_STP, LAYOUT_REST, 0, &layout_stp));
NLATTR_TABLE(aggregation, xlat_nl_xstats_3ad, NUMBER(BOND_3AD_STAT_LACPDU_RX, 8),
             NUMBER(BOND_3AD_STAT_LACPDU_TX, 8), NUMBER(BOND_3AD_STAT_LACPDU_UNKNOWN_RX, 8),
             NUMBER(BOND_3AD_STAT_LACPDU_ILLEGAL_RX, 8), NUMBER(BOND_3AD_STAT_MARKER_RX, 8),
             NUMBER(BOND_3AD_STAT_MARKER_TX, 8), NUMBER(BOND_3AD_STAT_MARKER_RESP_RX, 8),
             NUMBER(BOND_3AD_STAT_MARKER_RESP_TX, 8), NUMBER(BOND_3AD_STAT_MARKER_UNKNOWN_RX, 8));
NLATTR_TABLE(bond, xlat_nl_xstats_bond, NEST(BOND_XSTATS_3AD, aggregation));
NLATTR_TABLE(by_type, xlat_nl_xstats, NEST(LINK_XSTATS_TYPE_BRIDGE, bridge),
             NEST(LINK_XSTATS_TYPE_BOND, bond));
NLATTR_TABLE(offload, xlat_nl_offload, SHOW(IFLA_OFFLOAD_XSTATS_CPU_HIT, nlattr_stats64));
NLATTR_TABLE(labels, xlat_nl_stats_mpls, NLATTR_LINE(MPLS_STATS_LINK, LAYOUT_REST, 0, &layout_mpls));
NLATTR_TABLE(families, xlat_addrfams, NEST(AF_MPLS, labels));
static const struct nlattr_shape stats_attributes[] = {
    SHOW(IFLA_STATS_LINK_64, nlattr_stats64),    NEST(IFLA_STATS_LINK_XSTATS, by_type),
    NEST(IFLA_STATS_LINK_XSTATS_SLAVE, by_type), NEST(IFLA_STATS_LINK_OFFLOAD_XSTATS, offload),
    NEST(IFLA_STATS_AF_SPEC, families),
};
NLATTR_LISTED(statistics, xlat_nl_stats, stats_attributes);
