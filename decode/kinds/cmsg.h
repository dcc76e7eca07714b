/* Control messages: what travels beside the data of a socket message. */
#ifndef PROCTOR_DECODE_KINDS_CMSG_H
#define PROCTOR_DECODE_KINDS_CMSG_H

#include "decode/decoder.h"

/* Appends [{cmsg_len=20, cmsg_level=SOL_SOCKET, ...}], the control buffer of `length` bytes at addr. */
void decode_control(struct decoder *d, const char *name, uint64_t addr, uint64_t length);

#endif
