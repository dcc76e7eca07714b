/*
 * The notify source: system calls from one seccomp listener (seccomp_unotify(2)).
 */
#ifndef PROCTOR_SUPERVISOR_NOTIFY_H
#define PROCTOR_SUPERVISOR_NOTIFY_H

#include "decode/base/error.h"
#include "decode/event.h"
#include "supervisor/pipeline.h"
#include "supervisor/watch.h"

struct seccomp_notif;
struct seccomp_notif_resp;

struct notify_source {
    struct watch watch;
    int listener;
    struct loop *loop;
    struct pipeline *pipeline;
    struct seccomp_notif *request; /* sized by SECCOMP_GET_NOTIF_SIZES */
    size_t request_size;
    struct seccomp_notif_resp *response;
    struct event event;
    void (*ended)(struct notify_source *source);
    uint64_t invisible; /* calls of tasks that our PID namespace does not show */
};

/*
 * Starts serving a listener; owns it on success. ended: called when the last task under the filter is gone.
 * Returns 0 or a negative errno with err filled. The source must stay where it is until notify_close.
 */
int notify_open(struct notify_source *source, int listener, struct loop *loop, struct pipeline *pipeline,
                void (*ended)(struct notify_source *source), struct error *err);
void notify_close(struct notify_source *source);

#endif
