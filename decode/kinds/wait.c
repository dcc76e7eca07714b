#include "decode/kinds/wait.h"

#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "decode/kinds/basic.h"
#include "decode/render.h"

XLAT(wait_options, "W???", X(WNOHANG), X(WEXITED), X(WSTOPPED), X(WCONTINUED), X(WNOWAIT), X(__WCLONE),
     X(__WALL), X(__WNOTHREAD));
XLAT(wait_id_type, "P_???", X(P_ALL), X(P_PID), X(P_PGID), {3, "P_PIDFD"});
XLAT(ptrace_events, "PTRACE_EVENT_???", X(PTRACE_EVENT_FORK), X(PTRACE_EVENT_VFORK), X(PTRACE_EVENT_CLONE),
     X(PTRACE_EVENT_EXEC), X(PTRACE_EVENT_VFORK_DONE), X(PTRACE_EVENT_EXIT), X(PTRACE_EVENT_SECCOMP),
     X(PTRACE_EVENT_STOP));

enum { STATUS_TEXT = 128 };

static void put_signal(char *text, const char *macros, int signal, const char *after)
{
    const char *name = signal_name(signal);
    if (name) {
        snprintf(text, STATUS_TEXT, "{%s == %s%s}", macros, name, after);
    } else {
        snprintf(text, STATUS_TEXT, "{%s == %d%s}", macros, signal, after);
    }
}

/* Writes the wait macros that hold for a status; returns the bits they do not speak of, -1: none hold. */
static int put_status(char *text, int status)
{
    if (WIFSTOPPED(status)) {
        /* Bit 7 of the signal tells a system-call stop (PTRACE_O_TRACESYSGOOD). */
        int signal = WSTOPSIG(status);
        put_signal(text, "WIFSTOPPED(s) && WSTOPSIG(s)", signal & 0x7f, signal & 0x80 ? " | 0x80" : "");
        return status & ~0xffff;
    }
    if (WIFSIGNALED(status)) {
        put_signal(text, "WIFSIGNALED(s) && WTERMSIG(s)", WTERMSIG(status),
                   WCOREDUMP(status) ? " && WCOREDUMP(s)" : "");
        return status & ~0xff;
    }
    if (WIFEXITED(status)) {
        snprintf(text, STATUS_TEXT, "{WIFEXITED(s) && WEXITSTATUS(s) == %d}", WEXITSTATUS(status));
        return status & ~0xff00;
    }
    if (WIFCONTINUED(status)) {
        snprintf(text, STATUS_TEXT, "{WIFCONTINUED(s)}");
        return status & ~0xffff;
    }
    return -1;
}

/* Appends what a status holds besides the macros: a ptrace event, unknown bits. */
static void put_rest(char *text, int rest)
{
    size_t n = strlen(text);
    unsigned event = (unsigned)rest >> 16;
    const char *name = event ? xlat_name(&xlat_ptrace_events, event) : NULL;

    if (name) {
        n += (size_t)snprintf(text + n, STATUS_TEXT - n, " | %s << 16", name);
    } else if (event) {
        n += (size_t)snprintf(text + n, STATUS_TEXT - n, " | %#x /* PTRACE_EVENT_??? */ << 16", event);
    }
    if (rest & 0xffff) {
        snprintf(text + n, STATUS_TEXT - n, " | %#x", (unsigned)rest & 0xffff);
    }
}

static void decode_wait_status(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    int32_t status;
    char text[STATUS_TEXT];
    uint64_t addr = decode_word(d, raw);

    if (addr == 0 || d->result == 0 || !mem_read(d->mem, addr, &status, sizeof(status))) {
        decode_addr(d, name, addr);
        return;
    }
    int rest = put_status(text, status);
    if (rest == -1) {
        snprintf(text, sizeof(text), "%#x", (unsigned)status);
    } else {
        put_rest(text, rest);
    }
    values_open(d->out, VALUE_REF, name);
    uint32_t index = values_wordf(d->out, NULL, "%s", text);
    values_at(d->out, index)->number = (uint64_t)(int64_t)status;
    values_close(d->out);
}

static void decode_wait_id(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if (d->args[d->arg - 1] == 3 /* P_PIDFD, Linux 5.4 */) {
        decode_fd(d, name, &kind_fd, raw);
    } else if (d->args[d->arg - 1] == P_PID) {
        decode_pid(d, name, (int32_t)raw);
    } else if (d->args[d->arg - 1] == P_PGID) {
        decode_id_of(d, name, (int32_t)raw, ID_OF_GROUP);
    } else {
        kind_int.decode(d, name, &kind_int, raw);
    }
}

/* The 14 counters that follow the two times in a struct rusage. */
static const char *const rusage_counters[] = {
    "ru_maxrss",  "ru_ixrss",   "ru_idrss",  "ru_isrss",  "ru_minflt",   "ru_majflt", "ru_nswap",
    "ru_inblock", "ru_oublock", "ru_msgsnd", "ru_msgrcv", "ru_nsignals", "ru_nvcsw",  "ru_nivcsw"};
enum {
    RUSAGE_COUNTERS = sizeof(rusage_counters) / sizeof(rusage_counters[0]),
    RUSAGE_LONGS = 4 + RUSAGE_COUNTERS
};

static bool read_longs(const struct decoder *d, uint64_t addr, uint64_t *longs, size_t count)
{
    uint32_t narrow[RUSAGE_LONGS];
    if (d->abi->long_size == sizeof(*longs)) {
        return mem_read(d->mem, addr, longs, count * sizeof(*longs));
    }
    if (!mem_read(d->mem, addr, narrow, count * sizeof(*narrow))) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        longs[i] = narrow[i];
    }
    return true;
}

static void decode_usage_time(struct decoder *d, const char *name, const uint64_t *timeval)
{
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_INT, "tv_sec", timeval[0]);
    values_add(d->out, VALUE_UINT, "tv_usec", timeval[1]);
    values_close(d->out);
}

/* kind->option: nothing was written where the result is 0. */
static void decode_rusage(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint64_t longs[RUSAGE_LONGS];
    uint64_t addr = decode_word(d, raw);
    bool written = !(kind->option && d->result == 0);

    if (addr == 0 || !written || !read_longs(d, addr, longs, RUSAGE_LONGS)) {
        decode_addr(d, name, addr);
        return;
    }
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    decode_usage_time(d, "ru_utime", longs);
    decode_usage_time(d, "ru_stime", longs + 2);
    if (d->options->verbose) {
        for (unsigned i = 0; i < RUSAGE_COUNTERS; i++) {
            values_add(d->out, VALUE_UINT, rusage_counters[i], longs[4 + i]);
        }
    } else {
        values_at(d->out, whole)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

#define RUSAGE_OUT                                                                                           \
    .decode = decode_rusage, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = RUSAGE_LONGS * 8
const struct kind kind_wait_status = {
    .decode = decode_wait_status, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = 4};
KIND_FLAGS(wait_options, wait_options);
KIND_ENUM(wait_id_type, wait_id_type);
const struct kind kind_wait_id = {.decode = decode_wait_id};
const struct kind kind_rusage = {RUSAGE_OUT};
const struct kind kind_wait_rusage = {RUSAGE_OUT, .option = 1};
