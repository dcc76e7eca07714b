#include "decode/decoder.h"

#include <errno.h>
#include <string.h>

/* An address of i386 may be negative as a number: only the last page of them means an error (linux/err.h). */
static bool succeeded(const struct decoder *d)
{
    return !result_is_error(d->result);
}

/* True if the call has filled what this kind describes. */
static bool written(const struct decoder *d, const struct kind *kind)
{
    switch (kind->direction) {
    case DIR_OUT:
        return succeeded(d);
    case DIR_OUT_ANY:
    case DIR_INOUT:
        return true;
    default:
        return false;
    }
}

/* Decodes one argument into the top level and returns the index of its value, 0 if it has none. */
static uint32_t decode_arg(struct decoder *d, unsigned i)
{
    const struct arg *arg = &d->call->args[i];
    uint32_t before = d->out->count;

    d->arg = arg_register(arg, i);
    arg->kind->decode(d, arg->name, arg->kind, arg_raw(arg, i, d->args));
    /* At exit a kind may also add members to what was shown at entry: that is no value of the argument. */
    return d->out->count > before && values_at(d->out, before)->parent == 0 ? before : 0;
}

/* Where the call will write; 32-bit ABIs pass nothing in the upper half. */
static uint32_t decode_address(struct decoder *d, const char *name, uint64_t raw)
{
    return values_add(d->out, VALUE_ADDR, name, d->abi->pointer_size == 4 ? (uint32_t)raw : raw);
}

static void decode_raw(struct decoder *d)
{
    bool registers = !(d->call->classes & CALL_STACK); /* or they are not its arguments */
    for (unsigned i = 0; i < d->call->nargs; i++) {
        const struct arg *arg = &d->call->args[i];
        d->value[i] = registers ? values_add(d->out, VALUE_HEX, arg->name, arg_raw(arg, i, d->args)) : 0;
    }
}

static ssize_t closed_read(struct mem *mem, uint64_t addr, void *buf, size_t n)
{
    (void)mem, (void)addr, (void)buf, (void)n;
    return -EFAULT;
}

/* A structure that can't be read is shown as its address: so nothing but strings can be, until open_again. */
static void close_structures(struct decoder *d, struct mem *closed)
{
    *closed = (struct mem){closed_read};
    if (d->options->opaque) {
        d->text = d->mem;
        d->mem = closed;
    }
}

static void open_again(struct decoder *d)
{
    if (d->text) {
        d->mem = d->text;
        d->text = NULL;
    }
}

static void decode_arguments(struct decoder *d)
{
    for (unsigned i = 0; i < d->call->nargs; i++) {
        const struct arg *arg = &d->call->args[i];
        uint8_t direction = arg->kind->direction;
        if (direction == DIR_OUT || direction == DIR_OUT_ANY) {
            d->value[i] = decode_address(d, arg->name, arg_raw(arg, i, d->args));
        } else {
            d->value[i] = decode_arg(d, i);
        }
    }
}

void decode_entry(struct decoder *d)
{
    struct mem closed;
    d->at_exit = false;
    if (d->options->raw) {
        decode_raw(d);
        return;
    }
    close_structures(d, &closed);
    decode_arguments(d);
    open_again(d);
}

/* The written arguments and the result, whose value's index is returned. */
static uint32_t decode_written(struct decoder *d)
{
    for (unsigned i = 0; i < d->call->nargs; i++) {
        if (written(d, d->call->args[i].kind)) {
            uint32_t value = decode_arg(d, i);
            d->value[i] = value ? value : d->value[i];
        }
    }
    if (!succeeded(d) || !d->call->result || !d->call->result->decode) {
        return 0;
    }
    uint32_t before = d->out->count;
    d->call->result->decode(d, NULL, d->call->result, (uint64_t)d->result);
    return d->out->count > before ? before : 0;
}

uint32_t decode_exit(struct decoder *d)
{
    struct mem closed;
    d->at_exit = true;
    if (d->options->raw) {
        return succeeded(d) ? values_add(d->out, VALUE_HEX, NULL, (uint64_t)d->result) : 0;
    }
    close_structures(d, &closed);
    uint32_t result = decode_written(d);
    open_again(d);
    return result;
}

bool decode_read_word(const struct decoder *d, uint64_t addr, uint64_t *word)
{
    uint32_t narrow;

    if (d->abi->pointer_size == sizeof(*word)) {
        return mem_read(d->mem, addr, word, sizeof(*word));
    }
    if (!mem_read(d->mem, addr, &narrow, sizeof(narrow))) {
        return false;
    }
    *word = narrow;
    return true;
}
