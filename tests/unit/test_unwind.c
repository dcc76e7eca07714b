/* Stack traces: what they are made from, a stack of our own, and how frames are shown. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/unwind/binary.h"
#include "supervisor/unwind/mapping.h"
#include "supervisor/unwind/stack.h"

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

static struct mem own = {own_read};

/* known: which of our registers are told, a bit for each. */
__attribute__((noinline)) static void walk_as(pid_t pid, struct stacks *stacks, struct stack *stack,
                                              uint32_t known, struct mem *mem)
{
    static const int of[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP, REG_R8,
                             REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
    struct registers ours = {.known = 0};
    ucontext_t context;
    ck_assert_int_eq(getcontext(&context), 0);
    for (unsigned i = 0; i < REGISTERS; i++) {
        if (known >> i & 1) {
            registers_set(&ours, i, (uint64_t)context.uc_mcontext.gregs[of[i]]);
        }
    }
    stack_walk(stacks, pid, pid, &ours, mem, stack);
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
    struct stacks *stacks = stacks_new(STACK_SOURCE, STACK_FRAMES);
    struct stack *stack = calloc(1, sizeof(*stack));
    struct event event = {.type = EVENT_CALL};
    size_t at = 0;
    ck_assert(stacks && stack);
    for (int i = 0; i < 2; i++) { /* the second time all is known */
        walk_as(getpid(), stacks, stack, UINT32_MAX, &own);
        stack_describe(stack, &event);
        ck_assert(has_symbol(&event.stack, "walk_as", 0, &at));
        ck_assert_uint_eq(at, 0);
        ck_assert_ptr_nonnull(strstr(event.stack.frames[0].binary, "test_unwind"));
        ck_assert(has_symbol(&event.stack, "main", at, &at));
    }
    stack_release(stack);
    free(stack);
    stacks_free(stacks);
}
END_TEST

static ssize_t no_read(struct mem *mem, uint64_t addr, void *buf, size_t n)
{
    (void)mem;
    (void)addr;
    (void)buf;
    (void)n;
    return -EFAULT;
}

/* All of memory has the same bytes. */
static ssize_t same_read(struct mem *mem, uint64_t addr, void *buf, size_t n)
{
    const struct mem_buffer *same = (const struct mem_buffer *)mem;
    (void)addr;
    memset(buf, (int)same->size, n);
    return (ssize_t)n;
}

/* Why a walk ended, and after how many frames. */
static const char *cut_in(pid_t pid, struct stacks *stacks, uint32_t known, struct mem *mem, size_t *frames)
{
    struct stack *stack = calloc(1, sizeof(*stack));
    struct event event = {.type = EVENT_CALL};
    ck_assert_ptr_nonnull(stack);
    walk_as(pid, stacks, stack, known, mem);
    stack_describe(stack, &event);
    *frames = event.stack.count;
    stack_free(stack);
    return event.stack.cut;
}

static const char *cut_of(struct stacks *stacks, uint32_t known, struct mem *mem, size_t *frames)
{
    return cut_in(getpid(), stacks, known, mem, frames);
}

START_TEST(walks_that_end_early)
{
    struct stacks *stacks = stacks_new(STACK_SYMBOLS, STACK_FRAMES);
    struct mem nothing = {no_read};
    struct mem_buffer zeros = {.mem = {same_read}, .size = 0};
    struct mem_buffer letters = {.mem = {same_read}, .size = 'A'};
    size_t frames;
    ck_assert_str_eq(cut_of(stacks, UINT32_C(1) << DWARF_RIP, &own, &frames), "registers not known");
    ck_assert_uint_eq(frames, 1);
    ck_assert_str_eq(cut_of(stacks, UINT32_MAX, &nothing, &frames), "stack not readable");
    ck_assert_uint_eq(frames, 1);
    ck_assert_str_eq(cut_of(stacks, UINT32_MAX, &letters.mem, &frames), "not a stack");
    ck_assert_uint_eq(frames, 1);
    ck_assert_ptr_null(cut_of(stacks, UINT32_MAX, &zeros.mem, &frames)); /* nobody has called */
    ck_assert_uint_eq(frames, 1);
    ck_assert_str_eq(cut_of(stacks, 0, &own, &frames), "registers not known");
    ck_assert_uint_eq(frames, 0);
    stacks_free(stacks);
}
END_TEST

static pid_t a_copy(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        pause();
        _exit(0);
    }
    ck_assert_int_gt(pid, 0);
    return pid;
}

static void end(pid_t pid)
{
    kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

/* What it had mapped is known of a walk before, or not at all. */
START_TEST(a_process_that_is_gone)
{
    struct stacks *stacks = stacks_new(STACK_SYMBOLS, STACK_FRAMES);
    pid_t seen = a_copy();
    pid_t unseen = a_copy();
    size_t before;
    size_t after;
    ck_assert_ptr_null(cut_in(seen, stacks, UINT32_MAX, &own, &before));
    end(seen);
    end(unseen);
    ck_assert_ptr_null(cut_in(seen, stacks, UINT32_MAX, &own, &after));
    ck_assert_uint_eq(before, after);
    ck_assert_str_eq(cut_in(unseen, stacks, UINT32_MAX, &own, &after), "mappings not known");
    ck_assert_uint_eq(after, 0);
    stacks_free(stacks);
}
END_TEST

static volatile int sink;

// NOLINTNEXTLINE(misc-no-recursion)
__attribute__((noinline)) static const char *walk_deep(struct stacks *stacks, int more, size_t *frames)
{
    const char *cut = more ? walk_deep(stacks, more - 1, frames) : cut_of(stacks, UINT32_MAX, &own, frames);
    sink++;
    return cut;
}

START_TEST(a_deep_stack)
{
    struct stacks *stacks = stacks_new(STACK_SYMBOLS, STACK_FRAMES);
    size_t frames;
    ck_assert_str_eq(walk_deep(stacks, STACK_FRAMES, &frames), "too many frames");
    ck_assert_uint_eq(frames, STACK_FRAMES);
    stacks_free(stacks);
    stacks = stacks_new(STACK_SYMBOLS, 3);
    ck_assert_str_eq(walk_deep(stacks, 3, &frames), "too many frames");
    ck_assert_uint_eq(frames, 3);
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
    tcase_add_test(tests, what_proc_tells);
    tcase_add_test(tests, lines_of_maps);
    if (binary_supported()) {
        tcase_add_test(tests, our_own_stack);
        tcase_add_test(tests, walks_that_end_early);
        tcase_add_test(tests, a_deep_stack);
        tcase_add_test(tests, a_process_that_is_gone);
    }
    tcase_add_test(tests, files_that_are_no_binaries);
    tcase_add_test(tests, shown);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
