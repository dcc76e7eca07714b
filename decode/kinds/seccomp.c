#include "decode/kinds/seccomp.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/fields.h"
#include "decode/kinds/process.h"

XLAT(seccomp_operation, "SECCOMP_SET_MODE_???", X(SECCOMP_SET_MODE_STRICT), X(SECCOMP_SET_MODE_FILTER),
     X(SECCOMP_GET_ACTION_AVAIL), X(SECCOMP_GET_NOTIF_SIZES));
XLAT(seccomp_filter_flags, "SECCOMP_FILTER_FLAG_???", X(SECCOMP_FILTER_FLAG_TSYNC),
     X(SECCOMP_FILTER_FLAG_LOG), X(SECCOMP_FILTER_FLAG_SPEC_ALLOW), X(SECCOMP_FILTER_FLAG_NEW_LISTENER),
     X(SECCOMP_FILTER_FLAG_TSYNC_ESRCH), {0x20, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"});
XLAT(seccomp_action, "SECCOMP_RET_???", X(SECCOMP_RET_KILL_PROCESS), X(SECCOMP_RET_KILL_THREAD),
     X(SECCOMP_RET_TRAP), X(SECCOMP_RET_ERRNO), X(SECCOMP_RET_USER_NOTIF), X(SECCOMP_RET_TRACE),
     X(SECCOMP_RET_LOG), X(SECCOMP_RET_ALLOW));
XLAT(seccomp_mode, "SECCOMP_MODE_???", X(SECCOMP_MODE_DISABLED), X(SECCOMP_MODE_STRICT),
     X(SECCOMP_MODE_FILTER));

XLAT(bpf_class, "BPF_???", X(BPF_LD), X(BPF_LDX), X(BPF_ST), X(BPF_STX), X(BPF_ALU), X(BPF_JMP), X(BPF_RET),
     X(BPF_MISC));
XLAT(bpf_size, "BPF_???", X(BPF_W), X(BPF_H), X(BPF_B));
XLAT(bpf_mode, "BPF_???", X(BPF_IMM), X(BPF_ABS), X(BPF_IND), X(BPF_MEM), X(BPF_LEN), X(BPF_MSH));
XLAT(bpf_source, "BPF_???", X(BPF_K), X(BPF_X));
XLAT(bpf_alu, "BPF_???", X(BPF_ADD), X(BPF_SUB), X(BPF_MUL), X(BPF_DIV), X(BPF_OR), X(BPF_AND), X(BPF_LSH),
     X(BPF_RSH), X(BPF_NEG), X(BPF_MOD), X(BPF_XOR));
XLAT(bpf_jump, "BPF_???", X(BPF_JA), X(BPF_JEQ), X(BPF_JGT), X(BPF_JGE), X(BPF_JSET));
XLAT(bpf_return, "BPF_???", X(BPF_K), X(BPF_X), X(BPF_A));
XLAT(bpf_misc, "BPF_???", X(BPF_TAX), X(BPF_TXA));

static void decode_part(struct decoder *d, const struct xlat *xlat, unsigned bits)
{
    values_xlat(d->out, VALUE_ENUM, NULL, xlat, bits);
}

/* The parts of an instruction's code, as linux/filter.h's macros would be joined to write it. */
static void decode_code(struct decoder *d, unsigned code)
{
    unsigned rest = 0;
    uint32_t whole = values_open(d->out, VALUE_OR, NULL);
    values_at(d->out, whole)->number = code;
    decode_part(d, &xlat_bpf_class, BPF_CLASS(code));
    switch (BPF_CLASS(code)) {
    case BPF_LD:
    case BPF_LDX:
        decode_part(d, &xlat_bpf_size, BPF_SIZE(code));
        decode_part(d, &xlat_bpf_mode, BPF_MODE(code));
        break;
    case BPF_ALU:
        decode_part(d, &xlat_bpf_source, BPF_SRC(code));
        decode_part(d, &xlat_bpf_alu, BPF_OP(code));
        break;
    case BPF_JMP:
        decode_part(d, &xlat_bpf_source, BPF_SRC(code));
        decode_part(d, &xlat_bpf_jump, BPF_OP(code));
        break;
    case BPF_RET:
        decode_part(d, &xlat_bpf_return, BPF_RVAL(code));
        rest = code & ~(7U | BPF_RVAL(code));
        break;
    case BPF_MISC:
        decode_part(d, &xlat_bpf_misc, BPF_MISCOP(code));
        rest = code & ~(7U | BPF_MISCOP(code));
        break;
    default: /* BPF_ST, BPF_STX */
        rest = code & ~7U;
        break;
    }
    if (rest) {
        decode_part(d, &xlat_bpf_class, rest); /* has no name */
    }
    values_close(d->out);
}

static void decode_action(struct decoder *d, uint32_t number)
{
    uint32_t whole = values_open(d->out, VALUE_OR, NULL);
    values_at(d->out, whole)->number = number;
    decode_part(d, &xlat_seccomp_action, number & SECCOMP_RET_ACTION_FULL);
    if (number & SECCOMP_RET_DATA) {
        values_add(d->out, VALUE_HEX, NULL, number & SECCOMP_RET_DATA);
    }
    values_close(d->out);
}

/* context: whether it is a seccomp filter. */
static void decode_instruction(struct decoder *d, const void *element, void *context)
{
    struct sock_filter instruction;
    memcpy(&instruction, element, sizeof(instruction));
    bool jump = instruction.jt || instruction.jf;
    bool names_action = *(const bool *)context && !jump && BPF_CLASS(instruction.code) == BPF_RET;

    values_open_func(d->out, NULL, jump ? "BPF_JUMP" : "BPF_STMT");
    decode_code(d, instruction.code);
    if (names_action) {
        decode_action(d, instruction.k);
    } else {
        values_add(d->out, VALUE_HEX, NULL, instruction.k);
    }
    if (jump) {
        values_add(d->out, VALUE_HEX, NULL, instruction.jt);
        values_add(d->out, VALUE_HEX, NULL, instruction.jf);
    }
    values_close(d->out);
}

void decode_sock_filters(struct decoder *d, const char *name, uint64_t addr, uint64_t count, bool seccomp)
{
    if (!d->options->verbose || count > BPF_MAXINSNS) {
        decode_addr(d, name, addr);
    } else {
        decode_array(d, name, addr, count, sizeof(struct sock_filter), decode_instruction, &seccomp);
    }
}

void decode_sock_fprog(struct decoder *d, const char *name, uint64_t addr, bool seccomp)
{
    unsigned char bytes[sizeof(struct sock_fprog)];
    size_t size = 2 * (size_t)d->abi->pointer_size; /* a short, padded to the pointer behind it */

    if (!decode_object(d, name, addr, bytes, size)) {
        return;
    }
    struct fields f = fields_over(d, bytes, size);
    values_open(d->out, VALUE_STRUCT, name);
    uint64_t length = field_unsigned(&f, 2);
    values_add(d->out, VALUE_UINT, "len", length);
    decode_sock_filters(d, "filter", field_pointer(&f), length, seccomp);
    values_close(d->out);
}

/* The operation is the first argument of seccomp(2). */
static uint32_t operation_of(const struct decoder *d)
{
    return (uint32_t)d->args[0];
}

static void decode_seccomp_flags(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if (operation_of(d) == SECCOMP_SET_MODE_FILTER) {
        append_flags(d, name, &xlat_seccomp_filter_flags, (uint32_t)raw);
    } else {
        values_add(d->out, VALUE_HEX, name, (uint32_t)raw);
    }
}

static void decode_notif_sizes(struct decoder *d, const char *name, uint64_t addr)
{
    struct seccomp_notif_sizes sizes;
    if (decode_object(d, name, addr, &sizes, sizeof(sizes))) {
        values_open(d->out, VALUE_STRUCT, name);
        values_add(d->out, VALUE_UINT, "seccomp_notif", sizes.seccomp_notif);
        values_add(d->out, VALUE_UINT, "seccomp_notif_resp", sizes.seccomp_notif_resp);
        values_add(d->out, VALUE_UINT, "seccomp_data", sizes.seccomp_data);
        values_close(d->out);
    }
}

static const struct kind kind_action_at = {.decode = decode_enum_at, .aux = &xlat_seccomp_action};

static void decode_seccomp_args(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t operation = operation_of(d);

    if (d->at_exit) {
        if (operation == SECCOMP_GET_NOTIF_SIZES && d->result >= 0) {
            decode_notif_sizes(d, name, raw);
        }
    } else if (operation == SECCOMP_SET_MODE_FILTER) {
        decode_sock_fprog(d, name, raw, true);
    } else if (operation == SECCOMP_GET_ACTION_AVAIL) {
        decode_enum_at(d, name, &kind_action_at, raw);
    } else {
        decode_addr(d, name, raw);
    }
}

KIND_ENUM(seccomp_operation, seccomp_operation);
const struct kind kind_seccomp_flags = {.decode = decode_seccomp_flags};
const struct kind kind_seccomp_args = {.decode = decode_seccomp_args,
                                       .direction = DIR_INOUT,
                                       .extent = EXTENT_FIXED,
                                       .size = sizeof(struct seccomp_notif_sizes)};
const struct kind kind_seccomp_mode = {.decode = decode_enum, .aux = &xlat_seccomp_mode, .size = 8};
