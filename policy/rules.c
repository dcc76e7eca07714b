#include "policy/rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "decode/base/time.h"
#include "decode/render.h"

static const char *const priority_names[PRIORITY_COUNT] = {
    [PRIORITY_EMERGENCY] = "Emergency",
    [PRIORITY_ALERT] = "Alert",
    [PRIORITY_CRITICAL] = "Critical",
    [PRIORITY_ERROR] = "Error",
    [PRIORITY_WARNING] = "Warning",
    [PRIORITY_NOTICE] = "Notice",
    [PRIORITY_INFORMATIONAL] = "Informational",
    [PRIORITY_DEBUG] = "Debug",
};

const char *priority_name(enum priority priority)
{
    return priority_names[priority];
}

int priority_find(const char *name, size_t length)
{
    if (length == 4 && !strncasecmp(name, "info", 4)) {
        return PRIORITY_INFORMATIONAL;
    }
    for (int i = 0; i < PRIORITY_COUNT; i++) {
        if (strlen(priority_names[i]) == length && !strncasecmp(priority_names[i], name, length)) {
            return i;
        }
    }
    return -1;
}

static bool errno_parse(const char *text, int *error)
{
    char *end;
    long code = strtol(text, &end, 10);
    bool number = end != text && !*end && result_is_error(-code);
    *error = number ? (int)code : errno_find(text, strlen(text));
    return *error != 0;
}

bool action_parse(const char *text, struct action *action)
{
    static const struct {
        const char *word;
        enum action_type type;
    } words[] = {{"alert", ACTION_ALERT},
                 {"allow", ACTION_ALLOW},
                 {"deny", ACTION_DENY},
                 {"kill", ACTION_KILL_PROCESS},
                 {"kill process", ACTION_KILL_PROCESS},
                 {"kill thread", ACTION_KILL_THREAD},
                 {"stop", ACTION_STOP}};
    *action = (struct action){.error = EPERM};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!strcmp(text, words[i].word)) {
            action->type = words[i].type;
            return true;
        }
    }
    if (!strncmp(text, "deny ", 5)) {
        action->type = ACTION_DENY;
        return errno_parse(text + 5, &action->error);
    }
    if (!strncmp(text, "return ", 7)) {
        char *end;
        action->type = ACTION_RETURN;
        action->value = strtoll(text + 7, &end, 0);
        return text[7] && !*end;
    }
    action->type = ACTION_DELAY;
    return !strncmp(text, "delay ", 6) && duration_parse(text + 6, NULL, &action->value);
}
