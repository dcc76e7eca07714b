/* The commands of bpf(2) as tables: which members each has, how each is shown, and since which size. */
#ifndef PROCTOR_DECODE_KINDS_BPF_TABLES_H
#define PROCTOR_DECODE_KINDS_BPF_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "decode/xlat.h"

enum bpf_as {
    BPF_U,          /* unsigned */
    BPF_D,          /* signed, 32 bits */
    BPF_X,          /* hexadecimal */
    BPF_ADDR,       /* an address of 64 bits, whatever the ABI */
    BPF_FD,         /* a descriptor */
    BPF_DIRFD,      /* a descriptor or AT_FDCWD */
    BPF_ENUM,       /* by xlat */
    BPF_FLAGS,      /* by xlat */
    BPF_NAME,       /* a string inside the structure */
    BPF_STRING,     /* an address of a string */
    BPF_PATH,       /* an address of a path */
    BPF_DATA,       /* an address of bytes; `other`: where their number is */
    BPF_BYTES,      /* the same, shown in hexadecimal */
    BPF_INSNS,      /* an address of a program; `other`: where the number of its instructions is */
    BPF_CODE,       /* the same; `other`: where its size in bytes is */
    BPF_TAG,        /* bytes inside the structure, in hexadecimal */
    BPF_INTERFACE,  /* a network interface */
    BPF_BIT,        /* the lowest bit */
    BPF_DEVICE,     /* makedev(0, 0x4) */
    BPF_UID,        /* a user id */
    BPF_SINCE_BOOT, /* nanoseconds, with the date */
    BPF_INFO,       /* an address of what is known of the object; `other`: where its size is */
    BPF_VERSION,    /* KERNEL_VERSION(6, 18, 0) */
    BPF_NODE,       /* a NUMA node; only with BPF_F_NUMA_NODE in map_flags */
    BPF_TARGET,     /* a descriptor, or an interface: depends on the attach type at `other` */
    BPF_RELATIVE,   /* a descriptor, or an id: depends on BPF_F_ID in the flags at `other` */
    BPF_REPLACED,   /* a descriptor; only with BPF_F_REPLACE in the flags at `other` */
    BPF_NONZERO,    /* unsigned; left out if 0 */
    BPF_IDS,        /* an address of 32-bit numbers, `other` says how many */
    BPF_MASKS,      /* the same with attach flags, */
    BPF_WORDS,      /* with 64-bit hexadecimal numbers, */
    BPF_STRINGS,    /* with addresses of strings, */
    BPF_ITERS,      /* with maps to iterate over */
};

struct bpf_field {
    const char *name;
    const struct xlat *xlat;
    uint8_t offset;
    uint8_t size;
    uint8_t as;    /* enum bpf_as */
    uint8_t other; /* offset of the member that this one depends on */
    uint8_t needs; /* shown only if the structure has this size; 0: always */
    bool since;    /* a later version of the structure begins here: older callers end before */
    bool written;  /* by the kernel: before => after */
};

/* What is to be shown once the call has returned. */
enum bpf_at_exit {
    BPF_EXIT_SAME,  /* nothing was written */
    BPF_EXIT_AGAIN, /* decoded again */
    BPF_EXIT_PATCH, /* only the members marked as written are new; strings may be gone by then */
    BPF_EXIT_BATCH, /* the number of elements, as {...} => {batch={count=2}} */
};

struct bpf_command {
    const char *within; /* the member that holds all others, or NULL */
    const struct bpf_field *fields;
    uint8_t count;
    uint8_t size; /* up to the last member known */
    uint8_t at_exit;
    bool gives_fd;
    bool link; /* link_create: a part that depends on the attach type follows */
};

enum bpf_link_part {
    BPF_LINK_NONE,
    BPF_LINK_CGROUP,
    BPF_LINK_CGROUP_RELATIVE,
    BPF_LINK_ITER,
    BPF_LINK_PERF_EVENT,
    BPF_LINK_TRACING,
    BPF_LINK_NETFILTER,
    BPF_LINK_TCX,
    BPF_LINK_NETKIT,
    BPF_LINK_KPROBE_MULTI,
    BPF_LINK_UPROBE_MULTI,
};

extern const struct xlat xlat_bpf_command;
extern const struct xlat xlat_bpf_attach_flags;

/* What BPF_OBJ_GET_INFO_BY_FD gives for a map and for a program. */
extern const struct bpf_command bpf_map_info, bpf_program_info;

/* The command of this number, or NULL. */
const struct bpf_command *bpf_command_of(uint32_t command);

/* The members of link_create that belong to an attach type, or NULL. */
const struct bpf_command *bpf_link_part(uint32_t attach_type, uint32_t flags);

/* True where the target is a network interface, not a descriptor. */
bool bpf_attaches_to_interface(uint32_t attach_type);

#endif
