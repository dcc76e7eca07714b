#include "supervisor/captured.h"

#include <errno.h>
#include <string.h>

#include "decode/base/cleanup.h"

static ssize_t captured_read(struct mem *mem, uint64_t addr, void *buf, size_t n)
{
    const struct captured_mem *c = container_of(mem, struct captured_mem, mem);
    for (unsigned i = 0; i < c->record->captures; i++) {
        const struct capture *piece = &c->record->capture[i];
        if (addr >= piece->addr && addr - piece->addr < piece->size) {
            size_t left = piece->size - (size_t)(addr - piece->addr);
            n = n < left ? n : left;
            memcpy(buf, (const char *)piece->bytes + (addr - piece->addr), n);
            return (ssize_t)n;
        }
    }
    return -EFAULT;
}

struct mem *captured_mem(struct captured_mem *captured, const struct record *record)
{
    *captured = (struct captured_mem){.mem = {captured_read}, .record = record};
    return record->live ? record->live : &captured->mem;
}
