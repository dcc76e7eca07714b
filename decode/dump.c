#include "decode/dump.h"

#include <stdlib.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/iovec.h"
#include "decode/kinds/msghdr.h"
#include "decode/kinds/net.h"

/* What is kept of all buffers together, and of how many messages. */
enum { DUMP_LINE = 16, DUMP_ROOM = 1 << 20, DUMP_MESSAGES_MAX = 1024 };

bool dump_parse(uint64_t bits[DUMP_FDS / 64], const char *set)
{
    uint64_t found[DUMP_FDS / 64] = {0};
    bool complement = *set == '!';

    set += complement;
    if (!*set) {
        return false;
    }
    while (*set) {
        char *end = (char *)set; // NOLINT: as strtoul leaves it
        if (strncmp(set, "all", 3) == 0) {
            memset(found, 0xff, sizeof(found));
            end += 3;
        } else if (strncmp(set, "none", 4) == 0) {
            end += 4;
        } else {
            unsigned long fd = strtoul(set, &end, 10);
            if (end == set || *set == '-' || *set == '+' || fd >= DUMP_FDS) {
                return false;
            }
            found[fd / 64] |= UINT64_C(1) << fd % 64;
        }
        if (*end && (*end != ',' || !end[1])) {
            return false;
        }
        set = end + (*end == ',');
    }
    for (size_t i = 0; i < DUMP_FDS / 64; i++) {
        bits[i] = complement ? ~found[i] : found[i];
    }
    return true;
}

static bool named(const uint64_t bits[DUMP_FDS / 64], uint64_t fd)
{
    return fd < DUMP_FDS && bits[fd / 64] >> fd % 64 & 1;
}

/* What is still to be collected. */
struct collection {
    uint64_t left; /* bytes that the call moved and no buffer has yet */
    uint64_t room; /* bytes that may be kept */
};

/* Appends up to `length` bytes at addr to the open array; what can't be read is left out. */
static void collect_buffer(struct decoder *d, uint64_t addr, uint64_t length, struct collection *c)
{
    uint64_t most = c->room < DUMP_MAX ? c->room : DUMP_MAX;
    size_t want = (size_t)(length < most ? length : most);
    uint32_t offset = want ? values_reserve(d->out, want) : 0;
    ssize_t got = offset ? d->mem->read(d->mem, decode_word(d, addr), d->out->bytes + offset, want) : 0;
    uint32_t index = values_add(d->out, VALUE_STRING, NULL, addr);
    struct value *v = values_at(d->out, index);
    v->bytes = offset;
    v->length = got > 0 ? (uint32_t)got : 0;
    v->flags = v->length < length ? VALUE_MORE : 0;
    c->room -= v->length;
    if (offset) {
        values_trim(d->out, offset + v->length);
    }
}

static void collect_element(struct decoder *d, const void *element, void *context)
{
    struct collection *c = context;
    bool narrow = d->abi->pointer_size == 4;
    uint64_t base = narrow ? ((const uint32_t *)element)[0] : ((const uint64_t *)element)[0];
    uint64_t length = narrow ? ((const uint32_t *)element)[1] : ((const uint64_t *)element)[1];
    uint64_t filled = length < c->left ? length : c->left;
    if (filled) {
        collect_buffer(d, base, filled, c);
        c->left -= filled;
    }
}

static void collect_vector(struct decoder *d, uint64_t addr, uint64_t count, struct collection *c)
{
    decode_array(d, NULL, addr, count, 2 * (size_t)d->abi->pointer_size, collect_element, c);
}

/* An array for each message: before the call for as many as are to be sent, after it for those received. */
static void collect_messages(struct decoder *d, uint64_t addr, uint64_t count, struct collection *c)
{
    struct message_buffers buffers;
    uint64_t most = d->at_exit ? (uint64_t)d->result : count;
    most = most < DUMP_MESSAGES_MAX ? most : DUMP_MESSAGES_MAX;
    values_open(d->out, VALUE_ARRAY, NULL);
    for (uint64_t i = 0; i < most && decode_messages_buffers(d, addr, i, &buffers); i++) {
        c->left = d->at_exit ? buffers.moved : UINT64_MAX;
        collect_vector(d, buffers.vector, buffers.count, c);
    }
    values_close(d->out);
}

/* The kinds of arguments that hold a call's data. */
enum data_form { DATA_BUFFER, DATA_VECTOR, DATA_MESSAGE, DATA_MESSAGES };

static const struct data_kind {
    const struct kind *kind;
    bool reads;
    uint8_t form; /* enum data_form */
} data_kinds[] = {
    {&kind_data_out, true, DATA_BUFFER},      {&kind_data_in, false, DATA_BUFFER},
    {&kind_recv_buffer, true, DATA_BUFFER},   {&kind_send_buffer, false, DATA_BUFFER},
    {&kind_iovec_out, true, DATA_VECTOR},     {&kind_iovec_in, false, DATA_VECTOR},
    {&kind_msghdr_out, true, DATA_MESSAGE},   {&kind_msghdr_in, false, DATA_MESSAGE},
    {&kind_mmsghdr_out, true, DATA_MESSAGES}, {&kind_mmsghdr_in, false, DATA_MESSAGES},
};

/* Which argument holds a call's data, and how; NULL: none does. */
static const struct data_kind *find_data(const struct call *call, bool reads, unsigned *argument)
{
    for (*argument = 0; *argument < call->nargs; ++*argument) {
        for (size_t i = 0; i < sizeof(data_kinds) / sizeof(data_kinds[0]); i++) {
            if (data_kinds[i].kind == call->args[*argument].kind && data_kinds[i].reads == reads) {
                return &data_kinds[i];
            }
        }
    }
    return NULL;
}

/* Appends one value: a reference to a buffer, an array of buffers, or an array of such arrays. */
static void collect(struct decoder *d, enum data_form form, uint64_t addr, uint64_t length)
{
    struct message_buffers buffers;
    struct collection c = {.left = d->at_exit ? (uint64_t)d->result : UINT64_MAX, .room = DUMP_ROOM};
    switch (form) {
    case DATA_BUFFER:
        values_open(d->out, VALUE_REF, NULL);
        collect_buffer(d, addr, d->at_exit ? (uint64_t)d->result : length, &c);
        values_close(d->out);
        break;
    case DATA_VECTOR:
        collect_vector(d, addr, length, &c);
        break;
    case DATA_MESSAGE:
        if (decode_message_buffers(d, addr, &buffers)) {
            collect_vector(d, buffers.vector, buffers.count, &c);
        }
        break;
    case DATA_MESSAGES:
        collect_messages(d, addr, (uint32_t)length, &c);
        break;
    }
}

void dump_collect(struct decoder *d, const struct dump_fds *fds, struct event *event)
{
    unsigned i;
    if (!fds->any || d->call->nargs < 3 || d->call->args[0].kind != &kind_fd ||
        !named(d->at_exit ? fds->read : fds->write, d->args[0]) || (d->at_exit && d->result <= 0)) {
        return;
    }
    const struct data_kind *data = find_data(d->call, d->at_exit, &i);
    if (!data) {
        return;
    }
    unsigned at = arg_register(&d->call->args[i], i);
    uint64_t length = at + 1 < CALL_ARGS_MAX ? decode_word(d, d->args[at + 1]) : 0;
    struct decode_options every = *d->options; /* element, whatever the line shows of them */
    struct decoder whole = *d;
    uint32_t before = d->out->count;
    every.verbose = true;
    whole.options = &every;
    collect(&whole, (enum data_form)data->form, d->args[at], length);
    event->dump = d->out->count > before ? before : event->dump;
}

static void hex_digits(struct buf *out, uint64_t number, unsigned digits)
{
    while (digits-- > 0) {
        buf_char(out, "0123456789abcdef"[number >> 4 * digits & 15]);
    }
}

/* " | 00010  68 65 6c 6c 6f ...  hello...          |" */
static void render_line(struct buf *out, const unsigned char *bytes, size_t at, size_t n)
{
    buf_str(out, " | ");
    hex_digits(out, at, 5);
    buf_char(out, ' ');
    for (size_t i = 0; i < DUMP_LINE; i++) {
        buf_str(out, i == DUMP_LINE / 2 ? "  " : " ");
        if (i < n) {
            hex_digits(out, bytes[i], 2);
        } else {
            buf_str(out, "  ");
        }
    }
    buf_str(out, "  ");
    for (size_t i = 0; i < DUMP_LINE; i++) {
        buf_char(out, i >= n ? ' ' : bytes[i] >= ' ' && bytes[i] < 0x7f ? (char)bytes[i] : '.');
    }
    buf_str(out, " |\n");
}

static void render_bytes(struct buf *out, const unsigned char *bytes, size_t n)
{
    for (size_t at = 0; at < n; at += DUMP_LINE) {
        render_line(out, bytes + at, at, n - at < DUMP_LINE ? n - at : DUMP_LINE);
    }
}

static void render_buffer(struct buf *out, const struct values *values, const struct value *v)
{
    render_bytes(out, (const unsigned char *)values->bytes + v->bytes, v->length);
    if (v->flags & VALUE_MORE) {
        buf_str(out, " * the rest was not kept\n");
    }
}

static void render_vector(struct buf *out, const struct values *values, const struct value *vector)
{
    unsigned number = 0;
    for (uint32_t i = vector->first; i; i = values_at(values, i)->next) {
        const struct value *v = values_at(values, i);
        if (v->type != VALUE_STRING) {
            continue;
        }
        buf_str(out, " * ");
        buf_uint(out, v->length);
        buf_str(out, " bytes in buffer ");
        buf_uint(out, number++);
        buf_char(out, '\n');
        render_buffer(out, values, v);
    }
}

static unsigned count_children(const struct values *values, const struct value *v)
{
    unsigned count = 0;
    for (uint32_t i = v->first; i; i = values_at(values, i)->next) {
        count += values_at(values, i)->type == VALUE_STRING;
    }
    return count;
}

/* Of messages that were to be sent, those that the result says were. */
static void render_messages(struct buf *out, const struct event *event, const struct value *messages)
{
    const struct values *values = &event->values;
    uint64_t most = event->result_state == RESULT_KNOWN ? (uint64_t)event->result : UINT64_MAX;
    unsigned number = 0;
    for (uint32_t i = messages->first; i && number < most; i = values_at(values, i)->next) {
        const struct value *vector = values_at(values, i);
        buf_str(out, " = ");
        buf_uint(out, count_children(values, vector));
        buf_str(out, " buffers in vector ");
        buf_uint(out, number++);
        buf_char(out, '\n');
        render_vector(out, values, vector);
    }
}

void dump_render(struct buf *out, const struct event *event)
{
    const struct values *values = &event->values;
    const struct value *v = values_at(values, event->dump);
    if (!event->dump || event_failed(event)) {
        return;
    }
    uint32_t first = v->first;
    if (v->type == VALUE_REF && first) {
        render_buffer(out, values, values_at(values, first));
    } else if (v->type == VALUE_ARRAY && first && values_at(values, first)->type == VALUE_ARRAY) {
        render_messages(out, event, v);
    } else if (v->type == VALUE_ARRAY) {
        render_vector(out, values, v);
    }
}
