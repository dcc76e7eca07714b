#include "decode/kinds/poll.h"

#include <poll.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/fields.h"
#include "decode/kinds/signal.h"
#include "decode/kinds/time.h"

XLAT(poll_events, "POLL???", X(POLLIN), X(POLLPRI), X(POLLOUT), X(POLLERR), X(POLLHUP), X(POLLNVAL),
     X(POLLRDNORM), X(POLLRDBAND), X(POLLWRNORM), X(POLLWRBAND), X(POLLMSG), X(POLLREMOVE), X(POLLRDHUP),
     {0x8000, "POLL_BUSY_LOOP"});

/* No process has more descriptors than this (the kernel's sysctl fs.nr_open by default). */
enum { DESCRIPTORS_MAX = 1 << 20 };
enum { TIMESPEC_BYTES = 16 };

/* How a call counts the time that is left. */
enum clock_kind { CLOCK_NONE, CLOCK_TIMESPEC, CLOCK_TIMESPEC64, CLOCK_TIMEVAL };

static void decode_clock(struct decoder *d, const char *name, enum clock_kind clock, uint64_t addr)
{
    switch (clock) {
    case CLOCK_NONE:
        break;
    case CLOCK_TIMESPEC:
        decode_timespec(d, name, addr, TIME_NATIVE);
        break;
    case CLOCK_TIMESPEC64:
        decode_timespec(d, name, addr, TIME_64BIT);
        break;
    case CLOCK_TIMEVAL:
        decode_timeval(d, name, addr, TIME_NATIVE);
        break;
    }
}

/* What is left is shown with the result, so that the argument stays what the caller asked for. */
static void decode_timeout(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    if (!d->at_exit) {
        decode_clock(d, name, (enum clock_kind)kind->option, raw);
    }
}

static void decode_pollfd(struct decoder *d, const void *element, void *context)
{
    (void)context;
    const struct pollfd *p = element;
    values_open(d->out, VALUE_STRUCT, NULL);
    decode_fd_number(d, "fd", p->fd);
    if (p->fd >= 0) {
        append_flags(d, "events", &xlat_poll_events, (uint16_t)p->events);
    }
    values_close(d->out);
}

static void decode_pollfds(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    if (!d->at_exit) {
        decode_array(d, name, raw, (uint32_t)d->args[1], sizeof(struct pollfd), decode_pollfd, NULL);
    }
}

/* The number, opened for remarks. */
static void open_noted(struct decoder *d, uint64_t number)
{
    values_open(d->out, VALUE_NOTED, NULL);
    values_add(d->out, VALUE_INT, NULL, number);
}

static void decode_timed_out(struct decoder *d)
{
    open_noted(d, 0);
    values_word(d->out, NULL, "Timeout");
    values_close(d->out);
}

static void decode_left(struct decoder *d, enum clock_kind clock, uint64_t addr)
{
    if (clock != CLOCK_NONE && decode_word(d, addr)) {
        decode_clock(d, "left", clock, addr);
    }
}

/* Appends those of the descriptors that have events, or nothing where none has. */
static void decode_revents(struct decoder *d)
{
    uint64_t addr = decode_word(d, d->args[0]);
    uint32_t count = (uint32_t)d->args[1] < DESCRIPTORS_MAX ? (uint32_t)d->args[1] : DESCRIPTORS_MAX;
    uint32_t array = 0;
    uint32_t shown = 0;
    bool opened = false;
    struct pollfd p;

    for (uint32_t i = 0; i < count && !d->out->full; i++, addr += sizeof(p)) {
        bool readable = mem_read(d->mem, addr, &p, sizeof(p));
        if (readable && !p.revents) {
            continue;
        }
        if (!opened) {
            array = values_open(d->out, VALUE_ARRAY, NULL);
            opened = true;
        }
        if (!readable) {
            decode_addr(d, NULL, addr);
            break;
        }
        if (shown++ >= d->options->array_max) {
            values_at(d->out, array)->flags |= VALUE_MORE;
            break;
        }
        values_open(d->out, VALUE_STRUCT, NULL);
        values_add(d->out, VALUE_INT, "fd", (uint64_t)(int64_t)p.fd);
        append_flags(d, "revents", &xlat_poll_events, (uint16_t)p.revents);
        values_close(d->out);
    }
    if (opened) {
        values_close(d->out);
    }
}

/* kind->option: the clock of the timeout in the third argument. */
static void decode_poll_result(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)name;
    if (raw == 0) {
        decode_timed_out(d);
        return;
    }
    if (d->options->opaque) {
        values_add(d->out, VALUE_INT, NULL, raw);
        return;
    }
    open_noted(d, raw);
    if (d->args[0]) {
        decode_revents(d);
    }
    decode_left(d, (enum clock_kind)kind->option, d->args[2]);
    values_close(d->out);
}

enum { SET_CHUNK = 1024 };

/* One chunk of the set at addr; `at` counts bytes. False if it could not be read. */
static bool read_bits(struct decoder *d, uint64_t addr, uint32_t at, uint32_t bytes, unsigned char *chunk)
{
    uint32_t n = bytes - at < SET_CHUNK ? bytes - at : SET_CHUNK;
    memset(chunk, 0, SET_CHUNK);
    return mem_read(decode_text_mem(d), addr + at, chunk,
                    n); /* strace says what is ready whatever it decodes */
}

static bool all_readable(struct decoder *d, uint64_t addr, uint32_t bytes)
{
    unsigned char chunk[SET_CHUNK];
    for (uint32_t at = 0; at < bytes; at += SET_CHUNK) {
        if (!read_bits(d, addr, at, bytes, chunk)) {
            return false;
        }
    }
    return bytes > 0;
}

/* The numbers of the bits of the set at addr, at most *left of them; false if it could not be read. */
static bool decode_bits(struct decoder *d, const char *name, uint64_t addr, uint32_t nfds, bool fds,
                        uint64_t *left)
{
    unsigned char chunk[SET_CHUNK];
    uint32_t bytes = (nfds + 7) / 8;

    if (!all_readable(d, addr, bytes)) {
        return false;
    }
    values_open(d->out, VALUE_SET, name);
    for (uint32_t bit = 0; bit < nfds && *left && !d->out->full; bit++) {
        uint32_t in_chunk = bit % (SET_CHUNK * 8);
        if (in_chunk == 0 && !read_bits(d, addr, bit / 8, bytes, chunk)) {
            break;
        }
        if (!(chunk[in_chunk / 8] & 1U << bit % 8)) {
            continue;
        }
        if (fds) {
            decode_fd_number(d, NULL, (int)bit);
        } else {
            values_add(d->out, VALUE_INT, NULL, bit);
        }
        --*left;
    }
    values_close(d->out);
    return true;
}

/* True if the set has a bit: strace does not mention the others with the result. */
static bool any_bits(struct decoder *d, uint64_t addr, uint32_t nfds)
{
    unsigned char chunk[SET_CHUNK];
    uint32_t bytes = (nfds + 7) / 8;
    for (uint32_t at = 0; at < bytes; at += SET_CHUNK) {
        if (!read_bits(d, addr, at, bytes, chunk)) {
            return false;
        }
        for (uint32_t bit = 0; bit < SET_CHUNK * 8 && at * 8 + bit < nfds; bit++) {
            if (chunk[bit / 8] & 1U << bit % 8) {
                return true;
            }
        }
    }
    return false;
}

/* The number of descriptors as the kernel takes it, but bounded. */
static uint32_t set_size(const struct decoder *d)
{
    int32_t n = (int32_t)d->args[0];
    return n < 0 ? 0 : n < DESCRIPTORS_MAX ? (uint32_t)n : DESCRIPTORS_MAX;
}

static void decode_fd_set(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint64_t left = UINT64_MAX;
    if (d->at_exit) {
        return;
    }
    raw = decode_word(d, raw);
    if (!raw || d->options->opaque || !decode_bits(d, name, raw, set_size(d), true, &left)) {
        decode_addr(d, name, raw);
    }
}

/* i386's first select has one argument: the address of its five. */
struct old_select {
    uint32_t words[5];
};

static void as_registers(const struct old_select *call, uint64_t args[CALL_ARGS_MAX])
{
    memset(args, 0, CALL_ARGS_MAX * sizeof(*args));
    for (unsigned i = 0; i < 5; i++) {
        args[i] = call->words[i];
    }
}

static void decode_old_select(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct old_select call;
    uint64_t args[CALL_ARGS_MAX];
    if (d->at_exit || !decode_object(d, name, raw, &call, sizeof(call))) {
        return;
    }
    as_registers(&call, args);
    const uint64_t *registers = d->args;
    d->args = args;
    uint32_t all = values_open(d->out, VALUE_ARRAY, name);
    values_at(d->out, all)->flags |= VALUE_BARE;
    values_add(d->out, VALUE_INT, NULL, (uint64_t)(int64_t)(int32_t)args[0]);
    for (unsigned i = 1; i < 4; i++) {
        decode_fd_set(d, NULL, &kind_fd_set, args[i]);
    }
    decode_clock(d, NULL, CLOCK_TIMEVAL, args[4]);
    values_close(d->out);
    d->args = registers;
}

static void decode_select_result(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)name;
    static const char *const names[] = {"in", "out", "except"};
    uint64_t left = raw;

    if (raw == 0) {
        decode_timed_out(d);
        return;
    }
    open_noted(d, raw);
    for (unsigned i = 0; i < 3 && left; i++) {
        uint64_t addr = decode_word(d, d->args[1 + i]);
        if (addr && any_bits(d, addr, set_size(d))) {
            decode_bits(d, names[i], addr, set_size(d), false, &left);
        }
    }
    decode_left(d, (enum clock_kind)kind->option, d->args[4]);
    values_close(d->out);
}

static void decode_old_select_result(struct decoder *d, const char *name, const struct kind *kind,
                                     uint64_t raw)
{
    struct old_select call;
    uint64_t args[CALL_ARGS_MAX];
    if (raw == 0) {
        decode_timed_out(d);
        return;
    }
    if (!mem_read(d->mem, decode_word(d, d->args[0]), &call, sizeof(call))) {
        values_add(d->out, VALUE_INT, NULL, raw);
        return;
    }
    as_registers(&call, args);
    const uint64_t *registers = d->args;
    d->args = args;
    decode_select_result(d, name, kind, raw);
    d->args = registers;
}

static void decode_sigset_pair(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    unsigned char bytes[16];
    size_t n = 2 * (size_t)d->abi->pointer_size;
    if (!decode_object(d, name, raw, bytes, n)) {
        return;
    }
    struct fields f = fields_over(d, bytes, n);
    uint64_t mask = field_pointer(&f);
    uint64_t size = field_pointer(&f);
    values_open(d->out, VALUE_STRUCT, name);
    decode_sigset(d, "sigmask", mask, size);
    values_add(d->out, VALUE_UINT, "sigsetsize", size);
    values_close(d->out);
}

const struct kind kind_pollfds = {.decode = decode_pollfds,
                                  .direction = DIR_INOUT,
                                  .extent = EXTENT_ARG,
                                  .size = sizeof(struct pollfd),
                                  .extent_arg = 1};
/* A byte for every bit is more than there is, but enough. */
const struct kind kind_fd_set = {
    .decode = decode_fd_set, .direction = DIR_INOUT, .extent = EXTENT_ARG, .size = 1, .extent_arg = 0};
const struct kind kind_old_select = {.decode = decode_old_select,
                                     .direction = DIR_INOUT,
                                     .extent = EXTENT_FIXED,
                                     .size = sizeof(struct old_select)};
const struct kind kind_sigset_pair = {.decode = decode_sigset_pair};

#define KIND_TIMEOUT(id, clock)                                                                              \
    const struct kind kind_##id = {.decode = decode_timeout,                                                 \
                                   .direction = DIR_INOUT,                                                   \
                                   .extent = EXTENT_FIXED,                                                   \
                                   .size = TIMESPEC_BYTES,                                                   \
                                   .option = (clock)}
KIND_TIMEOUT(poll_timeout, CLOCK_TIMESPEC);
KIND_TIMEOUT(poll_timeout64, CLOCK_TIMESPEC64);
KIND_TIMEOUT(select_timeout, CLOCK_TIMEVAL);

const struct kind kind_poll_result = {.decode = decode_poll_result, .option = CLOCK_NONE};
const struct kind kind_ppoll_result = {.decode = decode_poll_result, .option = CLOCK_TIMESPEC};
const struct kind kind_ppoll64_result = {.decode = decode_poll_result, .option = CLOCK_TIMESPEC64};
const struct kind kind_select_result = {.decode = decode_select_result, .option = CLOCK_TIMEVAL};
const struct kind kind_old_select_result = {.decode = decode_old_select_result, .option = CLOCK_TIMEVAL};
const struct kind kind_pselect_result = {.decode = decode_select_result, .option = CLOCK_TIMESPEC};
const struct kind kind_pselect64_result = {.decode = decode_select_result, .option = CLOCK_TIMESPEC64};
