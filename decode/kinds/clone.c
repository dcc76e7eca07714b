#include "decode/kinds/clone.h"

#include <linux/sched.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/render.h"

#define NAMESPACES                                                                                           \
    X(CLONE_NEWCGROUP), X(CLONE_NEWUTS), X(CLONE_NEWIPC), X(CLONE_NEWUSER), X(CLONE_NEWPID), X(CLONE_NEWNET)
/* CLONE_DETACHED is left out, as strace does: the kernel ignores it. */
#define LEGACY_FLAGS                                                                                         \
    X(CLONE_VM), X(CLONE_FS), X(CLONE_FILES), X(CLONE_SIGHAND), X(CLONE_PIDFD), X(CLONE_PTRACE),             \
        X(CLONE_VFORK), X(CLONE_PARENT), X(CLONE_THREAD), X(CLONE_NEWNS), X(CLONE_SYSVSEM), X(CLONE_SETTLS), \
        X(CLONE_PARENT_SETTID), X(CLONE_CHILD_CLEARTID), X(CLONE_UNTRACED), X(CLONE_CHILD_SETTID),           \
        NAMESPACES, X(CLONE_IO)

XLAT(clone_flags, "CLONE_???", LEGACY_FLAGS);
XLAT(clone3_flags, "CLONE_???", LEGACY_FLAGS, {0x100000000, "CLONE_CLEAR_SIGHAND"},
     {0x200000000, "CLONE_INTO_CGROUP"}, {0x80, "CLONE_NEWTIME"});
XLAT(setns_flags, "CLONE_NEW???", {0x80, "CLONE_NEWTIME"}, X(CLONE_NEWNS), NAMESPACES);
XLAT(unshare_flags, "CLONE_???", {0x80, "CLONE_NEWTIME"}, X(CLONE_VM), X(CLONE_FS), X(CLONE_FILES),
     X(CLONE_SIGHAND), X(CLONE_THREAD), X(CLONE_NEWNS), X(CLONE_SYSVSEM), NAMESPACES);

/* The signal that the child's end sends: SIGCHLD, 0. */
static void decode_exit_signal(struct decoder *d, const char *name, uint64_t number)
{
    const char *word = number < INT32_MAX ? signal_name((int)number) : NULL;
    if (word) {
        uint32_t index = values_word(d->out, name, word);
        values_stand_for(d->out, index, number, VALUE_AS_INT);
    } else {
        values_add(d->out, VALUE_UINT, name, number);
    }
}

static void decode_clone_flags(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t number = decode_word(d, raw);
    uint64_t flags = number & ~(uint64_t)CSIGNAL;

    uint32_t whole = values_open(d->out, VALUE_OR, name);
    values_at(d->out, whole)->number = number;
    if (flags) {
        values_xlat(d->out, VALUE_FLAGS, NULL, &xlat_clone_flags, flags);
    }
    if (!flags || number & CSIGNAL) {
        decode_exit_signal(d, NULL, number & CSIGNAL);
    }
    values_close(d->out);
}

/* The flags of the clone being decoded: its first register on every x86 ABI. */
static uint64_t flags_of(const struct decoder *d)
{
    return d->args[0];
}

/*
 * Appends [123], or with CLONE_PIDFD alone [3], from the place that a clone has written to. The id that the
 * kernel writes for the parent is the one that it returns (kernel/fork.c, kernel_clone), and a source of
 * results need not follow the pointer.
 */
static void decode_parent_tid(struct decoder *d, const char *name, uint64_t addr, bool is_fd)
{
    int32_t fd = 0;
    addr = decode_word(d, addr);
    if (!is_fd && addr && d->result > 0) {
        values_open(d->out, VALUE_REF, name);
        decode_pid(d, NULL, d->result);
        values_close(d->out);
    } else if (!is_fd) {
        decode_number_at(d, name, addr, 4, VALUE_INT);
    } else if (addr && mem_read(d->mem, addr, &fd, sizeof(fd))) {
        values_open(d->out, VALUE_REF, name);
        decode_fd(d, NULL, &kind_fd, (uint64_t)(int64_t)fd);
        values_close(d->out);
    } else {
        decode_addr(d, name, addr);
    }
}

static void decode_clone_parent_tid(struct decoder *d, const char *name, const struct kind *kind,
                                    uint64_t raw)
{
    (void)kind;
    uint64_t flags = flags_of(d);
    if (!(flags & (CLONE_PARENT_SETTID | CLONE_PIDFD))) {
        return;
    }
    if (d->at_exit && d->result >= 0) {
        decode_parent_tid(d, name, raw, !(flags & CLONE_PARENT_SETTID));
    } else {
        decode_addr(d, name, raw);
    }
}

/* kind->aux unused; kind->size: the flags that use the argument. */
static void decode_clone_if(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    if (flags_of(d) & kind->size) {
        decode_addr(d, name, raw);
    }
}

/* struct clone_args as of Linux 5.7; its first version (5.3) ended at tls. */
struct clone3 {
    uint64_t flags;
    uint64_t pidfd;
    uint64_t child_tid;
    uint64_t parent_tid;
    uint64_t exit_signal;
    uint64_t stack;
    uint64_t stack_size;
    uint64_t tls;
    uint64_t set_tid;
    uint64_t set_tid_size;
    uint64_t cgroup;
};

enum { CLONE3_FIRST_SIZE = 64, CLONE3_CGROUP = 80, CLONE3_SIZE = 88, SET_TID_MAX = 32 };

static bool read_clone3(struct decoder *d, uint64_t addr, uint64_t size, struct clone3 *args)
{
    memset(args, 0, sizeof(*args));
    if (size < CLONE3_FIRST_SIZE) {
        return false;
    }
    return mem_read(d->mem, addr, args, size < sizeof(*args) ? (size_t)size : sizeof(*args));
}

static void decode_set_tid_element(struct decoder *d, const void *element, void *context)
{
    (void)context;
    int32_t tid;
    memcpy(&tid, element, sizeof(tid));
    values_add(d->out, VALUE_INT, NULL, (uint64_t)(int64_t)tid);
}

static void decode_set_tid(struct decoder *d, const struct clone3 *args)
{
    if (!args->set_tid && !args->set_tid_size) {
        return;
    }
    if (args->set_tid_size && args->set_tid_size <= SET_TID_MAX) {
        decode_array(d, "set_tid", args->set_tid, args->set_tid_size, sizeof(int32_t), decode_set_tid_element,
                     NULL);
    } else {
        values_add(d->out, VALUE_ADDR, "set_tid", args->set_tid);
    }
    values_add(d->out, VALUE_UINT, "set_tid_size", args->set_tid_size);
}

static void decode_clone3_in(struct decoder *d, const char *name, const struct clone3 *args, uint64_t size)
{
    uint64_t flags = args->flags;

    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    values_xlat(d->out, VALUE_FLAGS, "flags", &xlat_clone3_flags, flags);
    if (flags & CLONE_PIDFD) {
        values_add(d->out, VALUE_ADDR, "pidfd", args->pidfd);
    }
    if (flags & (CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID)) {
        values_add(d->out, VALUE_ADDR, "child_tid", args->child_tid);
    }
    if (flags & CLONE_PARENT_SETTID) {
        values_add(d->out, VALUE_ADDR, "parent_tid", args->parent_tid);
    }
    decode_exit_signal(d, "exit_signal", args->exit_signal);
    values_add(d->out, VALUE_ADDR, "stack", args->stack);
    values_add(d->out, VALUE_HEX, "stack_size", args->stack_size);
    if (flags & CLONE_SETTLS) {
        values_add(d->out, VALUE_ADDR, "tls", args->tls);
    }
    decode_set_tid(d, args);
    if (size > CLONE3_CGROUP && (args->cgroup || flags & 0x200000000 /* CLONE_INTO_CGROUP */)) {
        values_add(d->out, VALUE_UINT, "cgroup", args->cgroup);
    }
    if (size > CLONE3_SIZE) {
        values_at(d->out, whole)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

/* What clone3 wrote, behind the pointers of its structure. */
static void decode_clone3_out(struct decoder *d, const struct clone3 *args)
{
    values_open(d->out, VALUE_STRUCT, NULL);
    if (args->flags & CLONE_PIDFD) {
        decode_parent_tid(d, "pidfd", args->pidfd, true);
    }
    if (args->flags & CLONE_PARENT_SETTID) {
        decode_parent_tid(d, "parent_tid", args->parent_tid, false);
    }
    values_close(d->out);
}

static void decode_clone_args(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct clone3 args;
    uint64_t size = decode_word(d, d->args[d->arg + 1]);
    uint64_t addr = decode_word(d, raw);

    if (!read_clone3(d, addr, size, &args)) {
        /* At exit the entry's value stays. */
        if (!d->at_exit) {
            decode_addr(d, name, addr);
        }
        return;
    }
    bool wrote = d->at_exit && d->result >= 0 && args.flags & (CLONE_PIDFD | CLONE_PARENT_SETTID);
    if (wrote) {
        values_open(d->out, VALUE_CHANGE, name);
    }
    decode_clone3_in(d, wrote ? NULL : name, &args, size);
    if (wrote) {
        decode_clone3_out(d, &args);
        values_close(d->out);
    }
}

const struct kind kind_clone_flags = {.decode = decode_clone_flags};
const struct kind kind_clone_parent_tid = {
    .decode = decode_clone_parent_tid, .direction = DIR_INOUT, .extent = EXTENT_FIXED, .size = 4};
const struct kind kind_clone_tls = {.decode = decode_clone_if, .size = CLONE_SETTLS};
const struct kind kind_clone_child_tid = {.decode = decode_clone_if,
                                          .size = CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID};
const struct kind kind_clone_args = {
    .decode = decode_clone_args,
    .direction = DIR_INOUT,
    .extent = EXTENT_ARG,
    .size = 1,
    .extent_arg = 1,
    .inner = 1 + offsetof(struct clone3, pidfd),
    .inner_size = sizeof(int32_t),
    .inner2 = 1 + offsetof(struct clone3, set_tid), /* read only: for calls that are not decoded at entry */
    .inner2_size = SET_TID_MAX * sizeof(int32_t),
};
KIND_FLAGS(setns_flags, setns_flags);
KIND_FLAGS_LONG(unshare_flags, unshare_flags);
