// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * What every BPF program begins with: the kernel's names of integers, libbpf's headers, which expect these
 * names, and two attributes.
 */
#ifndef PROCTOR_SUPERVISOR_BPF_TYPES_H
#define PROCTOR_SUPERVISOR_BPF_TYPES_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u64 __be64;
typedef __u32 __wsum;

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

/* Of a structure of the kernel: its accesses are relocated when the program is loaded. */
#define CORE __attribute__((preserve_access_index))

/*
 * Loading the programs is most of a start. Functions that are not static are looked at by the verifier once,
 * not from each of their callers; before Linux 6.8 they take no kernel pointers, but numbers, as
 * BPF_CORE_READ gives them. And it searches all of the kernel's types for each direct access through a task:
 * only the access that tells tasks without a filter apart, in every call on the machine, is one.
 */
#define ONCE __attribute__((noinline))

#endif
