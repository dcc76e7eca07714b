/*
 * Rules, macros and lists as their files give them: after `append` and `override`, before compilation.
 */
#ifndef PROCTOR_POLICY_RULES_H
#define PROCTOR_POLICY_RULES_H

#include "policy/names.h"

enum priority {
    PRIORITY_EMERGENCY,
    PRIORITY_ALERT,
    PRIORITY_CRITICAL,
    PRIORITY_ERROR,
    PRIORITY_WARNING,
    PRIORITY_NOTICE,
    PRIORITY_INFORMATIONAL,
    PRIORITY_DEBUG,
    PRIORITY_COUNT
};

/* What is done to a call that a rule matches; our extension to the language, the key `action`. */
enum action_type {
    ACTION_ALERT,
    ACTION_ALLOW, /* no later rule is asked */
    ACTION_DENY,
    ACTION_KILL_PROCESS,
    ACTION_KILL_THREAD,
    ACTION_RETURN,
    ACTION_DELAY,
    ACTION_STOP,
};

struct action {
    enum action_type type;
    int error;     /* DENY: positive errno */
    int64_t value; /* RETURN: the result; DELAY: nanoseconds */
};

/* One exception: `fields` compared by `comps` to each tuple of `values`. */
struct exception_field {
    const struct phrase *field;
    enum op op;
};

struct exception_value {
    const struct phrase *one; /* a scalar; NULL: a list */
    const struct phrase **list;
    size_t count;
};

struct exception_tuple {
    struct place at;
    struct exception_value *values; /* as many as there are fields */
    size_t count;
};

struct exception {
    struct text name;
    bool flat; /* `fields` is a string: the tuples hold one value each, compared as one list */
    struct exception_field *fields;
    size_t field_count;
    struct exception_tuple *tuples;
    size_t tuple_count;
};

struct rule {
    struct text name;
    struct place at;
    struct text source; /* "syscall" unless said otherwise */
    const struct phrase *condition;
    const struct phrase *output;
    enum priority priority;
    struct action action;
    bool enabled;
    bool skip_unknown; /* skip-if-unknown-filter: an unknown field disables the rule */
    bool wants_all;    /* warn_evttypes: false: it is meant to see every call */
    struct text *tags;
    size_t tag_count;
    struct exception *exceptions;
    size_t exception_count;
};

struct macro {
    struct text name;
    struct place at;
    const struct phrase *condition;
    struct ast *ast; /* parsed when first used */
    bool open;       /* being expanded: seen again, it is a cycle */
    bool used;
};

struct list_item {
    struct text text; /* quotes around it undone */
    struct place at;
    bool quoted; /* never the name of another list */
};

struct list {
    struct text name;
    struct place at;
    struct list_item *items;
    size_t count;
    bool open;
};

struct rules {
    struct arena *arena;
    struct rule **rules; /* in the order of their first appearance */
    size_t rule_count;
    struct names rule_names;
    struct names macros;
    struct names lists;
};

/* Bounds no author reaches; past them a file is refused. */
enum { RULES_MAX = 65536, LIST_ITEMS_MAX = 1 << 18 };

/* The name of a priority as Falco writes it ("Warning"); its number from any case, or -1. */
const char *priority_name(enum priority priority);
int priority_find(const char *name, size_t length);

/*
 * Parses an action: "alert", "deny", "kill thread", "return 0", "delay 10ms", ... False if it is none.
 */
bool action_parse(const char *text, struct action *action);

#endif
