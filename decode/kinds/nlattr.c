#include "decode/kinds/nlattr.h"

#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/members.h"
#include "decode/kinds/net.h"
#include "decode/kinds/time.h"

enum { HEADER = 4, HARDWARE_MAX = 32 };

struct attribute {
    uint16_t length; /* as it says itself */
    uint16_t type;
    uint64_t payload; /* address */
    uint64_t size;    /* of the payload, as far as there are bytes */
};

static bool read_attribute(struct decoder *d, uint64_t addr, uint64_t length, struct attribute *a)
{
    uint8_t header[HEADER];
    if (length < HEADER || !mem_read(d->mem, addr, header, sizeof(header))) {
        return false;
    }
    a->length = load16(header);
    a->type = load16(header + 2);
    uint64_t whole = a->length < length ? a->length : length;
    a->payload = addr + HEADER;
    a->size = whole > HEADER ? whole - HEADER : 0;
    return true;
}

static void show_type(struct decoder *d, const struct nlattr_table *table, uint16_t type)
{
    static const struct xlat none = {NULL, NULL, 0, 0};
    const struct xlat *names = table && table->names ? table->names : &none;
    uint16_t number = type & (uint16_t) ~(NLA_F_NESTED | NLA_F_NET_BYTEORDER);
    if (number == type) {
        values_xlat(d->out, VALUE_ENUM, "nla_type", names, number);
        return;
    }
    uint32_t whole = values_open(d->out, VALUE_OR, "nla_type");
    values_at(d->out, whole)->number = type;
    if (type & NLA_F_NESTED) {
        uint32_t flag = values_word(d->out, NULL, "NLA_F_NESTED");
        values_stand_for(d->out, flag, NLA_F_NESTED, VALUE_AS_HEX);
    }
    if (type & NLA_F_NET_BYTEORDER) {
        uint32_t flag = values_word(d->out, NULL, "NLA_F_NET_BYTEORDER");
        values_stand_for(d->out, flag, NLA_F_NET_BYTEORDER, VALUE_AS_HEX);
    }
    values_xlat(d->out, VALUE_ENUM, NULL, names, number);
    values_close(d->out);
}

static void show_header(struct decoder *d, const struct nlattr_table *table, const struct attribute *a)
{
    values_open(d->out, VALUE_STRUCT, NULL);
    append_uint(d, "nla_len", a->length);
    show_type(d, table, a->type);
    values_close(d->out);
}

static void show_net(struct decoder *d, const struct nlattr_shape *shape, uint64_t number)
{
    size_t size = shape->size;
    uint32_t call = values_open_func(d->out, NULL, size == 2 ? "htons" : size == 4 ? "htonl" : "htobe64");
    uint64_t swapped = __builtin_bswap64(number) >> (64 - 8 * size);
    if (shape->aux) {
        net_stands_for(d, call, &number, size);
        append_enum(d, NULL, shape->aux, swapped);
    } else { /* has no name that -X could show the number of */
        append_uint(d, NULL, swapped);
    }
    values_close(d->out);
}

static bool show_ticks(struct decoder *d, const struct attribute *a)
{
    uint64_t ticks = 0;
    if (a->size > sizeof(ticks) || !mem_read(d->mem, a->payload, &ticks, a->size)) {
        return false;
    }
    decode_ticks(d, NULL, ticks);
    return true;
}

/* Numbers of all sorts. */
static bool show_number(struct decoder *d, const struct nlattr_shape *shape, const struct attribute *a)
{
    uint64_t number = 0;
    uint64_t size = shape->size ? shape->size : a->size;
    if (a->size < size || size > sizeof(number) || !mem_read(d->mem, a->payload, &number, (size_t)size)) {
        return false;
    }
    unsigned unused = 64 - 8 * (unsigned)size;
    switch ((enum nlattr_as)shape->as) {
    case NLATTR_INT:
        append_int(d, NULL, (int64_t)(number << unused) >> unused);
        break;
    case NLATTR_HEX:
        if (shape->aux) {
            append_hex_named(d, NULL, shape->aux, number);
        } else {
            append_hex(d, NULL, number);
        }
        break;
    case NLATTR_NET:
    case NLATTR_NET_ENUM:
        show_net(d, shape, number);
        break;
    case NLATTR_ID:
        decode_id(d, NULL, &kind_uid, number);
        break;
    case NLATTR_ENUM:
        append_enum(d, NULL, shape->aux, number);
        break;
    case NLATTR_FLAGS:
        append_flags(d, NULL, shape->aux, number);
        break;
    case NLATTR_FD:
        decode_fd(d, NULL, &kind_fd, number);
        break;
    case NLATTR_INTERFACE:
        net_interface(d, NULL, (uint32_t)number);
        break;
    default:
        append_uint(d, NULL, number);
        break;
    }
    return true;
}

static bool show_string(struct decoder *d, const struct attribute *a)
{
    char last;
    if (!mem_read(d->mem, a->payload + a->size - 1, &last, 1)) {
        return false;
    }
    uint32_t index = d->out->count;
    decode_data(d, NULL, a->payload, a->size - (last == 0));
    if (last != 0 && index < d->out->count) {
        values_at(d->out, index)->flags |= VALUE_MORE;
    }
    return true;
}

/* ip sends it without a NUL. */
static void remember_kind(struct decoder *d, const struct attribute *a, const struct nlattr_context *context)
{
    bool fits = a->size < NLATTR_KIND_MAX && mem_read(d->mem, a->payload, context->kind, (size_t)a->size);
    context->kind[fits ? a->size : 0] = 0;
}

static bool show_hardware(struct decoder *d, const struct attribute *a)
{
    uint8_t bytes[HARDWARE_MAX];
    if (a->size > sizeof(bytes) || !mem_read(d->mem, a->payload, bytes, a->size)) {
        return false;
    }
    net_mac(d, NULL, bytes, a->size);
    return true;
}

static bool show_address(struct decoder *d, const struct attribute *a, unsigned family)
{
    uint8_t bytes[16];
    size_t size = family == AF_INET ? 4 : 16;
    bool known = family == AF_INET || family == AF_INET6;
    if (!known || a->size < size || !mem_read(d->mem, a->payload, bytes, size)) {
        return false;
    }
    if (size == 4) {
        net_address4(d, NULL, bytes);
    } else {
        net_address6(d, NULL, NULL, bytes);
    }
    return true;
}

static bool show_layout(struct decoder *d, const struct nlattr_shape *shape, const struct attribute *a)
{
    const struct layout *layout = shape->aux;
    if (a->size < (shape->size ? shape->size : layout->size)) {
        return false;
    }
    decode_layout_at(d, NULL, a->payload, layout, a->size < layout->size ? a->size : UINT64_MAX);
    if (shape->as == NLATTR_LAYOUT_REST && a->size > layout->size) {
        decode_hex_bytes(d, NULL, a->payload + layout->size, a->size - layout->size);
    }
    return true;
}

struct numbers {
    const struct nlattr_names *names;
    uint32_t size;
    uint32_t next;
};

static void show_place(struct decoder *d, const void *element, void *context)
{
    struct numbers *numbers = context;
    uint64_t number = 0;
    memcpy(&number, element, numbers->size);
    bool named = numbers->next < numbers->names->count;
    const char *name = named ? numbers->names->names[numbers->next] : NULL;
    numbers->next++;
    if (numbers->size == 4) {
        append_int(d, name, (int32_t)number);
    } else {
        append_uint(d, name, number);
    }
}

static bool show_numbers(struct decoder *d, const struct nlattr_shape *shape, const struct attribute *a)
{
    struct numbers numbers = {shape->aux, shape->size, 0};
    uint64_t count = a->size / shape->size;
    if (count == 0) {
        return false;
    }
    uint32_t array = d->out->count;
    decode_array(d, NULL, a->payload, count, shape->size, show_place, &numbers);
    if (array < d->out->count && values_at(d->out, array)->type == VALUE_ARRAY) {
        values_at(d->out, array)->flags |= VALUE_PLACES;
    }
    return true;
}

static const struct nlattr_shape *find(const struct nlattr_table *table, uint16_t type)
{
    for (uint32_t i = 0; table && i < table->count; i++) {
        if (table->attributes[i].type == (type & ~(NLA_F_NESTED | NLA_F_NET_BYTEORDER))) {
            return &table->attributes[i];
        }
    }
    return table ? table->every : NULL;
}

/* The types of a list are numbers, each of which holds what the list's table describes. */
static void show_list(struct decoder *d, const struct nlattr_shape *shape, const struct attribute *a,
                      const struct nlattr_context *context)
{
    static const struct xlat bare = {NULL, NULL, 0, 0};
    const struct nlattr_shape every = {0, NLATTR_NEST, 0, shape->aux};
    const struct nlattr_table list = {&bare, NULL, 0, &every};
    nlattr_show(d, a->payload, a->size, &list, context);
}

static bool show_known(struct decoder *d, const struct nlattr_shape *shape, const struct attribute *a,
                       const struct nlattr_context *context)
{
    const struct nlattr_function *function = shape->aux;
    switch ((enum nlattr_as)shape->as) {
    case NLATTR_KIND:
        remember_kind(d, a, context);
        return show_string(d, a);
    case NLATTR_STRING:
        return show_string(d, a);
    case NLATTR_HARDWARE:
        return show_hardware(d, a);
    case NLATTR_ADDRESS:
        return show_address(d, a, context->family);
    case NLATTR_ADDRESS4:
        return show_address(d, a, AF_INET);
    case NLATTR_ADDRESS6:
        return show_address(d, a, AF_INET6);
    case NLATTR_TICKS:
        return show_ticks(d, a);
    case NLATTR_LAYOUT:
    case NLATTR_LAYOUT_REST:
        return show_layout(d, shape, a);
    case NLATTR_NEST:
        nlattr_show(d, a->payload, a->size, shape->aux, context);
        return true;
    case NLATTR_LIST:
        show_list(d, shape, a, context);
        return true;
    case NLATTR_NUMBERS:
        return show_numbers(d, shape, a);
    case NLATTR_SHOW:
        return function->show(d, a->payload, a->size, context);
    default:
        return show_number(d, shape, a);
    }
}

static void show_attribute(struct decoder *d, const struct attribute *a, const struct nlattr_table *table,
                           const struct nlattr_context *context)
{
    const struct nlattr_shape *shape = find(table, a->type);
    if (!a->size) {
        show_header(d, table, a);
        return;
    }
    values_open(d->out, VALUE_ARRAY, NULL);
    show_header(d, table, a);
    if (!shape || !show_known(d, shape, a, context)) {
        decode_hex_bytes(d, NULL, a->payload, a->size);
    }
    values_close(d->out);
}

/* Where the attribute after a starts, from a's start: 0 if there is none. */
static uint64_t next_attribute(const struct attribute *a, uint64_t length)
{
    uint64_t aligned = ((uint64_t)a->length + 3) & ~UINT64_C(3);
    return a->length >= HEADER && aligned < length ? aligned : 0;
}

void nlattr_show(struct decoder *d, uint64_t addr, uint64_t length, const struct nlattr_table *table,
                 const struct nlattr_context *context)
{
    struct attribute a;
    if (!read_attribute(d, addr, length, &a)) {
        decode_hex_bytes(d, NULL, addr, length);
        return;
    }
    uint64_t step = next_attribute(&a, length);
    if (!step) {
        show_attribute(d, &a, table, context);
        return;
    }
    uint32_t most = d->options->verbose ? VALUES_MAX : d->options->string_max;
    uint32_t array = values_open(d->out, VALUE_ARRAY, NULL);
    for (uint32_t count = 1;; count++) {
        show_attribute(d, &a, table, context);
        addr += step;
        length -= step;
        if (!step || d->out->full) {
            break;
        }
        if (count >= most) {
            values_at(d->out, array)->flags |= VALUE_MORE;
            break;
        }
        if (!read_attribute(d, addr, length, &a)) {
            decode_hex_bytes(d, NULL, addr, length);
            break;
        }
        step = next_attribute(&a, length);
    }
    values_close(d->out);
}
