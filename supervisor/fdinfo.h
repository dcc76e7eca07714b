/*
 * What is behind a descriptor of a task: -y and -yy.
 *
 * Everything is read from outside, while the call waits for our answer or, for what a call returned, as soon
 * as its result is known. Nothing here asks the target's file systems for anything: one of them may be a
 * program of the target's own that never answers.
 */
#ifndef PROCTOR_SUPERVISOR_FDINFO_H
#define PROCTOR_SUPERVISOR_FDINFO_H

#include <sys/types.h>

#include "decode/call.h"

/* supervisor/process.h */
struct child;
struct task;

struct fd_reader {
    struct fd_names names;
    pid_t tid;
    /* The task, and a child of its, for what may be gone by now. NULL, as fd_reader_init leaves them: not
     * known, or the process table can't be looked at. */
    const struct task *task;
    const struct child *child;
};

/*
 * The calls by which a number comes to mean another file. What was returned before them (= 3</etc/passwd>) is
 * looked at before they go on, or never: without a stop at exit nothing else holds the target.
 */
void fdinfo_calls(struct call_set *set);

/* Reads /proc/TID/fd when asked. */
void fd_reader_init(struct fd_reader *reader, pid_t tid);

#endif
