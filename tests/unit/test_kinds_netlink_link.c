/* Attributes of network interfaces: what is said of their kind, of ports of a bridge, of virtual functions.
 */
#include "tests/unit/netlink_message.h"

#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

START_TEST(interfaces)
{
    const struct ifinfomsg link = {.ifi_family = AF_UNSPEC, .ifi_change = UINT32_MAX};
    const struct nested lines[] = {
        NESTED("ifi_change=0xffffffff}, [{nla_len=7, nla_type=IFLA_IFNAME}, \"abc\"...]", "abc", IFLA_IFNAME),
        NESTED("IFLA_IFNAME}, \"abc\"]", "abc\0", IFLA_IFNAME),
        NESTED("IFLA_EXT_MASK}, RTEXT_FILTER_VF]", "\1\0\0\0\0\0\0\0", IFLA_EXT_MASK),
        NESTED("IFLA_PROTO_DOWN_REASON}, [{nla_len=8, nla_type=IFLA_PROTO_DOWN_REASON_MASK}, 0x1]]",
               "\1\0\0\0", 55, 1),
        NESTED("nla_type=AF_MCTP}, [{nla_len=5, nla_type=IFLA_MCTP_PHYS_BINDING}, MCTP_PHYS_BINDING_USB]]",
               "\3", IFLA_AF_SPEC, 45, 2),
        NESTED("IFLA_DEVLINK_PORT}, 1]", "\1\0\0\0", 62),
        NESTED("IFLA_PROTINFO}, \"\\x08\\x00\\x01\\x00\\x03\\x00\\x00\\x00\"]", "\3\0\0\0", IFLA_PROTINFO, 1),
    };
    CHECK_NESTED(RTM_NEWLINK, 0, link, lines);
}
END_TEST

START_TEST(ports_of_a_bridge)
{
    const struct ifinfomsg link = {.ifi_family = AF_BRIDGE};
    const struct nested lines[] = {
        NESTED("IFLA_BRPORT_STATE}, 3]]", "\3", IFLA_PROTINFO, IFLA_BRPORT_STATE),
        NESTED("IFLA_BRPORT_GROUP_FWD_MASK}, 0x201]]", "\1\2", IFLA_PROTINFO, IFLA_BRPORT_GROUP_FWD_MASK),
        NESTED("IFLA_BRPORT_ROOT_ID}, {prio=[128, 0], addr=02:03:04:05:06:07}]]", "\200\0\2\3\4\5\6\7",
               IFLA_PROTINFO, IFLA_BRPORT_ROOT_ID),
        NESTED("IFLA_BRPORT_ROOT_ID}, \"\\x80\\x00\\x02\\x03\\x04\\x05\\x06\"]]", "\200\0\2\3\4\5\6",
               IFLA_PROTINFO, IFLA_BRPORT_ROOT_ID),
        NESTED("IFLA_BRPORT_HOLD_TIMER}, 513 /* 5.13 s */]]", "\1\2\0\0\0\0\0\0", IFLA_PROTINFO,
               IFLA_BRPORT_HOLD_TIMER),
        NESTED("IFLA_BRPORT_HOLD_TIMER}, \"\\x01\\x02\\x00\\x00\\x00\\x00\\x00\\x00\\x00\"]]",
               "\1\2\0\0\0\0\0\0\0", IFLA_PROTINFO, IFLA_BRPORT_HOLD_TIMER),
        NESTED("IFLA_BRPORT_BACKUP_PORT}, if_nametoindex(\"lo\")]]", "\1\0\0\0", IFLA_PROTINFO,
               IFLA_BRPORT_BACKUP_PORT),
        NESTED("IFLA_BRIDGE_FLAGS}, BRIDGE_FLAGS_SELF]]", "\2\0", IFLA_AF_SPEC, IFLA_BRIDGE_FLAGS),
        NESTED("IFLA_BRIDGE_VLAN_INFO}, {flags=BRIDGE_VLAN_INFO_PVID|BRIDGE_VLAN_INFO_UNTAGGED, vid=1}]]",
               "\6\0\1\0", IFLA_AF_SPEC, IFLA_BRIDGE_VLAN_INFO),
        NESTED("IFLA_BRIDGE_VLAN_TUNNEL_ID}, 7]]]", "\7\0\0\0", IFLA_AF_SPEC, IFLA_BRIDGE_VLAN_TUNNEL_INFO,
               IFLA_BRIDGE_VLAN_TUNNEL_ID),
    };
    CHECK_NESTED(RTM_NEWLINK, 0, link, lines);
    const struct ifinfomsg six = {.ifi_family = AF_INET6};
    const struct nested flags[] = {
        NESTED("IFLA_PROTINFO}, [{nla_len=8, nla_type=IFLA_INET6_FLAGS}, IF_READY]]", "\0\0\0\x80",
               IFLA_PROTINFO, IFLA_INET6_FLAGS),
    };
    CHECK_NESTED(RTM_NEWLINK, 0, six, flags);
}
END_TEST

/* What follows is shown by the kind that was named before it. */
static const char *of_kind(uint16_t named, const char *kind, uint16_t data, uint16_t type, const void *bytes,
                           size_t n)
{
    const struct ifinfomsg link = {.ifi_family = AF_UNSPEC};
    begin(RTM_NEWLINK, 0, &link, sizeof(link));
    size_t info = attribute(IFLA_LINKINFO, NULL, 0);
    attribute(named, kind, strlen(kind));
    size_t inner = attribute(data, NULL, 0);
    attribute(type, bytes, n);
    const uint16_t info_length = (uint16_t)(length - info), inner_length = (uint16_t)(length - inner);
    memcpy(message + info, &info_length, 2);
    memcpy(message + inner, &inner_length, 2);
    const char *text = strstr(body(), "nla_type=IFLA_INFO_DATA}, ");
    return text ? text : strstr(body(), "nla_type=IFLA_INFO_SLAVE_DATA}, ");
}

START_TEST(data_of_a_kind)
{
    ck_assert_str_eq(
        of_kind(IFLA_INFO_KIND, "bridge", IFLA_INFO_DATA, IFLA_BR_AGEING_TIME, "\x30\x75\0\0", 4),
        "nla_type=IFLA_INFO_DATA}, [{nla_len=8, nla_type=IFLA_BR_AGEING_TIME}, 30000 /* 300.00 s "
        "*/]]]]");
    ck_assert_str_eq(of_kind(IFLA_INFO_KIND, "bridge", IFLA_INFO_DATA, IFLA_BR_VLAN_PROTOCOL, "\x81\0", 2),
                     "nla_type=IFLA_INFO_DATA}, [{nla_len=6, nla_type=IFLA_BR_VLAN_PROTOCOL}, "
                     "htons(ETH_P_8021Q)]]]]");
    ck_assert_str_eq(
        of_kind(IFLA_INFO_KIND, "bridge", IFLA_INFO_DATA, IFLA_BR_MULTI_BOOLOPT, "\1\0\0\0\4\0\0\0", 8),
        "nla_type=IFLA_INFO_DATA}, [{nla_len=12, nla_type=IFLA_BR_MULTI_BOOLOPT}, "
        "{optval=1<<BR_BOOLOPT_NO_LL_LEARN, optmask=1<<BR_BOOLOPT_MST_ENABLE}]]]]");
    ck_assert_str_eq(of_kind(IFLA_INFO_KIND, "tun", IFLA_INFO_DATA, IFLA_TUN_TYPE, "\2", 1),
                     "nla_type=IFLA_INFO_DATA}, [{nla_len=5, nla_type=IFLA_TUN_TYPE}, IFF_TAP]]]]");
    ck_assert_str_eq(of_kind(IFLA_INFO_KIND, "tun", IFLA_INFO_DATA, IFLA_TUN_OWNER, "\xff\xff\xff\xff", 4),
                     "nla_type=IFLA_INFO_DATA}, [{nla_len=8, nla_type=IFLA_TUN_OWNER}, -1]]]]");
    ck_assert_str_eq(
        of_kind(IFLA_INFO_SLAVE_KIND, "bridge", IFLA_INFO_SLAVE_DATA, IFLA_BRPORT_STATE, "\1", 1),
        "nla_type=IFLA_INFO_SLAVE_DATA}, [{nla_len=5, nla_type=IFLA_BRPORT_STATE}, 1]]]]");
    ck_assert_str_eq(of_kind(IFLA_INFO_KIND, "vlan", IFLA_INFO_DATA, 1, "\1", 1),
                     "nla_type=IFLA_INFO_DATA}, \"\\x05\\x00\\x01\\x00\\x01\"]]]");
    ck_assert_str_eq(of_kind(IFLA_INFO_KIND, "bridgebridgebridge", IFLA_INFO_DATA, 1, "\1", 1),
                     "nla_type=IFLA_INFO_DATA}, \"\\x05\\x00\\x01\\x00\\x01\"]]]");
}
END_TEST

START_TEST(virtual_functions)
{
    const struct ifinfomsg link = {.ifi_family = AF_UNSPEC};
    char mac[36 + 1] = "\1\0\0\0\2\3\4\5\6\7";
    const struct nested lines[] = {
        NESTED("IFLA_VF_MAC}, {vf=1, mac=02:03:04:05:06:07:00:00:00", mac, IFLA_VFINFO_LIST, IFLA_VF_INFO,
               IFLA_VF_MAC),
        NESTED("IFLA_VF_LINK_STATE}, {vf=1, link_state=IFLA_VF_LINK_STATE_DISABLE}]]]", "\1\0\0\0\2\0\0\0",
               IFLA_VFINFO_LIST, IFLA_VF_INFO, IFLA_VF_LINK_STATE),
        NESTED("IFLA_VF_RATE}, {vf=1, min_tx_rate=2, max_tx_rate=3}]]]", "\1\0\0\0\2\0\0\0\3\0\0\0",
               IFLA_VFINFO_LIST, IFLA_VF_INFO, IFLA_VF_RATE),
        NESTED("IFLA_VF_IB_PORT_GUID}, {vf=1, guid=0x2}]]]", "\1\0\0\0\2\0\0\0\0\0\0\0", IFLA_VFINFO_LIST,
               IFLA_VF_INFO, IFLA_VF_IB_PORT_GUID),
        NESTED("IFLA_VF_IB_PORT_GUID}, {vf=1, guid=0x2}]]]", "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0",
               IFLA_VFINFO_LIST, IFLA_VF_INFO, IFLA_VF_IB_PORT_GUID),
        NESTED("IFLA_PORT_VSI_TYPE}, {vsi_mgr_id=1, vsi_type_id=\"\\x02\\x03\\x04\", vsi_type_version=5}]]",
               "\1\2\3\4\5\0\0\0", IFLA_PORT_SELF, IFLA_PORT_VSI_TYPE),
        NESTED("IFLA_VF_PORT}, [{nla_len=6, nla_type=IFLA_PORT_RESPONSE}, 1]]]", "\1\0", IFLA_VF_PORTS,
               IFLA_VF_PORT, IFLA_PORT_RESPONSE),
    };
    CHECK_NESTED(RTM_NEWLINK, 0, link, lines);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("netlink_link");
    TCase *tc = tcase_create("netlink_link");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, interfaces);
    tcase_add_test(tc, ports_of_a_bridge);
    tcase_add_test(tc, data_of_a_kind);
    tcase_add_test(tc, virtual_functions);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
