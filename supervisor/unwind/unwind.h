/*
 * Walks a call stack: from the registers of a task that stands still, through its memory, by the rules that
 * its code comes with (DWARF call frame information). Pure: registers, memory and rules are the caller's.
 */
#ifndef PROCTOR_SUPERVISOR_UNWIND_UNWIND_H
#define PROCTOR_SUPERVISOR_UNWIND_UNWIND_H

#include "decode/mem.h"
#include "supervisor/unwind/expression.h"
#include "supervisor/unwind/registers.h"

/* Where the caller's value of one register is. */
struct unwind_rule {
    enum { RULE_UNDEFINED, RULE_SAME, RULE_EXPRESSION } how;
    unsigned count;
    const struct expression_op *ops;
};

/* How to get from a function to its caller, at one instruction. */
struct unwind_rules {
    bool signal_frame;      /* what a handler returns to: the caller was interrupted, it called nobody */
    unsigned return_column; /* the register that stands for the return address */
    struct unwind_rule cfa; /* the stack pointer before the call */
    struct unwind_rule registers[REGISTERS];
};

/* What is mapped where in the task. */
struct unwind_code {
    /* Whether `pc` is code; *rules: its rules, NULL where it has none. Valid until the next is asked for. */
    bool (*find)(struct unwind_code *code, uint64_t pc, const struct unwind_rules **rules);
};

enum unwind_end {
    UNWIND_WHOLE,       /* the outermost function was reached */
    UNWIND_NO_RULES,    /* the last frame's code tells nothing of its caller */
    UNWIND_NO_REGISTER, /* the last frame needs a register that is not known */
    UNWIND_NO_MEMORY,   /* the stack can't be read there */
    UNWIND_BROKEN,      /* what the rules lead to is no stack */
    UNWIND_TOO_DEEP,
};

struct unwind_frame {
    uint64_t pc;
    bool exact; /* pc is where it was interrupted, or the call itself; else where it is returned to */
};

/*
 * Fills in at most `max` frames from the innermost on, and why it ended. Returns how many. The first is there
 * if the instruction pointer is known, whatever follows. Where code has no rules, a frame pointer that is
 * plausible is followed.
 */
unsigned unwind(const struct registers *start, struct mem *mem, struct unwind_code *code,
                struct unwind_frame *frames, unsigned max, enum unwind_end *end);

/* Where to look for the code of a frame: a return address may be the first one of another function. */
static inline uint64_t unwind_lookup_pc(const struct unwind_frame *frame)
{
    return frame->exact ? frame->pc : frame->pc - 1;
}

#endif
