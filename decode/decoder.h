/*
 * What a decoder works with, and the shape of the system-call table.
 *
 * A call is one line in decode/calls/: its name, classes, the kind of its result and its arguments. An
 * argument is a name and a kind. A kind knows how to turn a raw register into a value, with what it needs to
 * read.
 */
#ifndef PROCTOR_DECODE_DECODER_H
#define PROCTOR_DECODE_DECODER_H

#include "decode/extent.h"
#include "decode/mem.h"
#include "decode/value.h"
#include "decode/xlat.h"

enum { CALL_ARGS_MAX = 6 };

/* strace's -e trace=%class sets, one bit each (see decode/select.c for their names), and marks of a call. */
enum {
    CLASS_DESC = 1 << 0,
    CLASS_FILE = 1 << 1,
    CLASS_MEMORY = 1 << 2,
    CLASS_PROCESS = 1 << 3,
    CLASS_SIGNAL = 1 << 4,
    CLASS_IPC = 1 << 5,
    CLASS_NETWORK = 1 << 6,
    CLASS_CREDS = 1 << 7,
    CLASS_STAT = 1 << 8,         /* %stat */
    CLASS_LSTAT = 1 << 9,        /* %lstat */
    CLASS_FSTAT = 1 << 10,       /* %fstat */
    CLASS_STAT_LIKE = 1 << 11,   /* %%stat, besides the three above */
    CLASS_STATFS = 1 << 12,      /* %statfs */
    CLASS_FSTATFS = 1 << 13,     /* %fstatfs */
    CLASS_STATFS_LIKE = 1 << 14, /* %%statfs, besides the two above */
    CLASS_PURE = 1 << 15,
    CLASS_CLOCK = 1 << 16,
    CALL_NAMED = 1 << 24,    /* text shows name=value, as strace does for clone */
    CALL_NORETURN = 1 << 25, /* a success never returns: exit, exit_group */
    CALL_STACK = 1 << 26,    /* what it takes is on the caller's stack: struct decoder.stack is wanted */
    /* One that waits, so that callers expect a signal to interrupt it (signal(7)); and one that does if its
     * first argument is a file that can be waited for. */
    CALL_WAITS = 1 << 27,
    CALL_WAITS_BY_FILE = 1 << 28,
};

/* The largest error of a result, which is then its negative: include/linux/err.h. */
enum { ERRNO_MAX = 4095 };

static inline bool result_is_error(int64_t result)
{
    return result < 0 && result >= -ERRNO_MAX;
}

/* Whether it is none yet, as the kernel is to make the call again: ERESTARTSYS... of include/linux/errno.h.
 */
static inline bool result_restarts(int64_t result)
{
    return result <= -512 && result >= -516;
}

/* One application binary interface: its numbers and the sizes of its basic types. */
struct abi {
    const char *name;
    uint32_t audit_arch;     /* AUDIT_ARCH_*, as in struct seccomp_data */
    uint32_t number_bit;     /* set in every number of this ABI (x32), else 0 */
    uint8_t pointer_size;    /* bytes of a pointer and a size_t */
    uint8_t long_size;       /* bytes of a kernel long as passed in structures */
    const uint16_t *calls;   /* number -> enum call_id; CALL_none where there is no such call */
    const uint16_t *numbers; /* enum call_id -> number + 1, without the bit; 0: this ABI has no such call */
    uint32_t count;
};

struct decode_options {
    uint32_t string_max; /* -s: bytes of a string shown */
    uint32_t array_max;  /* elements of an array shown unless verbose */
    uint32_t data_max;   /* bytes of a read's or write's data that are wanted beyond string_max: for dumps */
    int64_t boot_ns;     /* when the machine started, by CLOCK_REALTIME; 0: not known */
    bool verbose;        /* -v: no abbreviation of environments, stat, ... */
    bool raw;            /* arguments are numbers, whatever they mean */
    bool opaque;         /* structures and arrays are addresses; strings are shown: -e verbose= */
    unsigned fds;        /* FD_*: -y, -yy, --decode-fds= */
    bool pid_comms;      /* -Y: the commands of tasks */
    bool pid_namespaces; /* --decode-pids=pidns: what ids of another PID namespace are in ours */
};

/* What is said of a descriptor. */
enum fd_detail {
    FD_PATHS = 1 << 0,   /* the link of /proc/PID/fd */
    FD_SOCKETS = 1 << 1, /* protocol and addresses */
    FD_DEVICES = 1 << 2, /* path and numbers */
    FD_PIDFDS = 1 << 3,
    FD_SIGNALFDS = 1 << 4,
    FD_EVENTFDS = 1 << 5,
    FD_ALL = (1 << 6) - 1,
    FD_UNBOUND = 1 << 6, /* the protocol of a netlink socket that has no address yet: "NETLINK:[ROUTE:0]" */
};

/* What has an id of a PID namespace. */
enum id_of { ID_OF_TASK, ID_OF_GROUP, ID_OF_SESSION };

/* Says what is behind a number in the calling process; supervisor/fdinfo.c and tests implement it. */
struct fd_names {
    /*
     * Writes a description without brackets ("/etc/passwd", "TCP:[127.0.0.1:80->127.0.0.1:4242]") of `fd`
     * into buf, as far as `details` (FD_*) goes. A path comes as it is, and may be followed by a NUL and a
     * remark of ours that is within the length: "(deleted)", "<char 1:3>". Returns the length, or a negative
     * errno where there is none to be had.
     */
    ssize_t (*describe)(const struct fd_names *names, int fd, unsigned details, char *buf, size_t n);
    /* The same for a network interface's index ("lo"). NULL: indices are bare numbers. */
    ssize_t (*interface)(const struct fd_names *names, uint32_t index, char *buf, size_t n);
    /* The same for the command of a task, by its id as the calling process sees it. NULL: as above. */
    ssize_t (*command)(const struct fd_names *names, int pid, char *buf, size_t n);
    /* The id in our own PID namespace of what the calling process knows by this one; 0: not known. NULL: as
     * above. */
    int (*translate)(const struct fd_names *names, int id, enum id_of of);
    /* The same for the number of a family of NETLINK_GENERIC ("ethtool"). NULL: as above. */
    ssize_t (*generic)(const struct fd_names *names, unsigned family, char *buf, size_t n);
};

struct call;
struct kind;

struct decoder {
    const struct decode_options *options;
    struct mem *mem;
    struct mem *text; /* where strings are read from; NULL: mem. Set while `opaque` keeps mem closed */
    const struct fd_names *fds; /* NULL: descriptors are bare numbers */
    const struct abi *abi;
    const struct call *call;
    const uint64_t *args; /* the six raw registers */
    struct values *out;
    uint64_t stack;                /* the stack pointer when the call was made; 0: not known, or not wanted */
    unsigned arg;                  /* the register of the argument being decoded */
    uint32_t value[CALL_ARGS_MAX]; /* index in `out` of each argument's value; 0: not shown */
    bool at_exit;                  /* decoding what the call wrote */
    int64_t result;                /* at exit: as the kernel returned it, -errno on failure */
};

/*
 * Appends one value called `name` for `raw` to d->out, or nothing where the argument is not used
 * (the mode of an open without O_CREAT). A failed read gives the bare address, as strace does.
 */
typedef void decode_fn(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw);

enum direction {
    DIR_IN,      /* known at entry; decoded once */
    DIR_OUT,     /* written by the call: an address at entry, decoded at exit when the call succeeded */
    DIR_INOUT,   /* decoded at both; the exit's value replaces the entry's */
    DIR_OUT_ANY, /* as OUT, but written by failed calls too */
};

/* How much of what EXTENT_ARG and EXTENT_RESULT say is shown: no more has to be captured. */
enum cut {
    CUT_NONE,
    CUT_DATA,    /* as much as -s lets through */
    CUT_MESSAGE, /* the same, or a message from a netlink socket */
};

struct kind {
    decode_fn *decode;
    const void *aux;    /* the kind's own: an xlat table, an element kind */
    uint32_t size;      /* the kind's own too: element size; see extent */
    uint8_t direction;  /* enum direction */
    uint8_t extent;     /* enum extent */
    uint8_t extent_arg; /* which argument holds the length */
    uint8_t option;     /* the kind's own */
    uint8_t cut;        /* enum cut */
    /*
     * The structure holds a pointer, of 64 bits on every ABI, to what the call writes as well: 1 + its offset
     * (0: none), and how many bytes are behind it (0: as many as the result says, cut as data is).
     */
    uint8_t inner;
    uint8_t inner_size;
    uint8_t inner2; /* the same of a second one, of which the size is known */
    uint8_t inner2_size;
};

struct arg {
    const char *name;
    const struct kind *kind;
    uint8_t from; /* 1 + the register it is passed in; 0: the one of its own position */
    bool pair;    /* 64 bits in two registers, the low half first, as i386 passes offsets */
};

struct call {
    const char *name;
    uint32_t classes; /* CLASS_* and CALL_* */
    uint8_t nargs;
    const struct kind *result; /* how to show a successful result */
    struct arg args[CALL_ARGS_MAX];
};

/* The register that the argument in this position is passed in (its low half, if it takes two). */
static inline unsigned arg_register(const struct arg *arg, unsigned position)
{
    return arg->from ? arg->from - 1U : position;
}

/* An argument's raw value among the six registers. */
static inline uint64_t arg_raw(const struct arg *arg, unsigned position, const uint64_t *registers)
{
    unsigned at = arg_register(arg, position);
    if (!arg->pair || at + 1 >= CALL_ARGS_MAX) {
        return registers[at];
    }
    return (uint32_t)registers[at] | registers[at + 1] << 32;
}

/* Decodes all arguments at entry: fills d->out and d->value. d->out must be empty. */
void decode_entry(struct decoder *d);

/*
 * Decodes at exit: replaces the values of arguments that the call wrote. d->result, d->mem (holding what was
 * captured) and d->value (from entry) must be set. Returns the index of the result's value (0: bare number).
 */
uint32_t decode_exit(struct decoder *d);

/* Reads one pointer-sized word of the target's ABI. False if it could not be read. */
bool decode_read_word(const struct decoder *d, uint64_t addr, uint64_t *word);

#endif
