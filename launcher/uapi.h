/*
 * What the kernel offers and the installed headers may not know yet. One place, so that the rest of the code
 * can be written as if the headers were new. Each says since when.
 */
#ifndef PROCTOR_LAUNCHER_UAPI_H
#define PROCTOR_LAUNCHER_UAPI_H

#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/ioctl.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV /* Linux 5.19 */
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP /* Linux 6.6 */
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif

/* Linux 6.13; exit information since 6.15. include/uapi/linux/pidfd.h */
#ifndef PIDFD_GET_INFO
#define PIDFD_INFO_EXIT (1UL << 3)

struct pidfd_info {
    uint64_t mask;
    uint64_t cgroupid;
    uint32_t pid;
    uint32_t tgid;
    uint32_t ppid;
    uint32_t ruid;
    uint32_t rgid;
    uint32_t euid;
    uint32_t egid;
    uint32_t suid;
    uint32_t sgid;
    uint32_t fsuid;
    uint32_t fsgid;
    int32_t exit_code;
};

#define PIDFD_GET_INFO _IOWR(0xFF, 11, struct pidfd_info)
#endif

/* Linux 6.11. include/uapi/linux/fs.h */
#ifndef PROCMAP_QUERY
#define PROCMAP_QUERY_VMA_EXECUTABLE 0x04

struct procmap_query {
    uint64_t size;
    uint64_t query_flags;
    uint64_t query_addr;
    uint64_t vma_start;
    uint64_t vma_end;
    uint64_t vma_flags;
    uint64_t vma_page_size;
    uint64_t vma_offset;
    uint64_t inode;
    uint32_t dev_major;
    uint32_t dev_minor;
    uint32_t vma_name_size;
    uint32_t build_id_size;
    uint64_t vma_name_addr;
    uint64_t build_id_addr;
};

#define PROCMAP_QUERY _IOWR('f', 17, struct procmap_query)
#endif

#ifndef NS_GET_PID_FROM_PIDNS /* Linux 6.11. include/uapi/linux/nsfs.h */
#define NS_GET_PID_FROM_PIDNS _IOR(0xb7, 0x6, int)
#endif

#ifndef PIDFD_THREAD      /* Linux 6.9 */
#define PIDFD_THREAD 0x80 /* O_EXCL */
#endif

#endif
