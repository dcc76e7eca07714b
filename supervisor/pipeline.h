/*
 * The one way an event takes: source -> event -> decode -> policy -> sink.
 *
 * A source takes a slot, fills in what it received, and calls, in this order: pipeline_intake,
 * pipeline_decode, then answers the kernel as the verdict says, then pipeline_done. Workers may be at
 * different events at once: intake and done are serialised, decode (the slow part, which reads the target's
 * memory) is not. Lines come out in the order in which slots were taken, and only if the kernel accepted the
 * answer.
 */
#ifndef PROCTOR_SUPERVISOR_PIPELINE_H
#define PROCTOR_SUPERVISOR_PIPELINE_H

#include <pthread.h>

#include "decode/decoder.h"
#include "decode/event.h"
#include "decode/explain.h"
#include "decode/select.h"
#include "supervisor/behalf.h"
#include "supervisor/callers.h"
#include "supervisor/delay.h"
#include "supervisor/judge.h"
#include "supervisor/metrics.h"
#include "supervisor/notices.h"
#include "supervisor/order.h"
#include "supervisor/path_filter.h"
#include "supervisor/process.h"
#include "supervisor/qualify.h"
#include "supervisor/result_filter.h"
#include "supervisor/results.h"
#include "supervisor/sink.h"
#include "supervisor/slot.h"
#include "supervisor/trace_clock.h"

struct pipeline {
    struct decode_options decode;
    struct selection shown;
    struct process_table *processes;
    struct sink *sink;
    struct results *results;   /* NULL: calls end in "= ?" */
    struct selection recorded; /* the calls whose results were asked for */
    uint64_t unknown_callers;  /* calls that began (begin.h) and can't be shown */
    struct slot_pool pool;
    struct order order;
    struct slot *in_flight; /* taken and not yet shown, by `next` */
    struct trace_clock clock;
    struct values signal_values; /* of the signal in hand */
    bool threaded;               /* more than one worker may run: the lock is taken */
    pthread_mutex_t lock; /* guards everything below `decode` and `shown`, and what the pointers lead to */
    pthread_cond_t turn;  /* the order has moved on */
    bool show_exits;      /* +++ lines */
    struct notices notices;
    struct result_filter filter;
    const struct path_filter *paths;     /* -P; NULL: none */
    struct explain *explain;             /* --explain; NULL: none */
    const struct qualifiers *qualifiers; /* NULL: none */
    struct behalf *behalf;               /* carries calls out; NULL: nobody does */
    struct judge *judge;                 /* --policy, for who has none of its own; NULL: none */
    struct metrics *metrics;             /* --metrics; NULL: none */
    struct delays *delays;               /* of the main loop */
    struct callers *callers;             /* -k; NULL: none */
    struct ledger *ledger;               /* where calls are received, and what the next worker is told */
};

/* sink, results (or NULL): stay the caller's. Returns 0 or -ENOMEM; pipeline_free is due in both cases. */
int pipeline_init(struct pipeline *p, const struct decode_options *decode, const struct selection *shown,
                  struct process_table *processes, struct sink *sink, struct results *results);
void pipeline_free(struct pipeline *p);

/* Around everything else that touches the process table or the sinks while workers run. */
void pipeline_lock(struct pipeline *p);
void pipeline_unlock(struct pipeline *p);

/*
 * Gives the next event, a call of task `tid` or 0, its place in the order. Callers that receive in parallel
 * serialise receiving and this, so that the order is that of receiving. Returns NULL when memory ran out.
 */
struct slot *pipeline_take(struct pipeline *p, pid_t tid);

/*
 * Finds the caller (event.tid) and decides whether the event is wanted; event.tid, abi, call, number, args
 * and slot->id are filled. container: the one that the call came from, or NULL. False if the task is not
 * known and can't be: the call is let go unseen.
 */
bool pipeline_intake(struct pipeline *p, struct slot *slot, struct container *container);

/* Decodes and judges. Reads the target's memory, so it is called before the answer. */
void pipeline_decode(struct pipeline *p, struct slot *slot, struct verdict *verdict);

/* The answer was sent; accepted: the kernel took it (it does not where the task died or the call comes
 * again). */
void pipeline_done(struct pipeline *p, struct slot *slot, bool accepted);

/* What is kept of a call whose answer waits (verdict.delay_ns). */
struct held_call {
    pid_t tid;
    enum call_id id;
    uint64_t first_arg;
};

static inline struct held_call pipeline_hold(const struct slot *slot)
{
    return (struct held_call){slot->event.tid, slot->id, slot->event.args[0]};
}

/*
 * A call whose answer waited has been let go: it happens only now. pipeline_done was called before the wait,
 * with `accepted` set, so that what comes meanwhile is shown.
 */
void pipeline_released(struct pipeline *p, const struct held_call *call);

/*
 * For an event that is no call: waits until all calls received so far are shown, and takes the lock; between
 * the two functions pipeline_event may be called. Returns what pipeline_end_turn wants back.
 */
struct slot *pipeline_begin_turn(struct pipeline *p);
void pipeline_end_turn(struct pipeline *p, struct slot *slot);

/* Takes in results that have come without a further call. The lock is held by the caller, as for all below.
 */
void pipeline_take_results(struct pipeline *p);

/* Time has passed: takes in results that came without a further call, and writes what is buffered. */
void pipeline_tick(struct pipeline *p);

/* Who judges the calls of this process; NULL: nobody. */
struct judge *pipeline_judge(const struct pipeline *p, const struct process *process);

/* The task of this id, which the reader is told of when it is new; NULL: not known. */
struct task *pipeline_know(struct pipeline *p, pid_t tid);

/* The same; what returned before a new one came is taken in first. */
struct task *pipeline_meet(struct pipeline *p, pid_t tid);

/* Decodes a filled event that is not to be answered or judged, if it is to be shown: see slot->shown. */
void pipeline_show(struct pipeline *p, struct slot *slot, struct task *task, struct mem *mem);

/* Hands a call that is complete to the sinks, if it is one that is shown. */
void pipeline_call(struct pipeline *p, struct event *event);

/* Hands an event that is no call to the sinks. */
void pipeline_event(struct pipeline *p, const struct event *event);

/* A line of our own in the trace. */
void pipeline_warn(struct pipeline *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The time of an event that happens now: CLOCK_REALTIME in nanoseconds. */
int64_t pipeline_now(const struct pipeline *p);

#endif
