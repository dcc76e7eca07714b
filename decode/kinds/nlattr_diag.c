/* Attributes of sockets of other families: unix, netlink, packet. */
#include <linux/netlink_diag.h>
#include <linux/packet_diag.h>
#include <linux/unix_diag.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/members.h"
#include "decode/kinds/net.h"
#include "decode/kinds/nlattr_diag.h"
#include "decode/kinds/nlattr_tables.h"
#include "decode/kinds/seccomp.h"

XLAT_ORDERED(nl_packet, "PACKET_DIAG_???", {0, "PACKET_DIAG_INFO"}, {1, "PACKET_DIAG_MCLIST"},
             {2, "PACKET_DIAG_RX_RING"}, {3, "PACKET_DIAG_TX_RING"}, {4, "PACKET_DIAG_FANOUT"},
             {5, "PACKET_DIAG_UID"}, {6, "PACKET_DIAG_MEMINFO"}, {7, "PACKET_DIAG_FILTER"});
XLAT_ORDERED(nl_packet_version, "TPACKET_???", {0, "TPACKET_V1"}, {1, "TPACKET_V2"}, {2, "TPACKET_V3"});
XLAT(nl_packet_flags, "PDI_???", {1, "PDI_RUNNING"}, {2, "PDI_AUXDATA"}, {4, "PDI_ORIGDEV"},
     {8, "PDI_VNETHDR"}, {0x10, "PDI_LOSS"});
XLAT(nl_ndiag_flags, "NDIAG_FLAG_???", {1, "NDIAG_FLAG_CB_RUNNING"}, {2, "NDIAG_FLAG_PKTINFO"},
     {4, "NDIAG_FLAG_BROADCAST_ERROR"}, {8, "NDIAG_FLAG_NO_ENOBUFS"}, {0x10, "NDIAG_FLAG_LISTEN_ALL_NSID"},
     {0x20, "NDIAG_FLAG_CAP_ACK"});

static const char *const memory_info[] = {
    "[SK_MEMINFO_RMEM_ALLOC]", "[SK_MEMINFO_RCVBUF]",    "[SK_MEMINFO_WMEM_ALLOC]",
    "[SK_MEMINFO_SNDBUF]",     "[SK_MEMINFO_FWD_ALLOC]", "[SK_MEMINFO_WMEM_QUEUED]",
    "[SK_MEMINFO_OPTMEM]",     "[SK_MEMINFO_BACKLOG]",   "[SK_MEMINFO_DROPS]"};
const struct nlattr_names nlattr_memory_names = {memory_info, sizeof(memory_info) / sizeof(memory_info[0])};

LAYOUT(unix_vfs, struct unix_diag_vfs, MEMBER(struct unix_diag_vfs, udiag_vfs_dev, DEVICE),
       MEMBER(struct unix_diag_vfs, udiag_vfs_ino, UINT));
LAYOUT(unix_queue, struct unix_diag_rqlen, MEMBER(struct unix_diag_rqlen, udiag_rqueue, UINT),
       MEMBER(struct unix_diag_rqlen, udiag_wqueue, UINT));
static const struct nlattr_names no_names = {NULL, 0};
static const struct nlattr_shape unix_attributes[] = {
    {UNIX_DIAG_NAME, NLATTR_STRING, 0, NULL},
    {UNIX_DIAG_VFS, NLATTR_LAYOUT, 0, &layout_unix_vfs},
    {UNIX_DIAG_PEER, NLATTR_UINT, 4, NULL},
    {UNIX_DIAG_ICONS, NLATTR_NUMBERS, 4, &no_names},
    {UNIX_DIAG_RQLEN, NLATTR_LAYOUT, 0, &layout_unix_queue},
    {UNIX_DIAG_MEMINFO, NLATTR_NUMBERS, 4, &nlattr_memory_names},
    NUMBER(UNIX_DIAG_SHUTDOWN, 1),
    {7 /* UNIX_DIAG_UID */, NLATTR_UINT, 4, NULL}};
NLATTR_LISTED(unix_socket, xlat_nl_unix_diag, unix_attributes);

static void show_group(struct decoder *d, const void *element, void *context)
{
    (void)context;
    append_hex_padded(d, NULL, load64(element), 2 * sizeof(uint64_t));
}

static bool show_groups(struct decoder *d, uint64_t addr, uint64_t length,
                        const struct nlattr_context *context)
{
    (void)context;
    if (length < sizeof(uint64_t)) {
        return false;
    }
    decode_array(d, NULL, addr, length / sizeof(uint64_t), sizeof(uint64_t), show_group, NULL);
    return true;
}
static const struct nlattr_function groups = {show_groups};
#define RING(member) MEMBER(struct netlink_diag_ring, member, UINT)
LAYOUT(netlink_ring, struct netlink_diag_ring, RING(ndr_block_size), RING(ndr_block_nr), RING(ndr_frame_size),
       RING(ndr_frame_nr));
static const struct nlattr_shape netlink_attributes[] = {
    {NETLINK_DIAG_MEMINFO, NLATTR_NUMBERS, 4, &nlattr_memory_names},
    SHOW(NETLINK_DIAG_GROUPS, groups),
    NLATTR_LINE(NETLINK_DIAG_RX_RING, LAYOUT, 0, &layout_netlink_ring),
    NLATTR_LINE(NETLINK_DIAG_TX_RING, LAYOUT, 0, &layout_netlink_ring),
    NLATTR_LINE(4 /* NETLINK_DIAG_FLAGS */, FLAGS, 4, &xlat_nl_ndiag_flags),
};
NLATTR_LISTED(netlink_socket, xlat_nl_netlink_diag, netlink_attributes);

#define INFO(member) MEMBER(struct packet_diag_info, member, UINT)
LAYOUT(packet_info, struct packet_diag_info, MEMBER(struct packet_diag_info, pdi_index, INTERFACE),
       MEMBER(struct packet_diag_info, pdi_version, ENUM, .xlat = &xlat_nl_packet_version), INFO(pdi_reserve),
       INFO(pdi_copy_thresh), INFO(pdi_tstamp),
       MEMBER(struct packet_diag_info, pdi_flags, FLAGS, .xlat = &xlat_nl_packet_flags));
#define PACKET_RING(member) MEMBER(struct packet_diag_ring, member, UINT)
LAYOUT(packet_ring, struct packet_diag_ring, PACKET_RING(pdr_block_size), PACKET_RING(pdr_block_nr),
       PACKET_RING(pdr_frame_size), PACKET_RING(pdr_frame_nr), PACKET_RING(pdr_retire_tmo),
       PACKET_RING(pdr_sizeof_priv), PACKET_RING(pdr_features));

static void show_membership(struct decoder *d, const void *element, void *context)
{
    struct packet_diag_mclist list;
    (void)context;
    memcpy(&list, element, sizeof(list));
    values_open(d->out, VALUE_STRUCT, NULL);
    net_interface(d, "pdmc_index", list.pdmc_index);
    append_uint(d, "pdmc_count", list.pdmc_count);
    append_uint(d, "pdmc_type", list.pdmc_type);
    append_uint(d, "pdmc_alen", list.pdmc_alen);
    values_bytes(d->out, "pdmc_addr", list.pdmc_addr,
                 list.pdmc_alen < sizeof(list.pdmc_addr) ? list.pdmc_alen : sizeof(list.pdmc_addr), 0);
    values_close(d->out);
}

static bool show_memberships(struct decoder *d, uint64_t addr, uint64_t length,
                             const struct nlattr_context *context)
{
    enum { SIZE = sizeof(struct packet_diag_mclist) };
    (void)context;
    if (length < SIZE) {
        return false;
    }
    decode_array(d, NULL, addr, length / SIZE, SIZE, show_membership, NULL);
    return true;
}

static bool show_filter(struct decoder *d, uint64_t addr, uint64_t length,
                        const struct nlattr_context *context)
{
    enum { INSTRUCTION = 8 };
    (void)context;
    if (length < INSTRUCTION) {
        return false;
    }
    decode_sock_filters(d, NULL, addr, length / INSTRUCTION, false);
    return true;
}
static const struct nlattr_function memberships = {show_memberships}, filter = {show_filter};
static const struct nlattr_shape packet_attributes[] = {
    NLATTR_LINE(PACKET_DIAG_INFO, LAYOUT, 0, &layout_packet_info),
    SHOW(PACKET_DIAG_MCLIST, memberships),
    NLATTR_LINE(PACKET_DIAG_RX_RING, LAYOUT, 0, &layout_packet_ring),
    NLATTR_LINE(PACKET_DIAG_TX_RING, LAYOUT, 0, &layout_packet_ring),
    NUMBER(PACKET_DIAG_FANOUT, 4),
    NUMBER(PACKET_DIAG_UID, 4),
    {PACKET_DIAG_MEMINFO, NLATTR_NUMBERS, 4, &nlattr_memory_names},
    SHOW(PACKET_DIAG_FILTER, filter),
};
NLATTR_LISTED(packet_socket, xlat_nl_packet, packet_attributes);
