#include "supervisor/inject.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "decode/base/cleanup.h"
#include "supervisor/process.h"
#include "supervisor/target.h"

/* How often a task has made each call. */
struct inject_counts {
    uint32_t made[ABI_COUNT][CALL_COUNT];
};

/* The error that is all there is to an injection into this call, whoever makes it; 0: it is not so. */
static int only_error(const struct injections *injections, const struct abi *abi, enum call_id id)
{
    const struct injection *in = injections_find(injections, abi, id, false);
    return in && in->what == INJECT_ERROR ? in->error : 0;
}

void inject_plan(const struct injections *injections, bool alone, struct filter_spec *spec,
                 struct filter_errors *errors)
{
    const struct selection anyway = spec->notify;
    for (size_t i = 0; i < injections->count; i++) {
        const struct injection *in = &injections->items[i];
        for (unsigned abi = 0; abi < ABI_COUNT && !in->traced_only; abi++) {
            call_set_union(&spec->notify.calls[abi], &in->calls.calls[abi]);
        }
    }
    selection_add_multiplexers(&spec->notify); /* through which the calls of these ABIs are injected, too */
    for (unsigned abi = 0; abi < ABI_COUNT && alone; abi++) {
        for (unsigned n = CALL_none + 1; n < CALL_COUNT; n++) {
            enum call_id id = (enum call_id)n;
            int error = selection_has(&anyway, &abis[abi], id) ? 0 : only_error(injections, &abis[abi], id);
            if (error) {
                errors->of[abi][id] = (uint16_t)error;
                call_set_remove(&spec->notify.calls[abi], id);
            }
        }
    }
    spec->errors = errors;
}

/* The number of this invocation, from 1. Memory that is short counts no further: no call is harmed. */
static uint32_t count(struct task *task, const struct abi *abi, enum call_id id)
{
    if (!task->injected) {
        task->injected = calloc(1, sizeof(*task->injected));
    }
    return task->injected ? ++task->injected->made[abi - abis][id] : 0;
}

const struct injection *inject_choose(const struct injections *injections, struct task *task,
                                      const struct abi *abi, enum call_id id, bool shown)
{
    const struct injection *in = injections_find(injections, abi, id, shown);
    if (!in || !(in->what & INJECT_WHEN)) {
        return in;
    }
    return injection_due(in, count(task, abi, id)) ? in : NULL;
}

bool inject_poke(pid_t tid, const struct pokes *pokes, const uint64_t args[CALL_ARGS_MAX])
{
    bool any = false;
    for (unsigned i = 0; i < pokes->count; i++) {
        const struct poke *poke = &pokes->args[i];
        struct iovec local = {.iov_base = poke->bytes, .iov_len = poke->length};
        // NOLINTNEXTLINE(performance-no-int-to-ptr): an address of the target's
        struct iovec remote = {.iov_base = (void *)(uintptr_t)args[poke->arg], .iov_len = poke->length};
        any = process_vm_writev(tid, &local, 1, &remote, 1, 0) > 0 || any;
    }
    return any;
}

static void apply_result(const struct injection *in, struct event *event, struct verdict *verdict)
{
    bool value = in->what & INJECT_RETVAL;
    verdict->deny = true;
    verdict->error = in->error;
    verdict->value = in->value;
    verdict->replacement = in->replacement;
    event->injected |= INJECTED_RESULT | (value ? INJECTED_VALUE : 0U);
}

/* Whether a task catches, ignores or blocks a signal (proc(5)); one that does not may die of it. */
static bool survives(pid_t tid, int signal)
{
    static const char *const sets[] = {"SigBlk:\t", "SigIgn:\t", "SigCgt:\t"};
    char status[4096];
    uint64_t mask = 0;
    if (target_proc_read(tid, "status", status, sizeof(status)) < 0) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
        const char *at = strstr(status, sets[i]);
        mask |= at ? strtoull(at + strlen(sets[i]), NULL, 16) : 0;
    }
    return mask >> (signal - 1) & 1;
}

void inject_apply(const struct injection *in, struct event *event, struct verdict *verdict)
{
    if (!verdict->deny && in->what & (INJECT_ERROR | INJECT_RETVAL)) {
        apply_result(in, event, verdict);
    }
    if (in->what & INJECT_SIGNAL) {
        verdict->kill = in->signal == SIGKILL;
        verdict->signal = in->signal;
        verdict->signal_first = survives(event->tid, in->signal);
    }
    if (in->what & INJECT_DELAY_ENTER) {
        verdict->delay_ns += in->delay_enter_ns;
    }
    if (in->what & (INJECT_DELAY_ENTER | INJECT_DELAY_EXIT)) {
        event->injected |= INJECTED_DELAY;
    }
}

void inject_warnings(const struct injections *injections, struct buf *out)
{
    for (size_t i = 0; i < injections->count; i++) {
        bool compat;
        int error = injection_looks_like_error(&injections->items[i], &compat);
        if (error) {
            buf_printf(out, "proctor: retval=%lld is error %d to a program%s\n",
                       (long long)injections->items[i].value, error, compat ? " of 32 bits" : "");
        }
    }
}
