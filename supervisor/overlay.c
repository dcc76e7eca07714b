#include "supervisor/overlay.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "decode/base/cleanup.h"

/* A mount, its texts unescaped in place. */
struct mount {
    char *root; /* of the mount in its file system */
    char *point;
    char *type;
    char *options; /* of the file system */
};

/* \040 and the like stand for what would end a field (fs/proc_namespace.c). */
static void unescape(char *s)
{
    char *to = s;
    for (; *s; s++) {
        bool octal = *s == '\\' && strspn(s + 1, "01234567") >= 3;
        int byte = octal ? (s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0') : *s;
        *to++ = (char)byte;
        s += octal ? 3 : 0;
    }
    *to = 0;
}

/* "36 35 0:32 ROOT POINT OPTIONS [OPTIONAL...] - TYPE SOURCE OPTIONS" (proc_pid_mountinfo(5)). */
static bool parse(char *line, struct mount *m)
{
    char *save = NULL;
    char *rest = strstr(line, " - ");
    if (!rest) {
        return false;
    }
    *rest = 0;
    for (int i = 0; i < 3; i++) {
        (void)strtok_r(i ? NULL : line, " ", &save);
    }
    m->root = strtok_r(NULL, " ", &save);
    m->point = m->root ? strtok_r(NULL, " ", &save) : NULL;
    m->type = strtok_r(rest + 3, " ", &save);
    (void)strtok_r(NULL, " ", &save);
    m->options = m->type ? strtok_r(NULL, "\n", &save) : NULL;
    if (!m->point || !m->options) {
        return false;
    }
    unescape(m->root);
    unescape(m->point);
    unescape(m->options);
    return true;
}

/* How much of the path the mount point covers; 0: the file is not below it. */
static size_t covers(const char *point, const char *path)
{
    size_t n = strlen(point);
    if (n == 1) {
        return 1;
    }
    return !strncmp(point, path, n) && (path[n] == '/' || !path[n]) ? n : 0;
}

/* The file's place in the upper layer, in buf. False: the mount is no overlay that has one. */
static bool upper_path(const struct mount *m, const char *path, char *buf, size_t n)
{
    static const char key[] = "upperdir=";
    const char *at = m->options;
    while (at && strncmp(at, key, sizeof(key) - 1) != 0) {
        at = strchr(at, ',');
        at = at ? at + 1 : NULL;
    }
    if (strcmp(m->type, "overlay") != 0 || !at) {
        return false;
    }
    at += sizeof(key) - 1;
    const char *inner = path + (strcmp(m->point, "/") ? strlen(m->point) : 0);
    const char *root = strcmp(m->root, "/") ? m->root : "";
    int length = snprintf(buf, n, "%.*s%s%s", (int)strcspn(at, ","), at, root, inner);
    return length > 0 && (size_t)length < n;
}

int overlay_upper(pid_t pid, const char *path)
{
    char file[48];
    char upper[PATH_MAX] = "";
    cleanup_free char *line = NULL;
    size_t room = 0;
    size_t most = 0;
    snprintf(file, sizeof(file), "/proc/%d/mountinfo", pid);
    cleanup_fclose FILE *mounts = fopen(file, "re");
    while (mounts && getline(&line, &room, mounts) > 0) {
        struct mount m;
        size_t covered = parse(line, &m) ? covers(m.point, path) : 0;
        if (!covered || covered < most) {
            continue;
        }
        most = covered; /* of several at one place the last is on top */
        if (!upper_path(&m, path, upper, sizeof(upper))) {
            upper[0] = 0;
        }
    }
    struct stat st;
    if (!upper[0]) {
        return -1;
    }
    return lstat(upper, &st) == 0 && S_ISREG(st.st_mode); /* a whiteout is a device */
}
