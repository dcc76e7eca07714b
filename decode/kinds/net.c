#include "decode/kinds/net.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/net_tables.h"
#include "decode/kinds/netlink.h"

enum { TYPE_MASK = 0xf }; /* SOCK_TYPE_MASK of include/linux/net.h: the bits above are flags */

void net_port(struct decoder *d, const char *name, const void *p)
{
    uint32_t call = values_open_func(d->out, name, "htons");
    net_stands_for(d, call, p, 2);
    append_uint(d, NULL, load16_be(p));
    values_close(d->out);
}

void net_ethernet(struct decoder *d, const char *name, const void *p)
{
    uint32_t call = values_open_func(d->out, name, "htons");
    net_stands_for(d, call, p, 2);
    append_enum(d, NULL, &xlat_ethernet_protocols, load16_be(p));
    values_close(d->out);
}

void net_address4(struct decoder *d, const char *name, const void *p)
{
    net_address4_in(d, name, p, 4);
}

void net_address4_in(struct decoder *d, const char *name, const void *p, size_t n)
{
    char text[INET_ADDRSTRLEN];
    uint32_t call = values_open_func(d->out, name, "inet_addr");
    net_stands_for(d, call, p, n);
    inet_ntop(AF_INET, p, text, sizeof(text));
    values_string(d->out, NULL, text, strlen(text), 0);
    values_close(d->out);
}

void net_address6(struct decoder *d, const char *name, const char *reference, const void *p)
{
    char text[INET6_ADDRSTRLEN];
    uint32_t call = values_open_func(d->out, name, "inet_pton");
    /* strace shows the member's name only as the last argument, and JSON only its value. */
    values_at(d->out, call)->flags |= VALUE_BARE;
    net_stands_for(d, call, p, 16);
    values_word(d->out, NULL, "AF_INET6");
    inet_ntop(AF_INET6, p, text, sizeof(text));
    values_string(d->out, NULL, text, strlen(text), 0);
    if (reference) {
        values_word(d->out, NULL, reference);
    }
    values_close(d->out);
}

void net_stands_for(struct decoder *d, uint32_t call, const void *p, size_t n)
{
    values_at(d->out, call)->flags |= VALUE_AS_BYTES;
    values_set_bytes(d->out, call, p, n);
}

void net_interface(struct decoder *d, const char *name, uint32_t interface)
{
    char text[64];
    ssize_t n = -1;
    if (interface && d->fds && d->fds->interface) {
        n = d->fds->interface(d->fds, interface, text, sizeof(text));
    }
    if (n <= 0) {
        append_uint(d, name, interface);
        return;
    }
    uint32_t call = values_open_func(d->out, name, "if_nametoindex");
    values_stand_for(d->out, call, interface, VALUE_AS_UINT);
    values_string(d->out, NULL, text, (size_t)n, 0);
    values_close(d->out);
}

void net_mac(struct decoder *d, const char *name, const uint8_t *p, size_t n)
{
    char text[3 * 32 + 1] = "";
    size_t at = 0;
    for (size_t i = 0; i < n && i < 32; i++) {
        static const char digits[] = "0123456789abcdef";
        if (i) {
            text[at++] = ':';
        }
        text[at++] = digits[p[i] >> 4];
        text[at++] = digits[p[i] & 15];
    }
    uint32_t index = values_wordf(d->out, name, "%.*s", (int)at, text);
    values_at(d->out, index)->flags |= VALUE_AS_BYTES;
}

static void decode_socket_type(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t type = (uint32_t)raw & TYPE_MASK;
    uint32_t flags = (uint32_t)raw & ~(uint32_t)TYPE_MASK;
    if (!xlat_name(&xlat_socktypes, type)) {
        append_flags(d, name, &xlat_sock_type_flags, (uint32_t)raw);
        return;
    }
    uint32_t whole = values_open(d->out, VALUE_OR, name);
    values_at(d->out, whole)->number = (uint32_t)raw;
    append_enum(d, NULL, &xlat_socktypes, type);
    if (flags) {
        append_flags(d, NULL, &xlat_sock_type_flags, flags);
    }
    values_close(d->out);
}

static const struct xlat *protocols_of(uint32_t family)
{
    switch (family) {
    case AF_INET:
    case AF_INET6:
        return &xlat_inet_protocols;
    case AF_NETLINK:
        return &xlat_netlink_protocols;
    case AF_CAN:
        return &xlat_can_protocols;
    case AF_BLUETOOTH:
        return &xlat_bt_protocols;
    case AF_RXRPC:
        return &xlat_addrfams;
    case AF_ISDN:
        return &xlat_isdn_protocols;
    case AF_PHONET:
        return &xlat_phonet_protocols;
    case AF_CAIF:
        return &xlat_caif_protocols;
    case AF_NFC:
        return &xlat_nfc_protocols;
    case AF_KCM:
        return &xlat_kcm_protocols;
    case AF_SMC:
        return &xlat_smc_protocols;
    default:
        return NULL;
    }
}

static void decode_protocol(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t family = (uint32_t)d->args[0];
    const struct xlat *protocols = protocols_of(family);
    if (family == AF_PACKET) {
        values_open_func(d->out, name, "htons"); /* of a number: -X shows that of its constant */
        append_enum(d, NULL, &xlat_ethernet_protocols, __builtin_bswap16((uint16_t)raw));
        values_close(d->out);
    } else if (protocols) {
        append_enum(d, name, protocols, (uint32_t)raw);
    } else {
        append_uint(d, name, (uint32_t)raw);
    }
}

static void decode_send_buffer(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t length = decode_word(d, d->args[d->arg + 1]);
    if (!decode_netlink_socket(d, name, decode_word(d, raw), length)) {
        decode_data(d, name, raw, length);
    }
}

static void decode_recv_buffer(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    /* With MSG_TRUNC the result is the datagram's length, which may be more than the buffer holds. */
    uint64_t room = decode_word(d, d->args[d->arg + 1]);
    uint64_t length = (uint64_t)d->result < room ? (uint64_t)d->result : room;
    if (!decode_netlink_socket(d, name, decode_word(d, raw), length)) {
        decode_data(d, name, raw, length);
    }
}

KIND_ENUM(address_family, addrfams);
KIND_FLAGS(socket_type_flags, sock_type_flags);
KIND_ENUM(shutdown_how, shutdown_hows);
KIND_FLAGS(msg_flags, msg_flags);
KIND_NAMED(socketcall, socketcalls);
const struct kind kind_socket_type = {.decode = decode_socket_type};
const struct kind kind_socket_protocol = {.decode = decode_protocol};
const struct kind kind_send_buffer = {.decode = decode_send_buffer, .extent = EXTENT_ARG, .size = 1};
const struct kind kind_recv_buffer = {.decode = decode_recv_buffer,
                                      .direction = DIR_OUT,
                                      .extent = EXTENT_RESULT,
                                      .size = 1,
                                      .cut = CUT_MESSAGE};
