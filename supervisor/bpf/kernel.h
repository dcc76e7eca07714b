// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * Structures of the kernel, declared as far as exits.bpf.c uses them, and constants of its that no header for
 * user space has.
 */
#ifndef PROCTOR_SUPERVISOR_BPF_KERNEL_H
#define PROCTOR_SUPERVISOR_BPF_KERNEL_H

#include "supervisor/bpf/types.h"

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
    struct upid numbers[2]; /* and more */
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

/* What bpf_get_ns_current_pid_tgid fills in. */
struct bpf_pidns_info {
    __u32 pid;
    __u32 tgid;
};

enum { BPF_ANY_ = 0, TS_COMPAT = 2, USER32_CS = 0x23, X32_BIT = 0x40000000 };
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
    RESTART = -512,       /* -ERESTARTSYS (include/linux/errno.h) */
    SENT_BY_USER = 0,     /* SI_USER */
    SENT_BY_KERNEL = 0x80 /* SI_KERNEL */
};

#endif
