/*
 * The table of options, in groups of one file each: one line an option, with the function that takes it in.
 * options.c puts the groups together for getopt_long. A new option is a line in its group.
 */
#ifndef PROCTOR_SUPERVISOR_OPTIONS_TABLE_H
#define PROCTOR_SUPERVISOR_OPTIONS_TABLE_H

#include <getopt.h>

#include "decode/base/cleanup.h"
#include "supervisor/options.h"

/* What is gathered while options are read, and concluded when all are known. */
struct parser {
    struct options *options;
    const char *argv0;
    char **variables; /* of -E, in order */
    size_t variable_count;
    unsigned times, hexes, follows, paths, quiets, traces;
    bool quiet_given; /* -e quiet= rather than -q */
};

struct option_line;

/*
 * Takes one option in. line: the option's own. argument: NULL if it has none or none was given; lives as long
 * as argv. Returns 0, or a negative errno with err naming the option.
 */
typedef int option_apply(struct parser *p, const struct option_line *line, char *argument, struct error *err);

struct option_line {
    const char *name; /* the long one, or NULL */
    int letter;       /* the short one, or 0: strace's optional arguments are of the long ones only */
    int argument;     /* no_argument, required_argument, optional_argument */
    option_apply *apply;
};

struct option_group {
    const struct option_line *lines;
    size_t count;
};

#define OPTION_GROUP(of)                                                                                     \
    {                                                                                                        \
        of, ARRAY_SIZE(of)                                                                                   \
    }

extern const struct option_group options_trace;   /* which calls, and how much of each is decoded */
extern const struct option_group options_output;  /* where lines go and what they look like */
extern const struct option_group options_program; /* how the program is started, and the rest */
extern const struct option_group options_policy;
extern const struct option_group options_agent;

#endif
