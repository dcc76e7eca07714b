/* --explain: which failing calls are the reason, and which are ordinary. */
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>

#include "decode/explain.h"

static struct unit_target target;
static struct explain *explain;
static pid_t pid, ppid;

static void start(void)
{
    unit_start(&target);
    explain = explain_new();
    ck_assert_ptr_nonnull(explain);
    pid = 12;
    ppid = 1;
}

static void end(void)
{
    explain_free(explain);
    unit_end(&target);
}

static void call(enum call_id id, int64_t result, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
    unit_call(&target, id, (const uint64_t[CALL_ARGS_MAX]){a, b, c, d, e}, true, result);
    target.event.process = (struct event_process){.pid = pid, .ppid = ppid, .comm = "prog"};
    target.event.tid = pid;
    target.event.path = NULL;
    explain_call(explain, &target.event);
}

static void opens(const char *path, int64_t result)
{
    call(CALL_openat, result, (uint32_t)AT_FDCWD, unit_put(&target, 0, path, strlen(path) + 1), O_RDONLY, 0,
         0);
}

static void looks(const char *path, int64_t result)
{
    call(CALL_access, result, unit_put(&target, 0, path, strlen(path) + 1), 0, 0, 0, 0);
}

static void runs(const char *path, int64_t result)
{
    call(CALL_execve, result, unit_put(&target, 0, path, strlen(path) + 1), 0, 0, 0, 0);
}

static void connects(enum call_id id, uint16_t port, int64_t result)
{
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    call(id, result, 5, unit_put(&target, 0, &a, sizeof(a)), sizeof(a), 0, 0);
}

static void ends(enum exit_how how, int status)
{
    struct event e = {.type = EVENT_EXITED,
                      .tid = pid,
                      .process = {.pid = pid, .ppid = ppid},
                      .how = how,
                      .status = status};
    explain_exit(explain, &e);
}

static bool exists(const char *path)
{
    return strcmp(path, "/opt/script") == 0;
}

static const char *said(pid_t of)
{
    target.text.len = 0;
    explain_render(&target.text, explain, of, exists);
    buf_char(&target.text, 0);
    return target.text.data;
}

static const char *reason(void)
{
    ends(EXIT_CODE, 1);
    return said(12);
}

START_TEST(a_file_that_may_not_be_read)
{
    opens("/usr/lib/libc.so.6", 3);
    opens("/root/test", -EACCES);
    ck_assert_str_eq(reason(),
                     "prog (pid 12) exited with 1; before that: openat(\"/root/test\") failed: EACCES "
                     "(Permission denied)\n");
}
END_TEST

START_TEST(success_needs_no_reason)
{
    opens("/root/test", -EACCES);
    ends(EXIT_CODE, 0);
    ck_assert_str_eq(said(12), "");
}
END_TEST

START_TEST(no_failing_call_is_said_too)
{
    ck_assert_str_eq(said(12), "");
    opens("/etc/passwd", 3);
    ck_assert_str_eq(reason(), "prog (pid 12) exited with 1; no failing call explains it\n");
}
END_TEST

START_TEST(searches_that_end_well_mean_nothing)
{
    opens("/a/libx.so.1", -ENOENT);
    opens("/b/libx.so.1", 3);
    opens("/a/module.abi3.so", -ENOENT);
    opens("/a/module.py", 3);
    runs("/usr/local/bin/tool", -ENOENT);
    runs("/usr/bin/tool", 0);
    opens("/etc/ld.so.preload", -ENOENT);
    opens("/usr/lib/locale/C.UTF-8/LC_TIME", -ENOENT);
    opens("/root/.curlrc", -ENOENT);
    looks("/tmp/new", -ENOENT);
    opens("/tmp/new", 4);
    connects(CALL_connect, 80, -ECONNREFUSED);
    connects(CALL_connect, 80, 0);
    ck_assert_ptr_nonnull(strstr(reason(), "no failing call"));
}
END_TEST

START_TEST(another_file_found_is_no_excuse)
{
    opens("/etc/config.yaml", -ENOENT);
    opens("/usr/lib/config.py", 3);
    ck_assert_ptr_nonnull(strstr(reason(), "openat(\"/etc/config.yaml\") failed: ENOENT"));
}
END_TEST

START_TEST(a_missing_library)
{
    opens("/lib/libgone.so.1", -ENOENT);
    opens("/usr/lib/libgone.so.1", -ENOENT);
    opens("/usr/share/locale/en/LC_MESSAGES/libc.mo", -ENOENT);
    ck_assert_str_eq(
        reason(),
        "prog (pid 12) exited with 1; before that: openat(\"/usr/lib/libgone.so.1\") failed: ENOENT "
        "(No such file or directory), as in 1 other place: a shared library is missing\n");
}
END_TEST

START_TEST(programs_and_interpreters)
{
    runs("/opt/script", -ENOENT);
    opens("/opt/script", 3); /* a shell that wants to know why */
    opens("/etc/shadow", -EACCES);
    const char *text = reason();
    ck_assert_ptr_nonnull(
        strstr(text, "before that: execve(\"/opt/script\") failed: ENOENT (No such file or directory): "
                     "the file is there, but the interpreter"));
    ck_assert_ptr_nonnull(strstr(text, "; also openat(\"/etc/shadow\") failed: EACCES"));
}
END_TEST

START_TEST(sockets)
{
    connects(CALL_connect, 1, -ECONNREFUSED);
    ck_assert_str_eq(reason(),
                     "prog (pid 12) exited with 1; before that: connect(127.0.0.1:1) failed: ECONNREFUSED "
                     "(Connection refused): nothing listens there\n");
    pid = 13;
    connects(CALL_bind, 80, -EADDRINUSE);
    ends(EXIT_CODE, 2);
    ck_assert_str_eq(said(13),
                     "prog (pid 13) exited with 2; before that: bind(127.0.0.1:80) failed: EADDRINUSE "
                     "(Address already in use)\n");
}
END_TEST

START_TEST(a_connect_that_did_not_wait)
{
    int error = ECONNREFUSED;
    socklen_t length = sizeof(error);
    connects(CALL_connect, 1, -EINPROGRESS);
    uint64_t at = unit_put(&target, 0x100, &error, sizeof(error));
    call(CALL_getsockopt, 0, 5, SOL_SOCKET, SO_ERROR, at, unit_put(&target, 0x200, &length, sizeof(length)));
    ck_assert_ptr_nonnull(strstr(reason(), "before that: connect(127.0.0.1:1) failed: ECONNREFUSED"));
    pid = 13;
    connects(CALL_connect, 1, -EINPROGRESS);
    ends(EXIT_CODE, 1);
    ck_assert_ptr_nonnull(strstr(said(13), "no failing call"));
}
END_TEST

START_TEST(what_weighs_more_comes_first)
{
    opens("/var/lib/db", -EROFS);
    opens("/etc/app.conf", -ENOENT);
    looks("/etc/app.d", -ENOENT);
    ck_assert_str_eq(
        reason(),
        "prog (pid 12) exited with 1; before that: openat(\"/var/lib/db\") failed: EROFS (Read-only "
        "file system)\n");
}
END_TEST

START_TEST(what_was_long_ago_is_forgotten)
{
    opens("/etc/app.conf", -ENOENT);
    for (int i = 0; i < 101; i++) {
        opens("/etc/passwd", 3);
    }
    ck_assert_ptr_nonnull(strstr(reason(), "no failing call"));
}
END_TEST

START_TEST(a_child_whose_status_is_passed_on)
{
    looks("/nothing", -ENOENT);
    pid = 20;
    ppid = 12;
    opens("/root/test", -EACCES);
    ends(EXIT_SIGNALED, SIGABRT);
    pid = 21;
    opens("/other", -EACCES);
    ends(EXIT_CODE, 1);
    pid = 12;
    ppid = 1;
    ends(EXIT_CODE, 128 + SIGABRT);
    ck_assert_str_eq(
        said(12), "prog (pid 20) was killed by SIGABRT; before that: openat(\"/root/test\") failed: EACCES "
                  "(Permission denied)\n");
}
END_TEST

START_TEST(paths_that_are_hostile)
{
    char path[3000];
    memset(path, '\n', sizeof(path));
    path[sizeof(path) - 1] = 0;
    opens(path, -EACCES);
    const char *text = reason();
    ck_assert_ptr_nonnull(strstr(text, "\\n\\n"));
    ck_assert_uint_lt(strlen(text), 400);
    ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("explain");
    TCase *tc = tcase_create("explain");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, a_file_that_may_not_be_read);
    tcase_add_test(tc, success_needs_no_reason);
    tcase_add_test(tc, no_failing_call_is_said_too);
    tcase_add_test(tc, searches_that_end_well_mean_nothing);
    tcase_add_test(tc, another_file_found_is_no_excuse);
    tcase_add_test(tc, a_missing_library);
    tcase_add_test(tc, programs_and_interpreters);
    tcase_add_test(tc, sockets);
    tcase_add_test(tc, a_connect_that_did_not_wait);
    tcase_add_test(tc, what_weighs_more_comes_first);
    tcase_add_test(tc, what_was_long_ago_is_forgotten);
    tcase_add_test(tc, a_child_whose_status_is_passed_on);
    tcase_add_test(tc, paths_that_are_hostile);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
