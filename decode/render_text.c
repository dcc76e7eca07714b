/* Lines of text, as strace prints them; their values are printed by render_value.c. */
#include <string.h>
#include <time.h>

#include "decode/base/time.h"
#include "decode/dump.h"
#include "decode/render.h"

static void print_name(struct buf *out, const struct event *event)
{
    if (event->call->name) {
        buf_str(out, event->call->name);
    } else {
        buf_str(out, "syscall_");
        buf_hex(out, (uint32_t)event->number);
    }
}

/* Prints the arguments from index `from` on, up to `to`. Returns whether there were any. */
static bool print_args(struct buf *out, const struct event *event, const struct render_options *options,
                       unsigned from, unsigned to)
{
    const char *separator = "";

    for (unsigned i = from; i < to; i++) {
        if (!event->value[i]) {
            continue;
        }
        buf_str(out, separator);
        separator = ", ";
        if (options->arg_names || event->call->classes & CALL_NAMED) {
            buf_str(out, event->call->args[i].name);
            buf_char(out, '=');
        }
        render_value(out, &event->values, event->value[i], options);
    }
    return *separator != 0;
}

void render_call_start(struct buf *out, const struct event *event, const struct render_options *options)
{
    print_name(out, event);
    buf_char(out, '(');
    print_args(out, event, options, 0, event->call->nargs);
}

/* The first argument that is only known when the call has returned. */
static unsigned first_result_arg(const struct event *event)
{
    unsigned i = 0;
    while (i < event->call->nargs && event->call->args[i].kind->direction == DIR_IN) {
        i++;
    }
    return i;
}

/* True if one of these arguments is used: of those that a call may fill in, fcntl has none for F_GETFD. */
static bool has_args(const struct event *event, unsigned from, unsigned to)
{
    while (from < to && !event->value[from]) {
        from++;
    }
    return from < to;
}

/* What an error means that the kernel keeps to itself, since it will restart the call (linux/errno.h). */
static const char *restart_reason(int code)
{
    switch (code) {
    case 512: /* ERESTARTSYS */
        return "To be restarted if SA_RESTART is set";
    case 514: /* ERESTARTNOHAND */
        return "To be restarted if no handler";
    case 516: /* ERESTART_RESTARTBLOCK */
        return "Interrupted by signal";
    default: /* ERESTARTNOINTR */
        return "To be restarted";
    }
}

/* Right-aligned in `width` columns, as printf's %*d. */
static void number_in(struct buf *out, int64_t number, unsigned width)
{
    char digits[24];
    struct buf text = {.data = digits, .cap = sizeof(digits)};
    buf_int(&text, number);
    for (size_t n = text.len; n < width; n++) {
        buf_char(out, ' ');
    }
    buf_bytes(out, text.data, text.len);
}

/* What comes after the seconds: ".123456". */
static void print_fraction(struct buf *out, int64_t time_ns, enum precision precision)
{
    static const struct {
        unsigned digits;
        uint32_t unit_ns;
    } precisions[] = {[PRECISION_US] = {6, 1000},
                      [PRECISION_S] = {0, 1},
                      [PRECISION_MS] = {3, 1000000},
                      [PRECISION_NS] = {9, 1}};
    if (precisions[precision].digits) {
        buf_char(out, '.');
        buf_uint_pad(out, (uint64_t)(time_ns % NS_PER_SECOND) / precisions[precision].unit_ns,
                     precisions[precision].digits);
    }
}

static void print_seconds(struct buf *out, int64_t time_ns, unsigned width, enum precision precision)
{
    time_ns = time_ns < 0 ? 0 : time_ns;
    number_in(out, time_ns / NS_PER_SECOND, width);
    print_fraction(out, time_ns, precision);
}

/* What strace says behind a result that is not the call's own. */
static void print_injected(struct buf *out, const struct event *event)
{
    static const char *const marks[] = {"", " (INJECTED)", " (INJECTED: args)", " (INJECTED: args, retval)"};
    bool result = event->injected & INJECTED_RESULT;
    bool args = event->injected & INJECTED_ARGS;
    buf_str(out, marks[2 * args + result]);
    buf_str(out, event->injected & INJECTED_DELAY ? " (DELAYED)" : "");
}

static void append_result(struct buf *out, const struct event *event, const struct render_options *options)
{
    buf_str(out, "= ");
    if (event->result_state != RESULT_KNOWN) {
        buf_str(out, event->result_state == RESULT_LOST ? "? <lost>" : "?");
        if (!(event->call->classes & CALL_NORETURN)) {
            print_injected(out, event);
        }
        return;
    }
    if (event_failed(event)) {
        int code = (int)-event->result;
        const char *name = errno_name(code);
        buf_str(out, event_restarts(event) ? "? " : "-1 ");
        if (name) {
            buf_str(out, name);
        } else {
            buf_str(out, "ERRNO_");
            buf_int(out, code);
        }
        buf_str(out, " (");
        buf_str(out, event_restarts(event) ? restart_reason(code) : strerror(code));
        buf_char(out, ')');
    } else if (event->result_value) {
        render_value(out, &event->values, event->result_value, options);
    } else {
        buf_int(out, event->result);
    }
    print_injected(out, event);
    if (options->show_duration && event->duration_ns >= 0) {
        buf_str(out, " <");
        print_seconds(out, event->duration_ns, 0, options->duration_precision);
        buf_char(out, '>');
    }
}

/* HH:MM:SS; the last second's text is kept, as localtime_r takes longer than a whole line. */
static void print_clock(struct buf *out, int64_t second, struct render_state *state)
{
    if (state->clock[0] == 0 || state->clock_second != second) {
        time_t clock = (time_t)second;
        struct tm local = {0};
        struct buf text = {.data = state->clock, .cap = sizeof(state->clock)};
        localtime_r(&clock, &local);
        buf_uint_pad(&text, (uint64_t)local.tm_hour, 2);
        buf_char(&text, ':');
        buf_uint_pad(&text, (uint64_t)local.tm_min, 2);
        buf_char(&text, ':');
        buf_uint_pad(&text, (uint64_t)local.tm_sec, 2);
        state->clock_second = second;
    }
    buf_bytes(out, state->clock, sizeof(state->clock));
}

static void print_time(struct buf *out, int64_t time_ns, const struct render_options *options,
                       struct render_state *state)
{
    switch (options->time) {
    case TIME_NONE:
        return;
    case TIME_EPOCH:
        print_seconds(out, time_ns, 0, options->time_precision);
        break;
    case TIME_SECONDS:
        print_clock(out, time_ns / NS_PER_SECOND, state);
        break;
    case TIME_MICROSECONDS:
        print_clock(out, time_ns / NS_PER_SECOND, state);
        print_fraction(out, time_ns, options->time_precision);
        break;
    }
    buf_char(out, ' ');
}

/* A line that is so much older than the one before tells that the wall clock was set back. */
#define SET_BACK_NS (60 * NS_PER_SECOND)

/*
 * Time since the line before; in brackets where the absolute time stands before it. Where lines are not in
 * the order of their times, as a call may be shown after one that began later, the later time stays the one
 * to count from.
 */
static void print_relative(struct buf *out, int64_t time_ns, const struct render_options *options,
                           struct render_state *state)
{
    int64_t since = state->last_time_ns ? time_ns - state->last_time_ns : 0;
    if (since >= 0 || since < -SET_BACK_NS) {
        state->last_time_ns = time_ns;
    }
    buf_str(out, options->time == TIME_NONE ? "" : "(+");
    print_seconds(out, since, 6, options->relative_precision);
    buf_str(out, options->time == TIME_NONE ? " " : ") ");
}

static void print_instruction(struct buf *out, const struct event *event)
{
    unsigned width = event->abi ? 2U * event->abi->pointer_size : 16;
    buf_char(out, '[');
    for (unsigned i = width; i-- > 0;) {
        buf_char(out, event->abi ? "0123456789abcdef"[event->instruction >> (4 * i) & 15] : '?');
    }
    buf_str(out, "] ");
}

static void print_comm(struct buf *out, const struct event *event, const struct render_options *options)
{
    if (options->show_comm && event->process.comm) {
        buf_char(out, '<');
        render_plain(out, event->process.comm, strlen(event->process.comm));
        buf_char(out, '>');
    }
}

static void print_prefix(struct buf *out, const struct event *event, int64_t time_ns,
                         const struct render_options *options, struct render_state *state,
                         enum pid_prefix prefix)
{
    if (prefix == PID_BRACKETS) {
        buf_str(out, "[pid ");
        number_in(out, event->tid, 5);
        print_comm(out, event, options);
        buf_str(out, "] ");
    } else if (prefix == PID_BARE) {
        size_t start = out->len;
        buf_int(out, event->tid);
        print_comm(out, event, options);
        do {
            buf_char(out, ' ');
        } while (out->len - start < 6 && !out->failed);
    }
    print_time(out, time_ns, options, state);
    if (options->relative) {
        print_relative(out, time_ns, options, state);
    }
    if (options->syscall_number) {
        buf_char(out, '[');
        if (event->type == EVENT_CALL || event->number >= 0) {
            number_in(out, event->number, 4);
        } else {
            buf_str(out, "????");
        }
        buf_str(out, "] ");
    }
    if (options->instruction) {
        print_instruction(out, event);
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
    case EXIT_SUPERSEDED:
        buf_str(out, "+++ superseded by execve in pid ");
        buf_int(out, event->status);
        break;
    case EXIT_UNKNOWN:
        buf_str(out, "+++ exited");
        break;
    }
    buf_str(out, " +++\n");
}

static void print_signal(struct buf *out, const struct event *event, const char *before,
                         const struct render_options *options)
{
    int signal = event->status;
    const char *name = signal_name(signal);
    buf_str(out, before);
    buf_str(out, name ? name : "SIG_??? ");
    if (!name) {
        buf_int(out, signal);
    }
    if (event->type == EVENT_SIGNAL && event->value[0]) {
        buf_char(out, ' ');
        render_value(out, &event->values, event->value[0], options);
    }
    buf_str(out, " ---\n");
    render_stack_text(out, &event->stack);
}

/* ")", the result at its column (width: columns used so far), and the end of the line. */
static void print_end(struct buf *out, const struct event *event, const struct render_options *options,
                      size_t width)
{
    buf_char(out, ')');
    width++;
    do {
        buf_char(out, ' ');
    } while (++width < options->column && !out->failed);
    append_result(out, event, options);
    buf_char(out, '\n');
    dump_render(out, event);
    render_stack_text(out, &event->stack);
}

static void print_call(struct buf *out, const struct event *event, const struct render_options *options,
                       size_t start)
{
    render_call_start(out, event, options);
    print_end(out, event, options, out->len - start);
}

void render_text_start(struct buf *out, const struct event *event, const struct render_options *options,
                       struct render_state *state, enum pid_prefix prefix)
{
    size_t start = out->len;
    unsigned split = first_result_arg(event);
    print_prefix(out, event, event->time_ns, options, state, prefix);
    print_name(out, event);
    buf_char(out, '(');
    if (print_args(out, event, options, 0, split) && has_args(event, split, event->call->nargs)) {
        buf_str(out, ", ");
    }
    state->open_width = out->len - start;
}

void render_text_unfinished(struct buf *out)
{
    buf_str(out, " <unfinished ...>\n");
}

void render_text_rest(struct buf *out, const struct event *event, const struct render_options *options,
                      struct render_state *state, enum pid_prefix prefix)
{
    size_t start = out->len;
    size_t width = state->open_width;
    if (event->line != LINE_OPEN) {
        width = 0;
        print_prefix(out, event, event->finished_ns ? event->finished_ns : event->time_ns, options, state,
                     prefix);
        buf_str(out, "<... ");
        print_name(out, event);
        buf_str(out, " resumed>");
    }
    if (event->result_state == RESULT_KNOWN) {
        print_args(out, event, options, first_result_arg(event), event->call->nargs);
    } else if (has_args(event, first_result_arg(event), event->call->nargs)) {
        buf_str(out, " <unfinished ...>"); /* what it would have written is missing */
    }
    print_end(out, event, options, width + out->len - start);
}

void render_text(struct buf *out, const struct event *event, const struct render_options *options,
                 struct render_state *state, enum pid_prefix prefix)
{
    size_t start = out->len; /* -a counts columns from the start of the line */
    if (event->type != EVENT_WARNING && event->type != EVENT_GAP) {
        print_prefix(out, event, event->time_ns, options, state, prefix);
    }
    switch (event->type) {
    case EVENT_CALL:
        print_call(out, event, options, start);
        break;
    case EVENT_EXITED:
        print_exit(out, event);
        break;
    case EVENT_SIGNAL:
        print_signal(out, event, "--- ", options);
        break;
    case EVENT_STOPPED:
        print_signal(out, event, "--- stopped by ", options);
        break;
    case EVENT_WARNING:
        buf_str(out, "proctor: ");
        render_plain(out, event->text, strlen(event->text));
        buf_char(out, '\n');
        break;
    case EVENT_GAP:
        buf_str(out, "proctor: ");
        render_gap(out, event->gap);
        buf_char(out, '\n');
        break;
    }
}
