/*
 * From a decoded call to what an executor is asked to do: which calls can be carried out on the caller's
 * behalf, and their arguments, read from the same bytes as were judged.
 */
#ifndef PROCTOR_SUPERVISOR_BEHALF_JOB_H
#define PROCTOR_SUPERVISOR_BEHALF_JOB_H

#include "decode/base/buf.h"
#include "decode/mem.h"
#include "supervisor/behalf_wire.h"
#include "supervisor/slot.h"

struct behalf_job {
    struct wire_request request;
    struct buf data; /* what follows the request */
    int fds[WIRE_FDS_MAX];
    unsigned fd_count;
    bool makes_fd;
    bool goes_on; /* the kernel can't be given what it makes: see there; if all is well, the call is let go */
    bool cloexec; /* of that descriptor */
    bool sigpipe; /* EPIPE comes with the signal */
    struct caller caller;
};

/* Whether there is a way to carry the call out, at least in some of its forms. */
bool behalf_possible(enum call_id id);

/* All those calls. */
void behalf_possible_calls(struct call_set *calls);

/* Which argument is path n of such a call; -1: none is, or it is in an address. */
int behalf_path_argument(enum call_id id, unsigned n);

/*
 * Makes the job of a call that was judged and not denied; mem is what it was judged by. Returns 0 with *made,
 * to be freed with behalf_job_free; 1 where nothing that matters is in memory, and the call can be let go; or
 * a negative errno that the caller gets: as the kernel would have it for wrong arguments (EFAULT,
 * ENAMETOOLONG, EBADF), EPERM for forms that can't be carried out.
 */
int behalf_job_make(struct behalf_job **made, const struct slot *slot, struct mem *mem);
void behalf_job_free(struct behalf_job *job);

/* For the sources of jobs. Takes over a descriptor; its index or a negative errno. */
int job_add_fd(struct behalf_job *job, int fd);

/* Fills in the job of a call on a socket, from mem (behalf_job_socket.c). 0 or a negative errno. */
int job_fill_socket(struct behalf_job *job, const struct slot *slot, struct mem *mem);

/*
 * Adds path n: `length` bytes of text, which is copied; it starts at the descriptor dirfd of the task.
 * judged: the absolute path that the rules saw; NULL: none. 0 or a negative errno.
 */
int job_add_text(struct behalf_job *job, unsigned n, int dirfd, const char *text, size_t length,
                 const char *judged);

#endif
