#include "launcher/filter.h"

#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "launcher/filter_scmp.h"
#include "launcher/uapi.h"

/*
 * How a specification is put into rules. Actions are SECCOMP_RET_*, as the kernel has them: libseccomp's
 * SCMP_ACT_* are the same numbers.
 */
struct plan {
    const struct filter_spec *spec;
    uint32_t fallback; /* what is done with a call that no rule names */
    uint32_t unknown;  /* what is done with a number that is in no table */
};

uint32_t filter_selected(enum filter_how how)
{
    return how == FILTER_TRACE ? SECCOMP_RET_TRACE : SECCOMP_RET_USER_NOTIF;
}

static const struct scalar_rules *rules_of(const struct filter_spec *spec, enum abi_id abi, enum call_id id)
{
    static const struct scalar_rules none = {.items = NULL};
    return spec->scalars ? &spec->scalars->calls[abi][id] : &none;
}

/* Whether the arguments of a call decide what is done with it. */
static bool by_arguments(const struct filter_spec *spec, enum abi_id abi, enum call_id id)
{
    const struct scalar_rules *rules = rules_of(spec, abi, id);
    return rules->count && rules->items[0].count;
}

/* What is done with a call whatever its arguments, or where no rule for them holds. */
static uint32_t action_of(const struct filter_spec *spec, enum abi_id abi, enum call_id id)
{
    const struct scalar_rules *rules = rules_of(spec, abi, id);
    if (rules->count && !rules->items[0].count) {
        return rules->items[0].action;
    }
    if (call_set_has(&spec->refuse, id)) {
        return SECCOMP_RET_ERRNO | ENOSYS;
    }
    if (spec->errors && spec->errors->of[abi][id]) {
        return SECCOMP_RET_ERRNO | spec->errors->of[abi][id];
    }
    return selection_has(&spec->notify, &abis[abi], id) ? filter_selected(spec->how) : SECCOMP_RET_ALLOW;
}

/* The time libseccomp takes grows with the square of the rules: what most calls get needs none. */
static struct plan make_plan(const struct filter_spec *spec)
{
    const uint32_t selected = filter_selected(spec->how);
    size_t chosen = 0;
    size_t others = 0;
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        for (uint32_t i = 0; i < abis[abi].count; i++) {
            enum call_id id = (enum call_id)abis[abi].calls[i];
            bool chooses = id != CALL_none && action_of(spec, (enum abi_id)abi, id) == selected;
            chosen += chooses;
            others += id != CALL_none && !chooses;
        }
    }
    return (struct plan){.spec = spec,
                         .fallback = chosen > others ? selected : SECCOMP_RET_ALLOW,
                         .unknown = spec->notify.unknown ? selected : SECCOMP_RET_ALLOW};
}

/* Matches what libseccomp can't match in one ABI. */
static void match_abi(struct code *code, const struct plan *plan, enum abi_id abi)
{
    const struct abi *table = &abis[abi];
    code_begin_abi(code, table);
    if (plan->unknown != plan->fallback) {
        code_match_unknown(code, table, plan->unknown);
    }
    for (uint32_t i = 0; i < table->count; i++) {
        enum call_id id = (enum call_id)table->calls[i];
        uint32_t number = i | table->number_bit;
        if (id == CALL_none) {
            continue;
        }
        uint32_t action = action_of(plan->spec, abi, id);
        if (by_arguments(plan->spec, abi, id)) {
            code_match_scalars(code, number, &plan->spec->scalars->calls[abi][id], action);
        } else if (action != plan->fallback && !scmp_knows(abi, id, (int)number)) {
            code_match(code, number, action);
        }
    }
    code_end_abi(code);
}

static int add_rules(scmp_filter_ctx context, const struct plan *plan, enum abi_id abi, struct error *err)
{
    const struct abi *table = &abis[abi];
    /* libseccomp keeps a list in ascending order and searches it from its start: the largest goes first. */
    for (uint32_t i = table->count; i-- > 0;) {
        enum call_id id = (enum call_id)table->calls[i];
        uint32_t action = action_of(plan->spec, abi, id);
        if (id == CALL_none || action == plan->fallback ||
            !scmp_knows(abi, id, (int)(i | table->number_bit))) {
            continue;
        }
        const char *name = call_line(id)->name;
        int ret = seccomp_rule_add(context, action, seccomp_syscall_resolve_name(name), 0);
        if (ret < 0) {
            return error_errno(err, -ret, "can't add %s of %s to the filter", name, table->name);
        }
    }
    return 0;
}

/* A filter of libseccomp for one ABI alone. */
static int start_context(scmp_filter_ctx *context, const struct plan *plan, enum abi_id abi,
                         struct error *err)
{
    *context = seccomp_init(plan->fallback);
    if (!*context) {
        return error_set(err, ENOMEM, "libseccomp can't start a filter");
    }
    /* 2: a binary tree over the numbers, instead of one comparison after another. */
    int ret = seccomp_attr_set(*context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    ret = ret < 0 ? ret : seccomp_attr_set(*context, SCMP_FLTATR_ACT_BADARCH, plan->unknown);
    if (ret == 0 && scmp_arch(abi) != seccomp_arch_native()) {
        ret = seccomp_arch_add(*context, scmp_arch(abi));
        ret = ret < 0 ? ret : seccomp_arch_remove(*context, seccomp_arch_native());
    }
    return ret < 0 ? error_errno(err, -ret, "libseccomp can't make a filter for %s", abis[abi].name) : 0;
}

/* Adds an ABI's rules to `all`. */
static int merge_abi(scmp_filter_ctx all, const struct plan *plan, enum abi_id abi, struct error *err)
{
    __attribute__((cleanup(scmp_cleanup))) scmp_filter_ctx one = NULL;
    int ret = start_context(&one, plan, abi, err);
    ret = ret < 0 ? ret : add_rules(one, plan, abi, err);
    if (ret < 0) {
        return ret;
    }
    ret = seccomp_merge(all, one);
    if (ret < 0) {
        return error_errno(err, -ret, "libseccomp can't join the filter for %s", abis[abi].name);
    }
    one = NULL; /* seccomp_merge took it */
    return 0;
}

int filter_build(const struct filter_spec *spec, struct filter *filter, struct error *err)
{
    __attribute__((cleanup(scmp_cleanup))) scmp_filter_ctx context = NULL;
    const struct plan plan = make_plan(spec);
    struct code code;

    *filter = (struct filter){.how = spec->how};
    int ret = start_context(&context, &plan, 0, err);
    ret = ret < 0 ? ret : add_rules(context, &plan, 0, err);
    for (unsigned abi = 1; ret == 0 && abi < ABI_COUNT; abi++) {
        ret = merge_abi(context, &plan, (enum abi_id)abi, err);
    }
    code_init(&code);
    for (unsigned abi = 0; ret == 0 && abi < ABI_COUNT; abi++) {
        match_abi(&code, &plan, (enum abi_id)abi);
    }
    return ret < 0 ? ret : scmp_export(context, &code, filter, err);
}

void filter_free(struct filter *filter)
{
    free(filter->code);
    *filter = (struct filter){0};
}

bool filter_waits_undisturbed(void)
{
    const unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    /* EFAULT: the flags are known, and only a program is missing. */
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, NULL) < 0 && errno == EFAULT;
}

int filter_load(const struct filter *filter)
{
    static const unsigned long choices[] = {
        SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV,
        SECCOMP_FILTER_FLAG_NEW_LISTENER,
    };
    struct sock_fprog program = {.len = filter->length, .filter = filter->code};

    if (filter->how != FILTER_NOTIFY) {
        return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, filter->flags, &program) < 0 ? -errno : 0;
    }
    for (size_t i = 0; i < ARRAY_SIZE(choices); i++) {
        long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, choices[i], &program);
        if (fd >= 0) {
            return (int)fd;
        }
        /* EINVAL: a flag this kernel does not have (kernel/seccomp.c, seccomp_set_mode_filter). */
        if (errno != EINVAL) {
            return -errno;
        }
    }
    return -EINVAL;
}
