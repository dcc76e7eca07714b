/* What a descriptor of a task says about its socket: protocol and addresses (-yy). */
#ifndef PROCTOR_SUPERVISOR_FDINFO_SOCKET_H
#define PROCTOR_SUPERVISOR_FDINFO_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

struct socket_ends {
    char protocol[32];             /* as the kernel names it: "TCPv6", "UNIX-STREAM", "NETLINK" */
    struct sockaddr_storage local; /* AF_INET, AF_INET6; AF_UNSPEC: not known, or none */
    struct sockaddr_storage peer;
};

/*
 * Describes descriptor `fd` of task `tid`, a socket of this inode: "TCP:[127.0.0.1:80->127.0.0.1:4242]",
 * or "TCP:[INODE]" where it has no address; `unbound`: a netlink socket says what it speaks even so. Returns
 * the length of the text, or a negative errno where nothing is known: a protocol that has no notation, or a
 * descriptor that is not this socket any more.
 */
ssize_t fdinfo_socket(pid_t tid, int fd, unsigned long inode, bool unbound, char *buf, size_t n);

/* The protocol, and the addresses of an internet socket. False where nothing is known. */
bool fdinfo_socket_ends(pid_t tid, int fd, unsigned long inode, struct socket_ends *out);

#endif
