#include "supervisor/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decode/base/cleanup.h"

enum { BYTES_MAX = 32 << 20, PIECES_MAX = 1 << 14 };

/* The piece that holds addr; NULL: none, and *end is where the next one begins, if that is before it. */
static const struct snapshot_piece *piece_at(const struct snapshot *s, uint64_t addr, uint64_t *end)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct snapshot_piece *p = &s->pieces[i];
        if (addr >= p->addr && addr - p->addr < p->size) {
            return p;
        }
        if (p->addr > addr && p->addr < *end) {
            *end = p->addr;
        }
    }
    return NULL;
}

static bool reserve_piece(struct snapshot *s)
{
    if (s->count < s->room) {
        return true;
    }
    size_t room = s->room ? 2 * s->room : 16;
    struct snapshot_piece *pieces = room <= PIECES_MAX ? realloc(s->pieces, room * sizeof(*pieces)) : NULL;
    if (pieces) {
        s->pieces = pieces;
        s->room = room;
    }
    return pieces != NULL;
}

/* Reads up to n bytes from the target and keeps them. */
static ssize_t keep(struct snapshot *s, uint64_t addr, size_t n)
{
    if (!reserve_piece(s) || s->bytes.len + n > BYTES_MAX || !buf_reserve(&s->bytes, n)) {
        return -ENOMEM;
    }
    ssize_t got = s->from->read(s->from, addr, s->bytes.data + s->bytes.len, n);
    if (got > 0) {
        s->pieces[s->count++] = (struct snapshot_piece){addr, (size_t)got, s->bytes.len};
        s->bytes.len += (size_t)got;
    }
    return got;
}

static ssize_t snapshot_read(struct mem *mem, uint64_t addr, void *buf, size_t n)
{
    struct snapshot *s = container_of(mem, struct snapshot, mem);
    size_t done = 0;
    if (addr + n < addr) {
        return -EFAULT; /* beyond the end of any address space */
    }
    while (done < n) {
        uint64_t at = addr + done;
        uint64_t end = addr + n;
        const struct snapshot_piece *p = piece_at(s, at, &end);
        if (!p) {
            ssize_t got = keep(s, at, (size_t)(end - at));
            if (got <= 0) {
                return done ? (ssize_t)done : got;
            }
            continue;
        }
        size_t skip = (size_t)(at - p->addr);
        size_t some = p->size - skip < n - done ? p->size - skip : n - done;
        memcpy((char *)buf + done, s->bytes.data + p->at + skip, some);
        done += some;
    }
    return (ssize_t)done;
}

struct mem *snapshot_begin(struct snapshot *s, struct mem *from)
{
    s->mem.read = snapshot_read;
    s->from = from;
    s->count = 0;
    s->bytes.len = 0;
    return &s->mem;
}

void snapshot_free(struct snapshot *s)
{
    free(s->pieces);
    buf_free(&s->bytes);
    *s = (struct snapshot){.count = 0};
}
