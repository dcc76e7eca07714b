#include "policy/lexer.h"

#include <ctype.h>
#include <string.h>

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-';
}

static bool ends_value(char c)
{
    return c == 0 || isspace((unsigned char)c) || strchr("(),=\"'", c);
}

static struct token bad(size_t offset, const char *what)
{
    return (struct token){TOKEN_BAD, what, strlen(what), offset};
}

char *lexer_unquote(struct arena *arena, const char *quoted, size_t length, size_t *meant)
{
    static const char letters[] = "bfnrt\"'\\/";
    static const char meanings[] = "\b\f\n\r\t\"'\\/";
    char *text = arena_alloc(arena, length + 1);
    size_t n = 0;
    for (size_t i = 1; text && i + 1 < length; i++) {
        const char *letter = quoted[i] == '\\' && i + 2 < length ? strchr(letters, quoted[i + 1]) : NULL;
        if (letter && *letter) {
            text[n++] = meanings[letter - letters];
            i++;
        } else {
            text[n++] = quoted[i];
        }
    }
    *meant = n;
    return text;
}

static struct token lex_string(struct lexer *lexer)
{
    const char *text = lexer->phrase->text;
    size_t start = lexer->offset;
    char quote = text[start];
    size_t end = start + 1;
    while (text[end] && text[end] != quote) {
        end += text[end] == '\\' && text[end + 1] ? 2 : 1;
    }
    if (!text[end]) {
        return bad(start, "this quote is never closed");
    }
    lexer->offset = end + 1;
    struct token token = {.type = TOKEN_STRING, .offset = start};
    token.text = lexer_unquote(lexer->arena, text + start, end + 1 - start, &token.length);
    return token.text ? token : bad(start, "out of memory");
}

/* The argument of a field, "[...]": quotes in it may hide a bracket. Returns the offset after it, or 0. */
static size_t skip_argument(const char *text, size_t at)
{
    char quote = 0;
    for (at++; text[at]; at++) {
        if (quote) {
            quote = text[at] == quote ? 0 : quote;
        } else if (text[at] == '"' || text[at] == '\'') {
            quote = text[at];
        } else if (text[at] == ']') {
            return at + 1;
        }
    }
    return 0;
}

static struct token lex_word(struct lexer *lexer, enum lexer_mode mode)
{
    const char *text = lexer->phrase->text;
    size_t start = lexer->offset;
    size_t end = start;
    if (mode == LEX_VALUE) {
        while (!ends_value(text[end])) {
            end++;
        }
    } else {
        bool field = false; /* a macro's name may have a '-', a field's may not: "%proc.name-%proc.pid" */
        while (is_name(text[end]) && !(field && text[end] == '-')) {
            field = field || text[end] == '.';
            end++;
        }
        if (text[end] == '[' && end > start) {
            end = skip_argument(text, end);
            if (!end) {
                return bad(start, "this field's '[' is never closed");
            }
        }
    }
    if (end == start) {
        return bad(start, "unexpected character");
    }
    lexer->offset = end;
    return (struct token){TOKEN_WORD, text + start, end - start, start};
}

struct token lexer_next(struct lexer *lexer, enum lexer_mode mode)
{
    const char *text = lexer->phrase->text;
    while (isspace((unsigned char)text[lexer->offset])) {
        lexer->offset++;
    }
    size_t start = lexer->offset;
    char c = text[start];
    if (!c) {
        return start < lexer->phrase->length ? bad(start, "unexpected NUL byte")
                                             : (struct token){TOKEN_END, "", 0, start};
    }
    if (c == '(' || c == ')' || c == ',') {
        lexer->offset++;
        return (struct token){c == '('   ? TOKEN_OPEN
                              : c == ')' ? TOKEN_CLOSE
                                         : TOKEN_COMMA,
                              text + start, 1, start};
    }
    if (c == '"' || c == '\'') {
        return lex_string(lexer);
    }
    if (c == '=' || (mode == LEX_FIELD && (c == '<' || c == '>' || (c == '!' && text[start + 1] == '=')))) {
        size_t length = text[start + 1] == '=' ? 2 : 1;
        lexer->offset += length;
        return (struct token){TOKEN_OPERATOR, text + start, length, start};
    }
    return lex_word(lexer, mode);
}

struct token lexer_peek(const struct lexer *lexer, enum lexer_mode mode)
{
    struct lexer copy = *lexer;
    return lexer_next(&copy, mode);
}

bool token_is(const struct token *token, const char *word)
{
    return token->type == TOKEN_WORD && token->length == strlen(word) &&
           !memcmp(token->text, word, token->length);
}
