#include "decode/kinds/futex.h"

#include <linux/futex.h>
#include <stdio.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/net.h"
#include "decode/kinds/time.h"

/* Of Linux 5.14 and 6.7; installed headers may lack them. */
enum { OP_LOCK_PI2 = 13, FUTEX2_SIZE_MASK_ = 3 };

/* strace names an operation and its two flags as one. */
#define OP(number, name)                                                                                     \
    {number, name}, {number | 128, name "_PRIVATE"}, {number | 256, name "|FUTEX_CLOCK_REALTIME"},           \
    {                                                                                                        \
        number | 128 | 256, name "_PRIVATE|FUTEX_CLOCK_REALTIME"                                             \
    }
XLAT(futex_ops, "FUTEX_???", OP(0, "FUTEX_WAIT"), OP(1, "FUTEX_WAKE"), OP(2, "FUTEX_FD"),
     OP(3, "FUTEX_REQUEUE"), OP(4, "FUTEX_CMP_REQUEUE"), OP(5, "FUTEX_WAKE_OP"), OP(6, "FUTEX_LOCK_PI"),
     OP(7, "FUTEX_UNLOCK_PI"), OP(8, "FUTEX_TRYLOCK_PI"), OP(9, "FUTEX_WAIT_BITSET"),
     OP(10, "FUTEX_WAKE_BITSET"), OP(11, "FUTEX_WAIT_REQUEUE_PI"), OP(12, "FUTEX_CMP_REQUEUE_PI"),
     OP(13, "FUTEX_LOCK_PI2"));
XLAT_ORDERED(futex_sizes, "FUTEX2_SIZE_???", {0, "FUTEX2_SIZE_U8"}, {1, "FUTEX2_SIZE_U16"},
             {2, "FUTEX2_SIZE_U32"}, {3, "FUTEX2_SIZE_U64"});
XLAT(futex2_flags, "FUTEX2_???", {4, "FUTEX2_NUMA"}, {8, "FUTEX2_MPOL"}, {128, "FUTEX2_PRIVATE"});
XLAT_ORDERED(futex_bitset, "FUTEX_BITSET_???", {0xffffffff, "FUTEX_BITSET_MATCH_ANY"});
XLAT_ORDERED(wake_ops, "FUTEX_OP_???", {0, "FUTEX_OP_SET"}, {1, "FUTEX_OP_ADD"}, {2, "FUTEX_OP_OR"},
             {3, "FUTEX_OP_ANDN"}, {4, "FUTEX_OP_XOR"});
XLAT_ORDERED(wake_compares, "FUTEX_OP_CMP_???", {0, "FUTEX_OP_CMP_EQ"}, {1, "FUTEX_OP_CMP_NE"},
             {2, "FUTEX_OP_CMP_LT"}, {3, "FUTEX_OP_CMP_LE"}, {4, "FUTEX_OP_CMP_GT"}, {5, "FUTEX_OP_CMP_GE"});
XLAT(rseq_flags, "RSEQ_FLAG_???", {1, "RSEQ_FLAG_UNREGISTER"}, {2, "RSEQ_FLAG_SLICE_EXT_DEFAULT_ON"});
XLAT(rseq_cs_flags, "RSEQ_CS_FLAG_???", {1, "RSEQ_CS_FLAG_NO_RESTART_ON_PREEMPT"},
     {2, "RSEQ_CS_FLAG_NO_RESTART_ON_SIGNAL"}, {4, "RSEQ_CS_FLAG_NO_RESTART_ON_MIGRATE"},
     {0x10, "RSEQ_CS_FLAG_SLICE_EXT_AVAILABLE"}, {0x20, "RSEQ_CS_FLAG_SLICE_EXT_ENABLED"});

/* What an operation does with its arguments beyond the address and the operation itself. */
enum third { NO_VALUE, VALUE };
enum fourth { NO_FOURTH, TIMEOUT, VALUE2, POINTER };
enum sixth { NO_SIXTH, BITSET, VALUE3, WAKE_OP, HEX3 };

static const struct use {
    uint8_t val;
    uint8_t fourth;
    uint8_t uaddr2;
    uint8_t val3;
} uses[] = {
    [FUTEX_WAIT] = {VALUE, TIMEOUT, false, NO_SIXTH},
    [FUTEX_WAKE] = {VALUE, NO_FOURTH, false, NO_SIXTH},
    [FUTEX_FD] = {VALUE, NO_FOURTH, false, NO_SIXTH},
    [FUTEX_REQUEUE] = {VALUE, VALUE2, true, NO_SIXTH},
    [FUTEX_CMP_REQUEUE] = {VALUE, VALUE2, true, VALUE3},
    [FUTEX_WAKE_OP] = {VALUE, VALUE2, true, WAKE_OP},
    [FUTEX_LOCK_PI] = {NO_VALUE, TIMEOUT, false, NO_SIXTH},
    [FUTEX_UNLOCK_PI] = {NO_VALUE, NO_FOURTH, false, NO_SIXTH},
    [FUTEX_TRYLOCK_PI] = {NO_VALUE, NO_FOURTH, false, NO_SIXTH},
    [FUTEX_WAIT_BITSET] = {VALUE, TIMEOUT, false, BITSET},
    [FUTEX_WAKE_BITSET] = {VALUE, NO_FOURTH, false, BITSET},
    [FUTEX_WAIT_REQUEUE_PI] = {VALUE, TIMEOUT, true, NO_SIXTH},
    [FUTEX_CMP_REQUEUE_PI] = {VALUE, VALUE2, true, VALUE3},
    [OP_LOCK_PI2] = {NO_VALUE, TIMEOUT, false, NO_SIXTH},
};

static const struct use *use_of(const struct decoder *d)
{
    static const struct use unknown = {VALUE, POINTER, true, HEX3};
    uint32_t command = (uint32_t)d->args[1] & 127;
    return command < sizeof(uses) / sizeof(uses[0]) ? &uses[command] : &unknown;
}

static void decode_val(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if (use_of(d)->val == VALUE) {
        append_uint(d, name, (uint32_t)raw);
    }
}

/* kind->option: the layout of the timeout. */
static void decode_fourth(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    switch (use_of(d)->fourth) {
    case TIMEOUT:
        decode_timespec(d, name, decode_word(d, raw), (enum time_layout)kind->option);
        break;
    case VALUE2:
        append_uint(d, name, (uint32_t)raw);
        break;
    case POINTER:
        decode_addr(d, name, raw);
        break;
    default:
        break;
    }
}

static void decode_uaddr2(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if (use_of(d)->uaddr2) {
        decode_addr(d, name, raw);
    }
}

static void show_shifted(struct decoder *d, const struct xlat *xlat, uint32_t number, unsigned shift)
{
    char behind[8];
    int n = snprintf(behind, sizeof(behind), "<<%u", shift);
    if (xlat_name(xlat, number)) {
        uint32_t index = values_xlat(d->out, VALUE_ENUM, NULL, xlat, number);
        values_set_bytes(d->out, index, behind, (size_t)n);
    } else {
        uint32_t index = values_wordf(d->out, NULL, "%#x%s", number, behind);
        values_note(d->out, index, xlat->unknown, strlen(xlat->unknown));
    }
}

/* FUTEX_OP() of linux/futex.h, taken apart. */
static void show_wake_op(struct decoder *d, const char *name, uint32_t code)
{
    uint32_t whole = values_open(d->out, VALUE_OR, name);
    values_at(d->out, whole)->number = code;
    if (code >> 28 & FUTEX_OP_OPARG_SHIFT) {
        values_word(d->out, NULL, "FUTEX_OP_OPARG_SHIFT<<28");
    }
    show_shifted(d, &xlat_wake_ops, code >> 28 & 7, 28);
    values_wordf(d->out, NULL, "%#x<<12", code >> 12 & 0xfff);
    show_shifted(d, &xlat_wake_compares, code >> 24 & 15, 24);
    append_hex(d, NULL, code & 0xfff);
    values_close(d->out);
}

static void decode_val3(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    switch (use_of(d)->val3) {
    case BITSET:
        append_enum_or_hex(d, name, &xlat_futex_bitset, (uint32_t)raw);
        break;
    case VALUE3:
        append_uint(d, name, (uint32_t)raw);
        break;
    case WAKE_OP:
        show_wake_op(d, name, (uint32_t)raw);
        break;
    case HEX3:
        append_hex(d, name, (uint32_t)raw);
        break;
    default:
        break;
    }
}

static void show_futex2_flags(struct decoder *d, const char *name, uint32_t flags)
{
    uint32_t whole = values_open(d->out, VALUE_OR, name);
    values_at(d->out, whole)->number = flags;
    append_enum(d, NULL, &xlat_futex_sizes, flags & FUTEX2_SIZE_MASK_);
    if (flags & ~(uint32_t)FUTEX2_SIZE_MASK_) {
        append_flags(d, NULL, &xlat_futex2_flags, flags & ~(uint32_t)FUTEX2_SIZE_MASK_);
    }
    values_close(d->out);
}

static void decode_futex2_flags(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    show_futex2_flags(d, name, (uint32_t)raw);
}

static void decode_futex2_mask(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    append_enum_or_hex(d, name, &xlat_futex_bitset, decode_word(d, raw));
}

/* struct futex_waitv: the same on every ABI. */
static void show_waiter(struct decoder *d, const void *element, void *context)
{
    const uint8_t *p = element;
    (void)context;
    values_open(d->out, VALUE_STRUCT, NULL);
    append_hex(d, "val", load64(p));
    values_add(d->out, VALUE_ADDR, "uaddr", load64(p + 8));
    show_futex2_flags(d, "flags", load32(p + 16));
    if (load32(p + 20)) {
        append_hex(d, "__reserved", load32(p + 20));
    }
    values_close(d->out);
}

/* kind->option: how many, where that is not an argument. */
static void decode_waiters(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint64_t count = kind->option ? kind->option : (uint32_t)d->args[d->arg + 1];
    decode_array(d, name, raw, count, 24, show_waiter, NULL);
}

/* kind->option: the type of the number. */
static void decode_word_out(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint64_t number = 0;
    uint64_t addr = decode_word(d, raw);
    if (!addr || !decode_read_word(d, addr, &number)) {
        decode_addr(d, name, addr);
        return;
    }
    values_open(d->out, VALUE_REF, name);
    values_add(d->out, (enum value_type)kind->option, NULL, number);
    values_close(d->out);
}

static void show_cpu(struct decoder *d, const char *name, uint32_t cpu)
{
    if (cpu >= UINT32_MAX - 1) {
        uint32_t index =
            values_word(d->out, name,
                        cpu == UINT32_MAX ? "RSEQ_CPU_ID_UNINITIALIZED" : "RSEQ_CPU_ID_REGISTRATION_FAILED");
        values_at(d->out, index)->number = (uint64_t)(int64_t)(int32_t)cpu;
    } else {
        append_uint(d, name, cpu);
    }
}

static void show_critical_section(struct decoder *d, const char *name, uint64_t raw)
{
    uint8_t p[32];
    uint64_t addr = decode_word(d, raw);
    if (!addr || !mem_read(d->mem, addr, p, sizeof(p))) {
        values_add(d->out, VALUE_ADDR, name, raw);
        return;
    }
    char text[32];
    int n = snprintf(text, sizeof(text), "%#llx", (unsigned long long)addr);
    uint32_t index = values_open(d->out, VALUE_STRUCT, name);
    append_uint(d, "version", load32(p));
    append_flags(d, "flags", &xlat_rseq_cs_flags, load32(p + 4));
    append_hex(d, "start_ip", load64(p + 8));
    append_hex(d, "post_commit_offset", load64(p + 16));
    append_hex(d, "abort_ip", load64(p + 24));
    values_close(d->out);
    values_note(d->out, index, text, (size_t)n);
}

static void decode_rseq(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    enum { SIZE = 32 };
    uint8_t p[64] = {0};
    uint64_t addr = decode_word(d, raw);
    uint32_t size = (uint32_t)d->args[d->arg + 1];
    size_t wanted = size < sizeof(p) ? size : sizeof(p);
    (void)kind;
    /* The kernel refuses these before it reads. */
    if (size < SIZE || addr % SIZE || !addr || !mem_read(d->mem, addr, p, wanted)) {
        decode_addr(d, name, addr);
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    show_cpu(d, "cpu_id_start", load32(p));
    show_cpu(d, "cpu_id", load32(p + 4));
    show_critical_section(d, "rseq_cs", load64(p + 8));
    append_flags(d, "flags", &xlat_rseq_cs_flags, load32(p + 16));
    append_uint(d, "node_id", load32(p + 20));
    append_uint(d, "mm_cid", load32(p + 24));
    values_open(d->out, VALUE_STRUCT, "slice_ctrl");
    append_uint(d, "request", p[28]);
    append_uint(d, "granted", p[29]);
    append_hex(d, "__reserved", load16(p + 30));
    values_close(d->out);
    append_hex(d, "__reserved", p[32]);
    values_close(d->out);
}

KIND_ENUM(futex_op, futex_ops);
KIND_FLAGS(rseq_flags, rseq_flags);
const struct kind kind_futex_val = {.decode = decode_val};
const struct kind kind_futex_timeout = {.decode = decode_fourth, .option = TIME_NATIVE};
const struct kind kind_futex_timeout64 = {.decode = decode_fourth, .option = TIME_64BIT};
const struct kind kind_futex_uaddr2 = {.decode = decode_uaddr2};
const struct kind kind_futex_val3 = {.decode = decode_val3};
const struct kind kind_futex2_flags = {.decode = decode_futex2_flags};
const struct kind kind_futex2_mask = {.decode = decode_futex2_mask};
const struct kind kind_futex_waiters = {.decode = decode_waiters};
const struct kind kind_futex_waiters_pair = {.decode = decode_waiters, .option = 2};
const struct kind kind_word_out = {
    .decode = decode_word_out, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = 8, .option = VALUE_ADDR};
const struct kind kind_ulong_out = {
    .decode = decode_word_out, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = 8, .option = VALUE_UINT};
const struct kind kind_rseq = {.decode = decode_rseq};
