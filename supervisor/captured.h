/* The target's memory as a record has it. */
#ifndef PROCTOR_SUPERVISOR_CAPTURED_H
#define PROCTOR_SUPERVISOR_CAPTURED_H

#include "supervisor/results.h"

struct captured_mem {
    struct mem mem;
    const struct record *record;
};

/*
 * What decoders are to read: the target's own memory where the record has that, else what was captured of it,
 * for which `captured` is filled in. Valid as long as both.
 */
struct mem *captured_mem(struct captured_mem *captured, const struct record *record);

#endif
