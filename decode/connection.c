#include "decode/connection.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "decode/base/time.h"
#include "decode/kinds/basic.h"
#include "decode/render.h"

static bool is_connect(const struct event *event)
{
    return event->call == call_line_in(event->abi, CALL_connect);
}

static bool is_accept(const struct event *event)
{
    return event->call == call_line_in(event->abi, CALL_accept) ||
           event->call == call_line_in(event->abi, CALL_accept4);
}

bool connection_call(const struct event *event)
{
    return event->type == EVENT_CALL && (is_connect(event) || is_accept(event));
}

/* The member called `name`, 0 if there is none. */
static uint32_t member(const struct values *values, uint32_t parent, const char *name)
{
    uint32_t i = parent ? values_at(values, parent)->first : 0;
    while (i && (!values_at(values, i)->name || strcmp(values_at(values, i)->name, name) != 0)) {
        i = values_at(values, i)->next;
    }
    return i;
}

/* The first value of `type` at or below index, as in inet_addr("127.0.0.1"); 0: none. */
static uint32_t first_of(const struct values *values, uint32_t index, enum value_type type)
{
    if (!index || values_at(values, index)->type == type) {
        return index;
    }
    for (uint32_t i = values_at(values, index)->first; i; i = values_at(values, i)->next) {
        uint32_t found = first_of(values, i, type);
        if (found) {
            return found;
        }
    }
    return 0;
}

static void set_address(struct endpoint *end, const char *text, size_t n)
{
    end->length = n < sizeof(end->address) ? n : sizeof(end->address) - 1;
    memcpy(end->address, text, end->length);
    end->address[end->length] = 0;
}

static void take_string(const struct values *values, uint32_t index, struct endpoint *end)
{
    uint32_t i = first_of(values, index, VALUE_STRING);
    if (i) {
        const struct value *v = values_at(values, i);
        char text[ENDPOINT_TEXT] = "@";
        size_t at = v->flags & VALUE_ABSTRACT ? 1 : 0;
        size_t n = v->length < sizeof(text) - at ? v->length : sizeof(text) - at;
        memcpy(text + at, values->bytes + v->bytes, n);
        set_address(end, text, at + n);
    }
}

static void take_port(const struct values *values, uint32_t index, struct endpoint *end)
{
    uint32_t i = index ? values_at(values, index)->first : 0;
    if (i) {
        end->port = (int)values_at(values, i)->number;
    }
}

/* "AF_INET6" -> "inet6" */
static void take_family(const struct values *values, uint32_t index, struct connection *c)
{
    const struct value *v = values_at(values, index);
    const char *name = v->type == VALUE_ENUM ? xlat_name(v->xlat, v->number) : NULL;
    name = name && strncmp(name, "AF_", 3) == 0 ? name + 3 : "";
    for (size_t i = 0; i + 1 < sizeof(c->family) && name[i]; i++) {
        c->family[i] = (char)tolower((unsigned char)name[i]);
    }
}

/* The address that the call was given, or that it filled in. */
static void take_sockaddr(const struct values *values, uint32_t address, struct connection *c,
                          struct endpoint *end)
{
    static const struct {
        const char *address;
        const char *port;
    } members[] = {{"sin_addr", "sin_port"}, {"sin6_addr", "sin6_port"}, {"sun_path", ""}};
    if (!address || values_at(values, address)->type != VALUE_STRUCT) {
        return;
    }
    uint32_t family = member(values, address, "sa_family");
    if (family) {
        take_family(values, family, c);
    }
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        uint32_t found = member(values, address, members[i].address);
        if (found) {
            take_string(values, found, end);
            take_port(values, member(values, address, members[i].port), end);
            return;
        }
    }
}

/* Reads "127.0.0.1:80" or "[::1]:80", which ends at `end`. */
static void take_end(const char *text, const char *end, struct endpoint *endpoint)
{
    const char *colon = end;
    while (colon > text && *colon != ':') {
        colon--;
    }
    if (colon == text || !isdigit((unsigned char)colon[1])) {
        return;
    }
    bool brackets = *text == '[' && colon[-1] == ']';
    set_address(endpoint, text + brackets, (size_t)(colon - text) - 2U * brackets);
    endpoint->port = (int)strtol(colon + 1, NULL, 10);
}

/* What is behind a descriptor: "TCP:[127.0.0.1:43210->127.0.0.1:80]". */
static void take_description(const struct values *values, uint32_t index, struct endpoint *local)
{
    char text[256];
    const struct value *v = values_at(values, index);
    if (!index || v->type != VALUE_FD || !v->length || v->length >= sizeof(text)) {
        return;
    }
    memcpy(text, values->bytes + v->bytes, v->length);
    text[v->length] = 0;
    const char *start = strstr(text, ":[");
    const char *arrow = start ? strstr(start, "->") : NULL;
    if (arrow && strncmp(text, "UNIX", 4) != 0) {
        take_end(start + 2, arrow, local);
    }
}

void connection_of(const struct event *event, struct connection *c)
{
    *c = (struct connection){.source = {.port = -1}, .destination = {.port = -1}};
    bool incoming = is_accept(event);
    take_sockaddr(&event->values, event->value[1], c, incoming ? &c->source : &c->destination);
    take_description(&event->values, incoming ? event->result_value : event->socket,
                     incoming ? &c->destination : &c->source);
}

void connection_decode(struct decoder *d, struct event *event)
{
    event->socket = 0;
    if (is_connect(event) && (d->result == 0 || d->result == -EINPROGRESS)) {
        event->socket = d->out->count;
        decode_fd(d, NULL, &kind_fd, event->args[0]);
    }
}

/* Ends a column that began at `start`: at least one space after it. */
static void pad(struct buf *out, size_t start, size_t width)
{
    do {
        buf_char(out, ' ');
    } while (out->len - start <= width && !out->failed);
}

static void column(struct buf *out, const char *text, size_t n, size_t width)
{
    size_t start = out->len;
    if (n) {
        render_plain(out, text, n);
    } else {
        buf_char(out, '-');
    }
    pad(out, start, width);
}

static void number_column(struct buf *out, int64_t number, size_t width)
{
    size_t start = out->len;
    if (number >= 0) {
        buf_int(out, number);
    } else {
        buf_char(out, '-');
    }
    pad(out, start, width);
}

static void time_column(struct buf *out, int64_t time_ns)
{
    time_t second = (time_t)(time_ns / NS_PER_SECOND);
    struct tm local = {0};
    localtime_r(&second, &local);
    size_t start = out->len;
    buf_uint_pad(out, (uint64_t)local.tm_hour, 2);
    buf_char(out, ':');
    buf_uint_pad(out, (uint64_t)local.tm_min, 2);
    buf_char(out, ':');
    buf_uint_pad(out, (uint64_t)local.tm_sec, 2);
    pad(out, start, 8);
}

/* "ok", an errno's name, or "?" */
static const char *outcome(const struct event *event)
{
    if (event->result_state != RESULT_KNOWN) {
        return "?";
    }
    const char *name = event_failed(event) ? errno_name((int)-event->result) : "ok";
    return name ? name : "error";
}

enum {
    PID_WIDTH = 7,
    COMM_WIDTH = 15,
    CALL_WIDTH = 7,
    FAMILY_WIDTH = 6,
    ADDRESS_WIDTH = 21,
    PORT_WIDTH = 5,
    RESULT_WIDTH = 12
};

void connection_header(struct buf *out)
{
    static const struct {
        const char *name;
        size_t width;
    } columns[] = {{"TIME", 8},
                   {"PID", PID_WIDTH},
                   {"COMM", COMM_WIDTH},
                   {"CALL", CALL_WIDTH},
                   {"FAMILY", FAMILY_WIDTH},
                   {"SOURCE", ADDRESS_WIDTH},
                   {"DESTINATION", ADDRESS_WIDTH},
                   {"PORT", PORT_WIDTH},
                   {"RESULT", RESULT_WIDTH}};
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        column(out, columns[i].name, strlen(columns[i].name), columns[i].width);
    }
    buf_str(out, "LATENCY(ms)\n");
}

void connection_text(struct buf *out, const struct event *event)
{
    struct connection c;
    connection_of(event, &c);
    const char *comm = event->process.comm ? event->process.comm : "";
    const char *result = outcome(event);
    time_column(out, event->time_ns);
    number_column(out, event->process.pid, PID_WIDTH);
    column(out, comm, strlen(comm), COMM_WIDTH);
    column(out, event->call->name, strlen(event->call->name), CALL_WIDTH);
    column(out, c.family, strlen(c.family), FAMILY_WIDTH);
    column(out, c.source.address, c.source.length, ADDRESS_WIDTH);
    column(out, c.destination.address, c.destination.length, ADDRESS_WIDTH);
    number_column(out, c.destination.port, PORT_WIDTH);
    column(out, result, strlen(result), RESULT_WIDTH);
    if (event->duration_ns >= 0) {
        buf_int(out, event->duration_ns / 1000000);
        buf_char(out, '.');
        buf_uint_pad(out, (uint64_t)(event->duration_ns % 1000000 / 1000), 3);
    } else {
        buf_char(out, '-');
    }
    buf_char(out, '\n');
}

static void json_text(struct buf *out, const char *key, const char *text, size_t n)
{
    render_json_key(out, key);
    if (n) {
        (void)render_json_string(out, text, n);
    } else {
        buf_str(out, "null");
    }
}

static void json_number(struct buf *out, const char *key, int64_t number, bool known)
{
    render_json_key(out, key);
    if (known) {
        buf_int(out, number);
    } else {
        buf_str(out, "null");
    }
}

void connection_json(struct buf *out, const struct event *event)
{
    struct connection c;
    connection_of(event, &c);
    const char *comm = event->process.comm ? event->process.comm : "";
    const char *result = outcome(event);
    bool known = event->result_state == RESULT_KNOWN;
    buf_str(out, "{\"type\":\"connection\"");
    json_number(out, "time", event->time_ns, true);
    json_number(out, "pid", event->process.pid, true);
    json_number(out, "tid", event->tid, true);
    json_text(out, "comm", comm, strlen(comm));
    json_text(out, "syscall", event->call->name, strlen(event->call->name));
    json_text(out, "family", c.family, strlen(c.family));
    json_text(out, "source", c.source.address, c.source.length);
    json_number(out, "source_port", c.source.port, c.source.port >= 0);
    json_text(out, "destination", c.destination.address, c.destination.length);
    json_number(out, "port", c.destination.port, c.destination.port >= 0);
    json_number(out, "result", event_failed(event) ? -1 : event->result, known);
    json_text(out, "error", result, event_failed(event) ? strlen(result) : 0);
    json_number(out, "duration_ns", event->duration_ns, event->duration_ns >= 0);
    buf_str(out, "}\n");
}
