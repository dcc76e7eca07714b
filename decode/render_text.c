/* Text, as strace prints it. */
#include <string.h>
#include <time.h>

#include "decode/render.h"

struct printer {
    struct buf *out;
    const struct values *values;
    const struct render_options *options;
};

static void print_value(const struct printer *p, uint32_t index);

static const char *bytes_of(const struct printer *p, const struct value *v)
{
    return p->values->bytes + v->bytes;
}

static void comment(struct buf *out, const char *text)
{
    buf_str(out, " /* ");
    buf_str(out, text);
    buf_str(out, " */");
}

/* As C's %#x does: a zero has no prefix. */
static void hex(struct buf *out, uint64_t number)
{
    if (number) {
        buf_hex(out, number);
    } else {
        buf_char(out, '0');
    }
}

static void print_enum(const struct printer *p, const struct value *v)
{
    const char *name = xlat_name(v->xlat, v->number);
    if (p->options->xlat == XLAT_ABBREV && name) {
        buf_str(p->out, name);
        return;
    }
    hex(p->out, v->number);
    name = name ? name : v->xlat->unknown;
    if (p->options->xlat != XLAT_RAW && name) {
        comment(p->out, name);
    }
}

/* Appends the names of the known bits, joined by '|'; returns the bits that have no name. */
static uint64_t flag_names(const struct printer *p, const struct xlat *xlat, uint64_t bits, bool *any)
{
    const char *zero = bits == 0 ? xlat_name(xlat, 0) : NULL;
    if (zero) {
        buf_str(p->out, zero);
        *any = true;
    }
    for (uint32_t i = 0; i < xlat->count && bits; i++) {
        uint64_t value = xlat->entries[i].value;
        if (value && (bits & value) == value) {
            if (*any) {
                buf_char(p->out, '|');
            }
            buf_str(p->out, xlat->entries[i].name);
            bits &= ~value;
            *any = true;
        }
    }
    return bits;
}

static void print_flags(const struct printer *p, const struct value *v)
{
    bool any = false;
    if (p->options->xlat == XLAT_RAW) {
        hex(p->out, v->number);
        return;
    }
    if (p->options->xlat == XLAT_VERBOSE && v->number) {
        buf_hex(p->out, v->number);
        buf_str(p->out, " /* ");
    }
    uint64_t rest = flag_names(p, v->xlat, v->number, &any);
    if (rest) {
        if (any) {
            buf_char(p->out, '|');
        }
        buf_hex(p->out, rest);
        if (!any && p->options->xlat == XLAT_ABBREV && v->xlat->unknown) {
            comment(p->out, v->xlat->unknown);
        }
    } else if (!any) {
        buf_char(p->out, '0');
    }
    if (p->options->xlat == XLAT_VERBOSE && v->number) {
        buf_str(p->out, " */");
    }
}

static void print_string(const struct printer *p, const struct value *v)
{
    if (v->flags & VALUE_ABSTRACT) {
        buf_char(p->out, '@');
    }
    enum string_mode mode = v->flags & VALUE_HEXBYTES ? STRING_HEX : p->options->strings;
    render_quoted(p->out, bytes_of(p, v), v->length, mode, !(v->flags & VALUE_NOQUOTE));
    if (v->flags & VALUE_MORE) {
        buf_str(p->out, "...");
    }
}

static void print_bytes(const struct printer *p, const struct value *v)
{
    bool first = v->flags & VALUE_NOTE_FIRST;
    if (v->note && first) {
        comment(p->out, p->values->bytes + v->note);
        buf_char(p->out, ' ');
    }
    render_quoted(p->out, bytes_of(p, v), v->length, STRING_HEX, true);
    buf_str(p->out, v->flags & VALUE_MORE ? "..." : "");
    if (v->note && !first) {
        comment(p->out, p->values->bytes + v->note);
    }
}

static void print_fd(const struct printer *p, const struct value *v)
{
    if (v->flags & VALUE_ATCWD) {
        buf_str(p->out, "AT_FDCWD");
    } else {
        buf_int(p->out, (int64_t)v->number);
    }
    if (v->length) {
        buf_char(p->out, '<');
        render_quoted(p->out, bytes_of(p, v), v->length, p->options->strings, false);
        buf_char(p->out, '>');
    }
}

/* Children joined by a separator; with names where they have them. */
static void print_children(const struct printer *p, const struct value *v, const char *separator, bool names)
{
    const char *between = "";
    for (uint32_t i = v->first; i; i = values_at(p->values, i)->next) {
        const struct value *child = values_at(p->values, i);
        buf_str(p->out, between);
        between = separator;
        /* A bare call holds its member's name among its arguments: inet_pton(AF_INET6, "::1", &sin6_addr). */
        bool bare = child->type == VALUE_FUNC && (child->flags & VALUE_BARE);
        if (names && child->name && !bare) {
            buf_str(p->out, child->name);
            buf_char(p->out, '=');
        }
        print_value(p, i);
    }
    if (v->flags & VALUE_MORE) {
        buf_str(p->out, between);
        buf_str(p->out, "...");
    }
}

static void print_bracketed(const struct printer *p, const struct value *v, const char *brackets)
{
    bool bare = v->flags & VALUE_BARE;
    if (!bare) {
        buf_char(p->out, brackets[0]);
    }
    print_children(p, v, ", ", true);
    if (!bare) {
        buf_char(p->out, brackets[1]);
    }
}

static void print_set(const struct printer *p, const struct value *v)
{
    buf_str(p->out, v->number ? "~[" : "[");
    print_children(p, v, " ", false);
    buf_char(p->out, ']');
}

/* A result and its remarks: 0 (Timeout), 0x8002 (flags O_RDWR|O_LARGEFILE), 1 (in [3], left 5). */
static void print_noted(const struct printer *p, const struct value *v)
{
    const char *between = " (";
    if (!v->first) {
        return;
    }
    print_value(p, v->first);
    for (uint32_t i = values_at(p->values, v->first)->next; i; i = values_at(p->values, i)->next) {
        const struct value *child = values_at(p->values, i);
        buf_str(p->out, between);
        between = ", ";
        if (child->name) {
            buf_str(p->out, child->name);
            buf_char(p->out, ' ');
        }
        print_value(p, i);
    }
    buf_str(p->out, between[0] == ',' ? ")" : "");
}

/* The parts are one number to the program: -X raw and verbose show it, as they do for a plain flag set. */
static void print_or(const struct printer *p, const struct value *v)
{
    struct render_options names = *p->options;
    names.xlat = XLAT_ABBREV;
    if (p->options->xlat != XLAT_ABBREV) {
        if (v->flags & VALUE_BASE8) {
            buf_octal(p->out, v->number);
        } else {
            hex(p->out, v->number);
        }
    }
    if (p->options->xlat != XLAT_RAW) {
        buf_str(p->out, p->options->xlat == XLAT_VERBOSE ? " /* " : "");
        print_children(&(struct printer){p->out, p->values, &names}, v, "|", false);
        buf_str(p->out, p->options->xlat == XLAT_VERBOSE ? " */" : "");
    }
}

static void print_value(const struct printer *p, uint32_t index)
{
    const struct value *v = values_at(p->values, index);
    switch ((enum value_type)v->type) {
    case VALUE_INT:
        buf_int(p->out, (int64_t)v->number);
        break;
    case VALUE_UINT:
        buf_uint(p->out, v->number);
        break;
    case VALUE_HEX:
        hex(p->out, v->number);
        break;
    case VALUE_ADDR:
        if (v->number) {
            buf_hex(p->out, v->number);
        } else {
            buf_str(p->out, "NULL");
        }
        break;
    case VALUE_OCTAL:
        buf_octal(p->out, v->number);
        break;
    case VALUE_FLAGS:
        print_flags(p, v);
        break;
    case VALUE_ENUM:
        print_enum(p, v);
        break;
    case VALUE_STRING:
        print_string(p, v);
        break;
    case VALUE_BYTES:
        print_bytes(p, v);
        return;
    case VALUE_FD:
        print_fd(p, v);
        break;
    case VALUE_WORD:
        if (v->word) {
            buf_str(p->out, v->word);
        } else {
            render_quoted(p->out, bytes_of(p, v), v->length, STRING_PLAIN, false);
        }
        break;
    case VALUE_STRUCT:
        print_bracketed(p, v, "{}");
        break;
    case VALUE_ARRAY:
    case VALUE_REF:
        print_bracketed(p, v, "[]");
        break;
    case VALUE_OR:
        print_or(p, v);
        break;
    case VALUE_SET:
        print_set(p, v);
        break;
    case VALUE_FUNC:
        buf_str(p->out, v->word ? v->word : "?");
        buf_char(p->out, '(');
        print_children(p, v, ", ", true);
        buf_char(p->out, ')');
        break;
    case VALUE_CHANGE:
        print_children(p, v, " => ", false);
        break;
    case VALUE_NOTED:
        print_noted(p, v);
        break;
    }
    if (v->note) {
        comment(p->out, p->values->bytes + v->note);
    }
}

void render_value(struct buf *out, const struct values *values, uint32_t index,
                  const struct render_options *options)
{
    print_value(&(struct printer){out, values, options}, index);
}

static void print_name(struct buf *out, const struct event *event)
{
    if (event->call->name) {
        buf_str(out, event->call->name);
    } else {
        buf_str(out, "syscall_");
        buf_hex(out, (uint32_t)event->number);
    }
}

void render_call_start(struct buf *out, const struct event *event, const struct render_options *options)
{
    struct printer p = {out, &event->values, options};
    const char *separator = "";

    print_name(out, event);
    buf_char(out, '(');
    for (unsigned i = 0; i < event->call->nargs; i++) {
        if (!event->value[i]) {
            continue;
        }
        buf_str(out, separator);
        separator = ", ";
        if (event->call->classes & CALL_NAMED) {
            buf_str(out, event->call->args[i].name);
            buf_char(out, '=');
        }
        print_value(&p, event->value[i]);
    }
}

void render_result(struct buf *out, const struct event *event, const struct render_options *options)
{
    buf_str(out, "= ");
    if (event->result_state != RESULT_KNOWN) {
        buf_str(out, event->result_state == RESULT_LOST ? "? <lost>" : "?");
        return;
    }
    if (event->result < 0 && event->result >= -4095) {
        int code = (int)-event->result;
        const char *name = errno_name(code);
        /* Calls that the kernel is about to restart have no result yet. */
        buf_str(out, code >= 512 && code <= 516 ? "? " : "-1 ");
        if (name) {
            buf_str(out, name);
        } else {
            buf_str(out, "ERRNO_");
            buf_int(out, code);
        }
        buf_str(out, " (");
        buf_str(out, code < 512 ? strerror(code) : "To be restarted");
        buf_char(out, ')');
    } else if (event->result_value) {
        render_value(out, &event->values, event->result_value, options);
    } else {
        buf_int(out, event->result);
    }
    if (options->show_duration && event->duration_ns >= 0) {
        buf_printf(out, " <%lld.%06lld>", (long long)(event->duration_ns / 1000000000),
                   (long long)(event->duration_ns % 1000000000 / 1000));
    }
}

static void print_time(struct buf *out, int64_t time_ns, const struct render_options *options,
                       struct render_state *state)
{
    int64_t shown = time_ns;
    if (options->time == TIME_RELATIVE) {
        shown = state->last_time_ns ? time_ns - state->last_time_ns : 0;
        state->last_time_ns = time_ns;
    }
    uint64_t seconds = shown < 0 ? 0 : (uint64_t)(shown / 1000000000);
    uint64_t micros = shown < 0 ? 0 : (uint64_t)(shown % 1000000000 / 1000);

    if (options->time == TIME_EPOCH || options->time == TIME_RELATIVE) {
        if (options->time == TIME_RELATIVE) {
            for (uint64_t width = 100000; width >= 10 && seconds < width; width /= 10) {
                buf_char(out, ' ');
            }
        }
        buf_uint(out, seconds);
        buf_char(out, '.');
        buf_uint_pad(out, micros, 6);
    } else {
        time_t clock = (time_t)seconds;
        struct tm local = {0};
        localtime_r(&clock, &local);
        buf_uint_pad(out, (uint64_t)local.tm_hour, 2);
        buf_char(out, ':');
        buf_uint_pad(out, (uint64_t)local.tm_min, 2);
        buf_char(out, ':');
        buf_uint_pad(out, (uint64_t)local.tm_sec, 2);
        if (options->time == TIME_MICROSECONDS) {
            buf_char(out, '.');
            buf_uint_pad(out, micros, 6);
        }
    }
    buf_char(out, ' ');
}

static void print_prefix(struct buf *out, const struct event *event, const struct render_options *options,
                         struct render_state *state, enum pid_prefix prefix)
{
    if (prefix == PID_BRACKETS) {
        buf_printf(out, "[pid %5d] ", event->tid);
    } else if (prefix == PID_BARE) {
        buf_printf(out, "%-5d ", event->tid);
    }
    if (options->time != TIME_NONE) {
        print_time(out, event->time_ns, options, state);
    }
    if (event->type == EVENT_CALL && options->syscall_number) {
        buf_printf(out, "[%4d] ", event->number);
    }
    if (event->type == EVENT_CALL && options->instruction) {
        buf_printf(out, "[%0*llx] ", 2 * event->abi->pointer_size, (unsigned long long)event->instruction);
    }
}

static void print_exit(struct buf *out, const struct event *event)
{
    switch (event->how) {
    case EXIT_CODE:
        buf_str(out, "+++ exited with ");
        buf_int(out, event->status);
        break;
    case EXIT_SIGNALED:
        buf_str(out, "+++ killed by ");
        buf_str(out, signal_name(event->status) ? signal_name(event->status) : "an unknown signal");
        buf_str(out, event->core_dumped ? " (core dumped)" : "");
        break;
    case EXIT_UNKNOWN:
        buf_str(out, "+++ exited");
        break;
    }
    buf_str(out, " +++\n");
}

static void print_call(struct buf *out, const struct event *event, const struct render_options *options,
                       size_t start)
{
    render_call_start(out, event, options);
    buf_char(out, ')');
    size_t width = out->len - start;
    do {
        buf_char(out, ' ');
    } while (++width < options->column && !out->failed);
    render_result(out, event, options);
    buf_char(out, '\n');
}

void render_text(struct buf *out, const struct event *event, const struct render_options *options,
                 struct render_state *state, enum pid_prefix prefix)
{
    size_t start = out->len; /* -a counts columns from the start of the line */
    print_prefix(out, event, options, state, prefix);
    switch (event->type) {
    case EVENT_CALL:
        print_call(out, event, options, start);
        break;
    case EVENT_EXITED:
        print_exit(out, event);
        break;
    case EVENT_SIGNAL:
        buf_printf(out, "--- %s ---\n", signal_name(event->status) ? signal_name(event->status) : "SIG_???");
        break;
    case EVENT_STOPPED:
        buf_printf(out, "--- stopped by %s ---\n",
                   signal_name(event->status) ? signal_name(event->status) : "SIG_???");
        break;
    case EVENT_WARNING:
        buf_str(out, "proctor: ");
        buf_str(out, event->text);
        buf_char(out, '\n');
        break;
    }
}
