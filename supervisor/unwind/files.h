/* The files that programs have mapped, each of them opened once, whatever processes map it. */
#ifndef PROCTOR_SUPERVISOR_UNWIND_FILES_H
#define PROCTOR_SUPERVISOR_UNWIND_FILES_H

#include "supervisor/unwind/binary.h"
#include "supervisor/unwind/mapping.h"

struct file {
    struct file *next;
    uint64_t device;
    uint64_t inode;
    char *name;
    bool low;              /* where 32-bit programs have their memory; tells the two vdso apart */
    struct binary *binary; /* NULL: can't be read, or is none */
    unsigned references;   /* files without any may be forgotten */
};

struct files {
    struct file *first; /* the one used last is in front */
    size_t count;
};

/*
 * The one behind a mapping of task `tid`. It is valid until another is asked for,
 * unless a reference is taken. NULL: memory ran out, or it can't be read now.
 */
struct file *files_find(struct files *files, pid_t tid, const struct mapping *mapping);

/* The kernel's own code in 64-bit programs. */
struct file *files_vdso(struct files *files);

/* Nobody has a reference any more. */
void files_close(struct files *files);

#endif
