/*
 * Shared by the BPF program and the supervisor: what is asked for, and what comes back.
 */
#ifndef PROCTOR_SUPERVISOR_BPF_EXITS_H
#define PROCTOR_SUPERVISOR_BPF_EXITS_H

#ifndef __bpf__
#include <stdint.h>
typedef uint8_t exits_u8;
typedef uint16_t exits_u16;
typedef uint32_t exits_u32;
typedef int32_t exits_s32;
typedef uint64_t exits_u64;
typedef int64_t exits_s64;
#else
typedef unsigned char exits_u8;
typedef unsigned short exits_u16;
typedef unsigned int exits_u32;
typedef int exits_s32;
typedef unsigned long long exits_u64;
typedef long long exits_s64;
#endif

/* Bytes of the ring that records come in. */
enum { EXITS_RING = 1 << 20 };

enum { EXITS_ABIS = 3, EXITS_CALLS = 576, EXITS_PIECES = 6, EXITS_ARGS = 6 };

/*
 * i386's calls that stand for another one: the plans of those behind one lie behind those of all ABIs,
 * EXITS_BEHIND_MAX for each of these, by its first argument. ipc's may have a version in its upper half. What
 * old select stands for is one call.
 */
enum exits_behind { EXITS_DIRECT, EXITS_SELECT, EXITS_SOCKETCALL, EXITS_IPC, EXITS_IPC_NEWER };
enum { EXITS_BEHIND_MAX = 32 };
enum { EXITS_PLANS = EXITS_ABIS * EXITS_CALLS + EXITS_IPC_NEWER * EXITS_BEHIND_MAX };

/* Of all plans, that of the call that another one stands for by `which`. */
static inline exits_u32 exits_plan_behind(exits_u32 behind, exits_u32 which)
{
    return EXITS_ABIS * EXITS_CALLS + (behind - EXITS_SELECT) * EXITS_BEHIND_MAX + which;
}

/* What to read behind one argument when its call returns. extent: enum extent of decode/extent.h. */
struct exits_piece {
    exits_u8 extent;
    exits_u8 arg;        /* the pointer */
    exits_u8 length_arg; /* the argument that holds or points to the length */
    exits_u8 on_failure; /* read it when the call failed too */
    exits_u8 inner;      /* see struct kind; of what is captured, too, is what this pointer in it points to */
    exits_u8 inner_size;
    exits_u8 inner2; /* the same, of a second one */
    exits_u8 inner2_size;
    exits_u32 unit; /* bytes per unit of length */
    exits_u32 most; /* bytes at most */
};

/* Where an argument of a call behind is: the numbers of decode/demultiplex.h. */
enum { EXITS_PLACE_NONE, EXITS_PLACE_REGISTER, EXITS_PLACE_WORD = EXITS_PLACE_REGISTER + EXITS_ARGS };

/* Make a record when this call returns, and when it begins; remember where it was interrupted before it
 * began. */
enum { EXITS_WANT_RESULT = 1, EXITS_WANT_BEGIN = 2, EXITS_WANT_INTERRUPTED = 4 };

struct exits_plan {
    exits_u32 wanted; /* EXITS_WANT_* */
    exits_u16 pieces;
    exits_u8 behind;  /* enum exits_behind */
    exits_u8 pointer; /* of a call behind, as in struct call_behind: the register that points to words */
    exits_u8 place[EXITS_ARGS];
    struct exits_piece piece[EXITS_PIECES];
};

enum { EXITS_RESULT, EXITS_SIGNAL, EXITS_BEGIN };

/* A record in the ring: this, then `captures` pieces. */
struct exits_record {
    exits_u32 type;
    exits_u32 pid;
    exits_u32 tid;
    exits_s32 number; /* of the call, or the signal */
    exits_s64 result; /* EXITS_SIGNAL: the task's instruction pointer */
    exits_u64 begin_ns;
    exits_u64 end_ns;
    exits_u32 captures;
    exits_u32 compat; /* EXITS_BEGIN: the call is i386's; EXITS_SIGNAL: so is the code that it came to */
};

/* Where a call was made that a signal interrupted before it began: the task, in our PID namespace, and its
 * stack pointer; and which it was, and the address behind it. */
struct exits_place {
    exits_u32 tid;
    exits_u32 reserved;
    exits_u64 stack;
};
struct exits_interrupted {
    exits_u64 instruction;
    exits_s32 number;
    exits_u32 reserved;
};

/* A result that there was no room for. */
struct exits_loss {
    exits_u32 tid;
    exits_u32 reserved;
    exits_u64 end_ns;
};

/* Of so many it is remembered whose they were. */
enum { EXITS_LOSSES = 1024 };

/* One piece: this, then `size` bytes, padded to a multiple of eight. */
struct exits_capture {
    exits_u64 addr;
    exits_u32 size;
    exits_u32 reserved;
};

/* Pieces that are not of the target's memory; nothing is mapped at these addresses. A signal has both, a
 * call that begins has registers: the first 21 words of struct user_regs_struct. */
enum { EXITS_AT_SIGINFO, EXITS_AT_REGISTERS };
enum { EXITS_REGISTERS = 21 * 8 };

/* Bytes that one piece, and all pieces of a record, may have. */
enum { EXITS_PIECE_MAX = 32 << 10, EXITS_DATA_MAX = 64 << 10, EXITS_SIGINFO = 48 };

#endif
