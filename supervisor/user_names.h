/*
 * The names of users and groups, as this machine's name service has them. Each is asked for once: a look-up
 * reads files, or asks a server.
 */
#ifndef PROCTOR_SUPERVISOR_USER_NAMES_H
#define PROCTOR_SUPERVISOR_USER_NAMES_H

#include <stdint.h>

struct user_name {
    struct user_name *next;
    int64_t id;
    char *name; /* NULL: the id has none; the same below */
    char *home;
    char *shell;
};

/* Zeroed at first. */
struct user_names {
    struct user_name *users;
    struct user_name *groups; /* name only */
};

/* Releases all names; it is as at first. */
void user_names_free(struct user_names *names);

/* NULL for a negative id, and when memory ran out. Valid until user_names_free. */
const struct user_name *user_names_find(struct user_names *names, int64_t uid);

/* The name of a group, or NULL. */
const char *group_names_find(struct user_names *names, int64_t gid);

#endif
