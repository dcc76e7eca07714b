/* What is behind a descriptor of a task: -y and -yy. */
#ifndef PROCTOR_SUPERVISOR_FDINFO_H
#define PROCTOR_SUPERVISOR_FDINFO_H

#include <sys/types.h>

#include "decode/decoder.h"

struct fd_reader {
    struct fd_names names;
    pid_t tid;
};

/* Reads /proc/TID/fd when asked. */
void fd_reader_init(struct fd_reader *reader, pid_t tid);

#endif
