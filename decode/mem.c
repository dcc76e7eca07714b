#include "decode/mem.h"

#include <errno.h>
#include <string.h>

/* The smallest page of any machine we run on; a larger real page only means one read more. */
enum { PAGE = 4096, STRING_CHUNK = 256 };

ssize_t mem_read_string(struct mem *mem, uint64_t addr, char *buf, size_t n, bool *terminated)
{
    size_t got = 0;

    *terminated = false;
    while (got <= n) {
        char chunk[STRING_CHUNK];
        uint64_t at = addr + got;
        size_t want = PAGE - (size_t)(at % PAGE);
        want = want < sizeof(chunk) ? want : sizeof(chunk);
        want = want < n + 1 - got ? want : n + 1 - got;
        ssize_t r = mem->read(mem, at, chunk, want);
        if (r <= 0) {
            return got ? (ssize_t)got : r ? r : -EFAULT;
        }
        const char *nul = memchr(chunk, 0, (size_t)r);
        size_t length = nul ? (size_t)(nul - chunk) : (size_t)r;
        size_t keep = length < n - got ? length : n - got;
        memcpy(buf + got, chunk, keep);
        if (nul) {
            *terminated = true;
            return (ssize_t)(got + length);
        }
        got += length;
        if ((size_t)r < want) {
            break;
        }
    }
    return (ssize_t)(got < n ? got : n);
}

static ssize_t buffer_read(struct mem *mem, uint64_t addr, void *buf, size_t n)
{
    const struct mem_buffer *b = (const struct mem_buffer *)(const void *)mem;
    if (addr < b->base || addr - b->base >= b->size) {
        return -EFAULT;
    }
    size_t left = b->size - (size_t)(addr - b->base);
    n = n < left ? n : left;
    memcpy(buf, (const char *)b->data + (addr - b->base), n);
    return (ssize_t)n;
}

void mem_buffer_init(struct mem_buffer *b, uint64_t base, const void *data, size_t size)
{
    *b = (struct mem_buffer){.mem = {buffer_read}, .base = base, .data = data, .size = size};
}
