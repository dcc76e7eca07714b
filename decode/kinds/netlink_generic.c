/* NETLINK_GENERIC: the header of every family, and the family that tells of the others. */
#include <linux/genetlink.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/net.h"
#include "decode/kinds/netlink_body.h"
#include "decode/kinds/nlattr.h"
#include "decode/kinds/nlattr_tables.h"

NLATTR_TABLE(control, xlat_nl_ctrl_attr, {CTRL_ATTR_FAMILY_ID, NLATTR_HEX, 2, NULL},
             {CTRL_ATTR_FAMILY_NAME, NLATTR_STRING, 0, NULL}, {CTRL_ATTR_VERSION, NLATTR_UINT, 4, NULL},
             {CTRL_ATTR_HDRSIZE, NLATTR_UINT, 4, NULL}, {CTRL_ATTR_MAXATTR, NLATTR_UINT, 4, NULL},
             {10 /* CTRL_ATTR_OP */, NLATTR_UINT, 4, NULL});

bool netlink_generic(struct decoder *d, uint16_t type, uint64_t addr, uint64_t length)
{
    bool control = type == GENL_ID_CTRL;
    uint8_t header[GENL_HDRLEN];
    if (length < sizeof(header) || !mem_read(d->mem, addr, header, sizeof(header))) {
        return false;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    if (control) {
        append_enum(d, "cmd", &xlat_nl_ctrl_cmd, header[0]);
    } else {
        append_hex(d, "cmd", header[0]);
    }
    append_uint(d, "version", header[1]);
    if (load16(header + 2)) {
        append_hex(d, "reserved", load16(header + 2));
    }
    values_close(d->out);
    if (length > sizeof(header)) {
        nlattr_show(d, addr + sizeof(header), length - sizeof(header), control ? &nlattr_control : NULL,
                    &(struct nlattr_context){0});
    }
    return true;
}
