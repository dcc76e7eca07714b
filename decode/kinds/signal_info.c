/* siginfo_t: what a signal tells about its cause. Layouts: include/uapi/asm-generic/siginfo.h and, for i386
 * and x32, compat_siginfo in include/linux/compat.h. */
#include <signal.h>

#include "decode/call.h"
#include "decode/kinds/basic.h"
#include "decode/kinds/fields.h"
#include "decode/kinds/signal.h"
#include "decode/kinds/time.h"
#include "decode/render.h"

enum {
    SIGINFO_BYTES = 128,
    CODE_BOUNDS = 3,    /* SEGV_BNDERR */
    CODE_PKEY = 4,      /* SEGV_PKUERR */
    CODE_MCE_FIRST = 4, /* BUS_MCEERR_AR, BUS_MCEERR_AO */
    CODE_MCE_LAST = 5,
    CODE_PERF = 6, /* TRAP_PERF */
};

/* Codes at or below 0 come from other tasks; the others say what the kernel saw, signal by signal. */
XLAT(si_code, NULL, {0, "SI_USER"}, {0x80, "SI_KERNEL"}, {UINT32_MAX, "SI_QUEUE"},
     {UINT32_MAX - 1, "SI_TIMER"}, {UINT32_MAX - 2, "SI_MESGQ"}, {UINT32_MAX - 3, "SI_ASYNCIO"},
     {UINT32_MAX - 4, "SI_SIGIO"}, {UINT32_MAX - 5, "SI_TKILL"}, {UINT32_MAX - 6, "SI_DETHREAD"},
     {UINT32_MAX - 59, "SI_ASYNCNL"}, {0x7fff, "SI_NOINFO"});
XLAT(si_code_ill, NULL, {1, "ILL_ILLOPC"}, {2, "ILL_ILLOPN"}, {3, "ILL_ILLADR"}, {4, "ILL_ILLTRP"},
     {5, "ILL_PRVOPC"}, {6, "ILL_PRVREG"}, {7, "ILL_COPROC"}, {8, "ILL_BADSTK"}, {9, "ILL_BADIADDR"});
XLAT(si_code_fpe, NULL, {1, "FPE_INTDIV"}, {2, "FPE_INTOVF"}, {3, "FPE_FLTDIV"}, {4, "FPE_FLTOVF"},
     {5, "FPE_FLTUND"}, {6, "FPE_FLTRES"}, {7, "FPE_FLTINV"}, {8, "FPE_FLTSUB"}, {14, "FPE_FLTUNK"},
     {15, "FPE_CONDTRAP"});
XLAT(si_code_segv, NULL, {1, "SEGV_MAPERR"}, {2, "SEGV_ACCERR"}, {3, "SEGV_BNDERR"}, {4, "SEGV_PKUERR"},
     {5, "SEGV_ACCADI"}, {6, "SEGV_ADIDERR"}, {7, "SEGV_ADIPERR"}, {8, "SEGV_MTEAERR"}, {9, "SEGV_MTESERR"},
     {10, "SEGV_CPERR"});
XLAT(si_code_bus, NULL, {1, "BUS_ADRALN"}, {2, "BUS_ADRERR"}, {3, "BUS_OBJERR"}, {4, "BUS_MCEERR_AR"},
     {5, "BUS_MCEERR_AO"});
XLAT(si_code_trap, NULL, {1, "TRAP_BRKPT"}, {2, "TRAP_TRACE"}, {3, "TRAP_BRANCH"}, {4, "TRAP_HWBKPT"},
     {5, "TRAP_UNK"}, {6, "TRAP_PERF"});
XLAT(si_code_chld, NULL, {1, "CLD_EXITED"}, {2, "CLD_KILLED"}, {3, "CLD_DUMPED"}, {4, "CLD_TRAPPED"},
     {5, "CLD_STOPPED"}, {6, "CLD_CONTINUED"});
XLAT(si_code_poll, NULL, {1, "POLL_IN"}, {2, "POLL_OUT"}, {3, "POLL_MSG"}, {4, "POLL_ERR"}, {5, "POLL_PRI"},
     {6, "POLL_HUP"});
XLAT(si_code_prof, NULL, {1, "PROF_SIG"});
XLAT(si_code_sys, NULL, {1, "SYS_SECCOMP"}, {2, "SYS_USER_DISPATCH"});
XLAT(audit_arch, "AUDIT_ARCH_???", {0x40000003, "AUDIT_ARCH_I386"}, {0xc000003e, "AUDIT_ARCH_X86_64"},
     {0xc00000b7, "AUDIT_ARCH_AARCH64"}, {0x40000028, "AUDIT_ARCH_ARM"});
XLAT(si_perf_type, "PERF_TYPE_???", {0, "PERF_TYPE_HARDWARE"}, {1, "PERF_TYPE_SOFTWARE"},
     {2, "PERF_TYPE_TRACEPOINT"}, {3, "PERF_TYPE_HW_CACHE"}, {4, "PERF_TYPE_RAW"},
     {5, "PERF_TYPE_BREAKPOINT"});
XLAT(si_perf_flags, "TRAP_PERF_FLAG_???", {1, "TRAP_PERF_FLAG_ASYNC"});

static const struct xlat *const codes_of_signal[] = {
    [SIGILL] = &xlat_si_code_ill,   [SIGTRAP] = &xlat_si_code_trap, [SIGBUS] = &xlat_si_code_bus,
    [SIGFPE] = &xlat_si_code_fpe,   [SIGSEGV] = &xlat_si_code_segv, [SIGCHLD] = &xlat_si_code_chld,
    [SIGPROF] = &xlat_si_code_prof, [SIGIO] = &xlat_si_code_poll,   [SIGSYS] = &xlat_si_code_sys,
};

struct info {
    struct fields f; /* at the union behind the three common members */
    uint32_t start;  /* where that union starts */
    int32_t signo;
    int32_t code;
};

static void append_code(struct decoder *d, const struct info *info)
{
    uint32_t code = (uint32_t)info->code;
    const struct xlat *table = &xlat_si_code;
    if (!xlat_name(table, code) && info->signo > 0 &&
        (size_t)info->signo < sizeof(codes_of_signal) / sizeof(codes_of_signal[0])) {
        table = codes_of_signal[info->signo];
    }
    if (table && xlat_name(table, code)) {
        values_xlat(d->out, VALUE_ENUM, "si_code", table, code);
    } else {
        values_add(d->out, VALUE_HEX, "si_code", code);
    }
}

static void append_source(struct decoder *d, struct info *info)
{
    info->f.at = info->start;
    decode_pid(d, "si_pid", field_signed(&info->f, 4));
    uint64_t uid = field_unsigned(&info->f, 4);
    if (uid == UINT32_MAX) { /* strace shows ids that mean "none" as -1 */
        values_add(d->out, VALUE_INT, "si_uid", (uint64_t)INT64_C(-1));
    } else {
        values_add(d->out, VALUE_UINT, "si_uid", uid);
    }
}

/* The sigval behind the two members of SI_TIMER and of the queued signals. */
static uint64_t sigval(struct info *info)
{
    info->f.at = info->start + 8;
    return field_pointer(&info->f);
}

static void append_sigval(struct decoder *d, uint64_t value)
{
    values_add(d->out, VALUE_INT, "si_int", (uint64_t)(int64_t)(int32_t)value);
    decode_addr(d, "si_ptr", value);
}

static void append_band(struct decoder *d, struct info *info)
{
    static const struct kind fd = {.decode = decode_fd};
    /* A long, also in x32's siginfo a 32-bit one (compat_long_t). */
    values_add(d->out, VALUE_INT, "si_band", (uint64_t)field_signed(&info->f, info->f.pointer_size));
    decode_fd(d, "si_fd", &fd, field_unsigned(&info->f, 4));
}

static void append_from_user(struct decoder *d, struct info *info)
{
    switch (info->code) {
    case SI_USER:
    case SI_TKILL:
        append_source(d, info);
        break;
    case SI_TIMER:
        values_add(d->out, VALUE_HEX, "si_timerid", field_unsigned(&info->f, 4));
        values_add(d->out, VALUE_INT, "si_overrun", (uint64_t)field_signed(&info->f, 4));
        append_sigval(d, sigval(info));
        break;
    case SI_SIGIO:
        append_band(d, info);
        break;
    default:
        append_source(d, info);
        if (sigval(info)) {
            append_sigval(d, sigval(info));
        }
        break;
    }
}

static void append_child(struct decoder *d, struct info *info)
{
    append_source(d, info);
    int64_t status = field_signed(&info->f, 4);
    if (info->code == CLD_EXITED) {
        values_add(d->out, VALUE_INT, "si_status", (uint64_t)status);
    } else {
        decode_signal_number(d, "si_status", status);
    }
    decode_ticks(d, "si_utime", field_ulong(&info->f));
    decode_ticks(d, "si_stime", field_ulong(&info->f));
}

static void append_fault(struct decoder *d, struct info *info)
{
    struct fields *f = &info->f;
    int32_t code = info->code;
    decode_addr(d, "si_addr", field_pointer(f));
    if (info->signo == SIGBUS && code >= CODE_MCE_FIRST && code <= CODE_MCE_LAST) {
        values_add(d->out, VALUE_HEX, "si_addr_lsb", field_unsigned(f, 2));
    } else if (info->signo == SIGSEGV && (code == CODE_BOUNDS || code == CODE_PKEY)) {
        f->at += f->pointer_size; /* a pad as wide as a pointer */
        if (code == CODE_PKEY) {
            values_add(d->out, VALUE_UINT, "si_pkey", field_unsigned(f, 4));
        } else {
            decode_addr(d, "si_lower", field_pointer(f));
            decode_addr(d, "si_upper", field_pointer(f));
        }
    } else if (info->signo == SIGTRAP && code == CODE_PERF) {
        values_add(d->out, VALUE_HEX, "si_perf_data", field_pointer(f));
        values_xlat(d->out, VALUE_ENUM, "si_perf_type", &xlat_si_perf_type, field_unsigned(f, 4));
        values_xlat(d->out, VALUE_FLAGS, "si_perf_flags", &xlat_si_perf_flags, field_unsigned(f, 4));
    }
}

static void append_seccomp(struct decoder *d, struct info *info)
{
    decode_addr(d, "si_call_addr", field_pointer(&info->f));
    int32_t number = (int32_t)field_signed(&info->f, 4);
    uint32_t arch = (uint32_t)field_unsigned(&info->f, 4);
    const struct abi *abi = abi_find(arch, number);
    const char *name = abi ? call_line(call_find(abi, number))->name : NULL;
    if (name) {
        uint32_t index = values_wordf(d->out, "si_syscall", "__NR_%s", name);
        values_at(d->out, index)->number = (uint32_t)number;
    } else {
        values_add(d->out, VALUE_INT, "si_syscall", (uint64_t)(int64_t)number);
    }
    values_xlat(d->out, VALUE_ENUM, "si_arch", &xlat_audit_arch, arch);
}

static void append_unspecific(struct decoder *d, struct info *info)
{
    uint64_t pid = field_unsigned(&info->f, 4);
    uint64_t uid = field_unsigned(&info->f, 4);
    if (pid || uid) {
        append_source(d, info);
    }
    if (sigval(info)) {
        append_sigval(d, sigval(info));
    }
}

static void append_from_kernel(struct decoder *d, struct info *info)
{
    switch (info->signo) {
    case SIGCHLD:
        append_child(d, info);
        break;
    case SIGILL:
    case SIGFPE:
    case SIGBUS:
    case SIGSEGV:
    case SIGTRAP:
        append_fault(d, info);
        break;
    case SIGIO:
        if (info->code >= POLL_IN && info->code <= POLL_MSG) {
            append_band(d, info);
        }
        break;
    case SIGSYS:
        append_seccomp(d, info);
        break;
    default:
        append_unspecific(d, info);
        break;
    }
}

static void append_errno(struct decoder *d, uint32_t number)
{
    const char *word = number < 4096 ? errno_name((int)number) : NULL;
    if (word) {
        values_stand_for(d->out, values_word(d->out, "si_errno", word), number, VALUE_AS_UINT);
    } else if (number) {
        values_add(d->out, VALUE_UINT, "si_errno", number);
    }
}

void decode_siginfo_of(struct decoder *d, const char *name, const void *bytes, size_t n)
{
    struct info info = {.f = fields_over(d, bytes, n)};
    info.signo = (int32_t)field_signed(&info.f, 4);
    uint32_t number = (uint32_t)field_unsigned(&info.f, 4);
    info.code = (int32_t)field_signed(&info.f, 4);
    info.f.at = info.start = d->abi->pointer_size == 8 ? 16 : 12;

    values_open(d->out, VALUE_STRUCT, name);
    if (info.signo) {
        decode_signal_number(d, "si_signo", info.signo);
        append_code(d, &info);
        if (info.code != 0x7fff /* SI_NOINFO: strace's mark of a siginfo that could not be had */) {
            append_errno(d, number);
            info.f.at = info.start;
            if (info.code <= 0) {
                append_from_user(d, &info);
            } else {
                append_from_kernel(d, &info);
            }
        }
    }
    values_close(d->out);
}

void decode_siginfo(struct decoder *d, const char *name, uint64_t addr)
{
    unsigned char bytes[SIGINFO_BYTES];
    if (!decode_object(d, name, addr, bytes, sizeof(bytes))) {
        return;
    }
    decode_siginfo_of(d, name, bytes, sizeof(bytes));
}

static void siginfo_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_siginfo(d, name, raw);
}

const struct kind kind_siginfo = {.decode = siginfo_kind};
const struct kind kind_siginfo_out = {
    .decode = siginfo_kind, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = SIGINFO_BYTES};
