/* Which calls are traced, and how much of each is decoded. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "supervisor/options_table.h"
#include "supervisor/options_words.h"
#include "supervisor/unwind/binary.h"

static bool is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && memcmp(text, word, length) == 0;
}

static int take_trace(struct parser *p, const struct option_line *line, char *set, struct error *err)
{
    (void)line;
    p->traces++;
    return selection_parse(&p->options->config.trace, set, err);
}

/* -e QUALIFIER=SET; a bare SET is of trace. */
static int take_qualifier(struct parser *p, const struct option_line *line, char *text, struct error *err)
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
    if (is_word(text, length, "decode-pids") || is_word(text, length, "decode-pid")) {
        return parse_decode_pids(config, equals + 1, err);
    }
    if (is_word(text, length, "trace-fds") || is_word(text, length, "trace-fd") ||
        is_word(text, length, "fds") || is_word(text, length, "fd")) {
        return path_filter_set_fds(&config->paths, equals + 1, err);
    }
    (void)line;
    return qualifiers_parse(&config->qualifiers, text, length, equals + 1, err);
}

static int take_named(struct parser *p, const struct option_line *line, const char *set, struct error *err)
{
    char text[4096];
    int n = snprintf(text, sizeof(text), "%s=%s", line->name, set);
    return n < (int)sizeof(text) ? take_qualifier(p, line, text, err)
                                 : error_set(err, EINVAL, "--%s: too long", line->name);
}

/* --signal=SET is -e signal=SET. */
static int take_long_qualifier(struct parser *p, const struct option_line *line, char *set, struct error *err)
{
    return take_named(p, line, set ? set : "all", err);
}

static int take_quiet(struct parser *p, const struct option_line *line, char *set, struct error *err)
{
    p->quiet_given = true;
    (void)line;
    return parse_quiet(&p->options->config, set ? set : "attach,personality", err);
}

static int take_more_quiet(struct parser *p, const struct option_line *line, char *argument,
                           struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->quiets++;
    return 0;
}

static int take_paths(struct parser *p, const struct option_line *line, char *argument, struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->paths++;
    return 0;
}

/* -Y; with a list it is --decode-pids. */
static int take_pids(struct parser *p, const struct option_line *line, char *what, struct error *err)
{
    struct config *config = &p->options->config;
    (void)line;
    if (what) {
        return parse_decode_pids(config, what, err);
    }
    config->output.render.show_comm = config->decode.pid_comms = true;
    return 0;
}

static int take_pid_namespaces(struct parser *p, const struct option_line *line, char *argument,
                               struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->options->config.decode.pid_namespaces = true;
    return 0;
}

static int take_path_filter(struct parser *p, const struct option_line *line, char *path, struct error *err)
{
    (void)line, (void)err;
    return path_filter_add(&p->options->config.paths, path);
}

static int take_fd_filter(struct parser *p, const struct option_line *line, char *set, struct error *err)
{
    (void)line;
    return path_filter_set_fds(&p->options->config.paths, set, err);
}

static int take_string_limit(struct parser *p, const struct option_line *line, char *number,
                             struct error *err)
{
    struct decode_options *decode = &p->options->config.decode;
    int ret = parse_number("-s", number, &decode->string_max, err);
    /* As in strace, arrays are as long as strings: -s 1000 shows the whole of a long command. */
    decode->array_max = decode->string_max < VALUES_MAX ? decode->string_max : VALUES_MAX;
    (void)line;
    return ret;
}

static int take_no_abbrev(struct parser *p, const struct option_line *line, char *argument, struct error *err)
{
    (void)line, (void)argument;
    p->options->config.decode.verbose = true;
    return selection_parse(&p->options->config.qualifiers.abbreviated, "none", err);
}

static int take_successful(struct parser *p, const struct option_line *line, char *argument,
                           struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->options->config.filter.statuses = STATUS_SUCCESSFUL;
    return 0;
}

static int take_failed(struct parser *p, const struct option_line *line, char *argument, struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->options->config.filter.statuses = STATUS_FAILED;
    return 0;
}

static int take_slower(struct parser *p, const struct option_line *line, char *duration, struct error *err)
{
    (void)line;
    return result_filter_parse_duration("--slower-than", duration, &p->options->config.filter.slower_than_ns,
                                        err);
}

static int take_results(struct parser *p, const struct option_line *line, char *word, struct error *err)
{
    static const char *const sources[] = {
        [RESULTS_AUTO] = "auto", [RESULTS_BPF] = "bpf", [RESULTS_PTRACE] = "ptrace", [RESULTS_NONE] = "none"};
    unsigned index = 0;
    int ret = parse_word("--results", word, sources, ARRAY_SIZE(sources), &index, err);
    (void)line;
    p->options->config.results = (enum results_choice)index;
    return ret;
}

static int set_stack(struct parser *p, enum stack_mode mode, struct error *err)
{
    p->options->config.stack = mode;
    return binary_supported()
               ? 0
               : error_set(err, ENOSYS, "-k: this proctor was built without libdw (make UNWIND=0)");
}

static int take_stack(struct parser *p, const struct option_line *line, char *word, struct error *err)
{
    static const char *const modes[] = {"symbol", "source"};
    unsigned index = 0;
    int ret = word ? parse_word("--stack-trace", word, modes, ARRAY_SIZE(modes), &index, err) : 0;
    (void)line;
    return ret < 0 ? ret : set_stack(p, index ? STACK_SOURCE : STACK_SYMBOLS, err);
}

/* -kk: with lines of source. */
static int take_more_stack(struct parser *p, const struct option_line *line, char *argument,
                           struct error *err)
{
    (void)line, (void)argument;
    return set_stack(p, p->options->config.stack ? STACK_SOURCE : STACK_SYMBOLS, err);
}

static int take_frame_limit(struct parser *p, const struct option_line *line, char *text, struct error *err)
{
    uint32_t *frames = &p->options->config.stack_frames;
    int ret = parse_number("--stack-trace-frame-limit", text, frames, err);
    (void)line;
    if (ret == 0 && (*frames < 1 || *frames > STACK_FRAMES)) {
        ret = error_set(err, EINVAL, "--stack-trace-frame-limit: %u is not between 1 and %d", *frames,
                        (int)STACK_FRAMES);
    }
    return ret;
}

/* What strace can do and proctor can't: why. */
static int refuse(struct parser *p, const struct option_line *line, char *argument, struct error *err)
{
    static const struct {
        int letter;
        const char *why;
    } reasons[] = {
        {'p', "-p: a filter can't be put on a running process: a process filters only itself and its "
              "children (seccomp(2)); start the program as: proctor CMD"},
        {'D', "-D: proctor has to be the program's parent: that lets it read the program's memory"},
        {'b', "-b: a filter can't be taken off again (seccomp(2))"},
    };
    (void)p, (void)argument;
    for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
        if (reasons[i].letter == line->letter) {
            return error_set(err, EINVAL, "%s", reasons[i].why);
        }
    }
    return -EINVAL;
}

/* -I: signals for the program always reach it. */
static int take_interruptible(struct parser *p, const struct option_line *line, char *word, struct error *err)
{
    static const char *const words[] = {"1", "2", "3", "4", "anywhere", "waiting", "never", "never_tstp"};
    unsigned index = 0;
    (void)p, (void)line;
    return parse_word("-I", word, words, ARRAY_SIZE(words), &index, err);
}

/* Of strace, and here as it always is. */
static int take_for_granted(struct parser *p, const struct option_line *line, char *argument,
                            struct error *err)
{
    (void)p, (void)line, (void)argument, (void)err;
    return 0;
}

static const struct option_line lines[] = {
    {NULL, 'e', required_argument, take_qualifier},
    {"trace", 0, required_argument, take_trace},
    {"signal", 0, required_argument, take_long_qualifier},
    {"status", 0, required_argument, take_long_qualifier},
    {"abbrev", 0, required_argument, take_long_qualifier},
    {"verbose", 0, required_argument, take_long_qualifier},
    {"raw", 0, required_argument, take_long_qualifier},
    {"read", 0, required_argument, take_long_qualifier},
    {"write", 0, required_argument, take_long_qualifier},
    {"inject", 0, required_argument, take_long_qualifier},
    {"fault", 0, required_argument, take_long_qualifier},
    {"quiet", 0, optional_argument, take_quiet},
    {"silent", 0, optional_argument, take_quiet},
    {"silence", 0, optional_argument, take_quiet},
    {NULL, 'q', no_argument, take_more_quiet},
    {"decode-fds", 0, optional_argument, take_long_qualifier},
    {NULL, 'y', no_argument, take_paths},
    {"decode-pids", 'Y', optional_argument, take_pids},
    {"pidns-translation", 0, no_argument, take_pid_namespaces},
    {"trace-path", 'P', required_argument, take_path_filter},
    {"trace-fds", 0, required_argument, take_fd_filter},
    {"string-limit", 's', required_argument, take_string_limit},
    {"no-abbrev", 'v', no_argument, take_no_abbrev},
    {"successful-only", 'z', no_argument, take_successful},
    {"failed-only", 'Z', no_argument, take_failed},
    {"slower-than", 0, required_argument, take_slower},
    {"results", 0, required_argument, take_results},
    {"seccomp-bpf", 0, no_argument, take_for_granted},
    {"interruptible", 'I', required_argument, take_interruptible},
    {"attach", 'p', required_argument, refuse},
    {"detach-on", 'b', required_argument, refuse},
    {"daemonize", 'D', optional_argument, refuse},
    {NULL, 'k', no_argument, take_more_stack},
    {"stack-traces", 0, optional_argument, take_stack},
    {"stack-trace", 0, optional_argument, take_stack},
    {"stack-trace-frame-limit", 0, required_argument, take_frame_limit},
};

const struct option_group options_trace = OPTION_GROUP(lines);
