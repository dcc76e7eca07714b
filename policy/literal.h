/*
 * What a text must contain to match a pattern: the pattern's longest piece without special characters.
 */
#ifndef PROCTOR_POLICY_LITERAL_H
#define PROCTOR_POLICY_LITERAL_H

#include "policy/ast.h"

/*
 * A part of the shell pattern; empty where there is none. Escaped characters end a piece.
 */
struct text literal_of_glob(struct text pattern);

/*
 * The same for a regular expression that policy/regex.h takes; what comes behind a group or a set is not
 * looked at. Empty also where there is a choice in it.
 */
struct text literal_of_regex(struct text pattern);

#endif
