/* The live target: its memory and what /proc says of it. */
#ifndef PROCTOR_SUPERVISOR_TARGET_H
#define PROCTOR_SUPERVISOR_TARGET_H

#include <sys/types.h>

#include "decode/mem.h"

/* A struct mem that reads the memory of one task. */
struct target_mem {
    struct mem mem;
    pid_t tid;
    bool refused; /* a read was refused by permission since target_mem_init */
};

/* process_vm_readv(2): needs ptrace access to the task. */
void target_mem_init(struct target_mem *t, pid_t tid);

/*
 * Reads /proc/TID/FILE whole into buf (NUL-terminated, cut to n-1 bytes). Returns its length or a negative
 * errno. What it returns may be another task's once the first is gone: the caller checks the notification's
 * id.
 */
ssize_t target_proc_read(pid_t tid, const char *file, char *buf, size_t n);

/*
 * The stack pointer of a task that is held in a call (/proc/TID/syscall: proc(5); needs ptrace access). 0:
 * not known.
 */
uint64_t target_stack(pid_t tid);

/* Reads the link /proc/TID/FILE (exe, cwd, fd/3). Returns its length (NUL-terminated in buf) or a negative
 * errno. */
ssize_t target_proc_link(pid_t tid, const char *file, char *buf, size_t n);

#endif
