/* JSON lines. docs/json.md is the schema; tests/ checks it with another JSON parser. */
#include <string.h>

#include "decode/render_json_value.h"

static void json_args(struct buf *out, const struct event *event)
{
    const char *between = "";
    KEY(out, "args");
    buf_char(out, '[');
    for (unsigned i = 0; i < event->call->nargs; i++) {
        if (!event->value[i]) {
            continue;
        }
        buf_str(out, between);
        between = ",";
        buf_str(out, "{\"name\":");
        json_name(out, event->call->args[i].name);
        KEY(out, "raw");
        json_raw(out, arg_raw(&event->call->args[i], i, event->args));
        KEY(out, "value");
        json_value(out, &event->values, event->value[i]);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void json_error(struct buf *out, int code)
{
    const char *name = errno_name(code);
    KEY(out, "error");
    if (name) {
        json_name(out, name);
    } else {
        buf_str(out, "\"ERRNO_");
        buf_int(out, code);
        buf_char(out, '"');
    }
    KEY(out, "errno");
    buf_int(out, code);
}

static void json_number_or_null(struct buf *out, int64_t number, bool known)
{
    if (known) {
        json_signed(out, number);
    } else {
        buf_str(out, "null");
    }
}

/* result, return and error are always there, so that a selection on them never meets a missing key. */
static void json_result(struct buf *out, const struct event *event)
{
    bool failed = event_failed(event);
    bool known = event->result_state == RESULT_KNOWN && !event_restarts(event);

    KEY(out, "result");
    json_number_or_null(out, failed ? -1 : event->result, known);
    KEY(out, "return");
    if (event->result_value) {
        json_value(out, &event->values, event->result_value);
    } else {
        json_number_or_null(out, failed ? -1 : event->result, known);
    }
    if (failed) {
        json_error(out, (int)-event->result);
    } else {
        KEY(out, "error");
        buf_str(out, "null");
    }
    if (event->result_state == RESULT_LOST) {
        buf_str(out, ",\"lost\":true");
    }
    if (event->injected & (INJECTED_RESULT | INJECTED_ARGS)) {
        static const char *const words[] = {"", "\"result\"", "\"args\"", "\"args\",\"result\""};
        bool result = event->injected & INJECTED_RESULT;
        bool args = event->injected & INJECTED_ARGS;
        KEY(out, "injected");
        buf_char(out, '[');
        buf_str(out, words[2 * args + result]);
        buf_char(out, ']');
    }
    buf_str(out, event->injected & INJECTED_DELAY ? ",\"delayed\":true" : "");
    if (event->duration_ns >= 0) {
        KEY(out, "duration_ns");
        buf_int(out, event->duration_ns);
    }
}

/* A key with a string; with KEY_hex beside it where the string is not exact. Nothing for a NULL. */
static void json_optional(struct buf *out, const char *name, const char *text)
{
    if (!render_json_member(out, name, text)) {
        buf_str(out, ",\"");
        buf_str(out, name);
        buf_str(out, "_hex\":");
        json_hexdump(out, text, strlen(text));
    }
}

static void json_call(struct buf *out, const struct event *event)
{
    KEY(out, "arch");
    json_name(out, event->abi->name);
    KEY(out, "syscall");
    if (event->call->name) {
        json_name(out, event->call->name);
    } else {
        buf_str(out, "\"syscall_");
        buf_hex(out, (uint32_t)event->number);
        buf_char(out, '"');
    }
    KEY(out, "number");
    buf_int(out, event->number);
    json_args(out, event);
    json_optional(out, "path", event->path);
    json_result(out, event);
    render_stack_json(out, &event->stack);
}

static void json_signal(struct buf *out, int signal)
{
    KEY(out, "signal");
    if (signal_name(signal)) {
        json_name(out, signal_name(signal));
    } else {
        buf_int(out, signal);
    }
}

static void json_exit(struct buf *out, const struct event *event)
{
    KEY(out, "status");
    if (event->how == EXIT_CODE) {
        buf_int(out, event->status);
    } else {
        buf_str(out, "null");
    }
    if (event->how == EXIT_SIGNALED) {
        json_signal(out, event->status);
        KEY(out, "core_dumped");
        buf_str(out, event->core_dumped ? "true" : "false");
    } else if (event->how == EXIT_SUPERSEDED) {
        KEY(out, "superseded_by");
        buf_int(out, event->status);
    }
}

static const char *type_name(enum event_type type)
{
    switch (type) {
    case EVENT_CALL:
        return "syscall";
    case EVENT_EXITED:
        return "exit";
    case EVENT_SIGNAL:
        return "signal";
    case EVENT_STOPPED:
        return "stopped";
    case EVENT_WARNING:
        return "warning";
    case EVENT_GAP:
        return "gap";
    }
    return "unknown";
}

static void json_container(struct buf *out, const struct event_container *container)
{
    if (container->json) {
        buf_bytes(out, container->json, container->json_length);
    } else {
        render_json_container(out, container);
    }
}

static void json_process(struct buf *out, const struct event *event)
{
    KEY(out, "pid");
    buf_int(out, event->process.pid);
    KEY(out, "tid");
    buf_int(out, event->tid);
    if (event->process.ppid) {
        KEY(out, "ppid");
        buf_int(out, event->process.ppid);
    }
    json_optional(out, "comm", event->process.comm);
    json_optional(out, "exe", event->process.exe);
    if (event->process.vpid && event->process.vpid != event->process.pid) {
        KEY(out, "vpid");
        buf_int(out, event->process.vpid);
        KEY(out, "vtid");
        buf_int(out, event->process.vtid);
    }
    if (event->process.container) {
        KEY(out, "container");
        json_container(out, event->process.container);
    }
}

void render_json(struct buf *out, const struct event *event, const struct render_options *options)
{
    (void)options;
    buf_str(out, "{\"type\":");
    json_name(out, type_name(event->type));
    KEY(out, "time");
    buf_int(out, event->time_ns);
    if (event->type != EVENT_WARNING && event->type != EVENT_GAP) {
        json_process(out, event);
    }
    switch (event->type) {
    case EVENT_CALL:
        json_call(out, event);
        break;
    case EVENT_EXITED:
        json_exit(out, event);
        break;
    case EVENT_SIGNAL:
        json_signal(out, event->status);
        if (event->value[0]) {
            KEY(out, "siginfo");
            json_value(out, &event->values, event->value[0]);
        }
        render_stack_json(out, &event->stack);
        break;
    case EVENT_STOPPED:
        json_signal(out, event->status);
        break;
    case EVENT_WARNING:
        json_optional(out, "message", event->text);
        break;
    case EVENT_GAP:
        render_json_gap(out, event->gap);
        break;
    }
    buf_str(out, "}\n");
}
