/* The attributes of NETLINK_ROUTE's messages. */
#ifndef PROCTOR_DECODE_KINDS_NLATTR_ROUTE_H
#define PROCTOR_DECODE_KINDS_NLATTR_ROUTE_H

#include "decode/kinds/net.h"
#include "decode/kinds/nlattr.h"

extern const struct nlattr_table nlattr_link;
extern const struct nlattr_function nlattr_link_info; /* IFLA_LINKINFO */
extern const struct nlattr_table nlattr_bridge_port, nlattr_bridge_spec;
extern const struct nlattr_table nlattr_virtual_functions, nlattr_port, nlattr_ports;
extern const struct nlattr_table nlattr_address, nlattr_route, nlattr_neighbour, nlattr_rule, nlattr_traffic;
extern const struct nlattr_table nlattr_netconf, nlattr_namespace, nlattr_neighbour_table;
extern const struct nlattr_function nlattr_stats64; /* struct rtnl_link_stats64 */
extern const struct nlattr_table nlattr_action, nlattr_next_hop, nlattr_label, nlattr_multicast,
    nlattr_statistics;
extern const struct nlattr_table nlattr_report4, nlattr_report6;
extern const struct nlattr_table nlattr_dcb;

#endif
