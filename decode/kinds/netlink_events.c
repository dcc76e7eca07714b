/* Families that only tell: NETLINK_KOBJECT_UEVENT of devices, NETLINK_SELINUX of its policy. */
#include <linux/selinux_netlink.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/net.h"
#include "decode/kinds/netlink_body.h"

static const char udev[8] = "libudev";

/* struct udev_monitor_netlink_header of systemd: numbers in the network's order and in the machine's. */
struct udev_header {
    char prefix[8];
    uint32_t magic, header_size, properties_off, properties_len;
    uint32_t subsystem_hash, devtype_hash, bloom_hi, bloom_lo;
};

static void show_net(struct decoder *d, const char *name, uint32_t number)
{
    uint32_t call = values_open_func(d->out, name, "htonl");
    net_stands_for(d, call, &number, sizeof(number));
    append_hex(d, NULL, __builtin_bswap32(number));
    values_close(d->out);
}

static void show_header(struct decoder *d, const char *name, const struct udev_header *h)
{
    values_open(d->out, VALUE_STRUCT, name);
    values_string(d->out, "prefix", h->prefix, strlen(udev), 0);
    show_net(d, "magic", h->magic);
    append_uint(d, "header_size", h->header_size);
    append_uint(d, "properties_off", h->properties_off);
    append_uint(d, "properties_len", h->properties_len);
    show_net(d, "filter_subsystem_hash", h->subsystem_hash);
    show_net(d, "filter_devtype_hash", h->devtype_hash);
    show_net(d, "filter_tag_bloom_hi", h->bloom_hi);
    show_net(d, "filter_tag_bloom_lo", h->bloom_lo);
    values_close(d->out);
}

bool netlink_is_udev(struct decoder *d, uint64_t addr, uint64_t length)
{
    char prefix[sizeof(udev)];
    return length >= sizeof(struct udev_header) && mem_read(d->mem, addr, prefix, sizeof(prefix)) &&
           memcmp(prefix, udev, sizeof(udev)) == 0;
}

void netlink_uevent(struct decoder *d, const char *name, uint64_t addr, uint64_t length)
{
    struct udev_header header;
    if (!netlink_is_udev(d, addr, length) || !mem_read(d->mem, addr, &header, sizeof(header))) {
        decode_data(d, name, addr, length);
        return;
    }
    if (length == sizeof(header)) {
        show_header(d, name, &header);
        return;
    }
    values_open(d->out, VALUE_ARRAY, name);
    show_header(d, NULL, &header);
    decode_data(d, NULL, addr + sizeof(header), length - sizeof(header));
    values_close(d->out);
}

bool netlink_selinux(struct decoder *d, uint16_t type, uint64_t addr, uint64_t length)
{
    uint32_t number;
    if ((type != SELNL_MSG_SETENFORCE && type != SELNL_MSG_POLICYLOAD) || length < sizeof(number) ||
        !mem_read(d->mem, addr, &number, sizeof(number))) {
        return false;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    if (type == SELNL_MSG_SETENFORCE) {
        append_int(d, "val", (int32_t)number);
    } else {
        append_uint(d, "seqno", number);
    }
    values_close(d->out);
    return true;
}
