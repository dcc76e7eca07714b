/*
 * YAML and JSON files (JSON is a subset of YAML) through libfyaml, as the loaders need them: nodes with their
 * places, and one-line errors.
 */
#ifndef PROCTOR_POLICY_YAML_H
#define PROCTOR_POLICY_YAML_H

#include "policy/source.h"

struct fy_document;
struct fy_node;

enum yaml_kind { YAML_NULL, YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml {
    const struct source *source;
    struct fy_document *document;
    struct fy_node *root; /* NULL: an empty file */
};

/* Parses a source, which must stay as long as the document. Returns 0 or a negative errno with err. */
int yaml_parse(struct yaml *yaml, const struct source *source, struct error *err);
/* The same for a source that has to be JSON (RFC 8259). */
int yaml_parse_json(struct yaml *yaml, const struct source *source, struct error *err);
void yaml_free(struct yaml *yaml);

/* node may be NULL (a null value). Aliases are followed. */
enum yaml_kind yaml_kind(const struct yaml *yaml, struct fy_node *node);

/* Where a node begins. */
struct place yaml_place(const struct yaml *yaml, struct fy_node *node);

/* The text of a scalar, which belongs to the document. A null is the empty text. */
struct scalar yaml_scalar(const struct yaml *yaml, struct fy_node *node);

/* Whether a scalar was written in quotes: "80" is a string, 80 a number. */
bool yaml_quoted(const struct yaml *yaml, struct fy_node *node);

/* Iteration: start with *state NULL. NULL at the end. */
struct fy_node *yaml_next(const struct yaml *yaml, struct fy_node *list, void **state);
bool yaml_next_pair(const struct yaml *yaml, struct fy_node *map, void **state, struct fy_node **key,
                    struct fy_node **value);

/* The value of a key, or NULL. */
struct fy_node *yaml_get(const struct yaml *yaml, struct fy_node *map, const char *key);

#endif
