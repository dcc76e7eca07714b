/*
 * Memory that decoders read: the live target's, what an exit source captured, or a test's buffer.
 * Everything in it is hostile: it may be short, unmapped, or change between two reads.
 */
#ifndef PROCTOR_DECODE_MEM_H
#define PROCTOR_DECODE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mem {
    /*
     * Reads up to n bytes at addr. Returns the number read, which is short only where the memory ends, or a
     * negative errno: -EFAULT nothing mapped there, -EPERM reading is refused, -ESRCH the target is gone.
     */
    ssize_t (*read)(struct mem *mem, uint64_t addr, void *buf, size_t n);
};

/* True if all n bytes could be read. */
static inline bool mem_read(struct mem *mem, uint64_t addr, void *buf, size_t n)
{
    return mem->read(mem, addr, buf, n) == (ssize_t)n;
}

/*
 * Reads a NUL-terminated string of at most n bytes without its NUL. Never reads across a page end before the
 * NUL was looked for in what precedes it: a string may end just before an unmapped page.
 * Returns its length; *terminated tells whether the NUL was found within n+1 bytes. Negative errno as read.
 */
ssize_t mem_read_string(struct mem *mem, uint64_t addr, char *buf, size_t n, bool *terminated);

/* A test's or a capture's buffer that appears at `base`. The first member makes it a struct mem. */
struct mem_buffer {
    struct mem mem;
    uint64_t base;
    const void *data;
    size_t size;
};

/* Fills in a mem_buffer; `data` stays the caller's and must outlive it. */
void mem_buffer_init(struct mem_buffer *b, uint64_t base, const void *data, size_t size);

#endif
