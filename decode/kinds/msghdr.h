/* struct msghdr and struct mmsghdr: sendmsg, recvmsg, sendmmsg, recvmmsg. */
#ifndef PROCTOR_DECODE_KINDS_MSGHDR_H
#define PROCTOR_DECODE_KINDS_MSGHDR_H

#include "decode/decoder.h"

extern const struct kind kind_msghdr_in;   /* read by the call */
extern const struct kind kind_msghdr_out;  /* filled by the call: lengths at entry, contents at exit */
extern const struct kind kind_mmsghdr_in;  /* an array; its length is the next argument */
extern const struct kind kind_mmsghdr_out; /* the same, filled as far as the result says */
extern const struct kind kind_recvmmsg_timeout, kind_recvmmsg_timeout64;
extern const struct kind kind_recvmmsg_result, kind_recvmmsg_result64; /* 0 (Timeout), 2 (left {...}) */

#endif
