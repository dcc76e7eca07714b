/*
 * Kinds of the descriptor family that fit nowhere else: offsets, flags of the calls that make descriptors,
 * splicing, advice. See also iovec.h, fcntl.h, ioctl.h, poll.h, aio.h and uring.h.
 */
#ifndef PROCTOR_DECODE_KINDS_DESC_H
#define PROCTOR_DECODE_KINDS_DESC_H

#include "decode/decoder.h"

/* Appends the descriptor `fd` as a member or element called name. */
void decode_fd_number(struct decoder *d, const char *name, int fd);

extern const struct xlat xlat_whence;
extern const struct xlat xlat_rwf_flags;

extern const struct kind kind_loff;          /* a 64-bit offset or length, signed */
extern const struct kind kind_loff_in;       /* [9], behind a pointer */
extern const struct kind kind_offset_change; /* [0] => [128]: where sendfile has got to; a long */
extern const struct kind kind_offset_change64;
extern const struct kind kind_llseek_offset; /* its high half in the second register, its low in the third */
extern const struct kind kind_llseek_result; /* [512]: a 64-bit offset that the call stores */

extern const struct kind kind_fd_pair_out; /* [3, 4] */
extern const struct kind kind_random_out;  /* data shown as \x.. throughout */

extern const struct kind kind_whence;
extern const struct kind kind_dup_flags; /* O_CLOEXEC and its like, without an access mode */
extern const struct kind kind_eventfd_flags;
extern const struct kind kind_signalfd_flags;
extern const struct kind kind_timerfd_flags;
extern const struct kind kind_userfaultfd_flags;
extern const struct kind kind_memfd_flags;
extern const struct kind kind_memfd_secret_flags;
extern const struct kind kind_close_range_flags;
extern const struct kind kind_random_flags;
extern const struct kind kind_splice_flags;
extern const struct kind kind_fallocate_mode;
extern const struct kind kind_fadvice;
extern const struct kind kind_sync_range_flags;
extern const struct kind kind_flock_operation;
extern const struct kind kind_cachestat_range;
extern const struct kind kind_cachestat_out;

/* preadv2 has its flags in the sixth register, but in the fifth on x32, whose offset takes one. */
extern const struct kind kind_rwf_flags;
extern const struct kind kind_rwf_flags_x32;

#endif
