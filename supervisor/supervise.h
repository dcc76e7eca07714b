/* Wrapping one program: proctor CMD ARGS. */
#ifndef PROCTOR_SUPERVISOR_SUPERVISE_H
#define PROCTOR_SUPERVISOR_SUPERVISE_H

#include "decode/base/error.h"
#include "decode/select.h"
#include "launcher/launch.h"
#include "supervisor/judge.h"
#include "supervisor/path_filter.h"
#include "supervisor/qualify.h"
#include "supervisor/result_filter.h"
#include "supervisor/sink.h"
#include "supervisor/unwind/stack.h"

/* The exit status where an alert was raised that --fail-on names. */
enum { EXIT_ALERT = 3 };

/* --results */
enum results_choice { RESULTS_AUTO, RESULTS_BPF, RESULTS_PTRACE, RESULTS_NONE };

struct config {
    struct selection trace; /* what is shown */
    struct decode_options decode;
    struct output_options output;
    struct launch_options launch;
    bool quiet_attach; /* -q */
    bool quiet_exit;   /* -qq */
    bool no_io_uring;
    struct path_filter paths; /* -P */
    struct qualifiers qualifiers;
    struct result_filter filter;
    enum results_choice results;
    unsigned workers; /* threads that serve the listener */
    struct judge_options policy;
    enum stack_mode stack; /* -k */
    uint32_t stack_frames; /* of each trace */
};

/*
 * Runs the program of config->launch to its end and that of all its descendants. Returns the wait status of
 * the program (see waitpid(2)), or that of one that exits with EXIT_ALERT where --fail-on says so, or a
 * negative errno with err filled.
 */
int supervise(const struct config *config, struct error *err);

#endif
