/*
 * What a runtime says of a container when it hands over its listener: the ContainerProcessState of the OCI
 * runtime specification (config-linux.md, "Container Process State"). Pure code: hostile text in, facts out.
 */
#ifndef PROCTOR_SUPERVISOR_CONTAINER_STATE_H
#define PROCTOR_SUPERVISOR_CONTAINER_STATE_H

#include <stdbool.h>

#include "decode/base/error.h"
#include "decode/event.h"
#include "policy/arena.h"

enum {
    CONTAINER_STATE_MAX = 1 << 20, /* bytes of text that are read */
    CONTAINER_FDS_MAX = 253,       /* descriptors in one message (SCM_MAX_FD, include/net/scm.h) */
};

struct container_state {
    struct event_container container; /* without its `json`; strings belong to the arena */
    size_t fd_count;                  /* how many descriptors the text names */
    const char *text; /* what was read, for who hands it on; the reader of the text fills it in */
    size_t text_length;
    size_t listener; /* the place of the seccomp listener among them */
};

/*
 * Finds the end of the text while it comes: runc 1.1 and crun 1.8 keep the connection open until the
 * container ends, so there may be no end of file to wait for. Zeroed at start.
 */
struct json_end {
    unsigned depth; /* open objects and arrays */
    bool string;    /* inside of quotes */
    bool escaped;   /* after a backslash there */
    bool found;     /* the outermost object is closed */
};

/* Looks at the next bytes; returns whether the end has come. */
bool json_end_look(struct json_end *end, const char *bytes, size_t n);

/*
 * Reads the text. Returns 0, or a negative errno with err saying what is wrong with it: -EINVAL, -ENOMEM.
 */
int container_state_parse(struct container_state *state, struct arena *arena, const char *text, size_t length,
                          struct error *err);

#endif
