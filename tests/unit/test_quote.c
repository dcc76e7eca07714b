/* Quoting: strace's escapes, and JSON strings that every parser takes. */
#include "tests/unit/unit.h"

static struct buf out;

static void end(void)
{
    buf_free(&out);
}

static const char *take(void)
{
    buf_char(&out, 0);
    out.len = 0;
    return out.data;
}

static const char *quoted(const char *bytes, size_t n, enum string_mode mode)
{
    render_quoted(&out, bytes, n, mode, true);
    return take();
}

#define Q(bytes) quoted(bytes, sizeof(bytes) - 1, STRING_PLAIN)

START_TEST(plain)
{
    ck_assert_str_eq(Q(""), "\"\"");
    ck_assert_str_eq(Q("abc"), "\"abc\"");
    ck_assert_str_eq(Q("a\"b\\c"), "\"a\\\"b\\\\c\"");
    ck_assert_str_eq(Q("\t\n\v\f\r"), "\"\\t\\n\\v\\f\\r\"");
    ck_assert_str_eq(Q("\a\b\033"), "\"\\7\\10\\33\"");
    ck_assert_str_eq(Q("\177\200\377"), "\"\\177\\200\\377\"");
    ck_assert_str_eq(Q("\303\251"), "\"\\303\\251\"");
}
END_TEST

/* A digit behind an octal escape must not become part of it; 8 and 9 are none. */
START_TEST(octal_before_digits)
{
    ck_assert_str_eq(Q("\0"), "\"\\0\"");
    ck_assert_str_eq(quoted("\0000", 2, STRING_PLAIN), "\"\\0000\"");
    ck_assert_str_eq(quoted("\0017", 2, STRING_PLAIN), "\"\\0017\"");
    ck_assert_str_eq(quoted("\0338", 2, STRING_PLAIN), "\"\\338\"");
    ck_assert_str_eq(quoted("\001a", 2, STRING_PLAIN), "\"\\1a\"");
}
END_TEST

START_TEST(hexadecimal)
{
    ck_assert_str_eq(quoted("a\n", 2, STRING_HEX), "\"\\x61\\x0a\"");
    ck_assert_str_eq(quoted("", 0, STRING_HEX), "\"\"");
    ck_assert_str_eq(quoted("abc\n\t", 5, STRING_HEX_IF_BINARY), "\"abc\\n\\t\"");
    ck_assert_str_eq(quoted("abc\001", 4, STRING_HEX_IF_BINARY), "\"\\x61\\x62\\x63\\x01\"");
    ck_assert_str_eq(quoted("\377", 1, STRING_HEX_IF_BINARY), "\"\\xff\"");
    ck_assert_str_eq(quoted("a\0011\377\n", 5, STRING_HEX_ESCAPES), "\"a\\x011\\xff\\n\"");
}
END_TEST

/* No control character, no byte beyond ASCII, and quotes only at the ends. */
static bool harmless(const char *text)
{
    size_t n = strlen(text);
    for (size_t i = 1; i + 1 < n; i++) {
        if (text[i] < ' ' || text[i] >= 0x7f || text[i] == '"') {
            return false;
        }
        i += text[i] == '\\';
    }
    return n >= 2 && text[0] == '"' && text[n - 1] == '"';
}

START_TEST(every_pair_of_bytes)
{
    unsigned bad = 0;
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        char bytes[2] = {(char)(pair >> 8), (char)pair};
        for (int mode = STRING_PLAIN; mode <= STRING_HEX_ESCAPES; mode++) {
            bad += !harmless(quoted(bytes, 2, (enum string_mode)mode));
        }
    }
    ck_assert_uint_eq(bad, 0);
}
END_TEST

START_TEST(our_own_text)
{
    render_plain(&out, "a \"b\" \\ c", 9);
    ck_assert_str_eq(take(), "a \"b\" \\ c");
    render_plain(&out, "\033[2J\n1", 6);
    ck_assert_str_eq(take(), "\\33[2J\\n1");
}
END_TEST

static bool exact;

static const char *json(const char *bytes, size_t n)
{
    exact = render_json_string(&out, bytes, n);
    return take();
}

#define J(bytes) json(bytes, sizeof(bytes) - 1)

START_TEST(json_text)
{
    ck_assert_str_eq(J("a/b"), "\"a/b\"");
    ck_assert_str_eq(J("\"\\\n\t"), "\"\\\"\\\\\\n\\t\"");
    ck_assert_str_eq(J("\001\033\177"), "\"\\u0001\\u001b\\u007f\"");
    ck_assert_str_eq(J("\0"), "\"\\u0000\"");
    ck_assert_str_eq(J("\303\251\342\202\254\360\237\230\200"), "\"\303\251\342\202\254\360\237\230\200\"");
    ck_assert(exact);
}
END_TEST

/* Characters that a terminal obeys or at which a reader may split lines. */
START_TEST(json_unfit_characters)
{
    ck_assert_str_eq(J("\302\233\302\205\302\240"), "\"\\u009b\\u0085\302\240\"");
    // NOLINTNEXTLINE(misc-misleading-bidirectional): that is what is tested
    ck_assert_str_eq(J("\342\200\250\342\200\251\342\200\252"), "\"\\u2028\\u2029\342\200\252\"");
    ck_assert(exact);
}
END_TEST

START_TEST(json_not_utf8)
{
    static const struct {
        const char *bytes;
        const char *want;
    } wrong[] = {
        {"\377", "\"\\ufffd\""},
        {"a\200b", "\"a\\ufffdb\""},
        {"\303", "\"\\ufffd\""},                                  /* cut short */
        {"\303(", "\"\\ufffd(\""},                                /* no continuation */
        {"\300\257", "\"\\ufffd\\ufffd\""},                       /* overlong '/' */
        {"\340\200\257", "\"\\ufffd\\ufffd\\ufffd\""},            /* overlong */
        {"\355\240\200", "\"\\ufffd\\ufffd\\ufffd\""},            /* a surrogate */
        {"\364\220\200\200", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""}, /* beyond U+10FFFF */
        {"\342\202\303\251", "\"\\ufffd\\ufffd\303\251\""},       /* cut short by a good one */
        {"\360\237\230", "\"\\ufffd\\ufffd\\ufffd\""},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        ck_assert_str_eq(json(wrong[i].bytes, strlen(wrong[i].bytes)), wrong[i].want);
        ck_assert(!exact);
    }
    ck_assert_str_eq(J("\357\277\275"), "\"\357\277\275\""); /* U+FFFD itself */
    ck_assert(exact);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("quote");
    TCase *tc = tcase_create("text");
    tcase_add_checked_fixture(tc, NULL, end);
    tcase_add_test(tc, plain);
    tcase_add_test(tc, octal_before_digits);
    tcase_add_test(tc, hexadecimal);
    tcase_add_test(tc, every_pair_of_bytes);
    tcase_add_test(tc, our_own_text);
    suite_add_tcase(suite, tc);
    tc = tcase_create("json");
    tcase_add_checked_fixture(tc, NULL, end);
    tcase_add_test(tc, json_text);
    tcase_add_test(tc, json_unfit_characters);
    tcase_add_test(tc, json_not_utf8);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
