/* Names of what btrfs is asked and answers (linux/btrfs.h, linux/btrfs_tree.h). */
#ifndef PROCTOR_DECODE_KINDS_IOCTL_BTRFS_TABLES_H
#define PROCTOR_DECODE_KINDS_IOCTL_BTRFS_TABLES_H

#include "decode/kinds/members.h"

extern const struct xlat xlat_btrfs_objects, xlat_btrfs_keys; /* for AS_NAMED */
extern const struct xlat xlat_btrfs_most;                     /* UINT64_MAX has a name */
extern const struct xlat xlat_btrfs_balance, xlat_btrfs_balance_state, xlat_btrfs_balance_args,
    xlat_btrfs_balance_commands, xlat_btrfs_block_groups, xlat_btrfs_space, xlat_btrfs_compression,
    xlat_btrfs_defrag, xlat_btrfs_replace_commands, xlat_btrfs_replace_modes, xlat_btrfs_replace_states,
    xlat_btrfs_replace_results, xlat_btrfs_checksums, xlat_btrfs_info, xlat_btrfs_compat,
    xlat_btrfs_compat_ro, xlat_btrfs_incompat, xlat_btrfs_statistics, xlat_btrfs_logical, xlat_btrfs_inherit,
    xlat_btrfs_limit, xlat_btrfs_quota_commands, xlat_btrfs_scrub, xlat_btrfs_send, xlat_btrfs_subvolume;

/* {sec=1, nsec=2}, with the date as a comment. */
member_fn btrfs_time_member;

#endif
