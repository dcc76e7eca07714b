#include "supervisor/facts.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "decode/base/cleanup.h"
#include "decode/base/time.h"
#include "supervisor/overlay.h"
#include "supervisor/target.h"
#include "supervisor/trace_clock.h"

enum { FACTS_MAX = 4096, ANCESTORS_FOLLOWED = 64, ARGS_MAX = 64 * 1024 };

/* What texts[] holds. */
enum { TEXT_EXEPATH, TEXT_ARGV, TEXT_ARGS, TEXT_CMDLINE, TEXT_EXELINE, TEXT_CWD, TEXT_ENV, TEXT_CONTAINER };

struct facts *facts_hold(struct facts *f)
{
    f->references++;
    return f;
}

void facts_release(struct facts *f)
{
    while (f && --f->references == 0) {
        struct facts *parent = f->parent;
        for (size_t i = 0; i < ARRAY_SIZE(f->texts); i++) {
            free(f->texts[i]);
        }
        free(f->memo);
        free(f);
        f = parent;
    }
}

static struct facts **place_of(struct facts_table *table, pid_t pid)
{
    struct facts **at = &table->buckets[(unsigned)pid % FACTS_BUCKETS];
    while (*at && (*at)->process.pid != pid) {
        at = &(*at)->next;
    }
    return at;
}

/* Takes a process out of the table. Its children and the events that hold its facts keep them. */
static void drop(struct facts_table *table, struct facts **at)
{
    struct facts *f = *at;
    *at = f->next;
    f->current = false;
    table->count--;
    facts_release(f);
}

static void clear(struct facts_table *table)
{
    for (size_t i = 0; i < FACTS_BUCKETS; i++) {
        while (table->buckets[i]) {
            drop(table, &table->buckets[i]);
        }
    }
}

void facts_free(struct facts_table *table)
{
    clear(table);
    user_names_free(&table->users);
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
    p->exe_writable = p->exe_memfd = POLICY_UNKNOWN;
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
        p->exe_ctime = ns_of(st.st_ctim);
        p->exe_mtime = ns_of(st.st_mtim);
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
    p->arg_count = first < length;
    for (size_t i = first + 1; i < length; i++) {
        p->arg_count += !argv[i];
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

void facts_init(struct facts_table *table, const struct program *program)
{
    char status[4096];
    *table = (struct facts_table){.program = program};
    table->boot_ns = trace_clock_boot();
    if (target_proc_read(1, "status", status, sizeof(status)) > 0) {
        table->capabilities = (uint64_t)number_of(status, "\nCapBnd:", 0, 16);
    }
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
        f->process.started =
            f->table->boot_ns + (int64_t)start * (NS_PER_SECOND / (int64_t)sysconf(_SC_CLK_TCK));
    }
}

static void load_status(struct facts *f)
{
    char status[4096];
    char loginuid[16];
    struct policy_process *p = &f->process;
    p->uid = p->gid = p->loginuid = p->tty = POLICY_UNKNOWN;
    p->all_caps = POLICY_UNKNOWN;
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
    uint64_t bounding = (uint64_t)number_of(status, "\nCapBnd:", 0, 16);
    p->all_caps = (f->table->capabilities & ~bounding) == 0;
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
    const struct user_name *user = user_names_find(&f->table->users, p->uid);
    const struct user_name *login = user_names_find(&f->table->users, p->loginuid);
    p->user_name = user ? user->name : NULL;
    p->user_home = user ? user->home : NULL;
    p->user_shell = user ? user->shell : NULL;
    p->login_name = login ? login->name : NULL;
    p->group_name = group_names_find(&f->table->users, p->gid);
}

void facts_set_layer(struct policy_process *process, const char *path)
{
    int upper = path && *path == '/' ? overlay_upper(process->pid, path) : POLICY_UNKNOWN;
    process->exe_upper_layer = (int8_t)upper;
    process->exe_lower_layer = (int8_t)(upper < 0 ? POLICY_UNKNOWN : !upper);
}

static struct facts *find(struct facts_table *table, pid_t pid);

static void set_parent(struct facts *f, struct facts *parent)
{
    struct facts *before = f->parent;
    f->parent = parent ? facts_hold(parent) : NULL;
    f->process.parent = parent ? &parent->process : NULL;
    f->process.loaded |= PROCESS_PARENT;
    facts_release(before);
}

static void load_parent(struct facts *f)
{
    char status[4096];
    if (!f->process.ppid && target_proc_read(f->process.pid, "status", status, sizeof(status)) > 0) {
        f->process.ppid = (pid_t)number_of(status, "\nPPid:", 0, 10);
    }
    set_parent(f, f->process.ppid > 0 ? find(f->table, f->process.ppid) : NULL);
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

static void load_layer(struct facts *f)
{
    struct policy_process *p = process_facts(&f->process, PROCESS_EXE);
    facts_set_layer(p, p->exepath && !p->exe_memfd ? p->exepath : NULL);
}

static void load(struct policy_process *process, unsigned group)
{
    static void (*const loaders[])(struct facts *) = {load_name,      load_exe,  load_args,   load_cwd,
                                                      load_status,    load_env,  load_parent, load_user,
                                                      load_container, load_layer};
    struct facts *f = container_of(process, struct facts, process);
    process->loaded |= group; /* first: a loader may ask for what it is part of */
    loaders[__builtin_ctz(group)](f);
}

unsigned facts_ancestors(const struct facts_table *table)
{
    return table->program->ancestor_groups & (PROCESS_NAME | PROCESS_EXE | PROCESS_ARGS);
}

static struct facts *add(struct facts_table *table, pid_t pid, uint64_t birth)
{
    struct facts **bucket = &table->buckets[(unsigned)pid % FACTS_BUCKETS];
    struct facts *f = calloc(1, sizeof(*f));
    if (f) {
        *f = (struct facts){.process = {.pid = pid, .load = load},
                            .table = table,
                            .next = *bucket,
                            .birth = birth ? birth : ++table->births,
                            .references = 1,
                            .current = true};
        *bucket = f;
        table->count++;
    }
    return f;
}

/* The facts are not true any more: new ones, with what neither an exec nor other credentials change. */
static struct facts *renew(struct facts_table *table, struct facts *old)
{
    facts_hold(old);
    drop(table, place_of(table, old->process.pid));
    struct facts *f = add(table, old->process.pid, old->birth);
    if (f) {
        f->process.ppid = old->process.ppid;
        if (old->parent) {
            set_parent(f, old->parent);
        }
    }
    facts_release(old);
    return f;
}

static struct facts *find(struct facts_table *table, pid_t pid)
{
    struct facts *f = *place_of(table, pid);
    if (f && f->stale) {
        return renew(table, f);
    }
    return f ? f : add(table, pid, 0);
}

void facts_changed(struct facts_table *table, pid_t pid)
{
    struct facts *f = *place_of(table, pid);
    if (f) {
        f->stale = true;
    }
}

/*
 * An ancestor that has exec'd since is looked at as it is now. One that has ended stays as it was: what a
 * process was started by is of interest when that is gone, too.
 */
static void follow_ancestors(struct facts *f)
{
    for (int i = 0; f && f->parent && i < ANCESTORS_FOLLOWED; i++, f = f->parent) {
        struct facts *parent = f->parent;
        bool true_still = parent->current && !parent->stale;
        struct facts *now = true_still ? NULL : *place_of(f->table, parent->process.pid);
        if (now && now->birth == parent->birth) {
            set_parent(f, now->stale ? renew(f->table, now) : now);
            f->table->lineage++;
        }
    }
}

/* The parent may end before a rule asks about it, so what the rules ask of ancestors is read at once. */
static void meet_parent(struct facts *f, pid_t ppid)
{
    f->process.ppid = ppid;
    if (facts_ancestors(f->table) && ppid > 0) {
        process_facts(&f->process, PROCESS_PARENT);
        process_facts(f->process.parent, facts_ancestors(f->table));
    }
}

/* The kernel gives its children to another process then, and we may not have met them yet. */
void facts_before_end(struct facts *f, pid_t tid)
{
    char file[48];
    char children[4096];
    snprintf(file, sizeof(file), "task/%d/children", tid);
    ssize_t n = target_proc_read(f->process.pid, file, children, sizeof(children));
    char *end = children;
    for (long pid = n > 0 ? strtol(children, &end, 10) : 0; pid > 0; pid = strtol(end, &end, 10)) {
        struct facts *child = find(f->table, (pid_t)pid);
        if (child && !(child->process.loaded & PROCESS_PARENT)) {
            process_facts(&f->process, facts_ancestors(f->table));
            child->process.ppid = f->process.pid;
            set_parent(child, f);
        }
    }
}

struct facts *facts_get(struct facts_table *table, const struct facts_of *of)
{
    struct facts *f = *place_of(table, of->pid);
    if (!f && table->count > FACTS_MAX) { /* mostly processes that are gone; the others are read again */
        clear(table);
    }
    if (!f) {
        f = add(table, of->pid, 0);
    } else if (f->generation != of->generation || f->stale) {
        f = renew(table, f);
    }
    if (!f) {
        return NULL;
    }
    if (!f->process.ppid) {
        meet_parent(f, of->ppid);
    }
    if (f->directory != of->directory) {
        f->process.loaded &= ~(uint32_t)PROCESS_CWD;
        f->process.cwd = NULL;
    }
    f->generation = of->generation;
    f->directory = of->directory;
    f->memo = f->memo ? f->memo : memo_new(table->program);
    follow_ancestors(f);
    if (f->lineage != table->lineage) {
        f->lineage = table->lineage;
        memo_forget(f->memo);
    }
    return f;
}

void facts_gone(struct facts_table *table, pid_t pid)
{
    struct facts **at = place_of(table, pid);
    if (*at) {
        drop(table, at);
    }
}

/* The nth of the texts that are one allocation, each ended by a NUL. */
static const char *keep(char **at, const char *text)
{
    char *kept = *at;
    if (!text) {
        return NULL;
    }
    *at = stpcpy(kept, text) + 1;
    return kept;
}

static size_t size_of(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

/* registry:port/name:tag@digest */
static void split_image(struct policy_container *c, char **at)
{
    const char *image = c->image ? c->image : "";
    const char *slash = strrchr(image, '/');
    const char *digest = strchr(image, '@');
    const char *tag = strchr(slash ? slash : image, ':');
    if (tag && digest && tag > digest) {
        tag = NULL; /* that of the digest */
    }
    size_t name = (size_t)((tag ? tag : digest ? digest : image + strlen(image)) - image);
    size_t tag_length = tag ? strcspn(tag + 1, "@") : 0;
    c->digest = digest ? digest + 1 : NULL;
    if (name) {
        c->repository = *at;
        *at = mempcpy(*at, image, name);
        *(*at)++ = 0;
    }
    if (tag_length) {
        c->tag = *at;
        *at = mempcpy(*at, tag + 1, tag_length);
        *(*at)++ = 0;
    }
}

void facts_describe(struct facts *f, const struct event_container *from)
{
    struct policy_container *c = &f->container;
    if (f->process.loaded & PROCESS_CONTAINER && f->texts[TEXT_CONTAINER] && !strcmp(c->full_id, from->id)) {
        return; /* a container's description does not change */
    }
    size_t size = size_of(from->id) + size_of(from->name) + 2 * size_of(from->image) + size_of(from->pod) +
                  size_of(from->pod_uid) + size_of(from->pod_namespace) + 2;
    char *at = malloc(size);
    set_text(f, TEXT_CONTAINER, at);
    f->process.loaded |= PROCESS_CONTAINER;
    if (!at) {
        return;
    }
    snprintf(f->container_short, sizeof(f->container_short), "%s", from->id);
    *c = (struct policy_container){.id = f->container_short,
                                   .full_id = keep(&at, from->id),
                                   .name = keep(&at, from->name),
                                   .type = "oci",
                                   .image = keep(&at, from->image),
                                   .pod = keep(&at, from->pod),
                                   .pod_uid = keep(&at, from->pod_uid),
                                   .namespace = keep(&at, from->pod_namespace),
                                   .privileged = POLICY_UNKNOWN};
    split_image(c, &at);
    f->process.container = c;
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
