/* Paths as strings: joining and normalising, without a look at any file system. */
#ifndef PROCTOR_DECODE_PATH_H
#define PROCTOR_DECODE_PATH_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Writes to out (n bytes, NUL-terminated) the absolute form of `path`: joined to `base` (an absolute
 * directory, or NULL: not known) unless it is absolute already, with "//", "/./" and "/../" resolved
 * lexically. Returns its length, -ENOENT when it is relative and base is not known, or -ENAMETOOLONG.
 */
ssize_t path_absolute(const char *base, const char *path, size_t length, char *out, size_t n);

#endif
