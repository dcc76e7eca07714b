#include "supervisor/unwind/space.h"

#ifndef PROCTOR_UNWIND

struct space *space_new(pid_t pid, struct files *files)
{
    (void)pid;
    (void)files;
    return NULL;
}

void space_free(struct space *space)
{
    (void)space;
}

pid_t space_pid(const struct space *space)
{
    (void)space;
    return 0;
}

void space_walk(struct space *space, pid_t tid, const struct registers *registers, struct mem *mem,
                struct stack *stack)
{
    (void)space;
    (void)tid;
    (void)registers;
    (void)mem;
    (void)stack;
}

#else

#include <elfutils/libdwfl.h>
#include <stdlib.h>
#include <string.h>

/* A mapping of code that a walk has come by. */
struct known {
    uint64_t start;
    uint64_t end;
    uint64_t offset;
    struct file *file;
    bool reported;  /* to libdwfl: */
    uint64_t bias;  /* where the file is loaded, less where it was linked for */
    uint64_t first; /* what is loaded of it */
    uint64_t last;
    unsigned walk; /* the last one that found it there */
};

enum { KNOWN_MAX = 64 };

struct space {
    pid_t pid;
    struct files *files;
    Dwfl *dwfl; /* NULL: there is nothing in it yet */
    Elf *elf;   /* tells libdwfl the machine; NULL with dwfl */
    bool is_32bit;
    unsigned walks;
    struct walk *walk; /* the one in hand */
    unsigned count;
    struct known known[KNOWN_MAX];
};

/* The frame in hand, and how its caller's is reached. */
struct step {
    Dwarf_Addr pc;
    Dwarf_Word sp;    /* 0: not known */
    bool interrupted; /* a signal came there, or it made the call itself */
    bool trampoline;  /* a handler returns to it */
    bool deepest;     /* its frame pointer says that there are no more */
    bool unread;      /* something could not be read */
    bool zero;        /* what was read last is 0 */
};

struct walk {
    struct space *space;
    pid_t tid;
    const struct registers *registers;
    struct mem *mem;
    struct stack *stack;
    struct mappings mappings;
    bool gone;    /* the task is: not even its first instruction is mapped */
    bool changed; /* what was reported is not what is mapped */
    bool anew;    /* all was reported in this walk */
    struct step step;
};

/* DWARF's numbers on i386 (System V ABI, Intel386 supplement) for those in struct registers. */
static const struct {
    uint8_t ours;
    uint8_t theirs;
} registers_i386[] = {{0, 0},         {2, 1}, {1, 2}, {DWARF_RBX, 3}, {DWARF_RSP, 4},
                      {DWARF_RBP, 5}, {4, 6}, {5, 7}, {DWARF_RIP, 8}};

static int find_elf(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base, char **file_name,
                    Elf **elf)
{
    const struct file *file = *data;
    (void)module;
    (void)name;
    (void)base;
    *file_name = strdup(file->name); /* libdwfl frees it */
    *elf = binary_elf(file->binary);
    return -1; /* the file is open already */
}

/*
 * libdwfl looks for this wherever .eh_frame tells nothing, which at ld.so's first instructions is once in
 * each process, and uncompresses it. Mostly it has no rules either.
 */
static int find_debuginfo(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
                          const char *file_name, const char *debug_link, GElf_Word crc, char **debug_name)
{
    const struct file *file = *data;
    return binary_has_debug_frames(file->binary)
               ? dwfl_standard_find_debuginfo(module, data, name, base, file_name, debug_link, crc,
                                              debug_name)
               : -1;
}

static const Dwfl_Callbacks callbacks = {
    .find_elf = find_elf,
    .find_debuginfo = find_debuginfo,
    .section_address = dwfl_offline_section_address,
};

static void drop_all(struct space *space)
{
    if (space->dwfl) {
        dwfl_end(space->dwfl);
        elf_end(space->elf);
        space->dwfl = NULL;
        space->elf = NULL;
    }
    while (space->count) {
        space->known[--space->count].file->references--;
    }
}

struct space *space_new(pid_t pid, struct files *files)
{
    struct space *space = calloc(1, sizeof(*space));
    if (space) {
        space->pid = pid;
        space->files = files;
    }
    return space;
}

void space_free(struct space *space)
{
    if (space) {
        drop_all(space);
        free(space);
    }
}

pid_t space_pid(const struct space *space)
{
    return space->pid;
}

/* Where the file is loaded, if that is told by what is mapped at `pc`. */
static bool locate(struct known *known, uint64_t pc)
{
    uint64_t address;
    if (!known->file->binary ||
        !binary_address(known->file->binary, pc - known->start + known->offset, &address)) {
        return false;
    }
    known->bias = pc - address;
    binary_range(known->file->binary, &known->first, &known->last);
    known->first += known->bias;
    known->last += known->bias;
    return known->first <= pc && pc < known->last;
}

enum fit { FIT_NEW, FIT_REPORTED, FIT_CHANGED };

/* How a mapping fits in with what is known. */
static enum fit fit(const struct space *space, const struct known *added)
{
    enum fit result = FIT_NEW;
    for (unsigned i = 0; i < space->count; i++) {
        const struct known *k = &space->known[i];
        if (k->reported && added->reported && k->file == added->file && k->bias == added->bias) {
            result = FIT_REPORTED;
        } else if ((added->start < k->end && k->start < added->end) ||
                   (k->reported && added->start < k->last && k->first < added->end) ||
                   (k->reported && added->reported && added->first < k->last && k->first < added->last)) {
            return FIT_CHANGED;
        }
    }
    return result;
}

static bool report(struct space *space, const struct known *known)
{
    void **data;
    dwfl_report_begin_add(space->dwfl);
    Dwfl_Module *module = dwfl_report_module(space->dwfl, known->file->name, known->first, known->last);
    if (!module || !dwfl_module_info(module, &data, NULL, NULL, NULL, NULL, NULL, NULL)) {
        return false;
    }
    *data = known->file;
    return dwfl_report_end(space->dwfl, NULL, NULL) == 0;
}

/* seen: only what was found there in this walk. */
static const struct known *find_known(const struct space *space, uint64_t pc, bool seen)
{
    for (unsigned i = 0; i < space->count; i++) {
        const struct known *k = &space->known[i];
        if (pc >= k->start && pc < k->end && (!seen || k->walk == space->walks)) {
            return k;
        }
    }
    return NULL;
}

static struct known *find_same(struct space *space, const struct mapping *mapping, const struct file *file)
{
    for (unsigned i = 0; i < space->count; i++) {
        struct known *k = &space->known[i];
        if (k->start == mapping->start && k->end == mapping->end && k->offset == mapping->offset &&
            k->file == file) {
            return k;
        }
    }
    return NULL;
}

static const struct known *add(struct walk *w, const struct mapping *mapping, struct file *file, uint64_t pc)
{
    struct space *space = w->space;
    struct known added = {.start = mapping->start,
                          .end = mapping->end,
                          .offset = mapping->offset,
                          .file = file,
                          .walk = space->walks};
    bool other = file->binary && binary_is_32bit(file->binary) != space->is_32bit;
    added.reported = locate(&added, pc) && !other;
    enum fit how = other ? FIT_CHANGED : fit(space, &added);
    if (how == FIT_CHANGED || space->count == KNOWN_MAX) {
        /* Nothing is gained by a third look: this file claims what is another's, or there are too many. */
        w->changed = !w->anew;
        added.reported = false;
    } else if (how == FIT_NEW && added.reported) {
        added.reported = report(space, &added);
    }
    if (w->changed || space->count == KNOWN_MAX) {
        return NULL;
    }
    file->references++;
    space->known[space->count] = added;
    return &space->known[space->count++];
}

/* What is mapped at `pc`, after libdwfl has been told of it. NULL: nothing, or the walk is to begin again. */
static const struct known *known_at(struct walk *w, uint64_t pc)
{
    struct mapping mapping;
    const struct known *found = find_known(w->space, pc, true);
    if (found || w->changed) {
        return found;
    }
    if (w->gone || !mappings_find(&w->mappings, pc, &mapping)) {
        w->gone |= w->stack->count == 0;
        return w->gone ? find_known(w->space, pc, false) : NULL;
    }
    struct file *file = files_find(w->space->files, w->tid, &mapping);
    if (!file) {
        return NULL;
    }
    struct known *same = find_same(w->space, &mapping, file);
    if (same) {
        same->walk = w->space->walks;
        return same;
    }
    return add(w, &mapping, file, pc);
}

static pid_t next_thread(Dwfl *dwfl, void *argument, void **thread_argument)
{
    (void)dwfl;
    (void)argument;
    (void)thread_argument;
    return 0; /* nobody asks for all threads */
}

static bool get_thread(Dwfl *dwfl, pid_t tid, void *argument, void **thread_argument)
{
    (void)dwfl;
    (void)tid;
    *thread_argument = argument;
    return true;
}

static bool memory_read(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *result, void *argument)
{
    struct space *space = argument;
    struct walk *w = space->walk;
    uint64_t word = 0; /* little-endian: the first bytes are the low ones */
    (void)dwfl;
    if (!mem_read(w->mem, address, &word, space->is_32bit ? 4 : 8)) {
        w->step.unread = true;
        return false;
    }
    w->step.zero = word == 0;
    *result = word;
    return true;
}

static bool set_register(Dwfl_Thread *thread, const struct registers *registers, unsigned ours, int theirs)
{
    Dwarf_Word value = registers->value[ours];
    return !registers_has(registers, ours) || dwfl_thread_state_registers(thread, theirs, 1, &value);
}

static bool set_registers(Dwfl_Thread *thread, void *argument)
{
    const struct space *space = argument;
    const struct registers *registers = space->walk->registers;
    bool ok = true;
    if (space->is_32bit) {
        for (size_t i = 0; i < sizeof(registers_i386) / sizeof(*registers_i386); i++) {
            ok &= set_register(thread, registers, registers_i386[i].ours, registers_i386[i].theirs);
        }
        return ok;
    }
    for (unsigned i = 0; i < REGISTERS; i++) {
        ok &= set_register(thread, registers, i, (int)i);
    }
    return ok;
}

static const Dwfl_Thread_Callbacks thread_callbacks = {
    .next_thread = next_thread,
    .get_thread = get_thread,
    .memory_read = memory_read,
    .set_initial_registers = set_registers,
};

/* Begins with what is mapped at the first instruction, which tells what kind of code it is. */
static bool begin(struct walk *w, uint64_t pc)
{
    struct space *space = w->space;
    struct mapping mapping;
    if (space->dwfl) {
        return true;
    }
    struct file *file =
        mappings_find(&w->mappings, pc, &mapping) ? files_find(space->files, w->tid, &mapping) : NULL;
    if (file && !file->binary) { /* made by a compiler at run time */
        file = files_vdso(space->files);
    }
    if (!file || !file->binary) {
        return false;
    }
    w->anew = true;
    space->is_32bit = binary_is_32bit(file->binary);
    space->dwfl = dwfl_begin(&callbacks);
    if (!space->dwfl) {
        return false;
    }
    space->elf = binary_elf(file->binary);
    if (!space->elf || !dwfl_attach_state(space->dwfl, space->elf, space->pid, &thread_callbacks, space)) {
        drop_all(space);
        return false;
    }
    return true;
}

static void keep(struct walk *w, const struct known *known, uint64_t pc, bool exact)
{
    struct stack_frame *kept = &w->stack->frame[w->stack->count++];
    *kept = (struct stack_frame){.address = pc - known->bias, .exact = exact, .file = known->file};
    known->file->references++;
}

static int stop(struct walk *w, enum unwind_end end)
{
    w->stack->end = end;
    return DWARF_CB_ABORT;
}

static int on_frame(Dwfl_Frame *frame, void *argument)
{
    struct walk *w = argument;
    unsigned count = w->stack->count;
    struct step before = w->step;
    bool exact = count == 0;
    Dwarf_Word fp;

    w->step = (struct step){.pc = 0};
    (void)dwfl_frame_pc(frame, &w->step.pc, NULL);
    (void)dwfl_frame_reg(frame, w->space->is_32bit ? 4 : DWARF_RSP, &w->step.sp);
    w->step.deepest = dwfl_frame_reg(frame, w->space->is_32bit ? 5 : DWARF_RBP, &fp) == 0 && fp == 0;
    const struct known *at = known_at(w, w->step.pc);
    const struct known *known = count ? known_at(w, w->step.pc - 1) : at;
    if (w->changed) {
        return DWARF_CB_ABORT;
    }
    if (!known && !at) {
        return stop(w, UNWIND_BROKEN);
    }
    if (count == w->stack->count_max) {
        return stop(w, UNWIND_TOO_DEEP);
    }
    /* This goes on to the caller to see whether it was interrupted: libdwfl had to know what is mapped. */
    (void)dwfl_frame_pc(frame, &w->step.pc, &exact);
    w->step.interrupted = count == 0 || before.trampoline;
    w->step.trampoline = exact && !w->step.interrupted;
    /* A handler may have a stack of its own (sigaltstack(2)); all other calls go down. */
    if (count && !exact && w->step.sp <= before.sp) {
        return stop(w, UNWIND_BROKEN);
    }
    if (!(exact ? at : known)) {
        return stop(w, UNWIND_BROKEN);
    }
    keep(w, exact ? at : known, w->step.pc, exact);
    return DWARF_CB_OK;
}

/* How the function at `pc` leads to its caller; to be freed. NULL: nobody says. */
static Dwarf_Frame *rules_at(Dwfl *dwfl, uint64_t pc)
{
    Dwfl_Module *module = dwfl_addrmodule(dwfl, pc);
    Dwarf_Addr bias = 0;
    Dwarf_Frame *rules = NULL;
    Dwarf_CFI *table = module ? dwfl_module_eh_cfi(module, &bias) : NULL;
    if (!table || dwarf_cfi_addrframe(table, pc - bias, &rules) != 0) {
        table = module ? dwfl_module_dwarf_cfi(module, &bias) : NULL;
        rules = NULL;
        if (!table || dwarf_cfi_addrframe(table, pc - bias, &rules) != 0) {
            return NULL;
        }
    }
    return rules;
}

/* The outermost function says so: its return address is undefined, which is told by no operations at one. */
static bool is_outermost(Dwfl *dwfl, uint64_t pc)
{
    Dwarf_Frame *rules = rules_at(dwfl, pc);
    Dwarf_Op room[3];
    Dwarf_Op *ops = NULL;
    size_t count = 1;
    int column = rules ? dwarf_frame_info(rules, NULL, NULL, NULL) : -1;
    bool undefined =
        column >= 0 && dwarf_frame_register(rules, column, room, &ops, &count) == 0 && count == 0 && ops;
    free(rules);
    return undefined;
}

/*
 * libdwfl says "no more frames" of all that leads to no return address, whatever the reason, and fails where
 * neither rules nor a frame pointer lead further.
 */
static enum unwind_end why(struct walk *w, int result)
{
    struct stack_frame *last = &w->stack->frame[w->stack->count - 1];
    if (result != 0) {
        last->exact = w->step.interrupted; /* libdwfl takes every frame that it can't leave for such a one */
        return w->step.deepest ? UNWIND_WHOLE : UNWIND_NO_RULES;
    }
    if (is_outermost(w->space->dwfl, last->exact ? w->step.pc : w->step.pc - 1)) {
        return UNWIND_WHOLE;
    }
    if (w->step.unread) {
        return UNWIND_NO_MEMORY;
    }
    return w->step.zero ? UNWIND_WHOLE
                        : UNWIND_NO_REGISTER; /* who is returned to at 0 was called by nobody */
}

static void drop_frames(struct stack *stack)
{
    while (stack->count) {
        stack->frame[--stack->count].file->references--;
    }
}

static void walk(struct walk *w, uint64_t pc)
{
    struct space *space = w->space;
    w->changed = w->anew = w->gone = false;
    w->step = (struct step){.pc = 0};
    space->walks++;
    if (!begin(w, pc)) {
        return;
    }
    int result = dwfl_getthread_frames(space->dwfl, w->tid, on_frame, w);
    if (result != DWARF_CB_ABORT && w->stack->count) {
        w->stack->end = why(w, result);
    }
}

void space_walk(struct space *space, pid_t tid, const struct registers *registers, struct mem *mem,
                struct stack *stack)
{
    struct walk w = {.space = space, .tid = tid, .registers = registers, .mem = mem, .stack = stack};
    stack->count = 0;
    if (!registers_has(registers, DWARF_RIP)) {
        stack->end = UNWIND_NO_REGISTER;
        return;
    }
    (void)mappings_open(&w.mappings, tid); /* if it is gone, what was mapped before is known */
    space->walk = &w;
    walk(&w, registers->value[DWARF_RIP]);
    if (w.changed) {
        drop_frames(stack);
        drop_all(space);
        walk(&w, registers->value[DWARF_RIP]);
    }
    if (stack->count == 0) {
        stack->end = mappings_alive(&w.mappings) ? UNWIND_BROKEN : UNWIND_NO_MAPPINGS;
    }
    space->walk = NULL;
    mappings_close(&w.mappings);
}

#endif
