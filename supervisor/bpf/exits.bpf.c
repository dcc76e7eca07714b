// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * Records how system calls of tasks under our filter return, and the memory they filled in.
 *
 * tp_btf/sys_enter fires after seccomp has let a call go (kernel/entry: syscall_trace_enter), so the time
 * between the two does not contain the supervisor's own. Both run in the context of the task, so its memory
 * can be read as it is at that moment. Kernel structures are declared as far as they are used; the kernel
 * relocates the accesses.
 */
#include "supervisor/bpf/exits.h"

typedef exits_u8 __u8;
typedef unsigned short __u16;
typedef exits_u32 __u32;
typedef exits_u64 __u64;
typedef signed char __s8;
typedef short __s16;
typedef exits_s32 __s32;
typedef exits_s64 __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u64 __be64;
typedef __u32 __wsum;

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define CORE __attribute__((preserve_access_index))

struct ns_common {
    unsigned int inum;
} CORE;

struct pid_namespace {
    struct ns_common ns;
} CORE;

struct upid {
    int nr;
    struct pid_namespace *ns;
} CORE;

struct pid {
    unsigned int level;
    struct upid numbers[1];
} CORE;

struct seccomp_filter {
    struct seccomp_filter *prev;
} CORE;

struct seccomp {
    int mode;
    struct seccomp_filter *filter;
} CORE;

struct thread_info {
    __u32 status;
} CORE;

typedef struct {
    unsigned long sig[1];
} CORE sigset_t;

struct sigpending {
    sigset_t signal;
} CORE;

struct signal_struct {
    int group_exit_code; /* as wait(2) gives it */
} CORE;

struct task_struct {
    struct thread_info thread_info;
    struct signal_struct *signal;
    struct sigpending pending;
    struct seccomp seccomp;
    struct pid *thread_pid;
    struct task_struct *group_leader;
} CORE;

/* As x86-64 programs are shown it (arch/x86/include/asm/ptrace.h): this layout does not change. */
struct pt_regs {
    unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, flags,
        sp, ss;
};

enum {
    BPF_ANY_ = 0,
    TS_COMPAT = 2,
    X32_BIT = 0x40000000,
    CHAIN_MAX = 16,
    IOVECS_MAX = 64,
    MESSAGES_MAX = 16,
    PAGE = 4096,
    STACK_PAGES = 8
};
enum {
    MAP_ARRAY = 2,
    MAP_LRU_HASH = 9,
    MAP_RINGBUF = 27,
    MAP_TASK_STORAGE = 29,
    NO_PREALLOC = 1,
    MMAPABLE = 1 << 10,
    STORAGE_CREATE = 1,
    NO_WAKEUP = 1,
    SIGNAL_DELIVERED = 0, /* TRACE_SIGNAL_DELIVERED */
    SIGNAL_IGNORED = 1,   /* TRACE_SIGNAL_IGNORED */
    KILL = 9,             /* SIGKILL */
    SENT_BY_USER = 0,     /* SI_USER */
    SENT_BY_KERNEL = 0x80 /* SI_KERNEL */
};

/* The filters whose tasks are recorded, by their kernel address; learnt from a task that is known to be under
 * one. Nothing tells when a filter is gone: the least recently used make room, as an agent serves containers
 * for months. */
struct {
    __uint(type, MAP_LRU_HASH);
    __uint(max_entries, 4096);
    __type(key, __u64);
    __type(value, __u32);
} filters SEC(".maps");

/* Tasks (ids in our PID namespace) whose newest filter is to be learnt at their next call. */
struct {
    __uint(type, MAP_LRU_HASH);
    __uint(max_entries, 1024);
    __type(key, __u32);
    __type(value, __u32);
} learn SEC(".maps");

/* The call a task is in, as it began: rt_sigreturn leaves no number in the registers it returns with, and an
 * exec leaves that of the new program's execve, in the new program's ABI (arch/x86/kernel/process_64.c). */
struct begun {
    __u64 ns;
    __s32 number;
    __u32 compat;
};

struct {
    __uint(type, MAP_TASK_STORAGE);
    __uint(map_flags, NO_PREALLOC);
    __type(key, int);
    __type(value, struct begun);
} begun SEC(".maps");

/* The signal that ends a task: see `generate`. */
struct fate {
    __u64 signal;
    char info[EXITS_SIGINFO];
};

struct {
    __uint(type, MAP_TASK_STORAGE);
    __uint(map_flags, NO_PREALLOC);
    __type(key, int);
    __type(value, struct fate);
} fates SEC(".maps");

struct {
    __uint(type, MAP_RINGBUF);
    __uint(max_entries, EXITS_RING);
} records SEC(".maps");

/* What is being captured. */
struct walk {
    __u64 array; /* of iovecs, or of mmsghdrs */
    __u64 count; /* its elements */
    __u64 left;  /* bytes the call has moved that no iovec was counted for yet */
    __u32 most;  /* bytes of each buffer */
};

struct scratch {
    __u32 used;   /* bytes of data */
    __u32 compat; /* the task's ABI has 32-bit words */
    __u64 args[8];
    struct walk walk;
    struct exits_record record;
    char data[EXITS_DATA_MAX + EXITS_PIECE_MAX + sizeof(struct exits_capture)];
};

/* One per CPU. Programs on these tracepoints run with preemption off (include/trace/bpf_probe.h). */
struct {
    __uint(type, MAP_ARRAY);
    __uint(max_entries, 1); /* set to the number of CPUs before loading */
    __type(key, __u32);
    __type(value, struct scratch);
} scratches SEC(".maps");

struct {
    __uint(type, MAP_ARRAY);
    __uint(map_flags, MMAPABLE); /* the supervisor writes into it */
    __uint(max_entries, EXITS_ABIS *EXITS_CALLS);
    __type(key, __u32);
    __type(value, struct exits_plan);
} plans SEC(".maps");

const volatile __u32 namespace_inode = 0; /* our PID namespace */
const volatile __u32 with_signals = 0;
const volatile __u32 with_stacks = 0; /* of those that a signal comes to */
__u32 learning = 0;                   /* entries in `learn` */
__u64 lost = 0;
struct exits_loss losses[EXITS_LOSSES] = {{0}}; /* the last ones */

/*
 * Loading the programs is most of a start. Functions that are not static are looked at by the verifier once,
 * not from each of their callers; before Linux 6.8 they take no kernel pointers, but numbers, as
 * BPF_CORE_READ gives them. And it searches all of the kernel's types for each direct access through a task:
 * only the access that tells tasks without a filter apart, in every call on the machine, is one.
 */
#define ONCE __attribute__((noinline))

/* The number in our PID namespace of a struct pid; 0 if it is not visible there. */
ONCE exits_u32 visible_id(__u64 of)
{
    struct pid *pid = (struct pid *)of;
    unsigned int level = BPF_CORE_READ(pid, level);
    for (unsigned int i = 0; i < 8 && i <= level; i++) {
        struct upid upid;
        bpf_probe_read_kernel(&upid, bpf_core_type_size(struct upid),
                              (char *)pid + bpf_core_field_offset(pid->numbers) +
                                  (unsigned long)i * bpf_core_type_size(struct upid));
        if (BPF_CORE_READ(upid.ns, ns.inum) == namespace_inode) {
            return (__u32)upid.nr;
        }
    }
    return 0;
}

/* Whether one of the filters, from the newest on, is ours. */
ONCE int is_ours(__u64 newest)
{
    struct seccomp_filter *filter = (struct seccomp_filter *)newest;
    for (int i = 0; i < CHAIN_MAX && filter; i++) {
        __u64 key = (__u64)filter;
        if (bpf_map_lookup_elem(&filters, &key)) {
            return 1;
        }
        filter = BPF_CORE_READ(filter, prev);
    }
    return 0;
}

ONCE int learn_filter(__u64 pid, __u64 filter)
{
    __u32 id = visible_id(pid);
    if (bpf_map_lookup_elem(&learn, &id)) {
        __u32 one = 1;
        bpf_map_update_elem(&filters, &filter, &one, BPF_ANY_);
        bpf_map_delete_elem(&learn, &id);
        __sync_fetch_and_add(&learning, -1);
    }
    return 0;
}

/* The plan of the call in hand, or NULL if nobody wants its result. */
static struct exits_plan *plan_of(__u32 compat, long number)
{
    __u32 index = (__u32)number & ~X32_BIT;
    __u32 abi = compat ? 1 : number & X32_BIT ? 2 : 0;
    if (index >= EXITS_CALLS) {
        return 0;
    }
    index += abi * EXITS_CALLS;
    struct exits_plan *plan = bpf_map_lookup_elem(&plans, &index);
    return plan && plan->wanted ? plan : 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(enter, struct pt_regs *regs, long number)
{
    struct task_struct *task = bpf_get_current_task_btf();
    if (!task->seccomp.filter) {
        return 0;
    }
    __u64 filter = (__u64)BPF_CORE_READ(task, seccomp.filter);
    __u32 compat = BPF_CORE_READ(task, thread_info.status) & TS_COMPAT;
    if (learning) {
        learn_filter((__u64)BPF_CORE_READ(task, thread_pid), filter);
    }
    if (!plan_of(compat, number) || !is_ours(filter)) {
        return 0;
    }
    struct begun *begin = bpf_task_storage_get(&begun, task, 0, STORAGE_CREATE);
    if (begin) {
        begin->number = (__s32)number;
        begin->compat = compat;
        begin->ns = bpf_ktime_get_ns(); /* last, as the time counts from here */
    }
    return 0;
}

static void set_arguments(struct scratch *scratch, const struct pt_regs *regs)
{
    if (scratch->compat) {
        scratch->args[0] = (__u32)regs->bx;
        scratch->args[1] = (__u32)regs->cx;
        scratch->args[2] = (__u32)regs->dx;
        scratch->args[3] = (__u32)regs->si;
        scratch->args[4] = (__u32)regs->di;
        scratch->args[5] = (__u32)regs->bp;
    } else {
        scratch->args[0] = regs->di;
        scratch->args[1] = regs->si;
        scratch->args[2] = regs->dx;
        scratch->args[3] = regs->r10;
        scratch->args[4] = regs->r8;
        scratch->args[5] = regs->r9;
    }
}

/* Appends `size` bytes at addr to the record. */
ONCE int capture(struct scratch *scratch, __u64 addr, __u32 size)
{
    if (!scratch || size == 0 || addr == 0 || scratch->used > EXITS_DATA_MAX) {
        return 0;
    }
    __u32 used = scratch->used;
    if (size > EXITS_PIECE_MAX) {
        size = EXITS_PIECE_MAX;
    }
    struct exits_capture *head = (struct exits_capture *)(scratch->data + used);
    if (bpf_probe_read_user(head + 1, size, (const void *)addr)) {
        __u32 left = 4096 - (addr & 4095); /* what is asked for may end beyond what is mapped */
        if (left >= size || bpf_probe_read_user(head + 1, left, (const void *)addr)) {
            return 0;
        }
        size = left;
    }
    head->addr = addr;
    head->size = size;
    head->reserved = 0;
    scratch->record.captures++;
    scratch->used = used + sizeof(*head) + ((size + 7) & ~7U);
    return 0;
}

static __u32 smaller(__u64 a, __u32 b)
{
    return a < b ? (__u32)a : b;
}

/* Two words of the task's ABI. */
static void read_words(const struct scratch *scratch, __u64 addr, __u64 *words)
{
    __u32 narrow[2] = {0, 0};
    if (!scratch->compat) {
        bpf_probe_read_user(words, 2 * sizeof(*words), (const void *)addr);
        return;
    }
    bpf_probe_read_user(narrow, sizeof(narrow), (const void *)addr);
    words[0] = narrow[0];
    words[1] = narrow[1];
}

static long walk_iovec(__u64 i, struct scratch **context)
{
    struct scratch *scratch = *context;
    struct walk *walk = &scratch->walk;
    __u64 element[2] = {0, 0};
    if (walk->left == 0) {
        return 1;
    }
    read_words(scratch, walk->array + i * (scratch->compat ? 8 : 16), element);
    __u64 length = element[1] < walk->left ? element[1] : walk->left;
    walk->left -= length;
    capture(scratch, element[0], smaller(length, walk->most));
    return 0;
}

/* The iovec array scratch->walk and, as far as the bytes moved go, what its elements point to. */
ONCE int capture_iovec(struct scratch *scratch)
{
    if (!scratch) {
        return 0;
    }
    __u32 n = smaller(scratch->walk.count, IOVECS_MAX);
    capture(scratch, scratch->walk.array, n * (scratch->compat ? 8 : 16));
    bpf_loop(n, walk_iovec, &scratch, 0);
    return 0;
}

/*
 * A msghdr with its name, iovec and control data (include/linux/socket.h, struct user_msghdr and
 * compat_msghdr: seven words, in pairs here), of which scratch->walk.left bytes were moved.
 */
ONCE int capture_msghdr(struct scratch *scratch, __u64 addr)
{
    __u64 name[2] = {0, 0};
    __u64 iov[2] = {0, 0};
    __u64 control[2] = {0, 0};

    if (!scratch) {
        return 0;
    }
    __u32 pair = scratch->compat ? 8 : 16;
    read_words(scratch, addr, name);
    read_words(scratch, addr + pair, iov);
    read_words(scratch, addr + 2 * (__u64)pair, control);
    capture(scratch, addr, pair * 3 + pair / 2);
    capture(scratch, name[0], smaller((__u32)name[1], 128));
    capture(scratch, control[0], smaller(control[1], 4096));
    scratch->walk.array = iov[0];
    scratch->walk.count = iov[1];
    return capture_iovec(scratch);
}

enum extent {
    EXTENT_NONE,
    EXTENT_FIXED,
    EXTENT_ARG,
    EXTENT_RESULT,
    EXTENT_LENGTH,
    EXTENT_STRING,
    EXTENT_IOVEC,
    EXTENT_MSGHDR,
    EXTENT_MMSGHDR,
    EXTENT_MSGBUF,
};

struct messages {
    struct scratch *scratch;
    __u64 array;
};

/* A mmsghdr: a msghdr, and how many bytes were moved. */
static long walk_mmsghdr(__u64 i, struct messages *messages)
{
    struct scratch *scratch = messages->scratch;
    __u32 header = scratch->compat ? 28 : 56;
    __u64 at = messages->array + i * (header == 28 ? 32 : 64);
    __u32 moved = 0;
    bpf_probe_read_user(&moved, sizeof(moved), (const void *)(at + header));
    capture(scratch, at + header, sizeof(moved));
    scratch->walk.left = moved;
    capture_msghdr(scratch, at);
    return 0;
}

static __u32 limited(__u64 count, __u32 unit, __u32 most)
{
    return count > most ? most : smaller(count * unit, most);
}

/* How many bytes at the pointer itself, where that is one number. */
static __u32 size_of(const struct exits_piece *piece, __u64 length, __u64 moved)
{
    switch (piece->extent) {
    case EXTENT_FIXED:
        return piece->unit;
    case EXTENT_ARG:
        return limited(length, piece->unit, piece->most);
    case EXTENT_RESULT:
        return limited(moved, piece->unit, piece->most);
    case EXTENT_MSGBUF:
        return limited(moved + 8, 1, piece->most); /* the type before the text is a long */
    case EXTENT_STRING:
        return piece->most;
    default:
        return 0;
    }
}

/* What a pointer points to that lies in the piece at addr. */
ONCE int capture_inner(struct scratch *scratch, const struct exits_piece *piece, __u64 addr)
{
    __u64 pointer = 0;
    if (!scratch || !piece) {
        return 0;
    }
    __u64 moved = scratch->record.result < 0 ? 0 : (__u64)scratch->record.result;
    bpf_probe_read_user(&pointer, sizeof(pointer), (const void *)(addr + piece->inner - 1));
    return capture(scratch, pointer, piece->inner_size ? piece->inner_size : smaller(moved, piece->most));
}

ONCE int capture_piece(struct scratch *scratch, const struct exits_piece *piece)
{
    if (!scratch || !piece) {
        return 0;
    }
    __u64 addr = scratch->args[piece->arg & 7];
    __u64 length = scratch->args[piece->length_arg & 7];
    __u64 moved = scratch->record.result < 0 ? 0 : (__u64)scratch->record.result;
    struct messages messages = {.scratch = scratch, .array = addr};
    __u32 size = 0;

    scratch->walk.array = addr;
    scratch->walk.count = length;
    scratch->walk.left = moved;
    scratch->walk.most = piece->most;
    switch (piece->extent) {
    case EXTENT_LENGTH:
        bpf_probe_read_user(&size, sizeof(size), (const void *)length);
        capture(scratch, length, sizeof(size));
        return capture(scratch, addr, smaller(size, piece->most));
    case EXTENT_IOVEC:
        return capture_iovec(scratch);
    case EXTENT_MSGHDR:
        return capture_msghdr(scratch, addr);
    case EXTENT_MMSGHDR:
        bpf_loop(smaller(moved, MESSAGES_MAX), walk_mmsghdr, &messages, 0);
        return 0;
    default:
        capture(scratch, addr, size_of(piece, length, moved));
        return piece->inner ? capture_inner(scratch, piece, addr) : 0;
    }
}

struct work {
    struct scratch *scratch;
    struct exits_plan *plan;
};

static long walk_pieces(__u64 i, struct work *work)
{
    if (i >= EXITS_PIECES) {
        return 1;
    }
    const struct exits_piece *piece = &work->plan->piece[i];
    if (work->scratch->record.result >= 0 || piece->on_failure) {
        capture_piece(work->scratch, piece);
    }
    return 0;
}

static void send(struct scratch *scratch)
{
    __u64 size = sizeof(scratch->record) + (__u64)scratch->used;
    if (size > sizeof(scratch->record) + sizeof(scratch->data)) {
        size = sizeof(scratch->record) + sizeof(scratch->data);
    }
    if (bpf_ringbuf_output(&records, &scratch->record, size, NO_WAKEUP)) {
        __u64 count = __sync_fetch_and_add(&lost, 1);
        struct exits_loss *loss = &losses[count % EXITS_LOSSES];
        loss->tid = scratch->record.type == EXITS_RESULT ? scratch->record.tid : 0;
        loss->end_ns = scratch->record.end_ns;
    }
}

/*
 * A signal that ends a process for certain is made SIGKILL of each of its threads at once (kernel/signal.c,
 * complete_signal); what it was is in the exit code. Gives that, or 0.
 */
static int deadly_signal(const struct task_struct *task)
{
    int signal = BPF_CORE_READ(task, signal, group_exit_code) & 0x7f;
    return signal == KILL ? 0 : signal;
}

/*
 * A task that is being killed gets no results any more. A tracer sees the last result of the one that another
 * signal than SIGKILL came to: before it is delivered. That is the leader, whom signals look for first.
 */
static int is_killed(const struct task_struct *task)
{
    return (BPF_CORE_READ(task, pending.signal.sig[0]) >> (KILL - 1) & 1) &&
           (!deadly_signal(task) || BPF_CORE_READ(task, group_leader) != task);
}

/* clone, fork, vfork, clone3: those that return in a new task as well. */
static int makes_task(__u32 compat, long number)
{
    __u32 n = (__u32)number & ~X32_BIT;
    return n == 435 || (compat ? n == 120 || n == 2 || n == 190 : n == 56 || n == 57 || n == 58);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(leave, struct pt_regs *regs, long result)
{
    struct task_struct *task = bpf_get_current_task_btf();
    if (!task->seccomp.filter) {
        return 0;
    }
    __u64 now = bpf_ktime_get_ns(); /* before our own work */
    __u64 filter = (__u64)BPF_CORE_READ(task, seccomp.filter);
    __u32 compat = BPF_CORE_READ(task, thread_info.status) & TS_COMPAT;
    long number = (long)regs->orig_ax;
    struct begun *begin = bpf_task_storage_get(&begun, task, 0, 0);
    __u64 begin_ns = begin ? begin->ns : 0;
    /* A call that was answered has no begin either; a fork's return in the child and the return of a
     * sigreturn that was not notified (whose number is -1) are no results. */
    if (begin && begin_ns) {
        number = begin->number;
        compat = begin->compat;
        begin->ns = 0;
    } else if (number < 0) {
        return 0;
    } else if (!begin) {
        barrier(); /* or the compiler makes one test of both, with arithmetic on a pointer */
        if (result == 0 && makes_task(compat, number)) {
            return 0;
        }
    }
    struct exits_plan *plan = plan_of(compat, number);
    if (!plan || !is_ours(filter) || is_killed(task)) {
        return 0;
    }
    __u32 cpu = bpf_get_smp_processor_id();
    struct scratch *scratch = bpf_map_lookup_elem(&scratches, &cpu);
    if (!scratch) {
        __sync_fetch_and_add(&lost, 1);
        return 0;
    }
    struct exits_record *record = &scratch->record;
    record->type = EXITS_RESULT;
    record->tid = visible_id((__u64)BPF_CORE_READ(task, thread_pid));
    record->pid = visible_id((__u64)BPF_CORE_READ(task, group_leader, thread_pid));
    record->number = (exits_s32)number;
    /* Errors of 32-bit calls are negative, which the register they come back in is not after a sigreturn. */
    record->result = compat && (__u32)result > (__u32)-4096 ? (__s32)result : result;
    record->end_ns = now;
    record->begin_ns = begin_ns ? begin_ns : now;
    record->captures = 0;
    record->reserved = 0;

    scratch->used = 0;
    scratch->compat = compat;
    if (plan->pieces) {
        struct work work = {.scratch = scratch, .plan = plan};
        set_arguments(scratch, regs);
        bpf_loop(plan->pieces, walk_pieces, &work, 0);
    }
    send(scratch);
    return 0;
}

static long walk_stack(__u64 i, struct scratch **context)
{
    __u32 before = (*context)->used;
    capture(*context, (*context)->args[0] + i * PAGE, PAGE);
    return (*context)->used == before; /* it ends there */
}

/* The stack from here on, page by page. */
ONCE int capture_stack(struct scratch *scratch, __u64 from)
{
    if (!scratch) {
        return 0;
    }
    scratch->args[0] = from & ~(__u64)(PAGE - 1);
    bpf_loop(STACK_PAGES, walk_stack, &scratch, 0);
    return 0;
}

/* The start of a siginfo. */
struct info_head {
    int signo, error, code, reserved, pid;
    __u32 uid;
};

/* What is behind a signal, in EXITS_SIGINFO bytes. `info` may be a small number in place of an address, for
 * one that the kernel fills in where the signal is queued (kernel/signal.c, __send_signal_locked): it was
 * sent by the current task (SEND_SIG_NOINFO) or by the kernel itself (SEND_SIG_PRIV). */
static void signal_info(void *to, int signal, __u64 info)
{
    struct task_struct *sender = bpf_get_current_task_btf();
    struct info_head head = {.signo = signal, .code = SENT_BY_KERNEL};
    __builtin_memset(to, 0, EXITS_SIGINFO);
    if (info > 1) {
        bpf_probe_read_kernel(to, EXITS_SIGINFO, (const void *)info);
        return;
    }
    if (info == 0) {
        head.code = SENT_BY_USER;
        head.pid = (int)visible_id((__u64)BPF_CORE_READ(sender, group_leader, thread_pid));
        head.uid = (__u32)bpf_get_current_uid_gid();
    }
    __builtin_memcpy(to, &head, sizeof(head));
}

/* Starts the record of a signal; the caller fills in its siginfo and sends it. */
static struct scratch *signal_record(struct task_struct *task, int signal)
{
    __u32 cpu = bpf_get_smp_processor_id();
    struct scratch *scratch = bpf_map_lookup_elem(&scratches, &cpu);
    if (!scratch) {
        return 0;
    }
    struct exits_record *record = &scratch->record;
    struct exits_capture *head = (struct exits_capture *)scratch->data;
    record->type = EXITS_SIGNAL;
    record->tid = visible_id((__u64)BPF_CORE_READ(task, thread_pid));
    record->pid = visible_id((__u64)BPF_CORE_READ(task, group_leader, thread_pid));
    record->number = signal;
    record->result = 0;
    record->begin_ns = record->end_ns = bpf_ktime_get_ns();
    record->captures = 1;
    head->addr = EXITS_AT_SIGINFO;
    head->size = EXITS_SIGINFO;
    scratch->used = sizeof(*head) + EXITS_SIGINFO;
    return scratch;
}

/* Adds the registers and the stack, where they are wanted, and sends the record. */
static void send_signal(struct scratch *scratch, struct task_struct *task)
{
    struct exits_capture *head =
        (struct exits_capture *)(scratch->data + sizeof(struct exits_capture) + EXITS_SIGINFO);
    if (with_stacks && task == bpf_get_current_task_btf()) { /* else its memory is not at hand */
        const struct pt_regs *regs = (const struct pt_regs *)bpf_task_pt_regs(task);
        __u64 stack = 0;
        head->addr = EXITS_AT_REGISTERS;
        head->size = EXITS_REGISTERS;
        bpf_probe_read_kernel(head + 1, EXITS_REGISTERS, regs);
        bpf_probe_read_kernel(&stack, sizeof(stack), &regs->sp);
        scratch->record.captures++;
        scratch->used += sizeof(*head) + EXITS_REGISTERS;
        capture_stack(scratch, stack);
    }
    send(scratch);
}

/* A tracepoint's argument as a number: the verifier takes none of them for NULL, and tests for it away. */
static __u64 second_argument(const unsigned long long *context)
{
    __u64 argument = 0;
    bpf_probe_read_kernel(&argument, sizeof(argument), context + 1);
    return argument;
}

static void record_signal(struct task_struct *task, int signal, __u64 info)
{
    struct scratch *scratch = signal_record(task, signal);
    if (scratch) {
        signal_info(scratch->data + sizeof(struct exits_capture), signal, info);
        send_signal(scratch, task);
    }
}

/*
 * In place of a deadly signal SIGKILL is delivered: what it was is kept where it was sent, and told here,
 * behind the call in which it came. A tracer is not told of SIGKILL itself (ptrace(2)): the end of the task
 * tells.
 */
SEC("tp_btf/signal_deliver")
int BPF_PROG(deliver, int signal, void *info, void *action)
{
    struct task_struct *task = bpf_get_current_task_btf();
    if (!with_signals || !is_ours((__u64)BPF_CORE_READ(task, seccomp.filter))) {
        return 0;
    }
    if (signal != KILL) {
        record_signal(task, signal, second_argument(ctx));
        return 0;
    }
    struct fate *fate = bpf_task_storage_get(&fates, task, 0, 0);
    struct scratch *scratch = fate ? signal_record(task, (int)fate->signal) : 0;
    if (scratch && fate) {
        __builtin_memcpy(scratch->data + sizeof(struct exits_capture), fate->info, EXITS_SIGINFO);
        send_signal(scratch, task);
    }
    return 0;
}

static void keep_fate(struct task_struct *task, int signal, __u64 info)
{
    struct fate *fate = bpf_task_storage_get(&fates, task, 0, STORAGE_CREATE);
    if (fate) {
        signal_info(fate->info, signal, info);
        fate->signal = (__u64)signal;
    }
}

/* A signal that its task ignores is never delivered; a tracer would see it (kernel/signal.c, sig_ignored). */
SEC("tp_btf/signal_generate")
int BPF_PROG(generate, int signal, void *info, struct task_struct *task, int group, int result)
{
    if (!with_signals || !is_ours((__u64)BPF_CORE_READ(task, seccomp.filter))) {
        return 0;
    }
    if (result == SIGNAL_IGNORED) {
        record_signal(task, signal, second_argument(ctx));
    } else if (result == SIGNAL_DELIVERED && deadly_signal(task) == signal) {
        keep_fate(task, signal, second_argument(ctx));
    }
    return 0;
}
