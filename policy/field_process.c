#include "policy/field_process.h"

#include <string.h>

#include "policy/capability.h"

enum { ANCESTORS_MAX = 64 }; /* no process tree is deeper; a cycle made of reused ids must end */

struct policy_process *process_facts(struct policy_process *process, unsigned group)
{
    if (process && (process->loaded & group) != group && process->load) {
        for (unsigned bit = 1; bit < PROCESS_ALL; bit <<= 1) {
            if (group & bit & ~process->loaded) {
                process->load(process, bit);
                process->loaded |= bit;
            }
        }
    }
    return process;
}

struct policy_process *subject_process(struct policy_subject *subject, unsigned group)
{
    return process_facts(subject->process, group);
}

static struct policy_process *parent_of(struct policy_process *process)
{
    process = process_facts(process, PROCESS_PARENT);
    return process ? process->parent : NULL;
}

/* The ancestor that leads the session or the process group, if it still lives and is known. */
static struct policy_process *leader_of(struct policy_process *process, bool session)
{
    process = process_facts(process, PROCESS_STATUS);
    pid_t id = process ? (session ? process->sid : process->pgid) : 0;
    for (int i = 0; process && id > 0 && i < ANCESTORS_MAX; i++) {
        if (process->pid == id) {
            return process;
        }
        process = parent_of(process);
    }
    return NULL;
}

/* The process that the nth value of a field is about. Without an argument, proc.aname is all ancestors. */
static struct policy_process *process_of(struct reader *r, const struct field_ref *ref, unsigned nth)
{
    struct policy_process *process = r->subject->process;
    int ancestor = ref->field->ancestor; // NOLINT: a small number, not a character
    unsigned steps = (unsigned)ancestor;
    if (ancestor == ANCESTOR_SESSION || ancestor == ANCESTOR_GROUP) {
        process = leader_of(process, ancestor == ANCESTOR_SESSION);
        steps = 0;
    } else if (ancestor == ANCESTOR_ARG) {
        steps = ref->index >= 0 ? (unsigned)ref->index : nth + 1;
    }
    bool many = ancestor == ANCESTOR_ARG && ref->index < 0;
    if ((nth && !many) || steps > ANCESTORS_MAX) {
        return NULL;
    }
    while (process && steps--) {
        process = parent_of(process);
    }
    return process_facts(process, ref->field->group);
}

static const void *member(const struct policy_process *process, const struct field_ref *ref)
{
    return (const char *)process + ref->field->offset;
}

static bool give_string(struct field_value *value, const char *s)
{
    if (s) {
        value->text = (struct text){s, strlen(s)};
    }
    return s != NULL;
}

bool get_proc_string(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    struct policy_process *p = process_of(r, ref, nth);
    return p && give_string(value, *(const char *const *)member(p, ref));
}

bool get_proc_text(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    struct policy_process *p = process_of(r, ref, nth);
    if (p) {
        value->text = *(const struct text *)member(p, ref);
    }
    return p && value->text.s;
}

/* An id, where 0 means that it is not known. */
bool get_proc_pid(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    struct policy_process *p = process_of(r, ref, nth);
    value->number = p ? *(const pid_t *)member(p, ref) : 0;
    return value->number > 0;
}

bool get_proc_int64(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    struct policy_process *p = process_of(r, ref, nth);
    value->number = p ? *(const int64_t *)member(p, ref) : 0;
    return p != NULL;
}

bool get_proc_flag(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    struct policy_process *p = process_of(r, ref, nth);
    value->number = p ? *(const int8_t *)member(p, ref) : POLICY_UNKNOWN;
    return value->number >= 0;
}

bool get_proc_caps(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    struct policy_process *p = process_of(r, ref, nth);
    if (!p) {
        return false;
    }
    uint64_t set = *(const uint64_t *)member(p, ref);
    struct buf *b = &r->composed[r->side];
    b->len = 0;
    for (unsigned i = 0; capability_name(i); i++) {
        if (set >> i & 1) {
            buf_str(b, b->len ? " " : "");
            buf_str(b, capability_name(i));
        }
    }
    value->text = (struct text){b->len ? b->data : "", b->len};
    return !b->failed;
}

/* proc.env: all of it joined by spaces; proc.env[NAME]: one variable. */
bool get_proc_env(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    struct policy_process *p = process_of(r, ref, nth);
    if (!p || !p->env.s || nth) {
        return false;
    }
    const char *end = p->env.s + p->env.n;
    struct buf *b = &r->composed[r->side];
    b->len = 0;
    for (const char *s = p->env.s; s < end;) {
        size_t n = strnlen(s, (size_t)(end - s));
        if (!ref->arg.s) {
            buf_str(b, b->len ? " " : "");
            buf_bytes(b, s, n);
        } else if (n > ref->arg.n && s[ref->arg.n] == '=' && !memcmp(s, ref->arg.s, ref->arg.n)) {
            value->text = (struct text){s + ref->arg.n + 1, n - ref->arg.n - 1};
            return true;
        }
        s += n + 1;
    }
    value->text = (struct text){b->len ? b->data : "", b->len};
    return !ref->arg.s && !b->failed;
}

/* proc.is_sid_leader and the like: whether the id at `offset` is the process's own in the same namespace. */
bool get_proc_leader(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    struct policy_process *p = process_of(r, ref, nth);
    if (!p) {
        return false;
    }
    pid_t id = *(const pid_t *)member(p, ref);
    bool inner = ref->field->offset == offsetof(struct policy_process, vpgid) ||
                 ref->field->offset == offsetof(struct policy_process, vsid);
    value->number = id == (inner ? p->vpid : p->pid);
    return id > 0;
}

bool get_proc_duration(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    struct policy_process *p = process_of(r, ref, nth);
    value->number = p ? r->subject->event->time_ns - p->started : 0;
    return p && p->started;
}

/* How long before the process's start the time at `offset` was: proc.exe_ino.ctime_duration_proc_start. */
bool get_proc_age(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    struct policy_process *p = process_of(r, ref, nth);
    int64_t time = p ? *(const int64_t *)member(p, ref) : 0;
    value->number = p ? p->started - time : 0;
    return p && p->started && time;
}

/* How long the arguments are, without the spaces that join them. */
bool get_proc_nameargs(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    struct policy_process *p = process_of(r, ref, nth);
    const struct text *args = p ? member(p, ref) : NULL;
    value->number = args ? (int64_t)args->n - (p->arg_count > 1 ? p->arg_count - 1 : 0) : 0;
    return args && args->s;
}

bool get_thread_tid(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    (void)ref;
    value->number = r->subject->event->tid;
    return nth == 0 && value->number > 0;
}

bool get_thread_vtid(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    (void)ref;
    value->number = r->subject->event->process.vtid;
    return nth == 0 && value->number > 0;
}

bool get_thread_main(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    (void)ref;
    value->number = r->subject->process && r->subject->process->pid == r->subject->event->tid;
    return nth == 0 && r->subject->process;
}

static const struct policy_container *container_of_process(struct reader *r)
{
    struct policy_process *p = subject_process(r->subject, PROCESS_CONTAINER);
    return p ? p->container : NULL;
}

bool get_container_string(struct reader *r, const struct field_ref *ref, unsigned nth,
                          struct field_value *value)
{
    const struct policy_container *c = container_of_process(r);
    return nth == 0 && c && give_string(value, *(const char *const *)((const char *)c + ref->field->offset));
}

/* Falco gives the host a name among the containers: rules say container.id != host. */
bool get_container_id(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const struct policy_container *c = container_of_process(r);
    return nth == 0 &&
           give_string(value, c ? *(const char *const *)((const char *)c + ref->field->offset) : "host");
}

/* What Falco puts in the place of %container.info. */
bool get_container_info(struct reader *r, const struct field_ref *ref, unsigned nth,
                        struct field_value *value)
{
    const struct policy_container *c = container_of_process(r);
    struct buf *b = &r->composed[r->side];
    (void)ref;
    b->len = 0;
    buf_printf(b, "container_id=%s container_name=%s",
               c && c->id ? c->id
               : c        ? "<NA>"
                          : "host",
               c && c->name ? c->name
               : c          ? "<NA>"
                            : "host");
    value->text = (struct text){b->data, b->len};
    return nth == 0 && !b->failed;
}

/* Nothing but its capabilities tells whether a container was started with --privileged: it has them all. */
bool get_container_privileged(struct reader *r, const struct field_ref *ref, unsigned nth,
                              struct field_value *value)
{
    const struct policy_container *c = container_of_process(r);
    (void)ref;
    value->number = c ? c->privileged : POLICY_UNKNOWN;
    struct policy_process *p = c && value->number < 0 ? subject_process(r->subject, PROCESS_STATUS) : NULL;
    if (p) {
        value->number = p->all_caps; // NOLINT: a small number, not a character
    }
    return nth == 0 && value->number >= 0;
}

bool get_container_started(struct reader *r, const struct field_ref *ref, unsigned nth,
                           struct field_value *value)
{
    const struct policy_container *c = container_of_process(r);
    (void)ref;
    value->number = c ? c->started : 0;
    return nth == 0 && value->number;
}
