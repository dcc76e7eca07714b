#include "supervisor/judge.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "decode/kinds/basic.h"
#include "decode/render.h"
#include "policy/field_event.h"

struct match {
    struct judge *judge;
    struct slot *slot;
    struct verdict *verdict;
    bool decided; /* a rule before has acted */
};

static const struct oci_host *this_host(struct oci_host *host)
{
    struct utsname name;
    *host = (struct oci_host){.arch = "amd64", .capabilities = oci_default_capabilities};
    if (uname(&name) == 0) {
        (void)sscanf(name.release, "%u.%u", &host->kernel_major, &host->kernel_minor);
    }
    return host;
}

static int load(struct policy *policy, const char *const *files, size_t count, struct error *err)
{
    struct oci_host host;
    int ret = policy ? 0 : error_set(err, ENOMEM, "out of memory");
    for (size_t i = 0; i < count && ret == 0; i++) {
        ret = policy_load_file(policy, files[i], err);
    }
    ret = ret < 0 ? ret : policy_compile(policy, this_host(&host), err);
    return ret < 0 ? -EINVAL : 0; /* whatever it was, the command line names a file that is of no use */
}

int judge_check(const char *const *files, size_t count, struct buf *out, struct error *err)
{
    struct policy *policy = policy_new();
    int ret = load(policy, files, count, err);
    if (ret == 0) {
        policy_report(policy, out);
        policy_warnings(policy, out);
    }
    policy_free(policy);
    return ret;
}

static bool denies(enum action_type type)
{
    return type == ACTION_DENY || type == ACTION_RETURN || type == ACTION_KILL_PROCESS ||
           type == ACTION_KILL_THREAD;
}

static void find_denied(struct judge *judge)
{
    const struct program *program = policy_program(judge->policy);
    for (size_t i = 0; i < program->rule_count; i++) {
        const struct program_rule *r = &program->rules[i];
        bool active = r->rule->enabled && r->state != RULE_UNUSABLE && denies(r->rule->action.type);
        for (size_t w = 0; active && w < sizeof(judge->denied.bits) / sizeof(judge->denied.bits[0]); w++) {
            judge->denied.bits[w] |= r->calls.bits[w];
        }
    }
}

int judge_open(struct judge *judge, const struct judge_options *options, struct error *err)
{
    *judge = (struct judge){.options = *options, .fd = -1};
    pthread_mutex_init(&judge->lock, NULL);
    judge->policy = policy_new();
    int ret = load(judge->policy, options->files, options->file_count, err);
    if (ret < 0) {
        return ret;
    }
    if (!evaluator_init(&judge->evaluator, policy_program(judge->policy))) {
        return error_set(err, ENOMEM, "out of memory");
    }
    facts_init(&judge->facts, policy_program(judge->policy));
    gethostname(judge->hostname, sizeof(judge->hostname) - 1);
    policy_calls(judge->policy, &judge->calls);
    if (policy_profile(judge->policy)) {
        oci_calls(policy_profile(judge->policy), &judge->calls);
    }
    facts_calls(&judge->changes);
    find_denied(judge);
    for (unsigned id = 0; id < CALL_COUNT; id++) {
        if (call_set_has(&judge->changes, (enum call_id)id)) {
            call_set_add(&judge->calls, (enum call_id)id);
        }
    }
    judge->fd = options->alerts ? open(options->alerts, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)
                                : fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    return judge->fd < 0 ? error_errno(err, errno, "%s", options->alerts ? options->alerts : "stderr") : 0;
}

void judge_close(struct judge *judge)
{
    struct buf summary = {0};
    if (judge->fd >= 0 && !judge->options.json) {
        tally_print(&judge->tally, !judge->options.enforce, &summary);
        judge_report(judge, &summary);
    }
    buf_free(&summary);
    evaluator_free(&judge->evaluator);
    facts_free(&judge->facts);
    buf_free(&judge->subject.argv);
    policy_free(judge->policy);
    if (judge->fd >= 0) {
        close(take_fd(&judge->fd));
    }
    pthread_mutex_destroy(&judge->lock);
}

static void deny(struct match *m, int error, int64_t value)
{
    m->decided = true;
    if (m->judge->options.enforce) {
        *m->verdict = (struct verdict){.deny = true, .error = error, .value = value};
    }
}

/* SIGKILL to the caller's process; the call fails meanwhile. */
static void kill_process(struct match *m)
{
    if (m->judge->options.enforce) {
        (void)kill(m->slot->event.process.pid, SIGKILL);
    }
    deny(m, EPERM, 0);
}

static void act(struct match *m, const struct action *action)
{
    switch (action->type) {
    case ACTION_DENY:
        deny(m, action->error, 0);
        break;
    case ACTION_RETURN:
        deny(m, 0, action->value);
        break;
    case ACTION_KILL_PROCESS:
    case ACTION_KILL_THREAD: /* a thread can't be killed from outside: its process is */
        kill_process(m);
        break;
    case ACTION_STOP:
        if (m->judge->options.enforce) {
            (void)kill(m->slot->event.process.pid, SIGSTOP);
        }
        break;
    case ACTION_ALERT:
    case ACTION_ALLOW:
    case ACTION_DELAY:
        break;
    }
}

/* What is done to the call, for the alert. */
static const char *done(const struct match *m, const struct action *action)
{
    if (m->decided) {
        return NULL;
    }
    switch (action->type) {
    case ACTION_DENY:
        return errno_name(action->error);
    case ACTION_KILL_PROCESS:
    case ACTION_KILL_THREAD:
        return "killed";
    case ACTION_RETURN:
        return "another result";
    default:
        return NULL;
    }
}

static const char *process_name(const struct match *m)
{
    const struct policy_process *p = process_facts(m->judge->subject.subject.process, PROCESS_NAME);
    return p && p->name ? p->name : "?";
}

static bool on_match(void *context, struct evaluator *e, const struct program_rule *rule)
{
    struct match *m = context;
    const struct action *action = &rule->rule->action;
    if (action->type == ACTION_ALLOW) {
        return false;
    }
    struct alert alert = {.rule = rule->rule,
                          .output = &rule->output,
                          .predicted = rule->result && m->slot->event.result_state != RESULT_KNOWN,
                          .denied = done(m, action),
                          .audit = !m->judge->options.enforce};
    m->slot->alert_count++;
    if (m->judge->options.json) {
        alert_json(&m->slot->alerts, &alert, &e->reader);
    } else {
        alert_text(&m->slot->alerts, &alert, &e->reader);
    }
    if (alert.denied) {
        tally_add(&m->judge->tally, rule->rule->name.s, alert.denied, &m->slot->event, process_name(m));
    }
    if (!m->decided) {
        act(m, action);
    }
    return true;
}

/* What an OCI profile does to the call. */
static void hold_against_profile(struct match *m, const struct oci_profile *profile)
{
    static const struct render_options options = {.column = 0};
    const struct event *event = &m->slot->event;
    struct oci_verdict v = oci_judge(profile, event->abi, event->number, event->args);
    struct buf *out = &m->slot->alerts;
    m->slot->alert_count++;
    if (v.action == OCI_ALLOW || v.action == OCI_LOG || v.action == OCI_NOTIFY || v.action == OCI_TRACE) {
        return;
    }
    struct buf call = {0};
    const char *name = v.action == OCI_ERRNO ? errno_name(v.error) : oci_action_name(v.action);
    render_call_start(&call, event, &options);
    buf_char(&call, ')');
    if (m->judge->options.json) {
        buf_printf(out, "{\"profile\":true,\"action\":\"%s\",\"error\":", oci_action_name(v.action));
        render_json_string(out, name ? name : "", name ? strlen(name) : 0);
        buf_str(out, ",\"call\":");
        render_json_string(out, call.data ? call.data : "", call.len);
        buf_printf(out, ",\"pid\":%d,\"audit\":%s}\n", event->process.pid,
                   m->judge->options.enforce ? "false" : "true");
    } else {
        event_time(out, event->time_ns, TIME_CLOCK);
        buf_printf(out, ": Warning profile %s %s: [pid %d] ",
                   m->judge->options.enforce ? "denies" : "would deny", name ? name : "the call",
                   event->process.pid);
        buf_bytes(out, call.data, call.len);
        buf_char(out, '\n');
    }
    tally_add(&m->judge->tally, NULL, name ? name : "?", event, process_name(m));
    buf_free(&call);
    if (v.action == OCI_ERRNO) {
        deny(m, v.error, 0);
    } else {
        kill_process(m);
    }
}

/* A path that could not be read can't have been judged: it is decoded as the address it stands at. */
static bool path_unreadable(const struct event *event)
{
    for (unsigned i = 0; i < event->call->nargs; i++) {
        const struct value *v = values_at(&event->values, event->value[i]);
        if (event->call->args[i].kind == &kind_path && event->value[i] && v->type == VALUE_ADDR &&
            v->number) {
            return true;
        }
    }
    return false;
}

void judge_event(struct judge *judge, struct slot *slot, struct verdict *verdict)
{
    struct match match = {.judge = judge, .slot = slot, .verdict = verdict};
    pthread_mutex_lock(&judge->lock);
    struct facts *facts = facts_get(&judge->facts, slot->event.process.pid, slot->generation);
    if (facts) {
        event_subject_init(&judge->subject, slot, facts, judge->hostname);
        evaluate(&judge->evaluator, &judge->subject.subject, judge->subject.is_exec ? NULL : facts->memo,
                 on_match, &match);
        if (policy_profile(judge->policy) && !match.decided) {
            hold_against_profile(&match, policy_profile(judge->policy));
        }
        if (!verdict->deny && judge->options.enforce && call_set_has(&judge->denied, slot->id) &&
            path_unreadable(&slot->event)) {
            *verdict = (struct verdict){.deny = true, .error = EFAULT}; /* fail closed */
        }
        facts->stale = facts->stale || call_set_has(&judge->changes, slot->id);
    } else if (judge->options.enforce) {
        *verdict = (struct verdict){.deny = true, .error = EPERM}; /* fail closed */
    }
    pthread_mutex_unlock(&judge->lock);
}

void judge_report(struct judge *judge, const struct buf *alerts)
{
    for (size_t done = 0; done < alerts->len;) {
        ssize_t n = write(judge->fd, alerts->data + done, alerts->len - done);
        if (n < 0 && errno != EINTR) {
            return;
        }
        done += n > 0 ? (size_t)n : 0;
    }
}
