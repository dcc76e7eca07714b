/* Calls of all families that came after strace 6.1 (Linux 6.5 to 6.17). */
#include "family.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <linux/mount.h>
#include <linux/stat.h>
#include <sys/xattr.h>

static char page[4096];

static void files(void)
{
    struct {
        uint64_t value;
        uint32_t size, flags;
    } args = {(uintptr_t) "value", 5, XATTR_CREATE};
    DO(setxattrat, AT_FDCWD, "lines", 0, "user.at", &args, sizeof args);
    DO(setxattrat, AT_FDCWD, "lines", AT_EMPTY_PATH, "user.at", WILD, sizeof args);
    args.value = (uintptr_t)page;
    args.size = sizeof page;
    args.flags = 0;
    DO(getxattrat, AT_FDCWD, "lines", 0, "user.at", &args, sizeof args);
    DO(getxattrat, AT_FDCWD, "lines", 0, "user.none", &args, sizeof args);
    DO(listxattrat, AT_FDCWD, "lines", 0, page, sizeof page);
    DO(listxattrat, CLOSED, "lines", 1, page, sizeof page);
    DO(removexattrat, AT_FDCWD, "lines", 0, "user.at");
    DO(removexattrat, AT_FDCWD, "lines", AT_SYMLINK_NOFOLLOW, "user.at");
    DO(fchmodat2, AT_FDCWD, "lines", 0640, 0);
    DO(fchmodat2, AT_FDCWD, "lines", 0640, 1);
    uint64_t attr[3] = {0};
    DO(file_getattr, AT_FDCWD, "lines", attr, sizeof attr, 0);
    DO(file_setattr, AT_FDCWD, "lines", attr, sizeof attr, 0);
    DO(file_getattr, CLOSED, "lines", attr, sizeof attr, AT_SYMLINK_NOFOLLOW);
    DO(file_setattr, AT_FDCWD, "lines", WILD, sizeof attr, AT_EMPTY_PATH);
    struct {
        uint64_t offset, length;
    } range = {0, 4096};
    uint64_t stat[5];
    int fd = (int)DO(open, "lines", O_RDONLY);
    DO(cachestat, fd, &range, stat, 0);
    DO(cachestat, CLOSED, &range, stat, 1);
    DO(close, fd);
}

static void mounts(void)
{
    struct {
        uint32_t size, unused;
        uint64_t id, param;
    } request = {.size = 24};
    struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};
    struct statx about;
    uint64_t ids[2];
    DO(open_tree_attr, AT_FDCWD, "html", OPEN_TREE_CLONE, &attr, sizeof attr);
    DO(open_tree_attr, CLOSED, "html", AT_SYMLINK_NOFOLLOW, &attr, 8UL);
    DO(statx, AT_FDCWD, "html", 0, 0x4000, &about);
    request.id = about.stx_mnt_id;
    request.param = 0x22;
    DO(statmount, &request, page, sizeof page, 0);
    request.id = 5;
    DO(statmount, &request, page, sizeof page, 1);
    request.id = ~0UL;
    request.param = 0;
    DO(listmount, &request, ids, 2UL, 0);
    request.size = 77;
    DO(listmount, &request, ids, 2UL, 2);
}

static void namespaces(void)
{
    const struct {
        uint32_t size, spare;
        uint64_t id;
        uint32_t type, spare2;
        uint64_t user;
    } request = {.size = 32, .type = CLONE_NEWNET};
    uint64_t ids[2];
    DO(listns, &request, ids, 2UL, 0);
    DO(listns, WILD, ids, 2UL, 1);
    DO(rseq_slice_yield);
}

static void others(void)
{
    uint32_t word = 0, other = 0, size = sizeof page;
    uint64_t ids[16];
    static const struct timespec past = {1, 0};
    struct futex_waitv waiters[2] = {{.uaddr = (uintptr_t)&word, .flags = FUTEX_32},
                                     {.uaddr = (uintptr_t)&other, .flags = FUTEX_32}};
    char *at = (char *)DO(mmap, NULL, 8192, 3, 0x22, -1, 0);
    DO(mseal, at, 4096UL, 0);
    DO(mseal, at, 4096UL, 1);
    DO(map_shadow_stack, NULL, 4096UL, 1);
    DO(lsm_list_modules, ids, &size, 0);
    size = 1;
    DO(lsm_list_modules, ids, &size, 0);
    DO(lsm_get_self_attr, 100, page, &size, 0);
    DO(lsm_set_self_attr, 100, page, 10, 0);
    DO(futex_wake, &word, 0xffffffffUL, 1, FUTEX_32);
    DO(futex_wake, &word, 1UL, 1, 0x77);
    DO(futex_wait, &word, 1UL, 0xffffffffUL, FUTEX_32 | FUTEX_PRIVATE_FLAG, &past, 1);
    DO(futex_requeue, waiters, 0, 1, 1);
    DO(futex_requeue, waiters, 1, 1, 1);
}

static void make_calls(void)
{
    files();
    be_alone();
    mounts();
    namespaces();
    others();
}
