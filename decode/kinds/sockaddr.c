#include "decode/kinds/sockaddr.h"

#include <sys/socket.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/net.h"
#include "decode/kinds/net_tables.h"

enum { FAMILY_SIZE = 2, UNIX_SIZE = 110, IN6_WITHOUT_SCOPE = 24, LL_ADDRESS = 12 };

/* An address copied from the target: zeros follow its `length` bytes, so that members may be read past it. */
struct address {
    const uint8_t *bytes;
    size_t length;
};

static void show_unix(struct decoder *d, const struct address *a)
{
    size_t length = (a->length < UNIX_SIZE ? a->length : UNIX_SIZE) - FAMILY_SIZE;
    const char *path = (const char *)a->bytes + FAMILY_SIZE;
    if (*path) {
        values_string(d->out, "sun_path", path, strnlen(path, length), VALUE_PATH);
    } else {
        values_string(d->out, "sun_path", path + 1, length - 1, VALUE_ABSTRACT);
    }
}

static void show_inet(struct decoder *d, const struct address *a)
{
    net_port(d, "sin_port", a->bytes + 2);
    net_address4(d, "sin_addr", a->bytes + 4);
}

/* fe80::/10 and multicast of link scope: addresses that mean nothing without their interface. */
static bool link_local(const uint8_t *p)
{
    return (p[0] == 0xfe && (p[1] & 0xc0) == 0x80) || (p[0] == 0xff && (p[1] & 0xf) == 2);
}

static void show_inet6(struct decoder *d, const struct address *a)
{
    net_port(d, "sin6_port", a->bytes + 2);
    uint32_t call = values_open_func(d->out, "sin6_flowinfo", "htonl");
    net_stands_for(d, call, a->bytes + 4, 4);
    append_uint(d, NULL, load32_be(a->bytes + 4));
    values_close(d->out);
    net_address6(d, "sin6_addr", "&sin6_addr", a->bytes + 8);
    if (a->length <= IN6_WITHOUT_SCOPE) {
        return;
    }
    uint32_t scope = load32(a->bytes + 24);
    if (link_local(a->bytes + 8)) {
        net_interface(d, "sin6_scope_id", scope);
    } else {
        append_uint(d, "sin6_scope_id", scope);
    }
}

static void show_netlink(struct decoder *d, const struct address *a)
{
    if (load16(a->bytes + 2)) {
        append_hex(d, "nl_pad", load16(a->bytes + 2));
    }
    append_int(d, "nl_pid", (int32_t)load32(a->bytes + 4));
    append_hex_padded(d, "nl_groups", load32(a->bytes + 8), 8);
}

static void show_packet(struct decoder *d, const struct address *a)
{
    const uint8_t *p = a->bytes;
    net_ethernet(d, "sll_protocol", p + 2);
    net_interface(d, "sll_ifindex", load32(p + 4));
    append_enum(d, "sll_hatype", &xlat_arp_hardware_types, load16(p + 8));
    append_enum(d, "sll_pkttype", &xlat_packet_types, p[10]);
    append_uint(d, "sll_halen", p[11]);
    if (!p[11]) {
        return;
    }
    size_t present = a->length - LL_ADDRESS;
    uint32_t array = values_open(d->out, VALUE_ARRAY, "sll_addr");
    for (size_t i = 0; i < p[11] && i < present; i++) {
        append_hex_padded(d, NULL, p[LL_ADDRESS + i], 2);
    }
    values_close(d->out);
    values_at(d->out, array)->flags |= p[11] > present ? VALUE_MORE : 0;
}

static void show_vsock(struct decoder *d, const struct address *a)
{
    if (load16(a->bytes + 2)) {
        append_hex(d, "svm_reserved1", load16(a->bytes + 2));
    }
    append_enum_or_hex(d, "svm_cid", &xlat_vsock_cids, load32(a->bytes + 8));
    append_enum_or_hex(d, "svm_port", &xlat_vsock_ports, load32(a->bytes + 4));
    append_flags(d, "svm_flags", &xlat_vsock_flags, a->bytes[12]);
    if (a->bytes[13] || a->bytes[14] || a->bytes[15]) {
        values_open(d->out, VALUE_ARRAY, "svm_zero");
        for (size_t i = 13; i < 16; i++) {
            append_hex_padded(d, NULL, a->bytes[i], 2);
        }
        values_close(d->out);
    }
}

static void show_field_string(struct decoder *d, const char *name, const uint8_t *p, size_t n)
{
    size_t length = strnlen((const char *)p, n);
    values_string(d->out, name, p, length, length == n ? VALUE_MORE | VALUE_CHOPPED : 0);
}

static void show_alg(struct decoder *d, const struct address *a)
{
    show_field_string(d, "salg_type", a->bytes + 2, 14);
    append_flags(d, "salg_feat", &xlat_alg_flags, load32(a->bytes + 16));
    append_flags(d, "salg_mask", &xlat_alg_flags, load32(a->bytes + 20));
    show_field_string(d, "salg_name", a->bytes + 24, a->length - 24);
}

static void show_xdp(struct decoder *d, const struct address *a)
{
    uint16_t flags = load16(a->bytes + 2);
    uint32_t shared = load32(a->bytes + 12);
    append_flags(d, "sxdp_flags", &xlat_xdp_flags, flags);
    net_interface(d, "sxdp_ifindex", load32(a->bytes + 4));
    append_uint(d, "sxdp_queue_id", load32(a->bytes + 8));
    if (flags & 1) { /* XDP_SHARED_UMEM */
        decode_fd(d, "sxdp_shared_umem_fd", &kind_fd, shared);
    } else if (shared) {
        append_hex(d, "sxdp_shared_umem_fd", shared);
    }
}

static void show_raw(struct decoder *d, const struct address *a)
{
    values_string(d->out, "sa_data", a->bytes + FAMILY_SIZE, a->length - FAMILY_SIZE, 0); /* whatever -s is */
}

static void show_bluetooth_number(struct decoder *d, const char *name, uint16_t number, const char *unknown,
                                  uint16_t dynamic, const char *base)
{
    values_open_func(d->out, name, "htobs");
    if (number >= dynamic) {
        values_wordf(d->out, NULL, "%s+%u", base, (unsigned)(number - dynamic));
    } else {
        append_hex(d, NULL, number);
        values_note(d->out, d->out->count - 1, unknown, strlen(unknown));
    }
    values_close(d->out);
}

/* The Bluetooth protocols share a family number; only the length tells their addresses apart. */
static void show_bluetooth(struct decoder *d, const struct address *a)
{
    enum { HCI_OLD = 4, HCI = 6, SCO = 8, RFCOMM = 10, L2_OLD = 12, L2 = 14 };
    const uint8_t *p = a->bytes;
    switch (a->length) {
    case HCI_OLD:
    case HCI:
        values_open_func(d->out, "hci_dev", "htobs");
        append_uint(d, NULL, load16(p + 2));
        values_close(d->out);
        if (a->length == HCI) {
            append_enum(d, "hci_channel", &xlat_hci_channels, load16(p + 4));
        }
        break;
    case SCO:
        net_mac(d, "sco_bdaddr", p + 2, 6);
        break;
    case RFCOMM:
        net_mac(d, "rc_bdaddr", p + 2, 6);
        append_uint(d, "rc_channel", p[8]);
        break;
    case L2_OLD:
    case L2:
        show_bluetooth_number(d, "l2_psm", load16(p + 2), "L2CAP_PSM_???", 0x1001, "L2CAP_PSM_DYN_START");
        net_mac(d, "l2_bdaddr", p + 4, 6);
        show_bluetooth_number(d, "l2_cid", load16(p + 10), "L2CAP_CID_???", 0x40, "L2CAP_CID_DYN_START");
        if (a->length == L2) {
            append_enum(d, "l2_bdaddr_type", &xlat_bdaddr_types, p[12]);
        }
        break;
    default:
        show_raw(d, a);
        break;
    }
}

static const struct {
    void (*show)(struct decoder *d, const struct address *a);
    uint8_t least; /* bytes that an address must have to be decoded */
} families[] = {
    [AF_UNIX] = {show_unix, FAMILY_SIZE + 1},
    [AF_INET] = {show_inet, 16},
    [AF_INET6] = {show_inet6, IN6_WITHOUT_SCOPE},
    [AF_NETLINK] = {show_netlink, 12},
    [AF_PACKET] = {show_packet, 20},
    [AF_BLUETOOTH] = {show_bluetooth, FAMILY_SIZE + 1},
    [AF_ALG] = {show_alg, 25},
    [AF_VSOCK] = {show_vsock, 16},
    [44 /* AF_XDP */] = {show_xdp, 16},
};

void decode_sockaddr_bytes(struct decoder *d, const char *name, const uint8_t *bytes, size_t length)
{
    uint8_t copy[SOCKADDR_MAX + 1] = {0};
    struct address a = {copy, length < SOCKADDR_MAX ? length : SOCKADDR_MAX};
    memcpy(copy, bytes, a.length);

    uint16_t family = load16(copy);
    values_open(d->out, VALUE_STRUCT, name);
    append_enum(d, "sa_family", &xlat_addrfams, family);
    if (a.length > FAMILY_SIZE) {
        bool known = family < sizeof(families) / sizeof(families[0]) && families[family].show &&
                     a.length >= families[family].least;
        if (known) {
            families[family].show(d, &a);
        } else {
            show_raw(d, &a);
        }
    }
    values_close(d->out);
}

int decode_sockaddr(struct decoder *d, const char *name, uint64_t addr, int64_t length)
{
    uint8_t bytes[SOCKADDR_MAX] = {0};
    /* A length that is negative as an int is huge to strace, which then reads as much as there can be. */
    size_t n = length > SOCKADDR_MAX ? SOCKADDR_MAX : length < 0 ? 0 : (size_t)length;
    addr = decode_word(d, addr);
    if (n < FAMILY_SIZE || !addr || !mem_read(d->mem, addr, bytes, n)) {
        decode_addr(d, name, addr);
        return -1;
    }
    decode_sockaddr_bytes(d, name, bytes, n);
    return load16(bytes);
}

static void decode_in(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_sockaddr(d, name, raw, (int32_t)d->args[d->arg + 1]);
}

/*
 * At exit: the length that the pointer in argument `arg` held at entry, from the value shown then. False if
 * it was not read.
 */
static bool length_before(const struct decoder *d, unsigned arg, int32_t *length)
{
    const struct value *shown = values_at(d->out, d->value[arg]);
    if (!d->value[arg] || shown->type != VALUE_REF || !shown->first) {
        return false;
    }
    *length = (int32_t)values_at(d->out, shown->first)->number;
    return true;
}

bool decode_length_written(const struct decoder *d, unsigned arg, int32_t *length)
{
    int32_t before;
    if (!length_before(d, arg, &before) ||
        !mem_read(d->mem, decode_word(d, d->args[arg]), length, sizeof(*length))) {
        return false;
    }
    *length = before < *length ? before : *length;
    return true;
}

static void decode_out(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    int32_t length = 0;
    if (decode_length_written(d, kind->extent_arg, &length)) {
        decode_sockaddr(d, name, raw, length);
    } else {
        decode_addr(d, name, raw);
    }
}

/* At entry [128]; at exit [128 => 16], or [16] where it did not change. A failed call leaves the entry's. */
static void decode_length(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    int32_t now = 0;
    int32_t before = 0;
    uint64_t addr = decode_word(d, raw);
    bool wanted = addr && (kind->option || decode_word(d, d->args[d->arg - 1]));
    if (d->at_exit) {
        if (d->result < 0 || !length_before(d, d->arg, &before) ||
            !mem_read(d->mem, addr, &now, sizeof(now))) {
            return;
        }
    } else if (!wanted || !mem_read(d->mem, addr, &now, sizeof(now))) {
        decode_addr(d, name, addr);
        return;
    } else {
        before = now;
    }
    values_open(d->out, VALUE_REF, name);
    if (now != before) {
        values_open(d->out, VALUE_CHANGE, NULL);
        append_int(d, NULL, before);
    }
    append_int(d, NULL, now);
    if (now != before) {
        values_close(d->out);
    }
    values_close(d->out);
}

const struct kind kind_sockaddr = {.decode = decode_in};
const struct kind kind_sockaddr_out = {
    .decode = decode_out, .direction = DIR_OUT, .extent = EXTENT_LENGTH, .extent_arg = 2};
const struct kind kind_sockaddr_from = {
    .decode = decode_out, .direction = DIR_OUT, .extent = EXTENT_LENGTH, .extent_arg = 5};
const struct kind kind_socklen_inout = {
    .decode = decode_length, .direction = DIR_INOUT, .extent = EXTENT_FIXED, .size = sizeof(int32_t)};
const struct kind kind_optlen_inout = {.decode = decode_length,
                                       .direction = DIR_INOUT,
                                       .extent = EXTENT_FIXED,
                                       .size = sizeof(int32_t),
                                       .option = 1};
