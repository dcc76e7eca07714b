/* Kinds of the memory family: mapping, protection, advice, NUMA policy. */
#ifndef PROCTOR_DECODE_KINDS_MEMORY_H
#define PROCTOR_DECODE_KINDS_MEMORY_H

#include "decode/decoder.h"

extern const struct kind kind_mmap_prot;   /* PROT_READ|PROT_WRITE, a full word */
extern const struct kind kind_mmap_flags;  /* MAP_PRIVATE|MAP_ANONYMOUS, a full word */
extern const struct kind kind_page_offset; /* in 4096-byte pages, shown in bytes */

/*
 * The arguments of the call named mmap: those of mmap itself, but on i386, whose mmap takes one pointer to
 * the six of them, read from there (Linux: sys_old_mmap; mmap2 is the one with registers).
 */
extern const struct kind kind_mmap_addr_of, kind_mmap_length_of, kind_mmap_prot_of, kind_mmap_flags_of,
    kind_mmap_fd_of, kind_mmap_offset_of;

extern const struct kind kind_mremap_flags;
extern const struct kind kind_mremap_address; /* used with MREMAP_FIXED only */
extern const struct kind kind_madvise_advice;
extern const struct kind kind_mlock_flags, kind_mlockall_flags, kind_msync_flags;
extern const struct kind kind_mincore_out; /* [0, 1]: a byte for each page */
extern const struct kind kind_pkey_rights;
extern const struct kind kind_shadow_stack_flags;

extern const struct kind kind_mempolicy, kind_mempolicy_long; /* MPOL_BIND|MPOL_F_STATIC_NODES */
extern const struct kind kind_mempolicy_out, kind_mempolicy_flags, kind_mbind_flags, kind_move_pages_flags;
extern const struct kind kind_nodemask;      /* [0x00000000000001]; the next argument counts its bits */
extern const struct kind kind_nodemask_arg1; /* the second argument does */
extern const struct kind kind_nodemask_out;
extern const struct kind kind_page_list, kind_node_list, kind_page_status_out; /* of move_pages */

extern const struct kind kind_membarrier_command, kind_membarrier_flags;
extern const struct kind kind_membarrier_cpu;    /* used with MEMBARRIER_CMD_FLAG_CPU only */
extern const struct kind kind_membarrier_result; /* 0x1f (MEMBARRIER_CMD_GLOBAL|...) */

#endif
