/* Names of the network family's constants. */
#ifndef PROCTOR_DECODE_KINDS_NET_TABLES_H
#define PROCTOR_DECODE_KINDS_NET_TABLES_H

#include "decode/xlat.h"

extern const struct xlat xlat_addrfams;
extern const struct xlat xlat_socktypes;
extern const struct xlat xlat_sock_type_flags;
extern const struct xlat xlat_inet_protocols;
extern const struct xlat xlat_netlink_protocols;
extern const struct xlat xlat_ethernet_protocols;
extern const struct xlat xlat_arp_hardware_types;
extern const struct xlat xlat_packet_types;
extern const struct xlat xlat_bt_protocols;
extern const struct xlat xlat_can_protocols;
extern const struct xlat xlat_smc_protocols;
extern const struct xlat xlat_phonet_protocols;
extern const struct xlat xlat_caif_protocols;
extern const struct xlat xlat_isdn_protocols;
extern const struct xlat xlat_nfc_protocols;
extern const struct xlat xlat_kcm_protocols;
extern const struct xlat xlat_msg_flags;
extern const struct xlat xlat_sock_levels;
extern const struct xlat xlat_option_levels;
extern const struct xlat xlat_sock_options;
extern const struct xlat xlat_getsock_options;
extern const struct xlat xlat_ip_setoptions;
extern const struct xlat xlat_ip_getoptions;
extern const struct xlat xlat_ipv6_setoptions;
extern const struct xlat xlat_ipv6_getoptions;
extern const struct xlat xlat_tcp_options;
extern const struct xlat xlat_udp_options;
extern const struct xlat xlat_netlink_options;
extern const struct xlat xlat_packet_options;
extern const struct xlat xlat_packet_mreq_types;
extern const struct xlat xlat_raw_options;
extern const struct xlat xlat_vsock_options;
extern const struct xlat xlat_alg_options;
extern const struct xlat xlat_tls_options;
extern const struct xlat xlat_xdp_options;
extern const struct xlat xlat_mptcp_options;
extern const struct xlat xlat_can_raw_options;
extern const struct xlat xlat_bluetooth_options;
extern const struct xlat xlat_sctp_options;
extern const struct xlat xlat_tipc_options;
extern const struct xlat xlat_kcm_options;
extern const struct xlat xlat_icmp_filter;
extern const struct xlat xlat_shutdown_hows;
extern const struct xlat xlat_vsock_cids;
extern const struct xlat xlat_vsock_ports;
extern const struct xlat xlat_vsock_flags;
extern const struct xlat xlat_hci_channels;
extern const struct xlat xlat_bdaddr_types;
extern const struct xlat xlat_alg_flags;
extern const struct xlat xlat_xdp_flags;
extern const struct xlat xlat_scm_types;
extern const struct xlat xlat_ip_cmsg_types;
extern const struct xlat xlat_tcp_states;
extern const struct xlat xlat_tcp_ca_states;
extern const struct xlat xlat_tcp_info_options;
extern const struct xlat xlat_socketcalls;

#endif
