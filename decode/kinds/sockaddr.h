/* Socket addresses of every family, and the lengths that go with them. */
#ifndef PROCTOR_DECODE_KINDS_SOCKADDR_H
#define PROCTOR_DECODE_KINDS_SOCKADDR_H

#include "decode/decoder.h"

enum { SOCKADDR_MAX = 128 }; /* sizeof(struct sockaddr_storage): the kernel takes no more */

extern const struct kind kind_sockaddr;      /* read by the call; its length is the next argument */
extern const struct kind kind_sockaddr_out;  /* filled by the call; the third argument points to its length */
extern const struct kind kind_sockaddr_from; /* the same for the sixth: recvfrom */
extern const struct kind kind_socklen_inout; /* that pointer: [128 => 16]; the address is the one before it */
extern const struct kind kind_optlen_inout;  /* the same, shown even where the buffer is NULL */

/*
 * Appends the socket address of `length` bytes at addr. Returns its family, or -1 where it was not read: then
 * the bare address is shown.
 */
int decode_sockaddr(struct decoder *d, const char *name, uint64_t addr, int64_t length);

/* The same for bytes already read; length at least 2. */
void decode_sockaddr_bytes(struct decoder *d, const char *name, const uint8_t *bytes, size_t length);

/* How many bytes the kernel wrote into a buffer whose length argument `arg` points to. False: not known. */
bool decode_length_written(const struct decoder *d, unsigned arg, int32_t *length);

#endif
