/* Virtual functions of network cards, and their ports: IFLA_VFINFO_LIST, IFLA_VF_PORTS, IFLA_PORT_SELF. */
#include <linux/if_link.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/members.h"
#include "decode/kinds/net_tables.h"
#include "decode/kinds/nlattr_route.h"

XLAT_ORDERED(nl_vf_list, "IFLA_VF_INFO_???", {0, "IFLA_VF_INFO_UNSPEC"}, {1, "IFLA_VF_INFO"});
XLAT_ORDERED(nl_vf, "IFLA_VF_???", {0, "IFLA_VF_UNSPEC"}, {1, "IFLA_VF_MAC"}, {2, "IFLA_VF_VLAN"},
             {3, "IFLA_VF_TX_RATE"}, {4, "IFLA_VF_SPOOFCHK"}, {5, "IFLA_VF_LINK_STATE"}, {6, "IFLA_VF_RATE"},
             {7, "IFLA_VF_RSS_QUERY_EN"}, {8, "IFLA_VF_STATS"}, {9, "IFLA_VF_TRUST"},
             {10, "IFLA_VF_IB_NODE_GUID"}, {11, "IFLA_VF_IB_PORT_GUID"}, {12, "IFLA_VF_VLAN_LIST"},
             {13, "IFLA_VF_BROADCAST"});
XLAT_ORDERED(nl_vf_stats, "IFLA_VF_STATS_???", {0, "IFLA_VF_STATS_RX_PACKETS"},
             {1, "IFLA_VF_STATS_TX_PACKETS"}, {2, "IFLA_VF_STATS_RX_BYTES"}, {3, "IFLA_VF_STATS_TX_BYTES"},
             {4, "IFLA_VF_STATS_BROADCAST"}, {5, "IFLA_VF_STATS_MULTICAST"}, {6, "IFLA_VF_STATS_PAD"},
             {7, "IFLA_VF_STATS_RX_DROPPED"}, {8, "IFLA_VF_STATS_TX_DROPPED"});
XLAT_ORDERED(nl_vf_vlan, "IFLA_VF_VLAN_INFO_???", {0, "IFLA_VF_VLAN_INFO_UNSPEC"}, {1, "IFLA_VF_VLAN_INFO"});
XLAT_ORDERED(nl_vf_ports, "IFLA_VF_PORT_???", {0, "IFLA_VF_PORT_UNSPEC"}, {1, "IFLA_VF_PORT"});
XLAT_ORDERED(nl_port, "IFLA_VF_PORT_???", {0, "IFLA_PORT_UNSPEC"}, {1, "IFLA_PORT_VF"},
             {2, "IFLA_PORT_PROFILE"}, {3, "IFLA_PORT_VSI_TYPE"}, {4, "IFLA_PORT_INSTANCE_UUID"},
             {5, "IFLA_PORT_HOST_UUID"}, {6, "IFLA_PORT_REQUEST"}, {7, "IFLA_PORT_RESPONSE"});
XLAT_ORDERED(nl_vf_state, "IFLA_VF_LINK_STATE_???", {0, "IFLA_VF_LINK_STATE_AUTO"},
             {1, "IFLA_VF_LINK_STATE_ENABLE"}, {2, "IFLA_VF_LINK_STATE_DISABLE"});

enum { HARDWARE_MAX = 32 };

/* struct ifla_vf_mac */
static bool show_mac(struct decoder *d, uint64_t addr, uint64_t length, const struct nlattr_context *context)
{
    (void)context;
    uint8_t mac[4 + HARDWARE_MAX];
    if (length < sizeof(mac) || !mem_read(d->mem, addr, mac, sizeof(mac))) {
        return false;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    append_uint(d, "vf", load32(mac));
    net_mac(d, "mac", mac + 4, HARDWARE_MAX);
    values_close(d->out);
    return true;
}

/* struct ifla_vf_broadcast */
static bool show_broadcast(struct decoder *d, uint64_t addr, uint64_t length,
                           const struct nlattr_context *context)
{
    (void)context;
    uint8_t mac[HARDWARE_MAX];
    if (length < sizeof(mac) || !mem_read(d->mem, addr, mac, sizeof(mac))) {
        return false;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    net_mac(d, "broadcast", mac, sizeof(mac));
    values_close(d->out);
    return true;
}

/* struct ifla_vf_guid: 32-bit ABIs have no room between its members. */
static bool show_guid(struct decoder *d, uint64_t addr, uint64_t length, const struct nlattr_context *context)
{
    (void)context;
    uint8_t guid[16];
    if ((length != 12 && length != 16) || !mem_read(d->mem, addr, guid, (size_t)length)) {
        return false;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    append_uint(d, "vf", load32(guid));
    append_hex(d, "guid", load64(guid + length - 8));
    values_close(d->out);
    return true;
}

/* struct ifla_vf_vlan_info */
static bool show_vlan(struct decoder *d, uint64_t addr, uint64_t length, const struct nlattr_context *context)
{
    (void)context;
    struct ifla_vf_vlan_info vlan;
    if (length < sizeof(vlan) || !mem_read(d->mem, addr, &vlan, sizeof(vlan))) {
        return false;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    append_uint(d, "vf", vlan.vf);
    append_uint(d, "vlan", vlan.vlan);
    append_uint(d, "qos", vlan.qos);
    net_ethernet(d, "vlan_proto", &vlan.vlan_proto);
    values_close(d->out);
    return true;
}

/* struct ifla_port_vsi */
static bool show_vsi(struct decoder *d, uint64_t addr, uint64_t length, const struct nlattr_context *context)
{
    (void)context;
    struct ifla_port_vsi vsi;
    if (length < sizeof(vsi) || !mem_read(d->mem, addr, &vsi, sizeof(vsi))) {
        return false;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    append_uint(d, "vsi_mgr_id", vsi.vsi_mgr_id);
    values_bytes(d->out, "vsi_type_id", vsi.vsi_type_id, sizeof(vsi.vsi_type_id), 0);
    append_uint(d, "vsi_type_version", vsi.vsi_type_version);
    if (vsi.pad[0] || vsi.pad[1] || vsi.pad[2]) {
        values_bytes(d->out, "pad", vsi.pad, sizeof(vsi.pad), 0);
    }
    values_close(d->out);
    return true;
}

static const struct nlattr_function mac = {show_mac}, broadcast = {show_broadcast}, guid = {show_guid},
                                    vlan_info = {show_vlan}, vsi = {show_vsi};

#define VF(type, member) MEMBER(struct type, member, UINT)
#define VF_LAYOUT(id, type, ...) LAYOUT(id, struct type, VF(type, vf), __VA_ARGS__)
VF_LAYOUT(vlan, ifla_vf_vlan, VF(ifla_vf_vlan, vlan), VF(ifla_vf_vlan, qos));
VF_LAYOUT(tx_rate, ifla_vf_tx_rate, VF(ifla_vf_tx_rate, rate));
VF_LAYOUT(setting, ifla_vf_trust, VF(ifla_vf_trust, setting));
VF_LAYOUT(state, ifla_vf_link_state,
          MEMBER(struct ifla_vf_link_state, link_state, ENUM, .xlat = &xlat_nl_vf_state));
VF_LAYOUT(rate, ifla_vf_rate, VF(ifla_vf_rate, min_tx_rate), VF(ifla_vf_rate, max_tx_rate));
#define VF_LINE(type, layout) NLATTR_LINE(type, LAYOUT, 0, &layout_##layout)

NLATTR_TABLE(vlans, xlat_nl_vf_vlan, SHOW(IFLA_VF_VLAN_INFO, vlan_info));
NLATTR_TABLE(vf_counters, xlat_nl_vf_stats, NUMBER(IFLA_VF_STATS_RX_PACKETS, 8),
             NUMBER(IFLA_VF_STATS_TX_PACKETS, 8), NUMBER(IFLA_VF_STATS_RX_BYTES, 8),
             NUMBER(IFLA_VF_STATS_TX_BYTES, 8), NUMBER(IFLA_VF_STATS_BROADCAST, 8),
             NUMBER(IFLA_VF_STATS_MULTICAST, 8), NUMBER(IFLA_VF_STATS_RX_DROPPED, 8),
             NUMBER(IFLA_VF_STATS_TX_DROPPED, 8));
NLATTR_TABLE(function, xlat_nl_vf, SHOW(IFLA_VF_MAC, mac), VF_LINE(IFLA_VF_VLAN, vlan),
             VF_LINE(IFLA_VF_TX_RATE, tx_rate), VF_LINE(IFLA_VF_SPOOFCHK, setting),
             VF_LINE(IFLA_VF_LINK_STATE, state), VF_LINE(IFLA_VF_RATE, rate),
             VF_LINE(IFLA_VF_RSS_QUERY_EN, setting), NEST(IFLA_VF_STATS, vf_counters),
             VF_LINE(IFLA_VF_TRUST, setting), SHOW(IFLA_VF_IB_NODE_GUID, guid),
             SHOW(IFLA_VF_IB_PORT_GUID, guid), NEST(IFLA_VF_VLAN_LIST, vlans),
             SHOW(IFLA_VF_BROADCAST, broadcast));
static const struct nlattr_shape functions_attributes[] = {NEST(IFLA_VF_INFO, function)};
NLATTR_LISTED(virtual_functions, xlat_nl_vf_list, functions_attributes);

static const struct nlattr_shape port_attributes[] = {
    NUMBER(IFLA_PORT_VF, 4),      STRING(IFLA_PORT_PROFILE),     SHOW(IFLA_PORT_VSI_TYPE, vsi),
    NUMBER(IFLA_PORT_REQUEST, 1), NUMBER(IFLA_PORT_RESPONSE, 2),
};
NLATTR_LISTED(port, xlat_nl_port, port_attributes);
static const struct nlattr_shape ports_attributes[] = {NEST(IFLA_VF_PORT, port)};
NLATTR_LISTED(ports, xlat_nl_vf_ports, ports_attributes);
