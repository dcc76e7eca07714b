/* Names and layouts of bpf(2)'s commands: include/uapi/linux/bpf.h of Linux 6.18. A table: kept in one piece.
 */
#include <stddef.h>

#include "decode/kinds/bpf_tables.h"

XLAT_ORDERED(bpf_command, "BPF_???", {0, "BPF_MAP_CREATE"}, {1, "BPF_MAP_LOOKUP_ELEM"},
             {2, "BPF_MAP_UPDATE_ELEM"}, {3, "BPF_MAP_DELETE_ELEM"}, {4, "BPF_MAP_GET_NEXT_KEY"},
             {5, "BPF_PROG_LOAD"}, {6, "BPF_OBJ_PIN"}, {7, "BPF_OBJ_GET"}, {8, "BPF_PROG_ATTACH"},
             {9, "BPF_PROG_DETACH"}, {10, "BPF_PROG_TEST_RUN"}, {11, "BPF_PROG_GET_NEXT_ID"},
             {12, "BPF_MAP_GET_NEXT_ID"}, {13, "BPF_PROG_GET_FD_BY_ID"}, {14, "BPF_MAP_GET_FD_BY_ID"},
             {15, "BPF_OBJ_GET_INFO_BY_FD"}, {16, "BPF_PROG_QUERY"}, {17, "BPF_RAW_TRACEPOINT_OPEN"},
             {18, "BPF_BTF_LOAD"}, {19, "BPF_BTF_GET_FD_BY_ID"}, {20, "BPF_TASK_FD_QUERY"},
             {21, "BPF_MAP_LOOKUP_AND_DELETE_ELEM"}, {22, "BPF_MAP_FREEZE"}, {23, "BPF_BTF_GET_NEXT_ID"},
             {24, "BPF_MAP_LOOKUP_BATCH"}, {25, "BPF_MAP_LOOKUP_AND_DELETE_BATCH"},
             {26, "BPF_MAP_UPDATE_BATCH"}, {27, "BPF_MAP_DELETE_BATCH"}, {28, "BPF_LINK_CREATE"},
             {29, "BPF_LINK_UPDATE"}, {30, "BPF_LINK_GET_FD_BY_ID"}, {31, "BPF_LINK_GET_NEXT_ID"},
             {32, "BPF_ENABLE_STATS"}, {33, "BPF_ITER_CREATE"}, {34, "BPF_LINK_DETACH"},
             {35, "BPF_PROG_BIND_MAP"}, {36, "BPF_TOKEN_CREATE"}, {37, "BPF_PROG_STREAM_READ_BY_FD"});
XLAT_ORDERED(bpf_map_type, "BPF_MAP_TYPE_???", {0, "BPF_MAP_TYPE_UNSPEC"}, {1, "BPF_MAP_TYPE_HASH"},
             {2, "BPF_MAP_TYPE_ARRAY"}, {3, "BPF_MAP_TYPE_PROG_ARRAY"}, {4, "BPF_MAP_TYPE_PERF_EVENT_ARRAY"},
             {5, "BPF_MAP_TYPE_PERCPU_HASH"}, {6, "BPF_MAP_TYPE_PERCPU_ARRAY"},
             {7, "BPF_MAP_TYPE_STACK_TRACE"}, {8, "BPF_MAP_TYPE_CGROUP_ARRAY"}, {9, "BPF_MAP_TYPE_LRU_HASH"},
             {10, "BPF_MAP_TYPE_LRU_PERCPU_HASH"}, {11, "BPF_MAP_TYPE_LPM_TRIE"},
             {12, "BPF_MAP_TYPE_ARRAY_OF_MAPS"}, {13, "BPF_MAP_TYPE_HASH_OF_MAPS"},
             {14, "BPF_MAP_TYPE_DEVMAP"}, {15, "BPF_MAP_TYPE_SOCKMAP"}, {16, "BPF_MAP_TYPE_CPUMAP"},
             {17, "BPF_MAP_TYPE_XSKMAP"}, {18, "BPF_MAP_TYPE_SOCKHASH"}, {19, "BPF_MAP_TYPE_CGROUP_STORAGE"},
             {20, "BPF_MAP_TYPE_REUSEPORT_SOCKARRAY"}, {21, "BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE"},
             {22, "BPF_MAP_TYPE_QUEUE"}, {23, "BPF_MAP_TYPE_STACK"}, {24, "BPF_MAP_TYPE_SK_STORAGE"},
             {25, "BPF_MAP_TYPE_DEVMAP_HASH"}, {26, "BPF_MAP_TYPE_STRUCT_OPS"}, {27, "BPF_MAP_TYPE_RINGBUF"},
             {28, "BPF_MAP_TYPE_INODE_STORAGE"}, {29, "BPF_MAP_TYPE_TASK_STORAGE"},
             {30, "BPF_MAP_TYPE_BLOOM_FILTER"}, {31, "BPF_MAP_TYPE_USER_RINGBUF"},
             {32, "BPF_MAP_TYPE_CGRP_STORAGE"}, {33, "BPF_MAP_TYPE_ARENA"}, {34, "BPF_MAP_TYPE_INSN_ARRAY"});
XLAT_ORDERED(bpf_prog_type, "BPF_PROG_TYPE_???", {0, "BPF_PROG_TYPE_UNSPEC"},
             {1, "BPF_PROG_TYPE_SOCKET_FILTER"}, {2, "BPF_PROG_TYPE_KPROBE"}, {3, "BPF_PROG_TYPE_SCHED_CLS"},
             {4, "BPF_PROG_TYPE_SCHED_ACT"}, {5, "BPF_PROG_TYPE_TRACEPOINT"}, {6, "BPF_PROG_TYPE_XDP"},
             {7, "BPF_PROG_TYPE_PERF_EVENT"}, {8, "BPF_PROG_TYPE_CGROUP_SKB"},
             {9, "BPF_PROG_TYPE_CGROUP_SOCK"}, {10, "BPF_PROG_TYPE_LWT_IN"}, {11, "BPF_PROG_TYPE_LWT_OUT"},
             {12, "BPF_PROG_TYPE_LWT_XMIT"}, {13, "BPF_PROG_TYPE_SOCK_OPS"}, {14, "BPF_PROG_TYPE_SK_SKB"},
             {15, "BPF_PROG_TYPE_CGROUP_DEVICE"}, {16, "BPF_PROG_TYPE_SK_MSG"},
             {17, "BPF_PROG_TYPE_RAW_TRACEPOINT"}, {18, "BPF_PROG_TYPE_CGROUP_SOCK_ADDR"},
             {19, "BPF_PROG_TYPE_LWT_SEG6LOCAL"}, {20, "BPF_PROG_TYPE_LIRC_MODE2"},
             {21, "BPF_PROG_TYPE_SK_REUSEPORT"}, {22, "BPF_PROG_TYPE_FLOW_DISSECTOR"},
             {23, "BPF_PROG_TYPE_CGROUP_SYSCTL"}, {24, "BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE"},
             {25, "BPF_PROG_TYPE_CGROUP_SOCKOPT"}, {26, "BPF_PROG_TYPE_TRACING"},
             {27, "BPF_PROG_TYPE_STRUCT_OPS"}, {28, "BPF_PROG_TYPE_EXT"}, {29, "BPF_PROG_TYPE_LSM"},
             {30, "BPF_PROG_TYPE_SK_LOOKUP"}, {31, "BPF_PROG_TYPE_SYSCALL"}, {32, "BPF_PROG_TYPE_NETFILTER"});
XLAT_ORDERED(bpf_attach_type, "BPF_???", {0, "BPF_CGROUP_INET_INGRESS"}, {1, "BPF_CGROUP_INET_EGRESS"},
             {2, "BPF_CGROUP_INET_SOCK_CREATE"}, {3, "BPF_CGROUP_SOCK_OPS"}, {4, "BPF_SK_SKB_STREAM_PARSER"},
             {5, "BPF_SK_SKB_STREAM_VERDICT"}, {6, "BPF_CGROUP_DEVICE"}, {7, "BPF_SK_MSG_VERDICT"},
             {8, "BPF_CGROUP_INET4_BIND"}, {9, "BPF_CGROUP_INET6_BIND"}, {10, "BPF_CGROUP_INET4_CONNECT"},
             {11, "BPF_CGROUP_INET6_CONNECT"}, {12, "BPF_CGROUP_INET4_POST_BIND"},
             {13, "BPF_CGROUP_INET6_POST_BIND"}, {14, "BPF_CGROUP_UDP4_SENDMSG"},
             {15, "BPF_CGROUP_UDP6_SENDMSG"}, {16, "BPF_LIRC_MODE2"}, {17, "BPF_FLOW_DISSECTOR"},
             {18, "BPF_CGROUP_SYSCTL"}, {19, "BPF_CGROUP_UDP4_RECVMSG"}, {20, "BPF_CGROUP_UDP6_RECVMSG"},
             {21, "BPF_CGROUP_GETSOCKOPT"}, {22, "BPF_CGROUP_SETSOCKOPT"}, {23, "BPF_TRACE_RAW_TP"},
             {24, "BPF_TRACE_FENTRY"}, {25, "BPF_TRACE_FEXIT"}, {26, "BPF_MODIFY_RETURN"},
             {27, "BPF_LSM_MAC"}, {28, "BPF_TRACE_ITER"}, {29, "BPF_CGROUP_INET4_GETPEERNAME"},
             {30, "BPF_CGROUP_INET6_GETPEERNAME"}, {31, "BPF_CGROUP_INET4_GETSOCKNAME"},
             {32, "BPF_CGROUP_INET6_GETSOCKNAME"}, {33, "BPF_XDP_DEVMAP"},
             {34, "BPF_CGROUP_INET_SOCK_RELEASE"}, {35, "BPF_XDP_CPUMAP"}, {36, "BPF_SK_LOOKUP"},
             {37, "BPF_XDP"}, {38, "BPF_SK_SKB_VERDICT"}, {39, "BPF_SK_REUSEPORT_SELECT"},
             {40, "BPF_SK_REUSEPORT_SELECT_OR_MIGRATE"}, {41, "BPF_PERF_EVENT"},
             {42, "BPF_TRACE_KPROBE_MULTI"}, {43, "BPF_LSM_CGROUP"}, {44, "BPF_STRUCT_OPS"},
             {45, "BPF_NETFILTER"}, {46, "BPF_TCX_INGRESS"}, {47, "BPF_TCX_EGRESS"},
             {48, "BPF_TRACE_UPROBE_MULTI"}, {49, "BPF_CGROUP_UNIX_CONNECT"}, {50, "BPF_CGROUP_UNIX_SENDMSG"},
             {51, "BPF_CGROUP_UNIX_RECVMSG"}, {52, "BPF_CGROUP_UNIX_GETPEERNAME"},
             {53, "BPF_CGROUP_UNIX_GETSOCKNAME"}, {54, "BPF_NETKIT_PRIMARY"}, {55, "BPF_NETKIT_PEER"},
             {56, "BPF_TRACE_KPROBE_SESSION"}, {57, "BPF_TRACE_UPROBE_SESSION"});
XLAT(bpf_map_flags, "BPF_F_???", {0x1, "BPF_F_NO_PREALLOC"}, {0x2, "BPF_F_NO_COMMON_LRU"},
     {0x4, "BPF_F_NUMA_NODE"}, {0x8, "BPF_F_RDONLY"}, {0x10, "BPF_F_WRONLY"}, {0x20, "BPF_F_STACK_BUILD_ID"},
     {0x40, "BPF_F_ZERO_SEED"}, {0x80, "BPF_F_RDONLY_PROG"}, {0x100, "BPF_F_WRONLY_PROG"},
     {0x200, "BPF_F_CLONE"}, {0x400, "BPF_F_MMAPABLE"}, {0x800, "BPF_F_PRESERVE_ELEMS"},
     {0x1000, "BPF_F_INNER_MAP"}, {0x2000, "BPF_F_LINK"}, {0x4000, "BPF_F_PATH_FD"},
     {0x8000, "BPF_F_VTYPE_BTF_OBJ_FD"}, {0x10000, "BPF_F_TOKEN_FD"}, {0x20000, "BPF_F_SEGV_ON_FAULT"},
     {0x40000, "BPF_F_NO_USER_CONV"});
XLAT(bpf_prog_flags, "BPF_F_???", {0x1, "BPF_F_STRICT_ALIGNMENT"}, {0x2, "BPF_F_ANY_ALIGNMENT"},
     {0x4, "BPF_F_TEST_RND_HI32"}, {0x8, "BPF_F_TEST_STATE_FREQ"}, {0x10, "BPF_F_SLEEPABLE"},
     {0x20, "BPF_F_XDP_HAS_FRAGS"}, {0x40, "BPF_F_XDP_DEV_BOUND_ONLY"}, {0x80, "BPF_F_TEST_REG_INVARIANTS"},
     {0x10000, "BPF_F_TOKEN_FD"});
XLAT(bpf_lookup_flags, "BPF_???", {0x0, "BPF_ANY"}, {0x4, "BPF_F_LOCK"});
XLAT(bpf_update_flags, "BPF_???", {0x0, "BPF_ANY"}, {0x1, "BPF_NOEXIST"}, {0x2, "BPF_EXIST"},
     {0x4, "BPF_F_LOCK"});
XLAT(bpf_attach_flags, "BPF_F_???", {0x1, "BPF_F_ALLOW_OVERRIDE"}, {0x2, "BPF_F_ALLOW_MULTI"},
     {0x4, "BPF_F_REPLACE"}, {0x8, "BPF_F_BEFORE"}, {0x10, "BPF_F_AFTER"}, {0x20, "BPF_F_ID"},
     {0x40, "BPF_F_PREORDER"}, {0x2000, "BPF_F_LINK"});
XLAT(bpf_query_flags, "BPF_F_QUERY_???", {0x1, "BPF_F_QUERY_EFFECTIVE"});
XLAT(bpf_test_flags, "BPF_F_TEST_???", {0x1, "BPF_F_TEST_RUN_ON_CPU"}, {0x2, "BPF_F_TEST_XDP_LIVE_FRAMES"},
     {0x4, "BPF_F_TEST_SKB_CHECKSUM_COMPLETE"});
XLAT(bpf_file_flags, "BPF_F_???", {0x8, "BPF_F_RDONLY"}, {0x10, "BPF_F_WRONLY"}, {0x4000, "BPF_F_PATH_FD"},
     {0x10000, "BPF_F_TOKEN_FD"});
XLAT(bpf_open_flags, "BPF_F_???", {0x8, "BPF_F_RDONLY"}, {0x10, "BPF_F_WRONLY"}, {0x10000, "BPF_F_TOKEN_FD"});
XLAT(bpf_stats_type, "BPF_STATS_???", {0x0, "BPF_STATS_RUN_TIME"});
XLAT(bpf_fd_type, "BPF_FD_TYPE_???", {0x0, "BPF_FD_TYPE_RAW_TRACEPOINT"}, {0x1, "BPF_FD_TYPE_TRACEPOINT"},
     {0x2, "BPF_FD_TYPE_KPROBE"}, {0x3, "BPF_FD_TYPE_KRETPROBE"}, {0x4, "BPF_FD_TYPE_UPROBE"},
     {0x5, "BPF_FD_TYPE_URETPROBE"});
XLAT(bpf_kprobe_multi_flags, "BPF_F_KPROBE_MULTI_???", {0x1, "BPF_F_KPROBE_MULTI_RETURN"});
XLAT(bpf_uprobe_multi_flags, "BPF_F_UPROBE_MULTI_???", {0x1, "BPF_F_UPROBE_MULTI_RETURN"});
XLAT(bpf_netfilter_flags, "BPF_F_NETFILTER_???", {0x1, "BPF_F_NETFILTER_IP_DEFRAG"});

#define FIELD(offset_, size_, as_, name_, ...)                                                               \
    {                                                                                                        \
        .name = #name_, .offset = (offset_), .size = (size_), .as = BPF_##as_, ##__VA_ARGS__                 \
    }
#define SINCE .since = true
#define WRITTEN .written = true
#define XL(table) .xlat = &xlat_##table

static const struct bpf_field map_create_fields[] = {
    FIELD(0, 4, ENUM, map_type, XL(bpf_map_type)),
    FIELD(4, 4, U, key_size),
    FIELD(8, 4, U, value_size),
    FIELD(12, 4, U, max_entries),
    FIELD(16, 4, FLAGS, map_flags, XL(bpf_map_flags), SINCE),
    FIELD(20, 4, FD, inner_map_fd, SINCE),
    FIELD(24, 4, NODE, numa_node, SINCE),
    FIELD(28, 16, NAME, map_name, SINCE),
    FIELD(44, 4, U, map_ifindex, SINCE),
    FIELD(48, 4, FD, btf_fd, SINCE),
    FIELD(52, 4, U, btf_key_type_id),
    FIELD(56, 4, U, btf_value_type_id),
    FIELD(60, 4, U, btf_vmlinux_value_type_id, SINCE),
    FIELD(64, 8, U, map_extra, SINCE),
    FIELD(72, 4, FD, value_type_btf_obj_fd, SINCE),
    FIELD(76, 4, FD, map_token_fd, SINCE),
    FIELD(80, 8, ADDR, excl_prog_hash, SINCE),
    FIELD(88, 4, U, excl_prog_hash_size),
};
static const struct bpf_field map_lookup_fields[] = {
    FIELD(0, 4, FD, map_fd),
    FIELD(8, 8, ADDR, key),
    FIELD(16, 8, ADDR, value),
    FIELD(24, 8, FLAGS, flags, XL(bpf_lookup_flags), SINCE),
};
static const struct bpf_field map_update_fields[] = {
    FIELD(0, 4, FD, map_fd),
    FIELD(8, 8, ADDR, key),
    FIELD(16, 8, ADDR, value),
    FIELD(24, 8, ENUM, flags, XL(bpf_update_flags)),
};
static const struct bpf_field map_delete_fields[] = {
    FIELD(0, 4, FD, map_fd),
    FIELD(8, 8, ADDR, key),
};
static const struct bpf_field map_next_key_fields[] = {
    FIELD(0, 4, FD, map_fd),
    FIELD(8, 8, ADDR, key),
    FIELD(16, 8, ADDR, next_key),
};
static const struct bpf_field map_freeze_fields[] = {
    FIELD(0, 4, FD, map_fd),
};
static const struct bpf_field prog_load_fields[] = {
    FIELD(0, 4, ENUM, prog_type, XL(bpf_prog_type)),
    FIELD(4, 4, U, insn_cnt),
    FIELD(8, 8, INSNS, insns, .other = 4),
    FIELD(16, 8, STRING, license),
    FIELD(24, 4, U, log_level, SINCE),
    FIELD(28, 4, U, log_size),
    FIELD(32, 8, STRING, log_buf),
    FIELD(40, 4, VERSION, kern_version, SINCE),
    FIELD(44, 4, FLAGS, prog_flags, XL(bpf_prog_flags), SINCE),
    FIELD(48, 16, NAME, prog_name, SINCE),
    FIELD(64, 4, U, prog_ifindex, SINCE),
    FIELD(68, 4, ENUM, expected_attach_type, XL(bpf_attach_type), SINCE),
    FIELD(72, 4, FD, prog_btf_fd, SINCE),
    FIELD(76, 4, U, func_info_rec_size),
    FIELD(80, 8, ADDR, func_info),
    FIELD(88, 4, U, func_info_cnt),
    FIELD(92, 4, U, line_info_rec_size),
    FIELD(96, 8, ADDR, line_info),
    FIELD(104, 4, U, line_info_cnt),
    FIELD(108, 4, U, attach_btf_id, SINCE),
    FIELD(112, 4, FD, attach_prog_fd, SINCE),
    FIELD(116, 4, U, core_relo_cnt, .needs = 129),
    FIELD(120, 8, ADDR, fd_array, SINCE),
    FIELD(128, 8, ADDR, core_relos, SINCE),
    FIELD(136, 4, U, core_relo_rec_size),
    FIELD(140, 4, U, log_true_size, SINCE, WRITTEN),
    FIELD(144, 4, FD, prog_token_fd, SINCE),
    FIELD(148, 4, U, fd_array_cnt, SINCE),
    FIELD(152, 8, BYTES, signature, .other = 160, SINCE),
    FIELD(160, 4, U, signature_size),
    FIELD(164, 4, D, keyring_id),
};
static const struct bpf_field obj_pin_fields[] = {
    FIELD(0, 8, PATH, pathname),
    FIELD(8, 4, FD, bpf_fd),
    FIELD(12, 4, FLAGS, file_flags, XL(bpf_file_flags), SINCE),
    FIELD(16, 4, DIRFD, path_fd, SINCE),
};
static const struct bpf_field prog_attach_fields[] = {
    FIELD(0, 4, TARGET, target_fd, .other = 8),
    FIELD(4, 4, FD, attach_bpf_fd),
    FIELD(8, 4, ENUM, attach_type, XL(bpf_attach_type)),
    FIELD(12, 4, FLAGS, attach_flags, XL(bpf_attach_flags)),
    FIELD(16, 4, FD, replace_bpf_fd, SINCE),
    FIELD(20, 4, RELATIVE, relative_fd, .other = 12, SINCE),
    FIELD(24, 8, U, expected_revision),
};
static const struct bpf_field test_run_fields[] = {
    FIELD(0, 4, FD, prog_fd),
    FIELD(4, 4, U, retval),
    FIELD(8, 4, U, data_size_in),
    FIELD(12, 4, U, data_size_out),
    FIELD(16, 8, ADDR, data_in),
    FIELD(24, 8, ADDR, data_out),
    FIELD(32, 4, U, repeat),
    FIELD(36, 4, U, duration),
    FIELD(40, 4, U, ctx_size_in, SINCE),
    FIELD(44, 4, U, ctx_size_out),
    FIELD(48, 8, ADDR, ctx_in),
    FIELD(56, 8, ADDR, ctx_out),
    FIELD(64, 4, FLAGS, flags, XL(bpf_test_flags), SINCE),
    FIELD(68, 4, U, cpu),
    FIELD(72, 4, U, batch_size, SINCE),
};
static const struct bpf_field next_id_fields[] = {
    FIELD(0, 4, U, start_id),
    FIELD(4, 4, U, next_id),
};
static const struct bpf_field prog_id_fields[] = {
    FIELD(0, 4, U, prog_id),
};
static const struct bpf_field map_id_fields[] = {
    FIELD(0, 4, U, map_id),
    FIELD(8, 4, FLAGS, open_flags, XL(bpf_open_flags), SINCE),
};
static const struct bpf_field btf_id_fields[] = {
    FIELD(0, 4, U, btf_id),
    FIELD(8, 4, FLAGS, open_flags, XL(bpf_open_flags), SINCE),
    FIELD(12, 4, FD, fd_by_id_token_fd),
};
static const struct bpf_field link_id_fields[] = {
    FIELD(0, 4, U, link_id),
};
static const struct bpf_field obj_info_fields[] = {
    FIELD(0, 4, FD, bpf_fd),
    FIELD(4, 4, U, info_len, WRITTEN),
    FIELD(8, 8, INFO, info, .other = 4),
};
static const struct bpf_field map_info_fields[] = {
    FIELD(0, 4, ENUM, type, XL(bpf_map_type)),
    FIELD(4, 4, U, id),
    FIELD(8, 4, U, key_size),
    FIELD(12, 4, U, value_size),
    FIELD(16, 4, U, max_entries),
    FIELD(20, 4, FLAGS, map_flags, XL(bpf_map_flags)),
    FIELD(24, 16, NAME, name, SINCE),
    FIELD(40, 4, INTERFACE, ifindex, SINCE),
    FIELD(44, 4, U, btf_vmlinux_value_type_id),
    FIELD(48, 8, DEVICE, netns_dev),
    FIELD(56, 8, U, netns_ino),
    FIELD(64, 4, U, btf_id, SINCE),
    FIELD(68, 4, U, btf_key_type_id),
    FIELD(72, 4, U, btf_value_type_id),
    FIELD(80, 8, X, map_extra, SINCE),
};
static const struct bpf_field program_info_fields[] = {
    FIELD(0, 4, ENUM, type, XL(bpf_prog_type)),
    FIELD(4, 4, U, id),
    FIELD(8, 8, TAG, tag),
    FIELD(16, 4, U, jited_prog_len, WRITTEN),
    FIELD(24, 8, BYTES, jited_prog_insns, .other = 16),
    FIELD(20, 4, U, xlated_prog_len, WRITTEN),
    FIELD(32, 8, CODE, xlated_prog_insns, .other = 20),
    FIELD(40, 8, SINCE_BOOT, load_time, SINCE),
    FIELD(48, 4, UID, created_by_uid),
    FIELD(52, 4, U, nr_map_ids, WRITTEN),
    FIELD(56, 8, IDS, map_ids, .other = 52),
    FIELD(64, 16, NAME, name),
    FIELD(80, 4, INTERFACE, ifindex, SINCE),
    FIELD(84, 4, BIT, gpl_compatible),
    FIELD(88, 8, DEVICE, netns_dev),
    FIELD(96, 8, U, netns_ino),
    FIELD(104, 4, U, nr_jited_ksyms, SINCE, WRITTEN),
    FIELD(108, 4, U, nr_jited_func_lens, WRITTEN),
    FIELD(112, 8, ADDR, jited_ksyms, WRITTEN),
    FIELD(120, 8, ADDR, jited_func_lens, WRITTEN),
    FIELD(128, 4, U, btf_id, SINCE),
    FIELD(132, 4, U, func_info_rec_size, WRITTEN),
    FIELD(136, 8, ADDR, func_info),
    FIELD(144, 4, U, nr_func_info, WRITTEN),
    FIELD(148, 4, U, nr_line_info, WRITTEN),
    FIELD(152, 8, ADDR, line_info),
    FIELD(160, 8, ADDR, jited_line_info, WRITTEN),
    FIELD(168, 4, U, nr_jited_line_info, WRITTEN),
    FIELD(172, 4, U, line_info_rec_size, WRITTEN),
    FIELD(176, 4, U, jited_line_info_rec_size, WRITTEN),
    FIELD(180, 4, U, nr_prog_tags, WRITTEN),
    FIELD(184, 8, ADDR, prog_tags),
    FIELD(192, 8, U, run_time_ns, SINCE),
    FIELD(200, 8, U, run_cnt),
    FIELD(208, 8, U, recursion_misses, SINCE),
    FIELD(216, 4, U, verified_insns, SINCE),
    FIELD(220, 4, U, attach_btf_obj_id, SINCE),
    FIELD(224, 4, U, attach_btf_id),
};
static const struct bpf_field prog_query_fields[] = {
    FIELD(0, 4, TARGET, target_fd, .other = 4),
    FIELD(4, 4, ENUM, attach_type, XL(bpf_attach_type)),
    FIELD(8, 4, FLAGS, query_flags, XL(bpf_query_flags)),
    FIELD(12, 4, FLAGS, attach_flags, XL(bpf_attach_flags)),
    FIELD(16, 8, IDS, prog_ids, .other = 24),
    FIELD(24, 4, U, prog_cnt, WRITTEN),
    FIELD(32, 8, MASKS, prog_attach_flags, .other = 24, SINCE),
    FIELD(40, 8, IDS, link_ids, .other = 24, SINCE),
    FIELD(48, 8, MASKS, link_attach_flags, .other = 24),
    FIELD(56, 8, X, revision),
};
static const struct bpf_field raw_tracepoint_fields[] = {
    FIELD(0, 8, STRING, name),
    FIELD(8, 4, FD, prog_fd),
    FIELD(16, 8, X, cookie, .needs = 24),
};
static const struct bpf_field btf_load_fields[] = {
    FIELD(0, 8, DATA, btf, .other = 16),
    FIELD(8, 8, ADDR, btf_log_buf),
    FIELD(16, 4, U, btf_size),
    FIELD(20, 4, U, btf_log_size),
    FIELD(24, 4, U, btf_log_level),
    FIELD(28, 4, U, btf_log_true_size, SINCE, WRITTEN),
    FIELD(32, 4, FLAGS, btf_flags, XL(bpf_file_flags), SINCE),
    FIELD(36, 4, FD, btf_token_fd),
};
static const struct bpf_field task_fd_query_fields[] = {
    FIELD(0, 4, D, pid),
    FIELD(4, 4, FD, fd),
    FIELD(8, 4, U, flags),
    FIELD(12, 4, U, buf_len, WRITTEN),
    FIELD(16, 8, STRING, buf),
    FIELD(24, 4, U, prog_id),
    FIELD(28, 4, ENUM, fd_type, XL(bpf_fd_type)),
    FIELD(32, 8, X, probe_offset),
    FIELD(40, 8, X, probe_addr),
};
static const struct bpf_field lookup_batch_fields[] = {
    FIELD(0, 8, ADDR, in_batch),
    FIELD(8, 8, ADDR, out_batch),
    FIELD(16, 8, ADDR, keys),
    FIELD(24, 8, ADDR, values),
    FIELD(32, 4, U, count),
    FIELD(36, 4, FD, map_fd),
    FIELD(40, 8, FLAGS, elem_flags, XL(bpf_lookup_flags)),
    FIELD(48, 8, X, flags),
};
static const struct bpf_field update_batch_fields[] = {
    FIELD(16, 8, ADDR, keys),
    FIELD(24, 8, ADDR, values),
    FIELD(32, 4, U, count),
    FIELD(36, 4, FD, map_fd),
    FIELD(40, 8, FLAGS, elem_flags, XL(bpf_lookup_flags)),
    FIELD(48, 8, X, flags),
};
static const struct bpf_field delete_batch_fields[] = {
    FIELD(16, 8, ADDR, keys), FIELD(32, 4, U, count),
    FIELD(36, 4, FD, map_fd), FIELD(40, 8, FLAGS, elem_flags, XL(bpf_lookup_flags)),
    FIELD(48, 8, X, flags),
};
static const struct bpf_field link_create_fields[] = {
    FIELD(0, 4, FD, prog_fd),
    FIELD(4, 4, TARGET, target_fd, .other = 8),
    FIELD(8, 4, ENUM, attach_type, XL(bpf_attach_type)),
    FIELD(12, 4, FLAGS, flags, XL(bpf_attach_flags)),
};
static const struct bpf_field link_update_fields[] = {
    FIELD(0, 4, FD, link_fd),
    FIELD(4, 4, FD, new_prog_fd),
    FIELD(8, 4, FLAGS, flags, XL(bpf_attach_flags)),
    FIELD(12, 4, REPLACED, old_prog_fd, .other = 8),
};
static const struct bpf_field enable_stats_fields[] = {
    FIELD(0, 4, ENUM, type, XL(bpf_stats_type)),
};
static const struct bpf_field iter_create_fields[] = {
    FIELD(0, 4, FD, link_fd),
    FIELD(4, 4, X, flags),
};
static const struct bpf_field link_detach_fields[] = {
    FIELD(0, 4, FD, link_fd),
};
static const struct bpf_field bind_map_fields[] = {
    FIELD(0, 4, FD, prog_fd),
    FIELD(4, 4, FD, map_fd),
    FIELD(8, 4, X, flags),
};
static const struct bpf_field token_create_fields[] = {
    FIELD(0, 4, X, flags),
    FIELD(4, 4, FD, bpffs_fd),
};
static const struct bpf_field stream_read_fields[] = {
    FIELD(0, 8, DATA, stream_buf, .other = 8),
    FIELD(8, 4, U, stream_buf_len),
    FIELD(12, 4, U, stream_id),
    FIELD(16, 4, FD, prog_fd),
};
static const struct bpf_field perf_event_fields[] = {
    FIELD(16, 8, X, bpf_cookie),
};
static const struct bpf_field tracing_fields[] = {
    FIELD(16, 4, U, target_btf_id),
    FIELD(24, 8, X, cookie),
};
static const struct bpf_field netfilter_fields[] = {
    FIELD(16, 4, U, pf),
    FIELD(20, 4, U, hooknum),
    FIELD(24, 4, D, priority),
    FIELD(28, 4, FLAGS, flags, XL(bpf_netfilter_flags)),
};
static const struct bpf_field relative_fields[] = {
    FIELD(16, 4, RELATIVE, relative_fd, .other = 12),
    FIELD(24, 8, X, expected_revision),
};
static const struct bpf_field kprobe_multi_fields[] = {
    FIELD(16, 4, FLAGS, flags, XL(bpf_kprobe_multi_flags)),
    FIELD(20, 4, U, cnt),
    FIELD(24, 8, STRINGS, syms, .other = 20),
    FIELD(32, 8, WORDS, addrs, .other = 20),
    FIELD(40, 8, WORDS, cookies, .other = 20),
};
static const struct bpf_field uprobe_multi_fields[] = {
    FIELD(16, 8, PATH, path),
    FIELD(24, 8, WORDS, offsets, .other = 48),
    FIELD(32, 8, WORDS, ref_ctr_offsets, .other = 48),
    FIELD(40, 8, WORDS, cookies, .other = 48),
    FIELD(48, 4, U, cnt),
    FIELD(52, 4, FLAGS, flags, XL(bpf_uprobe_multi_flags)),
    FIELD(56, 4, D, pid),
};
static const struct bpf_field iter_fields[] = {
    FIELD(16, 8, ITERS, iter_info, .other = 24),
    FIELD(24, 4, U, iter_info_len),
};
static const struct bpf_field target_btf_fields[] = {
    FIELD(16, 4, NONZERO, target_btf_id),
};

#define COMMAND(fields_, size_, ...)                                                                         \
    {                                                                                                        \
        .fields = fields_##_fields, .count = sizeof(fields_##_fields) / sizeof(fields_##_fields[0]),         \
        .size = (size_), ##__VA_ARGS__                                                                       \
    }
#define WITHIN(name) .within = #name

static const struct bpf_command commands[] = {
    [0] = COMMAND(map_create, 92, .gives_fd = true),
    [1] = COMMAND(map_lookup, 32),
    [2] = COMMAND(map_update, 32),
    [3] = COMMAND(map_delete, 16),
    [4] = COMMAND(map_next_key, 24),
    [5] = COMMAND(prog_load, 168, .gives_fd = true, .at_exit = BPF_EXIT_PATCH),
    [6] = COMMAND(obj_pin, 20, .gives_fd = true),
    [7] = COMMAND(obj_pin, 20, .gives_fd = true),
    [8] = COMMAND(prog_attach, 32),
    [9] = COMMAND(prog_attach, 32),
    [10] = COMMAND(test_run, 80, WITHIN(test)),
    [11] = COMMAND(next_id, 8, .at_exit = BPF_EXIT_AGAIN),
    [12] = COMMAND(next_id, 8, .at_exit = BPF_EXIT_AGAIN),
    [13] = COMMAND(prog_id, 4, .gives_fd = true),
    [14] = COMMAND(map_id, 12, .gives_fd = true),
    [15] = COMMAND(obj_info, 16, WITHIN(info), .at_exit = BPF_EXIT_AGAIN),
    [16] = COMMAND(prog_query, 64, WITHIN(query), .at_exit = BPF_EXIT_AGAIN),
    [17] = COMMAND(raw_tracepoint, 24, WITHIN(raw_tracepoint), .gives_fd = true),
    [18] = COMMAND(btf_load, 40, .gives_fd = true, .at_exit = BPF_EXIT_PATCH),
    [19] = COMMAND(btf_id, 16, .gives_fd = true),
    [20] = COMMAND(task_fd_query, 48, WITHIN(task_fd_query), .at_exit = BPF_EXIT_AGAIN),
    [21] = COMMAND(map_lookup, 32),
    [22] = COMMAND(map_freeze, 4),
    [23] = COMMAND(next_id, 8, .at_exit = BPF_EXIT_AGAIN),
    [24] = COMMAND(lookup_batch, 56, WITHIN(batch), .at_exit = BPF_EXIT_BATCH),
    [25] = COMMAND(lookup_batch, 56, WITHIN(batch), .at_exit = BPF_EXIT_BATCH),
    [26] = COMMAND(update_batch, 56, WITHIN(batch), .at_exit = BPF_EXIT_BATCH),
    [27] = COMMAND(delete_batch, 56, WITHIN(batch), .at_exit = BPF_EXIT_BATCH),
    [28] = COMMAND(link_create, 16, WITHIN(link_create), .gives_fd = true, .link = true),
    [29] = COMMAND(link_update, 16, WITHIN(link_update)),
    [30] = COMMAND(link_id, 4, .gives_fd = true),
    [31] = COMMAND(next_id, 8, .at_exit = BPF_EXIT_AGAIN),
    [32] = COMMAND(enable_stats, 4, WITHIN(enable_stats), .gives_fd = true),
    [33] = COMMAND(iter_create, 8, WITHIN(iter_create), .gives_fd = true),
    [34] = COMMAND(link_detach, 4, WITHIN(link_detach)),
    [35] = COMMAND(bind_map, 12, WITHIN(prog_bind_map), .gives_fd = true),
    [36] = COMMAND(token_create, 8, WITHIN(token_create), .gives_fd = true),
    [37] = COMMAND(stream_read, 20, WITHIN(prog_stream_read), .at_exit = BPF_EXIT_AGAIN),
};

const struct bpf_command bpf_map_info = COMMAND(map_info, 88);
const struct bpf_command bpf_program_info = COMMAND(program_info, 228);

/* What follows the common members of link_create, by attach type. */
#define PART(name_, fields_, size_)                                                                          \
    {                                                                                                        \
        .within = (name_), .fields = fields_##_fields,                                                       \
        .count = sizeof(fields_##_fields) / sizeof(fields_##_fields[0]), .size = (size_)                     \
    }

static const struct bpf_command link_parts[] = {
    [BPF_LINK_CGROUP] = PART(NULL, target_btf, 20),
    [BPF_LINK_CGROUP_RELATIVE] = PART("cgroup", relative, 32),
    [BPF_LINK_ITER] = PART(NULL, iter, 28),
    [BPF_LINK_PERF_EVENT] = PART("perf_event", perf_event, 24),
    [BPF_LINK_TRACING] = PART("tracing", tracing, 32),
    [BPF_LINK_NETFILTER] = PART("netfilter", netfilter, 32),
    [BPF_LINK_TCX] = PART("tcx", relative, 32),
    [BPF_LINK_NETKIT] = PART("netkit", relative, 32),
    [BPF_LINK_KPROBE_MULTI] = PART("kprobe_multi", kprobe_multi, 48),
    [BPF_LINK_UPROBE_MULTI] = PART("uprobe_multi", uprobe_multi, 60),
};

/* The part of each attach type; 0: it has none that is known. */
static const unsigned char link_part_of[] = {
    [0] = BPF_LINK_CGROUP,        [1] = BPF_LINK_CGROUP,      [2] = BPF_LINK_CGROUP,
    [3] = BPF_LINK_CGROUP,        [6] = BPF_LINK_CGROUP,      [8] = BPF_LINK_CGROUP,
    [9] = BPF_LINK_CGROUP,        [10] = BPF_LINK_CGROUP,     [11] = BPF_LINK_CGROUP,
    [12] = BPF_LINK_CGROUP,       [13] = BPF_LINK_CGROUP,     [14] = BPF_LINK_CGROUP,
    [15] = BPF_LINK_CGROUP,       [18] = BPF_LINK_CGROUP,     [19] = BPF_LINK_CGROUP,
    [20] = BPF_LINK_CGROUP,       [21] = BPF_LINK_CGROUP,     [22] = BPF_LINK_CGROUP,
    [24] = BPF_LINK_TRACING,      [25] = BPF_LINK_TRACING,    [26] = BPF_LINK_TRACING,
    [27] = BPF_LINK_TRACING,      [28] = BPF_LINK_ITER,       [29] = BPF_LINK_CGROUP,
    [30] = BPF_LINK_CGROUP,       [31] = BPF_LINK_CGROUP,     [32] = BPF_LINK_CGROUP,
    [34] = BPF_LINK_CGROUP,       [41] = BPF_LINK_PERF_EVENT, [42] = BPF_LINK_KPROBE_MULTI,
    [45] = BPF_LINK_NETFILTER,    [46] = BPF_LINK_TCX,        [47] = BPF_LINK_TCX,
    [48] = BPF_LINK_UPROBE_MULTI, [49] = BPF_LINK_CGROUP,     [50] = BPF_LINK_CGROUP,
    [51] = BPF_LINK_CGROUP,       [52] = BPF_LINK_CGROUP,     [53] = BPF_LINK_CGROUP,
    [54] = BPF_LINK_NETKIT,       [55] = BPF_LINK_NETKIT,
};

const struct bpf_command *bpf_command_of(uint32_t command)
{
    return command < sizeof(commands) / sizeof(commands[0]) ? &commands[command] : NULL;
}

const struct bpf_command *bpf_link_part(uint32_t attach_type, uint32_t flags)
{
    enum { BEFORE_OR_AFTER = 0x18 }; /* BPF_F_BEFORE|BPF_F_AFTER, for cgroups since Linux 6.17 */
    unsigned part = attach_type < sizeof(link_part_of) ? link_part_of[attach_type] : BPF_LINK_NONE;
    if (part == BPF_LINK_CGROUP && flags & BEFORE_OR_AFTER) {
        part = BPF_LINK_CGROUP_RELATIVE;
    }
    return part ? &link_parts[part] : NULL;
}

bool bpf_attaches_to_interface(uint32_t attach_type)
{
    unsigned part = attach_type < sizeof(link_part_of) ? link_part_of[attach_type] : BPF_LINK_NONE;
    return part == BPF_LINK_TCX || part == BPF_LINK_NETKIT || attach_type == 37 /* BPF_XDP */;
}
