#include "policy/anchor.h"

#include <errno.h>
#include <string.h>

#include "policy/literal.h"
#include "policy/names.h"

/* With fewer rules than this on a field, evaluating them is as fast. */
enum { ANCHOR_MIN = 8 };

static unsigned char lower(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 'A' && u <= 'Z' ? (unsigned char)(u + 32) : u;
}

/* What is looked for in the value when a test is to hold: one of *count texts, in this way. */
static const struct text *texts_of(const struct predicate *p, enum anchor_how *how, struct text *literal,
                                   size_t *count)
{
    *count = p->texts.count ? 1 : 0;
    *literal = p->texts.count ? p->texts.items[0] : (struct text){"", 0};
    switch (p->op) {
    case OP_EQ:
    case OP_IN:
    case OP_INTERSECTS:
        *how = ANCHOR_WHOLE;
        *count = p->texts.count;
        return p->texts.items;
    case OP_STARTSWITH:
        *how = ANCHOR_START;
        break;
    case OP_ENDSWITH:
        *how = ANCHOR_END;
        break;
    case OP_CONTAINS:
        *how = ANCHOR_PART;
        break;
    case OP_ICONTAINS:
        *how = ANCHOR_PART_FOLDED;
        break;
    case OP_GLOB:
    case OP_REGEX:
        *how = ANCHOR_PART;
        *literal = p->op == OP_GLOB ? literal_of_glob(*literal) : literal_of_regex(*literal);
        break;
    default:
        *count = 0;
        break;
    }
    if (!literal->n) {
        *count = 0; /* is in every text */
    }
    return literal;
}

static bool add_text(const struct program *p, struct anchor_key *key, struct text text)
{
    struct text *slot = arena_append(p->arena, &key->texts, &key->count, sizeof(*slot));
    char *copy = NULL;
    if (slot && key->how == ANCHOR_PART_FOLDED) {
        copy = arena_copy(p->arena, text.s, text.n);
        for (size_t i = 0; copy && i < text.n; i++) {
            copy[i] = (char)lower(copy[i]);
        }
        text.s = copy;
    }
    if (slot) {
        *slot = text;
    }
    return slot && text.s;
}

/* Adds what a test looks for to a key of the same field. False: it can't be looked up by that. */
static bool add_test(const struct program *p, const struct cond *c, struct anchor_key *key)
{
    const struct predicate *test = c->type == COND_TEST && !c->negated ? p->predicates[c->predicate] : NULL;
    if (!test || test->left.type != FIELD_TEXT || test->scope != SCOPE_EVENT || test->to_field ||
        test->result || test->left.field->flags & FIELD_MANY) {
        return false;
    }
    enum anchor_how how = ANCHOR_WHOLE;
    struct text literal;
    size_t count;
    const struct text *texts = texts_of(test, &how, &literal, &count);
    if (!count || (key->field && (key->how != how || !field_same(key->field, &test->left)))) {
        return false;
    }
    key->how = how;
    key->field = &test->left;
    key->uses = test->uses > key->uses ? test->uses : key->uses;
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        ok = add_text(p, key, texts[i]);
    }
    return ok;
}

/* A test, or several of which one has to hold. */
static bool key_of(const struct program *p, const struct cond *c, struct anchor_key *key)
{
    *key = (struct anchor_key){.count = 0};
    if (c->type != COND_OR) {
        return add_test(p, c, key);
    }
    bool ok = c->first != NULL;
    for (const struct cond *o = c->first; ok && o; o = o->next) {
        ok = add_test(p, o, key);
    }
    return ok;
}

/*
 * What a rule is looked up by: of its operands that which the fewest rules share, for what most rules ask (is
 * it a file?) leaves too many of them.
 */
static struct anchor_key anchor_of(const struct program *p, const struct cond *chain)
{
    struct anchor_key best = {.count = 0};
    for (const struct cond *c = chain ? chain->first : NULL; c; c = c->next) {
        struct anchor_key key;
        if (key_of(p, c, &key) && (!best.count || key.uses < best.uses)) {
            best = key;
        }
    }
    return best;
}

static struct anchor *find_anchor(struct program *p, const struct anchor_key *key)
{
    for (size_t i = 0; i < p->anchor_count; i++) {
        if (p->anchors[i].how == key->how && field_same(&p->anchors[i].field, key->field)) {
            return &p->anchors[i];
        }
    }
    return NULL;
}

static bool usable(const struct program_rule *rule)
{
    return rule->anchor.count && rule->rule->enabled && rule->state != RULE_UNUSABLE;
}

/* One anchor for each field and way of comparing; `count` is that of its entries. */
static bool collect(struct program *p)
{
    for (size_t r = 0; r < p->rule_count; r++) {
        struct anchor_key *key = &p->rules[r].anchor;
        *key = anchor_of(p, p->rules[r].chain);
        if (!usable(&p->rules[r])) {
            continue;
        }
        struct anchor *anchor = find_anchor(p, key);
        if (!anchor) {
            anchor = arena_append(p->arena, &p->anchors, &p->anchor_count, sizeof(*anchor));
            if (!anchor) {
                return false;
            }
            *anchor = (struct anchor){.field = *key->field, .how = key->how};
        }
        anchor->count += key->count;
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

static bool in_parts(const struct anchor *anchor)
{
    return anchor->how >= ANCHOR_PART;
}

static size_t gram_length(struct text text)
{
    return text.n < GRAM_MAX ? text.n : GRAM_MAX;
}

/* The last n of the bytes that were shifted in. */
static uint32_t last_bytes(uint32_t shifted, size_t n)
{
    return n < 4 ? shifted & ((UINT32_C(1) << (8 * n)) - 1) : shifted;
}

static uint32_t gram_at(struct text text, size_t end)
{
    uint32_t shifted = 0;
    for (size_t i = end - gram_length(text); i < end; i++) {
        shifted = shifted << 8 | (unsigned char)text.s[i];
    }
    return shifted;
}

static uint32_t gram_hash(uint32_t gram)
{
    gram *= UINT32_C(2654435761); /* Knuth's multiplicative hash: the high bits are the good ones */
    return gram ^ gram >> 16;
}

/* The texts are found by the bytes in them that the fewest texts share. counts: by hash, of all texts. */
static void choose_gram(struct anchor_entry *e, const uint16_t *counts, uint32_t mask)
{
    uint16_t least = UINT16_MAX;
    for (size_t end = gram_length(e->text); end <= e->text.n; end++) {
        uint32_t gram = gram_at(e->text, end);
        uint16_t count = counts[gram_hash(gram) & mask];
        if (count < least || end == gram_length(e->text)) {
            least = count;
            e->gram = gram;
            e->end = (uint32_t)end;
        }
    }
}

static bool choose_grams(struct program *p, struct anchor *anchor)
{
    uint32_t mask = 4 * anchor->mask + 3; /* a table of its own: texts have several */
    uint16_t *counts = arena_alloc(p->arena, (mask + (size_t)1) * sizeof(*counts));
    for (size_t i = 0; counts && i < anchor->count; i++) {
        struct text text = anchor->entries[i].text;
        for (size_t end = gram_length(text); end <= text.n; end++) {
            uint16_t *count = &counts[gram_hash(gram_at(text, end)) & mask];
            *count = (uint16_t)(*count + (*count < UINT16_MAX));
        }
    }
    for (size_t i = 0; counts && i < anchor->count; i++) {
        choose_gram(&anchor->entries[i], counts, mask);
        anchor->grams[gram_length(anchor->entries[i].text)] = true;
    }
    return counts != NULL;
}

static void put_entry(struct anchor *anchor, uint32_t index)
{
    struct anchor_entry *e = &anchor->entries[index];
    uint32_t hash = in_parts(anchor) ? gram_hash(e->gram) : text_hash(e->text.s, e->text.n);
    e->next = anchor->buckets[hash & anchor->mask];
    anchor->buckets[hash & anchor->mask] = (int32_t)index;
}

static bool add_rule(struct program *p, struct anchor *anchor, uint32_t rule)
{
    const struct anchor_key *key = &p->rules[rule].anchor;
    for (size_t i = 0; i < key->count; i++) {
        anchor->entries[anchor->count++] = (struct anchor_entry){.text = key->texts[i], .rule = rule};
        bool cut = anchor->how == ANCHOR_START || anchor->how == ANCHOR_END;
        if (cut && !add_length(p, anchor, (uint32_t)key->texts[i].n)) {
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

static bool fill(struct program *p, struct anchor *anchor)
{
    if (in_parts(anchor) && !choose_grams(p, anchor)) {
        return false;
    }
    for (uint32_t i = 0; i < anchor->count; i++) {
        put_entry(anchor, i);
    }
    return true;
}

bool anchors_build(struct program *p)
{
    size_t kept = 0;
    p->anchored = arena_alloc(p->arena, (p->words + 1) * sizeof(*p->anchored));
    bool ok = p->anchored && collect(p);
    for (size_t i = 0; ok && i < p->anchor_count; i++) {
        if (p->anchors[i].rule_count >= ANCHOR_MIN) {
            p->anchors[kept++] = p->anchors[i];
        }
    }
    p->anchor_count = kept;
    for (size_t i = 0; ok && i < kept; i++) {
        ok = allocate(p, &p->anchors[i]);
    }
    for (uint32_t r = 0; ok && r < p->rule_count; r++) {
        struct anchor *anchor = usable(&p->rules[r]) ? find_anchor(p, &p->rules[r].anchor) : NULL;
        ok = !anchor || add_rule(p, anchor, r);
    }
    for (size_t i = 0; ok && i < kept; i++) {
        ok = fill(p, &p->anchors[i]);
    }
    return ok;
}

/* The sets of rules of one look-up. */
struct rule_sets {
    const uint64_t *possible;
    uint64_t *candidates;
};

static void take(const struct anchor_entry *e, const struct rule_sets *sets)
{
    sets->candidates[e->rule / 64] |= sets->possible[e->rule / 64] & UINT64_C(1) << (e->rule % 64);
}

static void look_up(const struct anchor *anchor, struct text text, const struct rule_sets *sets)
{
    uint32_t bucket = text_hash(text.s, text.n) & anchor->mask;
    for (int32_t i = anchor->buckets[bucket]; i >= 0; i = anchor->entries[i].next) {
        if (match_equal(anchor->entries[i].text, text)) {
            take(&anchor->entries[i], sets);
        }
    }
}

static bool stands_at(const struct anchor *anchor, const struct anchor_entry *e, struct text value, size_t at)
{
    if (at + e->text.n > value.n) {
        return false;
    }
    return match_startswith((struct text){value.s + at, value.n - at}, e->text,
                            anchor->how == ANCHOR_PART_FOLDED);
}

/* Entries whose bytes `gram` end at `end` of the value. */
static void look_at(const struct anchor *anchor, uint32_t gram, struct text value, size_t end,
                    const struct rule_sets *sets)
{
    for (int32_t i = anchor->buckets[gram_hash(gram) & anchor->mask]; i >= 0; i = anchor->entries[i].next) {
        const struct anchor_entry *e = &anchor->entries[i];
        if (e->gram == gram && end >= e->end && stands_at(anchor, e, value, end - e->end)) {
            take(e, sets);
        }
    }
}

static void scan(const struct anchor *anchor, struct text value, const struct rule_sets *sets)
{
    bool fold = anchor->how == ANCHOR_PART_FOLDED;
    uint32_t shifted = 0;
    for (size_t i = 0; i < value.n; i++) {
        shifted = shifted << 8 | (fold ? lower(value.s[i]) : (unsigned char)value.s[i]);
        for (size_t n = 1; n <= GRAM_MAX && n <= i + 1; n++) {
            if (anchor->grams[n]) {
                look_at(anchor, last_bytes(shifted, n), value, i + 1, sets);
            }
        }
    }
}

static void find_cut(const struct anchor *anchor, struct text value, const struct rule_sets *sets)
{
    for (size_t i = 0; i < anchor->length_count && anchor->lengths[i] <= value.n; i++) {
        size_t n = anchor->lengths[i];
        look_up(anchor, (struct text){anchor->how == ANCHOR_START ? value.s : value.s + value.n - n, n},
                sets);
    }
}

void anchor_find(const struct program *program, const struct anchor *anchor, struct reader *reader,
                 const uint64_t *possible, uint64_t *candidates)
{
    const struct rule_sets sets = {possible, candidates};
    struct field_value value;
    bool any = false;
    for (size_t w = 0; w < program->words; w++) {
        any = any || possible[w] & anchor->rules[w];
    }
    reader->side = 0;
    if (!any || !field_read(reader, &anchor->field, 0, &value)) {
        return;
    }
    switch (anchor->how) {
    case ANCHOR_WHOLE:
        look_up(anchor, value.text, &sets);
        break;
    case ANCHOR_START:
    case ANCHOR_END:
        find_cut(anchor, value.text, &sets);
        break;
    case ANCHOR_PART:
    case ANCHOR_PART_FOLDED:
        scan(anchor, value.text, &sets);
        break;
    }
}
