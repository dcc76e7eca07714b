/* Netlink messages: the headers of every family, the fixed parts of NETLINK_ROUTE. */
#ifndef PROCTOR_DECODE_KINDS_NETLINK_H
#define PROCTOR_DECODE_KINDS_NETLINK_H

#include "decode/decoder.h"

/* Appends the `length` bytes at addr as netlink messages. The descriptor is the call's first argument. */
void decode_netlink(struct decoder *d, const char *name, uint64_t addr, uint64_t length);

/*
 * The same where the bytes look like netlink messages and the descriptor is known to be a netlink socket.
 * False, with nothing appended, otherwise.
 */
bool decode_netlink_socket(struct decoder *d, const char *name, uint64_t addr, uint64_t length);

#endif
