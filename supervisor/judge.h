/*
 * Policy in the pipeline: every decoded event that a rule or a profile may be about is judged before it is
 * answered; alerts are written when the kernel has taken the answer.
 */
#ifndef PROCTOR_SUPERVISOR_JUDGE_H
#define PROCTOR_SUPERVISOR_JUDGE_H

#include <pthread.h>

#include "policy/policy.h"
#include "supervisor/alerts.h"
#include "supervisor/policy_subject.h"
#include "supervisor/tally.h"
#include "supervisor/verdict.h"

struct seccomp_data;

struct judge_options {
    const char *const *files; /* --policy */
    size_t file_count;
    bool quiet;      /* -q: no warnings of rules */
    bool strict;     /* --strict: a rule whose denial can be raced is an error */
    bool uncarried;  /* no call can be carried out on the program's behalf: they come by ptrace */
    bool enforce;    /* --mode=enforce */
    bool log_denied; /* enforce: what the kernel could deny by itself is notified, so that it is reported */
    struct alert_options alerts;
};

struct judgement;

struct judge {
    struct judge_options options;
    unsigned references; /* under the pipeline's lock */
    struct policy *policy;
    struct selection calls;  /* those to judge, and those after which facts are read again */
    struct call_set changes; /* the latter */
    struct call_set watched; /* those to see whatever rules ask for: `changes`, and ends of processes */
    struct call_set denied;  /* those that some rule or the profile may deny */
    struct call_set mutable; /* enforce mode: those denied by what other threads can change (policy/race.h) */
    struct call_set late;    /* those whose results rules wait for, where they come */
    struct tally *tally;     /* of what was found; workers to come go on counting in it */
    bool makes_fds;          /* some of `late` make descriptors that rules ask about: see fdinfo_calls */
    struct facts_table facts;
    struct evaluator evaluator;
    struct buf
        warnings; /* lines about rules: fields that nobody fills, denials that can be raced (policy/race.h) */
    struct buf shown;       /* thrown away: see look_ahead */
    struct judgement *all;  /* made so far, by `made` */
    struct judgement *free; /* by `next` */
    pthread_mutex_t lock;   /* one event is judged at a time: facts are shared */
    struct alerts alerts;   /* guarded by the pipeline's lock when written to */
    char hostname[65];
};

/*
 * Loads the files into *judge, with one reference, which judge_release gives back. Returns 0 or a negative
 * errno with err. judge->calls does not hold a profile's calls yet: judge_all adds them, or
 * kernel_policy_plan those that the kernel leaves.
 */
int judge_open(struct judge **judge, const struct judge_options *options, struct error *err);

/* judge may be NULL; hold returns it. Under the pipeline's lock, where others hold it too. */
struct judge *judge_hold(struct judge *judge);
void judge_release(struct judge *judge);

/* Has every call judged that the profile may deny: somebody else made the filter. */
void judge_all(struct judge *judge);

static inline bool judge_wants(const struct judge *judge, const struct abi *abi, enum call_id id)
{
    return judge && selection_has(&judge->calls, abi, id);
}

/* Whether rules wait for this call's result. */
static inline bool judge_waits(const struct judge *judge, enum call_id id)
{
    return judge && call_set_has(&judge->late, id);
}

/*
 * Has slot->judge, which is not NULL, judge the decoded event before it is answered: appends its alerts to
 * slot->alerts, and in enforce mode sets the verdict. pid, slot->generation and slot->directory are the
 * process's. comes: the call's result will come. Where a rule waits for it, slot->held is set.
 */
void judge_event(struct slot *slot, bool comes, struct verdict *verdict);

/*
 * The event has got another path: asks the rules that deny. As judge_event, but for the alerts of rules that
 * don't.
 */
void judge_again(struct slot *slot, struct verdict *verdict);

/*
 * The event of a slot that holds something has its result, or will never have one: appends to slot->alerts,
 * and lets go. judge_drop: nothing came of the call, or nobody asks any more; slot->held may be NULL.
 */
void judge_result(struct slot *slot);
void judge_drop(struct slot *slot);

/* A process has ended. */
void judge_gone(struct judge *judge, pid_t pid);

/* Whether a call that nobody could judge has to fail: in enforce mode, if a rule or the profile may deny it.
 */
bool judge_must_deny(const struct judge *judge, const struct seccomp_data *call);

/* Writes alerts. */
void judge_report(struct judge *judge, const struct buf *alerts);

/* Appends what was found so far, in sum, as text or JSON like the alerts. */
void judge_summary(struct judge *judge, struct buf *out);

/* `proctor check FILE...`: every rule with its state, and the warnings, in out. */
int judge_check(const char *const *files, size_t count, struct buf *out, struct error *err);

#endif
