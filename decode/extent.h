/* What kinds say and the BPF program carries out: this header is read by both. */
#ifndef PROCTOR_DECODE_EXTENT_H
#define PROCTOR_DECODE_EXTENT_H

/* How many bytes behind the pointer a capture at exit must hold for the kind's decode to work. */
enum extent {
    EXTENT_NONE,
    EXTENT_FIXED,   /* size bytes */
    EXTENT_ARG,     /* size * args[extent_arg] */
    EXTENT_RESULT,  /* size * result */
    EXTENT_LENGTH,  /* the 32-bit length that args[extent_arg] points to */
    EXTENT_STRING,  /* up to its NUL, at most size */
    EXTENT_IOVEC,   /* an iovec array of args[extent_arg] elements, and the buffers, as far as the result goes
                     */
    EXTENT_MSGHDR,  /* a msghdr: name, iovec, control */
    EXTENT_MMSGHDR, /* args[extent_arg] mmsghdr elements */
    EXTENT_MSGBUF,  /* a long, and as many bytes as the result says: msgrcv */
    EXTENT_BPF,     /* args[extent_arg] bytes: bpf(2)'s, and what the command fills in behind them */
    EXTENT_REQUEST, /* ioctl's: as many bytes as the request has in its number, or size, and what is behind */
};

#endif
