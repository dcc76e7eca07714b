/*
 * Stack traces of calls (-k), in two steps: while the caller is held its stack is walked, which needs its
 * memory and what it has mapped as they are; what stands at the addresses that were found is looked up when
 * the call is shown.
 *
 * What is mapped is asked for each time, so nobody has to tell of mmap and execve; what was mapped before
 * counts only for a task that is gone. Of the files that are mapped everything is kept, for all processes.
 */
#ifndef PROCTOR_SUPERVISOR_UNWIND_STACK_H
#define PROCTOR_SUPERVISOR_UNWIND_STACK_H

#include <sys/types.h>

#include "decode/event.h"
#include "decode/mem.h"
#include "supervisor/unwind/registers.h"

/* How much is wanted: -k, -kk. */
enum stack_mode { STACK_NONE, STACK_SYMBOLS, STACK_SOURCE };

enum { STACK_FRAMES = 256 };

enum unwind_end {
    UNWIND_WHOLE,       /* the outermost function was reached */
    UNWIND_NO_RULES,    /* the last frame's code tells nothing of its caller */
    UNWIND_NO_REGISTER, /* the last frame needs a register that is not known */
    UNWIND_NO_MEMORY,   /* the stack can't be read there */
    UNWIND_BROKEN,      /* what the rules lead to is no stack */
    UNWIND_TOO_DEEP,
    UNWIND_NO_MAPPINGS, /* the process was gone before anybody saw what it had mapped */
};

struct stacks; /* what is known of files; used by several threads at once */
struct file;

struct stack {
    struct stacks *owner; /* of what the frames refer to; NULL: no walk was made */
    unsigned count;
    unsigned count_max;
    enum unwind_end end;
    struct stack_frame {
        uint64_t address; /* for which the file was linked; in the task where there is no file */
        bool exact;       /* it was interrupted there, or made the call; else it is where a call returns to */
        struct file *file;
    } frame[STACK_FRAMES];
    struct event_frame shown[STACK_FRAMES]; /* by stack_describe */
};

/* frames_max: of one stack, STACK_FRAMES at most. NULL when memory ran out. All stacks are to be released
 * before stacks_free. */
struct stacks *stacks_new(enum stack_mode mode, unsigned frames_max);
void stacks_free(struct stacks *stacks);

/*
 * Walks the stack of task `tid` of process `pid`, which is held. What was in `stack` is released first; it
 * must have been zeroed once.
 */
void stack_walk(struct stacks *stacks, pid_t pid, pid_t tid, const struct registers *registers,
                struct mem *mem, struct stack *stack);

/* Fills in event->stack, which is valid until the stack is released. */
void stack_describe(struct stack *stack, struct event *event);

/* Lets go of what its frames refer to; it is empty and usable again. */
void stack_release(struct stack *stack);

/* The same for one from calloc; NULL: nothing. */
void stack_free(struct stack *stack);

#endif
