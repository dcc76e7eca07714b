/* Calls of decode/calls/mount.def, in mounts of its own. */
#include "family.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <linux/quota.h>

static char page[4096];

static void old_calls(void)
{
    DO(mkdir, "mnt", 0755);
    DO(mount, "none", "mnt", "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=700");
    DO(mount, "none", "mnt", NULL, MS_REMOUNT | MS_RDONLY | MS_BIND, NULL);
    DO(mount, "tree", "html", NULL, MS_BIND | MS_REC, NULL);
    DO(mount, "none", "none", "none", 0UL, WILD);
    DO(mount, WILD, "mnt", "proc", MS_SILENT | 1U << 31, page);
    DO(umount2, "html", 2);
    DO(umount2, "html", 8);
    DO(umount2, "none", 0);
    DO(swapon, "lines", 0x8000 | 3);
    DO(swapoff, "lines");
    DO(acct, "none");
    DO(acct, NULL);
    DO(sysfs, 3);
    DO(sysfs, 2, 1UL, page);
    DO(sysfs, 77);
    DO(quotactl, QCMD(Q_GETFMT, USRQUOTA), "/dev/null", 0, page);
    DO(quotactl, QCMD(Q_SYNC, GRPQUOTA), NULL, 0, NULL);
    DO(quotactl, QCMD(Q_SETQUOTA, 2), "/dev/null", 1000, WILD);
    DO(quotactl, 0x77, WILD, -1, WILD);
    DO(pivot_root, "mnt", "none");
    DO(quotactl_fd, CLOSED, QCMD(Q_GETQUOTA, USRQUOTA), 0, page);
}

static void new_calls(void)
{
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, .propagation = MS_SLAVE};
    int fs = (int)DO(fsopen, "tmpfs", FSOPEN_CLOEXEC);
    DO(fsopen, "none", 4);
    DO(fsconfig, fs, FSCONFIG_SET_STRING, "size", "64k", 0);
    DO(fsconfig, fs, FSCONFIG_SET_FLAG, "none", NULL, 0);
    DO(fsconfig, fs, FSCONFIG_SET_BINARY, "bin\n", "value", 5);
    DO(fsconfig, fs, FSCONFIG_SET_PATH, "path", "/dev/null", AT_FDCWD);
    DO(fsconfig, fs, FSCONFIG_SET_FD, "fd", NULL, 0);
    DO(fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
    DO(fsconfig, fs, 77, WILD, WILD, 5);
    int mount = (int)DO(fsmount, fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NODEV | MOUNT_ATTR_NOATIME);
    DO(fsmount, CLOSED, 2, 0x10000);
    DO(move_mount, mount, "", AT_FDCWD, "html", MOVE_MOUNT_F_EMPTY_PATH);
    DO(move_mount, CLOSED, "none", AT_FDCWD, "html", MOVE_MOUNT_T_SYMLINKS | 0x1000);
    int tree = (int)DO(open_tree, AT_FDCWD, "tree", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
    DO(open_tree, CLOSED, "none", 4);
    DO(mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof attr);
    attr.attr_clr = 0x70000000;
    DO(mount_setattr, tree, "none", 0, &attr, sizeof attr);
    DO(mount_setattr, AT_FDCWD, "html", 0, WILD, sizeof attr);
    DO(fspick, AT_FDCWD, "html", FSPICK_CLOEXEC | FSPICK_SYMLINK_NOFOLLOW);
    DO(fspick, CLOSED, "html", 0x10);
}

static void make_calls(void)
{
    be_alone();
    old_calls();
    new_calls();
    DO(mkdir, "mnt2", 0755);
    DO(mount, "none", "mnt2", "tmpfs", 0UL, NULL);
    DO(mkdir, "mnt2/old", 0755);
    DO(pivot_root, "mnt2", "mnt2/old");
}
