#include "decode/kinds/system.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/fields.h"

enum {
    REBOOT_RESTART2 = (int)0xa1b2c3d4,
    KEXEC_ARCH_MASK = (int)0xffff0000,
    KEXEC_SEGMENTS_MAX = 16,
    UNAME_FIELD = 65,
    UNAME_FIELDS = 6,
    SYSINFO_BYTES_MAX = 112,
    SYSCTL_BYTES_MAX = 48,
};

XLAT(delete_module_flags, "O_???", X(O_NONBLOCK), X(O_TRUNC));
XLAT(init_module_flags, "MODULE_INIT_???", {1, "MODULE_INIT_IGNORE_MODVERSIONS"},
     {2, "MODULE_INIT_IGNORE_VERMAGIC"}, {4, "MODULE_INIT_COMPRESSED_FILE"});
XLAT(reboot_magic1, "LINUX_REBOOT_MAGIC_???", {0xfee1dead, "LINUX_REBOOT_MAGIC1"});
XLAT(reboot_magic2, "LINUX_REBOOT_MAGIC_???", {672274793, "LINUX_REBOOT_MAGIC2"},
     {85072278, "LINUX_REBOOT_MAGIC2A"}, {369367448, "LINUX_REBOOT_MAGIC2B"},
     {537993216, "LINUX_REBOOT_MAGIC2C"});
XLAT(reboot_command, "LINUX_REBOOT_CMD_???", {0, "LINUX_REBOOT_CMD_CAD_OFF"},
     {0x01234567, "LINUX_REBOOT_CMD_RESTART"}, {0x45584543, "LINUX_REBOOT_CMD_KEXEC"},
     {0x4321fedc, "LINUX_REBOOT_CMD_POWER_OFF"}, {0x89abcdef, "LINUX_REBOOT_CMD_CAD_ON"},
     {0xa1b2c3d4, "LINUX_REBOOT_CMD_RESTART2"}, {0xcdef0123, "LINUX_REBOOT_CMD_HALT"},
     {0xd000fce2, "LINUX_REBOOT_CMD_SW_SUSPEND"});
XLAT(kexec_arch, "KEXEC_ARCH_???", {0, "KEXEC_ARCH_DEFAULT"}, {3 << 16, "KEXEC_ARCH_386"},
     {4 << 16, "KEXEC_ARCH_68K"}, {8 << 16, "KEXEC_ARCH_MIPS"}, {10 << 16, "KEXEC_ARCH_MIPS_LE"},
     {15 << 16, "KEXEC_ARCH_PARISC"}, {20 << 16, "KEXEC_ARCH_PPC"}, {21 << 16, "KEXEC_ARCH_PPC64"},
     {22 << 16, "KEXEC_ARCH_S390"}, {40 << 16, "KEXEC_ARCH_ARM"}, {42 << 16, "KEXEC_ARCH_SH"},
     {50 << 16, "KEXEC_ARCH_IA_64"}, {62 << 16, "KEXEC_ARCH_X86_64"}, {183 << 16, "KEXEC_ARCH_AARCH64"},
     {243 << 16, "KEXEC_ARCH_RISCV"}, {258 << 16, "KEXEC_ARCH_LOONGARCH"});
XLAT(kexec_flags, "KEXEC_???", {1, "KEXEC_ON_CRASH"}, {2, "KEXEC_PRESERVE_CONTEXT"},
     {4, "KEXEC_UPDATE_ELFCOREHDR"}, {8, "KEXEC_CRASH_HOTPLUG_SUPPORT"});
XLAT(kexec_file_flags, "KEXEC_FILE_???", {1, "KEXEC_FILE_UNLOAD"}, {2, "KEXEC_FILE_ON_CRASH"},
     {4, "KEXEC_FILE_NO_INITRAMFS"}, {8, "KEXEC_FILE_DEBUG"}, {0x10, "KEXEC_FILE_NO_CMA"},
     {0x20, "KEXEC_FILE_FORCE_DTB"});
XLAT(syslog_action, "SYSLOG_ACTION_???", {0, "SYSLOG_ACTION_CLOSE"}, {1, "SYSLOG_ACTION_OPEN"},
     {2, "SYSLOG_ACTION_READ"}, {3, "SYSLOG_ACTION_READ_ALL"}, {4, "SYSLOG_ACTION_READ_CLEAR"},
     {5, "SYSLOG_ACTION_CLEAR"}, {6, "SYSLOG_ACTION_CONSOLE_OFF"}, {7, "SYSLOG_ACTION_CONSOLE_ON"},
     {8, "SYSLOG_ACTION_CONSOLE_LEVEL"}, {9, "SYSLOG_ACTION_SIZE_UNREAD"}, {10, "SYSLOG_ACTION_SIZE_BUFFER"});
XLAT(console_level, "LOGLEVEL_???", {0, "LOGLEVEL_EMERG"}, {1, "LOGLEVEL_ALERT"}, {2, "LOGLEVEL_CRIT"},
     {3, "LOGLEVEL_ERR"}, {4, "LOGLEVEL_WARNING"}, {5, "LOGLEVEL_NOTICE"}, {6, "LOGLEVEL_INFO"},
     {7, "LOGLEVEL_DEBUG"});

static void reboot_argument_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if ((int)d->args[2] == REBOOT_RESTART2) {
        decode_cstring(d, name, raw, 0);
    }
}

static void append_segment(struct decoder *d, const void *element, void *context)
{
    (void)context;
    struct fields f = fields_over(d, element, 4 * (size_t)d->abi->pointer_size);
    values_open(d->out, VALUE_STRUCT, NULL);
    decode_addr(d, "buf", field_pointer(&f));
    values_add(d->out, VALUE_UINT, "bufsz", field_pointer(&f));
    decode_addr(d, "mem", field_pointer(&f));
    values_add(d->out, VALUE_UINT, "memsz", field_pointer(&f));
    values_close(d->out);
}

static void kexec_segments_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t count = decode_word(d, d->args[1]);
    if (count > KEXEC_SEGMENTS_MAX) {
        decode_addr(d, name, raw);
        return;
    }
    decode_array(d, name, raw, count, 4 * (size_t)d->abi->pointer_size, append_segment, NULL);
}

static void kexec_flags_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t flags = decode_word(d, raw);
    uint64_t arch = flags & (uint32_t)KEXEC_ARCH_MASK;
    uint32_t whole = values_open(d->out, VALUE_OR, name);
    values_at(d->out, whole)->number = flags;
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_kexec_arch, arch);
    if (flags != arch) {
        values_xlat(d->out, VALUE_FLAGS, NULL, &xlat_kexec_flags, flags - arch);
    }
    values_close(d->out);
}

static void command_line_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_data(d, name, raw, decode_word(d, d->args[d->arg - 1]));
}

/* A number whose name strace always shows behind it. */
static void append_commented(struct decoder *d, const char *name, const struct xlat *xlat, int32_t number)
{
    const char *text = xlat_name(xlat, (uint32_t)number);
    text = text ? text : xlat->unknown;
    uint32_t index = values_add(d->out, VALUE_INT, name, (uint64_t)(int64_t)number);
    values_note(d->out, index, text, strlen(text));
}

static void syslog_action_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    append_commented(d, name, &xlat_syslog_action, (int32_t)raw);
}

enum syslog_use { SYSLOG_IGNORES_BUFFER, SYSLOG_READS, SYSLOG_LEVEL, SYSLOG_UNKNOWN };

static enum syslog_use syslog_use(const struct decoder *d)
{
    switch ((int32_t)d->args[0]) {
    case 2:
    case 3:
    case 4:
        return SYSLOG_READS;
    case 8:
        return SYSLOG_LEVEL;
    case 0:
    case 1:
    case 5:
    case 6:
    case 7:
    case 9:
    case 10:
        return SYSLOG_IGNORES_BUFFER;
    default:
        return SYSLOG_UNKNOWN;
    }
}

/* DIR_INOUT: at entry to leave it out where it is ignored, at exit to show what was read. */
static void syslog_buffer_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    enum syslog_use use = syslog_use(d);
    if (d->at_exit) {
        if (use == SYSLOG_READS && d->result >= 0) {
            decode_data(d, name, raw, (uint64_t)d->result);
        }
    } else if (use != SYSLOG_IGNORES_BUFFER) {
        decode_addr(d, name, raw);
    }
}

static void syslog_length_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    enum syslog_use use = syslog_use(d);
    if (use == SYSLOG_LEVEL) {
        append_commented(d, name, &xlat_console_level, (int32_t)raw);
    } else if (use != SYSLOG_IGNORES_BUFFER) {
        values_add(d->out, VALUE_INT, name, (uint64_t)(int64_t)(int32_t)raw);
    }
}

static void append_loads(struct decoder *d, struct fields *f)
{
    values_open(d->out, VALUE_ARRAY, "loads");
    for (unsigned i = 0; i < 3; i++) {
        values_add(d->out, VALUE_UINT, NULL, field_ulong(f));
    }
    values_close(d->out);
}

/* x32 has the kernel's own structure, with 64-bit longs. */
static void sysinfo_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    static const char *const memory[] = {"totalram",  "freeram",   "sharedram",
                                         "bufferram", "totalswap", "freeswap"};
    unsigned char bytes[SYSINFO_BYTES_MAX];
    uint32_t size = d->abi->long_size == 8 ? SYSINFO_BYTES_MAX : 64;
    if (!decode_object(d, name, raw, bytes, size)) {
        return;
    }
    struct fields f = fields_over(d, bytes, size);
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_UINT, "uptime", field_ulong(&f));
    append_loads(d, &f);
    for (unsigned i = 0; i < 6; i++) {
        values_add(d->out, VALUE_UINT, memory[i], field_ulong(&f));
    }
    values_add(d->out, VALUE_UINT, "procs", field_unsigned(&f, 2));
    values_add(d->out, VALUE_UINT, "totalhigh", field_ulong(&f));
    values_add(d->out, VALUE_UINT, "freehigh", field_ulong(&f));
    values_add(d->out, VALUE_UINT, "mem_unit", field_unsigned(&f, 4));
    values_close(d->out);
}

static void uname_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    static const char *const names[UNAME_FIELDS] = {"sysname", "nodename", "release",
                                                    "version", "machine",  "domainname"};
    char bytes[UNAME_FIELDS * UNAME_FIELD];
    if (!decode_object(d, name, raw, bytes, sizeof(bytes))) {
        return;
    }
    unsigned shown = d->options->verbose ? UNAME_FIELDS : 2;
    uint32_t whole = values_open(d->out, VALUE_STRUCT, name);
    for (unsigned i = 0; i < shown; i++) {
        const char *field = bytes + i * UNAME_FIELD;
        size_t length = strnlen(field, UNAME_FIELD);
        values_string(d->out, names[i], field, length, length < UNAME_FIELD ? 0 : VALUE_MORE);
    }
    if (shown < UNAME_FIELDS) {
        values_at(d->out, whole)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

/* The structure behind the one argument of _sysctl, which Linux 5.5 removed. */
static void sysctl_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    unsigned char bytes[SYSCTL_BYTES_MAX];
    uint32_t size = 6 * (uint32_t)d->abi->pointer_size;
    if (!decode_object(d, name, raw, bytes, size)) {
        return;
    }
    struct fields f = fields_over(d, bytes, size);
    values_open(d->out, VALUE_STRUCT, name);
    decode_addr(d, "name", field_pointer(&f));
    values_add(d->out, VALUE_INT, "nlen", (uint64_t)field_signed(&f, 4));
    decode_addr(d, "oldval", field_pointer(&f));
    decode_addr(d, "oldlenp", field_pointer(&f));
    decode_addr(d, "newval", field_pointer(&f));
    values_add(d->out, VALUE_UINT, "newlen", field_pointer(&f));
    values_close(d->out);
}

static void uts_name_kind(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t length = (uint32_t)d->args[d->arg + 1];
    if (length > UNAME_FIELD - 1) {
        decode_addr(d, name, raw);
    } else {
        decode_data(d, name, raw, length);
    }
}

KIND_FLAGS(delete_module_flags, delete_module_flags);
KIND_FLAGS(init_module_flags, init_module_flags);
KIND_ENUM(reboot_magic1, reboot_magic1);
KIND_ENUM(reboot_magic2, reboot_magic2);
KIND_ENUM(reboot_command, reboot_command);
const struct kind kind_reboot_argument = {.decode = reboot_argument_kind};
const struct kind kind_kexec_segments = {.decode = kexec_segments_kind};
const struct kind kind_kexec_flags = {.decode = kexec_flags_kind};
KIND_FLAGS_LONG(kexec_file_flags, kexec_file_flags);
const struct kind kind_kexec_command_line = {.decode = command_line_kind};
const struct kind kind_syslog_action = {.decode = syslog_action_kind};
const struct kind kind_syslog_buffer = {
    .decode = syslog_buffer_kind, .direction = DIR_INOUT, .extent = EXTENT_RESULT, .size = 1};
const struct kind kind_syslog_length = {.decode = syslog_length_kind};
const struct kind kind_sysinfo_out = {
    .decode = sysinfo_kind, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = SYSINFO_BYTES_MAX};
const struct kind kind_uname_out = {
    .decode = uname_kind, .direction = DIR_OUT, .extent = EXTENT_FIXED, .size = UNAME_FIELDS * UNAME_FIELD};
const struct kind kind_uts_name = {.decode = uts_name_kind, .extent = EXTENT_ARG};
const struct kind kind_sysctl_args = {.decode = sysctl_kind};
