/* connect, bind, sendto, sendmsg: on the caller's own socket, with the address that was judged. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/executor.h"

struct address {
    const void *bytes;
    socklen_t length;
    struct sockaddr_un un; /* what stands for a socket in the file system */
    int pinned;            /* that socket; -1: none */
};

static int socket_of(const struct execution *e)
{
    int index = e->request->socket;
    return index >= 0 && (unsigned)index < e->fd_count ? e->fds[index] : -1;
}

/*
 * The address as given; where it is a path, the socket that the path leads to is held, asked about, and used
 * by its link in /proc.
 */
static int find_address(struct execution *e, size_t length, struct address *a)
{
    struct stat st;
    *a = (struct address){.bytes = e->data, .length = (socklen_t)length, .pinned = -1};
    if (!e->text[0]) {
        return 0;
    }
    int ret = walk_path(&e->walk, execution_base(e, 0), e->text[0], END_FOLLOW, &e->spot[0]);
    ret = ret < 0 ? ret : execution_ask(e);
    if (ret < 0) {
        return ret;
    }
    a->pinned =
        openat(e->spot[0].parent, e->spot[0].name, O_PATH | O_CLOEXEC | (e->spot[0].magic ? 0 : O_NOFOLLOW));
    if (a->pinned < 0 || fstat(a->pinned, &st) < 0 || fchdir(e->walk.proc) < 0) {
        return -errno;
    }
    if (!S_ISSOCK(st.st_mode)) { /* also a link that was put there since */
        return -ECONNREFUSED;
    }
    a->un.sun_family = AF_UNIX;
    snprintf(a->un.sun_path, sizeof(a->un.sun_path), "self/fd/%d", a->pinned);
    a->bytes = &a->un;
    a->length = sizeof(a->un);
    return 0;
}

static void release_address(struct address *a)
{
    if (a->pinned >= 0) {
        close(take_fd(&a->pinned));
    }
}

int64_t execute_connect(struct execution *e)
{
    struct address a;
    int fd = socket_of(e);
    int64_t ret = find_address(e, e->request->data, &a);
    if (ret == 0) {
        ret = connect(fd, a.bytes, a.length) < 0 ? -errno : 0;
    }
    release_address(&a);
    return ret;
}

/* The name must stay what the caller gave: getsockname tells it. */
int64_t execute_bind(struct execution *e)
{
    if (e->text[0]) {
        int base = execution_base(e, 0);
        int ret = walk_path(&e->walk, base, e->text[0], END_ENTRY, &e->spot[0]);
        ret = ret < 0 ? ret : execution_ask(e);
        if (ret == 0 && base != WIRE_ABSOLUTE && fchdir(base) < 0) {
            ret = -errno;
        }
        if (ret < 0) {
            return ret == -EEXIST ? -EADDRINUSE : ret;
        }
    }
    return bind(socket_of(e), (const struct sockaddr *)e->data, e->request->data) < 0 ? -errno : 0;
}

/* Puts our numbers of the descriptors that are passed into the control data. False: there are not as many. */
static bool put_rights(struct execution *e, struct msghdr *message)
{
    unsigned at = e->request->rights < 0 ? e->fd_count : (unsigned)e->request->rights;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        if (n > e->fd_count - at) {
            return false;
        }
        memcpy(CMSG_DATA(c), e->fds + at, n * sizeof(int));
        at += (unsigned)n;
    }
    return true;
}

int64_t execute_send(struct execution *e)
{
    const uint64_t *n = e->request->number; /* flags, lengths of address, payload and control data */
    int64_t file = e->request->payload;
    size_t inline_payload = file < 0 ? n[2] : 0;
    _Alignas(struct cmsghdr) char control[WIRE_CONTROL_MAX];
    if (n[1] + inline_payload + n[3] != e->request->data || n[3] > sizeof(control) ||
        (file >= 0 && (uint64_t)file >= e->fd_count)) {
        return -EPROTO;
    }
    void *map = MAP_FAILED;
    memcpy(control, e->data + n[1] + inline_payload, n[3]);
    if (file >= 0) {
        map = mmap(NULL, n[2], PROT_READ, MAP_PRIVATE, e->fds[file], 0);
        if (map == MAP_FAILED) {
            return -errno;
        }
    }
    struct address a;
    struct iovec payload = {file < 0 ? e->data + n[1] : map, n[2]};
    int64_t ret = find_address(e, n[1], &a);
    struct msghdr message = {.msg_name = a.length ? (void *)(uintptr_t)a.bytes : NULL,
                             .msg_namelen = a.length,
                             .msg_iov = &payload,
                             .msg_iovlen = 1,
                             .msg_control = n[3] ? control : NULL,
                             .msg_controllen = n[3]};
    if (ret == 0 && !put_rights(e, &message)) {
        ret = -EPROTO;
    }
    if (ret == 0) {
        ret = sendmsg(socket_of(e), &message, (int)n[0] | MSG_NOSIGNAL);
        ret = ret < 0 ? -errno : ret;
    }
    release_address(&a);
    if (map != MAP_FAILED) {
        munmap(map, n[2]);
    }
    return ret;
}
