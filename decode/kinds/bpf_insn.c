/* Instructions of eBPF: include/uapi/linux/bpf.h and Documentation/bpf/standardization. */
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/bpf.h"

enum { CLASS_LD, CLASS_LDX, CLASS_ST, CLASS_STX, CLASS_ALU, CLASS_JMP, CLASS_JMP32, CLASS_ALU64 };

enum { PROGRAM_MAX = 4096 }; /* BPF_MAXINSNS: strace shows no more */

/* As a target's memory holds it: eight bytes on every ABI. */
struct instruction {
    uint8_t code;
    uint8_t registers; /* the destination in the low half */
    int16_t offset;
    int32_t immediate;
};

XLAT(ebpf_class, "BPF_???", {0, "BPF_LD"}, {1, "BPF_LDX"}, {2, "BPF_ST"}, {3, "BPF_STX"}, {4, "BPF_ALU"},
     {5, "BPF_JMP"}, {6, "BPF_JMP32"}, {7, "BPF_ALU64"});
XLAT(ebpf_size, "BPF_???", {0, "BPF_W"}, {8, "BPF_H"}, {0x10, "BPF_B"}, {0x18, "BPF_DW"});
XLAT(ebpf_mode, "BPF_???", {0, "BPF_IMM"}, {0x20, "BPF_ABS"}, {0x40, "BPF_IND"}, {0x60, "BPF_MEM"},
     {0x80, "BPF_MEMSX"}, {0xc0, "BPF_XADD"});
XLAT(ebpf_source, "BPF_???", {0, "BPF_K"}, {8, "BPF_X"});
XLAT(ebpf_alu, "BPF_???", {0, "BPF_ADD"}, {0x10, "BPF_SUB"}, {0x20, "BPF_MUL"}, {0x30, "BPF_DIV"},
     {0x40, "BPF_OR"}, {0x50, "BPF_AND"}, {0x60, "BPF_LSH"}, {0x70, "BPF_RSH"}, {0x80, "BPF_NEG"},
     {0x90, "BPF_MOD"}, {0xa0, "BPF_XOR"}, {0xb0, "BPF_MOV"}, {0xc0, "BPF_ARSH"}, {0xd0, "BPF_END"});
XLAT(ebpf_jump, "BPF_???", {0, "BPF_JA"}, {0x10, "BPF_JEQ"}, {0x20, "BPF_JGT"}, {0x30, "BPF_JGE"},
     {0x40, "BPF_JSET"}, {0x50, "BPF_JNE"}, {0x60, "BPF_JSGT"}, {0x70, "BPF_JSGE"}, {0x80, "BPF_CALL"},
     {0x90, "BPF_EXIT"}, {0xa0, "BPF_JLT"}, {0xb0, "BPF_JLE"}, {0xc0, "BPF_JSLT"}, {0xd0, "BPF_JSLE"});
/* strace leaves the operations of this class unnamed; 0 is one that is not looked up. */
XLAT(ebpf_jump32, "BPF_???", {0, "BPF_JA"});
XLAT(ebpf_register, "BPF_REG_???", {0, "BPF_REG_0"}, {1, "BPF_REG_1"}, {2, "BPF_REG_2"}, {3, "BPF_REG_3"},
     {4, "BPF_REG_4"}, {5, "BPF_REG_5"}, {6, "BPF_REG_6"}, {7, "BPF_REG_7"}, {8, "BPF_REG_8"},
     {9, "BPF_REG_9"}, {10, "BPF_REG_10"});

static void append_code(struct decoder *d, uint8_t code)
{
    unsigned class = code & 7;
    uint32_t whole = values_open(d->out, VALUE_OR, "code");
    values_at(d->out, whole)->number = code;
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_ebpf_class, class);
    if (class <= CLASS_STX) {
        values_xlat(d->out, VALUE_ENUM, NULL, &xlat_ebpf_size, code & 0x18);
        values_xlat(d->out, VALUE_ENUM, NULL, &xlat_ebpf_mode, code & 0xe0);
    } else if (class != CLASS_JMP32) {
        values_xlat(d->out, VALUE_ENUM, NULL, &xlat_ebpf_source, code & 8);
        values_xlat(d->out, VALUE_ENUM, NULL, class == CLASS_JMP ? &xlat_ebpf_jump : &xlat_ebpf_alu,
                    code & 0xf0);
    } else if (code & ~7U) {
        values_xlat(d->out, VALUE_ENUM, NULL, &xlat_ebpf_jump32, code & ~7U);
    }
    values_close(d->out);
}

static void append_instruction(struct decoder *d, const void *element, void *context)
{
    (void)context;
    struct instruction insn;
    memcpy(&insn, element, sizeof(insn));
    values_open(d->out, VALUE_STRUCT, NULL);
    append_code(d, insn.code);
    values_xlat(d->out, VALUE_ENUM, "dst_reg", &xlat_ebpf_register, insn.registers & 0xf);
    values_xlat(d->out, VALUE_ENUM, "src_reg", &xlat_ebpf_register, insn.registers >> 4);
    values_add(d->out, VALUE_INT, "off", (uint64_t)(int64_t)insn.offset);
    values_add(d->out, VALUE_HEX, "imm", (uint32_t)insn.immediate);
    values_close(d->out);
}

void decode_bpf_program(struct decoder *d, const char *name, uint64_t addr, uint64_t count)
{
    uint64_t shown = count < PROGRAM_MAX ? count : PROGRAM_MAX;
    decode_array(d, name, addr, shown, sizeof(struct instruction), append_instruction, NULL);
}
