#include "supervisor/unwind/stack.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/unwind/binary.h"
#include "supervisor/unwind/mapping.h"

/* A file that is or was mapped. */
struct file {
    struct file *next;
    uint64_t device;
    uint64_t inode;
    char *name;
    struct binary *binary; /* NULL: can't be read, or is none */
    unsigned references;   /* of frames, and of the walk in hand */
};

/* Files that no stack refers to are forgotten from this many on: an agent sees those of all containers. While
 * one is known its inode is in use, and its number stands for nothing else. */
enum { FILES_MAX = 256 };

/* What a walk has found mapped. */
struct known {
    uint64_t start;
    uint64_t end;
    uint64_t offset;
    struct file *file;
};

enum { KNOWN_MAX = 32, REMEMBERED = 64, BLOCK = 4096 };

/* What was mapped at the last walk of a task: for the signal by which it is gone when its record is read. */
struct remembered {
    pid_t tid;
    struct known known[KNOWN_MAX];
    unsigned count;
};

struct stacks {
    pthread_mutex_t lock; /* around all */
    enum stack_mode mode;
    struct file *files; /* the one used last is in front */
    size_t file_count;
    struct remembered remembered[REMEMBERED];
};

/* A walk reads words that lie close together: the target is asked for whole blocks. */
struct block_mem {
    struct mem mem;
    struct mem *target;
    uint64_t base;
    size_t size;
    char bytes[BLOCK];
};

struct walker {
    struct unwind_code code;
    struct stacks *stacks;
    pid_t tid;
    struct mappings mappings;
    struct known known[KNOWN_MAX];
    unsigned known_count;
    bool gone; /* not even the first instruction is mapped */
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

static void file_free(struct file *file)
{
    binary_close(file->binary);
    free(file->name);
    free(file);
}

static void forget_one(struct stacks *stacks)
{
    struct file **last = NULL;
    for (struct file **at = &stacks->files; *at; at = &(*at)->next) {
        last = (*at)->references ? last : at;
    }
    if (last) {
        struct file *file = *last;
        *last = file->next;
        stacks->file_count--;
        file_free(file);
    }
}

/* The kernel's own code in each program is the same as in ours. */
static int open_vdso(void)
{
    const char *image = (const char *)getauxval(AT_SYSINFO_EHDR); // NOLINT(performance-no-int-to-ptr)
    size_t size = 0;
    int fd = image ? memfd_create("vdso", MFD_CLOEXEC) : -1;
    /* It is some pages; how many it does not say. What follows it is not mapped: the write ends there. */
    while (fd >= 0 && size < 65536 && write(fd, image + size, BLOCK) == BLOCK) {
        size += BLOCK;
    }
    return fd;
}

/* The file as the task sees it, if it still is the one that was mapped. Links and FIFOs lead nowhere. */
static int open_mapped(pid_t tid, const struct mapping *mapping)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
                           .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    struct stat st;
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/root", tid);
    cleanup_close int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    cleanup_close int fd = root < 0 ? -1 : (int)syscall(SYS_openat2, root, mapping->name, &how, sizeof(how));
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_ino != mapping->inode) {
        return -1;
    }
    return take_fd(&fd);
}

static struct file *file_new(pid_t tid, const struct mapping *mapping)
{
    struct file *file = calloc(1, sizeof(*file));
    char *name = strdup(*mapping->name ? mapping->name : "[anon]");
    if (!file || !name) {
        free(file);
        free(name);
        return NULL;
    }
    *file = (struct file){.device = mapping->device, .inode = mapping->inode, .name = name};
    int fd = -1;
    if (mapping->inode) {
        fd = open_mapped(tid, mapping);
    } else if (strcmp(name, "[vdso]") == 0) {
        fd = open_vdso();
    }
    file->binary = fd >= 0 ? binary_open(fd, name) : NULL;
    return file;
}

static bool is_of(const struct file *file, const struct mapping *mapping)
{
    return file->inode == mapping->inode && file->device == mapping->device &&
           (file->inode || strcmp(file->name, *mapping->name ? mapping->name : "[anon]") == 0);
}

static struct file *file_of(struct stacks *stacks, pid_t tid, const struct mapping *mapping)
{
    struct file **at = &stacks->files;
    while (*at && !is_of(*at, mapping)) {
        at = &(*at)->next;
    }
    struct file *file = *at;
    if (file) {
        *at = file->next;
    } else {
        if (stacks->file_count >= FILES_MAX) {
            forget_one(stacks);
        }
        file = file_new(tid, mapping);
        stacks->file_count += file != NULL;
    }
    if (file) {
        file->next = stacks->files;
        stacks->files = file;
    }
    return file;
}

static const struct known *find_in(const struct known *known, unsigned count, uint64_t pc)
{
    for (unsigned i = 0; i < count; i++) {
        if (pc >= known[i].start && pc < known[i].end) {
            return &known[i];
        }
    }
    return NULL;
}

static struct remembered *remembered_of(struct stacks *stacks, pid_t tid)
{
    return &stacks->remembered[(unsigned)tid % REMEMBERED];
}

static void forget(struct remembered *remembered)
{
    while (remembered->count) {
        remembered->known[--remembered->count].file->references--;
    }
}

/* With the references of the walk. */
static void remember(struct walker *w)
{
    struct remembered *remembered = remembered_of(w->stacks, w->tid);
    forget(remembered);
    remembered->tid = w->tid;
    remembered->count = w->known_count;
    memcpy(remembered->known, w->known, w->known_count * sizeof(*w->known));
}

static const struct known *known_at(struct walker *w, uint64_t pc)
{
    struct mapping mapping;
    const struct known *found = find_in(w->known, w->known_count, pc);
    if (found) {
        return found;
    }
    struct file *file =
        mappings_find(&w->mappings, pc, &mapping) ? file_of(w->stacks, w->tid, &mapping) : NULL;
    if (!file) {
        const struct remembered *before = remembered_of(w->stacks, w->tid);
        w->gone |= w->known_count == 0;
        return w->gone && before->tid == w->tid ? find_in(before->known, before->count, pc) : NULL;
    }
    if (w->known_count == KNOWN_MAX) { /* so many in one stack are rare */
        w->known[--w->known_count].file->references--;
    }
    file->references++;
    w->known[w->known_count] = (struct known){mapping.start, mapping.end, mapping.offset, file};
    return &w->known[w->known_count++];
}

static bool address_of(const struct known *known, uint64_t pc, uint64_t *address)
{
    return known->file->binary &&
           binary_address(known->file->binary, pc - known->start + known->offset, address);
}

static bool find(struct unwind_code *code, uint64_t pc, const struct unwind_rules **rules)
{
    struct walker *w = container_of(code, struct walker, code);
    const struct known *known = known_at(w, pc);
    uint64_t address;
    *rules = known && address_of(known, pc, &address) ? binary_rules(known->file->binary, address) : NULL;
    return known != NULL;
}

static void keep(struct walker *w, const struct unwind_frame *frame, struct stack_frame *kept)
{
    const struct known *known = known_at(w, unwind_lookup_pc(frame));
    uint64_t address;
    *kept = (struct stack_frame){.address = frame->pc, .exact = frame->exact};
    if (known && address_of(known, unwind_lookup_pc(frame), &address)) {
        kept->address = frame->exact ? address : address + 1;
    }
    kept->file = known ? known->file : NULL;
    if (kept->file) {
        kept->file->references++;
    }
}

static void drop_frames(struct stack *stack)
{
    while (stack->count) {
        struct file *file = stack->frame[--stack->count].file;
        if (file) {
            file->references--;
        }
    }
    stack->owner = NULL;
}

void stack_walk(struct stacks *stacks, pid_t tid, const struct registers *registers, struct mem *mem,
                struct stack *stack)
{
    struct walker w = {.code = {find}, .stacks = stacks, .tid = tid};
    struct block_mem block = {.mem = {block_read}, .target = mem};
    struct unwind_frame frames[STACK_FRAMES];

    stack_release(stack);
    pthread_mutex_lock(&stacks->lock);
    (void)mappings_open(&w.mappings, tid); /* if it is gone, what was mapped before is known */
    stack->count = unwind(registers, &block.mem, &w.code, frames, STACK_FRAMES, &stack->end);
    for (unsigned i = 0; i < stack->count; i++) {
        keep(&w, &frames[i], &stack->frame[i]);
    }
    stack->owner = stacks;
    if (stack->count && !stack->frame[0].file) {
        drop_frames(stack);
    }
    mappings_close(&w.mappings);
    if (w.known_count) {
        remember(&w);
    }
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
    case UNWIND_TOO_DEEP:
        break;
    }
    return "too many frames";
}

static void show(const struct stacks *stacks, const struct stack_frame *frame, struct event_frame *shown)
{
    struct binary_symbol symbol = {.name = NULL};
    struct binary *binary = frame->file ? frame->file->binary : NULL;
    bool source = stacks->mode == STACK_SOURCE;
    if (binary && !frame->exact) {
        binary_symbol(binary, frame->address - 1, source, &symbol);
        symbol.offset++;
    }
    /* Where a handler returns to nothing stands before it that could have called. */
    if (binary && !symbol.name) {
        binary_symbol(binary, frame->address, source, &symbol);
    }
    *shown = (struct event_frame){.binary = frame->file ? frame->file->name : "[not mapped]",
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

struct stacks *stacks_new(enum stack_mode mode)
{
    struct stacks *stacks = calloc(1, sizeof(*stacks));
    if (stacks) {
        stacks->mode = mode;
        pthread_mutex_init(&stacks->lock, NULL);
    }
    return stacks;
}

void stacks_free(struct stacks *stacks)
{
    if (!stacks) {
        return;
    }
    for (unsigned i = 0; i < REMEMBERED; i++) {
        forget(&stacks->remembered[i]);
    }
    while (stacks->files) {
        struct file *file = stacks->files;
        stacks->files = file->next;
        file_free(file);
    }
    pthread_mutex_destroy(&stacks->lock);
    free(stacks);
}
