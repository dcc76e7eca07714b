#include "decode/kinds/signal.h"

#include <signal.h>
#include <string.h>

#include "decode/call.h"
#include "decode/kinds/basic.h"
#include "decode/kinds/fields.h"
#include "decode/render.h"

enum {
    SIGSET_BYTES = 8, /* the kernel's sigset_t: 64 signals on every x86 ABI */
    OLD_SA_BYTES_MAX = 32,
    SA_BYTES_MAX = 32,
    STACK_BYTES_MAX = 24,
    SIGEVENT_BYTES_MAX = 64,
};

XLAT(sigmask_how, "SIG_???", X(SIG_BLOCK), X(SIG_UNBLOCK), X(SIG_SETMASK));
XLAT(sigaction_flags, "SA_???", {0x04000000, "SA_RESTORER"}, X(SA_ONSTACK), X(SA_RESTART),
     {0x20000000, "SA_INTERRUPT"}, X(SA_NODEFER), {0x80000000, "SA_RESETHAND"}, X(SA_SIGINFO),
     X(SA_NOCLDSTOP), X(SA_NOCLDWAIT));
XLAT(sigaltstack_flags, "SS_???", X(SS_ONSTACK), X(SS_DISABLE), {0x80000000, "SS_AUTODISARM"});
XLAT(sigev_notify, "SIGEV_???", X(SIGEV_SIGNAL), X(SIGEV_NONE), X(SIGEV_THREAD), {4, "SIGEV_THREAD_ID"});

void decode_signal_number(struct decoder *d, const char *name, int64_t number)
{
    const char *word = number > 0 && number <= 64 ? signal_name((int)number) : NULL;
    if (!word) {
        values_add(d->out, VALUE_INT, name, (uint64_t)number);
        return;
    }
    uint32_t index = values_word(d->out, name, word);
    values_stand_for(d->out, index, (uint64_t)number, VALUE_AS_INT);
}

static void decode_signal(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_signal_number(d, name, (int32_t)raw);
}

static void append_sigset(struct decoder *d, const char *name, uint64_t mask, unsigned bytes)
{
    unsigned bits = bytes > 4 ? 64 : 32; /* shown in 32-bit words, as strace does */
    uint64_t all = bits == 64 ? UINT64_MAX : UINT32_MAX;
    mask &= all;
    bool complement = (unsigned)__builtin_popcountll(mask) >= bits * 2 / 3;
    if (complement) {
        mask = ~mask & all;
    }
    uint32_t set = values_open(d->out, VALUE_SET, name);
    values_at(d->out, set)->number = complement;
    for (int number = 1; mask; number++, mask >>= 1) {
        if (mask & 1) {
            uint32_t index = values_word(d->out, NULL, signal_name(number) + strlen("SIG"));
            values_stand_for(d->out, index, (uint64_t)number, VALUE_AS_INT);
        }
    }
    values_close(d->out);
}

/* The kernel accepts sizes between `least` and its own. */
static void sigset_sized(struct decoder *d, const char *name, uint64_t addr, uint64_t bytes, uint64_t least)
{
    uint64_t mask = 0;
    bool sized = bytes >= least && bytes <= SIGSET_BYTES;
    if (!addr || !sized || !mem_read(d->mem, decode_word(d, addr), &mask, bytes)) {
        decode_addr(d, name, addr);
        return;
    }
    append_sigset(d, name, mask, (unsigned)bytes);
}

void decode_sigset(struct decoder *d, const char *name, uint64_t addr, uint64_t bytes)
{
    sigset_sized(d, name, addr, bytes, d->abi->pointer_size);
}

/* kind->extent_arg: the argument that holds the size; 0: the next one. kind->option: the least size. */
static void sigset_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    unsigned size_arg = kind->extent_arg ? kind->extent_arg : d->arg + 1;
    uint64_t bytes = size_arg < CALL_ARGS_MAX ? decode_word(d, d->args[size_arg]) : 0;
    sigset_sized(d, name, raw, bytes, kind->option ? kind->option : d->abi->pointer_size);
}

static void old_sigset_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_sigset(d, name, raw, d->abi->pointer_size);
}

static void old_sigmask_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    append_sigset(d, name, decode_word(d, raw), d->abi->pointer_size);
}

static void append_handler(struct decoder *d, const char *name, uint64_t handler)
{
    uint64_t error = decode_word(d, UINT64_MAX); /* SIG_ERR: some programs install it */
    if (handler > 1 && handler != error) {
        decode_addr(d, name, handler);
        return;
    }
    uint32_t index = values_word(d->out, name,
                                 handler == error ? "SIG_ERR"
                                 : handler        ? "SIG_IGN"
                                                  : "SIG_DFL");
    values_stand_for(d->out, index, handler, VALUE_AS_HEX);
}

static void handler_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    append_handler(d, name, decode_word(d, raw));
}

/* kind->option 1: the layout before rt_sigaction, with a mask of one word in the second place. */
static void sigaction_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    unsigned char bytes[SA_BYTES_MAX];
    uint32_t word = d->abi->pointer_size; /* x32 uses the 32-bit structure (compat_sigaction) */
    uint32_t size = kind->option ? 4 * word : 3 * word + SIGSET_BYTES;
    if (!decode_object(d, name, raw, bytes, size)) {
        return;
    }
    struct fields f = fields_over(d, bytes, size);
    f.align_max = word;
    uint64_t handler = field_pointer(&f);
    uint64_t mask = kind->option ? field_pointer(&f) : 0;
    uint64_t flags = field_pointer(&f);
    uint64_t restorer = field_pointer(&f);
    mask = kind->option ? mask : field_unsigned(&f, SIGSET_BYTES);

    values_open(d->out, VALUE_STRUCT, name);
    append_handler(d, "sa_handler", handler);
    append_sigset(d, "sa_mask", mask, kind->option ? word : SIGSET_BYTES);
    values_xlat(d->out, VALUE_FLAGS, "sa_flags", &xlat_sigaction_flags, flags);
    if (flags & 0x04000000 /* SA_RESTORER */) {
        decode_addr(d, "sa_restorer", restorer);
    }
    values_close(d->out);
}

static void sigaltstack_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    unsigned char bytes[STACK_BYTES_MAX];
    uint32_t size = 3 * (uint32_t)d->abi->pointer_size;
    if (!decode_object(d, name, raw, bytes, size)) {
        return;
    }
    struct fields f = fields_over(d, bytes, size);
    values_open(d->out, VALUE_STRUCT, name);
    decode_addr(d, "ss_sp", field_pointer(&f));
    values_xlat(d->out, VALUE_FLAGS, "ss_flags", &xlat_sigaltstack_flags, field_unsigned(&f, 4));
    values_add(d->out, VALUE_UINT, "ss_size", field_pointer(&f));
    values_close(d->out);
}

static void append_notify(struct decoder *d, uint32_t notify, struct fields *f)
{
    values_xlat(d->out, VALUE_ENUM, "sigev_notify", &xlat_sigev_notify, notify);
    if (notify == 4 /* SIGEV_THREAD_ID */) {
        values_add(d->out, VALUE_INT, "sigev_notify_thread_id", (uint64_t)field_signed(f, 4));
    } else if (notify == SIGEV_THREAD) {
        decode_addr(d, "sigev_notify_function", field_pointer(f));
        decode_addr(d, "sigev_notify_attributes", field_pointer(f));
    }
}

/* {sigev_signo=SIGALRM, sigev_notify=SIGEV_SIGNAL} */
static void sigevent_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    unsigned char bytes[SIGEVENT_BYTES_MAX];
    if (!decode_object(d, name, raw, bytes, sizeof(bytes))) {
        return;
    }
    struct fields f = fields_over(d, bytes, sizeof(bytes));
    uint64_t value = field_pointer(&f);
    int64_t signo = field_signed(&f, 4);
    uint32_t notify = (uint32_t)field_unsigned(&f, 4);

    values_open(d->out, VALUE_STRUCT, name);
    if (value) {
        values_open(d->out, VALUE_STRUCT, "sigev_value");
        values_add(d->out, VALUE_INT, "sival_int", (uint64_t)(int64_t)(int32_t)value);
        decode_addr(d, "sival_ptr", value);
        values_close(d->out);
    }
    if (notify == SIGEV_NONE || notify > 4) {
        values_add(d->out, VALUE_UINT, "sigev_signo", (uint32_t)signo);
    } else {
        decode_signal_number(d, "sigev_signo", signo);
    }
    append_notify(d, notify, &f);
    values_close(d->out);
}

KIND_ENUM(sigmask_how, sigmask_how);
/*
 * Where the mask lies that a return from a handler restores: from the stack pointer on, as two words of 32
 * bits. arch/x86/include/asm/sigframe.h, uapi/asm/sigcontext.h: a sigcontext is 256 bytes, 88 for i386. The
 * restorer took the return address off the stack, that of i386's sigreturn the signal's number too; there the
 * mask's first word is the last but one of the sigcontext, its second behind the registers of the FPU.
 */
struct signal_frame {
    uint16_t low;
    uint16_t high;
};

static const struct signal_frame frames[ABI_COUNT] = {
    [ABI_X86_64] = {8 + 8 + 24 + 256, 8 + 8 + 24 + 256 + 4},
    [ABI_X32] = {4 + 4 + 12 + 4 + 256, 4 + 4 + 12 + 4 + 256 + 4},
    [ABI_I386] = {3 * 4 + 128 + 4 + 4 + 12 + 88, 3 * 4 + 128 + 4 + 4 + 12 + 88 + 4},
};
static const struct signal_frame old_frame = {88 - 2 * 4, 88 + 624};

/* kind->option 1: as the sigreturn that has no rt_ before it leaves it. */
static void frame_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)raw;
    const struct signal_frame *frame = kind->option ? &old_frame : &frames[d->abi - abis];
    uint32_t low;
    uint32_t high;
    if (!d->stack) {
        return;
    }
    if (!mem_read(d->mem, d->stack + frame->low, &low, sizeof(low)) ||
        !mem_read(d->mem, d->stack + frame->high, &high, sizeof(high))) {
        decode_addr(d, name, d->stack);
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    append_sigset(d, "mask", low | (uint64_t)high << 32, SIGSET_BYTES);
    values_close(d->out);
}

const struct kind kind_signal_frame = {.decode = frame_kind};
const struct kind kind_old_signal_frame = {.decode = frame_kind, .option = 1};
const struct kind kind_signal = {.decode = decode_signal};
const struct kind kind_sigset = {.decode = sigset_kind};
const struct kind kind_sigset_arg3 = {.decode = sigset_kind, .extent_arg = 3};
/* rt_sigpending alone takes any size up to the kernel's. */
const struct kind kind_sigset_out = {
    .decode = sigset_kind, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = SIGSET_BYTES, .option = 1};
const struct kind kind_sigset_arg3_out = {.decode = sigset_kind,
                                          .direction = DIR_OUT,
                                          .extent = EXTENT_FIXED,
                                          .extent_arg = 3,
                                          .size = SIGSET_BYTES};
const struct kind kind_old_sigset = {.decode = old_sigset_kind};
const struct kind kind_old_sigset_out = {
    .decode = old_sigset_kind, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = SIGSET_BYTES};
const struct kind kind_old_sigmask = {.decode = old_sigmask_kind};
const struct kind kind_sigevent = {.decode = sigevent_kind};
const struct kind kind_sigaction = {.decode = sigaction_kind};
const struct kind kind_sigaction_out = {
    .decode = sigaction_kind, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = SA_BYTES_MAX};
const struct kind kind_old_sigaction = {.decode = sigaction_kind, .option = 1};
const struct kind kind_old_sigaction_out = {.decode = sigaction_kind,
                                            .direction = DIR_OUT,
                                            .extent = EXTENT_FIXED,
                                            .size = OLD_SA_BYTES_MAX,
                                            .option = 1};
const struct kind kind_sighandler = {.decode = handler_kind};
const struct kind kind_sigaltstack = {.decode = sigaltstack_kind};
const struct kind kind_sigaltstack_out = {
    .decode = sigaltstack_kind, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = STACK_BYTES_MAX};

/* A result that is a mask: 0x4000 (old mask [TERM]). kind->aux: what it is called. */
static void mask_result(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    values_open(d->out, VALUE_NOTED, name);
    values_add(d->out, VALUE_HEX, NULL, (uint32_t)raw);
    append_sigset(d, kind->aux, (uint32_t)raw, 4);
    values_close(d->out);
}

/* rt_sigtimedwait: the signal that was waited for. */
static void signal_result(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if (raw == 0 || raw > 64) {
        return;
    }
    values_open(d->out, VALUE_NOTED, name);
    values_add(d->out, VALUE_INT, NULL, raw);
    decode_signal_number(d, NULL, (int64_t)raw);
    values_close(d->out);
}

/* signal: the handler before. */
static void handler_result(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t handler = decode_word(d, raw);
    if (handler > 1) {
        values_add(d->out, VALUE_HEX, name, handler);
        return;
    }
    values_open(d->out, VALUE_NOTED, name);
    values_add(d->out, VALUE_HEX, NULL, handler);
    append_handler(d, NULL, handler);
    values_close(d->out);
}

const struct kind kind_mask_result = {.decode = mask_result, .aux = "mask"};
const struct kind kind_old_mask_result = {.decode = mask_result, .aux = "old mask"};
const struct kind kind_signal_result = {.decode = signal_result};
const struct kind kind_sighandler_result = {.decode = handler_result};
