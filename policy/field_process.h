/* Getters of proc.*, thread.*, user.*, group.*, container.*, k8s.*: facts of a process or of its ancestors.
 */
#ifndef PROCTOR_POLICY_FIELD_PROCESS_H
#define PROCTOR_POLICY_FIELD_PROCESS_H

#include "policy/fields.h"

/* Which process a field is about: `ancestor` of struct field. 0 is the process itself, 1 its parent. */
enum { ANCESTOR_ARG = -1, ANCESTOR_SESSION = -2, ANCESTOR_GROUP = -3 };

/* The member at `offset` of the group `group`, by its type in C. */
field_get get_proc_string, get_proc_text, get_proc_pid, get_proc_int64, get_proc_flag, get_proc_caps;

/* Made from several members. */
field_get get_proc_env, get_proc_leader, get_proc_duration, get_proc_age, get_proc_nameargs, get_thread_tid,
    get_thread_vtid, get_thread_main;

/* The member at `offset` of the container. */
field_get get_container_string, get_container_id, get_container_info, get_container_privileged,
    get_container_started;

#endif
