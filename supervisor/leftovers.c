#include "supervisor/leftovers.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "decode/base/cleanup.h"

enum { WORD = 64 };

bool is_listener(int fd)
{
    char link[32];
    char name[64];
    uint64_t id = 0;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, name, sizeof(name) - 1);
    name[n > 0 ? n : 0] = 0;
    /* A seccomp listener knows no such id (ENOENT); any other file does not know the request, or the name. */
    return strcmp(name, "anon_inode:seccomp notify") == 0 &&
           (ioctl(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0 || errno == ENOENT);
}

static bool was_open(const struct leftovers *before, int fd)
{
    size_t word = (size_t)fd / WORD;
    return word < ARRAY_SIZE(before->open) && before->open[word] >> fd % WORD & 1;
}

/* Calls `look` for each open descriptor but that of the list itself. Returns 0 or a negative errno. */
static int each_open(void (*look)(void *context, int fd), void *context)
{
    DIR *list = opendir("/proc/self/fd");
    if (!list) {
        return -errno;
    }
    for (const struct dirent *entry; (entry = readdir(list));) {
        int fd = (int)strtol(entry->d_name, NULL, 10);
        if (entry->d_name[0] != '.' && fd != dirfd(list)) {
            look(context, fd);
        }
    }
    closedir(list);
    return 0;
}

static void note(void *context, int fd)
{
    struct leftovers *before = context;
    size_t word = (size_t)fd / WORD;
    if (word < ARRAY_SIZE(before->open)) {
        before->open[word] |= UINT64_C(1) << fd % WORD;
    }
}

int leftovers_note(struct leftovers *before)
{
    *before = (struct leftovers){.open = {0}};
    return each_open(note, before);
}

struct cleaning {
    const struct leftovers *before;
    struct ledger *ledger;
};

static bool is_state(const struct ledger *ledger, int fd)
{
    bool found = false;
    for (unsigned i = 0; i < atomic_load(&ledger->listeners) && !found; i++) {
        const struct ledger_listener *entry = &ledger->listener[i];
        found = atomic_load(&entry->holder) && entry->state == fd;
    }
    return found;
}

static void clean(void *context, int fd)
{
    struct cleaning *c = context;
    if (was_open(c->before, fd) || ledger_find(c->ledger, fd) || is_state(c->ledger, fd)) {
        return;
    }
    if (!is_listener(fd) || !ledger_add(c->ledger, fd, -1, 0)) {
        close(fd);
    }
}

void leftovers_close(const struct leftovers *before, struct ledger *ledger)
{
    struct cleaning c = {.before = before, .ledger = ledger};
    (void)each_open(clean, &c);
}
