/*
 * Calls carried out on the caller's behalf. CONTINUE lets another thread of the target put another path or
 * address into memory after it was judged (seccomp_unotify(2)); so where a rule that denies looks at memory,
 * the call is made by a process of ours that is, to the kernel, who the caller is (supervisor/executor.h),
 * with the bytes that were judged, and the caller gets its result (SECCOMP_IOCTL_NOTIF_ADDFD, _SEND).
 *
 * A call may block for long, and none blocks a thread that serves: it is handed to an executor and answered
 * when that replies. Where anything goes wrong, the caller gets EPERM.
 */
#ifndef PROCTOR_SUPERVISOR_BEHALF_H
#define PROCTOR_SUPERVISOR_BEHALF_H

#include <pthread.h>

#include "supervisor/behalf_job.h"
#include "supervisor/judge.h"
#include "supervisor/spawner.h"
#include "supervisor/watch.h"

struct pipeline;
struct flight;
struct notify_source;
struct hand;

struct behalf {
    struct spawner *spawner;
    struct pipeline *pipeline;
    struct loop *loop;        /* the main one: it takes the replies */
    struct call_set possible; /* those to carry out */
    pthread_mutex_t lock;     /* guards what is below */
    struct hand *hands;       /* one for each executor */
    unsigned hand_count;
    bool warned; /* that a caller's identity can't be had */
};

/* Whether some calls that the judge denies by what can be changed can be carried out. */
bool behalf_useful(const struct judge *judge);

/* The arguments stay the caller's. behalf_close is due. */
void behalf_open(struct behalf *behalf, struct spawner *spawner, struct pipeline *pipeline,
                 struct loop *loop);

/* Calls in the hands of executors are not answered any more. */
void behalf_close(struct behalf *behalf);

static inline bool behalf_wants(const struct behalf *behalf, const struct judge *judge, enum call_id id)
{
    return behalf && call_set_has(&judge->mutable, id) && call_set_has(&behalf->possible, id);
}

/* A call that was received and is not answered. */
struct carried_call {
    struct notify_source *source;
    uint64_t id; /* the notification's */
    struct slot *slot;
    struct flight *flight; /* released once it is answered; NULL: none was free */
};

/*
 * Hands the verdict's job, which it takes over, to an executor, after the delay that the verdict may ask for;
 * the call's slot goes on through the pipeline as one that has begun, and is answered and finished later.
 */
void behalf_carry(struct behalf *behalf, const struct carried_call *call, const struct verdict *verdict);

/* Time has passed: calls whose callers are gone, or have signals to take, are interrupted. Main loop. */
void behalf_tick(struct behalf *behalf);

/* The source is about to be closed. Main loop. behalf may be NULL. */
void behalf_forget(struct behalf *behalf, const struct notify_source *source);

#endif
