/* The arguments of connect, bind, sendto and sendmsg. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "decode/path.h"
#include "launcher/uapi.h"
#include "supervisor/behalf_job.h"

enum {
    INLINE_PAYLOAD = 32 * 1024, /* more goes through a memory file */
    PAYLOAD_MAX = 16 * 1024 * 1024,
    IOVECS_MAX = 1024, /* UIO_MAXIOV */
};

/* A message as sendto and sendmsg both have it. */
struct message {
    struct iovec *iov;
    size_t iov_count;
    size_t length;
    uint64_t control;
    size_t control_length;
};

/* A copy of a descriptor of the task. */
static int fetch(const struct behalf_job *job, int number)
{
    cleanup_close int task = (int)syscall(SYS_pidfd_open, job->caller.tid, PIDFD_THREAD);
    if (task < 0) {
        task = (int)syscall(SYS_pidfd_open, job->caller.tgid, 0); /* before Linux 6.9 */
    }
    int fd = task < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, task, number, 0);
    return fd < 0 ? -errno : fd;
}

static int add_fetched(struct behalf_job *job, int number)
{
    int fd = fetch(job, number);
    return fd < 0 ? fd : job_add_fd(job, fd);
}

static void add_data(struct behalf_job *job, const void *bytes, size_t n)
{
    buf_bytes(&job->data, bytes, n);
    job->request.data += (uint32_t)n;
}

/* The address, and the path in it where it is one. The path goes first: see struct wire_path. */
static int add_address(struct behalf_job *job, struct mem *mem, uint64_t addr, uint64_t length)
{
    union {
        struct sockaddr_un un;
        struct sockaddr_storage storage;
        char bytes[sizeof(struct sockaddr_storage) + 1];
    } a = {.bytes = {0}};
    if ((int)length < 0 || (uint32_t)length > sizeof(a.storage)) {
        return -EINVAL;
    }
    length = (uint32_t)length;
    if (length && !mem_read(mem, addr, &a, length)) {
        return -EFAULT;
    }
    if (length > offsetof(struct sockaddr_un, sun_path) && a.un.sun_family == AF_UNIX && a.un.sun_path[0]) {
        char judged[PATH_MAX];
        size_t n = strnlen(a.un.sun_path, length - offsetof(struct sockaddr_un, sun_path));
        bool known = path_absolute(NULL, a.un.sun_path, n, judged, sizeof(judged)) > 0;
        char text[sizeof(a.un.sun_path) + 1] = {0};
        memcpy(text, a.un.sun_path, n < sizeof(a.un.sun_path) ? n : sizeof(a.un.sun_path));
        int ret = job_add_text(job, 0, AT_FDCWD, text, strlen(text), known ? judged : NULL);
        if (ret < 0) {
            return ret;
        }
    }
    add_data(job, &a, length);
    return 0;
}

static int read_payload(struct mem *mem, const struct message *m, char *to)
{
    for (size_t i = 0; i < m->iov_count; i++) {
        size_t n = m->iov[i].iov_len;
        if (n && !mem_read(mem, (uintptr_t)m->iov[i].iov_base, to, n)) {
            return -EFAULT;
        }
        to += n;
    }
    return 0;
}

static int add_payload(struct behalf_job *job, struct mem *mem, const struct message *m)
{
    bool apart = m->length > INLINE_PAYLOAD;
    if (!apart) {
        char bytes[INLINE_PAYLOAD];
        int ret = read_payload(mem, m, bytes);
        add_data(job, bytes, ret < 0 ? 0 : m->length);
        return ret;
    }
    cleanup_close int fd = memfd_create("payload", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, (off_t)m->length) < 0) {
        return -errno;
    }
    char *map = mmap(NULL, m->length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        return -errno;
    }
    int ret = read_payload(mem, m, map);
    munmap(map, m->length);
    job->request.payload = ret < 0 ? ret : job_add_fd(job, take_fd(&fd));
    return job->request.payload < 0 ? job->request.payload : 0;
}

/*
 * The descriptors that the control data passes. A process may only say its own id in SCM_CREDENTIALS, and an
 * executor can't say the caller's: EPERM, as from the kernel.
 */
static int fetch_rights(struct behalf_job *job, struct msghdr *message)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET) {
            continue;
        }
        if (c->cmsg_type == SCM_CREDENTIALS) {
            return -EPERM;
        }
        size_t n = c->cmsg_len >= CMSG_LEN(0) ? (c->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;
        for (size_t i = 0; c->cmsg_type == SCM_RIGHTS && i < n; i++) {
            int number;
            memcpy(&number, CMSG_DATA(c) + i * sizeof(int), sizeof(number));
            int index = add_fetched(job, number);
            if (index < 0) {
                return index;
            }
            job->request.rights = job->request.rights < 0 ? index : job->request.rights;
        }
    }
    return 0;
}

static int add_control(struct behalf_job *job, struct mem *mem, const struct message *m)
{
    _Alignas(struct cmsghdr) char control[WIRE_CONTROL_MAX];
    if (m->control_length > sizeof(control)) {
        return -ENOBUFS;
    }
    if (m->control_length && !mem_read(mem, m->control, control, m->control_length)) {
        return -EFAULT;
    }
    struct msghdr message = {.msg_control = control, .msg_controllen = m->control_length};
    add_data(job, control, m->control_length);
    return m->control_length ? fetch_rights(job, &message) : 0;
}

static int add_message(struct behalf_job *job, struct mem *mem, uint64_t name, uint64_t name_length,
                       struct message *m)
{
    for (size_t i = 0; i < m->iov_count; i++) {
        size_t left = PAYLOAD_MAX - m->length;
        if (m->iov[i].iov_len > left) {
            /* A stream may take less than it is given; a datagram of this size is none. */
            m->iov[i].iov_len = left;
        }
        m->length += m->iov[i].iov_len;
    }
    int ret = name ? add_address(job, mem, name, name_length) : 0;
    job->request.number[1] = job->request.data;
    job->request.number[2] = m->length;
    job->request.number[3] = m->control_length;
    ret = ret < 0 ? ret : add_payload(job, mem, m);
    return ret < 0 ? ret : add_control(job, mem, m);
}

static int fill_sendmsg(struct behalf_job *job, const struct slot *slot, struct mem *mem)
{
    struct msghdr header = {0};
    if (!mem_read(mem, slot->event.args[1], &header, sizeof(header))) {
        return -EFAULT;
    }
    if (header.msg_iovlen > IOVECS_MAX) {
        return -EMSGSIZE;
    }
    size_t size = header.msg_iovlen * sizeof(struct iovec);
    struct iovec iov[IOVECS_MAX] = {{0}};
    if (size && !mem_read(mem, (uintptr_t)header.msg_iov, iov, size)) {
        return -EFAULT;
    }
    struct message m = {.iov = iov,
                        .iov_count = header.msg_iovlen,
                        .control = (uintptr_t)header.msg_control,
                        .control_length = header.msg_control ? header.msg_controllen : 0};
    job->request.number[0] = (uint32_t)slot->event.args[2];
    return add_message(job, mem, (uintptr_t)header.msg_name, header.msg_namelen, &m);
}

static int fill_sendto(struct behalf_job *job, const struct slot *slot, struct mem *mem)
{
    const uint64_t *args = slot->event.args;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): an address in the target
    struct iovec iov = {(void *)(uintptr_t)args[1], args[2]};
    struct message m = {.iov = &iov, .iov_count = 1};
    job->request.number[0] = (uint32_t)args[3];
    return add_message(job, mem, args[4], args[5], &m);
}

int job_fill_socket(struct behalf_job *job, const struct slot *slot, struct mem *mem)
{
    const uint64_t *args = slot->event.args;
    if (slot->called == CALL_sendto && !args[4]) {
        return 1; /* no address: a register says so */
    }
    int socket = add_fetched(job, (int)args[0]);
    if (socket < 0) {
        return socket;
    }
    job->request.socket = socket;
    switch (slot->called) {
    case CALL_sendmsg:
        job->sigpipe = !(args[2] & MSG_NOSIGNAL);
        return fill_sendmsg(job, slot, mem);
    case CALL_sendto:
        job->sigpipe = !(args[3] & MSG_NOSIGNAL);
        return fill_sendto(job, slot, mem);
    default:
        return add_address(job, mem, args[1], args[2]);
    }
}
