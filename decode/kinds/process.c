#include "decode/kinds/process.h"

#include <fcntl.h>
#include <linux/kcmp.h>
#include <sys/personality.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/fields.h"
#include "decode/kinds/signal.h"
#include "decode/render.h"

void decode_as(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    bool only_out = kind->direction == DIR_OUT || kind->direction == DIR_OUT_ANY;

    if (!d->at_exit && only_out) {
        decode_addr(d, name, raw);
    } else if (!d->at_exit || (kind->direction == DIR_OUT && d->result >= 0) ||
               kind->direction == DIR_OUT_ANY || kind->direction == DIR_INOUT) {
        kind->decode(d, name, kind, raw);
    }
}

void decode_result_enum(struct decoder *d, const struct xlat *xlat, uint64_t number)
{
    values_open(d->out, VALUE_NOTED, NULL);
    values_add(d->out, VALUE_INT, NULL, number);
    if (xlat_name(xlat, number)) {
        uint32_t index = values_xlat(d->out, VALUE_ENUM, NULL, xlat, number);
        values_at(d->out, index)->flags |= VALUE_NAMES;
    }
    values_close(d->out);
}

void decode_result_flags(struct decoder *d, const struct xlat *xlat, uint64_t bits)
{
    values_open(d->out, VALUE_NOTED, NULL);
    values_add(d->out, VALUE_HEX, NULL, bits);
    if (bits || xlat_name(xlat, 0)) {
        values_xlat(d->out, VALUE_FLAGS, NULL, xlat, bits);
    }
    values_close(d->out);
}

void decode_enum_at(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t number;
    if (decode_object(d, name, raw, &number, sizeof(number))) {
        values_open(d->out, VALUE_REF, name);
        values_xlat(d->out, VALUE_ENUM, NULL, kind->aux, number);
        values_close(d->out);
    }
}

/* kind->option: the type of the number that is there. */
static void decode_number_out(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    enum value_type type = (enum value_type)kind->option;
    decode_number_at(d, name, raw, type == VALUE_ADDR ? d->abi->pointer_size : 4, type);
}

static void decode_signal_out(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    int32_t number;
    if (decode_object(d, name, raw, &number, sizeof(number))) {
        values_open(d->out, VALUE_REF, name);
        decode_signal_number(d, NULL, number);
        values_close(d->out);
    }
}

XLAT(personality_type, "PER_???", X(PER_LINUX), {ADDR_LIMIT_32BIT, "PER_LINUX_32BIT"},
     {0x80000, "PER_LINUX_FDPIC"}, X(PER_SVR4), X(PER_SVR3), X(PER_SCOSVR3), X(PER_OSR5), X(PER_WYSEV386),
     X(PER_ISCR4), X(PER_BSD), X(PER_SUNOS), X(PER_XENIX), X(PER_LINUX32), X(PER_LINUX32_3GB), X(PER_IRIX32),
     X(PER_IRIXN32), X(PER_IRIX64), X(PER_RISCOS), X(PER_SOLARIS), X(PER_UW7), X(PER_OSF4), X(PER_HPUX));
XLAT(personality_flags, NULL, X(UNAME26), X(ADDR_NO_RANDOMIZE), X(FDPIC_FUNCPTRS), X(MMAP_PAGE_ZERO),
     X(ADDR_COMPAT_LAYOUT), X(READ_IMPLIES_EXEC), X(ADDR_LIMIT_32BIT), X(SHORT_INODE), X(WHOLE_SECONDS),
     X(STICKY_TIMEOUTS), X(ADDR_LIMIT_3GB));

static void decode_personality(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t persona = (uint32_t)raw;
    uint32_t flags = persona & ~(uint32_t)PER_MASK;

    if (persona == UINT32_MAX) { /* only asks */
        values_add(d->out, VALUE_HEX, name, persona);
        return;
    }
    uint32_t whole = values_open(d->out, VALUE_OR, name);
    values_at(d->out, whole)->number = persona;
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_personality_type, persona & PER_MASK);
    if (flags) {
        values_xlat(d->out, VALUE_FLAGS, NULL, &xlat_personality_flags, flags);
    }
    values_close(d->out);
}

static void decode_personality_result(struct decoder *d, const char *name, const struct kind *kind,
                                      uint64_t raw)
{
    (void)name;
    values_open(d->out, VALUE_NOTED, NULL);
    values_add(d->out, VALUE_HEX, NULL, raw);
    decode_personality(d, NULL, kind, raw);
    values_close(d->out);
}

XLAT(pidfd_signal_flags, "PIDFD_SIGNAL_???", {0x1, "PIDFD_SIGNAL_THREAD"}, {0x2, "PIDFD_SIGNAL_THREAD_GROUP"},
     {0x4, "PIDFD_SIGNAL_PROCESS_GROUP"});
XLAT(pidfd_flags, "PIDFD_???", {O_NONBLOCK, "PIDFD_NONBLOCK"}, {O_EXCL, "PIDFD_THREAD"});
XLAT(kcmp_type, "KCMP_???", X(KCMP_FILE), X(KCMP_VM), X(KCMP_FILES), X(KCMP_FS), X(KCMP_SIGHAND), X(KCMP_IO),
     X(KCMP_SYSVSEM), X(KCMP_EPOLL_TFD));

/* The descriptors are another process's: not ours to look up. */
static void decode_epoll_slot(struct decoder *d, const char *name, uint64_t addr)
{
    struct kcmp_epoll_slot slot;
    if (decode_object(d, name, addr, &slot, sizeof(slot))) {
        values_open(d->out, VALUE_STRUCT, name);
        values_add(d->out, VALUE_INT, "efd", (uint64_t)(int64_t)(int32_t)slot.efd);
        values_add(d->out, VALUE_INT, "tfd", (uint64_t)(int64_t)(int32_t)slot.tfd);
        values_add(d->out, VALUE_UINT, "toff", slot.toff);
        values_close(d->out);
    }
}

static void decode_kcmp_index(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    enum { TYPE = 2, SECOND = 4 };
    uint32_t type = (uint32_t)d->args[TYPE];

    if (type == KCMP_EPOLL_TFD && d->arg == SECOND) {
        decode_epoll_slot(d, name, raw);
    } else if (type == KCMP_FILE || type == KCMP_EPOLL_TFD) {
        kind_int.decode(d, name, &kind_int, raw);
    } else if (type >= KCMP_TYPES) {
        kind_hex.decode(d, name, &kind_hex, raw);
    }
}

/* struct user_desc of asm/ldt.h: its flags are bit fields of the fourth word. */
enum { USER_DESC_SIZE = 16 };

static void decode_entry_number(struct decoder *d, uint32_t number)
{
    kind_uid.decode(d, "entry_number", &kind_uid, number); /* -1 asks for any */
}

static void decode_user_desc_members(struct decoder *d, const uint32_t *words)
{
    static const struct {
        const char *name;
        uint8_t shift;
        uint8_t width;
    } bits[] = {{"seg_32bit", 0, 1},
                {"contents", 1, 2},
                {"read_exec_only", 3, 1},
                {"limit_in_pages", 4, 1},
                {"seg_not_present", 5, 1},
                {"useable", 6, 1},
                {"lm", 7, 1}};
    /* lm means nothing to a 32-bit process. */
    size_t count = sizeof(bits) / sizeof(bits[0]) - (d->abi->long_size == 8 ? 0 : 1);

    values_wordf(d->out, "base_addr", "%#08x", words[1]);
    values_wordf(d->out, "limit", "%#08x", words[2]);
    for (size_t i = 0; i < count; i++) {
        values_add(d->out, VALUE_UINT, bits[i].name, words[3] >> bits[i].shift & ((1U << bits[i].width) - 1));
    }
}

static void append_user_desc(struct decoder *d, const char *name, uint64_t addr)
{
    uint32_t words[USER_DESC_SIZE / 4];
    if (decode_object(d, name, addr, words, sizeof(words))) {
        values_open(d->out, VALUE_STRUCT, name);
        decode_entry_number(d, words[0]);
        decode_user_desc_members(d, words);
        values_close(d->out);
    }
}

static void decode_user_desc_in(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if (!d->at_exit) {
        append_user_desc(d, name, raw);
    }
}

static void decode_user_desc_inout(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t number;
    if (d->at_exit && d->result >= 0) {
        append_user_desc(d, name, raw);
    } else if (!d->at_exit && decode_object(d, name, raw, &number, sizeof(number))) {
        uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
        decode_entry_number(d, number);
        values_at(d->out, whole)->flags |= VALUE_MORE;
        values_close(d->out);
    }
}

static void decode_ldt_entry(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if (decode_word(d, d->args[d->arg + 1]) == USER_DESC_SIZE) {
        append_user_desc(d, name, raw);
    } else {
        decode_addr(d, name, raw);
    }
}

/* The kernel stores the number that it chose in the structure. */
static void decode_user_desc_result(struct decoder *d, const char *name, const struct kind *kind,
                                    uint64_t raw)
{
    (void)name;
    (void)kind;
    uint32_t number;
    values_open(d->out, VALUE_NOTED, NULL);
    values_add(d->out, VALUE_INT, NULL, raw);
    if (mem_read(d->mem, decode_word(d, d->args[0]), &number, sizeof(number))) {
        values_wordf(d->out, NULL, "entry_number=%u", number);
    }
    values_close(d->out);
}

/* modify_ldt returns an int, and its errors too without their sign (arch/x86/kernel/ldt.c). */
static void decode_ldt_result(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)name;
    (void)kind;
    const char *error = (int32_t)raw < 0 && (int32_t)raw > -4096 ? errno_name(-(int32_t)raw) : NULL;
    if (!error) {
        values_add(d->out, VALUE_INT, NULL, raw);
        return;
    }
    values_open(d->out, VALUE_NOTED, NULL);
    values_add(d->out, VALUE_UINT, NULL, (uint32_t)raw);
    values_word(d->out, NULL, error);
    values_close(d->out);
}

#define NUMBER_OUT(type)                                                                                     \
    .decode = decode_number_out, .option = (type), .direction = DIR_OUT, .extent = EXTENT_FIXED
const struct kind kind_int_out = {NUMBER_OUT(VALUE_INT), .size = 4};
const struct kind kind_uint_out = {NUMBER_OUT(VALUE_UINT), .size = 4};
const struct kind kind_addr_out = {NUMBER_OUT(VALUE_ADDR), .size = 8};
const struct kind kind_signal_out = {
    .decode = decode_signal_out, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = 4};
const struct kind kind_personality = {.decode = decode_personality};
const struct kind kind_personality_result = {.decode = decode_personality_result};
KIND_FLAGS(pidfd_flags, pidfd_flags);
KIND_FLAGS(pidfd_signal_flags, pidfd_signal_flags);
KIND_ENUM(kcmp_type, kcmp_type);
const struct kind kind_kcmp_index = {.decode = decode_kcmp_index};
/* Captured at exit for the result's sake; shown as at entry. */
const struct kind kind_user_desc = {
    .decode = decode_user_desc_in, .direction = DIR_INOUT, .extent = EXTENT_FIXED, .size = USER_DESC_SIZE};
const struct kind kind_user_desc_inout = {
    .decode = decode_user_desc_inout, .direction = DIR_INOUT, .extent = EXTENT_FIXED, .size = USER_DESC_SIZE};
const struct kind kind_ldt_entry = {.decode = decode_ldt_entry};
const struct kind kind_ldt_result = {.decode = decode_ldt_result};
const struct kind kind_user_desc_result = {.decode = decode_user_desc_result};
