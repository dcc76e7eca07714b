#include <string.h>
#include <sys/epoll.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/poll.h"

XLAT(epoll_create_flags, "EPOLL_???", X(EPOLL_CLOEXEC));
XLAT(epoll_ops, "EPOLL_CTL_???", X(EPOLL_CTL_ADD), X(EPOLL_CTL_DEL), X(EPOLL_CTL_MOD));
XLAT(epoll_events, "EPOLL???", {0x1, "EPOLLIN"}, {0x2, "EPOLLPRI"}, {0x4, "EPOLLOUT"}, {0x8, "EPOLLERR"},
     {0x10, "EPOLLHUP"}, {0x20, "EPOLLNVAL"}, {0x40, "EPOLLRDNORM"}, {0x80, "EPOLLRDBAND"},
     {0x100, "EPOLLWRNORM"}, {0x200, "EPOLLWRBAND"}, {0x400, "EPOLLMSG"}, {0x2000, "EPOLLRDHUP"},
     {0x10000000, "EPOLLEXCLUSIVE"}, {0x20000000, "EPOLLWAKEUP"}, {0x40000000, "EPOLLONESHOT"},
     {0x80000000, "EPOLLET"});

/* Packed on x86-64, and so on every ABI here (include/uapi/linux/eventpoll.h). */
enum { EPOLL_EVENT_BYTES = 12 };

static void decode_event(struct decoder *d, const char *name, const unsigned char *bytes)
{
    uint32_t events;
    uint64_t data;
    memcpy(&events, bytes, sizeof(events));
    memcpy(&data, bytes + sizeof(events), sizeof(data));
    values_open(d->out, VALUE_STRUCT, name);
    append_flags(d, "events", &xlat_epoll_events, events);
    values_open(d->out, VALUE_STRUCT, "data");
    values_add(d->out, VALUE_UINT, "u32", (uint32_t)data);
    values_add(d->out, VALUE_UINT, "u64", data);
    values_close(d->out);
    values_close(d->out);
}

static void decode_epoll_event(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    unsigned char bytes[EPOLL_EVENT_BYTES];
    if ((uint32_t)d->args[1] == EPOLL_CTL_DEL) {
        decode_addr(d, name, raw);
    } else if (decode_object(d, name, raw, bytes, sizeof(bytes))) {
        decode_event(d, name, bytes);
    }
}

static void decode_event_element(struct decoder *d, const void *element, void *context)
{
    (void)context;
    decode_event(d, NULL, element);
}

static void decode_epoll_events(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_array(d, name, raw, (uint64_t)d->result, EPOLL_EVENT_BYTES, decode_event_element, NULL);
}

KIND_FLAGS(epoll_create_flags, epoll_create_flags);
KIND_ENUM(epoll_op, epoll_ops);
const struct kind kind_epoll_event = {.decode = decode_epoll_event};
const struct kind kind_epoll_events_out = {
    .decode = decode_epoll_events, .direction = DIR_OUT, .extent = EXTENT_RESULT, .size = EPOLL_EVENT_BYTES};
