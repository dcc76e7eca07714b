/* Attributes of neighbours, and of the tables that they are in. */
#include <linux/neighbour.h>
#include <stddef.h>

#include "decode/kinds/members.h"
#include "decode/kinds/netlink_tables.h"
#include "decode/kinds/nlattr_route.h"
#include "decode/kinds/nlattr_tables.h"

XLAT_ORDERED(nl_fdb, "NFEA_???", {0, "NFEA_UNSPEC"}, {1, "NFEA_ACTIVITY_NOTIFY"}, {2, "NFEA_DONT_REFRESH"});
XLAT_ORDERED(nl_ndtpa, "NDTPA_???", {0, "NDTPA_UNSPEC"}, {1, "NDTPA_IFINDEX"}, {2, "NDTPA_REFCNT"},
             {3, "NDTPA_REACHABLE_TIME"}, {4, "NDTPA_BASE_REACHABLE_TIME"}, {5, "NDTPA_RETRANS_TIME"},
             {6, "NDTPA_GC_STALETIME"}, {7, "NDTPA_DELAY_PROBE_TIME"}, {8, "NDTPA_QUEUE_LEN"},
             {9, "NDTPA_APP_PROBES"}, {10, "NDTPA_UCAST_PROBES"}, {11, "NDTPA_MCAST_PROBES"},
             {12, "NDTPA_ANYCAST_DELAY"}, {13, "NDTPA_PROXY_DELAY"}, {14, "NDTPA_PROXY_QLEN"},
             {15, "NDTPA_LOCKTIME"}, {16, "NDTPA_QUEUE_LENBYTES"}, {17, "NDTPA_MCAST_REPROBES"},
             {18, "NDTPA_PAD"}, {19, "NDTPA_INTERVAL_PROBE_TIME_MS"});
XLAT(nl_fdb_notify, "FDB_NOTIFY_???", {1, "FDB_NOTIFY_BIT"}, {2, "FDB_NOTIFY_INACTIVE_BIT"});

NLATTR_TABLE(fdb, xlat_nl_fdb, NLATTR_LINE(1 /* NFEA_ACTIVITY_NOTIFY */, FLAGS, 1, &xlat_nl_fdb_notify));
LAYOUT(nda_cacheinfo, struct nda_cacheinfo, MEMBER(struct nda_cacheinfo, ndm_confirmed, UINT),
       MEMBER(struct nda_cacheinfo, ndm_used, UINT), MEMBER(struct nda_cacheinfo, ndm_updated, UINT),
       MEMBER(struct nda_cacheinfo, ndm_refcnt, UINT));
static const struct nlattr_shape neighbour_attributes[] = {
    ADDRESS(NDA_DST),
    {NDA_LLADDR, NLATTR_HARDWARE, 0, NULL},
    {NDA_CACHEINFO, NLATTR_LAYOUT, 0, &layout_nda_cacheinfo},
    NUMBER(NDA_PROBES, 4),
    NUMBER(NDA_VLAN, 2),
    {NDA_PORT, NLATTR_NET, 2, NULL},
    NUMBER(NDA_VNI, 4),
    INTERFACE(NDA_IFINDEX),
    INTERFACE(NDA_MASTER),
    {NDA_LINK_NETNSID, NLATTR_INT, 4, NULL},
    NUMBER(NDA_SRC_VNI, 4),
    {NDA_PROTOCOL, NLATTR_ENUM, 1, &xlat_route_protocols},
    NUMBER(13 /* NDA_NH_ID */, 4),
    NEST(14 /* NDA_FDB_EXT_ATTRS */, fdb),
    {15 /* NDA_FLAGS_EXT */, NLATTR_FLAGS, 4, &xlat_nl_neighbour_flags_ext},
    {16 /* NDA_NDM_STATE_MASK */, NLATTR_FLAGS, 2, &xlat_neighbour_states},
    {17 /* NDA_NDM_FLAGS_MASK */, NLATTR_FLAGS, 1, &xlat_neighbour_flags}};
NLATTR_LISTED(neighbour, xlat_nl_nda, neighbour_attributes);

#define CONFIG(member) MEMBER(struct ndt_config, member, UINT)
LAYOUT(table_config, struct ndt_config, CONFIG(ndtc_key_len), CONFIG(ndtc_entry_size), CONFIG(ndtc_entries),
       CONFIG(ndtc_last_flush), CONFIG(ndtc_last_rand), CONFIG(ndtc_hash_rnd),
       MEMBER(struct ndt_config, ndtc_hash_mask, HEX_PADDED), CONFIG(ndtc_hash_chain_gc),
       CONFIG(ndtc_proxy_qlen));
#define STATS(member) MEMBER(struct ndt_stats, member, UINT)
LAYOUT(table_stats, struct ndt_stats, STATS(ndts_allocs), STATS(ndts_destroys), STATS(ndts_hash_grows),
       STATS(ndts_res_failed), STATS(ndts_lookups), STATS(ndts_hits), STATS(ndts_rcv_probes_mcast),
       STATS(ndts_rcv_probes_ucast), STATS(ndts_periodic_gc_runs), STATS(ndts_forced_gc_runs),
       STATS(ndts_table_fulls));
NLATTR_TABLE(parameters, xlat_nl_ndtpa, INTERFACE(NDTPA_IFINDEX), NUMBER(NDTPA_REFCNT, 4),
             NUMBER(NDTPA_REACHABLE_TIME, 8), NUMBER(NDTPA_BASE_REACHABLE_TIME, 8),
             NUMBER(NDTPA_RETRANS_TIME, 8), NUMBER(NDTPA_GC_STALETIME, 8), NUMBER(NDTPA_DELAY_PROBE_TIME, 8),
             NUMBER(NDTPA_QUEUE_LEN, 4), NUMBER(NDTPA_APP_PROBES, 4), NUMBER(NDTPA_UCAST_PROBES, 4),
             NUMBER(NDTPA_MCAST_PROBES, 4), NUMBER(NDTPA_ANYCAST_DELAY, 8), NUMBER(NDTPA_PROXY_DELAY, 8),
             NUMBER(NDTPA_PROXY_QLEN, 4), NUMBER(NDTPA_LOCKTIME, 8), NUMBER(NDTPA_QUEUE_LENBYTES, 4),
             NUMBER(NDTPA_MCAST_REPROBES, 4), NUMBER(19 /* NDTPA_INTERVAL_PROBE_TIME_MS */, 8));
static const struct nlattr_shape neighbour_table_attributes[] = {
    STRING(NDTA_NAME),
    NUMBER(NDTA_THRESH1, 4),
    NUMBER(NDTA_THRESH2, 4),
    NUMBER(NDTA_THRESH3, 4),
    NLATTR_LINE(NDTA_CONFIG, LAYOUT, 0, &layout_table_config),
    NEST(NDTA_PARMS, parameters),
    NLATTR_LINE(NDTA_STATS, LAYOUT, 0, &layout_table_stats),
    NUMBER(NDTA_GC_INTERVAL, 8),
};
NLATTR_LISTED(neighbour_table, xlat_nl_ndta, neighbour_table_attributes);
