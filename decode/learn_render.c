/* What was learnt, in the languages of those who enforce it. */
#include <stdlib.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "decode/learn.h"
#include "decode/render.h"

/* Different names, as no ABI's table is in this order. */
struct names {
    const char *name[CALL_COUNT];
    size_t count;
};

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void names_of(struct names *names, const struct call_set *calls)
{
    names->count = 0;
    for (unsigned id = CALL_none + 1; id < CALL_COUNT; id++) {
        if (call_set_has(calls, (enum call_id)id)) {
            names->name[names->count++] = call_line((enum call_id)id)->name;
        }
    }
    qsort(names->name, names->count, sizeof(names->name[0]), compare);
}

static bool any(const struct call_set *calls)
{
    struct call_set none = {{0}};
    return memcmp(calls, &none, sizeof(none)) != 0;
}

/* The names of a list, after `first` and each further line after `next`, cut at the width of a page. */
static void put_names(struct buf *out, const struct names *names, const char *between, const char *next,
                      const char *quote)
{
    enum { WIDTH = 96 };
    size_t start = out->len;
    for (size_t i = 0; i < names->count; i++) {
        size_t room = strlen(names->name[i]) + strlen(between) + 2 * strlen(quote);
        if (i && out->len - start + room > WIDTH) {
            buf_str(out, next);
            start = out->len;
        } else if (i) {
            buf_str(out, between);
        }
        buf_str(out, quote);
        buf_str(out, names->name[i]);
        buf_str(out, quote);
    }
}

/*
 * What runc and crun call between loading the filter and the program's execve: handing over to the program,
 * setting its user and capabilities where no_new_privs is not set, and what Go's scheduler does on its own.
 */
static const enum call_id runtime_calls[] = {CALL_brk,
                                             CALL_capget,
                                             CALL_capset,
                                             CALL_chdir,
                                             CALL_clone,
                                             CALL_clone3,
                                             CALL_close,
                                             CALL_close_range,
                                             CALL_epoll_ctl,
                                             CALL_epoll_pwait,
                                             CALL_execve,
                                             CALL_exit,
                                             CALL_exit_group,
                                             CALL_faccessat2,
                                             CALL_fchdir,
                                             CALL_fchown,
                                             CALL_fcntl,
                                             CALL_fstat,
                                             CALL_fstatfs,
                                             CALL_futex,
                                             CALL_getcwd,
                                             CALL_getdents64,
                                             CALL_getpid,
                                             CALL_getppid,
                                             CALL_gettid,
                                             CALL_getuid,
                                             CALL_keyctl,
                                             CALL_lseek,
                                             CALL_madvise,
                                             CALL_mmap,
                                             CALL_mprotect,
                                             CALL_munmap,
                                             CALL_nanosleep,
                                             CALL_newfstatat,
                                             CALL_openat,
                                             CALL_openat2,
                                             CALL_prctl,
                                             CALL_read,
                                             CALL_readlinkat,
                                             CALL_rt_sigaction,
                                             CALL_rt_sigprocmask,
                                             CALL_rt_sigreturn,
                                             CALL_sched_getaffinity,
                                             CALL_sched_yield,
                                             CALL_seccomp,
                                             CALL_set_robust_list,
                                             CALL_setgid,
                                             CALL_setgroups,
                                             CALL_setresgid,
                                             CALL_setresuid,
                                             CALL_setsid,
                                             CALL_setuid,
                                             CALL_sigaltstack,
                                             CALL_statx,
                                             CALL_tgkill,
                                             CALL_umask,
                                             CALL_write};

void learned_profile(const struct learned *learned, struct buf *out)
{
    static const char *const arches[ABI_COUNT] = {
        [ABI_X86_64] = "SCMP_ARCH_X86_64", [ABI_I386] = "SCMP_ARCH_X86", [ABI_X32] = "SCMP_ARCH_X32"};
    struct call_set seen = {{0}};
    struct call_set runtime = {{0}};
    struct names names;
    const char *between = "";
    buf_str(out,
            "{\n  \"defaultAction\": \"SCMP_ACT_ERRNO\",\n  \"defaultErrnoRet\": 1,\n  \"architectures\": [");
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        if (abi == ABI_X86_64 || any(&learned->calls[abi])) {
            buf_printf(out, "%s\"%s\"", between, arches[abi]);
            between = ", ";
        }
        call_set_union(&seen, &learned->calls[abi]);
    }
    for (size_t i = 0; i < ARRAY_SIZE(runtime_calls); i++) {
        if (!call_set_has(&seen, runtime_calls[i])) {
            call_set_add(&runtime, runtime_calls[i]);
        }
    }
    buf_str(out, "],\n  \"syscalls\": [\n    {\n      \"names\": [\n        ");
    names_of(&names, &seen);
    put_names(out, &names, ", ", ",\n        ", "\"");
    buf_str(out, "\n      ],\n      \"action\": \"SCMP_ACT_ALLOW\"\n    }");
    names_of(&names, &runtime);
    if (names.count) {
        buf_str(out, ",\n    {\n      \"comment\": \"what a runtime calls to start the program\",\n"
                     "      \"names\": [\n        ");
        put_names(out, &names, ", ", ",\n        ", "\"");
        buf_str(out, "\n      ],\n      \"action\": \"SCMP_ACT_ALLOW\"\n    }");
    }
    buf_str(out, "\n  ]\n}\n");
}

void learned_systemd(const struct learned *learned, struct buf *out)
{
    static const char *const arches[ABI_COUNT] = {
        [ABI_X86_64] = "x86-64", [ABI_I386] = "x86", [ABI_X32] = "x32"};
    struct call_set seen = {{0}};
    struct names names;
    buf_str(out, "[Service]\nSystemCallArchitectures=");
    for (unsigned abi = 0; abi < ABI_COUNT; abi++) {
        if (abi == ABI_X86_64 || any(&learned->calls[abi])) {
            buf_printf(out, "%s%s", abi ? " " : "", arches[abi]);
        }
        call_set_union(&seen, &learned->calls[abi]);
    }
    buf_str(out, "\nSystemCallFilter=");
    names_of(&names, &seen);
    put_names(out, &names, " ", "\nSystemCallFilter=", "");
    buf_str(out, "\nSystemCallErrorNumber=EPERM\n");
}

static void put_text(struct buf *out, const char *text)
{
    render_json_string(out, text, strlen(text)); /* which YAML is, too */
}

static void put_set(struct buf *out, const char *name, const struct string_set *set)
{
    buf_printf(out, "- list: %s\n  items:\n", name);
    for (uint32_t i = 0; i < set->count; i++) {
        buf_str(out, "    - ");
        put_text(out, string_set_at(set, i));
        buf_char(out, '\n');
    }
}

/* A rule about what is not in a list; with nothing in the list, about everything. */
static void put_rule(struct buf *out, const char *name, const char *condition, const char *list,
                     const char *output)
{
    buf_printf(out,
               "- rule: %s\n  desc: not in the trace that the rules were made from\n  condition: %s%s%s%s\n",
               name, condition, list ? " and not " : "", list ? list : "", list ? ")" : "");
    buf_printf(out, "  output: \"%s\"\n  priority: WARNING\n", output);
}

static void rule_of_set(struct buf *out, const struct string_set *set, const char *list, const char *name,
                        const char *condition, const char *field, const char *output)
{
    char test[96] = "";
    if (set->full) {
        buf_printf(out, "# %s: there were more than %d, too many for a rule\n", name, (int)LEARN_STRINGS);
        return;
    }
    if (set->count) {
        put_set(out, list, set);
        snprintf(test, sizeof(test), "%s in (%s", field, list);
    }
    put_rule(out, name, condition, set->count ? test : NULL, output);
}

static void rules_of_ports(struct buf *out, const struct learned *learned)
{
    const char *between = "";
    for (unsigned port = 0; port < 65536; port++) {
        if (learned->ports[port / 64] >> (port % 64) & 1) {
            buf_printf(out, "%s%u", *between ? between : "- list: seen_ports\n  items: [", port);
            between = ", ";
        }
    }
    buf_str(out, *between ? "]\n" : "");
    put_rule(out, "Connects to another port", "evt.type=connect and fd.type in (ipv4, ipv6)",
             *between ? "fd.rport in (seen_ports" : NULL,
             "another port (connection=%fd.name command=%proc.cmdline)");
}

/* A comparison with a program's name, which may hold anything, inside a scalar in single quotes. */
static void put_name_test(struct buf *out, const char *comm)
{
    buf_str(out, "proc.name=\"");
    for (const char *c = comm; *c; c++) {
        buf_str(out, *c == '"' || *c == '\\' ? "\\" : *c == '\'' ? "'" : "");
        buf_char(out, *c);
    }
    buf_char(out, '"');
}

/* An exec is judged as the program that it starts, whoever made the call. */
static void rule_of_program(struct buf *out, const struct learned_program *program, unsigned number)
{
    struct names names;
    struct call_set calls = program->calls;
    call_set_add(&calls, CALL_execve);
    call_set_add(&calls, CALL_execveat);
    names_of(&names, &calls);
    buf_printf(out, "- list: seen_calls_%u\n  items:\n    [", number);
    put_names(out, &names, ", ", ",\n     ", "");
    buf_printf(out, "]\n- rule: Another call %u\n  desc: by a program of this name\n  condition: '", number);
    put_name_test(out, program->comm);
    buf_printf(out, " and not evt.type in (seen_calls_%u)'\n", number);
    buf_str(out, "  output: \"another call (call=%evt.type command=%proc.cmdline)\"\n  priority: WARNING\n");
}

void learned_rules(const struct learned *learned, struct buf *out)
{
    buf_str(out, "# What was not seen. An `action: deny` in a rule denies it with --mode=enforce.\n");
    rule_of_set(out, &learned->executables, "seen_programs", "Runs another program",
                "evt.type in (execve, execveat)", "proc.exepath",
                "another program (program=%proc.exepath command=%proc.cmdline parent=%proc.pname)");
    rule_of_set(out, &learned->directories, "seen_directories", "Writes in another directory",
                "evt.type in (open, openat, openat2, creat) and evt.is_open_write=true", "fd.directory",
                "another directory (file=%fd.name command=%proc.cmdline)");
    rules_of_ports(out, learned);
    for (size_t i = 0; i < learned->program_count; i++) {
        rule_of_program(out, &learned->programs[i], (unsigned)i + 1);
    }
    if (learned->programs_full) {
        buf_printf(out, "# There were more than %d programs.\n", (int)LEARN_PROGRAMS);
    }
}
