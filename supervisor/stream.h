/*
 * An output stream: buffered, never losing a line without saying so, never failing the target.
 */
#ifndef PROCTOR_SUPERVISOR_STREAM_H
#define PROCTOR_SUPERVISOR_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "decode/base/buf.h"
#include "decode/base/error.h"

enum overflow {
    OVERFLOW_BLOCK, /* a slow reader holds the target back */
    OVERFLOW_DROP,  /* lines that a slow reader does not take are dropped and counted */
};

struct stream {
    int fd;
    bool owned;     /* close fd in stream_close */
    bool immediate; /* a terminal: written after each line */
    bool broken;    /* a write failed for good (EPIPE): what comes is counted, not kept */
    int reported;   /* errno of the failure already reported */
    enum overflow overflow;
    uint64_t dropped; /* lines lost so far */
    char name[64];    /* for messages */
    struct buf buf;   /* whole lines not written yet; callers render into it, then stream_commit */
};

/*
 * After another process stopped writing to the same descriptor at any moment: what comes next begins a line.
 * midline: whether the last line that it wrote was left open, for what can't be read back. cut: the open line
 * is taken away, not ended, where that can be.
 */
void stream_mend(struct stream *stream, bool midline, bool cut);

/* Takes a descriptor (stderr, a file, a pipe). owned: stream_close closes it. */
void stream_init(struct stream *stream, int fd, bool owned, const char *name, enum overflow overflow);

/* Opens a file for writing (append: -A). Returns 0 or a negative errno with err filled. */
int stream_open(struct stream *stream, const char *path, bool append, enum overflow overflow,
                struct error *err);

/* Called after whole lines were appended to stream->buf: writes when there is enough, or at once on a
 * terminal. */
void stream_commit(struct stream *stream);

/* Writes all that is buffered. What a full disk or a closed pipe refuses is reported on standard error, once.
 */
void stream_flush(struct stream *stream);

/* Flushes to the last byte, and reports what was dropped. */
void stream_finish(struct stream *stream);

/* Closes. What is still buffered is gone. */
void stream_close(struct stream *stream);

#endif
