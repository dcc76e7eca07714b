// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* Tasks: which of them are recorded, by what ids we know them, and what is kept of each. */
#ifndef PROCTOR_SUPERVISOR_BPF_TASK_H
#define PROCTOR_SUPERVISOR_BPF_TASK_H

#include "supervisor/bpf/exits.h"
#include "supervisor/bpf/kernel.h"

enum { CHAIN_MAX = 16 };

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

/*
 * What is kept of a task. Of the call it is in, how it began: rt_sigreturn leaves no number in the registers
 * it returns with, and an exec leaves that of the new program's execve, in the new program's ABI
 * (arch/x86/kernel/process_64.c). And the signal that ends it, see `generate`: a place for that is made in
 * its first call, since one can be refused where an interrupt sends the signal
 * (kernel/bpf/bpf_task_storage.c, bpf_task_storage_trylock).
 */
struct known {
    __u64 begin_ns;
    __s32 number;
    __u16 compat;
    __u16 interrupted; /* some call was, before it began: see `interrupted` */
    __u64 signal;      /* 0: none is known */
    char info[EXITS_SIGINFO];
};

struct {
    __uint(type, MAP_TASK_STORAGE);
    __uint(map_flags, NO_PREALLOC);
    __type(key, int);
    __type(value, struct known);
} known SEC(".maps");

const volatile __u32 namespace_inode = 0; /* our PID namespace */
const volatile __u64 namespace_device = 0;
__u32 learning = 0; /* entries in `learn` */

/*
 * The number in our PID namespace of a struct pid; 0 if it is not visible there. Where its parts are is asked
 * of struct pid alone: the kernel remembers what it has found for a name where names with other hashes don't
 * take its place (kernel/bpf/btf.c, vmlinux_cand_cache), and looks through all of its types for one that it
 * has forgotten. upid's place is seccomp_filter's too.
 */
ONCE exits_u32 visible_id(__u64 of)
{
    struct pid *pid = (struct pid *)of;
    unsigned int level = BPF_CORE_READ(pid, level);
    unsigned long number = bpf_core_field_offset(pid->numbers[0].nr);
    unsigned long space = bpf_core_field_offset(pid->numbers[0].ns);
    unsigned long each = bpf_core_field_offset(pid->numbers[1].nr) - number;
    for (unsigned int i = 0; i < 8 && i <= level; i++) {
        struct pid_namespace *ns = 0;
        bpf_probe_read_kernel(&ns, sizeof(ns), (char *)pid + space + i * each);
        if (BPF_CORE_READ(ns, ns.inum) == namespace_inode) {
            __u32 id = 0;
            bpf_probe_read_kernel(&id, sizeof(id), (char *)pid + number + i * each);
            return id;
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

static void set_task(struct exits_record *record, const struct task_struct *task)
{
    record->tid = visible_id((__u64)BPF_CORE_READ(task, thread_pid));
    record->pid = visible_id((__u64)BPF_CORE_READ(task, group_leader, thread_pid));
}

/* Whose record it is: the current task's. One in our own namespace is quickly told. */
static void set_current(struct exits_record *record, const struct task_struct *task)
{
    struct bpf_pidns_info ids = {0};
    if (bpf_get_ns_current_pid_tgid(namespace_device, namespace_inode, &ids, sizeof(ids)) == 0) {
        record->tid = ids.pid;
        record->pid = ids.tgid;
    } else {
        set_task(record, task);
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

#endif
