/*
 * proctor agent: serves the seccomp listeners of containers, which their runtimes hand over (OCI runtime
 * specification, linux.seccomp.listenerPath), through the same pipeline as a wrapped program's.
 */
#ifndef PROCTOR_SUPERVISOR_AGENT_H
#define PROCTOR_SUPERVISOR_AGENT_H

#include "decode/base/error.h"
#include "supervisor/agent_peer.h"
#include "supervisor/supervise.h"

/* --on-exit: what becomes of containers when the agent ends. */
enum on_exit { ON_EXIT_CONTINUE, ON_EXIT_KILL };

struct agent_options {
    const char *socket; /* --listen; NULL: the one that the service manager passes */
    uid_t allowed[PEER_UIDS_MAX];
    unsigned allowed_count;
    enum on_exit on_exit;
    const char *policy_directory; /* --policy-dir; NULL: all containers have the policy of --policy */
    const char *metrics;          /* --metrics: where they are served; NULL: nowhere */
};

/*
 * Serves until SIGTERM or SIGINT. Returns the exit status then, or a negative errno with err filled where it
 * could not begin.
 */
int agent_run(const struct config *config, const struct agent_options *options, struct error *err);

#endif
