/* Calls of decode/calls/memory.def. */
#include "family.h"

#include <linux/membarrier.h>
#include <linux/mempolicy.h>
#include <sys/mman.h>

#define PAGE 4096UL

static void mappings(void)
{
    long end = DO(brk, NULL);
    DO(brk, end + 8192);
    char *at = (char *)DO(mmap, NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    DO(mmap, at, PAGE, PROT_NONE, MAP_SHARED | MAP_FIXED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    DO(mmap, NULL, PAGE, PROT_EXEC, MAP_PRIVATE | MAP_POPULATE, CLOSED, 4096);
    DO(mmap, NULL, 0, PROT_READ, MAP_SHARED_VALIDATE | MAP_HUGETLB | MAP_LOCKED | 21 << 26, -1, 0);
    DO(mprotect, at, PAGE, PROT_READ);
    DO(mprotect, at, 4 * PAGE, PROT_READ | PROT_WRITE);
    DO(mprotect, WILD, PAGE, PROT_READ | PROT_GROWSDOWN);
    at[PAGE] = 1;
    unsigned char in[4];
    DO(mincore, at, 2 * PAGE, in);
    DO(mincore, at + 1, PAGE, in);
    DO(madvise, at + PAGE, PAGE, MADV_DONTNEED);
    DO(madvise, at, PAGE, 77);
    DO(msync, at, PAGE, MS_SYNC);
    DO(msync, at, PAGE, MS_ASYNC | MS_INVALIDATE | MS_SYNC);
    DO(mlock, at, PAGE);
    DO(mlock, WILD, PAGE);
    DO(mlock2, at, PAGE, 1);
    DO(mlock2, at, PAGE, 6);
    DO(munlock, at, PAGE);
    DO(munlock, WILD, PAGE);
    DO(mlockall, MCL_CURRENT | MCL_FUTURE);
    DO(mlockall, 64);
    DO(munlockall);
    at = (char *)DO(mmap, NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    DO(remap_file_pages, at, PAGE, 0, 1, 0);
    DO(remap_file_pages, at, PAGE, PROT_READ, 1, MAP_NONBLOCK);
    at = (char *)DO(mmap, NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    at = (char *)DO(mremap, at, 4 * PAGE, 2 * PAGE, MREMAP_MAYMOVE);
    at = (char *)DO(mremap, at, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at + 2 * PAGE);
    DO(mremap, at, 0, PAGE, 8);
    DO(munmap, at, PAGE);
    DO(munmap, at + 1, PAGE);
}

static void policies(void)
{
    unsigned long nodes = 1, old = 1;
    int mode, at_node[2] = {0, 0}, status[2];
    char *at = (char *)DO(mmap, NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const void *pages[2] = {at, at + PAGE};
    at[0] = 1;
    DO(get_mempolicy, &mode, &nodes, 8 * sizeof nodes, NULL, 0);
    DO(get_mempolicy, &mode, NULL, 0, at, MPOL_F_NODE | MPOL_F_ADDR);
    DO(get_mempolicy, NULL, NULL, 0, NULL, 64);
    nodes = 1;
    DO(set_mempolicy, MPOL_BIND, &nodes, 8 * sizeof nodes);
    DO(set_mempolicy, MPOL_DEFAULT, NULL, 0);
    DO(set_mempolicy, 77 | MPOL_F_STATIC_NODES, WILD, 8);
    DO(mbind, at, 2 * PAGE, MPOL_PREFERRED, &nodes, 8 * sizeof nodes, MPOL_MF_STRICT);
    DO(mbind, at, 2 * PAGE, MPOL_INTERLEAVE, &nodes, 8 * sizeof nodes, 0x70);
    DO(mbind, at, 2 * PAGE, MPOL_BIND, &nodes, 8 * sizeof nodes, 0);
    DO(set_mempolicy_home_node, at, 2 * PAGE, 0, 0);
    DO(set_mempolicy_home_node, at, PAGE, 0, 1);
    DO(migrate_pages, 0, 8 * sizeof nodes, &old, &nodes);
    DO(migrate_pages, -5, 8 * sizeof nodes, WILD, &nodes);
    DO(move_pages, 0, 2UL, pages, NULL, status, 0);
    DO(move_pages, 0, 1UL, pages, at_node, status, MPOL_MF_MOVE);
    DO(move_pages, 0, 1UL, WILD, at_node, status, 0x40);
}

static void keys_and_processes(void)
{
    struct {
        const void *base;
        size_t length;
    } vector = {
        (const void *)DO(mmap, NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), PAGE};
    int key = (int)DO(pkey_alloc, 0, 1);
    DO(pkey_alloc, 1, 5);
    DO(pkey_mprotect, vector.base, PAGE, PROT_READ, key);
    DO(pkey_mprotect, vector.base, PAGE, PROT_READ, -1);
    DO(pkey_mprotect, vector.base, PAGE, PROT_READ, 100);
    DO(pkey_free, key);
    DO(pkey_free, 100);
    DO(membarrier, MEMBARRIER_CMD_QUERY, 0);
    DO(membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0);
    DO(membarrier, 0x10000, 1, 5);
    int fds[2];
    DO(pipe, fds);
    long child = DO(fork);
    if (child == 0) {
        DO(close, fds[1]);
        DO(read, fds[0], &key, 1);
        DO(exit, 0);
    }
    int pidfd = (int)DO(pidfd_open, child, 0);
    DO(process_madvise, pidfd, &vector, 1UL, MADV_COLD, 0);
    DO(process_madvise, CLOSED, &vector, 1UL, MADV_PAGEOUT, 1);
    DO(process_mrelease, CLOSED, 1);
    DO(process_mrelease, pidfd, 0);
    DO(close, fds[1]);
    DO(wait4, child, NULL, 0, NULL);
}

static void make_calls(void)
{
    mappings();
    policies();
    keys_and_processes();
}
