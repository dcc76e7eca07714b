#include "decode/kinds/fcntl.h"

#include <fcntl.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/fields.h"
#include "decode/kinds/file.h"
#include "decode/kinds/signal.h"

/* The C library gives the 64-bit commands the numbers of the others; these are the kernel's. */
enum { KERNEL_GETLK64 = 12, KERNEL_SETLK64 = 13, KERNEL_SETLKW64 = 14 };
/* Linux 6.10 and 6.12. */
enum { KERNEL_DUPFD_QUERY = 1027, KERNEL_CREATED_QUERY = 1028 };

XLAT_ORDERED(fcntl_commands, "F_???", X(F_DUPFD), X(F_GETFD), X(F_SETFD), X(F_GETFL), X(F_SETFL),
             {5, "F_GETLK"}, {6, "F_SETLK"}, {7, "F_SETLKW"}, X(F_SETOWN), X(F_GETOWN), X(F_SETSIG),
             X(F_GETSIG), {12, "F_GETLK64"}, {13, "F_SETLK64"}, {14, "F_SETLKW64"}, X(F_SETOWN_EX),
             X(F_GETOWN_EX), {17, "F_GETOWNER_UIDS"}, X(F_OFD_GETLK), X(F_OFD_SETLK), X(F_OFD_SETLKW),
             X(F_SETLEASE), X(F_GETLEASE), X(F_NOTIFY), {1027, "F_DUPFD_QUERY"}, {1028, "F_CREATED_QUERY"},
             {1029, "F_CANCELLK"}, X(F_DUPFD_CLOEXEC), X(F_SETPIPE_SZ), X(F_GETPIPE_SZ), X(F_ADD_SEALS),
             X(F_GET_SEALS), X(F_GET_RW_HINT), X(F_SET_RW_HINT), X(F_GET_FILE_RW_HINT),
             X(F_SET_FILE_RW_HINT));
XLAT(fd_flags, "FD_???", X(FD_CLOEXEC));
XLAT(lock_types, "F_???", X(F_RDLCK), X(F_WRLCK), X(F_UNLCK), {4, "F_EXLCK"}, {8, "F_SHLCK"});
XLAT(owner_types, "F_OWNER_???", X(F_OWNER_TID), X(F_OWNER_PID), X(F_OWNER_PGRP));
XLAT(notify_flags, "DN_???", X(DN_ACCESS), X(DN_MODIFY), X(DN_CREATE), X(DN_DELETE), X(DN_RENAME),
     X(DN_ATTRIB), {0x80000000, "DN_MULTISHOT"});
XLAT(seals, "F_SEAL_???", X(F_SEAL_SEAL), X(F_SEAL_SHRINK), X(F_SEAL_GROW), X(F_SEAL_WRITE),
     {0x10, "F_SEAL_FUTURE_WRITE"}, {0x20, "F_SEAL_EXEC"} /* 6.3 */);
XLAT(rw_hints, "RWH_WRITE_LIFE_???", X(RWH_WRITE_LIFE_NOT_SET), X(RWH_WRITE_LIFE_NONE),
     X(RWH_WRITE_LIFE_SHORT), X(RWH_WRITE_LIFE_MEDIUM), X(RWH_WRITE_LIFE_LONG), X(RWH_WRITE_LIFE_EXTREME));

enum { FLOCK_BYTES_MAX = 32, FLOCK_BYTES_MIN = 16 };

/* offset_size: of l_start and l_len. The process id is what F_GETLK and its like return. */
static void decode_flock(struct decoder *d, const char *name, uint64_t addr, uint32_t offset_size, bool pid)
{
    unsigned char bytes[FLOCK_BYTES_MAX] = {0};
    /* Two shorts, padding as the ABI has it, two offsets, a pid and padding. */
    size_t n = offset_size == 4 ? FLOCK_BYTES_MIN : d->abi->long_size == 4 ? 24 : FLOCK_BYTES_MAX;
    if (!decode_object(d, name, addr, bytes, n)) {
        return;
    }
    struct fields f = fields_over(d, bytes, n);
    values_open(d->out, VALUE_STRUCT, name);
    values_xlat(d->out, VALUE_ENUM, "l_type", &xlat_lock_types, field_unsigned(&f, 2));
    values_xlat(d->out, VALUE_ENUM, "l_whence", &xlat_whence, field_unsigned(&f, 2));
    values_add(d->out, VALUE_INT, "l_start", (uint64_t)field_signed(&f, offset_size));
    values_add(d->out, VALUE_INT, "l_len", (uint64_t)field_signed(&f, offset_size));
    if (pid) {
        decode_pid(d, "l_pid", field_signed(&f, 4));
    }
    values_close(d->out);
}

static void decode_owner(struct decoder *d, const char *name, uint64_t addr)
{
    int32_t owner[2];
    if (!decode_object(d, name, addr, owner, sizeof(owner))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_xlat(d->out, VALUE_ENUM, "type", &xlat_owner_types, (uint32_t)owner[0]);
    if (owner[0] == F_OWNER_PGRP) {
        decode_id_of(d, "pid", owner[1], ID_OF_GROUP);
    } else {
        decode_pid(d, "pid", owner[1]);
    }
    values_close(d->out);
}

static void decode_rw_hint(struct decoder *d, const char *name, uint64_t addr)
{
    uint64_t hint;
    if (!decode_object(d, name, addr, &hint, sizeof(hint))) {
        return;
    }
    values_open(d->out, VALUE_REF, name);
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_rw_hints, hint);
    values_close(d->out);
}

/* Commands by which the kernel fills what the third argument points to. */
static bool fills_memory(uint32_t command, bool is_fcntl64)
{
    switch (command) {
    case F_GETLK:
    case F_OFD_GETLK:
    case F_GETOWN_EX:
    case F_GET_RW_HINT:
    case F_GET_FILE_RW_HINT:
        return true;
    case KERNEL_GETLK64:
        return is_fcntl64;
    default:
        return false;
    }
}

static void decode_filled(struct decoder *d, const char *name, uint32_t command, uint64_t raw)
{
    switch (command) {
    case F_GETLK:
        decode_flock(d, name, raw, d->abi->long_size, true);
        break;
    case F_OFD_GETLK:
    case KERNEL_GETLK64:
        decode_flock(d, name, raw, sizeof(int64_t), true);
        break;
    case F_GETOWN_EX:
        decode_owner(d, name, raw);
        break;
    default:
        decode_rw_hint(d, name, raw);
        break;
    }
}

static void decode_fcntl_in(struct decoder *d, const char *name, uint32_t command, uint64_t raw)
{
    uint64_t word = decode_word(d, raw);
    switch (command) {
    case F_GETFD:
    case F_GETFL:
    case F_GETOWN:
    case F_GETSIG:
    case F_GETLEASE:
    case F_GETPIPE_SZ:
    case F_GET_SEALS:
        break;
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
    case F_SETPIPE_SZ:
        values_add(d->out, VALUE_INT, name, (uint64_t)(int64_t)(int32_t)raw);
        break;
    case F_SETOWN:
        decode_pid(d, name, (int32_t)raw);
        break;
    case KERNEL_DUPFD_QUERY:
        decode_fd_number(d, name, (int)raw);
        break;
    case F_SETFD:
        append_flags(d, name, &xlat_fd_flags, (uint32_t)raw);
        break;
    case F_SETFL:
        kind_open_flags.decode(d, name, &kind_open_flags, raw);
        break;
    case F_SETLK:
    case F_SETLKW:
        decode_flock(d, name, raw, d->abi->long_size, false);
        break;
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
        decode_flock(d, name, raw, sizeof(int64_t), false);
        break;
    case F_SETOWN_EX:
        decode_owner(d, name, raw);
        break;
    case F_SETSIG:
        decode_signal_number(d, name, (int32_t)raw);
        break;
    case F_NOTIFY:
        append_flags(d, name, &xlat_notify_flags, word);
        break;
    case F_SETLEASE:
        values_xlat(d->out, VALUE_ENUM, name, &xlat_lock_types, word);
        break;
    case F_ADD_SEALS:
        append_flags(d, name, &xlat_seals, word);
        break;
    case F_SET_RW_HINT:
    case F_SET_FILE_RW_HINT:
        decode_rw_hint(d, name, raw);
        break;
    default:
        values_add(d->out, VALUE_HEX, name, word);
        break;
    }
}

/* kind->option 1: fcntl64. */
static void decode_fcntl_arg(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t command = (uint32_t)d->args[1];
    bool is_fcntl64 = kind->option == 1;
    bool filled = fills_memory(command, is_fcntl64);
    if (d->at_exit) {
        if (filled && d->result >= 0) {
            decode_filled(d, name, command, raw);
        }
    } else if (filled) {
        decode_addr(d, name, raw);
    } else if (is_fcntl64 && (command == KERNEL_SETLK64 || command == KERNEL_SETLKW64)) {
        decode_flock(d, name, raw, sizeof(int64_t), false);
    } else {
        decode_fcntl_in(d, name, command, raw);
    }
}

/* The number, and opens a remark on it. */
static void open_noted(struct decoder *d, enum value_type type, uint64_t number)
{
    values_open(d->out, VALUE_NOTED, NULL);
    values_add(d->out, type, NULL, number);
}

static void decode_fcntl_result(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)name;
    (void)kind;
    uint32_t index;
    switch ((uint32_t)d->args[1]) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
        decode_fd_number(d, NULL, (int)raw);
        break;
    case F_GETOWN:
        decode_pid(d, NULL, (int32_t)raw);
        break;
    case F_GETFD:
        if (raw) {
            open_noted(d, VALUE_HEX, raw);
            append_flags(d, "flags", &xlat_fd_flags, raw);
            values_close(d->out);
        }
        break;
    case F_GETFL:
        open_noted(d, VALUE_HEX, raw);
        index = d->out->count;
        kind_open_flags.decode(d, "flags", &kind_open_flags, raw);
        values_at(d->out, index)->flags |= VALUE_NAMES;
        values_close(d->out);
        break;
    case F_GETLEASE:
        open_noted(d, VALUE_HEX, raw);
        index = values_xlat(d->out, VALUE_ENUM, NULL, &xlat_lock_types, raw);
        values_at(d->out, index)->flags |= VALUE_NAMES;
        values_close(d->out);
        break;
    case F_GET_SEALS:
        if (raw) {
            open_noted(d, VALUE_HEX, raw);
            append_flags(d, "seals", &xlat_seals, raw);
            values_close(d->out);
        }
        break;
    case F_GETSIG:
        if (raw) {
            open_noted(d, VALUE_INT, raw);
            decode_signal_number(d, NULL, (int64_t)raw);
            values_close(d->out);
        }
        break;
    default:
        break;
    }
}

KIND_ENUM(fcntl_command, fcntl_commands);
const struct kind kind_fcntl_arg = {
    .decode = decode_fcntl_arg, .direction = DIR_INOUT, .extent = EXTENT_FIXED, .size = FLOCK_BYTES_MAX};
const struct kind kind_fcntl64_arg = {.decode = decode_fcntl_arg,
                                      .direction = DIR_INOUT,
                                      .extent = EXTENT_FIXED,
                                      .size = FLOCK_BYTES_MAX,
                                      .option = 1};
const struct kind kind_fcntl_result = {.decode = decode_fcntl_result};
