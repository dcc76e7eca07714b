/* -e read=, write=: hexadecimal below the line of a call; -e raw=: numbers. */
#include "tests/unit/fresh_target.h"

#include "decode/dump.h"

/* The dump of a call that returned `result`, as the pipeline makes it. */
static const char *dump(enum call_id id, const struct dump_fds *fds, int64_t result, const uint64_t *args)
{
    struct event *e = &target.event;
    unit_call(&target, id, args, true, result);
    struct decoder d = {.options = &target.options,
                        .mem = &target.memory.mem,
                        .abi = e->abi,
                        .call = e->call,
                        .args = e->args,
                        .out = &e->values,
                        .result = result};
    e->dump = 0;
    dump_collect(&d, fds, e);
    d.at_exit = true;
    dump_collect(&d, fds, e);
    target.text.len = 0;
    dump_render(&target.text, e);
    buf_char(&target.text, 0);
    return target.text.data;
}

#define DUMP(id, fds, result, ...) dump(id, fds, result, (const uint64_t[CALL_ARGS_MAX]){__VA_ARGS__})

START_TEST(sets)
{
    uint64_t bits[DUMP_FDS / 64] = {0};
    ck_assert(dump_parse(bits, "3,64"));
    ck_assert_uint_eq(bits[0], 8);
    ck_assert_uint_eq(bits[1], 1);
    ck_assert(dump_parse(bits, "!0"));
    ck_assert_uint_eq(bits[0], ~UINT64_C(1));
    ck_assert_uint_eq(bits[15], UINT64_MAX);
    ck_assert(dump_parse(bits, "none"));
    ck_assert_uint_eq(bits[0], 0);
    ck_assert(dump_parse(bits, "all"));
    ck_assert_uint_eq(bits[7], UINT64_MAX);
    ck_assert(!dump_parse(bits, "1024"));
    ck_assert(!dump_parse(bits, "-1"));
    ck_assert(!dump_parse(bits, "x"));
    ck_assert(!dump_parse(bits, "1,"));
    ck_assert(!dump_parse(bits, ""));
    ck_assert(!dump_parse(bits, "!"));
    ck_assert(!dump_parse(bits, "allx"));
}
END_TEST

START_TEST(data_is_whole_whatever_s_says)
{
    struct dump_fds fds = {.read = {8}, .write = {2}, .any = true};
    uint64_t at = unit_put(&target, 0, "abcdefghijklmnop\n\x7f", 18);
    target.options.string_max = 3;
    ck_assert_str_eq(DUMP(CALL_read, &fds, 18, 3, at, 100),
                     " | 00000  61 62 63 64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70  abcdefghijklmnop |\n"
                     " | 00010  0a 7f                                             ..               |\n");
    ck_assert_str_eq(DUMP(CALL_write, &fds, 2, 1, at, 2),
                     " | 00000  61 62                                             ab               |\n");
    ck_assert_str_eq(DUMP(CALL_read, &fds, 18, 4, at, 100), "");  /* another descriptor */
    ck_assert_str_eq(DUMP(CALL_write, &fds, 18, 3, at, 100), ""); /* named for reading only */
    ck_assert_str_eq(DUMP(CALL_write, &fds, -9, 1, at, 2), "");
    ck_assert_str_eq(DUMP(CALL_read, &fds, 0, 3, at, 100), "");
    ck_assert_str_eq(DUMP(CALL_close, &fds, 0, 3), "");
}
END_TEST

START_TEST(vectors_show_each_buffer)
{
    struct dump_fds fds = {.read = {8}, .write = {8}, .any = true};
    uint64_t data = unit_put(&target, 0, "abcdef", 6);
    const uint64_t vector[4] = {data, 4, data + 4, 100};
    uint64_t at = unit_put(&target, 0x100, vector, sizeof(vector));
    ck_assert_str_eq(DUMP(CALL_readv, &fds, 6, 3, at, 2),
                     " * 4 bytes in buffer 0\n"
                     " | 00000  61 62 63 64                                       abcd             |\n"
                     " * 2 bytes in buffer 1\n"
                     " | 00000  65 66                                             ef               |\n");
    ck_assert_str_eq(DUMP(CALL_writev, &fds, 4, 3, at, 1),
                     " * 4 bytes in buffer 0\n"
                     " | 00000  61 62 63 64                                       abcd             |\n");
}
END_TEST

START_TEST(socket_buffers)
{
    struct dump_fds fds = {.read = {8}, .write = {8}, .any = true};
    uint64_t at = unit_put(&target, 0, "ab", 2);
    const char *line = " | 00000  61 62                                             ab               |\n";
    ck_assert_str_eq(DUMP(CALL_sendto, &fds, 2, 3, at, 2), line);
    ck_assert_str_eq(DUMP(CALL_recvfrom, &fds, 2, 3, at, 100), line);
}
END_TEST

/* Two messages: one of two buffers, one of one; 5 and 2 bytes were received. */
static uint64_t put_messages(uint64_t data)
{
    const uint64_t vector[4] = {data, 4, data + 4, 100};
    uint64_t at = unit_put(&target, 0x100, vector, sizeof(vector));
    const uint64_t messages[16] = {0, 0, at, 2, 0, 0, 0, 5, 0, 0, at, 1, 0, 0, 0, 2};
    return unit_put(&target, 0x200, messages, sizeof(messages));
}

#define FIRST                                                                                                \
    " * 4 bytes in buffer 0\n | 00000  61 62 63 64                                       abcd             "  \
    "|\n"
#define ONE                                                                                                  \
    " * 1 bytes in buffer 1\n | 00000  65                                                e                "  \
    "|\n"
#define TWO                                                                                                  \
    " * 2 bytes in buffer 0\n | 00000  61 62                                             ab               "  \
    "|\n"

START_TEST(messages_show_their_buffers)
{
    struct dump_fds fds = {.read = {8}, .write = {8}, .any = true};
    uint64_t at = put_messages(unit_put(&target, 0, "abcdef", 6));
    ck_assert_str_eq(DUMP(CALL_recvmsg, &fds, 5, 3, at, 0), FIRST ONE);
    ck_assert_str_eq(DUMP(CALL_sendmsg, &fds, 4, 3, at + 64, 0), FIRST);
    ck_assert_str_eq(DUMP(CALL_sendmsg, &fds, 4, 3, 0x10, 0), "");
    ck_assert_str_eq(DUMP(CALL_recvmmsg, &fds, 2, 3, at, 7),
                     " = 2 buffers in vector 0\n" FIRST ONE " = 1 buffers in vector 1\n" TWO);
    /* One of two was sent. */
    target.options.array_max = 0; /* of the line only */
    ck_assert_str_eq(DUMP(CALL_sendmmsg, &fds, 1, 3, at + 64, 2), " = 1 buffers in vector 0\n" FIRST);
    target.abi = ABI_I386;
    const uint32_t narrow[4] = {UNIT_BASE, 4, 0, 0};
    uint32_t vector = (uint32_t)unit_put(&target, 0x300, narrow, sizeof(narrow));
    const uint32_t message[8] = {0, 0, vector, 1, 0, 0, 0, 2};
    at = unit_put(&target, 0x400, message, sizeof(message));
    ck_assert_str_eq(DUMP(CALL_recvmmsg, &fds, 1, 3, at, 7), " = 1 buffers in vector 0\n" TWO);
}
END_TEST

START_TEST(hostile_lengths_are_bounded)
{
    struct dump_fds fds = {.read = {8}, .write = {8}, .any = true};
    const char *text = DUMP(CALL_write, &fds, 1, 3, UNIT_BASE, UINT64_MAX);
    ck_assert_ptr_nonnull(strstr(text, "\n * the rest was not kept\n"));
    ck_assert_str_eq(DUMP(CALL_write, &fds, 1, 3, 0x10, 5), " * the rest was not kept\n");
    ck_assert_str_eq(DUMP(CALL_writev, &fds, 1, 3, 0x10, UINT64_MAX), "");
}
END_TEST

START_TEST(raw_shows_numbers)
{
    uint64_t at = unit_put(&target, 0, "/etc", 5);
    target.options.raw = true;
    ck_assert_str_eq(unit_exit(&target, CALL_openat, 17, (uint32_t)-100, at, 0x80000, 0),
                     "openat(0xffffff9c, 0x10000, 0x80000, 0) = 0x11");
    ck_assert_str_eq(unit_exit(&target, CALL_read, -9, 3, at, 5),
                     "read(0x3, 0x10000, 0x5) = -1 EBADF (Bad file descriptor)");
    ck_assert_str_eq(unit_exit(&target, CALL_rt_sigreturn, 17, 5), "rt_sigreturn() = 0x11");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump");
    TCase *tc = tcase_create("dump");
    tcase_add_checked_fixture(tc, start, end);
    tcase_add_test(tc, sets);
    tcase_add_test(tc, data_is_whole_whatever_s_says);
    tcase_add_test(tc, vectors_show_each_buffer);
    tcase_add_test(tc, socket_buffers);
    tcase_add_test(tc, messages_show_their_buffers);
    tcase_add_test(tc, hostile_lengths_are_bounded);
    tcase_add_test(tc, raw_shows_numbers);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
