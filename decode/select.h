/*
 * Selections as strace writes them: names, numbers, %classes, !, /regex, ?name, name@64, all, none.
 */
#ifndef PROCTOR_DECODE_SELECT_H
#define PROCTOR_DECODE_SELECT_H

#include "decode/base/error.h"
#include "decode/call.h"

struct selection {
    struct call_set calls[ABI_COUNT]; /* by the ABI through which the call is made */
    bool unknown;                     /* numbers that are in no table */
};

/* Everything, as without -e trace=. */
void selection_all(struct selection *selection);

/*
 * Parses `expression` (the part after "trace="): replaces what `selection` held. Returns 0; -EINVAL with err
 * naming the word that is unknown and the nearest one that is known; after an error the selection is as it
 * was.
 */
int selection_parse(struct selection *selection, const char *expression, struct error *err);

/* Adds calls on every ABI that has them. */
void selection_add(struct selection *selection, const struct call_set *calls);

/* Adds i386's socketcall and ipc where a call that they can stand for is selected (decode/demultiplex.h). */
void selection_add_multiplexers(struct selection *selection);

/* Whether a call made through `abi` is selected; CALL_none stands for the numbers that are in no table. */
static inline bool selection_has(const struct selection *selection, const struct abi *abi, enum call_id id)
{
    return id == CALL_none ? selection->unknown : call_set_has(&selection->calls[abi - abis], id);
}

#endif
