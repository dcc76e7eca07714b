/* Attributes of sockets of SMC. */
#include <linux/types.h>

#include <linux/inet_diag.h>
#include <linux/smc_diag.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/members.h"
#include "decode/kinds/net.h"
#include "decode/kinds/nlattr_diag.h"
#include "decode/kinds/nlattr_tables.h"

XLAT_ORDERED(nl_smc, "SMC_DIAG_???", {0, "SMC_DIAG_NONE"}, {1, "SMC_DIAG_CONNINFO"}, {2, "SMC_DIAG_LGRINFO"},
             {3, "SMC_DIAG_SHUTDOWN"}, {4, "SMC_DIAG_DMBINFO"}, {5, "SMC_DIAG_FALLBACK"});
XLAT_ORDERED(nl_smc_role, "SMC_???", {0, "SMC_CLNT"}, {1, "SMC_SERV"});
XLAT(nl_smc_shutdown, "???_SHUTDOWN", {1, "RCV_SHUTDOWN"}, {2, "SEND_SHUTDOWN"});
XLAT_ORDERED(nl_smc_decline, "SMC_CLC_DECL_???", {0x1010000, "SMC_CLC_DECL_MEM"},
             {0x2010000, "SMC_CLC_DECL_TIMEOUT_CL"}, {0x2020000, "SMC_CLC_DECL_TIMEOUT_AL"},
             {0x3000000, "SMC_CLC_DECL_CNFERR"}, {0x3010000, "SMC_CLC_DECL_PEERNOSMC"},
             {0x3020000, "SMC_CLC_DECL_IPSEC"}, {0x3030000, "SMC_CLC_DECL_NOSMCDEV"},
             {0x3040000, "SMC_CLC_DECL_MODEUNSUPP"}, {0x3050000, "SMC_CLC_DECL_RMBE_EC"},
             {0x3060000, "SMC_CLC_DECL_OPTUNSUPP"}, {0x4000000, "SMC_CLC_DECL_SYNCERR"},
             {0x5000000, "SMC_CLC_DECL_PEERDECL"}, {0x99990000, "SMC_CLC_DECL_INTERR"},
             {0x99990001, "SMC_CLC_DECL_ERR_RTOK"}, {0x99990002, "SMC_CLC_DECL_ERR_RDYLNK"},
             {0x99990003, "SMC_CLC_DECL_ERR_REGRMB"});

#define CURSOR(member) MEMBER(struct smc_diag_cursor, member, UINT)
LAYOUT(cursor, struct smc_diag_cursor, CURSOR(reserved), CURSOR(wrap), CURSOR(count));
#define CONNECTION(member) MEMBER(struct smc_diag_conninfo, member, UINT)
#define CURSOR_OF(member)                                                                                    \
    {                                                                                                        \
        .name = #member, .offset = offsetof(struct smc_diag_conninfo, member), .size = 8, .as = AS_BLOCK,    \
        .layout = &layout_cursor                                                                             \
    }
#define FLAGS_OF(member) MEMBER(struct smc_diag_conninfo, member, HEX_PADDED)
LAYOUT(connection, struct smc_diag_conninfo, CONNECTION(token), CONNECTION(sndbuf_size),
       CONNECTION(rmbe_size), CONNECTION(peer_rmbe_size), CURSOR_OF(rx_prod), CURSOR_OF(rx_cons),
       CURSOR_OF(tx_prod), CURSOR_OF(tx_cons), FLAGS_OF(rx_prod_flags), FLAGS_OF(rx_conn_state_flags),
       FLAGS_OF(tx_prod_flags), FLAGS_OF(tx_conn_state_flags), CURSOR_OF(tx_prep), CURSOR_OF(tx_sent),
       CURSOR_OF(tx_fin));
LAYOUT(buffer, struct smcd_diag_dmbinfo, MEMBER(struct smcd_diag_dmbinfo, linkid, UINT),
       MEMBER(struct smcd_diag_dmbinfo, peer_gid, HEX), MEMBER(struct smcd_diag_dmbinfo, my_gid, HEX),
       MEMBER(struct smcd_diag_dmbinfo, token, HEX), MEMBER(struct smcd_diag_dmbinfo, peer_token, HEX));

/* A string that fills its room has no NUL. */
static void show_text(struct decoder *d, const char *name, const uint8_t *bytes, size_t room)
{
    size_t n = strnlen((const char *)bytes, room);
    values_string(d->out, name, bytes, n < room ? n : room - 1, n < room ? 0 : VALUE_MORE);
}

/* struct smc_diag_lgrinfo */
static bool show_group(struct decoder *d, uint64_t addr, uint64_t length,
                       const struct nlattr_context *context)
{
    struct smc_diag_lgrinfo group;
    (void)context;
    if (length < sizeof(group) || !mem_read(d->mem, addr, &group, sizeof(group))) {
        return false;
    }
    const struct smc_diag_linkinfo *link = &group.lnk[0];
    values_open(d->out, VALUE_STRUCT, NULL);
    values_open(d->out, VALUE_ARRAY, "lnk");
    values_open(d->out, VALUE_STRUCT, NULL);
    append_uint(d, "link_id", link->link_id);
    show_text(d, "ibname", link->ibname, sizeof(link->ibname));
    append_uint(d, "ibport", link->ibport);
    show_text(d, "gid", link->gid, sizeof(link->gid));
    show_text(d, "peer_gid", link->peer_gid, sizeof(link->peer_gid));
    values_close(d->out);
    values_close(d->out);
    append_enum(d, "role", &xlat_nl_smc_role, group.role);
    values_close(d->out);
    return true;
}

/* struct smc_diag_fallback */
static bool show_fallback(struct decoder *d, uint64_t addr, uint64_t length,
                          const struct nlattr_context *context)
{
    struct smc_diag_fallback why;
    (void)context;
    if (length < sizeof(why) || !mem_read(d->mem, addr, &why, sizeof(why))) {
        return false;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    append_hex_named(d, "reason", &xlat_nl_smc_decline, why.reason);
    append_hex_named(d, "peer_diagnosis", &xlat_nl_smc_decline, why.peer_diagnosis);
    values_close(d->out);
    return true;
}
static const struct nlattr_function link_group = {show_group}, fallback = {show_fallback};
static const struct nlattr_shape smc_attributes[] = {
    NLATTR_LINE(SMC_DIAG_CONNINFO, LAYOUT, 0, &layout_connection),
    SHOW(SMC_DIAG_LGRINFO, link_group),
    NLATTR_LINE(SMC_DIAG_SHUTDOWN, FLAGS, 1, &xlat_nl_smc_shutdown),
    NLATTR_LINE(SMC_DIAG_DMBINFO, LAYOUT, 0, &layout_buffer),
    SHOW(5 /* SMC_DIAG_FALLBACK */, fallback),
};
NLATTR_LISTED(smc_socket, xlat_nl_smc, smc_attributes);
