#include "decode/kinds/netlink_types.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/net.h"
#include "decode/kinds/netlink_tables.h"

XLAT_ORDERED(nf_conntrack, "IPCTNL_MSG_CT_???", {0, "IPCTNL_MSG_CT_NEW"}, {1, "IPCTNL_MSG_CT_GET"},
             {2, "IPCTNL_MSG_CT_DELETE"}, {3, "IPCTNL_MSG_CT_GET_CTRZERO"},
             {4, "IPCTNL_MSG_CT_GET_STATS_CPU"}, {5, "IPCTNL_MSG_CT_GET_STATS"},
             {6, "IPCTNL_MSG_CT_GET_DYING"}, {7, "IPCTNL_MSG_CT_GET_UNCONFIRMED"});
XLAT_ORDERED(nf_expect, "IPCTNL_MSG_EXP_???", {0, "IPCTNL_MSG_EXP_NEW"}, {1, "IPCTNL_MSG_EXP_GET"},
             {2, "IPCTNL_MSG_EXP_DELETE"}, {3, "IPCTNL_MSG_EXP_GET_STATS_CPU"});
XLAT_ORDERED(nf_queue, "NFQNL_MSG_???", {0, "NFQNL_MSG_PACKET"}, {1, "NFQNL_MSG_VERDICT"},
             {2, "NFQNL_MSG_CONFIG"}, {3, "NFQNL_MSG_VERDICT_BATCH"});
XLAT_ORDERED(nf_log, "NFULNL_MSG_???", {0, "NFULNL_MSG_PACKET"}, {1, "NFULNL_MSG_CONFIG"});
XLAT_ORDERED(nf_fingerprint, "OSF_MSG_???", {0, "OSF_MSG_ADD"}, {1, "OSF_MSG_REMOVE"});
XLAT_ORDERED(nf_set, "IPSET_CMD_???", {0, "IPSET_CMD_NONE"}, {1, "IPSET_CMD_PROTOCOL"},
             {2, "IPSET_CMD_CREATE"}, {3, "IPSET_CMD_DESTROY"}, {4, "IPSET_CMD_FLUSH"},
             {5, "IPSET_CMD_RENAME"}, {6, "IPSET_CMD_SWAP"}, {7, "IPSET_CMD_LIST"}, {8, "IPSET_CMD_SAVE"},
             {9, "IPSET_CMD_ADD"}, {10, "IPSET_CMD_DEL"}, {11, "IPSET_CMD_TEST"}, {12, "IPSET_CMD_HEADER"},
             {13, "IPSET_CMD_TYPE"}, {14, "IPSET_CMD_GET_BYNAME"}, {15, "IPSET_CMD_GET_BYINDEX"},
             {16, "IPSET_CMD_RESTORE"}, {17, "IPSET_CMD_HELP"}, {18, "IPSET_CMD_VERSION"},
             {19, "IPSET_CMD_QUIT"}, {20, "IPSET_CMD_COMMIT"});
XLAT_ORDERED(nf_account, "NFNL_MSG_ACCT_???", {0, "NFNL_MSG_ACCT_NEW"}, {1, "NFNL_MSG_ACCT_GET"},
             {2, "NFNL_MSG_ACCT_GET_CTRZERO"}, {3, "NFNL_MSG_ACCT_DEL"}, {4, "NFNL_MSG_ACCT_OVERQUOTA"});
XLAT_ORDERED(nf_timeout, "IPCTNL_MSG_TIMEOUT_???", {0, "IPCTNL_MSG_TIMEOUT_NEW"},
             {1, "IPCTNL_MSG_TIMEOUT_GET"}, {2, "IPCTNL_MSG_TIMEOUT_DELETE"},
             {3, "IPCTNL_MSG_TIMEOUT_DEFAULT_SET"}, {4, "IPCTNL_MSG_TIMEOUT_DEFAULT_GET"});
XLAT_ORDERED(nf_tables, "NFT_MSG_???", {0, "NFT_MSG_NEWTABLE"}, {1, "NFT_MSG_GETTABLE"},
             {2, "NFT_MSG_DELTABLE"}, {3, "NFT_MSG_NEWCHAIN"}, {4, "NFT_MSG_GETCHAIN"},
             {5, "NFT_MSG_DELCHAIN"}, {6, "NFT_MSG_NEWRULE"}, {7, "NFT_MSG_GETRULE"}, {8, "NFT_MSG_DELRULE"},
             {9, "NFT_MSG_NEWSET"}, {10, "NFT_MSG_GETSET"}, {11, "NFT_MSG_DELSET"},
             {12, "NFT_MSG_NEWSETELEM"}, {13, "NFT_MSG_GETSETELEM"}, {14, "NFT_MSG_DELSETELEM"},
             {15, "NFT_MSG_NEWGEN"}, {16, "NFT_MSG_GETGEN"}, {17, "NFT_MSG_TRACE"}, {18, "NFT_MSG_NEWOBJ"},
             {19, "NFT_MSG_GETOBJ"}, {20, "NFT_MSG_DELOBJ"}, {21, "NFT_MSG_GETOBJ_RESET"},
             {22, "NFT_MSG_NEWFLOWTABLE"}, {23, "NFT_MSG_GETFLOWTABLE"}, {24, "NFT_MSG_DELFLOWTABLE"},
             {25, "NFT_MSG_GETRULE_RESET"}, {26, "NFT_MSG_DESTROYTABLE"}, {27, "NFT_MSG_DESTROYCHAIN"},
             {28, "NFT_MSG_DESTROYRULE"}, {29, "NFT_MSG_DESTROYSET"}, {30, "NFT_MSG_DESTROYSETELEM"},
             {31, "NFT_MSG_DESTROYOBJ"}, {32, "NFT_MSG_DESTROYFLOWTABLE"}, {33, "NFT_MSG_GETSETELEM_RESET"});
XLAT_ORDERED(nf_helper, "NFNL_MSG_CTHELPER_???", {0, "NFNL_MSG_CTHELPER_NEW"}, {1, "NFNL_MSG_CTHELPER_GET"},
             {2, "NFNL_MSG_CTHELPER_DEL"});
XLAT_ORDERED(nf_compat, "NFNL_MSG_COMPAT_???", {0, "NFNL_MSG_COMPAT_GET"});
XLAT_ORDERED(nf_hook, "NFT_MSG_HOOK_???", {0, "NFNL_MSG_HOOK_GET"});
XLAT_ORDERED(nf_batch, "NFNL_MSG_BATCH_???", {16, "NFNL_MSG_BATCH_BEGIN"}, {17, "NFNL_MSG_BATCH_END"});
XLAT_ORDERED(nf_subsystems, "NFNL_SUBSYS_???", {0, "NFNL_SUBSYS_NONE"}, {1, "NFNL_SUBSYS_CTNETLINK"},
             {2, "NFNL_SUBSYS_CTNETLINK_EXP"}, {3, "NFNL_SUBSYS_QUEUE"}, {4, "NFNL_SUBSYS_ULOG"},
             {5, "NFNL_SUBSYS_OSF"}, {6, "NFNL_SUBSYS_IPSET"}, {7, "NFNL_SUBSYS_ACCT"},
             {8, "NFNL_SUBSYS_CTNETLINK_TIMEOUT"}, {9, "NFNL_SUBSYS_CTHELPER"}, {10, "NFNL_SUBSYS_NFTABLES"},
             {11, "NFNL_SUBSYS_NFT_COMPAT"}, {12, "NFNL_SUBSYS_HOOK"});
XLAT_ORDERED(crypto_types, "CRYPTO_MSG_???", {16, "CRYPTO_MSG_NEWALG"}, {17, "CRYPTO_MSG_DELALG"},
             {18, "CRYPTO_MSG_UPDATEALG"}, {19, "CRYPTO_MSG_GETALG"}, {20, "CRYPTO_MSG_DELRNG"},
             {21, "CRYPTO_MSG_GETSTAT"});
XLAT_ORDERED(selinux_types, "SELNL_MSG_???", {16, "SELNL_MSG_SETENFORCE"}, {17, "SELNL_MSG_POLICYLOAD"});

/* Of each subsystem of netfilter: its types, and what they do, a letter each: New, Delete, Get, or none. */
static const struct subsystem {
    const struct xlat *types;
    const char *does;
} subsystems[] = {
    [1] = {&xlat_nf_conntrack, "NGDGGGGG"},
    [2] = {&xlat_nf_expect, "NGDG"},
    [3] = {&xlat_nf_queue, ""},
    [4] = {&xlat_nf_log, ""},
    [5] = {&xlat_nf_fingerprint, ""},
    [6] = {&xlat_nf_set, ""},
    [7] = {&xlat_nf_account, "NGGD"},
    [8] = {&xlat_nf_timeout, "NGD"},
    [9] = {&xlat_nf_helper, "NGD"},
    [10] = {&xlat_nf_tables, "NGDNGDNGDNGDNGDNG-NGDGNGD"},
    [11] = {&xlat_nf_compat, "G"},
    [12] = {&xlat_nf_hook, "G"},
};
static const char xfrm_does[] = "NDGNDG--------NG--NGNG";
static const char crypto_does[] = "ND-GD";

static const struct subsystem *subsystem_of(uint16_t type)
{
    unsigned id = type >> 8;
    bool known = id < sizeof(subsystems) / sizeof(subsystems[0]) && subsystems[id].types;
    return known ? &subsystems[id] : NULL;
}

/* NFNL_SUBSYS_NFTABLES<<8|NFT_MSG_NEWTABLE */
static void show_netfilter(struct decoder *d, uint16_t type)
{
    const struct subsystem *subsystem = subsystem_of(type);
    if (xlat_name(&xlat_nf_batch, type)) {
        append_enum(d, "nlmsg_type", &xlat_nf_batch, type);
        return;
    }
    uint32_t whole = values_open(d->out, VALUE_OR, "nlmsg_type");
    values_at(d->out, whole)->number = type;
    uint32_t index = values_xlat(d->out, VALUE_ENUM, NULL, &xlat_nf_subsystems, type >> 8);
    values_set_bytes(d->out, index, "<<8", strlen("<<8"));
    if (subsystem) {
        append_enum(d, NULL, subsystem->types, type & 0xff);
    } else {
        append_hex(d, NULL, type & 0xff);
    }
    values_close(d->out);
}

/* Families of NETLINK_GENERIC are numbered as they come, but for the first. */
static void show_generic(struct decoder *d, uint16_t type)
{
    char text[64];
    bool asks = type > NLMSG_MIN_TYPE && d->fds && d->fds->generic;
    ssize_t n = asks ? d->fds->generic(d->fds, type, text, sizeof(text)) : -1;
    if (n <= 0) {
        append_enum(d, "nlmsg_type", &xlat_generic_families, type);
        return;
    }
    uint32_t index = values_wordf(d->out, "nlmsg_type", "%.*s", (int)n, text);
    values_stand_for(d->out, index, type, VALUE_AS_HEX);
}

static const struct xlat *types_of(int family, uint16_t type)
{
    if (type < NLMSG_MIN_TYPE) {
        return &xlat_netlink_types;
    }
    switch (family) {
    case NETLINK_ROUTE:
        return &xlat_rtnetlink_types;
    case NETLINK_SOCK_DIAG:
        return &xlat_sock_diag_types;
    case NETLINK_XFRM:
        return &xlat_xfrm_types;
    case NETLINK_AUDIT:
        return &xlat_audit_types;
    case NETLINK_CRYPTO:
        return &xlat_crypto_types;
    case NETLINK_SELINUX:
        return &xlat_selinux_types;
    default:
        return &xlat_netlink_types;
    }
}

void netlink_show_type(struct decoder *d, int family, uint16_t type)
{
    if (type >= NLMSG_MIN_TYPE && family == NETLINK_NETFILTER) {
        show_netfilter(d, type);
    } else if (type >= NLMSG_MIN_TYPE && family == NETLINK_GENERIC) {
        show_generic(d, type);
    } else {
        append_enum(d, "nlmsg_type", types_of(family, type), type);
    }
}

/* Route messages come in fours: new, delete, get, set. */
static char route_does(uint16_t type)
{
    return type == RTM_DELACTION ? 'G' : "NDG-"[type & 3];
}

/* N, D, G, or anything else. */
static char type_does(int family, uint16_t type)
{
    const struct subsystem *subsystem = subsystem_of(type);
    unsigned first = type - NLMSG_MIN_TYPE, low = type & 0xff;
    switch (family) {
    case NETLINK_ROUTE:
        return route_does(type);
    case NETLINK_SOCK_DIAG:
        return 'G';
    case NETLINK_XFRM:
        return first < sizeof(xfrm_does) ? xfrm_does[first] : '-';
    case NETLINK_CRYPTO:
        return first < sizeof(crypto_does) ? crypto_does[first] : '-';
    case NETLINK_NETFILTER:
        return subsystem && low < strlen(subsystem->does) ? subsystem->does[low] : '-';
    default:
        return '-';
    }
}

const struct xlat *netlink_flags_of(int family, uint16_t type)
{
    if (type < NLMSG_MIN_TYPE) {
        return type == NLMSG_ERROR ? &xlat_netlink_ack_flags : &xlat_netlink_flags;
    }
    switch (type_does(family, type)) {
    case 'N':
        return &xlat_netlink_new_flags;
    case 'D':
        return &xlat_netlink_delete_flags;
    case 'G':
        return &xlat_netlink_get_flags;
    default:
        return &xlat_netlink_flags;
    }
}
