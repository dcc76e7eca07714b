/*
 * What netlink messages of each family carry: a fixed part and attributes. Each appends one or two values for
 * the `length` bytes at addr. False, with nothing appended, where the type is not decoded.
 */
#ifndef PROCTOR_DECODE_KINDS_NETLINK_BODY_H
#define PROCTOR_DECODE_KINDS_NETLINK_BODY_H

#include "decode/decoder.h"

/* A message of which only the family is known: {family=AF_INET, data="\x18..."}. */
void netlink_show_family(struct decoder *d, uint8_t family, uint64_t addr, uint64_t length);

bool netlink_route(struct decoder *d, uint16_t type, uint64_t addr, uint64_t length);
/* flags: the message's; a request and an answer have the same type. */
bool netlink_diag(struct decoder *d, uint16_t type, uint16_t flags, uint64_t addr, uint64_t length);
bool netlink_netfilter(struct decoder *d, uint16_t type, uint64_t addr, uint64_t length);
bool netlink_crypto(struct decoder *d, uint16_t type, uint64_t addr, uint64_t length);
bool netlink_selinux(struct decoder *d, uint16_t type, uint64_t addr, uint64_t length);
bool netlink_generic(struct decoder *d, uint16_t type, uint64_t addr, uint64_t length);

/* What the kernel and udev tell of devices: a text, or a header of udev's and a text. No messages. */
void netlink_uevent(struct decoder *d, const char *name, uint64_t addr, uint64_t length);
bool netlink_is_udev(struct decoder *d, uint64_t addr, uint64_t length);

#endif
