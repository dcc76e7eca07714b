#include "policy/pushdown.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdlib.h>

#include "policy/expand.h"
#include "policy/registers.h"

enum { DEPTH_MAX = 32 };

/* What lists may take of the kernel's 4096 instructions, at worst seven a comparison. */
enum { TESTS_MAX = 300 };

static void condition(const struct program *p, const struct cond *cond, enum abi_id abi, enum call_id call,
                      unsigned depth, struct dnf *out)
{
    struct dnf operand;
    if (!cond || depth > DEPTH_MAX) {
        dnf_always(out, false);
        return;
    }
    if (cond->type == COND_TEST) {
        registers_of(p->predicates[cond->predicate], cond->negated, abi, call, out);
        return;
    }
    if (cond->type == COND_AND) {
        dnf_always(out, true);
    } else {
        dnf_never(out);
    }
    for (const struct cond *o = cond->first; o; o = o->next) {
        condition(p, o, abi, call, depth + 1, &operand);
        if (cond->type == COND_AND) {
            dnf_and(out, &operand);
        } else {
            dnf_or(out, &operand);
        }
    }
}

void pushdown_rule(const struct program *program, const struct program_rule *rule, enum abi_id abi,
                   enum call_id call, struct dnf *out)
{
    if (!call_set_has(&rule->calls, call)) {
        dnf_never(out);
        return;
    }
    condition(program, rule->chain, abi, call, 0, out);
    /* What depends on the process was taken out of the chain. */
    out->exact = out->count == 0 || (out->exact && rule->guard == JUMP_TRUE);
}

bool pushdown_action(const struct action *action, uint32_t *kernel)
{
    switch (action->type) {
    case ACTION_DENY:
        *kernel = SECCOMP_RET_ERRNO | (uint32_t)action->error;
        return true;
    case ACTION_RETURN:
        *kernel = SECCOMP_RET_ERRNO | ((uint32_t)-action->value & SECCOMP_RET_DATA);
        return action->value <= 0 && action->value >= -ERRNO_MAX;
    case ACTION_KILL_PROCESS:
        *kernel = SECCOMP_RET_KILL_PROCESS;
        return true;
    case ACTION_KILL_THREAD:
        *kernel = SECCOMP_RET_KILL_THREAD;
        return true;
    default:
        return false;
    }
}

static bool cond_matters(const struct program *p, const struct cond *cond)
{
    if (cond->type == COND_TEST) {
        const struct predicate *test = p->predicates[cond->predicate];
        return test->calls || registers_matter(test);
    }
    for (const struct cond *o = cond->first; o; o = o->next) {
        if (cond_matters(p, o)) {
            return true;
        }
    }
    return false;
}

static bool has_rule(const uint64_t *set, size_t rule)
{
    return set && set[rule / 64] >> (rule % 64) & 1;
}

/* The rules about one call. */
struct about {
    struct dnf any;  /* some rule may hold */
    bool all_decide; /* each rule that may hold is decided by registers, and the kernel can carry it out */
};

static void look(const struct program *p, const bool *matters, enum abi_id abi, enum call_id call,
                 struct about *about)
{
    struct dnf one;
    uint32_t action;
    dnf_never(&about->any);
    about->all_decide = true;
    for (size_t r = 0; r < p->rule_count; r++) {
        const struct program_rule *rule = &p->rules[r];
        if (!has_rule(p->by_call[call], r)) {
            continue;
        }
        if (matters[r]) {
            pushdown_rule(p, rule, abi, call, &one);
        } else {
            dnf_always(&one, false);
        }
        if (one.count == 0) {
            continue;
        }
        about->all_decide = about->all_decide && one.exact && pushdown_action(&rule->rule->action, &action);
        dnf_or(&about->any, &one);
        if (dnf_is_always(&about->any) && !about->all_decide) {
            return; /* no rule can change that */
        }
    }
}

/* In the order of the rules, of which the first that holds acts. */
static int answer(const struct program *p, enum abi_id abi, enum call_id call, struct scalar_rules *rules)
{
    struct dnf one;
    int status = 0;
    for (size_t r = 0; r < p->rule_count; r++) {
        const struct program_rule *rule = &p->rules[r];
        if (!has_rule(p->by_call[call], r)) {
            continue;
        }
        pushdown_rule(p, rule, abi, call, &one);
        for (unsigned i = 0; !status && i < one.count; i++) {
            (void)pushdown_action(&rule->rule->action, &one.terms[i].action);
            status = scalar_add(rules, &one.terms[i]);
        }
    }
    return status;
}

static int send(const struct pushdown *to, const struct dnf *any, enum abi_id abi, enum call_id call)
{
    int status = 0;
    if (dnf_is_always(any)) {
        call_set_add(&to->always->calls[abi], call);
        return 0;
    }
    for (unsigned i = 0; !status && i < any->count; i++) {
        struct scalar_rule rule = any->terms[i];
        rule.action = to->send;
        status = scalar_add(&to->some->calls[abi][call], &rule);
    }
    return status;
}

static size_t tests_in(const struct scalar_rules *rules)
{
    size_t tests = 0;
    for (size_t i = 0; i < rules->count; i++) {
        tests += 1U + rules->items[i].count;
    }
    return tests;
}

/* Sends calls whatever their registers are, those with the longest lists first, until the others fit. */
static void shorten(const struct pushdown *to)
{
    for (size_t limit = DNF_TERMS_MAX * SCALAR_TESTS_MAX; limit > 0; limit /= 2) {
        size_t total = 0;
        for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
            for (unsigned id = 0; id < CALL_COUNT; id++) {
                struct scalar_rules *rules = &to->some->calls[abi][id];
                if (tests_in(rules) > limit) {
                    scalar_clear(rules);
                    call_set_add(&to->always->calls[abi], (enum call_id)id);
                }
                total += tests_in(rules);
            }
        }
        if (total <= TESTS_MAX) {
            return;
        }
    }
}

static int push(const struct program *p, const bool *matters, const struct pushdown *to, enum abi_id abi,
                enum call_id call)
{
    struct about about;
    if (!p->by_call[call]) {
        return 0;
    }
    look(p, matters, abi, call, &about);
    bool seen = !to->ask || selection_has(to->ask, &abis[abi], call);
    if (about.all_decide && about.any.count && !seen) {
        return answer(p, abi, call, &to->some->calls[abi][call]);
    }
    return send(to, &about.any, abi, call);
}

int pushdown(const struct program *p, const struct pushdown *to)
{
    bool *matters = calloc(p->rule_count + 1, sizeof(*matters));
    int status = matters ? 0 : -ENOMEM;
    for (size_t r = 0; !status && r < p->rule_count; r++) {
        matters[r] = p->rules[r].chain && cond_matters(p, p->rules[r].chain);
    }
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        for (unsigned id = CALL_none + 1; !status && id < CALL_COUNT; id++) {
            status = push(p, matters, to, (enum abi_id)abi, (enum call_id)id);
        }
    }
    free(matters);
    if (!status) {
        shorten(to);
    }
    return status;
}
