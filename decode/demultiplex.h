/*
 * i386's socketcall and ipc: one number for many calls. The arguments of the call behind them are in memory
 * (socketcall) or in another order (ipc).
 */
#ifndef PROCTOR_DECODE_DEMULTIPLEX_H
#define PROCTOR_DECODE_DEMULTIPLEX_H

#include "decode/call.h"

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
