#include "supervisor/pipeline.h"

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "decode/kinds/kinds.h"
#include "decode/path.h"
#include "supervisor/fdinfo.h"
#include "supervisor/target.h"

static void decode(struct pipeline *p, struct event *event, struct task *task)
{
    struct target_mem memory;
    struct fd_reader fds;
    target_mem_init(&memory, event->tid);
    fd_reader_init(&fds, event->tid);
    struct decoder d = {.options = &p->decode,
                        .mem = &memory.mem,
                        .fds = &fds.names,
                        .abi = event->abi,
                        .call = event->call,
                        .args = event->args,
                        .out = &event->values};
    (void)task;
    decode_entry(&d);
    for (unsigned i = 0; i < CALL_ARGS_MAX; i++) {
        event->value[i] = i < event->call->nargs ? d.value[i] : 0;
    }
    if (memory.refused && !p->read_refused_reported) {
        p->read_refused_reported = true;
        pipeline_warn(p, "reading the memory of process %d is refused; its strings are shown as addresses",
                      event->process.pid);
    }
}

/* The directory that a relative path argument starts from, in buf; NULL: not known. */
static const char *base_of(const struct event *event, struct process *process, unsigned path_arg, char *buf,
                           size_t n)
{
    const struct arg *args = event->call->args;
    bool at = path_arg > 0 && args[path_arg - 1].kind == &kind_dirfd;
    int fd = at ? (int)event->args[path_arg - 1] : AT_FDCWD;
    if (fd == AT_FDCWD) {
        return process_cwd(process);
    }
    char file[32];
    snprintf(file, sizeof(file), "fd/%d", fd);
    return target_proc_link(event->tid, file, buf, n) > 0 ? buf : NULL;
}

static void find_path(struct pipeline *p, struct event *event, struct process *process)
{
    for (unsigned i = 0; i < event->call->nargs; i++) {
        const struct value *v = values_at(&event->values, event->value[i]);
        if (!event->value[i] || v->type != VALUE_STRING || !(v->flags & VALUE_PATH)) {
            continue;
        }
        char directory[PATH_MAX];
        const char *text = event->values.bytes + v->bytes;
        const char *base =
            v->length && *text == '/' ? NULL : base_of(event, process, i, directory, sizeof(directory));
        if (path_absolute(base, text, v->length, p->path, sizeof(p->path)) > 0) {
            event->path = p->path;
        }
        return;
    }
}

bool pipeline_entry(struct pipeline *p, struct event *event, struct task *task, struct verdict *verdict)
{
    struct process *process = task->process;
    *verdict = (struct verdict){.deny = false};
    event->process = (struct event_process){.pid = process->pid, .ppid = process->ppid};
    event->path = NULL;
    event->duration_ns = -1;
    event->result_state = RESULT_UNKNOWN;
    enum call_id id = call_find(event->abi, event->number);
    bool shown = !process->hidden && (id == CALL_none ? p->shown.unknown : call_set_has(&p->shown.calls, id));
    if (!shown) {
        return false;
    }
    values_reset(&event->values);
    decode(p, event, task);
    if (p->sink->wants_process) {
        event->process.comm = process_comm(process);
        event->process.exe = process_exe(process);
        find_path(p, event, process);
    }
    return true;
}

void pipeline_commit(struct pipeline *p, const struct event *event)
{
    p->sink->event(p->sink, event, p->processes->task_count);
}

void pipeline_warn(struct pipeline *p, const char *format, ...)
{
    char text[512];
    struct timespec now;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    clock_gettime(CLOCK_REALTIME, &now);
    struct event event = {
        .type = EVENT_WARNING, .time_ns = now.tv_sec * INT64_C(1000000000) + now.tv_nsec, .text = text};
    pipeline_commit(p, &event);
}
