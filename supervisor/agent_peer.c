#include "supervisor/agent_peer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "decode/base/time.h"
#include "supervisor/leftovers.h"
#include "supervisor/trace_clock.h"

enum {
    PEERS_MAX = 256, /* unfinished connections; the oldest makes room */
    PIECE = 65536,
    PIECES_AT_ONCE = 4, /* then it is another's turn */
};

#define PATIENCE_NS (5 * NS_PER_SECOND) /* a runtime sends all it has at once */

/* What peers say is not repeated as it is: the text may hold anything. */
static void complain(const struct peer *peer, const char *why)
{
    peer->peers->refused_total++;
    dprintf(STDERR_FILENO, "proctor: agent: connection of process %d (user %u) refused: %s\n", peer->who.pid,
            peer->who.uid, why);
}

static void peer_free(struct peer *peer)
{
    struct peers *peers = peer->peers;
    *(peer->newer ? &peer->newer->older : &peers->newest) = peer->older;
    *(peer->older ? &peer->older->newer : &peers->oldest) = peer->newer;
    peers->count--;
    while (peer->fd_count) {
        close(peer->fds[--peer->fd_count]);
    }
    loop_remove(peers->loop, peer->fd);
    close(peer->fd);
    buf_free(&peer->text);
    free(peer);
}

/* All was said: the container begins, or the peer is told off. */
static void conclude(struct peer *peer)
{
    struct container_state state;
    struct arena arena = {0};
    struct error err = {0};
    int ret =
        container_state_parse(&state, &arena, peer->text.data ? peer->text.data : "", peer->text.len, &err);
    if (ret == 0 && state.fd_count != peer->fd_count) {
        ret = error_set(&err, EINVAL, "%zu descriptors are named, %u came", state.fd_count, peer->fd_count);
    }
    if (ret == 0 && !is_listener(peer->fds[state.listener])) {
        ret = error_set(&err, EINVAL, "seccompFd is not a seccomp listener");
    }
    if (ret == 0) {
        state.text = peer->text.data;
        state.text_length = peer->text.len;
        ret = peer->peers->hand_over(peer->peers, &state, take_fd(&peer->fds[state.listener]), &err);
        peer->fds[state.listener] = peer->fds[--peer->fd_count];
    }
    if (ret < 0) {
        complain(peer, err.message);
    }
    arena_free(&arena);
}

/* Takes the descriptors of a message. False: they come too late, or something is lost. */
static bool take_fds(struct peer *peer, struct msghdr *message, const char **why)
{
    bool some = false;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof(fd), sizeof(fd));
            if (peer->spoke || peer->fd_count >= CONTAINER_FDS_MAX) {
                close(fd);
                some = true;
            } else {
                peer->fds[peer->fd_count++] = fd;
            }
        }
    }
    *why = some ? "descriptors came after the first message" : "descriptors were lost on the way";
    return !some && !(message->msg_flags & MSG_CTRUNC);
}

enum progress { PEER_AGAIN, PEER_WAITS, PEER_ENDED, PEER_WRONG };

/* Reads one piece. */
static enum progress read_piece(struct peer *peer, const char **why)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int) * CONTAINER_FDS_MAX)];
    } control;
    if (!buf_reserve(&peer->text, PIECE)) {
        *why = "out of memory";
        return PEER_WRONG;
    }
    struct iovec piece = {.iov_base = peer->text.data + peer->text.len, .iov_len = PIECE};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof(control.room)};
    ssize_t n = recvmsg(peer->fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (n < 0) {
        *why = strerror(errno);
        return errno == EAGAIN || errno == EINTR ? PEER_WAITS : PEER_WRONG;
    }
    if (!take_fds(peer, &message, why)) {
        return PEER_WRONG;
    }
    peer->spoke = true;
    bool ended = n == 0 || json_end_look(&peer->end, peer->text.data + peer->text.len, (size_t)n);
    peer->text.len += (size_t)n;
    *why = "the container's state is larger than 1 MiB";
    if (peer->text.len > CONTAINER_STATE_MAX) {
        return PEER_WRONG;
    }
    return ended ? PEER_ENDED : PEER_AGAIN;
}

static void peer_ready(struct watch *watch, struct loop *loop, uint32_t events)
{
    struct peer *peer = container_of(watch, struct peer, watch);
    enum progress progress = PEER_AGAIN;
    const char *why = "";
    (void)loop;
    (void)events;
    for (int i = 0; i < PIECES_AT_ONCE && progress == PEER_AGAIN; i++) {
        progress = read_piece(peer, &why);
    }
    if (progress == PEER_WRONG) {
        complain(peer, why);
    } else if (progress == PEER_ENDED) {
        conclude(peer);
    } else {
        return;
    }
    peer_free(peer);
}

static bool may_speak(const struct peers *peers, const struct ucred *who)
{
    bool allowed = who->uid == 0 || who->uid == geteuid();
    for (unsigned i = 0; i < peers->allowed_count; i++) {
        allowed = allowed || who->uid == peers->allowed[i];
    }
    return allowed;
}

/* Takes the descriptor. */
static void welcome(struct peers *peers, int fd)
{
    struct peer *peer = calloc(1, sizeof(*peer));
    if (!peer) {
        close(fd);
        return;
    }
    socklen_t size = sizeof(peer->who);
    peer->watch.ready = peer_ready;
    peer->peers = peers;
    peer->fd = fd;
    peer->since_ns = trace_clock_monotonic();
    peer->older = peers->newest;
    *(peers->newest ? &peers->newest->newer : &peers->oldest) = peer;
    peers->newest = peer;
    peers->count++;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer->who, &size) < 0 || !may_speak(peers, &peer->who)) {
        complain(peer, "this user may not (--allow-uid)");
        peer_free(peer);
    } else if (loop_add(peers->loop, fd, EPOLLIN, &peer->watch) < 0) {
        complain(peer, strerror(errno));
        peer_free(peer);
    }
}

/*
 * One connection at a time: between two, others are served. Where there is room for none, the one that has
 * been unfinished for longest goes; without one, the socket rests.
 */
static void connection_ready(struct watch *watch, struct loop *loop, uint32_t events)
{
    struct peers *peers = container_of(watch, struct peers, watch);
    (void)events;
    int fd = accept4(peers->socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    bool no_room = fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS);
    if ((no_room && peers->oldest) || (fd >= 0 && peers->count >= PEERS_MAX)) {
        complain(peers->oldest, "too many connections, and this one took longest");
        peer_free(peers->oldest);
    } else if (no_room) {
        loop_remove(loop, peers->socket);
        peers->full = true;
    }
    if (fd >= 0) {
        welcome(peers, fd);
    }
}

int peers_open(struct peers *peers, struct loop *loop, int socket)
{
    peers->watch.ready = connection_ready;
    peers->loop = loop;
    peers->socket = socket;
    return loop_add(loop, socket, EPOLLIN, &peers->watch);
}

void peers_tick(struct peers *peers)
{
    int64_t now = trace_clock_monotonic();
    while (peers->oldest && now - peers->oldest->since_ns > PATIENCE_NS) {
        complain(peers->oldest, "it took too long");
        peer_free(peers->oldest);
    }
    if (peers->full && loop_add(peers->loop, peers->socket, EPOLLIN, &peers->watch) == 0) {
        peers->full = false;
    }
}

void peers_close(struct peers *peers)
{
    for (struct peer *peer = peers->oldest, *next; peer; peer = next) {
        next = peer->newer;
        peer_free(peer);
    }
    if (peers->loop && !peers->full) {
        loop_remove(peers->loop, peers->socket);
    }
    peers->loop = NULL;
}
