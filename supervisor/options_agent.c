/* The options that only `proctor agent` has. */
#include <errno.h>

#include "supervisor/options_table.h"
#include "supervisor/options_words.h"

static int demand_agent(const struct parser *p, const struct option_line *line, struct error *err)
{
    return p->options->command == COMMAND_AGENT
               ? 0
               : error_set(err, EINVAL, "--%s is an option of proctor agent", line->name);
}

static int take_listen(struct parser *p, const struct option_line *line, char *path, struct error *err)
{
    p->options->agent.socket = path;
    return demand_agent(p, line, err);
}

static int take_allow_uid(struct parser *p, const struct option_line *line, char *number, struct error *err)
{
    struct agent_options *agent = &p->options->agent;
    if (agent->allowed_count == PEER_UIDS_MAX) {
        return error_set(err, EINVAL, "--allow-uid: there are at most %d", PEER_UIDS_MAX);
    }
    uint32_t uid = 0;
    int ret = parse_number("--allow-uid", number, &uid, err);
    agent->allowed[agent->allowed_count++] = uid;
    return ret < 0 ? ret : demand_agent(p, line, err);
}

static int take_on_exit(struct parser *p, const struct option_line *line, char *word, struct error *err)
{
    static const char *const ends[] = {[ON_EXIT_CONTINUE] = "continue", [ON_EXIT_KILL] = "kill"};
    unsigned index = 0;
    int ret = parse_word("--on-exit", word, ends, ARRAY_SIZE(ends), &index, err);
    p->options->agent.on_exit = (enum on_exit)index;
    return ret < 0 ? ret : demand_agent(p, line, err);
}

static int take_metrics(struct parser *p, const struct option_line *line, char *address, struct error *err)
{
    p->options->agent.metrics = address;
    return demand_agent(p, line, err);
}

static int take_policy_directory(struct parser *p, const struct option_line *line, char *path,
                                 struct error *err)
{
    p->options->agent.policy_directory = path;
    return demand_agent(p, line, err);
}

static const struct option_line lines[] = {
    {"listen", 0, required_argument, take_listen},
    {"allow-uid", 0, required_argument, take_allow_uid},
    {"on-exit", 0, required_argument, take_on_exit},
    {"policy-dir", 0, required_argument, take_policy_directory},
    {"metrics", 0, required_argument, take_metrics},
};

const struct option_group options_agent = OPTION_GROUP(lines);
