/*
 * The registers of a task that is not stopped by a tracer, by a BPF iterator. Needs CAP_BPF and CAP_PERFMON
 * (or root) to open, and Linux 6.1.
 */
#ifndef PROCTOR_SUPERVISOR_REGISTERS_BPF_H
#define PROCTOR_SUPERVISOR_REGISTERS_BPF_H

#include <stdbool.h>
#include <sys/types.h>

#include "supervisor/unwind/registers.h"

struct registers_bpf_source;

/* NULL: not allowed, not known to this kernel, or built without (make BPF=0). */
struct registers_bpf_source *registers_bpf_open(void);
void registers_bpf_close(struct registers_bpf_source *source);

/* Those with which task `tid` entered the kernel. Any thread may ask. False: it is gone, or it was refused.
 */
bool registers_bpf_read(const struct registers_bpf_source *source, pid_t tid, struct registers *registers);

#endif
