/* Netlink messages: the headers of every family, the fixed parts of NETLINK_ROUTE. */
#ifndef PROCTOR_DECODE_KINDS_NETLINK_H
#define PROCTOR_DECODE_KINDS_NETLINK_H

#include "decode/decoder.h"

/* The protocol of a netlink socket that is the call's first argument: NETLINK_ROUTE... -1: it is none, or is
 * not known. Asks what the descriptor is. */
int netlink_family(const struct decoder *d);

/* Appends the `length` bytes at addr as messages of a protocol; family -1: it is asked for now. */
void decode_netlink(struct decoder *d, const char *name, uint64_t addr, uint64_t length, int family);

/*
 * The same where the bytes look like netlink messages and the descriptor is known to be a netlink socket.
 * False, with nothing appended, otherwise.
 */
bool decode_netlink_socket(struct decoder *d, const char *name, uint64_t addr, uint64_t length);

#endif
