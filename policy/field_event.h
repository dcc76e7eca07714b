/* Getters of the fields that an event itself answers: evt.*, syscall.*, fs.path.*. */
#ifndef PROCTOR_POLICY_FIELD_EVENT_H
#define PROCTOR_POLICY_FIELD_EVENT_H

#include "policy/fields.h"

/* Which errors get_evt_error counts. */
enum { ERROR_ANY, ERROR_FILE, ERROR_NET, ERROR_MEMORY, ERROR_OTHER };

/* What calls do, for get_evt_does. */
enum { DOES_READ = 1, DOES_WRITE = 2, DOES_WAIT = 4 };

field_get get_evt_error, get_evt_type_is, get_evt_does, get_evt_io_dir, get_evt_wait_latency;
field_get get_evt_num, get_evt_type, get_evt_dir, get_evt_category, get_evt_source, get_evt_time,
    get_evt_rawtime, get_evt_latency, get_evt_arg, get_evt_rawarg, get_evt_args, get_evt_res, get_evt_rawres,
    get_evt_failed, get_evt_true, get_evt_open, get_evt_one, get_evt_hostname, get_evt_buffer, get_evt_buflen,
    get_evt_path, get_fs_path, get_nothing;

/* Forms of evt.time and its kin, and of evt.is_open_*: the `offset` of a field. */
enum { TIME_CLOCK, TIME_CLOCK_S, TIME_ISO8601, TIME_DATE, TIME_DATE_S, TIME_RAW, TIME_RAW_S, TIME_RAW_NS };
enum { OPEN_READ, OPEN_WRITE, OPEN_EXEC, OPEN_CREATE };
enum { PATH_NAME, PATH_NAMERAW, PATH_SOURCE, PATH_SOURCERAW, PATH_TARGET, PATH_TARGETRAW };

/* Permission bits by name. */
extern const struct xlat xlat_mode_names;

/* "Arguments" of openat2 that are members of struct open_how: flags, mode, resolve. */
enum { ARGUMENT_OF_HOW = CALL_ARGS_MAX };

/*
 * Which argument of each call an evt.arg name means, by call: the kernel's name for it, or Falco's. NULL when
 * memory ran out.
 */
const int8_t *event_arguments(struct arena *arena, const struct text *name);

/* Appends a timestamp in one of the forms above. */
void event_time(struct buf *out, int64_t time_ns, unsigned form);

#endif
