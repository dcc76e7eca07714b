/*
 * Path resolution for somebody else: as the kernel resolves paths, except that /proc/self is the caller, and
 * that it ends with the directory and the name in it that a call is about, so that what is judged is what the
 * call will touch.
 */
#ifndef PROCTOR_SUPERVISOR_WALK_H
#define PROCTOR_SUPERVISOR_WALK_H

#include "supervisor/behalf_wire.h"

struct walk {
    int proc;                /* /proc as the supervisor sees it */
    bool protected_symlinks; /* fs.protected_symlinks */
    const struct wire_request *caller;
};

/*
 * What a path leads to. Calls are made on `name` in `parent`, without following it unless `magic`: then it is
 * a link of /proc to something that may have no path, which only the kernel can follow.
 */
struct spot {
    int parent;              /* O_PATH; the owner closes it */
    char name[NAME_MAX + 2]; /* with a slash where `slash`; "." for a directory without a name */
    bool slash;              /* the path ended in one: it means a directory */
    bool magic;
    char real[WIRE_REAL_MAX]; /* as /proc names it, seen from the executor's root */
};

/* What is done with a symbolic link at the end of a path. */
enum at_end {
    END_FOLLOW,
    END_KEEP,  /* it is what the call is about; followed where a slash says that a directory is meant */
    END_ENTRY, /* the call makes or removes the entry itself: never followed */
};

/*
 * Resolves `text` from the directory base (WIRE_ABSOLUTE: the root). Whether the name exists is not said.
 * Returns 0 or a negative errno; on success spot->parent is to be closed.
 */
int walk_path(const struct walk *walk, int base, const char *text, enum at_end end_is, struct spot *spot);

/* What /proc says is behind one of our own descriptors. Its length or a negative errno. */
ssize_t walk_name(const struct walk *walk, int fd, char *buf, size_t n);

#endif
