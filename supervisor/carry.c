#include "supervisor/carry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "supervisor/finish.h"
#include "supervisor/trace_clock.h"

void carry_prepare(struct slot *slot, struct verdict *verdict)
{
    int ret = behalf_job_make(&verdict->job, slot, slot->mem);
    if (ret < 0) {
        verdict->deny = true;
        verdict->error = -ret;
    }
}

void carry_begin(struct pipeline *p, struct slot *slot)
{
    slot->carried = true;
    slot->begin_ns = p->results ? 0 : trace_clock_monotonic();
    pipeline_lock(p);
    slot->holders++;
    pipeline_unlock(p);
    pipeline_done(p, slot, true);
}

/* True while the slot's turn to be shown has not come. */
static bool in_flight(const struct pipeline *p, const struct slot *slot)
{
    const struct slot *at = p->in_flight;
    while (at && at != slot) {
        at = at->next;
    }
    return at != NULL;
}

void carry_finish(struct pipeline *p, struct slot *slot, bool known, int64_t result)
{
    struct task *task = process_find(p->processes, slot->event.tid);
    bool pending = task && task->pending == slot;
    if (!p->results && (pending || in_flight(p, slot))) {
        struct record record = {.type = RECORD_RESULT,
                                .tid = slot->event.tid,
                                .number = slot->event.number,
                                .result = result,
                                .begin_ns = slot->begin_ns,
                                .end_ns = trace_clock_monotonic()};
        slot->carried = false; /* in flight still: it is shown as a whole */
        finish_known(p, slot, pending ? task : NULL, known ? &record : NULL);
    }
    slot_unhold(&p->pool, slot);
}

static bool copy_values(struct values *to, const struct values *from)
{
    *to = *from;
    to->cap = from->count;
    to->room = from->used;
    to->v = malloc(from->count * sizeof(*to->v));
    to->bytes = malloc(from->used ? from->used : 1);
    if (!to->v || !to->bytes) {
        values_free(to);
        return false;
    }
    memcpy(to->v, from->v, from->count * sizeof(*to->v));
    memcpy(to->bytes, from->bytes, from->used);
    return true;
}

/* Puts a path in the place of an argument, whatever that was shown as. */
static void put_path(struct event *event, int argument, const char *path)
{
    uint32_t bytes = values_copy(&event->values, path, strlen(path));
    uint32_t index = event->value[argument];
    if (!index) {
        index = event->value[argument] = values_add(&event->values, VALUE_STRING, NULL, 0);
    }
    struct value *v = values_at(&event->values, index);
    v->type = VALUE_STRING;
    v->flags = VALUE_PATH;
    v->first = v->last = 0;
    v->bytes = bytes;
    v->length = (uint32_t)strlen(path);
}

static int first_path_argument(const struct call *call)
{
    for (int i = 0; i < call->nargs; i++) {
        if (call->args[i].kind == &kind_path) {
            return i;
        }
    }
    return -1;
}

/*
 * The slot as rules are to see it: others may be showing the slot itself at the same time. NULL when memory
 * ran out.
 */
static struct slot *copy_slot(struct pipeline *p, const struct slot *slot)
{
    struct slot *copy = malloc(sizeof(*copy));
    if (!copy) {
        return NULL;
    }
    pipeline_lock(p);
    *copy = *slot;
    bool copied = copy_values(&copy->event.values, &slot->event.values);
    pipeline_unlock(p);
    if (!copied) {
        free(copy);
        return NULL;
    }
    copy->alerts = (struct buf){0};
    copy->alert_count = 0;
    return copy;
}

/* The paths in the places of the arguments that lead to them. */
static void put_paths(struct slot *copy, const char *const paths[2])
{
    struct event *event = &copy->event;
    for (unsigned i = 0; i < 2 && paths[i]; i++) {
        int argument = behalf_path_argument(copy->called, i);
        if (argument < 0) {
            copy->socket_path = paths[i];
            continue;
        }
        put_path(event, argument, paths[i]);
        if (argument == first_path_argument(event->call)) {
            snprintf(copy->path, sizeof(copy->path), "%s", paths[i]);
            event->path = copy->path;
        }
    }
}

void carry_judge(struct pipeline *p, const struct slot *slot, const char *const paths[2],
                 struct verdict *verdict)
{
    bool fits = !paths[0] || strlen(paths[0]) < sizeof(slot->path);
    struct slot *copy = fits ? copy_slot(p, slot) : NULL;
    if (!copy) {
        verdict->deny = true;
        verdict->error = fits ? ENOMEM : ENAMETOOLONG;
        return;
    }
    put_paths(copy, paths);
    judge_again(copy, verdict);
    pipeline_lock(p);
    judge_report(copy->judge, &copy->alerts);
    pipeline_unlock(p);
    buf_free(&copy->alerts);
    values_free(&copy->event.values);
    free(copy);
}
