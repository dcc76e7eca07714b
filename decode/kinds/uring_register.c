/* io_uring_register: what each of its operations takes and gives back (include/uapi/linux/io_uring.h). */
#include <stddef.h>
#include <string.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/desc.h"
#include "decode/kinds/iovec.h"
#include "decode/kinds/members.h"
#include "decode/kinds/sched.h"
#include "decode/kinds/time.h"
#include "decode/kinds/uring.h"
#include "decode/kinds/uring_query.h"
#include "decode/kinds/uring_structures.h"
#include "decode/kinds/uring_tables.h"

enum { PROBE_OPS_MAX = 256 };
#define REGISTERED_RING 0x80000000U

/* struct io_uring_rsrc_update: of ring descriptors; of files, where `data` is called `fds`. */
struct update {
    uint32_t offset;
    uint32_t resv;
    uint64_t data;
};

/* struct io_uring_rsrc_register, and io_uring_rsrc_update2, where `nr` comes last. */
struct resources {
    uint32_t first; /* nr; offset */
    uint32_t second;
    uint64_t resv;
    uint64_t data;
    uint64_t tags;
};
struct resources_update {
    uint32_t offset;
    uint32_t resv;
    uint64_t data;
    uint64_t tags;
    uint32_t nr;
    uint32_t resv2;
};

struct probe {
    uint8_t last_op, ops_len;
    uint16_t resv;
    uint32_t resv2[3];
};

struct probe_op {
    uint8_t op, resv;
    uint16_t flags;
    uint32_t resv2;
};

struct restriction {
    uint16_t opcode;
    uint8_t what, resv;
    uint32_t resv2[3];
};

struct napi {
    uint32_t busy_poll_to;
    uint8_t prefer_busy_poll, opcode, pad[2];
    uint32_t op_param, resv;
};

struct clock_of_ring {
    uint32_t clockid, resv[3];
};

static void decode_register_op(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t opcode = (uint32_t)raw & ~REGISTERED_RING;
    if (!((uint32_t)raw & REGISTERED_RING)) {
        values_xlat(d->out, VALUE_ENUM, name, &xlat_uring_register_ops, opcode);
        return;
    }
    uint32_t whole = values_open(d->out, VALUE_OR, name);
    values_at(d->out, whole)->number = (uint32_t)raw;
    values_xlat(d->out, VALUE_ENUM, NULL, &xlat_uring_register_ops, opcode);
    append_flags(d, NULL, &xlat_uring_register_flags, REGISTERED_RING);
    values_close(d->out);
}

static void append_fd(struct decoder *d, const void *element, void *context)
{
    (void)context;
    decode_fd_number(d, NULL, *(const int *)element);
}

/* A file's slot may be left as it is, too. */
static void append_slot(struct decoder *d, const void *element, void *context)
{
    int fd = *(const int *)element;
    const char *word = fd < -1 ? xlat_name(&xlat_uring_file_slots, (uint64_t)(int64_t)fd) : NULL;
    if (word) {
        values_xlat(d->out, VALUE_ENUM, NULL, &xlat_uring_file_slots, (uint64_t)(int64_t)fd);
    } else if (fd < -1) {
        values_add(d->out, VALUE_INT, NULL, (uint64_t)(int64_t)fd);
    } else {
        append_fd(d, element, context);
    }
}

static void append_tag(struct decoder *d, const void *element, void *context)
{
    (void)context;
    values_add(d->out, VALUE_HEX, NULL, *(const uint64_t *)element);
}

/* An array whose address is 64 bits wide on every ABI. */
static void append_array(struct decoder *d, const char *name, uint64_t addr, uint32_t count, size_t size,
                         decode_element_fn *element)
{
    if (addr == decode_word(d, addr)) {
        decode_array(d, name, addr, count, size, element, NULL);
    } else {
        values_add(d->out, VALUE_ADDR, name, addr);
    }
}

static void append_ring_fd(struct decoder *d, const void *element, void *context)
{
    const bool *added = context;
    struct update update;
    memcpy(&update, element, sizeof(update));
    values_open(d->out, VALUE_STRUCT, NULL);
    if (*added && update.offset == UINT32_MAX) { /* any free slot */
        values_add(d->out, VALUE_INT, "offset", UINT64_MAX);
    } else {
        values_add(d->out, VALUE_UINT, "offset", update.offset);
    }
    if (*added) {
        decode_fd_number(d, "data", (int)update.data);
    } else if (update.data) {
        values_add(d->out, VALUE_HEX, "data", update.data);
    }
    values_close(d->out);
}

static void append_restriction(struct decoder *d, const void *element, void *context)
{
    (void)context;
    struct restriction r;
    memcpy(&r, element, sizeof(r));
    values_open(d->out, VALUE_STRUCT, NULL);
    values_xlat(d->out, VALUE_ENUM, "opcode", &xlat_uring_restrictions, r.opcode);
    switch (r.opcode) {
    case 0:
        values_xlat(d->out, VALUE_ENUM, "register_op", &xlat_uring_register_ops, r.what);
        break;
    case 1:
        values_xlat(d->out, VALUE_ENUM, "sqe_op", &xlat_uring_ops, r.what);
        break;
    case 2:
    case 3:
        append_flags(d, "sqe_flags", &xlat_uring_sqe_flags, r.what);
        break;
    default:
        break;
    }
    values_close(d->out);
}

static void append_files_update(struct decoder *d, const char *name, uint64_t addr, uint32_t count)
{
    struct update update;
    if (!decode_object(d, name, addr, &update, sizeof(update))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_UINT, "offset", update.offset);
    append_array(d, "fds", update.data, count, sizeof(int), append_slot);
    values_close(d->out);
}

static void append_resource_data(struct decoder *d, uint32_t operation, uint64_t data, uint64_t tags,
                                 uint32_t count)
{
    if (operation == REGISTER_FILES2 || operation == REGISTER_FILES_UPDATE2) {
        append_array(d, "data", data, count, sizeof(int),
                     operation == REGISTER_FILES2 ? append_fd : append_slot);
    } else if (data == decode_word(d, data)) {
        decode_iovec(d, "data", data, count, UINT64_MAX, IOVEC_ADDRESSES);
    } else {
        values_add(d->out, VALUE_ADDR, "data", data);
    }
    append_array(d, "tags", tags, count, sizeof(uint64_t), append_tag);
}

/* `size`: what the caller takes for the size of the structure. */
static void append_resources(struct decoder *d, const char *name, uint64_t addr, uint32_t operation,
                             uint32_t size)
{
    struct resources r;
    if (size < sizeof(r)) {
        decode_addr(d, name, addr);
        return;
    }
    if (!decode_object(d, name, addr, &r, sizeof(r))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_UINT, "nr", r.first);
    append_flags(d, "flags", &xlat_uring_resource_flags, r.second);
    append_resource_data(d, operation, r.data, r.tags, r.first);
    decode_unknown_tail(d, addr, sizeof(r), size);
    values_close(d->out);
}

static void append_resources_update(struct decoder *d, const char *name, uint64_t addr, uint32_t operation,
                                    uint32_t size)
{
    struct resources_update u;
    if (size < sizeof(u)) {
        decode_addr(d, name, addr);
        return;
    }
    if (!decode_object(d, name, addr, &u, sizeof(u))) {
        return;
    }
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_UINT, "offset", u.offset);
    append_resource_data(d, operation, u.data, u.tags, u.nr);
    values_add(d->out, VALUE_UINT, "nr", u.nr);
    decode_unknown_tail(d, addr, sizeof(u), size);
    values_close(d->out);
}

static void append_probe_op(struct decoder *d, const struct probe_op *op)
{
    values_open(d->out, VALUE_STRUCT, NULL);
    values_xlat(d->out, VALUE_ENUM, "op", &xlat_uring_ops, op->op);
    append_flags(d, "flags", &xlat_uring_op_flags, op->flags);
    values_close(d->out);
}

/* The kernel wants zeroes, and fills in what it can do. */
static void append_probe(struct decoder *d, const char *name, uint64_t addr, uint32_t count)
{
    struct {
        struct probe head;
        struct probe_op ops[PROBE_OPS_MAX];
    } probe = {.head = {.last_op = 0}};
    if (!d->at_exit || d->result < 0 || count > PROBE_OPS_MAX) {
        if (!d->at_exit) {
            decode_addr(d, name, addr);
        }
        return;
    }
    size_t size = sizeof(probe.head) + count * sizeof(probe.ops[0]);
    if (!decode_object(d, name, addr, &probe, size)) {
        return;
    }
    uint32_t there = probe.head.ops_len < count ? probe.head.ops_len : count;
    uint32_t most = d->options->verbose ? PROBE_OPS_MAX : d->options->array_max;
    values_open(d->out, VALUE_STRUCT, name);
    values_xlat(d->out, VALUE_ENUM, "last_op", &xlat_uring_ops, probe.head.last_op);
    values_add(d->out, VALUE_UINT, "ops_len", probe.head.ops_len);
    uint32_t array = values_open(d->out, VALUE_ARRAY, "ops");
    for (uint32_t i = 0; i < there && i < most; i++) {
        append_probe_op(d, &probe.ops[i]);
    }
    if (there > most || count < probe.head.ops_len) {
        values_at(d->out, array)->flags |= VALUE_MORE;
    }
    values_close(d->out);
    values_close(d->out);
}

/* Takes the n numbers in the structure or array that was shown at entry. False: none was. */
static bool shown_at_entry(const struct decoder *d, uint64_t *numbers, unsigned n)
{
    uint32_t before = d->value[d->arg];
    uint32_t at = before ? values_at(d->out, before)->first : 0;
    for (unsigned i = 0; i < n; i++, at = values_at(d->out, at)->next) {
        if (!at) {
            return false;
        }
        numbers[i] = values_at(d->out, at)->number;
    }
    return true;
}

static void append_workers(struct decoder *d, const char *name, const uint32_t *most)
{
    static const char *const kinds[] = {"[IO_WQ_BOUND]", "[IO_WQ_UNBOUND]"};
    values_open(d->out, VALUE_ARRAY, name);
    for (unsigned i = 0; i < 2; i++) {
        values_add(d->out, VALUE_UINT, kinds[i], most[i]);
    }
    values_close(d->out);
}

/* Two limits, which the call replaces by those that held before. */
static void append_max_workers(struct decoder *d, const char *name, uint64_t addr, uint32_t count)
{
    uint32_t now[2];
    uint64_t asked[2] = {0, 0};
    if (d->at_exit && !shown_at_entry(d, asked, 2)) {
        return;
    }
    if (count != 2) { /* nothing else is taken */
        decode_addr(d, name, addr);
        return;
    }
    if (!d->at_exit) {
        if (decode_object(d, name, addr, now, sizeof(now))) {
            append_workers(d, name, now);
        }
        return;
    }
    values_open(d->out, VALUE_CHANGE, name);
    append_workers(d, NULL, (const uint32_t[2]){(uint32_t)asked[0], (uint32_t)asked[1]});
    if (d->result < 0) { /* as strace shows it */
        decode_addr(d, NULL, addr);
    } else if (decode_object(d, NULL, addr, now, sizeof(now))) {
        append_workers(d, NULL, now);
    }
    values_close(d->out);
}

static void append_napi(struct decoder *d, const char *name, const struct napi *napi)
{
    values_open(d->out, VALUE_STRUCT, name);
    values_add(d->out, VALUE_HEX, "busy_poll_to", napi->busy_poll_to);
    values_add(d->out, VALUE_HEX, "prefer_busy_poll", napi->prefer_busy_poll);
    values_xlat(d->out, VALUE_ENUM, "opcode", &xlat_uring_napi_ops, napi->opcode);
    if (napi->opcode == 0) {
        values_xlat(d->out, VALUE_ENUM, "op_param", &xlat_uring_napi_tracking, napi->op_param);
    } else {
        values_add(d->out, VALUE_HEX, "op_param", napi->op_param);
    }
    values_close(d->out);
}

/* The settings that held before, at exit; where others are asked for (`asks`), behind those. */
static void decode_napi(struct decoder *d, const char *name, uint64_t addr, bool asks)
{
    struct napi napi;
    uint64_t asked[4] = {0, 0, 0, 0};
    bool change = d->at_exit && asks;
    if (d->at_exit && (d->result < 0 || (change && !shown_at_entry(d, asked, 4)))) {
        return;
    }
    if (!d->at_exit && !asks) {
        decode_addr(d, name, addr);
    } else if (decode_object(d, name, addr, &napi, sizeof(napi))) {
        if (!change) {
            append_napi(d, name, &napi);
            return;
        }
        values_open(d->out, VALUE_CHANGE, name);
        append_napi(d, NULL,
                    &(struct napi){.busy_poll_to = (uint32_t)asked[0],
                                   .prefer_busy_poll = (uint8_t)asked[1],
                                   .opcode = (uint8_t)asked[2],
                                   .op_param = (uint32_t)asked[3]});
        append_napi(d, NULL, &napi);
        values_close(d->out);
    }
}

static void append_clock(struct decoder *d, const char *name, uint64_t addr)
{
    struct clock_of_ring clock;
    if (decode_object(d, name, addr, &clock, sizeof(clock))) {
        values_open(d->out, VALUE_STRUCT, name);
        kind_clockid.decode(d, "clockid", &kind_clockid, clock.clockid);
        values_close(d->out);
    }
}

/* What is the same before and after the call. */
static void append_asked(struct decoder *d, const char *name, uint64_t raw, uint32_t operation,
                         uint32_t count)
{
    bool added = operation == REGISTER_RING_FDS;
    switch (operation) {
    case REGISTER_BUFFERS:
        decode_iovec(d, name, raw, count, UINT64_MAX, IOVEC_ADDRESSES);
        break;
    case REGISTER_FILES:
    case REGISTER_EVENTFD:
    case REGISTER_EVENTFD_ASYNC:
        decode_array(d, name, raw, count, sizeof(int), append_fd, NULL);
        break;
    case REGISTER_FILES_UPDATE:
        append_files_update(d, name, raw, count);
        break;
    case REGISTER_RESTRICTIONS:
        decode_array(d, name, raw, count, sizeof(struct restriction), append_restriction, NULL);
        break;
    case REGISTER_FILES2:
    case REGISTER_BUFFERS2:
        append_resources(d, name, raw, operation, count);
        break;
    case REGISTER_FILES_UPDATE2:
    case REGISTER_BUFFERS_UPDATE:
        append_resources_update(d, name, raw, operation, count);
        break;
    case REGISTER_IOWQ_AFF:
        decode_cpu_set(d, name, raw, count);
        break;
    case REGISTER_RING_FDS:
    case UNREGISTER_RING_FDS:
        decode_array(d, name, raw, count, sizeof(struct update), append_ring_fd, &added);
        break;
    case REGISTER_CLOCK:
        count == 0 ? append_clock(d, name, raw) : decode_addr(d, name, raw);
        break;
    case REGISTER_QUERY:
        count == 0 ? decode_uring_queries(d, name, raw) : decode_addr(d, name, raw);
        break;
    default:
        decode_addr(d, name, raw);
        break;
    }
}

static bool is_written(uint32_t operation)
{
    return operation == REGISTER_PROBE || operation == REGISTER_IOWQ_MAX_WORKERS ||
           operation == REGISTER_PBUF_STATUS || operation == REGISTER_NAPI || operation == UNREGISTER_NAPI ||
           operation == REGISTER_ZCRX_CTRL;
}

static void decode_register_arg(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    uint32_t operation = (uint32_t)d->args[1] & ~REGISTERED_RING;
    uint32_t count = (uint32_t)d->args[3];
    if (d->at_exit && !is_written(operation)) {
        return;
    }
    switch (operation) {
    case REGISTER_PROBE:
        append_probe(d, name, raw, count);
        break;
    case REGISTER_IOWQ_MAX_WORKERS:
        append_max_workers(d, name, raw, count);
        break;
    case REGISTER_NAPI:
    case UNREGISTER_NAPI:
        if (count == 1) {
            decode_napi(d, name, raw, operation == REGISTER_NAPI);
        } else if (!d->at_exit) {
            decode_addr(d, name, raw);
        }
        break;
    default:
        if (!decode_uring_structure(d, name, raw, operation, count)) {
            append_asked(d, name, raw, operation, count);
        }
        break;
    }
}

const struct kind kind_uring_register_op = {.decode = decode_register_op};
const struct kind kind_uring_register_arg = {.decode = decode_register_arg,
                                             .direction = DIR_INOUT,
                                             .extent = EXTENT_FIXED,
                                             .size = sizeof(struct probe) +
                                                     PROBE_OPS_MAX * sizeof(struct probe_op)};
