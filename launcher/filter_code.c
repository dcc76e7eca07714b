#include "launcher/filter_code.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>

#include "decode/base/cleanup.h"

#define X32_BIT UINT32_C(0x40000000)

/* Jumps out of a test, until it is known where they lead. A rule's code is shorter than this. */
enum { TO_END = 0xfe, TO_NEXT_RULE = 0xff };

void code_init(struct code *code)
{
    code->length = 0;
    code->body = 0;
    code->overflow = false;
}

static void emit(struct code *c, struct sock_filter instruction)
{
    if (c->length < ARRAY_SIZE(c->instructions)) {
        c->instructions[c->length++] = instruction;
    } else {
        c->overflow = true;
    }
}

static void jump(struct code *c, uint16_t how, uint32_t k, uint8_t yes, uint8_t no)
{
    emit(c, (struct sock_filter){(uint16_t)(BPF_JMP | how | BPF_K), yes, no, k});
}

static void ret(struct code *c, uint32_t action)
{
    emit(c, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* A jump whose length is not known yet, as far as it takes: a conditional one has but 8 bits. */
static size_t jump_far(struct code *c)
{
    emit(c, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 0));
    return c->length - 1;
}

static void land(struct code *c, size_t jumped_at)
{
    if (!c->overflow) {
        c->instructions[jumped_at].k = (uint32_t)(c->length - (jumped_at + 1));
    }
}

/* Three instructions, of which the second passes over the third, the jump over all that is matched. */
enum { ABI_HEAD = 4 };

void code_begin_abi(struct code *c, const struct abi *abi)
{
    emit(c, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)));
    jump(c, BPF_JEQ, abi->audit_arch, 1, 0);
    (void)jump_far(c);
    emit(c, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    c->body = c->length;
}

void code_end_abi(struct code *c)
{
    if (c->length == c->body && !c->overflow) {
        c->length -= ABI_HEAD; /* nothing to match: no detour */
    } else {
        land(c, c->body - 2);
    }
}

void code_match(struct code *c, uint32_t number, uint32_t action)
{
    jump(c, BPF_JEQ, number, 0, 1);
    ret(c, action);
}

static void match_range(struct code *c, uint32_t first, uint32_t last, uint32_t action)
{
    jump(c, BPF_JGE, first, 0, 2);
    jump(c, BPF_JGT, last, 1, 0);
    ret(c, action);
}

void code_match_above(struct code *c, const struct abi *abi, uint32_t last, uint32_t action)
{
    /* x32 takes the upper half of the numbers of x86-64, negative ones included. */
    bool lower_half = abi->audit_arch == AUDIT_ARCH_X86_64 && !abi->number_bit;
    match_range(c, (last + 1) | abi->number_bit, lower_half ? X32_BIT - 1 : UINT32_MAX, action);
}

void code_match_unknown(struct code *c, const struct abi *abi, uint32_t action)
{
    uint32_t i = 0;
    while (i < abi->count) {
        uint32_t first = i;
        while (i < abi->count && abi->calls[i] == CALL_none) {
            i++;
        }
        if (i > first) {
            match_range(c, first | abi->number_bit, (i - 1) | abi->number_bit, action);
        }
        while (i < abi->count && abi->calls[i] != CALL_none) {
            i++;
        }
    }
    code_match_above(c, abi, abi->count - 1, action);
}

/* Loads one half of a register; the machine is little-endian. */
static void load_half(struct code *c, const struct scalar_test *test, bool high)
{
    uint32_t offset = (uint32_t)(offsetof(struct seccomp_data, args) + test->arg * sizeof(uint64_t));
    uint32_t mask = (uint32_t)(high ? test->mask >> 32 : test->mask);
    emit(c, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset + (high ? 4U : 0U)));
    if (mask != UINT32_MAX) {
        emit(c, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask));
    }
}

/* Goes to `differs` or on. A half that is masked out and to be 0 needs no look. */
static void emit_equal(struct code *c, const struct scalar_test *test, uint8_t differs)
{
    if (test->mask >> 32 || test->value >> 32) {
        load_half(c, test, true);
        jump(c, BPF_JEQ, (uint32_t)(test->value >> 32), 0, differs);
    }
    if ((uint32_t)test->mask || (uint32_t)test->value) {
        load_half(c, test, false);
        jump(c, BPF_JEQ, (uint32_t)test->value, 0, differs);
    }
}

/* Goes to `yes` or `no`, where the register is above the value (or equal to it) or not. */
static void emit_above(struct code *c, const struct scalar_test *test, bool or_equal, uint8_t yes, uint8_t no)
{
    load_half(c, test, true);
    jump(c, BPF_JGT, (uint32_t)(test->value >> 32), yes, 0);
    jump(c, BPF_JEQ, (uint32_t)(test->value >> 32), 0, no);
    load_half(c, test, false);
    jump(c, or_equal ? BPF_JGE : BPF_JGT, (uint32_t)test->value, yes, no);
}

/* Goes on where the test holds, else to the next rule. */
static void emit_test(struct code *c, const struct scalar_test *test)
{
    size_t start = c->length;
    switch ((enum scalar_op)test->op) {
    case SCALAR_EQ:
        emit_equal(c, test, TO_NEXT_RULE);
        break;
    case SCALAR_NE:
        emit_equal(c, test, TO_END);
        jump(c, BPF_JGE, 0, TO_NEXT_RULE, 0); /* always */
        break;
    case SCALAR_GT:
    case SCALAR_GE:
        emit_above(c, test, test->op == SCALAR_GE, TO_END, TO_NEXT_RULE);
        break;
    case SCALAR_LT:
    case SCALAR_LE:
        emit_above(c, test, test->op == SCALAR_LT, TO_NEXT_RULE, TO_END);
        break;
    }
    for (size_t i = start; i < c->length; i++) {
        struct sock_filter *in = &c->instructions[i];
        in->jt = in->jt == TO_END ? (uint8_t)(c->length - i - 1) : in->jt;
        in->jf = in->jf == TO_END ? (uint8_t)(c->length - i - 1) : in->jf;
    }
}

static void emit_rule(struct code *c, const struct scalar_rule *rule)
{
    size_t start = c->length;
    for (unsigned i = 0; i < rule->count; i++) {
        emit_test(c, &rule->tests[i]);
    }
    ret(c, rule->action);
    for (size_t i = start; i < c->length; i++) {
        struct sock_filter *in = &c->instructions[i];
        in->jt = in->jt == TO_NEXT_RULE ? (uint8_t)(c->length - i - 1) : in->jt;
        in->jf = in->jf == TO_NEXT_RULE ? (uint8_t)(c->length - i - 1) : in->jf;
    }
}

void code_match_scalars(struct code *c, uint32_t number, const struct scalar_rules *rules, uint32_t otherwise)
{
    jump(c, BPF_JEQ, number, 1, 0);
    size_t past = jump_far(c);
    for (size_t i = 0; i < rules->count; i++) {
        emit_rule(c, &rules->items[i]);
    }
    if (!rules->count || rules->items[rules->count - 1].count) {
        ret(c, otherwise);
    }
    land(c, past);
}
