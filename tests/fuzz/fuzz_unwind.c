/*
 * Walks through stacks whose memory and registers are the fuzzer's, in code that is ours and the C library's:
 * they end, in frames that are somewhere, and the second one, for which all is known, ends as the first.
 */
#include "tests/fuzz/fuzz.h"

#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/unwind/stack.h"

enum { ROOM = 4096, BOTTOM = 0x10000 };

/* What an interesting word may point into. The distances are small, as the input's are two bytes. */
static uint64_t place(struct input *in)
{
    static const uintptr_t starts[] = {(uintptr_t)LLVMFuzzerTestOneInput, (uintptr_t)getpid,
                                       (uintptr_t)malloc, (uintptr_t)printf, (uintptr_t)qsort};
    uint8_t choice = take_byte(in);
    uint64_t distance = take_number(in, 2);
    if (choice < 5) {
        return starts[choice] + distance;
    }
    return choice < 10 ? BOTTOM + distance % ROOM : choice < 12 ? take_number(in, 8) : distance;
}

struct room {
    struct mem mem;
    uint64_t word[ROOM / 8];
};

static ssize_t room_read(struct mem *mem, uint64_t addr, void *buf, size_t n)
{
    const struct room *room = container_of(mem, struct room, mem);
    if (addr < BOTTOM || addr >= BOTTOM + ROOM) {
        return -1;
    }
    size_t left = BOTTOM + ROOM - addr;
    n = n < left ? n : left;
    memcpy(buf, (const char *)room->word + (addr - BOTTOM), n);
    return (ssize_t)n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct stacks *stacks; /* kept, as in a supervisor: what is mapped is the same for all inputs */
    static struct stack first, second;
    struct input in = {data, size};
    struct registers registers = {.known = 0};
    struct room room = {.mem = {room_read}};
    if (!stacks) {
        stacks = stacks_new(STACK_SYMBOLS, STACK_FRAMES);
    }
    uint32_t known = (uint32_t)take_number(&in, 3);
    for (unsigned i = 0; i < REGISTERS; i++) {
        uint64_t value = place(&in);
        if (known >> i & 1) {
            registers_set(&registers, i, value);
        }
    }
    for (size_t i = 0; i < ROOM / 8 && in.size; i++) {
        room.word[i] = place(&in);
    }
    stack_walk(stacks, getpid(), getpid(), &registers, &room.mem, &first);
    stack_walk(stacks, getpid(), getpid(), &registers, &room.mem, &second);
    FUZZ_CHECK(first.count <= STACK_FRAMES && first.count == second.count && first.end == second.end);
    for (unsigned i = 0; i < first.count; i++) {
        FUZZ_CHECK(first.frame[i].file == second.frame[i].file);
        FUZZ_CHECK(first.frame[i].address == second.frame[i].address);
    }
    struct event event = {.type = EVENT_CALL};
    stack_describe(&first, &event);
    FUZZ_CHECK(event.stack.count == first.count);
    stack_release(&first);
    stack_release(&second);
    return 0;
}
