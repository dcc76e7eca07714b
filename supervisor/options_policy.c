/* Rules and profiles, and what is done with what they say. */
#include <errno.h>
#include <string.h>

#include "supervisor/options_table.h"
#include "supervisor/options_words.h"

static int take_policy(struct parser *p, const struct option_line *line, char *path, struct error *err)
{
    (void)line, (void)err;
    p->options->policies[p->options->config.policy.file_count++] = path;
    return 0;
}

static int take_mode(struct parser *p, const struct option_line *line, char *word, struct error *err)
{
    static const char *const modes[] = {"audit", "enforce"};
    unsigned index = 0;
    int ret = parse_word("--mode", word, modes, ARRAY_SIZE(modes), &index, err);
    (void)line;
    p->options->config.policy.enforce = index == 1;
    return ret;
}

static int take_strict(struct parser *p, const struct option_line *line, char *word, struct error *err)
{
    (void)line, (void)word, (void)err;
    p->options->config.policy.strict = true;
    return 0;
}

static int take_alerts(struct parser *p, const struct option_line *line, char *where, struct error *err)
{
    struct alert_options *alerts = &p->options->config.policy.alerts;
    (void)line;
    if (alerts->output_count == ALERT_OUTPUTS) {
        return error_set(err, EINVAL, "--alerts: there are at most %d", (int)ALERT_OUTPUTS);
    }
    alerts->outputs[alerts->output_count++] = where;
    return 0;
}

static int take_log_denied(struct parser *p, const struct option_line *line, char *word, struct error *err)
{
    (void)line, (void)word, (void)err;
    p->options->config.policy.log_denied = true;
    return 0;
}

static int take_fail_on(struct parser *p, const struct option_line *line, char *word, struct error *err)
{
    int priority = priority_find(word, strlen(word));
    (void)line;
    if (priority < 0) {
        return error_set(err, EINVAL,
                         "--fail-on: '%s' is not one of emergency, alert, critical, error, warning, notice, "
                         "informational, debug",
                         word);
    }
    p->options->config.policy.alerts.fail_below = (unsigned)priority + 1;
    p->options->config.policy.log_denied = true; /* or the kernel would deny and say nothing */
    return 0;
}

static int take_rate_limit(struct parser *p, const struct option_line *line, char *text, struct error *err)
{
    (void)line;
    return rate_parse(&p->options->config.policy.alerts.rate, text, err);
}

static const struct option_line lines[] = {
    {"policy", 0, required_argument, take_policy},   {"mode", 0, required_argument, take_mode},
    {"alerts", 0, required_argument, take_alerts},   {"fail-on", 0, required_argument, take_fail_on},
    {"strict", 0, no_argument, take_strict},         {"rate-limit", 0, required_argument, take_rate_limit},
    {"log-denied", 0, no_argument, take_log_denied},
};

const struct option_group options_policy = OPTION_GROUP(lines);
