/* Attributes of sockets of IP, in questions and answers. */
#include <linux/inet_diag.h>
#include <string.h>
#include <sys/socket.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/members.h"
#include "decode/kinds/net.h"
#include "decode/kinds/net_tables.h"
#include "decode/kinds/nlattr_diag.h"
#include "decode/kinds/nlattr_tables.h"
#include "decode/kinds/sockaddr.h"

XLAT_ORDERED(nl_ulp, "INET_ULP_INFO_???", {0, "INET_ULP_INFO_UNSPEC"}, {1, "INET_ULP_INFO_NAME"},
             {2, "INET_ULP_INFO_TLS"}, {3, "INET_ULP_INFO_MPTCP"});
XLAT_ORDERED(nl_mptcp, "MPTCP_SUBFLOW_ATTR_???", {0, "MPTCP_SUBFLOW_ATTR_UNSPEC"},
             {1, "MPTCP_SUBFLOW_ATTR_TOKEN_REM"}, {2, "MPTCP_SUBFLOW_ATTR_TOKEN_LOC"},
             {3, "MPTCP_SUBFLOW_ATTR_RELWRITE_SEQ"}, {4, "MPTCP_SUBFLOW_ATTR_MAP_SEQ"},
             {5, "MPTCP_SUBFLOW_ATTR_MAP_SFSEQ"}, {6, "MPTCP_SUBFLOW_ATTR_SSN_OFFSET"},
             {7, "MPTCP_SUBFLOW_ATTR_MAP_DATALEN"}, {8, "MPTCP_SUBFLOW_ATTR_FLAGS"},
             {9, "MPTCP_SUBFLOW_ATTR_ID_REM"}, {10, "MPTCP_SUBFLOW_ATTR_ID_LOC"},
             {11, "MPTCP_SUBFLOW_ATTR_PAD"});
XLAT_ORDERED(nl_tls, "TLS_INFO_???", {0, "TLS_INFO_UNSPEC"}, {1, "TLS_INFO_VERSION"}, {2, "TLS_INFO_CIPHER"},
             {3, "TLS_INFO_TXCONF"}, {4, "TLS_INFO_RXCONF"}, {5, "TLS_INFO_ZC_RO_TX"},
             {6, "TLS_INFO_RX_NO_PAD"});
XLAT_ORDERED(nl_tls_version, "TLS_???_VERSION", {0x303, "TLS_1_2_VERSION"}, {0x304, "TLS_1_3_VERSION"});
XLAT_ORDERED(nl_tls_cipher, "TLS_CIPHER_???", {51, "TLS_CIPHER_AES_GCM_128"}, {52, "TLS_CIPHER_AES_GCM_256"},
             {53, "TLS_CIPHER_AES_CCM_128"}, {54, "TLS_CIPHER_CHACHA20_POLY1305"}, {55, "TLS_CIPHER_SM4_GCM"},
             {56, "TLS_CIPHER_SM4_CCM"}, {57, "TLS_CIPHER_ARIA_GCM_128"}, {58, "TLS_CIPHER_ARIA_GCM_256"});
XLAT_ORDERED(nl_tls_mode, "TLS_CONF_???", {1, "TLS_CONF_BASE"}, {2, "TLS_CONF_SW"}, {3, "TLS_CONF_HW"},
             {4, "TLS_CONF_HW_RECORD"});
XLAT(nl_mptcp_flags, "MPTCP_SUBFLOW_FLAG_???", {1, "MPTCP_SUBFLOW_FLAG_MCAP_REM"},
     {2, "MPTCP_SUBFLOW_FLAG_MCAP_LOC"}, {4, "MPTCP_SUBFLOW_FLAG_JOIN_REM"},
     {8, "MPTCP_SUBFLOW_FLAG_JOIN_LOC"}, {0x10, "MPTCP_SUBFLOW_FLAG_BKUP_REM"},
     {0x20, "MPTCP_SUBFLOW_FLAG_BKUP_LOC"}, {0x40, "MPTCP_SUBFLOW_FLAG_FULLY_ESTABLISHED"},
     {0x80, "MPTCP_SUBFLOW_FLAG_CONNECTED"}, {0x100, "MPTCP_SUBFLOW_FLAG_MAPVALID"});
XLAT_ORDERED(nl_storages, "SK_DIAG_BPF_STORAGE_???", {0, "SK_DIAG_BPF_STORAGE_REP_NONE"},
             {1, "SK_DIAG_BPF_STORAGE"});
XLAT_ORDERED(nl_storage, "SK_DIAG_BPF_STORAGE_???", {0, "SK_DIAG_BPF_STORAGE_NONE"},
             {1, "SK_DIAG_BPF_STORAGE_PAD"}, {2, "SK_DIAG_BPF_STORAGE_MAP_ID"},
             {3, "SK_DIAG_BPF_STORAGE_MAP_VALUE"});
XLAT_ORDERED(nl_bytecode, "INET_DIAG_BC_???", {0, "INET_DIAG_BC_NOP"}, {1, "INET_DIAG_BC_JMP"},
             {2, "INET_DIAG_BC_S_GE"}, {3, "INET_DIAG_BC_S_LE"}, {4, "INET_DIAG_BC_D_GE"},
             {5, "INET_DIAG_BC_D_LE"}, {6, "INET_DIAG_BC_AUTO"}, {7, "INET_DIAG_BC_S_COND"},
             {8, "INET_DIAG_BC_D_COND"}, {9, "INET_DIAG_BC_DEV_COND"}, {10, "INET_DIAG_BC_MARK_COND"},
             {11, "INET_DIAG_BC_S_EQ"}, {12, "INET_DIAG_BC_D_EQ"}, {13, "INET_DIAG_BC_CGROUP_COND"});

/* A structure of bits: each is a member, from the lowest on. Those that are not set are shown with -v. */
static bool show_socket_options(struct decoder *d, uint64_t addr, uint64_t length,
                                const struct nlattr_context *context)
{
    static const char *const names[] = {"recverr",         "is_icsk",      "freebind",
                                        "hdrincl",         "mc_loop",      "transparent",
                                        "mc_all",          "nodefrag",     "bind_address_no_port",
                                        "recverr_rfc4884", "defer_connect"};
    (void)context;
    uint8_t bytes[2];
    if (length < sizeof(bytes) || !mem_read(d->mem, addr, bytes, sizeof(bytes))) {
        return false;
    }
    unsigned bits = load16(bytes);
    const size_t count = sizeof(names) / sizeof(names[0]);
    values_open(d->out, VALUE_STRUCT, NULL);
    for (size_t i = 0; i < count; i++) {
        if (d->options->verbose || bits >> i & 1) {
            append_uint(d, names[i], bits >> i & 1);
        }
    }
    if (d->options->verbose || bits >> count) {
        static const char where[] = "bits 3..8"; /* of the second byte */
        uint32_t index = values_add(d->out, VALUE_HEX, "unused", bits >> count);
        values_note(d->out, index, where, strlen(where));
    }
    values_close(d->out);
    decode_unknown_tail(d, addr, sizeof(bytes), length);
    return true;
}
static const struct nlattr_function socket_options = {show_socket_options};

#define MEMINFO(member) MEMBER(struct inet_diag_meminfo, member, UINT)
LAYOUT(inet_meminfo, struct inet_diag_meminfo, MEMINFO(idiag_rmem), MEMINFO(idiag_wmem), MEMINFO(idiag_fmem),
       MEMINFO(idiag_tmem));
LAYOUT(vegas, struct tcpvegas_info, MEMBER(struct tcpvegas_info, tcpv_enabled, UINT),
       MEMBER(struct tcpvegas_info, tcpv_rttcnt, UINT), MEMBER(struct tcpvegas_info, tcpv_rtt, UINT),
       MEMBER(struct tcpvegas_info, tcpv_minrtt, UINT));
#define BBR(member) MEMBER(struct tcp_bbr_info, member, HEX)
LAYOUT(bbr, struct tcp_bbr_info, BBR(bbr_bw_lo), BBR(bbr_bw_hi),
       MEMBER(struct tcp_bbr_info, bbr_min_rtt, UINT), MEMBER(struct tcp_bbr_info, bbr_pacing_gain, UINT),
       MEMBER(struct tcp_bbr_info, bbr_cwnd_gain, UINT));
#define DCTCP(member) MEMBER(struct tcp_dctcp_info, member, UINT)
LAYOUT(dctcp, struct tcp_dctcp_info, DCTCP(dctcp_enabled), DCTCP(dctcp_ce_state), DCTCP(dctcp_alpha),
       DCTCP(dctcp_ab_ecn), DCTCP(dctcp_ab_tot));

/* Of sctp: sockaddr_storage, one after the other. */
enum { STORAGE = 128 };
static void show_one_address(struct decoder *d, const void *element, void *context)
{
    (void)context;
    decode_sockaddr_bytes(d, NULL, element, STORAGE);
}

static bool show_addresses(struct decoder *d, uint64_t addr, uint64_t length,
                           const struct nlattr_context *context)
{
    (void)context;
    if (length < STORAGE) {
        return false;
    }
    decode_array(d, NULL, addr, length / STORAGE, STORAGE, show_one_address, NULL);
    return true;
}
static const struct nlattr_function addresses = {show_addresses};

/* An address of a family in the network's order, or its bytes. */
static void show_address_of(struct decoder *d, const char *name, const char *reference, unsigned family,
                            const uint8_t *bytes, size_t n)
{
    if (family == AF_INET && n >= 4) {
        net_address4_in(d, name, bytes, n);
    } else if (family == AF_INET6 && n >= 16) {
        net_address6(d, name, reference, bytes);
    } else {
        values_bytes(d->out, name, bytes, n, 0);
    }
}

/* struct tcp_diag_md5sig */
enum { SIGNATURE = 100, KEY_AT = 20, KEY_MAX = 80 };
static void show_key(struct decoder *d, const void *element, void *context)
{
    const uint8_t *p = element;
    uint16_t key_length = load16(p + 2);
    (void)context;
    values_open(d->out, VALUE_STRUCT, NULL);
    append_enum(d, "tcpm_family", &xlat_addrfams, p[0]);
    append_uint(d, "tcpm_prefixlen", p[1]);
    append_uint(d, "tcpm_keylen", key_length);
    show_address_of(d, "tcpm_addr", "&tcpm_addr", p[0], p + 4, KEY_AT - 4);
    values_bytes(d->out, "tcpm_key", p + KEY_AT, key_length < KEY_MAX ? key_length : KEY_MAX, 0);
    values_close(d->out);
}

static bool show_keys(struct decoder *d, uint64_t addr, uint64_t length, const struct nlattr_context *context)
{
    (void)context;
    if (length < SIGNATURE) {
        return false;
    }
    decode_array(d, NULL, addr, length / SIGNATURE, SIGNATURE, show_key, NULL);
    return true;
}
static const struct nlattr_function keys = {show_keys};

NLATTR_TABLE(tls, xlat_nl_tls, NLATTR_LINE(1, ENUM, 2, &xlat_nl_tls_version),
             NLATTR_LINE(2, ENUM, 2, &xlat_nl_tls_cipher), NLATTR_LINE(3, ENUM, 2, &xlat_nl_tls_mode),
             NLATTR_LINE(4, ENUM, 2, &xlat_nl_tls_mode));
NLATTR_TABLE(mptcp, xlat_nl_mptcp, NLATTR_LINE(1, HEX, 4, NULL), NLATTR_LINE(2, HEX, 4, NULL), NUMBER(3, 4),
             NUMBER(4, 8), NUMBER(5, 4), NUMBER(6, 4), NUMBER(7, 2),
             NLATTR_LINE(8, FLAGS, 4, &xlat_nl_mptcp_flags), NUMBER(9, 1), NUMBER(10, 1));
NLATTR_TABLE(upper, xlat_nl_ulp, STRING(1), NEST(2, tls), NEST(3, mptcp));
NLATTR_TABLE(storage, xlat_nl_storage, NUMBER(2, 4), NLATTR_LINE(3, HEX, 0, NULL));
NLATTR_TABLE(storages, xlat_nl_storages, NEST(1, storage));
static const struct nlattr_shape inet_attributes[] = {
    {INET_DIAG_MEMINFO, NLATTR_LAYOUT, 0, &layout_inet_meminfo},
    {INET_DIAG_VEGASINFO, NLATTR_LAYOUT, 0, &layout_vegas},
    {INET_DIAG_CONG, NLATTR_STRING, 0, NULL},
    {INET_DIAG_TOS, NLATTR_UINT, 1, NULL},
    {INET_DIAG_TCLASS, NLATTR_UINT, 1, NULL},
    {INET_DIAG_SKMEMINFO, NLATTR_NUMBERS, 4, &nlattr_memory_names},
    NLATTR_LINE(INET_DIAG_SHUTDOWN, HEX, 1, &xlat_nl_diag_shutdown),
    {INET_DIAG_DCTCPINFO, NLATTR_LAYOUT, 0, &layout_dctcp},
    NLATTR_LINE(INET_DIAG_PROTOCOL, ENUM, 0, &xlat_inet_protocols),
    SHOW(INET_DIAG_LOCALS, addresses),
    SHOW(INET_DIAG_PEERS, addresses),
    SHOW(18 /* INET_DIAG_MD5SIG */, keys),
    NEST(19 /* INET_DIAG_ULP_INFO */, upper),
    NEST(20 /* INET_DIAG_SK_BPF_STORAGES */, storages),
    {INET_DIAG_SKV6ONLY, NLATTR_UINT, 1, NULL},
    {INET_DIAG_MARK, NLATTR_UINT, 4, NULL},
    {INET_DIAG_BBRINFO, NLATTR_LAYOUT, 0, &layout_bbr},
    {INET_DIAG_CLASS_ID, NLATTR_UINT, 4, NULL},
    {21 /* INET_DIAG_CGROUP_ID */, NLATTR_UINT, 8, NULL},
    {22 /* INET_DIAG_SOCKOPT */, NLATTR_SHOW, 2, &socket_options}};
NLATTR_LISTED(inet_socket, xlat_nl_inet_diag, inet_attributes);

/* What ss asks for, as a program: struct inet_diag_bc_op, and what the operation takes behind it. */
static void show_operation(struct decoder *d, const uint8_t *p)
{
    values_open(d->out, VALUE_STRUCT, NULL);
    append_enum(d, "code", &xlat_nl_bytecode, p[0]);
    append_uint(d, "yes", p[1]);
    append_uint(d, "no", load16(p + 2));
    values_close(d->out);
}

/* struct inet_diag_hostcond, and an address as far as the attribute goes. */
static void show_host(struct decoder *d, const uint8_t *p, size_t n)
{
    enum { CONDITION = 8 };
    values_open(d->out, VALUE_STRUCT, NULL);
    append_enum(d, "family", &xlat_addrfams, p[0]);
    append_uint(d, "prefix_len", p[1]);
    append_uint(d, "port", load32(p + 4));
    if (n > CONDITION) {
        size_t rest = n - CONDITION, size = p[0] == AF_INET && rest > 4 ? 4 : rest;
        show_address_of(d, "addr", "&addr", p[0], p + CONDITION, size);
    }
    values_close(d->out);
}

static void show_mark(struct decoder *d, const uint8_t *p, size_t n)
{
    (void)n;
    values_open(d->out, VALUE_STRUCT, NULL);
    append_uint(d, "mark", load32(p));
    append_uint(d, "mask", load32(p + 4));
    values_close(d->out);
}

static void show_device(struct decoder *d, const uint8_t *p, size_t n)
{
    (void)n;
    net_interface(d, NULL, load32(p));
}

static void show_bound(struct decoder *d, const uint8_t *p, size_t n)
{
    (void)n;
    show_operation(d, p);
}

static const struct condition {
    uint8_t code;
    uint8_t size;
    void (*show)(struct decoder *d, const uint8_t *p, size_t n);
} conditions[] = {{INET_DIAG_BC_S_GE, 4, show_bound},      {INET_DIAG_BC_S_LE, 4, show_bound},
                  {INET_DIAG_BC_D_GE, 4, show_bound},      {INET_DIAG_BC_D_LE, 4, show_bound},
                  {INET_DIAG_BC_S_COND, 8, show_host},     {INET_DIAG_BC_D_COND, 8, show_host},
                  {INET_DIAG_BC_DEV_COND, 4, show_device}, {INET_DIAG_BC_MARK_COND, 8, show_mark}};

static bool show_condition(struct decoder *d, uint8_t code, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
        if (conditions[i].code == code && n >= conditions[i].size) {
            conditions[i].show(d, p, n);
            return true;
        }
    }
    return false;
}

static bool show_bytecode(struct decoder *d, uint64_t addr, uint64_t length,
                          const struct nlattr_context *context)
{
    enum { OPERATION = 4 };
    uint8_t bytes[OPERATION + 8 + 16];
    size_t n = length < sizeof(bytes) ? (size_t)length : sizeof(bytes);
    (void)context;
    if (length < OPERATION || !mem_read(d->mem, addr, bytes, n)) {
        return false;
    }
    show_operation(d, bytes);
    if (length > OPERATION && !show_condition(d, bytes[0], bytes + OPERATION, n - OPERATION)) {
        decode_hex_bytes(d, NULL, addr + OPERATION, length - OPERATION);
    }
    return true;
}
static const struct nlattr_function bytecode = {show_bytecode};
static const struct nlattr_shape inet_request_attributes[] = {
    SHOW(1 /* INET_DIAG_REQ_BYTECODE */, bytecode),
    NLATTR_LINE(3 /* INET_DIAG_REQ_PROTOCOL */, ENUM, 0, &xlat_inet_protocols),
};
NLATTR_LISTED(inet_request, xlat_nl_inet_diag_req, inet_request_attributes);
