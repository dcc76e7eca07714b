/* Requests to sockets about network interfaces. */
#include <linux/if.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/fields.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/net.h"
#include "decode/kinds/net_tables.h"
#include "decode/kinds/sockaddr.h"

XLAT(ifreq_flags, "IFF_???", X(IFF_UP), X(IFF_BROADCAST), X(IFF_DEBUG), X(IFF_LOOPBACK), X(IFF_POINTOPOINT),
     X(IFF_NOTRAILERS), X(IFF_RUNNING), X(IFF_NOARP), X(IFF_PROMISC), X(IFF_ALLMULTI), X(IFF_MASTER),
     X(IFF_SLAVE), X(IFF_MULTICAST), X(IFF_PORTSEL), X(IFF_AUTOMEDIA), X(IFF_DYNAMIC));

enum { NAME_SIZE = 16, ADDRESS_SIZE = 16, HARDWARE_SIZE = 14, IFREQ_SIZE_32 = 32, IFREQ_SIZE_64 = 40 };

/* What the union behind the name holds. */
enum ifreq_as { AS_NUMBER, AS_BITS, AS_ADDRESS, AS_HARDWARE, AS_NAME, AS_OWN_NAME, AS_MAP };

struct ifreq_member {
    uint32_t request;
    uint8_t as;
    const char *name;
};

#define GET(request, as, member) {request, AS_##as, member},
#define SET(request, as, member) GET(request, as, member)
static const struct ifreq_member ifreq_members[] = {
#include "decode/kinds/ioctl_ifreq.def"
};
#undef GET
#undef SET

/* How long the addresses of a kind of hardware are; all there is where that is not known. */
static size_t hardware_length(uint16_t family)
{
    static const struct {
        uint16_t first, last;
        uint8_t length;
    } lengths[] = {{0, 0, 7},     {1, 1, 6},     {3, 3, 7},     {6, 6, 6},     {7, 7, 1},     {15, 15, 2},
                   {27, 27, 8},   {256, 256, 0}, {270, 270, 5}, {271, 271, 0}, {280, 280, 0}, {290, 290, 1},
                   {512, 512, 0}, {518, 519, 0}, {768, 768, 4}, {772, 772, 6}, {773, 773, 1}, {774, 774, 6},
                   {776, 776, 4}, {777, 777, 0}, {778, 778, 4}, {779, 779, 0}, {780, 780, 6}, {783, 783, 4},
                   {801, 803, 6}, {804, 805, 8}, {820, 821, 1}, {822, 822, 0}, {824, 824, 0}, {825, 825, 8},
                   {826, 826, 0}};
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        if (family >= lengths[i].first && family <= lengths[i].last) {
            return lengths[i].length;
        }
    }
    return HARDWARE_SIZE;
}

static void decode_hardware(struct decoder *d, const char *name, const unsigned char *bytes)
{
    uint16_t family;
    memcpy(&family, bytes, sizeof(family));
    values_open(d->out, VALUE_STRUCT, name);
    values_xlat(d->out, VALUE_ENUM, "sa_family", &xlat_arp_hardware_types, family);
    net_mac(d, "sa_data", bytes + sizeof(family), hardware_length(family));
    values_close(d->out);
}

static void decode_map(struct decoder *d, const char *name, const unsigned char *bytes, size_t n)
{
    struct fields f = fields_over(d, bytes, n);
    f.long_size = d->abi->pointer_size; /* x32 calls as i386 does: the structure is that of compat */
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_HEX, "mem_start", field_ulong(&f));
    values_add(d->out, VALUE_HEX, "mem_end", field_ulong(&f));
    values_add(d->out, VALUE_HEX, "base_addr", field_unsigned(&f, 2));
    values_add(d->out, VALUE_HEX, "irq", field_unsigned(&f, 1));
    values_add(d->out, VALUE_HEX, "dma", field_unsigned(&f, 1));
    values_add(d->out, VALUE_HEX, "port", field_unsigned(&f, 1));
    values_close(d->out);
}

static void decode_ifreq_member(struct decoder *d, const struct ifreq_member *member,
                                const unsigned char *ifreq, size_t size)
{
    const unsigned char *bytes = ifreq + NAME_SIZE;
    int32_t number;
    uint16_t bits;
    memcpy(&number, bytes, sizeof(number));
    memcpy(&bits, bytes, sizeof(bits));

    switch ((enum ifreq_as)member->as) {
    case AS_NUMBER:
        values_add(d->out, VALUE_INT, member->name, (uint64_t)(int64_t)number);
        break;
    case AS_BITS:
        append_flags(d, member->name, &xlat_ifreq_flags, bits);
        break;
    case AS_ADDRESS:
        decode_sockaddr_bytes(d, member->name, bytes, ADDRESS_SIZE);
        break;
    case AS_HARDWARE:
        decode_hardware(d, member->name, bytes);
        break;
    case AS_NAME:
        decode_char_array(d, member->name, (const char *)bytes, NAME_SIZE);
        break;
    case AS_OWN_NAME:
        decode_char_array(d, member->name, (const char *)ifreq, NAME_SIZE);
        break;
    case AS_MAP:
        decode_map(d, member->name, bytes, size - NAME_SIZE);
        break;
    }
}

/* kind->option 1: the interface is what the call asks about; the rest is known at exit only. */
static void decode_ifreq(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    unsigned char bytes[IFREQ_SIZE_64];
    size_t size = d->abi->pointer_size == 4 ? IFREQ_SIZE_32 : IFREQ_SIZE_64;
    uint32_t request = (uint32_t)d->args[1];
    int32_t index;
    if (!decode_object(d, name, raw, bytes, size)) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    if (request == SIOCGIFNAME) {
        memcpy(&index, bytes + NAME_SIZE, sizeof(index));
        values_add(d->out, VALUE_INT, "ifr_ifindex", (uint64_t)(int64_t)index);
    } else {
        decode_char_array(d, "ifr_name", (const char *)bytes, NAME_SIZE);
    }
    for (size_t i = 0; i < sizeof(ifreq_members) / sizeof(ifreq_members[0]); i++) {
        if (ifreq_members[i].request == request && (d->at_exit || !kind->option)) {
            decode_ifreq_member(d, &ifreq_members[i], bytes, size);
        }
    }
    values_close(d->out);
}

static void append_interface(struct decoder *d, const void *element, void *context)
{
    const unsigned char *ifreq = element;
    (void)context;
    values_open(d->out, VALUE_STRUCT, NULL);
    decode_char_array(d, "ifr_name", (const char *)ifreq, NAME_SIZE);
    decode_sockaddr_bytes(d, "ifr_addr", ifreq + NAME_SIZE, ADDRESS_SIZE);
    values_close(d->out);
}

static void append_interfaces_length(struct decoder *d, const char *name, int32_t length, size_t size)
{
    uint32_t index = values_add(d->out, VALUE_INT, name, (uint64_t)(int64_t)length);
    if (length > 0 && (size_t)length % size == 0) {
        char text[64];
        int n = snprintf(text, sizeof(text), "%zu * sizeof(struct ifreq)", (size_t)length / size);
        values_note(d->out, index, text, (size_t)n);
    }
}

/* struct ifconf: room for interfaces, and how much of it they took. */
static void decode_interfaces(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    bool narrow = d->abi->pointer_size == 4;
    size_t size = narrow ? IFREQ_SIZE_32 : IFREQ_SIZE_64;
    uint32_t words[4] = {0, 0, 0, 0};
    uint64_t buffer;
    (void)kind;
    if (!decode_object(d, name, raw, words, narrow ? 8 : sizeof(words))) {
        return;
    }
    memcpy(&buffer, words + 2, sizeof(buffer));
    buffer = narrow ? words[1] : buffer;
    int32_t length = (int32_t)words[0];
    uint32_t entry = d->at_exit ? d->value[d->arg] : 0;
    bool shown = entry && values_at(d->out, entry)->type == VALUE_STRUCT;
    int32_t before = shown ? (int32_t)values_at(d->out, values_at(d->out, entry)->first)->number : length;

    values_open(d->out, VALUE_STRUCT, name);
    if (buffer && before != length) { /* without a buffer only their size is asked for */
        values_open(d->out, VALUE_CHANGE, "ifc_len");
        append_interfaces_length(d, NULL, before, size);
        append_interfaces_length(d, NULL, length, size);
        values_close(d->out);
    } else {
        append_interfaces_length(d, "ifc_len", length, size);
    }
    if (d->at_exit) {
        decode_array(d, "ifc_buf", buffer, length > 0 ? (uint32_t)length / size : 0, size, append_interface,
                     NULL);
    } else {
        decode_addr(d, "ifc_buf", buffer);
    }
    values_close(d->out);
}

/* The name of a bridge. */
static void decode_bridge(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_cstring_in(d, name, raw, NAME_SIZE);
}

/* A bridge's member. */
static void decode_member(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    unsigned char bytes[IFREQ_SIZE_64];
    uint32_t index;
    (void)kind;
    if (decode_object(d, name, raw, bytes, d->abi->pointer_size == 4 ? IFREQ_SIZE_32 : IFREQ_SIZE_64)) {
        memcpy(&index, bytes + NAME_SIZE, sizeof(index));
        values_open(d->out, VALUE_STRUCT, name);
        net_interface(d, "ifr_ifindex", index);
        values_close(d->out);
    }
}

static const struct kind bridge_kind = {.decode = decode_bridge};
static const struct kind member_kind = {.decode = decode_member};
static const struct kind interfaces_kind = {.decode = decode_interfaces};
static const struct kind ifreq_get = {.decode = decode_ifreq, .option = 1};
static const struct kind ifreq_set = {.decode = decode_ifreq};

#define GET(request, as, member) {request, IOCTL_DECODED, DIR_INOUT, 0, &ifreq_get},
#define SET(request, as, member) {request, IOCTL_DECODED, DIR_IN, 0, &ifreq_set},
static const struct ioctl_shape ifreq_shapes[] = {
#include "decode/kinds/ioctl_ifreq.def"
};
#undef GET
#undef SET
const struct ioctl_shapes ioctl_shapes_ifreq = {ifreq_shapes, sizeof(ifreq_shapes) / sizeof(ifreq_shapes[0])};

#define INT_AT(request, direction)                                                                           \
    {                                                                                                        \
        request, IOCTL_NUMBER_AT, direction, sizeof(int), NULL                                               \
    }

/* strace shows the address only. */
#define OPAQUE(request) PLAIN(request, ADDR, IN, 0)

IOCTL_SHAPES(net, BY(SIOCGIFCONF, INOUT, interfaces), INT_AT(SIOCATMARK, DIR_OUT), INT_AT(SIOCGPGRP, DIR_OUT),
             INT_AT(FIOGETOWN, DIR_OUT), INT_AT(SIOCOUTQNSD, DIR_OUT), INT_AT(SIOCSPGRP, DIR_IN),
             INT_AT(FIOSETOWN, DIR_IN), BY(SIOCBRADDBR, IN, bridge), BY(SIOCBRDELBR, IN, bridge),
             BY(SIOCBRADDIF, IN, member), BY(SIOCBRDELIF, IN, member), INT_AT(SIOCGIFENCAP, DIR_OUT),
             INT_AT(SIOCSIFENCAP, DIR_IN), OPAQUE(SIOCADDDLCI), OPAQUE(SIOCADDRT),
             OPAQUE(SIOCBONDCHANGEACTIVE), OPAQUE(SIOCBONDENSLAVE), OPAQUE(SIOCBONDINFOQUERY),
             OPAQUE(SIOCBONDRELEASE), OPAQUE(SIOCBONDSETHWADDR), OPAQUE(SIOCBONDSLAVEINFOQUERY),
             OPAQUE(SIOCDARP), OPAQUE(SIOCDELDLCI), OPAQUE(SIOCDELRT), OPAQUE(SIOCDIFADDR), OPAQUE(SIOCDRARP),
             OPAQUE(SIOCETHTOOL), OPAQUE(SIOCGARP), OPAQUE(SIOCGHWTSTAMP), OPAQUE(SIOCGIFBR),
             OPAQUE(SIOCGIFCOUNT), OPAQUE(SIOCGIFMEM), OPAQUE(SIOCGIFPFLAGS), OPAQUE(SIOCGIFVLAN),
             OPAQUE(SIOCGMIIPHY), OPAQUE(SIOCGMIIREG), OPAQUE(SIOCGRARP), OPAQUE(SIOCGSKNS),
             OPAQUE(SIOCGSTAMP_OLD), OPAQUE(SIOCGSTAMP_NEW), OPAQUE(SIOCGSTAMPNS_OLD),
             OPAQUE(SIOCGSTAMPNS_NEW), OPAQUE(SIOCRTMSG), OPAQUE(SIOCSARP), OPAQUE(SIOCSHWTSTAMP),
             OPAQUE(SIOCSIFBR), OPAQUE(SIOCSIFLINK), OPAQUE(SIOCSIFMEM), OPAQUE(SIOCSIFPFLAGS),
             OPAQUE(SIOCSIFVLAN), OPAQUE(SIOCSMIIREG), OPAQUE(SIOCSRARP), OPAQUE(SIOCWANDEV));
