/*
 * What this kernel and this caller can do, found out by trying it.
 */
#ifndef PROCTOR_LAUNCHER_FEATURES_H
#define PROCTOR_LAUNCHER_FEATURES_H

#include "decode/base/buf.h"

/*
 * Tries each feature in a child process and appends a line each to out: "name: yes" or "name: no (why)".
 * Returns 0 if programs can be traced, -ENOSYS or another negative errno if something that tracing needs is
 * missing.
 */
int features_describe(struct buf *out);

#endif
