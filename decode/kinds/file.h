/* Kinds of the file family: what open, stat, chmod, mount and their kin take. */
#ifndef PROCTOR_DECODE_KINDS_FILE_H
#define PROCTOR_DECODE_KINDS_FILE_H

#include "decode/decoder.h"

extern const struct xlat xlat_open_flags; /* without the access mode */
extern const struct kind kind_open_flags;
extern const struct kind kind_open_mode; /* shown only where the flags before it create a file */
extern const struct kind kind_access_mode;

#endif
