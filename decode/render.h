/*
 * Rendering: events to text as strace prints it, and to JSON lines. Pure: reads an event, appends to a
 * buffer.
 */
#ifndef PROCTOR_DECODE_RENDER_H
#define PROCTOR_DECODE_RENDER_H

#include "decode/base/buf.h"
#include "decode/event.h"

enum xlat_mode { XLAT_ABBREV, XLAT_RAW, XLAT_VERBOSE }; /* -X */
/* -x; -xx; --strings-in-hex=non-ascii-chars: \x in place of octal escapes. */
enum string_mode { STRING_PLAIN, STRING_HEX_IF_BINARY, STRING_HEX, STRING_HEX_ESCAPES };
enum time_mode { TIME_NONE, TIME_SECONDS, TIME_MICROSECONDS, TIME_EPOCH }; /* -t -tt -ttt */
enum precision { PRECISION_US, PRECISION_S, PRECISION_MS, PRECISION_NS };

enum pid_prefix { PID_NONE, PID_BRACKETS, PID_BARE }; /* nothing, "[pid N] ", "N " (in files) */

struct render_options {
    enum xlat_mode xlat;
    enum string_mode strings;
    enum time_mode time;
    enum precision time_precision; /* of TIME_MICROSECONDS and TIME_EPOCH */
    bool relative;                 /* -r: time since the line before */
    enum precision relative_precision;
    unsigned column;     /* -a: where "= result" starts */
    bool instruction;    /* -i */
    bool syscall_number; /* -n */
    bool arg_names;      /* -N: names before arguments */
    bool show_duration;  /* -T */
    enum precision duration_precision;
    bool show_comm; /* -Y: the command's name behind the pid */
};

/* What one output stream remembers between lines. Zeroed at start. */
struct render_state {
    int64_t last_time_ns; /* for -r */
    int64_t clock_second; /* the second that `clock` is the local time of */
    char clock[8];        /* HH:MM:SS, not terminated; clock[0] is 0 before the first */
    size_t open_width;    /* columns that the open line has already */
};

/*
 * Appends the event as text. Everything from the target is escaped: one event is one line.
 */
void render_text(struct buf *out, const struct event *event, const struct render_options *options,
                 struct render_state *state, enum pid_prefix prefix);

/*
 * The same in pieces, for a call that begins before it ends: its start ("read(3, "), up to the first argument
 * that the call itself fills in; the end of that line when something else comes between; the rest, on the
 * same line or, after an interruption, on one of its own ("<... read resumed>\"abc\", 3) = 3").
 */
void render_text_start(struct buf *out, const struct event *event, const struct render_options *options,
                       struct render_state *state, enum pid_prefix prefix);
void render_text_unfinished(struct buf *out);
void render_text_rest(struct buf *out, const struct event *event, const struct render_options *options,
                      struct render_state *state, enum pid_prefix prefix);

/* The parts of a line, for lines that are shown in two pieces and for rules that quote arguments. */
void render_value(struct buf *out, const struct values *values, uint32_t index,
                  const struct render_options *options);
void render_call_start(struct buf *out, const struct event *event, const struct render_options *options);

/* Appends the event as one JSON object and a newline. Schema: docs/json.md. Always valid UTF-8. */
void render_json(struct buf *out, const struct event *event, const struct render_options *options);

/* What a gap means, in words, without a newline; and its members in the JSON object of its event. */
void render_gap(struct buf *out, const struct event_gap *gap);
void render_json_gap(struct buf *out, const struct event_gap *gap);

/* Appends a container as one JSON object, without a newline. Its `json` is not looked at. */
void render_json_container(struct buf *out, const struct event_container *container);

/* Appends a stack trace: a line for each frame; members of an object, with the comma before them. Nothing
 * where none was asked for. */
void render_stack_text(struct buf *out, const struct event_stack *stack);
void render_stack_json(struct buf *out, const struct event_stack *stack);

/* Appends bytes as a quoted C string the way strace does. */
void render_quoted(struct buf *out, const char *bytes, size_t n, enum string_mode mode, bool quotes);

/* The same without quotes for a name that stands in angle brackets, which are escaped in it too. */
void render_bracketed(struct buf *out, const char *bytes, size_t n, enum string_mode mode);

/* Appends text that is ours except for what it may quote: as it is, with what does not print escaped. */
void render_plain(struct buf *out, const char *text, size_t n);

/*
 * Appends a JSON string. A byte that is not part of well-formed UTF-8 becomes U+FFFD: every parser takes
 * that, which is not so of lone surrogates. Returns whether the string is exact; if not, the caller writes
 * the bytes in another way too.
 */
bool render_json_string(struct buf *out, const char *bytes, size_t n);

/* Appends the key of a member that is not an object's first, `,"key":`; what it spells needs no escape. */
void render_json_key(struct buf *out, const char *key);

/* The same with a string behind it; nothing for a NULL. Returns whether the string is exact. */
bool render_json_member(struct buf *out, const char *key, const char *text);

/* The symbolic name of an errno value ("ENOENT"), or NULL; of a signal ("SIGHUP"), or NULL. */
const char *errno_name(int code);
const char *signal_name(int signal);

/* The reverse, in any case: an error's name; a signal's, with or without SIG, or its number. 0: there is
 * none. */
int errno_find(const char *word, size_t length);
int signal_find(const char *word, size_t length);

#endif
