/* For the tests of policy/: a policy from text, and a subject that stands for an event of some process. */
#ifndef PROCTOR_TESTS_POLICY_BENCH_H
#define PROCTOR_TESTS_POLICY_BENCH_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "policy/policy.h"
#include "tests/unit/unit.h"

#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})

enum { BENCH_MATCHES = 64 };

/*
 * A decoded event with its process, two ancestors, and all facts loaded. bench_start fills in a dull process
 * of the host; tests change what they are about.
 */
struct bench {
    struct unit_target target;
    struct policy_process process;
    struct policy_process parent;
    struct policy_process grandparent;
    struct policy_container container;
    struct policy_subject subject;
    struct policy *policy;
    struct evaluator evaluator;
    struct memo *memo;
    const char *matches[BENCH_MATCHES]; /* names of the rules that matched */
    unsigned count;
    struct buf alert; /* the last match, as text */
    struct buf json;
    struct error error;
};

static inline void bench_process(struct policy_process *p, pid_t pid, const char *name,
                                 struct policy_process *parent)
{
    *p = (struct policy_process){.loaded = PROCESS_ALL,
                                 .pid = pid,
                                 .vpid = pid,
                                 .sid = pid,
                                 .pgid = pid,
                                 .vpgid = pid,
                                 .name = name,
                                 .exepath = "/usr/bin/program",
                                 .exe_writable = 0,
                                 .exe = {name, strlen(name)},
                                 .args = TEXT(""),
                                 .cmdline = {name, strlen(name)},
                                 .exeline = {name, strlen(name)},
                                 .cwd = "/home/user",
                                 .loginuid = POLICY_UNKNOWN,
                                 .uid = 1000,
                                 .gid = 1000,
                                 .user_name = "user",
                                 .group_name = "users",
                                 .started = INT64_C(1600000000000000000),
                                 .parent = parent,
                                 .ppid = parent ? parent->pid : 0};
}

static inline void bench_start(struct bench *b)
{
    memset(b, 0, sizeof(*b));
    unit_start(&b->target);
    bench_process(&b->grandparent, 10, "init", NULL);
    bench_process(&b->parent, 100, "bash", &b->grandparent);
    bench_process(&b->process, 1000, "program", &b->parent);
    b->container = (struct policy_container){.id = "0123456789ab",
                                             .full_id = "0123456789abcdef",
                                             .name = "box",
                                             .type = "docker",
                                             .privileged = 0};
    b->target.event.tid = 1000;
    b->target.event.time_ns = INT64_C(1700000000123456789);
    b->subject = (struct policy_subject){
        .event = &b->target.event, .process = &b->process, .fd_loaded = true, .hostname = "host"};
}

static inline void bench_end(struct bench *b)
{
    evaluator_free(&b->evaluator);
    free(b->memo);
    policy_free(b->policy);
    buf_free(&b->alert);
    buf_free(&b->json);
    unit_end(&b->target);
}

/* Loads and compiles a policy text; 0, or a negative errno with b->error. */
static inline int bench_try(struct bench *b, const char *text, size_t n)
{
    evaluator_free(&b->evaluator);
    free(b->memo);
    policy_free(b->policy);
    b->memo = NULL;
    b->error = (struct error){0};
    b->policy = policy_new();
    ck_assert_ptr_nonnull(b->policy);
    int status = policy_load_text(b->policy, "test.yaml", text, n, &b->error);
    if (!status) {
        status = policy_compile(b->policy, NULL, &b->error);
    }
    if (!status) {
        ck_assert(evaluator_init(&b->evaluator, policy_program(b->policy)));
        b->memo = memo_new(policy_program(b->policy));
        ck_assert_ptr_nonnull(b->memo);
    }
    return status;
}

static inline void bench_load(struct bench *b, const char *text)
{
    int status = bench_try(b, text, strlen(text));
    ck_assert_msg(status == 0, "%s%s", b->error.message, b->error.hint);
}

/* One rule with this condition, called "rule". */
static inline void bench_condition(struct bench *b, const char *condition)
{
    char text[4096];
    snprintf(text, sizeof(text),
             "- rule: rule\n  desc: d\n  condition: >\n    %s\n  output: o\n  priority: INFO\n", condition);
    bench_load(b, text);
}

static inline bool bench_on_match(void *context, struct evaluator *e, const struct program_rule *rule)
{
    struct bench *b = context;
    struct alert alert = {.rule = rule->rule,
                          .output = &rule->output,
                          .predicted = rule->result && b->target.event.result_state != RESULT_KNOWN};
    if (b->count < BENCH_MATCHES) {
        b->matches[b->count++] = rule->rule->name.s;
    }
    b->alert.len = b->json.len = 0;
    alert_text(&b->alert, &alert, &e->reader);
    alert_json(&b->json, &alert, &e->reader);
    buf_char(&b->alert, 0);
    buf_char(&b->json, 0);
    return rule->rule->action.type != ACTION_ALLOW;
}

/* Judges the event as it stands; how many rules matched. */
static inline unsigned bench_judge(struct bench *b)
{
    b->count = 0;
    memo_forget(b->memo);
    evaluate(&b->evaluator, &b->subject, b->memo, bench_on_match, b);
    return b->count;
}

/* Whether a condition holds for the event as it stands. */
static inline bool bench_holds(struct bench *b, const char *condition)
{
    bench_condition(b, condition);
    return bench_judge(b) == 1;
}

/* The event becomes open(path) by openat, decoded, with what the supervisor would say of its descriptor. */
static inline void bench_openat(struct bench *b, const char *path, uint64_t flags)
{
    uint64_t at = unit_put(&b->target, 0, path, strlen(path) + 1);
    unit_entry(&b->target, CALL_openat, (uint64_t)-100, at, flags, 0600);
    b->target.event.path = (char *)path;
    b->subject.fd_present = true;
    b->subject.fd = (struct policy_fd){POLICY_FD_UNKNOWN, .type = "file", .typechar = 'f',
                                       .name = {path, strlen(path)}, .nameraw = {path, strlen(path)}};
}

#endif
