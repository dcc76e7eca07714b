#include "decode/kinds/iovec.h"

#include "decode/kinds/basic.h"

struct iovec_state {
    uint64_t left;
    enum iovec_show show;
};

static void decode_iovec_element(struct decoder *d, const void *element, void *context)
{
    struct iovec_state *state = context;
    const uint32_t *narrow = element;
    const uint64_t *wide = element;
    bool is_narrow = d->abi->pointer_size == 4;
    uint64_t base = is_narrow ? narrow[0] : wide[0];
    uint64_t length = is_narrow ? narrow[1] : wide[1];
    uint64_t filled = length < state->left ? length : state->left;

    if (state->left != UINT64_MAX) {
        state->left -= filled;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    if (state->show == IOVEC_DATA) {
        decode_data(d, "iov_base", base, filled);
    } else {
        decode_addr(d, "iov_base", base);
    }
    values_add(d->out, VALUE_UINT, "iov_len", length);
    values_close(d->out);
}

void decode_iovec(struct decoder *d, const char *name, uint64_t addr, uint64_t count, uint64_t limit,
                  enum iovec_show show)
{
    struct iovec_state state = {limit, show};
    decode_array(d, name, addr, decode_word(d, count), 2 * (size_t)d->abi->pointer_size, decode_iovec_element,
                 &state);
}

/* The number of iovecs is the next argument; kind->option: how the buffers are shown. */
static void decode_iovec_arg(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    decode_iovec(d, name, raw, d->args[d->arg + 1], UINT64_MAX, (enum iovec_show)kind->option);
}

static void decode_iovec_out(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    bool filled = d->at_exit && d->result >= 0;
    decode_iovec(d, name, raw, d->args[d->arg + 1], filled ? (uint64_t)d->result : 0,
                 filled ? IOVEC_DATA : IOVEC_ADDRESSES);
}

const struct kind kind_iovec_in = {.decode = decode_iovec_arg, .option = IOVEC_DATA};
const struct kind kind_iovec_addr = {.decode = decode_iovec_arg, .option = IOVEC_ADDRESSES};
/* All calls that take one have it in second place, before its count. */
const struct kind kind_iovec_out = {
    .decode = decode_iovec_out, .direction = DIR_INOUT, .extent = EXTENT_IOVEC, .extent_arg = 2};
