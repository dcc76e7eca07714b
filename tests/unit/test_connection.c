/* --view=connections: what the values of connect and accept say. */
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/un.h>

#include "decode/connection.h"

static struct unit_target target;

static void start(void)
{
    unit_start(&target);
    target.options.fds = FD_ALL;
}

static void end(void)
{
    unit_end(&target);
}

static ssize_t describe(const struct fd_names *names, int fd, unsigned details, char *buf, size_t n)
{
    const char *text = fd == 7   ? "TCPv6:[[::1]:4242->[::1]:80]"
                       : fd == 6 ? "UNIX-STREAM:[1->2]"
                                 : "TCP:[10.0.0.1:4242->10.0.0.2:80]";
    (void)names;
    (void)details;
    return snprintf(buf, n, "%s", text);
}

static const struct fd_names fds = {.describe = describe};

static uint64_t put_inet(const char *address, uint16_t port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {inet_addr(address)}};
    return unit_put(&target, 0, &a, sizeof(a));
}

static const char *line(void (*render)(struct buf *out, const struct event *event))
{
    target.text.len = 0;
    render(&target.text, &target.event);
    buf_char(&target.text, 0);
    return target.text.data;
}

static void call(enum call_id id, int64_t result, int fd, uint64_t address, uint64_t length)
{
    struct event *e = &target.event;
    unit_call(&target, id, (const uint64_t[CALL_ARGS_MAX]){(uint64_t)fd, address, length}, true, result);
    struct decoder d = {.options = &target.options,
                        .mem = &target.memory.mem,
                        .fds = &fds,
                        .abi = e->abi,
                        .call = e->call,
                        .args = e->args,
                        .out = &e->values,
                        .at_exit = true,
                        .result = result};
    connection_decode(&d, e);
    if (id != CALL_connect && result >= 0) {
        e->result_value = e->values.count;
        e->call->result->decode(&d, NULL, e->call->result, (uint64_t)result);
    }
    e->process = (struct event_process){.pid = 12, .comm = "a b"};
    e->tid = 13;
    e->time_ns = INT64_C(1700000000123456789);
    e->duration_ns = 1234567;
}

START_TEST(connect_tells_both_ends)
{
    call(CALL_connect, 0, 3, put_inet("10.0.0.2", 80), 16);
    ck_assert(connection_call(&target.event));
    ck_assert_str_eq(line(connection_text),
                     "22:13:20 12      a b             connect inet   10.0.0.1              10.0.0.2    "
                     "          80    ok           1.234\n");
    ck_assert_str_eq(
        line(connection_json),
        "{\"type\":\"connection\",\"time\":1700000000123456789,\"pid\":12,\"tid\":13,\"comm\":\"a b\","
        "\"syscall\":\"connect\",\"family\":\"inet\",\"source\":\"10.0.0.1\",\"source_port\":4242,"
        "\"destination\":\"10.0.0.2\",\"port\":80,\"result\":0,\"error\":null,\"duration_ns\":1234567}\n");
    call(CALL_connect, -EINPROGRESS, 3, put_inet("10.0.0.2", 80), 16);
    ck_assert_ptr_nonnull(strstr(line(connection_text), " 10.0.0.1 "));
    ck_assert_ptr_nonnull(strstr(line(connection_text), " EINPROGRESS "));
}
END_TEST

START_TEST(a_failure_has_its_name)
{
    call(CALL_connect, -ECONNREFUSED, 3, put_inet("127.0.0.1", 1), 16);
    ck_assert_ptr_nonnull(
        strstr(line(connection_text),
               " inet   -                     127.0.0.1             1     ECONNREFUSED 1.234\n"));
    ck_assert_ptr_nonnull(strstr(line(connection_json), "\"result\":-1,\"error\":\"ECONNREFUSED\""));
    target.event.result_state = RESULT_UNKNOWN;
    target.event.duration_ns = -1;
    ck_assert_ptr_nonnull(strstr(line(connection_text), " ?            -\n"));
    ck_assert_ptr_nonnull(
        strstr(line(connection_json), "\"result\":null,\"error\":null,\"duration_ns\":null}"));
}
END_TEST

START_TEST(other_families)
{
    struct sockaddr_in6 six = {
        .sin6_family = AF_INET6, .sin6_port = htons(443), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr_un path = {.sun_family = AF_UNIX, .sun_path = "/run/a\nb"};
    struct connection c;
    call(CALL_connect, 0, 7, unit_put(&target, 0, &six, sizeof(six)), sizeof(six));
    connection_of(&target.event, &c);
    ck_assert_str_eq(c.family, "inet6");
    ck_assert_str_eq(c.source.address, "::1");
    ck_assert_int_eq(c.source.port, 4242);
    ck_assert_str_eq(c.destination.address, "::1");
    ck_assert_int_eq(c.destination.port, 443);
    call(CALL_connect, 0, 6, unit_put(&target, 0, &path, sizeof(path)), sizeof(path));
    connection_of(&target.event, &c);
    ck_assert_str_eq(c.family, "unix");
    ck_assert_uint_eq(c.source.length, 0);
    ck_assert_int_eq(c.destination.port, -1);
    ck_assert_ptr_nonnull(strstr(line(connection_text), " /run/a\\nb "));
    memcpy(path.sun_path, "\0abc", 5);
    call(CALL_connect, 0, 6, unit_put(&target, 0, &path, 6), 6);
    connection_of(&target.event, &c);
    ck_assert_str_eq(c.destination.address, "@abc");
}
END_TEST

START_TEST(accept_is_the_other_way_round)
{
    struct connection c;
    socklen_t length = 16;
    uint64_t at = put_inet("10.9.9.9", 5555);
    call(CALL_accept4, 5, 3, at, unit_put(&target, 0x100, &length, sizeof(length)));
    connection_of(&target.event, &c);
    ck_assert_str_eq(c.source.address, "10.9.9.9");
    ck_assert_int_eq(c.source.port, 5555);
    ck_assert_str_eq(c.destination.address, "10.0.0.1");
    ck_assert_int_eq(c.destination.port, 4242);
}
END_TEST

START_TEST(what_is_not_known_is_left_open)
{
    struct connection c;
    call(CALL_connect, -EFAULT, 3, 0x10, 16);
    connection_of(&target.event, &c);
    ck_assert_str_eq(c.family, "");
    ck_assert_uint_eq(c.destination.length, 0);
    call(CALL_accept, -EAGAIN, 3, 0, 0);
    connection_of(&target.event, &c);
    ck_assert_uint_eq(c.source.length, 0);
    call(CALL_close, 0, 3, 0, 0);
    ck_assert(!connection_call(&target.event));
}
END_TEST

START_TEST(columns_have_names)
{
    ck_assert_int_eq(target.event.type, EVENT_CALL);
    connection_header(&target.text);
    buf_char(&target.text, 0);
    ck_assert_str_eq(
        target.text.data,
        "TIME     PID     COMM            CALL    FAMILY SOURCE                DESTINATION           "
        "PORT  RESULT       LATENCY(ms)\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("connection");
    TCase *tc = tcase_create("connection");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, connect_tells_both_ends);
    tcase_add_test(tc, a_failure_has_its_name);
    tcase_add_test(tc, other_families);
    tcase_add_test(tc, accept_is_the_other_way_round);
    tcase_add_test(tc, what_is_not_known_is_left_open);
    tcase_add_test(tc, columns_have_names);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
