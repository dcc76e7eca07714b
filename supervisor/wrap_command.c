#include "supervisor/wrap_command.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "decode/select.h"
#include "policy/profile_wrap.h"

struct arguments {
    const char *profile;
    const char *trace;
    struct profile_wrap wrap;
};

static int read_arguments(struct arguments *a, int argc, char **argv, struct error *err)
{
    static const struct option options[] = {{"trace", required_argument, NULL, 'e'},
                                            {"listener", required_argument, NULL, 'l'},
                                            {"metadata", required_argument, NULL, 'm'},
                                            {0}};
    int option;
    optind = 1;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":e:", options, NULL)) != -1) {
        switch (option) {
        case 'e':
            a->trace = strncmp(optarg, "trace=", 6) == 0 ? optarg + 6 : optarg;
            break;
        case 'l':
            a->wrap.listener = optarg;
            break;
        case 'm':
            a->wrap.metadata = optarg;
            break;
        default:
            return error_set(err, EINVAL, "profile-wrap: '%s' is no option, or has no argument",
                             argv[optind - 1]);
        }
    }
    a->profile = argc == optind + 1 ? argv[optind] : NULL;
    if (!a->profile || !a->trace || !a->wrap.listener) {
        return error_set(err, EINVAL, "profile-wrap needs PROFILE, --trace LIST and --listener SOCKET");
    }
    if (*a->wrap.listener != '/') {
        return error_set(err, EINVAL, "--listener: '%s' is not an absolute path", a->wrap.listener);
    }
    return 0;
}

/* Whether the list has the call as a word of its own, rather than in a class. */
static bool names(const char *list, const char *call)
{
    size_t n = strlen(call);
    for (const char *at = list; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, call, n) == 0 && (at[n] == 0 || at[n] == ',')) {
            return true;
        }
    }
    return false;
}

/* The calls to be sent: those that are selected for x86-64 and can be. */
static int choose_calls(struct arguments *a, struct buf *notes, struct error *err)
{
    struct selection selection;
    int ret = selection_parse(&selection, a->trace, err);
    for (unsigned i = CALL_none + 1; ret == 0 && i < CALL_COUNT; i++) {
        enum call_id id = (enum call_id)i;
        const char *name = call_line(id)->name;
        if (!call_set_has(&selection.calls[ABI_X86_64], id)) {
            continue;
        }
        if (!profile_wrap_forbids(id)) {
            call_set_add(&a->wrap.calls, id);
        } else if (names(a->trace, name)) {
            ret = error_set(err, EINVAL,
                            "--trace: runtimes can't send %s: they use it to hand over the listener", name);
        } else {
            buf_printf(notes, "proctor: %s is left out: runtimes use it to hand over the listener\n", name);
        }
    }
    return ret;
}

static int read_file(const char *path, struct buf *text, struct error *err)
{
    char piece[65536];
    size_t n;
    cleanup_fclose FILE *file = fopen(path, "re");
    if (!file) {
        return error_errno(err, errno, "%s", path);
    }
    while ((n = fread(piece, 1, sizeof(piece), file)) > 0) {
        buf_bytes(text, piece, n);
        if (text->len > SOURCE_MAX) {
            return error_errno(err, EFBIG, "%s", path);
        }
    }
    buf_char(text, 0);
    if (ferror(file) || text->failed) {
        return error_errno(err, text->failed ? ENOMEM : EIO, "%s", path);
    }
    text->len--;
    return 0;
}

static void say_left(const struct call_set *left, struct buf *notes)
{
    const char *between = "proctor: not sent, as the profile does not simply allow them: ";
    for (unsigned i = CALL_none + 1; i < CALL_COUNT; i++) {
        if (call_set_has(left, (enum call_id)i)) {
            buf_str(notes, between);
            buf_str(notes, call_line((enum call_id)i)->name);
            between = " ";
        }
    }
    buf_str(notes, *between == ' ' ? "\n" : "");
}

int wrap_command(int argc, char **argv, struct buf *out, struct buf *notes, struct error *err)
{
    struct arguments a = {.profile = NULL};
    struct buf text = {0};
    struct call_set left;
    int ret = read_arguments(&a, argc, argv, err);
    ret = ret < 0 ? ret : choose_calls(&a, notes, err);
    ret = ret < 0 ? ret : read_file(a.profile, &text, err);
    if (ret == 0) {
        struct source source = {.name = a.profile, .text = text.data, .length = text.len};
        ret = profile_wrap(out, &source, &a.wrap, &left, err);
    }
    if (ret == 0) {
        say_left(&left, notes);
    }
    buf_free(&text);
    return ret;
}
