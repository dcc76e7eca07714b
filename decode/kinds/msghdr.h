/* struct msghdr and struct mmsghdr: sendmsg, recvmsg, sendmmsg, recvmmsg. */
#ifndef PROCTOR_DECODE_KINDS_MSGHDR_H
#define PROCTOR_DECODE_KINDS_MSGHDR_H

#include "decode/decoder.h"

/* Where the buffers of a message are, and how many bytes of them the call has moved. */
struct message_buffers {
    uint64_t vector; /* address of an array of iovecs */
    uint64_t count;  /* its elements */
    uint64_t moved;  /* msg_len of a struct mmsghdr; 0 for a struct msghdr, which does not hold it */
};

/* Reads the struct msghdr at addr, or element `index` of the mmsghdr array there. False: it can't be read. */
bool decode_message_buffers(struct decoder *d, uint64_t addr, struct message_buffers *buffers);
bool decode_messages_buffers(struct decoder *d, uint64_t addr, uint64_t index,
                             struct message_buffers *buffers);

extern const struct kind kind_msghdr_in;   /* read by the call */
extern const struct kind kind_msghdr_out;  /* filled by the call: lengths at entry, contents at exit */
extern const struct kind kind_mmsghdr_in;  /* an array; its length is the next argument */
extern const struct kind kind_mmsghdr_out; /* the same, filled as far as the result says */
extern const struct kind kind_recvmmsg_timeout, kind_recvmmsg_timeout64;
extern const struct kind kind_recvmmsg_result, kind_recvmmsg_result64; /* 0 (Timeout), 2 (left {...}) */

#endif
