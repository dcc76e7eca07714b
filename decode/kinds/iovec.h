/* Scatter-gather arrays: readv, writev, vmsplice, and the buffers of msghdr. */
#ifndef PROCTOR_DECODE_KINDS_IOVEC_H
#define PROCTOR_DECODE_KINDS_IOVEC_H

#include "decode/decoder.h"

enum iovec_show { IOVEC_DATA, IOVEC_ADDRESSES };

/*
 * Appends [{iov_base="...", iov_len=3}, ...], the `count` iovecs at addr in the layout of d->abi. With
 * IOVEC_DATA at most `limit` bytes of all buffers together are taken as data (what a call has read);
 * UINT64_MAX: every buffer is full.
 */
void decode_iovec(struct decoder *d, const char *name, uint64_t addr, uint64_t count, uint64_t limit,
                  enum iovec_show show);

/* Arguments whose next argument is the number of iovecs. */
extern const struct kind kind_iovec_in;   /* read by the call: shown with the data */
extern const struct kind kind_iovec_addr; /* buffers that are not looked into */
extern const struct kind kind_iovec_out;  /* filled by the call, as many bytes as the result says */

#endif
