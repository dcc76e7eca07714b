/* fcntl and fcntl64: what the third argument and the result are depends on the command. */
#ifndef PROCTOR_DECODE_KINDS_FCNTL_H
#define PROCTOR_DECODE_KINDS_FCNTL_H

#include "decode/decoder.h"

extern const struct kind kind_fcntl_command;
extern const struct kind kind_fcntl_arg;    /* none where the command takes none */
extern const struct kind kind_fcntl64_arg;  /* knows the F_GETLK64 family besides */
extern const struct kind kind_fcntl_result; /* 0x8002 (flags O_RDWR|O_LARGEFILE) */

#endif
