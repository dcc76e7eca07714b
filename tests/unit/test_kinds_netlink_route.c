/* NETLINK_ROUTE but for interfaces: the fixed part of each message, and its attributes. */
#include "tests/unit/netlink_message.h"

#include <linux/dcbnl.h>
#include <linux/if_addrlabel.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#define FIXED(type, bytes, expected)                                                                         \
    do {                                                                                                     \
        begin(type, 0, bytes, sizeof(bytes) - 1);                                                            \
        ck_assert_str_eq(body(), expected);                                                                  \
    } while (0)

START_TEST(fixed_parts)
{
    FIXED(RTM_NEWADDRLABEL, "\12\0\100\1\1\0\0\0\2\0\0\0",
          "{ifal_family=AF_INET6, ifal_prefixlen=64, ifal_flags=1, ifal_index=if_nametoindex(\"lo\"), "
          "ifal_seq=2}");
    FIXED(RTM_GETADDRLABEL, "\12", "{ifal_family=AF_INET6, ...}");
    FIXED(RTM_NEWACTION, "\0\0\0\0", "{tca_family=AF_UNSPEC}");
    FIXED(RTM_GETNSID, "\0", "{rtgen_family=AF_UNSPEC}");
    FIXED(RTM_GETDCB, "\0\25\0\0", "{dcb_family=AF_UNSPEC, cmd=DCB_CMD_IEEE_GET}");
    FIXED(RTM_GETMDB, "\7\0\0\0\1\0\0\0", "{family=AF_BRIDGE, ifindex=if_nametoindex(\"lo\")}");
    FIXED(RTM_NEWSTATS, "\0\1\2\0\1\0\0\0\42\0\0\0",
          "{family=AF_UNSPEC, pad1=0x1, pad2=0x2, ifindex=if_nametoindex(\"lo\"), "
          "filter_mask=1<<IFLA_STATS_LINK_64|1<<IFLA_STATS_AF_SPEC}");
    FIXED(RTM_NEWCACHEREPORT, "\x80\0\0\0", "{rtgen_family=RTNL_FAMILY_IPMR}");
    FIXED(RTM_NEWNEXTHOP, "\2\0\4\1\1\0\0\0",
          "{nh_family=AF_INET, nh_scope=RT_SCOPE_UNIVERSE, nh_protocol=RTPROT_STATIC, resvd=0x1, "
          "nh_flags=RTNH_F_DEAD}");
    FIXED(
        RTM_GETCHAIN, "\0\0\0\0\1\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0",
        "{tcm_family=AF_UNSPEC, tcm_ifindex=if_nametoindex(\"lo\"), tcm_handle=1, tcm_parent=2, tcm_info=3}");
    FIXED(RTM_GETANYCAST, "\2\30\1\0\1\0\0\0",
          "{ifa_family=AF_INET, ifa_prefixlen=24, ifa_flags=IFA_F_SECONDARY, ifa_scope=RT_SCOPE_UNIVERSE, "
          "ifa_index=if_nametoindex(\"lo\")}");
    /* A bridge is asked with another structure. */
    FIXED(RTM_GETNEIGH, "\7", "{ifi_family=AF_BRIDGE, ...}");
    FIXED(RTM_GETNEIGH, "\2", "{ndm_family=AF_INET, ...}");
    /* No such message: the three others of its kind are. */
    FIXED(RTM_NEWADDR + 3, "\2\30", "{family=AF_INET, data=\"\\x18\"}");
}
END_TEST

START_TEST(names_that_are_left_out)
{
    FIXED(RTM_NEWROUTE, "\2\0\0\0\1\3\3\1\0\0\0\0",
          "{rtm_family=AF_INET, rtm_dst_len=0, rtm_src_len=0, rtm_tos=0, rtm_table=0x1, "
          "rtm_protocol=RTPROT_BOOT, rtm_scope=0x3, rtm_type=RTN_UNICAST, rtm_flags=0}");
    FIXED(RTM_NEWRULE, "\2\0\0\0\1\0\0\1\0\0\0\0",
          "{family=AF_INET, dst_len=0, src_len=0, tos=0, table=0x1 /* RT_TABLE_??? */, action=FR_ACT_TO_TBL, "
          "flags=0}");
}
END_TEST

START_TEST(labels_and_next_hops)
{
    const struct ifaddrlblmsg label = {.ifal_family = AF_INET6};
    const struct nested labels[] = {
        NESTED("IFAL_ADDRESS}, inet_pton(AF_INET6, \"::1\")]", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1",
               IFAL_ADDRESS),
        NESTED("IFAL_LABEL}, 99]", "\143\0\0\0", IFAL_LABEL),
    };
    CHECK_NESTED(RTM_NEWADDRLABEL, 0, label, labels);
    const struct nhmsg hop = {.nh_family = AF_INET};
    const struct nested hops[] = {
        NESTED("NHA_GROUP}, [{id=1, weight=2}, {id=2, weight=0, weight_high=1, resvd2=0x3}]]",
               "\1\0\0\0\2\0\0\0\2\0\0\0\0\1\3\0", NHA_GROUP),
        NESTED("NHA_GROUP}, \"\\x01\"]", "\1", NHA_GROUP),
        NESTED("NHA_GROUP_TYPE}, NEXTHOP_GRP_TYPE_RES]", "\1\0", NHA_GROUP_TYPE),
        NESTED("NHA_GATEWAY}, inet_addr(\"1.2.3.4\")]", "\1\2\3\4", NHA_GATEWAY),
        NESTED("NHA_RES_GROUP_UNBALANCED_TIME}, 100 /* 1.00 s */]]", "\144\0\0\0\0\0\0\0", NHA_RES_GROUP,
               NHA_RES_GROUP_UNBALANCED_TIME),
        NESTED("NHA_RES_BUCKET_NH_ID}, 7]]", "\7\0\0\0", NHA_RES_BUCKET, NHA_RES_BUCKET_NH_ID),
    };
    CHECK_NESTED(RTM_NEWNEXTHOP, 0, hop, hops);
    const struct rtgenmsg report = {.rtgen_family = 0x81};
    const uint8_t fixed[4] = {report.rtgen_family};
    const struct nested reports[] = {
        NESTED("IP6MRA_CREPORT_MSGTYPE}, MRT6MSG_WHOLEPKT]", "\3", 1),
        NESTED("IP6MRA_CREPORT_SRC_ADDR}, inet_pton(AF_INET6, \"::1\")]", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1",
               3),
    };
    CHECK_NESTED(RTM_NEWCACHEREPORT, 0, fixed, reports);
}
END_TEST

START_TEST(neighbours)
{
    const struct ndmsg neighbour = {.ndm_family = AF_INET};
    const struct nested attributes[] = {
        NESTED("NDA_FDB_EXT_ATTRS}, [{nla_len=5, nla_type=NFEA_ACTIVITY_NOTIFY}, FDB_NOTIFY_INACTIVE_BIT]]",
               "\2", 14, 1),
    };
    CHECK_NESTED(RTM_NEWNEIGH, 0, neighbour, attributes);
    const struct ndtmsg table = {.ndtm_family = AF_INET};
    const struct nested tables[] = {
        NESTED("NDTPA_REACHABLE_TIME}, 513]]", "\1\2\0\0\0\0\0\0", NDTA_PARMS, NDTPA_REACHABLE_TIME),
        NESTED("NDTPA_IFINDEX}, if_nametoindex(\"lo\")]]", "\1\0\0\0", NDTA_PARMS, NDTPA_IFINDEX),
        NESTED("NDTA_CONFIG}, {ndtc_key_len=4, ndtc_entry_size=8, ndtc_entries=1, ndtc_last_flush=2, "
               "ndtc_last_rand=3, ndtc_hash_rnd=4, ndtc_hash_mask=0x000007, ndtc_hash_chain_gc=5, "
               "ndtc_proxy_qlen=6}]",
               "\4\0\10\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\7\0\0\0\5\0\0\0\6\0\0\0", NDTA_CONFIG),
    };
    CHECK_NESTED(RTM_NEWNEIGHTBL, 0, table, tables);
}
END_TEST

START_TEST(traffic_control)
{
    const struct tcmsg traffic = {.tcm_family = AF_UNSPEC};
    const struct nested attributes[] = {
        NESTED("TCA_RATE}, {interval=-2, ewma_log=3}]", "\xfe\3", TCA_RATE),
        NESTED("TCA_STAB_DATA}, [513, 4]]", "\1\2\4\0", TCA_STAB, TCA_STAB_DATA),
        NESTED(
            "TCA_STAB_BASE}, {cell_log=1, size_log=2, cell_align=-1, overhead=4, linklayer=5, mpu=6, mtu=7, "
            "tsize=8}]]",
            "\1\2\xff\xff\4\0\0\0\5\0\0\0\6\0\0\0\7\0\0\0\10\0\0\0", TCA_STAB, TCA_STAB_BASE),
        NESTED("TCA_STATS_PKT64}, 5]]", "\5\0\0\0\0\0\0\0", TCA_STATS2, 8),
    };
    CHECK_NESTED(RTM_NEWQDISC, 0, traffic, attributes);
    const struct tcamsg action = {.tca_family = AF_UNSPEC};
    const struct nested actions[] = {
        NESTED("TCA_ACT_KIND}, \"gact\"]", "gact\0", TCA_ACT_KIND),
        NESTED("TCA_ACT_FLAGS}, TCA_ACT_FLAGS_SKIP_HW]", "\2\0\0\0\2\0\0\0", TCA_ACT_FLAGS),
        NESTED("TCA_ACT_HW_STATS}, TCA_ACT_HW_STATS_DELAYED]", "\2\0\0\0", TCA_ACT_HW_STATS),
        NESTED("TCA_ACT_STATS}, [{nla_len=12, nla_type=TCA_STATS_RATE_EST}, {bps=1, pps=2}]]",
               "\1\0\0\0\2\0\0\0", TCA_ACT_STATS, 2),
    };
    CHECK_NESTED(RTM_NEWACTION, 0, action, actions);
}
END_TEST

START_TEST(multicast_groups)
{
    const struct br_port_msg port = {.family = AF_BRIDGE, .ifindex = 1};
    const struct nested groups[] = {
        NESTED("MDBA_MDB_ENTRY_INFO}, {ifindex=if_nametoindex(\"lo\"), state=MDB_PERMANENT, "
               "flags=MDB_FLAGS_BLOCKED, vid=5, addr={u=inet_addr(\"224.0.0.1\"), proto=htons(AF_INET)}}]]]",
               "\1\0\0\0\1\10\5\0\340\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0", MDBA_MDB, MDBA_MDB_ENTRY,
               MDBA_MDB_ENTRY_INFO),
        NESTED(
            "proto=htons(0x800 /* AF_??? */)}}, [{nla_len=8, nla_type=MDBA_MDB_EATTR_TIMER}, 256 /* 2.56 s "
            "*/]]]]",
            "\1\0\0\0\1\10\5\0\340\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\10\0\0\0\10\0\1\0\0\1\0\0", MDBA_MDB,
            MDBA_MDB_ENTRY, MDBA_MDB_ENTRY_INFO),
        NESTED("MDBA_ROUTER_PORT}, if_nametoindex(\"lo\"), [{nla_len=5, nla_type=MDBA_ROUTER_PATTR_TYPE}, "
               "MDB_RTR_TYPE_PERM]]]",
               "\1\0\0\0\5\0\2\0\2\0\0\0", MDBA_ROUTER, MDBA_ROUTER_PORT),
    };
    CHECK_NESTED(RTM_NEWMDB, 0, port, groups);
}
END_TEST

START_TEST(statistics)
{
    const struct if_stats_msg stats = {.family = AF_UNSPEC};
    char multicast[31 * 8 + 1] = "\1\0\0\0\0\0\0\0\2";
    const struct nested lines[] = {
        NESTED("BRIDGE_XSTATS_STP}, {transition_blk=1, transition_fwd=2, rx_bpdu=3, tx_bpdu=4, rx_tcn=5, "
               "tx_tcn=6}, \"\\x07\"]]]",
               "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\4\0\0\0\0\0\0\0\5\0\0\0\0\0\0\0\6\0\0\0\0\0"
               "\0\0\7",
               IFLA_STATS_LINK_XSTATS, LINK_XSTATS_TYPE_BRIDGE, BRIDGE_XSTATS_STP),
        NESTED("BRIDGE_XSTATS_MCAST}, {igmp_v1queries=[[BR_MCAST_DIR_RX]=1, [BR_MCAST_DIR_TX]=2], "
               "igmp_v2queries=[[BR_MCAST_DIR_RX]=0, ",
               multicast, IFLA_STATS_LINK_XSTATS, LINK_XSTATS_TYPE_BRIDGE, BRIDGE_XSTATS_MCAST),
        NESTED("BOND_XSTATS_3AD}, [{nla_len=12, nla_type=BOND_3AD_STAT_MARKER_RX}, 5]]]]", "\5\0\0\0\0\0\0\0",
               IFLA_STATS_LINK_XSTATS_SLAVE, LINK_XSTATS_TYPE_BOND, 1, 4),
        NESTED("AF_MPLS}, [{nla_len=5, nla_type=MPLS_STATS_LINK}, \"\\x01\"]]]", "\1", IFLA_STATS_AF_SPEC,
               AF_MPLS, 1),
    };
    CHECK_NESTED(RTM_NEWSTATS, 0, stats, lines);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("netlink_route");
    TCase *tc = tcase_create("netlink_route");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, fixed_parts);
    tcase_add_test(tc, names_that_are_left_out);
    tcase_add_test(tc, labels_and_next_hops);
    tcase_add_test(tc, neighbours);
    tcase_add_test(tc, traffic_control);
    tcase_add_test(tc, multicast_groups);
    tcase_add_test(tc, statistics);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
