#include "policy/field_event.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "decode/base/cleanup.h"
#include "decode/base/time.h"
#include "decode/path.h"
#include "decode/render.h"

static bool give_text(struct field_value *value, const char *s, size_t n)
{
    value->text = (struct text){s, n};
    return s != NULL;
}

static struct buf *composed(struct reader *r)
{
    struct buf *b = &r->composed[r->side];
    b->len = 0;
    return b;
}

static bool give_buf(struct field_value *value, const struct buf *b)
{
    return !b->failed && give_text(value, b->len ? b->data : "", b->len);
}

bool get_nothing(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    (void)r, (void)ref, (void)nth, (void)value;
    return false;
}

/* From 1: "evt.num=0" is how rules say "never". */
bool get_evt_num(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    (void)ref;
    value->number = (int64_t)r->subject->event->sequence + 1;
    return nth == 0;
}

bool get_evt_type(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    (void)ref;
    const char *name = r->subject->event->call->name;
    return nth == 0 && name && give_text(value, name, strlen(name));
}

/* Falco has given up events of entries (0.42): what it judges is a call that returned, always. */
bool get_evt_dir(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    (void)r, (void)ref;
    return nth == 0 && give_text(value, "<", 1);
}

bool get_evt_category(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    static const struct {
        uint32_t class;
        const char *name;
    } categories[] = {{CLASS_NETWORK, "net"},   {CLASS_FILE, "file"},  {CLASS_PROCESS, "process"},
                      {CLASS_SIGNAL, "signal"}, {CLASS_IPC, "ipc"},    {CLASS_MEMORY, "memory"},
                      {CLASS_CREDS, "user"},    {CLASS_CLOCK, "time"}, {CLASS_DESC, "file"}};
    (void)ref;
    for (size_t i = 0; nth == 0 && i < ARRAY_SIZE(categories); i++) {
        if (r->subject->event->call->classes & categories[i].class) {
            return give_text(value, categories[i].name, strlen(categories[i].name));
        }
    }
    return nth == 0 && give_text(value, "other", 5);
}

bool get_evt_source(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    (void)r, (void)ref;
    return nth == 0 && give_text(value, "syscall", 7);
}

void event_time(struct buf *out, int64_t time_ns, unsigned form)
{
    static const char *const formats[] = {
        [TIME_CLOCK] = "%H:%M:%S",
        [TIME_CLOCK_S] = "%H:%M:%S",
        [TIME_ISO8601] = "%Y-%m-%dT%H:%M:%S",
        [TIME_DATE] = "%Y-%m-%d %H:%M:%S",
        [TIME_DATE_S] = "%Y-%m-%d %H:%M:%S",
    };
    char text[64];
    time_t seconds = (time_t)(time_ns / NS_PER_SECOND);
    struct tm tm;
    if (form == TIME_ISO8601) {
        gmtime_r(&seconds, &tm);
    } else {
        localtime_r(&seconds, &tm);
    }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* all formats are in the table above */
    buf_bytes(out, text, strftime(text, sizeof(text), formats[form], &tm));
#pragma GCC diagnostic pop
    if (form == TIME_CLOCK || form == TIME_DATE || form == TIME_ISO8601) {
        buf_char(out, '.');
        buf_uint_pad(out, (uint64_t)(time_ns % NS_PER_SECOND), 9);
    }
    if (form == TIME_ISO8601) {
        buf_char(out, 'Z');
    }
}

bool get_evt_time(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    struct buf *b = composed(r);
    event_time(b, r->subject->event->time_ns, ref->field->offset);
    return nth == 0 && give_buf(value, b);
}

bool get_evt_rawtime(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    int64_t ns = r->subject->event->time_ns;
    unsigned form = ref->field->offset;
    value->number = form == TIME_RAW ? ns : form == TIME_RAW_S ? ns / NS_PER_SECOND : ns % NS_PER_SECOND;
    return nth == 0;
}

bool get_evt_latency(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    int64_t ns = r->subject->event->duration_ns;
    unsigned form = ref->field->offset;
    value->number = form == TIME_RAW ? ns : form == TIME_RAW_S ? ns / NS_PER_SECOND : ns % NS_PER_SECOND;
    return nth == 0 && ns >= 0;
}

/* Falco's names for arguments, where they may differ from the kernel's, and where each stands. */
static const struct {
    uint16_t call; /* enum call_id */
    int8_t index;
    const char *name;
} argument_names[] = {
    {CALL_open, 0, "name"},
    {CALL_open, 1, "flags"},
    {CALL_open, 2, "mode"},
    {CALL_openat, 0, "dirfd"},
    {CALL_openat, 1, "name"},
    {CALL_openat, 2, "flags"},
    {CALL_openat, 3, "mode"},
    {CALL_openat2, 0, "dirfd"},
    {CALL_openat2, 1, "name"},
    {CALL_openat2, ARGUMENT_OF_HOW, "flags"},
    {CALL_openat2, ARGUMENT_OF_HOW + 1, "mode"},
    {CALL_openat2, ARGUMENT_OF_HOW + 2, "resolve"},
    {CALL_creat, 0, "name"},
    {CALL_creat, 1, "mode"},
    {CALL_symlink, 0, "target"},
    {CALL_symlink, 1, "linkpath"},
    {CALL_symlinkat, 0, "target"},
    {CALL_symlinkat, 1, "linkdirfd"},
    {CALL_symlinkat, 2, "linkpath"},
    {CALL_link, 0, "oldpath"},
    {CALL_link, 1, "newpath"},
    {CALL_linkat, 0, "olddir"},
    {CALL_linkat, 1, "oldpath"},
    {CALL_linkat, 2, "newdir"},
    {CALL_linkat, 3, "newpath"},
    {CALL_rename, 0, "oldpath"},
    {CALL_rename, 1, "newpath"},
    {CALL_renameat, 0, "olddirfd"},
    {CALL_renameat, 1, "oldpath"},
    {CALL_renameat, 2, "newdirfd"},
    {CALL_renameat, 3, "newpath"},
    {CALL_renameat2, 0, "olddirfd"},
    {CALL_renameat2, 1, "oldpath"},
    {CALL_renameat2, 2, "newdirfd"},
    {CALL_renameat2, 3, "newpath"},
    {CALL_unlink, 0, "path"},
    {CALL_unlinkat, 0, "dirfd"},
    {CALL_unlinkat, 1, "name"},
    {CALL_mkdir, 0, "path"},
    {CALL_mkdirat, 0, "dirfd"},
    {CALL_mkdirat, 1, "path"},
    {CALL_rmdir, 0, "path"},
    {CALL_chdir, 0, "path"},
    {CALL_chroot, 0, "path"},
    {CALL_chmod, 0, "filename"},
    {CALL_chmod, 1, "mode"},
    {CALL_fchmod, 0, "fd"},
    {CALL_fchmod, 1, "mode"},
    {CALL_fchmodat, 0, "dirfd"},
    {CALL_fchmodat, 1, "filename"},
    {CALL_fchmodat, 2, "mode"},
    {CALL_chown, 0, "path"},
    {CALL_chown, 1, "uid"},
    {CALL_chown, 2, "gid"},
    {CALL_fchownat, 0, "dirfd"},
    {CALL_fchownat, 1, "pathname"},
    {CALL_fchownat, 2, "uid"},
    {CALL_fchownat, 3, "gid"},
    {CALL_mount, 0, "dev"},
    {CALL_mount, 1, "dir"},
    {CALL_mount, 2, "type"},
    {CALL_mount, 3, "flags"},
    {CALL_umount, 0, "name"},
    {CALL_umount2, 0, "name"},
    {CALL_socket, 0, "domain"},
    {CALL_socket, 1, "type"},
    {CALL_socket, 2, "proto"},
    {CALL_socketpair, 0, "domain"},
    {CALL_socketpair, 1, "type"},
    {CALL_socketpair, 2, "proto"},
    {CALL_connect, 0, "fd"},
    {CALL_connect, 1, "addr"},
    {CALL_connect, 1, "tuple"},
    {CALL_bind, 0, "fd"},
    {CALL_bind, 1, "addr"},
    {CALL_ptrace, 0, "request"},
    {CALL_ptrace, 1, "pid"},
    {CALL_ptrace, 2, "addr"},
    {CALL_ptrace, 3, "data"},
    {CALL_setns, 1, "nstype"},
    {CALL_unshare, 0, "flags"},
    {CALL_memfd_create, 0, "name"},
    {CALL_finit_module, 0, "fd"},
    {CALL_ioctl, 1, "request"},
    {CALL_ioctl, 2, "argument"},
    {CALL_dup, 0, "fd"},
    {CALL_dup2, 0, "fd"},
    {CALL_dup2, 0, "oldfd"},
    {CALL_dup2, 1, "newfd"},
    {CALL_dup3, 0, "fd"},
    {CALL_dup3, 0, "oldfd"},
    {CALL_dup3, 1, "newfd"},
    {CALL_execve, 0, "filename"},
    {CALL_execveat, 0, "dirfd"},
    {CALL_execveat, 1, "pathname"},
};

static int8_t find_argument(const struct call *call, const char *name)
{
    for (int8_t i = 0; i < call->nargs; i++) {
        if (*call->args[i].name == *name && !strcmp(call->args[i].name, name)) {
            return i;
        }
    }
    return -1;
}

const int8_t *event_arguments(struct arena *arena, const struct text *name)
{
    int8_t *table = arena_alloc(arena, CALL_COUNT);
    char *end;
    unsigned long index = strtoul(name->s, &end, 10);
    bool by_index = *name->s && !*end;
    for (unsigned id = 0; table && id < CALL_COUNT; id++) {
        const struct call *call = call_line((enum call_id)id);
        int8_t numbered = index < call->nargs ? (int8_t)index : -1;
        table[id] = by_index ? numbered : find_argument(call, name->s);
    }
    for (size_t i = 0; table && !by_index && i < ARRAY_SIZE(argument_names); i++) {
        if (!strcmp(argument_names[i].name, name->s)) {
            table[argument_names[i].call] = argument_names[i].index;
        }
    }
    return table;
}

static int argument_index(const struct event *event, const struct field_ref *ref)
{
    enum call_id id = call_identity(event->call);
    return ref->argument_of[id];
}

/* As Falco shows modes: rules look for S_ISUID. */
XLAT(mode_names, NULL, X(S_IXOTH), X(S_IWOTH), X(S_IROTH), X(S_IXGRP), X(S_IWGRP), X(S_IRGRP), X(S_IXUSR),
     X(S_IWUSR), X(S_IRUSR), X(S_ISVTX), X(S_ISGID), X(S_ISUID));

static void put_mode(struct buf *out, uint64_t mode)
{
    size_t start = out->len;
    for (uint32_t i = 0; i < xlat_mode_names.count; i++) {
        if (mode & xlat_mode_names.entries[i].value) {
            buf_str(out, out->len > start ? "|" : "");
            buf_str(out, xlat_mode_names.entries[i].name);
        }
    }
    if (out->len == start) {
        buf_char(out, '0');
    }
}

/* The member of a decoded structure, at any depth; NULL: not decoded. */
static const struct value *find_member(const struct values *vs, uint32_t index, const char *name)
{
    for (uint32_t i = values_at(vs, index)->first; i; i = values_at(vs, i)->next) {
        const struct value *v = values_at(vs, i);
        if (v->name && !strcmp(v->name, name)) {
            return v;
        }
        const struct value *inner = find_member(vs, i, name);
        if (inner) {
            return inner;
        }
    }
    return NULL;
}

/* The value that a reference means; NULL: the call has none, or it is not shown. */
static const struct value *find_value(const struct event *event, int index)
{
    static const char *const members[] = {"flags", "mode", "resolve"};
    if (index < 0) {
        return NULL;
    }
    if (index >= ARGUMENT_OF_HOW) {
        return event->value[2]
                   ? find_member(&event->values, event->value[2], members[index - ARGUMENT_OF_HOW])
                   : NULL;
    }
    return event->value[index] ? values_at(&event->values, event->value[index]) : NULL;
}

static void put_value(struct buf *out, const struct event *event, uint32_t index)
{
    static const struct render_options options = {.column = 0};
    const struct value *v = values_at(&event->values, index);
    if (v->type == VALUE_STRING) {
        buf_bytes(out, event->values.bytes + v->bytes, v->length);
    } else if (v->type == VALUE_OCTAL) {
        put_mode(out, v->number);
    } else {
        render_value(out, &event->values, index, &options);
    }
}

bool get_evt_arg(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const struct event *event = r->subject->event;
    const struct value *v = find_value(event, argument_index(event, ref));
    if (nth != 0 || !v) {
        return false;
    }
    if (v->type == VALUE_STRING) {
        return give_text(value, event->values.bytes + v->bytes, v->length);
    }
    struct buf *b = composed(r);
    put_value(b, event, (uint32_t)(v - event->values.v));
    return give_buf(value, b);
}

bool get_evt_rawarg(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const struct event *event = r->subject->event;
    int i = argument_index(event, ref);
    if (nth != 0 || i < 0) {
        return false;
    }
    /* As wide as the kernel takes it: what else is in the register has no meaning. */
    const struct value *v = find_value(event, i);
    if (v && (v->type <= VALUE_ENUM || v->type == VALUE_FD || v->type == VALUE_OR)) {
        value->number = (int64_t)v->number;
        return true;
    }
    value->number =
        i < ARGUMENT_OF_HOW ? (int64_t)arg_raw(&event->call->args[i], (unsigned)i, event->args) : 0;
    return i < ARGUMENT_OF_HOW;
}

bool get_evt_args(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const struct event *event = r->subject->event;
    struct buf *b = composed(r);
    (void)ref;
    for (unsigned i = 0; i < event->call->nargs; i++) {
        if (event->value[i]) {
            buf_str(b, b->len ? " " : "");
            buf_str(b, event->call->args[i].name);
            buf_char(b, '=');
            put_value(b, event, event->value[i]);
        }
    }
    return nth == 0 && give_buf(value, b);
}

int64_t subject_result(struct policy_subject *subject)
{
    const struct event *event = subject->event;
    if (event->result_state == RESULT_KNOWN) {
        return event->result;
    }
    if (subject->predict) {
        return subject->predict(subject);
    }
    enum call_id id = call_identity(event->call);
    return id == CALL_dup2 || id == CALL_dup3 ? (int32_t)event->args[1] : 0;
}

bool get_evt_res(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    int64_t result = subject_result(r->subject);
    (void)ref;
    if (nth != 0 || !result_is_error(result)) { /* -5000 may be an address */
        return nth == 0 && give_text(value, "SUCCESS", 7);
    }
    const char *name = errno_name((int)-result);
    struct buf *b = composed(r);
    if (name) {
        buf_str(b, name);
    } else {
        buf_int(b, -result);
    }
    return give_buf(value, b);
}

bool get_evt_rawres(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    (void)ref;
    value->number = subject_result(r->subject);
    return nth == 0;
}

bool get_evt_failed(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    int64_t result = subject_result(r->subject);
    (void)ref;
    value->number = result_is_error(result);
    return nth == 0;
}

bool get_evt_true(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    (void)r;
    value->number = ref->field->offset;
    return nth == 0;
}

bool get_evt_one(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    (void)r, (void)ref;
    value->number = 1;
    return nth == 0;
}

/* The flags and the mode of an open; false for other calls, and where struct open_how could not be read. */
static bool open_flags(const struct event *event, uint64_t *flags, uint64_t *mode)
{
    const struct value *v;
    switch (call_identity(event->call)) {
    case CALL_open:
        *flags = event->args[1];
        *mode = event->args[2];
        return true;
    case CALL_openat:
        *flags = event->args[2];
        *mode = event->args[3];
        return true;
    case CALL_creat:
        *flags = O_CREAT | O_WRONLY | O_TRUNC;
        *mode = event->args[1];
        return true;
    case CALL_openat2:
        v = event->value[2] ? find_member(&event->values, event->value[2], "flags") : NULL;
        *flags = v ? v->number : 0;
        const struct value *m = v ? find_member(&event->values, event->value[2], "mode") : NULL;
        *mode = m ? m->number : 0;
        return v != NULL;
    default:
        return false;
    }
}

bool get_evt_open(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    uint64_t flags;
    uint64_t mode;
    if (nth != 0 || !open_flags(r->subject->event, &flags, &mode)) {
        return false;
    }
    uint64_t access = flags & O_ACCMODE;
    bool creates = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE;
    switch (ref->field->offset) {
    case OPEN_READ:
        value->number = (access == O_RDONLY || access == O_RDWR) && !(flags & O_PATH);
        break;
    case OPEN_WRITE:
        value->number = (access == O_WRONLY || access == O_RDWR) && !(flags & O_PATH);
        break;
    case OPEN_EXEC:
        value->number = creates && mode & (S_IXUSR | S_IXGRP | S_IXOTH);
        break;
    default:
        value->number = creates && subject_result(r->subject) >= 0;
        break;
    }
    return true;
}

bool get_evt_hostname(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const char *name = r->subject->hostname;
    (void)ref;
    return nth == 0 && name && give_text(value, name, strlen(name));
}

static const struct value *find_data(const struct event *event)
{
    for (unsigned i = 0; i < event->call->nargs; i++) {
        const struct value *v = values_at(&event->values, event->value[i]);
        if (event->value[i] && v->type == VALUE_STRING && v->flags & VALUE_DATA) {
            return v;
        }
    }
    return NULL;
}

bool get_evt_buffer(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const struct event *event = r->subject->event;
    const struct value *v = find_data(event);
    (void)ref;
    return nth == 0 && v && give_text(value, event->values.bytes + v->bytes, v->length);
}

bool get_evt_buflen(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const struct value *v = find_data(r->subject->event);
    (void)ref;
    value->number = v ? v->length : 0;
    return nth == 0 && v;
}

bool get_evt_path(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const char *path = r->subject->event->path;
    (void)ref;
    return nth == 0 && path && give_text(value, path, strlen(path));
}

/* The nth path among the arguments; its index in *at. */
static const struct value *path_argument(const struct event *event, unsigned n, unsigned *at)
{
    for (unsigned i = 0; i < event->call->nargs; i++) {
        const struct value *v = values_at(&event->values, event->value[i]);
        if (event->value[i] && v->type == VALUE_STRING && v->flags & VALUE_PATH && n-- == 0) {
            *at = i;
            return v;
        }
    }
    return NULL;
}

/* A path made absolute: against the directory that the descriptor before it names, or the working one. */
static bool absolute(struct reader *r, const struct value *v, unsigned at, struct field_value *value)
{
    const struct event *event = r->subject->event;
    const char *text = event->values.bytes + v->bytes;
    const char *base = NULL;
    if (!v->length || *text != '/') {
        const struct value *before = at > 0 ? values_at(&event->values, event->value[at - 1]) : NULL;
        bool at_fd = before && event->value[at - 1] && before->type == VALUE_FD;
        if (!at_fd || before->flags & VALUE_ATCWD) {
            struct policy_process *p = subject_process(r->subject, PROCESS_CWD);
            base = p ? p->cwd : NULL;
        }
    }
    struct buf *b = composed(r);
    if (!buf_reserve(b, 4096)) {
        return false;
    }
    ssize_t n = path_absolute(base, text, v->length, b->data, b->cap);
    return n > 0 && give_text(value, b->data, (size_t)n);
}

bool get_fs_path(struct reader *r, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    const struct event *event = r->subject->event;
    unsigned form = ref->field->offset;
    unsigned at;
    bool second = form == PATH_TARGET || form == PATH_TARGETRAW;
    bool raw = form == PATH_NAMERAW || form == PATH_SOURCERAW || form == PATH_TARGETRAW;
    const struct value *v = nth == 0 ? path_argument(event, second, &at) : NULL;
    if (!v || (form >= PATH_SOURCE && !path_argument(event, 1, &(unsigned){0}))) {
        return false; /* source and target only where there are two */
    }
    if (raw) {
        return give_text(value, event->values.bytes + v->bytes, v->length);
    }
    if (!second && event->path) {
        return give_text(value, event->path, strlen(event->path));
    }
    return absolute(r, v, at, value);
}
