/*
 * One event: filled by a source, decoded once, judged once, rendered once.
 *
 * The renderers and the rules see nothing but this: no descriptor, no /proc, no global.
 */
#ifndef PROCTOR_DECODE_EVENT_H
#define PROCTOR_DECODE_EVENT_H

#include <stdint.h>
#include <sys/types.h>

#include "decode/call.h"
#include "decode/value.h"

enum event_type {
    EVENT_CALL,    /* a system call */
    EVENT_EXITED,  /* a task ended: `status` */
    EVENT_SIGNAL,  /* a signal was delivered: `signal` */
    EVENT_STOPPED, /* a task stopped by `signal` */
    EVENT_WARNING, /* something the reader of the trace must know: `text` */
    EVENT_GAP,     /* lines may be missing: `gap` */
};

enum result_state {
    RESULT_UNKNOWN, /* no exit source: "= ?" */
    RESULT_KNOWN,
    RESULT_LOST, /* the exit source lost it: "= ? <lost>" */
};

/* What was done to a call from outside: -e inject=, or a rule's action. */
enum {
    INJECTED_RESULT = 1 << 0, /* the kernel did not carry it out: the result is ours */
    INJECTED_VALUE = 1 << 1,  /* and it is a value, even where it looks like an error */
    INJECTED_ARGS = 1 << 2,   /* memory that its arguments point to was written */
    INJECTED_DELAY = 1 << 3,
};

enum exit_how {
    EXIT_UNKNOWN, /* it is gone, and nothing tells how */
    EXIT_CODE,
    EXIT_SIGNALED,
    EXIT_SUPERSEDED, /* another thread, `status`, called exec and goes on under its id */
};

struct event_annotation {
    const char *key;
    const char *value;
};

/*
 * A container, as its runtime described it when it handed it over. Does not change while an event refers to
 * it. Strings but the id may be NULL: not known.
 */
struct event_container {
    const char *id;
    const char *bundle;   /* the directory of its configuration */
    const char *metadata; /* what the profile gives the agent (listenerMetadata) */
    pid_t pid;            /* its first process, or the first of an exec into it */
    const char *name;     /* these five where annotations tell them */
    const char *image;
    const char *pod;
    const char *pod_namespace;
    const char *pod_uid;
    const struct event_annotation *annotations;
    size_t annotation_count;
    size_t annotations_omitted; /* too large to be repeated with every event */
    const char *json; /* all this as one JSON object (render_json_container), made once; NULL: not yet */
    size_t json_length;
};

/* What is known of the task's process, as it was when the event happened. Strings may be NULL: not known. */
struct event_process {
    pid_t pid;  /* thread group id */
    pid_t ppid; /* 0: not known */
    const char *comm;
    const char *exe;
    const char *cwd;
    pid_t vpid; /* its id and its task's in its own PID namespace; 0: not known */
    pid_t vtid;
    const struct event_container *container; /* NULL: in none that is known */
};

/* A place in a stack trace. Strings but the binary may be NULL: not known. */
struct event_frame {
    const char *binary; /* the file, or what the kernel calls the mapping */
    const char *symbol;
    uint64_t offset;  /* from the symbol's start */
    uint64_t address; /* as the file was linked; as it is in memory where there is no file */
    const char *file; /* of source */
    int line;
};

struct event_stack {
    const struct event_frame *frames; /* the innermost first */
    size_t count;
    const char *cut; /* why it ends before the outermost; NULL: it does not */
};

/*
 * What may be missing because a worker died (supervisor/keeper.h); several where the next died before it
 * could tell.
 */
struct event_gap {
    unsigned deaths;
    int status;         /* the wait status of the last; -1: it was that of another agent */
    unsigned let_go;    /* calls in flight that were let go on unseen, */
    unsigned refused;   /* and those that fail, as the policy might have denied them */
    uint64_t unwritten; /* at most so many calls were received since then and not written */
    int64_t since_ns;   /* CLOCK_REALTIME */
};

/* How much of a call the text has shown. */
enum line_state {
    LINE_NONE,
    LINE_OPEN,       /* its start, without a newline: the rest may follow on the same line */
    LINE_UNFINISHED, /* its start, ended by "<unfinished ...>": the rest is a line of its own */
};

struct event {
    enum event_type type;
    uint64_t sequence; /* order in which the events were received */
    int64_t time_ns;   /* CLOCK_REALTIME when it was received */
    pid_t tid;
    struct event_process process;

    /* EVENT_CALL; EVENT_SIGNAL: of the code at `instruction`, that it came to, or NULL: not known */
    const struct abi *abi;
    uint64_t instruction;

    /* EVENT_CALL */
    const struct call *call;
    int number; /* as the kernel reports it, ABI bit included; of other events: the task's last one, or -1 */
    uint64_t args[CALL_ARGS_MAX];
    struct values values;
    uint32_t value[CALL_ARGS_MAX]; /* see struct decoder */
    uint32_t socket;               /* index of the descriptor as it is after a connect; 0: not asked for */
    uint32_t dump;                 /* index of the data that is shown in hexadecimal too; 0: none */
    uint32_t result_value;         /* index of the decoded result; 0: bare number */
    char *path;                    /* absolute, normalised, of the call's first path argument; NULL: none */
    enum result_state result_state;
    int64_t result;           /* -errno on failure */
    unsigned injected;        /* INJECTED_* */
    int64_t duration_ns;      /* -1: not known */
    int64_t finished_ns;      /* CLOCK_REALTIME when it returned; 0: not known */
    enum line_state line;     /* the text sink's */
    struct event_stack stack; /* who made the call; frames NULL: not asked for */

    /* EVENT_EXITED, EVENT_SIGNAL (value[0]: its siginfo, 0: not known), EVENT_STOPPED */
    enum exit_how how;
    int status; /* exit code, signal number, or thread id */
    int core_dumped;
    const char *text;
    const struct event_gap *gap;
};

/* Whether the call is known to have failed. A value that was injected is no error, whatever it looks like. */
static inline bool event_failed(const struct event *event)
{
    return event->result_state == RESULT_KNOWN && result_is_error(event->result) &&
           !(event->injected & INJECTED_VALUE);
}

static inline bool event_restarts(const struct event *event)
{
    return event_failed(event) && result_restarts(event->result);
}

#endif
