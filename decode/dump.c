#include "decode/dump.h"

#include <stdlib.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/iovec.h"

enum { DUMP_LINE = 16 };

bool dump_parse(uint64_t bits[DUMP_FDS / 64], const char *set)
{
    uint64_t found[DUMP_FDS / 64] = {0};
    bool complement = *set == '!';

    for (set += complement; *set;) {
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

/* Appends up to `length` bytes at addr to the open array; what can't be read is left out. */
static void collect_buffer(struct decoder *d, uint64_t addr, uint64_t length)
{
    size_t want = length < DUMP_MAX ? (size_t)length : DUMP_MAX;
    uint32_t offset = want ? values_reserve(d->out, want) : 0;
    ssize_t got = offset ? d->mem->read(d->mem, decode_word(d, addr), d->out->bytes + offset, want) : 0;
    uint32_t index = values_add(d->out, VALUE_STRING, NULL, addr);
    struct value *v = values_at(d->out, index);
    v->bytes = offset;
    v->length = got > 0 ? (uint32_t)got : 0;
    v->flags = v->length < length ? VALUE_MORE : 0;
    if (offset) {
        values_trim(d->out, offset + v->length);
    }
}

struct vector_state {
    uint64_t left; /* bytes that the call moved and no buffer has yet */
};

static void collect_element(struct decoder *d, const void *element, void *context)
{
    struct vector_state *state = context;
    bool narrow = d->abi->pointer_size == 4;
    uint64_t base = narrow ? ((const uint32_t *)element)[0] : ((const uint64_t *)element)[0];
    uint64_t length = narrow ? ((const uint32_t *)element)[1] : ((const uint64_t *)element)[1];
    uint64_t filled = length < state->left ? length : state->left;
    if (filled) {
        collect_buffer(d, base, filled);
        state->left -= filled;
    }
}

/* The argument that holds a call's data: its register, and what is there. */
static const struct kind *data_argument(const struct call *call, bool reads, unsigned *argument)
{
    for (unsigned i = 0; i < call->nargs; i++) {
        const struct kind *kind = call->args[i].kind;
        if (reads ? kind == &kind_data_out || kind == &kind_iovec_out
                  : kind == &kind_data_in || kind == &kind_iovec_in) {
            *argument = i;
            return kind;
        }
    }
    return NULL;
}

void dump_collect(struct decoder *d, const struct dump_fds *fds, struct event *event)
{
    unsigned i;
    if (!fds->any || d->call->nargs < 3 || d->call->args[0].kind != &kind_fd ||
        !named(d->at_exit ? fds->read : fds->write, d->args[0]) || (d->at_exit && d->result <= 0)) {
        return;
    }
    const struct kind *kind = data_argument(d->call, d->at_exit, &i);
    if (!kind) {
        return;
    }
    unsigned at = arg_register(&d->call->args[i], i);
    uint64_t addr = d->args[at];
    uint64_t length = at + 1 < CALL_ARGS_MAX ? decode_word(d, d->args[at + 1]) : 0;
    if (kind == &kind_data_out || kind == &kind_data_in) {
        event->dump = values_open(d->out, VALUE_REF, NULL);
        collect_buffer(d, addr, d->at_exit ? (uint64_t)d->result : length);
        values_close(d->out);
        return;
    }
    struct vector_state state = {d->at_exit ? (uint64_t)d->result : UINT64_MAX};
    event->dump = d->out->count;
    decode_array(d, NULL, addr, length, 2 * (size_t)d->abi->pointer_size, collect_element, &state);
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

void dump_render(struct buf *out, const struct event *event)
{
    const struct values *values = &event->values;
    bool failed = event->result_state == RESULT_KNOWN && event->result < 0 && event->result >= -4095;
    if (!event->dump || failed) {
        return;
    }
    bool vector = values_at(values, event->dump)->type == VALUE_ARRAY;
    unsigned number = 0;
    for (uint32_t i = values_at(values, event->dump)->first; i; i = values_at(values, i)->next) {
        const struct value *v = values_at(values, i);
        if (v->type != VALUE_STRING) {
            continue;
        }
        if (vector) {
            buf_str(out, " * ");
            buf_uint(out, v->length);
            buf_str(out, " bytes in buffer ");
            buf_uint(out, number++);
            buf_char(out, '\n');
        }
        render_bytes(out, (const unsigned char *)values->bytes + v->bytes, v->length);
        if (v->flags & VALUE_MORE) {
            buf_str(out, " * the rest was not kept\n");
        }
    }
}
