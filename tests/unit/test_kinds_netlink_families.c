/* Netlink families other than routes and sockets: types and flags that mean something else in each. */
#include "tests/unit/netlink_message.h"

#include <linux/cryptouser.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/socket.h>

/* The call that sends these bytes. */
static const char *sent(const void *bytes, size_t n)
{
    uint64_t at = unit_put(&target, UNIT_SIZE - n, bytes, n);
    return unit_entry(&target, CALL_sendto, 3, at, n, 0, 0, 0);
}

/* The type and the flags of a message of nothing else. */
static const char *header(const char *socket, uint16_t type, uint16_t flags)
{
    static char copy[200];
    const struct nlmsghdr bytes = {.nlmsg_len = 16, .nlmsg_type = type, .nlmsg_flags = flags};
    socket_is = socket;
    snprintf(copy, sizeof(copy), "%s", strstr(sent(&bytes, sizeof(bytes)), "nlmsg_type="));
    char *rest = strstr(copy, ", nlmsg_seq=");
    ck_assert_ptr_nonnull(rest);
    *rest = 0;
    return copy;
}

START_TEST(types_and_flags)
{
    static const struct {
        const char *socket, *expected;
        uint16_t type, flags;
    } lines[] = {
        {"NETLINK:[XFRM:42]", "nlmsg_type=XFRM_MSG_NEWSA, nlmsg_flags=NLM_F_REQUEST|NLM_F_EXCL", 16, 0x201},
        {"NETLINK:[XFRM:42]", "nlmsg_type=XFRM_MSG_DELSA, nlmsg_flags=NLM_F_NONREC", 17, 0x100},
        {"NETLINK:[XFRM:42]", "nlmsg_type=XFRM_MSG_GETSA, nlmsg_flags=NLM_F_DUMP", 18, 0x300},
        {"NETLINK:[CRYPTO:42]", "nlmsg_type=CRYPTO_MSG_NEWALG, nlmsg_flags=NLM_F_REPLACE", 16, 0x100},
        {"NETLINK:[CRYPTO:42]", "nlmsg_type=CRYPTO_MSG_GETALG, nlmsg_flags=NLM_F_DUMP", 19, 0x300},
        {"NETLINK:[SELINUX:42]", "nlmsg_type=SELNL_MSG_SETENFORCE, nlmsg_flags=0", 16, 0},
        {"NETLINK:[AUDIT:42]", "nlmsg_type=AUDIT_GET, nlmsg_flags=NLM_F_REQUEST", 1000, 1},
        {"NETLINK:[SOCK_DIAG:42]", "nlmsg_type=TCPDIAG_GETSOCK, nlmsg_flags=NLM_F_DUMP", 18, 0x300},
        {"NETLINK:[NETFILTER:42]",
         "nlmsg_type=NFNL_SUBSYS_NFTABLES<<8|NFT_MSG_NEWTABLE, nlmsg_flags=NLM_F_CREATE", 0xa00, 0x400},
        {"NETLINK:[NETFILTER:42]",
         "nlmsg_type=NFNL_SUBSYS_NFTABLES<<8|NFT_MSG_DELTABLE, nlmsg_flags=NLM_F_NONREC", 0xa02, 0x100},
        {"NETLINK:[NETFILTER:42]",
         "nlmsg_type=NFNL_SUBSYS_CTNETLINK<<8|IPCTNL_MSG_CT_GET, nlmsg_flags=NLM_F_DUMP", 0x101, 0x300},
        {"NETLINK:[NETFILTER:42]", "nlmsg_type=NFNL_MSG_BATCH_BEGIN, nlmsg_flags=NLM_F_REQUEST", 16, 1},
        {"NETLINK:[NETFILTER:42]", "nlmsg_type=0xee /* NFNL_SUBSYS_??? */<<8|0x2, nlmsg_flags=NLM_F_REQUEST",
         0xee02, 1},
        {"NETLINK:[NETFILTER:42]", "nlmsg_type=NLMSG_ERROR, nlmsg_flags=NLM_F_CAPPED", 2, 0x100},
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        ck_assert_str_eq(header(lines[i].socket, lines[i].type, lines[i].flags), lines[i].expected);
    }
}
END_TEST

START_TEST(netfilter)
{
    const struct nfgenmsg swapped = {.nfgen_family = AF_INET, .res_id = 0x0a00},
                          plain = {.nfgen_family = AF_INET, .res_id = 0x000a},
                          other = {.nfgen_family = AF_INET6, .version = 7, .res_id = 0x0100};
    socket_is = "NETLINK:[NETFILTER:42]";
    begin(NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, &swapped, sizeof(swapped));
    ck_assert_ptr_nonnull(strstr(body(), "{nfgen_family=AF_INET, version=NFNETLINK_V0, res_id=htons("));
    begin(0xa00, NLM_F_REQUEST, &swapped, sizeof(swapped));
    ck_assert_ptr_nonnull(strstr(body(), "res_id=htons(NFNL_SUBSYS_NFTABLES)}"));
    begin(0xa00, NLM_F_REQUEST, &plain, sizeof(plain));
    attribute(1, "filter", 7);
    ck_assert_str_eq(body(), "{nfgen_family=AF_INET, version=NFNETLINK_V0, res_id=NFNL_SUBSYS_NFTABLES}, "
                             "[{nla_len=11, nla_type=0x1}, \"\\x66\\x69\\x6c\\x74\\x65\\x72\\x00\"]");
    begin(0x101, NLM_F_REQUEST, &other, sizeof(other));
    ck_assert_str_eq(body(), "{nfgen_family=AF_INET6, version=0x7 /* NFNETLINK_??? */, res_id=htons(1)}");
    begin(NFNL_MSG_BATCH_END, NLM_F_REQUEST, &other, sizeof(other));
    add("\1\2", 2);
    ck_assert_ptr_nonnull(strstr(body(), "res_id=htons(1)}, \"\\x01\\x02\""));
    begin(0xa00, NLM_F_REQUEST, "\2\0\0", 3);
    ck_assert_str_eq(body(), "\"\\x02\\x00\\x00\"");
}
END_TEST

START_TEST(crypto)
{
    struct crypto_user_alg algorithm = {.cru_name = "sha256", .cru_type = 0xe, .cru_refcnt = 2};
    const struct crypto_report_hash hash = {.type = "shash", .blocksize = 64, .digestsize = 32};
    const struct crypto_report_aead aead = {
        .type = "aead", .geniv = "seqiv", .blocksize = 1, .maxauthsize = 16, .ivsize = 8};
    socket_is = "NETLINK:[CRYPTO:42]";
    memset(algorithm.cru_driver_name, 'd', sizeof(algorithm.cru_driver_name));
    begin(CRYPTO_MSG_GETALG, NLM_F_REQUEST, &algorithm, sizeof(algorithm));
    attribute(CRYPTOCFGA_PRIORITY_VAL, "\1\1\0\0", 4);
    attribute(CRYPTOCFGA_REPORT_HASH, &hash, sizeof(hash));
    attribute(CRYPTOCFGA_REPORT_AEAD, &aead, sizeof(aead));
    attribute(CRYPTOCFGA_REPORT_AKCIPHER, "akcipher", 9);
    attribute(CRYPTOCFGA_REPORT_HASH, "short", 5);
    const char *text = body();
    ck_assert_ptr_nonnull(strstr(text, "{cru_name=\"sha256\", cru_driver_name=\"ddd"));
    ck_assert_ptr_nonnull(strstr(text,
                                 "d\"..., cru_module_name=\"\", cru_type=0xe, cru_mask=0, cru_refcnt=2, "
                                 "cru_flags=0}, [[{nla_len=8, nla_type=CRYPTOCFGA_PRIORITY_VAL}, 257]"));
    ck_assert_ptr_nonnull(strstr(text, "{type=\"shash\", blocksize=64, digestsize=32}"));
    ck_assert_ptr_nonnull(
        strstr(text, "{type=\"aead\", geniv=\"seqiv\", blocksize=1, maxauthsize=16, ivsize=8}"));
    ck_assert_ptr_nonnull(strstr(text, "nla_type=CRYPTOCFGA_REPORT_AKCIPHER}, {type=\"akcipher\"}]"));
    ck_assert_ptr_nonnull(strstr(text, "nla_type=CRYPTOCFGA_REPORT_HASH}, \"short\"]"));
    begin(CRYPTO_MSG_GETALG, NLM_F_REQUEST, "abc", 3);
    ck_assert_str_eq(body(), "\"abc\"");
    begin(21, NLM_F_REQUEST, "abc", 3);
    ck_assert_str_eq(body(), "\"\\x61\\x62\\x63\"");
}
END_TEST

START_TEST(selinux)
{
    socket_is = "NETLINK:[SELINUX:42]";
    begin(16, 0, "\xff\xff\xff\xff", 4);
    ck_assert_str_eq(body(), "{val=-1}");
    begin(17, 0, "\7\0\0\0", 4);
    ck_assert_str_eq(body(), "{seqno=7}");
    begin(17, 0, "\7\0", 2);
    ck_assert_str_eq(body(), "\"\\x07\\x00\"");
}
END_TEST

START_TEST(events_of_devices)
{
    static const char header[40] = "libudev\0\xfe\xed\xca\xfe\x28\0\0\0\x28\0\0\0\5\0\0\0\1\2\3\4";
    char bytes[45];
    socket_is = "NETLINK:[KOBJECT_UEVENT:42]";
    memcpy(bytes, header, sizeof(header));
    memcpy(bytes + sizeof(header), "A=bc", 5);
    ck_assert_ptr_nonnull(
        strstr(sent("add@/devices/x\0ACTION=add", 26), "\"add@/devices/x\\0ACTION=add\\0\""));
    const char *text = sent(header, sizeof(header));
    ck_assert_ptr_nonnull(strstr(
        text, "(3, {prefix=\"libudev\", magic=htonl(0xfeedcafe), header_size=40, properties_off=40, "
              "properties_len=5, filter_subsystem_hash=htonl(0x1020304), filter_devtype_hash=htonl(0), "
              "filter_tag_bloom_hi=htonl(0), filter_tag_bloom_lo=htonl(0)}, 40"));
    text = sent(bytes, sizeof(bytes));
    ck_assert_ptr_nonnull(strstr(text, "(3, [{prefix=\"libudev\""));
    ck_assert_ptr_nonnull(strstr(text, "}, \"A=bc\\0\"], 45"));
    ck_assert_ptr_nonnull(strstr(sent(header, 39), "\"libudev\\0"));
}
END_TEST

static ssize_t generic(const struct fd_names *of, unsigned family, char *buf, size_t n)
{
    ck_assert(of->generic == generic && n > 7);
    memcpy(buf, "ethtool", 7);
    return family == 0x15 ? 7 : -ENOENT;
}

START_TEST(generic_families_have_names_of_the_kernel)
{
    const struct fd_names asks = {.describe = describe, .interface = interface, .generic = generic};
    const char *socket = "NETLINK:[GENERIC:42]";
    ck_assert_str_eq(header(socket, 0x15, 1), "nlmsg_type=0x15 /* GENERIC_FAMILY_??? */, "
                                              "nlmsg_flags=NLM_F_REQUEST");
    ck_assert_str_eq(header(socket, 0x10, 1), "nlmsg_type=nlctrl, nlmsg_flags=NLM_F_REQUEST");
    target.fds = &asks;
    ck_assert_str_eq(header(socket, 0x15, 1), "nlmsg_type=ethtool, nlmsg_flags=NLM_F_REQUEST");
    ck_assert_str_eq(header(socket, 0x16, 1), "nlmsg_type=0x16 /* GENERIC_FAMILY_??? */, "
                                              "nlmsg_flags=NLM_F_REQUEST");
    target.fds = &names;
    begin(0x15, NLM_F_REQUEST, "\3\1\0\0", 4);
    attribute(2, "\1\0\0\0", 4);
    ck_assert_str_eq(body(), "{cmd=0x3, version=1}, [{nla_len=8, nla_type=0x2}, \"\\x01\\x00\\x00\\x00\"]");
    begin(0x15, NLM_F_REQUEST, "\3\1\4\0", 4);
    ck_assert_str_eq(body(), "{cmd=0x3, version=1, reserved=0x4}");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("netlink_families");
    TCase *tc = tcase_create("netlink_families");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, types_and_flags);
    tcase_add_test(tc, netfilter);
    tcase_add_test(tc, crypto);
    tcase_add_test(tc, selinux);
    tcase_add_test(tc, events_of_devices);
    tcase_add_test(tc, generic_families_have_names_of_the_kernel);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
