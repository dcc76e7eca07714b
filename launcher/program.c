/* What to start and as whom: PATH, users, capability names. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "launcher/launch.h"

int identity_lookup(const char *name, struct identity *identity, struct error *err)
{
    char *end;
    unsigned long number = strtoul(name, &end, 10);
    bool numeric = *name && !*end;
    const struct passwd *entry = numeric ? getpwuid((uid_t)number) : getpwnam(name);

    if (!entry && !numeric) {
        return error_set(err, ENOENT, "-u: there is no user '%s'", name);
    }
    *identity = (struct identity){.set = true,
                                  .uid = entry ? entry->pw_uid : (uid_t)number,
                                  .gid = entry ? entry->pw_gid : (gid_t)number};
    int count = (int)ARRAY_SIZE(identity->groups);
    if (entry) {
        if (getgrouplist(entry->pw_name, entry->pw_gid, identity->groups, &count) < 0) {
            return error_set(err, E2BIG, "-u: user '%s' is in more than %zu groups", name,
                             ARRAY_SIZE(identity->groups));
        }
        identity->group_count = (size_t)count;
    }
    return 0;
}

static int parse_capability(const char *name, size_t length, uint64_t *mask, struct error *err)
{
    char text[64];
    cap_value_t cap;
    const char *prefix = length >= 4 && strncasecmp(name, "cap_", 4) == 0 ? "" : "cap_";
    snprintf(text, sizeof(text), "%s%.*s", prefix, (int)length, name);
    if (cap_from_name(text, &cap) < 0) {
        return error_set(err, EINVAL, "--drop-caps: there is no capability '%.*s'", (int)length, name);
    }
    *mask |= UINT64_C(1) << cap;
    return 0;
}

int capabilities_parse(const char *list, uint64_t *mask, struct error *err)
{
    *mask = 0;
    if (strcmp(list, "all") == 0) {
        for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
            *mask |= UINT64_C(1) << cap;
        }
        return 0;
    }
    while (*list) {
        size_t length = strcspn(list, ",");
        int ret = parse_capability(list, length, mask, err);
        if (ret < 0) {
            return ret;
        }
        list += length + (list[length] == ',');
    }
    return 0;
}

/* 0 if the file can be executed, else -EACCES or what stat said. */
static int executable(const char *path)
{
    struct stat st;
    if (stat(path, &st) < 0) {
        return -errno;
    }
    return S_ISREG(st.st_mode) && access(path, X_OK) == 0 ? 0 : -EACCES;
}

static const char *variable(char *const *environment, const char *name)
{
    size_t length = strlen(name);
    for (; *environment; environment++) {
        if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=') {
            return *environment + length + 1;
        }
    }
    return NULL;
}

static int search_path(const char *command, const char *path, char **found)
{
    int ret = -ENOENT;
    for (const char *at = path; at; at = strchr(at, ':') ? strchr(at, ':') + 1 : NULL) {
        size_t length = strcspn(at, ":");
        cleanup_free char *candidate = NULL;
        if (asprintf(&candidate, "%.*s%s%s", (int)length, at, length ? "/" : "./", command) < 0) {
            candidate = NULL;
            return -ENOMEM;
        }
        int here = executable(candidate);
        if (here == 0) {
            *found = candidate;
            candidate = NULL;
            return 0;
        }
        ret = here == -EACCES ? here : ret;
    }
    return ret;
}

int find_program(const char *command, char *const *environment, char **path, struct error *err)
{
    int ret;
    *path = NULL;
    if (strchr(command, '/')) {
        ret = executable(command);
        if (ret == 0) {
            *path = strdup(command);
            ret = *path ? 0 : -ENOMEM;
        }
    } else {
        const char *search = variable(environment, "PATH");
        ret = search_path(command, search ? search : "/bin:/usr/bin", path);
    }
    return ret == 0 ? 0 : error_errno(err, -ret, "can't run '%s'", command);
}

char **environment_change(char *const *environment, char *const *changes, size_t change_count)
{
    size_t count = 0;
    while (environment[count]) {
        count++;
    }
    char **made = calloc(count + change_count + 1, sizeof(*made));
    if (!made) {
        return NULL;
    }
    memcpy(made, environment, count * sizeof(*made));
    for (size_t i = 0; i < change_count; i++) {
        size_t length = strcspn(changes[i], "=");
        size_t kept = 0;
        for (size_t k = 0; k < count; k++) {
            if (strncmp(made[k], changes[i], length) != 0 || made[k][length] != '=') {
                made[kept++] = made[k];
            }
        }
        count = kept;
        if (changes[i][length] == '=') {
            made[count++] = changes[i];
        }
        made[count] = NULL;
    }
    return made;
}
