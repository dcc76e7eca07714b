/*
 * Conditions cut into tokens.
 *
 * What a word may contain depends on where it stands: a field ends at an operator ("fd.num>=0"), a value only
 * at white space, a quote or one of "(),=" ("runc:[0:PARENT]", "<NA>"). So the parser says which it expects.
 */
#ifndef PROCTOR_POLICY_LEXER_H
#define PROCTOR_POLICY_LEXER_H

#include "policy/phrase.h"

enum token_type {
    TOKEN_END,
    TOKEN_WORD,     /* a bare word: a field with its argument, a name, a keyword, a value */
    TOKEN_STRING,   /* in quotes; text is what it means */
    TOKEN_OPERATOR, /* = == != < <= > >= */
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COMMA,
    TOKEN_BAD, /* text says what is wrong */
};

struct token {
    enum token_type type;
    const char *text; /* in the phrase, or in the arena for strings with escapes */
    size_t length;
    size_t offset; /* where it begins in the phrase */
};

enum lexer_mode { LEX_FIELD, LEX_VALUE };

struct lexer {
    const struct phrase *phrase;
    struct arena *arena;
    size_t offset;
};

/* The next token; it is consumed. */
struct token lexer_next(struct lexer *lexer, enum lexer_mode mode);

/* The next token without consuming it. */
struct token lexer_peek(const struct lexer *lexer, enum lexer_mode mode);

/* Whether a token is this word. */
bool token_is(const struct token *token, const char *word);

/*
 * What is between the quotes of a quoted string of `length` bytes, escapes undone: NUL-terminated in the
 * arena, its length in *meant. NULL when memory ran out. \" \' \\ \/ \b \f \n \r \t are escapes; a backslash
 * before anything else is itself, so that a regular expression can be written plainly.
 */
char *lexer_unquote(struct arena *arena, const char *quoted, size_t length, size_t *meant);

#endif
