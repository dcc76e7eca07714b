#include "supervisor/unwind/expression.h"

/* DWARF 5, table 7.9. The values of the families are given by their first member. */
enum {
    OP_DEREF = 0x06,
    OP_CONST1U = 0x08,
    OP_CONST1S = 0x09,
    OP_CONST2U = 0x0a,
    OP_CONST2S = 0x0b,
    OP_CONST4U = 0x0c,
    OP_CONST4S = 0x0d,
    OP_CONST8U = 0x0e,
    OP_CONST8S = 0x0f,
    OP_CONSTU = 0x10,
    OP_CONSTS = 0x11,
    OP_DUP = 0x12,
    OP_DROP = 0x13,
    OP_OVER = 0x14,
    OP_SWAP = 0x16,
    OP_AND = 0x1a,
    OP_MINUS = 0x1c,
    OP_MUL = 0x1e,
    OP_OR = 0x21,
    OP_PLUS = 0x22,
    OP_PLUS_UCONST = 0x23,
    OP_SHL = 0x24,
    OP_SHR = 0x25,
    OP_XOR = 0x27,
    OP_EQ = 0x29,
    OP_GE = 0x2a,
    OP_GT = 0x2b,
    OP_LE = 0x2c,
    OP_LT = 0x2d,
    OP_NE = 0x2e,
    OP_LIT0 = 0x30,
    OP_REG0 = 0x50,
    OP_BREG0 = 0x70,
    OP_REGX = 0x90,
    OP_BREGX = 0x92,
    OP_NOP = 0x96,
    OP_CALL_FRAME_CFA = 0x9c,
    OP_STACK_VALUE = 0x9f,
    FAMILY = 32 /* members of LIT, REG and BREG */
};

enum { STACK_MAX = 16 };

struct machine {
    const struct expression_context *context;
    enum expression_kind kind;
    unsigned depth;
    uint64_t stack[STACK_MAX];
};

static enum expression_result push(struct machine *m, uint64_t value)
{
    if (m->depth == STACK_MAX) {
        return EXPRESSION_BAD;
    }
    m->stack[m->depth++] = value;
    return EXPRESSION_OK;
}

static enum expression_result push_register(struct machine *m, uint64_t number, uint64_t offset)
{
    if (number >= REGISTERS) {
        return EXPRESSION_BAD;
    }
    if (!registers_has(m->context->registers, (unsigned)number)) {
        return EXPRESSION_NO_REGISTER;
    }
    return push(m, m->context->registers->value[number] + offset);
}

static enum expression_result names_register(struct machine *m, uint64_t number)
{
    m->kind = EXPRESSION_REGISTER;
    return push(m, number);
}

static enum expression_result dereference(struct machine *m)
{
    uint64_t *top = &m->stack[m->depth - 1];
    return mem_read(m->context->mem, *top, top, sizeof(*top)) ? EXPRESSION_OK : EXPRESSION_NO_MEMORY;
}

/* Those with two operands on the stack, a below b. False: `code` is none of them. */
static bool combine(uint8_t code, uint64_t a, uint64_t b, uint64_t *result)
{
    int64_t left = (int64_t)a;
    int64_t right = (int64_t)b;
    switch (code) {
    case OP_AND:
        *result = a & b;
        return true;
    case OP_MINUS:
        *result = a - b;
        return true;
    case OP_MUL:
        *result = a * b;
        return true;
    case OP_OR:
        *result = a | b;
        return true;
    case OP_PLUS:
        *result = a + b;
        return true;
    case OP_SHL:
        *result = b < 64 ? a << b : 0;
        return true;
    case OP_SHR:
        *result = b < 64 ? a >> b : 0;
        return true;
    case OP_XOR:
        *result = a ^ b;
        return true;
    case OP_EQ:
        *result = left == right;
        return true;
    case OP_GE:
        *result = left >= right;
        return true;
    case OP_GT:
        *result = left > right;
        return true;
    case OP_LE:
        *result = left <= right;
        return true;
    case OP_LT:
        *result = left < right;
        return true;
    case OP_NE:
        *result = left != right;
        return true;
    default:
        return false;
    }
}

static enum expression_result step_pair(struct machine *m, uint8_t code)
{
    if (m->depth < 2) {
        return EXPRESSION_BAD;
    }
    uint64_t *a = &m->stack[m->depth - 2];
    uint64_t b = m->stack[m->depth - 1];
    if (code == OP_OVER) {
        return push(m, *a);
    }
    if (code == OP_SWAP) {
        m->stack[m->depth - 1] = *a;
        *a = b;
        return EXPRESSION_OK;
    }
    if (!combine(code, *a, b, a)) {
        return EXPRESSION_BAD;
    }
    m->depth--;
    return EXPRESSION_OK;
}

static enum expression_result step_top(struct machine *m, const struct expression_op *op)
{
    if (m->depth == 0) {
        return EXPRESSION_BAD;
    }
    uint64_t *top = &m->stack[m->depth - 1];
    switch (op->code) {
    case OP_DEREF:
        return dereference(m);
    case OP_DUP:
        return push(m, *top);
    case OP_DROP:
        m->depth--;
        return EXPRESSION_OK;
    case OP_PLUS_UCONST:
        *top += op->number;
        return EXPRESSION_OK;
    case OP_STACK_VALUE:
        m->kind = EXPRESSION_VALUE;
        return EXPRESSION_OK;
    default:
        return step_pair(m, op->code);
    }
}

static enum expression_result step(struct machine *m, const struct expression_op *op)
{
    if (op->code >= OP_LIT0 && op->code < OP_LIT0 + FAMILY) {
        return push(m, op->code - OP_LIT0);
    }
    if (op->code >= OP_REG0 && op->code < OP_REG0 + FAMILY) {
        return names_register(m, op->code - OP_REG0);
    }
    if (op->code >= OP_BREG0 && op->code < OP_BREG0 + FAMILY) {
        return push_register(m, op->code - OP_BREG0, op->number);
    }
    switch (op->code) {
    case OP_CONST1U:
    case OP_CONST1S:
    case OP_CONST2U:
    case OP_CONST2S:
    case OP_CONST4U:
    case OP_CONST4S:
    case OP_CONST8U:
    case OP_CONST8S:
    case OP_CONSTU:
    case OP_CONSTS:
        return push(m, op->number); /* libdw has extended the sign */
    case OP_REGX:
        return names_register(m, op->number);
    case OP_BREGX:
        return push_register(m, op->number, op->number2);
    case OP_CALL_FRAME_CFA:
        return m->context->has_cfa ? push(m, m->context->cfa) : EXPRESSION_BAD;
    case OP_NOP:
        return EXPRESSION_OK;
    default:
        return step_top(m, op);
    }
}

enum expression_result expression_evaluate(const struct expression_op *ops, unsigned count,
                                           const struct expression_context *context, uint64_t *value,
                                           enum expression_kind *kind)
{
    struct machine m = {.context = context};
    if (context->has_cfa) {
        (void)push(&m, context->cfa); /* DWARF 5, section 6.4.2.3 */
    }
    for (unsigned i = 0; i < count; i++) {
        enum expression_result result = step(&m, &ops[i]);
        if (result != EXPRESSION_OK) {
            return result;
        }
    }
    if (m.depth == 0) {
        return EXPRESSION_BAD;
    }
    *value = m.stack[m.depth - 1];
    *kind = m.kind;
    return EXPRESSION_OK;
}
