/* Names of netlink's constants. */
#ifndef PROCTOR_DECODE_KINDS_NETLINK_TABLES_H
#define PROCTOR_DECODE_KINDS_NETLINK_TABLES_H

#include "decode/xlat.h"

extern const struct xlat xlat_netlink_types;
extern const struct xlat xlat_netlink_flags;
extern const struct xlat xlat_netlink_get_flags;
extern const struct xlat xlat_netlink_new_flags;
extern const struct xlat xlat_netlink_delete_flags;
extern const struct xlat xlat_netlink_ack_flags;
extern const struct xlat xlat_rtnetlink_types;
extern const struct xlat xlat_sock_diag_types;
extern const struct xlat xlat_generic_families;
extern const struct xlat xlat_xfrm_types;
extern const struct xlat xlat_audit_types;
extern const struct xlat xlat_interface_flags;
extern const struct xlat xlat_address_flags;
extern const struct xlat xlat_route_scopes;
extern const struct xlat xlat_route_tables;
extern const struct xlat xlat_rule_tables;
extern const struct xlat xlat_route_protocols;
extern const struct xlat xlat_route_types;
extern const struct xlat xlat_route_flags;
extern const struct xlat xlat_ip_tos;
extern const struct xlat xlat_neighbour_states;
extern const struct xlat xlat_neighbour_flags;
extern const struct xlat xlat_next_hop_flags;
extern const struct xlat xlat_route_families;
extern const struct xlat xlat_dcb_commands;
extern const struct xlat xlat_statistics_mask;

#endif
