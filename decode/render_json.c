/* JSON lines. docs/json.md is the schema; tests/ checks it with another JSON parser. */
#include <string.h>

#include "decode/render.h"

/* Integers beyond this are not exact in a reader that keeps numbers as doubles: they are written as strings.
 */
#define EXACT_MAX (INT64_C(1) << 53)

/* The range of errors in a result, and of those that mean "again" (include/linux/err.h, errno.h). */
enum { ERRNO_MAX = 4095, ERRNO_RESTART_FIRST = 512, ERRNO_RESTART_LAST = 516 };

static void json_value(struct buf *out, const struct values *values, uint32_t index);

/* A key that is spelled out here, with the comma before it. */
#define KEY(out, name) buf_bytes(out, ",\"" name "\":", sizeof(",\"" name "\":") - 1)

/* A name of ours: it holds nothing that would have to be escaped. */
static void json_name(struct buf *out, const char *name)
{
    buf_char(out, '"');
    buf_str(out, name);
    buf_char(out, '"');
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

/* A register: hexadecimal where it can't be a number, as it is an address or a mask then. */
static void json_raw(struct buf *out, uint64_t number)
{
    if (number > (uint64_t)EXACT_MAX) {
        json_hex(out, number);
    } else {
        buf_uint(out, number);
    }
}

/* Bytes as two hexadecimal digits each. */
static void json_hexdump(struct buf *out, const char *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    buf_char(out, '"');
    for (size_t i = 0; i < n; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        buf_char(out, digits[byte >> 4]);
        buf_char(out, digits[byte & 15]);
    }
    buf_char(out, '"');
}

static void json_enum(struct buf *out, const struct value *v)
{
    const char *name = xlat_name(v->xlat, v->number);
    if (name) {
        json_name(out, name);
    } else {
        json_hex(out, v->number);
    }
}

/* The elements of a flag set, without brackets; `between` is what is due before the next one. */
static void flag_elements(struct buf *out, const struct value *v, const char **between)
{
    uint64_t rest = v->number;
    for (uint32_t i = 0; i < v->xlat->count && rest; i++) {
        const struct xlat_entry *entry = &v->xlat->entries[i];
        if (entry->value && (rest & entry->value) == entry->value) {
            buf_str(out, *between);
            *between = ",";
            json_name(out, entry->name);
            rest &= ~entry->value;
        }
    }
    const char *zero = v->number ? NULL : xlat_name(v->xlat, 0);
    if (rest || zero) {
        buf_str(out, *between);
        *between = ",";
    }
    if (rest) {
        json_hex(out, rest);
    } else if (zero) {
        json_name(out, zero);
    }
}

/* OR: one flat array of names, whatever mixture of enumerations and flag sets it is made of. */
static void json_or(struct buf *out, const struct values *values, const struct value *v)
{
    const char *between = "";
    buf_char(out, '[');
    for (uint32_t i = v->first; i; i = values_at(values, i)->next) {
        const struct value *child = values_at(values, i);
        if (child->type == VALUE_FLAGS) {
            flag_elements(out, child, &between);
        } else {
            buf_str(out, between);
            between = ",";
            json_value(out, values, i);
        }
    }
    buf_char(out, ']');
}

static void json_flags(struct buf *out, const struct value *v)
{
    const char *between = "";
    buf_char(out, '[');
    flag_elements(out, v, &between);
    buf_char(out, ']');
}

/*
 * A plain string where that says it all; else an object: `data` with U+FFFD for what is no UTF-8 and `hex`
 * the bytes themselves, `truncated`, `abstract`. Whether the text is exact is known only when it is written:
 * the opening of the object is written first and taken back.
 */
static void json_string(struct buf *out, const struct values *values, const struct value *v)
{
    static const char opening[] = "{\"data\":";
    const char *bytes = values->bytes + v->bytes;
    size_t start = out->len;

    buf_bytes(out, opening, sizeof(opening) - 1);
    bool exact = render_json_string(out, bytes, v->length);
    if (exact && !(v->flags & (VALUE_MORE | VALUE_ABSTRACT))) {
        if (!out->failed) {
            out->len -= sizeof(opening) - 1;
            memmove(out->data + start, out->data + start + sizeof(opening) - 1, out->len - start);
        }
        return;
    }
    if (!exact) {
        KEY(out, "hex");
        json_hexdump(out, bytes, v->length);
    }
    buf_str(out, v->flags & VALUE_MORE ? ",\"truncated\":true" : "");
    buf_str(out, v->flags & VALUE_ABSTRACT ? ",\"abstract\":true" : "");
    buf_char(out, '}');
}

static void json_bytes(struct buf *out, const struct values *values, const struct value *v)
{
    buf_str(out, "{\"hex\":");
    json_hexdump(out, values->bytes + v->bytes, v->length);
    buf_str(out, v->flags & VALUE_MORE ? ",\"truncated\":true}" : "}");
}

/* What is behind a descriptor makes it an object. */
static void json_fd(struct buf *out, const struct values *values, const struct value *v)
{
    bool atcwd = v->flags & VALUE_ATCWD;
    if (v->length) {
        buf_str(out, "{\"fd\":");
    }
    if (atcwd) {
        json_name(out, "AT_FDCWD");
    } else {
        buf_int(out, (int64_t)v->number);
    }
    if (v->length) {
        KEY(out, "is");
        if (!render_json_string(out, values->bytes + v->bytes, v->length)) {
            KEY(out, "is_hex");
            json_hexdump(out, values->bytes + v->bytes, v->length);
        }
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
    const char *between = "";
    buf_char(out, '{');
    for (uint32_t i = v->first; i; i = values_at(values, i)->next) {
        const char *name = values_at(values, i)->name;
        buf_str(out, between);
        between = ",";
        json_name(out, name ? name : "value");
        buf_char(out, ':');
        json_value(out, values, i);
    }
    if (v->flags & VALUE_MORE) {
        buf_str(out, between);
        buf_str(out, "\"truncated\":true");
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

static void json_child(struct buf *out, const struct values *values, uint32_t index)
{
    if (index) {
        json_value(out, values, index);
    } else {
        buf_str(out, "null");
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
    json_name(out, v->word ? v->word : "value");
    buf_char(out, ':');
    json_elements(out, values, v);
    buf_char(out, '}');
}

static void json_change(struct buf *out, const struct values *values, const struct value *v)
{
    /* A child is rendered once: one that stood for both would double the work at each level of nesting. */
    buf_str(out, "{\"before\":");
    json_child(out, values, v->first);
    KEY(out, "after");
    json_child(out, values, v->last == v->first ? 0 : v->last);
    buf_char(out, '}');
}

/* A result and its remarks; each remark under its name, or all that have none in one array. */
static void json_noted(struct buf *out, const struct values *values, const struct value *v)
{
    const char *between = "";
    buf_str(out, "{\"value\":");
    json_child(out, values, v->first);
    uint32_t remarks = v->first ? values_at(values, v->first)->next : 0;
    for (uint32_t i = remarks; i; i = values_at(values, i)->next) {
        if (values_at(values, i)->name) {
            buf_char(out, ',');
            json_name(out, values_at(values, i)->name);
            buf_char(out, ':');
            json_value(out, values, i);
        }
    }
    KEY(out, "notes");
    buf_char(out, '[');
    for (uint32_t i = remarks; i; i = values_at(values, i)->next) {
        if (!values_at(values, i)->name) {
            buf_str(out, between);
            between = ",";
            json_value(out, values, i);
        }
    }
    buf_str(out, "]}");
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
            json_name(out, v->word);
        } else {
            (void)render_json_string(out, values->bytes + v->bytes, v->length);
        }
        break;
    case VALUE_STRUCT:
        json_struct(out, values, v);
        break;
    case VALUE_ARRAY:
        json_elements(out, values, v);
        break;
    case VALUE_REF:
        json_child(out, values, v->first);
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

/* result and error are always there, so that a selection on them never meets a missing key. */
static void json_result(struct buf *out, const struct event *event)
{
    bool failed = event->result_state == RESULT_KNOWN && event->result < 0 && event->result >= -ERRNO_MAX;
    bool restarted = failed && event->result <= -ERRNO_RESTART_FIRST && event->result >= -ERRNO_RESTART_LAST;

    KEY(out, "result");
    if (event->result_state != RESULT_KNOWN || restarted) {
        buf_str(out, "null"); /* a call that is about to be restarted has none yet */
    } else {
        json_signed(out, failed ? -1 : event->result);
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
    if (event->result_value) {
        KEY(out, "returned");
        json_value(out, &event->values, event->result_value);
    }
    if (event->duration_ns >= 0) {
        KEY(out, "duration_ns");
        buf_int(out, event->duration_ns);
    }
}

/* A key with a string; with KEY_hex beside it where the string is not exact. Nothing for a NULL. */
static void json_optional(struct buf *out, const char *name, const char *text)
{
    if (!text) {
        return;
    }
    buf_char(out, ',');
    json_name(out, name);
    buf_char(out, ':');
    if (!render_json_string(out, text, strlen(text))) {
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
    if (event->type != EVENT_WARNING) {
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
        break;
    case EVENT_STOPPED:
        json_signal(out, event->status);
        break;
    case EVENT_WARNING:
        json_optional(out, "message", event->text);
        break;
    }
    buf_str(out, "}\n");
}
