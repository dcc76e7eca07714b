/* Netlink messages: fixed parts and attributes, of each family that is decoded, and what lies about its
 * length. */
#include "tests/unit/netlink_message.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

START_TEST(one_attribute_or_several)
{
    const struct rtmsg route = {.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN};
    const uint32_t gateway = 0x0100007f, oif = 1, table = 254;
    const char *fixed =
        "{rtm_family=AF_INET, rtm_dst_len=0, rtm_src_len=0, rtm_tos=0, rtm_table=RT_TABLE_MAIN, "
        "rtm_protocol=RTPROT_UNSPEC, rtm_scope=RT_SCOPE_UNIVERSE, rtm_type=RTN_UNSPEC, rtm_flags=0}";
    char expected[1024];
    begin(RTM_GETROUTE, 0, &route, sizeof(route));
    ck_assert_str_eq(body(), fixed);
    attribute(RTA_TABLE, &table, 4);
    snprintf(expected, sizeof(expected), "%s, [{nla_len=8, nla_type=RTA_TABLE}, RT_TABLE_MAIN]", fixed);
    ck_assert_str_eq(body(), expected);
    attribute(RTA_GATEWAY, &gateway, 4);
    attribute(RTA_OIF, &oif, 4);
    attribute(RTA_PAD, NULL, 0);
    snprintf(expected, sizeof(expected),
             "%s, [[{nla_len=8, nla_type=RTA_TABLE}, RT_TABLE_MAIN], "
             "[{nla_len=8, nla_type=RTA_GATEWAY}, inet_addr(\"127.0.0.1\")], "
             "[{nla_len=8, nla_type=RTA_OIF}, if_nametoindex(\"lo\")], {nla_len=4, nla_type=RTA_PAD}]",
             fixed);
    ck_assert_str_eq(body(), expected);
    target.options.string_max = 2;
    ck_assert_ptr_nonnull(strstr(body(), "inet_addr(\"127.0.0.1\")], ...]"));
}
END_TEST

START_TEST(kinds_of_attributes)
{
    const struct ifinfomsg link = {.ifi_family = AF_UNSPEC};
    const uint8_t mac[6] = {2, 0x42, 0xac, 0x11, 0, 2};
    const uint32_t mtu = 1500, queue = 7;
    const uint64_t unknown = 5;
    begin(RTM_NEWLINK, 0, &link, sizeof(link));
    attribute(3, "lo", 3);
    attribute(1, mac, sizeof(mac));
    attribute(4, &mtu, 4);
    attribute(4, &mtu, 2); /* shorter than it has to be */
    attribute(0x8000 | 12, &queue, 2);
    attribute(0x4000 | 69, &queue, 2);
    attribute(999, &unknown, 8);
    ck_assert_str_eq(
        strstr(body(), ", [["),
        ", [[{nla_len=7, nla_type=IFLA_IFNAME}, \"lo\"], "
        "[{nla_len=10, nla_type=IFLA_ADDRESS}, 02:42:ac:11:00:02], "
        "[{nla_len=8, nla_type=IFLA_MTU}, 1500], "
        "[{nla_len=6, nla_type=IFLA_MTU}, \"\\xdc\\x05\"], "
        "[{nla_len=6, nla_type=NLA_F_NESTED|IFLA_PROTINFO}, \"\\x07\\x00\"], "
        "[{nla_len=6, nla_type=NLA_F_NET_BYTEORDER|IFLA_TAILROOM}, 7], "
        "[{nla_len=12, nla_type=0x3e7 /* IFLA_??? */}, \"\\x05\\x00\\x00\\x00\\x00\\x00\\x00\\x00\"]]");
}
END_TEST

START_TEST(nests)
{
    const struct ifinfomsg link = {.ifi_family = AF_UNSPEC};
    const int32_t conf[2] = {1, -1};
    begin(RTM_NEWLINK, 0, &link, sizeof(link));
    size_t outer = attribute(26, NULL, 0); /* IFLA_AF_SPEC */
    size_t inner = attribute(AF_INET, NULL, 0);
    attribute(1, conf, sizeof(conf));
    const uint16_t inner_length = (uint16_t)(length - inner), outer_length = (uint16_t)(length - outer);
    memcpy(message + inner, &inner_length, 2);
    memcpy(message + outer, &outer_length, 2);
    ck_assert_str_eq(strstr(body(), ", [{nla"),
                     ", [{nla_len=20, nla_type=IFLA_AF_SPEC}, [{nla_len=16, nla_type=AF_INET}, "
                     "[{nla_len=12, nla_type=IFLA_INET_CONF}, "
                     "[[IPV4_DEVCONF_FORWARDING-1]=1, [IPV4_DEVCONF_MC_FORWARDING-1]=-1]]]]");
}
END_TEST

START_TEST(next_hops)
{
    const struct rtmsg route = {.rtm_family = AF_INET};
    const struct rtnexthop bare = {.rtnh_len = 8, .rtnh_ifindex = 1};
    uint8_t hops[24] = {0};
    const struct rtnexthop with = {.rtnh_len = 16, .rtnh_hops = 3, .rtnh_ifindex = 5};
    const uint32_t gateway[2] = {8 | RTA_GATEWAY << 16, 0x0100007f};
    memcpy(hops, &bare, 8);
    memcpy(hops + 8, &with, 8);
    memcpy(hops + 16, gateway, 8);
    begin(RTM_NEWROUTE, 0, &route, sizeof(route));
    attribute(RTA_MULTIPATH, hops, sizeof(hops));
    ck_assert_str_eq(strstr(body(), ", [{nla"),
                     ", [{nla_len=28, nla_type=RTA_MULTIPATH}, "
                     "[{rtnh_len=8, rtnh_flags=0, rtnh_hops=0, rtnh_ifindex=if_nametoindex(\"lo\")}, "
                     "[{rtnh_len=16, rtnh_flags=0, rtnh_hops=3, rtnh_ifindex=5}, "
                     "[{nla_len=8, nla_type=RTA_GATEWAY}, inet_addr(\"127.0.0.1\")]]]]");
    hops[0] = 0; /* lies */
    begin(RTM_NEWROUTE, 0, &route, sizeof(route));
    attribute(RTA_MULTIPATH, hops, sizeof(hops));
    ck_assert_ptr_nonnull(strstr(body(), "[{rtnh_len=0, "));
}
END_TEST

START_TEST(lengths_that_lie)
{
    const struct rtmsg route = {.rtm_family = AF_INET6};
    const uint16_t far[2] = {0xffff, RTA_DST};
    const uint16_t none[2] = {2, RTA_DST};
    begin(RTM_GETROUTE, 0, &route, sizeof(route));
    add(far, sizeof(far));
    ck_assert_str_eq(strstr(body(), ", {nla"), ", {nla_len=65535, nla_type=RTA_DST}");
    begin(RTM_GETROUTE, 0, &route, sizeof(route));
    add(none, sizeof(none));
    add("abcd", 4);
    ck_assert_str_eq(strstr(body(), ", {nla"), ", {nla_len=2, nla_type=RTA_DST}");
    begin(RTM_GETROUTE, 0, &route, sizeof(route));
    add("ab", 2);
    ck_assert_str_eq(strstr(body(), ", \""), ", \"\\x61\\x62\"");
    begin(RTM_GETROUTE, 0, &route, 1);
    ck_assert_str_eq(body(), "{rtm_family=AF_INET6, ...}");
}
END_TEST

START_TEST(errors_tell_why)
{
    const struct rtmsg route = {.rtm_family = AF_INET};
    const int32_t invalid = -22;
    struct nlmsghdr cause = {.nlmsg_len = 28, .nlmsg_type = RTM_NEWROUTE};
    begin(NLMSG_ERROR, NLM_F_ACK_TLVS, &invalid, sizeof(invalid));
    add(&cause, sizeof(cause));
    add(&route, sizeof(route));
    attribute(NLMSGERR_ATTR_MSG, "no", 3);
    const char *text = body();
    ck_assert_ptr_eq(strstr(text, "[{error=-EINVAL, msg=[{nlmsg_len=28, nlmsg_type=RTM_NEWROUTE, "), text);
    ck_assert_ptr_nonnull(strstr(text, "}]}, [{nla_len=7, nla_type=NLMSGERR_ATTR_MSG}, \"no\"]]"));
    begin(NLMSG_ERROR, NLM_F_ACK_TLVS | NLM_F_CAPPED, &invalid, sizeof(invalid));
    add(&cause, sizeof(cause));
    attribute(NLMSGERR_ATTR_MSG, "no", 3);
    ck_assert_str_eq(
        body(), "[{error=-EINVAL, msg={nlmsg_len=28, nlmsg_type=RTM_NEWROUTE, nlmsg_flags=0, nlmsg_seq=0, "
                "nlmsg_pid=0}}, [{nla_len=7, nla_type=NLMSGERR_ATTR_MSG}, \"no\"]]");
}
END_TEST

START_TEST(questions_about_sockets)
{
    socket_is = "NETLINK:[SOCK_DIAG:42]";
    struct inet_diag_req_v2 request = {.sdiag_family = AF_INET, .sdiag_protocol = 6, .idiag_states = 1 << 10};
    begin(20, NLM_F_REQUEST, &request, sizeof(request));
    ck_assert_str_eq(
        body(), "{sdiag_family=AF_INET, sdiag_protocol=IPPROTO_TCP, idiag_ext=0, idiag_states=1<<TCP_LISTEN, "
                "id={idiag_sport=htons(0), idiag_dport=htons(0), idiag_src=inet_addr(\"0.0.0.0\"), "
                "idiag_dst=inet_addr(\"0.0.0.0\"), idiag_if=0, idiag_cookie=[0, 0]}}");
    struct inet_diag_msg answer = {.idiag_family = AF_INET6, .idiag_state = 10, .idiag_uid = 7};
    const uint16_t options = 2;
    begin(20, 0, &answer, sizeof(answer));
    attribute(22, &options, 2);
    attribute(4, "bbr", 4);
    ck_assert_str_eq(
        body(), "{idiag_family=AF_INET6, idiag_state=TCP_LISTEN, idiag_timer=0, idiag_retrans=0, "
                "id={idiag_sport=htons(0), idiag_dport=htons(0), inet_pton(AF_INET6, \"::\", &idiag_src), "
                "inet_pton(AF_INET6, \"::\", &idiag_dst), idiag_if=0, idiag_cookie=[0, 0]}, idiag_expires=0, "
                "idiag_rqueue=0, idiag_wqueue=0, idiag_uid=7, idiag_inode=0}, "
                "[[{nla_len=6, nla_type=INET_DIAG_SOCKOPT}, {is_icsk=1}], "
                "[{nla_len=8, nla_type=INET_DIAG_CONG}, \"bbr\"]]");
    begin(20, 0, &answer, 8); /* too short */
    ck_assert_str_eq(body(), "{idiag_family=AF_INET6, ...}");
}
END_TEST

START_TEST(generic_families)
{
    socket_is = "NETLINK:[GENERIC:42]";
    const uint8_t header[4] = {3, 1};
    begin(16, NLM_F_REQUEST, header, sizeof(header));
    attribute(2, "thermal", 8);
    ck_assert_str_eq(body(), "{cmd=CTRL_CMD_GETFAMILY, version=1}, "
                             "[{nla_len=12, nla_type=CTRL_ATTR_FAMILY_NAME}, \"thermal\"]");
}
END_TEST

START_TEST(a_socket_may_be_closed_before_its_message_is_shown)
{
    const struct nlmsghdr header = {.nlmsg_len = 16, .nlmsg_type = RTM_NEWLINK};
    const uint16_t address[6] = {AF_NETLINK};
    const uint64_t iov[2] = {unit_put(&target, 0, &header, sizeof(header)), 100};
    const uint64_t msg[7] = {unit_put(&target, 0x100, address, sizeof(address)), 12,
                             unit_put(&target, 0x200, iov, sizeof(iov)), 1};
    uint64_t at = unit_put(&target, 0x300, msg, sizeof(msg));
    answers = 1;
    ck_assert_ptr_nonnull(strstr(unit_exit(&target, CALL_recvmsg, 16, 3, at, 0), "nlmsg_type=RTM_NEWLINK"));
    answers = 0;
    ck_assert_ptr_nonnull(
        strstr(unit_exit(&target, CALL_recvmsg, 16, 3, at, 0), "nlmsg_type=0x10 /* NLMSG_??? */"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("netlink");
    TCase *tc = tcase_create("netlink");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, one_attribute_or_several);
    tcase_add_test(tc, kinds_of_attributes);
    tcase_add_test(tc, nests);
    tcase_add_test(tc, next_hops);
    tcase_add_test(tc, lengths_that_lie);
    tcase_add_test(tc, errors_tell_why);
    tcase_add_test(tc, questions_about_sockets);
    tcase_add_test(tc, generic_families);
    tcase_add_test(tc, a_socket_may_be_closed_before_its_message_is_shown);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
