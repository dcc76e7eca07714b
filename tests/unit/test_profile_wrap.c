/* Profiles with calls sent to a listener: nothing may be allowed that was not. */
#include "tests/unit/unit.h"

#include <ctype.h>
#include <errno.h>

#include "policy/profile_wrap.h"

static struct buf out;
static struct error error;
static struct call_set left;

static int wrap(const char *text, const char *metadata)
{
    struct source source = {.name = "p.json", .text = text, .length = strlen(text)};
    struct profile_wrap what = {.listener = "/run/s", .metadata = metadata};
    call_set_add(&what.calls, CALL_openat);
    call_set_add(&what.calls, CALL_clone);
    error = (struct error){0};
    buf_free(&out);
    return profile_wrap(&out, &source, &what, &left, &error);
}

/* The result without blanks is this. */
static void gives(const char *text, const char *metadata, const char *expected)
{
    ck_assert_msg(wrap(text, metadata) == 0, "%s", error.message);
    size_t n = 0;
    for (size_t i = 0; i < out.len; i++) {
        if (!isspace((unsigned char)out.data[i])) {
            out.data[n++] = out.data[i];
        }
    }
    ck_assert_msg(n == strlen(expected) && memcmp(out.data, expected, n) == 0, "%.*s\nis not\n%s", (int)n,
                  out.data, expected);
    buf_free(&out);
}

START_TEST(what_a_profile_allows_is_split)
{
    gives("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,\"syscalls\":["
          "{\"names\":[\"read\",\"openat\",\"unknown_call\"],\"action\":\"SCMP_ACT_ALLOW\"},"
          "{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":"
          "18446744073709551615,"
          "\"op\":\"SCMP_CMP_MASKED_EQ\"}],\"excludes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}}]}",
          "m\"",
          "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,\"listenerPath\":\"/run/s\","
          "\"listenerMetadata\":\"m\\\"\",\"syscalls\":["
          "{\"names\":[\"read\",\"unknown_call\"],\"action\":\"SCMP_ACT_ALLOW\"},"
          "{\"names\":[\"openat\"],\"action\":\"SCMP_ACT_NOTIFY\"},"
          "{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_NOTIFY\",\"args\":[{\"index\":0,\"value\":"
          "18446744073709551615,"
          "\"op\":\"SCMP_CMP_MASKED_EQ\"}],\"excludes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}}]}");
    ck_assert(!call_set_has(&left, CALL_openat) && !call_set_has(&left, CALL_clone));
}
END_TEST

START_TEST(what_a_profile_denies_stays_denied)
{
    gives("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_"
          "KILL\"}]}",
          NULL,
          "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"listenerPath\":\"/run/s\",\"syscalls\":["
          "{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_KILL\"}]}");
    ck_assert(call_set_has(&left, CALL_openat) && call_set_has(&left, CALL_clone));
}
END_TEST

/* A rule without arguments would win over the one that denies some clones. */
START_TEST(where_all_is_allowed_a_rule_is_added)
{
    gives("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_"
          "ERRNO\","
          "\"args\":[{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}]}]}",
          NULL,
          "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"listenerPath\":\"/run/s\",\"syscalls\":["
          "{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ERRNO\",\"args\":[{\"index\":0,\"value\":1,\"op\":"
          "\"SCMP_CMP_EQ\"}]},"
          "{\"names\":[\"openat\"],\"action\":\"SCMP_ACT_NOTIFY\"}]}");
    ck_assert(!call_set_has(&left, CALL_openat) && call_set_has(&left, CALL_clone));
    gives("{\"defaultAction\":\"SCMP_ACT_ALLOW\"}", NULL,
          "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"listenerPath\":\"/run/s\",\"syscalls\":["
          "{\"names\":[\"openat\",\"clone\"],\"action\":\"SCMP_ACT_NOTIFY\"}]}");
}
END_TEST

START_TEST(a_configuration_is_changed_inside)
{
    gives("{\"a\":[1,true,null,\"x\\u00e9\",{},[]],\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_"
          "ALLOW\"},\"b\":-1.5}}",
          NULL,
          "{\"a\":[1,true,null,\"x\xc3\xa9\",{},[]],\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_"
          "ALLOW\","
          "\"listenerPath\":\"/run/"
          "s\",\"syscalls\":[{\"names\":[\"openat\",\"clone\"],\"action\":\"SCMP_ACT_NOTIFY\"}]},"
          "\"b\":-1.5}}");
}
END_TEST

START_TEST(what_is_no_profile_is_refused)
{
    static const char *const texts[] = {
        "",
        "[]",
        "{}",
        "{\"linux\":{}}",
        "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":{}}",
        "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[1]}",
        "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"listenerPath\":\"/run/another\"}",
        "defaultAction: SCMP_ACT_ALLOW",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        ck_assert_msg(wrap(texts[i], NULL) == -EINVAL, "%s", texts[i]);
        ck_assert(error.message[0]);
    }
    buf_free(&out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("profile_wrap");
    TCase *all = tcase_create("profile_wrap");
    tcase_add_test(all, what_a_profile_allows_is_split);
    tcase_add_test(all, what_a_profile_denies_stays_denied);
    tcase_add_test(all, where_all_is_allowed_a_rule_is_added);
    tcase_add_test(all, a_configuration_is_changed_inside);
    tcase_add_test(all, what_is_no_profile_is_refused);
    suite_add_tcase(suite, all);
    return unit_run(suite);
}
