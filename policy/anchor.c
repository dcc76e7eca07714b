#include "policy/anchor.h"

#include <errno.h>
#include <string.h>

#include "policy/names.h"

/* With fewer rules than this on a field, evaluating them is as fast. */
enum { ANCHOR_MIN = 8 };

static bool fits(const struct predicate *p)
{
    bool op = p->op == OP_EQ || p->op == OP_IN || p->op == OP_STARTSWITH;
    return op && p->left.type == FIELD_TEXT && p->scope == SCOPE_EVENT && !p->to_field && !p->result &&
           p->texts.count && !(p->left.field->flags & FIELD_MANY);
}

/*
 * The test by which a rule is looked up: that which the fewest rules share, for what most rules ask (is it a
 * file?) leaves too many of them.
 */
static const struct predicate *anchor_of(const struct program *p, const struct cond *chain)
{
    const struct predicate *best = NULL;
    for (const struct cond *c = chain ? chain->first : NULL; c; c = c->next) {
        const struct predicate *test =
            c->type == COND_TEST && !c->negated ? p->predicates[c->predicate] : NULL;
        if (test && fits(test) && (!best || test->uses < best->uses)) {
            best = test;
        }
    }
    return best;
}

static struct anchor *find_anchor(struct program *p, const struct predicate *by)
{
    bool whole = by->op != OP_STARTSWITH;
    for (size_t i = 0; i < p->anchor_count; i++) {
        if (p->anchors[i].whole == whole && field_same(&p->anchors[i].field, &by->left)) {
            return &p->anchors[i];
        }
    }
    return NULL;
}

static bool usable(const struct program_rule *rule)
{
    return rule->anchor && rule->rule->enabled && rule->state != RULE_UNUSABLE;
}

/* One anchor for each field and way of comparing; `count` is that of its entries. */
static bool collect(struct program *p)
{
    for (size_t r = 0; r < p->rule_count; r++) {
        const struct predicate *by = p->rules[r].anchor = anchor_of(p, p->rules[r].chain);
        if (!usable(&p->rules[r])) {
            continue;
        }
        struct anchor *anchor = find_anchor(p, by);
        if (!anchor) {
            anchor = arena_append(p->arena, &p->anchors, &p->anchor_count, sizeof(*anchor));
            if (!anchor) {
                return false;
            }
            anchor->field = by->left;
            anchor->whole = by->op != OP_STARTSWITH;
        }
        anchor->count += by->texts.count;
        anchor->rule_count++;
    }
    return true;
}

static bool add_length(struct program *p, struct anchor *anchor, uint32_t length)
{
    size_t i = 0;
    while (i < anchor->length_count && anchor->lengths[i] < length) {
        i++;
    }
    if (i < anchor->length_count && anchor->lengths[i] == length) {
        return true;
    }
    if (!arena_append(p->arena, &anchor->lengths, &anchor->length_count, sizeof(*anchor->lengths))) {
        return false;
    }
    memmove(anchor->lengths + i + 1, anchor->lengths + i,
            (anchor->length_count - 1 - i) * sizeof(*anchor->lengths));
    anchor->lengths[i] = length;
    return true;
}

static bool add_rule(struct program *p, struct anchor *anchor, uint32_t rule)
{
    const struct predicate *by = p->rules[rule].anchor;
    for (uint32_t i = 0; i < by->texts.count; i++) {
        struct text text = by->texts.items[i];
        uint32_t bucket = text_hash(text.s, text.n) & anchor->mask;
        anchor->entries[anchor->count] = (struct anchor_entry){text, rule, anchor->buckets[bucket]};
        anchor->buckets[bucket] = (int32_t)anchor->count++;
        if (!anchor->whole && !add_length(p, anchor, (uint32_t)text.n)) {
            return false;
        }
    }
    anchor->rules[rule / 64] |= UINT64_C(1) << (rule % 64);
    p->anchored[rule / 64] |= UINT64_C(1) << (rule % 64);
    return true;
}

static bool allocate(struct program *p, struct anchor *anchor)
{
    uint32_t room = 16;
    while (room < 2 * anchor->count) {
        room *= 2;
    }
    anchor->mask = room - 1;
    anchor->rules = arena_alloc(p->arena, p->words * sizeof(*anchor->rules));
    anchor->entries = arena_alloc(p->arena, anchor->count * sizeof(*anchor->entries));
    anchor->buckets = arena_alloc(p->arena, room * sizeof(*anchor->buckets));
    if (anchor->buckets) {
        memset(anchor->buckets, 0xff, room * sizeof(*anchor->buckets));
    }
    anchor->count = 0;
    return anchor->rules && anchor->entries && anchor->buckets;
}

bool anchors_build(struct program *p)
{
    size_t kept = 0;
    p->anchored = arena_alloc(p->arena, (p->words + 1) * sizeof(*p->anchored));
    if (!p->anchored || !collect(p)) {
        return false;
    }
    for (size_t i = 0; i < p->anchor_count; i++) {
        if (p->anchors[i].rule_count >= ANCHOR_MIN) {
            p->anchors[kept++] = p->anchors[i];
        }
    }
    p->anchor_count = kept;
    for (size_t i = 0; i < kept; i++) {
        if (!allocate(p, &p->anchors[i])) {
            return false;
        }
    }
    for (uint32_t r = 0; r < p->rule_count; r++) {
        struct anchor *anchor = usable(&p->rules[r]) ? find_anchor(p, p->rules[r].anchor) : NULL;
        if (anchor && !add_rule(p, anchor, r)) {
            return false;
        }
    }
    return true;
}

static void look_up(const struct anchor *anchor, struct text text, const uint64_t *possible,
                    uint64_t *candidates)
{
    uint32_t bucket = text_hash(text.s, text.n) & anchor->mask;
    for (int32_t i = anchor->buckets[bucket]; i >= 0; i = anchor->entries[i].next) {
        const struct anchor_entry *e = &anchor->entries[i];
        if (match_equal(e->text, text)) {
            candidates[e->rule / 64] |= possible[e->rule / 64] & UINT64_C(1) << (e->rule % 64);
        }
    }
}

void anchor_find(const struct program *program, const struct anchor *anchor, struct reader *reader,
                 const uint64_t *possible, uint64_t *candidates)
{
    struct field_value value;
    bool any = false;
    for (size_t w = 0; w < program->words; w++) {
        any = any || possible[w] & anchor->rules[w];
    }
    reader->side = 0;
    if (!any || !field_read(reader, &anchor->field, 0, &value)) {
        return;
    }
    if (anchor->whole) {
        look_up(anchor, value.text, possible, candidates);
        return;
    }
    for (size_t i = 0; i < anchor->length_count && anchor->lengths[i] <= value.text.n; i++) {
        look_up(anchor, (struct text){value.text.s, anchor->lengths[i]}, possible, candidates);
    }
}
