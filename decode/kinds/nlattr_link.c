/* Attributes of network interfaces: RTM_NEWLINK and its kin. */
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <sys/socket.h>

#include "decode/kinds/members.h"
#include "decode/kinds/net_tables.h"
#include "decode/kinds/nlattr_route.h"
#include "decode/kinds/nlattr_tables.h"

/* Places of the arrays that interfaces are configured and counted by; AF_INET's begin at 1. */
static const char *const devconf4[] = {"[IPV4_DEVCONF_FORWARDING-1]",
                                       "[IPV4_DEVCONF_MC_FORWARDING-1]",
                                       "[IPV4_DEVCONF_PROXY_ARP-1]",
                                       "[IPV4_DEVCONF_ACCEPT_REDIRECTS-1]",
                                       "[IPV4_DEVCONF_SECURE_REDIRECTS-1]",
                                       "[IPV4_DEVCONF_SEND_REDIRECTS-1]",
                                       "[IPV4_DEVCONF_SHARED_MEDIA-1]",
                                       "[IPV4_DEVCONF_RP_FILTER-1]",
                                       "[IPV4_DEVCONF_ACCEPT_SOURCE_ROUTE-1]",
                                       "[IPV4_DEVCONF_BOOTP_RELAY-1]",
                                       "[IPV4_DEVCONF_LOG_MARTIANS-1]",
                                       "[IPV4_DEVCONF_TAG-1]",
                                       "[IPV4_DEVCONF_ARPFILTER-1]",
                                       "[IPV4_DEVCONF_MEDIUM_ID-1]",
                                       "[IPV4_DEVCONF_NOXFRM-1]",
                                       "[IPV4_DEVCONF_NOPOLICY-1]",
                                       "[IPV4_DEVCONF_FORCE_IGMP_VERSION-1]",
                                       "[IPV4_DEVCONF_ARP_ANNOUNCE-1]",
                                       "[IPV4_DEVCONF_ARP_IGNORE-1]",
                                       "[IPV4_DEVCONF_PROMOTE_SECONDARIES-1]",
                                       "[IPV4_DEVCONF_ARP_ACCEPT-1]",
                                       "[IPV4_DEVCONF_ARP_NOTIFY-1]",
                                       "[IPV4_DEVCONF_ACCEPT_LOCAL-1]",
                                       "[IPV4_DEVCONF_SRC_VMARK-1]",
                                       "[IPV4_DEVCONF_PROXY_ARP_PVLAN-1]",
                                       "[IPV4_DEVCONF_ROUTE_LOCALNET-1]",
                                       "[IPV4_DEVCONF_IGMPV2_UNSOLICITED_REPORT_INTERVAL-1]",
                                       "[IPV4_DEVCONF_IGMPV3_UNSOLICITED_REPORT_INTERVAL-1]",
                                       "[IPV4_DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN-1]",
                                       "[IPV4_DEVCONF_DROP_UNICAST_IN_L2_MULTICAST-1]",
                                       "[IPV4_DEVCONF_DROP_GRATUITOUS_ARP-1]",
                                       "[IPV4_DEVCONF_BC_FORWARDING-1]",
                                       "[IPV4_DEVCONF_ARP_EVICT_NOCARRIER-1]"};
static const struct nlattr_names devconf4_names = {devconf4, sizeof(devconf4) / sizeof(devconf4[0])};
static const char *const devconf6[] = {"[DEVCONF_FORWARDING]",
                                       "[DEVCONF_HOPLIMIT]",
                                       "[DEVCONF_MTU6]",
                                       "[DEVCONF_ACCEPT_RA]",
                                       "[DEVCONF_ACCEPT_REDIRECTS]",
                                       "[DEVCONF_AUTOCONF]",
                                       "[DEVCONF_DAD_TRANSMITS]",
                                       "[DEVCONF_RTR_SOLICITS]",
                                       "[DEVCONF_RTR_SOLICIT_INTERVAL]",
                                       "[DEVCONF_RTR_SOLICIT_DELAY]",
                                       "[DEVCONF_USE_TEMPADDR]",
                                       "[DEVCONF_TEMP_VALID_LFT]",
                                       "[DEVCONF_TEMP_PREFERED_LFT]",
                                       "[DEVCONF_REGEN_MAX_RETRY]",
                                       "[DEVCONF_MAX_DESYNC_FACTOR]",
                                       "[DEVCONF_MAX_ADDRESSES]",
                                       "[DEVCONF_FORCE_MLD_VERSION]",
                                       "[DEVCONF_ACCEPT_RA_DEFRTR]",
                                       "[DEVCONF_ACCEPT_RA_PINFO]",
                                       "[DEVCONF_ACCEPT_RA_RTR_PREF]",
                                       "[DEVCONF_RTR_PROBE_INTERVAL]",
                                       "[DEVCONF_ACCEPT_RA_RT_INFO_MAX_PLEN]",
                                       "[DEVCONF_PROXY_NDP]",
                                       "[DEVCONF_OPTIMISTIC_DAD]",
                                       "[DEVCONF_ACCEPT_SOURCE_ROUTE]",
                                       "[DEVCONF_MC_FORWARDING]",
                                       "[DEVCONF_DISABLE_IPV6]",
                                       "[DEVCONF_ACCEPT_DAD]",
                                       "[DEVCONF_FORCE_TLLAO]",
                                       "[DEVCONF_NDISC_NOTIFY]",
                                       "[DEVCONF_MLDV1_UNSOLICITED_REPORT_INTERVAL]",
                                       "[DEVCONF_MLDV2_UNSOLICITED_REPORT_INTERVAL]",
                                       "[DEVCONF_SUPPRESS_FRAG_NDISC]",
                                       "[DEVCONF_ACCEPT_RA_FROM_LOCAL]",
                                       "[DEVCONF_USE_OPTIMISTIC]",
                                       "[DEVCONF_ACCEPT_RA_MTU]",
                                       "[DEVCONF_STABLE_SECRET]",
                                       "[DEVCONF_USE_OIF_ADDRS_ONLY]",
                                       "[DEVCONF_ACCEPT_RA_MIN_HOP_LIMIT]",
                                       "[DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN]",
                                       "[DEVCONF_DROP_UNICAST_IN_L2_MULTICAST]",
                                       "[DEVCONF_DROP_UNSOLICITED_NA]",
                                       "[DEVCONF_KEEP_ADDR_ON_DOWN]",
                                       "[DEVCONF_RTR_SOLICIT_MAX_INTERVAL]",
                                       "[DEVCONF_SEG6_ENABLED]",
                                       "[DEVCONF_SEG6_REQUIRE_HMAC]",
                                       "[DEVCONF_ENHANCED_DAD]",
                                       "[DEVCONF_ADDR_GEN_MODE]",
                                       "[DEVCONF_DISABLE_POLICY]",
                                       "[DEVCONF_ACCEPT_RA_RT_INFO_MIN_PLEN]",
                                       "[DEVCONF_NDISC_TCLASS]",
                                       "[DEVCONF_RPL_SEG_ENABLED]",
                                       "[DEVCONF_RA_DEFRTR_METRIC]",
                                       "[DEVCONF_IOAM6_ENABLED]",
                                       "[DEVCONF_IOAM6_ID]",
                                       "[DEVCONF_IOAM6_ID_WIDE]",
                                       "[DEVCONF_NDISC_EVICT_NOCARRIER]",
                                       "[DEVCONF_ACCEPT_UNTRACKED_NA]",
                                       "[DEVCONF_ACCEPT_RA_MIN_LFT]",
                                       "[DEVCONF_FORCE_FORWARDING]"};
static const struct nlattr_names devconf6_names = {devconf6, sizeof(devconf6) / sizeof(devconf6[0])};
/* In the order that Linux had before 6.15. The last one is of Linux 6.7, and another one since then. */
static const char *const ipstats[] = {"[IPSTATS_MIB_NUM]",
                                      "[IPSTATS_MIB_INPKTS]",
                                      "[IPSTATS_MIB_INOCTETS]",
                                      "[IPSTATS_MIB_INDELIVERS]",
                                      "[IPSTATS_MIB_OUTFORWDATAGRAMS]",
                                      "[IPSTATS_MIB_OUTPKTS]",
                                      "[IPSTATS_MIB_OUTOCTETS]",
                                      "[IPSTATS_MIB_INHDRERRORS]",
                                      "[IPSTATS_MIB_INTOOBIGERRORS]",
                                      "[IPSTATS_MIB_INNOROUTES]",
                                      "[IPSTATS_MIB_INADDRERRORS]",
                                      "[IPSTATS_MIB_INUNKNOWNPROTOS]",
                                      "[IPSTATS_MIB_INTRUNCATEDPKTS]",
                                      "[IPSTATS_MIB_INDISCARDS]",
                                      "[IPSTATS_MIB_OUTDISCARDS]",
                                      "[IPSTATS_MIB_OUTNOROUTES]",
                                      "[IPSTATS_MIB_REASMTIMEOUT]",
                                      "[IPSTATS_MIB_REASMREQDS]",
                                      "[IPSTATS_MIB_REASMOKS]",
                                      "[IPSTATS_MIB_REASMFAILS]",
                                      "[IPSTATS_MIB_FRAGOKS]",
                                      "[IPSTATS_MIB_FRAGFAILS]",
                                      "[IPSTATS_MIB_FRAGCREATES]",
                                      "[IPSTATS_MIB_INMCASTPKTS]",
                                      "[IPSTATS_MIB_OUTMCASTPKTS]",
                                      "[IPSTATS_MIB_INBCASTPKTS]",
                                      "[IPSTATS_MIB_OUTBCASTPKTS]",
                                      "[IPSTATS_MIB_INMCASTOCTETS]",
                                      "[IPSTATS_MIB_OUTMCASTOCTETS]",
                                      "[IPSTATS_MIB_INBCASTOCTETS]",
                                      "[IPSTATS_MIB_OUTBCASTOCTETS]",
                                      "[IPSTATS_MIB_CSUMERRORS]",
                                      "[IPSTATS_MIB_NOECTPKTS]",
                                      "[IPSTATS_MIB_ECT1PKTS]",
                                      "[IPSTATS_MIB_ECT0PKTS]",
                                      "[IPSTATS_MIB_CEPKTS]",
                                      "[IPSTATS_MIB_REASM_OVERLAPS]",
                                      "[37 /* IPSTATS_MIB_??? */]"};
static const struct nlattr_names ipstats_names = {ipstats, sizeof(ipstats) / sizeof(ipstats[0])};
static const char *const icmp6stats[] = {
    "[ICMP6_MIB_NUM]",       "[ICMP6_MIB_INMSGS]",     "[ICMP6_MIB_INERRORS]",     "[ICMP6_MIB_OUTMSGS]",
    "[ICMP6_MIB_OUTERRORS]", "[ICMP6_MIB_CSUMERRORS]", "[ICMP6_MIB_RATELIMITHOST]"};
static const struct nlattr_names icmp6stats_names = {icmp6stats, sizeof(icmp6stats) / sizeof(icmp6stats[0])};

/* struct rtnl_link_stats and rtnl_link_stats64: the members are the same ones. */
#define STATS_MEMBERS(type)                                                                                  \
    MEMBER(type, rx_packets, UINT), MEMBER(type, tx_packets, UINT), MEMBER(type, rx_bytes, UINT),            \
        MEMBER(type, tx_bytes, UINT), MEMBER(type, rx_errors, UINT), MEMBER(type, tx_errors, UINT),          \
        MEMBER(type, rx_dropped, UINT), MEMBER(type, tx_dropped, UINT), MEMBER(type, multicast, UINT),       \
        MEMBER(type, collisions, UINT), MEMBER(type, rx_length_errors, UINT),                                \
        MEMBER(type, rx_over_errors, UINT), MEMBER(type, rx_crc_errors, UINT),                               \
        MEMBER(type, rx_frame_errors, UINT), MEMBER(type, rx_fifo_errors, UINT),                             \
        MEMBER(type, rx_missed_errors, UINT), MEMBER(type, tx_aborted_errors, UINT),                         \
        MEMBER(type, tx_carrier_errors, UINT), MEMBER(type, tx_fifo_errors, UINT),                           \
        MEMBER(type, tx_heartbeat_errors, UINT), MEMBER(type, tx_window_errors, UINT),                       \
        MEMBER(type, rx_compressed, UINT), MEMBER(type, tx_compressed, UINT),                                \
        MEMBER(type, rx_nohandler, UINT)
struct link_stats {
    uint32_t rx_packets, tx_packets, rx_bytes, tx_bytes, rx_errors, tx_errors, rx_dropped, tx_dropped,
        multicast, collisions, rx_length_errors, rx_over_errors, rx_crc_errors, rx_frame_errors,
        rx_fifo_errors, rx_missed_errors, tx_aborted_errors, tx_carrier_errors, tx_fifo_errors,
        tx_heartbeat_errors, tx_window_errors, rx_compressed, tx_compressed, rx_nohandler;
};
struct link_stats64 {
    uint64_t rx_packets, tx_packets, rx_bytes, tx_bytes, rx_errors, tx_errors, rx_dropped, tx_dropped,
        multicast, collisions, rx_length_errors, rx_over_errors, rx_crc_errors, rx_frame_errors,
        rx_fifo_errors, rx_missed_errors, tx_aborted_errors, tx_carrier_errors, tx_fifo_errors,
        tx_heartbeat_errors, tx_window_errors, rx_compressed, tx_compressed, rx_nohandler,
        rx_otherhost_dropped;
};
LAYOUT(stats, struct link_stats, STATS_MEMBERS(struct link_stats));
LAYOUT(stats64, struct link_stats64, STATS_MEMBERS(struct link_stats64),
       MEMBER(struct link_stats64, rx_otherhost_dropped, UINT)); /* 5.19 */

static bool show_stats64(struct decoder *d, uint64_t addr, uint64_t length,
                         const struct nlattr_context *context)
{
    (void)context;
    if (length < offsetof(struct link_stats64, rx_nohandler)) {
        return false;
    }
    decode_layout_at(d, NULL, addr, &layout_stats64, length < layout_stats64.size ? length : UINT64_MAX);
    return true;
}
const struct nlattr_function nlattr_stats64 = {show_stats64};

struct link_map {
    uint64_t mem_start, mem_end, base_addr;
    uint16_t irq;
    uint8_t dma, port, padding[4];
};
LAYOUT(map, struct link_map, MEMBER(struct link_map, mem_start, HEX), MEMBER(struct link_map, mem_end, HEX),
       MEMBER(struct link_map, base_addr, HEX), MEMBER(struct link_map, irq, UINT),
       MEMBER(struct link_map, dma, UINT), MEMBER(struct link_map, port, UINT));

struct inet6_cacheinfo {
    uint32_t max_reasm_len, tstamp, reachable_time, retrans_time;
};
LAYOUT(inet6_cacheinfo, struct inet6_cacheinfo, MEMBER(struct inet6_cacheinfo, max_reasm_len, UINT),
       MEMBER(struct inet6_cacheinfo, tstamp, UINT), MEMBER(struct inet6_cacheinfo, reachable_time, UINT),
       MEMBER(struct inet6_cacheinfo, retrans_time, UINT));

NLATTR_TABLE(inet, xlat_nl_ifla_inet, {IFLA_INET_CONF, NLATTR_NUMBERS, 4, &devconf4_names});
NLATTR_TABLE(inet6, xlat_nl_ifla_inet6, {IFLA_INET6_FLAGS, NLATTR_FLAGS, 4, &xlat_nl_inet6_flags},
             {IFLA_INET6_CONF, NLATTR_NUMBERS, 4, &devconf6_names},
             {IFLA_INET6_STATS, NLATTR_NUMBERS, 8, &ipstats_names},
             {IFLA_INET6_CACHEINFO, NLATTR_LAYOUT, 0, &layout_inet6_cacheinfo},
             {IFLA_INET6_ICMP6STATS, NLATTR_NUMBERS, 8, &icmp6stats_names},
             {IFLA_INET6_TOKEN, NLATTR_ADDRESS6, 0, NULL},
             {IFLA_INET6_ADDR_GEN_MODE, NLATTR_ENUM, 1, &xlat_nl_addr_gen_mode},
             {9 /* IFLA_INET6_RA_MTU */, NLATTR_UINT, 4, NULL});
NLATTR_TABLE(mctp, xlat_nl_ifla_mctp, NUMBER(1 /* IFLA_MCTP_NET */, 4),
             NLATTR_LINE(2 /* IFLA_MCTP_PHYS_BINDING */, ENUM, 1, &xlat_nl_mctp_binding));
NLATTR_TABLE(af_spec, xlat_addrfams, NEST(AF_INET, inet), NEST(AF_INET6, inet6),
             NEST(45 /* AF_MCTP */, mctp));

/* Attributes that mean something else for a bridge and for IPv6 than for other families. */
static bool show_spec(struct decoder *d, uint64_t addr, uint64_t length, const struct nlattr_context *context)
{
    const struct nlattr_table *table = context->family == AF_BRIDGE ? &nlattr_bridge_spec : &nlattr_af_spec;
    nlattr_show(d, addr, length, table, context);
    return true;
}

static bool show_protocol(struct decoder *d, uint64_t addr, uint64_t length,
                          const struct nlattr_context *context)
{
    if (context->family != AF_BRIDGE && context->family != AF_INET6) {
        return false;
    }
    nlattr_show(d, addr, length, context->family == AF_BRIDGE ? &nlattr_bridge_port : &nlattr_inet6, context);
    return true;
}
static const struct nlattr_function spec = {show_spec}, protocol = {show_protocol};

NLATTR_TABLE(down_reason, xlat_nl_ifla_down_reason,
             NLATTR_LINE(1 /* IFLA_PROTO_DOWN_REASON_MASK */, HEX, 4, NULL),
             NLATTR_LINE(2 /* IFLA_PROTO_DOWN_REASON_VALUE */, HEX, 4, NULL));
NLATTR_TABLE(xdp, xlat_nl_ifla_xdp, {IFLA_XDP_FD, NLATTR_FD, 4, NULL},
             {IFLA_XDP_ATTACHED, NLATTR_ENUM, 1, &xlat_nl_xdp_attached},
             {IFLA_XDP_FLAGS, NLATTR_FLAGS, 4, &xlat_nl_xdp_flags}, {IFLA_XDP_PROG_ID, NLATTR_UINT, 4, NULL},
             {IFLA_XDP_DRV_PROG_ID, NLATTR_UINT, 4, NULL}, {IFLA_XDP_SKB_PROG_ID, NLATTR_UINT, 4, NULL},
             {IFLA_XDP_HW_PROG_ID, NLATTR_UINT, 4, NULL}, {8 /* IFLA_XDP_EXPECTED_FD */, NLATTR_FD, 4, NULL});

NLATTR_TABLE(properties, xlat_nl_ifla, STRING(53 /* IFLA_ALT_IFNAME */));
static const struct nlattr_shape link_attributes[] = {
    {IFLA_ADDRESS, NLATTR_HARDWARE, 0, NULL},
    {IFLA_BROADCAST, NLATTR_HARDWARE, 0, NULL},
    STRING(IFLA_IFNAME),
    NUMBER(IFLA_MTU, 4),
    NUMBER(IFLA_LINK, 4),
    STRING(IFLA_QDISC),
    {IFLA_STATS, NLATTR_LAYOUT, offsetof(struct link_stats, rx_nohandler), &layout_stats},
    NUMBER(IFLA_MASTER, 4),
    SHOW(IFLA_PROTINFO, protocol),
    NUMBER(IFLA_TXQLEN, 4),
    {IFLA_MAP, NLATTR_LAYOUT, 28, &layout_map},
    NUMBER(IFLA_WEIGHT, 4),
    NUMBER(IFLA_OPERSTATE, 1),
    NUMBER(IFLA_LINKMODE, 1),
    SHOW(IFLA_LINKINFO, nlattr_link_info),
    NUMBER(IFLA_NET_NS_PID, 4),
    STRING(IFLA_IFALIAS),
    NUMBER(IFLA_NUM_VF, 4),
    NEST(IFLA_VFINFO_LIST, virtual_functions),
    SHOW(IFLA_STATS64, nlattr_stats64),
    NEST(IFLA_VF_PORTS, ports),
    NEST(IFLA_PORT_SELF, port),
    SHOW(IFLA_AF_SPEC, spec),
    NUMBER(IFLA_GROUP, 4),
    {IFLA_NET_NS_FD, NLATTR_FD, 4, NULL},
    {IFLA_EXT_MASK, NLATTR_FLAGS, 4, &xlat_nl_rtext_filter},
    NUMBER(IFLA_PROMISCUITY, 4),
    NUMBER(IFLA_NUM_TX_QUEUES, 4),
    NUMBER(IFLA_NUM_RX_QUEUES, 4),
    NUMBER(IFLA_CARRIER, 1),
    NUMBER(IFLA_CARRIER_CHANGES, 4),
    {IFLA_LINK_NETNSID, NLATTR_INT, 4, NULL},
    STRING(IFLA_PHYS_PORT_NAME),
    NUMBER(IFLA_PROTO_DOWN, 1),
    NUMBER(IFLA_GSO_MAX_SEGS, 4),
    NUMBER(IFLA_GSO_MAX_SIZE, 4),
    {IFLA_XDP, NLATTR_NEST, 0, &nlattr_xdp},
    {IFLA_EVENT, NLATTR_ENUM, 4, &xlat_nl_link_event},
    {IFLA_NEW_NETNSID, NLATTR_INT, 4, NULL},
    {IFLA_IF_NETNSID, NLATTR_INT, 4, NULL},
    NUMBER(IFLA_CARRIER_UP_COUNT, 4),
    NUMBER(IFLA_CARRIER_DOWN_COUNT, 4),
    {IFLA_NEW_IFINDEX, NLATTR_INTERFACE, 4, NULL},
    NUMBER(IFLA_MIN_MTU, 4),
    NUMBER(IFLA_MAX_MTU, 4),
    {52 /* IFLA_PROP_LIST */, NLATTR_NEST, 0, &nlattr_properties},
    STRING(53 /* IFLA_ALT_IFNAME */),
    {54 /* IFLA_PERM_ADDRESS */, NLATTR_HARDWARE, 0, NULL},
    NEST(55 /* IFLA_PROTO_DOWN_REASON */, down_reason),
    STRING(56 /* IFLA_PARENT_DEV_NAME */),
    STRING(57 /* IFLA_PARENT_DEV_BUS_NAME */),
    NUMBER(58 /* IFLA_GRO_MAX_SIZE */, 4),
    NUMBER(59 /* IFLA_TSO_MAX_SIZE */, 4),
    NUMBER(60 /* IFLA_TSO_MAX_SEGS */, 4),
    NUMBER(61 /* IFLA_ALLMULTI */, 4),
    NUMBER(62 /* IFLA_DEVLINK_PORT */, 4),
    NUMBER(63 /* IFLA_GSO_IPV4_MAX_SIZE */, 4),
    NUMBER(64 /* IFLA_GRO_IPV4_MAX_SIZE */, 4),
    NUMBER(66 /* IFLA_MAX_PACING_OFFLOAD_HORIZON */, 4),
    NUMBER(67 /* IFLA_NETNS_IMMUTABLE */, 1),
    NUMBER(68 /* IFLA_HEADROOM */, 2),
    NUMBER(69 /* IFLA_TAILROOM */, 2)};
NLATTR_LISTED(link, xlat_nl_ifla, link_attributes);
