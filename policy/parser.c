#include "policy/parser.h"

#include <string.h>

#include "decode/base/cleanup.h"
#include "policy/lexer.h"

/* Nesting that no author writes: recursion over the tree stays within a small stack. */
enum { DEPTH_MAX = 100 };

struct parser {
    struct lexer lexer;
    struct arena *arena;
    struct error *err;
    unsigned depth;
};

static const char *const op_names[OP_COUNT] = {
    [OP_EQ] = "=",
    [OP_NE] = "!=",
    [OP_LT] = "<",
    [OP_LE] = "<=",
    [OP_GT] = ">",
    [OP_GE] = ">=",
    [OP_CONTAINS] = "contains",
    [OP_ICONTAINS] = "icontains",
    [OP_BCONTAINS] = "bcontains",
    [OP_STARTSWITH] = "startswith",
    [OP_ISTARTSWITH] = "istartswith",
    [OP_BSTARTSWITH] = "bstartswith",
    [OP_ENDSWITH] = "endswith",
    [OP_IENDSWITH] = "iendswith",
    [OP_GLOB] = "glob",
    [OP_IGLOB] = "iglob",
    [OP_REGEX] = "regex",
    [OP_EXISTS] = "exists",
    [OP_IN] = "in",
    [OP_INTERSECTS] = "intersects",
    [OP_PMATCH] = "pmatch",
};

static const char *const transform_names[] = {
    [TRANSFORM_TOUPPER] = "toupper",   [TRANSFORM_TOLOWER] = "tolower", [TRANSFORM_B64] = "b64",
    [TRANSFORM_BASENAME] = "basename", [TRANSFORM_LEN] = "len",
};

const char *op_name(enum op op)
{
    return op_names[op];
}

enum op op_find(const char *name, size_t length)
{
    if (length == 2 && !memcmp(name, "==", 2)) {
        return OP_EQ;
    }
    for (unsigned op = 0; op < OP_COUNT; op++) {
        if (strlen(op_names[op]) == length && !memcmp(op_names[op], name, length)) {
            return (enum op)op;
        }
    }
    return OP_COUNT;
}

bool op_takes_list(enum op op)
{
    return op == OP_IN || op == OP_INTERSECTS || op == OP_PMATCH;
}

static int transform_find(const struct token *token)
{
    for (unsigned i = 0; i < ARRAY_SIZE(transform_names); i++) {
        if (token_is(token, transform_names[i])) {
            return (int)i;
        }
    }
    return -1;
}

static void *fail_at(struct parser *p, size_t offset, const char *what, const char *word, size_t length)
{
    struct place at = phrase_place(p->lexer.phrase, offset);
    if (word) {
        source_error(p->err, at, "%s '%.*s'", what, (int)(length > 60 ? 60 : length), word);
    } else {
        source_error(p->err, at, "%s", what);
    }
    return NULL;
}

static void *unexpected(struct parser *p, const struct token *token, const char *expected)
{
    if (token->type == TOKEN_BAD) {
        return fail_at(p, token->offset, token->text, NULL, 0);
    }
    if (token->type == TOKEN_END) {
        source_error(p->err, phrase_place(p->lexer.phrase, token->offset),
                     "the condition ends where %s should be", expected);
        return NULL;
    }
    source_error(p->err, phrase_place(p->lexer.phrase, token->offset), "'%.*s' where %s should be",
                 (int)(token->length > 60 ? 60 : token->length), token->text, expected);
    return NULL;
}

static struct text keep(struct parser *p, const char *s, size_t n)
{
    return (struct text){arena_copy(p->arena, s, n), n};
}

/* Splits "proc.aname[2]" into the field and its argument. */
static bool set_field(struct parser *p, const struct token *token, struct ast_operand *operand)
{
    const char *open = memchr(token->text, '[', token->length);
    size_t name = open ? (size_t)(open - token->text) : token->length;
    operand->field = keep(p, token->text, name);
    operand->offset = token->offset;
    if (open) {
        const char *arg = open + 1;
        size_t n = token->length - name - 2;
        if (n >= 2 && (arg[0] == '"' || arg[0] == '\'') && arg[n - 1] == arg[0]) {
            operand->arg.s = lexer_unquote(p->arena, arg, n, &operand->arg.n);
        } else {
            operand->arg = keep(p, arg, n);
        }
        if (!operand->arg.s) {
            operand->field.s = NULL;
        }
    }
    return operand->field.s || fail_at(p, token->offset, "out of memory", NULL, 0);
}

/* "tolower(basename(proc.exe))": `token`, the first word, is consumed. */
static bool operand_from(struct parser *p, struct token token, struct ast_operand *operand)
{
    unsigned open = 0;
    for (;;) {
        if (token.type != TOKEN_WORD) {
            return unexpected(p, &token, "a field");
        }
        struct token next = lexer_peek(&p->lexer, LEX_FIELD);
        if (next.type != TOKEN_OPEN || memchr(token.text, '.', token.length)) {
            break;
        }
        int transform = transform_find(&token);
        if (transform < 0) {
            return fail_at(p, token.offset, "there is no transformer", token.text, token.length);
        }
        if (operand->count == TRANSFORMS_MAX) {
            return fail_at(p, token.offset, "too many transformers in one another", NULL, 0);
        }
        operand->transforms[operand->count++] = (enum transform)transform;
        open++;
        lexer_next(&p->lexer, LEX_FIELD);
        token = lexer_next(&p->lexer, LEX_FIELD);
    }
    if (!set_field(p, &token, operand)) {
        return false;
    }
    while (open--) {
        struct token close = lexer_next(&p->lexer, LEX_FIELD);
        if (close.type != TOKEN_CLOSE) {
            return unexpected(p, &close, "')'");
        }
    }
    return true;
}

static struct ast *new_node(struct parser *p, enum ast_type type, size_t offset)
{
    struct ast *node = arena_alloc(p->arena, sizeof(*node));
    if (!node) {
        return fail_at(p, offset, "out of memory", NULL, 0);
    }
    node->type = type;
    node->phrase = p->lexer.phrase;
    node->offset = offset;
    return node;
}

static bool add_value(struct parser *p, struct ast *test, const struct token *token)
{
    if (token->type != TOKEN_WORD && token->type != TOKEN_STRING) {
        return unexpected(p, token, "a value");
    }
    struct ast_value *value =
        arena_append(p->arena, &test->values, &test->value_count, sizeof(*test->values));
    if (!value) {
        return fail_at(p, token->offset, "out of memory", NULL, 0);
    }
    value->text = token->type == TOKEN_STRING ? (struct text){token->text, token->length}
                                              : keep(p, token->text, token->length);
    value->offset = token->offset;
    value->quoted = token->type == TOKEN_STRING;
    return value->text.s || fail_at(p, token->offset, "out of memory", NULL, 0);
}

/* After "(": values up to ")". */
static bool parse_values(struct parser *p, struct ast *test)
{
    struct token token = lexer_next(&p->lexer, LEX_VALUE);
    if (token.type == TOKEN_CLOSE) {
        return true;
    }
    for (;;) {
        if (!add_value(p, test, &token)) {
            return false;
        }
        token = lexer_next(&p->lexer, LEX_VALUE);
        if (token.type == TOKEN_CLOSE) {
            return true;
        }
        if (token.type != TOKEN_COMMA) {
            return unexpected(p, &token, "',' or ')'");
        }
        token = lexer_next(&p->lexer, LEX_VALUE);
    }
}

/* "val(fd.name)" or "tolower(fd.name)" on the right: the first word is in `token`, and "(" is next. */
static bool parse_right_field(struct parser *p, struct ast *test, struct token token)
{
    test->to_field = true;
    if (!token_is(&token, "val")) {
        return operand_from(p, token, &test->right);
    }
    lexer_next(&p->lexer, LEX_FIELD);
    if (!operand_from(p, lexer_next(&p->lexer, LEX_FIELD), &test->right)) {
        return false;
    }
    struct token close = lexer_next(&p->lexer, LEX_FIELD);
    return close.type == TOKEN_CLOSE || unexpected(p, &close, "')'");
}

static bool parse_right(struct parser *p, struct ast *test)
{
    struct token token = lexer_next(&p->lexer, LEX_VALUE);
    bool call = token.type == TOKEN_WORD && lexer_peek(&p->lexer, LEX_VALUE).type == TOKEN_OPEN &&
                (token_is(&token, "val") || transform_find(&token) >= 0);
    if (call) {
        return parse_right_field(p, test, token);
    }
    if (!op_takes_list(test->op)) {
        return add_value(p, test, &token);
    }
    if (token.type == TOKEN_OPEN) {
        return parse_values(p, test);
    }
    if (token.type != TOKEN_WORD) {
        return unexpected(p, &token, "'(' or a list's name");
    }
    test->name = keep(p, token.text, token.length);
    return test->name.s || fail_at(p, token.offset, "out of memory", NULL, 0);
}

/* A word that stands alone is a macro; one before an operator is a field. */
static bool ends_test(const struct token *token)
{
    return token->type == TOKEN_END || token->type == TOKEN_CLOSE || token_is(token, "and") ||
           token_is(token, "or");
}

static struct ast *parse_test(struct parser *p, const struct token *word)
{
    struct token next = lexer_peek(&p->lexer, LEX_FIELD);
    struct ast *node = new_node(p, AST_TEST, word->offset);
    if (!node) {
        return NULL;
    }
    if (ends_test(&next)) {
        node->type = AST_NAME;
        node->name = keep(p, word->text, word->length);
        return node->name.s ? node : fail_at(p, word->offset, "out of memory", NULL, 0);
    }
    if (!operand_from(p, *word, &node->left)) {
        return NULL;
    }
    struct token op = lexer_next(&p->lexer, LEX_FIELD);
    if (op.type != TOKEN_OPERATOR && op.type != TOKEN_WORD) {
        return unexpected(p, &op, "an operator");
    }
    node->op = op_find(op.text, op.length);
    if (node->op == OP_COUNT) {
        return fail_at(p, op.offset, "there is no operator", op.text, op.length);
    }
    return node->op == OP_EXISTS || parse_right(p, node) ? node : NULL;
}

static struct ast *parse_or(struct parser *p);

static struct ast *parse_not(struct parser *p)
{
    struct token token = lexer_next(&p->lexer, LEX_FIELD);
    if (++p->depth > DEPTH_MAX) {
        return fail_at(p, token.offset, "the condition is nested too deeply", NULL, 0);
    }
    struct ast *node = NULL;
    if (token_is(&token, "not")) {
        node = new_node(p, AST_NOT, token.offset);
        if (node && !(node->first = parse_not(p))) {
            node = NULL;
        }
    } else if (token.type == TOKEN_OPEN) {
        node = parse_or(p);
        struct token close = node ? lexer_next(&p->lexer, LEX_FIELD) : token;
        if (node && close.type != TOKEN_CLOSE) {
            node = unexpected(p, &close, "'and', 'or' or ')'");
        }
    } else if (token.type == TOKEN_WORD && !token_is(&token, "and") && !token_is(&token, "or")) {
        node = parse_test(p, &token);
    } else {
        node = unexpected(p, &token, "a field, a macro or '('");
    }
    p->depth--;
    return node;
}

/* operand (WORD operand)*: one node with all operands, so that long chains make no deep tree. */
static struct ast *parse_chain(struct parser *p, enum ast_type type, const char *word,
                               struct ast *(*operand)(struct parser *))
{
    struct ast *first = operand(p);
    struct token token = lexer_peek(&p->lexer, LEX_FIELD);
    if (!first || !token_is(&token, word)) {
        return first;
    }
    struct ast *chain = new_node(p, type, first->offset);
    if (!chain) {
        return NULL;
    }
    chain->first = first;
    while (token_is(&token, word)) {
        lexer_next(&p->lexer, LEX_FIELD);
        first->next = operand(p);
        if (!first->next) {
            return NULL;
        }
        first = first->next;
        token = lexer_peek(&p->lexer, LEX_FIELD);
    }
    return chain;
}

static struct ast *parse_and(struct parser *p)
{
    return parse_chain(p, AST_AND, "and", parse_not);
}

static struct ast *parse_or(struct parser *p)
{
    return parse_chain(p, AST_OR, "or", parse_and);
}

struct ast *parse_condition(struct arena *arena, const struct phrase *phrase, struct error *err)
{
    struct parser p = {.lexer = {.phrase = phrase, .arena = arena}, .arena = arena, .err = err};
    struct ast *node = parse_or(&p);
    struct token end = node ? lexer_next(&p.lexer, LEX_FIELD) : (struct token){TOKEN_END, "", 0, 0};
    return node && end.type != TOKEN_END ? unexpected(&p, &end, "'and', 'or' or the end") : node;
}

bool parse_operand(struct arena *arena, const struct phrase *phrase, size_t *offset,
                   struct ast_operand *operand, struct error *err)
{
    struct parser p = {
        .lexer = {.phrase = phrase, .arena = arena, .offset = *offset}, .arena = arena, .err = err};
    *operand = (struct ast_operand){.count = 0};
    bool ok = operand_from(&p, lexer_next(&p.lexer, LEX_FIELD), operand);
    *offset = p.lexer.offset;
    return ok;
}
