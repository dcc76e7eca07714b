#include "supervisor/unwind/unwind.h"

struct walk {
    struct mem *mem;
    struct registers registers; /* of the frame in hand */
    enum unwind_end end;
};

static bool fail(struct walk *w, enum unwind_end end)
{
    w->end = end;
    return false;
}

static bool fail_expression(struct walk *w, enum expression_result result)
{
    return fail(w, result == EXPRESSION_NO_REGISTER ? UNWIND_NO_REGISTER
                   : result == EXPRESSION_NO_MEMORY ? UNWIND_NO_MEMORY
                                                    : UNWIND_BROKEN);
}

static bool load(struct walk *w, uint64_t addr, uint64_t *value)
{
    return mem_read(w->mem, addr, value, sizeof(*value)) || fail(w, UNWIND_NO_MEMORY);
}

static bool find_cfa(struct walk *w, const struct unwind_rules *rules, uint64_t *cfa)
{
    const struct expression_context context = {.registers = &w->registers, .mem = w->mem};
    enum expression_kind kind;
    enum expression_result result =
        expression_evaluate(rules->cfa.ops, rules->cfa.count, &context, cfa, &kind);
    return result == EXPRESSION_OK || fail_expression(w, result);
}

/* The caller's value of register `number`; one that can't be had is not known there. False: the walk ends. */
static bool recover(struct walk *w, const struct unwind_rules *rules, unsigned number, uint64_t cfa,
                    struct registers *caller)
{
    const struct unwind_rule *rule = &rules->registers[number];
    const struct expression_context context = {
        .registers = &w->registers, .mem = w->mem, .cfa = cfa, .has_cfa = true};
    enum expression_kind kind = EXPRESSION_ADDRESS;
    uint64_t value = 0;

    if (rule->how == RULE_UNDEFINED) {
        return true;
    }
    if (rule->how == RULE_EXPRESSION) {
        enum expression_result result = expression_evaluate(rule->ops, rule->count, &context, &value, &kind);
        if (result == EXPRESSION_NO_REGISTER) {
            return true;
        }
        if (result != EXPRESSION_OK) {
            return fail_expression(w, result);
        }
        if (kind == EXPRESSION_ADDRESS && !load(w, value, &value)) {
            return false;
        }
    } else {
        kind = EXPRESSION_REGISTER;
        value = number;
    }
    if (kind == EXPRESSION_REGISTER) {
        if (value >= REGISTERS || !registers_has(&w->registers, (unsigned)value)) {
            return true;
        }
        value = w->registers.value[value];
    }
    registers_set(caller, number, value);
    return true;
}

/* Goes to the caller by rules. False: there is none, or it can't be reached. */
static bool step_by_rules(struct walk *w, const struct unwind_rules *rules)
{
    struct registers caller = {.known = 0};
    uint64_t cfa = 0;
    if (rules->return_column >= REGISTERS || rules->registers[rules->return_column].how == RULE_UNDEFINED) {
        return fail(w, UNWIND_WHOLE); /* that is how the outermost function says so */
    }
    if (!find_cfa(w, rules, &cfa)) {
        return false;
    }
    for (unsigned i = 0; i < REGISTERS; i++) {
        if (!recover(w, rules, i, cfa, &caller)) {
            return false;
        }
    }
    /* The stack pointer is the CFA by definition, but where a signal has been put between. */
    if (!rules->signal_frame || !registers_has(&caller, DWARF_RSP)) {
        registers_set(&caller, DWARF_RSP, cfa);
    }
    if (!registers_has(&caller, rules->return_column)) {
        return fail(w, UNWIND_NO_REGISTER);
    }
    registers_set(&caller, DWARF_RIP, caller.value[rules->return_column]);
    /* A handler may have a stack of its own (sigaltstack(2)); all other calls go down. */
    bool back = caller.value[DWARF_RSP] <= w->registers.value[DWARF_RSP];
    if (back && !rules->signal_frame) {
        return fail(w, UNWIND_BROKEN);
    }
    w->registers = caller;
    return true;
}

/* Code without rules, a compiler's at run time or of Go, mostly keeps rbp for its frames. */
static bool step_by_frame_pointer(struct walk *w)
{
    uint64_t rbp = w->registers.value[DWARF_RBP];
    uint64_t saved;
    uint64_t pc;
    if (registers_has(&w->registers, DWARF_RBP) && rbp == 0) {
        return fail(w, UNWIND_WHOLE); /* the deepest frame (System V ABI, AMD64 supplement, 3.2.2) */
    }
    if (!registers_has(&w->registers, DWARF_RBP) || rbp < w->registers.value[DWARF_RSP] || rbp % 8 ||
        !mem_read(w->mem, rbp, &saved, sizeof(saved)) || !mem_read(w->mem, rbp + 8, &pc, sizeof(pc))) {
        return fail(w, UNWIND_NO_RULES);
    }
    w->registers = (struct registers){.known = 0};
    registers_set(&w->registers, DWARF_RSP, rbp + 16);
    registers_set(&w->registers, DWARF_RBP, saved);
    registers_set(&w->registers, DWARF_RIP, pc);
    return true;
}

unsigned unwind(const struct registers *start, struct mem *mem, struct unwind_code *code,
                struct unwind_frame *frames, unsigned max, enum unwind_end *end)
{
    struct walk w = {.mem = mem, .registers = *start};
    bool exact = true;
    unsigned count = 0;

    *end = UNWIND_NO_REGISTER;
    while (count < max && registers_has(&w.registers, DWARF_RIP)) {
        const struct unwind_rules *rules = NULL;
        struct unwind_frame frame = {.pc = w.registers.value[DWARF_RIP], .exact = exact};
        if (frame.pc == 0) {
            *end = UNWIND_WHOLE; /* a function that nobody called */
            return count;
        }
        bool found = code->find(code, unwind_lookup_pc(&frame), &rules);
        if (!found && count) {
            *end = UNWIND_BROKEN;
            return count;
        }
        frames[count++] = frame;
        if (!registers_has(&w.registers, DWARF_RSP)) {
            return count;
        }
        exact = rules && rules->signal_frame;
        if (!(rules ? step_by_rules(&w, rules) : step_by_frame_pointer(&w))) {
            *end = w.end;
            return count;
        }
    }
    *end = count == max ? UNWIND_TOO_DEEP : *end;
    return count;
}
