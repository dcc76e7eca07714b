#include "policy/compile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decode/base/buf.h"
#include "policy/anchor.h"
#include "policy/expand.h"

struct compiler {
    struct program *program;
    struct predicates predicates;
    const struct rules *rules;
    struct error *err;
};

static int no_memory(const struct compiler *c)
{
    return error_errno(c->err, ENOMEM, "rules");
}

/*
 * Emits a condition that goes on at `yes` or `no`; returns where it begins. Backwards, so that both are
 * known. Returns INT32_MIN when memory ran out.
 */
static int32_t emit(struct compiler *c, const struct cond *cond, int32_t yes, int32_t no);

static int32_t emit_test(struct compiler *c, const struct cond *cond, int32_t yes, int32_t no)
{
    struct program *p = c->program;
    struct instruction *in = arena_append(p->arena, &p->code, &p->code_count, sizeof(*p->code));
    if (!in) {
        return INT32_MIN;
    }
    *in = (struct instruction){cond->predicate, cond->negated ? no : yes, cond->negated ? yes : no};
    return (int32_t)p->code_count - 1;
}

/*
 * The operands of a chain from the last to the first: each leads to the one after it. whole: the chain is a
 * rule's condition, so that an operand that depends on the process alone decides once and for all.
 */
static int32_t emit_chain(struct compiler *c, const struct cond *cond, int32_t yes, int32_t no, bool whole)
{
    size_t n = 0;
    for (const struct cond *o = cond->first; o; o = o->next) {
        n++;
    }
    const struct cond **operands = calloc(n + 1, sizeof(struct cond *));
    int32_t entry = cond->type == COND_AND ? yes : no;
    if (!operands) {
        return INT32_MIN;
    }
    n = 0;
    for (const struct cond *o = cond->first; o; o = o->next) {
        operands[n++] = o;
    }
    while (n-- && entry != INT32_MIN) {
        int32_t otherwise = whole && operands[n]->process ? JUMP_NEVER : no;
        entry = cond->type == COND_AND ? emit(c, operands[n], entry, otherwise)
                                       : emit(c, operands[n], yes, entry);
    }
    free(operands);
    return entry;
}

static int32_t emit(struct compiler *c, const struct cond *cond, int32_t yes, int32_t no)
{
    return cond->type == COND_TEST ? emit_test(c, cond, yes, no) : emit_chain(c, cond, yes, no, false);
}

/* For which calls a condition may hold: tests of the call itself decide, others may always. */
static struct call_set calls_of(const struct compiler *c, const struct cond *cond)
{
    struct call_set set;
    memset(&set, cond->type == COND_OR ? 0 : 0xff, sizeof(set));
    if (cond->type == COND_TEST) {
        const struct call_set *calls = c->predicates.items[cond->predicate]->calls;
        for (size_t i = 0; calls && i < sizeof(set.bits) / sizeof(set.bits[0]); i++) {
            set.bits[i] = cond->negated ? ~calls->bits[i] : calls->bits[i];
        }
        return set;
    }
    for (const struct cond *o = cond->first; o; o = o->next) {
        struct call_set operand = calls_of(c, o);
        for (size_t i = 0; i < sizeof(set.bits) / sizeof(set.bits[0]); i++) {
            set.bits[i] =
                cond->type == COND_AND ? set.bits[i] & operand.bits[i] : set.bits[i] | operand.bits[i];
        }
    }
    return set;
}

/* Which of FIELD_RESULT and FIELD_FD a condition asks for. */
static unsigned asks_for(const struct compiler *c, const struct cond *cond)
{
    unsigned flags = 0;
    if (cond->type == COND_TEST) {
        const struct predicate *p = c->predicates.items[cond->predicate];
        return (p->result ? FIELD_RESULT : 0U) | (p->fd ? FIELD_FD : 0U);
    }
    for (const struct cond *o = cond->first; o; o = o->next) {
        flags |= asks_for(c, o);
    }
    return flags;
}

/*
 * The calls at whose exit the rule is judged, where there is an exit to be seen: an exec's, as the process is
 * another one then; and any that the rule asks the result of. What acts on a call acts before it.
 */
static void find_late(struct program_rule *rule, unsigned asks)
{
    for (size_t i = 0; i < rule->output.count; i++) {
        const struct output_part *part = &rule->output.parts[i];
        asks |= part->is_field ? part->field.field->flags : 0;
    }
    for (unsigned id = 0; rule->rule->action.type == ACTION_ALERT && id < CALL_COUNT; id++) {
        enum call_id call = (enum call_id)id;
        bool late = asks & FIELD_RESULT || (asks & FIELD_FD && call_makes_fd(call)) || call_is_exec(call);
        if (late && call_set_has(&rule->calls, call)) {
            call_set_add(&rule->late, call);
        }
    }
}

/* Notes a field with this flag, once. */
static void note_field(const struct field *field, unsigned flag, struct buf *names)
{
    size_t n = strlen(field->name);
    if (!(field->flags & flag)) {
        return;
    }
    for (size_t at = 0; at < names->len;) {
        const char *comma = memchr(names->data + at, ',', names->len - at);
        size_t length = comma ? (size_t)(comma - names->data) - at : names->len - at;
        if (length == n && !memcmp(names->data + at, field->name, n)) {
            return;
        }
        at += length + 2; /* ", " */
    }
    buf_str(names, names->len ? ", " : "");
    buf_str(names, field->name);
}

static void collect_fields(const struct compiler *c, const struct cond *cond, unsigned flag,
                           struct buf *names)
{
    if (cond->type == COND_TEST) {
        const struct predicate *p = c->predicates.items[cond->predicate];
        note_field(p->left.field, flag, names);
        if (p->to_field) {
            note_field(p->right.field, flag, names);
        }
        return;
    }
    for (const struct cond *o = cond->first; o; o = o->next) {
        collect_fields(c, o, flag, names);
    }
}

/* The fields of a condition and its output that have a flag; *list stays NULL where there are none. */
static int list_fields(struct compiler *c, const struct program_rule *rule, const struct cond *cond,
                       unsigned flag, char **list)
{
    struct buf names = {0};
    collect_fields(c, cond, flag, &names);
    for (size_t i = 0; i < rule->output.count; i++) {
        if (rule->output.parts[i].is_field) {
            note_field(rule->output.parts[i].field.field, flag, &names);
        }
    }
    *list = names.len ? arena_copy(c->program->arena, names.data, names.len) : NULL;
    bool failed = names.failed || (names.len && !*list);
    buf_free(&names);
    return failed ? no_memory(c) : 0;
}

static int judge_state(struct compiler *c, struct program_rule *rule, const struct cond *cond)
{
    int status = list_fields(c, rule, cond, FIELD_UNKNOWN, &rule->why);
    rule->state = rule->why ? RULE_PARTLY : rule->state;
    return status ? status : list_fields(c, rule, cond, FIELD_AGENT, &rule->agent);
}

/* Takes the operands that belong into the guard out of the chain; returns them as a chain of their own. */
static void split_guard(struct cond *chain, struct cond *guard)
{
    *guard = (struct cond){.type = COND_AND};
    struct cond **from = &chain->first;
    struct cond **to = &guard->first;
    while (*from) {
        struct cond *operand = *from;
        if (operand->process && operand->cost <= COST_EVENT) {
            *from = operand->next;
            operand->next = NULL;
            *to = operand;
            to = &operand->next;
        } else {
            from = &operand->next;
        }
    }
}

static void note_ancestor(struct program *p, const struct field *field)
{
    p->ancestor_groups |= field->ancestor ? field->group : 0U;
}

/* What the rules ask of ancestors. */
static void find_ancestor_groups(struct program *p)
{
    for (size_t i = 0; i < p->predicate_count; i++) {
        note_ancestor(p, p->predicates[i]->left.field);
        if (p->predicates[i]->to_field) {
            note_ancestor(p, p->predicates[i]->right.field);
        }
    }
    for (size_t r = 0; r < p->rule_count; r++) {
        const struct output *output = &p->rules[r].output;
        for (size_t i = 0; i < output->count; i++) {
            if (output->parts[i].is_field) {
                note_ancestor(p, output->parts[i].field.field);
            }
        }
    }
}

static int compile_condition(struct compiler *c, struct program_rule *rule)
{
    struct expander x = {.rules = c->rules, .predicates = &c->predicates, .err = c->err};
    struct cond *chain = expand_rule(&x, rule->rule);
    if (!chain) {
        return x.status;
    }
    rule->calls = calls_of(c, chain);
    unsigned asks = asks_for(c, chain);
    rule->result = asks & FIELD_RESULT;
    rule->fd = asks & FIELD_FD;
    find_late(rule, asks);
    int status = judge_state(c, rule, chain);
    if (status) {
        return status;
    }
    struct cond guard;
    split_guard(chain, &guard);
    rule->guard = emit(c, &guard, JUMP_TRUE, JUMP_FALSE);
    rule->start = (int32_t)c->program->code_count;
    rule->body = emit_chain(c, chain, JUMP_TRUE, JUMP_FALSE, true);
    rule->chain = chain;
    return rule->guard == INT32_MIN || rule->body == INT32_MIN ? no_memory(c) : 0;
}

static int unusable(struct compiler *c, struct program_rule *rule, const char *why)
{
    rule->state = RULE_UNUSABLE;
    rule->why = arena_copy(c->program->arena, why, strlen(why));
    return rule->why ? 0 : no_memory(c);
}

static int compile_rule(struct compiler *c, const struct rule *rule)
{
    struct program *p = c->program;
    struct program_rule *new = arena_append(p->arena, &p->rules, &p->rule_count, sizeof(*p->rules));
    if (!new) {
        return no_memory(c);
    }
    *new = (struct program_rule){.rule = rule, .place = rule->at, .guard = JUMP_FALSE, .body = JUMP_FALSE};
    if (strcmp(rule->source.s, "syscall") != 0) {
        return unusable(c, new, "its source is not syscall");
    }
    struct error *err = c->err;
    struct error ignored = {0};
    c->err = rule->skip_unknown ? &ignored : err;
    int status = output_parse(&new->output, p->arena, rule->output, c->err);
    if (!status) {
        status = compile_condition(c, new);
    }
    c->err = err;
    if (status == -ENOENT && rule->skip_unknown) {
        memset(&new->calls, 0, sizeof(new->calls));
        new->guard = new->body = JUMP_FALSE;
        return unusable(c, new, ignored.message);
    }
    if (status && rule->skip_unknown) {
        *err = ignored;
    }
    return status == -ENOENT ? -EINVAL : status; /* a field that does not exist is an error like others */
}

/* Gives slots to the predicates whose outcome is worth remembering. */
static void assign_slots(struct program *p)
{
    for (size_t i = 0; i < p->predicate_count; i++) {
        struct predicate *predicate = p->predicates[i];
        if (predicate->scope == SCOPE_PROCESS) {
            predicate->slot = (int32_t)p->process_slots++;
        } else if (predicate->scope == SCOPE_EVENT && predicate->uses > 1) {
            predicate->slot = (int32_t)p->event_slots++;
        }
    }
}

/* Adds a rule to a set of rules, which is made when it is first needed. */
static bool put_rule(const struct program *p, uint64_t **set, size_t rule)
{
    if (!*set) {
        *set = arena_alloc(p->arena, p->words * sizeof(uint64_t));
    }
    if (*set) {
        (*set)[rule / 64] |= UINT64_C(1) << (rule % 64);
    }
    return *set != NULL;
}

static int build_index(struct compiler *c)
{
    struct program *p = c->program;
    p->words = (p->rule_count + 63) / 64;
    p->guarded = arena_alloc(p->arena, (p->words + 1) * sizeof(uint64_t));
    bool ok = p->guarded != NULL;
    for (size_t r = 0; ok && r < p->rule_count; r++) {
        const struct program_rule *rule = &p->rules[r];
        if (!rule->rule->enabled || rule->state == RULE_UNUSABLE) {
            continue;
        }
        ok = rule->guard == JUMP_TRUE || put_rule(p, &p->guarded, r);
        for (unsigned id = 0; ok && id < CALL_COUNT; id++) {
            enum call_id call = (enum call_id)id;
            ok = (!call_set_has(&rule->calls, call) || put_rule(p, &p->by_call[id], r)) &&
                 (!call_set_has(&rule->late, call) || put_rule(p, &p->late[id], r));
        }
    }
    return ok ? 0 : no_memory(c);
}

int program_compile(struct program *program, struct arena *arena, const struct rules *rules,
                    struct error *err)
{
    *program = (struct program){.arena = arena};
    struct compiler c = {.program = program, .predicates = {.arena = arena}, .rules = rules, .err = err};
    int status = 0;
    for (size_t i = 0; !status && i < rules->rule_count; i++) {
        status = compile_rule(&c, rules->rules[i]);
    }
    if (status) {
        return status;
    }
    program->predicates = c.predicates.items;
    program->predicate_count = c.predicates.count;
    assign_slots(program);
    find_ancestor_groups(program);
    status = build_index(&c);
    if (!status && !anchors_build(program)) {
        status = no_memory(&c);
    }
    return status;
}
