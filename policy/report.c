#include "policy/report.h"

#include <inttypes.h>

#include "decode/render.h"
#include "policy/pushdown.h"

enum { CALLS_NAMED = 12 };

void report_end_line(struct buf *out, size_t start)
{
    for (size_t i = start; i < out->len; i++) {
        unsigned char c = (unsigned char)out->data[i];
        out->data[i] = c < 0x20 || c == 0x7f ? '?' : out->data[i];
    }
    buf_char(out, '\n');
}

/* As a rule file says it. */
static void put_action(const struct action *action, struct buf *out)
{
    static const char *const words[] = {[ACTION_ALERT] = "alert",
                                        [ACTION_ALLOW] = "allow",
                                        [ACTION_DENY] = "deny",
                                        [ACTION_KILL_PROCESS] = "kill",
                                        [ACTION_KILL_THREAD] = "kill thread",
                                        [ACTION_RETURN] = "return",
                                        [ACTION_DELAY] = "delay",
                                        [ACTION_STOP] = "stop"};
    buf_str(out, words[action->type]);
    if (action->type == ACTION_DENY) {
        const char *name = errno_name(action->error);
        buf_printf(out, " %s", name ? name : "?");
    } else if (action->type == ACTION_RETURN) {
        buf_printf(out, " %" PRId64, action->value);
    } else if (action->type == ACTION_DELAY) {
        buf_printf(out, " %" PRId64 "us", action->value / 1000);
    }
}

/* "openat(flags)": the arguments whose registers are compared. */
static void put_call(enum call_id id, const struct dnf *d, struct buf *out)
{
    const struct call *line = call_line(id);
    bool tested[CALL_ARGS_MAX] = {false};
    bool any = false;
    for (unsigned i = 0; i < d->count; i++) {
        for (unsigned k = 0; k < d->terms[i].count; k++) {
            tested[d->terms[i].tests[k].arg] = true;
        }
    }
    buf_str(out, line->name);
    for (unsigned i = 0; i < line->nargs; i++) {
        if (tested[arg_register(&line->args[i], i)]) {
            buf_str(out, any ? ", " : "(");
            buf_str(out, line->args[i].name);
            any = true;
        }
    }
    buf_str(out, any ? ")" : "");
}

/* Returns whether registers decide. */
static bool put_calls(const struct program *program, const struct program_rule *rule, struct buf *out)
{
    struct dnf d;
    bool exact = true;
    unsigned count = 0;
    size_t start = out->len;
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        if (call_number(&abis[ABI_X86_64], (enum call_id)id) < 0) {
            continue;
        }
        pushdown_rule(program, rule, ABI_X86_64, (enum call_id)id, &d);
        exact = exact && d.exact;
        if (d.count && count++ < CALLS_NAMED) {
            buf_str(out, count > 1 ? ", " : "");
            put_call((enum call_id)id, &d, out);
        }
    }
    if (count > CALLS_NAMED) {
        out->len = start;
        buf_printf(out, "%u calls", count);
    }
    buf_str(out, count ? "" : "no call");
    return exact && count;
}

static void put_use(const struct program *program, const struct program_rule *rule, struct buf *out)
{
    size_t start = out->len;
    uint32_t action;
    buf_str(out, "          ");
    put_action(&rule->rule->action, out);
    buf_str(out, " on ");
    if (put_calls(program, rule, out) && pushdown_action(&rule->rule->action, &action)) {
        buf_str(out, "; enforced in the kernel where no other rule looks");
    }
    report_end_line(out, start);
}

void report_rule(const struct program *program, const struct program_rule *rule, struct buf *out)
{
    static const char *const states[] = {
        [RULE_OK] = "ok", [RULE_PARTLY] = "partly", [RULE_UNUSABLE] = "unusable"};
    size_t start = out->len;
    bool partly = rule->state == RULE_OK && rule->agent;
    const char *state = partly ? states[RULE_PARTLY] : states[rule->state];
    buf_printf(out, "%-8s  %s", rule->rule->enabled ? state : "off", rule->rule->name.s);
    if (rule->why) {
        buf_printf(out, ": %s", rule->why);
    }
    if (rule->agent) {
        buf_printf(out, "%s known only under proctor agent: %s", rule->why ? ";" : ":", rule->agent);
    }
    report_end_line(out, start);
    if (rule->rule->enabled && rule->state != RULE_UNUSABLE) {
        put_use(program, rule, out);
    }
}

/* Whether a call passes, is denied, or that depends; the latter are named. */
static void count_calls(const struct oci_profile *profile, unsigned counts[3], struct buf *names)
{
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        struct scalar_rules rules = {.items = NULL};
        if (call_number(&abis[ABI_X86_64], (enum call_id)id) < 0 ||
            oci_scalars(profile, ABI_X86_64, (enum call_id)id, &rules)) {
            continue;
        }
        bool depends = rules.count > 1;
        counts[depends ? 2 : !oci_passes(rules.items[0].action)]++;
        if (depends) {
            buf_str(names, names->len ? ", " : ": ");
            buf_str(names, call_line((enum call_id)id)->name);
        }
        scalar_clear(&rules);
    }
}

void report_profile(const struct oci_profile *profile, struct buf *out)
{
    unsigned counts[3] = {0};
    struct buf names = {0};
    size_t start = out->len;
    count_calls(profile, counts, &names);
    buf_printf(out, "profile   lets %u calls pass, denies %u, %u by their arguments", counts[0], counts[1],
               counts[2]);
    buf_bytes(out, names.data ? names.data : "", names.len);
    report_end_line(out, start);
    start = out->len;
    buf_printf(out, "          what it does not name: %s", oci_action_name(profile->fallback.action));
    const char *error = profile->fallback.action == OCI_ERRNO ? errno_name(profile->fallback.error) : NULL;
    buf_printf(out, "%s%s", error ? " " : "", error ? error : "");
    if (profile->last[ABI_X86_64] >= 0) {
        buf_printf(out, ", above %d: ENOSYS", profile->last[ABI_X86_64]);
    }
    report_end_line(out, start);
    buf_free(&names);
}
