/*
 * The policies of an agent's containers: each file of a directory (--policy-dir) is one, by its name without
 * .yaml, .yml or .json. A container names its own in the annotation proctor.policy, or its profile does in
 * listenerMetadata.
 */
#ifndef PROCTOR_SUPERVISOR_POLICIES_H
#define PROCTOR_SUPERVISOR_POLICIES_H

#include "decode/base/error.h"
#include "decode/event.h"
#include "supervisor/judge.h"

#define POLICY_ANNOTATION "proctor.policy"

struct named_policy;

struct policies {
    const char *directory;               /* NULL: there are none */
    const struct judge_options *options; /* for all alike, but for their files */
    struct named_policy *first;
};

/*
 * Loads every policy of the directory. directory and options stay as long as the policies. Returns 0, or a
 * negative errno with err naming the file; policies_close is due in both cases. A directory of NULL holds
 * none.
 */
int policies_open(struct policies *policies, const char *directory, const struct judge_options *options,
                  struct error *err);

/* No container refers to them any more. */
void policies_close(struct policies *policies);

/*
 * Where the judge of this container is, which stays until policies_close; NULL: it has no policy of its own.
 * An annotation that names none of those there are is an error: -ENOENT with err filled.
 */
int policies_find(struct policies *policies, const struct event_container *container, struct judge ***judge,
                  struct error *err);

/*
 * Reads the directory again: what is new is added, what has changed replaced, and what is wrong or gone stays
 * as it was. Calls `failed` with the reason for each that is. Under the pipeline's lock.
 */
void policies_reload(struct policies *policies, void (*failed)(const struct error *why));

/* Whether one of them may deny a call that nobody could judge. */
bool policies_must_deny(const struct policies *policies, const struct seccomp_data *call);

/* Appends what each found so far, as judge_summary. */
void policies_summarise(const struct policies *policies, struct buf *out);

#endif
