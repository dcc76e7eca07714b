/* An event on its way through the pipeline, with what it holds on to. Slots are reused: no allocation per
 * event. */
#ifndef PROCTOR_SUPERVISOR_SLOT_H
#define PROCTOR_SUPERVISOR_SLOT_H

#include <limits.h>
#include <linux/seccomp.h>

#include "decode/base/buf.h"
#include "decode/event.h"
#include "supervisor/process.h"
#include "supervisor/snapshot.h"
#include "supervisor/unwind/stack.h"

struct judgement;

struct slot {
    struct event event;
    enum call_id id;                   /* as its number says */
    bool shown;                        /* somebody wants to see it */
    struct judge *judge;               /* held: a rule of it may be about the call; NULL: none */
    bool injectable;                   /* an injection may be about it */
    bool held_back;                    /* its answer waits: see verdict.delay_ns */
    enum call_id called;               /* `id`, or the call behind a multiplexer */
    const struct injection *injection; /* NULL: none; the command line's */
    bool accepted;                     /* the kernel took our answer: the call happened */
    bool denied;                       /* our answer was not to go on */
    int64_t begin_ns; /* CLOCK_MONOTONIC when the call was let go; only a source that gives results knows */
    struct image *image;         /* what the caller was running, held */
    uint64_t generation;         /* the process's, see there */
    uint64_t directory;          /* the same */
    struct judgement *held;      /* what rules saw at the entry that wait for the exit; NULL: none */
    struct buf alerts;           /* of the rules that matched, written once the call happened */
    unsigned alert_count;        /* of `alerts` */
    int64_t received_ns;         /* CLOCK_MONOTONIC */
    int64_t answered_ns;         /* CLOCK_MONOTONIC; only where metrics are kept */
    struct container *container; /* held; NULL: none */
    struct stack *stack;         /* who made the call (-k), owned; NULL: none yet */
    bool doubted;                /* some rule was not asked further as the call was going to fail */
    bool carriable;              /* it is to be carried out by an executor, if it is not denied */
    bool carried;                /* by an executor, and its result is not known: see carry.h */
    bool released;               /* given back, but held */
    unsigned holders;            /* beside the pipeline */
    struct mem *mem;             /* what it is decoded and judged by; NULL: the target's memory as it is */
    struct snapshot snapshot;    /* behind mem, where the call is carried out */
    const char *socket_path;     /* what a path in a socket's address leads to; NULL: not looked at yet */
    struct slot *next;           /* in the pool */
    uint64_t registers[CALL_ARGS_MAX]; /* a multiplexer's own arguments */
    char path[PATH_MAX];               /* behind event.path */
};

/* Whether it is one of i386's calls that stand for others (decode/demultiplex.h). */
static inline bool slot_multiplexed(const struct slot *slot)
{
    return slot->id == CALL_socketcall || slot->id == CALL_ipc;
}

struct slot_pool {
    struct slot *free;
};

/* A slot with an empty event, or NULL when memory ran out. */
struct slot *slot_take(struct slot_pool *pool);

/* Makes its event the call that a filter was asked about (seccomp(2)). False: its ABI is none that we know.
 */
bool slot_fill(struct slot *slot, const struct seccomp_data *data);

/* Gives a slot back with all it holds; one that has holders once the last of them lets go. */
void slot_release(struct slot_pool *pool, struct slot *slot);

/* One of the holders lets go. */
void slot_unhold(struct slot_pool *pool, struct slot *slot);

/* Releases the slots that are not in use; all must have been given back. */
void slot_pool_free(struct slot_pool *pool);

#endif
