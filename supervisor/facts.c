#include "supervisor/facts.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "supervisor/target.h"

enum { FACTS_MAX = 4096, ARGS_MAX = 64 * 1024, NS_PER_S = 1000000000 };

/* What texts[] holds. */
enum {
    TEXT_EXEPATH,
    TEXT_ARGV,
    TEXT_ARGS,
    TEXT_CMDLINE,
    TEXT_EXELINE,
    TEXT_CWD,
    TEXT_ENV,
    TEXT_USER,
    TEXT_HOME,
    TEXT_SHELL,
    TEXT_LOGIN,
    TEXT_GROUP
};

static int64_t clock_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * (int64_t)NS_PER_S + t.tv_nsec;
}

void facts_init(struct facts_table *table, const struct program *program)
{
    *table = (struct facts_table){.program = program};
    table->boot_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
}

static void forget(struct facts *f)
{
    struct policy_process blank = {.pid = f->process.pid, .load = f->process.load};
    for (size_t i = 0; i < ARRAY_SIZE(f->texts); i++) {
        free(f->texts[i]);
        f->texts[i] = NULL;
    }
    f->process = blank;
    f->stale = false;
    memo_forget(f->memo);
}

static void clear(struct facts_table *table)
{
    for (size_t i = 0; i < FACTS_BUCKETS; i++) {
        while (table->buckets[i]) {
            struct facts *f = table->buckets[i];
            table->buckets[i] = f->next;
            forget(f);
            free(f->memo);
            free(f);
        }
    }
    table->count = 0;
}

void facts_free(struct facts_table *table)
{
    clear(table);
}

static void set_text(struct facts *f, unsigned which, char *owned)
{
    free(f->texts[which]);
    f->texts[which] = owned;
}

static void load_name(struct facts *f)
{
    ssize_t n = target_proc_read(f->process.pid, "comm", f->name, sizeof(f->name));
    if (n > 0) {
        f->name[strcspn(f->name, "\n")] = 0;
        f->process.name = f->name;
    }
}

/* By the permission bits and the process's effective ids. */
static int8_t writable_by(const struct policy_process *p, const struct stat *st)
{
    if (p->uid == 0) {
        return 1;
    }
    mode_t bit = (int64_t)st->st_uid == p->uid ? S_IWUSR : (int64_t)st->st_gid == p->gid ? S_IWGRP : S_IWOTH;
    return (st->st_mode & bit) != 0;
}

static void load_exe(struct facts *f)
{
    char path[PATH_MAX];
    char link[32];
    struct stat st;
    struct policy_process *p = process_facts(&f->process, PROCESS_STATUS);
    p->exe_writable = p->exe_upper_layer = p->exe_lower_layer = p->exe_memfd = POLICY_UNKNOWN;
    if (target_proc_link(p->pid, "exe", path, sizeof(path)) <= 0) {
        return;
    }
    char *deleted = strstr(path, " (deleted)");
    if (deleted && !deleted[10]) {
        *deleted = 0;
    }
    p->exe_memfd = !strncmp(path, "/memfd:", 7);
    set_text(f, TEXT_EXEPATH, strdup(p->exe_memfd ? path + 1 : path));
    p->exepath = f->texts[TEXT_EXEPATH];
    snprintf(link, sizeof(link), "/proc/%d/exe", p->pid);
    if (stat(link, &st) == 0) {
        p->exe_ino = (int64_t)st.st_ino;
        p->exe_ctime = st.st_ctim.tv_sec * (int64_t)NS_PER_S + st.st_ctim.tv_nsec;
        p->exe_mtime = st.st_mtim.tv_sec * (int64_t)NS_PER_S + st.st_mtim.tv_nsec;
        p->exe_writable = writable_by(p, &st);
    }
}

/* "first rest", owned by the facts. */
static struct text join(struct facts *f, unsigned which, const char *first, const struct text *rest)
{
    char *line = NULL;
    int n = asprintf(&line, "%s%s%.*s", first, rest->n ? " " : "", (int)rest->n, rest->n ? rest->s : "");
    set_text(f, which, n < 0 ? NULL : line);
    return (struct text){n < 0 ? NULL : line, n < 0 ? 0 : (size_t)n};
}

static void load_args(struct facts *f)
{
    struct policy_process *p = process_facts(&f->process, PROCESS_NAME);
    char *argv = malloc(ARGS_MAX);
    ssize_t n = argv ? target_proc_read(p->pid, "cmdline", argv, ARGS_MAX) : -ENOMEM;
    set_text(f, TEXT_ARGV, argv);
    if (n < 0) {
        return;
    }
    size_t length = (size_t)n;
    while (length && !argv[length - 1]) {
        length--;
    }
    size_t first = strnlen(argv, length);
    p->exe = (struct text){argv, first};
    argv[length] = 0;
    for (size_t i = first + 1; i < length; i++) {
        argv[i] = argv[i] ? argv[i] : ' ';
    }
    p->args = first < length ? (struct text){argv + first + 1, length - first - 1} : (struct text){"", 0};
    p->cmdline = join(f, TEXT_CMDLINE, p->name ? p->name : "", &p->args);
    p->exeline = join(f, TEXT_EXELINE, argv, &p->args);
}

/* Falco's proc.cwd ends in a slash. */
static void load_cwd(struct facts *f)
{
    char path[PATH_MAX + 1];
    ssize_t n = target_proc_link(f->process.pid, "cwd", path, sizeof(path) - 1);
    if (n > 0) {
        if (path[n - 1] != '/') {
            path[n++] = '/';
            path[n] = 0;
        }
        set_text(f, TEXT_CWD, strdup(path));
        f->process.cwd = f->texts[TEXT_CWD];
    }
}

/* The nth number (from 0) of a line of /proc/PID/status; -1: the last. */
static int64_t number_of(const char *status, const char *name, int nth, int base)
{
    const char *at = strstr(status, name);
    int64_t number = POLICY_UNKNOWN;
    at = at ? at + strlen(name) : NULL;
    for (int i = 0; at && (nth < 0 || i <= nth); i++) {
        while (*at == ' ' || *at == '\t') {
            at++;
        }
        if (!isxdigit((unsigned char)*at)) {
            break;
        }
        char *end;
        number = (int64_t)strtoull(at, &end, base);
        at = end;
    }
    return number;
}

static void read_stat(struct facts *f)
{
    char stat[1024];
    int tty;
    unsigned long long start;
    if (target_proc_read(f->process.pid, "stat", stat, sizeof(stat)) <= 0) {
        return;
    }
    const char *after = strrchr(stat, ')'); /* the name before it may hold anything */
    /* state ppid pgrp session tty_nr, then 14 fields, then starttime (proc(5)) */
    if (after &&
        sscanf(after + 1, " %*c %*d %*d %*d %d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
               &tty, &start) == 2) {
        f->process.tty = tty;
        f->process.started = f->table->boot_ns + (int64_t)start * (NS_PER_S / (int64_t)sysconf(_SC_CLK_TCK));
    }
}

static void load_status(struct facts *f)
{
    char status[4096];
    char loginuid[16];
    struct policy_process *p = &f->process;
    p->uid = p->gid = p->loginuid = p->tty = POLICY_UNKNOWN;
    if (target_proc_read(p->pid, "status", status, sizeof(status)) <= 0) {
        return;
    }
    p->uid = number_of(status, "\nUid:", 1, 10);
    p->gid = number_of(status, "\nGid:", 1, 10);
    p->vpid = (pid_t)number_of(status, "\nNSpid:", -1, 10);
    p->pgid = (pid_t)number_of(status, "\nNSpgid:", 0, 10);
    p->vpgid = (pid_t)number_of(status, "\nNSpgid:", -1, 10);
    p->sid = (pid_t)number_of(status, "\nNSsid:", 0, 10);
    p->vsid = (pid_t)number_of(status, "\nNSsid:", -1, 10);
    p->threads = number_of(status, "\nThreads:", 0, 10);
    p->cap_inheritable = (uint64_t)number_of(status, "\nCapInh:", 0, 16);
    p->cap_permitted = (uint64_t)number_of(status, "\nCapPrm:", 0, 16);
    p->cap_effective = (uint64_t)number_of(status, "\nCapEff:", 0, 16);
    if (target_proc_read(p->pid, "loginuid", loginuid, sizeof(loginuid)) > 0) {
        p->loginuid = (int32_t)strtoul(loginuid, NULL, 10); /* (uid_t)-1: none */
    }
    read_stat(f);
}

static void load_env(struct facts *f)
{
    char *env = malloc(ARGS_MAX);
    ssize_t n = env ? target_proc_read(f->process.pid, "environ", env, ARGS_MAX) : -ENOMEM;
    set_text(f, TEXT_ENV, env);
    f->process.env = n >= 0 ? (struct text){env, (size_t)n} : (struct text){NULL, 0};
}

static void load_user(struct facts *f)
{
    struct policy_process *p = process_facts(&f->process, PROCESS_STATUS);
    struct passwd pw;
    struct passwd *found = NULL;
    struct group gr;
    struct group *group = NULL;
    char buf[4096];
    if (p->uid >= 0 && getpwuid_r((uid_t)p->uid, &pw, buf, sizeof(buf), &found) == 0 && found) {
        set_text(f, TEXT_USER, strdup(pw.pw_name));
        set_text(f, TEXT_HOME, strdup(pw.pw_dir));
        set_text(f, TEXT_SHELL, strdup(pw.pw_shell));
    }
    if (p->loginuid >= 0 && getpwuid_r((uid_t)p->loginuid, &pw, buf, sizeof(buf), &found) == 0 && found) {
        set_text(f, TEXT_LOGIN, strdup(pw.pw_name));
    }
    if (p->gid >= 0 && getgrgid_r((gid_t)p->gid, &gr, buf, sizeof(buf), &group) == 0 && group) {
        set_text(f, TEXT_GROUP, strdup(gr.gr_name));
    }
    p->user_name = f->texts[TEXT_USER];
    p->user_home = f->texts[TEXT_HOME];
    p->user_shell = f->texts[TEXT_SHELL];
    p->login_name = f->texts[TEXT_LOGIN];
    p->group_name = f->texts[TEXT_GROUP];
}

static struct facts *find(struct facts_table *table, pid_t pid);

static void load_parent(struct facts *f)
{
    char status[4096];
    if (target_proc_read(f->process.pid, "status", status, sizeof(status)) > 0) {
        f->process.ppid = (pid_t)number_of(status, "\nPPid:", 0, 10);
    }
    struct facts *parent = f->process.ppid > 0 ? find(f->table, f->process.ppid) : NULL;
    f->process.parent = parent ? &parent->process : NULL;
}

/* Runtimes put a container's processes into a cgroup whose name ends in the container's id: 64 digits. */
static void load_container(struct facts *f)
{
    char text[4096];
    size_t run = 0;
    if (target_proc_read(f->process.pid, "cgroup", text, sizeof(text)) <= 0) {
        return;
    }
    for (const char *s = text; *s; s++) {
        run = isxdigit((unsigned char)*s) && !isupper((unsigned char)*s) ? run + 1 : 0;
        if (run == 64) {
            memcpy(f->container_id, s - 63, 64);
            memcpy(f->container_short, s - 63, 12);
            f->container = (struct policy_container){.id = f->container_short,
                                                     .full_id = f->container_id,
                                                     .type = "oci",
                                                     .privileged = POLICY_UNKNOWN};
            f->process.container = &f->container;
            return;
        }
    }
}

static void load(struct policy_process *process, unsigned group)
{
    static void (*const loaders[])(struct facts *) = {load_name,   load_exe,    load_args,
                                                      load_cwd,    load_status, load_env,
                                                      load_parent, load_user,   load_container};
    struct facts *f = container_of(process, struct facts, process);
    process->loaded |= group; /* first: a loader may ask for what it is part of */
    loaders[__builtin_ctz(group)](f);
}

static struct facts *find(struct facts_table *table, pid_t pid)
{
    struct facts **bucket = &table->buckets[(unsigned)pid % FACTS_BUCKETS];
    for (struct facts *f = *bucket; f; f = f->next) {
        if (f->process.pid == pid) {
            return f;
        }
    }
    struct facts *f = calloc(1, sizeof(*f));
    if (f) {
        f->process.pid = pid;
        f->process.load = load;
        f->table = table;
        f->next = *bucket;
        *bucket = f;
        table->count++;
    }
    return f;
}

struct facts *facts_get(struct facts_table *table, pid_t pid, uint64_t generation)
{
    if (table->count > FACTS_MAX) { /* mostly processes that are gone; the others are read again */
        clear(table);
    }
    struct facts *f = find(table, pid);
    if (f && (f->generation != generation || f->stale)) {
        forget(f);
        f->generation = generation;
    }
    if (f && !f->memo) {
        f->memo = memo_new(table->program);
    }
    return f;
}

void facts_calls(struct call_set *calls)
{
    static const enum call_id changes[] = {
        CALL_setuid,     CALL_setgid,     CALL_setreuid,    CALL_setregid,   CALL_setresuid,
        CALL_setresgid,  CALL_setfsuid,   CALL_setfsgid,    CALL_setgroups,  CALL_capset,
        CALL_setsid,     CALL_setpgid,    CALL_prctl,       CALL_setuid32,   CALL_setgid32,
        CALL_setreuid32, CALL_setregid32, CALL_setresuid32, CALL_setresgid32};
    for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
        call_set_add(calls, changes[i]);
    }
}
