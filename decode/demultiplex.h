/*
 * i386's socketcall and ipc: one number for many calls. The arguments of the call behind them are in memory
 * (socketcall), or in another order and some of them in memory (ipc).
 */
#ifndef PROCTOR_DECODE_DEMULTIPLEX_H
#define PROCTOR_DECODE_DEMULTIPLEX_H

#include "decode/call.h"

/* Where a call behind a multiplexer has an argument: PLACE_REGISTER + the multiplexer's register, or
 * PLACE_WORD + which of the words that one of them points to. */
enum { PLACE_NONE, PLACE_REGISTER, PLACE_WORD = PLACE_REGISTER + CALL_ARGS_MAX };

struct call_behind {
    enum call_id id;
    uint8_t pointer; /* the register that points to words */
    uint8_t place[CALL_ARGS_MAX];
};

/* The call that the first argument of a multiplexer stands for. False: none that is known. */
bool call_behind(enum call_id multiplexer, uint32_t first, struct call_behind *behind);

/*
 * The call that a multiplexer's arguments stand for, with args replaced by its own. The id it was given, with
 * args as they were, where that is no multiplexer, or what it stands for is unknown or can't be read.
 */
enum call_id call_demultiplex(const struct abi *abi, enum call_id id, uint64_t args[CALL_ARGS_MAX],
                              struct mem *mem);

/* The multiplexer that can stand for a call, CALL_none if none can. */
enum call_id call_multiplexer(enum call_id id);

/* What the first argument of its multiplexer is for a call; 0 where no multiplexer can stand for it. */
unsigned call_multiplexed_as(enum call_id id);

#endif
