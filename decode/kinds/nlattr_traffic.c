/* Attributes of traffic control: queueing disciplines, classes, filters and actions. */
#include <linux/gen_stats.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stddef.h>

#include "decode/kinds/members.h"
#include "decode/kinds/nlattr_route.h"
#include "decode/kinds/nlattr_tables.h"

XLAT_ORDERED(nl_stab, "TCA_STAB_???", {0, "TCA_STAB_UNSPEC"}, {1, "TCA_STAB_BASE"}, {2, "TCA_STAB_DATA"});
XLAT_ORDERED(nl_action, "TCA_ACT_???", {0, "TCA_ACT_UNSPEC"}, {1, "TCA_ACT_KIND"}, {2, "TCA_ACT_OPTIONS"},
             {3, "TCA_ACT_INDEX"}, {4, "TCA_ACT_STATS"}, {5, "TCA_ACT_PAD"}, {6, "TCA_ACT_COOKIE"},
             {7, "TCA_ACT_FLAGS"}, {8, "TCA_ACT_HW_STATS"}, {9, "TCA_ACT_USED_HW_STATS"},
             {10, "TCA_ACT_IN_HW_COUNT"});
XLAT(nl_action_flags, "TCA_ACT_FLAGS_???", {1, "TCA_ACT_FLAGS_NO_PERCPU_STATS"}, {2, "TCA_ACT_FLAGS_SKIP_HW"},
     {4, "TCA_ACT_FLAGS_SKIP_SW"});
XLAT(nl_action_stats, "TCA_ACT_HW_STATS_???", {1, "TCA_ACT_HW_STATS_IMMEDIATE"},
     {2, "TCA_ACT_HW_STATS_DELAYED"});

LAYOUT(tc_stats, struct tc_stats, MEMBER(struct tc_stats, bytes, UINT),
       MEMBER(struct tc_stats, packets, UINT), MEMBER(struct tc_stats, drops, UINT),
       MEMBER(struct tc_stats, overlimits, UINT), MEMBER(struct tc_stats, bps, UINT),
       MEMBER(struct tc_stats, pps, UINT), MEMBER(struct tc_stats, qlen, UINT),
       MEMBER(struct tc_stats, backlog, UINT));
LAYOUT(tc_basic, struct gnet_stats_basic, MEMBER(struct gnet_stats_basic, bytes, UINT),
       MEMBER(struct gnet_stats_basic, packets, UINT));
LAYOUT(tc_queue, struct gnet_stats_queue, MEMBER(struct gnet_stats_queue, qlen, UINT),
       MEMBER(struct gnet_stats_queue, backlog, UINT), MEMBER(struct gnet_stats_queue, drops, UINT),
       MEMBER(struct gnet_stats_queue, requeues, UINT), MEMBER(struct gnet_stats_queue, overlimits, UINT));
LAYOUT(tc_rate, struct gnet_stats_rate_est, MEMBER(struct gnet_stats_rate_est, bps, UINT),
       MEMBER(struct gnet_stats_rate_est, pps, UINT));
LAYOUT(tc_rate64, struct gnet_stats_rate_est64, MEMBER(struct gnet_stats_rate_est64, bps, UINT),
       MEMBER(struct gnet_stats_rate_est64, pps, UINT));
enum { TC_STATS_SIZE = 36, TC_BASIC_SIZE = 12 }; /* without what C pads them with */
NLATTR_TABLE(traffic_stats, xlat_nl_tca_stats, {1, NLATTR_LAYOUT, TC_BASIC_SIZE, &layout_tc_basic},
             {2, NLATTR_LAYOUT, 0, &layout_tc_rate}, {3, NLATTR_LAYOUT, 0, &layout_tc_queue},
             {5, NLATTR_LAYOUT, 0, &layout_tc_rate64}, {7, NLATTR_LAYOUT, TC_BASIC_SIZE, &layout_tc_basic},
             NUMBER(8, 8));
LAYOUT(estimator, struct tc_estimator, MEMBER(struct tc_estimator, interval, INT),
       MEMBER(struct tc_estimator, ewma_log, UINT));
#define SIZES(member) MEMBER(struct tc_sizespec, member, UINT)
LAYOUT(size_table, struct tc_sizespec, SIZES(cell_log), SIZES(size_log),
       MEMBER(struct tc_sizespec, cell_align, INT), MEMBER(struct tc_sizespec, overhead, INT),
       SIZES(linklayer), SIZES(mpu), SIZES(mtu), SIZES(tsize));
static const struct nlattr_names unnamed = {NULL, 0};
NLATTR_TABLE(sizes, xlat_nl_stab, NLATTR_LINE(TCA_STAB_BASE, LAYOUT, 0, &layout_size_table),
             NLATTR_LINE(TCA_STAB_DATA, NUMBERS, 2, &unnamed));
static const struct nlattr_shape traffic_attributes[] = {
    STRING(TCA_KIND),
    {TCA_STATS, NLATTR_LAYOUT, TC_STATS_SIZE, &layout_tc_stats},
    {TCA_RATE, NLATTR_LAYOUT, 0, &layout_estimator},
    NUMBER(TCA_FCNT, 4),
    {TCA_STATS2, NLATTR_NEST, 0, &nlattr_traffic_stats},
    NEST(TCA_STAB, sizes),
    NUMBER(TCA_CHAIN, 4),
    NUMBER(TCA_HW_OFFLOAD, 1),
    NUMBER(TCA_INGRESS_BLOCK, 4),
    NUMBER(TCA_EGRESS_BLOCK, 4),
    NUMBER(TCA_DUMP_FLAGS, 4),
    STRING(16 /* TCA_EXT_WARN_MSG */)};
NLATTR_LISTED(traffic, xlat_nl_tca, traffic_attributes);

/* struct nla_bitfield32, of which the value is shown: strace leaves the selector out. */
static const struct nlattr_shape action_attributes[] = {
    STRING(TCA_ACT_KIND),
    NUMBER(TCA_ACT_INDEX, 4),
    NEST(TCA_ACT_STATS, traffic_stats),
    NLATTR_LINE(TCA_ACT_FLAGS, FLAGS, 4, &xlat_nl_action_flags),
    NLATTR_LINE(TCA_ACT_HW_STATS, FLAGS, 4, &xlat_nl_action_stats),
    NLATTR_LINE(TCA_ACT_USED_HW_STATS, FLAGS, 4, &xlat_nl_action_stats),
    NUMBER(TCA_ACT_IN_HW_COUNT, 4),
};
NLATTR_LISTED(action, xlat_nl_action, action_attributes);
