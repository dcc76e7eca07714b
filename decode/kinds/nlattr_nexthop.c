/* Attributes of next hops, labels of addresses, and what routers of multicasts are told. */
#include <linux/if_addrlabel.h>
#include <linux/nexthop.h>
#include <stddef.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/net.h"
#include "decode/kinds/nlattr_route.h"
#include "decode/kinds/nlattr_tables.h"

XLAT_ORDERED(nl_nexthop, "NHA_???", {0, "NHA_UNSPEC"}, {1, "NHA_ID"}, {2, "NHA_GROUP"}, {3, "NHA_GROUP_TYPE"},
             {4, "NHA_BLACKHOLE"}, {5, "NHA_OIF"}, {6, "NHA_GATEWAY"}, {7, "NHA_ENCAP_TYPE"},
             {8, "NHA_ENCAP"}, {9, "NHA_GROUPS"}, {10, "NHA_MASTER"}, {11, "NHA_FDB"}, {12, "NHA_RES_GROUP"},
             {13, "NHA_RES_BUCKET"}, {14, "NHA_OP_FLAGS"}, {15, "NHA_GROUP_STATS"},
             {16, "NHA_HW_STATS_ENABLE"}, {17, "NHA_HW_STATS_USED"});
XLAT_ORDERED(nl_res_group, "NHA_RES_GROUP_???", {0, "NHA_RES_GROUP_PAD"}, {1, "NHA_RES_GROUP_BUCKETS"},
             {2, "NHA_RES_GROUP_IDLE_TIMER"}, {3, "NHA_RES_GROUP_UNBALANCED_TIMER"},
             {4, "NHA_RES_GROUP_UNBALANCED_TIME"});
XLAT_ORDERED(nl_res_bucket, "NHA_RES_BUCKET_???", {0, "NHA_RES_BUCKET_PAD"}, {1, "NHA_RES_BUCKET_INDEX"},
             {2, "NHA_RES_BUCKET_IDLE_TIME"}, {3, "NHA_RES_BUCKET_NH_ID"});
XLAT_ORDERED(nl_group_type, "NEXTHOP_GRP_TYPE_???", {0, "NEXTHOP_GRP_TYPE_MPATH"},
             {1, "NEXTHOP_GRP_TYPE_RES"});
XLAT_ORDERED(nl_label, "IFAL_???", {1, "IFAL_ADDRESS"}, {2, "IFAL_LABEL"});
XLAT_ORDERED(nl_report4, "IPMRA_CREPORT_???", {0, "IPMRA_CREPORT_UNSPEC"}, {1, "IPMRA_CREPORT_MSGTYPE"},
             {2, "IPMRA_CREPORT_VIF_ID"}, {3, "IPMRA_CREPORT_SRC_ADDR"}, {4, "IPMRA_CREPORT_DST_ADDR"},
             {5, "IPMRA_CREPORT_PKT"}, {6, "IPMRA_CREPORT_TABLE"});
XLAT_ORDERED(nl_report6, "IP6MRA_CREPORT_???", {0, "IP6MRA_CREPORT_UNSPEC"}, {1, "IP6MRA_CREPORT_MSGTYPE"},
             {2, "IP6MRA_CREPORT_MIF_ID"}, {3, "IP6MRA_CREPORT_SRC_ADDR"}, {4, "IP6MRA_CREPORT_DST_ADDR"},
             {5, "IP6MRA_CREPORT_PKT"});
XLAT_ORDERED(nl_report4_type, "IGMPMSG_???", {1, "IGMPMSG_NOCACHE"}, {2, "IGMPMSG_WRONGVIF"},
             {3, "IGMPMSG_WHOLEPKT"}, {4, "IGMPMSG_WRVIFWHOLE"});
XLAT_ORDERED(nl_report6_type, "MRT6MSG_???", {1, "MRT6MSG_NOCACHE"}, {2, "MRT6MSG_WRONGMIF"},
             {3, "MRT6MSG_WHOLEPKT"}, {4, "MRT6MSG_WRMIFWHOLE"});
XLAT_ORDERED(nl_dcb, "DCB_ATTR_???", {0, "DCB_ATTR_UNDEFINED"}, {1, "DCB_ATTR_IFNAME"}, {2, "DCB_ATTR_STATE"},
             {3, "DCB_ATTR_PFC_STATE"}, {4, "DCB_ATTR_PFC_CFG"}, {5, "DCB_ATTR_NUM_TC"},
             {6, "DCB_ATTR_PG_CFG"}, {7, "DCB_ATTR_SET_ALL"}, {8, "DCB_ATTR_PERM_HWADDR"},
             {9, "DCB_ATTR_CAP"}, {10, "DCB_ATTR_NUMTCS"}, {11, "DCB_ATTR_BCN"}, {12, "DCB_ATTR_APP"},
             {13, "DCB_ATTR_IEEE"}, {14, "DCB_ATTR_DCBX"}, {15, "DCB_ATTR_FEATCFG"}, {16, "DCB_ATTR_CEE"});

/* struct nexthop_grp, a member of which has its name since Linux 6.12. */
enum { MEMBER_SIZE = 8 };
static void show_member(struct decoder *d, const void *element, void *context)
{
    const uint8_t *member = element;
    (void)context;
    values_open(d->out, VALUE_STRUCT, NULL);
    append_uint(d, "id", load32(member));
    append_uint(d, "weight", member[4]);
    if (member[5]) {
        append_uint(d, "weight_high", member[5]);
    }
    if (load16(member + 6)) {
        append_hex(d, "resvd2", load16(member + 6));
    }
    values_close(d->out);
}

static bool show_group(struct decoder *d, uint64_t addr, uint64_t length,
                       const struct nlattr_context *context)
{
    (void)context;
    uint64_t count = length / MEMBER_SIZE;
    if (count) {
        decode_array(d, NULL, addr, count, MEMBER_SIZE, show_member, NULL);
    }
    return count;
}
static const struct nlattr_function group = {show_group};

NLATTR_TABLE(res_group, xlat_nl_res_group, NUMBER(NHA_RES_GROUP_BUCKETS, 2), TICKS(NHA_RES_GROUP_IDLE_TIMER),
             TICKS(NHA_RES_GROUP_UNBALANCED_TIMER), TICKS(NHA_RES_GROUP_UNBALANCED_TIME));
NLATTR_TABLE(res_bucket, xlat_nl_res_bucket, NUMBER(NHA_RES_BUCKET_INDEX, 2), TICKS(NHA_RES_BUCKET_IDLE_TIME),
             NUMBER(NHA_RES_BUCKET_NH_ID, 4));
static const struct nlattr_shape nexthop_attributes[] = {
    NUMBER(NHA_ID, 4),
    SHOW(NHA_GROUP, group),
    NLATTR_LINE(NHA_GROUP_TYPE, ENUM, 2, &xlat_nl_group_type),
    NUMBER(NHA_BLACKHOLE, 4),
    INTERFACE(NHA_OIF),
    ADDRESS(NHA_GATEWAY),
    NLATTR_LINE(NHA_ENCAP_TYPE, ENUM, 2, &xlat_nl_encap_type),
    NUMBER(NHA_GROUPS, 4),
    INTERFACE(NHA_MASTER),
    NUMBER(NHA_FDB, 4),
    NEST(NHA_RES_GROUP, res_group),
    NEST(NHA_RES_BUCKET, res_bucket),
};
NLATTR_LISTED(next_hop, xlat_nl_nexthop, nexthop_attributes);

static const struct nlattr_shape label_attributes[] = {ADDRESS(IFAL_ADDRESS), NUMBER(IFAL_LABEL, 4)};
NLATTR_LISTED(label, xlat_nl_label, label_attributes);

static const struct nlattr_shape report4_attributes[] = {
    NLATTR_LINE(1, ENUM, 1, &xlat_nl_report4_type),
    NUMBER(2, 4),
    NLATTR_LINE(3, ADDRESS4, 0, NULL),
    NLATTR_LINE(4, ADDRESS4, 0, NULL),
    NUMBER(6, 4),
};
NLATTR_LISTED(report4, xlat_nl_report4, report4_attributes);
static const struct nlattr_shape report6_attributes[] = {
    NLATTR_LINE(1, ENUM, 1, &xlat_nl_report6_type),
    NUMBER(2, 4),
    NLATTR_LINE(3, ADDRESS6, 0, NULL),
    NLATTR_LINE(4, ADDRESS6, 0, NULL),
};
NLATTR_LISTED(report6, xlat_nl_report6, report6_attributes);

/* Of data center bridging the types have names. */
const struct nlattr_table nlattr_dcb = {&xlat_nl_dcb, NULL, 0, NULL};
