/* Calls of decode/calls/file.def. */
#include "family.h"

#include <fcntl.h>
#include <linux/fanotify.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <utime.h>

static char page[4096];
static const struct timeval moments[2] = {{1577934245, 5}, {1577934246, 6}};
static const struct timespec precise[2] = {{1577934245, 7}, {1577934246, UTIME_OMIT}};

static void open_and_close(void)
{
    DO(umask, 0);
    DO(umask, 022);
    DO(creat, "made", 0640);
    DO(creat, "none/made", 0);
    DO(open, "made", O_RDWR | O_CREAT | O_EXCL, 0600);
    DO(open, "made", O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC);
    DO(open, WILD, O_RDONLY);
    DO(openat, AT_FDCWD, "lines", O_RDONLY | O_NOFOLLOW | O_NOATIME);
    DO(openat, AT_FDCWD, ".", O_RDWR | O_TMPFILE, 0600);
    DO(openat, CLOSED, "lines", O_PATH | O_DIRECTORY);
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    DO(openat2, AT_FDCWD, "lines", &how, sizeof how);
    how.flags = O_WRONLY | O_CREAT;
    how.mode = 0600;
    how.resolve = 0x4000;
    DO(openat2, AT_FDCWD, "lines", &how, sizeof how);
    DO(openat2, AT_FDCWD, "lines", &how, 8);
    DO(openat2, AT_FDCWD, "lines", WILD, sizeof how);
    for (int fd = 3; fd < 10; fd++) {
        DO(close, fd);
    }
}

static void modes_and_owners(void)
{
    DO(access, "lines", R_OK | W_OK);
    DO(access, "none", F_OK);
    DO(faccessat, AT_FDCWD, "lines", X_OK);
    DO(faccessat, AT_FDCWD, "lines", R_OK);
    DO(faccessat2, AT_FDCWD, "lines", R_OK, AT_EACCESS);
    DO(faccessat2, AT_FDCWD, "lines", 64, AT_SYMLINK_NOFOLLOW | 2);
    int fd = (int)DO(open, "lines", O_RDWR);
    DO(chmod, "lines", 04755);
    DO(chmod, "none", 0);
    DO(fchmod, fd, 0644);
    DO(fchmod, CLOSED, 01777);
    DO(fchmodat, AT_FDCWD, "lines", 0600);
    DO(fchmodat, AT_FDCWD, "none", 0600);
    DO(chown, "lines", -1, 0);
    DO(chown, "none", 1, 2);
    DO(lchown, "link", 0, -1);
    DO(lchown, "none", 1, 2);
    DO(fchown, fd, 0, 0);
    DO(fchown, CLOSED, -1, -1);
    DO(fchownat, AT_FDCWD, "link", 0, 0, AT_SYMLINK_NOFOLLOW);
    DO(fchownat, fd, "", 0, 0, AT_EMPTY_PATH);
    DO(fchownat, fd, "lines", 0, 0, 0);
    DO(close, fd);
}

static void sizes_and_times(void)
{
    int fd = (int)DO(open, "lines", O_RDWR);
    DO(truncate, "lines", 5);
    DO(truncate, "none", -1);
    DO(ftruncate, fd, 0x100000000);
    DO(ftruncate, CLOSED, 8);
    struct utimbuf old = {1577934245, 1577934246};
    DO(utime, "lines", &old);
    DO(utime, "none", NULL);
    DO(utimes, "lines", moments);
    DO(utimes, "lines", WILD);
    DO(futimesat, AT_FDCWD, "lines", moments);
    DO(futimesat, CLOSED, "lines", NULL);
    DO(utimensat, AT_FDCWD, "lines", precise, AT_SYMLINK_NOFOLLOW);
    struct timespec special[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}};
    DO(utimensat, fd, NULL, special, 0);
    special[0].tv_nsec = 2000000000;
    DO(utimensat, AT_FDCWD, "lines", special, 0);
    DO(utimensat, AT_FDCWD, "lines", precise, 0);
    DO(close, fd);
}

static void status(void)
{
    int fd = (int)DO(open, "lines", O_RDONLY);
    struct stat st;
    DO(stat, "lines", &st);
    DO(stat, "none", &st);
    DO(stat, "/dev/null", &st);
    DO(lstat, "link", &st);
    DO(lstat, "none", &st);
    DO(fstat, fd, &st);
    DO(fstat, CLOSED, &st);
    DO(fstat, fd, WILD);
    DO(newfstatat, AT_FDCWD, "tree", &st, 0);
    DO(newfstatat, fd, "", &st, AT_EMPTY_PATH);
    DO(newfstatat, CLOSED, "x", &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT);
    struct statx stx;
    DO(statx, AT_FDCWD, "lines", AT_STATX_SYNC_AS_STAT, STATX_BASIC_STATS, &stx);
    DO(statx, AT_FDCWD, "lines", AT_STATX_DONT_SYNC | AT_SYMLINK_NOFOLLOW, STATX_SIZE | STATX_MODE, &stx);
    DO(statx, AT_FDCWD, "none", AT_STATX_FORCE_SYNC, STATX_ALL, &stx);
    struct statfs fs;
    DO(statfs, "/proc", &fs);
    DO(statfs, "none", &fs);
    DO(fstatfs, CLOSED, &fs);
    int proc = (int)DO(open, "/proc/self", O_PATH);
    DO(fstatfs, proc, &fs);
    DO(close, proc);
    char us[64];
    DO(stat, "/sys", &st);
    DO(ustat, st.st_dev, us);
    DO(ustat, 0xfffff, us);
    DO(close, fd);
}

static void names(void)
{
    DO(mkdir, "dir", 0755);
    DO(mkdir, "dir", 0700);
    DO(mkdirat, AT_FDCWD, "dir2", 01777);
    DO(mkdirat, CLOSED, "dir2", 0);
    DO(mknod, "fifo", S_IFIFO | 0644, 0);
    DO(mknod, "none/fifo", S_IFCHR | 0600, 0x103);
    DO(mknodat, AT_FDCWD, "null", S_IFCHR | 0600, 0x103);
    DO(mknodat, CLOSED, "sock", S_IFSOCK | 02755, 0);
    DO(link, "lines", "hard");
    DO(link, "none", "hard");
    DO(linkat, AT_FDCWD, "link", AT_FDCWD, "hard2", AT_SYMLINK_FOLLOW);
    DO(linkat, AT_FDCWD, "none", CLOSED, "hard2", 0);
    DO(symlink, "lines", "soft");
    DO(symlink, "lines", "soft");
    DO(symlinkat, "lines", AT_FDCWD, "soft2");
    DO(symlinkat, "lines", CLOSED, "soft2");
    DO(readlink, "soft", page, sizeof page);
    DO(readlink, "soft", page, 2);
    DO(readlink, "lines", page, sizeof page);
    DO(readlinkat, AT_FDCWD, "soft", page, sizeof page);
    DO(readlinkat, AT_FDCWD, "soft", page, 0);
    DO(rename, "soft", "soft3");
    DO(rename, "none", "soft3");
    DO(renameat, AT_FDCWD, "soft2", AT_FDCWD, "soft4");
    DO(renameat, CLOSED, "soft2", AT_FDCWD, "soft4");
    DO(renameat2, AT_FDCWD, "soft3", AT_FDCWD, "soft4", 2);
    DO(renameat2, AT_FDCWD, "soft3", AT_FDCWD, "soft4", 1);
    DO(renameat2, AT_FDCWD, "soft3", AT_FDCWD, "soft4", 16);
    DO(unlink, "soft3");
    DO(unlink, "none");
    DO(unlinkat, AT_FDCWD, "dir2", AT_REMOVEDIR);
    DO(unlinkat, AT_FDCWD, "dir2", 0);
    DO(rmdir, "dir");
    DO(rmdir, "tree");
    DO(chdir, "tree");
    DO(chdir, "none");
    DO(getcwd, page, sizeof page);
    DO(getcwd, page, 2);
    int fd = (int)DO(open, "..", O_RDONLY | O_DIRECTORY);
    DO(fchdir, fd);
    DO(fchdir, CLOSED);
    DO(close, fd);
    fd = (int)DO(open, "tree/a", O_RDONLY | O_DIRECTORY);
    DO(getdents64, fd, page, sizeof page);
    DO(getdents64, fd, page, sizeof page);
    DO(getdents64, CLOSED, page, sizeof page);
    DO(lseek, fd, 0, 0);
    DO(getdents, fd, page, sizeof page);
    DO(getdents, fd, page, sizeof page);
    DO(getdents, fd, page, 1);
    DO(getdents, CLOSED, page, 100);
    DO(close, fd);
    DO(uselib, "lines");
    DO(lookup_dcookie, 1L, page, 100);
}

static void root(void)
{
    DO(chroot, "none");
    DO(chroot, "tree");
    DO(access, "/a", F_OK);
}

static void attributes(void)
{
    int fd = (int)DO(open, "lines", O_RDWR);
    DO(setxattr, "lines", "user.one", "value", 5, XATTR_CREATE);
    DO(setxattr, "lines", "user.one", "value\1", 6, XATTR_CREATE);
    DO(setxattr, "lines", "nothing", "value", 5, 0);
    DO(lsetxattr, "link", "trusted.two", "v", 1, 0);
    DO(lsetxattr, "link", "user.two", NULL, 0, XATTR_REPLACE);
    DO(fsetxattr, fd, "user.three", "three", 5, 0);
    DO(fsetxattr, CLOSED, "user.three", "three", 5, 7);
    DO(getxattr, "lines", "user.one", page, sizeof page);
    DO(getxattr, "lines", "user.one", NULL, 0);
    DO(getxattr, "lines", "user.none", page, sizeof page);
    DO(lgetxattr, "link", "trusted.two", page, sizeof page);
    DO(lgetxattr, "link", "trusted.none", page, sizeof page);
    DO(fgetxattr, fd, "user.three", page, sizeof page);
    DO(fgetxattr, fd, "user.three", page, 1);
    DO(listxattr, "lines", page, sizeof page);
    DO(listxattr, "lines", NULL, 0);
    DO(listxattr, "none", page, sizeof page);
    DO(llistxattr, "link", page, sizeof page);
    DO(llistxattr, "none", page, sizeof page);
    DO(flistxattr, fd, page, sizeof page);
    DO(flistxattr, fd, page, 3);
    DO(removexattr, "lines", "user.one");
    DO(removexattr, "lines", "user.one");
    DO(lremovexattr, "link", "trusted.two");
    DO(lremovexattr, "link", "trusted.two");
    DO(fremovexattr, fd, "user.three");
    DO(fremovexattr, CLOSED, "user.three");
    DO(close, fd);
}

static void handles(void)
{
    struct {
        unsigned size;
        int type;
        unsigned char bytes[128];
    } handle = {.size = 128};
    int mount;
    int fd = (int)DO(open, ".", O_RDONLY);
    DO(name_to_handle_at, AT_FDCWD, "lines", &handle, &mount, 0);
    int opened = (int)DO(open_by_handle_at, fd, &handle, O_RDONLY);
    DO(close, opened);
    DO(open_by_handle_at, CLOSED, &handle, O_RDONLY | O_CLOEXEC);
    handle.size = 1;
    DO(name_to_handle_at, AT_FDCWD, "link", &handle, &mount, AT_SYMLINK_FOLLOW | AT_EMPTY_PATH);
    DO(name_to_handle_at, AT_FDCWD, "none", WILD, &mount, 0);
    DO(close, fd);
}

static void watches(void)
{
    int fd = (int)DO(inotify_init);
    int watch = (int)DO(inotify_add_watch, fd, "lines", IN_MODIFY | IN_CLOSE_WRITE | IN_ONESHOT);
    DO(inotify_add_watch, fd, "none", IN_ALL_EVENTS);
    DO(inotify_add_watch, fd, "tree", IN_ISDIR | IN_ONLYDIR | IN_CREATE);
    DO(inotify_rm_watch, fd, watch);
    DO(inotify_rm_watch, fd, 100);
    DO(inotify_init1, IN_CLOEXEC | IN_NONBLOCK);
    DO(inotify_init1, 1);
    fd = (int)DO(fanotify_init, FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK, O_RDONLY | O_LARGEFILE);
    DO(fanotify_init, FAN_CLASS_CONTENT | FAN_CLASS_PRE_CONTENT | FAN_REPORT_FID, O_RDWR);
    DO(fanotify_mark, fd, FAN_MARK_ADD, FAN_CLOSE_WRITE | FAN_OPEN, AT_FDCWD, "lines");
    DO(fanotify_mark, fd, FAN_MARK_ADD | FAN_MARK_ONLYDIR, FAN_EVENT_ON_CHILD | FAN_ACCESS, AT_FDCWD, "tree");
    DO(fanotify_mark, CLOSED, FAN_MARK_REMOVE | FAN_MARK_FLUSH, 0UL, -1, NULL);
    for (int i = 3; i < 8; i++) {
        DO(close, i);
    }
}

static void make_calls(void)
{
    open_and_close();
    modes_and_owners();
    sizes_and_times();
    status();
    names();
    attributes();
    handles();
    watches();
    in_child(root);
}
