/* How the program is started, how it is served, and what is done instead. */
#include <errno.h>

#include "supervisor/options_table.h"
#include "supervisor/options_words.h"

static int take_directory(struct parser *p, const struct option_line *line, char *path, struct error *err)
{
    (void)line, (void)err;
    p->options->config.launch.chdir = path;
    return 0;
}

static int take_argv0(struct parser *p, const struct option_line *line, char *name, struct error *err)
{
    (void)line, (void)err;
    p->argv0 = name;
    return 0;
}

static int take_variable(struct parser *p, const struct option_line *line, char *variable, struct error *err)
{
    (void)line, (void)err;
    p->variables[p->variable_count++] = variable;
    return 0;
}

static int take_user(struct parser *p, const struct option_line *line, char *name, struct error *err)
{
    (void)line;
    return identity_lookup(name, &p->options->config.launch.user, err);
}

static int take_drop_caps(struct parser *p, const struct option_line *line, char *list, struct error *err)
{
    (void)line;
    return capabilities_parse(list, &p->options->config.launch.drop_caps, err);
}

static int take_no_io_uring(struct parser *p, const struct option_line *line, char *argument,
                            struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->options->config.no_io_uring = true;
    return 0;
}

static int take_workers(struct parser *p, const struct option_line *line, char *text, struct error *err)
{
    uint32_t number = 0;
    int ret = parse_number("--workers", text, &number, err);
    (void)line;
    if (ret == 0 && (number < 1 || number > 64)) {
        ret = error_set(err, EINVAL, "--workers: %u is not between 1 and 64", number);
    }
    p->options->config.workers = ret == 0 ? number : 0;
    return ret;
}

static int take_features(struct parser *p, const struct option_line *line, char *argument, struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->options->command = COMMAND_FEATURES;
    return 0;
}

static int take_help(struct parser *p, const struct option_line *line, char *argument, struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->options->command = COMMAND_HELP;
    return 0;
}

static int take_version(struct parser *p, const struct option_line *line, char *argument, struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->options->command = COMMAND_VERSION;
    return 0;
}

static const struct option_line lines[] = {
    {"chdir", 0, required_argument, take_directory},
    {"argv0", 0, required_argument, take_argv0},
    {"env", 'E', required_argument, take_variable},
    {"user", 'u', required_argument, take_user},
    {"drop-caps", 0, required_argument, take_drop_caps},
    {"no-io-uring", 0, no_argument, take_no_io_uring},
    {"workers", 0, required_argument, take_workers},
    {"features", 0, no_argument, take_features},
    {"help", 'h', no_argument, take_help},
    {"version", 'V', no_argument, take_version},
};

const struct option_group options_program = OPTION_GROUP(lines);
