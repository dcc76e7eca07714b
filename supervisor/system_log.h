/*
 * The system's log, in the form that syslog(3) writes to /dev/log (RFC 3164). syslog(3) itself has one state
 * for the whole program, and says nothing of a log that is not there.
 */
#ifndef PROCTOR_SUPERVISOR_SYSTEM_LOG_H
#define PROCTOR_SUPERVISOR_SYSTEM_LOG_H

#include <stddef.h>

#include "decode/base/error.h"

struct system_log {
    int fd; /* -1: not connected */
};

/* Connects. Returns 0 or a negative errno with err; system_log_close is due in both cases. */
int system_log_open(struct system_log *log, struct error *err);
void system_log_close(struct system_log *log);

/*
 * Sends one message of n bytes, without a newline. severity: 0 (emergency) to 7 (debug), as in syslog(3) and
 * in Falco. Never waits: returns 0, or a negative errno where the log did not take it (-EAGAIN: it is full).
 */
int system_log_send(struct system_log *log, int severity, const char *message, size_t n);

#endif
