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
    e->known = calloc(2 * slots + 2 * words, sizeof(uint64_t));
    if (!e->known || !e->scratch) {
        evaluator_free(e);
        return false;
    }
    e->outcomes = e->known + slots;
    e->possible = e->outcomes + slots;
    e->candidates = e->possible + words;
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

static bool run(struct evaluator *e, struct memo *memo, enum call_id call, int32_t at)
{
    while (at >= 0) {
        const struct instruction *in = &e->program->code[at];
        at = test(e, memo, call, in->predicate) ? in->yes : in->no;
    }
    return at == JUMP_TRUE;
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
            if (run(e, memo, CALL_none, p->rules[r].guard)) {
                bit_add(memo->alive, r);
            }
        }
    }
}

/* The rules worth evaluating, in e->candidates. False: none. */
static bool find_candidates(struct evaluator *e, const struct memo *memo, const uint64_t *by_call)
{
    const struct program *p = e->program;
    uint64_t any = 0;
    uint64_t anchored = 0;
    for (size_t w = 0; w < p->words; w++) {
        e->possible[w] = by_call[w] & memo->alive[w];
        e->candidates[w] = e->possible[w] & ~p->anchored[w];
        any |= e->possible[w];
        anchored |= e->possible[w] & p->anchored[w];
    }
    for (size_t i = 0; anchored && i < p->anchor_count; i++) {
        anchor_find(p, &p->anchors[i], &e->reader, e->possible, e->candidates);
    }
    return any != 0;
}

void evaluate(struct evaluator *e, struct policy_subject *subject, struct memo *memo, match_fn *match,
              void *context)
{
    const struct program *p = e->program;
    const struct event *event = subject->event;
    enum call_id call = event->abi ? call_find(event->abi, event->number) : CALL_none;
    const uint64_t *by_call = p->by_call[call];
    if (!by_call) {
        return;
    }
    e->reader.subject = subject;
    if (!memo) {
        memo = e->scratch;
        memo->valid = false;
    }
    if (!memo->valid) {
        refresh(e, memo);
    }
    if (!find_candidates(e, memo, by_call)) {
        return;
    }
    memset(e->known, 0, words_for(p->event_slots) * sizeof(uint64_t));
    memset(e->outcomes, 0, words_for(p->event_slots) * sizeof(uint64_t));
    for (size_t w = 0; w < p->words; w++) {
        for (uint64_t left = e->candidates[w]; left; left &= left - 1) {
            const struct program_rule *rule = &p->rules[w * 64 + (unsigned)__builtin_ctzll(left)];
            if (run(e, memo, call, rule->body) && !match(context, e, rule)) {
                return;
            }
        }
    }
}
