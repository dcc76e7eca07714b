/* Kinds of the calls that read and change user ids, groups and capabilities. */
#ifndef PROCTOR_DECODE_KINDS_CREDS_H
#define PROCTOR_DECODE_KINDS_CREDS_H

#include "decode/decoder.h"

/* Those of calls that take 16-bit ids on i386 have _old in their names. */
extern const struct kind kind_id_out, kind_id_old_out;         /* [1000] */
extern const struct kind kind_groups, kind_groups_old;         /* as many as the argument before it says */
extern const struct kind kind_groups_out, kind_groups_old_out; /* as many as the result says */

extern const struct kind kind_cap_header;      /* {version=_LINUX_CAPABILITY_VERSION_3, pid=0} */
extern const struct kind kind_cap_header_kept; /* of capget */
extern const struct kind kind_cap_data; /* {effective=1<<CAP_CHOWN, ...}; the header is the first argument */
extern const struct kind kind_cap_data_out;

/* CAP_CHOWN for its number. */
extern const struct xlat xlat_capability;

#endif
