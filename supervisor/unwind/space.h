/*
 * The address space of a process as libdwfl of elfutils is told of it, and walks by libdwfl through stacks in
 * it.
 *
 * A file is reported to libdwfl when a walk first comes by it. What is mapped at each frame's address is
 * asked of the kernel in each walk: where that is not what was reported, all that was is dropped. So nobody
 * has to tell of mmap, execve, or of a process id that is used again.
 */
#ifndef PROCTOR_SUPERVISOR_UNWIND_SPACE_H
#define PROCTOR_SUPERVISOR_UNWIND_SPACE_H

#include "supervisor/unwind/files.h"
#include "supervisor/unwind/stack.h"

struct space; /* has references to files */

/* NULL: memory ran out. */
struct space *space_new(pid_t pid, struct files *files);
void space_free(struct space *space);

/* The process that it is of. */
pid_t space_pid(const struct space *space);

/*
 * Fills in stack->frame, ->count and ->end; has taken a reference to each frame's file. tid: a thread of the
 * process; if it is gone, what was mapped at the walk before counts.
 */
void space_walk(struct space *space, pid_t tid, const struct registers *registers, struct mem *mem,
                struct stack *stack);

#endif
