/*
 * Who made a call (-k): its stack is walked while its task is held. Where the registers come from is what
 * the ways differ in:
 *
 *   ptrace  all of them, as the task is stopped by us
 *   bpf     all of them (supervisor/registers_bpf.h)
 *   proc    /proc/TID/syscall tells the stack and the instruction pointer of a task that is blocked in a call
 */
#ifndef PROCTOR_SUPERVISOR_CALLERS_H
#define PROCTOR_SUPERVISOR_CALLERS_H

#include "decode/base/error.h"
#include "supervisor/results.h"
#include "supervisor/slot.h"
#include "supervisor/unwind/stack.h"

struct callers;

/* frames_max: as of stacks_new. traced: the calls come from the trace source, and callers_walk from its
 * thread. Returns 0 or a negative errno with err filled. */
int callers_open(enum stack_mode mode, unsigned frames_max, bool traced, struct callers **callers,
                 struct error *err);
void callers_close(struct callers *callers);

/* Keeps in the slot who made its call, which has not been answered yet. mem: its task's memory. */
void callers_walk(struct callers *callers, struct slot *slot, struct mem *mem);

/*
 * What the task of this record did as a signal came to it, or a call began; the caller's, who ends it with
 * stack_free. pid: its process. mem: its memory, or what was captured of it. NULL: the record does not tell.
 */
struct stack *callers_in_record(struct callers *callers, pid_t pid, const struct record *record,
                                struct mem *mem);

/* Where in its program a signal came to the task of this record: the ABI of the code, and its address. NULL:
 * not known. */
const struct abi *callers_instruction(const struct record *record, uint64_t *instruction);

#endif
