/*
 * What rules may ask about the processes of the target, and about their ancestors: read from /proc when a
 * rule first asks, and kept until the process execs, changes its directory or its credentials, or is gone.
 */
#ifndef PROCTOR_SUPERVISOR_FACTS_H
#define PROCTOR_SUPERVISOR_FACTS_H

#include "policy/eval.h"

struct facts_table;

struct facts {
    struct policy_process process;
    struct facts_table *table;
    struct facts *next;  /* in the bucket */
    uint64_t generation; /* of struct process; 0: an ancestor that is not traced, or was not seen yet */
    bool stale;          /* a call that may change the facts was seen */
    struct memo *memo;
    struct policy_container container;
    char name[16];
    char container_id[65];
    char container_short[13];
    char *texts[12]; /* owned by the groups that point into them */
};

enum { FACTS_BUCKETS = 256 };

struct facts_table {
    const struct program *program;
    struct facts *buckets[FACTS_BUCKETS];
    size_t count;
    int64_t boot_ns; /* when the machine started, by CLOCK_REALTIME */
};

void facts_init(struct facts_table *table, const struct program *program);
void facts_free(struct facts_table *table);

/*
 * The facts of a traced process in this generation (see struct process): what is kept of an earlier one is
 * forgotten. NULL when memory ran out. Valid until the next facts_get.
 */
struct facts *facts_get(struct facts_table *table, pid_t pid, uint64_t generation);

/* The calls after which facts may no longer be true, besides those that struct process counts. */
void facts_calls(struct call_set *calls);

#endif
