/*
 * What the supervisor and its executors say to each other, over a SOCK_SEQPACKET pair: one request at a time;
 * questions while it is carried out; one reply. Descriptors travel with the message (SCM_RIGHTS).
 */
#ifndef PROCTOR_SUPERVISOR_BEHALF_WIRE_H
#define PROCTOR_SUPERVISOR_BEHALF_WIRE_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "supervisor/identity.h"

enum behalf_op {
    BEHALF_OPEN,        /* number: flags, mode, resolve, whether it is an openat2 */
    BEHALF_UNLINK,      /* flags */
    BEHALF_RENAME,      /* flags; two paths */
    BEHALF_MKDIR,       /* mode */
    BEHALF_SYMLINK,     /* data: what it points to */
    BEHALF_LINK,        /* two paths */
    BEHALF_MKNOD,       /* mode, device */
    BEHALF_CHMOD,       /* mode */
    BEHALF_CHOWN,       /* uid, gid */
    BEHALF_TRUNCATE,    /* length */
    BEHALF_UTIMES,      /* data: struct timespec[2], or none */
    BEHALF_SETXATTR,    /* flags, length of the name; data: the name, a NUL, the value */
    BEHALF_REMOVEXATTR, /* data: the name and a NUL */
    BEHALF_CONNECT,     /* data: the address; for these three a path: of the socket it names */
    BEHALF_BIND,
    BEHALF_SEND, /* flags, lengths of the address, the payload and the control data, which are the data */
};

enum {
    WIRE_NUMBERS = 4,
    WIRE_DATA_MAX = 96 * 1024, /* less than the least sensible SO_SNDBUF */
    WIRE_CONTROL_MAX = 20480,  /* net.core.optmem_max */
    WIRE_FDS_MAX = 3 + 253,    /* the most that SCM_RIGHTS carries (SCM_MAX_FD) is 253 */
    WIRE_REAL_MAX = PATH_MAX + NAME_MAX + 2,
    WIRE_ABSOLUTE = -1
};

/* A path of a call. In the data: the text that the call gave, and what was judged; each with its NUL. */
struct wire_path {
    int32_t base;    /* which descriptor it starts from; WIRE_ABSOLUTE: the root */
    uint32_t end;    /* enum at_end (supervisor/walk.h) */
    uint32_t text;   /* length with the NUL; 0: there is no such path */
    uint32_t judged; /* 0: it was not judged: ask before it is used */
};

struct wire_request {
    uint32_t op;
    uint32_t umask;
    uint32_t cpu;    /* the supervisor's: the answer is quickest from there */
    int32_t socket;  /* which descriptor the call is about; -1: none */
    int32_t payload; /* which descriptor holds the payload of a send; -1: it is in the data */
    int32_t rights;  /* from here on: the descriptors that the control data of a send passes; -1: none */
    uint32_t data;   /* length of what follows the paths */
    uint64_t number[WIRE_NUMBERS];
    struct wire_path path[2];
    pid_t tgid;
    uint32_t levels; /* the caller's ids in each PID namespace that sees it, for /proc/self */
    int32_t tids[PID_LEVELS_MAX];
    int32_t tgids[PID_LEVELS_MAX];
};

enum wire_answer {
    WIRE_READY,  /* once, at first: result is 0, or -errno: the caller's identity can't be had */
    WIRE_ASK,    /* the call is about to happen to these files, which are not what was judged */
    WIRE_DEVICE, /* a device is about to be opened or made: is the caller in our control groups? */
    WIRE_DONE,   /* result; a descriptor comes with it where the call makes one */
};

struct wire_reply {
    uint32_t type;
    pid_t pid;        /* READY: the executor's */
    uint32_t real[2]; /* lengths of the paths that follow, each with its NUL; 0: none */
    int64_t result;
};

/* The answer to a question: one byte. */
enum { WIRE_NO = 0, WIRE_YES = 1 };

/* What an executor is made for; its socket and the caller's root come as descriptors. */
struct wire_spawn {
    struct task_identity identity;
    pid_t tid; /* 0: none is made, and all that there are end */
};

/*
 * Sends or receives one message of up to two parts with descriptors. Return the length or a negative errno;
 * wire_receive 0 at the end. *fd_count: the room for them, then how many came (close-on-exec, the caller's to
 * close).
 */
ssize_t wire_send(int socket, const void *head, size_t n, const void *rest, size_t m, const int *fds,
                  unsigned fd_count);
ssize_t wire_receive(int socket, void *head, size_t n, void *rest, size_t m, int *fds, unsigned *fd_count);

#endif
