/* Attributes of addresses, routes, rules and network namespaces. */
#include "decode/kinds/nlattr_route.h"
#include "decode/kinds/basic.h"

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/net_namespace.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <sys/socket.h>

#include "decode/kinds/members.h"
#include "decode/kinds/net_tables.h"
#include "decode/kinds/netlink_tables.h"
#include "decode/kinds/nlattr_tables.h"

LAYOUT(ifa_cacheinfo, struct ifa_cacheinfo, MEMBER(struct ifa_cacheinfo, ifa_prefered, UINT),
       MEMBER(struct ifa_cacheinfo, ifa_valid, UINT), MEMBER(struct ifa_cacheinfo, cstamp, UINT),
       MEMBER(struct ifa_cacheinfo, tstamp, UINT));
static const struct nlattr_shape address_attributes[] = {
    ADDRESS(IFA_ADDRESS),       ADDRESS(IFA_LOCAL),
    STRING(IFA_LABEL),          ADDRESS(IFA_BROADCAST),
    ADDRESS(IFA_ANYCAST),       {IFA_CACHEINFO, NLATTR_LAYOUT, 0, &layout_ifa_cacheinfo},
    ADDRESS(IFA_MULTICAST),     {IFA_FLAGS, NLATTR_FLAGS, 4, &xlat_address_flags},
    NUMBER(IFA_RT_PRIORITY, 4), {IFA_TARGET_NETNSID, NLATTR_INT, 4, NULL}};
NLATTR_LISTED(address, xlat_nl_ifa, address_attributes);

/* A next hop of several: struct rtnexthop, and attributes. Returns where the next one starts; 0: nowhere. */
enum { NEXT_HOP = 8 };
static uint64_t show_next_hop(struct decoder *d, uint64_t addr, uint64_t length,
                              const struct nlattr_context *context)
{
    uint8_t hop[NEXT_HOP];
    if (length < sizeof(hop) || !mem_read(d->mem, addr, hop, sizeof(hop))) {
        return 0;
    }
    uint16_t whole = load16(hop);
    uint64_t size = whole < length ? whole : length;
    if (size > sizeof(hop)) {
        values_open(d->out, VALUE_ARRAY, NULL);
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    append_uint(d, "rtnh_len", whole);
    append_flags(d, "rtnh_flags", &xlat_next_hop_flags, hop[2]);
    append_uint(d, "rtnh_hops", hop[3]);
    net_interface(d, "rtnh_ifindex", load32(hop + 4));
    values_close(d->out);
    if (size > sizeof(hop)) {
        nlattr_show(d, addr + sizeof(hop), size - sizeof(hop), &nlattr_route, context);
        values_close(d->out);
    }
    return whole < sizeof(hop) ? 0 : ((uint64_t)whole + 3) & ~UINT64_C(3);
}

static bool show_multipath(struct decoder *d, uint64_t addr, uint64_t length,
                           const struct nlattr_context *context)
{
    uint16_t first;
    if (length < NEXT_HOP || !mem_read(d->mem, addr, &first, sizeof(first))) {
        return false;
    }
    bool several = first < length;
    if (several) {
        values_open(d->out, VALUE_ARRAY, NULL);
    }
    for (uint64_t step; !d->out->full; addr += step, length -= step) {
        step = show_next_hop(d, addr, length, context);
        if (step == 0 || step >= length) {
            break;
        }
    }
    if (several) {
        values_close(d->out);
    }
    return true;
}
static const struct nlattr_function multipath = {show_multipath};

/* An address of a family of its own (struct rtvia). */
static bool show_via(struct decoder *d, uint64_t addr, uint64_t length, const struct nlattr_context *context)
{
    (void)context;
    uint8_t via[2 + 16] = {0};
    if (length < 2 || !mem_read(d->mem, addr, via, length < sizeof(via) ? length : sizeof(via))) {
        return false;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    append_enum(d, "rtvia_family", &xlat_addrfams, load16(via));
    if (load16(via) == AF_INET && length >= 6) {
        net_address4(d, "rtvia_addr", via + 2);
    } else if (load16(via) == AF_INET6 && length >= 18) {
        net_address6(d, "rtvia_addr", "&rtvia_addr", via + 2);
    } else if (length > 2) {
        decode_hex_bytes(d, "rtvia_addr", addr + 2, length - 2);
    }
    values_close(d->out);
    return true;
}
static const struct nlattr_function via = {show_via};

LAYOUT(rta_cacheinfo, struct rta_cacheinfo, MEMBER(struct rta_cacheinfo, rta_clntref, UINT),
       MEMBER(struct rta_cacheinfo, rta_lastuse, UINT), MEMBER(struct rta_cacheinfo, rta_expires, UINT),
       MEMBER(struct rta_cacheinfo, rta_error, UINT), MEMBER(struct rta_cacheinfo, rta_used, UINT),
       MEMBER(struct rta_cacheinfo, rta_id, HEX), MEMBER(struct rta_cacheinfo, rta_ts, UINT),
       MEMBER(struct rta_cacheinfo, rta_tsage, UINT));
LAYOUT(mfc_stats, struct rta_mfc_stats, MEMBER(struct rta_mfc_stats, mfcs_packets, UINT),
       MEMBER(struct rta_mfc_stats, mfcs_bytes, UINT), MEMBER(struct rta_mfc_stats, mfcs_wrong_if, UINT));
NLATTR_TABLE(metrics, xlat_nl_rtax, NUMBER(RTAX_LOCK, 4), NUMBER(RTAX_MTU, 4), NUMBER(RTAX_WINDOW, 4),
             NUMBER(RTAX_RTT, 4), NUMBER(RTAX_RTTVAR, 4), NUMBER(RTAX_SSTHRESH, 4), NUMBER(RTAX_CWND, 4),
             NUMBER(RTAX_ADVMSS, 4), NUMBER(RTAX_REORDERING, 4), NUMBER(RTAX_HOPLIMIT, 4),
             NUMBER(RTAX_INITCWND, 4), NUMBER(RTAX_FEATURES, 4), NUMBER(RTAX_RTO_MIN, 4),
             NUMBER(RTAX_INITRWND, 4), NUMBER(RTAX_QUICKACK, 4), STRING(RTAX_CC_ALGO),
             NUMBER(RTAX_FASTOPEN_NO_COOKIE, 4));
static const struct nlattr_shape route_attributes[] = {
    ADDRESS(RTA_DST),
    ADDRESS(RTA_SRC),
    INTERFACE(RTA_IIF),
    INTERFACE(RTA_OIF),
    ADDRESS(RTA_GATEWAY),
    NUMBER(RTA_PRIORITY, 4),
    ADDRESS(RTA_PREFSRC),
    {RTA_METRICS, NLATTR_NEST, 0, &nlattr_metrics},
    {RTA_MULTIPATH, NLATTR_SHOW, 0, &multipath},
    NUMBER(RTA_PROTOINFO, 4),
    NUMBER(RTA_FLOW, 4),
    {RTA_CACHEINFO, NLATTR_LAYOUT, 0, &layout_rta_cacheinfo},
    {RTA_TABLE, NLATTR_ENUM, 4, &xlat_route_tables},
    NUMBER(RTA_MP_ALGO, 4),
    NUMBER(RTA_MARK, 4),
    NLATTR_LINE(RTA_MFC_STATS, LAYOUT, 0, &layout_mfc_stats),
    {RTA_VIA, NLATTR_SHOW, 0, &via},
    ADDRESS(RTA_NEWDST),
    NUMBER(RTA_PREF, 1),
    {RTA_ENCAP_TYPE, NLATTR_ENUM, 2, &xlat_nl_encap_type},
    NUMBER(RTA_EXPIRES, 8),
    NUMBER(RTA_UID, 4),
    NUMBER(RTA_TTL_PROPAGATE, 1),
    NUMBER(RTA_IP_PROTO, 1),
    NUMBER(RTA_SPORT, 2), /* in the network's order, but strace shows them so */
    NUMBER(RTA_DPORT, 2),
    NUMBER(30 /* RTA_NH_ID */, 4),
    {31 /* RTA_FLOWLABEL */, NLATTR_NET, 4, NULL}};
NLATTR_LISTED(route, xlat_nl_rta, route_attributes);

LAYOUT(uid_range, struct fib_rule_uid_range, MEMBER(struct fib_rule_uid_range, start, UINT),
       MEMBER(struct fib_rule_uid_range, end, UINT));
LAYOUT(port_range, struct fib_rule_port_range, MEMBER(struct fib_rule_port_range, start, UINT),
       MEMBER(struct fib_rule_port_range, end, UINT));
static const struct nlattr_shape rule_attributes[] = {ADDRESS(FRA_DST),
                                                      ADDRESS(FRA_SRC),
                                                      STRING(FRA_IIFNAME),
                                                      NUMBER(FRA_GOTO, 4),
                                                      NUMBER(FRA_PRIORITY, 4),
                                                      NUMBER(FRA_FWMARK, 4),
                                                      NUMBER(FRA_FLOW, 4),
                                                      {FRA_TUN_ID, NLATTR_NET, 8, NULL},
                                                      NUMBER(FRA_SUPPRESS_IFGROUP, 4),
                                                      NUMBER(FRA_SUPPRESS_PREFIXLEN, 4),
                                                      {FRA_TABLE, NLATTR_ENUM, 4, &xlat_route_tables},
                                                      NUMBER(FRA_FWMASK, 4),
                                                      STRING(FRA_OIFNAME),
                                                      NUMBER(FRA_L3MDEV, 1),
                                                      {FRA_UID_RANGE, NLATTR_LAYOUT, 0, &layout_uid_range},
                                                      {FRA_PROTOCOL, NLATTR_ENUM, 1, &xlat_route_protocols},
                                                      {FRA_IP_PROTO, NLATTR_ENUM, 0, &xlat_inet_protocols},
                                                      {FRA_SPORT_RANGE, NLATTR_LAYOUT, 0, &layout_port_range},
                                                      {FRA_DPORT_RANGE, NLATTR_LAYOUT, 0, &layout_port_range},
                                                      {25 /* FRA_DSCP */, NLATTR_HEX, 1, NULL},
                                                      {26 /* FRA_FLOWLABEL */, NLATTR_NET, 4, NULL},
                                                      {27 /* FRA_FLOWLABEL_MASK */, NLATTR_NET, 4, NULL}};
NLATTR_LISTED(rule, xlat_nl_fra, rule_attributes);

static const struct nlattr_shape netconf_attributes[] = {
    INTERFACE(NETCONFA_IFINDEX),
    {NETCONFA_FORWARDING, NLATTR_INT, 4, NULL},
    {NETCONFA_RP_FILTER, NLATTR_INT, 4, NULL},
    {NETCONFA_MC_FORWARDING, NLATTR_INT, 4, NULL},
    {NETCONFA_PROXY_NEIGH, NLATTR_INT, 4, NULL},
    {NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN, NLATTR_INT, 4, NULL},
    {7 /* NETCONFA_INPUT */, NLATTR_INT, 4, NULL},
    {8 /* NETCONFA_BC_FORWARDING */, NLATTR_INT, 4, NULL}};
NLATTR_LISTED(netconf, xlat_nl_netconfa, netconf_attributes);

static const struct nlattr_shape namespace_attributes[] = {
    {NETNSA_NSID, NLATTR_INT, 4, NULL},
    NUMBER(NETNSA_PID, 4),
    {NETNSA_FD, NLATTR_FD, 4, NULL},
    {4 /* NETNSA_TARGET_NSID */, NLATTR_INT, 4, NULL},
    {5 /* NETNSA_CURRENT_NSID */, NLATTR_INT, 4, NULL}};
NLATTR_LISTED(namespace, xlat_nl_netnsa, namespace_attributes);
