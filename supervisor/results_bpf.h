/*
 * The bpf exit source: a program on the kernel's sys_enter and sys_exit tracepoints. Needs CAP_BPF and
 * CAP_PERFMON (or root) and a kernel with BTF; tp_btf and the ring buffer are of Linux 5.8, bpf_loop of 5.17.
 */
#ifndef PROCTOR_SUPERVISOR_RESULTS_BPF_H
#define PROCTOR_SUPERVISOR_RESULTS_BPF_H

#include "decode/base/error.h"
#include "decode/decoder.h"
#include "decode/select.h"
#include "supervisor/results.h"

/*
 * Loads the program. calls: whose results are wanted; options: how much of their memory (-s); stacks: record
 * the stacks of tasks that signals come to. Returns 0, or a
 * negative errno with err saying what is missing: -EPERM privilege, -ENOSYS built without (make BPF=0) or no
 * kernel support.
 */
int results_bpf_open(const struct selection *calls, const struct decode_options *options, bool stacks,
                     struct results **results, struct error *err);

#endif
