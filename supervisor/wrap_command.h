/* The command line of proctor profile-wrap. */
#ifndef PROCTOR_SUPERVISOR_WRAP_COMMAND_H
#define PROCTOR_SUPERVISOR_WRAP_COMMAND_H

#include "decode/base/buf.h"
#include "decode/base/error.h"

/*
 * PROFILE --trace LIST --listener SOCKET [--metadata TEXT], from argv[1] on: the wrapped profile goes to
 * `out`, what is to be said about it to `notes`, a line each. Returns 0, or a negative errno with err filled:
 * -EINVAL for a wrong command line or file.
 */
int wrap_command(int argc, char **argv, struct buf *out, struct buf *notes, struct error *err);

#endif
