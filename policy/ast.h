/*
 * A condition as written: a tree of tests, macros and the three connectives.
 */
#ifndef PROCTOR_POLICY_AST_H
#define PROCTOR_POLICY_AST_H

#include "policy/phrase.h"

enum op {
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_CONTAINS,
    OP_ICONTAINS,
    OP_BCONTAINS, /* value in hexadecimal */
    OP_STARTSWITH,
    OP_ISTARTSWITH,
    OP_BSTARTSWITH,
    OP_ENDSWITH,
    OP_IENDSWITH,
    OP_GLOB,
    OP_IGLOB,
    OP_REGEX,
    OP_EXISTS,
    OP_IN,
    OP_INTERSECTS,
    OP_PMATCH,
    OP_COUNT
};

enum transform { TRANSFORM_TOUPPER, TRANSFORM_TOLOWER, TRANSFORM_B64, TRANSFORM_BASENAME, TRANSFORM_LEN };

enum { TRANSFORMS_MAX = 4 };

struct text {
    const char *s; /* NUL-terminated */
    size_t n;
};

/* A value written in the condition. */
struct ast_value {
    struct text text;
    size_t offset; /* in the phrase */
    bool quoted;
};

/* A field, with what is done to its value: the last in `transforms` is applied first. */
struct ast_operand {
    struct text field; /* "proc.aname", without its argument */
    struct text arg;   /* "2"; s NULL: none */
    size_t offset;
    unsigned count;
    enum transform transforms[TRANSFORMS_MAX];
};

enum ast_type { AST_AND, AST_OR, AST_NOT, AST_NAME, AST_TEST };

struct ast {
    enum ast_type type;
    const struct phrase *phrase; /* what the offsets are in */
    size_t offset;
    struct ast *first; /* AND, OR, NOT: the operands, linked by next */
    struct ast *next;
    struct text name; /* NAME: a macro; TEST: the name of a list on the right, if s is set */
    struct ast_operand left;
    enum op op;
    bool to_field; /* TEST: the right side is a field */
    struct ast_operand right;
    struct ast_value *values;
    size_t value_count;
    uint32_t made; /* TEST: the number of its predicate and 1, once it was expanded: macros are used often */
};

#endif
