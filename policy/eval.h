/*
 * Judging an event by a compiled program. Allocates nothing once the buffers have grown.
 */
#ifndef PROCTOR_POLICY_EVAL_H
#define PROCTOR_POLICY_EVAL_H

#include "policy/compile.h"

/*
 * What is remembered of one process: which rules its guards leave, and outcomes of tests that depend on the
 * process alone. Belongs to the process's owner; forgotten (memo_forget) when it execs, and when anything
 * else that the tests read has changed.
 */
struct memo {
    bool valid;
    uint64_t *alive;    /* rules */
    uint64_t *known;    /* predicates, by slot */
    uint64_t *outcomes; /* where known */
    uint64_t store[];
};

/* One that remembers nothing yet, for free(3); NULL when memory ran out. */
struct memo *memo_new(const struct program *program);

/* All is found out anew. NULL: nothing. */
void memo_forget(struct memo *memo);

/* What one worker needs: one per thread that judges. */
struct evaluator {
    const struct program *program;
    struct reader reader;
    struct memo *scratch; /* for processes without a memo of their own */
    uint64_t *known;      /* predicates of the event, by slot */
    uint64_t *outcomes;
    uint64_t *possible; /* sets of rules */
    uint64_t *candidates;
    uint64_t *reached; /* a set of instructions; empty between uses */
};

/* False when memory ran out. */
bool evaluator_init(struct evaluator *e, const struct program *program);
void evaluator_free(struct evaluator *e);

/* Told of each rule that matches, in the order of the files. Returns whether to go on. */
typedef bool match_fn(void *context, struct evaluator *e, const struct program_rule *rule);

/*
 * An event that is judged as a whole: its result is known, or is predicted. memo: of the subject's process;
 * NULL: the process is as new (an exec: what it will be).
 */
void evaluate(struct evaluator *e, struct policy_subject *subject, struct memo *memo, match_fn *match,
              void *context);

/*
 * The entry of a call whose exit will be judged too. Rules that wait for the exit (program_rule.late) are not
 * matched; those that may still match then, whatever the result, are put into `waiting`, a set of
 * program.words words, which is overwritten. Returns whether there are any. match NULL: the other rules are
 * not asked.
 */
bool evaluate_entry(struct evaluator *e, struct policy_subject *subject, struct memo *memo, uint64_t *waiting,
                    match_fn *match, void *context);

/* The exit of that call, for the rules in `waiting`. */
void evaluate_exit(struct evaluator *e, struct policy_subject *subject, struct memo *memo,
                   const uint64_t *waiting, match_fn *match, void *context);

#endif
