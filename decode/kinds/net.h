/* Kinds of the network family, and the helpers that its files share. */
#ifndef PROCTOR_DECODE_KINDS_NET_H
#define PROCTOR_DECODE_KINDS_NET_H

#include <string.h>

#include "decode/decoder.h"

extern const struct kind kind_address_family;
extern const struct kind kind_socket_type;       /* type and its flags: SOCK_STREAM|SOCK_CLOEXEC */
extern const struct kind kind_socket_type_flags; /* accept4's flags */
extern const struct kind kind_socket_protocol;   /* named by the family, the first argument */
extern const struct kind kind_shutdown_how;
extern const struct kind kind_msg_flags;
extern const struct kind kind_socketcall;  /* i386: which call the multiplexer stands for */
extern const struct kind kind_send_buffer; /* a buffer, its length in the next argument; netlink is decoded */
extern const struct kind kind_recv_buffer; /* a buffer of as many bytes as the result says */

/* Numbers at any address, in the machine's order and in the network's. */
static inline uint16_t load16(const void *p)
{
    uint16_t v;
    memcpy(&v, p, sizeof(v));
    return v;
}

static inline uint32_t load32(const void *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof(v));
    return v;
}

static inline uint64_t load64(const void *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof(v));
    return v;
}

static inline uint16_t load16_be(const void *p)
{
    return __builtin_bswap16(load16(p));
}

static inline uint32_t load32_be(const void *p)
{
    return __builtin_bswap32(load32(p));
}

/* A C long of the ABI at p, zero-extended. */
static inline uint64_t load_long(const struct decoder *d, const void *p)
{
    return d->abi->long_size == 8 ? load64(p) : load32(p);
}

/* htons(ETH_P_IP) for a protocol in network order at p. */
void net_ethernet(struct decoder *d, const char *name, const void *p);
/* htons(80) for a port in network order at p; inet_addr("127.0.0.1"); inet_pton(AF_INET6, "::1", &name). */
void net_port(struct decoder *d, const char *name, const void *p);
void net_address4(struct decoder *d, const char *name, const void *p);
/* The same of a field with room for other addresses, all n bytes of which -X raw shows. */
void net_address4_in(struct decoder *d, const char *name, const void *p, size_t n);
void net_address6(struct decoder *d, const char *name, const char *reference, const void *p);
/* Says of an open function, index `call`, that it stands for these bytes: what -X raw shows. */
void net_stands_for(struct decoder *d, uint32_t call, const void *p, size_t n);
/* if_nametoindex("lo") where the interface's name is known, else the number. */
void net_interface(struct decoder *d, const char *name, uint32_t interface);
/* 02:42:ac:11:00:02 */
void net_mac(struct decoder *d, const char *name, const uint8_t *p, size_t n);

#endif
