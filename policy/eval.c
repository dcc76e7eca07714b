#include "policy/eval.h"

#include <stdlib.h>
#include <string.h>

#include "policy/anchor.h"

static size_t words_for(size_t bits)
{
    return (bits + 63) / 64;
}

static bool bit_has(const uint64_t *set, uint32_t bit)
{
    return set[bit / 64] >> (bit % 64) & 1;
}

static void bit_add(uint64_t *set, uint32_t bit)
{
    set[bit / 64] |= UINT64_C(1) << (bit % 64);
}

static void bit_remove(uint64_t *set, uint32_t bit)
{
    set[bit / 64] &= ~(UINT64_C(1) << (bit % 64));
}

struct memo *memo_new(const struct program *program)
{
    size_t slots = words_for(program->process_slots);
    struct memo *memo = calloc(1, sizeof(*memo) + (program->words + 2 * slots) * sizeof(uint64_t));
    if (memo) {
        memo->alive = memo->store;
        memo->known = memo->alive + program->words;
        memo->outcomes = memo->known + slots;
    }
    return memo;
}

void memo_forget(struct memo *memo)
{
    if (memo) {
        memo->valid = false;
    }
}

bool evaluator_init(struct evaluator *e, const struct program *program)
{
    size_t slots = words_for(program->event_slots) + 1;
    size_t words = program->words + 1;
    *e = (struct evaluator){.program = program};
    e->scratch = memo_new(program);
    e->known = calloc(2 * slots + 2 * words + words_for(program->code_count), sizeof(uint64_t));
    if (!e->known || !e->scratch) {
        evaluator_free(e);
        return false;
    }
    e->outcomes = e->known + slots;
    e->possible = e->outcomes + slots;
    e->candidates = e->possible + words;
    e->reached = e->candidates + words;
    return true;
}

void evaluator_free(struct evaluator *e)
{
    free(e->scratch);
    free(e->known);
    reader_free(&e->reader);
    *e = (struct evaluator){.program = NULL};
}

/* A test, from memory where it was made before. */
static bool test(struct evaluator *e, struct memo *memo, enum call_id call, uint32_t number)
{
    const struct predicate *p = e->program->predicates[number];
    if (p->calls) {
        return call_set_has(p->calls, call);
    }
    if (p->slot == NO_SLOT) {
        return predicate_test(p, &e->reader);
    }
    bool process = p->scope == SCOPE_PROCESS;
    uint64_t *known = process ? memo->known : e->known;
    uint64_t *outcomes = process ? memo->outcomes : e->outcomes;
    uint32_t slot = (uint32_t)p->slot;
    if (bit_has(known, slot)) {
        return bit_has(outcomes, slot);
    }
    bool outcome = predicate_test(p, &e->reader);
    bit_add(known, slot);
    if (outcome) {
        bit_add(outcomes, slot);
    }
    return outcome;
}

static int32_t run(struct evaluator *e, struct memo *memo, enum call_id call, int32_t at)
{
    while (at >= 0) {
        const struct instruction *in = &e->program->code[at];
        at = test(e, memo, call, in->predicate) ? in->yes : in->no;
    }
    return at;
}

/* Whether a rule holds. One that the process alone has decided against is not asked again. */
static bool holds(struct evaluator *e, struct memo *memo, enum call_id call, uint32_t rule)
{
    int32_t end = run(e, memo, call, e->program->rules[rule].body);
    if (end == JUMP_NEVER) {
        bit_remove(memo->alive, rule);
    }
    return end == JUMP_TRUE;
}

/* Asks all guards. The tests of a guard depend on the process alone, so any call will do. */
static void refresh(struct evaluator *e, struct memo *memo)
{
    const struct program *p = e->program;
    size_t slots = words_for(p->process_slots);
    memset(memo->store, 0, (p->words + 2 * slots) * sizeof(uint64_t));
    memo->valid = true;
    for (size_t w = 0; w < p->words; w++) {
        memo->alive[w] = ~p->guarded[w];
        for (uint64_t left = p->guarded[w]; left; left &= left - 1) {
            uint32_t r = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(left);
            if (run(e, memo, CALL_none, p->rules[r].guard) == JUMP_TRUE) {
                bit_add(memo->alive, r);
            }
        }
    }
}

/*
 * The rules worth evaluating, in e->candidates. False: none. whole: those of them that can't be looked up
 * yet; NULL: none.
 */
static bool find_candidates(struct evaluator *e, const struct memo *memo, const uint64_t *by_call,
                            const uint64_t *whole)
{
    const struct program *p = e->program;
    uint64_t any = 0;
    uint64_t anchored = 0;
    for (size_t w = 0; w < p->words; w++) {
        e->possible[w] = by_call[w] & memo->alive[w];
        uint64_t looked_up = p->anchored[w] & ~(whole ? whole[w] : 0);
        e->candidates[w] = e->possible[w] & ~looked_up;
        any |= e->possible[w];
        anchored |= e->possible[w] & looked_up;
    }
    for (size_t i = 0; anchored && i < p->anchor_count; i++) {
        anchor_find(p, &p->anchors[i], &e->reader, e->possible, e->candidates);
    }
    return any != 0;
}

/*
 * Whether a rule may hold once the call has returned: the walk through its body takes both ways at each test
 * that waits for that. Jumps lead backwards only, so one pass over the instructions sees every way.
 */
static bool may_hold(struct evaluator *e, struct memo *memo, enum call_id call,
                     const struct program_rule *rule)
{
    const struct program *p = e->program;
    bool may = rule->body == JUMP_TRUE;
    if (rule->body >= 0) {
        bit_add(e->reached, (uint32_t)rule->body);
    }
    for (int32_t at = rule->body; at >= rule->start; at--) {
        const struct instruction *in = &p->code[at];
        if (!bit_has(e->reached, (uint32_t)at)) {
            continue;
        }
        bit_remove(e->reached, (uint32_t)at);
        bool both = !may && predicate_waits(p->predicates[in->predicate], call);
        bool yes = !may && (both || test(e, memo, call, in->predicate));
        for (int way = 0; way < 2; way++) {
            int32_t next = way ? in->no : in->yes;
            bool taken = !may && (both || yes == (way == 0));
            if (taken && next >= 0) {
                bit_add(e->reached, (uint32_t)next);
            }
            may = may || (taken && next == JUMP_TRUE);
        }
    }
    return may;
}

static enum call_id call_of(const struct policy_subject *subject)
{
    const struct event *event = subject->event;
    return event->call ? call_identity(event->call) : CALL_none;
}

/* Begins an event; returns the memo to use. */
static struct memo *begin(struct evaluator *e, struct policy_subject *subject, struct memo *memo)
{
    e->reader.subject = subject;
    if (!memo) {
        memo = e->scratch;
        memo->valid = false;
    }
    if (!memo->valid) {
        refresh(e, memo);
    }
    memset(e->known, 0, words_for(e->program->event_slots) * sizeof(uint64_t));
    memset(e->outcomes, 0, words_for(e->program->event_slots) * sizeof(uint64_t));
    return memo;
}

bool evaluate_entry(struct evaluator *e, struct policy_subject *subject, struct memo *memo, uint64_t *waiting,
                    match_fn *match, void *context)
{
    const struct program *p = e->program;
    enum call_id call = call_of(subject);
    const uint64_t *late = waiting ? p->late[call] : NULL;
    bool any = false;
    if (waiting) {
        memset(waiting, 0, p->words * sizeof(*waiting));
    }
    if (!p->by_call[call]) {
        return false;
    }
    memo = begin(e, subject, memo);
    if (!find_candidates(e, memo, p->by_call[call], late && call_makes_fd(call) ? late : NULL)) {
        return false;
    }
    for (size_t w = 0; w < p->words; w++) {
        for (uint64_t left = e->candidates[w]; left; left &= left - 1) {
            uint32_t r = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(left);
            if (late && bit_has(late, r)) {
                if (may_hold(e, memo, call, &p->rules[r])) {
                    bit_add(waiting, r);
                    any = true;
                }
            } else if (match && holds(e, memo, call, r) && !match(context, e, &p->rules[r])) {
                return any;
            }
        }
    }
    return any;
}

void evaluate(struct evaluator *e, struct policy_subject *subject, struct memo *memo, match_fn *match,
              void *context)
{
    (void)evaluate_entry(e, subject, memo, NULL, match, context);
}

void evaluate_exit(struct evaluator *e, struct policy_subject *subject, struct memo *memo,
                   const uint64_t *waiting, match_fn *match, void *context)
{
    const struct program *p = e->program;
    enum call_id call = call_of(subject);
    memo = begin(e, subject, memo);
    for (size_t w = 0; w < p->words; w++) {
        for (uint64_t left = waiting[w] & memo->alive[w]; left; left &= left - 1) {
            uint32_t r = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(left);
            if (holds(e, memo, call, r) && !match(context, e, &p->rules[r])) {
                return;
            }
        }
    }
}
