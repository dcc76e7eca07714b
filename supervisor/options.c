#include "supervisor/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "supervisor/options_table.h"
#include "supervisor/workers.h"

enum {
    LONG_BASE = 256, /* getopt_long's value of a long option: this and its place in the table */
    LINES_MAX = 256
};

static const struct option_group *const groups[] = {&options_trace, &options_output, &options_program,
                                                    &options_policy, &options_agent};

/* All groups' lines, and what getopt_long asks for. */
struct option_table {
    const struct option_line *lines[LINES_MAX];
    size_t count;
    struct option longs[LINES_MAX + 1];
    char letters[2 * LINES_MAX + 3];
};

static void add_letter(struct option_table *table, const struct option_line *line)
{
    size_t length = strlen(table->letters);
    if (line->letter && !strchr(table->letters, line->letter)) {
        table->letters[length++] = (char)line->letter;
        table->letters[length] = line->argument == required_argument ? ':' : '\0';
    }
}

static void table_make(struct option_table *table)
{
    struct option *next = table->longs;
    *table = (struct option_table){.letters = "+:"};
    for (size_t g = 0; g < ARRAY_SIZE(groups); g++) {
        for (size_t i = 0; i < groups[g]->count && table->count < LINES_MAX; i++) {
            const struct option_line *line = &groups[g]->lines[i];
            add_letter(table, line);
            if (line->name) {
                *next++ = (struct option){line->name, line->argument, NULL, LONG_BASE + (int)table->count};
            }
            table->lines[table->count++] = line;
        }
    }
}

static const struct option_line *table_find(const struct option_table *table, int option)
{
    if (option >= LONG_BASE) {
        return table->lines[option - LONG_BASE];
    }
    for (size_t i = 0; i < table->count; i++) {
        if (table->lines[i]->letter == option) {
            return table->lines[i];
        }
    }
    return NULL;
}

/* A view has columns of its own, and no lines besides them. */
static void conclude_connections(struct parser *p)
{
    struct config *config = &p->options->config;
    if (!p->traces) {
        (void)selection_parse(&config->trace, "connect,accept,accept4", NULL); /* they are all known */
        p->traces++;
    }
    config->decode.fds = FD_ALL; /* they tell both ends of an accepted one */
    config->quiet_attach = config->quiet_exit = true;
}

/* One text at the end, of all calls: what began a call is enough, and a profile of some is of no use. */
static int conclude_learning(struct parser *p, struct error *err)
{
    struct config *config = &p->options->config;
    const struct output_options *output = &config->output;
    if (!view_learns(output->view)) {
        return 0;
    }
    if (p->traces || config->paths.any || result_filter_active(&config->filter)) {
        return error_set(err, EINVAL,
                         "--view: a profile is made of all calls: not of those of -e trace=, -P, -z, -Z");
    }
    if (output->summary != SUMMARY_OFF || output->format == FORMAT_JSON || output->explain ||
        output->per_process || p->options->command == COMMAND_AGENT) {
        return error_set(err, EINVAL,
                         "--view: a profile goes with no -c, -C, -ff, --json, --explain, and no agent");
    }
    if (config->results == RESULTS_AUTO &&
        output->view != VIEW_RULES) { /* whose paths may have been missing */
        config->results = RESULTS_NONE;
    }
    config->quiet_attach = config->quiet_exit = true;
    return 0;
}

/* Without -e only the explanation is shown, of the calls by which programs fail. */
static void conclude_explain(struct parser *p)
{
    struct config *config = &p->options->config;
    (void)selection_parse(&config->trace, "%file,%network,%process,%creds,write,pwrite64,flock,fcntl", NULL);
    p->traces++;
    config->output.view = VIEW_NOTHING;
    config->quiet_attach = config->quiet_exit = true;
}

static void conclude(struct parser *p)
{
    struct config *config = &p->options->config;
    config->output.follow_given = p->follows > 0;
    config->output.per_process = p->follows > 1 && config->output.path;
    if (p->hexes) {
        config->output.render.strings = p->hexes == 1 ? STRING_HEX_IF_BINARY : STRING_HEX;
    }
    config->decode.fds |= p->paths > 1 ? FD_ALL : p->paths > 0 ? FD_PATHS : 0;
    config->decode.data_max = config->qualifiers.dumped.any ? DUMP_MAX : 0;
    if (!p->quiet_given) {
        config->quiet_attach = p->quiets > 0 || config->output.path;
        config->quiet_exit = p->quiets > 1;
    }
    config->workers = config->workers ? config->workers : workers_default();
    config->policy.alerts.json = config->output.format == FORMAT_JSON;
    if (config->output.view == VIEW_CONNECTIONS) {
        conclude_connections(p);
    }
    if (config->output.explain && !p->traces && config->output.view == VIEW_CALLS) {
        conclude_explain(p);
    }
    bool policy = config->policy.file_count || p->options->agent.policy_directory;
    if (policy && !p->traces && !view_learns(config->output.view)) { /* alerts only */
        config->trace = (struct selection){.unknown = false};
        /* They are there at once: results by BPF take longer to begin with than many programs run. */
        config->results = config->results == RESULTS_AUTO ? RESULTS_NONE : config->results;
        config->quiet_attach = config->quiet_exit = true;
        config->qualifiers.signals = 0;
    }
    config->policy.quiet = p->quiets > 0;
    config->policy.uncarried = config->results == RESULTS_PTRACE;
    if (p->times) {
        config->output.render.time = (enum time_mode)(p->times < 3 ? p->times : 3);
    }
}

static int read_options(struct parser *p, int argc, char **argv, struct error *err)
{
    cleanup_free struct option_table *table = malloc(sizeof(*table));
    if (!table) {
        return error_set(err, ENOMEM, "out of memory");
    }
    table_make(table);
    int option;
    optind = 1;
    opterr = 0;
    while ((option = getopt_long(argc, argv, table->letters, table->longs, NULL)) != -1) {
        if (option == '?') {
            return optopt && optopt < LONG_BASE
                       ? error_set(err, EINVAL, "unknown option '-%c'; try proctor --help", optopt)
                       : error_set(err, EINVAL, "unknown option '%s'; try proctor --help", argv[optind - 1]);
        }
        if (option == ':') {
            return error_set(err, EINVAL, "option '%s' needs an argument", argv[optind - 1]);
        }
        const struct option_line *line = table_find(table, option);
        int ret = line->apply(p, line, optarg, err);
        if (ret < 0) {
            return ret;
        }
    }
    return 0;
}

bool options_ask_help(int count, char **words)
{
    return count == 1 && (strcmp(words[0], "--help") == 0 || strcmp(words[0], "-h") == 0);
}

/* proctor check FILE... */
static int read_files(struct options *options, int count, char **files, struct error *err)
{
    if (options_ask_help(count, files)) {
        options->command = COMMAND_HELP;
        return 0;
    }
    options->command = COMMAND_CHECK;
    options->config.policy.file_count = (size_t)count;
    for (int i = 0; i < count; i++) {
        options->policies[i] = files[i];
    }
    return count ? 0 : error_set(err, EINVAL, "check: no file given; try proctor --help");
}

/* `proctor agent`: no program follows, and its lines are for machines and are never overwritten. */
static void begin_agent(struct options *options)
{
    options->command = COMMAND_AGENT;
    options->config.output.format = FORMAT_JSON;
    options->config.output.append = true;
}

static int conclude_agent(struct parser *p, int argc, char **argv, struct error *err)
{
    conclude(p);
    if (conclude_learning(p, err) < 0) {
        return -EINVAL;
    }
    if (optind < argc) {
        return error_set(err, EINVAL, "agent: there is nothing to be done with '%s'", argv[optind]);
    }
    return 0;
}

/* The program behind the options, from argv[optind] on, and its environment. */
static int conclude_program(struct parser *p, int argc, char **argv, char **environment, struct error *err)
{
    struct options *options = p->options;
    struct launch_options *launch = &options->config.launch;
    conclude(p);
    options->environment = environment_change(environment, p->variables, p->variable_count);
    launch->environment = options->environment;
    int ret = options->environment ? conclude_learning(p, err) : error_set(err, ENOMEM, "out of memory");
    if (ret == 0 && optind >= argc) {
        ret = error_set(err, EINVAL, "no program to run; try proctor --help");
    }
    ret = ret < 0 ? ret : find_program(argv[optind], options->environment, &options->program, err);
    if (ret == 0) {
        launch->path = options->program;
        launch->argv = argv + optind;
        if (p->argv0) {
            argv[optind] = (char *)p->argv0; // NOLINT: execve takes char *, and does not write
        }
    }
    return ret;
}

int options_parse(struct options *options, int argc, char **argv, char **environment, struct error *err)
{
    *options = (struct options){.config = {.decode = {.string_max = 32, .array_max = 32},
                                           .stack_frames = STACK_FRAMES,
                                           .output = {.render = {.column = 40}}}};
    struct parser p = {.options = options, .variables = calloc((size_t)argc, sizeof(char *))};
    options->policies = calloc((size_t)argc, sizeof(char *));
    options->config.policy.files = options->policies;
    if (!p.variables || !options->policies) {
        free(p.variables);
        return error_set(err, ENOMEM, "out of memory");
    }
    summary_defaults(&options->config.output.table);
    selection_all(&options->config.trace);
    qualifiers_init(&options->config.qualifiers);
    sigprocmask(SIG_SETMASK, NULL, &options->config.launch.signal_mask);
    bool check =
        argc > 1 && strcmp(argv[1], "check") == 0; /* `proctor -- check` runs a program of that name */
    if (argc > 1 && strcmp(argv[1], "agent") == 0) {
        begin_agent(options);
        argc--;
        argv++;
    }
    int ret = check ? read_files(options, argc - 2, argv + 2, err) : read_options(&p, argc, argv, err);
    if (ret == 0 && options->command == COMMAND_AGENT) {
        ret = conclude_agent(&p, argc, argv, err);
    }
    if (ret == 0 && options->command == COMMAND_RUN) {
        ret = conclude_program(&p, argc, argv, environment, err);
    }
    free(p.variables);
    return ret;
}

void options_free(struct options *options)
{
    path_filter_free(&options->config.paths);
    qualifiers_free(&options->config.qualifiers);
    free(options->policies);
    free(options->program);
    free(options->environment);
}
