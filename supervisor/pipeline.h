/*
 * The one way an event takes: source -> event -> decode -> policy -> sink.
 *
 * A source fills an event and hands it to pipeline_entry, answers the kernel as the verdict says, and then
 * commits or drops the event. A line is committed only when its answer was accepted.
 */
#ifndef PROCTOR_SUPERVISOR_PIPELINE_H
#define PROCTOR_SUPERVISOR_PIPELINE_H

#include "decode/decoder.h"
#include "decode/event.h"
#include "decode/select.h"
#include "supervisor/process.h"
#include "supervisor/sink.h"

/* What a source does with the call. */
struct verdict {
    bool deny; /* answer with `error` or `value` instead of letting the kernel carry it out */
    int error; /* positive errno */
    int64_t value;
};

struct pipeline {
    struct decode_options decode;
    struct selection shown;
    struct process_table *processes;
    struct sink *sink;
    bool read_refused_reported;
    uint64_t sequence;
    char path[4096]; /* of the event in hand */
};

/*
 * Decodes and judges an event whose tid, abi, call, number and args are filled. task: the caller's. Reads the
 * target's memory, so it is called before the answer. Returns whether it will be shown.
 */
bool pipeline_entry(struct pipeline *p, struct event *event, struct task *task, struct verdict *verdict);

/* Hands a decoded event (or one of another type) to the sinks. */
void pipeline_commit(struct pipeline *p, const struct event *event);

/* A line of our own in the trace. */
void pipeline_warn(struct pipeline *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
