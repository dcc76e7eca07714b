#include "decode/kinds/exec.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "decode/kinds/basic.h"

/*
 * More pointers than the kernel takes: argv and envp with their strings are bounded by 6 MiB
 * (bprm_stack_limits, Linux 4.13).
 */
enum { POINTERS_MAX = 1 << 20, POINTERS_CHUNK = 512 };

/* Reads an array of pointers that a NULL ends, in chunks that stay within a page. */
struct pointers {
    struct decoder *d;
    uint64_t addr; /* of the next one */
    uint32_t taken;
    uint32_t next; /* bytes of the chunk used */
    uint32_t have; /* bytes in the chunk */
    unsigned char chunk[POINTERS_CHUNK];
};

static bool pointers_fill(struct pointers *p)
{
    uint64_t to_page = 4096 - p->addr % 4096;
    size_t size = p->d->abi->pointer_size;
    size_t want = to_page < sizeof(p->chunk) ? (size_t)to_page : sizeof(p->chunk);

    /* A pointer that straddles two pages is read by itself. */
    ssize_t got = p->d->mem->read(p->d->mem, p->addr, p->chunk, want < size ? size : want);
    p->next = 0;
    p->have = got > 0 ? (uint32_t)got : 0;
    return p->have >= size;
}

/* Takes the next pointer. False where memory, or our patience, has ended. */
static bool pointers_next(struct pointers *p, uint64_t *pointer)
{
    size_t size = p->d->abi->pointer_size;

    if (p->taken == POINTERS_MAX || p->addr > UINT64_MAX - size) {
        return false;
    }
    if (p->have - p->next < size && !pointers_fill(p)) {
        return false;
    }
    const unsigned char *at = p->chunk + p->next;
    uint32_t narrow = 0;
    if (size == sizeof(narrow)) {
        memcpy(&narrow, at, sizeof(narrow));
        *pointer = narrow;
    } else {
        memcpy(pointer, at, sizeof(*pointer));
    }
    p->next += (uint32_t)size;
    p->addr += size;
    p->taken++;
    return true;
}

static void decode_argv(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct pointers p = {.d = d, .addr = decode_word(d, raw)};
    uint32_t most = d->options->verbose ? POINTERS_MAX : d->options->array_max;
    uint64_t string = 0;

    if (p.addr == 0 || !pointers_next(&p, &string)) {
        decode_addr(d, name, raw);
        return;
    }
    uint32_t array = values_open(d->out, VALUE_ARRAY, name);
    while (string && p.taken <= most && !d->out->full) {
        decode_cstring(d, NULL, string, 0);
        if (!pointers_next(&p, &string)) {
            decode_array_end(d, p.addr);
            string = 0;
        }
    }
    if (string) {
        values_at(d->out, array)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

/* How many pointers precede the NULL, as a comment: 23 vars. */
static void decode_envp_count(struct decoder *d, const char *name, uint64_t addr)
{
    char text[48];
    struct pointers p = {.d = d, .addr = decode_word(d, addr)};
    uint64_t string = 0;
    uint32_t count = 0;
    bool more = p.addr != 0 && pointers_next(&p, &string);

    uint32_t index = values_add(d->out, VALUE_ADDR, name, decode_word(d, addr));
    if (!more) {
        return;
    }
    while (more && string) {
        count++;
        more = pointers_next(&p, &string);
    }
    int n = snprintf(text, sizeof(text), "%u var%s%s", count, count == 1 ? "" : "s",
                     more ? "" : ", unterminated");
    values_note(d->out, index, text, (size_t)n);
}

static void decode_envp(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    if (d->options->verbose) {
        decode_argv(d, name, kind, raw);
    } else {
        decode_envp_count(d, name, raw);
    }
}

XLAT(execveat_flags, "AT_???", X(AT_SYMLINK_NOFOLLOW), X(AT_EMPTY_PATH), {0x10000, "AT_EXECVE_CHECK"});

const struct kind kind_argv = {.decode = decode_argv};
const struct kind kind_envp = {.decode = decode_envp};
KIND_FLAGS(execveat_flags, execveat_flags);
