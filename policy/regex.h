/*
 * Regular expressions that match in time linear in the text and without allocation, whatever the pattern: the
 * text is hostile. The syntax is RE2's, which rules are written for: . [a-z] () (?:) | * + ? {m,n} ^ $, the
 * classes \d \w \s and their opposites, and (?i) at the beginning. What RE2 refuses (references back, looking
 * around) is refused; \b and Unicode classes are, too.
 */
#ifndef PROCTOR_POLICY_REGEX_H
#define PROCTOR_POLICY_REGEX_H

#include "policy/ast.h"

struct regex;

/* Compiles; the result belongs to the arena. NULL with *why saying what is wrong. */
const struct regex *regex_compile(struct arena *arena, const char *pattern, size_t length, const char **why);

/* Whether the whole text matches. */
bool regex_matches(const struct regex *regex, struct text text);

#endif
