#include "policy/race.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "decode/decoder.h"

bool rule_denies(const struct program_rule *rule)
{
    switch (rule->rule->action.type) {
    case ACTION_DENY:
    case ACTION_RETURN:
    case ACTION_KILL_PROCESS:
    case ACTION_KILL_THREAD:
        return rule->rule->enabled && rule->state != RULE_UNUSABLE;
    default:
        return false;
    }
}

/* Memory that only notes that somebody wanted to read it. */
struct probe {
    struct mem mem;
    bool asked;
};

static ssize_t probe_read(struct mem *mem, uint64_t addr, void *buf, size_t n)
{
    (void)addr, (void)buf, (void)n;
    container_of(mem, struct probe, mem)->asked = true;
    return -EFAULT;
}

/* Whether the argument is more than the number in its register: its decoder goes to memory. */
static bool argument_in_memory(enum call_id id, int argument)
{
    static const struct decode_options options = {.string_max = 32, .array_max = 32};
    const struct call *call = call_line(id);
    const uint64_t args[CALL_ARGS_MAX] = {4096, 4096, 4096, 4096, 4096, 4096};
    struct probe probe = {.mem = {probe_read}};
    struct values values;
    if (argument < 0 || argument >= call->nargs || values_init(&values) < 0) {
        return argument >= 0 && argument < call->nargs;
    }
    struct decoder d = {.options = &options,
                        .mem = &probe.mem,
                        .abi = &abis[ABI_X86_64],
                        .call = call,
                        .args = args,
                        .out = &values};
    values_reset(&values);
    decode_entry(&d);
    bool whole = probe.asked;
    if (whole) { /* some argument of the call; is it this one? */
        const struct arg *arg = &call->args[argument];
        probe.asked = false;
        d.arg = (unsigned)argument;
        arg->kind->decode(&d, arg->name, arg->kind, args[argument]);
    }
    values_free(&values);
    return whole && probe.asked;
}

static bool begins(const char *name, const char *prefix)
{
    return !strncmp(name, prefix, strlen(prefix));
}

static bool any_in_memory(enum call_id id)
{
    for (int i = 0; i < call_line(id)->nargs; i++) {
        if (argument_in_memory(id, i)) {
            return true;
        }
    }
    return false;
}

/* What an exec will run, by the words it is given. */
static bool is_program(const char *name)
{
    static const char *const names[] = {
        "proc.name",    "proc.exe",     "proc.exepath", "proc.args",
        "proc.cmdline", "proc.exeline", "proc.pexe",    "proc.is_exe_from_memfd"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (!strcmp(name, names[i])) {
            return true;
        }
    }
    return false;
}

static bool field_is_mutable(const struct field_ref *ref, enum call_id id)
{
    const char *name = ref->field->name;
    if (begins(name, "fd.") || begins(name, "fs.path.") || begins(name, "evt.buf") ||
        begins(name, "evt.abspath")) {
        return true;
    }
    if (!strcmp(name, "evt.arg")) {
        return argument_in_memory(id, ref->argument_of[id]);
    }
    if (!strcmp(name, "evt.args")) {
        return any_in_memory(id);
    }
    if (begins(name, "evt.is_open_")) {
        return id == CALL_openat2; /* the others have their flags in a register */
    }
    return call_is_exec(id) && is_program(name);
}

static bool predicate_is_mutable(const struct predicate *p, enum call_id id)
{
    return field_is_mutable(&p->left, id) || (p->to_field && field_is_mutable(&p->right, id));
}

/* Looks at every test that can be reached from an instruction; seen: one flag per instruction. */
static bool reaches_mutable(const struct program *program, int32_t at, enum call_id id, bool *seen)
{
    while (at >= 0 && !seen[at]) {
        const struct instruction *i = &program->code[at];
        seen[at] = true;
        if (predicate_is_mutable(program->predicates[i->predicate], id) ||
            reaches_mutable(program, i->yes, id, seen)) {
            return true;
        }
        at = i->no;
    }
    return false;
}

bool rule_reads_mutable(const struct program *program, const struct program_rule *rule, enum call_id id)
{
    bool *seen = calloc(program->code_count + 1, sizeof(*seen));
    bool reads = !seen || reaches_mutable(program, rule->guard, id, seen) ||
                 reaches_mutable(program, rule->body, id, seen);
    free(seen);
    return reads;
}

static bool is_allow(const struct program_rule *rule)
{
    return rule->rule->action.type == ACTION_ALLOW && rule->rule->enabled && rule->state != RULE_UNUSABLE;
}

static bool verdict_is_mutable(const struct program *program, enum call_id id)
{
    bool is_mutable = false;
    bool denied = false;
    for (size_t i = 0; i < program->rule_count; i++) {
        const struct program_rule *r = &program->rules[i];
        if (!call_set_has(&r->calls, id) || (!rule_denies(r) && !is_allow(r))) {
            continue;
        }
        denied = denied || rule_denies(r);
        is_mutable = is_mutable || rule_reads_mutable(program, r, id);
    }
    return denied && is_mutable;
}

void race_calls(const struct program *program, struct call_set *calls)
{
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        if (verdict_is_mutable(program, (enum call_id)id)) {
            call_set_add(calls, (enum call_id)id);
        }
    }
}
