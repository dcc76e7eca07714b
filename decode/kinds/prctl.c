#include "decode/kinds/prctl.h"

#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/creds.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/process.h"
#include "decode/kinds/seccomp.h"
#include "decode/kinds/signal.h"

XLAT_ORDERED(prctl_option, "PR_???", X(PR_SET_PDEATHSIG), X(PR_GET_PDEATHSIG), X(PR_GET_DUMPABLE),
             X(PR_SET_DUMPABLE), X(PR_GET_UNALIGN), X(PR_SET_UNALIGN), X(PR_GET_KEEPCAPS), X(PR_SET_KEEPCAPS),
             X(PR_GET_FPEMU), X(PR_SET_FPEMU), X(PR_GET_FPEXC), X(PR_SET_FPEXC), X(PR_GET_TIMING),
             X(PR_SET_TIMING), X(PR_SET_NAME), X(PR_GET_NAME), X(PR_GET_ENDIAN), X(PR_SET_ENDIAN),
             X(PR_GET_SECCOMP), X(PR_SET_SECCOMP), X(PR_CAPBSET_READ), X(PR_CAPBSET_DROP), X(PR_GET_TSC),
             X(PR_SET_TSC), X(PR_GET_SECUREBITS), X(PR_SET_SECUREBITS), X(PR_SET_TIMERSLACK),
             X(PR_GET_TIMERSLACK), X(PR_TASK_PERF_EVENTS_DISABLE), X(PR_TASK_PERF_EVENTS_ENABLE),
             X(PR_MCE_KILL), X(PR_MCE_KILL_GET), X(PR_SET_MM), X(PR_SET_CHILD_SUBREAPER),
             X(PR_GET_CHILD_SUBREAPER), X(PR_SET_NO_NEW_PRIVS), X(PR_GET_NO_NEW_PRIVS), X(PR_GET_TID_ADDRESS),
             X(PR_SET_THP_DISABLE), X(PR_GET_THP_DISABLE), X(PR_MPX_ENABLE_MANAGEMENT),
             X(PR_MPX_DISABLE_MANAGEMENT), X(PR_SET_FP_MODE), X(PR_GET_FP_MODE), X(PR_CAP_AMBIENT),
             X(PR_SVE_SET_VL), X(PR_SVE_GET_VL), X(PR_GET_SPECULATION_CTRL), X(PR_SET_SPECULATION_CTRL),
             X(PR_PAC_RESET_KEYS), X(PR_SET_TAGGED_ADDR_CTRL), X(PR_GET_TAGGED_ADDR_CTRL),
             X(PR_SET_IO_FLUSHER), X(PR_GET_IO_FLUSHER), X(PR_SET_SYSCALL_USER_DISPATCH),
             X(PR_PAC_SET_ENABLED_KEYS), X(PR_PAC_GET_ENABLED_KEYS), X(PR_SCHED_CORE), X(PR_SME_SET_VL),
             X(PR_SME_GET_VL), {65, "PR_SET_MDWE"}, {66, "PR_GET_MDWE"}, {67, "PR_SET_MEMORY_MERGE"},
             {68, "PR_GET_MEMORY_MERGE"}, {69, "PR_RISCV_V_SET_CONTROL"}, {70, "PR_RISCV_V_GET_CONTROL"},
             {71, "PR_RISCV_SET_ICACHE_FLUSH_CTX"}, {72, "PR_PPC_GET_DEXCR"}, {73, "PR_PPC_SET_DEXCR"},
             {74, "PR_GET_SHADOW_STACK_STATUS"}, {75, "PR_SET_SHADOW_STACK_STATUS"},
             {76, "PR_LOCK_SHADOW_STACK_STATUS"}, {77, "PR_TIMER_CREATE_RESTORE_IDS"}, {78, "PR_FUTEX_HASH"},
             {0x41555856, "PR_GET_AUXV"}, X(PR_SET_VMA), X(PR_SET_PTRACER));
XLAT(dumpable, "SUID_DUMP_???", {0, "SUID_DUMP_DISABLE"}, {1, "SUID_DUMP_USER"}, {2, "SUID_DUMP_ROOT"});
XLAT(securebits, "SECBIT_???", X(SECBIT_NOROOT), X(SECBIT_NOROOT_LOCKED), X(SECBIT_NO_SETUID_FIXUP),
     X(SECBIT_NO_SETUID_FIXUP_LOCKED), X(SECBIT_KEEP_CAPS), X(SECBIT_KEEP_CAPS_LOCKED),
     X(SECBIT_NO_CAP_AMBIENT_RAISE), X(SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED));
XLAT(cap_ambient, "PR_CAP_AMBIENT_???", X(PR_CAP_AMBIENT_IS_SET), X(PR_CAP_AMBIENT_RAISE),
     X(PR_CAP_AMBIENT_LOWER), X(PR_CAP_AMBIENT_CLEAR_ALL));
XLAT(mce_kill, "PR_MCE_KILL_???", X(PR_MCE_KILL_CLEAR), X(PR_MCE_KILL_SET));
XLAT(mce_kill_policy, "PR_MCE_KILL_???", X(PR_MCE_KILL_LATE), X(PR_MCE_KILL_EARLY), X(PR_MCE_KILL_DEFAULT));
XLAT(set_mm, "PR_SET_MM_???", X(PR_SET_MM_START_CODE), X(PR_SET_MM_END_CODE), X(PR_SET_MM_START_DATA),
     X(PR_SET_MM_END_DATA), X(PR_SET_MM_START_STACK), X(PR_SET_MM_START_BRK), X(PR_SET_MM_BRK),
     X(PR_SET_MM_ARG_START), X(PR_SET_MM_ARG_END), X(PR_SET_MM_ENV_START), X(PR_SET_MM_ENV_END),
     X(PR_SET_MM_AUXV), X(PR_SET_MM_EXE_FILE), X(PR_SET_MM_MAP), X(PR_SET_MM_MAP_SIZE));
XLAT(set_vma, "PR_SET_VMA_???", X(PR_SET_VMA_ANON_NAME));
XLAT(timestamp, "PR_TSC_???", X(PR_TSC_ENABLE), X(PR_TSC_SIGSEGV));
XLAT(unaligned, "PR_UNALIGN_???", X(PR_UNALIGN_NOPRINT), X(PR_UNALIGN_SIGBUS));
XLAT(fp_mode, "PR_FP_MODE_???", X(PR_FP_MODE_FR), X(PR_FP_MODE_FRE));
XLAT(speculation, "PR_SPEC_???", X(PR_SPEC_STORE_BYPASS), X(PR_SPEC_INDIRECT_BRANCH), X(PR_SPEC_L1D_FLUSH));
XLAT(speculation_state, "PR_SPEC_???", X(PR_SPEC_NOT_AFFECTED), X(PR_SPEC_PRCTL), X(PR_SPEC_ENABLE),
     X(PR_SPEC_DISABLE), X(PR_SPEC_FORCE_DISABLE), X(PR_SPEC_DISABLE_NOEXEC));
XLAT(speculation_control, "PR_SPEC_???", X(PR_SPEC_ENABLE), X(PR_SPEC_DISABLE), X(PR_SPEC_FORCE_DISABLE),
     X(PR_SPEC_DISABLE_NOEXEC));
XLAT(dispatch, "PR_SYS_DISPATCH_???", {0, "PR_SYS_DISPATCH_OFF"}, {1, "PR_SYS_DISPATCH_EXCLUSIVE_ON"},
     {2, "PR_SYS_DISPATCH_INCLUSIVE_ON"});
XLAT(sched_core, "PR_SCHED_CORE_???", X(PR_SCHED_CORE_GET), X(PR_SCHED_CORE_CREATE),
     X(PR_SCHED_CORE_SHARE_TO), X(PR_SCHED_CORE_SHARE_FROM));
XLAT(pid_type, "PIDTYPE_???", {0, "PIDTYPE_PID"}, {1, "PIDTYPE_TGID"}, {2, "PIDTYPE_PGID"},
     {3, "PIDTYPE_SID"});

/* The registers of prctl: the option and its first argument. */
enum { OPTION = 0, FIRST = 1, TASK_COMM = 16 };

/* A thread's name, of which at most kind->size bytes count. */
static void decode_comm(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    char text[TASK_COMM];
    bool terminated;
    size_t most = kind->size < d->options->string_max ? kind->size : d->options->string_max;
    ssize_t n = mem_read_string(d->mem, decode_word(d, raw), text, most, &terminated);

    if (n < 0 || (!terminated && (size_t)n < most)) {
        decode_addr(d, name, raw);
    } else {
        values_string(d->out, name, text, (size_t)n, terminated ? 0 : VALUE_MORE);
    }
}

static void decode_death_signal(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t number = decode_word(d, raw);
    if (number > 128) {
        values_add(d->out, VALUE_UINT, name, number);
    } else {
        decode_signal_number(d, name, (int64_t)number);
    }
}

static void decode_ptracer(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if ((int32_t)raw == -1) {
        uint32_t index = values_word(d->out, name, "PR_SET_PTRACER_ANY");
        values_at(d->out, index)->number = UINT64_MAX;
    } else {
        values_add(d->out, VALUE_INT, name, (uint64_t)(int64_t)(int32_t)raw);
    }
}

/* strace shows the number and its name. */
static void decode_pid_type(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t index = values_add(d->out, VALUE_HEX, name, (uint32_t)raw);
    const char *word = xlat_name(&xlat_pid_type, (uint32_t)raw);
    word = word ? word : xlat_pid_type.unknown;
    values_note(d->out, index, word, strlen(word));
}

static void decode_core_cookie(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if (d->at_exit && d->result >= 0 && (uint32_t)d->args[FIRST] == PR_SCHED_CORE_GET) {
        decode_number_at(d, name, raw, sizeof(uint64_t), VALUE_HEX);
    } else if (!d->at_exit) {
        decode_addr(d, name, raw);
    }
}

static void decode_fprog(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_sock_fprog(d, name, raw, true);
}

static void decode_flags_at(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint64_t bits = 0;
    if (decode_object(d, name, raw, &bits, kind->size)) {
        values_open(d->out, VALUE_REF, name);
        append_flags(d, NULL, kind->aux, bits);
        values_close(d->out);
    }
}

#define LOCAL static const struct kind
#define WORD_ENUM(table)                                                                                     \
    {                                                                                                        \
        .decode = decode_enum, .aux = &xlat_##table, .size = 8                                               \
    }
#define OUT .direction = DIR_OUT, .extent = EXTENT_FIXED
LOCAL word_dumpable = WORD_ENUM(dumpable);
LOCAL word_capability = WORD_ENUM(capability);
LOCAL word_cap_ambient = WORD_ENUM(cap_ambient);
LOCAL word_mce_kill = WORD_ENUM(mce_kill);
LOCAL word_mce_policy = WORD_ENUM(mce_kill_policy);
LOCAL word_set_vma = WORD_ENUM(set_vma);
LOCAL word_speculation = WORD_ENUM(speculation);
LOCAL word_speculation_control = WORD_ENUM(speculation_control);
LOCAL word_dispatch = WORD_ENUM(dispatch);
LOCAL int_set_mm = {.decode = decode_enum, .aux = &xlat_set_mm};
LOCAL int_timestamp = {.decode = decode_enum, .aux = &xlat_timestamp};
LOCAL int_unaligned = {.decode = decode_flags, .aux = &xlat_unaligned};
LOCAL int_fp_mode = {.decode = decode_flags, .aux = &xlat_fp_mode};
LOCAL int_sched_core = {.decode = decode_enum, .aux = &xlat_sched_core};
LOCAL word_securebits = {.decode = decode_flags, .aux = &xlat_securebits, .size = 8};
LOCAL comm_in = {.decode = decode_comm, .size = TASK_COMM - 1};
LOCAL comm_out = {.decode = decode_comm, .size = TASK_COMM, OUT};
LOCAL death_signal = {.decode = decode_death_signal};
LOCAL ptracer = {.decode = decode_ptracer};
LOCAL pid_type = {.decode = decode_pid_type};
LOCAL core_cookie = {.decode = decode_core_cookie, .direction = DIR_INOUT};
LOCAL fprog = {.decode = decode_fprog};
LOCAL timestamp_out = {.decode = decode_enum_at, .aux = &xlat_timestamp, .size = 4, OUT};
LOCAL unaligned_out = {.decode = decode_flags_at, .aux = &xlat_unaligned, .size = 4, OUT};

/* How the arguments of an option are shown, up to the first NULL. `when` chooses among lines of one option.
 */
struct prctl_line {
    uint32_t option;
    bool conditional; /* holds where the argument after the option is `when` */
    uint8_t when;
    const struct kind *args[4];
};

#define ARGS(...) .args = {__VA_ARGS__}
#define WHEN(number) .conditional = true, .when = (number)
static const struct prctl_line prctl_lines[] = {
    {PR_GET_KEEPCAPS, ARGS(NULL)},
    {PR_GET_SECCOMP, ARGS(NULL)},
    {PR_GET_TIMERSLACK, ARGS(NULL)},
    {PR_GET_TIMING, ARGS(NULL)},
    {PR_GET_DUMPABLE, ARGS(NULL)},
    {PR_GET_SECUREBITS, ARGS(NULL)},
    {PR_GET_FP_MODE, ARGS(NULL)},
    {PR_SVE_GET_VL, ARGS(NULL)},
    {PR_SME_GET_VL, ARGS(NULL)},
    {PR_TASK_PERF_EVENTS_DISABLE, ARGS(NULL)},
    {PR_TASK_PERF_EVENTS_ENABLE, ARGS(NULL)},
    {PR_GET_CHILD_SUBREAPER, ARGS(&kind_uint_out)},
    {PR_GET_ENDIAN, ARGS(&kind_uint_out)},
    {PR_GET_FPEMU, ARGS(&kind_uint_out)},
    {PR_GET_FPEXC, ARGS(&kind_uint_out)},
    {PR_GET_NAME, ARGS(&comm_out)},
    {PR_GET_PDEATHSIG, ARGS(&kind_signal_out)},
    {PR_GET_TID_ADDRESS, ARGS(&kind_addr_out)},
    {PR_GET_TSC, ARGS(&timestamp_out)},
    {PR_GET_UNALIGN, ARGS(&unaligned_out)},
    {PR_GET_SPECULATION_CTRL, ARGS(&word_speculation)},
    {PR_SET_CHILD_SUBREAPER, ARGS(&kind_ulong)},
    {PR_SET_ENDIAN, ARGS(&kind_ulong)},
    {PR_SET_FPEMU, ARGS(&kind_ulong)},
    {PR_SET_FPEXC, ARGS(&kind_ulong)},
    {PR_SET_KEEPCAPS, ARGS(&kind_ulong)},
    {PR_SET_TIMING, ARGS(&kind_ulong)},
    {PR_SET_TIMERSLACK, ARGS(&kind_long)},
    {PR_SET_DUMPABLE, ARGS(&word_dumpable)},
    {PR_CAPBSET_DROP, ARGS(&word_capability)},
    {PR_CAPBSET_READ, ARGS(&word_capability)},
    {PR_CAP_AMBIENT, WHEN(PR_CAP_AMBIENT_RAISE),
     ARGS(&word_cap_ambient, &word_capability, &kind_hex, &kind_hex)},
    {PR_CAP_AMBIENT, WHEN(PR_CAP_AMBIENT_LOWER),
     ARGS(&word_cap_ambient, &word_capability, &kind_hex, &kind_hex)},
    {PR_CAP_AMBIENT, WHEN(PR_CAP_AMBIENT_IS_SET),
     ARGS(&word_cap_ambient, &word_capability, &kind_hex, &kind_hex)},
    {PR_CAP_AMBIENT, ARGS(&word_cap_ambient, &kind_hex, &kind_hex, &kind_hex)},
    {PR_MCE_KILL, WHEN(PR_MCE_KILL_SET), ARGS(&word_mce_kill, &word_mce_policy, &kind_hex, &kind_hex)},
    {PR_MCE_KILL, ARGS(&word_mce_kill, &kind_hex, &kind_hex, &kind_hex)},
    {PR_SET_NAME, ARGS(&comm_in)},
    {PR_SET_VMA, WHEN(PR_SET_VMA_ANON_NAME), ARGS(&word_set_vma, &kind_addr, &kind_ulong, &kind_string)},
    {PR_SET_VMA, ARGS(&word_set_vma, &kind_hex, &kind_hex, &kind_hex)},
    {PR_SET_MM, ARGS(&int_set_mm, &kind_hex, &kind_hex, &kind_hex)},
    {PR_SET_PDEATHSIG, ARGS(&death_signal)},
    {PR_SET_PTRACER, ARGS(&ptracer)},
    {PR_SET_SECCOMP, WHEN(SECCOMP_MODE_STRICT), ARGS(&kind_seccomp_mode)},
    {PR_SET_SECCOMP, WHEN(SECCOMP_MODE_FILTER), ARGS(&kind_seccomp_mode, &fprog)},
    {PR_SET_SECCOMP, ARGS(&kind_seccomp_mode, &kind_hex, &kind_hex, &kind_hex)},
    {PR_SET_SECUREBITS, ARGS(&word_securebits)},
    {PR_SET_TSC, ARGS(&int_timestamp)},
    {PR_SET_UNALIGN, ARGS(&int_unaligned)},
    {PR_SET_FP_MODE, ARGS(&int_fp_mode)},
    {PR_SET_NO_NEW_PRIVS, ARGS(&kind_ulong, &kind_hex, &kind_hex, &kind_hex)},
    {PR_SET_THP_DISABLE, ARGS(&kind_ulong, &kind_hex, &kind_hex, &kind_hex)},
    {PR_SET_IO_FLUSHER, ARGS(&kind_ulong, &kind_hex, &kind_hex, &kind_hex)},
    {PR_SET_SPECULATION_CTRL, WHEN(PR_SPEC_STORE_BYPASS), ARGS(&word_speculation, &word_speculation_control)},
    {PR_SET_SPECULATION_CTRL, WHEN(PR_SPEC_INDIRECT_BRANCH),
     ARGS(&word_speculation, &word_speculation_control)},
    {PR_SET_SPECULATION_CTRL, WHEN(PR_SPEC_L1D_FLUSH), ARGS(&word_speculation, &word_speculation_control)},
    {PR_SET_SPECULATION_CTRL, ARGS(&word_speculation, &kind_hex)},
    {PR_SVE_SET_VL, ARGS(&kind_hex)},
    {PR_SME_SET_VL, ARGS(&kind_hex)},
    {PR_SET_SYSCALL_USER_DISPATCH, ARGS(&word_dispatch, &kind_hex, &kind_hex, &kind_addr)},
    {PR_SCHED_CORE, ARGS(&int_sched_core, &kind_int, &pid_type, &core_cookie)},
};
static const struct prctl_line other_line = {.args = {&kind_hex, &kind_hex, &kind_hex, &kind_hex}};

static const struct prctl_line *line_of(const struct decoder *d)
{
    uint32_t option = (uint32_t)d->args[OPTION];
    uint64_t first = decode_word(d, d->args[FIRST]);

    for (size_t i = 0; i < sizeof(prctl_lines) / sizeof(prctl_lines[0]); i++) {
        const struct prctl_line *line = &prctl_lines[i];
        if (line->option == option && (!line->conditional || line->when == first)) {
            return line;
        }
    }
    return &other_line;
}

static void decode_prctl_arg(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    const struct prctl_line *line = line_of(d);
    for (unsigned i = 0; i <= d->arg - FIRST; i++) {
        if (!line->args[i]) {
            return;
        }
    }
    decode_as(d, name, line->args[d->arg - FIRST], raw);
}

static void decode_prctl_result(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)name;
    (void)kind;
    switch ((uint32_t)d->args[OPTION]) {
    case PR_GET_DUMPABLE:
        decode_result_enum(d, &xlat_dumpable, raw);
        break;
    case PR_MCE_KILL_GET:
        decode_result_enum(d, &xlat_mce_kill_policy, raw);
        break;
    case PR_GET_SECUREBITS:
        decode_result_flags(d, &xlat_securebits, raw);
        break;
    case PR_GET_SPECULATION_CTRL:
        values_open(d->out, VALUE_NOTED, NULL);
        append_hex(d, NULL, raw);
        values_at(d->out, values_xlat(d->out, VALUE_FLAGS, NULL, &xlat_speculation_state, raw))->flags |=
            VALUE_NAMES;
        values_close(d->out);
        break;
    default:
        kind_long.decode(d, NULL, &kind_long, raw);
        break;
    }
}

KIND_ENUM(prctl_option, prctl_option);
/* Whatever an option writes is at most a thread's name long. */
const struct kind kind_prctl_arg = {
    .decode = decode_prctl_arg, .direction = DIR_INOUT, .extent = EXTENT_FIXED, .size = TASK_COMM};
const struct kind kind_prctl_result = {.decode = decode_prctl_result};
