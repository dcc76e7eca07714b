/*
 * Conditions to trees.
 *
 *   or   := and ("or" and)*
 *   and  := not ("and" not)*
 *   not  := "not" not | "(" or ")" | MACRO | test
 *   test := operand OPERATOR (value | list | operand)
 *   list := "(" value ("," value)* ")" | LIST
 */
#ifndef PROCTOR_POLICY_PARSER_H
#define PROCTOR_POLICY_PARSER_H

#include "policy/ast.h"

/* Parses a phrase. NULL with err set; the tree belongs to the arena and points into the phrase. */
struct ast *parse_condition(struct arena *arena, const struct phrase *phrase, struct error *err);

/* Parses one operand, as in the output's %fields: "tolower(proc.name)". Advances *offset; false with err. */
bool parse_operand(struct arena *arena, const struct phrase *phrase, size_t *offset,
                   struct ast_operand *operand, struct error *err);

/* The operator as rules write it: "startswith". */
const char *op_name(enum op op);

/* The operator of this name; OP_COUNT where there is none. */
enum op op_find(const char *name, size_t length);

/* Whether the right side of an operator is a list. */
bool op_takes_list(enum op op);

#endif
