#include "supervisor/target.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/uio.h>
#include <unistd.h>

#include "decode/base/cleanup.h"

static ssize_t target_read(struct mem *mem, uint64_t addr, void *buf, size_t n)
{
    struct target_mem *t = container_of(mem, struct target_mem, mem);
    struct iovec local = {.iov_base = buf, .iov_len = n};
    // NOLINTNEXTLINE(performance-no-int-to-ptr): an address in the target
    struct iovec remote = {.iov_base = (void *)(uintptr_t)addr, .iov_len = n};
    ssize_t got = process_vm_readv(t->tid, &local, 1, &remote, 1, 0);
    if (got < 0) {
        t->refused |= errno == EPERM;
        return -errno;
    }
    return got;
}

void target_mem_init(struct target_mem *t, pid_t tid)
{
    *t = (struct target_mem){.mem = {target_read}, .tid = tid};
}

ssize_t target_proc_read(pid_t tid, const char *file, char *buf, size_t n)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/%s", tid, file);
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return -errno;
    }
    size_t got = 0;
    while (got < n - 1) {
        ssize_t r = read(fd, buf + got, n - 1 - got);
        if (r < 0) {
            return -errno;
        }
        if (r == 0) {
            break;
        }
        got += (size_t)r;
    }
    buf[got] = 0;
    return (ssize_t)got;
}

/* "15 0x0 0x0 0x0 0x0 0x0 0x0 0x7ffd1c0e8b10 0x7f5d8f2c3a05": the call, its arguments, the stack and the
 * instruction pointer. */
uint64_t target_stack(pid_t tid)
{
    char text[256];
    uint64_t stack = 0;
    if (target_proc_read(tid, "syscall", text, sizeof(text)) > 0 &&
        sscanf(text, "%*d %*s %*s %*s %*s %*s %*s %" SCNx64, &stack) != 1) {
        stack = 0;
    }
    return stack;
}

ssize_t target_proc_link(pid_t tid, const char *file, char *buf, size_t n)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/%s", tid, file);
    ssize_t got = readlink(path, buf, n - 1);
    if (got < 0) {
        return -errno;
    }
    buf[got] = 0;
    return got;
}
