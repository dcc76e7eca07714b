#include "supervisor/restart.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "supervisor/target.h"

enum { SYSCALL_BYTES = 2 }; /* syscall, sysenter, int $0x80: that many for each */

/* Where a signal frame keeps registers: bytes from the stack pointer at its sigreturn on. */
struct frame {
    uint16_t word; /* bytes of each */
    uint16_t first_arg, result, stack, instruction;
};

/* What is below a ucontext's registers: see decode/kinds/signal.c. The registers: struct sigcontext_64 and
 * sigcontext_32 (arch/x86/include/uapi/asm/sigcontext.h). */
enum { BELOW_64 = 8 + 8 + 24, BELOW_32 = 3 * 4 + 128 + 4 + 4 + 12 };
static const struct frame frame_64 = {8, BELOW_64 + 64, BELOW_64 + 104, BELOW_64 + 120, BELOW_64 + 128};
static const struct frame frame_32 = {4, BELOW_32 + 32, BELOW_32 + 44, BELOW_32 + 28, BELOW_32 + 56};
static const struct frame frame_old = {4, 32, 44, 28, 56};

/* NULL: x32's, which nobody uses. */
static const struct frame *frame_of(const struct slot *slot)
{
    if (slot->event.abi == &abis[ABI_I386]) {
        return slot->id == CALL_sigreturn ? &frame_old : &frame_32;
    }
    return slot->event.abi == &abis[ABI_X86_64] ? &frame_64 : NULL;
}

static bool tells(const struct results *results)
{
    return results && results->interrupted;
}

void restart_calls(const struct results *results, struct selection *notified)
{
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        if (tells(results)) {
            call_set_add(&notified->calls[abi], CALL_rt_sigreturn);
            call_set_add(&notified->calls[abi], CALL_sigreturn);
        } else if (!results) {
            call_set_remove(&notified->calls[abi], CALL_rt_sigreturn);
            call_set_remove(&notified->calls[abi], CALL_sigreturn);
        }
    }
}

void restart_watch(struct results *results, const struct selection *notified)
{
    if (tells(results)) {
        results->watch_interrupted(results, notified);
    }
}

/* The registers in a frame, as far as they matter. */
struct saved {
    uint64_t first_arg, result, stack, instruction;
};

static bool read_word(struct mem *memory, const struct frame *frame, uint64_t addr, uint64_t *word)
{
    *word = 0; /* x86 is little-endian: a narrow one is its lower half */
    return mem_read(memory, addr, word, frame->word);
}

static bool read_saved(struct mem *memory, const struct frame *frame, uint64_t at, struct saved *saved)
{
    return read_word(memory, frame, at + frame->first_arg, &saved->first_arg) &&
           read_word(memory, frame, at + frame->result, &saved->result) &&
           read_word(memory, frame, at + frame->stack, &saved->stack) &&
           read_word(memory, frame, at + frame->instruction, &saved->instruction);
}

static bool is_ready_file(pid_t tid, uint64_t fd)
{
    char path[64];
    struct stat st;
    snprintf(path, sizeof(path), "/proc/%d/fd/%d", tid, (int)fd);
    return stat(path, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode));
}

/* Whether EINTR is nothing that the caller would see without us. */
static bool surprises(const struct slot *slot, int number, const struct saved *saved)
{
    const struct abi *abi = slot->event.abi;
    enum call_id id = call_find(abi, number);
    unsigned classes = call_line_in(abi, id)->classes;
    if (id == CALL_none || classes & CALL_WAITS) {
        return false;
    }
    return !(classes & CALL_WAITS_BY_FILE) || is_ready_file(slot->event.tid, saved->first_arg);
}

static void write_words(pid_t tid, const struct frame *frame, uint64_t at, struct saved *saved)
{
    struct iovec local[] = {{.iov_base = &saved->result, .iov_len = frame->word},
                            {.iov_base = &saved->instruction, .iov_len = frame->word}};
    // NOLINTBEGIN(performance-no-int-to-ptr): addresses of the target's
    struct iovec remote[] = {
        {.iov_base = (void *)(uintptr_t)(at + frame->result), .iov_len = frame->word},
        {.iov_base = (void *)(uintptr_t)(at + frame->instruction), .iov_len = frame->word}};
    // NOLINTEND(performance-no-int-to-ptr)
    (void)process_vm_writev(tid, local, 2, remote, 2, 0);
}

/* Whether a handler returns, and calls were interrupted: else nothing needs to be read of the task. */
static bool may_concern(const struct slot *slot, struct results *results)
{
    return slot->event.call->classes & CALL_STACK && tells(results) && results->interruptions(results);
}

static void make_again(struct results *results, const struct slot *slot, const struct frame *frame)
{
    uint64_t at = target_stack(slot->event.tid);
    struct target_mem memory;
    struct interrupted call;
    struct saved saved;
    target_mem_init(&memory, slot->event.tid);
    if (!at || !read_saved(&memory.mem, frame, at, &saved) || (int32_t)saved.result != -EINTR ||
        !results->interrupted(results, slot->event.tid, saved.stack, &call) ||
        call.instruction != saved.instruction || !surprises(slot, call.number, &saved)) {
        return;
    }
    saved.result = (uint32_t)call.number;
    saved.instruction -= SYSCALL_BYTES;
    write_words(slot->event.tid, frame, at, &saved);
}

void restart_at_return(struct results *results, const struct slot *slot)
{
    const struct frame *frame = may_concern(slot, results) ? frame_of(slot) : NULL;
    if (frame) {
        make_again(results, slot, frame);
    }
}
