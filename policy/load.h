/*
 * Rule files (YAML) into struct rules.
 */
#ifndef PROCTOR_POLICY_LOAD_H
#define PROCTOR_POLICY_LOAD_H

#include "policy/rules.h"
#include "policy/yaml.h"

/*
 * Adds what a parsed file holds. The document may be freed afterwards; the source must stay for error
 * messages. Returns 0, or a negative errno with err naming the place.
 */
int load_rules(struct rules *rules, const struct yaml *yaml, struct error *err);

#endif
