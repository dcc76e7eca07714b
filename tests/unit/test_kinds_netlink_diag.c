/* NETLINK_SOCK_DIAG: questions about sockets of each family, and what the answers carry. */
#include "tests/unit/netlink_message.h"

#include <linux/inet_diag.h>
#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/smc_diag.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>

enum { BY_FAMILY = 20, REQUEST = NLM_F_REQUEST };

static void begin_test(void)
{
    start();
    socket_is = "NETLINK:[SOCK_DIAG:42]";
}

#define FIXED(flags, structure, expected)                                                                    \
    do {                                                                                                     \
        begin(BY_FAMILY, flags, &(structure), sizeof(structure));                                            \
        ck_assert_str_eq(body(), expected);                                                                  \
    } while (0)

START_TEST(fixed_parts)
{
    const struct packet_diag_req request = {.sdiag_family = AF_PACKET,
                                            .pdiag_show = PACKET_SHOW_INFO | PACKET_SHOW_FILTER};
    FIXED(REQUEST, request,
          "{sdiag_family=AF_PACKET, sdiag_protocol=0, pdiag_ino=0, "
          "pdiag_show=PACKET_SHOW_INFO|PACKET_SHOW_FILTER, pdiag_cookie=[0, 0]}");
    const struct packet_diag_msg packet = {.pdiag_family = AF_PACKET, .pdiag_type = 3, .pdiag_num = 0x0800};
    FIXED(0, packet,
          "{pdiag_family=AF_PACKET, pdiag_type=SOCK_RAW, pdiag_num=ETH_P_IP, pdiag_ino=0, "
          "pdiag_cookie=[0, 0]}");
    const struct netlink_diag_msg netlink = {.ndiag_family = AF_NETLINK, .ndiag_type = 2, .ndiag_state = 1};
    FIXED(
        0, netlink,
        "{ndiag_family=AF_NETLINK, ndiag_type=SOCK_DGRAM, ndiag_protocol=NETLINK_ROUTE, "
        "ndiag_state=NETLINK_CONNECTED, ndiag_portid=0, ndiag_dst_portid=0, ndiag_dst_group=0, ndiag_ino=0, "
        "ndiag_cookie=[0, 0]}");
    const struct netlink_diag_msg fresh = {.ndiag_family = AF_NETLINK, .ndiag_type = 2, .ndiag_state = 7};
    FIXED(0, fresh,
          "{ndiag_family=AF_NETLINK, ndiag_type=SOCK_DGRAM, ndiag_protocol=NETLINK_ROUTE, "
          "ndiag_state=TCP_CLOSE, ndiag_portid=0, ndiag_dst_portid=0, ndiag_dst_group=0, ndiag_ino=0, "
          "ndiag_cookie=[0, 0]}");
    const struct smc_diag_msg smc = {
        .diag_family = AF_SMC, .diag_state = 10, .diag_mode = 2, .diag_uid = 7, .diag_inode = 1LL << 32};
    FIXED(0, smc,
          "{diag_family=AF_SMC, diag_state=SMC_LISTEN, diag_fallback=SMC_DIAG_MODE_SMCD, diag_shutdown=0, "
          "id={idiag_sport=htons(0), idiag_dport=htons(0), idiag_src=inet_addr(\"0.0.0.0\"), "
          "idiag_dst=inet_addr(\"0.0.0.0\"), idiag_if=0, idiag_cookie=[0, 0]}, diag_uid=7, "
          "diag_inode=4294967296}");
    const uint8_t other[3] = {AF_VSOCK, 1, 2};
    FIXED(0, other, "{family=AF_VSOCK, data=\"\\x01\\x02\"}");
    const uint8_t brief[2] = {AF_PACKET};
    FIXED(REQUEST, brief, "{sdiag_family=AF_PACKET, ...}");
    begin(BY_FAMILY, 0, "\21", 1);
    ck_assert_str_eq(body(), "{family=AF_PACKET}");
}
END_TEST

START_TEST(packets)
{
    const struct packet_diag_msg packet = {.pdiag_family = AF_PACKET};
    char list[44 + 1] = "\1\0\0\0\2\0\0\0\1\0\6\0\2\102\254\21\0\2";
    const struct nested lines[] = {
        NESTED("PACKET_DIAG_INFO}, {pdi_index=if_nametoindex(\"lo\"), pdi_version=TPACKET_V3, pdi_reserve=3, "
               "pdi_copy_thresh=4, pdi_tstamp=5, pdi_flags=PDI_RUNNING|PDI_LOSS}]",
               "\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5\0\0\0\21\0\0\0", PACKET_DIAG_INFO),
        NESTED("PACKET_DIAG_MCLIST}, [{pdmc_index=if_nametoindex(\"lo\"), pdmc_count=2, pdmc_type=1, "
               "pdmc_alen=6, pdmc_addr=\"\\x02\\x42\\xac\\x11\\x00\\x02\"}]]",
               list, PACKET_DIAG_MCLIST),
        NESTED("PACKET_DIAG_RX_RING}, {pdr_block_size=1, pdr_block_nr=2, pdr_frame_size=3, pdr_frame_nr=4, "
               "pdr_retire_tmo=5, pdr_sizeof_priv=6, pdr_features=7}]",
               "\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5\0\0\0\6\0\0\0\7\0\0\0", PACKET_DIAG_RX_RING),
        NESTED("PACKET_DIAG_MEMINFO}, [[SK_MEMINFO_RMEM_ALLOC]=1, [SK_MEMINFO_RCVBUF]=2]]",
               "\1\0\0\0\2\0\0\0", PACKET_DIAG_MEMINFO),
        NESTED("PACKET_DIAG_FILTER}, [BPF_STMT(BPF_RET|BPF_K, 0xffff)]]", "\6\0\0\0\xff\xff\0\0",
               PACKET_DIAG_FILTER),
    };
    target.options.verbose = true; /* which programs are shown with */
    CHECK_NESTED(BY_FAMILY, 0, packet, lines);
}
END_TEST

START_TEST(questions_of_ss)
{
    const struct inet_diag_req_v2 request = {.sdiag_family = AF_INET};
    const struct nested lines[] = {
        NESTED("INET_DIAG_REQ_BYTECODE}, {code=INET_DIAG_BC_S_COND, yes=20, no=24}, {family=AF_INET, "
               "prefix_len=8, port=4294967295, addr=inet_addr(\"10.0.0.0\")}]",
               "\7\24\30\0\2\10\0\0\xff\xff\xff\xff\12\0\0\0", 1),
        NESTED("{code=INET_DIAG_BC_D_GE, yes=8, no=12}, {code=INET_DIAG_BC_NOP, yes=0, no=80}]",
               "\4\10\14\0\0\0\120\0", 1),
        NESTED("{code=INET_DIAG_BC_DEV_COND, yes=8, no=12}, if_nametoindex(\"lo\")]", "\11\10\14\0\1\0\0\0",
               1),
        NESTED("{code=INET_DIAG_BC_MARK_COND, yes=12, no=16}, {mark=1, mask=2}]",
               "\12\14\20\0\1\0\0\0\2\0\0\0", 1),
        NESTED("{code=INET_DIAG_BC_MARK_COND, yes=12, no=16}, \"\\x01\\x00\\x00\\x00\"]",
               "\12\14\20\0\1\0\0\0", 1),
        NESTED("{code=INET_DIAG_BC_JMP, yes=4, no=8}, \"\\x01\\x02\"]", "\1\4\10\0\1\2", 1),
        NESTED("INET_DIAG_REQ_PROTOCOL}, IPPROTO_MPTCP]", "\6\1\0\0", 3),
    };
    CHECK_NESTED(BY_FAMILY, REQUEST, request, lines);
}
END_TEST

START_TEST(answers_about_ip)
{
    const struct inet_diag_msg answer = {.idiag_family = AF_INET};
    char key[100 + 1] = "\2\40\3\0\12\0\0\1";
    char address[128 + 1] = "\2\0\0\120\177\0\0\1";
    memcpy(key + 20, "abc", 3);
    const struct nested lines[] = {
        NESTED("INET_DIAG_SHUTDOWN}, 0x3 /* RCV_SHUTDOWN|SEND_SHUTDOWN */]", "\3", INET_DIAG_SHUTDOWN),
        NESTED("INET_DIAG_SHUTDOWN}, 0]", "\0", INET_DIAG_SHUTDOWN),
        NESTED("INET_DIAG_SOCKOPT}, {is_icsk=1}, /* bytes 2..3 */ \"\\x01\\x00\"]", "\2\0\1\0", 22),
        NESTED("INET_DIAG_MD5SIG}, [{tcpm_family=AF_INET, tcpm_prefixlen=32, tcpm_keylen=3, "
               "tcpm_addr=inet_addr(\"10.0.0.1\"), tcpm_key=\"\\x61\\x62\\x63\"}]]",
               key, 18),
        NESTED("INET_DIAG_LOCALS}, [{sa_family=AF_INET, sin_port=htons(80), "
               "sin_addr=inet_addr(\"127.0.0.1\")}]]",
               address, INET_DIAG_LOCALS),
        NESTED("INET_DIAG_ULP_INFO}, [{nla_len=8, nla_type=INET_ULP_INFO_NAME}, \"tls\"]]", "tls\0", 19, 1),
        NESTED("TLS_INFO_CIPHER}, TLS_CIPHER_AES_GCM_256]]]", "\64\0", 19, 2, 2),
        NESTED("MPTCP_SUBFLOW_ATTR_FLAGS}, MPTCP_SUBFLOW_FLAG_JOIN_LOC]]]", "\10\0\0\0", 19, 3, 8),
        NESTED("SK_DIAG_BPF_STORAGE_MAP_VALUE}, 0x201]]]", "\1\2", 20, 1, 3),
    };
    CHECK_NESTED(BY_FAMILY, 0, answer, lines);
    const struct unix_diag_msg unix_answer = {.udiag_family = AF_UNIX};
    const struct nested unix_lines[] = {NESTED("UNIX_DIAG_SHUTDOWN}, 3]", "\3", UNIX_DIAG_SHUTDOWN)};
    CHECK_NESTED(BY_FAMILY, 0, unix_answer, unix_lines);
    const struct netlink_diag_msg netlink = {.ndiag_family = AF_NETLINK};
    const struct nested netlink_lines[] = {
        NESTED("NETLINK_DIAG_GROUPS}, [0x00000000000001]]", "\1\0\0\0\0\0\0\0", NETLINK_DIAG_GROUPS),
        NESTED("NETLINK_DIAG_FLAGS}, NDIAG_FLAG_CAP_ACK]", "\40\0\0\0", 4),
    };
    CHECK_NESTED(BY_FAMILY, 0, netlink, netlink_lines);
}
END_TEST

START_TEST(smc)
{
    const struct smc_diag_msg answer = {.diag_family = AF_SMC};
    char connection[76 + 1] = "\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5\0\6\0\7\0\0\0";
    const struct nested lines[] = {
        NESTED("SMC_DIAG_CONNINFO}, {token=1, sndbuf_size=2, rmbe_size=3, peer_rmbe_size=4, "
               "rx_prod={reserved=5, wrap=6, count=7}, rx_cons={reserved=0, wrap=0, count=0}, ",
               connection, SMC_DIAG_CONNINFO),
        NESTED("rx_prod_flags=00, rx_conn_state_flags=00, ", connection, SMC_DIAG_CONNINFO),
        NESTED("SMC_DIAG_FALLBACK}, {reason=0x3030000 /* SMC_CLC_DECL_NOSMCDEV */, peer_diagnosis=0 /* "
               "SMC_CLC_DECL_??? */}]",
               "\0\0\3\3\0\0\0\0", 5),
        NESTED("SMC_DIAG_SHUTDOWN}, SEND_SHUTDOWN]", "\2", SMC_DIAG_SHUTDOWN),
    };
    CHECK_NESTED(BY_FAMILY, 0, answer, lines);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("netlink_diag");
    TCase *tc = tcase_create("netlink_diag");
    tcase_add_checked_fixture(tc, begin_test, end);
    tcase_add_test(tc, fixed_parts);
    tcase_add_test(tc, packets);
    tcase_add_test(tc, questions_of_ss);
    tcase_add_test(tc, answers_about_ip);
    tcase_add_test(tc, smc);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
