/* Fields that tell what kind of call an event is. */
#include <string.h>

#include "policy/field_event.h"

/* Falco's kinds of calls that failed. */
bool get_evt_error(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    static const uint32_t classes[] = {
        [ERROR_FILE] = CLASS_FILE | CLASS_DESC, [ERROR_NET] = CLASS_NETWORK, [ERROR_MEMORY] = CLASS_MEMORY};
    int64_t result = subject_result(r->subject);
    uint32_t of = r->subject->event->call->classes;
    unsigned kind = of & CLASS_NETWORK         ? ERROR_NET
                    : of & classes[ERROR_FILE] ? ERROR_FILE
                    : of & CLASS_MEMORY        ? ERROR_MEMORY
                                               : ERROR_OTHER;
    value->number = 1;
    return nth == 0 && result_is_error(result) &&
           (ref->field->offset == ERROR_ANY || ref->field->offset == kind);
}

bool get_evt_type_is(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const char *name = r->subject->event->call->name;
    value->number = name && strlen(name) == ref->arg.n && !memcmp(name, ref->arg.s, ref->arg.n);
    return nth == 0;
}

static unsigned what_it_does(const struct event *event)
{
    switch (call_identity(event->call)) {
    case CALL_read:
    case CALL_pread64:
    case CALL_readv:
    case CALL_preadv:
    case CALL_preadv2:
    case CALL_recvfrom:
    case CALL_recvmsg:
    case CALL_recvmmsg:
        return DOES_READ;
    case CALL_write:
    case CALL_pwrite64:
    case CALL_writev:
    case CALL_pwritev:
    case CALL_pwritev2:
    case CALL_sendto:
    case CALL_sendmsg:
    case CALL_sendmmsg:
        return DOES_WRITE;
    case CALL_select:
    case CALL_pselect6:
    case CALL_poll:
    case CALL_ppoll:
    case CALL_epoll_wait:
    case CALL_epoll_pwait:
    case CALL_epoll_pwait2:
    case CALL_nanosleep:
    case CALL_clock_nanosleep:
    case CALL_futex:
    case CALL_wait4:
    case CALL_waitid:
    case CALL_pause:
        return DOES_WAIT;
    default:
        return 0;
    }
}

bool get_evt_does(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    value->number = (what_it_does(r->subject->event) & ref->field->offset) != 0;
    return nth == 0;
}

static bool give_direction(struct field_value *value, bool reads)
{
    value->text = (struct text){reads ? "r" : "w", 1};
    return true;
}

bool get_evt_io_dir(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    unsigned does = what_it_does(r->subject->event);
    (void)ref;
    return nth == 0 && does & (DOES_READ | DOES_WRITE) && give_direction(value, does & DOES_READ);
}

bool get_evt_wait_latency(struct reader *r, const struct field_ref *ref, unsigned nth,
                          struct field_value *value)
{
    (void)ref;
    value->number = r->subject->event->duration_ns;
    return nth == 0 && value->number >= 0 && what_it_does(r->subject->event) == DOES_WAIT;
}
