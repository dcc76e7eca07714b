/* What the types of a family's messages are called, and what its flags mean. */
#ifndef PROCTOR_DECODE_KINDS_NETLINK_TYPES_H
#define PROCTOR_DECODE_KINDS_NETLINK_TYPES_H

#include "decode/decoder.h"

/* Appends the type of a message; family: NETLINK_ROUTE..., or -1. */
void netlink_show_type(struct decoder *d, int family, uint16_t type);

/* The names of its flags: bits from 0x100 on mean different things in requests that make, delete and get. */
const struct xlat *netlink_flags_of(int family, uint16_t type);

#endif
