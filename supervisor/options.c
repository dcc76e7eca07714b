#include "supervisor/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "supervisor/options_words.h"
#include "supervisor/workers.h"

enum {
    OPT_JSON = 256,
    OPT_TRACE,
    OPT_CHDIR,
    OPT_ARGV0,
    OPT_DROP_CAPS,
    OPT_NO_IO_URING,
    OPT_ON_OVERFLOW,
    OPT_FEATURES,
    OPT_WORKERS,
    OPT_RESULTS,
    OPT_POLICY,
    OPT_MODE,
    OPT_ALERTS,
    OPT_SLOWER_THAN,
    OPT_TIMESTAMPS,
    OPT_DECODE_FDS,
    OPT_QUIET,
    OPT_SIGNAL,
    OPT_STATUS,
    OPT_ABBREV,
    OPT_VERBOSE,
    OPT_RAW,
    OPT_READ,
    OPT_WRITE,
    OPT_INJECT,
    OPT_SECCOMP_BPF,
    OPT_SEPARATELY,
    OPT_VIEW,
    OPT_EXPLAIN,
    OPT_FORMAT,
    OPT_LISTEN,
    OPT_ALLOW_UID,
    OPT_ON_EXIT,
};

static const struct option long_options[] = {
    {"json", no_argument, NULL, OPT_JSON},
    {"format", required_argument, NULL, OPT_FORMAT},
    {"listen", required_argument, NULL, OPT_LISTEN},
    {"allow-uid", required_argument, NULL, OPT_ALLOW_UID},
    {"on-exit", required_argument, NULL, OPT_ON_EXIT},
    {"trace", required_argument, NULL, OPT_TRACE},
    {"view", required_argument, NULL, OPT_VIEW},
    {"explain", no_argument, NULL, OPT_EXPLAIN},
    {"chdir", required_argument, NULL, OPT_CHDIR},
    {"argv0", required_argument, NULL, OPT_ARGV0},
    {"drop-caps", required_argument, NULL, OPT_DROP_CAPS},
    {"no-io-uring", no_argument, NULL, OPT_NO_IO_URING},
    {"on-overflow", required_argument, NULL, OPT_ON_OVERFLOW},
    {"trace-path", required_argument, NULL, 'P'},
    {"slower-than", required_argument, NULL, OPT_SLOWER_THAN},
    {"summary-only", no_argument, NULL, 'c'},
    {"summary", no_argument, NULL, 'C'},
    {"summary-wall-clock", no_argument, NULL, 'w'},
    {"summary-sort-by", required_argument, NULL, 'S'},
    {"summary-columns", required_argument, NULL, 'U'},
    {"summary-syscall-overhead", required_argument, NULL, 'O'},
    {"successful-only", no_argument, NULL, 'z'},
    {"failed-only", no_argument, NULL, 'Z'},
    {"syscall-times", optional_argument, NULL, 'T'},
    {"absolute-timestamps", optional_argument, NULL, OPT_TIMESTAMPS},
    {"timestamps", optional_argument, NULL, OPT_TIMESTAMPS},
    {"relative-timestamps", optional_argument, NULL, 'r'},
    {"decode-fds", optional_argument, NULL, OPT_DECODE_FDS},
    {"decode-pids", optional_argument, NULL, 'Y'},
    {"quiet", optional_argument, NULL, OPT_QUIET},
    {"silent", optional_argument, NULL, OPT_QUIET},
    {"silence", optional_argument, NULL, OPT_QUIET},
    {"signal", required_argument, NULL, OPT_SIGNAL},
    {"status", required_argument, NULL, OPT_STATUS},
    {"abbrev", required_argument, NULL, OPT_ABBREV},
    {"verbose", required_argument, NULL, OPT_VERBOSE},
    {"raw", required_argument, NULL, OPT_RAW},
    {"read", required_argument, NULL, OPT_READ},
    {"write", required_argument, NULL, OPT_WRITE},
    {"inject", required_argument, NULL, OPT_INJECT},
    {"fault", required_argument, NULL, OPT_INJECT},
    {"seccomp-bpf", no_argument, NULL, OPT_SECCOMP_BPF},
    {"interruptible", required_argument, NULL, 'I'},
    {"attach", required_argument, NULL, 'p'},
    {"detach-on", required_argument, NULL, 'b'},
    {"daemonize", optional_argument, NULL, 'D'},
    {"stack-traces", optional_argument, NULL, 'k'},
    {"stack-trace", optional_argument, NULL, 'k'},
    {"output-separately", no_argument, NULL, OPT_SEPARATELY},
    {"results", required_argument, NULL, OPT_RESULTS},
    {"policy", required_argument, NULL, OPT_POLICY},
    {"mode", required_argument, NULL, OPT_MODE},
    {"alerts", required_argument, NULL, OPT_ALERTS},
    {"workers", required_argument, NULL, OPT_WORKERS},
    {"features", no_argument, NULL, OPT_FEATURES},
    {"no-abbrev", no_argument, NULL, 'v'},
    {"follow-forks", no_argument, NULL, 'f'},
    {"output", required_argument, NULL, 'o'},
    {"output-append-mode", no_argument, NULL, 'A'},
    {"string-limit", required_argument, NULL, 's'},
    {"const-print-style", required_argument, NULL, 'X'},
    {"columns", required_argument, NULL, 'a'},
    {"env", required_argument, NULL, 'E'},
    {"user", required_argument, NULL, 'u'},
    {"instruction-pointer", no_argument, NULL, 'i'},
    {"syscall-number", no_argument, NULL, 'n'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {0},
};

struct parser {
    struct options *options;
    const char *argv0;
    const char *user;
    char **variables; /* of -E, in order */
    size_t variable_count;
    unsigned times, hexes, follows, paths, quiets, traces;
    bool quiet_given; /* -e quiet= rather than -q */
};

static bool is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(text, word, length) == 0;
}

static int parse_qualifier(struct parser *p, const char *text, struct error *err)
{
    struct config *config = &p->options->config;
    const char *equals = strchr(text, '=');
    size_t length = equals ? (size_t)(equals - text) : 0;

    if (!equals || is_word(text, length, "trace") || is_word(text, length, "t")) {
        p->traces++;
        return selection_parse(&config->trace, equals ? equals + 1 : text, err);
    }
    if (is_word(text, length, "status")) {
        return result_filter_parse_status(&config->filter, equals + 1, err);
    }
    if (is_word(text, length, "quiet") || is_word(text, length, "silent") || is_word(text, length, "q")) {
        p->quiet_given = true;
        return parse_quiet(config, equals + 1, err);
    }
    if (is_word(text, length, "decode-fds") || is_word(text, length, "decode-fd")) {
        p->paths = 0;
        return parse_decode_fds(config, equals + 1, err);
    }
    return qualifiers_parse(&config->qualifiers, text, length, equals + 1, err);
}

/* The same for a long option: --signal=SET is -e signal=SET. */
static int parse_long_qualifier(struct parser *p, const char *name, const char *set, struct error *err)
{
    char text[4096];
    int n = snprintf(text, sizeof(text), "%s=%s", name, set ? set : "all");
    return n < (int)sizeof(text) ? parse_qualifier(p, text, err)
                                 : error_set(err, EINVAL, "--%s: too long", name);
}

/* What strace can do and proctor can't: why. */
static const struct refusal {
    int option;
    const char *why;
} refusals[] = {
    {'p', "-p: a filter can't be put on a running process: a process filters only itself and its children "
          "(seccomp(2)); start the program as: proctor CMD"},
    {'D', "-D: proctor has to be the program's parent: that lets it read the program's memory"},
    {'b', "-b: a filter can't be taken off again (seccomp(2))"},
    {'k', "-k: stack traces are not supported; -i shows the instruction pointer"},
};

static const char *refusal(int option)
{
    for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
        if (refusals[i].option == option) {
            return refusals[i].why;
        }
    }
    return NULL;
}

static const char *const styles[] = {
    [XLAT_ABBREV] = "abbrev", [XLAT_RAW] = "raw", [XLAT_VERBOSE] = "verbose"};
static const char *const formats[] = {[FORMAT_TEXT] = "text", [FORMAT_JSON] = "json"};
static const char *const ends[] = {[ON_EXIT_CONTINUE] = "continue", [ON_EXIT_KILL] = "kill"};
static const char *const overflows[] = {[OVERFLOW_BLOCK] = "block", [OVERFLOW_DROP] = "drop"};
static const char *const views[] = {[VIEW_CALLS] = "calls", [VIEW_CONNECTIONS] = "connections"};
static const char *const modes[] = {"audit", "enforce"};
static const char *const sources[] = {
    [RESULTS_AUTO] = "auto", [RESULTS_BPF] = "bpf", [RESULTS_PTRACE] = "ptrace", [RESULTS_NONE] = "none"};

static int parse_choice(struct config *config, int option, const char *text, struct error *err)
{
    unsigned index = 0;
    int ret;
    switch (option) {
    case 'X':
        ret = parse_word("-X", text, styles, ARRAY_SIZE(styles), &index, err);
        config->output.render.xlat = (enum xlat_mode)index;
        return ret;
    case OPT_ON_OVERFLOW:
        ret = parse_word("--on-overflow", text, overflows, ARRAY_SIZE(overflows), &index, err);
        config->output.overflow = (enum overflow)index;
        return ret;
    case OPT_VIEW:
        ret = parse_word("--view", text, views, ARRAY_SIZE(views), &index, err);
        config->output.view = (enum view)index;
        return ret;
    case OPT_FORMAT:
        ret = parse_word("--format", text, formats, ARRAY_SIZE(formats), &index, err);
        config->output.format = (enum output_format)index;
        return ret;
    case OPT_MODE:
        ret = parse_word("--mode", text, modes, ARRAY_SIZE(modes), &index, err);
        config->policy.enforce = index == 1;
        return ret;
    default:
        ret = parse_word("--results", text, sources, ARRAY_SIZE(sources), &index, err);
        config->results = (enum results_choice)index;
        return ret;
    }
}

static int parse_workers(struct config *config, const char *text, struct error *err)
{
    uint32_t number = 0;
    int ret = parse_number("--workers", text, &number, err);
    if (ret == 0 && (number < 1 || number > 64)) {
        ret = error_set(err, EINVAL, "--workers: %u is not between 1 and 64", number);
    }
    config->workers = ret == 0 ? number : 0;
    return ret;
}

/* The options that only the agent has. */
static int parse_agent_option(struct options *options, int option, const char *text, struct error *err)
{
    struct agent_options *agent = &options->agent;
    unsigned index;
    uint32_t uid;
    if (options->command != COMMAND_AGENT) {
        return error_set(err, EINVAL, "--listen, --allow-uid and --on-exit are options of proctor agent");
    }
    switch (option) {
    case OPT_LISTEN:
        agent->socket = text;
        return 0;
    case OPT_ALLOW_UID:
        if (agent->allowed_count == PEER_UIDS_MAX) {
            return error_set(err, EINVAL, "--allow-uid: there are at most %d", PEER_UIDS_MAX);
        }
        if (parse_number("--allow-uid", text, &uid, err) < 0) {
            return -EINVAL;
        }
        agent->allowed[agent->allowed_count++] = uid;
        return 0;
    default:
        if (parse_word("--on-exit", text, ends, ARRAY_SIZE(ends), &index, err) < 0) {
            return -EINVAL;
        }
        agent->on_exit = (enum on_exit)index;
        return 0;
    }
}

static int parse_option(struct parser *p, int option, char *argument, struct error *err)
{
    struct config *config = &p->options->config;
    switch (option) {
    case 'e':
        return parse_qualifier(p, argument, err);
    case OPT_TRACE:
        p->traces++;
        return selection_parse(&config->trace, argument, err);
    case OPT_JSON:
        config->output.format = FORMAT_JSON;
        return 0;
    case OPT_FORMAT:
        return parse_choice(config, option, argument, err);
    case OPT_LISTEN:
    case OPT_ALLOW_UID:
    case OPT_ON_EXIT:
        return parse_agent_option(p->options, option, argument, err);
    case OPT_CHDIR:
        config->launch.chdir = argument;
        return 0;
    case OPT_ARGV0:
        p->argv0 = argument;
        return 0;
    case OPT_DROP_CAPS:
        return capabilities_parse(argument, &config->launch.drop_caps, err);
    case OPT_NO_IO_URING:
        config->no_io_uring = true;
        return 0;
    case OPT_ON_OVERFLOW:
        return parse_choice(config, option, argument, err);
    case OPT_WORKERS:
        return parse_workers(config, argument, err);
    case 'P':
        return path_filter_add(&config->paths, argument);
    case 'c':
        config->output.summary = SUMMARY_ONLY;
        return 0;
    case 'C':
        config->output.summary = SUMMARY_TOO;
        return 0;
    case 'w':
        return 0; /* times are always those of the clock */
    case 'S':
        return summary_parse_sort(&config->output.table, argument, err);
    case 'U':
        return summary_parse_columns(&config->output.table, argument, err);
    case 'O':
        return result_filter_parse_duration("-O", argument, &config->output.table.overhead_ns, err);
    case 'z':
        config->filter.statuses = STATUS_SUCCESSFUL;
        return 0;
    case 'Z':
        config->filter.statuses = STATUS_FAILED;
        return 0;
    case OPT_SLOWER_THAN:
        return result_filter_parse_duration("--slower-than", argument, &config->filter.slower_than_ns, err);
    case OPT_POLICY:
        p->options->policies[config->policy.file_count++] = argument;
        return 0;
    case OPT_MODE:
        return parse_choice(config, option, argument, err);
    case OPT_ALERTS:
        config->policy.alerts = argument;
        return 0;
    case OPT_EXPLAIN:
        config->output.explain = true;
        return 0;
    case OPT_VIEW:
    case OPT_RESULTS:
        return parse_choice(config, option, argument, err);
    case 'T':
        config->output.render.show_duration = true;
        return parse_precision("--syscall-times", argument, &config->output.render.duration_precision, err);
    case OPT_TIMESTAMPS:
        p->times = 0;
        return parse_timestamps(&config->output.render, argument, err);
    case 'Y':
        return parse_decode_pids(config, argument ? argument : "comm", err);
    case OPT_DECODE_FDS:
        return parse_long_qualifier(p, "decode-fds", argument, err);
    case OPT_QUIET:
        return parse_long_qualifier(p, "quiet", argument ? argument : "attach,personality", err);
    case OPT_SIGNAL:
        return parse_long_qualifier(p, "signal", argument, err);
    case OPT_STATUS:
        return parse_long_qualifier(p, "status", argument, err);
    case OPT_ABBREV:
        return parse_long_qualifier(p, "abbrev", argument, err);
    case OPT_VERBOSE:
        return parse_long_qualifier(p, "verbose", argument, err);
    case OPT_RAW:
        return parse_long_qualifier(p, "raw", argument, err);
    case OPT_READ:
        return parse_long_qualifier(p, "read", argument, err);
    case OPT_WRITE:
        return parse_long_qualifier(p, "write", argument, err);
    case OPT_INJECT:
        return parse_long_qualifier(p, "inject", argument, err);
    case OPT_SEPARATELY:
        p->follows += 2;
        return 0;
    case OPT_SECCOMP_BPF: /* that is how it always works */
    case 'I':             /* signals that mean the program reach it whatever blocks them here */
        return 0;
    case OPT_FEATURES:
        p->options->command = COMMAND_FEATURES;
        return 0;
    case 'f':
        p->follows++;
        return 0;
    case 'o':
        config->output.path = argument;
        return 0;
    case 'A':
        config->output.append = true;
        return 0;
    case 's':
        return parse_number("-s", argument, &config->decode.string_max, err);
    case 'a':
        return parse_number("-a", argument, &config->output.render.column, err);
    case 'X':
        return parse_choice(config, option, argument, err);
    case 'v':
        config->decode.verbose = true;
        return selection_parse(&config->qualifiers.abbreviated, "none", err);
    case 'x':
        p->hexes++;
        return 0;
    case 'y':
        p->paths++;
        return 0;
    case 't':
        p->times++;
        return 0;
    case 'r':
        config->output.render.relative = true;
        return parse_precision("--relative-timestamps", argument, &config->output.render.relative_precision,
                               err);
    case 'i':
        config->output.render.instruction = true;
        return 0;
    case 'n':
        config->output.render.syscall_number = true;
        return 0;
    case 'q':
        p->quiets++;
        return 0;
    case 'E':
        p->variables[p->variable_count++] = argument;
        return 0;
    case 'u':
        p->user = argument;
        return identity_lookup(argument, &config->launch.user, err);
    case 'h':
        p->options->command = COMMAND_HELP;
        return 0;
    case 'V':
        p->options->command = COMMAND_VERSION;
        return 0;
    default:
        return error_set(err, EINVAL, "%s",
                         refusal(option) ? refusal(option) : "unknown option; try proctor --help");
    }
}

/* A view has columns of its own, and no lines besides them. */
static void conclude_connections(struct parser *p)
{
    struct config *config = &p->options->config;
    if (!p->traces) {
        (void)selection_parse(&config->trace, "connect,accept,accept4", NULL); /* they are all known */
        p->traces++;
    }
    config->decode.fd_paths = config->decode.fd_sockets = true; /* they tell both ends of an accepted one */
    config->quiet_attach = config->quiet_exit = true;
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
    config->output.render.strings = (enum string_mode)(p->hexes < 2 ? p->hexes : 2);
    config->decode.fd_paths = config->decode.fd_paths || p->paths > 0;
    config->decode.fd_sockets = config->decode.fd_sockets || p->paths > 1;
    config->decode.data_max = config->qualifiers.dumped.any ? DUMP_MAX : 0;
    if (!p->quiet_given) {
        config->quiet_attach = p->quiets > 0 || config->output.path;
        config->quiet_exit = p->quiets > 1;
    }
    config->workers = config->workers ? config->workers : workers_default();
    config->policy.json = config->output.format == FORMAT_JSON;
    if (config->output.view == VIEW_CONNECTIONS) {
        conclude_connections(p);
    }
    if (config->output.explain && !p->traces && config->output.view == VIEW_CALLS) {
        conclude_explain(p);
    }
    if (config->policy.file_count && !p->traces) { /* alerts only */
        config->trace = (struct selection){.unknown = false};
        config->results = RESULTS_NONE;
        config->quiet_attach = config->quiet_exit = true;
    }
    if (p->times) {
        config->output.render.time = (enum time_mode)(p->times < 3 ? p->times : 3);
    }
}

static int read_options(struct parser *p, int argc, char **argv, struct error *err)
{
    int option;
    optind = 1;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "+:ACDE:FI:O:P:S:TU:VX:YZa:b:ce:fhikno:p:qrs:tu:vwxyz",
                                 long_options, NULL)) != -1) {
        int ret;
        if (option == '?') {
            ret = optopt && optopt < 128
                      ? error_set(err, EINVAL, "unknown option '-%c'; try proctor --help", optopt)
                      : error_set(err, EINVAL, "unknown option '%s'; try proctor --help", argv[optind - 1]);
        } else if (option == ':') {
            ret = error_set(err, EINVAL, "option '%s' needs an argument", argv[optind - 1]);
        } else {
            ret = parse_option(p, option, optarg, err);
        }
        if (ret < 0) {
            return ret;
        }
    }
    return 0;
}

/* proctor check FILE... */
static int read_files(struct options *options, int count, char **files, struct error *err)
{
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
    if (optind < argc) {
        return error_set(err, EINVAL, "agent: there is nothing to be done with '%s'", argv[optind]);
    }
    return 0;
}

int options_parse(struct options *options, int argc, char **argv, char **environment, struct error *err)
{
    *options = (struct options){
        .config = {.decode = {.string_max = 32, .array_max = 32}, .output = {.render = {.column = 40}}}};
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
        conclude(&p);
        options->environment = environment_change(environment, p.variables, p.variable_count);
        options->config.launch.environment = options->environment;
        ret = options->environment ? 0 : error_set(err, ENOMEM, "out of memory");
        if (ret == 0 && optind >= argc) {
            ret = error_set(err, EINVAL, "no program to run; try proctor --help");
        }
        if (ret == 0) {
            ret = find_program(argv[optind], options->environment, &options->program, err);
            options->config.launch.path = options->program;
            options->config.launch.argv = argv + optind;
        }
        if (ret == 0 && p.argv0) {
            argv[optind] = (char *)p.argv0; // NOLINT: execve takes char *, and does not write
        }
    }
    free(p.variables);
    return ret;
}

void options_free(struct options *options)
{
    path_filter_free(&options->config.paths);
    free(options->policies);
    free(options->program);
    free(options->environment);
}
