#include "decode/kinds/ptrace.h"

#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/fields.h"
#include "decode/kinds/process.h"
#include "decode/kinds/ptrace_info.h"
#include "decode/kinds/seccomp.h"
#include "decode/kinds/signal.h"

#define R(name, number)                                                                                      \
    {                                                                                                        \
        number, "PTRACE_" #name                                                                              \
    }
XLAT_ORDERED(ptrace_request, "PTRACE_???", R(TRACEME, 0), R(PEEKTEXT, 1), R(PEEKDATA, 2), R(PEEKUSER, 3),
             R(POKETEXT, 4), R(POKEDATA, 5), R(POKEUSER, 6), R(CONT, 7), R(KILL, 8), R(SINGLESTEP, 9),
             R(GETREGS, 12), R(SETREGS, 13), R(GETFPREGS, 14), R(SETFPREGS, 15), R(ATTACH, 16), R(DETACH, 17),
             R(GETFPXREGS, 18), R(SETFPXREGS, 19), R(OLDSETOPTIONS, 21), R(SYSCALL, 24),
             R(GET_THREAD_AREA, 25), R(SET_THREAD_AREA, 26), R(ARCH_PRCTL, 30), R(SYSEMU, 31),
             R(SYSEMU_SINGLESTEP, 32), R(SINGLEBLOCK, 33), R(SETOPTIONS, 0x4200), R(GETEVENTMSG, 0x4201),
             R(GETSIGINFO, 0x4202), R(SETSIGINFO, 0x4203), R(GETREGSET, 0x4204), R(SETREGSET, 0x4205),
             R(SEIZE, 0x4206), R(INTERRUPT, 0x4207), R(LISTEN, 0x4208), R(PEEKSIGINFO, 0x4209),
             R(GETSIGMASK, 0x420a), R(SETSIGMASK, 0x420b), R(SECCOMP_GET_FILTER, 0x420c),
             R(SECCOMP_GET_METADATA, 0x420d), R(GET_SYSCALL_INFO, 0x420e), R(GET_RSEQ_CONFIGURATION, 0x420f),
             R(SET_SYSCALL_USER_DISPATCH_CONFIG, 0x4210), R(GET_SYSCALL_USER_DISPATCH_CONFIG, 0x4211),
             R(SET_SYSCALL_INFO, 0x4212));
enum request {
    REQUEST_TRACEME = 0,
    REQUEST_PEEKTEXT = 1,
    REQUEST_PEEKDATA = 2,
    REQUEST_PEEKUSER = 3,
    REQUEST_POKETEXT = 4,
    REQUEST_POKEDATA = 5,
    REQUEST_POKEUSER = 6,
    REQUEST_CONT = 7,
    REQUEST_KILL = 8,
    REQUEST_SINGLESTEP = 9,
    REQUEST_GETREGS = 12,
    REQUEST_SETREGS = 13,
    REQUEST_GETFPREGS = 14,
    REQUEST_SETFPREGS = 15,
    REQUEST_ATTACH = 16,
    REQUEST_DETACH = 17,
    REQUEST_GETFPXREGS = 18,
    REQUEST_SETFPXREGS = 19,
    REQUEST_OLDSETOPTIONS = 21,
    REQUEST_SYSCALL = 24,
    REQUEST_GET_THREAD_AREA = 25,
    REQUEST_SET_THREAD_AREA = 26,
    REQUEST_ARCH_PRCTL = 30,
    REQUEST_SYSEMU = 31,
    REQUEST_SYSEMU_SINGLESTEP = 32,
    REQUEST_SINGLEBLOCK = 33,
    REQUEST_SETOPTIONS = 0x4200,
    REQUEST_GETEVENTMSG = 0x4201,
    REQUEST_GETSIGINFO = 0x4202,
    REQUEST_SETSIGINFO = 0x4203,
    REQUEST_GETREGSET = 0x4204,
    REQUEST_SETREGSET = 0x4205,
    REQUEST_SEIZE = 0x4206,
    REQUEST_INTERRUPT = 0x4207,
    REQUEST_LISTEN = 0x4208,
    REQUEST_PEEKSIGINFO = 0x4209,
    REQUEST_GETSIGMASK = 0x420a,
    REQUEST_SETSIGMASK = 0x420b,
    REQUEST_SECCOMP_GET_FILTER = 0x420c,
    REQUEST_SECCOMP_GET_METADATA = 0x420d,
    REQUEST_GET_SYSCALL_INFO = 0x420e,
    REQUEST_GET_RSEQ_CONFIGURATION = 0x420f,
    REQUEST_SET_SYSCALL_USER_DISPATCH_CONFIG = 0x4210,
    REQUEST_GET_SYSCALL_USER_DISPATCH_CONFIG = 0x4211,
    REQUEST_SET_SYSCALL_INFO = 0x4212,
};
XLAT(ptrace_options, "PTRACE_O_???", X(PTRACE_O_TRACESYSGOOD), X(PTRACE_O_TRACEFORK), X(PTRACE_O_TRACEVFORK),
     X(PTRACE_O_TRACECLONE), X(PTRACE_O_TRACEEXEC), X(PTRACE_O_TRACEVFORKDONE), X(PTRACE_O_TRACEEXIT),
     X(PTRACE_O_TRACESECCOMP), X(PTRACE_O_EXITKILL), X(PTRACE_O_SUSPEND_SECCOMP));
XLAT(register_set, "NT_???", {1, "NT_PRSTATUS"}, {2, "NT_FPREGSET"}, {3, "NT_PRPSINFO"}, {4, "NT_PRXREG"},
     {5, "NT_PLATFORM"}, {6, "NT_AUXV"}, {0x200, "NT_386_TLS"}, {0x201, "NT_386_IOPERM"},
     {0x202, "NT_X86_XSTATE"}, {0x204, "NT_X86_SHSTK"}, {0x205, "NT_X86_XSAVE_LAYOUT"},
     {0x46e62b7f, "NT_PRXFPREG"});
XLAT(peek_siginfo_flags, "PTRACE_PEEKSIGINFO_???", {1, "PTRACE_PEEKSIGINFO_SHARED"});

/* The registers at the start of struct user, in words. */
static const char *const wide_registers[] = {
    "8*R15", "8*R14", "8*R13", "8*R12", "8*RBP",      "8*RBX", "8*R11", "8*R10", "8*R9",  "8*R8", "8*RAX",
    "8*RCX", "8*RDX", "8*RSI", "8*RDI", "8*ORIG_RAX", "8*RIP", "8*CS",  "8*EFL", "8*RSP", "8*SS"};
static const char *const narrow_registers[] = {"4*EBX", "4*ECX", "4*EDX", "4*ESI",  "4*EDI", "4*EBP",
                                               "4*EAX", "4*DS",  "4*ES",  "4*FS",   "4*GS",  "4*ORIG_EAX",
                                               "4*EIP", "4*CS",  "4*EFL", "4*UESP", "4*SS"};

/* What follows them, of the x86-64 layout, and where its last member ends. */
#define USER_MEMBER(member)                                                                                  \
    {                                                                                                        \
        offsetof(struct user, member), "offsetof(struct user, " #member ")"                                  \
    }
static const struct xlat_entry user_members[] = {
    USER_MEMBER(u_fpvalid), USER_MEMBER(i387),       USER_MEMBER(u_tsize),     USER_MEMBER(u_dsize),
    USER_MEMBER(u_ssize),   USER_MEMBER(start_code), USER_MEMBER(start_stack), USER_MEMBER(signal),
    USER_MEMBER(reserved),  USER_MEMBER(u_ar0),      USER_MEMBER(u_fpstate),   USER_MEMBER(magic),
    USER_MEMBER(u_comm),    USER_MEMBER(u_debugreg)};
enum {
    WIDE_REGISTERS = sizeof(wide_registers) / sizeof(wide_registers[0]),
    NARROW_REGISTERS = sizeof(narrow_registers) / sizeof(narrow_registers[0]),
    USER_MEMBERS = sizeof(user_members) / sizeof(user_members[0]),
};

/* The registers of ptrace. */
enum { REQUEST, PID, ADDR, DATA };

static uint64_t request_of(const struct decoder *d)
{
    return decode_word(d, d->args[REQUEST]);
}

/* The last register or member that starts at or before an offset; its own offset in *start. NULL: none. */
static const char *user_member(const struct decoder *d, uint64_t offset, uint64_t *start)
{
    bool wide = d->abi->pointer_size == 8;
    uint64_t word = offset / d->abi->pointer_size;
    const char *name = NULL;

    if (word < (wide ? WIDE_REGISTERS : NARROW_REGISTERS)) {
        *start = word * d->abi->pointer_size;
        return wide ? wide_registers[word] : narrow_registers[word];
    }
    if (!wide || offset >= sizeof(struct user)) {
        return NULL;
    }
    *start = (WIDE_REGISTERS - 1) * sizeof(uint64_t);
    name = wide_registers[WIDE_REGISTERS - 1];
    for (size_t i = 0; i < USER_MEMBERS && user_members[i].value <= offset; i++) {
        *start = user_members[i].value;
        name = user_members[i].name;
    }
    return name;
}

static void decode_user_offset(struct decoder *d, const char *name, uint64_t offset)
{
    uint64_t start = 0;
    const char *member = user_member(d, offset, &start);
    uint32_t index;

    if (!member) {
        decode_addr(d, name, offset);
        return;
    }
    if (start == offset) {
        index = values_word(d->out, name, member);
    } else {
        index = values_wordf(d->out, name, "%s+%llu", member, (unsigned long long)(offset - start));
    }
    values_stand_for(d->out, index, offset, VALUE_AS_ADDR);
}

static void decode_peek_siginfo(struct decoder *d, const char *name, uint64_t addr)
{
    struct __ptrace_peeksiginfo_args peek;
    if (decode_object(d, name, addr, &peek, sizeof(peek))) {
        values_open(d->out, VALUE_STRUCT, name);
        values_add(d->out, VALUE_UINT, "off", peek.off);
        append_flags(d, "flags", &xlat_peek_siginfo_flags, peek.flags);
        values_add(d->out, VALUE_UINT, "nr", (uint32_t)peek.nr);
        values_close(d->out);
    }
}

static void decode_ptrace_pid(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if (request_of(d) != REQUEST_TRACEME) {
        decode_pid(d, name, (int32_t)raw);
    }
}

/* Requests that take neither an address nor data. */
static bool takes_nothing(uint64_t request)
{
    return request == REQUEST_TRACEME || request == REQUEST_ATTACH || request == REQUEST_INTERRUPT ||
           request == REQUEST_KILL || request == REQUEST_LISTEN;
}

static void decode_ptrace_addr(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if (takes_nothing(request_of(d))) {
        return;
    }
    switch (request_of(d)) {
    case REQUEST_GETREGS: /* these look at the data only */
    case REQUEST_SETREGS:
    case REQUEST_GETFPREGS:
    case REQUEST_SETFPREGS:
        break;
    case REQUEST_PEEKUSER:
    case REQUEST_POKEUSER:
        decode_user_offset(d, name, decode_word(d, raw));
        break;
    case REQUEST_GETREGSET:
    case REQUEST_SETREGSET:
        values_xlat(d->out, VALUE_ENUM, name, &xlat_register_set, (uint32_t)raw);
        break;
    case REQUEST_GETSIGMASK:
    case REQUEST_SETSIGMASK:
    case REQUEST_SECCOMP_GET_FILTER:
    case REQUEST_SECCOMP_GET_METADATA:
    case REQUEST_GET_SYSCALL_INFO:
    case REQUEST_SET_SYSCALL_INFO:
        values_add(d->out, VALUE_UINT, name, decode_word(d, raw));
        break;
    case REQUEST_PEEKSIGINFO:
        decode_peek_siginfo(d, name, raw);
        break;
    default:
        decode_addr(d, name, raw);
        break;
    }
}

/* The iovec of GETREGSET and SETREGSET: where the registers are in the caller's memory. */
static void decode_register_buffer(struct decoder *d, const char *name, uint64_t raw)
{
    unsigned char bytes[16];
    size_t n = 2 * (size_t)d->abi->pointer_size;
    if (decode_object(d, name, raw, bytes, n)) {
        struct fields f = fields_over(d, bytes, n);
        values_open(d->out, VALUE_STRUCT, name);
        decode_addr(d, "iov_base", field_pointer(&f));
        values_add(d->out, VALUE_UINT, "iov_len", field_pointer(&f));
        values_close(d->out);
    }
}

/* What a request reads. */
static void decode_data_sent(struct decoder *d, const char *name, uint64_t raw)
{
    switch (request_of(d)) {
    case REQUEST_CONT:
    case REQUEST_DETACH:
    case REQUEST_SYSCALL:
    case REQUEST_SINGLESTEP:
    case REQUEST_SINGLEBLOCK:
    case REQUEST_SYSEMU:
    case REQUEST_SYSEMU_SINGLESTEP:
        decode_signal_number(d, name, (int32_t)raw);
        break;
    case REQUEST_SEIZE:
    case REQUEST_SETOPTIONS:
    case REQUEST_OLDSETOPTIONS:
        append_flags(d, name, &xlat_ptrace_options, decode_word(d, raw));
        break;
    case REQUEST_SETSIGINFO:
        decode_siginfo(d, name, raw);
        break;
    case REQUEST_SETSIGMASK:
        decode_sigset(d, name, raw, decode_word(d, d->args[ADDR]));
        break;
    case REQUEST_SETREGSET:
        decode_register_buffer(d, name, raw);
        break;
    default:
        decode_addr(d, name, raw);
        break;
    }
}

static void decode_siginfo_element(struct decoder *d, const void *element, void *context)
{
    (void)context;
    decode_siginfo_of(d, NULL, element, 128 /* sizeof(siginfo_t) on every ABI */);
}

static void decode_metadata(struct decoder *d, const char *name, uint64_t addr)
{
    uint64_t data[2]; /* struct seccomp_metadata: filter_off, flags */
    if (decode_object(d, name, addr, data, sizeof(data))) {
        values_open(d->out, VALUE_STRUCT, name);
        values_add(d->out, VALUE_UINT, "filter_off", data[0]);
        append_flags(d, "flags", &xlat_seccomp_filter_flags, data[1]);
        values_close(d->out);
    }
}

/* What a request has written; nothing where it writes nothing. */
static void decode_data_received(struct decoder *d, const char *name, uint64_t raw)
{
    switch (request_of(d)) {
    case REQUEST_PEEKTEXT:
    case REQUEST_PEEKDATA:
    case REQUEST_PEEKUSER:
        decode_number_at(d, name, raw, d->abi->pointer_size, VALUE_HEX);
        break;
    case REQUEST_GETEVENTMSG:
        decode_number_at(d, name, raw, d->abi->long_size, VALUE_UINT);
        break;
    case REQUEST_GETREGSET:
        decode_register_buffer(d, name, raw);
        break;
    case REQUEST_GETSIGINFO:
        decode_siginfo(d, name, raw);
        break;
    case REQUEST_GETSIGMASK:
        decode_sigset(d, name, raw, decode_word(d, d->args[ADDR]));
        break;
    case REQUEST_PEEKSIGINFO:
        decode_array(d, name, raw, (uint64_t)d->result, 128, decode_siginfo_element, NULL);
        break;
    case REQUEST_SECCOMP_GET_FILTER:
        decode_sock_filters(d, name, raw, (uint64_t)d->result, true);
        break;
    case REQUEST_SECCOMP_GET_METADATA:
        decode_metadata(d, name, raw);
        break;
    case REQUEST_GET_SYSCALL_INFO:
        decode_syscall_info(d, name, raw, decode_word(d, d->args[ADDR]));
        break;
    default:
        break;
    }
}

static void decode_ptrace_data(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if (takes_nothing(request_of(d))) {
        return;
    }
    if (!d->at_exit) {
        decode_data_sent(d, name, raw);
    } else if (d->result >= 0 || request_of(d) == REQUEST_GETREGSET) { /* its iovec is the caller's */
        decode_data_received(d, name, raw);
    }
}

const struct kind kind_ptrace_request = {.decode = decode_enum, .aux = &xlat_ptrace_request, .size = 8};
const struct kind kind_ptrace_pid = {.decode = decode_ptrace_pid};
const struct kind kind_ptrace_addr = {.decode = decode_ptrace_addr};
/* The largest that is captured is a siginfo. */
const struct kind kind_ptrace_data = {
    .decode = decode_ptrace_data, .direction = DIR_INOUT, .extent = EXTENT_FIXED, .size = 128};
