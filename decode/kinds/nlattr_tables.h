/* Names of the types of netlink attributes, and of what is in them. */
#ifndef PROCTOR_DECODE_KINDS_NLATTR_TABLES_H
#define PROCTOR_DECODE_KINDS_NLATTR_TABLES_H

#include "decode/xlat.h"

extern const struct xlat xlat_nl_ifla;
extern const struct xlat xlat_nl_ifla_info;
extern const struct xlat xlat_nl_ifla_inet;
extern const struct xlat xlat_nl_ifla_inet6;
extern const struct xlat xlat_nl_ifla_xdp;
extern const struct xlat xlat_nl_ifla_mctp;
extern const struct xlat xlat_nl_ifla_down_reason;
extern const struct xlat xlat_nl_mctp_binding;
extern const struct xlat xlat_nl_ifa;
extern const struct xlat xlat_nl_rta;
extern const struct xlat xlat_nl_rtax;
extern const struct xlat xlat_nl_nda;
extern const struct xlat xlat_nl_ndta;
extern const struct xlat xlat_nl_fra;
extern const struct xlat xlat_nl_tca;
extern const struct xlat xlat_nl_tca_stats;
extern const struct xlat xlat_nl_netconfa;
extern const struct xlat xlat_nl_netnsa;
extern const struct xlat xlat_nl_inet_diag;
extern const struct xlat xlat_nl_inet_diag_req;
extern const struct xlat xlat_nl_unix_diag;
extern const struct xlat xlat_nl_netlink_diag;
extern const struct xlat xlat_nl_ctrl_attr;
extern const struct xlat xlat_nl_ctrl_cmd;
extern const struct xlat xlat_nl_nlmsgerr;
extern const struct xlat xlat_nl_rtext_filter;
extern const struct xlat xlat_nl_xdp_attached;
extern const struct xlat xlat_nl_xdp_flags;
extern const struct xlat xlat_nl_link_event;
extern const struct xlat xlat_nl_inet6_flags;
extern const struct xlat xlat_nl_addr_gen_mode;
extern const struct xlat xlat_nl_rule_action;
extern const struct xlat xlat_nl_rule_flags;
extern const struct xlat xlat_nl_neighbour_flags_ext;
extern const struct xlat xlat_nl_encap_type;
extern const struct xlat xlat_nl_tcp_states;
extern const struct xlat xlat_nl_tcp_state_bits;
extern const struct xlat xlat_nl_unix_show;
extern const struct xlat xlat_nl_netlink_show;
extern const struct xlat xlat_nl_diag_shutdown;
extern const struct xlat xlat_nl_diag_extensions;
extern const struct xlat xlat_nl_bridge_vlan;

#endif
