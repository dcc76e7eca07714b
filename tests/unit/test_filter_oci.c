/*
 * Filters of OCI profiles, compared call by call with what the profile is judged to do: over all numbers of
 * every ABI, with arguments on both sides of every constant in the profile. And with the filter that a
 * runtime installed in a process of its own: OCI_PID=PID OCI_PROFILE=FILE, which integration/test_filter.sh
 * gives.
 */
#include "tests/unit/bpf_run.h"

#include <errno.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launcher/filter_oci.h"
#include "policy/policy.h"
#include "supervisor/kernel_policy.h"

#define X32_BIT 0x40000000U
#define MOBY "tests/data/moby-default-seccomp.json"

#ifndef PTRACE_SECCOMP_GET_FILTER
#define PTRACE_SECCOMP_GET_FILTER 0x420c
#endif

/* What a process is under: the kernel runs all filters. */
struct filters {
    struct filter items[8];
    size_t count;
};

/* The strictest answer: the lowest as a signed number (kernel/seccomp.c, seccomp_run_filters). */
static uint32_t run_all(const struct filters *f, const struct seccomp_data *data)
{
    uint32_t strictest = SECCOMP_RET_ALLOW;
    for (size_t i = 0; i < f->count; i++) {
        uint32_t action = bpf_run(&f->items[i], data, RUN_ANY);
        if ((int32_t)(action & SECCOMP_RET_ACTION_FULL) < (int32_t)(strictest & SECCOMP_RET_ACTION_FULL)) {
            strictest = action;
        }
    }
    return strictest;
}

static struct policy *load(const char *path, const char *text, uint64_t capabilities)
{
    struct oci_host host = {
        .arch = "amd64", .kernel_major = 6, .kernel_minor = 1, .capabilities = capabilities};
    struct error err = {0};
    struct policy *policy = policy_new();
    int ret = text ? policy_load_text(policy, "p.json", text, strlen(text), &err)
                   : policy_load_file(policy, path, &err);
    ret = ret ? ret : policy_compile(policy, &host, &err);
    ck_assert_msg(ret == 0, "%s%s", err.message, err.hint);
    return policy;
}

/* Constants of the profile, and what is beside them. */
struct probes {
    uint64_t values[256];
    size_t count;
};

static void add_probe(struct probes *p, uint64_t value)
{
    for (size_t i = 0; i < p->count; i++) {
        if (p->values[i] == value) {
            return;
        }
    }
    if (p->count < sizeof(p->values) / sizeof(p->values[0])) {
        p->values[p->count++] = value;
    }
}

static void find_probes(const struct oci_profile *profile, struct probes *p)
{
    p->count = 0;
    for (uint64_t i = 0; i < 4; i++) {
        add_probe(p, i);
    }
    add_probe(p, UINT64_MAX);
    add_probe(p, UINT32_MAX);
    for (size_t r = 0; r < profile->rule_count; r++) {
        for (size_t i = 0; i < profile->rules[r].arg_count; i++) {
            const struct oci_arg *arg = &profile->rules[r].args[i];
            uint64_t values[] = {arg->value, arg->two, ~arg->value | arg->two};
            for (size_t k = 0; k < 3; k++) {
                add_probe(p, values[k] - 1);
                add_probe(p, values[k]);
                add_probe(p, values[k] + 1);
                add_probe(p, values[k] ^ UINT64_C(1) << 40);
            }
        }
    }
}

typedef void compare_fn(const void *context, const struct seccomp_data *data);

/*
 * One argument at a time, the others the same as it or 0: all probes where a rule compares arguments, the
 * first two where none does.
 */
static void probe_args(const struct probes *p, bool all, compare_fn *compare, const void *context,
                       struct seccomp_data *data)
{
    for (size_t i = 0; i < (all ? p->count : 2); i++) {
        for (unsigned at = 0; at <= CALL_ARGS_MAX; at++) {
            for (unsigned k = 0; k < CALL_ARGS_MAX; k++) {
                bool set = at == CALL_ARGS_MAX || k == at;
                /* The kernel gives a 32-bit call 32 bits of each register. */
                data->args[k] = !set                            ? 0
                                : data->arch == AUDIT_ARCH_I386 ? (uint32_t)p->values[i]
                                                                : p->values[i];
            }
            compare(context, data);
            if (data->arch == AUDIT_ARCH_I386 && (data->nr == 102 || data->nr == 117)) {
                for (uint64_t which = 0; which < 32; which++) { /* the call behind the multiplexer */
                    data->args[0] = which;
                    compare(context, data);
                }
            }
        }
    }
}

static bool compares_arguments(const struct oci_profile *profile, const struct seccomp_data *data)
{
    enum call_id id = call_find(abi_find(data->arch, data->nr), data->nr);
    for (size_t r = 0; r < profile->rule_count; r++) {
        if (profile->rules[r].arg_count && call_set_has(&profile->rules[r].calls, id)) {
            return true;
        }
    }
    return id == CALL_socketcall || id == CALL_ipc;
}

static void probe_numbers(const struct oci_profile *profile, compare_fn *compare, const void *context)
{
    static const uint32_t archs[] = {AUDIT_ARCH_X86_64, AUDIT_ARCH_I386};
    struct probes probes;
    find_probes(profile, &probes);
    for (unsigned a = 0; a < 2; a++) {
        for (uint32_t number = 0; number < 600; number++) {
            for (unsigned x32 = 0; x32 < 2 - a; x32++) {
                struct seccomp_data data = {.nr = (int)(number | x32 * X32_BIT), .arch = archs[a]};
                probe_args(&probes, compares_arguments(profile, &data), compare, context, &data);
            }
        }
    }
}

static uint32_t judged(const struct oci_profile *profile, const struct seccomp_data *data)
{
    uint64_t args[CALL_ARGS_MAX];
    memcpy(args, data->args, sizeof(args));
    struct oci_verdict v = oci_judge(profile, abi_find(data->arch, data->nr), data->nr, args);
    return oci_kernel_action(&v);
}

struct comparison {
    const struct oci_profile *profile;
    const struct filters *filters;
    bool runtime; /* it knows no more calls than its libseccomp does */
};

/* What runc leaves out: names that the libseccomp it was built with does not know. */
static bool too_new_for_runtime(const struct seccomp_data *data)
{
    const struct abi *abi = abi_find(data->arch, data->nr);
    enum call_id id = call_find(abi, data->nr);
    const char *name = call_line(id)->name;
    bool x32 = abi == &abis[ABI_X32];
    return name && (seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR ||
                    (x32 && seccomp_syscall_resolve_name_arch(SCMP_ARCH_X32, name) != data->nr));
}

static void compare_filters(const void *context, const struct seccomp_data *data)
{
    const struct comparison *c = context;
    uint32_t want = judged(c->profile, data);
    uint32_t got = run_all(c->filters, data);
    if (got != want && !(c->runtime && too_new_for_runtime(data))) {
        const struct call *call = call_line(call_find(abi_find(data->arch, data->nr), data->nr));
        ck_abort_msg("%s %#x (%s) (%#llx, %#llx, %#llx): the filter says %#x, the profile %#x",
                     abi_find(data->arch, data->nr)->name, (unsigned)data->nr, call->name ? call->name : "?",
                     (unsigned long long)data->args[0], (unsigned long long)data->args[1],
                     (unsigned long long)data->args[2], got, want);
    }
}

#define EQ(index, value) "{\"index\":" #index ",\"value\":" #value ",\"op\":\"SCMP_CMP_EQ\"}"
#define CMP(index, what, value) "{\"index\":" #index ",\"value\":" #value ",\"op\":\"SCMP_CMP_" #what "\"}"
#define RULE(names, action, args)                                                                            \
    "{\"names\":[" names "],\"action\":\"SCMP_ACT_" action "\",\"args\":[" args "]}"
#define ALL_ABIS "\"architectures\":[\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\"]"
#define PROFILE(head, rules) "{\"linux\":{\"seccomp\":{" head ",\"syscalls\":[" rules "]}}}"

static const struct {
    const char *text; /* NULL: Docker's default */
    uint64_t capabilities;
} profiles[] = {
    {NULL, 0xa80425fb},
    {NULL, 0},
    {NULL, UINT64_MAX},
    {PROFILE("\"defaultAction\":\"SCMP_ACT_ALLOW\"", RULE("\"mount\",\"unshare\"", "ERRNO", "")), 0},
    {PROFILE("\"defaultAction\":\"SCMP_ACT_ALLOW\"," ALL_ABIS, RULE("\"mount\"", "KILL_PROCESS", "")), 0},
    {PROFILE("\"defaultAction\":\"SCMP_ACT_KILL_PROCESS\"," ALL_ABIS,
             RULE("\"read\",\"exit_group\"", "ALLOW", "")),
     0},
    {PROFILE("\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38", RULE("\"read\"", "LOG", "")), 0},
    {PROFILE("\"defaultAction\":\"SCMP_ACT_TRACE\"," ALL_ABIS,
             RULE("\"read\"", "ALLOW", "") "," RULE("\"write\"", "NOTIFY", "")),
     0},
    {PROFILE("\"defaultAction\":\"SCMP_ACT_LOG\"," ALL_ABIS, RULE("\"read\"", "TRAP", "")), 0},
    /* Every comparison, in both halves. */
    {PROFILE(
         "\"defaultAction\":\"SCMP_ACT_ALLOW\"," ALL_ABIS,
         RULE("\"dup\"", "ERRNO", CMP(0, NE, 5)) "," RULE("\"dup2\"", "ERRNO", CMP(1, LT, 4294967299)) "," RULE(
             "\"dup3\"", "ERRNO",
             CMP(2, LE,
                 4294967299)) "," RULE("\"read\"", "ERRNO",
                                       CMP(2, GT,
                                           4294967299)) "," RULE("\"write\"", "ERRNO",
                                                                 CMP(3, GE,
                                                                     12884901888)) "," RULE("\"close\"",
                                                                                            "ERRNO",
                                                                                            EQ(0,
                                                                                               4294967299)) "," RULE("\"lseek\"",
                                                                                                                     "KILL",
                                                                                                                     EQ(0,
                                                                                                                        18446744073709551615))),
     0},
    {PROFILE("\"defaultAction\":\"SCMP_ACT_ALLOW\"," ALL_ABIS,
             RULE("\"clone\"", "ERRNO",
                  "{\"index\":0,\"value\":2114060288,"
                  "\"valueTwo\":268435456,\"op\":\"SCMP_CMP_"
                  "MASKED_EQ\"}") "," RULE("\"mmap\"", "TRAP",
                                           "{\"index\":2,"
                                           "\"value\":"
                                           "1095216660483,"
                                           "\"valueTwo\":"
                                           "1099511627778,"
                                           "\"op\":"
                                           "\"SCMP_CMP_MASKED_"
                                           "EQ\"}")),
     0},
    /* Several arguments; alternatives; one rule without. */
    {PROFILE(
         "\"defaultAction\":\"SCMP_ACT_ERRNO\"," ALL_ABIS,
         RULE("\"dup2\"", "ALLOW", EQ(0, 3) "," CMP(1, GT, 7)) "," RULE(
             "\"dup3\"", "ALLOW", EQ(0, 3) "," EQ(0, 4)) "," RULE("\"dup\"", "LOG",
                                                                  EQ(0, 3)) "," RULE("\"dup\"", "ALLOW", "")),
     0},
    /* The calls that i386 also makes through socketcall and ipc. */
    {PROFILE("\"defaultAction\":\"SCMP_ACT_ERRNO\"," ALL_ABIS,
             RULE("\"socket\"", "ALLOW", CMP(0, LT, 38)) "," RULE(
                 "\"connect\",\"bind\",\"send\",\"shmat\"", "ALLOW",
                 "") "," RULE("\"listen\"", "ALLOW", EQ(1, 2)) "," RULE("\"semop\"", "ALLOW", EQ(0, 1))),
     0},
    {PROFILE("\"defaultAction\":\"SCMP_ACT_ALLOW\"," ALL_ABIS,
             RULE("\"socket\"", "ERRNO", EQ(0, 2)) "," RULE("\"connect\",\"shmget\"", "KILL", "")),
     0},
    {PROFILE("\"defaultAction\":\"SCMP_ACT_ERRNO\"," ALL_ABIS, RULE("\"socketcall\",\"ipc\"", "ALLOW", "")),
     0},
    /* Newer than libseccomp 2.5, with and without arguments, and a name of nothing. */
    {PROFILE("\"defaultAction\":\"SCMP_ACT_ERRNO\"," ALL_ABIS,
             RULE("\"read\",\"mseal\",\"statmount\",\"no_such_call\"", "ALLOW",
                  "") "," RULE("\"cachestat\"", "ALLOW", CMP(3, LT, 2))),
     0},
};

enum { PROFILES = sizeof(profiles) / sizeof(profiles[0]) };

static struct filter build(const struct oci_profile *profile, const struct selection *except)
{
    struct filter filter;
    struct error err = {0};
    ck_assert_msg(filter_build_oci(profile, except, &filter, &err) == 0, "%s", err.message);
    return filter;
}

START_TEST(filter_is_the_profile)
{
    struct policy *policy = load(MOBY, profiles[_i].text, profiles[_i].capabilities);
    struct filters f = {{build(policy_profile(policy), NULL)}, 1};
    struct comparison c = {policy_profile(policy), &f, false};
    probe_numbers(c.profile, compare_filters, &c);
    filter_free(&f.items[0]);
    policy_free(policy);
}
END_TEST

/* The two programs of proctor itself, in audit or enforce mode, with some calls traced. */
struct planned {
    struct judge *judge;
    struct kernel_policy kernel;
    struct filter_spec spec;
    struct selection traced;
    struct filter notify;
};

static void plan(struct planned *p, const char *text, bool enforce, bool log_denied)
{
    char path[] = "/tmp/proctor-profile-XXXXXX";
    const char *file = MOBY;
    struct error err = {0};
    if (text) {
        int fd = mkstemp(path);
        ck_assert_int_ge(fd, 0);
        ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
        close(fd);
        file = path;
    }
    struct judge_options options = {.files = &file,
                                    .file_count = 1,
                                    .enforce = enforce,
                                    .log_denied = log_denied,
                                    .alerts = {.outputs = {"/dev/null"}, .output_count = 1}};
    int ret = judge_open(&p->judge, &options, &err);
    if (text) {
        unlink(path);
    }
    ck_assert_msg(ret == 0, "%s", err.message);
    p->spec = (struct filter_spec){.how = FILTER_NOTIFY};
    ck_assert_int_eq(selection_parse(&p->traced, "mount,clone,dup2,read", &err), 0);
    p->spec.notify = p->traced;
    ck_assert_msg(kernel_policy_plan(&p->kernel, p->judge, &p->spec, &err) == 0, "%s", err.message);
    ck_assert_msg(filter_build(&p->spec, &p->notify, &err) == 0, "%s", err.message);
}

static void unplan(struct planned *p)
{
    filter_free(&p->notify);
    kernel_policy_free(&p->kernel);
    judge_release(p->judge);
}

/* Of what rules add without being asked. */
static bool is_bookkeeping(const struct planned *p, enum call_id id)
{
    return call_set_has(&p->judge->watched, id);
}

/* Notified: what would be denied, what is traced, and no other call. */
static void compare_audit(const void *context, const struct seccomp_data *data)
{
    const struct planned *p = context;
    const struct abi *abi = abi_find(data->arch, data->nr);
    enum call_id id = call_find(abi, data->nr);
    bool passes = oci_passes(judged(policy_profile(p->judge->policy), data));
    bool seen = selection_has(&p->traced, abi, id) || is_bookkeeping(p, id);
    uint32_t want = passes && !seen ? SECCOMP_RET_ALLOW : SECCOMP_RET_USER_NOTIF;
    uint32_t got = bpf_run(&p->notify, data, RUN_ANY);
    if (id == CALL_none && !policy_profile(p->judge->policy)->has_abi[abi - abis]) {
        return; /* no call, and no ABI of the profile */
    }
    /* Check's own asserts say to the kernel each time that they were passed. */
    if (got != want) {
        ck_abort_msg("%s %#x (%#llx): %#x, not %#x", abi->name, (unsigned)data->nr,
                     (unsigned long long)data->args[0], got, want);
    }
    if (!passes && !judge_wants(p->judge, abi, id)) {
        ck_abort_msg("%s %#x is not judged", abi->name, (unsigned)data->nr);
    }
}

START_TEST(audit_notifies_what_would_be_denied)
{
    struct planned p = {.spec = {.how = FILTER_NOTIFY}};
    plan(&p, profiles[_i].text, false, false);
    ck_assert_ptr_null(p.kernel.profile.code);
    probe_numbers(policy_profile(p.judge->policy), compare_audit, &p);
    unplan(&p);
}
END_TEST

/* What is allowed whatever its arguments is so by a constant: the kernel's bitmap answers it. */
START_TEST(audit_costs_allowed_calls_nothing)
{
    static const enum call_id hot[] = {CALL_getppid, CALL_openat, CALL_write, CALL_futex, CALL_epoll_wait};
    struct planned p = {.spec = {.how = FILTER_NOTIFY}};
    plan(&p, NULL, false, false);
    for (size_t i = 0; i < sizeof(hot) / sizeof(hot[0]); i++) {
        struct seccomp_data data = {.nr = call_number(&abis[ABI_X86_64], hot[i]), .arch = AUDIT_ARCH_X86_64};
        ck_assert_uint_eq(bpf_run(&p.notify, &data, RUN_CONSTANT), SECCOMP_RET_ALLOW);
    }
    struct seccomp_data socket = {.nr = call_number(&abis[ABI_X86_64], CALL_socket),
                                  .arch = AUDIT_ARCH_X86_64};
    ck_assert_uint_eq(bpf_run(&p.notify, &socket, RUN_CONSTANT), FAULT);
    unplan(&p);
}
END_TEST

/* The kernel's answer, or ours in its place: the same for the program. */
static void compare_enforced(const void *context, const struct seccomp_data *data)
{
    const struct planned *p = context;
    const struct abi *abi = abi_find(data->arch, data->nr);
    enum call_id id = call_find(abi, data->nr);
    struct filters both = {{p->kernel.profile, p->notify}, 2};
    uint32_t want = judged(policy_profile(p->judge->policy), data);
    uint32_t got = run_all(&both, data);
    bool seen = selection_has(&p->traced, abi, id) || is_bookkeeping(p, id);
    if (got == SECCOMP_RET_USER_NOTIF) {
        bool ours = judge_wants(p->judge, abi, id) && (want & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO;
        if (!oci_passes(want) && !ours) {
            ck_abort_msg("%s %#x: the supervisor can't answer %#x", abi->name, (unsigned)data->nr, want);
        }
        if (!seen && !p->judge->options.log_denied) {
            ck_abort_msg("%s %#x is notified", abi->name, (unsigned)data->nr);
        }
        return;
    }
    if (got != want) {
        ck_abort_msg("%s %#x (%#llx): %#x, not %#x", abi->name, (unsigned)data->nr,
                     (unsigned long long)data->args[0], got, want);
    }
    bool fails = (want & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO;
    if (p->judge->options.log_denied && fails && id != CALL_none &&
        oci_can_stand_in(policy_profile(p->judge->policy), (enum abi_id)(abi - abis), id)) {
        ck_abort_msg("%s %#x is denied unseen", abi->name, (unsigned)data->nr);
    }
}

START_TEST(enforced_is_the_profile)
{
    for (unsigned log_denied = 0; log_denied < 2; log_denied++) {
        struct planned p = {.spec = {.how = FILTER_NOTIFY}};
        plan(&p, profiles[_i].text, true, log_denied);
        ck_assert_ptr_nonnull(p.kernel.profile.code);
        probe_numbers(policy_profile(p.judge->policy), compare_enforced, &p);
        unplan(&p);
    }
}
END_TEST

/* Reads all filters of a process that is stopped by us. */
static void read_filters(pid_t pid, struct filters *f)
{
    long length = 0;
    while (f->count < 8 && (length = ptrace(PTRACE_SECCOMP_GET_FILTER, pid, (void *)f->count, NULL)) > 0) {
        struct filter *one = &f->items[f->count];
        one->code = calloc((size_t)length, sizeof(*one->code));
        one->length = (unsigned short)length;
        ck_assert_ptr_nonnull(one->code);
        ck_assert_int_eq(ptrace(PTRACE_SECCOMP_GET_FILTER, pid, (void *)f->count, one->code), length);
        f->count++;
    }
    ck_assert_msg(f->count > 0, "can't read the filter: %s", strerror(errno));
}

START_TEST(runtime_makes_the_same_filter)
{
    const char *number = getenv("OCI_PID");
    const char *path = getenv("OCI_PROFILE");
    pid_t pid = number ? (pid_t)strtol(number, NULL, 10) : 0;
    struct policy *policy = load(path ? path : "", NULL, 0);
    struct filters theirs = {.count = 0};
    int status;
    ck_assert_msg(ptrace(PTRACE_ATTACH, pid, NULL, NULL) == 0, "can't attach: %s", strerror(errno));
    ck_assert_int_eq(waitpid(pid, &status, __WALL), pid);
    read_filters(pid, &theirs);
    ck_assert_int_eq(ptrace(PTRACE_DETACH, pid, NULL, NULL), 0);
    struct comparison c = {policy_profile(policy), &theirs, true};
    probe_numbers(c.profile, compare_filters, &c);
    printf("compared %zu filters, %u instructions\n", theirs.count, theirs.items[0].length);
    for (size_t i = 0; i < theirs.count; i++) {
        filter_free(&theirs.items[i]);
    }
    policy_free(policy);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("filter_oci");
    TCase *tc = tcase_create("profiles");
    tcase_set_timeout(tc, 120);
    if (getenv("OCI_PID")) {
        tcase_add_test(tc, runtime_makes_the_same_filter);
    } else {
        tcase_add_loop_test(tc, filter_is_the_profile, 0, PROFILES);
        tcase_add_loop_test(tc, audit_notifies_what_would_be_denied, 0, PROFILES);
        tcase_add_loop_test(tc, enforced_is_the_profile, 0, PROFILES);
        tcase_add_test(tc, audit_costs_allowed_calls_nothing);
    }
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
