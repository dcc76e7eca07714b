/* Kinds of the mount family: mounting old and new, swap, quotas. */
#ifndef PROCTOR_DECODE_KINDS_MOUNT_H
#define PROCTOR_DECODE_KINDS_MOUNT_H

#include "decode/decoder.h"

extern const struct kind kind_mount_flags;
extern const struct kind kind_mount_type; /* the third and fifth arguments of mount: not used by some flags */
extern const struct kind kind_mount_data;
extern const struct kind kind_umount_flags;
extern const struct kind kind_swap_flags;

/* The calls that work on mounts by descriptor. */
extern const struct kind kind_open_tree_flags;
extern const struct kind kind_move_mount_flags;
extern const struct kind kind_fsopen_flags, kind_fsmount_flags, kind_fspick_flags;
extern const struct kind kind_mount_attr_flags;
extern const struct kind kind_mount_attr; /* a pointer to struct mount_attr, its size the next argument */
extern const struct kind kind_at_mount;   /* the AT_* flags of mount_setattr */
extern const struct kind kind_fsconfig_cmd, kind_fsconfig_key, kind_fsconfig_value, kind_fsconfig_aux;

/* Asking about mounts (mount_stat.c). */
extern const struct kind kind_statmount_req, kind_statmount_out;
extern const struct kind kind_listmount_req, kind_mount_ids_out, kind_listmount_flags;
extern const struct kind kind_listns_req;

/* Quotas (mount_quota.c): what the command before them makes of the identity and of the data. */
extern const struct kind kind_quota_cmd, kind_quota_id, kind_quota_data;

extern const struct xlat xlat_mount_attributes; /* MOUNT_ATTR_* */

#endif
