#include "supervisor/user_names.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MAX = 4096 };

static void free_list(struct user_name *list)
{
    while (list) {
        struct user_name *next = list->next;
        free(list->name);
        free(list->home);
        free(list->shell);
        free(list);
        list = next;
    }
}

void user_names_free(struct user_names *names)
{
    free_list(names->users);
    free_list(names->groups);
    *names = (struct user_names){.users = NULL};
}

/* The entry of an id, or a new one in front of the list, of which *new says so. */
static struct user_name *find(struct user_name **list, int64_t id, int *new)
{
    *new = 0;
    for (struct user_name *u = *list; u; u = u->next) {
        if (u->id == id) {
            return u;
        }
    }
    struct user_name *u = id < 0 ? NULL : calloc(1, sizeof(*u));
    if (u) {
        *new = 1;
        u->id = id;
        u->next = *list;
        *list = u;
    }
    return u;
}

const struct user_name *user_names_find(struct user_names *names, int64_t uid)
{
    int new;
    struct user_name *u = find(&names->users, uid, &new);
    struct passwd pw;
    struct passwd *found = NULL;
    char buf[ANSWER_MAX];
    if (u && new &&getpwuid_r((uid_t)uid, &pw, buf, sizeof(buf), &found) == 0 && found) {
        u->name = strdup(pw.pw_name);
        u->home = strdup(pw.pw_dir);
        u->shell = strdup(pw.pw_shell);
    }
    return u;
}

const char *group_names_find(struct user_names *names, int64_t gid)
{
    int new;
    struct user_name *u = find(&names->groups, gid, &new);
    struct group gr;
    struct group *found = NULL;
    char buf[ANSWER_MAX];
    if (u && new &&getgrgid_r((gid_t)gid, &gr, buf, sizeof(buf), &found) == 0 && found) {
        u->name = strdup(gr.gr_name);
    }
    return u ? u->name : NULL;
}
