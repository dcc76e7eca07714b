#include "supervisor/slot.h"

#include <stdlib.h>

#include "supervisor/container.h"
#include "supervisor/judge.h"

static struct slot *slot_new(void)
{
    struct slot *slot = calloc(1, sizeof(*slot));
    if (slot && values_init(&slot->event.values) < 0) {
        free(slot);
        slot = NULL;
    }
    return slot;
}

/* Nothing is left of the event that it had before, but memory to be used again. */
static void begin_anew(struct slot *slot)
{
    struct event *event = &slot->event;
    slot->shown = false;
    slot->injectable = false;
    slot->held_back = false;
    slot->injection = NULL;
    slot->accepted = false;
    slot->denied = false;
    slot->begin_ns = 0;
    slot->alerts.len = 0;
    slot->alert_count = 0;
    slot->doubted = false;
    slot->carriable = false;
    slot->carried = false;
    event->path = NULL;
    event->duration_ns = -1;
    event->finished_ns = 0;
    event->line = LINE_NONE;
    event->result_state = RESULT_UNKNOWN;
    event->result_value = 0;
    event->dump = 0;
    event->socket = 0;
    event->injected = 0;
    event->stack = (struct event_stack){.count = 0};
}

struct slot *slot_take(struct slot_pool *pool)
{
    struct slot *slot = pool->free;
    if (slot) {
        pool->free = slot->next;
    } else {
        slot = slot_new();
    }
    if (slot) {
        begin_anew(slot);
    }
    return slot;
}

bool slot_fill(struct slot *slot, const struct seccomp_data *data)
{
    struct event *event = &slot->event;
    const struct abi *abi = abi_find(data->arch, data->nr);
    if (!abi) {
        return false;
    }
    event->type = EVENT_CALL;
    event->abi = abi;
    event->number = data->nr;
    event->instruction = data->instruction_pointer;
    for (unsigned i = 0; i < CALL_ARGS_MAX; i++) {
        event->args[i] = data->args[i];
    }
    slot->id = call_find(abi, data->nr);
    event->call = call_line_in(abi, slot->id);
    return true;
}

void slot_release(struct slot_pool *pool, struct slot *slot)
{
    if (slot->holders) {
        slot->released = true;
        return;
    }
    image_release(slot->image);
    slot->image = NULL;
    container_release(slot->container);
    slot->container = NULL;
    judge_release(slot->judge);
    slot->judge = NULL;
    if (slot->stack) {
        stack_release(slot->stack);
    }
    slot->next = pool->free;
    pool->free = slot;
}

void slot_unhold(struct slot_pool *pool, struct slot *slot)
{
    if (--slot->holders == 0 && slot->released) {
        slot->released = false;
        slot_release(pool, slot);
    }
}

void slot_pool_free(struct slot_pool *pool)
{
    while (pool->free) {
        struct slot *slot = pool->free;
        pool->free = slot->next;
        values_free(&slot->event.values);
        buf_free(&slot->alerts);
        stack_free(slot->stack);
        snapshot_free(&slot->snapshot);
        free(slot);
    }
}
