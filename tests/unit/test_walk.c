/* Paths resolved for somebody else: where they end. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/walk.h"
#include "tests/unit/unit.h"

static char root[PATH_MAX];
static struct wire_request caller;
static struct walk walk;

static void start(void)
{
    char template[] = "/tmp/proctor-walk.XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(template));
    ck_assert_ptr_nonnull(realpath(template, root));
    ck_assert_int_eq(chdir(root), 0);
    ck_assert_int_eq(mkdir("d", 0755) | mkdir("d/e", 0755), 0);
    ck_assert_int_eq(symlink("d", "l") | symlink("../d/e/f", "d/f") | symlink("loop", "loop"), 0);
    ck_assert_int_eq(symlink("/proc/self", "self"), 0);
    walk = (struct walk){.proc = open("/proc", O_PATH | O_CLOEXEC), .caller = &caller};
    caller = (struct wire_request){.tgid = getppid(), .levels = 1};
    caller.tids[0] = caller.tgids[0] = getppid(); /* the runner stands for the caller */
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *place)
{
    (void)st, (void)type, (void)place;
    return remove(path);
}

static void end(void)
{
    close(walk.proc);
    ck_assert_int_eq(nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* real: below the directory that the test runs in, unless it begins with a slash; %d: the caller. */
static const struct {
    const char *text;
    enum at_end end;
    int result;
    const char *real;
    const char *name;
} cases[] = {
    {"d/e", END_FOLLOW, 0, "d/e", "e"},
    {"d/missing", END_FOLLOW, 0, "d/missing", "missing"},
    {"d//e/", END_FOLLOW, 0, "d/e", "e/"},
    {"./d/../d/./e", END_FOLLOW, 0, "d/e", "e"},
    {"d/e/..", END_FOLLOW, 0, "d", "."},
    {".", END_FOLLOW, 0, "", "."},
    {"/", END_FOLLOW, 0, "/", "."},
    {"/..", END_ENTRY, 0, "/", "."},
    {"missing/x", END_FOLLOW, -ENOENT, NULL, NULL},
    {"", END_FOLLOW, -ENOENT, NULL, NULL},
    {"l/e", END_FOLLOW, 0, "d/e", "e"},
    {"l", END_FOLLOW, 0, "d", "d"},
    {"l", END_KEEP, 0, "l", "l"},
    {"l/", END_KEEP, 0, "d", "d/"},
    {"l/", END_ENTRY, 0, "l", "l/"},
    {"l/f", END_FOLLOW, 0, "d/e/f", "f"}, /* it leads to what is not there */
    {"l/f", END_ENTRY, 0, "d/f", "f"},
    {"loop", END_FOLLOW, -ELOOP, NULL, NULL},
    {"loop/x", END_FOLLOW, -ELOOP, NULL, NULL},
    {"loop", END_ENTRY, 0, "loop", "loop"},
    {"self", END_FOLLOW, 0, "/proc/%d", "%d"},
    {"self/status", END_FOLLOW, 0, "/proc/%d/status", "status"},
    {"/proc/self", END_FOLLOW, 0, "/proc/%d", "%d"},
    {"/proc/thread-self/comm", END_FOLLOW, 0, "/proc/%d/task/%d/comm", "comm"},
    {"/proc/mounts", END_FOLLOW, 0, "/proc/%d/mounts", "mounts"},
};

static void expand(char *out, size_t n, const char *text)
{
    size_t at = 0;
    out[0] = 0;
    for (; *text && at < n; text++) {
        if (text[0] == '%' && text[1] == 'd') {
            at += (size_t)snprintf(out + at, n - at, "%d", caller.tgid);
            text++;
        } else {
            out[at++] = *text;
            out[at] = 0;
        }
    }
}

START_TEST(test_path)
{
    char real[2 * PATH_MAX];
    char expected[4 * PATH_MAX];
    struct spot spot;
    cleanup_close int base = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool absolute = cases[_i].text[0] == '/';
    int ret = walk_path(&walk, absolute ? WIRE_ABSOLUTE : base, cases[_i].text, cases[_i].end, &spot);
    ck_assert_msg(ret == cases[_i].result, "%s: %d", cases[_i].text, ret);
    if (ret < 0) {
        ck_assert_int_eq(spot.parent, -1);
        return;
    }
    expand(real, sizeof(real), cases[_i].real);
    snprintf(expected, sizeof(expected), "%s%s%s", real[0] == '/' ? "" : root,
             real[0] && real[0] != '/' ? "/" : "", real);
    ck_assert_str_eq(spot.real, expected);
    expand(real, sizeof(real), cases[_i].name);
    ck_assert_str_eq(spot.name, real);
    close(spot.parent);
}
END_TEST

/* A link to a descriptor is followed by the kernel, and named by what it leads to. */
START_TEST(test_magic)
{
    char text[64];
    char expected[PATH_MAX + 8];
    struct spot spot;
    cleanup_close int fd = open("d/e", O_PATH | O_CLOEXEC);
    snprintf(text, sizeof(text), "/proc/%d/fd/%d", getpid(), fd);
    ck_assert_int_eq(walk_path(&walk, WIRE_ABSOLUTE, text, END_FOLLOW, &spot), 0);
    ck_assert(spot.magic);
    snprintf(expected, sizeof(expected), "%s/d/e", root);
    ck_assert_str_eq(spot.real, expected);
    close(spot.parent);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("walk");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, start, end);
    tcase_add_loop_test(tests, test_path, 0, (int)ARRAY_SIZE(cases));
    tcase_add_test(tests, test_magic);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
