/* The structures of bpf(2), member by member, as bpf_tables.h describes them. */
#ifndef PROCTOR_DECODE_KINDS_BPF_FIELDS_H
#define PROCTOR_DECODE_KINDS_BPF_FIELDS_H

#include <string.h>

#include "decode/decoder.h"
#include "decode/kinds/bpf_tables.h"

enum { BPF_BYTES_MAX = 4096 }; /* the kernel takes at most a page */

/* A structure that was read; members behind its end are 0, as the kernel takes them. */
struct bpf_bytes {
    unsigned char bytes[BPF_BYTES_MAX];
    uint32_t size;
    const unsigned char *before; /* the same before the call; NULL: what was shown at entry is asked */
};

static inline uint64_t bpf_member(const struct bpf_bytes *from, unsigned offset, unsigned size)
{
    uint64_t number = 0;
    memcpy(&number, from->bytes + offset, size);
    return number;
}

/* Appends the members to the open structure, up to the version of it that the caller knows. */
void bpf_append_fields(struct decoder *d, const struct bpf_bytes *from, const struct bpf_command *command);

/* Appends what is behind the `known` bytes, if it says anything: a newer program's members. */
void bpf_append_unknown(struct decoder *d, const struct bpf_bytes *from, uint32_t whole, uint32_t known);

/* The value of this name among those that were shown of the structure at entry; 0: there is none. */
uint32_t bpf_entry_member(const struct decoder *d, const char *name);

/* Appends what is known of an object: `size` bytes at addr that BPF_OBJ_GET_INFO_BY_FD fills in. */
void bpf_append_info(struct decoder *d, const char *name, uint32_t fd, uint64_t addr, uint32_t size);

#endif
