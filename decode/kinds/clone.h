/* Kinds of clone and clone3, and of the calls that enter and leave namespaces. */
#ifndef PROCTOR_DECODE_KINDS_CLONE_H
#define PROCTOR_DECODE_KINDS_CLONE_H

#include "decode/decoder.h"

/* The arguments of clone; the last three are shown only where the flags use them. */
extern const struct xlat xlat_clone_flags; /* without the signal */

extern const struct kind kind_clone_flags;
extern const struct kind kind_clone_parent_tid;
extern const struct kind kind_clone_tls;
extern const struct kind kind_clone_child_tid;

extern const struct kind kind_clone_args; /* clone3's; the next argument is their size */
extern const struct kind kind_setns_flags;
extern const struct kind kind_unshare_flags;
extern const struct xlat xlat_setns_flags; /* CLONE_NEWNET */

#endif
