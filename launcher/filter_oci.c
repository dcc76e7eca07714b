#include "launcher/filter_oci.h"

#include <errno.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "decode/demultiplex.h"
#include "launcher/filter_scmp.h"
#include "launcher/uapi.h"

static int start_context(scmp_filter_ctx *context, const struct oci_profile *profile, struct error *err)
{
    *context = seccomp_init(oci_kernel_action(&profile->fallback));
    if (!*context) {
        return error_set(err, ENOMEM, "libseccomp can't start a filter");
    }
    int ret = seccomp_attr_set(*context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    for (unsigned abi = 0; ret == 0 && abi < ABI_COUNT; abi++) {
        if (profile->has_abi[abi] && scmp_arch((enum abi_id)abi) != seccomp_arch_native()) {
            ret = seccomp_arch_add(*context, scmp_arch((enum abi_id)abi));
        }
    }
    return ret < 0 ? error_errno(err, -ret, "libseccomp can't make a filter for the profile") : 0;
}

static struct scmp_arg_cmp comparison_of(const struct oci_arg *arg)
{
    static const enum scmp_compare ops[] = {[OCI_NE] = SCMP_CMP_NE,
                                            [OCI_LT] = SCMP_CMP_LT,
                                            [OCI_LE] = SCMP_CMP_LE,
                                            [OCI_EQ] = SCMP_CMP_EQ,
                                            [OCI_GE] = SCMP_CMP_GE,
                                            [OCI_GT] = SCMP_CMP_GT,
                                            [OCI_MASKED_EQ] = SCMP_CMP_MASKED_EQ};
    return (struct scmp_arg_cmp){arg->index, ops[arg->op], arg->value, arg->two};
}

static int add_name(scmp_filter_ctx context, const struct oci_rule *rule, int number)
{
    struct scmp_arg_cmp args[CALL_ARGS_MAX];
    uint32_t action = oci_kernel_action(&rule->verdict);
    if (!rule->alternatives) {
        for (size_t i = 0; i < rule->arg_count; i++) {
            args[i] = comparison_of(&rule->args[i]); /* of one argument each: six at most */
        }
        return seccomp_rule_add_array(context, action, number, (unsigned)rule->arg_count, args);
    }
    int ret = 0;
    for (size_t i = 0; ret == 0 && i < rule->arg_count; i++) {
        args[0] = comparison_of(&rule->args[i]);
        ret = seccomp_rule_add_array(context, action, number, 1, args);
    }
    return ret;
}

/* Names that libseccomp does not know are matched by ourselves where we do, and otherwise those of no call.
 */
static int add_rule(scmp_filter_ctx context, const struct oci_rule *rule, struct error *err)
{
    for (size_t i = rule->name_count; i-- > 0;) { /* mostly in order: see filter.c */
        int number = seccomp_syscall_resolve_name(rule->names[i].s);
        int ret = number == __NR_SCMP_ERROR ? 0 : add_name(context, rule, number);
        if (ret < 0) {
            return error_errno(err, -ret, "can't add %.60s to the filter of the profile", rule->names[i].s);
        }
    }
    return 0;
}

static int add_rules(scmp_filter_ctx context, const struct oci_profile *profile, struct error *err)
{
    const uint32_t fallback = oci_kernel_action(&profile->fallback);
    int ret = 0;
    for (size_t i = 0; ret == 0 && i < profile->rule_count; i++) {
        const struct oci_rule *rule = &profile->rules[i];
        if (rule->active && oci_kernel_action(&rule->verdict) != fallback) {
            ret = add_rule(context, rule, err);
        }
    }
    return ret;
}

/* A rule of libseccomp for such a call is about its own number and about that of its multiplexer. */
static bool resolved_twice(enum abi_id abi, enum call_id id)
{
    return abi == ABI_I386 && call_multiplexer(id) != CALL_none;
}

/* What somebody else answers, what libseccomp does not know, and what is newer than the profile. */
static int match_abi(struct code *code, const struct oci_profile *profile, const struct selection *except,
                     enum abi_id abi)
{
    const struct abi *table = &abis[abi];
    int ret = 0;
    code_begin_abi(code, table);
    for (uint32_t i = 0; ret == 0 && i < table->count; i++) {
        enum call_id id = (enum call_id)table->calls[i];
        uint32_t number = i | table->number_bit;
        bool named = call_set_has(&profile->named, id);
        if (id != CALL_none && except && selection_has(except, table, id)) {
            code_match(code, number, SECCOMP_RET_ALLOW);
        } else if (named && !resolved_twice(abi, id) && !scmp_knows(abi, id, (int)number)) {
            struct scalar_rules rules = {.items = NULL};
            ret = oci_scalars(profile, abi, id, &rules);
            code_match_scalars(code, number, &rules, SECCOMP_RET_KILL_PROCESS);
            scalar_clear(&rules);
        }
    }
    if (profile->last[abi] >= 0) {
        code_match_above(code, table, (uint32_t)profile->last[abi], SECCOMP_RET_ERRNO | ENOSYS);
    }
    code_end_abi(code);
    return ret;
}

/* The flags that mean something to a filter of one process; runtimes give them to seccomp(2) as well. */
static unsigned long flags_of(const struct oci_profile *profile)
{
    unsigned long flags = 0;
    for (size_t i = 0; i < profile->flag_count; i++) {
        const char *name = profile->flags[i].s;
        flags |= !strcmp(name, "SECCOMP_FILTER_FLAG_LOG") ? SECCOMP_FILTER_FLAG_LOG : 0;
        flags |= !strcmp(name, "SECCOMP_FILTER_FLAG_SPEC_ALLOW") ? SECCOMP_FILTER_FLAG_SPEC_ALLOW : 0;
    }
    return flags;
}

int filter_build_oci(const struct oci_profile *profile, const struct selection *except, struct filter *filter,
                     struct error *err)
{
    __attribute__((cleanup(scmp_cleanup))) scmp_filter_ctx context = NULL;
    struct code code;
    *filter = (struct filter){.how = FILTER_ALONE, .flags = flags_of(profile)};
    int ret = start_context(&context, profile, err);
    ret = ret < 0 ? ret : add_rules(context, profile, err);
    code_init(&code);
    for (unsigned abi = 0; ret == 0 && abi < ABI_COUNT; abi++) {
        if (profile->has_abi[abi]) {
            ret = match_abi(&code, profile, except, (enum abi_id)abi);
            ret = ret < 0 ? error_set(err, ENOMEM, "out of memory for the filter") : 0;
        }
    }
    return ret < 0 ? ret : scmp_export(context, &code, filter, err);
}
