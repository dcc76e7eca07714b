#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/executor.h"

static bool ids_differ(const struct task_identity *a, const struct task_identity *b)
{
    return memcmp(a->uid, b->uid, sizeof(a->uid)) != 0 || memcmp(a->gid, b->gid, sizeof(a->gid)) != 0 ||
           a->group_count != b->group_count || memcmp(a->groups, b->groups, sizeof(a->groups)) != 0;
}

/* Keeps the capabilities: they are needed for what follows, and set at the end. */
static int set_ids(const struct task_identity *to)
{
    if (prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) < 0 || setgroups(to->group_count, to->groups) < 0 ||
        setresgid(to->gid[0], to->gid[1], to->gid[2]) < 0 ||
        setresuid(to->uid[0], to->uid[1], to->uid[2]) < 0) {
        return -errno;
    }
    setfsgid(to->gid[3]);
    setfsuid(to->uid[3]);
    /* They don't report failure; the second call returns what is so. */
    bool set = (uint32_t)setfsgid((gid_t)-1) == to->gid[3] && (uint32_t)setfsuid((uid_t)-1) == to->uid[3];
    return set ? 0 : -EPERM;
}

static int open_namespaces(const struct executor_world *world, const struct task_identity *to,
                           const struct task_identity *now, pid_t tid, int *fds)
{
    char file[48];
    for (int ns = 0; ns < NS_COUNT; ns++) {
        fds[ns] = -1;
    }
    for (int ns = 0; ns < NS_COUNT; ns++) {
        if (to->namespaces[ns] == now->namespaces[ns]) {
            continue;
        }
        snprintf(file, sizeof(file), "%d/ns/%s", tid, namespace_file((enum namespace)ns));
        fds[ns] = openat(world->proc, file, O_RDONLY | O_CLOEXEC);
        if (fds[ns] < 0) {
            return -errno;
        }
    }
    return 0;
}

/* Enters all but the user namespace; those that take privileges we don't have stay in fds. */
static int enter(int *fds)
{
    for (int ns = 0; ns < NS_COUNT; ns++) {
        if (ns == NS_USER || fds[ns] < 0) {
            continue;
        }
        if (setns(fds[ns], 0) == 0) {
            close(take_fd(&fds[ns]));
        } else if (errno != EPERM) {
            return -errno;
        }
    }
    return 0;
}

/* After entering a mount namespace our root is that namespace's. */
static int set_root(const struct task_identity *to, int root)
{
    struct statx sx;
    if (statx(AT_FDCWD, "/", 0, STATX_INO | STATX_MNT_ID, &sx) < 0) {
        return -errno;
    }
    if (makedev(sx.stx_dev_major, sx.stx_dev_minor) == to->root_device && sx.stx_ino == to->root_inode &&
        sx.stx_mnt_id == to->root_mount) {
        return 0;
    }
    return fchdir(root) < 0 || chroot(".") < 0 ? -errno : 0;
}

static int set_capabilities(const struct task_identity *to)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[] = {
        {(uint32_t)to->effective, (uint32_t)to->permitted, (uint32_t)to->inheritable},
        {(uint32_t)(to->effective >> 32), (uint32_t)(to->permitted >> 32),
         (uint32_t)(to->inheritable >> 32)}};
    return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

/*
 * What our own user namespace's privileges open goes first: a namespace need not belong to the caller's user
 * namespace. The rest opens with the privileges that one gets in there.
 */
static int enter_all(const struct task_identity *to, int *fds, int root)
{
    int ret = enter(fds);
    if (ret == 0 && fds[NS_MNT] < 0) {
        ret = set_root(to, root);
        ret = ret == -EPERM && fds[NS_USER] >= 0 ? 0 : ret;
    }
    if (ret == 0 && fds[NS_USER] >= 0) {
        ret = setns(fds[NS_USER], 0) < 0 ? -errno : enter(fds);
        ret = ret == 0 && fds[NS_MNT] < 0 ? set_root(to, root) : ret;
    }
    for (int ns = 0; ns < NS_COUNT; ns++) {
        if (fds[ns] >= 0) {
            close(fds[ns]);
            ret = ret == 0 && ns != NS_USER ? -EPERM : ret;
        }
    }
    return ret;
}

static int change(const struct executor_world *world, const struct task_identity *to,
                  const struct task_identity *now, pid_t tid, int root)
{
    int fds[NS_COUNT];
    int ret = open_namespaces(world, to, now, tid, fds);
    if (ret == 0 && ids_differ(to, now)) {
        ret = set_ids(to);
    }
    if (ret == 0) {
        ret = enter_all(to, fds, root);
    }
    return ret < 0 ? ret : set_capabilities(to);
}

int executor_assume(const struct executor_world *world, const struct task_identity *identity, pid_t tid,
                    int root)
{
    struct caller now;
    int ret = caller_read(&now, getpid());
    if (ret == 0) {
        ret = identity_same(identity, &now.identity) ? 0 : change(world, identity, &now.identity, tid, root);
    }
    /* Whoever has our user id must not trace us. Ids and capabilities that change do this, too. */
    return ret < 0 ? ret : prctl(PR_SET_DUMPABLE, 0) < 0 ? -errno : 0;
}
