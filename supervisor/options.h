/* The command line, as strace's. */
#ifndef PROCTOR_SUPERVISOR_OPTIONS_H
#define PROCTOR_SUPERVISOR_OPTIONS_H

#include "decode/base/error.h"
#include "supervisor/agent.h"
#include "supervisor/supervise.h"

enum command { COMMAND_RUN, COMMAND_AGENT, COMMAND_HELP, COMMAND_VERSION, COMMAND_FEATURES, COMMAND_CHECK };

struct options {
    enum command command;
    struct config config;
    struct agent_options agent;
    const char **policies; /* owned array: --policy, or the files of `check` */
    char *program;         /* owned: the resolved path */
    char **environment;    /* owned array; its strings are the caller's or argv's */
};

/*
 * Reads the command line. environment: the caller's. Returns 0; -EINVAL for a wrong option, -ENOENT or
 * -EACCES for a program that can't be run, with err filled. options_free releases what it made, also after an
 * error.
 */
int options_parse(struct options *options, int argc, char **argv, char **environment, struct error *err);
void options_free(struct options *options);

/* Whether the words behind a command (check, profile-wrap) are --help or -h alone. */
bool options_ask_help(int count, char **words);

/* The text of --help. */
const char *options_help(void);

#endif
