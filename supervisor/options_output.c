/* Where lines go and what they look like. */
#include <errno.h>

#include "supervisor/options_table.h"
#include "supervisor/options_words.h"

static int take_path(struct parser *p, const struct option_line *line, char *path, struct error *err)
{
    (void)line, (void)err;
    p->options->config.output.path = path;
    return 0;
}

static int take_append(struct parser *p, const struct option_line *line, char *argument, struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->options->config.output.append = true;
    return 0;
}

static int take_follow(struct parser *p, const struct option_line *line, char *argument, struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->follows++;
    return 0;
}

static int take_separately(struct parser *p, const struct option_line *line, char *argument,
                           struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->follows += 2;
    return 0;
}

static int take_json(struct parser *p, const struct option_line *line, char *argument, struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->options->config.output.format = FORMAT_JSON;
    return 0;
}

static int take_format(struct parser *p, const struct option_line *line, char *word, struct error *err)
{
    static const char *const formats[] = {[FORMAT_TEXT] = "text", [FORMAT_JSON] = "json"};
    unsigned index = 0;
    int ret = parse_word("--format", word, formats, ARRAY_SIZE(formats), &index, err);
    (void)line;
    p->options->config.output.format = (enum output_format)index;
    return ret;
}

static int take_view(struct parser *p, const struct option_line *line, char *word, struct error *err)
{
    static const char *const views[] = {[VIEW_CALLS] = "calls",
                                        [VIEW_CONNECTIONS] = "connections",
                                        [VIEW_PROFILE] = "profile",
                                        [VIEW_SYSTEMD] = "systemd",
                                        [VIEW_RULES] = "rules"};
    unsigned index = 0;
    int ret = parse_word("--view", word, views, ARRAY_SIZE(views), &index, err);
    (void)line;
    p->options->config.output.view = (enum view)index;
    return ret;
}

static int take_explain(struct parser *p, const struct option_line *line, char *argument, struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->options->config.output.explain = true;
    return 0;
}

static int take_overflow(struct parser *p, const struct option_line *line, char *word, struct error *err)
{
    static const char *const overflows[] = {[OVERFLOW_BLOCK] = "block", [OVERFLOW_DROP] = "drop"};
    unsigned index = 0;
    int ret = parse_word("--on-overflow", word, overflows, ARRAY_SIZE(overflows), &index, err);
    (void)line;
    p->options->config.output.overflow = (enum overflow)index;
    return ret;
}

static int take_style(struct parser *p, const struct option_line *line, char *word, struct error *err)
{
    static const char *const styles[] = {
        [XLAT_ABBREV] = "abbrev", [XLAT_RAW] = "raw", [XLAT_VERBOSE] = "verbose"};
    unsigned index = 0;
    int ret = parse_word("-X", word, styles, ARRAY_SIZE(styles), &index, err);
    (void)line;
    p->options->config.output.render.xlat = (enum xlat_mode)index;
    return ret;
}

static int take_hex(struct parser *p, const struct option_line *line, char *argument, struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->hexes++;
    return 0;
}

static int take_strings(struct parser *p, const struct option_line *line, char *word, struct error *err)
{
    static const char *const modes[] = {[STRING_PLAIN] = "none",
                                        [STRING_HEX_IF_BINARY] = "non-ascii",
                                        [STRING_HEX] = "all",
                                        [STRING_HEX_ESCAPES] = "non-ascii-chars"};
    unsigned index = STRING_HEX;
    int ret = word ? parse_word("--strings-in-hex", word, modes, ARRAY_SIZE(modes), &index, err) : 0;
    (void)line;
    p->options->config.output.render.strings = (enum string_mode)index;
    p->hexes = 0;
    return ret;
}

static int take_column(struct parser *p, const struct option_line *line, char *number, struct error *err)
{
    (void)line;
    return parse_number("-a", number, &p->options->config.output.render.column, err);
}

static int take_time(struct parser *p, const struct option_line *line, char *argument, struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->times++;
    return 0;
}

static int take_timestamps(struct parser *p, const struct option_line *line, char *format, struct error *err)
{
    (void)line;
    p->times = 0;
    return parse_timestamps(&p->options->config.output.render, format, err);
}

static int take_relative(struct parser *p, const struct option_line *line, char *precision, struct error *err)
{
    struct render_options *render = &p->options->config.output.render;
    (void)line;
    render->relative = true;
    return parse_precision("--relative-timestamps", precision, &render->relative_precision, err);
}

static int take_duration(struct parser *p, const struct option_line *line, char *precision, struct error *err)
{
    struct render_options *render = &p->options->config.output.render;
    (void)line;
    render->show_duration = true;
    return parse_precision("--syscall-times", precision, &render->duration_precision, err);
}

static int take_instruction(struct parser *p, const struct option_line *line, char *argument,
                            struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->options->config.output.render.instruction = true;
    return 0;
}

static int take_number(struct parser *p, const struct option_line *line, char *argument, struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->options->config.output.render.syscall_number = true;
    return 0;
}

static int take_arg_names(struct parser *p, const struct option_line *line, char *argument, struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->options->config.output.render.arg_names = true;
    return 0;
}

static int take_always_pid(struct parser *p, const struct option_line *line, char *argument,
                           struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->options->config.output.always_pid = true;
    return 0;
}

static int take_summary_only(struct parser *p, const struct option_line *line, char *argument,
                             struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->options->config.output.summary = SUMMARY_ONLY;
    return 0;
}

static int take_summary(struct parser *p, const struct option_line *line, char *argument, struct error *err)
{
    (void)line, (void)argument, (void)err;
    p->options->config.output.summary = SUMMARY_TOO;
    return 0;
}

/* -w: times are always those of the clock. */
static int take_wall_clock(struct parser *p, const struct option_line *line, char *argument,
                           struct error *err)
{
    (void)p, (void)line, (void)argument, (void)err;
    return 0;
}

static int take_sort(struct parser *p, const struct option_line *line, char *column, struct error *err)
{
    (void)line;
    return summary_parse_sort(&p->options->config.output.table, column, err);
}

static int take_columns(struct parser *p, const struct option_line *line, char *list, struct error *err)
{
    (void)line;
    return summary_parse_columns(&p->options->config.output.table, list, err);
}

static int take_overhead(struct parser *p, const struct option_line *line, char *duration, struct error *err)
{
    (void)line;
    return result_filter_parse_duration("-O", duration, &p->options->config.output.table.overhead_ns, err);
}

static const struct option_line lines[] = {
    {"output", 'o', required_argument, take_path},
    {"output-append-mode", 'A', no_argument, take_append},
    {"follow-forks", 'f', no_argument, take_follow},
    {NULL, 'F', no_argument, take_follow}, /* its old name */
    {"output-separately", 0, no_argument, take_separately},
    {"json", 0, no_argument, take_json},
    {"format", 0, required_argument, take_format},
    {"view", 0, required_argument, take_view},
    {"explain", 0, no_argument, take_explain},
    {"on-overflow", 0, required_argument, take_overflow},
    {"const-print-style", 'X', required_argument, take_style},
    {NULL, 'x', no_argument, take_hex},
    {"strings-in-hex", 0, optional_argument, take_strings},
    {"columns", 'a', required_argument, take_column},
    {NULL, 't', no_argument, take_time},
    {"absolute-timestamps", 0, optional_argument, take_timestamps},
    {"timestamps", 0, optional_argument, take_timestamps},
    {"relative-timestamps", 'r', optional_argument, take_relative},
    {"syscall-times", 'T', optional_argument, take_duration},
    {"instruction-pointer", 'i', no_argument, take_instruction},
    {"syscall-number", 'n', no_argument, take_number},
    {"arg-names", 'N', no_argument, take_arg_names},
    {"always-show-pid", 0, no_argument, take_always_pid},
    {"summary-only", 'c', no_argument, take_summary_only},
    {"summary", 'C', no_argument, take_summary},
    {"summary-wall-clock", 'w', no_argument, take_wall_clock},
    {"summary-sort-by", 'S', required_argument, take_sort},
    {"summary-columns", 'U', required_argument, take_columns},
    {"summary-syscall-overhead", 'O', required_argument, take_overhead},
};

const struct option_group options_output = OPTION_GROUP(lines);
