#include "decode/kinds/ioctl.h"

#include <linux/ioctl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/clone.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/ioctl_input.h"
#include "decode/kinds/members.h"

#define IOCTL(number, name) {number, name},
static const struct xlat_entry name_entries[] = {
#include "decode/kinds/ioctl_names.def"
};
#undef IOCTL
const struct xlat xlat_ioctl_names = {NULL, name_entries, sizeof(name_entries) / sizeof(name_entries[0]), 1};

/* Numbers that terminals and sound timers share. */
XLAT_ORDERED(terminal_requests, NULL, {0x5402, "TCSETS"}, {0x5403, "TCSETSW"}, {0x5404, "TCSETSF"});
XLAT(ioctl_directions, "_IOC_???", X(_IOC_NONE), X(_IOC_READ), X(_IOC_WRITE));
/* Requests whose number holds a length or an index: NAME(size), or NAME(number) where by_number. */
struct ioctl_numbered {
    uint8_t type;
    uint8_t direction;
    uint8_t first;
    uint8_t last;
    const char *name;
    bool by_number;
    bool with_size;          /* both */
    const struct xlat *xlat; /* names of the number, counted from `first` */
};

static const struct ioctl_numbered numbered[] = {
    {'E', _IOC_WRITE, 0xc0, 0xff, "EVIOCSABS", true, false, &xlat_evdev_axes},
    {'E', _IOC_READ, 0x20, 0x3f, "EVIOCGBIT", true, true, &xlat_evdev_types},
    {'E', _IOC_READ, 0x40, 0x7f, "EVIOCGABS", true, false, &xlat_evdev_axes},
    {'E', _IOC_READ, 0x06, 0x06, "EVIOCGNAME", false, false, NULL},
    {'E', _IOC_READ, 0x07, 0x07, "EVIOCGPHYS", false, false, NULL},
    {'E', _IOC_READ, 0x08, 0x08, "EVIOCGUNIQ", false, false, NULL},
    {'E', _IOC_READ, 0x09, 0x09, "EVIOCGPROP", false, false, NULL},
    {'E', _IOC_READ, 0x0a, 0x0a, "EVIOCGMTSLOTS", false, false, NULL},
    {'E', _IOC_READ, 0x18, 0x18, "EVIOCGKEY", false, false, NULL},
    {'E', _IOC_READ, 0x19, 0x19, "EVIOCGLED", false, false, NULL},
    {'E', _IOC_READ, 0x1a, 0x1a, "EVIOCGSND", false, false, NULL},
    {'E', _IOC_READ, 0x1b, 0x1b, "EVIOCGSW", false, false, NULL},
    {'H', _IOC_READ, 0x04, 0x04, "HIDIOCGRAWNAME", false, false, NULL},
    {'H', _IOC_READ, 0x05, 0x05, "HIDIOCGRAWPHYS", false, false, NULL},
    {'H', _IOC_READ, 0x06, 0x06, "HIDIOCSFEATURE", false, false, NULL},
    {'H', _IOC_READ, 0x08, 0x08, "HIDIOCGRAWUNIQ", false, false, NULL},
    {'H', _IOC_READ, 0x12, 0x12, "HIDIOCGPHYS", false, false, NULL},
    {'H', _IOC_READ | _IOC_WRITE, 0x06, 0x06, "HIDIOCSFEATURE", false, false, NULL},
    {'H', _IOC_READ | _IOC_WRITE, 0x07, 0x07, "HIDIOCGFEATURE", false, false, NULL},
    {'M', _IOC_WRITE, 0x00, 0xff, "MIXER_WRITE", true, false, NULL},
    {'M', _IOC_READ, 0x00, 0xff, "MIXER_READ", true, false, NULL},
    {'U', _IOC_READ, 0x2c, 0x2c, "UI_GET_SYSNAME", false, false, NULL},
    {'j', _IOC_READ, 0x13, 0x13, "JSIOCGNAME", false, false, NULL},
    {'k', _IOC_WRITE, 0x00, 0x00, "SPI_IOC_MESSAGE", false, false, NULL},
};

static const struct ioctl_numbered *find_numbered(uint32_t request)
{
    for (size_t i = 0; i < sizeof(numbered) / sizeof(numbered[0]); i++) {
        const struct ioctl_numbered *f = &numbered[i];
        if (_IOC_TYPE(request) == f->type && _IOC_DIR(request) == f->direction &&
            _IOC_NR(request) >= f->first && _IOC_NR(request) <= f->last) {
            return f;
        }
    }
    return NULL;
}

/* `other`: the name that the same number has elsewhere, or NULL. */
static void decode_numbered(struct decoder *d, const char *name, const struct ioctl_numbered *f,
                            uint32_t request, const char *other)
{
    uint32_t number = _IOC_NR(request) - (f->xlat ? f->first : 0);
    const char *label = f->xlat ? xlat_name(f->xlat, number) : NULL;
    char first[64];

    if (!f->by_number) {
        snprintf(first, sizeof(first), "%u", _IOC_SIZE(request));
    } else if (label) {
        snprintf(first, sizeof(first), "%s", label);
    } else if (f->xlat && !(f->with_size && number == 0)) {
        snprintf(first, sizeof(first), "%#x /* %s */", number, f->xlat->unknown);
    } else {
        snprintf(first, sizeof(first), "%u", number);
    }
    char size[16] = "";
    if (f->with_size) {
        snprintf(size, sizeof(size), ", %u", _IOC_SIZE(request));
    }
    uint32_t index = values_wordf(d->out, name, "%s(%s%s)%s%s", f->name, first, size, other ? " or " : "",
                                  other ? other : "");
    values_stand_for(d->out, index, request, VALUE_AS_HEX);
}

static void decode_unknown(struct decoder *d, const char *name, uint32_t request)
{
    uint32_t index = values_open_func(d->out, name, "_IOC");
    values_stand_for(d->out, index, request, VALUE_AS_HEX);
    append_flags(d, NULL, &xlat_ioctl_directions, _IOC_DIR(request));
    values_add(d->out, VALUE_HEX, NULL, _IOC_TYPE(request));
    values_add(d->out, VALUE_HEX, NULL, _IOC_NR(request));
    values_add(d->out, VALUE_HEX, NULL, _IOC_SIZE(request));
    values_close(d->out);
}

/* True if the call is known to be made on a terminal, which makes its request unambiguous. */
static bool on_terminal(const struct decoder *d)
{
    static const char *const places[] = {"/dev/pts/", "/dev/tty", "/dev/console", "/dev/ptmx"};
    char path[64];
    int fd = (int)d->args[0];
    ssize_t n = d->fds && fd >= 0 ? d->fds->describe(d->fds, fd, FD_PATHS, path, sizeof(path)) : -1;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        size_t length = strlen(places[i]);
        if (n >= (ssize_t)length && memcmp(path, places[i], length) == 0) {
            return true;
        }
    }
    return false;
}

static void decode_request(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t request = (uint32_t)raw;
    const struct ioctl_numbered *holds_number = find_numbered(request);
    const char *known = xlat_name(&xlat_ioctl_names, request);

    if (holds_number) {
        decode_numbered(d, name, holds_number, request, known);
    } else if (xlat_name(&xlat_terminal_requests, request) && on_terminal(d)) {
        values_xlat(d->out, VALUE_ENUM, name, &xlat_terminal_requests, request);
    } else if (known) {
        values_xlat(d->out, VALUE_ENUM, name, &xlat_ioctl_names, request);
    } else {
        decode_unknown(d, name, request);
    }
}

static void decode_shape(struct decoder *d, const char *name, const struct ioctl_shape *shape, uint64_t raw);

static void decode_number_ref(struct decoder *d, const char *name, const struct ioctl_shape *shape,
                              uint64_t addr)
{
    uint64_t number = 0;
    size_t size = shape->size ? shape->size : d->abi->long_size;
    if (!decode_object(d, name, addr, &number, size)) {
        return;
    }
    values_open(d->out, VALUE_REF, name);
    switch (shape->as) {
    case IOCTL_NUMBER_AT:
        values_add(d->out, VALUE_INT, NULL, size == 4 ? (uint64_t)(int64_t)(int32_t)number : number);
        break;
    case IOCTL_HEX_AT:
        values_add(d->out, VALUE_HEX, NULL, number);
        break;
    case IOCTL_FLAGS_AT:
        append_flags(d, NULL, shape->aux, number);
        break;
    case IOCTL_ENUM_AT:
        values_xlat(d->out, VALUE_ENUM, NULL, shape->aux, number);
        break;
    default:
        values_add(d->out, VALUE_UINT, NULL, number);
        break;
    }
    values_close(d->out);
}

static void decode_pair(struct decoder *d, const char *name, const struct ioctl_shape *shape, uint64_t addr)
{
    union {
        uint64_t wide[2];
        uint32_t narrow[2];
    } pair = {{0, 0}};
    bool wide = !shape->size;
    if (!decode_object(d, name, addr, &pair, wide ? sizeof(pair.wide) : sizeof(pair.narrow))) {
        return;
    }
    values_open(d->out, VALUE_ARRAY, name);
    for (unsigned i = 0; i < 2; i++) {
        values_add(d->out, VALUE_UINT, NULL, wide ? pair.wide[i] : pair.narrow[i]);
    }
    values_close(d->out);
}

static void decode_text(struct decoder *d, const char *name, uint64_t addr, uint16_t size)
{
    char text[256];
    size_t n = size < sizeof(text) ? size : sizeof(text);
    if (decode_object(d, name, addr, text, n)) {
        decode_char_array(d, name, text, n);
    }
}

/* Where the call has replaced this member of what was shown at entry: before => after. */
static void decode_replaced(struct decoder *d, const struct layout *layout, uint64_t addr)
{
    const struct member *m = &layout->members[0];
    unsigned char bytes[LAYOUT_SIZE_MAX];
    uint64_t now = 0;
    if (!mem_read(d->mem, decode_word(d, addr), bytes, layout->size)) {
        return;
    }
    memcpy(&now, bytes + m->offset, m->size);
    uint32_t child = values_at(d->out, d->out->open)->first;
    while (child && strcmp(values_at(d->out, child)->name, m->name) != 0) {
        child = values_at(d->out, child)->next;
    }
    if (!child || memcmp(&values_at(d->out, child)->number, &now, m->size) == 0) {
        return;
    }
    values_wrap(d->out, VALUE_CHANGE, child);
    decode_members(d, &(struct block){.bytes = bytes, .size = layout->size}, layout);
    values_at(d->out, values_at(d->out, child)->last)->name = NULL;
    values_close(d->out);
}

/* At exit, members are added to what was shown at entry, if that could be read. */
static void decode_growth(struct decoder *d, const char *name, const struct ioctl_growth *growth,
                          uint64_t raw)
{
    uint32_t open = d->out->open;
    if (!d->at_exit) {
        decode_layout_at(d, name, raw, growth->asked, UINT64_MAX);
    } else if (decode_entry_struct(d)) {
        d->out->open = decode_entry_struct(d);
        if (growth->replaced) {
            decode_replaced(d, growth->replaced, raw);
        }
        if (growth->told) {
            decode_more_at(d, raw, growth->told);
        }
        d->out->open = open;
    }
}

static void decode_change(struct decoder *d, const char *name, const struct ioctl_change *change,
                          uint64_t raw)
{
    if (!d->at_exit) {
        decode_shape(d, name, &change->asked, raw);
    } else if (decode_entry_struct(d) && (d->result < 0 || change->told.as != IOCTL_LAYOUT_AT ||
                                          layout_has_members(d, raw, change->told.aux))) {
        values_open(d->out, VALUE_CHANGE, name);
        values_again(d->out, NULL, decode_entry_struct(d));
        if (d->result >= 0) {
            decode_shape(d, NULL, &change->told, raw);
        } else {
            decode_addr(d, NULL, raw);
        }
        values_close(d->out);
    }
}

static void decode_shape(struct decoder *d, const char *name, const struct ioctl_shape *shape, uint64_t raw)
{
    switch ((enum ioctl_as)shape->as) {
    case IOCTL_NOTHING:
        break;
    case IOCTL_INT:
        values_add(d->out, VALUE_INT, name, (uint64_t)(int64_t)(int32_t)raw);
        break;
    case IOCTL_UNSIGNED:
        values_add(d->out, VALUE_UINT, name, decode_word(d, raw));
        break;
    case IOCTL_ADDR:
        decode_addr(d, name, raw);
        break;
    case IOCTL_HEXINT:
        values_add(d->out, VALUE_HEX, name, (uint32_t)raw);
        break;
    case IOCTL_HEX:
        values_add(d->out, VALUE_HEX, name, decode_word(d, raw));
        break;
    case IOCTL_FD:
        decode_fd_number(d, name, (int)raw);
        break;
    case IOCTL_ENUM:
        values_xlat(d->out, VALUE_ENUM, name, shape->aux,
                    shape->size == 4 ? (uint32_t)raw : decode_word(d, raw));
        break;
    case IOCTL_FLAGS:
        append_flags(d, name, shape->aux, decode_word(d, raw));
        break;
    case IOCTL_STRING:
        decode_cstring(d, name, raw, 0);
        break;
    case IOCTL_NUMBER_AT:
    case IOCTL_UNSIGNED_AT:
    case IOCTL_HEX_AT:
    case IOCTL_FLAGS_AT:
    case IOCTL_ENUM_AT:
        decode_number_ref(d, name, shape, raw);
        break;
    case IOCTL_PAIR_AT:
        decode_pair(d, name, shape, raw);
        break;
    case IOCTL_TEXT_AT:
        decode_text(d, name, raw, shape->size);
        break;
    case IOCTL_LAYOUT_AT:
        decode_layout_at(d, name, raw, shape->aux, UINT64_MAX);
        break;
    case IOCTL_DECODED: {
        const struct kind *kind = shape->aux;
        kind->decode(d, name, kind, raw);
        break;
    }
    case IOCTL_GROWS:
        decode_growth(d, name, shape->aux, raw);
        break;
    case IOCTL_CHANGES:
        decode_change(d, name, shape->aux, raw);
        break;
    }
}

static const struct ioctl_shape *find_shape(uint32_t request)
{
#define FAMILY(id) &ioctl_shapes_##id,
    static const struct ioctl_shapes *const all[] = {
#include "decode/kinds/ioctl_families.def"
    };
#undef FAMILY
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        for (uint32_t k = 0; k < all[i]->count; k++) {
            if (all[i]->shapes[k].request == request) {
                return &all[i]->shapes[k];
            }
        }
    }
    return ioctl_input_shape(request);
}

/* True of types some of whose requests strace knows: those of which it does not are addresses to it. */
static bool is_known_type(uint32_t request)
{
    static const uint8_t types[] = {0x03, 0x12, 0x15, '!',  '"',  '$',  '=',  '>',  'E',  'I',  'K',
                                    'L',  'M',  'O',  'R',  'T',  'V',  'W',  'X',  'f',  'i',  'o',
                                    'p',  0x89, 0x8a, 0x94, 0xa4, 0xaa, 0xab, 0xae, 0xb4, 0xb7, 0xfd};
    return memchr(types, (int)_IOC_TYPE(request), sizeof(types)) != NULL;
}

/* As many bytes as the number says: with -v, before and after the call, by the direction that it says. */
static void decode_unknown_arg(struct decoder *d, const char *name, uint64_t raw)
{
    uint32_t request = (uint32_t)d->args[1];
    bool shown = d->options->verbose && !d->options->opaque && _IOC_SIZE(request) && decode_word(d, raw) &&
                 !is_known_type(request);
    bool before = shown && _IOC_DIR(request) != _IOC_READ, after = shown && _IOC_DIR(request) != _IOC_WRITE;
    const struct value *entry = values_at(d->out, d->value[d->arg]);
    if (!d->at_exit) {
        if (before) {
            decode_hex_bytes(d, name, raw, _IOC_SIZE(request));
        } else {
            values_add(d->out, VALUE_HEX, name, decode_word(d, raw));
        }
    } else if (after && before && entry->type == VALUE_BYTES) {
        values_open(d->out, VALUE_CHANGE, name);
        values_again(d->out, NULL, d->value[d->arg]);
        decode_hex_bytes(d, NULL, raw, _IOC_SIZE(request));
        values_close(d->out);
    } else if (after && !before) {
        decode_hex_bytes(d, name, raw, _IOC_SIZE(request));
    }
}

static void decode_ioctl_arg(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    const struct ioctl_shape *shape = find_shape((uint32_t)d->args[1]);
    if (!shape) {
        decode_unknown_arg(d, name, raw);
    } else if (d->at_exit) {
        if (shape->direction != DIR_IN && (d->result >= 0 || shape->direction == DIR_OUT_ANY)) {
            decode_shape(d, name, shape, raw);
        }
    } else if (shape->direction == DIR_OUT) {
        decode_addr(d, name, raw);
    } else {
        decode_shape(d, name, shape, raw);
    }
}

/* Requests whose result is a descriptor. */
enum { KVM_CREATE_VM = 0xae01, KVM_CREATE_VCPU = 0xae41 };

static bool makes_descriptor(uint32_t request)
{
    return request == NS_GET_USERNS || request == NS_GET_PARENT || request == KVM_CREATE_VM ||
           request == KVM_CREATE_VCPU;
}

/* What a result stands for: a kind of namespace, or buffers that were made. */
static void decode_ioctl_result(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint32_t request = (uint32_t)d->args[1];
    const char *type = request == NS_GET_NSTYPE ? xlat_name(&xlat_setns_flags, raw) : NULL;
    bool buffers = ioctl_creates_buffers(request);
    if (makes_descriptor(request)) {
        decode_fd_number(d, name, (int)raw);
        return;
    }
    if (type || buffers) {
        values_open(d->out, VALUE_NOTED, name);
    }
    kind_long.decode(d, NULL, kind, raw);
    if (type) {
        values_word(d->out, NULL, type);
    } else if (buffers) {
        decode_created_buffers(d, d->args[2]);
    }
    if (type || buffers) {
        values_close(d->out);
    }
}

/* Requests whose number says nothing of the size, or less than what they fill, fill no more than this. */
enum { IOCTL_BYTES_LEAST = 320 };

const struct kind kind_ioctl_request = {.decode = decode_request};
const struct kind kind_ioctl_result = {.decode = decode_ioctl_result};
const struct kind kind_ioctl_arg = {
    .decode = decode_ioctl_arg,
    .direction = DIR_INOUT,
    .extent = EXTENT_REQUEST,
    .size = IOCTL_BYTES_LEAST,
};
