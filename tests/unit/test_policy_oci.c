/* OCI seccomp profiles: loading, conditions, and what they do to calls. */
#include <sched.h>

#include "tests/unit/policy_bench.h"

static struct policy *policy;
static struct error error;

static const struct oci_host host = {.arch = "amd64", .kernel_major = 6, .kernel_minor = 1};

static const struct oci_profile *load(const char *text, uint64_t capabilities)
{
    struct oci_host with = host;
    with.capabilities = capabilities;
    error = (struct error){0};
    policy_free(policy);
    policy = policy_new();
    int status = text ? policy_load_text(policy, "p.json", text, strlen(text), &error)
                      : policy_load_file(policy, "tests/data/moby-default-seccomp.json", &error);
    status = status ? status : policy_compile(policy, &with, &error);
    return status ? NULL : policy_profile(policy);
}

static struct oci_verdict judge(const struct oci_profile *p, enum call_id id, uint64_t first, uint64_t second)
{
    uint64_t args[CALL_ARGS_MAX] = {first, second};
    return oci_judge(p, &abis[ABI_X86_64], call_number(&abis[ABI_X86_64], id), args);
}

static void end(void)
{
    policy_free(policy);
    policy = NULL;
}

START_TEST(test_moby_default)
{
    const struct oci_profile *p = load(NULL, oci_default_capabilities);
    ck_assert_msg(p != NULL, "%s%s", error.message, error.hint);
    ck_assert_uint_eq(p->rule_count, 33);
    ck_assert_uint_eq(p->arch_count, 3);
    ck_assert_str_eq(p->arches[2].s, "SCMP_ARCH_X32");
    ck_assert_int_eq(judge(p, CALL_openat, 0, 0).action, OCI_ALLOW);
    struct oci_verdict v = judge(p, CALL_mount, 0, 0);
    ck_assert_int_eq(v.action, OCI_ERRNO);
    ck_assert_int_eq(v.error, EPERM);
    /* arguments */
    ck_assert_int_eq(judge(p, CALL_personality, 8, 0).action, OCI_ALLOW);
    ck_assert_int_eq(judge(p, CALL_personality, 9, 0).action, OCI_ERRNO);
    ck_assert_int_eq(judge(p, CALL_socket, 2, 0).action, OCI_ALLOW);
    ck_assert_int_eq(judge(p, CALL_socket, 38, 0).action, OCI_ERRNO); /* AF_ALG */
    ck_assert_int_eq(judge(p, CALL_socket, 39, 0).action, OCI_ALLOW);
    ck_assert_int_eq(judge(p, CALL_clone, CLONE_VM, 0).action, OCI_ALLOW);
    ck_assert_int_eq(judge(p, CALL_clone, CLONE_NEWUSER, 0).action, OCI_ERRNO);
    /* errnoRet: glibc falls back to clone only for ENOSYS */
    ck_assert_int_eq(judge(p, CALL_clone3, 0, 0).error, ENOSYS);
    /* minKernel */
    ck_assert_int_eq(judge(p, CALL_ptrace, 0, 0).action, OCI_ALLOW);
    /* excludes by architecture: that rule is s390's */
    ck_assert_int_eq(judge(p, CALL_chroot, 0, 0).action, OCI_ALLOW);
    struct selection calls = {.unknown = false};
    oci_calls(p, &calls);
    const struct abi *abi = &abis[ABI_X86_64];
    ck_assert(selection_has(&calls, abi, CALL_mount));
    ck_assert(selection_has(&calls, abi, CALL_socket));
    ck_assert(selection_has(&calls, abi, CALL_none));
    ck_assert(!selection_has(&calls, abi, CALL_openat));
    ck_assert(!selection_has(&calls, abi, CALL_read));
}
END_TEST

START_TEST(test_capabilities_open_calls)
{
    const struct oci_profile *p = load(NULL, oci_default_capabilities | 1u << 21); /* SYS_ADMIN */
    ck_assert_int_eq(judge(p, CALL_mount, 0, 0).action, OCI_ALLOW);
    ck_assert_int_eq(judge(p, CALL_clone3, 0, 0).action, OCI_ALLOW);
    ck_assert_int_eq(judge(p, CALL_clone, CLONE_NEWUSER, 0).action, OCI_ALLOW);
    ck_assert_int_eq(judge(p, CALL_reboot, 0, 0).action, OCI_ERRNO);
    p = load(NULL, 0);
    ck_assert_int_eq(judge(p, CALL_chroot, 0, 0).action, OCI_ERRNO);
}
END_TEST

START_TEST(test_other_architectures)
{
    uint64_t none[CALL_ARGS_MAX] = {0};
    const struct oci_profile *p =
        load("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86\"]}", 0);
    ck_assert_int_eq(oci_judge(p, &abis[ABI_I386], 1, none).action, OCI_ALLOW);
    ck_assert_int_eq(oci_judge(p, &abis[ABI_X32], 0x40000001, none).action, OCI_KILL_THREAD);
    ck_assert_int_eq(oci_judge(p, &abis[ABI_X86_64], 1, none).action, OCI_ALLOW);
}
END_TEST

#define ARG(op, value) "{\"index\":1,\"value\":" value ",\"op\":\"SCMP_CMP_" op "\"}"
#define PROFILE(args)                                                                                        \
    "{\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"dup2\"],"     \
    "\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":13,\"args\":[" args "]}]}}}"

static const struct {
    const char *text;
    uint64_t value;
    bool denied;
} arguments[] = {
    {PROFILE(ARG("EQ", "5")), 5, true},
    {PROFILE(ARG("EQ", "5")), 6, false},
    {PROFILE(ARG("NE", "5")), 6, true},
    {PROFILE(ARG("NE", "5")), 5, false},
    {PROFILE(ARG("LT", "5")), 4, true},
    {PROFILE(ARG("LT", "5")), 5, false},
    {PROFILE(ARG("LE", "5")), 5, true},
    {PROFILE(ARG("LE", "5")), 6, false},
    {PROFILE(ARG("GT", "5")), 6, true},
    {PROFILE(ARG("GT", "5")), 5, false},
    {PROFILE(ARG("GE", "5")), 5, true},
    {PROFILE(ARG("GE", "5")), 4, false},
    {PROFILE("{\"index\":1,\"value\":12,\"valueTwo\":4,\"op\":\"SCMP_CMP_MASKED_EQ\"}"), 0x15, true},
    {PROFILE("{\"index\":1,\"value\":12,\"valueTwo\":4,\"op\":\"SCMP_CMP_MASKED_EQ\"}"), 0x0d, false},
    {PROFILE(ARG("EQ", "5") "," ARG("EQ", "6")), 6, true}, /* one argument twice: either */
    {PROFILE(ARG("EQ", "5") ",{\"index\":0,\"value\":0,\"op\":\"SCMP_CMP_EQ\"}"), 5, false},
    {PROFILE(ARG("EQ", "5") ",{\"index\":0,\"value\":3,\"op\":\"SCMP_CMP_EQ\"}"), 5, true},
    {PROFILE(ARG("EQ", "18446744073709551615")), UINT64_MAX, true},
};

START_TEST(test_arguments)
{
    const struct oci_profile *p = load(arguments[_i].text, 0);
    ck_assert_msg(p != NULL, "%s%s", error.message, error.hint);
    struct oci_verdict v = judge(p, CALL_dup2, 3, arguments[_i].value);
    ck_assert_int_eq(v.action, arguments[_i].denied ? OCI_ERRNO : OCI_ALLOW);
    ck_assert_int_eq(v.error, arguments[_i].denied ? EACCES : 0);
}
END_TEST

START_TEST(test_without_arguments_wins)
{
    const struct oci_profile *p =
        load("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
             "{\"names\":[\"dup\"],\"action\":\"SCMP_ACT_KILL\",\"args\":[{\"index\":0,\"value\":1,\"op\":"
             "\"SCMP_CMP_EQ\"}]},{\"names\":[\"dup\"],\"action\":\"SCMP_ACT_LOG\"}]}",
             0);
    ck_assert_int_eq(judge(p, CALL_dup, 1, 0).action, OCI_LOG);
}
END_TEST

static const struct {
    const char *text;
    const char *message;
} errors[] = {
    {"{\"defaultAction\":\"SCMP_ACT_NO\"}", "p.json:1:19: there is no action 'SCMP_ACT_NO'"},
    {"{\"linux\":{}}", "this configuration has no linux.seccomp"},
    {"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"sycalls\":[]}",
     "p.json:1:36: a seccomp profile has no key 'sycalls'"},
    {"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":{}}", "'syscalls' must be a list"},
    {"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"action\":\"SCMP_ACT_LOG\"}]}",
     "this item has no 'names'"},
    {"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"defaultErrnoRet\":5}",
     "'defaultErrnoRet' has no meaning for SCMP_ACT_ALLOW"},
    {PROFILE("{\"index\":6,\"value\":0,\"op\":\"SCMP_CMP_EQ\"}"), "'index' must be a number from 0 to 5"},
    {PROFILE("{\"index\":1,\"value\":-1,\"op\":\"SCMP_CMP_EQ\"}"), "'value' must be a number"},
    {PROFILE("{\"index\":1,\"value\":1,\"op\":\"SCMP_CMP\"}"), "there is no comparison 'SCMP_CMP'"},
    {PROFILE("3"), "an item of 'args' must be a map"},
};

START_TEST(test_error)
{
    ck_assert_ptr_null(load(errors[_i].text, 0));
    ck_assert_msg(strstr(error.message, errors[_i].message) != NULL, "%s", error.message);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy_oci");
    TCase *tc = tcase_create("oci");
    tcase_add_checked_fixture(tc, NULL, end);
    tcase_add_test(tc, test_moby_default);
    tcase_add_test(tc, test_capabilities_open_calls);
    tcase_add_test(tc, test_other_architectures);
    tcase_add_test(tc, test_without_arguments_wins);
    tcase_add_loop_test(tc, test_arguments, 0, (int)(sizeof(arguments) / sizeof(arguments[0])));
    tcase_add_loop_test(tc, test_error, 0, (int)(sizeof(errors) / sizeof(errors[0])));
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
