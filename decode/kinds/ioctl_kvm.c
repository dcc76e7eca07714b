/* Requests to virtual machines (linux/kvm.h). */
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

static const struct kind registers_kind = {.decode = decode_registers};
static const struct kind special_registers_kind = {.decode = decode_special_registers};
static const struct kind cpuid_kind = {.decode = decode_cpuid};

IOCTL_SHAPES(kvm, NAMED(KVM_CHECK_EXTENSION_, ENUM, IN, 0, kvm_caps),
             PLAIN(KVM_CREATE_VCPU_, UNSIGNED, IN, 0), AT(KVM_SET_USER_MEMORY_REGION_, IN, memory_region),
             BY(KVM_GET_REGS_, OUT, registers), BY(KVM_SET_REGS_, IN, registers),
             BY(KVM_GET_SREGS_, OUT, special_registers), BY(KVM_SET_SREGS_, IN, special_registers),
             BY(KVM_SET_CPUID2_, IN, cpuid), BY(KVM_GET_SUPPORTED_CPUID_, OUT, cpuid),
             BY(KVM_GET_EMULATED_CPUID_, OUT, cpuid));
