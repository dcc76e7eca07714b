#include "decode/kinds/sched.h"

#include <sched.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/process.h"

XLAT(sched_policy, "SCHED_???", X(SCHED_OTHER), X(SCHED_FIFO), X(SCHED_RR), X(SCHED_BATCH), {4, "SCHED_ISO"},
     X(SCHED_IDLE), X(SCHED_DEADLINE), {7, "SCHED_EXT"});
XLAT(sched_flags, "SCHED_FLAG_???", {0x1, "SCHED_FLAG_RESET_ON_FORK"}, {0x2, "SCHED_FLAG_RECLAIM"},
     {0x4, "SCHED_FLAG_DL_OVERRUN"}, {0x8, "SCHED_FLAG_KEEP_POLICY"}, {0x10, "SCHED_FLAG_KEEP_PARAMS"},
     {0x20, "SCHED_FLAG_UTIL_CLAMP_MIN"}, {0x40, "SCHED_FLAG_UTIL_CLAMP_MAX"});

static void decode_sched_policy_result(struct decoder *d, const char *name, const struct kind *kind,
                                       uint64_t raw)
{
    (void)name;
    (void)kind;
    decode_result_enum(d, &xlat_sched_policy, raw);
}

static void decode_sched_param(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_number_at(d, name, raw, 4, VALUE_INT);
}

/* glibc's cpu_set_t: what is behind it is not looked at. */
enum { CPU_MASK_MAX = 128 };

void decode_cpu_set(struct decoder *d, const char *name, uint64_t addr, uint32_t length)
{
    unsigned char mask[CPU_MASK_MAX];
    uint32_t size = length < sizeof(mask) ? length : (uint32_t)sizeof(mask);

    if (!decode_word(d, addr) || (size && !mem_read(d->mem, decode_word(d, addr), mask, size))) {
        decode_addr(d, name, addr);
        return;
    }
    uint32_t set = values_open(d->out, VALUE_SET, name);
    for (uint32_t cpu = 0; cpu < size * 8; cpu++) {
        if (mask[cpu / 8] >> cpu % 8 & 1) {
            values_add(d->out, VALUE_UINT, NULL, cpu);
        }
    }
    if (size < length) {
        values_at(d->out, set)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

static void decode_cpu_mask(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    bool out = kind->direction == DIR_OUT;
    decode_cpu_set(d, name, raw, (uint32_t)(out ? (uint64_t)d->result : d->args[d->arg - 1]));
}

/* struct sched_attr of linux/sched/types.h; its first version ended at sched_period. */
struct attr {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime;
    uint64_t deadline;
    uint64_t period;
    uint32_t util_min;
    uint32_t util_max;
};

enum { ATTR_FIRST_SIZE = 48, ATTR_SIZE = 56, KEEP_POLICY = 0x8, KEEP_PARAMS = 0x10 };

/* The members that the call looks at: what KEEP_ flags keep is left out where `set`. */
static void decode_attr_members(struct decoder *d, const struct attr *attr, bool set)
{
    bool keeps_params = set && attr->flags & KEEP_PARAMS;
    bool keeps_policy = keeps_params || (set && attr->flags & KEEP_POLICY);

    if (!keeps_policy || (int32_t)attr->policy < 0) {
        values_xlat(d->out, VALUE_ENUM, "sched_policy", &xlat_sched_policy, attr->policy);
    }
    append_flags(d, "sched_flags", &xlat_sched_flags, attr->flags);
    if (!keeps_params) {
        values_add(d->out, VALUE_INT, "sched_nice", (uint64_t)(int64_t)attr->nice);
        values_add(d->out, VALUE_UINT, "sched_priority", attr->priority);
        values_add(d->out, VALUE_UINT, "sched_runtime", attr->runtime);
        values_add(d->out, VALUE_UINT, "sched_deadline", attr->deadline);
        values_add(d->out, VALUE_UINT, "sched_period", attr->period);
    }
}

/* `have` bytes of it were read; it is `size` bytes long. */
static void decode_attr(struct decoder *d, const char *name, const struct attr *attr, uint32_t have,
                        uint32_t size, bool set)
{
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_UINT, "size", attr->size);
    if (have >= ATTR_FIRST_SIZE) {
        decode_attr_members(d, attr, set);
    }
    if (have >= ATTR_SIZE) {
        values_add(d->out, VALUE_UINT, "sched_util_min", attr->util_min);
        values_add(d->out, VALUE_UINT, "sched_util_max", attr->util_max);
    }
    if (size > have) {
        values_at(d->out, whole)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

/* The structure at raw, taken as one of `size` bytes. */
static void decode_attr_sized(struct decoder *d, const char *name, uint64_t raw, uint32_t said)
{
    struct attr attr = {0};
    uint32_t size = said ? said : ATTR_FIRST_SIZE; /* sched_copy_attr takes 0 for it */
    uint32_t have = size < sizeof(attr) ? size : (uint32_t)sizeof(attr);
    if (have < ATTR_FIRST_SIZE || decode_object(d, name, raw, &attr, have)) {
        attr.size = said;
        decode_attr(d, name, &attr, have, size, true);
    }
}

/* The size that was shown at entry. False: none was. */
static bool size_shown(const struct decoder *d, uint32_t *size)
{
    const struct value *before = values_at(d->out, d->value[d->arg]);
    if (!d->value[d->arg] || before->type != VALUE_STRUCT || !before->first) {
        return false;
    }
    *size = (uint32_t)values_at(d->out, before->first)->number;
    return true;
}

/* Where it does not take the size, the kernel puts its own there (kernel/sched/syscalls.c, sched_copy_attr).
 */
static void decode_size_wanted(struct decoder *d, const char *name, uint64_t raw)
{
    uint32_t before;
    uint32_t size;
    if (!size_shown(d, &before) || !mem_read(d->mem, decode_word(d, raw), &size, sizeof(size)) ||
        size == before) {
        return;
    }
    values_open(d->out, VALUE_CHANGE, name);
    decode_attr_sized(d, NULL, raw, before);
    values_open(d->out, VALUE_STRUCT, NULL);
    values_add(d->out, VALUE_UINT, "size", size);
    values_close(d->out);
    values_close(d->out);
}

static void decode_sched_attr(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t size;

    if (d->at_exit) {
        if (d->result < 0) {
            decode_size_wanted(d, name, raw);
        }
    } else if (decode_object(d, name, raw, &size, sizeof(size))) {
        decode_attr_sized(d, name, raw, size);
    }
}

static void decode_sched_attr_out(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct attr attr = {0};
    uint32_t room = (uint32_t)d->args[d->arg + 1];
    uint32_t have = room < sizeof(attr) ? room : (uint32_t)sizeof(attr);

    if (!have) {
        decode_addr(d, name, raw);
    } else if (decode_object(d, name, raw, &attr, have)) {
        have = attr.size < have ? attr.size : have; /* what the kernel has written */
        decode_attr(d, name, &attr, have, attr.size, false);
    }
}

KIND_ENUM(sched_policy, sched_policy);
const struct kind kind_sched_policy_result = {.decode = decode_sched_policy_result};
const struct kind kind_sched_param = {.decode = decode_sched_param};
const struct kind kind_cpu_mask = {.decode = decode_cpu_mask};
const struct kind kind_cpu_mask_out = {
    .decode = decode_cpu_mask, .direction = DIR_OUT, .extent = EXTENT_RESULT, .size = 1};
const struct kind kind_sched_attr = {
    .decode = decode_sched_attr, .direction = DIR_INOUT, .extent = EXTENT_FIXED, .size = sizeof(struct attr)};
const struct kind kind_sched_attr_out = {
    .decode = decode_sched_attr_out, .direction = DIR_OUT, .extent = EXTENT_ARG, .size = 1, .extent_arg = 2};
