#include "decode/kinds/msghdr.h"

#include <string.h>
#include <sys/socket.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/cmsg.h"
#include "decode/kinds/fields.h"
#include "decode/kinds/iovec.h"
#include "decode/kinds/net.h"
#include "decode/kinds/net_tables.h"
#include "decode/kinds/netlink.h"
#include "decode/kinds/sockaddr.h"
#include "decode/kinds/time.h"

/* sizeof(struct msghdr) and of struct mmsghdr, which holds one and a length. */
enum { MSGHDR_64 = 56, MSGHDR_32 = 28, MMSGHDR_64 = 64, MMSGHDR_32 = 32 };

struct message {
    uint64_t name;
    uint64_t iov;
    uint64_t iov_count;
    uint64_t control;
    uint64_t control_length;
    int32_t name_length;
    uint32_t flags;
    uint32_t received; /* mmsghdr's msg_len */
};

/* How much of a message is known: nothing is in the buffers of one that is yet to be received. */
struct view {
    bool contents;
    uint64_t limit;             /* bytes of the buffers that are data */
    const int32_t *name_length; /* at entry, where that is known and the call may have changed it */
    int family;                 /* of a netlink socket; -1: not known yet */
};

static struct message parse(const struct decoder *d, const void *bytes, size_t size)
{
    /* x32 has the layout of i386 here: struct compat_msghdr. */
    uint32_t word = d->abi->pointer_size;
    struct fields f = {.bytes = bytes, .size = (uint32_t)size, .align_max = word};
    struct message m;
    m.name = field_unsigned(&f, word);
    m.name_length = (int32_t)field_unsigned(&f, 4);
    m.iov = field_unsigned(&f, word);
    m.iov_count = field_unsigned(&f, word);
    m.control = field_unsigned(&f, word);
    m.control_length = field_unsigned(&f, word);
    m.flags = (uint32_t)field_unsigned(&f, 4);
    if (word == 8) {
        field_unsigned(&f, 4); /* padding at the end of struct msghdr */
    }
    m.received = (uint32_t)field_unsigned(&f, 4);
    return m;
}

struct netlink_state {
    uint64_t left;
    int family;
};

static void netlink_element(struct decoder *d, const void *element, void *context)
{
    struct netlink_state *state = context;
    bool narrow = d->abi->pointer_size == 4;
    const uint8_t *p = element;
    uint64_t base = narrow ? load32(p) : load64(p);
    uint64_t length = narrow ? load32(p + 4) : load64(p + 8);
    uint64_t filled = length < state->left ? length : state->left;
    state->left -= state->left == UINT64_MAX ? 0 : filled;
    values_open(d->out, VALUE_STRUCT, NULL);
    decode_netlink(d, "iov_base", base, filled, state->family);
    append_uint(d, "iov_len", length);
    values_close(d->out);
}

static void show_buffers(struct decoder *d, const struct message *m, const struct view *view, bool netlink)
{
    if (netlink && view->contents) {
        struct netlink_state state = {view->limit, view->family};
        decode_array(d, "msg_iov", m->iov, m->iov_count, 2 * (size_t)d->abi->pointer_size, netlink_element,
                     &state);
    } else {
        decode_iovec(d, "msg_iov", m->iov, m->iov_count, view->limit,
                     view->contents ? IOVEC_DATA : IOVEC_ADDRESSES);
    }
}

static void show_name(struct decoder *d, const struct message *m, const struct view *view, bool *netlink)
{
    int32_t length = m->name_length;
    if (view->name_length && *view->name_length < length) {
        length = *view->name_length; /* the kernel says how long the address is, not how much of it fitted */
    }
    if (view->contents) {
        *netlink = decode_sockaddr(d, "msg_name", m->name, length) == AF_NETLINK;
    } else {
        decode_addr(d, "msg_name", m->name);
    }
    if (view->name_length && *view->name_length != m->name_length) {
        values_open(d->out, VALUE_CHANGE, "msg_namelen");
        append_int(d, NULL, *view->name_length);
        append_int(d, NULL, m->name_length);
        values_close(d->out);
    } else {
        append_int(d, "msg_namelen", m->name_length);
    }
}

static void show_message(struct decoder *d, const char *name, const struct message *m,
                         const struct view *view)
{
    bool netlink = false;
    values_open(d->out, VALUE_STRUCT, name);
    show_name(d, m, view, &netlink);
    show_buffers(d, m, view, netlink);
    append_uint(d, "msg_iovlen", m->iov_count);
    if (m->control_length) {
        if (view->contents) {
            decode_control(d, "msg_control", m->control, m->control_length);
        } else {
            decode_addr(d, "msg_control", m->control);
        }
    }
    append_uint(d, "msg_controllen", m->control_length);
    append_flags(d, "msg_flags", &xlat_msg_flags, m->flags);
    values_close(d->out);
}

/* The msg_namelen of a message that was shown at entry. */
static bool shown_name_length(const struct decoder *d, uint32_t index, int32_t *length)
{
    for (uint32_t i = values_at(d->out, index)->first; index && i; i = values_at(d->out, i)->next) {
        const struct value *member = values_at(d->out, i);
        if (member->name && strcmp(member->name, "msg_namelen") == 0) {
            *length = (int32_t)member->number;
            return true;
        }
    }
    return false;
}

static bool read_message(struct decoder *d, uint64_t addr, struct message *m)
{
    uint8_t bytes[MSGHDR_64];
    size_t size = d->abi->pointer_size == 8 ? MSGHDR_64 : MSGHDR_32;
    if (!addr || !mem_read(d->mem, addr, bytes, size)) {
        return false;
    }
    *m = parse(d, bytes, size);
    return true;
}

static void decode_msghdr_in(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct message m;
    struct view view = {.contents = true, .limit = UINT64_MAX, .family = -1};
    if (read_message(d, decode_word(d, raw), &m)) {
        show_message(d, name, &m, &view);
    } else {
        decode_addr(d, name, raw);
    }
}

/*
 * Which protocol a netlink socket speaks is asked before the call: after it, the program may have closed the
 * socket already. Other sockets are not asked about: room for an address of this size is made for netlink's
 * only. The answer waits in the number of the structure shown, which nothing else uses.
 */
static void note_family(struct decoder *d, uint32_t shown, const struct message *m)
{
    enum { SOCKADDR_NL = 12 };
    if (m->name_length == SOCKADDR_NL && values_at(d->out, shown)->type == VALUE_STRUCT) {
        values_at(d->out, shown)->number = (uint64_t)netlink_family(d) + 1; /* 0: not known */
    }
}

static int noted_family(const struct decoder *d)
{
    return (int)values_at(d->out, d->value[d->arg])->number - 1;
}

static void decode_msghdr_out(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    (void)kind;
    struct message m;
    int32_t before = 0;
    uint64_t addr = decode_word(d, raw);
    if (!d->at_exit) {
        struct view view = {.limit = UINT64_MAX, .family = -1};
        if (read_message(d, addr, &m)) {
            uint32_t shown = d->out->count;
            show_message(d, name, &m, &view);
            note_family(d, shown, &m);
        } else {
            decode_addr(d, name, raw);
        }
        return;
    }
    bool known = shown_name_length(d, d->value[d->arg], &before);
    if (!known) {
        return; /* it could not be read at entry: the address shown then stays */
    }
    if (d->result < 0) {
        values_open(d->out, VALUE_STRUCT, name);
        append_int(d, "msg_namelen", before);
        values_close(d->out);
    } else if (read_message(d, addr, &m)) {
        struct view view = {true, (uint64_t)d->result, &before, noted_family(d)};
        show_message(d, name, &m, &view);
    } else {
        decode_addr(d, name, raw);
    }
}

/* The header and the length are read apart: an exit source captures them as two pieces. */
static bool read_element(struct decoder *d, uint64_t addr, struct message *m)
{
    uint64_t header = d->abi->pointer_size == 8 ? MSGHDR_64 : MSGHDR_32;
    return addr <= UINT64_MAX - MMSGHDR_64 && read_message(d, addr, m) &&
           mem_read(d->mem, addr + header, &m->received, sizeof(m->received));
}

bool decode_message_buffers(struct decoder *d, uint64_t addr, struct message_buffers *buffers)
{
    struct message m;
    if (!read_message(d, decode_word(d, addr), &m)) {
        return false;
    }
    *buffers = (struct message_buffers){m.iov, m.iov_count, 0};
    return true;
}

bool decode_messages_buffers(struct decoder *d, uint64_t addr, uint64_t index,
                             struct message_buffers *buffers)
{
    struct message m;
    uint64_t size = d->abi->pointer_size == 8 ? MMSGHDR_64 : MMSGHDR_32;
    if (!read_element(d, decode_word(d, addr) + index * size, &m)) {
        return false;
    }
    *buffers = (struct message_buffers){m.iov, m.iov_count, m.received};
    return true;
}

/* What there is to show of an array: messages to be sent, yet to be received, or received. */
struct vector {
    uint64_t count;
    uint32_t before; /* received: the next element as it was shown at entry; 0: none */
    bool contents;
    bool received;
};

static void show_element(struct decoder *d, const struct message *m, struct vector *v)
{
    int32_t length = 0;
    struct view view = {
        .contents = v->contents, .limit = v->received ? m->received : UINT64_MAX, .family = -1};
    if (v->before && shown_name_length(d, values_at(d->out, v->before)->first, &length)) {
        view.name_length = &length;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    show_message(d, "msg_hdr", m, &view);
    if (v->received) {
        append_uint(d, "msg_len", m->received);
    }
    values_close(d->out);
    v->before = v->before ? values_at(d->out, v->before)->next : 0;
}

static void show_vector(struct decoder *d, const char *name, uint64_t addr, struct vector *v)
{
    struct message m;
    uint64_t size = d->abi->pointer_size == 8 ? MMSGHDR_64 : MMSGHDR_32;
    uint64_t most = d->options->verbose ? VALUES_MAX : d->options->array_max;
    if (!addr || (v->count && !read_element(d, addr, &m))) {
        decode_addr(d, name, addr);
        return;
    }
    uint32_t array = values_open(d->out, VALUE_ARRAY, name);
    uint64_t i = 0;
    while (i < v->count && i < most && !d->out->full && read_element(d, addr + i * size, &m)) {
        show_element(d, &m, v);
        i++;
    }
    values_close(d->out);
    values_at(d->out, array)->flags |= i < v->count ? VALUE_MORE : 0;
}

/* Once sent, the messages are as they were: only the lengths are added to what is shown of them. */
static void add_lengths(struct decoder *d, uint64_t addr)
{
    bool wide = d->abi->pointer_size == 8;
    uint32_t open = d->out->open;
    uint32_t element = d->value[d->arg] ? values_at(d->out, d->value[d->arg])->first : 0;
    for (int64_t i = 0; element && i < d->result; i++) {
        uint32_t length;
        uint64_t at = addr + (uint64_t)i * (wide ? MMSGHDR_64 : MMSGHDR_32) + (wide ? MSGHDR_64 : MSGHDR_32);
        if (!mem_read(d->mem, at, &length, sizeof(length))) {
            break;
        }
        d->out->open = element;
        append_uint(d, "msg_len", length);
        element = values_at(d->out, element)->next;
    }
    d->out->open = open;
}

/* kind->option: received. The number of elements is the next argument. */
static void decode_vector(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint64_t addr = decode_word(d, raw);
    struct vector v = {.count = (uint32_t)d->args[d->arg + 1], .contents = !kind->option};
    if (!d->at_exit) {
        show_vector(d, name, addr, &v);
    } else if (!kind->option) {
        add_lengths(d, addr);
    } else if (d->result < 0) {
        decode_addr(d, name, addr);
    } else {
        v.count = (uint64_t)d->result < v.count ? (uint64_t)d->result : v.count;
        v.received = v.contents = true;
        v.before = d->value[d->arg] ? values_at(d->out, d->value[d->arg])->first : 0;
        show_vector(d, name, addr, &v);
    }
}

/* Shown as it was at entry; at exit only the result tells what is left of it. kind->option: the layout. */
static void decode_timeout(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    if (!d->at_exit) {
        decode_timespec(d, name, decode_word(d, raw), (enum time_layout)kind->option);
    }
}

static void decode_result(struct decoder *d, const char *name, const struct kind *kind, uint64_t raw)
{
    uint64_t timeout = decode_word(d, d->args[4]);
    bool noted = raw == 0 || timeout;
    if (noted) {
        values_open(d->out, VALUE_NOTED, name);
    }
    append_int(d, NULL, (int64_t)raw);
    if (raw == 0) {
        values_word(d->out, NULL, "Timeout");
    } else if (timeout) {
        decode_timespec(d, "left", timeout, (enum time_layout)kind->option);
    }
    if (noted) {
        values_close(d->out);
    }
}

const struct kind kind_msghdr_in = {.decode = decode_msghdr_in};
const struct kind kind_msghdr_out = {
    .decode = decode_msghdr_out, .direction = DIR_INOUT, .extent = EXTENT_MSGHDR};
const struct kind kind_mmsghdr_in = {
    .decode = decode_vector, .direction = DIR_INOUT, .extent = EXTENT_MMSGHDR, .extent_arg = 2};
const struct kind kind_mmsghdr_out = {
    .decode = decode_vector, .direction = DIR_INOUT, .extent = EXTENT_MMSGHDR, .extent_arg = 2, .option = 1};
const struct kind kind_recvmmsg_timeout = {.decode = decode_timeout,
                                           .direction = DIR_INOUT,
                                           .extent = EXTENT_FIXED,
                                           .size = 16,
                                           .option = TIME_NATIVE};
const struct kind kind_recvmmsg_timeout64 = {.decode = decode_timeout,
                                             .direction = DIR_INOUT,
                                             .extent = EXTENT_FIXED,
                                             .size = 16,
                                             .option = TIME_64BIT};
const struct kind kind_recvmmsg_result = {.decode = decode_result, .option = TIME_NATIVE};
const struct kind kind_recvmmsg_result64 = {.decode = decode_result, .option = TIME_64BIT};
