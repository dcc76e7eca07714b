/*
 * What an event is judged by: the event itself, its process with its ancestors, user, container, and the
 * descriptor it is about.
 *
 * The rules ask for little of this, so the owner (the supervisor; a test) fills it lazily: facts come in
 * groups, and the evaluator calls `load` once for a group that it needs and that is not there. What a loader
 * can't find out it leaves empty (NULL, or the value named below): absent facts make a comparison false.
 */
#ifndef PROCTOR_POLICY_SUBJECT_H
#define PROCTOR_POLICY_SUBJECT_H

#include "decode/event.h"
#include "policy/ast.h"

/* An address: family 4, 6, or 0 (absent). IPv4 addresses stand in the first four bytes. */
struct policy_ip {
    uint8_t family;
    uint8_t bytes[16];
};

enum { POLICY_UNKNOWN = -1 }; /* a number or truth value that is absent, where negative ones mean nothing */

/* NULL for processes of the host. Strings may be NULL. */
struct policy_container {
    const char *id; /* the short one: 12 characters, as Falco has it */
    const char *full_id;
    const char *name;
    const char *type;       /* "docker", "containerd", "oci", ... */
    const char *image;      /* "docker.io/library/nginx:1.25" */
    const char *repository; /* "docker.io/library/nginx" */
    const char *tag;
    const char *digest;
    const char *pod;
    const char *pod_uid;
    const char *namespace;
    int privileged;  /* POLICY_UNKNOWN: its processes' all_caps tells */
    int64_t started; /* nanoseconds since 1970; 0: not known */
};

/* Groups of facts about a process. */
enum {
    PROCESS_NAME = 1 << 0,      /* name */
    PROCESS_EXE = 1 << 1,       /* exepath, and the other is_exe_ and exe_ facts */
    PROCESS_ARGS = 1 << 2,      /* exe, args, cmdline, exeline */
    PROCESS_CWD = 1 << 3,       /* cwd */
    PROCESS_STATUS = 1 << 4,    /* ids, capabilities, session, terminal, times */
    PROCESS_ENV = 1 << 5,       /* env */
    PROCESS_PARENT = 1 << 6,    /* parent, ppid */
    PROCESS_USER = 1 << 7,      /* the names of user and group */
    PROCESS_CONTAINER = 1 << 8, /* container */
    PROCESS_LAYER = 1 << 9,     /* exe_upper_layer, exe_lower_layer */
    PROCESS_ALL = (1 << 10) - 1,
};

struct policy_process {
    uint32_t loaded; /* the groups that hold what is true now */
    /* Fills a group (one bit) and sets its bit. Not called for groups that are loaded. */
    void (*load)(struct policy_process *process, unsigned group);
    pid_t pid;
    const char *name; /* comm, at most 15 bytes */

    const char *exepath; /* of the file that runs; "memfd:x" for files without one */
    int64_t exe_ino;     /* 0: not known; the same below */
    int64_t exe_ctime;
    int64_t exe_mtime;
    int8_t exe_writable;    /* by the process's user; POLICY_UNKNOWN ... */
    int8_t exe_upper_layer; /* of an overlay: not part of the image */
    int8_t exe_lower_layer;
    int8_t exe_memfd;

    struct text exe;     /* argv[0] */
    struct text args;    /* the rest of argv, joined by spaces */
    int64_t arg_count;   /* how many these are */
    struct text cmdline; /* name and args */
    struct text exeline; /* exe and args */
    const char *cwd;

    pid_t vpid; /* ids inside the process's PID namespace; 0: not known */
    pid_t sid;
    pid_t vsid;
    pid_t pgid;
    pid_t vpgid;
    int64_t tty; /* device number, 0: no terminal; POLICY_UNKNOWN */
    int64_t uid; /* effective; POLICY_UNKNOWN ... */
    int64_t gid;
    int64_t loginuid; /* POLICY_UNKNOWN also where none is set, as Falco shows it */
    uint64_t cap_permitted;
    uint64_t cap_effective;
    uint64_t cap_inheritable;
    int8_t all_caps; /* its bounding set has every capability of the machine; POLICY_UNKNOWN */
    int64_t started; /* nanoseconds since 1970; 0: not known */
    int64_t threads;

    struct text env; /* "A=1\0B=2\0" */
    struct policy_process *parent;
    pid_t ppid; /* 0: not known */
    const char *user_name;
    const char *user_home;
    const char *user_shell;
    const char *login_name;
    const char *group_name;
    const struct policy_container *container;
};

/* The descriptor an event is about: the one it makes (open), or the first among its arguments. */
struct policy_fd {
    int64_t num;         /* POLICY_UNKNOWN with `present`: the call failed, or its number is not known yet */
    const char *type;    /* "file", "directory", "ipv4", "ipv6", "unix", "pipe", "event", ... */
    char typechar;       /* 'f', 'd', '4', '6', 'u', 'p', 'e', ... */
    struct text name;    /* path, or "10.0.0.1:4242->10.0.0.2:80" */
    struct text nameraw; /* as the call gave it */
    const char *l4proto; /* "tcp", "udp", "icmp", "raw" */
    const char *family;  /* "ip", "unix" */
    struct policy_ip client_ip;
    struct policy_ip server_ip;
    struct policy_ip local_ip;
    struct policy_ip remote_ip;
    int32_t client_port; /* POLICY_UNKNOWN ... */
    int32_t server_port;
    int32_t local_port;
    int32_t remote_port;
    int8_t connected;
    int8_t name_changed; /* this call gave the descriptor another peer */
    int8_t is_server;
    int64_t ino; /* 0: not known */
    int64_t dev;
    const char *client_name; /* what a name service says of the ends; nobody fills these yet */
    const char *server_name;
};

/* The members of a descriptor of which nothing is known, for its initialiser; designated ones may follow. */
#define POLICY_FD_UNKNOWN                                                                                    \
    .num = POLICY_UNKNOWN, .client_port = POLICY_UNKNOWN, .server_port = POLICY_UNKNOWN,                     \
    .local_port = POLICY_UNKNOWN, .remote_port = POLICY_UNKNOWN, .connected = POLICY_UNKNOWN,                \
    .name_changed = POLICY_UNKNOWN, .is_server = POLICY_UNKNOWN

struct policy_subject {
    const struct event *event;
    struct policy_process *process; /* for an exec: as it will be */
    bool fd_loaded;
    bool fd_present; /* the event is about a descriptor, and `fd` says which */
    struct policy_fd fd;
    void (*load_fd)(struct policy_subject *subject); /* NULL: fd is filled already */
    /*
     * Where the event's result is not known: what it probably will be (0 or more: success, -errno: failure).
     * NULL: success.
     */
    int64_t (*predict)(struct policy_subject *subject);
    const char *hostname;
    void *owner; /* the loaders' own */
};

#endif
