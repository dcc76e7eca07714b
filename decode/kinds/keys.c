#include "decode/kinds/keys.h"

#include "decode/kinds/basic.h"
#include "decode/kinds/fields.h"
#include "decode/kinds/iovec.h"
#include "decode/kinds/net.h"
#include "decode/render.h"

/* Constants of include/uapi/linux/keyctl.h, Linux 6.18. */
XLAT(key_specs, NULL, {0xffffffff, "KEY_SPEC_THREAD_KEYRING"}, {0xfffffffe, "KEY_SPEC_PROCESS_KEYRING"},
     {0xfffffffd, "KEY_SPEC_SESSION_KEYRING"}, {0xfffffffc, "KEY_SPEC_USER_KEYRING"},
     {0xfffffffb, "KEY_SPEC_USER_SESSION_KEYRING"}, {0xfffffffa, "KEY_SPEC_GROUP_KEYRING"},
     {0xfffffff9, "KEY_SPEC_REQKEY_AUTH_KEY"}, {0xfffffff8, "KEY_SPEC_REQUESTOR_KEYRING"});
XLAT(key_request_defaults, "KEY_REQKEY_DEFL_???", {0xffffffff, "KEY_REQKEY_DEFL_NO_CHANGE"},
     {0, "KEY_REQKEY_DEFL_DEFAULT"}, {1, "KEY_REQKEY_DEFL_THREAD_KEYRING"},
     {2, "KEY_REQKEY_DEFL_PROCESS_KEYRING"}, {3, "KEY_REQKEY_DEFL_SESSION_KEYRING"},
     {4, "KEY_REQKEY_DEFL_USER_KEYRING"}, {5, "KEY_REQKEY_DEFL_USER_SESSION_KEYRING"},
     {6, "KEY_REQKEY_DEFL_GROUP_KEYRING"}, {7, "KEY_REQKEY_DEFL_REQUESTOR_KEYRING"});
#define PERMISSIONS(shift, who)                                                                              \
    {0x01U << (shift), "KEY_" who "_VIEW"}, {0x02U << (shift), "KEY_" who "_READ"},                          \
        {0x04U << (shift), "KEY_" who "_WRITE"}, {0x08U << (shift), "KEY_" who "_SEARCH"},                   \
        {0x10U << (shift), "KEY_" who "_LINK"},                                                              \
    {                                                                                                        \
        0x20U << (shift), "KEY_" who "_SETATTR"                                                              \
    }
XLAT(key_permissions, "KEY_???", PERMISSIONS(24, "POS"), PERMISSIONS(16, "USR"), PERMISSIONS(8, "GRP"),
     PERMISSIONS(0, "OTH"));
XLAT(key_move_flags, "KEYCTL_MOVE_???", {1, "KEYCTL_MOVE_EXCL"});
XLAT(key_operations, "KEYCTL_SUPPORTS_???", {1, "KEYCTL_SUPPORTS_ENCRYPT"}, {2, "KEYCTL_SUPPORTS_DECRYPT"},
     {4, "KEYCTL_SUPPORTS_SIGN"}, {8, "KEYCTL_SUPPORTS_VERIFY"});
XLAT(key_capabilities0, "KEYCTL_CAPS0_???", {0x01, "KEYCTL_CAPS0_CAPABILITIES"},
     {0x02, "KEYCTL_CAPS0_PERSISTENT_KEYRINGS"}, {0x04, "KEYCTL_CAPS0_DIFFIE_HELLMAN"},
     {0x08, "KEYCTL_CAPS0_PUBLIC_KEY"}, {0x10, "KEYCTL_CAPS0_BIG_KEY"}, {0x20, "KEYCTL_CAPS0_INVALIDATE"},
     {0x40, "KEYCTL_CAPS0_RESTRICT_KEYRING"}, {0x80, "KEYCTL_CAPS0_MOVE"});
XLAT(key_capabilities1, "KEYCTL_CAPS1_???", {0x01, "KEYCTL_CAPS1_NS_KEYRING_NAME"},
     {0x02, "KEYCTL_CAPS1_NS_KEY_TAG"}, {0x04, "KEYCTL_CAPS1_NOTIFICATIONS"});

/* What an argument is. DATA and IOVEC have their length in the next one; OUT_* are filled by the call. */
enum what {
    NONE,
    /* numbers */
    SERIAL,
    INT,
    UINT,
    HEX,
    SIZE,
    USER,
    PERMISSION_BITS,
    REQUEST_DEFAULT,
    ERROR_CODE,
    MOVE_FLAGS,
    /* pointers */
    STRING,
    DATA,
    IOVEC,
    DH_PARAMETERS,
    KDF_PARAMETERS,
    PKEY_PARAMETERS,    /* in_len, out_len */
    PKEY_PARAMETERS_IN, /* in_len, in2_len */
    PKEY_INPUT,         /* as long as the parameters say */
    PKEY_INPUT2,
    /* pointers to what the call fills */
    OUT_DATA,
    OUT_STRING,
    OUT_PKEY_QUERY,
    OUT_PKEY_DATA,
    OUT_CAPABILITIES,
};

static const struct command {
    const char *name;
    uint8_t args[4];
} commands[] = {
    {"KEYCTL_GET_KEYRING_ID", {SERIAL, INT}},
    {"KEYCTL_JOIN_SESSION_KEYRING", {STRING}},
    {"KEYCTL_UPDATE", {SERIAL, DATA, SIZE}},
    {"KEYCTL_REVOKE", {SERIAL}},
    {"KEYCTL_CHOWN", {SERIAL, USER, USER}},
    {"KEYCTL_SETPERM", {SERIAL, PERMISSION_BITS}},
    {"KEYCTL_DESCRIBE", {SERIAL, OUT_STRING, SIZE}},
    {"KEYCTL_CLEAR", {SERIAL}},
    {"KEYCTL_LINK", {SERIAL, SERIAL}},
    {"KEYCTL_UNLINK", {SERIAL, SERIAL}},
    {"KEYCTL_SEARCH", {SERIAL, STRING, STRING, SERIAL}},
    {"KEYCTL_READ", {SERIAL, OUT_DATA, SIZE}},
    {"KEYCTL_INSTANTIATE", {SERIAL, DATA, SIZE, SERIAL}},
    {"KEYCTL_NEGATE", {SERIAL, UINT, SERIAL}},
    {"KEYCTL_SET_REQKEY_KEYRING", {REQUEST_DEFAULT}},
    {"KEYCTL_SET_TIMEOUT", {SERIAL, UINT}},
    {"KEYCTL_ASSUME_AUTHORITY", {SERIAL}},
    {"KEYCTL_GET_SECURITY", {SERIAL, OUT_STRING, SIZE}},
    {"KEYCTL_SESSION_TO_PARENT", {NONE}},
    {"KEYCTL_REJECT", {SERIAL, UINT, ERROR_CODE, SERIAL}},
    {"KEYCTL_INSTANTIATE_IOV", {SERIAL, IOVEC, SIZE, SERIAL}},
    {"KEYCTL_INVALIDATE", {SERIAL}},
    {"KEYCTL_GET_PERSISTENT", {USER, SERIAL}},
    {"KEYCTL_DH_COMPUTE", {DH_PARAMETERS, OUT_DATA, SIZE, KDF_PARAMETERS}},
    {"KEYCTL_PKEY_QUERY", {SERIAL, HEX, STRING, OUT_PKEY_QUERY}},
    {"KEYCTL_PKEY_ENCRYPT", {PKEY_PARAMETERS, STRING, PKEY_INPUT, OUT_PKEY_DATA}},
    {"KEYCTL_PKEY_DECRYPT", {PKEY_PARAMETERS, STRING, PKEY_INPUT, OUT_PKEY_DATA}},
    {"KEYCTL_PKEY_SIGN", {PKEY_PARAMETERS, STRING, PKEY_INPUT, OUT_PKEY_DATA}},
    {"KEYCTL_PKEY_VERIFY", {PKEY_PARAMETERS_IN, STRING, PKEY_INPUT, PKEY_INPUT2}},
    {"KEYCTL_RESTRICT_KEYRING", {SERIAL, STRING, STRING}},
    {"KEYCTL_MOVE", {SERIAL, SERIAL, SERIAL, MOVE_FLAGS}},
    {"KEYCTL_CAPABILITIES", {OUT_CAPABILITIES, SIZE}},
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

static void decode_command(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    static const char unknown[] = "KEYCTL_???";
    uint32_t command = (uint32_t)raw;
    (void)kind;
    if (command < COMMAND_COUNT) {
        values_stand_for(d->out, values_word(d->out, name, commands[command].name), command, VALUE_AS_HEX);
    } else {
        uint32_t index = values_add(d->out, VALUE_HEX, name, command);
        values_note(d->out, index, unknown, sizeof(unknown) - 1);
        values_at(d->out, index)->flags |= VALUE_NOT_RAW;
    }
}

static void show_named_or_int(struct decoder *d, const char *name, const struct xlat *xlat, int32_t number)
{
    const char *word = xlat_name(xlat, (uint32_t)number);
    if (word) {
        uint32_t index = values_word(d->out, name, word);
        values_stand_for(d->out, index, (uint64_t)(int64_t)number, VALUE_AS_INT);
    } else {
        append_int(d, name, number);
    }
}

static void show_serial(struct decoder *d, const char *name, int32_t serial)
{
    show_named_or_int(d, name, &xlat_key_specs, serial);
}

static void decode_serial(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    show_serial(d, name, (int32_t)raw);
}

static void show_request_default(struct decoder *d, const char *name, int32_t number)
{
    show_named_or_int(d, name, &xlat_key_request_defaults, number);
    if (!xlat_name(&xlat_key_request_defaults, (uint32_t)number)) {
        const char *unknown = xlat_key_request_defaults.unknown;
        values_note(d->out, d->out->count - 1, unknown, strlen(unknown));
    }
}

static void show_error(struct decoder *d, const char *name, uint32_t code)
{
    const char *text = code && code < 4096 ? errno_name((int)code) : NULL;
    if (text) {
        values_stand_for(d->out, values_word(d->out, name, text), code, VALUE_AS_UINT);
    } else {
        append_uint(d, name, code);
    }
}

static void show_spare(struct decoder *d, const uint8_t *p, size_t count)
{
    uint32_t any = 0;
    for (size_t i = 0; i < count; i++) {
        any |= load32(p + 4 * i);
    }
    if (any) {
        values_open(d->out, VALUE_ARRAY, "__spare");
        for (size_t i = 0; i < count; i++) {
            append_hex(d, NULL, load32(p + 4 * i));
        }
        values_close(d->out);
    }
}

/* struct keyctl_dh_params. */
static void show_dh(struct decoder *d, const char *name, uint64_t addr)
{
    uint8_t p[12];
    if (!decode_object(d, name, addr, p, sizeof(p))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    show_serial(d, "private", (int32_t)load32(p));
    show_serial(d, "prime", (int32_t)load32(p + 4));
    show_serial(d, "base", (int32_t)load32(p + 8));
    values_close(d->out);
}

/* struct keyctl_kdf_params: two pointers, a length and eight spare words. */
static void show_kdf(struct decoder *d, const char *name, uint64_t addr)
{
    uint8_t p[56];
    size_t word = d->abi->pointer_size;
    size_t length_at = 2 * word;
    if (!decode_object(d, name, addr, p, length_at + 36)) {
        return;
    }
    uint64_t hash = word == 8 ? load64(p) : load32(p);
    uint64_t info = word == 8 ? load64(p + 8) : load32(p + 4);
    uint32_t length = load32(p + length_at);
    values_open(d->out, VALUE_STRUCT, name);
    decode_cstring(d, "hashname", hash, 0);
    if (length) {
        decode_data(d, "otherinfo", info, length);
    } else {
        decode_addr(d, "otherinfo", info);
    }
    append_uint(d, "otherinfolen", length);
    show_spare(d, p + length_at + 4, 8);
    values_close(d->out);
}

/* struct keyctl_pkey_params: the key, two lengths, seven spare words. */
static bool read_pkey(struct decoder *d, uint8_t p[40])
{
    uint64_t addr = decode_word(d, d->args[1]);
    return addr && mem_read(d->mem, addr, p, 40);
}

static void show_pkey(struct decoder *d, const char *name, uint64_t addr, const char *second)
{
    uint8_t p[40];
    if (!read_pkey(d, p)) {
        decode_addr(d, name, addr);
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    show_serial(d, "key_id", (int32_t)load32(p));
    append_uint(d, "in_len", load32(p + 4));
    append_uint(d, second, load32(p + 8));
    show_spare(d, p + 12, 7);
    values_close(d->out);
}

static void show_pkey_data(struct decoder *d, const char *name, uint64_t addr, size_t length_at)
{
    uint8_t p[40];
    if (read_pkey(d, p)) {
        decode_data(d, name, addr, load32(p + length_at));
    } else {
        decode_addr(d, name, addr);
    }
}

/* struct keyctl_pkey_query. */
static void show_query(struct decoder *d, const char *name, uint64_t addr)
{
    uint8_t p[48];
    if (!decode_object(d, name, addr, p, sizeof(p))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    append_flags(d, "supported_ops", &xlat_key_operations, load32(p));
    append_uint(d, "key_size", load32(p + 4));
    append_uint(d, "max_data_size", load16(p + 8));
    append_uint(d, "max_sig_size", load16(p + 10));
    append_uint(d, "max_enc_size", load16(p + 12));
    append_uint(d, "max_dec_size", load16(p + 14));
    show_spare(d, p + 16, 8);
    values_close(d->out);
}

static void show_capability(struct decoder *d, const void *element, void *context)
{
    unsigned *index = context;
    uint8_t bits = *(const uint8_t *)element;
    if (*index == 0) {
        append_flags(d, NULL, &xlat_key_capabilities0, bits);
    } else if (*index == 1) {
        append_flags(d, NULL, &xlat_key_capabilities1, bits);
    } else {
        append_hex(d, NULL, bits);
    }
    (*index)++;
}

/* How much of a buffer the call filled: its result may be what it would have needed. */
static uint64_t filled(const struct decoder *d)
{
    uint64_t room = decode_word(d, d->args[d->arg + 1]);
    return (uint64_t)d->result < room ? (uint64_t)d->result : room;
}

static void show_filled_string(struct decoder *d, const char *name, uint64_t addr)
{
    char last = 1;
    uint64_t length = filled(d);
    if (length && mem_read(d->mem, addr + length - 1, &last, 1) && last == 0) {
        length--; /* the NUL that ends it is not shown */
    }
    decode_data(d, name, addr, length);
}

static void show_out(struct decoder *d, const char *name, enum what what, uint64_t addr)
{
    unsigned index = 0;
    if (!d->at_exit) {
        decode_addr(d, name, addr);
        return;
    }
    switch (what) {
    case OUT_DATA:
        decode_data(d, name, addr, filled(d));
        break;
    case OUT_STRING:
        show_filled_string(d, name, addr);
        break;
    case OUT_PKEY_QUERY:
        show_query(d, name, addr);
        break;
    case OUT_CAPABILITIES:
        decode_array(d, name, addr, filled(d), 1, show_capability, &index);
        break;
    default:
        decode_data(d, name, addr, (uint64_t)d->result);
        break;
    }
}

static void show_pointer(struct decoder *d, const char *name, enum what what, uint64_t addr)
{
    switch (what) {
    case STRING:
        decode_cstring(d, name, addr, 0);
        break;
    case DATA:
        decode_data(d, name, addr, decode_word(d, d->args[d->arg + 1]));
        break;
    case IOVEC:
        decode_iovec(d, name, addr, decode_word(d, d->args[d->arg + 1]), UINT64_MAX, IOVEC_DATA);
        break;
    case DH_PARAMETERS:
        show_dh(d, name, addr);
        break;
    case KDF_PARAMETERS:
        show_kdf(d, name, addr);
        break;
    case PKEY_PARAMETERS:
        show_pkey(d, name, addr, "out_len");
        break;
    case PKEY_PARAMETERS_IN:
        show_pkey(d, name, addr, "in2_len");
        break;
    case PKEY_INPUT:
        show_pkey_data(d, name, addr, 4);
        break;
    case PKEY_INPUT2:
        show_pkey_data(d, name, addr, 8);
        break;
    default:
        decode_addr(d, name, addr);
        break;
    }
}

static void show_number(struct decoder *d, const char *name, enum what what, uint64_t raw)
{
    switch (what) {
    case SERIAL:
        show_serial(d, name, (int32_t)raw);
        break;
    case INT:
        append_int(d, name, (int32_t)raw);
        break;
    case UINT:
        append_uint(d, name, (uint32_t)raw);
        break;
    case SIZE:
        append_uint(d, name, decode_word(d, raw));
        break;
    case USER:
        decode_id(d, name, &kind_uid, (uint32_t)raw);
        break;
    case PERMISSION_BITS:
        append_flags(d, name, &xlat_key_permissions, (uint32_t)raw);
        break;
    case REQUEST_DEFAULT:
        show_request_default(d, name, (int32_t)raw);
        break;
    case ERROR_CODE:
        show_error(d, name, (uint32_t)raw);
        break;
    case MOVE_FLAGS:
        append_flags(d, name, &xlat_key_move_flags, (uint32_t)raw);
        break;
    default:
        append_hex(d, name, decode_word(d, raw));
        break;
    }
}

static void decode_keyctl_arg(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t command = (uint32_t)d->args[0];
    enum what what = command < COMMAND_COUNT ? commands[command].args[d->arg - 1] : HEX;
    (void)kind;
    if (what >= OUT_DATA) {
        /* A failed call leaves the address that was shown at entry. */
        if (!d->at_exit || d->result >= 0) {
            show_out(d, name, what, decode_word(d, raw));
        }
    } else if (what == NONE || d->at_exit) {
        return;
    } else if (what >= STRING) {
        show_pointer(d, name, what, decode_word(d, raw));
    } else {
        show_number(d, name, what, raw);
    }
}

const struct kind kind_key_serial = {.decode = decode_serial};
const struct kind kind_keyctl_command = {.decode = decode_command};
/* Which argument is filled, and how much of it, depends on the command: the most that one of them needs. */
const struct kind kind_keyctl_arg2 = {
    .decode = decode_keyctl_arg, .direction = DIR_INOUT, .extent = EXTENT_RESULT, .size = 1};
const struct kind kind_keyctl_arg3 = {
    .decode = decode_keyctl_arg, .direction = DIR_INOUT, .extent = EXTENT_RESULT, .size = 1};
const struct kind kind_keyctl_arg4 = {.decode = decode_keyctl_arg};
const struct kind kind_keyctl_arg5 = {
    .decode = decode_keyctl_arg, .direction = DIR_INOUT, .extent = EXTENT_FIXED, .size = 512};
