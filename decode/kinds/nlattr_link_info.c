/* What interfaces say of their kind (IFLA_LINKINFO), and ports of a bridge (IFLA_PROTINFO, IFLA_AF_SPEC). */
#include <linux/if_bridge.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/members.h"
#include "decode/kinds/net_tables.h"
#include "decode/kinds/nlattr_route.h"
#include "decode/kinds/nlattr_tables.h"

XLAT_ORDERED(nl_brport, "IFLA_BRPORT_???", {0, "IFLA_BRPORT_UNSPEC"}, {1, "IFLA_BRPORT_STATE"},
             {2, "IFLA_BRPORT_PRIORITY"}, {3, "IFLA_BRPORT_COST"}, {4, "IFLA_BRPORT_MODE"},
             {5, "IFLA_BRPORT_GUARD"}, {6, "IFLA_BRPORT_PROTECT"}, {7, "IFLA_BRPORT_FAST_LEAVE"},
             {8, "IFLA_BRPORT_LEARNING"}, {9, "IFLA_BRPORT_UNICAST_FLOOD"}, {10, "IFLA_BRPORT_PROXYARP"},
             {11, "IFLA_BRPORT_LEARNING_SYNC"}, {12, "IFLA_BRPORT_PROXYARP_WIFI"},
             {13, "IFLA_BRPORT_ROOT_ID"}, {14, "IFLA_BRPORT_BRIDGE_ID"}, {15, "IFLA_BRPORT_DESIGNATED_PORT"},
             {16, "IFLA_BRPORT_DESIGNATED_COST"}, {17, "IFLA_BRPORT_ID"}, {18, "IFLA_BRPORT_NO"},
             {19, "IFLA_BRPORT_TOPOLOGY_CHANGE_ACK"}, {20, "IFLA_BRPORT_CONFIG_PENDING"},
             {21, "IFLA_BRPORT_MESSAGE_AGE_TIMER"}, {22, "IFLA_BRPORT_FORWARD_DELAY_TIMER"},
             {23, "IFLA_BRPORT_HOLD_TIMER"}, {24, "IFLA_BRPORT_FLUSH"}, {25, "IFLA_BRPORT_MULTICAST_ROUTER"},
             {26, "IFLA_BRPORT_PAD"}, {27, "IFLA_BRPORT_MCAST_FLOOD"}, {28, "IFLA_BRPORT_MCAST_TO_UCAST"},
             {29, "IFLA_BRPORT_VLAN_TUNNEL"}, {30, "IFLA_BRPORT_BCAST_FLOOD"},
             {31, "IFLA_BRPORT_GROUP_FWD_MASK"}, {32, "IFLA_BRPORT_NEIGH_SUPPRESS"},
             {33, "IFLA_BRPORT_ISOLATED"}, {34, "IFLA_BRPORT_BACKUP_PORT"}, {35, "IFLA_BRPORT_MRP_RING_OPEN"},
             {36, "IFLA_BRPORT_MRP_IN_OPEN"}, {37, "IFLA_BRPORT_MCAST_EHT_HOSTS_LIMIT"},
             {38, "IFLA_BRPORT_MCAST_EHT_HOSTS_CNT"}, {39, "IFLA_BRPORT_LOCKED"}, {40, "IFLA_BRPORT_MAB"},
             {41, "IFLA_BRPORT_MCAST_N_GROUPS"}, {42, "IFLA_BRPORT_MCAST_MAX_GROUPS"},
             {43, "IFLA_BRPORT_NEIGH_VLAN_SUPPRESS"}, {44, "IFLA_BRPORT_BACKUP_NHID"});
XLAT_ORDERED(
    nl_br, "IFLA_BR_???", {0, "IFLA_BR_UNSPEC"}, {1, "IFLA_BR_FORWARD_DELAY"}, {2, "IFLA_BR_HELLO_TIME"},
    {3, "IFLA_BR_MAX_AGE"}, {4, "IFLA_BR_AGEING_TIME"}, {5, "IFLA_BR_STP_STATE"}, {6, "IFLA_BR_PRIORITY"},
    {7, "IFLA_BR_VLAN_FILTERING"}, {8, "IFLA_BR_VLAN_PROTOCOL"}, {9, "IFLA_BR_GROUP_FWD_MASK"},
    {10, "IFLA_BR_ROOT_ID"}, {11, "IFLA_BR_BRIDGE_ID"}, {12, "IFLA_BR_ROOT_PORT"},
    {13, "IFLA_BR_ROOT_PATH_COST"}, {14, "IFLA_BR_TOPOLOGY_CHANGE"}, {15, "IFLA_BR_TOPOLOGY_CHANGE_DETECTED"},
    {16, "IFLA_BR_HELLO_TIMER"}, {17, "IFLA_BR_TCN_TIMER"}, {18, "IFLA_BR_TOPOLOGY_CHANGE_TIMER"},
    {19, "IFLA_BR_GC_TIMER"}, {20, "IFLA_BR_GROUP_ADDR"}, {21, "IFLA_BR_FDB_FLUSH"},
    {22, "IFLA_BR_MCAST_ROUTER"}, {23, "IFLA_BR_MCAST_SNOOPING"}, {24, "IFLA_BR_MCAST_QUERY_USE_IFADDR"},
    {25, "IFLA_BR_MCAST_QUERIER"}, {26, "IFLA_BR_MCAST_HASH_ELASTICITY"}, {27, "IFLA_BR_MCAST_HASH_MAX"},
    {28, "IFLA_BR_MCAST_LAST_MEMBER_CNT"}, {29, "IFLA_BR_MCAST_STARTUP_QUERY_CNT"},
    {30, "IFLA_BR_MCAST_LAST_MEMBER_INTVL"}, {31, "IFLA_BR_MCAST_MEMBERSHIP_INTVL"},
    {32, "IFLA_BR_MCAST_QUERIER_INTVL"}, {33, "IFLA_BR_MCAST_QUERY_INTVL"},
    {34, "IFLA_BR_MCAST_QUERY_RESPONSE_INTVL"}, {35, "IFLA_BR_MCAST_STARTUP_QUERY_INTVL"},
    {36, "IFLA_BR_NF_CALL_IPTABLES"}, {37, "IFLA_BR_NF_CALL_IP6TABLES"}, {38, "IFLA_BR_NF_CALL_ARPTABLES"},
    {39, "IFLA_BR_VLAN_DEFAULT_PVID"}, {40, "IFLA_BR_PAD"}, {41, "IFLA_BR_VLAN_STATS_ENABLED"},
    {42, "IFLA_BR_MCAST_STATS_ENABLED"}, {43, "IFLA_BR_MCAST_IGMP_VERSION"},
    {44, "IFLA_BR_MCAST_MLD_VERSION"}, {45, "IFLA_BR_VLAN_STATS_PER_PORT"}, {46, "IFLA_BR_MULTI_BOOLOPT"},
    {47, "IFLA_BR_MCAST_QUERIER_STATE"}, {48, "IFLA_BR_FDB_N_LEARNED"}, {49, "IFLA_BR_FDB_MAX_LEARNED"});
XLAT_ORDERED(nl_bridge, "IFLA_BRIDGE_???", {0, "IFLA_BRIDGE_FLAGS"}, {1, "IFLA_BRIDGE_MODE"},
             {2, "IFLA_BRIDGE_VLAN_INFO"}, {3, "IFLA_BRIDGE_VLAN_TUNNEL_INFO"}, {4, "IFLA_BRIDGE_MRP"},
             {5, "IFLA_BRIDGE_CFM"}, {6, "IFLA_BRIDGE_MST"});
XLAT_ORDERED(nl_bridge_tunnel, "IFLA_BRIDGE_VLAN_TUNNEL_???", {0, "IFLA_BRIDGE_VLAN_TUNNEL_UNSPEC"},
             {1, "IFLA_BRIDGE_VLAN_TUNNEL_ID"}, {2, "IFLA_BRIDGE_VLAN_TUNNEL_VID"},
             {3, "IFLA_BRIDGE_VLAN_TUNNEL_FLAGS"});
XLAT_ORDERED(nl_querier, "BRIDGE_QUERIER_???", {0, "BRIDGE_QUERIER_UNSPEC"}, {1, "BRIDGE_QUERIER_IP_ADDRESS"},
             {2, "BRIDGE_QUERIER_IP_PORT"}, {3, "BRIDGE_QUERIER_IP_OTHER_TIMER"}, {4, "BRIDGE_QUERIER_PAD"},
             {5, "BRIDGE_QUERIER_IPV6_ADDRESS"}, {6, "BRIDGE_QUERIER_IPV6_PORT"},
             {7, "BRIDGE_QUERIER_IPV6_OTHER_TIMER"});
XLAT_ORDERED(nl_tun, "IFLA_TUN_???", {0, "IFLA_TUN_UNSPEC"}, {1, "IFLA_TUN_OWNER"}, {2, "IFLA_TUN_GROUP"},
             {3, "IFLA_TUN_TYPE"}, {4, "IFLA_TUN_PI"}, {5, "IFLA_TUN_VNET_HDR"}, {6, "IFLA_TUN_PERSIST"},
             {7, "IFLA_TUN_MULTI_QUEUE"}, {8, "IFLA_TUN_NUM_QUEUES"}, {9, "IFLA_TUN_NUM_DISABLED_QUEUES"});
XLAT(nl_bridge_flags, "BRIDGE_FLAGS_???", {1, "BRIDGE_FLAGS_MASTER"}, {2, "BRIDGE_FLAGS_SELF"});
XLAT(nl_bridge_mode, "BRIDGE_MODE_???", {0, "BRIDGE_MODE_VEB"}, {1, "BRIDGE_MODE_VEPA"});
XLAT(nl_bridge_options, "1<<BR_BOOLOPT_???", {1, "1<<BR_BOOLOPT_NO_LL_LEARN"},
     {2, "1<<BR_BOOLOPT_MCAST_VLAN_SNOOPING"}, {4, "1<<BR_BOOLOPT_MST_ENABLE"},
     {8, "1<<BR_BOOLOPT_MDB_OFFLOAD_FAIL_NOTIFICATION"}, {0x10, "1<<BR_BOOLOPT_FDB_LOCAL_VLAN_0"});
XLAT(nl_tun_type, "IFF_???", {1, "IFF_TUN"}, {2, "IFF_TAP"});

/* struct ifla_bridge_id */
static bool show_bridge_id(struct decoder *d, uint64_t addr, uint64_t length,
                           const struct nlattr_context *context)
{
    (void)context;
    uint8_t id[2 + ETH_ALEN];
    if (length < sizeof(id) || !mem_read(d->mem, addr, id, sizeof(id))) {
        return false;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    values_open(d->out, VALUE_ARRAY, "prio");
    append_uint(d, NULL, id[0]);
    append_uint(d, NULL, id[1]);
    values_close(d->out);
    net_mac(d, "addr", id + 2, ETH_ALEN);
    values_close(d->out);
    return true;
}
static const struct nlattr_function bridge_id = {show_bridge_id};
#define BRIDGE_ID(type) SHOW(type, bridge_id)

static const struct nlattr_shape brport_attributes[] = {
    NUMBER(IFLA_BRPORT_STATE, 1),
    NUMBER(IFLA_BRPORT_PRIORITY, 2),
    NUMBER(IFLA_BRPORT_COST, 4),
    NUMBER(IFLA_BRPORT_MODE, 1),
    NUMBER(IFLA_BRPORT_GUARD, 1),
    NUMBER(IFLA_BRPORT_PROTECT, 1),
    NUMBER(IFLA_BRPORT_FAST_LEAVE, 1),
    NUMBER(IFLA_BRPORT_LEARNING, 1),
    NUMBER(IFLA_BRPORT_UNICAST_FLOOD, 1),
    NUMBER(IFLA_BRPORT_PROXYARP, 1),
    NUMBER(IFLA_BRPORT_LEARNING_SYNC, 1),
    NUMBER(IFLA_BRPORT_PROXYARP_WIFI, 1),
    BRIDGE_ID(IFLA_BRPORT_ROOT_ID),
    BRIDGE_ID(IFLA_BRPORT_BRIDGE_ID),
    NUMBER(IFLA_BRPORT_DESIGNATED_PORT, 2),
    NUMBER(IFLA_BRPORT_DESIGNATED_COST, 2),
    NUMBER(IFLA_BRPORT_ID, 2),
    NUMBER(IFLA_BRPORT_NO, 2),
    NUMBER(IFLA_BRPORT_TOPOLOGY_CHANGE_ACK, 1),
    NUMBER(IFLA_BRPORT_CONFIG_PENDING, 1),
    TICKS(IFLA_BRPORT_MESSAGE_AGE_TIMER),
    TICKS(IFLA_BRPORT_FORWARD_DELAY_TIMER),
    TICKS(IFLA_BRPORT_HOLD_TIMER),
    NUMBER(IFLA_BRPORT_MULTICAST_ROUTER, 1),
    NUMBER(IFLA_BRPORT_MCAST_FLOOD, 1),
    NUMBER(IFLA_BRPORT_MCAST_TO_UCAST, 1),
    NUMBER(IFLA_BRPORT_VLAN_TUNNEL, 1),
    NUMBER(IFLA_BRPORT_BCAST_FLOOD, 1),
    NLATTR_LINE(IFLA_BRPORT_GROUP_FWD_MASK, HEX, 2, NULL),
    NUMBER(IFLA_BRPORT_NEIGH_SUPPRESS, 1),
    NUMBER(IFLA_BRPORT_ISOLATED, 1),
    INTERFACE(IFLA_BRPORT_BACKUP_PORT),
    NUMBER(IFLA_BRPORT_MRP_RING_OPEN, 1),
    NUMBER(IFLA_BRPORT_MRP_IN_OPEN, 1),
    NUMBER(IFLA_BRPORT_MCAST_EHT_HOSTS_LIMIT, 4),
    NUMBER(IFLA_BRPORT_MCAST_EHT_HOSTS_CNT, 4),
    NUMBER(IFLA_BRPORT_LOCKED, 1),
    NUMBER(40 /* IFLA_BRPORT_MAB */, 1),
    NUMBER(41 /* IFLA_BRPORT_MCAST_N_GROUPS */, 4),
    NUMBER(42 /* IFLA_BRPORT_MCAST_MAX_GROUPS */, 4),
    NUMBER(43 /* IFLA_BRPORT_NEIGH_VLAN_SUPPRESS */, 1),
    NUMBER(44 /* IFLA_BRPORT_BACKUP_NHID */, 4),
};
NLATTR_LISTED(bridge_port, xlat_nl_brport, brport_attributes);

NLATTR_TABLE(querier, xlat_nl_querier, NLATTR_LINE(BRIDGE_QUERIER_IP_ADDRESS, ADDRESS4, 0, NULL),
             INTERFACE(BRIDGE_QUERIER_IP_PORT), TICKS(BRIDGE_QUERIER_IP_OTHER_TIMER),
             NLATTR_LINE(BRIDGE_QUERIER_IPV6_ADDRESS, ADDRESS6, 0, NULL), INTERFACE(BRIDGE_QUERIER_IPV6_PORT),
             TICKS(BRIDGE_QUERIER_IPV6_OTHER_TIMER));
LAYOUT(bridge_options, struct br_boolopt_multi,
       MEMBER(struct br_boolopt_multi, optval, FLAGS, .xlat = &xlat_nl_bridge_options),
       MEMBER(struct br_boolopt_multi, optmask, FLAGS, .xlat = &xlat_nl_bridge_options));
static const struct nlattr_shape bridge_attributes[] = {
    TICKS(IFLA_BR_FORWARD_DELAY),
    TICKS(IFLA_BR_HELLO_TIME),
    TICKS(IFLA_BR_MAX_AGE),
    TICKS(IFLA_BR_AGEING_TIME),
    NUMBER(IFLA_BR_STP_STATE, 4),
    NUMBER(IFLA_BR_PRIORITY, 2),
    NUMBER(IFLA_BR_VLAN_FILTERING, 1),
    NLATTR_LINE(IFLA_BR_VLAN_PROTOCOL, NET_ENUM, 2, &xlat_ethernet_protocols),
    NLATTR_LINE(IFLA_BR_GROUP_FWD_MASK, HEX, 2, NULL),
    BRIDGE_ID(IFLA_BR_ROOT_ID),
    BRIDGE_ID(IFLA_BR_BRIDGE_ID),
    NUMBER(IFLA_BR_ROOT_PORT, 2),
    NUMBER(IFLA_BR_ROOT_PATH_COST, 4),
    NUMBER(IFLA_BR_TOPOLOGY_CHANGE, 1),
    NUMBER(IFLA_BR_TOPOLOGY_CHANGE_DETECTED, 1),
    TICKS(IFLA_BR_HELLO_TIMER),
    TICKS(IFLA_BR_TCN_TIMER),
    TICKS(IFLA_BR_TOPOLOGY_CHANGE_TIMER),
    TICKS(IFLA_BR_GC_TIMER),
    NLATTR_LINE(IFLA_BR_GROUP_ADDR, HARDWARE, 0, NULL),
    NUMBER(IFLA_BR_MCAST_ROUTER, 1),
    NUMBER(IFLA_BR_MCAST_SNOOPING, 1),
    NUMBER(IFLA_BR_MCAST_QUERY_USE_IFADDR, 1),
    NUMBER(IFLA_BR_MCAST_QUERIER, 1),
    NUMBER(IFLA_BR_MCAST_HASH_ELASTICITY, 4),
    NUMBER(IFLA_BR_MCAST_HASH_MAX, 4),
    NUMBER(IFLA_BR_MCAST_LAST_MEMBER_CNT, 4),
    NUMBER(IFLA_BR_MCAST_STARTUP_QUERY_CNT, 4),
    TICKS(IFLA_BR_MCAST_LAST_MEMBER_INTVL),
    TICKS(IFLA_BR_MCAST_MEMBERSHIP_INTVL),
    TICKS(IFLA_BR_MCAST_QUERIER_INTVL),
    TICKS(IFLA_BR_MCAST_QUERY_INTVL),
    TICKS(IFLA_BR_MCAST_QUERY_RESPONSE_INTVL),
    TICKS(IFLA_BR_MCAST_STARTUP_QUERY_INTVL),
    NUMBER(IFLA_BR_NF_CALL_IPTABLES, 1),
    NUMBER(IFLA_BR_NF_CALL_IP6TABLES, 1),
    NUMBER(IFLA_BR_NF_CALL_ARPTABLES, 1),
    NUMBER(IFLA_BR_VLAN_DEFAULT_PVID, 2),
    NUMBER(IFLA_BR_VLAN_STATS_ENABLED, 1),
    NUMBER(IFLA_BR_MCAST_STATS_ENABLED, 1),
    NUMBER(IFLA_BR_MCAST_IGMP_VERSION, 1),
    NUMBER(IFLA_BR_MCAST_MLD_VERSION, 1),
    NUMBER(IFLA_BR_VLAN_STATS_PER_PORT, 1),
    NLATTR_LINE(IFLA_BR_MULTI_BOOLOPT, LAYOUT, 0, &layout_bridge_options),
    NEST(IFLA_BR_MCAST_QUERIER_STATE, querier),
    NUMBER(48 /* IFLA_BR_FDB_N_LEARNED */, 4),
    NUMBER(49 /* IFLA_BR_FDB_MAX_LEARNED */, 4),
};
static NLATTR_LISTED(bridge, xlat_nl_br, bridge_attributes);

NLATTR_TABLE(tun, xlat_nl_tun, NLATTR_LINE(IFLA_TUN_OWNER, ID, 4, NULL),
             NLATTR_LINE(IFLA_TUN_GROUP, ID, 4, NULL), NLATTR_LINE(IFLA_TUN_TYPE, ENUM, 1, &xlat_nl_tun_type),
             NUMBER(IFLA_TUN_PI, 1), NUMBER(IFLA_TUN_VNET_HDR, 1), NUMBER(IFLA_TUN_PERSIST, 1),
             NUMBER(IFLA_TUN_MULTI_QUEUE, 1), NUMBER(IFLA_TUN_NUM_QUEUES, 4),
             NUMBER(IFLA_TUN_NUM_DISABLED_QUEUES, 4));

/* struct can_device_stats (linux/can/netlink.h) */
struct can_stats {
    uint32_t bus_error, error_warning, error_passive, bus_off, arbitration_lost, restarts;
};
#define CAN(member) MEMBER(struct can_stats, member, UINT)
LAYOUT(can, struct can_stats, CAN(bus_error), CAN(error_warning), CAN(error_passive), CAN(bus_off),
       CAN(arbitration_lost), CAN(restarts));

static bool show_data(struct decoder *d, uint64_t addr, uint64_t length, const struct nlattr_context *context)
{
    const struct nlattr_table *table = strcmp(context->kind, "bridge") == 0 ? &nlattr_bridge
                                       : strcmp(context->kind, "tun") == 0  ? &nlattr_tun
                                                                            : NULL;
    if (table) {
        nlattr_show(d, addr, length, table, context);
    }
    return table;
}

static bool show_statistics(struct decoder *d, uint64_t addr, uint64_t length,
                            const struct nlattr_context *context)
{
    if (strcmp(context->kind, "can") != 0 || length < layout_can.size) {
        return false;
    }
    decode_layout_at(d, NULL, addr, &layout_can, UINT64_MAX);
    return true;
}

static bool show_port_data(struct decoder *d, uint64_t addr, uint64_t length,
                           const struct nlattr_context *context)
{
    bool bridge = strcmp(context->kind, "bridge") == 0;
    if (bridge) {
        nlattr_show(d, addr, length, &nlattr_bridge_port, context);
    }
    return bridge;
}

static const struct nlattr_function data = {show_data}, statistics = {show_statistics},
                                    port_data = {show_port_data};
/* The kind of what it is a part of comes right before that one's data. */
NLATTR_TABLE(info, xlat_nl_ifla_info, NLATTR_LINE(IFLA_INFO_KIND, KIND, 0, NULL), SHOW(IFLA_INFO_DATA, data),
             SHOW(IFLA_INFO_XSTATS, statistics), NLATTR_LINE(IFLA_INFO_SLAVE_KIND, KIND, 0, NULL),
             SHOW(IFLA_INFO_SLAVE_DATA, port_data));

static bool show_link_info(struct decoder *d, uint64_t addr, uint64_t length,
                           const struct nlattr_context *context)
{
    char seen[NLATTR_KIND_MAX] = "";
    const struct nlattr_context inside = {.family = context->family, .kind = seen};
    nlattr_show(d, addr, length, &nlattr_info, &inside);
    return true;
}
const struct nlattr_function nlattr_link_info = {show_link_info};

/* struct bridge_vlan_info; what is behind it is no part of it, but shown. */
static bool show_vlan(struct decoder *d, uint64_t addr, uint64_t length, const struct nlattr_context *context)
{
    (void)context;
    struct bridge_vlan_info vlan;
    if (length < sizeof(vlan) || !mem_read(d->mem, addr, &vlan, sizeof(vlan))) {
        return false;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    append_flags(d, "flags", &xlat_nl_bridge_vlan, vlan.flags);
    append_uint(d, "vid", vlan.vid);
    values_close(d->out);
    if (length > sizeof(vlan)) {
        decode_hex_bytes(d, NULL, addr + sizeof(vlan), length - sizeof(vlan));
    }
    return true;
}
static const struct nlattr_function vlan_info = {show_vlan};
NLATTR_TABLE(tunnel, xlat_nl_bridge_tunnel, NUMBER(IFLA_BRIDGE_VLAN_TUNNEL_ID, 4),
             NUMBER(IFLA_BRIDGE_VLAN_TUNNEL_VID, 2),
             NLATTR_LINE(IFLA_BRIDGE_VLAN_TUNNEL_FLAGS, FLAGS, 2, &xlat_nl_bridge_vlan));
static const struct nlattr_shape bridge_spec_attributes[] = {
    NLATTR_LINE(IFLA_BRIDGE_FLAGS, FLAGS, 2, &xlat_nl_bridge_flags),
    NLATTR_LINE(IFLA_BRIDGE_MODE, ENUM, 2, &xlat_nl_bridge_mode),
    SHOW(IFLA_BRIDGE_VLAN_INFO, vlan_info),
    NEST(IFLA_BRIDGE_VLAN_TUNNEL_INFO, tunnel),
};
NLATTR_LISTED(bridge_spec, xlat_nl_bridge, bridge_spec_attributes);
