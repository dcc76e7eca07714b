/*
 * DWARF expressions, as far as call frame information uses them (DWARF 5, sections 2.5 and 6.4.2): where a
 * register of the caller was saved, or what the caller's stack pointer was.
 */
#ifndef PROCTOR_SUPERVISOR_UNWIND_EXPRESSION_H
#define PROCTOR_SUPERVISOR_UNWIND_EXPRESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "decode/mem.h"
#include "supervisor/unwind/registers.h"

/* One operation with its operands. code: DW_OP_..., DWARF 5, section 7.7.1. */
struct expression_op {
    uint8_t code;
    uint64_t number;
    uint64_t number2;
};

/* What the value that an expression leaves stands for. */
enum expression_kind {
    EXPRESSION_ADDRESS,  /* where it lies in memory */
    EXPRESSION_VALUE,    /* the value itself */
    EXPRESSION_REGISTER, /* the number of the register that holds it */
};

enum expression_result {
    EXPRESSION_OK,
    EXPRESSION_NO_REGISTER, /* it needs one that is not known */
    EXPRESSION_NO_MEMORY,   /* what it reads can't be read */
    EXPRESSION_BAD,         /* it is malformed, or needs an operation that call frames do not use */
};

struct expression_context {
    const struct registers *registers;
    struct mem *mem;
    uint64_t cfa; /* the canonical frame address, for DW_OP_call_frame_cfa and as the first value */
    bool has_cfa; /* false: while it is being computed */
};

enum expression_result expression_evaluate(const struct expression_op *ops, unsigned count,
                                           const struct expression_context *context, uint64_t *value,
                                           enum expression_kind *kind);

#endif
