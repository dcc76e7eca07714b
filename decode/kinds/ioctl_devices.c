/* Requests to devices: virtual machines (linux/kvm.h), input (linux/input.h), flash memory (mtd/mtd-abi.h).
 */
#include <linux/ioctl.h>
#include <mtd/mtd-abi.h>
#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/ioctl.h"
#include "decode/kinds/members.h"

XLAT(kvm_memory_flags, "KVM_MEM_???", {1, "KVM_MEM_LOG_DIRTY_PAGES"}, {2, "KVM_MEM_READONLY"},
     {4, "KVM_MEM_GUEST_MEMFD"});
XLAT(kvm_cpuid_flags, "KVM_CPUID_FLAG_???", {1, "KVM_CPUID_FLAG_SIGNIFCANT_INDEX"},
     {2, "KVM_CPUID_FLAG_STATEFUL_FUNC"}, {4, "KVM_CPUID_FLAG_STATE_READ_NEXT"});

/* Numbers of linux/kvm.h, which is not exported on every machine; those of this machine's ABI. */
enum {
    KVM_CHECK_EXTENSION_ = 0xae03,
    KVM_CREATE_VCPU_ = 0xae41,
    KVM_SET_USER_MEMORY_REGION_ = 0x4020ae46,
    KVM_GET_REGS_ = 0x8090ae81,
    KVM_SET_REGS_ = 0x4090ae82,
    KVM_GET_SREGS_ = 0x8138ae83,
    KVM_SET_SREGS_ = 0x4138ae84,
    KVM_SET_CPUID2_ = 0x4008ae90,
    KVM_GET_SUPPORTED_CPUID_ = 0xc008ae05,
    KVM_GET_EMULATED_CPUID_ = 0xc008ae09,
    CPUID_ENTRY_SIZE = 40,
    CPUID_HEAD_SIZE = 8
};

struct memory_region {
    uint32_t slot, flags;
    uint64_t guest_phys_addr, memory_size, userspace_addr;
};
struct segment {
    uint64_t base;
    uint32_t limit;
    uint16_t selector;
    uint8_t type, present, dpl, db, s, l, g, avl, unusable, padding;
};
struct descriptor_table {
    uint64_t base;
    uint16_t limit, padding[3];
};
struct special_registers {
    struct segment cs, ds, es, fs, gs, ss, tr, ldt;
    struct descriptor_table gdt, idt;
    uint64_t cr0, cr2, cr3, cr4, cr8, efer, apic_base, interrupt_bitmap[4];
};
struct cpuid_entry {
    uint32_t function, index, flags, eax, ebx, ecx, edx;
};

#define SEGMENT(member) MEMBER(struct segment, member, UINT)
#define TABLE(member) MEMBER(struct special_registers, member, BLOCK, .layout = &layout_descriptor_table)
#define SELECTOR(member) MEMBER(struct special_registers, member, BLOCK, .layout = &layout_segment)
#define CONTROL(member) MEMBER(struct special_registers, member, UINT)
#define LEAF(member) MEMBER(struct cpuid_entry, member, HEX)
LAYOUT(memory_region, struct memory_region, MEMBER(struct memory_region, slot, UINT),
       MEMBER(struct memory_region, flags, FLAGS, .xlat = &xlat_kvm_memory_flags),
       MEMBER(struct memory_region, guest_phys_addr, HEX), MEMBER(struct memory_region, memory_size, UINT),
       MEMBER(struct memory_region, userspace_addr, HEX));
LAYOUT(segment, struct segment, MEMBER(struct segment, base, HEX), SEGMENT(limit), SEGMENT(selector),
       SEGMENT(type), SEGMENT(present), SEGMENT(dpl), SEGMENT(db), SEGMENT(s), SEGMENT(l), SEGMENT(g),
       SEGMENT(avl));
LAYOUT(descriptor_table, struct descriptor_table, MEMBER(struct descriptor_table, base, HEX),
       MEMBER(struct descriptor_table, limit, UINT));
LAYOUT(code_segment, struct special_registers, SELECTOR(cs));
LAYOUT(special_registers, struct special_registers, SELECTOR(cs), SELECTOR(ds), SELECTOR(es), SELECTOR(fs),
       SELECTOR(gs), SELECTOR(ss), SELECTOR(tr), SELECTOR(ldt), TABLE(gdt), TABLE(idt), CONTROL(cr0),
       CONTROL(cr2), CONTROL(cr3), CONTROL(cr4), CONTROL(cr8), CONTROL(efer),
       MEMBER(struct special_registers, apic_base, HEX));
LAYOUT(cpuid_entry, struct cpuid_entry, LEAF(function), LEAF(index),
       MEMBER(struct cpuid_entry, flags, FLAGS, .xlat = &xlat_kvm_cpuid_flags), LEAF(eax), LEAF(ebx),
       LEAF(ecx), LEAF(edx));

/* What is left out without -v is in the middle of it. */
static void decode_registers(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    static const struct {
        const char *name;
        bool detail;
    } registers[] = {{"rax", false}, {"rbx", true},  {"rcx", true},    {"rdx", true}, {"rsi", true},
                     {"rdi", true},  {"rsp", false}, {"rbp", false},   {"r8", true},  {"r9", true},
                     {"r10", true},  {"r11", true},  {"r12", true},    {"r13", true}, {"r14", true},
                     {"r15", true},  {"rip", false}, {"rflags", false}};
    enum { COUNT = sizeof(registers) / sizeof(registers[0]) };
    uint64_t numbers[COUNT];
    bool left_out = false;
    (void)kind;
    if (!decode_object(d, name, raw, numbers, sizeof(numbers))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    for (unsigned i = 0; i < COUNT; i++) {
        if (!registers[i].detail || d->options->verbose) {
            values_add(d->out, VALUE_HEX, registers[i].name, numbers[i]);
            left_out = false;
        } else if (!left_out) {
            values_word(d->out, NULL, "...");
            left_out = true;
        }
    }
    values_close(d->out);
}

static void decode_special_registers(struct decoder *d, const char *name, const struct kind *kind,
                                     uint64_t raw)
{
    struct special_registers s;
    const struct block block = {.bytes = (const unsigned char *)&s, .size = sizeof(s)};
    (void)kind;
    if (!decode_object(d, name, raw, &s, sizeof(s))) {
        return;
    }
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    decode_members(d, &block, d->options->verbose ? &layout_special_registers : &layout_code_segment);
    if (!d->options->verbose) {
        values_at(d->out, whole)->flags |= VALUE_MORE;
    } else {
        values_open(d->out, VALUE_ARRAY, "interrupt_bitmap");
        for (unsigned i = 0; i < 4; i++) {
            values_add(d->out, VALUE_HEX, NULL, s.interrupt_bitmap[i]);
        }
        values_close(d->out);
    }
    values_close(d->out);
}

static void append_leaf(struct decoder *d, const void *element, void *context)
{
    (void)context;
    const struct block block = {.bytes = element, .size = sizeof(struct cpuid_entry)};
    values_open(d->out, VALUE_STRUCT, NULL);
    decode_members(d, &block, &layout_cpuid_entry);
    values_close(d->out);
}

static void decode_cpuid(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t head[2];
    (void)kind;
    if (!decode_object(d, name, raw, head, sizeof(head))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_UINT, "nent", head[0]);
    if (d->options->verbose) {
        decode_array(d, "entries", raw + CPUID_HEAD_SIZE, head[0], CPUID_ENTRY_SIZE, append_leaf, NULL);
    } else {
        uint32_t array = values_open(d->out, VALUE_ARRAY, "entries");
        values_at(d->out, array)->flags |= head[0] ? VALUE_MORE : 0;
        values_close(d->out);
    }
    values_close(d->out);
}

/* linux/input.h: the sizes of some are part of the request's number. */
XLAT(evdev_slots, "ABS_MT_???", {0x2f, "ABS_MT_SLOT"}, {0x30, "ABS_MT_TOUCH_MAJOR"},
     {0x31, "ABS_MT_TOUCH_MINOR"}, {0x32, "ABS_MT_WIDTH_MAJOR"}, {0x33, "ABS_MT_WIDTH_MINOR"},
     {0x34, "ABS_MT_ORIENTATION"}, {0x35, "ABS_MT_POSITION_X"}, {0x36, "ABS_MT_POSITION_Y"},
     {0x37, "ABS_MT_TOOL_TYPE"}, {0x38, "ABS_MT_BLOB_ID"}, {0x39, "ABS_MT_TRACKING_ID"},
     {0x3a, "ABS_MT_PRESSURE"}, {0x3b, "ABS_MT_DISTANCE"}, {0x3c, "ABS_MT_TOOL_X"}, {0x3d, "ABS_MT_TOOL_Y"});
enum { INPUT_TYPE = 'E', INPUT_ABSOLUTE = 0x40, INPUT_SET_ABSOLUTE = 0xc0, INPUT_AXES = 0x40 };
struct input_axis {
    int32_t value, minimum, maximum, fuzz, flat, resolution;
};
struct input_identity {
    uint16_t bustype, vendor, product, version;
};
#define AXIS(member, ...) MEMBER(struct input_axis, member, UINT, ##__VA_ARGS__)
#define IDENTITY(member) MEMBER(struct input_identity, member, UINT)
LAYOUT(input_axis, struct input_axis, AXIS(value), AXIS(minimum), AXIS(maximum, .detail = true),
       AXIS(fuzz, .detail = true), AXIS(flat, .detail = true), AXIS(resolution, .detail = true));
LAYOUT(input_identity, struct input_identity, IDENTITY(bustype), IDENTITY(vendor), IDENTITY(product),
       IDENTITY(version));

static void decode_repeat(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t pair[2];
    (void)kind;
    if (decode_object(d, name, raw, pair, sizeof(pair))) {
        values_open(d->out, VALUE_ARRAY, name);
        values_add(d->out, VALUE_UINT, NULL, pair[0]);
        values_add(d->out, VALUE_UINT, NULL, pair[1]);
        values_close(d->out);
    }
}

/* The result says how long the text is, its NUL included. */
static void decode_input_text(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_data(d, name, raw, (uint64_t)d->result);
}

static void decode_slots(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    int32_t numbers[64];
    size_t size = _IOC_SIZE((uint32_t)d->args[1]) & ~3U;
    (void)kind;
    size = size < sizeof(numbers) ? size : sizeof(numbers);
    if (size == 0 || !decode_object(d, name, raw, numbers, size)) {
        if (size == 0) {
            decode_addr(d, name, raw);
        }
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_xlat(d->out, VALUE_ENUM, "code", &xlat_evdev_slots, (uint32_t)numbers[0]);
    values_open(d->out, VALUE_ARRAY, "values");
    for (size_t i = 1; i < size / sizeof(numbers[0]); i++) {
        values_add(d->out, VALUE_INT, NULL, (uint64_t)(int64_t)numbers[i]);
    }
    values_close(d->out);
    values_close(d->out);
}

static const struct kind repeat_kind = {.decode = decode_repeat};
static const struct kind input_text_kind = {.decode = decode_input_text};
static const struct kind slots_kind = {.decode = decode_slots};

const struct ioctl_shape *ioctl_input_shape(uint32_t request)
{
    static const struct ioctl_shape text = {0, IOCTL_DECODED, DIR_OUT, 0, &input_text_kind};
    static const struct ioctl_shape slots = {0, IOCTL_DECODED, DIR_OUT, 0, &slots_kind};
    static const struct ioctl_shape axis = {0, IOCTL_LAYOUT_AT, DIR_OUT, 0, &layout_input_axis};
    static const struct ioctl_shape axis_set = {0, IOCTL_LAYOUT_AT, DIR_IN, 0, &layout_input_axis};
    uint32_t number = _IOC_NR(request);
    bool reads = _IOC_DIR(request) == _IOC_READ;
    if (_IOC_TYPE(request) != INPUT_TYPE) {
        return NULL;
    }
    if (reads && number >= 0x06 && number <= 0x08) { /* EVIOCGNAME, EVIOCGPHYS, EVIOCGUNIQ */
        return &text;
    }
    if (reads && number == 0x0a) { /* EVIOCGMTSLOTS */
        return &slots;
    }
    if (_IOC_SIZE(request) != sizeof(struct input_axis)) {
        return NULL;
    }
    if (reads && number >= INPUT_ABSOLUTE && number < INPUT_ABSOLUTE + INPUT_AXES) {
        return &axis;
    }
    bool writes = _IOC_DIR(request) == _IOC_WRITE;
    return writes && number >= INPUT_SET_ABSOLUTE && number < INPUT_SET_ABSOLUTE + INPUT_AXES ? &axis_set
                                                                                              : NULL;
}

XLAT(mtd_modes, "MTD_OPS_???", X(MTD_OPS_PLACE_OOB), X(MTD_OPS_AUTO_OOB), X(MTD_OPS_RAW));
XLAT(mtd_file_modes, "MTD_FILE_MODE_???", X(MTD_FILE_MODE_NORMAL), X(MTD_FILE_MODE_OTP_FACTORY),
     X(MTD_FILE_MODE_OTP_USER), X(MTD_FILE_MODE_RAW));
XLAT(mtd_types, "MTD_???", X(MTD_ABSENT), X(MTD_RAM), X(MTD_ROM), X(MTD_NORFLASH), X(MTD_NANDFLASH),
     X(MTD_DATAFLASH), X(MTD_UBIVOLUME), X(MTD_MLCNANDFLASH));
XLAT(mtd_flags, "MTD_???", X(MTD_WRITEABLE), X(MTD_BIT_WRITEABLE), X(MTD_NO_ERASE), X(MTD_POWERUP_LOCK),
     {0x1000, "MTD_SLC_ON_MLC_EMULATION"});

struct mtd_info {
    uint8_t type, pad[3];
    uint32_t flags, size, erasesize, writesize, oobsize;
    uint64_t padding;
};
LAYOUT(erase, struct erase_info_user, MEMBER(struct erase_info_user, start, HEX),
       MEMBER(struct erase_info_user, length, HEX));
LAYOUT(erase64, struct erase_info_user64, MEMBER(struct erase_info_user64, start, HEX),
       MEMBER(struct erase_info_user64, length, HEX));
LAYOUT(oob64, struct mtd_oob_buf64, MEMBER(struct mtd_oob_buf64, start, HEX),
       MEMBER(struct mtd_oob_buf64, length, HEX), MEMBER(struct mtd_oob_buf64, usr_ptr, ADDR));
LAYOUT(otp, struct otp_info, MEMBER(struct otp_info, start, HEX), MEMBER(struct otp_info, length, HEX),
       MEMBER(struct otp_info, locked, UINT));
LAYOUT(mtd_write, struct mtd_write_req, MEMBER(struct mtd_write_req, start, HEX),
       MEMBER(struct mtd_write_req, len, HEX), MEMBER(struct mtd_write_req, ooblen, HEX),
       MEMBER(struct mtd_write_req, usr_data, ADDR), MEMBER(struct mtd_write_req, usr_oob, ADDR),
       MEMBER(struct mtd_write_req, mode, ENUM, .xlat = &xlat_mtd_modes));
LAYOUT(mtd_info, struct mtd_info, MEMBER(struct mtd_info, type, ENUM, .xlat = &xlat_mtd_types),
       MEMBER(struct mtd_info, flags, FLAGS, .xlat = &xlat_mtd_flags), MEMBER(struct mtd_info, size, HEX),
       MEMBER(struct mtd_info, erasesize, HEX), MEMBER(struct mtd_info, writesize, HEX),
       MEMBER(struct mtd_info, oobsize, HEX), MEMBER(struct mtd_info, padding, HEX));
LAYOUT(ecc_stats, struct mtd_ecc_stats, MEMBER(struct mtd_ecc_stats, corrected, HEX),
       MEMBER(struct mtd_ecc_stats, failed, HEX), MEMBER(struct mtd_ecc_stats, badblocks, HEX),
       MEMBER(struct mtd_ecc_stats, bbtblocks, HEX));

static const struct kind registers_kind = {.decode = decode_registers};
static const struct kind special_registers_kind = {.decode = decode_special_registers};
static const struct kind cpuid_kind = {.decode = decode_cpuid};

#define AT(request, direction, layout)                                                                       \
    {                                                                                                        \
        request, IOCTL_LAYOUT_AT, DIR_##direction, 0, &layout_##layout                                       \
    }
#define BY(request, direction, kind)                                                                         \
    {                                                                                                        \
        request, IOCTL_DECODED, DIR_##direction, 0, &kind##_kind                                             \
    }
#define PLAIN(request, as, direction, size)                                                                  \
    {                                                                                                        \
        request, IOCTL_##as, DIR_##direction, size, NULL                                                     \
    }
enum {
    EVIOCGVERSION_ = 0x80044501,
    EVIOCGID_ = 0x80084502,
    EVIOCGREP_ = 0x80084503,
    EVIOCSREP_ = 0x40084503,
    EVIOCRMFF_ = 0x40044581,
    EVIOCGEFFECTS_ = 0x80044584,
    EVIOCREVOKE_ = 0x40044591,
    EVIOCSCLOCKID_ = 0x400445a0
};

IOCTL_SHAPES(devices, {KVM_CHECK_EXTENSION_, IOCTL_ENUM, DIR_IN, 0, &xlat_kvm_caps},
             PLAIN(KVM_CREATE_VCPU_, UNSIGNED, IN, 0), AT(KVM_SET_USER_MEMORY_REGION_, IN, memory_region),
             BY(KVM_GET_REGS_, OUT, registers), BY(KVM_SET_REGS_, IN, registers),
             BY(KVM_GET_SREGS_, OUT, special_registers), BY(KVM_SET_SREGS_, IN, special_registers),
             BY(KVM_SET_CPUID2_, IN, cpuid), BY(KVM_GET_SUPPORTED_CPUID_, OUT, cpuid),
             BY(KVM_GET_EMULATED_CPUID_, OUT, cpuid), PLAIN(EVIOCGVERSION_, HEX_AT, OUT, 4),
             PLAIN(EVIOCGEFFECTS_, UNSIGNED_AT, OUT, 4), AT(EVIOCGID_, OUT, input_identity),
             BY(EVIOCGREP_, OUT, repeat), BY(EVIOCSREP_, IN, repeat), PLAIN(EVIOCRMFF_, INT, IN, 0),
             PLAIN(EVIOCREVOKE_, UNSIGNED, IN, 0), PLAIN(EVIOCSCLOCKID_, UNSIGNED_AT, IN, 4),
             AT(MEMERASE, IN, erase), AT(MEMLOCK, IN, erase), AT(MEMUNLOCK, IN, erase),
             AT(MEMISLOCKED, IN, erase), AT(MEMERASE64, IN, erase64), AT(MEMWRITEOOB64, IN, oob64),
             AT(MEMREADOOB64, IN, oob64), AT(MEMWRITE, IN, mtd_write), AT(OTPGETREGIONINFO, OUT, otp),
             AT(OTPLOCK, IN, otp), AT(MEMGETINFO, OUT, mtd_info), AT(ECCGETSTATS, OUT, ecc_stats),
             {MTDFILEMODE, IOCTL_ENUM, DIR_IN, 0, &xlat_mtd_file_modes},
             PLAIN(MEMGETBADBLOCK, UNSIGNED_AT, IN, 8), PLAIN(MEMSETBADBLOCK, UNSIGNED_AT, IN, 8),
             PLAIN(OTPGETREGIONCOUNT, UNSIGNED_AT, OUT, 4), PLAIN(MEMGETREGIONCOUNT, NUMBER_AT, OUT, 4));
