#include "supervisor/judge.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "decode/kinds/basic.h"
#include "decode/render.h"
#include "launcher/uapi.h"
#include "policy/field_event.h"
#include "policy/race.h"
#include "supervisor/act.h"
#include "supervisor/behalf_job.h"

/* What is being judged; kept between the entry and the exit of a call whose result rules wait for. */
struct judgement {
    struct event_subject subject;
    struct judgement *made;
    struct judgement *next;
    bool ended;         /* an `allow` matched at the entry: no later rule is asked */
    size_t end;         /* `ended`: its number */
    uint64_t *failed;   /* rules that wait for an exec that fails: as waiting, behind it */
    uint64_t waiting[]; /* rules */
};

struct match {
    struct judge *judge;
    struct slot *slot;
    struct judgement *judgement;
    bool exec_fails; /* as far as is known */
    struct verdict *verdict;
    bool decided; /* a rule before has acted */
    bool again;   /* rules that don't deny have had their say */
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
        struct call_set carried;
        behalf_possible_calls(&carried);
        policy_report(policy, out);
        policy_warnings(policy, out);
        policy_races(policy, &carried, out);
    }
    policy_free(policy);
    return ret;
}

static void add_calls(struct call_set *to, const struct call_set *from)
{
    for (size_t w = 0; w < sizeof(to->bits) / sizeof(to->bits[0]); w++) {
        to->bits[w] |= from->bits[w];
    }
}

/* Whether a rule waits for a descriptor that is made; that of a connect was there before. */
static bool waits_for_fd(const struct program_rule *rule)
{
    for (unsigned id = 0; id < CALL_COUNT; id++) {
        if (id != CALL_connect && call_makes_fd((enum call_id)id) &&
            call_set_has(&rule->late, (enum call_id)id)) {
            return true;
        }
    }
    return false;
}

/* Which calls some rule may deny, and which it waits for the results of. */
static void find_calls(struct judge *judge)
{
    const struct program *program = policy_program(judge->policy);
    struct call_set calls = {{0}};
    policy_calls(judge->policy, &calls);
    facts_calls(&judge->changes);
    judge->watched = judge->changes;
    if (facts_ancestors(&judge->facts)) {
        call_set_add(&judge->watched, CALL_exit_group);
    }
    add_calls(&calls, &judge->watched);
    selection_add(&judge->calls, &calls);
    selection_add_multiplexers(&judge->calls);
    for (size_t i = 0; i < program->rule_count; i++) {
        const struct program_rule *r = &program->rules[i];
        bool active = r->rule->enabled && r->state != RULE_UNUSABLE;
        if (active && action_denies(r->rule->action.type)) {
            add_calls(&judge->denied, &r->calls);
        }
        if (active) {
            add_calls(&judge->late, &r->late);
            judge->makes_fds = judge->makes_fds || (r->fd && waits_for_fd(r));
        }
    }
}

/* What is denied by what can be changed meanwhile, and nobody carries out: told of, or too much. */
static int find_races(struct judge *judge, struct error *err)
{
    struct call_set carried = {{0}};
    if (!judge->options.uncarried) {
        behalf_possible_calls(&carried);
    }
    policy_races(judge->policy, &carried, &judge->warnings);
    if (!judge->options.strict || !judge->warnings.len) {
        return 0;
    }
    const char *end = memchr(judge->warnings.data, '\n', judge->warnings.len);
    return error_set(err, EINVAL, "--strict: %.*s", (int)(end - judge->warnings.data), judge->warnings.data);
}

static int open_judge(struct judge *judge, struct error *err)
{
    const struct judge_options *options = &judge->options;
    int ret = load(judge->policy, options->files, options->file_count, err);
    if (ret < 0) {
        return ret;
    }
    if (!evaluator_init(&judge->evaluator, policy_program(judge->policy))) {
        return error_set(err, ENOMEM, "out of memory");
    }
    facts_init(&judge->facts, policy_program(judge->policy));
    gethostname(judge->hostname, sizeof(judge->hostname) - 1);
    find_calls(judge);
    if (options->enforce) {
        race_calls(policy_program(judge->policy), &judge->mutable);
        ret = find_races(judge, err);
    }
    policy_unknown(judge->policy, &judge->warnings);
    return ret < 0 ? ret : alerts_open(&judge->alerts, &options->alerts, err);
}

int judge_open(struct judge **judge, const struct judge_options *options, struct error *err)
{
    *judge = calloc(1, sizeof(**judge));
    if (!*judge) {
        return error_set(err, ENOMEM, "out of memory");
    }
    **judge = (struct judge){.options = *options, .references = 1, .policy = policy_new()};
    pthread_mutex_init(&(*judge)->lock, NULL);
    void *tally = mmap(NULL, sizeof(struct tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    (*judge)->tally = tally == MAP_FAILED ? NULL : tally;
    int ret = (*judge)->tally ? open_judge(*judge, err) : error_set(err, ENOMEM, "out of memory");
    if (ret < 0) {
        judge_release(*judge);
        *judge = NULL;
    }
    return ret;
}

struct judge *judge_hold(struct judge *judge)
{
    if (judge) {
        judge->references++;
    }
    return judge;
}

void judge_all(struct judge *judge)
{
    if (policy_profile(judge->policy)) {
        oci_calls(policy_profile(judge->policy), &judge->calls);
    }
}

void judge_release(struct judge *judge)
{
    if (!judge || --judge->references) {
        return;
    }
    if (judge->tally) {
        munmap(judge->tally, sizeof(*judge->tally));
    }
    buf_free(&judge->shown);
    buf_free(&judge->warnings);
    evaluator_free(&judge->evaluator);
    while (judge->all) {
        struct judgement *j = judge->all;
        judge->all = j->made;
        facts_release(j->subject.facts);
        buf_free(&j->subject.argv);
        free(j);
    }
    facts_free(&judge->facts);
    policy_free(judge->policy);
    alerts_close(&judge->alerts);
    pthread_mutex_destroy(&judge->lock);
    free(judge);
}

/* With facts held; NULL when memory ran out. */
static struct judgement *take_judgement(struct judge *judge, struct facts *facts)
{
    struct judgement *j = judge->free;
    if (j) {
        judge->free = j->next;
    } else {
        size_t words = policy_program(judge->policy)->words;
        j = facts ? calloc(1, sizeof(*j) + 2 * words * sizeof(j->waiting[0])) : NULL;
        if (!j) {
            return NULL;
        }
        j->failed = j->waiting + words;
        j->made = judge->all;
        judge->all = j;
    }
    j->subject.facts = facts_hold(facts);
    j->ended = false;
    return j;
}

static void give_back(struct judge *judge, struct judgement *j)
{
    facts_release(j->subject.facts);
    j->subject.facts = NULL;
    j->next = judge->free;
    judge->free = j;
}

/* Of the actions that keep a call from being made the first counts; those that hold it add to it. */
static void act(struct match *m, const struct action *action)
{
    if (action_denies(action->type) && m->decided) {
        return;
    }
    m->decided = m->decided || action_denies(action->type);
    if (m->judge->options.enforce) {
        action_apply(action, &m->slot->event, m->verdict);
    }
}

static const char *process_name(const struct match *m)
{
    const struct policy_process *p = process_facts(m->judgement->subject.subject.process, PROCESS_NAME);
    return p && p->name ? p->name : "?";
}

static void raise_alert(struct match *m, const struct alert *alert, struct evaluator *e)
{
    struct buf *out = &m->slot->alerts;
    m->slot->alert_count++;
    if (!alerts_admit(&m->judge->alerts, alert->rule->priority, m->slot->event.time_ns)) {
        return;
    }
    alert_begin(out, alert->rule->priority);
    if (m->judge->options.alerts.json) {
        alert_json(out, alert, &e->reader);
    } else {
        alert_text(out, alert, &e->reader);
    }
}

/*
 * An exec that fails made no process, and a search along PATH raises nothing: only rules that ask for the
 * result are about it, and then about the process that called. What acts on an exec acts on the process that
 * it would make: the file may be there a moment later.
 */
static bool concerns(const struct match *m, const struct program_rule *rule)
{
    const struct event_subject *s = &m->judgement->subject;
    bool acts = rule->rule->action.type != ACTION_ALERT;
    bool of_caller = s->subject.process != &s->future;
    return !s->is_exec || (of_caller ? rule->result && !acts : acts || !m->exec_fails);
}

static bool on_match(void *context, struct evaluator *e, const struct program_rule *rule)
{
    struct match *m = context;
    const struct action *action = &rule->rule->action;
    if (!concerns(m, rule)) {
        return true;
    }
    size_t number = (size_t)(rule - policy_program(m->judge->policy)->rules);
    if (action->type == ACTION_ALLOW) {
        m->judgement->ended = true;
        m->judgement->end = number;
        return false;
    }
    if (m->judgement->ended && number > m->judgement->end) {
        return false;
    }
    if (m->again && !action_denies(action->type)) {
        return true;
    }
    const char *done = action_denies(action->type) && m->decided ? NULL : action_done(action);
    bool held = action_holds(action->type);
    struct alert alert = {.rule = rule->rule,
                          .output = &rule->output,
                          .predicted = (rule->result || m->judgement->subject.is_exec) &&
                                       m->slot->event.result_state != RESULT_KNOWN,
                          .denied = held ? NULL : done,
                          .held = held ? done : NULL,
                          .audit = !m->judge->options.enforce};
    raise_alert(m, &alert, e);
    tally_add(m->judge->tally,
              held   ? TALLY_HELD
              : done ? TALLY_DENIED
                     : TALLY_REPORTED,
              rule->rule->name.s, done, &m->slot->event, process_name(m));
    act(m, action);
    return true;
}

/* The line of a profile's verdict: as a rule's alert, and with the call as it would be traced. */
static void print_verdict(struct match *m, const struct oci_verdict *v, const char *name)
{
    static const struct render_options options = {.column = 0};
    const struct event *event = &m->slot->event;
    struct buf *out = &m->slot->alerts;
    struct buf call = {0};
    render_call_start(&call, event, &options);
    buf_char(&call, ')');
    alert_begin(out, PRIORITY_WARNING);
    if (m->judge->options.alerts.json) {
        buf_printf(out, "{\"profile\":true,\"action\":\"%s\",\"error\":", oci_action_name(v->action));
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
    buf_free(&call);
}

/* What an OCI profile does to the call. */
static void hold_against_profile(struct match *m, const struct oci_profile *profile)
{
    const struct event *event = &m->slot->event;
    const uint64_t *registers = slot_multiplexed(m->slot) ? m->slot->registers : event->args;
    struct oci_verdict v = oci_judge(profile, event->abi, event->number, registers);
    uint32_t done = oci_kernel_action(&v);
    if (oci_passes(done)) {
        return;
    }
    bool fails = (done & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO;
    struct action action = {.type = fails ? ACTION_DENY : ACTION_KILL_PROCESS,
                            .error = (int)(done & SECCOMP_RET_DATA)};
    const char *name = fails ? action_done(&action) : oci_action_name(v.action);
    m->slot->alert_count++;
    if (alerts_admit(&m->judge->alerts, PRIORITY_WARNING, event->time_ns)) {
        print_verdict(m, &v, name);
    }
    tally_add(m->judge->tally, TALLY_DENIED, NULL, name, event, process_name(m));
    act(m, &action);
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

/* Rules that may still match: what they show is looked at now, while the process is as it is. */
static void look_ahead(struct judge *judge, const uint64_t *waiting)
{
    const struct program *program = policy_program(judge->policy);
    judge->shown.len = 0;
    for (size_t r = 0; r < program->rule_count; r++) {
        if (waiting[r / 64] >> (r % 64) & 1) {
            output_text(&judge->shown, &program->rules[r].output, &judge->evaluator.reader);
        }
    }
}

/*
 * The same event with the process that calls an exec, which stays if that fails. Returns whether rules wait
 * for the result.
 */
static bool judge_caller(struct match *m, bool comes)
{
    struct judge *judge = m->judge;
    struct event_subject *s = &m->judgement->subject;
    event_subject_failed(s);
    if (!comes) {
        evaluate(&judge->evaluator, &s->subject, s->memo, on_match, m);
        return false;
    }
    uint64_t *waiting = m->judgement->failed;
    bool waits = evaluate_entry(&judge->evaluator, &s->subject, s->memo, waiting, NULL, NULL);
    if (waits) {
        look_ahead(judge, waiting);
    }
    return waits;
}

static void judge_entry(struct match *m, struct facts *facts, bool comes)
{
    struct judge *judge = m->judge;
    struct slot *slot = m->slot;
    struct event_subject *s = &m->judgement->subject;
    comes = comes && call_set_has(&judge->late, slot->called);
    event_subject_init(s, slot, facts, judge->hostname, comes);
    m->exec_fails = s->is_exec && !comes && subject_result(&s->subject) < 0;
    bool waits = evaluate_entry(&judge->evaluator, &s->subject, s->memo, comes ? m->judgement->waiting : NULL,
                                on_match, m);
    slot->doubted = s->predicted && s->prediction < 0;
    if (policy_profile(judge->policy) && !m->decided) {
        hold_against_profile(m, policy_profile(judge->policy));
    }
    if (waits) {
        (void)subject_fd(&s->subject); /* it may be closed by then */
        look_ahead(judge, m->judgement->waiting);
    }
    if (s->is_exec && (comes || m->exec_fails)) {
        waits |= judge_caller(m, comes);
    }
    slot->held = waits ? m->judgement : NULL;
}

/* Sets match->judgement, NULL when memory ran out. Returns what is known of the caller. */
static struct facts *begin_match(struct match *match)
{
    const struct slot *slot = match->slot;
    struct facts_of of = {slot->event.process.pid, slot->event.process.ppid, slot->generation,
                          slot->directory};
    struct facts *facts = facts_get(&match->judge->facts, &of);
    match->judgement = facts ? take_judgement(match->judge, facts) : NULL;
    return facts;
}

void judge_event(struct slot *slot, bool comes, struct verdict *verdict)
{
    struct judge *judge = slot->judge;
    struct match match = {.judge = judge, .slot = slot, .verdict = verdict};
    pthread_mutex_lock(&judge->lock);
    struct facts *facts = begin_match(&match);
    if (match.judgement) {
        judge_entry(&match, facts, comes);
        if (!verdict->deny && judge->options.enforce && call_set_has(&judge->denied, slot->called) &&
            path_unreadable(&slot->event)) {
            *verdict = (struct verdict){.deny = true, .error = EFAULT}; /* fail closed */
        }
        if (slot->id == CALL_exit_group && facts_ancestors(&judge->facts)) {
            facts_before_end(facts, slot->event.tid);
        }
        if (match.judgement->subject.is_exec || call_set_has(&judge->changes, slot->id)) {
            facts_changed(&judge->facts, slot->event.process.pid);
        }
    } else if (judge->options.enforce) {
        *verdict = (struct verdict){.deny = true, .error = EPERM}; /* fail closed */
    }
    if (match.judgement && !slot->held) {
        give_back(judge, match.judgement);
    }
    pthread_mutex_unlock(&judge->lock);
}

void judge_again(struct slot *slot, struct verdict *verdict)
{
    struct judge *judge = slot->judge;
    struct match match = {.judge = judge, .slot = slot, .verdict = verdict, .again = true};
    pthread_mutex_lock(&judge->lock);
    struct facts *facts = begin_match(&match);
    if (match.judgement) {
        struct event_subject *s = &match.judgement->subject;
        event_subject_init(s, slot, facts, judge->hostname, false);
        s->predicted = true; /* it is about to happen: nothing fails any more */
        s->prediction = 0;
        (void)evaluate_entry(&judge->evaluator, &s->subject, s->memo, NULL, on_match, &match);
        give_back(judge, match.judgement);
    } else {
        *verdict = (struct verdict){.deny = true, .error = EPERM}; /* fail closed */
    }
    pthread_mutex_unlock(&judge->lock);
}

void judge_result(struct slot *slot)
{
    struct judge *judge = slot->judge;
    struct judgement *j = slot->held;
    struct verdict ignored = {.deny = false};
    struct match match = {.judge = judge, .slot = slot, .judgement = j, .verdict = &ignored, .decided = true};
    pthread_mutex_lock(&judge->lock);
    event_subject_returned(&j->subject);
    bool failed = j->subject.is_exec && subject_result(&j->subject.subject) < 0;
    evaluate_exit(&judge->evaluator, &j->subject.subject, j->subject.memo, failed ? j->failed : j->waiting,
                  on_match, &match);
    slot->held = NULL;
    if (j->subject.is_exec) {
        facts_changed(&judge->facts, slot->event.process.pid);
    }
    give_back(judge, j);
    pthread_mutex_unlock(&judge->lock);
}

void judge_drop(struct slot *slot)
{
    if (slot->held) {
        struct judge *judge = slot->judge;
        pthread_mutex_lock(&judge->lock);
        give_back(judge, slot->held);
        slot->held = NULL;
        pthread_mutex_unlock(&judge->lock);
    }
}

void judge_gone(struct judge *judge, pid_t pid)
{
    pthread_mutex_lock(&judge->lock);
    facts_gone(&judge->facts, pid);
    pthread_mutex_unlock(&judge->lock);
}

bool judge_must_deny(const struct judge *judge, const struct seccomp_data *call)
{
    const struct oci_profile *profile = judge->policy ? policy_profile(judge->policy) : NULL;
    const struct abi *abi = abi_find(call->arch, call->nr);
    if (!judge->options.enforce) {
        return false;
    }
    if (profile) {
        uint64_t args[CALL_ARGS_MAX];
        for (unsigned i = 0; i < CALL_ARGS_MAX; i++) {
            args[i] = call->args[i];
        }
        struct oci_verdict v = {.action = OCI_ERRNO};
        if (abi) {
            v = oci_judge(profile, abi, call->nr, args);
        }
        if (!oci_passes(oci_kernel_action(&v))) {
            return true;
        }
    }
    return abi && call_set_has(&judge->denied, call_find(abi, call->nr));
}

void judge_report(struct judge *judge, const struct buf *alerts)
{
    alerts_write(&judge->alerts, alerts);
}

void judge_summary(struct judge *judge, struct buf *out)
{
    bool audit = !judge->options.enforce;
    pthread_mutex_lock(&judge->lock);
    if (judge->options.alerts.json) {
        tally_json(judge->tally, audit, judge->alerts.suppressed, out);
    } else {
        tally_text(judge->tally, audit, judge->alerts.suppressed, out);
    }
    pthread_mutex_unlock(&judge->lock);
}
