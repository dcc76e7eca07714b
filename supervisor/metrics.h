/*
 * What the agent counts, and its text for Prometheus (the text exposition format, version 0.0.4). Pure:
 * serving it is metrics_server.h. Everything is called with the pipeline's lock held.
 */
#ifndef PROCTOR_SUPERVISOR_METRICS_H
#define PROCTOR_SUPERVISOR_METRICS_H

#include <stdint.h>

#include "decode/base/buf.h"
#include "decode/event.h"

enum { METRICS_BUCKETS = 9 };

/* Of one container, or of all. */
struct metrics_counts {
    uint64_t calls;   /* that were answered */
    uint64_t denials; /* of these */
    uint64_t alerts;  /* of all rules */
    uint64_t within[METRICS_BUCKETS +
                    1]; /* calls by the time they waited for us; the last: longer than all bounds */
    uint64_t waited_ns;
};

/* The counts of one container id. Kept for a while after its end, so that its last values are seen. */
struct metrics_container {
    struct metrics_container *next;
    struct metrics_counts counts;
    unsigned listeners; /* 0: it has ended */
    int64_t ended_ns;
    char *id; /* owned, as the others; these are NULL where not known */
    char *name;
    char *pod;
    char *pod_namespace;
};

struct metrics {
    struct metrics_counts all;
    struct metrics_container *containers;
    uint64_t container_total; /* ever */
    uint64_t refused_total;   /* connections */
    int64_t started_ns;       /* CLOCK_REALTIME */
};

/* now_ns: CLOCK_REALTIME, as in all below. */
void metrics_init(struct metrics *metrics, int64_t now_ns);
void metrics_free(struct metrics *metrics);

/*
 * A listener of this container is served from now on; the same id as that of one that is known is counted
 * with it. Returns what metrics_leave takes, or NULL when memory ran out: its calls are counted in the sum
 * only.
 */
struct metrics_container *metrics_enter(struct metrics *metrics, const struct event_container *container);

/* The listener has gone. container may be NULL. */
void metrics_leave(struct metrics_container *container, int64_t now_ns);

/* Counts a call that waited for `waited_ns`, of this container or of none that is known (NULL). */
void metrics_call(struct metrics *metrics, struct metrics_container *container, int64_t waited_ns,
                  bool denied, unsigned alerts);

/* Alerts that came when the call had returned. */
void metrics_alerts(struct metrics *metrics, struct metrics_container *container, unsigned alerts);

/* Forgets containers that ended five minutes ago and before. */
void metrics_sweep(struct metrics *metrics, int64_t now_ns);

/* lost: results that an exit source lost. */
void metrics_render(struct buf *out, const struct metrics *metrics, uint64_t lost);

#endif
