#include "decode/explain.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "decode/connection.h"
#include "decode/render.h"

enum {
    FAILURES = 24, /* remembered of one process */
    ENDED = 256,   /* failed processes remembered after their end */
    TEXT = 256,    /* of a call */
    SHOWN = 3,     /* failures in one explanation */
};

/* How likely a failure is the reason. A weaker one counts for a while only: what it broke breaks soon. */
enum weight { WEIGHT_NONE, WEIGHT_WEAK, WEIGHT_MEDIUM, WEIGHT_STRONG, WEIGHT_EXEC };
static const uint64_t ages[] = {
    [WEIGHT_WEAK] = 30, [WEIGHT_MEDIUM] = 100, [WEIGHT_STRONG] = UINT64_MAX, [WEIGHT_EXEC] = UINT64_MAX};

struct failure {
    enum weight weight;
    const struct call *call;
    int error;
    unsigned others;     /* places with the same name where it failed in the same way */
    uint64_t when;       /* in calls of its process */
    int port;            /* of a connect or bind; else -1 */
    char path[PATH_MAX]; /* what it is about, "" if not known */
    char text[TEXT];     /* as it is shown: openat("/root/test") */
};

struct explained {
    pid_t pid;
    pid_t ppid;
    char comm[32];
    uint64_t calls;
    enum exit_how how;
    int status;
    struct failure failures[FAILURES];
    int connecting; /* descriptor of the connect that is under way, whose end getsockopt tells; -1: none */
    struct failure connect;
    struct explained *next;
};

struct explain {
    struct explained *running;
    struct explained *ended; /* the newest first */
};

struct explain *explain_new(void)
{
    return calloc(1, sizeof(struct explain));
}

static void free_all(struct explained *list)
{
    while (list) {
        struct explained *next = list->next;
        free(list);
        list = next;
    }
}

void explain_free(struct explain *explain)
{
    if (explain) {
        free_all(explain->running);
        free_all(explain->ended);
        free(explain);
    }
}

static struct explained *process_of(struct explain *explain, const struct event *event)
{
    struct explained *p = explain->running;
    while (p && p->pid != event->process.pid) {
        p = p->next;
    }
    if (!p) {
        p = calloc(1, sizeof(*p));
        if (!p) {
            return NULL;
        }
        p->pid = event->process.pid;
        p->connecting = -1;
        p->next = explain->running;
        explain->running = p;
    }
    p->ppid = event->process.ppid ? event->process.ppid : p->ppid;
    if (event->process.comm && *event->process.comm) {
        strncpy(p->comm, event->process.comm, sizeof(p->comm) - 1);
    }
    return p;
}

static bool is(const struct event *event, enum call_id id)
{
    return event->call == call_line_in(event->abi, id);
}

static bool is_exec(const struct event *event)
{
    return is(event, CALL_execve) || is(event, CALL_execveat);
}

static bool has_address(const struct event *event)
{
    return is(event, CALL_connect) || is(event, CALL_bind);
}

static const char *name_in(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static size_t stem(const char *name)
{
    return strcspn(*name == '.' ? name + 1 : name, ".") + (*name == '.');
}

/* Of the same name in another place, or a module under its other names: foo.abi3.so, foo.so, foo.py. */
static bool same_name(const char *a, const char *b)
{
    a = name_in(a);
    b = name_in(b);
    bool module = strstr(a, ".so") || strstr(a, ".py");
    return *a && (strcmp(a, b) == 0 || (module && stem(a) == stem(b) && memcmp(a, b, stem(a)) == 0));
}

/* Files that are looked for on every start and done without: nothing fails for the lack of them. */
static bool optional(const char *path)
{
    static const char *const parts[] = {"/etc/ld.so.",     "/locale/",       "/locale-langpack/",
                                        "/gconv/",         "/nscd/",         "pyvenv.cfg",
                                        "/Modules/Setup.", ".zip",           "__pycache__",
                                        "/terminfo/",      "/glibc-hwcaps/", "/etc/gai.conf",
                                        "/etc/inputrc",    "site-packages",  "/.config/",
                                        "/etc/gitconfig",  "pybuilddir.txt", "._pth",
                                        "/.git/",          "/proc/",         "/sys/"};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (strstr(path, parts[i])) {
            return true;
        }
    }
    /* .curlrc and the like */
    const char *name = name_in(path);
    size_t n = strlen(name);
    return *name == '.' && n > 2 && strcmp(name + n - 2, "rc") == 0;
}

static enum weight weigh_missing(const struct event *event)
{
    bool looks = event->call->classes & (CLASS_STAT | CLASS_LSTAT | CLASS_FSTAT | CLASS_STAT_LIKE) ||
                 is(event, CALL_access) || is(event, CALL_faccessat) || is(event, CALL_faccessat2) ||
                 is(event, CALL_readlink) || is(event, CALL_readlinkat);
    return looks ? WEIGHT_WEAK : WEIGHT_MEDIUM;
}

static enum weight weigh(const struct event *event, int error, const char *path)
{
    if (is_exec(event)) {
        return WEIGHT_EXEC;
    }
    if (optional(path)) {
        return WEIGHT_NONE;
    }
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return weigh_missing(event);
    case EEXIST:
    case EISDIR:
    case ENOTEMPTY:
    case EXDEV:
    case ENXIO:
    case ENODEV:
    case EFBIG:
    case EPIPE:
    case ECONNRESET:
        return WEIGHT_MEDIUM;
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP:
    case ENAMETOOLONG:
    case ETXTBSY:
    case EIO:
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EADDRINUSE:
    case EADDRNOTAVAIL:
    case ECONNREFUSED:
    case ETIMEDOUT:
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ESTALE:
        return WEIGHT_STRONG;
    case EAGAIN: /* of a lock that somebody holds, or a fork beyond a limit */
        return is(event, CALL_flock) || is(event, CALL_fcntl) || event->call->classes & CLASS_PROCESS
                   ? WEIGHT_STRONG
                   : WEIGHT_NONE;
    default:
        return WEIGHT_NONE; /* EINTR, EINPROGRESS, ENOTTY, ECHILD...: ordinary life */
    }
}

/* The path as the program gave it, of the first argument that has one; 0: none. */
static uint32_t path_argument(const struct event *event)
{
    for (unsigned i = 0; i < event->call->nargs; i++) {
        const struct value *v = values_at(&event->values, event->value[i]);
        if (event->value[i] && v->type == VALUE_STRING && v->flags & VALUE_PATH) {
            return event->value[i];
        }
    }
    return 0;
}

static void copy_path(char path[PATH_MAX], const struct event *event, const struct connection *c)
{
    uint32_t given = path_argument(event);
    const struct value *v = values_at(&event->values, given);
    const char *text = event->path ? event->path : c->destination.length ? c->destination.address : "";
    size_t n = event->path || !given ? strlen(text) : v->length;
    n = n < PATH_MAX ? n : PATH_MAX - 1;
    memcpy(path, event->path || !given ? text : event->values.bytes + v->bytes, n);
    path[n] = 0;
}

/* openat("/root/test"), connect(127.0.0.1:80), setuid(0) */
static void put_text(char text[TEXT], const struct event *event, const struct connection *c)
{
    const struct render_options options = {.column = 0};
    uint32_t path = path_argument(event);
    struct buf out = {0};
    if (path || c->destination.length) {
        buf_str(&out, event->call->name);
        buf_char(&out, '(');
    }
    if (path) {
        const struct value *v = values_at(&event->values, path);
        render_quoted(&out, event->values.bytes + v->bytes, v->length, STRING_PLAIN, true);
    } else if (c->destination.length) {
        render_plain(&out, c->destination.address, c->destination.length);
        if (c->destination.port >= 0) {
            buf_str(&out, strcmp(c->family, "inet6") == 0 ? " port " : ":");
            buf_int(&out, c->destination.port);
        }
    } else {
        render_call_start(&out, event, &options);
    }
    buf_char(&out, ')');
    size_t n = out.failed ? 0 : out.len < TEXT ? out.len : TEXT - 1;
    memcpy(text, out.data ? out.data : "", n);
    text[n] = 0;
    buf_free(&out);
}

/* True if this success shows that the failure did no harm. */
static bool moots(const struct event *event, const struct failure *f, const char *path,
                  const struct connection *c)
{
    if (f->weight == WEIGHT_EXEC) {
        return is_exec(event);
    }
    if (f->port >= 0) {
        return has_address(event) && f->call == event->call && f->port == c->destination.port;
    }
    if (!*f->path) {
        return f->call == event->call;
    }
    if (f->error == ENOENT || f->error == ENOTDIR || f->error == EACCES) {
        bool looked_for = strcmp(f->path, path) == 0 || (f->error != EACCES && same_name(f->path, path));
        return *path && looked_for && (f->error != EACCES || f->call == event->call);
    }
    return strcmp(f->path, path) == 0 && f->call == event->call;
}

static void succeeded(struct explained *p, const struct event *event)
{
    char path[PATH_MAX];
    struct connection c = {.destination = {.port = -1}};
    if (has_address(event)) {
        connection_of(event, &c);
    }
    copy_path(path, event, &c);
    for (size_t i = 0; i < FAILURES; i++) {
        struct failure *f = &p->failures[i];
        if (f->weight != WEIGHT_NONE && moots(event, f, path, &c)) {
            f->weight = WEIGHT_NONE;
        }
    }
}

/* What the failure of this call is about. */
static void describe(struct failure *f, const struct event *event, uint64_t when)
{
    struct connection c = {.destination = {.port = -1}};
    if (has_address(event)) {
        connection_of(event, &c);
    }
    *f = (struct failure){.call = event->call, .when = when, .port = c.destination.port};
    copy_path(f->path, event, &c);
    put_text(f->text, event, &c);
}

/* Where a new failure goes: on one like it, in a free place, or on the oldest of the weakest. */
static struct failure *place_for(struct explained *p, const struct failure *new)
{
    struct failure *place = &p->failures[0];
    for (size_t i = 0; i < FAILURES; i++) {
        struct failure *f = &p->failures[i];
        if (f->weight == new->weight && f->call == new->call && f->error == new->error &&
            f->port == new->port && (same_name(f->path, new->path) || strcmp(f->path, new->path) == 0)) {
            return f;
        }
        if (f->weight < place->weight || (f->weight == place->weight && f->when < place->when)) {
            place = f;
        }
    }
    place->weight = WEIGHT_NONE;
    return place;
}

static void put(struct explained *p, struct failure *new)
{
    struct failure *place = place_for(p, new);
    if (place->weight != WEIGHT_NONE) {
        new->others = place->others + (strcmp(place->path, new->path) != 0);
    }
    *place = *new;
}

static void remember(struct explained *p, const struct event *event, int error)
{
    struct failure new;
    describe(&new, event, p->calls);
    new.error = error;
    new.weight = weigh(event, error, new.path);
    if (error == EINPROGRESS && is(event, CALL_connect)) {
        p->connecting = (int)event->args[0];
        p->connect = new;
    } else if (new.weight != WEIGHT_NONE) {
        put(p, &new);
    }
}

/* getsockopt(SO_ERROR) tells how a connect ended that did not wait. */
static void connected(struct explained *p, const struct event *event)
{
    uint32_t value = event->value[3];
    uint32_t error = value ? values_at(&event->values, value)->first : 0;
    if (!is(event, CALL_getsockopt) || (int)event->args[0] != p->connecting || event->args[1] != SOL_SOCKET ||
        event->args[2] != SO_ERROR || !error) {
        return;
    }
    p->connect.error = (int)values_at(&event->values, error)->number;
    p->connect.weight = WEIGHT_STRONG;
    p->connect.when = p->calls;
    p->connecting = -1;
    if (p->connect.error) {
        put(p, &p->connect);
    }
}

void explain_call(struct explain *explain, const struct event *event)
{
    struct explained *p = event->call->name ? process_of(explain, event) : NULL;
    if (!p || event->result_state != RESULT_KNOWN) {
        return;
    }
    p->calls++;
    if (result_is_error(event->result)) { /* to the program, injected or not */
        remember(p, event, (int)-event->result);
    } else {
        connected(p, event);
        succeeded(p, event);
    }
}

void explain_exit(struct explain *explain, const struct event *event)
{
    struct explained **at = &explain->running;
    while (*at && (*at)->pid != event->process.pid) {
        at = &(*at)->next;
    }
    struct explained *p = *at;
    if (!p || event->tid != p->pid) {
        return;
    }
    *at = p->next;
    p->how = event->how;
    p->status = event->status;
    if (p->how == EXIT_CODE && p->status == 0) {
        free(p);
        return;
    }
    p->next = explain->ended;
    explain->ended = p;
    for (unsigned n = 1; p; n++, p = p->next) {
        if (n == ENDED) {
            free_all(p->next);
            p->next = NULL;
        }
    }
}

/* As a shell gives it on: 128 and the signal's number. */
static int shell_status(const struct explained *p)
{
    return p->how == EXIT_SIGNALED ? 128 + p->status : p->status;
}

/* The child whose failure p passed on as its own, the newest if there are several; NULL: it failed itself. */
static const struct explained *culprit(const struct explain *explain, const struct explained *p)
{
    const struct explained *child = explain->ended;
    while (child && (child->ppid != p->pid || shell_status(child) != shell_status(p))) {
        child = child->next;
    }
    return child;
}

static bool counts(const struct explained *p, const struct failure *f)
{
    return f->weight != WEIGHT_NONE && p->calls - f->when <= ages[f->weight];
}

/* The likeliest failure: the heaviest, of those the last. */
static const struct failure *best(const struct explained *p, const struct failure *const shown[],
                                  unsigned count)
{
    const struct failure *found = NULL;
    for (size_t i = 0; i < FAILURES; i++) {
        const struct failure *f = &p->failures[i];
        bool taken = !counts(p, f);
        for (unsigned k = 0; k < count; k++) {
            taken = taken || shown[k] == f;
        }
        if (!taken &&
            (!found || f->weight > found->weight || (f->weight == found->weight && f->when > found->when))) {
            found = f;
        }
    }
    return found;
}

/* What an errno means for this call, where its own text does not say it. */
static const char *hint(const struct failure *f, bool (*exists)(const char *path))
{
    static const struct {
        const char *call;
        int error;
        const char *text;
    } hints[] = {
        {"connect", ECONNREFUSED, "nothing listens there"},
        {"bind", EACCES, "ports below 1024 need CAP_NET_BIND_SERVICE"},
        {"execve", ENOEXEC, "it is no program, and has no #! line"},
    };
    if (f->weight == WEIGHT_EXEC && f->error == ENOENT && exists && *f->path && exists(f->path)) {
        return "the file is there, but the interpreter that its first line or its ELF header names is not";
    }
    const char *name = name_in(f->path);
    if (f->error == ENOENT && strncmp(name, "lib", 3) == 0 && strstr(name, ".so")) {
        return "a shared library is missing";
    }
    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
        if (strcmp(f->call->name, hints[i].call) == 0 && f->error == hints[i].error) {
            return hints[i].text;
        }
    }
    return NULL;
}

static void render_failure(struct buf *out, const struct failure *f, bool (*exists)(const char *path))
{
    const char *name = errno_name(f->error);
    buf_str(out, f->text);
    buf_str(out, " failed: ");
    buf_str(out, name ? name : "an unknown error");
    buf_str(out, " (");
    buf_str(out, strerror(f->error));
    buf_char(out, ')');
    if (f->others) {
        buf_str(out, ", as in ");
        buf_uint(out, f->others);
        buf_str(out, f->others == 1 ? " other place" : " other places");
    }
    const char *why = hint(f, exists);
    if (why) {
        buf_str(out, ": ");
        buf_str(out, why);
    }
}

static void render_end(struct buf *out, const struct explained *p)
{
    render_plain(out, p->comm, strlen(p->comm));
    buf_str(out, *p->comm ? " (pid " : "pid ");
    buf_int(out, p->pid);
    buf_str(out, *p->comm ? ") " : " ");
    if (p->how == EXIT_SIGNALED) {
        buf_str(out, "was killed by ");
        buf_str(out, signal_name(p->status) ? signal_name(p->status) : "a signal");
    } else {
        buf_str(out, "exited with ");
        buf_int(out, p->status);
    }
}

void explain_render(struct buf *out, const struct explain *explain, pid_t pid,
                    bool (*exists)(const char *path))
{
    const struct failure *shown[SHOWN] = {0};
    const struct explained *p = explain->ended;
    while (p && p->pid != pid) {
        p = p->next;
    }
    if (!p || p->how == EXIT_UNKNOWN) {
        return;
    }
    const struct explained *child = culprit(explain, p);
    for (unsigned depth = 0; child && depth < ENDED; depth++) { /* ids come again: it might go round */
        p = child;
        child = culprit(explain, p);
    }
    render_end(out, p);
    for (unsigned n = 0; n < SHOWN; n++) {
        shown[n] = best(p, shown, n);
        if (!shown[n] || (n && shown[n]->weight < WEIGHT_STRONG)) {
            break;
        }
        buf_str(out, n == 0 ? "; before that: " : "; also ");
        render_failure(out, shown[n], exists);
    }
    buf_str(out, shown[0] ? "\n" : "; no failing call explains it\n");
}
