/* JSON lines. docs/json.md is the schema; tests/ checks it with another JSON parser. */
#include <string.h>

#include "decode/render.h"

/* Integers beyond this are not exact in a reader that keeps numbers as doubles: they are written as strings.
 */
#define EXACT_MAX (INT64_C(1) << 53)

static void json_value(struct buf *out, const struct values *values, uint32_t index);

static void json_text(struct buf *out, const char *text)
{
    render_json_string(out, text, strlen(text));
}

static void json_hex(struct buf *out, uint64_t number)
{
    buf_char(out, '"');
    buf_hex(out, number);
    buf_char(out, '"');
}

static void json_signed(struct buf *out, int64_t number)
{
    bool quote = number > EXACT_MAX || number < -EXACT_MAX;
    if (quote) {
        buf_char(out, '"');
    }
    buf_int(out, number);
    if (quote) {
        buf_char(out, '"');
    }
}

static void json_unsigned(struct buf *out, uint64_t number)
{
    if (number > (uint64_t)EXACT_MAX) {
        buf_char(out, '"');
        buf_uint(out, number);
        buf_char(out, '"');
    } else {
        buf_uint(out, number);
    }
}

static void key(struct buf *out, const char *name)
{
    if (out->len && out->data[out->len - 1] != '{') {
        buf_char(out, ',');
    }
    json_text(out, name);
    buf_char(out, ':');
}

static void json_enum(struct buf *out, const struct value *v)
{
    const char *name = xlat_name(v->xlat, v->number);
    if (name) {
        json_text(out, name);
    } else {
        json_hex(out, v->number);
    }
}

/* The elements of a flag set, without brackets; `first` tells whether a comma is due before the next one. */
static void flag_elements(struct buf *out, const struct value *v, bool *first)
{
    uint64_t rest = v->number;
    for (uint32_t i = 0; i < v->xlat->count; i++) {
        const struct xlat_entry *entry = &v->xlat->entries[i];
        if (entry->value ? (rest & entry->value) == entry->value : v->number == 0) {
            buf_str(out, *first ? "" : ",");
            *first = false;
            json_text(out, entry->name);
            rest &= ~entry->value;
        }
    }
    if (rest) {
        buf_str(out, *first ? "" : ",");
        *first = false;
        json_hex(out, rest);
    }
}

/* OR: one flat array of names, whatever mixture of enumerations and flag sets it is made of. */
static void json_or(struct buf *out, const struct values *values, const struct value *v)
{
    bool first = true;
    buf_char(out, '[');
    for (uint32_t i = v->first; i; i = values_at(values, i)->next) {
        const struct value *child = values_at(values, i);
        if (child->type == VALUE_FLAGS) {
            flag_elements(out, child, &first);
        } else {
            buf_str(out, first ? "" : ",");
            first = false;
            json_value(out, values, i);
        }
    }
    buf_char(out, ']');
}

static void json_flags(struct buf *out, const struct value *v)
{
    bool first = true;
    buf_char(out, '[');
    flag_elements(out, v, &first);
    buf_char(out, ']');
}

static void json_string(struct buf *out, const struct values *values, const struct value *v)
{
    if (v->flags & VALUE_MORE) {
        buf_str(out, "{\"data\":");
        render_json_string(out, values->bytes + v->bytes, v->length);
        buf_str(out, ",\"truncated\":true}");
    } else if (v->flags & VALUE_ABSTRACT) {
        buf_str(out, "{\"abstract\":");
        render_json_string(out, values->bytes + v->bytes, v->length);
        buf_char(out, '}');
    } else {
        render_json_string(out, values->bytes + v->bytes, v->length);
    }
}

/* Two hexadecimal digits a byte. */
static void json_bytes(struct buf *out, const struct values *values, const struct value *v)
{
    static const char digits[] = "0123456789abcdef";
    buf_str(out, v->flags & VALUE_MORE ? "{\"data\":\"" : "\"");
    for (uint32_t i = 0; i < v->length; i++) {
        unsigned char byte = (unsigned char)values->bytes[v->bytes + i];
        buf_char(out, digits[byte >> 4]);
        buf_char(out, digits[byte & 15]);
    }
    buf_str(out, v->flags & VALUE_MORE ? "\",\"truncated\":true}" : "\"");
}

static void json_fd(struct buf *out, const struct values *values, const struct value *v)
{
    if (v->length) {
        buf_str(out, "{\"fd\":");
    }
    if (v->flags & VALUE_ATCWD) {
        json_text(out, "AT_FDCWD");
    } else {
        buf_int(out, (int64_t)v->number);
    }
    if (v->length) {
        buf_str(out, ",\"is\":");
        render_json_string(out, values->bytes + v->bytes, v->length);
        buf_char(out, '}');
    }
}

static void json_elements(struct buf *out, const struct values *values, const struct value *v)
{
    const char *between = "";
    buf_char(out, '[');
    for (uint32_t i = v->first; i; i = values_at(values, i)->next) {
        buf_str(out, between);
        between = ",";
        json_value(out, values, i);
    }
    if (v->flags & VALUE_MORE) {
        buf_str(out, between);
        buf_str(out, "{\"truncated\":true}");
    }
    buf_char(out, ']');
}

static void json_struct(struct buf *out, const struct values *values, const struct value *v)
{
    buf_char(out, '{');
    for (uint32_t i = v->first; i; i = values_at(values, i)->next) {
        const char *name = values_at(values, i)->name;
        key(out, name ? name : "value");
        json_value(out, values, i);
    }
    if (v->flags & VALUE_MORE) {
        key(out, "truncated");
        buf_str(out, "true");
    }
    buf_char(out, '}');
}

static void json_set(struct buf *out, const struct values *values, const struct value *v)
{
    if (v->number) {
        buf_str(out, "{\"not\":");
    }
    json_elements(out, values, v);
    if (v->number) {
        buf_char(out, '}');
    }
}

/* One argument: the value itself (htons(80) is 80); several: under the function's name. A bare one is its
 * only string: inet_pton(AF_INET6, "::1", &sin6_addr) is "::1". */
static void json_func(struct buf *out, const struct values *values, const struct value *v)
{
    for (uint32_t i = v->flags & VALUE_BARE ? v->first : 0; i; i = values_at(values, i)->next) {
        if (values_at(values, i)->type == VALUE_STRING) {
            json_value(out, values, i);
            return;
        }
    }
    if (v->first && v->first == v->last) {
        json_value(out, values, v->first);
        return;
    }
    buf_char(out, '{');
    key(out, v->word ? v->word : "value");
    json_elements(out, values, v);
    buf_char(out, '}');
}

static void json_change(struct buf *out, const struct values *values, const struct value *v)
{
    buf_char(out, '{');
    key(out, "before");
    json_value(out, values, v->first);
    key(out, "after");
    json_value(out, values, v->last);
    buf_char(out, '}');
}

/* What is noted stands for the number it was read from: the number is what a program wants. */
static void json_noted(struct buf *out, const struct values *values, const struct value *v)
{
    if (v->first) {
        json_value(out, values, v->first);
    } else {
        buf_str(out, "null");
    }
}

static void json_value(struct buf *out, const struct values *values, uint32_t index)
{
    const struct value *v = values_at(values, index);
    switch ((enum value_type)v->type) {
    case VALUE_INT:
        json_signed(out, (int64_t)v->number);
        break;
    case VALUE_UINT:
        json_unsigned(out, v->number);
        break;
    case VALUE_OCTAL:
        buf_char(out, '"');
        buf_octal(out, v->number);
        buf_char(out, '"');
        break;
    case VALUE_HEX:
        json_hex(out, v->number);
        break;
    case VALUE_ADDR:
        if (v->number) {
            json_hex(out, v->number);
        } else {
            buf_str(out, "null");
        }
        break;
    case VALUE_FLAGS:
        json_flags(out, v);
        break;
    case VALUE_ENUM:
        json_enum(out, v);
        break;
    case VALUE_STRING:
        json_string(out, values, v);
        break;
    case VALUE_BYTES:
        json_bytes(out, values, v);
        break;
    case VALUE_FD:
        json_fd(out, values, v);
        break;
    case VALUE_WORD:
        if (v->word) {
            json_text(out, v->word);
        } else {
            render_json_string(out, values->bytes + v->bytes, v->length);
        }
        break;
    case VALUE_STRUCT:
        json_struct(out, values, v);
        break;
    case VALUE_ARRAY:
        json_elements(out, values, v);
        break;
    case VALUE_REF:
        if (v->first) {
            json_value(out, values, v->first);
        } else {
            buf_str(out, "null");
        }
        break;
    case VALUE_OR:
        json_or(out, values, v);
        break;
    case VALUE_SET:
        json_set(out, values, v);
        break;
    case VALUE_FUNC:
        json_func(out, values, v);
        break;
    case VALUE_CHANGE:
        json_change(out, values, v);
        break;
    case VALUE_NOTED:
        json_noted(out, values, v);
        break;
    }
}

static void json_args(struct buf *out, const struct event *event)
{
    key(out, "args");
    buf_char(out, '[');
    for (unsigned i = 0; i < event->call->nargs; i++) {
        if (!event->value[i]) {
            continue;
        }
        if (out->data && out->data[out->len - 1] != '[') {
            buf_char(out, ',');
        }
        buf_char(out, '{');
        key(out, "name");
        json_text(out, event->call->args[i].name);
        key(out, "raw");
        json_hex(out, arg_raw(&event->call->args[i], i, event->args));
        key(out, "value");
        json_value(out, &event->values, event->value[i]);
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void json_result(struct buf *out, const struct event *event)
{
    key(out, "result");
    if (event->result_state != RESULT_KNOWN) {
        buf_str(out, "null");
        if (event->result_state == RESULT_LOST) {
            key(out, "lost");
            buf_str(out, "true");
        }
        return;
    }
    bool failed = event->result < 0 && event->result >= -4095;
    json_signed(out, failed ? -1 : event->result);
    key(out, "return");
    json_signed(out, event->result);
    key(out, "error");
    if (failed && errno_name((int)-event->result)) {
        json_text(out, errno_name((int)-event->result));
    } else {
        buf_str(out, "null");
    }
    if (event->duration_ns >= 0) {
        key(out, "duration_ns");
        buf_int(out, event->duration_ns);
    }
}

static void json_optional(struct buf *out, const char *name, const char *text)
{
    if (text) {
        key(out, name);
        json_text(out, text);
    }
}

static void json_call(struct buf *out, const struct event *event)
{
    key(out, "arch");
    json_text(out, event->abi->name);
    key(out, "syscall");
    if (event->call->name) {
        json_text(out, event->call->name);
    } else {
        buf_printf(out, "\"syscall_%#x\"", (unsigned)event->number);
    }
    key(out, "number");
    buf_int(out, event->number);
    json_args(out, event);
    json_optional(out, "path", event->path);
    json_result(out, event);
}

static void json_signal(struct buf *out, const char *name, int signal)
{
    key(out, name);
    if (signal_name(signal)) {
        json_text(out, signal_name(signal));
    } else {
        buf_int(out, signal);
    }
}

static void json_exit(struct buf *out, const struct event *event)
{
    if (event->how == EXIT_CODE) {
        key(out, "status");
        buf_int(out, event->status);
    } else if (event->how == EXIT_SIGNALED) {
        json_signal(out, "signal", event->status);
        key(out, "core_dumped");
        buf_str(out, event->core_dumped ? "true" : "false");
    } else {
        key(out, "status");
        buf_str(out, "null");
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
    }
    return "unknown";
}

void render_json(struct buf *out, const struct event *event, const struct render_options *options)
{
    (void)options;
    buf_char(out, '{');
    key(out, "type");
    json_text(out, type_name(event->type));
    key(out, "time");
    buf_int(out, event->time_ns);
    key(out, "pid");
    buf_int(out, event->process.pid);
    key(out, "tid");
    buf_int(out, event->tid);
    if (event->process.ppid) {
        key(out, "ppid");
        buf_int(out, event->process.ppid);
    }
    json_optional(out, "comm", event->process.comm);
    json_optional(out, "exe", event->process.exe);
    json_optional(out, "container", event->process.container);
    switch (event->type) {
    case EVENT_CALL:
        json_call(out, event);
        break;
    case EVENT_EXITED:
        json_exit(out, event);
        break;
    case EVENT_SIGNAL:
    case EVENT_STOPPED:
        json_signal(out, "signal", event->status);
        break;
    case EVENT_WARNING:
        json_optional(out, "message", event->text);
        break;
    }
    buf_str(out, "}\n");
}
