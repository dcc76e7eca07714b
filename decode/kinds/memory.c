#include "decode/kinds/memory.h"

#include <sys/mman.h>

#include "decode/kinds/basic.h"

enum { PAGE_BITS = 12, MAP_TYPE_MASK = 0xf };

/* The size of huge pages is a number of six bits inside the flags
 * (include/uapi/asm-generic/hugetlb_encode.h). */
enum { HUGE_SHIFT = 26, HUGE_MASK = 0x3f };

XLAT(mmap_prot, "PROT_???", {0, "PROT_NONE"}, X(PROT_READ), X(PROT_WRITE), X(PROT_EXEC), {0x8, "PROT_SEM"},
     {0x01000000, "PROT_GROWSDOWN"}, {0x02000000, "PROT_GROWSUP"});
XLAT(mmap_type, "MAP_???", {0, "MAP_FILE"}, {1, "MAP_SHARED"}, {2, "MAP_PRIVATE"}, {3, "MAP_SHARED_VALIDATE"},
     {8, "MAP_DROPPABLE"});
XLAT(mmap_flags, NULL, {0x10, "MAP_FIXED"}, {0x20, "MAP_ANONYMOUS"}, {0x40, "MAP_32BIT"},
     {0x80, "MAP_ABOVE4G"}, {0x4000, "MAP_NORESERVE"}, {0x8000, "MAP_POPULATE"}, {0x10000, "MAP_NONBLOCK"},
     {0x100, "MAP_GROWSDOWN"}, {0x800, "MAP_DENYWRITE"}, {0x1000, "MAP_EXECUTABLE"}, {0x2000, "MAP_LOCKED"},
     {0x20000, "MAP_STACK"}, {0x40000, "MAP_HUGETLB"}, {0x80000, "MAP_SYNC"},
     {0x100000, "MAP_FIXED_NOREPLACE"});
XLAT(mremap_flags, "MREMAP_???", {1, "MREMAP_MAYMOVE"}, {2, "MREMAP_FIXED"}, {4, "MREMAP_DONTUNMAP"});
XLAT(madvise_advice, "MADV_???", {0, "MADV_NORMAL"}, {1, "MADV_RANDOM"}, {2, "MADV_SEQUENTIAL"},
     {3, "MADV_WILLNEED"}, {4, "MADV_DONTNEED"}, {8, "MADV_FREE"}, {9, "MADV_REMOVE"}, {10, "MADV_DONTFORK"},
     {11, "MADV_DOFORK"}, {12, "MADV_MERGEABLE"}, {13, "MADV_UNMERGEABLE"}, {14, "MADV_HUGEPAGE"},
     {15, "MADV_NOHUGEPAGE"}, {16, "MADV_DONTDUMP"}, {17, "MADV_DODUMP"}, {18, "MADV_WIPEONFORK"},
     {19, "MADV_KEEPONFORK"}, {20, "MADV_COLD"}, {21, "MADV_PAGEOUT"}, {22, "MADV_POPULATE_READ"},
     {23, "MADV_POPULATE_WRITE"}, {24, "MADV_DONTNEED_LOCKED"}, {25, "MADV_COLLAPSE"}, {100, "MADV_HWPOISON"},
     {101, "MADV_SOFT_OFFLINE"}, {102, "MADV_GUARD_INSTALL"}, {103, "MADV_GUARD_REMOVE"});
XLAT(mlock_flags, "MLOCK_???", {1, "MLOCK_ONFAULT"});
XLAT(mlockall_flags, "MCL_???", {1, "MCL_CURRENT"}, {2, "MCL_FUTURE"}, {4, "MCL_ONFAULT"});
XLAT(msync_flags, "MS_???", X(MS_SYNC), X(MS_ASYNC), X(MS_INVALIDATE));
XLAT(pkey_rights, "PKEY_???", {1, "PKEY_DISABLE_ACCESS"}, {2, "PKEY_DISABLE_WRITE"},
     {4, "PKEY_DISABLE_EXECUTE"}, {8, "PKEY_DISABLE_READ"});
XLAT(shadow_stack_flags, "SHADOW_STACK_???", {1, "SHADOW_STACK_SET_TOKEN"}, {2, "SHADOW_STACK_SET_MARKER"});
XLAT(membarrier_command, "MEMBARRIER_CMD_???", {0, "MEMBARRIER_CMD_QUERY"}, {1, "MEMBARRIER_CMD_GLOBAL"},
     {2, "MEMBARRIER_CMD_GLOBAL_EXPEDITED"}, {4, "MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED"},
     {8, "MEMBARRIER_CMD_PRIVATE_EXPEDITED"}, {16, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED"},
     {32, "MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE"},
     {64, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE"},
     {128, "MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ"}, {256, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ"},
     {512, "MEMBARRIER_CMD_GET_REGISTRATIONS"});
XLAT(membarrier_flags, "MEMBARRIER_CMD_FLAG_???", {1, "MEMBARRIER_CMD_FLAG_CPU"});

/* The type of the mapping is an enumeration in the low bits, the huge page size a number in the high ones. */
static void mmap_flags_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t flags = decode_word(d, raw);
    uint64_t huge = flags >> HUGE_SHIFT & HUGE_MASK;
    uint64_t rest = flags & ~(uint64_t)MAP_TYPE_MASK & ~((uint64_t)HUGE_MASK << HUGE_SHIFT);

    uint32_t whole = values_open(d->out, VALUE_OR, name);
    values_at(d->out, whole)->number = flags;
    values_at(d->out, whole)->flags |= VALUE_WHOLE;
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_mmap_type, flags & MAP_TYPE_MASK);
    if (rest) {
        values_xlat(d->out, VALUE_FLAGS, NULL, &xlat_mmap_flags, rest);
    }
    if (huge) {
        uint32_t index = values_wordf(d->out, NULL, "%u<<MAP_HUGE_SHIFT", (unsigned)huge);
        values_at(d->out, index)->number = huge << HUGE_SHIFT;
    }
    values_close(d->out);
}

static void page_offset_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    values_add(d->out, VALUE_HEX, name, decode_word(d, raw) << PAGE_BITS);
}

/* kind->aux: the kind of the argument, wherever it comes from. */
static void of_mmap(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    const struct kind *inner = kind->aux;
    uint32_t word;
    if (d->abi->long_size == 8) {
        inner->decode(d, name, inner, raw);
    } else if (mem_read(d->mem, decode_word(d, d->args[0]) + d->arg * sizeof(word), &word, sizeof(word))) {
        inner->decode(d, name, inner, word);
    } else if (d->arg == 0) {
        decode_addr(d, name, raw);
    }
}

static void mremap_address_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    enum { MOVE_THERE = 1 | 2 }; /* MREMAP_MAYMOVE|MREMAP_FIXED */
    if ((d->args[3] & MOVE_THERE) == MOVE_THERE) {
        decode_addr(d, name, raw);
    }
}

static void append_resident(struct decoder *d, const void *element, void *context)
{
    (void)context;
    values_add(d->out, VALUE_UINT, NULL, *(const unsigned char *)element & 1U);
}

static void mincore_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t length = decode_word(d, d->args[1]);
    uint64_t pages = (length >> PAGE_BITS) + ((length & ((1U << PAGE_BITS) - 1)) != 0);
    decode_array(d, name, raw, pages, 1, append_resident, NULL);
}

static void membarrier_cpu_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if (d->args[1] & 1 /* MEMBARRIER_CMD_FLAG_CPU */) {
        values_add(d->out, VALUE_INT, name, (uint64_t)(int64_t)(int32_t)raw);
    }
}

/* A query, and only that, gives the set of the commands there are. */
static void membarrier_result(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if ((uint32_t)d->args[0] != 0 || raw == 0) {
        return;
    }
    values_open(d->out, VALUE_NOTED, name);
    values_add(d->out, VALUE_HEX, NULL, raw);
    values_xlat(d->out, VALUE_FLAGS, NULL, &xlat_membarrier_command, raw);
    values_close(d->out);
}

KIND_FLAGS_LONG(mmap_prot, mmap_prot);
KIND_FLAGS_LONG(mremap_flags, mremap_flags);
KIND_ENUM(madvise_advice, madvise_advice);
KIND_FLAGS(mlock_flags, mlock_flags);
KIND_FLAGS(mlockall_flags, mlockall_flags);
KIND_FLAGS(msync_flags, msync_flags);
KIND_FLAGS_LONG(pkey_rights, pkey_rights);
KIND_FLAGS(shadow_stack_flags, shadow_stack_flags);
KIND_ENUM(membarrier_command, membarrier_command);
KIND_FLAGS(membarrier_flags, membarrier_flags);
const struct kind kind_mmap_flags = {.decode = mmap_flags_kind};
const struct kind kind_page_offset = {.decode = page_offset_kind};
const struct kind kind_mmap_addr_of = {.decode = of_mmap, .aux = &kind_addr};
const struct kind kind_mmap_length_of = {.decode = of_mmap, .aux = &kind_ulong};
const struct kind kind_mmap_prot_of = {.decode = of_mmap, .aux = &kind_mmap_prot};
const struct kind kind_mmap_flags_of = {.decode = of_mmap, .aux = &kind_mmap_flags};
const struct kind kind_mmap_fd_of = {.decode = of_mmap, .aux = &kind_fd};
const struct kind kind_mmap_offset_of = {.decode = of_mmap, .aux = &kind_hex};
const struct kind kind_mremap_address = {.decode = mremap_address_kind};
/* No extent counts pages: what is shown without -v is captured. */
const struct kind kind_mincore_out = {
    .decode = mincore_kind, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = 64};
const struct kind kind_membarrier_cpu = {.decode = membarrier_cpu_kind};
const struct kind kind_membarrier_result = {.decode = membarrier_result};
