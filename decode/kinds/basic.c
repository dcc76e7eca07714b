#include "decode/kinds/basic.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* -s beyond this shows no more: the bound on what one string may cost us. */
enum { DATA_MAX = 1 << 20 };

struct mem *decode_text_mem(const struct decoder *d)
{
    return d->text ? d->text : d->mem;
}

uint64_t decode_word(const struct decoder *d, uint64_t raw)
{
    return d->abi->pointer_size == 4 ? (uint32_t)raw : raw;
}

void decode_addr(struct decoder *d, const char *name, uint64_t addr)
{
    values_add(d->out, VALUE_ADDR, name, decode_word(d, addr));
}

bool decode_object(struct decoder *d, const char *name, uint64_t addr, void *object, size_t n)
{
    addr = decode_word(d, addr);
    if (addr && mem_read(d->mem, addr, object, n)) {
        return true;
    }
    decode_addr(d, name, addr);
    return false;
}

static void decode_none(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)d;
    (void)name;
    (void)kind;
    (void)raw;
}

void append_int(struct decoder *d, const char *name, int64_t number)
{
    values_add(d->out, VALUE_INT, name, (uint64_t)number);
}

void append_uint(struct decoder *d, const char *name, uint64_t number)
{
    values_add(d->out, VALUE_UINT, name, number);
}

void append_hex(struct decoder *d, const char *name, uint64_t number)
{
    values_add(d->out, VALUE_HEX, name, number);
}

void append_hex_padded(struct decoder *d, const char *name, uint64_t number, int width)
{
    uint32_t index = values_wordf(d->out, name, "%#0*llx", width, (unsigned long long)number);
    values_at(d->out, index)->number = number;
}

void append_enum(struct decoder *d, const char *name, const struct xlat *xlat, uint64_t number)
{
    values_xlat(d->out, VALUE_ENUM, name, xlat, number);
}

void append_flags(struct decoder *d, const char *name, const struct xlat *xlat, uint64_t number)
{
    values_xlat(d->out, VALUE_FLAGS, name, xlat, number);
}

void append_enum_or_hex(struct decoder *d, const char *name, const struct xlat *xlat, uint64_t number)
{
    if (xlat_name(xlat, number)) {
        append_enum(d, name, xlat, number);
    } else {
        append_hex(d, name, number);
    }
}

void append_hex_named(struct decoder *d, const char *name, const struct xlat *xlat, uint64_t number)
{
    uint32_t index = values_add(d->out, VALUE_HEX, name, number);
    const char *text = xlat_name(xlat, number);
    text = text ? text : xlat->unknown;
    if (text && *text) {
        values_note(d->out, index, text, strlen(text));
    }
}

static void decode_int(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    values_add(d->out, VALUE_INT, name, (uint64_t)(int64_t)(int32_t)raw);
}

static void decode_long(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    int64_t number = d->abi->long_size == 4 ? (int64_t)(int32_t)raw : (int64_t)raw;
    values_add(d->out, VALUE_INT, name, (uint64_t)number);
}

/* kind->aux unused; kind->size 4: 32 bits; kind->option: the value type. */
static void decode_number(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint64_t number = kind->size == 4 ? (uint32_t)raw : decode_word(d, raw);
    values_add(d->out, (enum value_type)kind->option, name, number);
}

void decode_flags(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    values_xlat(d->out, VALUE_FLAGS, name, kind->aux, kind->size == 8 ? decode_word(d, raw) : (uint32_t)raw);
}

void decode_enum(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    values_xlat(d->out, VALUE_ENUM, name, kind->aux, kind->size == 8 ? decode_word(d, raw) : (uint32_t)raw);
}

void decode_named(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    if (xlat_name(kind->aux, (uint32_t)raw)) {
        decode_enum(d, name, kind, raw);
    } else {
        values_add(d->out, VALUE_INT, name, (uint64_t)(int64_t)(int32_t)raw);
    }
}

/* kind->option: 16 bits wide on i386. */
void decode_id(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    bool narrow = kind->option && d->abi->long_size == 4;
    uint32_t id = narrow ? (uint16_t)raw : (uint32_t)raw;
    if (id == (narrow ? UINT16_MAX : UINT32_MAX)) {
        values_add(d->out, VALUE_INT, name, UINT64_MAX);
    } else {
        values_add(d->out, VALUE_UINT, name, id);
    }
}

/* What the id is in our PID namespace; 0: the same, not known, or not asked for. */
static int translate_id(const struct decoder *d, int64_t id, enum id_of of)
{
    if (!d->options->pid_namespaces || id <= 0 || id > INT_MAX || !d->fds || !d->fds->translate) {
        return 0;
    }
    int ours = d->fds->translate(d->fds, (int)id, of);
    return ours == id ? 0 : ours;
}

void decode_id_of(struct decoder *d, const char *name, int64_t id, enum id_of of)
{
    uint32_t index = values_add(d->out, VALUE_PID, name, (uint64_t)id);
    values_at(d->out, index)->ours = translate_id(d, id, of);
}

/* A negative id is that of a group: kill(-7, ...). */
void decode_pid(struct decoder *d, const char *name, int64_t pid)
{
    char command[64];
    uint32_t index = values_add(d->out, VALUE_PID, name, (uint64_t)pid);
    values_at(d->out, index)->ours =
        pid < -1 ? translate_id(d, -pid, ID_OF_GROUP) : translate_id(d, pid, ID_OF_TASK);
    if (pid > 0 && pid <= INT_MAX && d->options->pid_comms && d->fds && d->fds->command) {
        ssize_t n = d->fds->command(d->fds, (int)pid, command, sizeof(command));
        values_set_bytes(d->out, index, command, n > 0 ? (size_t)n : 0);
    }
}

/* kind->option: enum id_of. */
static void decode_task(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    if (kind->option == ID_OF_TASK) {
        decode_pid(d, name, (int32_t)raw);
    } else {
        decode_id_of(d, name, (int32_t)raw, kind->option);
    }
}

/* Says of a value what is behind the descriptor. */
static void describe_fd(struct decoder *d, uint32_t index, int fd, unsigned details)
{
    char text[PATH_MAX];
    if (!d->fds || !details) {
        return;
    }
    ssize_t n = d->fds->describe(d->fds, fd, details, text, sizeof(text));
    if (n <= 0) {
        return;
    }
    size_t length = strnlen(text, (size_t)n);
    values_set_bytes(d->out, index, text, length);
    values_at(d->out, index)->flags |= text[0] == '/' ? VALUE_PATH : 0;
    if (length < (size_t)n) {
        values_note(d->out, index, text + length + 1, (size_t)n - length - 1);
    }
}

void decode_fd(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    int fd = (int)raw;
    uint32_t index = values_add(d->out, VALUE_FD, name, (uint64_t)(int64_t)fd);
    if (fd >= 0) {
        describe_fd(d, index, fd, d->options->fds);
    }
}

static void decode_dirfd(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    decode_fd(d, name, kind, raw);
    if ((int)raw == AT_FDCWD) {
        uint32_t index = d->out->count - 1;
        values_at(d->out, index)->flags |= VALUE_ATCWD;
        describe_fd(d, index, AT_FDCWD, d->options->fds & FD_PATHS);
    }
}

void decode_char_array(struct decoder *d, const char *name, const char *bytes, size_t n)
{
    size_t length = strnlen(bytes, n);
    bool ends = length < n;
    values_string(d->out, name, bytes, ends ? length : n - 1, ends ? 0 : VALUE_MORE);
}

void decode_kernel_version(struct decoder *d, const char *name, uint32_t version)
{
    uint32_t index = values_open_func(d->out, name, "KERNEL_VERSION");
    values_at(d->out, index)->number = version;
    values_at(d->out, index)->flags |= VALUE_AS_HEX;
    values_add(d->out, VALUE_UINT, NULL, version >> 16);
    values_add(d->out, VALUE_UINT, NULL, version >> 8 & 0xff);
    values_add(d->out, VALUE_UINT, NULL, version & 0xff);
    values_close(d->out);
}

void decode_data(struct decoder *d, const char *name, uint64_t addr, uint64_t length)
{
    addr = decode_word(d, addr);
    size_t want = length < d->options->string_max ? (size_t)length : d->options->string_max;
    want = want < DATA_MAX ? want : DATA_MAX;
    if (addr == 0) {
        decode_addr(d, name, addr);
        return;
    }
    uint32_t index = values_add(d->out, VALUE_STRING, name, addr);
    uint32_t offset = values_reserve(d->out, want);
    if (want && (!offset || !mem_read(decode_text_mem(d), addr, d->out->bytes + offset, want))) {
        values_at(d->out, index)->type = VALUE_ADDR;
        return;
    }
    struct value *v = values_at(d->out, index);
    v->bytes = offset;
    v->length = (uint32_t)want;
    v->flags |= want < length ? VALUE_MORE : 0;
}

void decode_hex_bytes(struct decoder *d, const char *name, uint64_t addr, uint64_t length)
{
    uint32_t index = d->out->count;
    decode_data(d, name, addr, length);
    if (index < d->out->count && values_at(d->out, index)->type == VALUE_STRING) {
        values_at(d->out, index)->type = VALUE_BYTES;
    }
}

/* As much of it as `most` bytes. */
static void decode_terminated(struct decoder *d, const char *name, uint64_t addr, unsigned flags, size_t most)
{
    bool terminated;
    addr = decode_word(d, addr);
    uint32_t index = values_add(d->out, VALUE_STRING, name, addr);
    most = most < DATA_MAX ? most : DATA_MAX;
    uint32_t offset = addr ? values_reserve(d->out, most) : 0;
    ssize_t n =
        offset ? mem_read_string(decode_text_mem(d), addr, d->out->bytes + offset, most, &terminated) : -1;
    struct value *v = values_at(d->out, index);
    /* strace shows the address too where a string runs into unmapped memory before its NUL. */
    if (n < 0 || (!terminated && (size_t)n < most)) {
        v->type = VALUE_ADDR;
        values_trim(d->out, offset);
        return;
    }
    v->bytes = offset;
    v->length = (uint32_t)n;
    v->flags = (uint16_t)(flags | (terminated ? 0U : VALUE_MORE));
    values_trim(d->out, offset + (uint32_t)n);
}

void decode_cstring(struct decoder *d, const char *name, uint64_t addr, unsigned flags)
{
    decode_terminated(d, name, addr, flags, flags & VALUE_PATH ? PATH_MAX - 1 : d->options->string_max);
}

void decode_cstring_in(struct decoder *d, const char *name, uint64_t addr, size_t room)
{
    decode_terminated(d, name, addr, 0, room < d->options->string_max ? room : d->options->string_max);
}

void decode_number_at(struct decoder *d, const char *name, uint64_t addr, size_t size, enum value_type type)
{
    int64_t number = 0;
    if (!decode_object(d, name, addr, &number, size)) {
        return;
    }
    if (size == 4 && type == VALUE_INT) {
        number = (int32_t)number;
    }
    values_open(d->out, VALUE_REF, name);
    values_add(d->out, type, NULL, (uint64_t)number);
    values_close(d->out);
}

void decode_array_end(struct decoder *d, uint64_t addr)
{
    char text[32];
    int n = snprintf(text, sizeof(text), "%#llx", (unsigned long long)addr);
    uint32_t index = values_word(d->out, NULL, "...");
    values_note(d->out, index, text, (size_t)n);
}

/* False if memory ended on the way, which has been shown. */
static bool decode_elements(struct decoder *d, uint64_t addr, uint64_t count, size_t size,
                            decode_element_fn *element, void *context)
{
    _Alignas(8) unsigned char chunk[DECODE_ELEMENT_MAX]; /* elements may be read as what they are */
    uint64_t in_chunk = sizeof(chunk) / size;

    for (uint64_t i = 0; i < count && !d->out->full;) {
        uint64_t want = count - i < in_chunk ? count - i : in_chunk;
        ssize_t got = d->mem->read(d->mem, addr + i * size, chunk, (size_t)want * size);
        uint64_t whole = got > 0 ? (uint64_t)got / size : 0;
        for (uint64_t k = 0; k < whole; k++) {
            element(d, chunk + k * size, context);
        }
        i += whole;
        if (whole < want) {
            decode_array_end(d, addr + i * size);
            return false;
        }
    }
    return true;
}

void decode_array(struct decoder *d, const char *name, uint64_t addr, uint64_t count, size_t size,
                  decode_element_fn *element, void *context)
{
    unsigned char first[DECODE_ELEMENT_MAX];
    uint64_t most = d->options->verbose ? VALUES_MAX : d->options->array_max;
    uint64_t shown = count < most ? count : most;

    addr = decode_word(d, addr);
    /* An array that would reach beyond the end of memory can't be one. */
    bool fits = count <= (UINT64_MAX - addr) / size;
    if (addr == 0 || !fits || (count && !mem_read(d->mem, addr, first, size))) {
        decode_addr(d, name, addr);
        return;
    }
    uint32_t array = values_open(d->out, VALUE_ARRAY, name);
    if (decode_elements(d, addr, shown, size, element, context) && shown < count) {
        values_at(d->out, array)->flags |= VALUE_MORE;
    }
    values_close(d->out);
}

static void decode_string(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    decode_cstring(d, name, raw, kind->option);
}

static void decode_data_in(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    unsigned next = d->arg + 1;
    decode_data(d, name, raw, next < CALL_ARGS_MAX ? decode_word(d, d->args[next]) : 0);
}

static void decode_data_out(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    decode_data(d, name, raw, (uint64_t)d->result);
}

const struct kind kind_none = {.decode = decode_none};
const struct kind kind_int = {.decode = decode_int};
const struct kind kind_pid = {.decode = decode_task};
const struct kind kind_pgid = {.decode = decode_task, .option = ID_OF_GROUP};
const struct kind kind_sid = {.decode = decode_task, .option = ID_OF_SESSION};
const struct kind kind_uint = {.decode = decode_number, .size = 4, .option = VALUE_UINT};
const struct kind kind_long = {.decode = decode_long};
const struct kind kind_ulong = {.decode = decode_number, .option = VALUE_UINT};
const struct kind kind_hex = {.decode = decode_number, .option = VALUE_HEX};
const struct kind kind_hexint = {.decode = decode_number, .size = 4, .option = VALUE_HEX};
const struct kind kind_addr = {.decode = decode_number, .option = VALUE_ADDR};
const struct kind kind_octal = {.decode = decode_number, .size = 4, .option = VALUE_OCTAL};
const struct kind kind_uid = {.decode = decode_id};
const struct kind kind_gid = {.decode = decode_id};
const struct kind kind_uid_old = {.decode = decode_id, .option = 1};
const struct kind kind_gid_old = {.decode = decode_id, .option = 1};
const struct kind kind_fd = {.decode = decode_fd};
const struct kind kind_dirfd = {.decode = decode_dirfd};
const struct kind kind_string = {.decode = decode_string};
const struct kind kind_path = {.decode = decode_string, .option = VALUE_PATH};
const struct kind kind_data_in = {.decode = decode_data_in, .extent = EXTENT_ARG};
const struct kind kind_data_out = {
    .decode = decode_data_out, .direction = DIR_OUT, .extent = EXTENT_RESULT, .size = 1, .cut = CUT_DATA};
