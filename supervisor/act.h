/* What a rule's action makes of a call. Pure. */
#ifndef PROCTOR_SUPERVISOR_ACT_H
#define PROCTOR_SUPERVISOR_ACT_H

#include "decode/event.h"
#include "policy/rules.h"
#include "supervisor/verdict.h"

/* True for those that keep the call from being made; of these the first that matches counts. */
static inline bool action_denies(enum action_type type)
{
    return type == ACTION_DENY || type == ACTION_RETURN || type == ACTION_KILL_PROCESS ||
           type == ACTION_KILL_THREAD;
}

/* True for those that let the call be made, but not at once or not freely. They add to what others do. */
static inline bool action_holds(enum action_type type)
{
    return type == ACTION_DELAY || type == ACTION_STOP;
}

/* A constant word: the error ("EACCES"), "killed", "another result", "delayed", "stopped"; NULL: nothing. */
const char *action_done(const struct action *action);

/* Adds the action to the verdict; the event is marked where it is delayed. */
void action_apply(const struct action *action, struct event *event, struct verdict *verdict);

#endif
