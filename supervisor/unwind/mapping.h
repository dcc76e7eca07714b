/* What code is mapped where in a task, as /proc/PID/maps tells it (proc(5)). */
#ifndef PROCTOR_SUPERVISOR_UNWIND_MAPPING_H
#define PROCTOR_SUPERVISOR_UNWIND_MAPPING_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct mapping {
    uint64_t start;
    uint64_t end;
    uint64_t offset; /* of start in the file */
    uint64_t device; /* of the file, as makedev(3) puts it together; 0 with inode 0: there is none */
    uint64_t inode;
    char name[PATH_MAX]; /* the file's path in its mount namespace, "[vdso]", or "" */
};

/* Reads one line of /proc/PID/maps, without its newline. False: it is none, or what is mapped is not
 * executable. */
bool mapping_parse(const char *line, struct mapping *mapping);

/* An open /proc/TID/maps. */
struct mappings {
    int fd;
};

/* 0 or a negative errno; mappings_close is due in both cases. */
int mappings_open(struct mappings *mappings, pid_t tid);
void mappings_close(struct mappings *mappings);

/* Whether there is anything mapped. False: the task is gone. */
bool mappings_alive(const struct mappings *mappings);

/* What is mapped at an address now. False: nothing, nothing executable, or the task is gone. */
bool mappings_find(const struct mappings *mappings, uint64_t address, struct mapping *mapping);

#endif
