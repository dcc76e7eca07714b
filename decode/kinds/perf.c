/* struct perf_event_attr: include/uapi/linux/perf_event.h. */
#include "decode/kinds/perf.h"

#include <linux/perf_event.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/time.h"

enum {
    ATTR_SIZE_MIN = 64, /* PERF_ATTR_SIZE_VER0 */
    AT_SIZE = 4,
    FLAG_FREQ = 10,
    FLAG_WATERMARK = 14,
    FLAG_USE_CLOCKID = 25,
    PRECISE_SHIFT = 15, /* two bits: see precise_ip */
    FLAGS_KNOWN = 38,   /* the bits from here on have no name yet */
    RESULT_E2BIG = -7,
};

/* The structure as far as it is shown, in our own words: the installed header may be older. */
struct attr {
    uint32_t type;
    uint32_t size;
    uint64_t config;
    uint64_t sample_period;
    uint64_t sample_type;
    uint64_t read_format;
    uint64_t flags;
    uint32_t wakeup;
    uint32_t bp_type;
    uint64_t config1; /* bp_addr */
    uint64_t config2; /* bp_len */
    uint64_t branch_sample_type;
    uint64_t sample_regs_user;
    uint32_t sample_stack_user;
    int32_t clockid;
    uint64_t sample_regs_intr;
    uint32_t aux_watermark;
    uint16_t sample_max_stack;
    uint16_t reserved_2;
    uint32_t aux_sample_size;
    uint32_t aux_action;
    uint64_t sig_data;
    uint64_t config3;
};

XLAT(perf_type, "PERF_TYPE_???", X(PERF_TYPE_HARDWARE), X(PERF_TYPE_SOFTWARE), X(PERF_TYPE_TRACEPOINT),
     X(PERF_TYPE_HW_CACHE), X(PERF_TYPE_RAW), X(PERF_TYPE_BREAKPOINT));
XLAT(perf_size, "PERF_ATTR_SIZE_???", {64, "PERF_ATTR_SIZE_VER0"}, {72, "PERF_ATTR_SIZE_VER1"},
     {80, "PERF_ATTR_SIZE_VER2"}, {96, "PERF_ATTR_SIZE_VER3"}, {104, "PERF_ATTR_SIZE_VER4"},
     {112, "PERF_ATTR_SIZE_VER5"}, {120, "PERF_ATTR_SIZE_VER6"}, {128, "PERF_ATTR_SIZE_VER7"},
     {136, "PERF_ATTR_SIZE_VER8"});
XLAT(perf_hardware, "PERF_COUNT_HW_???", X(PERF_COUNT_HW_CPU_CYCLES), X(PERF_COUNT_HW_INSTRUCTIONS),
     X(PERF_COUNT_HW_CACHE_REFERENCES), X(PERF_COUNT_HW_CACHE_MISSES), X(PERF_COUNT_HW_BRANCH_INSTRUCTIONS),
     X(PERF_COUNT_HW_BRANCH_MISSES), X(PERF_COUNT_HW_BUS_CYCLES), X(PERF_COUNT_HW_STALLED_CYCLES_FRONTEND),
     X(PERF_COUNT_HW_STALLED_CYCLES_BACKEND), X(PERF_COUNT_HW_REF_CPU_CYCLES));
XLAT(perf_software, "PERF_COUNT_SW_???", X(PERF_COUNT_SW_CPU_CLOCK), X(PERF_COUNT_SW_TASK_CLOCK),
     X(PERF_COUNT_SW_PAGE_FAULTS), X(PERF_COUNT_SW_CONTEXT_SWITCHES), X(PERF_COUNT_SW_CPU_MIGRATIONS),
     X(PERF_COUNT_SW_PAGE_FAULTS_MIN), X(PERF_COUNT_SW_PAGE_FAULTS_MAJ), X(PERF_COUNT_SW_ALIGNMENT_FAULTS),
     X(PERF_COUNT_SW_EMULATION_FAULTS), X(PERF_COUNT_SW_DUMMY), X(PERF_COUNT_SW_BPF_OUTPUT),
     {11, "PERF_COUNT_SW_CGROUP_SWITCHES"});
XLAT(perf_cache, "PERF_COUNT_HW_CACHE_???", X(PERF_COUNT_HW_CACHE_L1D), X(PERF_COUNT_HW_CACHE_L1I),
     X(PERF_COUNT_HW_CACHE_LL), X(PERF_COUNT_HW_CACHE_DTLB), X(PERF_COUNT_HW_CACHE_ITLB),
     X(PERF_COUNT_HW_CACHE_BPU), X(PERF_COUNT_HW_CACHE_NODE));
XLAT(perf_cache_op, "PERF_COUNT_HW_CACHE_OP_???", X(PERF_COUNT_HW_CACHE_OP_READ),
     X(PERF_COUNT_HW_CACHE_OP_WRITE), X(PERF_COUNT_HW_CACHE_OP_PREFETCH));
XLAT(perf_cache_result, "PERF_COUNT_HW_CACHE_RESULT_???", X(PERF_COUNT_HW_CACHE_RESULT_ACCESS),
     X(PERF_COUNT_HW_CACHE_RESULT_MISS));
XLAT(perf_sample, "PERF_SAMPLE_???", {1, "PERF_SAMPLE_IP"}, {2, "PERF_SAMPLE_TID"}, {4, "PERF_SAMPLE_TIME"},
     {8, "PERF_SAMPLE_ADDR"}, {0x10, "PERF_SAMPLE_READ"}, {0x20, "PERF_SAMPLE_CALLCHAIN"},
     {0x40, "PERF_SAMPLE_ID"}, {0x80, "PERF_SAMPLE_CPU"}, {0x100, "PERF_SAMPLE_PERIOD"},
     {0x200, "PERF_SAMPLE_STREAM_ID"}, {0x400, "PERF_SAMPLE_RAW"}, {0x800, "PERF_SAMPLE_BRANCH_STACK"},
     {0x1000, "PERF_SAMPLE_REGS_USER"}, {0x2000, "PERF_SAMPLE_STACK_USER"}, {0x4000, "PERF_SAMPLE_WEIGHT"},
     {0x8000, "PERF_SAMPLE_DATA_SRC"}, {0x10000, "PERF_SAMPLE_IDENTIFIER"},
     {0x20000, "PERF_SAMPLE_TRANSACTION"}, {0x40000, "PERF_SAMPLE_REGS_INTR"},
     {0x80000, "PERF_SAMPLE_PHYS_ADDR"}, {0x100000, "PERF_SAMPLE_AUX"}, {0x200000, "PERF_SAMPLE_CGROUP"},
     {0x400000, "PERF_SAMPLE_DATA_PAGE_SIZE"}, {0x800000, "PERF_SAMPLE_CODE_PAGE_SIZE"},
     {0x1000000, "PERF_SAMPLE_WEIGHT_STRUCT"});
XLAT(perf_format, "PERF_FORMAT_???", {1, "PERF_FORMAT_TOTAL_TIME_ENABLED"},
     {2, "PERF_FORMAT_TOTAL_TIME_RUNNING"}, {4, "PERF_FORMAT_ID"}, {8, "PERF_FORMAT_GROUP"},
     {0x10, "PERF_FORMAT_LOST"});
XLAT(perf_branch, "PERF_SAMPLE_BRANCH_???", {1, "PERF_SAMPLE_BRANCH_USER"}, {2, "PERF_SAMPLE_BRANCH_KERNEL"},
     {4, "PERF_SAMPLE_BRANCH_HV"}, {8, "PERF_SAMPLE_BRANCH_ANY"}, {0x10, "PERF_SAMPLE_BRANCH_ANY_CALL"},
     {0x20, "PERF_SAMPLE_BRANCH_ANY_RETURN"}, {0x40, "PERF_SAMPLE_BRANCH_IND_CALL"},
     {0x80, "PERF_SAMPLE_BRANCH_ABORT_TX"}, {0x100, "PERF_SAMPLE_BRANCH_IN_TX"},
     {0x200, "PERF_SAMPLE_BRANCH_NO_TX"}, {0x400, "PERF_SAMPLE_BRANCH_COND"},
     {0x800, "PERF_SAMPLE_BRANCH_CALL_STACK"}, {0x1000, "PERF_SAMPLE_BRANCH_IND_JUMP"},
     {0x2000, "PERF_SAMPLE_BRANCH_CALL"}, {0x4000, "PERF_SAMPLE_BRANCH_NO_FLAGS"},
     {0x8000, "PERF_SAMPLE_BRANCH_NO_CYCLES"}, {0x10000, "PERF_SAMPLE_BRANCH_TYPE_SAVE"},
     {0x20000, "PERF_SAMPLE_BRANCH_HW_INDEX"}, {0x40000, "PERF_SAMPLE_BRANCH_PRIV_SAVE"},
     {0x80000, "PERF_SAMPLE_BRANCH_COUNTERS"});
XLAT(perf_breakpoint, "HW_BREAKPOINT_???", {0, "HW_BREAKPOINT_EMPTY"}, {1, "HW_BREAKPOINT_R"},
     {2, "HW_BREAKPOINT_W"}, {3, "HW_BREAKPOINT_RW"}, {4, "HW_BREAKPOINT_X"});
XLAT(perf_open_flags, "PERF_FLAG_???", {1, "PERF_FLAG_FD_NO_GROUP"}, {2, "PERF_FLAG_FD_OUTPUT"},
     {4, "PERF_FLAG_PID_CGROUP"}, {8, "PERF_FLAG_FD_CLOEXEC"});

/* The bits of attr.flags in their order; precise_ip takes two. */
static const char *const flag_names[FLAGS_KNOWN] = {
    "disabled",
    "inherit",
    "pinned",
    "exclusive",
    "exclude_user",
    "exclude_kernel",
    "exclude_hv",
    "exclude_idle",
    "mmap",
    "comm",
    "freq",
    "inherit_stat",
    "enable_on_exec",
    "task",
    "watermark",
    "precise_ip",
    NULL,
    "mmap_data",
    "sample_id_all",
    "exclude_host",
    "exclude_guest",
    "exclude_callchain_kernel",
    "exclude_callchain_user",
    "mmap2",
    "comm_exec",
    "use_clockid",
    "context_switch",
    "write_backward",
    "namespaces",
    "ksymbol",
    "bpf_event",
    "aux_output",
    "cgroup",
    "text_poke",
    "build_id",
    "inherit_thread",
    "remove_on_exec",
    "sigtrap",
};

static const char *const precise_names[] = {"arbitrary skid", "constant skid", "requested to have 0 skid",
                                            "must have 0 skid"};

static bool has_flag(const struct attr *attr, unsigned bit)
{
    return attr->flags >> bit & 1;
}

static void append_shifted(struct decoder *d, const struct xlat *xlat, uint64_t part, unsigned shift)
{
    char behind[8];
    int n = snprintf(behind, sizeof(behind), "<<%u", shift);
    uint32_t index = values_xlat(d->out, VALUE_ENUM, NULL, xlat, part);
    values_set_bytes(d->out, index, behind, (size_t)n);
}

/* A cache event is made of three numbers: which cache, what is done to it, and how it ended. */
static void append_cache_config(struct decoder *d, uint64_t config)
{
    uint32_t whole = values_open(d->out, VALUE_OR, "config");
    values_at(d->out, whole)->number = config;
    if (config >> 24) {
        uint32_t index = values_wordf(d->out, NULL, "%#llx<<24", (unsigned long long)config >> 24);
        values_note(d->out, index, xlat_perf_cache.unknown, strlen(xlat_perf_cache.unknown));
    }
    append_shifted(d, &xlat_perf_cache_result, config >> 16 & 0xff, 16);
    append_shifted(d, &xlat_perf_cache_op, config >> 8 & 0xff, 8);
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_perf_cache, config & 0xff);
    values_close(d->out);
}

static void append_config(struct decoder *d, const struct attr *attr)
{
    switch (attr->type) {
    case PERF_TYPE_HARDWARE:
        values_xlat(d->out, VALUE_ENUM, "config", &xlat_perf_hardware, attr->config);
        break;
    case PERF_TYPE_SOFTWARE:
        values_xlat(d->out, VALUE_ENUM, "config", &xlat_perf_software, attr->config);
        break;
    case PERF_TYPE_TRACEPOINT:
        values_add(d->out, VALUE_UINT, "config", attr->config);
        break;
    case PERF_TYPE_HW_CACHE:
        append_cache_config(d, attr->config);
        break;
    default:
        values_add(d->out, VALUE_HEX, "config", attr->config);
        break;
    }
}

/* Without -v only the bits that are set, and precise_ip. */
static void append_attribute_bits(struct decoder *d, const struct attr *attr)
{
    for (unsigned i = 0; i < FLAGS_KNOWN; i++) {
        bool precise = i == PRECISE_SHIFT;
        unsigned number = (unsigned)(attr->flags >> i) & (precise ? 3 : 1);
        if (!flag_names[i] || !(d->options->verbose || precise || number)) {
            continue;
        }
        uint32_t index = values_add(d->out, VALUE_UINT, flag_names[i], number);
        if (precise) {
            values_note(d->out, index, precise_names[number], strlen(precise_names[number]));
        }
    }
    if (attr->flags >> FLAGS_KNOWN) {
        char text[32];
        int n = snprintf(text, sizeof(text), "Bits 63..%d", FLAGS_KNOWN);
        uint32_t index = values_add(d->out, VALUE_HEX, "__reserved_1", attr->flags >> FLAGS_KNOWN);
        values_note(d->out, index, text, (size_t)n);
    }
}

static void note_bytes(struct decoder *d, uint32_t index, unsigned from, unsigned to, uint64_t number)
{
    if (number) {
        char text[64];
        int n = snprintf(text, sizeof(text), "bytes %u..%u: %#llx", from, to, (unsigned long long)number);
        values_note(d->out, index, text, (size_t)n);
    }
}

/* The members that came after the first published version are shown as far as `size` reaches. */
static void append_optional(struct decoder *d, const struct attr *attr, uint32_t size)
{
    bool breakpoint = attr->type == PERF_TYPE_BREAKPOINT;
    if (size > offsetof(struct attr, config2)) {
        values_add(d->out, breakpoint ? VALUE_UINT : VALUE_HEX, breakpoint ? "bp_len" : "config2",
                   attr->config2);
    }
    if (size > offsetof(struct attr, branch_sample_type) && attr->sample_type & PERF_SAMPLE_BRANCH_STACK) {
        values_xlat(d->out, VALUE_FLAGS, "branch_sample_type", &xlat_perf_branch, attr->branch_sample_type);
    }
    if (size > offsetof(struct attr, sample_regs_user)) {
        values_add(d->out, VALUE_HEX, "sample_regs_user", attr->sample_regs_user);
    }
    if (size > offsetof(struct attr, sample_stack_user) && attr->sample_type & PERF_SAMPLE_STACK_USER) {
        values_add(d->out, VALUE_HEX, "sample_stack_user", attr->sample_stack_user);
    }
    if (size > offsetof(struct attr, clockid) && has_flag(attr, FLAG_USE_CLOCKID)) {
        kind_clockid.decode(d, "clockid", &kind_clockid, (uint32_t)attr->clockid);
    }
    if (size > offsetof(struct attr, sample_regs_intr)) {
        values_add(d->out, VALUE_HEX, "sample_regs_intr", attr->sample_regs_intr);
    }
    if (size > offsetof(struct attr, aux_watermark)) {
        values_add(d->out, VALUE_UINT, "aux_watermark", attr->aux_watermark);
    }
    if (size > offsetof(struct attr, sample_max_stack)) {
        uint32_t index = values_add(d->out, VALUE_UINT, "sample_max_stack", attr->sample_max_stack);
        note_bytes(d, index, 110, 111, attr->reserved_2);
    }
    if (size > offsetof(struct attr, aux_sample_size)) {
        uint32_t index = values_add(d->out, VALUE_UINT, "aux_sample_size", attr->aux_sample_size);
        note_bytes(d, index, 116, 119, attr->aux_action);
    }
    if (size > offsetof(struct attr, sig_data)) {
        values_add(d->out, VALUE_HEX, "sig_data", attr->sig_data);
    }
    if (size > offsetof(struct attr, config3)) {
        values_add(d->out, VALUE_HEX, "config3", attr->config3);
    }
}

static void append_details(struct decoder *d, const struct attr *attr, uint32_t size)
{
    bool breakpoint = attr->type == PERF_TYPE_BREAKPOINT;
    values_add(d->out, VALUE_UINT, has_flag(attr, FLAG_WATERMARK) ? "wakeup_watermark" : "wakeup_events",
               attr->wakeup);
    if (breakpoint) {
        values_xlat(d->out, VALUE_ENUM, "bp_type", &xlat_perf_breakpoint, attr->bp_type);
    }
    values_add(d->out, VALUE_HEX, breakpoint ? "bp_addr" : "config1", attr->config1);
    append_optional(d, attr, size);
}

/* The size that the kernel wants stands in its place after E2BIG. */
static void append_size(struct decoder *d, uint32_t before, const uint32_t *after)
{
    if (!after) {
        values_xlat(d->out, VALUE_ENUM, "size", &xlat_perf_size, before);
        return;
    }
    values_open(d->out, VALUE_CHANGE, "size");
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_perf_size, before);
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_perf_size, *after);
    values_close(d->out);
}

static void append_attr(struct decoder *d, const char *name, const struct attr *attr, uint32_t size,
                        const uint32_t *new_size)
{
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    values_xlat(d->out, VALUE_ENUM, "type", &xlat_perf_type, attr->type);
    append_size(d, attr->size, new_size);
    append_config(d, attr);
    values_add(d->out, VALUE_UINT, has_flag(attr, FLAG_FREQ) ? "sample_freq" : "sample_period",
               attr->sample_period);
    values_xlat(d->out, VALUE_FLAGS, "sample_type", &xlat_perf_sample, attr->sample_type);
    values_xlat(d->out, VALUE_FLAGS, "read_format", &xlat_perf_format, attr->read_format);
    append_attribute_bits(d, attr);
    if (d->options->verbose) {
        append_details(d, attr, size);
    }
    if (!d->options->verbose || attr->size > size) {
        values_at(d->out, whole)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

/* The size that was shown at entry, which the kernel has overwritten since. */
static uint32_t size_at_entry(const struct decoder *d, uint32_t fallback)
{
    const struct value *attr = values_at(d->out, d->value[d->arg]);
    for (uint32_t i = attr->type == VALUE_STRUCT ? attr->first : 0; i; i = values_at(d->out, i)->next) {
        if (strcmp(values_at(d->out, i)->name, "size") == 0) {
            return (uint32_t)values_at(d->out, i)->number;
        }
    }
    return fallback;
}

static void attr_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct attr attr = {0};
    uint32_t in_memory;
    uint64_t addr = decode_word(d, raw);

    /* What was shown at entry stays where nothing was written, or where the size was too small to be one. */
    if (d->at_exit &&
        (d->result != RESULT_E2BIG || values_at(d->out, d->value[d->arg])->type != VALUE_STRUCT)) {
        return;
    }
    if (!addr || !mem_read(d->mem, addr + AT_SIZE, &in_memory, sizeof(in_memory))) {
        decode_addr(d, name, raw);
        return;
    }
    uint32_t given = d->at_exit ? size_at_entry(d, in_memory) : in_memory;
    uint32_t size = given ? given : ATTR_SIZE_MIN;
    size = size < sizeof(attr) ? size : (uint32_t)sizeof(attr);
    if (size < ATTR_SIZE_MIN || !mem_read(d->mem, addr, &attr, size)) {
        decode_addr(d, name, raw);
        return;
    }
    attr.size = given;
    append_attr(d, name, &attr, size, d->at_exit ? &in_memory : NULL);
}

const struct kind kind_perf_event_attr = {
    .decode = attr_kind, .direction = DIR_INOUT, .extent = EXTENT_FIXED, .size = sizeof(struct attr)};
KIND_FLAGS_LONG(perf_event_open_flags, perf_open_flags);
