/*
 * Rules into a program: conditions with macros and lists expanded, as jumps between predicates that rules
 * share, and indexes that say which rules an event can match at all.
 */
#ifndef PROCTOR_POLICY_COMPILE_H
#define PROCTOR_POLICY_COMPILE_H

#include "policy/output.h"
#include "policy/predicate.h"

/* Where a jump leads: an instruction, or the end. NEVER: false for every event of this process. */
enum { JUMP_TRUE = -1, JUMP_FALSE = -2, JUMP_NEVER = -3 };

struct instruction {
    uint32_t predicate;
    int32_t yes;
    int32_t no;
};

enum rule_state {
    RULE_OK,
    RULE_PARTLY,   /* uses fields that nobody fills */
    RULE_UNUSABLE, /* see `why`; never evaluated */
};

/*
 * Rules that need a text field of the event to be, to begin with, to end in, or to contain one of some
 * constants: looked up instead of evaluated one by one.
 */
enum anchor_how {
    ANCHOR_WHOLE,
    ANCHOR_START,
    ANCHOR_END,
    ANCHOR_PART,
    ANCHOR_PART_FOLDED, /* whatever the case; the texts are in lower case */
};

struct anchor_entry {
    struct text text;
    uint32_t rule;
    int32_t next;  /* the next entry in the bucket; -1: none */
    uint32_t gram; /* PART: some bytes of the text that few others have, by which it is found */
    uint32_t end;  /* of them in the text */
};

enum { GRAM_MAX = 4 };

struct anchor {
    struct field_ref field;
    enum anchor_how how;
    uint64_t *rules; /* the set of the rules looked up here */
    size_t rule_count;
    struct anchor_entry *entries;
    size_t count;
    int32_t *buckets;
    uint32_t mask;
    uint32_t *lengths; /* START, END: the lengths of the texts, each once, ascending */
    size_t length_count;
    bool grams[GRAM_MAX + 1]; /* PART: the lengths of the entries' grams */
};

struct cond;

/* What a rule can be looked up by; count 0: nothing. */
struct anchor_key {
    enum anchor_how how;
    const struct field_ref *field;
    struct text *texts;
    size_t count;
    uint32_t uses; /* in how many tests */
};

struct program_rule {
    const struct rule *rule;
    enum rule_state state;
    char *why;          /* PARTLY: the fields; UNUSABLE: what is wrong */
    char *agent;        /* fields that are known only under the agent; NULL: none */
    struct place place; /* of the first of them */
    int32_t guard;      /* cheap tests of the process alone, asked once per process; JUMP_TRUE: none */
    int32_t body;       /* the rest */
    int32_t start;      /* of the body's instructions: none lies before, and none behind `body` */
    bool result;        /* depends on the call's result */
    bool fd;            /* on its descriptor */
    struct call_set calls;
    struct call_set late; /* those of them that it is judged at the exit of, where results come */
    struct output output;
    const struct cond *chain; /* the body's operands, while compiling */
    struct anchor_key anchor;
};

struct program {
    struct arena *arena;
    struct predicate **predicates;
    size_t predicate_count;
    struct instruction *code;
    size_t code_count;
    struct program_rule *rules;
    size_t rule_count;
    size_t words;                  /* of a set of rules */
    uint64_t *by_call[CALL_COUNT]; /* which rules may match; NULL: none */
    uint64_t *late[CALL_COUNT];    /* which of these are judged at the call's exit; NULL: none */
    uint64_t *guarded;             /* rules with a guard */
    uint64_t *anchored;            /* rules that are in an anchor */
    struct anchor *anchors;
    size_t anchor_count;
    uint32_t ancestor_groups; /* facts that are asked for of ancestors */
    uint32_t process_slots;   /* outcomes remembered per process, and per event */
    uint32_t event_slots;
};

/* Compiles what was loaded. Returns 0 or a negative errno with err. */
int program_compile(struct program *program, struct arena *arena, const struct rules *rules,
                    struct error *err);

#endif
