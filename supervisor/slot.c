#include "supervisor/slot.h"

#include <stdlib.h>

#include "supervisor/container.h"
#include "supervisor/judge.h"

struct slot *slot_take(struct slot_pool *pool)
{
    struct slot *slot = pool->free;
    if (slot) {
        pool->free = slot->next;
        return slot;
    }
    slot = calloc(1, sizeof(*slot)); /* one that only holds a place in the order is never filled in */
    if (!slot) {
        return NULL;
    }
    if (values_init(&slot->event.values) < 0) {
        free(slot);
        return NULL;
    }
    return slot;
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
