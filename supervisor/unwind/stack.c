#include "supervisor/unwind/stack.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "supervisor/unwind/files.h"
#include "supervisor/unwind/space.h"

enum { SPACES = 64, BLOCK = 4096 };

struct stacks {
    pthread_mutex_t lock; /* around all */
    enum stack_mode mode;
    unsigned frames_max;
    struct files files;
    struct space *spaces[SPACES]; /* of the processes walked last, by their ids */
};

/* A walk reads words that lie close together: the target is asked for whole blocks. */
struct block_mem {
    struct mem mem;
    struct mem *target;
    uint64_t base;
    size_t size;
    char bytes[BLOCK];
};

static ssize_t block_read(struct mem *mem, uint64_t addr, void *buf, size_t n)
{
    struct block_mem *block = container_of(mem, struct block_mem, mem);
    uint64_t base = addr & ~(uint64_t)(BLOCK - 1);
    if (addr - base + n > BLOCK) {
        return block->target->read(block->target, addr, buf, n);
    }
    if (base != block->base || block->size == 0) {
        ssize_t got = block->target->read(block->target, base, block->bytes, BLOCK);
        block->base = base;
        block->size = got > 0 ? (size_t)got : 0;
    }
    if (addr - base + n > block->size) {
        return -1;
    }
    memcpy(buf, block->bytes + (addr - base), n);
    return (ssize_t)n;
}

/* That of a process; NULL: memory ran out. */
static struct space *space_of(struct stacks *stacks, pid_t pid)
{
    struct space **space = &stacks->spaces[(unsigned)pid % SPACES];
    if (*space && space_pid(*space) != pid) {
        space_free(*space);
        *space = NULL;
    }
    if (!*space) {
        *space = space_new(pid, &stacks->files);
    }
    return *space;
}

static void drop_frames(struct stack *stack)
{
    while (stack->count) {
        stack->frame[--stack->count].file->references--;
    }
    stack->owner = NULL;
}

void stack_walk(struct stacks *stacks, pid_t pid, pid_t tid, const struct registers *registers,
                struct mem *mem, struct stack *stack)
{
    struct block_mem block = {.mem = {block_read}, .target = mem};

    stack_release(stack);
    pthread_mutex_lock(&stacks->lock);
    struct space *space = space_of(stacks, pid);
    stack->count_max = stacks->frames_max;
    if (space) {
        space_walk(space, tid, registers, &block.mem, stack);
    }
    stack->owner = space ? stacks : NULL;
    pthread_mutex_unlock(&stacks->lock);
}

static const char *why(enum unwind_end end)
{
    switch (end) {
    case UNWIND_WHOLE:
        return NULL;
    case UNWIND_NO_RULES:
        return "no unwind information";
    case UNWIND_NO_REGISTER:
        return "registers not known";
    case UNWIND_NO_MEMORY:
        return "stack not readable";
    case UNWIND_BROKEN:
        return "not a stack";
    case UNWIND_NO_MAPPINGS:
        return "mappings not known";
    case UNWIND_TOO_DEEP:
        break;
    }
    return "too many frames";
}

static void show(const struct stacks *stacks, const struct stack_frame *frame, struct event_frame *shown)
{
    struct binary_symbol symbol = {.name = NULL};
    struct binary *binary = frame->file->binary;
    bool source = stacks->mode == STACK_SOURCE;
    if (binary && !frame->exact) {
        binary_symbol(binary, frame->address - 1, source, &symbol);
        symbol.offset++;
    }
    /* Where a handler returns to nothing stands before it that could have called. */
    if (binary && !symbol.name) {
        binary_symbol(binary, frame->address, source, &symbol);
    }
    *shown = (struct event_frame){.binary = frame->file->name,
                                  .symbol = symbol.name,
                                  .offset = symbol.offset,
                                  .address = frame->address,
                                  .file = symbol.file,
                                  .line = symbol.line};
}

void stack_describe(struct stack *stack, struct event *event)
{
    if (!stack->owner) {
        return;
    }
    pthread_mutex_lock(&stack->owner->lock);
    for (unsigned i = 0; i < stack->count; i++) {
        show(stack->owner, &stack->frame[i], &stack->shown[i]);
    }
    pthread_mutex_unlock(&stack->owner->lock);
    event->stack =
        (struct event_stack){.frames = stack->shown, .count = stack->count, .cut = why(stack->end)};
}

void stack_release(struct stack *stack)
{
    if (!stack->owner) {
        return;
    }
    struct stacks *owner = stack->owner;
    pthread_mutex_lock(&owner->lock);
    drop_frames(stack);
    pthread_mutex_unlock(&owner->lock);
}

void stack_free(struct stack *stack)
{
    if (stack) {
        stack_release(stack);
        free(stack);
    }
}

struct stacks *stacks_new(enum stack_mode mode, unsigned frames_max)
{
    struct stacks *stacks = calloc(1, sizeof(*stacks));
    if (stacks) {
        stacks->mode = mode;
        stacks->frames_max = frames_max;
        pthread_mutex_init(&stacks->lock, NULL);
    }
    return stacks;
}

void stacks_free(struct stacks *stacks)
{
    if (!stacks) {
        return;
    }
    for (unsigned i = 0; i < SPACES; i++) {
        space_free(stacks->spaces[i]);
    }
    files_close(&stacks->files);
    pthread_mutex_destroy(&stacks->lock);
    free(stacks);
}
