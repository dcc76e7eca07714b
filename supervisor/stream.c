#include "supervisor/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    WRITE_AT = 32 << 10, /* bytes worth a write */
    DROP_AT = 1 << 20,   /* bytes kept for a slow reader before lines are dropped */
};

void stream_init(struct stream *stream, int fd, bool owned, const char *name, enum overflow overflow)
{
    *stream = (struct stream){.fd = fd, .owned = owned, .immediate = isatty(fd) == 1, .overflow = overflow};
    snprintf(stream->name, sizeof(stream->name), "%s", name);
}

int stream_open(struct stream *stream, const char *path, bool append, enum overflow overflow,
                struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0666);
    if (fd < 0) {
        return error_errno(err, errno, "-o: can't write '%s'", path);
    }
    stream_init(stream, fd, true, path, overflow);
    return 0;
}

/* How many bytes the last line of a file has, up to `end`, that no newline ends. */
static off_t open_end(int fd, off_t end)
{
    off_t at = end;
    char piece[4096];
    while (at > 0) {
        size_t want = at < (off_t)sizeof(piece) ? (size_t)at : sizeof(piece);
        ssize_t n = pread(fd, piece, want, at - (off_t)want);
        if (n != (ssize_t)want) {
            break;
        }
        const char *newline = memrchr(piece, '\n', want);
        if (newline) {
            return end - at + (piece + want - newline - 1);
        }
        at -= (off_t)want;
    }
    return end - at;
}

void stream_mend(struct stream *stream, bool midline, bool cut)
{
    char path[32];
    struct stat st;
    snprintf(path, sizeof(path), "/proc/self/fd/%d", stream->fd);
    bool file = fstat(stream->fd, &st) == 0 && S_ISREG(st.st_mode);
    int fd = file ? open(path, O_RDONLY | O_CLOEXEC) : -1; /* ours is for writing only */
    if (fd >= 0) {
        off_t left = open_end(fd, st.st_size);
        close(fd);
        midline = left > 0;
        if (left > 0 && cut && stream->owned && ftruncate(stream->fd, st.st_size - left) == 0) {
            (void)lseek(stream->fd, 0, SEEK_END);
            return;
        }
    }
    if (midline) {
        buf_char(&stream->buf, '\n');
    }
}

static uint64_t lines_in(const char *data, size_t n)
{
    uint64_t lines = 0;
    const char *end = data + n;
    while (data < end && (data = memchr(data, '\n', (size_t)(end - data)))) {
        lines++;
        data++;
    }
    return lines;
}

/* Our own words about the stream: on standard error, where the user looks; if that is broken too, nobody
 * does. */
static void complain(struct stream *stream, const char *what, int code)
{
    if (stream->reported != code) {
        dprintf(STDERR_FILENO, "proctor: %s: %s: %s\n", stream->name, what, strerror(code));
        stream->reported = code;
    }
}

static void drop_all(struct stream *stream)
{
    stream->dropped += lines_in(stream->buf.data, stream->buf.len);
    stream->buf.len = 0;
}

/* True if the reader can take more now. */
static bool writable(const struct stream *stream)
{
    struct pollfd p = {.fd = stream->fd, .events = POLLOUT};
    return poll(&p, 1, 0) == 1;
}

/* Removes the first n bytes. */
static void consume(struct stream *stream, size_t n)
{
    if (n == 0) {
        return;
    }
    stream->buf.len -= n;
    memmove(stream->buf.data, stream->buf.data + n, stream->buf.len);
}

static void write_out(struct stream *stream, bool may_drop)
{
    size_t done = 0;
    while (done < stream->buf.len) {
        size_t want = stream->buf.len - done;
        if (may_drop) {
            if (!writable(stream)) {
                break;
            }
            want = want < 4096 ? want : 4096; /* PIPE_BUF: a writable pipe takes this much without blocking */
        }
        ssize_t n = write(stream->fd, stream->buf.data + done, want);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 && errno == EAGAIN) {
            struct pollfd p = {.fd = stream->fd, .events = POLLOUT};
            if (may_drop) {
                break;
            }
            (void)poll(&p, 1, -1);
            continue;
        }
        if (n < 0) {
            complain(stream, "can't write the trace; the program goes on", errno);
            stream->broken = errno == EPIPE || errno == EBADF;
            consume(stream, done);
            drop_all(stream);
            return;
        }
        done += (size_t)n;
    }
    consume(stream, done);
}

static void write_buffered(struct stream *stream, bool final)
{
    bool may_drop = stream->overflow == OVERFLOW_DROP && !final;
    if (stream->broken) {
        drop_all(stream);
        return;
    }
    write_out(stream, may_drop);
    if (may_drop && stream->buf.len > DROP_AT) {
        drop_all(stream);
    }
    if (stream->buf.failed) {
        stream->dropped++;
        stream->buf.failed = false;
        complain(stream, "a line is lost", ENOMEM);
    }
}

void stream_commit(struct stream *stream)
{
    if (stream->immediate || stream->buf.len >= WRITE_AT || stream->buf.failed) {
        write_buffered(stream, false);
    }
}

void stream_flush(struct stream *stream)
{
    if (stream->buf.len) {
        write_buffered(stream, false);
    }
}

void stream_finish(struct stream *stream)
{
    write_buffered(stream, true);
    if (stream->dropped) {
        dprintf(STDERR_FILENO, "proctor: %s: %llu lines of the trace were lost\n", stream->name,
                (unsigned long long)stream->dropped);
    }
}

void stream_close(struct stream *stream)
{
    buf_free(&stream->buf);
    if (stream->owned) {
        close(stream->fd);
    }
    stream->fd = -1;
}
