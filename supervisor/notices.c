#include "supervisor/notices.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "supervisor/pipeline.h"
#include "supervisor/target.h"

void notices_init(struct notices *notices, const struct selection *shown)
{
    *notices = (struct notices){.watches_io = false};
    for (unsigned a = 0; a < ABI_COUNT; a++) {
        for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
            if (call_set_has(&shown->calls[a], (enum call_id)id) &&
                (call_line((enum call_id)id)->classes & (CLASS_FILE | CLASS_NETWORK))) {
                notices->watches_io = true;
                return;
            }
        }
    }
}

/* Whether the file an exec names would change the user, were it not for no_new_privs. Looked up as the target
 * sees it. */
static bool is_set_user_id(const struct event *event, unsigned path_arg, char *path, size_t n)
{
    struct target_mem memory;
    char full[PATH_MAX + 64];
    struct stat st;
    bool terminated;

    target_mem_init(&memory, event->tid);
    ssize_t length = mem_read_string(&memory.mem, event->args[path_arg], path, n - 1, &terminated);
    if (length <= 0 || !terminated) {
        return false;
    }
    path[length] = 0;
    snprintf(full, sizeof(full), "/proc/%d/%s/%s", event->tid, path[0] == '/' ? "root" : "cwd", path);
    return stat(full, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & (S_ISUID | S_ISGID));
}

static void look_at_exec(struct pipeline *p, const struct slot *slot)
{
    char path[PATH_MAX];
    unsigned path_arg = slot->id == CALL_execveat;
    if (!is_set_user_id(&slot->event, path_arg, path, sizeof(path))) {
        return;
    }
    pipeline_lock(p);
    if (!p->notices.said_no_new_privs) {
        p->notices.said_no_new_privs = true;
        pipeline_warn(
            p,
            "%s is set-user-ID, but runs without that privilege: tracing without CAP_SYS_ADMIN needs "
            "no_new_privs",
            path);
    }
    pipeline_unlock(p);
}

static void say_io_uring(struct pipeline *p, const struct slot *slot)
{
    pipeline_lock(p);
    if (!p->notices.said_io_uring) {
        p->notices.said_io_uring = true;
        pipeline_warn(p,
                      "process %d uses io_uring: operations queued on a ring do not pass seccomp and are not "
                      "in this trace; --no-io-uring makes io_uring_setup fail",
                      slot->event.process.pid);
    }
    pipeline_unlock(p);
}

void notices_call(struct pipeline *p, const struct slot *slot)
{
    if (slot->id == CALL_io_uring_setup && p->notices.watches_io) {
        say_io_uring(p, slot);
    } else if (call_is_exec(slot->id) && p->notices.no_new_privs) {
        look_at_exec(p, slot);
    }
}

void notices_refused(struct pipeline *p, const struct slot *slot)
{
    pipeline_lock(p);
    if (!p->notices.said_refused) {
        p->notices.said_refused = true;
        pipeline_warn(p,
                      "reading the memory of process %d is refused (ptrace access, see ptrace(2)); its "
                      "strings are shown as addresses",
                      slot->event.process.pid);
    }
    pipeline_unlock(p);
}
