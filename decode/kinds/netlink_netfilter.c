/* NETLINK_NETFILTER: the header of all messages; attributes have no names. */
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/net.h"
#include "decode/kinds/net_tables.h"
#include "decode/kinds/netlink_body.h"
#include "decode/kinds/nlattr.h"

XLAT_ORDERED(nf_versions, "NFNETLINK_???", {0, "NFNETLINK_V0"});

/* nftables puts its own number there, before Linux 4.3 in the machine's order. */
static void show_resource(struct decoder *d, uint16_t type, uint16_t id)
{
    bool tables = type >> 8 == NFNL_SUBSYS_NFTABLES;
    if (tables && id == NFNL_SUBSYS_NFTABLES) {
        uint32_t index = values_word(d->out, "res_id", "NFNL_SUBSYS_NFTABLES");
        values_stand_for(d->out, index, id, VALUE_AS_HEX);
        return;
    }
    uint16_t swapped = __builtin_bswap16(id);
    uint32_t call = values_open_func(d->out, "res_id", "htons");
    if (tables && swapped == NFNL_SUBSYS_NFTABLES) {
        values_stand_for(d->out, call, id, VALUE_AS_HEX);
        values_word(d->out, NULL, "NFNL_SUBSYS_NFTABLES");
    } else {
        append_uint(d, NULL, swapped);
    }
    values_close(d->out);
}

bool netlink_netfilter(struct decoder *d, uint16_t type, uint64_t addr, uint64_t length)
{
    struct nfgenmsg header;
    if (length < sizeof(header) || !mem_read(d->mem, addr, &header, sizeof(header))) {
        return false;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    append_enum(d, "nfgen_family", &xlat_addrfams, header.nfgen_family);
    append_enum(d, "version", &xlat_nf_versions, header.version);
    show_resource(d, type, header.res_id);
    values_close(d->out);
    addr += sizeof(header);
    length -= sizeof(header);
    if (length && (type == NFNL_MSG_BATCH_BEGIN || type == NFNL_MSG_BATCH_END)) {
        decode_hex_bytes(d, NULL, addr, length);
    } else if (length) {
        nlattr_show(d, addr, length, NULL, &(struct nlattr_context){0});
    }
    return true;
}
