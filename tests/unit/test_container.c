/* What runtimes say of a container, and what hostile peers say instead. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "decode/base/cleanup.h"
#include "supervisor/container.h"
#include "supervisor/container_state.h"

/* As runc 1.1 writes it. */
#define STATE(id)                                                                                            \
    "{\"ociVersion\":\"1.0.2-dev\",\"id\":\"" id "\",\"status\":\"creating\",\"pid\":12,\"bundle\":\"/b\","  \
    "\"annotations\":{\"org.x\":\"y\",\"io.kubernetes.cri.image-name\":\"docker.io/nginx:1\"}}"
#define WHOLE(fds, pid, rest)                                                                                \
    "{\"ociVersion\":\"1.0.2-dev\",\"fds\":" fds ",\"pid\":" pid ",\"metadata\":\"m\",\"state\":" rest "}"

static struct arena arena;
static struct error error;
static struct container_state state;

static int parse(const char *text)
{
    arena_free(&arena);
    arena = (struct arena){0};
    error = (struct error){0};
    return container_state_parse(&state, &arena, text, strlen(text), &error);
}

static void refused(const char *text, const char *why)
{
    ck_assert_int_eq(parse(text), -EINVAL);
    ck_assert_msg(strstr(error.message, why) != NULL, "'%s' says '%s', not '%s'", text, error.message, why);
}

START_TEST(a_state_as_runc_writes_it)
{
    ck_assert_int_eq(parse(WHOLE("[\"other\",\"seccompFd\"]", "19945", STATE("c1"))), 0);
    ck_assert_uint_eq(state.fd_count, 2);
    ck_assert_uint_eq(state.listener, 1);
    ck_assert_int_eq(state.container.pid, 19945);
    ck_assert_str_eq(state.container.id, "c1");
    ck_assert_str_eq(state.container.bundle, "/b");
    ck_assert_str_eq(state.container.metadata, "m");
    ck_assert_str_eq(state.container.image, "docker.io/nginx:1");
    ck_assert_ptr_null(state.container.pod);
    ck_assert_uint_eq(state.container.annotation_count, 2);
    arena_free(&arena);
}
END_TEST

START_TEST(keys_that_may_be_missing_or_unknown)
{
    ck_assert_int_eq(
        parse("{\"future\":[1,{}],\"ociVersion\":\"0.2.0\",\"fds\":[\"seccompFd\"],\"pid\":1,"
              "\"state\":{\"ociVersion\":\"0.2.0\",\"id\":\"a\",\"status\":\"running\",\"pid\":1,"
              "\"bundle\":\"/\",\"annotations\":null}}\n"),
        0);
    ck_assert_ptr_null(state.container.metadata);
    ck_assert_uint_eq(state.container.annotation_count, 0);
    arena_free(&arena);
}
END_TEST

START_TEST(what_is_wrong_is_refused_and_named)
{
    refused("", "state:1:1:");
    refused("[]", "not a JSON object");
    refused("{", "state:1:");
    refused("{}", "there is no 'ociVersion'");
    refused("a: b", "state:1:");
    refused(WHOLE("[\"seccompFd\"]", "5", "null"), "there is no 'state'");
    refused(WHOLE("[\"seccompFd\"]", "5", STATE("a")) "x", "state:1:");
    refused(WHOLE("\"seccompFd\"", "5", STATE("a")), "'fds' is not a list");
    refused(WHOLE("[]", "5", STATE("a")), "'fds' does not name seccompFd");
    refused(WHOLE("[\"seccompFd\",\"seccompFd\"]", "5", STATE("a")), "seccompFd twice");
    refused(WHOLE("[3]", "5", STATE("a")), "'fds' is not a string");
    static const char *const pids[] = {"0", "-1", "1.5", "\"7\"", "99999999999", "null", "{}", "1e3"};
    for (size_t i = 0; i < ARRAY_SIZE(pids); i++) {
        char text[1024];
        snprintf(text, sizeof(text), WHOLE("[\"seccompFd\"]", "%s", STATE("a")), pids[i]);
        refused(text, "'pid' is not the id of a process");
    }
    static const char *const ids[] = {"",    ".",     "..",      "../../etc/cron.d/x", "a/b", ".hidden",
                                      "a b", "a\\nb", "\\u0000", "a\\u0000b"};
    for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
        char text[1024];
        snprintf(text, sizeof(text), WHOLE("[\"seccompFd\"]", "5", STATE("%s")), ids[i]);
        refused(text, "'id'");
    }
    arena_free(&arena);
}
END_TEST

/* Text whose parser would have to recurse for as long as the text is. */
START_TEST(depth_is_bounded)
{
    size_t n = CONTAINER_STATE_MAX;
    char *text = malloc(n + 1);
    ck_assert_ptr_nonnull(text);
    memset(text, '[', n);
    text[n] = 0;
    ck_assert_int_eq(parse(text), -EINVAL);
    for (size_t i = 0; i + 5 <= n; i += 5) {
        memcpy(text + i, "{\"a\":", 5);
    }
    ck_assert_int_eq(parse(text), -EINVAL);
    free(text);
    arena_free(&arena);
}
END_TEST

START_TEST(size_is_bounded)
{
    ck_assert_int_eq(container_state_parse(&state, &arena, "", CONTAINER_STATE_MAX + 1, &error), -EINVAL);
    ck_assert_ptr_nonnull(strstr(error.message, "1 MiB"));
}
END_TEST

static bool ends(const char *text, size_t piece)
{
    struct json_end end = {0};
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i += piece) {
        size_t left = n - i < piece ? n - i : piece;
        if (json_end_look(&end, text + i, left)) {
            return i + left == n;
        }
    }
    return false;
}

START_TEST(the_end_is_found_however_the_text_is_cut)
{
    static const char *const whole[] = {"{}", "{\"a\":{\"b\":[1,2]}}", "{\"}\":\"{[\\\"}\\\\\"}", "[]", "}"};
    static const char *const open[] = {"", "{", "{\"a\":{}", "{\"}", "{\"a\":\"\\\"}", "1"};
    for (size_t piece = 1; piece < 20; piece++) {
        for (size_t i = 0; i < ARRAY_SIZE(whole); i++) {
            ck_assert_msg(ends(whole[i], piece), "%s in pieces of %zu", whole[i], piece);
        }
        for (size_t i = 0; i < ARRAY_SIZE(open); i++) {
            ck_assert_msg(!ends(open[i], piece), "%s in pieces of %zu", open[i], piece);
        }
    }
}
END_TEST

static bool holds(const struct container *c, const char *text)
{
    return memmem(c->event.json, c->event.json_length, text, strlen(text)) != NULL;
}

START_TEST(a_container_outlives_its_text)
{
    ck_assert_int_eq(parse(WHOLE("[\"seccompFd\"]", "7", STATE("c1"))), 0);
    struct container *c = container_new(&state.container);
    ck_assert_ptr_nonnull(c);
    arena_free(&arena);
    ck_assert_ptr_eq(container_hold(c), c);
    container_release(c);
    ck_assert_str_eq(c->event.id, "c1");
    ck_assert_str_eq(c->event.image, "docker.io/nginx:1");
    ck_assert_str_eq(c->event.annotations[0].value, "y");
    ck_assert(holds(c, "{\"id\":\"c1\",\"pid\":7,\"bundle\":\"/b\",\"metadata\":\"m\",\"image\":"));
    ck_assert(holds(c, "\"annotations\":{\"org.x\":\"y\","));
    ck_assert(!holds(c, "annotations_omitted"));
    container_release(c);
    ck_assert_ptr_null(container_hold(NULL));
    container_release(NULL);
}
END_TEST

/* Orchestrators put whole documents into annotations. */
START_TEST(large_annotations_are_counted_not_repeated)
{
    static char text[8192];
    char large[2001];
    memset(large, 'x', sizeof(large) - 1);
    large[sizeof(large) - 1] = 0;
    snprintf(text, sizeof(text),
             WHOLE("[\"seccompFd\"]", "7",
                   "{\"ociVersion\":\"1.0\",\"id\":\"a\",\"status\":\"running\",\"pid\":1,\"bundle\":\"/\","
                   "\"annotations\":{\"large\":\"%s\",\"small\":\"s\"}}"),
             large);
    ck_assert_int_eq(parse(text), 0);
    struct container *c = container_new(&state.container);
    ck_assert_ptr_nonnull(c);
    ck_assert(holds(c, "\"annotations\":{\"small\":\"s\"},\"annotations_omitted\":1}"));
    container_release(c);
    arena_free(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("container");
    TCase *all = tcase_create("container");
    tcase_add_test(all, a_state_as_runc_writes_it);
    tcase_add_test(all, keys_that_may_be_missing_or_unknown);
    tcase_add_test(all, what_is_wrong_is_refused_and_named);
    tcase_add_test(all, depth_is_bounded);
    tcase_add_test(all, size_is_bounded);
    tcase_add_test(all, the_end_is_found_however_the_text_is_cut);
    tcase_add_test(all, a_container_outlives_its_text);
    tcase_add_test(all, large_annotations_are_counted_not_repeated);
    suite_add_tcase(suite, all);
    return unit_run(suite);
}
