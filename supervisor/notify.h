/*
 * The notify source: system calls from one seccomp listener (seccomp_unotify(2)), served by one or more
 * workers.
 */
#ifndef PROCTOR_SUPERVISOR_NOTIFY_H
#define PROCTOR_SUPERVISOR_NOTIFY_H

#include "decode/base/error.h"
#include "supervisor/ledger.h"
#include "supervisor/pipeline.h"
#include "supervisor/watch.h"

struct workers;

/* How the calls come in, counted since somebody last took the numbers and zeroed them. */
struct notify_load {
    pid_t last_tid; /* of the call received last */
    unsigned calls;
    unsigned alternations; /* calls whose task was not that of the one before */
    unsigned looks; /* how often we looked, right after an answer, whether another call was waiting already */
    unsigned waiting; /* and how often one was */
};

struct notify_source {
    struct watch watch; /* called by the loops that notify_attach adds it to */
    int listener;
    size_t request_size; /* of the kernel's struct seccomp_notif */
    struct pipeline *pipeline;
    struct container *container; /* whose calls these are; held by whoever set it; NULL: none */
    pthread_mutex_t receive; /* around "is there one?" and RECV: a RECV with nothing to receive would block */
    struct notify_load load;
    uint64_t receptions; /* so far, of a container's calls */
    bool undisturbed;    /* a call that was received is not interrupted by signals (WAIT_KILLABLE_RECV) */
    _Atomic bool ended;  /* no task under the filter is left */
    void (*on_end)(struct notify_source *source, struct loop *loop);
    struct workers *workers; /* told of the load now and then; NULL: none */
    struct loop *main_loop;  /* whose thread tells them */
    uint64_t invisible;      /* calls of tasks that our PID namespace does not show */
};

/*
 * Prepares a listener for serving and owns it on success. on_end: called by the loop that notices that the
 * last task under the filter is gone. Returns 0 or a negative errno with err filled. The source must stay
 * where it is until notify_close.
 */
int notify_open(struct notify_source *source, int listener, struct pipeline *pipeline,
                void (*on_end)(struct notify_source *source, struct loop *loop), struct error *err);
void notify_close(struct notify_source *source);

/*
 * Answers a call that was received. False when its task died, or the call
 * was interrupted and comes again (ENOENT).
 */
bool notify_answer(const struct notify_source *source, uint64_t id, const struct verdict *verdict);
/*
 * The same with what goes with the answer: the task is killed, stopped, gets a signal. A signal is there when
 * the call begins, as strace has it, if it does not take the task out of its wait for us; else it follows the
 * answer.
 */
bool notify_answer_all(const struct notify_source *source, uint64_t id, pid_t tid,
                       const struct verdict *verdict);

/* Whether it still waits. */
bool notify_is_valid(const struct notify_source *source, uint64_t id);

/*
 * Answers it with a copy of our descriptor, which gets the lowest number that is free (Linux 5.14). Returns
 * that, or a negative errno: -ENOENT as above; for others the call waits still.
 */
int notify_give_fd(const struct notify_source *source, uint64_t id, int fd, bool cloexec);

/* Lets a loop serve the source, or no longer. Each call wakes one of the loops. 0 or a negative errno. */
int notify_attach(struct notify_source *source, struct loop *loop);
void notify_detach(struct notify_source *source, struct loop *loop);

/* Answers the calls that wait now, before the source is closed. For the only thread that serves it: loop's.
 */
void notify_drain(struct notify_source *source, const struct loop *loop);

#endif
