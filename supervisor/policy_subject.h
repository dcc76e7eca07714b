/*
 * A decoded event as the rules see it: its process (for an exec: as it will be), its descriptor, and what its
 * result will probably be.
 */
#ifndef PROCTOR_SUPERVISOR_POLICY_SUBJECT_H
#define PROCTOR_SUPERVISOR_POLICY_SUBJECT_H

#include "supervisor/facts.h"
#include "supervisor/slot.h"

struct event_subject {
    struct policy_subject subject;
    const struct slot *slot;
    struct facts *facts;
    struct policy_process future; /* an exec's process */
    bool is_exec;
    bool predicted;
    int64_t prediction;
    struct buf argv; /* of the exec: bytes behind future's texts; keeps its room between events */
    struct policy_container container; /* as its runtime described it to the agent */
    char container_short[13];
    char repository[256];
    char fd_name[PATH_MAX + 1];
    char name[16];
    char exepath[PATH_MAX];
};

/* Fills in what is known without a look at /proc; the rest is loaded when a rule asks. */
void event_subject_init(struct event_subject *s, const struct slot *slot, struct facts *facts,
                        const char *hostname);

#endif
