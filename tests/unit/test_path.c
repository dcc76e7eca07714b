/* Paths joined and normalised by text alone. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>

#include "decode/path.h"

static const struct {
    const char *base, *path, *want;
} joined[] = {
    {NULL, "/etc/passwd", "/etc/passwd"},
    {"/home/u", "x", "/home/u/x"},
    {"/home/u", "/x", "/x"},
    {"/", "x", "/x"},
    {"/home/u/", "x", "/home/u/x"},
    {"/home/u", "", "/home/u"},
    {"/home/u", ".", "/home/u"},
    {"/home/u", "..", "/home"},
    {"/home/u", "../../..", "/"},
    {"/home/u", "../../../etc", "/etc"},
    {"/home/u", "./a/./b/", "/home/u/a/b"},
    {"/home/u", "a//b///c", "/home/u/a/b/c"},
    {"/a/../b", "c", "/b/c"},
    {NULL, "/", "/"},
    {NULL, "///", "/"},
    {NULL, "/..", "/"},
    {NULL, "/a/b/../../c/.", "/c"},
    {NULL, "/...", "/..."},
    {NULL, "/..a/.b", "/..a/.b"},
    {"/x (deleted)", "y", "/x (deleted)/y"},
};

START_TEST(joins)
{
    char out[256];
    ssize_t n = path_absolute(joined[_i].base, joined[_i].path, strlen(joined[_i].path), out, sizeof(out));
    ck_assert_int_eq(n, (ssize_t)strlen(joined[_i].want));
    ck_assert_str_eq(out, joined[_i].want);
}
END_TEST

START_TEST(unknown_base)
{
    char out[64];
    ck_assert_int_eq(path_absolute(NULL, "x", 1, out, sizeof(out)), -ENOENT);
    ck_assert_int_eq(path_absolute("pipe:[12]", "x", 1, out, sizeof(out)), -ENOENT);
    ck_assert_int_eq(path_absolute("", "x", 1, out, sizeof(out)), -ENOENT);
    ck_assert_int_eq(path_absolute(NULL, "", 0, out, sizeof(out)), -ENOENT);
}
END_TEST

/* Every size of the result: either it fits, or it is an error; nothing behind it is touched. */
START_TEST(too_long)
{
    for (size_t n = 0; n < 12; n++) {
        char *out = malloc(n + 1);
        ck_assert_ptr_nonnull(out);
        out[n] = 'x';
        ssize_t ret = path_absolute("/abc", "de/f", 4, out, n);
        if (n < 10) {
            ck_assert_int_eq(ret, -ENAMETOOLONG);
        } else {
            ck_assert_int_eq(ret, 9);
            ck_assert_str_eq(out, "/abc/de/f");
        }
        ck_assert_int_eq(out[n], 'x');
        free(out);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("path");
    TCase *tc = tcase_create("path");
    tcase_add_loop_test(tc, joins, 0, (int)(sizeof(joined) / sizeof(joined[0])));
    tcase_add_test(tc, unknown_base);
    tcase_add_test(tc, too_long);
    suite_add_tcase(suite, tc);
    return unit_run(suite);
}
