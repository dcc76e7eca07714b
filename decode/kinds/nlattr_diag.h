/* The attributes of NETLINK_SOCK_DIAG's messages. */
#ifndef PROCTOR_DECODE_KINDS_NLATTR_DIAG_H
#define PROCTOR_DECODE_KINDS_NLATTR_DIAG_H

#include "decode/kinds/nlattr.h"

extern const struct nlattr_table nlattr_inet_request, nlattr_inet_socket, nlattr_unix_socket;
extern const struct nlattr_table nlattr_netlink_socket, nlattr_packet_socket, nlattr_smc_socket;
extern const struct nlattr_names nlattr_memory_names; /* [SK_MEMINFO_RMEM_ALLOC] ... */

#endif
