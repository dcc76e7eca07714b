/* Kinds of Landlock, and of the calls that speak of security modules in general. */
#ifndef PROCTOR_DECODE_KINDS_LANDLOCK_H
#define PROCTOR_DECODE_KINDS_LANDLOCK_H

#include "decode/decoder.h"

extern const struct kind kind_landlock_ruleset; /* the next argument is its size */
extern const struct kind kind_landlock_create_flags;
extern const struct kind kind_landlock_restrict_flags;
extern const struct kind kind_landlock_ruleset_result; /* a descriptor, or with flags a version */
extern const struct kind kind_landlock_rule_type;
extern const struct kind kind_landlock_rule; /* the argument before it is its type */

extern const struct kind kind_lsm_attribute; /* LSM_ATTR_CURRENT */
extern const struct kind kind_lsm_context;   /* the next argument is its size */
extern const struct kind kind_lsm_contexts_out;
extern const struct kind kind_lsm_size; /* [32 => 24] */
extern const struct kind kind_lsm_flags;
extern const struct kind kind_lsm_ids_out; /* [LSM_ID_CAPABILITY, ...] */

#endif
