#include "supervisor/act.h"

#include <errno.h>

#include "decode/render.h"

const char *action_done(const struct action *action)
{
    switch (action->type) {
    case ACTION_DENY: {
        const char *name = errno_name(action->error);
        return name ? name : "an error";
    }
    case ACTION_KILL_PROCESS:
    case ACTION_KILL_THREAD:
        return "killed";
    case ACTION_RETURN:
        return "another result";
    case ACTION_DELAY:
        return "delayed";
    case ACTION_STOP:
        return "stopped";
    case ACTION_ALERT:
    case ACTION_ALLOW:
        break;
    }
    return NULL;
}

void action_apply(const struct action *action, struct event *event, struct verdict *verdict)
{
    switch (action->type) {
    case ACTION_KILL_PROCESS:
    case ACTION_KILL_THREAD:
        verdict->kill = action->type == ACTION_KILL_PROCESS;
        verdict->kill_thread = action->type == ACTION_KILL_THREAD;
        verdict->deny = true; /* should that fail */
        verdict->error = EPERM;
        break;
    case ACTION_DENY:
        verdict->deny = true;
        verdict->error = action->error;
        break;
    case ACTION_RETURN:
        verdict->deny = true;
        verdict->error = 0;
        verdict->value = action->value;
        break;
    case ACTION_DELAY:
        verdict->delay_ns = action->value > verdict->delay_ns ? action->value : verdict->delay_ns;
        event->injected |= INJECTED_DELAY;
        break;
    case ACTION_STOP:
        verdict->stop = true;
        break;
    case ACTION_ALERT:
    case ACTION_ALLOW:
        break;
    }
}
