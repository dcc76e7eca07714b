/* Stack traces: expressions and rules that are made up, a stack of our own, and how frames are shown. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/unwind/binary.h"
#include "supervisor/unwind/mapping.h"
#include "supervisor/unwind/stack.h"
#include "supervisor/unwind/unwind.h"

/* DWARF 5, table 7.9 */
enum { AND = 0x1a, PLUS_UCONST = 0x23, LIT3 = 0x33, LIT15 = 0x3f, REG3 = 0x53, BREG7 = 0x77, BREG16 = 0x80 };
enum { DEREF = 0x06, GE = 0x2a, SHL = 0x24, PLUS = 0x22, CFA = 0x9c, STACK_VALUE = 0x9f, XDEREF = 0x18 };

static struct mem_buffer memory;
static uint64_t words[64];
static struct registers registers;

static void setup(void)
{
    memset(words, 0, sizeof(words));
    mem_buffer_init(&memory, UNIT_BASE, words, sizeof(words));
    registers = (struct registers){.known = 0};
    registers_set(&registers, DWARF_RSP, UNIT_BASE);
    registers_set(&registers, DWARF_RIP, 0x1000);
}

static enum expression_result evaluate(const struct expression_op *ops, unsigned count, uint64_t *value,
                                       enum expression_kind *kind)
{
    const struct expression_context context = {
        .registers = &registers, .mem = &memory.mem, .cfa = UNIT_BASE + 16, .has_cfa = true};
    return expression_evaluate(ops, count, &context, value, kind);
}

START_TEST(expressions)
{
    /* What linkers write for a procedure linkage table: rsp + 8 + ((rip & 15) >= 11) * 8. */
    const struct expression_op plt[] = {{BREG7, 8, 0}, {BREG16, 0, 0}, {LIT15, 0, 0},
                                        {AND, 0, 0},   {0x3b, 0, 0},   {GE, 0, 0},
                                        {LIT3, 0, 0},  {SHL, 0, 0},    {PLUS, 0, 0}};
    const struct expression_op saved[] = {{CFA, 0, 0}, {PLUS_UCONST, (uint64_t)-16, 0}};
    const struct expression_op value_of[] = {{CFA, 0, 0}, {STACK_VALUE, 0, 0}};
    const struct expression_op in_register[] = {{REG3, 0, 0}};
    const struct expression_op deref[] = {{BREG7, 8, 0}, {DEREF, 0, 0}};
    enum expression_kind kind;
    uint64_t value;

    ck_assert_int_eq(evaluate(plt, ARRAY_SIZE(plt), &value, &kind), EXPRESSION_OK);
    ck_assert_uint_eq(value, UNIT_BASE + 8);
    registers_set(&registers, DWARF_RIP, 0x100b);
    ck_assert_int_eq(evaluate(plt, ARRAY_SIZE(plt), &value, &kind), EXPRESSION_OK);
    ck_assert_uint_eq(value, UNIT_BASE + 16);
    ck_assert_int_eq(kind, EXPRESSION_ADDRESS);

    ck_assert_int_eq(evaluate(saved, ARRAY_SIZE(saved), &value, &kind), EXPRESSION_OK);
    ck_assert_uint_eq(value, UNIT_BASE);
    ck_assert_int_eq(evaluate(value_of, ARRAY_SIZE(value_of), &value, &kind), EXPRESSION_OK);
    ck_assert_int_eq(kind, EXPRESSION_VALUE);
    ck_assert_int_eq(evaluate(in_register, 1, &value, &kind), EXPRESSION_OK);
    ck_assert_int_eq(kind, EXPRESSION_REGISTER);
    ck_assert_uint_eq(value, DWARF_RBX);
    words[1] = 42;
    ck_assert_int_eq(evaluate(deref, ARRAY_SIZE(deref), &value, &kind), EXPRESSION_OK);
    ck_assert_uint_eq(value, 42);
}
END_TEST

START_TEST(expressions_that_lead_nowhere)
{
    const struct expression_op unknown[] = {{XDEREF, 0, 0}};
    const struct expression_op register_unknown[] = {{BREG7 - 1, 0, 0}};
    const struct expression_op unmapped[] = {{BREG7, 1 << 20, 0}, {DEREF, 0, 0}};
    struct expression_op many[64];
    const struct expression_context bare = {.registers = &registers, .mem = &memory.mem};
    const struct expression_op plus[] = {{PLUS, 0, 0}};
    enum expression_kind kind;
    uint64_t value;

    ck_assert_int_eq(evaluate(unknown, 1, &value, &kind), EXPRESSION_BAD);
    ck_assert_int_eq(evaluate(register_unknown, 1, &value, &kind), EXPRESSION_NO_REGISTER);
    ck_assert_int_eq(evaluate(unmapped, 2, &value, &kind), EXPRESSION_NO_MEMORY);
    ck_assert_int_eq(expression_evaluate(plus, 1, &bare, &value, &kind), EXPRESSION_BAD);
    ck_assert_int_eq(expression_evaluate(plus, 0, &bare, &value, &kind), EXPRESSION_BAD);
    for (size_t i = 0; i < ARRAY_SIZE(many); i++) {
        many[i] = (struct expression_op){LIT3, 0, 0};
    }
    ck_assert_int_eq(evaluate(many, ARRAY_SIZE(many), &value, &kind), EXPRESSION_BAD);
}
END_TEST

/*
 * A program of three functions: the leaf at 0x1000 is called by one at 0x2000 whose frame is addressed by
 * rbp, and that by the outermost at 0x3000.
 */
static const struct expression_op rsp_8[] = {{BREG7, 8, 0}};
static const struct expression_op rbp_16[] = {{BREG7 - 1, 16, 0}};
static const struct expression_op at_cfa_8[] = {{CFA, 0, 0}, {PLUS_UCONST, (uint64_t)-8, 0}};
static const struct expression_op at_cfa_16[] = {{CFA, 0, 0}, {PLUS_UCONST, (uint64_t)-16, 0}};
static struct unwind_rules leaf, framed, outermost;
static bool with_rules;

static void rules_start(struct unwind_rules *rules, const struct expression_op *cfa)
{
    *rules = (struct unwind_rules){.return_column = DWARF_RIP, .cfa = {RULE_EXPRESSION, 1, cfa}};
    rules->registers[DWARF_RBP].how = RULE_SAME;
    rules->registers[DWARF_RIP] = (struct unwind_rule){RULE_EXPRESSION, 2, at_cfa_8};
}

static bool find(struct unwind_code *code, uint64_t pc, const struct unwind_rules **rules)
{
    (void)code;
    *rules = NULL;
    if (with_rules) {
        *rules = pc >> 12 == 1 ? &leaf : pc >> 12 == 2 ? &framed : pc >> 12 == 3 ? &outermost : NULL;
    }
    return pc >= 0x1000 && pc < 0x4000;
}

static void program(void)
{
    rules_start(&leaf, rsp_8);
    rules_start(&framed, rbp_16);
    rules_start(&outermost, rsp_8);
    framed.registers[DWARF_RBP] = (struct unwind_rule){RULE_EXPRESSION, 2, at_cfa_16};
    outermost.registers[DWARF_RIP].how = RULE_UNDEFINED;
    with_rules = true;
    words[0] = 0x2010; /* the leaf returns there */
    words[4] = 0;      /* the frame's saved rbp, */
    words[5] = 0x3020; /* and where it returns to */
    registers_set(&registers, DWARF_RBP, UNIT_BASE + 32);
}

static unsigned walk(struct unwind_frame *frames, unsigned max, enum unwind_end *end)
{
    struct unwind_code code = {find};
    return unwind(&registers, &memory.mem, &code, frames, max, end);
}

START_TEST(a_walk)
{
    struct unwind_frame frames[8];
    enum unwind_end end;
    program();
    ck_assert_uint_eq(walk(frames, 8, &end), 3);
    ck_assert_int_eq(end, UNWIND_WHOLE);
    ck_assert_uint_eq(frames[0].pc, 0x1000);
    ck_assert(frames[0].exact);
    ck_assert_uint_eq(frames[1].pc, 0x2010);
    ck_assert(!frames[1].exact);
    ck_assert_uint_eq(unwind_lookup_pc(&frames[1]), 0x200f);
    ck_assert_uint_eq(frames[2].pc, 0x3020);
    ck_assert_uint_eq(walk(frames, 2, &end), 2);
    ck_assert_int_eq(end, UNWIND_TOO_DEEP);
}
END_TEST

START_TEST(walks_that_end_early)
{
    struct unwind_frame frames[8];
    enum unwind_end end;
    program();
    registers.known &= ~(1U << DWARF_RBP);
    ck_assert_uint_eq(walk(frames, 8, &end), 2);
    ck_assert_int_eq(end, UNWIND_NO_REGISTER);
    registers_set(&registers, DWARF_RBP, UNIT_BASE - 64); /* a frame above the one it called */
    ck_assert_uint_eq(walk(frames, 8, &end), 2);
    ck_assert_int_eq(end, UNWIND_NO_MEMORY);
    program();
    words[5] = 0x9000; /* no code */
    ck_assert_uint_eq(walk(frames, 8, &end), 2);
    ck_assert_int_eq(end, UNWIND_BROKEN);
    program();
    words[4] = words[5] = 0;
    ck_assert_uint_eq(walk(frames, 8, &end), 2);
    ck_assert_int_eq(end, UNWIND_WHOLE);
    registers.known = 1U << DWARF_RIP;
    ck_assert_uint_eq(walk(frames, 8, &end), 1);
    ck_assert_int_eq(end, UNWIND_NO_REGISTER);
}
END_TEST

/* A stack that leads back to itself ends, whatever it says. */
START_TEST(a_loop)
{
    struct unwind_frame frames[8];
    enum unwind_end end;
    program();
    words[4] = UNIT_BASE + 32;
    words[5] = 0x2010;
    ck_assert_uint_eq(walk(frames, 8, &end), 3);
    ck_assert_int_eq(end, UNWIND_BROKEN);
}
END_TEST

START_TEST(frame_pointers_where_there_are_no_rules)
{
    struct unwind_frame frames[8];
    enum unwind_end end;
    program();
    with_rules = false;
    ck_assert_uint_eq(walk(frames, 8, &end), 2);
    ck_assert_int_eq(end, UNWIND_WHOLE);
    ck_assert_uint_eq(frames[1].pc, 0x3020);
    registers_set(&registers, DWARF_RBP, 3);
    ck_assert_uint_eq(walk(frames, 8, &end), 1);
    ck_assert_int_eq(end, UNWIND_NO_RULES);
}
END_TEST

/* A handler on a stack of its own: what it interrupted is anywhere. */
START_TEST(a_signal_frame)
{
    static const struct expression_op rsp_saved[] = {{BREG7, 24, 0}};
    static const struct expression_op rip_saved[] = {{BREG7, 32, 0}};
    struct unwind_frame frames[8];
    enum unwind_end end;
    program();
    leaf.signal_frame = true;
    leaf.cfa.ops = rsp_saved;
    leaf.registers[DWARF_RSP] = (struct unwind_rule){RULE_EXPRESSION, 1, rsp_saved};
    leaf.registers[DWARF_RIP] = (struct unwind_rule){RULE_EXPRESSION, 1, rip_saved};
    registers_set(&registers, DWARF_RSP, UNIT_BASE + 256);
    words[35] = UNIT_BASE; /* the interrupted stack pointer lies before ours, */
    words[36] = 0x2010;
    ck_assert_uint_eq(walk(frames, 8, &end), 3);
    ck_assert_uint_eq(frames[1].pc, 0x2010);
    ck_assert(frames[1].exact); /* and nobody has called there */
    ck_assert_int_eq(end, UNWIND_WHOLE);
}
END_TEST

START_TEST(what_proc_tells)
{
    struct registers r = {.known = 0};
    ck_assert(registers_from_proc(&r, "110 0x1 0x7ffd 0x0 0x0 0x0 0x0 0x7ffe3a1a5b08 0x7f1f3a8d54f7\n"));
    ck_assert_uint_eq(r.value[DWARF_RSP], 0x7ffe3a1a5b08);
    ck_assert_uint_eq(r.value[DWARF_RIP], 0x7f1f3a8d54f7);
    ck_assert(!registers_has(&r, DWARF_RBP));
    ck_assert(registers_from_proc(&r, "-1 0x10 0x20\n"));
    ck_assert_uint_eq(r.value[DWARF_RSP], 0x10);
    ck_assert(!registers_from_proc(&r, "running\n"));
    ck_assert(!registers_from_proc(&r, ""));
}
END_TEST

START_TEST(lines_of_maps)
{
    struct mapping m;
    ck_assert(
        mapping_parse("7f0a1000-7f0a2000 r-xp 00001000 fe:01 1234                 /usr/lib/a b.so", &m));
    ck_assert_uint_eq(m.start, 0x7f0a1000);
    ck_assert_uint_eq(m.end, 0x7f0a2000);
    ck_assert_uint_eq(m.offset, 0x1000);
    ck_assert_uint_eq(m.inode, 1234);
    ck_assert_str_eq(m.name, "/usr/lib/a b.so");
    ck_assert(mapping_parse("7f0a1000-7f0a2000 --xp 00000000 00:00 0 ", &m));
    ck_assert_str_eq(m.name, "");
    ck_assert(!mapping_parse("7f0a1000-7f0a2000 r--p 00000000 fe:01 1234 /usr/lib/a.so", &m));
    ck_assert(!mapping_parse("", &m));
}
END_TEST

/* Ourselves: registers as the C library gives them, memory and mappings as the kernel does. */
static ssize_t own_read(struct mem *mem, uint64_t addr, void *buf, size_t n)
{
    struct iovec to = {buf, n};
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    struct iovec from = {(void *)(uintptr_t)addr, n};
    (void)mem;
    return process_vm_readv(getpid(), &to, 1, &from, 1, 0);
}

__attribute__((noinline)) static void walk_ourselves(struct stacks *stacks, struct stack *stack)
{
    static const int of[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP, REG_R8,
                             REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
    struct registers ours = {.known = 0};
    struct mem mem = {own_read};
    ucontext_t context;
    ck_assert_int_eq(getcontext(&context), 0);
    for (unsigned i = 0; i < REGISTERS; i++) {
        registers_set(&ours, i, (uint64_t)context.uc_mcontext.gregs[of[i]]);
    }
    stack_walk(stacks, gettid(), &ours, &mem, stack);
}

/* Whether the frames have this symbol, at `from` or after it; *at: where. */
static bool has_symbol(const struct event_stack *stack, const char *name, size_t from, size_t *at)
{
    for (size_t i = from; i < stack->count; i++) {
        if (stack->frames[i].symbol && strcmp(stack->frames[i].symbol, name) == 0) {
            *at = i;
            return true;
        }
    }
    return false;
}

START_TEST(our_own_stack)
{
    struct stacks *stacks = stacks_new(STACK_SOURCE);
    struct stack *stack = calloc(1, sizeof(*stack));
    struct event event = {.type = EVENT_CALL};
    size_t at = 0;
    ck_assert(stacks && stack);
    for (int i = 0; i < 2; i++) { /* the second time all is known */
        walk_ourselves(stacks, stack);
        stack_describe(stack, &event);
        ck_assert(has_symbol(&event.stack, "walk_ourselves", 0, &at));
        ck_assert_uint_eq(at, 0);
        ck_assert_ptr_nonnull(strstr(event.stack.frames[0].binary, "test_unwind"));
        ck_assert(has_symbol(&event.stack, "main", at, &at));
    }
    stack_release(stack);
    free(stack);
    stacks_free(stacks);
}
END_TEST

START_TEST(files_that_are_no_binaries)
{
    ck_assert_ptr_null(binary_open(open("/dev/null", O_RDONLY | O_CLOEXEC), "null"));
    ck_assert_ptr_null(binary_open(open("/etc/passwd", O_RDONLY | O_CLOEXEC), "passwd"));
    binary_close(NULL);
}
END_TEST

START_TEST(shown)
{
    const struct event_frame frames[] = {
        {.binary = "/lib/c.so", .symbol = "read", .offset = 0x44, .address = 0xf7a54},
        {.binary = "/bin/a\nb", .address = 0x10},
        {.binary = "/bin/c", .symbol = "m\"", .address = 0x20, .file = "m.c", .line = 7},
    };
    const struct event_stack stack = {.frames = frames, .count = 3, .cut = "because"};
    const struct event_stack none = {.frames = NULL};
    struct buf out = {0};
    render_stack_text(&out, &stack);
    buf_char(&out, 0);
    ck_assert_str_eq(out.data, " > /lib/c.so(read+0x44) [0xf7a54]\n > /bin/a\\nb() [0x10]\n"
                               " > /bin/c(m\"+0x0) [0x20] m.c:7\n > (because)\n");
    out.len = 0;
    render_stack_json(&out, &stack);
    buf_char(&out, 0);
    ck_assert_str_eq(out.data,
                     ",\"stack\":[{\"address\":\"0xf7a54\",\"binary\":\"/lib/c.so\",\"symbol\":\"read\","
                     "\"offset\":68},{\"address\":\"0x10\",\"binary\":\"/bin/a\\nb\"},"
                     "{\"address\":\"0x20\",\"binary\":\"/bin/c\",\"symbol\":\"m\\\"\",\"offset\":0,"
                     "\"file\":\"m.c\",\"line\":7}],\"stack_cut\":\"because\"");
    out.len = 0;
    render_stack_text(&out, &none);
    render_stack_json(&out, &none);
    ck_assert_uint_eq(out.len, 0);
    buf_free(&out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("unwind");
    TCase *tests = tcase_create("unwind");
    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_test(tests, expressions);
    tcase_add_test(tests, expressions_that_lead_nowhere);
    tcase_add_test(tests, a_walk);
    tcase_add_test(tests, walks_that_end_early);
    tcase_add_test(tests, a_loop);
    tcase_add_test(tests, frame_pointers_where_there_are_no_rules);
    tcase_add_test(tests, a_signal_frame);
    tcase_add_test(tests, what_proc_tells);
    tcase_add_test(tests, lines_of_maps);
    if (binary_supported()) {
        tcase_add_test(tests, our_own_stack);
    }
    tcase_add_test(tests, files_that_are_no_binaries);
    tcase_add_test(tests, shown);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
