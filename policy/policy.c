#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "policy/load.h"
#include "policy/race.h"
#include "policy/report.h"

struct policy {
    struct arena arena;
    struct rules rules;
    struct program program;
    struct oci_profile *profile;
};

struct policy *policy_new(void)
{
    struct policy *policy = calloc(1, sizeof(*policy));
    if (policy) {
        policy->rules.arena = &policy->arena;
    }
    return policy;
}

void policy_free(struct policy *policy)
{
    if (policy) {
        arena_free(&policy->arena);
        free(policy);
    }
}

static int load(struct policy *policy, const struct source *source, struct error *err)
{
    struct yaml yaml;
    int status = yaml_parse(&yaml, source, err);
    if (!status && oci_is_profile(&yaml)) {
        status = oci_load(&policy->profile, &policy->arena, &yaml, err);
    } else if (!status) {
        status = load_rules(&policy->rules, &yaml, err);
    }
    yaml_free(&yaml);
    return status;
}

int policy_load_text(struct policy *policy, const char *name, const char *text, size_t n, struct error *err)
{
    if (n > SOURCE_MAX) {
        return error_set(err, EFBIG, "%s: larger than %d MiB, which no rule file is", name, SOURCE_MAX >> 20);
    }
    struct source *source = arena_alloc(&policy->arena, sizeof(*source));
    if (source) {
        *source = (struct source){.name = arena_copy(&policy->arena, name, strlen(name)),
                                  .text = arena_copy(&policy->arena, text, n),
                                  .length = n};
    }
    return source && source->name && source->text ? load(policy, source, err)
                                                  : error_errno(err, ENOMEM, "%s", name);
}

static ssize_t read_all(int fd, char *buf, size_t n)
{
    size_t done = 0;
    while (done < n) {
        ssize_t got = read(fd, buf + done, n - done);
        if (got == 0) {
            break;
        }
        if (got < 0 && errno != EINTR) {
            return -errno;
        }
        done += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)done;
}

int policy_load_file(struct policy *policy, const char *path, struct error *err)
{
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0) {
        return error_errno(err, errno, "%s", path);
    }
    if (S_ISDIR(st.st_mode)) {
        return error_errno(err, EISDIR, "%s", path);
    }
    /* A pipe has no size: one byte more than allowed tells whether there is too much. */
    size_t room = S_ISREG(st.st_mode) && st.st_size <= SOURCE_MAX ? (size_t)st.st_size + 1 : SOURCE_MAX + 1;
    cleanup_free char *text = malloc(room);
    ssize_t n = text ? read_all(fd, text, room) : -ENOMEM;
    return n < 0 ? error_errno(err, (int)-n, "%s", path)
                 : policy_load_text(policy, path, text, (size_t)n, err);
}

int policy_compile(struct policy *policy, const struct oci_host *host, struct error *err)
{
    int status = program_compile(&policy->program, &policy->arena, &policy->rules, err);
    if (!status && policy->profile && host) {
        status = oci_resolve(policy->profile, host);
        status = status ? error_errno(err, -status, "profile") : 0;
    }
    return status;
}

const struct program *policy_program(const struct policy *policy)
{
    return &policy->program;
}

const struct oci_profile *policy_profile(const struct policy *policy)
{
    return policy->profile;
}

void policy_calls(const struct policy *policy, struct call_set *calls)
{
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        if (policy->program.by_call[id]) {
            call_set_add(calls, (enum call_id)id);
        }
    }
}

/* Counts lines from where it was last asked: rules come in the order of their files. */
struct line_counter {
    struct place at;
    unsigned line;
};

static void put_place(struct buf *out, struct line_counter *counter, struct place at)
{
    if (!at.source) {
        return;
    }
    if (counter->at.source != at.source || counter->at.offset > at.offset) {
        *counter = (struct line_counter){{at.source, 0}, 1};
    }
    for (; counter->at.offset < at.offset; counter->at.offset++) {
        counter->line += at.source->text[counter->at.offset] == '\n';
    }
    buf_printf(out, "%s:%u: ", at.source->name, counter->line);
}

static bool sees_every_call(const struct program_rule *rule)
{
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        if (!call_set_has(&rule->calls, (enum call_id)id)) {
            return false;
        }
    }
    return true;
}

static bool sees_no_call(const struct program_rule *rule)
{
    static const struct call_set none;
    return !memcmp(&rule->calls, &none, sizeof(none));
}

/* "FILE:LINE: rule 'NAME' WHAT" */
static void warn(struct buf *out, struct line_counter *counter, const struct program_rule *rule,
                 const char *what, const char *more)
{
    size_t start = out->len;
    put_place(out, counter, rule->place);
    buf_printf(out, "rule '%s' %s%s", rule->rule->name.s, what, more);
    report_end_line(out, start);
}

static void warn_unknown(struct buf *out, struct line_counter *counter, const struct program_rule *rule)
{
    if (rule->rule->enabled && rule->state == RULE_PARTLY) {
        warn(out, counter, rule, "uses what is never known here: ", rule->why);
    }
}

void policy_unknown(const struct policy *policy, struct buf *out)
{
    struct line_counter counter = {.line = 1};
    for (size_t i = 0; i < policy->program.rule_count; i++) {
        warn_unknown(out, &counter, &policy->program.rules[i]);
    }
}

void policy_warnings(const struct policy *policy, struct buf *out)
{
    struct line_counter counter = {.line = 1};
    for (size_t i = 0; i < policy->program.rule_count; i++) {
        const struct program_rule *r = &policy->program.rules[i];
        if (!r->rule->enabled) {
            continue;
        }
        warn_unknown(out, &counter, r);
        if (r->state == RULE_UNUSABLE) {
            warn(out, &counter, r, "is not used: ", r->why);
            continue;
        }
        if (r->agent) {
            warn(out, &counter, r, "uses what is known only under proctor agent: ", r->agent);
        }
        if (r->rule->action.type == ACTION_KILL_THREAD) {
            warn(out, &counter, r, "kills the whole process where calls are notified: see docs/policy.md",
                 "");
        }
        if (sees_no_call(r)) {
            warn(out, &counter, r, "holds for no call",
                 r->state == RULE_PARTLY ? ": what it needs is never known" : " (evt.dir is '<' always)");
        }
        if (!r->rule->wants_all && sees_every_call(r)) {
            warn(out, &counter, r, "names no evt.type: every call is notified for it", "");
        }
    }
}

enum { CALLS_NAMED = 5 };

void policy_races(const struct policy *policy, const struct call_set *carried, struct buf *out)
{
    struct line_counter counter = {.line = 1};
    for (size_t i = 0; i < policy->program.rule_count; i++) {
        const struct program_rule *r = &policy->program.rules[i];
        struct buf names = {0};
        unsigned count = 0;
        for (unsigned id = CALL_none + 1; rule_denies(r) && id < CALL_COUNT; id++) {
            bool sure = call_set_has(carried, (enum call_id)id) ||
                        !call_set_has(&r->calls, (enum call_id)id) ||
                        !rule_reads_mutable(&policy->program, r, (enum call_id)id);
            if (!sure && count++ < CALLS_NAMED) {
                buf_printf(&names, "%s%s", names.len ? ", " : "", call_line((enum call_id)id)->name);
            }
        }
        if (count > CALLS_NAMED) {
            buf_printf(&names, " and %u others", count - CALLS_NAMED);
        }
        if (count && buf_reserve(&names, 1)) {
            names.data[names.len] = 0;
            warn(out, &counter, r, "is racy, as another thread can change what was judged: ", names.data);
        }
        buf_free(&names);
    }
}

void policy_report(const struct policy *policy, struct buf *out)
{
    for (size_t i = 0; i < policy->program.rule_count; i++) {
        report_rule(&policy->program, &policy->program.rules[i], out);
    }
    if (policy->profile) {
        report_profile(policy->profile, out);
    }
}
