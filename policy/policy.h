/*
 * Policy: rule files in, verdicts out. The interface for the supervisor and for `proctor check`.
 *
 *   struct policy *policy = policy_new();
 *   policy_load_file(policy, "rules.yaml", &err);   once or more
 *   policy_compile(policy, &err);
 *   policy_calls(policy, &set);                     the calls that have to be notified
 *   evaluator_init(&e, policy_program(policy));     per worker
 *   evaluate(&e, &subject, memo, on_match, context) per event
 *
 * A compiled policy does not change: workers share it without a lock.
 */
#ifndef PROCTOR_POLICY_POLICY_H
#define PROCTOR_POLICY_POLICY_H

#include "policy/eval.h"
#include "policy/oci.h"

struct policy;

/* NULL when memory ran out. */
struct policy *policy_new(void);
void policy_free(struct policy *policy);

/*
 * Adds a file: Falco rules, an OCI seccomp profile, or an OCI configuration with linux.seccomp in it. Later
 * files amend earlier ones. Returns 0 or a negative errno; err names file, line and column, and its hint
 * shows the line. policy_load_text takes a copy of `text`.
 */
int policy_load_file(struct policy *policy, const char *path, struct error *err);
int policy_load_text(struct policy *policy, const char *name, const char *text, size_t n, struct error *err);

/* After the last file. `host`: what an OCI profile's conditions are held against; NULL if there is none. */
int policy_compile(struct policy *policy, const struct oci_host *host, struct error *err);

/* What policy_compile made, to be evaluated; valid as long as the policy. */
const struct program *policy_program(const struct policy *policy);

/* The profile, or NULL: no file was one. The last one given counts. */
const struct oci_profile *policy_profile(const struct policy *policy);

/* Adds the calls that some rule can match; those that a profile may deny are oci_calls' to add. */
void policy_calls(const struct policy *policy, struct call_set *calls);

/*
 * Appends one line for each thing that the user should know: a rule with fields that are never known, a rule
 * that looks at every call, ...
 */
void policy_warnings(const struct policy *policy, struct buf *out);

/*
 * Appends one line for each rule whose denial rests on what other threads of the program can change after it
 * was looked at (policy/race.h), with those of its calls that are not in `carried`: nothing makes these sure.
 */
void policy_races(const struct policy *policy, const struct call_set *carried, struct buf *out);

/* Appends a line for each rule that is used and asks for fields that nobody fills. */
void policy_unknown(const struct policy *policy, struct buf *out);

/* Appends the state of every rule: "ok", "partly: FIELDS", "unusable: WHY", "off". */
void policy_report(const struct policy *policy, struct buf *out);

#endif
