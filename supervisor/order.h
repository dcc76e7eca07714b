/*
 * Puts events back in the order in which they were received, when several workers finish them in another.
 */
#ifndef PROCTOR_SUPERVISOR_ORDER_H
#define PROCTOR_SUPERVISOR_ORDER_H

#include <stdbool.h>
#include <stdint.h>

struct slot;

enum { ORDER_WINDOW = 1024 }; /* how far a worker may run ahead of the slowest */

struct order {
    uint64_t taken; /* numbers given out so far */
    uint64_t next;  /* the number whose turn it is */
    struct slot *parked[ORDER_WINDOW];
};

static inline uint64_t order_take(struct order *order)
{
    return order->taken++;
}

/* True while the number is too far ahead to be parked: the worker has to wait. */
static inline bool order_full(const struct order *order, uint64_t number)
{
    return number - order->next >= ORDER_WINDOW;
}

static inline void order_park(struct order *order, uint64_t number, struct slot *slot)
{
    order->parked[number % ORDER_WINDOW] = slot;
}

/* The slot whose turn it is, or NULL while it is still with a worker. */
static inline struct slot *order_next(struct order *order)
{
    struct slot *slot = order->parked[order->next % ORDER_WINDOW];
    if (slot) {
        order->parked[order->next++ % ORDER_WINDOW] = 0;
    }
    return slot;
}

#endif
