/*
 * Selections as strace writes them: names, %classes, !, /regex, ?name, all, none.
 */
#ifndef PROCTOR_DECODE_SELECT_H
#define PROCTOR_DECODE_SELECT_H

#include "decode/base/error.h"
#include "decode/call.h"

struct selection {
    struct call_set calls;
    bool unknown; /* numbers that are in no table */
};

/* Everything, as without -e trace=. */
void selection_all(struct selection *selection);

/*
 * Parses `expression` (the part after "trace="): replaces what `selection` held. Returns 0, or -EINVAL with
 * err naming the word that is unknown and the nearest one that is known.
 */
int selection_parse(struct selection *selection, const char *expression, struct error *err);

#endif
