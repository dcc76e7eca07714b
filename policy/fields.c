#include "policy/fields.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decode/base/cleanup.h"
#include "policy/field_event.h"
#include "policy/field_fd.h"
#include "policy/field_process.h"

/* clang-format off */
#define NAME(name_) .name = (name_), .length = sizeof(name_) - 1
/* An event's own; a member of the process (or of an ancestor), of the container, of the descriptor. */
#define EVT(name_, type_, scope_, cost_, get_, ...) \
    {NAME(name_), .type = FIELD_##type_, .scope = SCOPE_##scope_, .cost = COST_##cost_, .get = (get_), __VA_ARGS__}
#define PROC(name_, type_, get_, group_, member, ancestor_, ...) \
    {NAME(name_), .type = FIELD_##type_, .scope = SCOPE_PROCESS, \
     .cost = (ancestor_) ? COST_ANCESTORS : (group_) & (PROCESS_NAME | PROCESS_CONTAINER) ? COST_EVENT : \
             (group_) & (PROCESS_ENV | PROCESS_PARENT) ? COST_PROC_MORE : COST_PROC, \
     .get = (get_), .group = (group_), .offset = offsetof(struct policy_process, member), .ancestor = (ancestor_), __VA_ARGS__}
#define ANY(name_, type_, get_, group_, member) \
    PROC(name_, type_, get_, group_, member, ANCESTOR_ARG, .arg = ARG_INDEX_OPTIONAL, .flags = FIELD_MANY)
#define CONTAINER(name_, type_, get_, member, ...) \
    {NAME(name_), .type = FIELD_##type_, .scope = SCOPE_PROCESS, .cost = COST_EVENT, .get = (get_), \
     .offset = offsetof(struct policy_container, member), __VA_ARGS__}
#define FD(name_, type_, get_, member) FD_WITH(name_, type_, get_, member, 0)
#define FD_WITH(name_, type_, get_, member, flags_) \
    {NAME(name_), .type = FIELD_##type_, .scope = SCOPE_EVENT, .cost = COST_PROC, .get = (get_), \
     .offset = offsetof(struct policy_fd, member), .flags = FIELD_FD | (flags_)}
#define UNKNOWN(name_, type_, ...) \
    {NAME(name_), .type = FIELD_##type_, .scope = SCOPE_CALL, .cost = COST_NONE, .get = get_nothing, .flags = FIELD_UNKNOWN, __VA_ARGS__}

static const struct field fields[] = {
    /* The event. */
    EVT("evt.num", INT, EVENT, EVENT, get_evt_num),
    EVT("evt.type", TEXT, CALL, NONE, get_evt_type),
    EVT("syscall.type", TEXT, CALL, NONE, get_evt_type),
    EVT("evt.dir", TEXT, CALL, NONE, get_evt_dir),
    EVT("evt.category", TEXT, CALL, NONE, get_evt_category),
    EVT("evt.source", TEXT, CALL, NONE, get_evt_source),
    EVT("evt.is_syscall", BOOL, CALL, NONE, get_evt_true, .offset = 1),
    EVT("evt.is_async", BOOL, CALL, NONE, get_evt_true),
    EVT("evt.count", INT, CALL, NONE, get_evt_one),
    EVT("evt.count.exit", INT, CALL, NONE, get_evt_one),
    EVT("evt.count.error", INT, EVENT, EVENT, get_evt_error, .flags = FIELD_RESULT),
    EVT("evt.count.error.file", INT, EVENT, EVENT, get_evt_error, .flags = FIELD_RESULT, .offset = ERROR_FILE),
    EVT("evt.count.error.net", INT, EVENT, EVENT, get_evt_error, .flags = FIELD_RESULT, .offset = ERROR_NET),
    EVT("evt.count.error.memory", INT, EVENT, EVENT, get_evt_error, .flags = FIELD_RESULT, .offset = ERROR_MEMORY),
    EVT("evt.count.error.other", INT, EVENT, EVENT, get_evt_error, .flags = FIELD_RESULT, .offset = ERROR_OTHER),
    EVT("evt.type.is", INT, CALL, NONE, get_evt_type_is, .arg = ARG_NAME),
    EVT("evt.is_io", BOOL, CALL, NONE, get_evt_does, .offset = DOES_READ | DOES_WRITE),
    EVT("evt.is_io_read", BOOL, CALL, NONE, get_evt_does, .offset = DOES_READ),
    EVT("evt.is_io_write", BOOL, CALL, NONE, get_evt_does, .offset = DOES_WRITE),
    EVT("evt.is_wait", BOOL, CALL, NONE, get_evt_does, .offset = DOES_WAIT),
    EVT("evt.io_dir", TEXT, CALL, NONE, get_evt_io_dir),
    EVT("evt.wait_latency", INT, EVENT, EVENT, get_evt_wait_latency, .flags = FIELD_RESULT),
    EVT("evt.time", TEXT, EVENT, RENDER, get_evt_time, .offset = TIME_CLOCK),
    EVT("evt.time.s", TEXT, EVENT, RENDER, get_evt_time, .offset = TIME_CLOCK_S),
    EVT("evt.time.iso8601", TEXT, EVENT, RENDER, get_evt_time, .offset = TIME_ISO8601),
    EVT("evt.datetime", TEXT, EVENT, RENDER, get_evt_time, .offset = TIME_DATE),
    EVT("evt.datetime.s", TEXT, EVENT, RENDER, get_evt_time, .offset = TIME_DATE_S),
    EVT("evt.rawtime", INT, EVENT, EVENT, get_evt_rawtime, .offset = TIME_RAW),
    EVT("evt.rawtime.s", INT, EVENT, EVENT, get_evt_rawtime, .offset = TIME_RAW_S),
    EVT("evt.rawtime.ns", INT, EVENT, EVENT, get_evt_rawtime, .offset = TIME_RAW_NS),
    EVT("evt.latency", INT, EVENT, EVENT, get_evt_latency, .offset = TIME_RAW, .flags = FIELD_RESULT),
    EVT("evt.latency.s", INT, EVENT, EVENT, get_evt_latency, .offset = TIME_RAW_S, .flags = FIELD_RESULT),
    EVT("evt.latency.ns", INT, EVENT, EVENT, get_evt_latency, .offset = TIME_RAW_NS, .flags = FIELD_RESULT),
    EVT("evt.arg", TEXT, EVENT, RENDER, get_evt_arg, .arg = ARG_NAME),
    EVT("evt.rawarg", INT, EVENT, EVENT, get_evt_rawarg, .arg = ARG_NAME),
    EVT("evt.args", TEXT, EVENT, RENDER, get_evt_args),
    EVT("evt.info", TEXT, EVENT, RENDER, get_evt_args),
    EVT("evt.res", TEXT, EVENT, EVENT, get_evt_res, .flags = FIELD_RESULT),
    EVT("evt.rawres", INT, EVENT, EVENT, get_evt_rawres, .flags = FIELD_RESULT),
    EVT("evt.failed", BOOL, EVENT, EVENT, get_evt_failed, .flags = FIELD_RESULT),
    EVT("evt.is_open_read", BOOL, EVENT, EVENT, get_evt_open, .offset = OPEN_READ),
    EVT("evt.is_open_write", BOOL, EVENT, EVENT, get_evt_open, .offset = OPEN_WRITE),
    EVT("evt.is_open_exec", BOOL, EVENT, EVENT, get_evt_open, .offset = OPEN_EXEC),
    EVT("evt.is_open_create", BOOL, EVENT, EVENT, get_evt_open, .offset = OPEN_CREATE, .flags = FIELD_RESULT),
    EVT("evt.hostname", TEXT, PROCESS, EVENT, get_evt_hostname),
    EVT("evt.buffer", TEXT, EVENT, EVENT, get_evt_buffer),
    EVT("evt.buflen", INT, EVENT, EVENT, get_evt_buflen),
    EVT("evt.abspath", TEXT, EVENT, EVENT, get_evt_path),
    EVT("evt.abspath.src", TEXT, EVENT, RENDER, get_fs_path, .offset = PATH_SOURCE),
    EVT("evt.abspath.dst", TEXT, EVENT, RENDER, get_fs_path, .offset = PATH_TARGET),
    EVT("fs.path.name", TEXT, EVENT, RENDER, get_fs_path, .offset = PATH_NAME),
    EVT("fs.path.nameraw", TEXT, EVENT, EVENT, get_fs_path, .offset = PATH_NAMERAW),
    EVT("fs.path.source", TEXT, EVENT, RENDER, get_fs_path, .offset = PATH_SOURCE),
    EVT("fs.path.sourceraw", TEXT, EVENT, EVENT, get_fs_path, .offset = PATH_SOURCERAW),
    EVT("fs.path.target", TEXT, EVENT, RENDER, get_fs_path, .offset = PATH_TARGET),
    EVT("fs.path.targetraw", TEXT, EVENT, EVENT, get_fs_path, .offset = PATH_TARGETRAW),
    UNKNOWN("evt.cpu", INT), UNKNOWN("evt.asynctype", TEXT), UNKNOWN("evt.pluginname", TEXT),
    UNKNOWN("evt.plugininfo", TEXT), UNKNOWN("evt.deltatime", INT), UNKNOWN("evt.deltatime.s", INT), UNKNOWN("evt.deltatime.ns", INT), UNKNOWN("evt.is_syslog", BOOL),
    UNKNOWN("evt.reltime", INT),
    UNKNOWN("evt.reltime.s", INT), UNKNOWN("evt.reltime.ns", INT), UNKNOWN("evt.latency.human", TEXT),
    UNKNOWN("evt.outputtime", INT),

 UNKNOWN("evt.around", INT, .arg = ARG_NAME),

    /* The process. */
    PROC("proc.name", TEXT, get_proc_string, PROCESS_NAME, name, 0),
    PROC("proc.exe", TEXT, get_proc_text, PROCESS_ARGS, exe, 0),
    PROC("proc.exepath", TEXT, get_proc_string, PROCESS_EXE, exepath, 0),
    PROC("proc.args", TEXT, get_proc_text, PROCESS_ARGS, args, 0),
    PROC("proc.cmdline", TEXT, get_proc_text, PROCESS_ARGS, cmdline, 0),
    PROC("proc.cmdlenargs", INT, get_proc_nameargs, PROCESS_ARGS, args, 0),
    PROC("proc.cmdnargs", INT, get_proc_int64, PROCESS_ARGS, arg_count, 0),
    PROC("proc.exeline", TEXT, get_proc_text, PROCESS_ARGS, exeline, 0),
    PROC("proc.env", TEXT, get_proc_env, PROCESS_ENV, env, 0, .arg = ARG_NAME_OPTIONAL),
    {NAME("proc.cwd"), .type = FIELD_TEXT, .scope = SCOPE_EVENT, .cost = COST_PROC, .get = get_proc_string,
     .group = PROCESS_CWD, .offset = offsetof(struct policy_process, cwd)},
    PROC("proc.pid", INT, get_proc_pid, 0, pid, 0),
    PROC("proc.vpid", INT, get_proc_pid, PROCESS_STATUS, vpid, 0),
    PROC("proc.ppid", INT, get_proc_pid, PROCESS_PARENT, ppid, 0),
    PROC("proc.pvpid", INT, get_proc_pid, PROCESS_STATUS, vpid, 1),
    PROC("proc.sid", INT, get_proc_pid, PROCESS_STATUS, sid, 0),
    PROC("proc.vsid", INT, get_proc_pid, PROCESS_STATUS, vsid, 0),
    PROC("proc.pgid", INT, get_proc_pid, PROCESS_STATUS, pgid, 0),
    PROC("proc.vpgid", INT, get_proc_pid, PROCESS_STATUS, vpgid, 0),
    PROC("proc.tty", INT, get_proc_int64, PROCESS_STATUS, tty, 0),
    PROC("proc.loginshellid", INT, get_nothing, 0, pid, 0, .flags = FIELD_UNKNOWN),
    PROC("proc.nthreads", INT, get_proc_int64, PROCESS_STATUS, threads, 0),
    PROC("proc.pid.ts", INT, get_proc_int64, PROCESS_STATUS, started, 0),
    PROC("proc.ppid.ts", INT, get_proc_int64, PROCESS_STATUS, started, 1),
    {NAME("proc.duration"), .type = FIELD_INT, .scope = SCOPE_EVENT, .cost = COST_PROC,
     .get = get_proc_duration, .group = PROCESS_STATUS},
    {NAME("proc.ppid.duration"), .type = FIELD_INT, .scope = SCOPE_EVENT, .cost = COST_ANCESTORS,
     .get = get_proc_duration, .group = PROCESS_STATUS, .ancestor = 1},
    PROC("proc.is_exe_writable", BOOL, get_proc_flag, PROCESS_EXE, exe_writable, 0),
    PROC("proc.is_exe_upper_layer", BOOL, get_proc_flag, PROCESS_LAYER, exe_upper_layer, 0),
    PROC("proc.is_exe_lower_layer", BOOL, get_proc_flag, PROCESS_LAYER, exe_lower_layer, 0),
    PROC("proc.is_exe_from_memfd", BOOL, get_proc_flag, PROCESS_EXE, exe_memfd, 0),
    PROC("proc.is_sid_leader", BOOL, get_proc_leader, PROCESS_STATUS, sid, 0),
    PROC("proc.is_vpgid_leader", BOOL, get_proc_leader, PROCESS_STATUS, vpgid, 0),
    PROC("proc.is_pgid_leader", BOOL, get_proc_leader, PROCESS_STATUS, pgid, 0),
    PROC("proc.exe_ino", INT, get_proc_int64, PROCESS_EXE, exe_ino, 0),
    PROC("proc.exe_ino.ctime", INT, get_proc_int64, PROCESS_EXE, exe_ctime, 0),
    PROC("proc.exe_ino.mtime", INT, get_proc_int64, PROCESS_EXE, exe_mtime, 0),
    PROC("proc.exe_ino.ctime_duration_proc_start", INT, get_proc_age, PROCESS_EXE | PROCESS_STATUS, exe_ctime, 0),
    UNKNOWN("proc.exe_ino.ctime_duration_pidns_start", INT), UNKNOWN("proc.pidns_init_start_ts", INT),
 UNKNOWN("proc.nchilds", INT), UNKNOWN("proc.fdopencount", INT),
    UNKNOWN("proc.fdlimit", INT), UNKNOWN("proc.fdusage", INT), UNKNOWN("proc.vmsize", INT),
    UNKNOWN("proc.vmrss", INT), UNKNOWN("proc.vmswap", INT), UNKNOWN("proc.stdin.type", TEXT),
    UNKNOWN("proc.stdout.type", TEXT), UNKNOWN("proc.stderr.type", TEXT), UNKNOWN("proc.stdin.name", TEXT),
    UNKNOWN("proc.stdout.name", TEXT), UNKNOWN("proc.stderr.name", TEXT), UNKNOWN("proc.is_container_healthcheck", BOOL),
    UNKNOWN("proc.is_container_liveness_probe", BOOL), UNKNOWN("proc.is_container_readiness_probe", BOOL),

    /* Its parent and other ancestors. */
    PROC("proc.pname", TEXT, get_proc_string, PROCESS_NAME, name, 1),
    PROC("proc.pexe", TEXT, get_proc_text, PROCESS_ARGS, exe, 1),
    PROC("proc.pexepath", TEXT, get_proc_string, PROCESS_EXE, exepath, 1),
    PROC("proc.pcmdline", TEXT, get_proc_text, PROCESS_ARGS, cmdline, 1),
    PROC("proc.pexeline", TEXT, get_proc_text, PROCESS_ARGS, exeline, 1),
    ANY("proc.aname", TEXT, get_proc_string, PROCESS_NAME, name),
    ANY("proc.aexe", TEXT, get_proc_text, PROCESS_ARGS, exe),
    ANY("proc.aexepath", TEXT, get_proc_string, PROCESS_EXE, exepath),
    ANY("proc.acmdline", TEXT, get_proc_text, PROCESS_ARGS, cmdline),
    ANY("proc.aargs", TEXT, get_proc_text, PROCESS_ARGS, args),
    ANY("proc.apid", INT, get_proc_pid, 0, pid),
    PROC("proc.aenv", TEXT, get_proc_env, PROCESS_ENV, env, 1, .arg = ARG_NAME_OPTIONAL),
    PROC("proc.sname", TEXT, get_proc_string, PROCESS_NAME, name, ANCESTOR_SESSION),
    PROC("proc.sid.exe", TEXT, get_proc_text, PROCESS_ARGS, exe, ANCESTOR_SESSION),
    PROC("proc.sid.exepath", TEXT, get_proc_string, PROCESS_EXE, exepath, ANCESTOR_SESSION),
    PROC("proc.vpgid.name", TEXT, get_proc_string, PROCESS_NAME, name, ANCESTOR_GROUP),
    PROC("proc.vpgid.exe", TEXT, get_proc_text, PROCESS_ARGS, exe, ANCESTOR_GROUP),
    PROC("proc.vpgid.exepath", TEXT, get_proc_string, PROCESS_EXE, exepath, ANCESTOR_GROUP),
    PROC("proc.pgid.name", TEXT, get_proc_string, PROCESS_NAME, name, ANCESTOR_GROUP),
    PROC("proc.pgid.exe", TEXT, get_proc_text, PROCESS_ARGS, exe, ANCESTOR_GROUP),
    PROC("proc.pgid.exepath", TEXT, get_proc_string, PROCESS_EXE, exepath, ANCESTOR_GROUP),

    /* The thread. */
    EVT("thread.tid", INT, EVENT, EVENT, get_thread_tid),
    EVT("thread.vtid", INT, EVENT, EVENT, get_thread_vtid),
    EVT("thread.ismain", BOOL, EVENT, EVENT, get_thread_main),
    PROC("thread.cap_permitted", TEXT, get_proc_caps, PROCESS_STATUS, cap_permitted, 0),
    PROC("thread.cap_effective", TEXT, get_proc_caps, PROCESS_STATUS, cap_effective, 0),
    PROC("thread.cap_inheritable", TEXT, get_proc_caps, PROCESS_STATUS, cap_inheritable, 0),
 UNKNOWN("thread.exectime", INT), UNKNOWN("thread.totexectime", INT),
    UNKNOWN("thread.cgroups", TEXT), UNKNOWN("thread.cgroup", TEXT, .arg = ARG_NAME),
    UNKNOWN("thread.nametid", TEXT), UNKNOWN("thread.vnametid", TEXT), UNKNOWN("thread.exe", TEXT),
    UNKNOWN("thread.cpu", INT), UNKNOWN("thread.vmsize", INT), UNKNOWN("thread.vmrss", INT),

    /* Its user. */
    PROC("user.uid", INT, get_proc_int64, PROCESS_STATUS, uid, 0),
    PROC("user.name", TEXT, get_proc_string, PROCESS_USER, user_name, 0),
    PROC("user.homedir", TEXT, get_proc_string, PROCESS_USER, user_home, 0),
    PROC("user.shell", TEXT, get_proc_string, PROCESS_USER, user_shell, 0),
    PROC("user.loginuid", INT, get_proc_int64, PROCESS_STATUS, loginuid, 0),
    PROC("user.loginname", TEXT, get_proc_string, PROCESS_USER, login_name, 0),
    PROC("group.gid", INT, get_proc_int64, PROCESS_STATUS, gid, 0),
    PROC("group.name", TEXT, get_proc_string, PROCESS_USER, group_name, 0),

    /* Its container. */
    CONTAINER("container.id", TEXT, get_container_id, id),
    CONTAINER("container.full_id", TEXT, get_container_id, full_id),
    CONTAINER("container.name", TEXT, get_container_id, name, .flags = FIELD_AGENT),
    CONTAINER("container.type", TEXT, get_container_id, type),
    CONTAINER("container.image", TEXT, get_container_string, image, .flags = FIELD_AGENT),
    CONTAINER("container.image.repository", TEXT, get_container_string, repository, .flags = FIELD_AGENT),
    CONTAINER("container.image.tag", TEXT, get_container_string, tag, .flags = FIELD_AGENT),
    CONTAINER("container.image.digest", TEXT, get_container_string, digest, .flags = FIELD_AGENT),
    CONTAINER("container.privileged", BOOL, get_container_privileged, privileged),
    CONTAINER("container.start_ts", INT, get_container_started, started, .flags = FIELD_UNKNOWN),
    CONTAINER("k8s.ns.name", TEXT, get_container_string, namespace, .flags = FIELD_AGENT),
    CONTAINER("k8s.pod.name", TEXT, get_container_string, pod, .flags = FIELD_AGENT),
    CONTAINER("k8s.pod.uid", TEXT, get_container_string, pod_uid, .flags = FIELD_AGENT),
    CONTAINER("k8s.pod.id", TEXT, get_container_string, pod_uid, .flags = FIELD_AGENT),
    CONTAINER("container.info", TEXT, get_container_info, id),
    UNKNOWN("container.image.id", TEXT), UNKNOWN("container.mounts", TEXT), UNKNOWN("container.ip", TEXT),
    UNKNOWN("container.mount", TEXT, .arg = ARG_NAME), UNKNOWN("container.mount.source", TEXT, .arg = ARG_NAME),
    UNKNOWN("container.mount.dest", TEXT, .arg = ARG_NAME), UNKNOWN("container.mount.mode", TEXT, .arg = ARG_NAME),
    UNKNOWN("container.mount.rdwr", TEXT, .arg = ARG_NAME), UNKNOWN("container.mount.propagation", TEXT, .arg = ARG_NAME),
    UNKNOWN("container.liveness_probe", TEXT), UNKNOWN("container.readiness_probe", TEXT),
    UNKNOWN("container.healthcheck", TEXT), UNKNOWN("container.duration", INT),
    UNKNOWN("container.cni.json", TEXT), UNKNOWN("container.host_pid", BOOL),
    UNKNOWN("container.host_network", BOOL), UNKNOWN("container.host_ipc", BOOL),
    UNKNOWN("container.label", TEXT, .arg = ARG_NAME), UNKNOWN("container.labels", TEXT),
    UNKNOWN("k8s.pod.label", TEXT, .arg = ARG_NAME), UNKNOWN("k8s.pod.labels", TEXT), UNKNOWN("k8s.pod.ip", TEXT),
    UNKNOWN("k8s.pod.full_sandbox_id", TEXT), UNKNOWN("k8s.pod.sandbox_id", TEXT), UNKNOWN("k8s.pod.cni.json", TEXT),
    UNKNOWN("k8s.ns.id", TEXT), UNKNOWN("k8s.deployment.name", TEXT), UNKNOWN("k8s.rc.name", TEXT),
    UNKNOWN("k8s.rs.name", TEXT), UNKNOWN("k8s.svc.name", TEXT),

    /* The descriptor. */
    FD_WITH("fd.num", INT, get_fd_num, num, FIELD_RESULT),
    FD("fd.type", TEXT, get_fd_string, type),
    FD("fd.typechar", TEXT, get_fd_char, typechar),
    FD("fd.name", TEXT, get_fd_text, name),
    FD("fd.nameraw", TEXT, get_fd_text, nameraw),
    FD("fd.directory", TEXT, get_fd_directory, name),
    FD("fd.filename", TEXT, get_fd_filename, name),
    FD_WITH("fd.ip", IP, get_fd_any_ip, client_ip, FIELD_MANY | FIELD_ALL_NE),
    FD("fd.cip", IP, get_fd_ip, client_ip),
    FD("fd.sip", IP, get_fd_ip, server_ip),
    FD("fd.lip", IP, get_fd_ip, local_ip),
    FD("fd.rip", IP, get_fd_ip, remote_ip),
    FD_WITH("fd.net", NET, get_fd_any_ip, client_ip, FIELD_MANY | FIELD_ALL_NE),
    FD("fd.cnet", NET, get_fd_ip, client_ip),
    FD("fd.snet", NET, get_fd_ip, server_ip),
    FD("fd.lnet", NET, get_fd_ip, local_ip),
    FD("fd.rnet", NET, get_fd_ip, remote_ip),
    FD_WITH("fd.port", INT, get_fd_any_port, client_port, FIELD_MANY | FIELD_ALL_NE),
    FD("fd.cport", INT, get_fd_port, client_port),
    FD("fd.sport", INT, get_fd_port, server_port),
    FD("fd.lport", INT, get_fd_port, local_port),
    FD("fd.rport", INT, get_fd_port, remote_port),
    FD("fd.l4proto", TEXT, get_fd_string, l4proto),
    FD("fd.proto", TEXT, get_fd_string, l4proto),
    FD("fd.sockfamily", TEXT, get_fd_string, family),
    FD("fd.is_server", BOOL, get_fd_flag, is_server),
    FD("fd.connected", BOOL, get_fd_flag, connected),
    FD("fd.name_changed", BOOL, get_fd_flag, name_changed),
    FD("fd.ino", INT, get_fd_int64, ino),
    FD("fd.dev", INT, get_fd_int64, dev),
    {NAME("fd.dev.major"), .type = FIELD_INT, .scope = SCOPE_EVENT, .cost = COST_PROC, .get = get_fd_dev, .flags = FIELD_FD},
    {NAME("fd.dev.minor"), .type = FIELD_INT, .scope = SCOPE_EVENT, .cost = COST_PROC, .get = get_fd_dev, .offset = 1, .flags = FIELD_FD},
    FD_WITH("fd.cip.name", TEXT, get_fd_string, client_name, FIELD_UNKNOWN),
    FD_WITH("fd.sip.name", TEXT, get_fd_string, server_name, FIELD_UNKNOWN),
    UNKNOWN("fd.lip.name", TEXT), UNKNOWN("fd.rip.name", TEXT), UNKNOWN("fd.uid", TEXT),
    UNKNOWN("fd.containername", TEXT), UNKNOWN("fd.containerdirectory", TEXT), UNKNOWN("fd.cproto", TEXT),
    UNKNOWN("fd.sproto", TEXT), UNKNOWN("fd.lproto", TEXT), UNKNOWN("fd.rproto", TEXT),
    UNKNOWN("fd.types", TEXT, .arg = ARG_NAME_OPTIONAL), UNKNOWN("fd.is_upper_layer", BOOL),
    UNKNOWN("fd.is_lower_layer", BOOL), UNKNOWN("fdlist.nums", TEXT), UNKNOWN("fdlist.names", TEXT),
    UNKNOWN("fdlist.cips", TEXT), UNKNOWN("fdlist.sips", TEXT), UNKNOWN("fdlist.cports", TEXT),
    UNKNOWN("fdlist.sports", TEXT),
};
/* clang-format on */

static const struct field *find(const char *name, size_t length)
{
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        if (fields[i].length == length && !memcmp(fields[i].name, name, length)) {
            return &fields[i];
        }
    }
    return NULL;
}

/* "evt.arg.flags" is evt.arg[flags]: the longest beginning that is a field taking a name. */
static const struct field *find_dotted(const struct text *name, struct text *arg)
{
    for (size_t n = name->n; n-- > 1;) {
        const struct field *field = name->s[n] == '.' ? find(name->s, n) : NULL;
        if (field && (field->arg == ARG_NAME || field->arg == ARG_NAME_OPTIONAL) && n + 1 < name->n) {
            *arg = (struct text){name->s + n + 1, name->n - n - 1};
            return field;
        }
    }
    return NULL;
}

/* Where an operand stands; its place in the file is looked for only when it is needed. */
struct spot {
    const struct phrase *phrase;
    size_t offset;
};

static struct place place_of(const struct spot *spot)
{
    return phrase_place(spot->phrase, spot->offset);
}

static int check_argument(const struct field *field, const struct text *arg, const struct spot *at,
                          struct field_ref *ref, struct error *err)
{
    bool index = field->arg == ARG_INDEX || field->arg == ARG_INDEX_OPTIONAL;
    if (!arg->s) {
        bool required = field->arg == ARG_INDEX || field->arg == ARG_NAME;
        return required ? source_error(err, place_of(at), "'%s' needs an argument", field->name) : 0;
    }
    if (field->arg == ARG_NONE) {
        return source_error(err, place_of(at), "'%s' takes no argument", field->name);
    }
    if (index) {
        char *end;
        long n = strtol(arg->s, &end, 10);
        if (!isdigit((unsigned char)*arg->s) || *end || n > 1000) {
            return source_error(err, place_of(at), "'%s' needs a number as its argument", field->name);
        }
        ref->index = (int32_t)n;
        return 0;
    }
    ref->arg = *arg;
    return 0;
}

static int check_transforms(const struct ast_operand *operand, const struct spot *at, struct field_ref *ref,
                            struct error *err)
{
    ref->type = ref->field->type;
    for (unsigned i = operand->count; i-- > 0;) { /* from the innermost */
        if (ref->type != FIELD_TEXT) {
            return source_error(err, place_of(at), "'%s' is no text to transform", ref->field->name);
        }
        ref->type = operand->transforms[i] == TRANSFORM_LEN ? FIELD_INT : FIELD_TEXT;
        ref->transforms[i] = (uint8_t)operand->transforms[i];
    }
    ref->count = (uint8_t)operand->count;
    return 0;
}

int field_resolve(struct arena *arena, const struct ast_operand *operand, const struct phrase *phrase,
                  struct field_ref *ref, struct error *err)
{
    const struct spot spot = {phrase, operand->offset};
    const struct spot *at = &spot;
    struct text arg = operand->arg;
    *ref = (struct field_ref){.index = -1};
    ref->field = find(operand->field.s, operand->field.n);
    if (!ref->field && !arg.s) {
        ref->field = find_dotted(&operand->field, &arg);
    }
    if (!ref->field) {
        source_error(err, place_of(at), "there is no field '%.80s'", operand->field.s);
        return -ENOENT;
    }
    int status = check_argument(ref->field, &arg, at, ref, err);
    if (!status) {
        status = check_transforms(operand, at, ref, err);
    }
    bool argument = ref->field->get == get_evt_arg || ref->field->get == get_evt_rawarg;
    if (!status && argument && !(ref->argument_of = event_arguments(arena, &ref->arg))) {
        return error_errno(err, ENOMEM, "%s", operand->field.s);
    }
    return status;
}

bool field_same(const struct field_ref *a, const struct field_ref *b)
{
    return a->field == b->field && a->index == b->index && a->count == b->count &&
           !memcmp(a->transforms, b->transforms, a->count) && !a->arg.s == !b->arg.s &&
           (!a->arg.s || (a->arg.n == b->arg.n && !memcmp(a->arg.s, b->arg.s, a->arg.n)));
}

/* Standard base64; stops at what is none. Writes over what it reads. */
static size_t decode_base64(char *s, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t out = 0;
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < n; i++) {
        const char *digit = s[i] ? strchr(digits, s[i]) : NULL;
        if (!digit) {
            break;
        }
        bits = bits << 6 | (uint32_t)(digit - digits);
        count += 6;
        if (count >= 8) {
            count -= 8;
            s[out++] = (char)(bits >> count & 0xff);
        }
    }
    return out;
}

static void transform(enum transform transform, struct field_value *value, char *s)
{
    size_t n = value->text.n;
    const char *slash;
    switch (transform) {
    case TRANSFORM_TOUPPER:
    case TRANSFORM_TOLOWER:
        for (size_t i = 0; i < n; i++) {
            unsigned char c = (unsigned char)s[i];
            s[i] = (char)(transform == TRANSFORM_TOUPPER ? toupper(c) : tolower(c));
        }
        break;
    case TRANSFORM_B64:
        value->text.n = decode_base64(s, n);
        break;
    case TRANSFORM_BASENAME:
        slash = memrchr(s, '/', n);
        if (slash) {
            value->text.n = n - (size_t)(slash + 1 - s);
            memmove(s, slash + 1, value->text.n);
        }
        break;
    case TRANSFORM_LEN:
        value->number = (int64_t)n;
        break;
    }
}

bool field_read(struct reader *reader, const struct field_ref *ref, unsigned nth, struct field_value *value)
{
    if (!ref->field->get(reader, ref, nth, value)) {
        return false;
    }
    if (!ref->count) {
        return true;
    }
    struct buf *b = &reader->transformed[reader->side];
    b->len = 0;
    buf_bytes(b, value->text.s, value->text.n);
    if (b->failed || !buf_reserve(b, 1)) {
        return false;
    }
    value->text.s = b->data;
    for (unsigned i = ref->count; i-- > 0;) {
        transform((enum transform)ref->transforms[i], value, b->data);
    }
    return true;
}

bool field_print(struct reader *reader, const struct field_ref *ref, struct buf *out)
{
    struct field_value value;
    char text[INET6_ADDRSTRLEN];
    if (!field_read(reader, ref, 0, &value)) {
        return false;
    }
    switch (ref->type) {
    case FIELD_TEXT:
        buf_bytes(out, value.text.s, value.text.n);
        break;
    case FIELD_INT:
        buf_int(out, value.number);
        break;
    case FIELD_BOOL:
        buf_str(out, value.number ? "true" : "false");
        break;
    default:
        inet_ntop(value.ip.family == 4 ? AF_INET : AF_INET6, value.ip.bytes, text, sizeof(text));
        buf_str(out, text);
        break;
    }
    return true;
}

void reader_free(struct reader *reader)
{
    for (int i = 0; i < 2; i++) {
        buf_free(&reader->composed[i]);
        buf_free(&reader->transformed[i]);
    }
}
