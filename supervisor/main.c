/* proctor: the only file that prints on its own behalf and exits. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launcher/features.h"
#include "supervisor/options.h"
#include "supervisor/results_bpf.h"
#include "supervisor/supervise.h"
#include "supervisor/wrap_command.h"

#ifndef PROCTOR_VERSION
#define PROCTOR_VERSION "unknown"
#endif

enum { EXIT_USAGE = 2, EXIT_CANNOT_EXECUTE = 126, EXIT_NOT_FOUND = 127 };

static void print_error(const struct error *err)
{
    fprintf(stderr, "proctor: %s\n", err->message);
    if (err->hint[0]) {
        fprintf(stderr, "proctor: hint: %s\n", err->hint);
    }
}

static void print_buf(const struct buf *out)
{
    if (out->len) {
        fwrite(out->data, 1, out->len, stdout);
    }
}

/* As a shell: 127 not found, 126 found but not executable; 2 for a wrong command line; 1 for the rest. */
static int exit_status(int ret)
{
    switch (-ret) {
    case ENOENT:
        return EXIT_NOT_FOUND;
    case EACCES:
    case ENOEXEC:
        return EXIT_CANNOT_EXECUTE;
    case EINVAL:
        return EXIT_USAGE;
    default:
        return 1;
    }
}

/* Ends as the program ended: with its status, or by its signal, without a second core file. */
static int end_like(int status)
{
    if (WIFSIGNALED(status)) {
        struct rlimit none = {0};
        sigset_t all;
        setrlimit(RLIMIT_CORE, &none);
        signal(WTERMSIG(status), SIG_DFL);
        sigfillset(&all);
        sigprocmask(SIG_UNBLOCK, &all, NULL);
        raise(WTERMSIG(status));
        return 128 + WTERMSIG(status);
    }
    return WEXITSTATUS(status);
}

/* Also says which source of results would be used. */
static int print_features(void)
{
    struct buf out = {0};
    struct error err = {0};
    struct results *results = NULL;
    struct selection nothing = {.unknown = false};
    struct decode_options options = {.string_max = 32, .array_max = 32};

    int ret = features_describe(&out);
    if (results_bpf_open(&nothing, &options, false, &results, &err) == 0) {
        buf_str(&out, "results by BPF (tp_btf/sys_exit): yes\n");
        results->close(results);
    } else {
        buf_printf(&out, "results by BPF (tp_btf/sys_exit): no (%s)\n", err.message);
    }
    print_buf(&out);
    buf_free(&out);
    return ret < 0 ? 1 : 0;
}

static int check(const struct judge_options *policy)
{
    struct buf out = {0};
    struct error err = {0};
    int ret = judge_check(policy->files, policy->file_count, &out, &err);
    print_buf(&out);
    buf_free(&out);
    if (ret < 0) {
        print_error(&err);
    }
    return ret < 0 ? exit_status(ret) : 0;
}

static int wrap_profile(int argc, char **argv)
{
    struct buf out = {0};
    struct buf notes = {0};
    struct error err = {0};
    if (options_ask_help(argc - 1, argv + 1)) {
        fputs(options_help(), stdout);
        return 0;
    }
    int ret = wrap_command(argc, argv, &out, &notes, &err);
    if (ret < 0) {
        print_error(&err);
    } else {
        fwrite(out.data, 1, out.len, stdout);
        fwrite(notes.data, 1, notes.len, stderr);
    }
    buf_free(&out);
    buf_free(&notes);
    return ret < 0 ? exit_status(ret) : 0;
}

static int run(const struct options *options)
{
    struct error err = {0};
    int ret;
    switch (options->command) {
    case COMMAND_HELP:
        fputs(options_help(), stdout);
        return 0;
    case COMMAND_VERSION:
        puts("proctor " PROCTOR_VERSION);
        return 0;
    case COMMAND_FEATURES:
        return print_features();
    case COMMAND_CHECK:
        return check(&options->config.policy);
    case COMMAND_AGENT:
        ret = agent_run(&options->config, &options->agent, &err);
        if (ret < 0) {
            print_error(&err);
        }
        return ret < 0 ? (ret == -EINVAL ? EXIT_USAGE : 1) : ret;
    case COMMAND_RUN:
        break;
    }
    ret = supervise(&options->config, &err);
    if (ret < 0) {
        print_error(&err);
        return exit_status(ret);
    }
    return end_like(ret);
}

int main(int argc, char **argv)
{
    struct options options;
    struct error err = {0};
    if (argc > 1 && strcmp(argv[1], "profile-wrap") == 0) {
        return wrap_profile(argc - 1, argv + 1);
    }
    int ret = options_parse(&options, argc, argv, environ, &err);
    if (ret < 0) {
        print_error(&err);
        ret = exit_status(ret);
    } else {
        ret = run(&options);
    }
    options_free(&options);
    return ret;
}
