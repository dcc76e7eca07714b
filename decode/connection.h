/*
 * --view=connections: one line for each connect and accept. Pure: reads the decoded values of an event,
 * appends to a buffer.
 */
#ifndef PROCTOR_DECODE_CONNECTION_H
#define PROCTOR_DECODE_CONNECTION_H

#include <stdbool.h>

#include "decode/base/buf.h"
#include "decode/event.h"

enum { ENDPOINT_TEXT = 128 };

/* One end: an address, or the path of a Unix socket. */
struct endpoint {
    char address[ENDPOINT_TEXT]; /* not escaped; "": not known */
    size_t length;
    int port; /* -1: not known, or none */
};

struct connection {
    char family[16]; /* "inet", "inet6", "unix"...; "": not known */
    struct endpoint source;
    struct endpoint destination;
};

/* True if the event is a call that makes or takes a connection. */
bool connection_call(const struct event *event);

/* What the values of such an event say. */
void connection_of(const struct event *event, struct connection *c);

/*
 * At exit, of a connect that succeeded or is under way: appends its descriptor once more, as it is behind it
 * now, and keeps it in event->socket. That tells where the connection comes from.
 */
void connection_decode(struct decoder *d, struct event *event);

/* The columns' names, and one line. */
void connection_header(struct buf *out);
void connection_text(struct buf *out, const struct event *event);

/* One JSON object and a newline. Schema: docs/json.md. */
void connection_json(struct buf *out, const struct event *event);

#endif
