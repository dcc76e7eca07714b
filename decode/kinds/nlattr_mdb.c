/* Attributes of a bridge's multicast database: groups, and ports that routers are behind. */
#include <linux/if_bridge.h>
#include <sys/socket.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/net_tables.h"
#include "decode/kinds/nlattr_route.h"

XLAT_ORDERED(nl_mdb, "MDBA_???", {0, "MDBA_UNSPEC"}, {1, "MDBA_MDB"}, {2, "MDBA_ROUTER"});
XLAT_ORDERED(nl_mdb_list, "MDBA_MDB_???", {0, "MDBA_MDB_UNSPEC"}, {1, "MDBA_MDB_ENTRY"});
XLAT_ORDERED(nl_mdb_entry, "MDBA_MDB_ENTRY_???", {0, "MDBA_MDB_ENTRY_UNSPEC"}, {1, "MDBA_MDB_ENTRY_INFO"});
XLAT_ORDERED(nl_mdb_eattr, "MDBA_MDB_EATTR_???", {0, "MDBA_MDB_EATTR_UNSPEC"}, {1, "MDBA_MDB_EATTR_TIMER"},
             {2, "MDBA_MDB_EATTR_SRC_LIST"}, {3, "MDBA_MDB_EATTR_GROUP_MODE"}, {4, "MDBA_MDB_EATTR_SOURCE"},
             {5, "MDBA_MDB_EATTR_RTPROT"}, {6, "MDBA_MDB_EATTR_DST"}, {7, "MDBA_MDB_EATTR_DST_PORT"},
             {8, "MDBA_MDB_EATTR_VNI"}, {9, "MDBA_MDB_EATTR_IFINDEX"}, {10, "MDBA_MDB_EATTR_SRC_VNI"});
XLAT_ORDERED(nl_mdb_router, "MDBA_ROUTER_???", {0, "MDBA_ROUTER_UNSPEC"}, {1, "MDBA_ROUTER_PORT"});
XLAT_ORDERED(nl_mdb_pattr, "MDBA_ROUTER_PATTR_???", {0, "MDBA_ROUTER_PATTR_UNSPEC"},
             {1, "MDBA_ROUTER_PATTR_TIMER"}, {2, "MDBA_ROUTER_PATTR_TYPE"},
             {3, "MDBA_ROUTER_PATTR_INET_TIMER"}, {4, "MDBA_ROUTER_PATTR_INET6_TIMER"},
             {5, "MDBA_ROUTER_PATTR_VID"});
XLAT_ORDERED(nl_router_type, "MDB_RTR_TYPE_???", {0, "MDB_RTR_TYPE_DISABLED"}, {1, "MDB_RTR_TYPE_TEMP_QUERY"},
             {2, "MDB_RTR_TYPE_PERM"}, {3, "MDB_RTR_TYPE_TEMP"});
XLAT_ORDERED(nl_mdb_state, "MDB_???", {0, "MDB_TEMPORARY"}, {1, "MDB_PERMANENT"});
XLAT(nl_mdb_flags, "MDB_FLAGS_???", {1, "MDB_FLAGS_OFFLOAD"}, {2, "MDB_FLAGS_FAST_LEAVE"},
     {4, "MDB_FLAGS_STAR_EXCL"}, {8, "MDB_FLAGS_BLOCKED"}, {0x10, "MDB_FLAGS_OFFLOAD_FAILED"});

NLATTR_TABLE(eattr, xlat_nl_mdb_eattr, TICKS(MDBA_MDB_EATTR_TIMER));
NLATTR_TABLE(pattr, xlat_nl_mdb_pattr, TICKS(MDBA_ROUTER_PATTR_TIMER),
             NLATTR_LINE(MDBA_ROUTER_PATTR_TYPE, ENUM, 1, &xlat_nl_router_type),
             TICKS(MDBA_ROUTER_PATTR_INET_TIMER), TICKS(MDBA_ROUTER_PATTR_INET6_TIMER));

/* The kernel puts the protocol of Ethernet there; strace takes it for a family, and so do we. */
static void show_group(struct decoder *d, const struct br_mdb_entry *entry)
{
    uint16_t family = load16_be(&entry->addr.proto);
    values_open(d->out, VALUE_STRUCT, "addr");
    if (family == AF_INET) {
        net_address4_in(d, "u", &entry->addr.u, sizeof(entry->addr.u));
    } else if (family == AF_INET6) {
        net_address6(d, "u", "&u", &entry->addr.u);
    } else {
        values_bytes(d->out, "u", &entry->addr.u, sizeof(entry->addr.u), 0);
    }
    uint32_t call = values_open_func(d->out, "proto", "htons");
    net_stands_for(d, call, &entry->addr.proto, sizeof(entry->addr.proto));
    append_enum(d, NULL, &xlat_addrfams, family);
    values_close(d->out);
    values_close(d->out);
}

static bool show_entry(struct decoder *d, uint64_t addr, uint64_t length,
                       const struct nlattr_context *context)
{
    struct br_mdb_entry entry;
    if (length < sizeof(entry) || !mem_read(d->mem, addr, &entry, sizeof(entry))) {
        return false;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    net_interface(d, "ifindex", entry.ifindex);
    append_enum(d, "state", &xlat_nl_mdb_state, entry.state);
    append_flags(d, "flags", &xlat_nl_mdb_flags, entry.flags);
    append_uint(d, "vid", entry.vid);
    show_group(d, &entry);
    values_close(d->out);
    if (length > sizeof(entry)) {
        nlattr_show(d, addr + sizeof(entry), length - sizeof(entry), &nlattr_eattr, context);
    }
    return true;
}

static bool show_port(struct decoder *d, uint64_t addr, uint64_t length, const struct nlattr_context *context)
{
    uint32_t index;
    if (length < sizeof(index) || !mem_read(d->mem, addr, &index, sizeof(index))) {
        return false;
    }
    net_interface(d, NULL, index);
    if (length > sizeof(index)) {
        nlattr_show(d, addr + sizeof(index), length - sizeof(index), &nlattr_pattr, context);
    }
    return true;
}

static const struct nlattr_function entry_info = {show_entry}, port = {show_port};
NLATTR_TABLE(entry, xlat_nl_mdb_entry, SHOW(MDBA_MDB_ENTRY_INFO, entry_info));
NLATTR_TABLE(entries, xlat_nl_mdb_list, NEST(MDBA_MDB_ENTRY, entry));
NLATTR_TABLE(routers, xlat_nl_mdb_router, SHOW(MDBA_ROUTER_PORT, port));
static const struct nlattr_shape mdb_attributes[] = {NEST(MDBA_MDB, entries), NEST(MDBA_ROUTER, routers)};
NLATTR_LISTED(multicast, xlat_nl_mdb, mdb_attributes);
