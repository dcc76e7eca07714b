/*
 * The fields of the language: one line each in fields.c.
 *
 * A field is looked up by name once, when a condition is compiled (field_resolve), and read from a subject as
 * often as events need it (field_read), without allocation once the reader's buffers have grown.
 */
#ifndef PROCTOR_POLICY_FIELDS_H
#define PROCTOR_POLICY_FIELDS_H

#include "decode/base/buf.h"
#include "policy/subject.h"

enum field_type {
    FIELD_TEXT,
    FIELD_INT,
    FIELD_BOOL,
    FIELD_IP,
    FIELD_NET, /* an address that is compared to networks */
    FIELD_COUNT
};

/* How often a field's value can change: predicates are remembered accordingly. */
enum field_scope {
    SCOPE_CALL,    /* depends on nothing but which call it is */
    SCOPE_PROCESS, /* the same until the process execs */
    SCOPE_EVENT,
};

/* What reading a field may cost where nothing is cached: cheap tests go first. */
enum field_cost {
    COST_NONE,
    COST_EVENT,
    COST_RENDER,
    COST_PROC,
    COST_PROC_MORE,
    COST_ANCESTORS,
    COST_RESULT, /* of the call: it is waited for, or predicted by a look at the file */
    COST_COUNT
};

enum field_arg {
    ARG_NONE,
    ARG_INDEX,          /* proc.aname[2] */
    ARG_INDEX_OPTIONAL, /* proc.aname: all of them */
    ARG_NAME,           /* proc.env[HOME], evt.arg.flags */
    ARG_NAME_OPTIONAL,
};

enum {
    FIELD_UNKNOWN = 1 << 0, /* nothing fills it: a warning when used, and absent */
    FIELD_RESULT = 1 << 1,  /* depends on the call's result: predicted where that is not known */
    FIELD_MANY = 1 << 2,    /* has several values: a comparison holds when it holds for one */
    FIELD_ALL_NE = 1 << 3,  /* ... but != when it holds for all */
    FIELD_FD = 1 << 4,      /* of the descriptor: see predicate_waits */
    FIELD_AGENT = 1 << 5,   /* only a container's runtime tells: absent but under proctor agent */
};

struct reader;
struct field_ref;

struct field_value {
    struct text text;
    int64_t number; /* INT, BOOL */
    struct policy_ip ip;
};

/* Reads the nth value (0 unless FIELD_MANY). False: there is none. */
typedef bool field_get(struct reader *reader, const struct field_ref *ref, unsigned nth,
                       struct field_value *value);

struct field {
    const char *name;
    uint8_t length; /* of the name */
    uint8_t type;   /* enum field_type */
    uint8_t scope;  /* enum field_scope */
    uint8_t cost;   /* enum field_cost */
    uint8_t arg;    /* enum field_arg */
    uint8_t flags;  /* FIELD_* */
    field_get *get;
    /* The getter's own: which process, which group of facts, where the fact is. */
    uint16_t group;
    uint16_t offset;
    int8_t ancestor;
};

/* A field as a condition names it. */
struct field_ref {
    const struct field *field;
    struct text arg;           /* ARG_NAME */
    int32_t index;             /* ARG_INDEX; -1: none */
    const int8_t *argument_of; /* evt.arg: which argument it is, by call; -1: the call has none */
    uint8_t type;              /* enum field_type, after the transformers */
    uint8_t count;
    uint8_t transforms[TRANSFORMS_MAX]; /* enum transform; the last is applied first */
};

/* One evaluation's memory: keep one per worker, zeroed at first, reader_free at the end. */
struct reader {
    struct policy_subject *subject;
    struct buf composed[2]; /* values made up on the way: of the left and the right operand */
    struct buf transformed[2];
    unsigned side;
};

/* Releases what it composed; it is usable again. */
void reader_free(struct reader *reader);

/*
 * Looks up an operand. Returns 0, -ENOENT where there is no such field, or -EINVAL for a wrong argument, with
 * err naming the place. The reference's texts belong to the arena.
 */
int field_resolve(struct arena *arena, const struct ast_operand *operand, const struct phrase *phrase,
                  struct field_ref *ref, struct error *err);

/* Reads the nth value, transformers applied. The value is valid until the next read of the same side. */
bool field_read(struct reader *reader, const struct field_ref *ref, unsigned nth, struct field_value *value);

/* The value as text: what the output shows. False: there is none ("<NA>"). */
bool field_print(struct reader *reader, const struct field_ref *ref, struct buf *out);

/* Whether two references read the same value. */
bool field_same(const struct field_ref *a, const struct field_ref *b);

/* The result of the event, predicted where it is not known. */
int64_t subject_result(struct policy_subject *subject);

/* The process's facts of a group, or NULL where they can't be had. */
struct policy_process *subject_process(struct policy_subject *subject, unsigned group);
struct policy_process *process_facts(struct policy_process *process, unsigned group);

/* The descriptor, or NULL. */
const struct policy_fd *subject_fd(struct policy_subject *subject);

#endif
