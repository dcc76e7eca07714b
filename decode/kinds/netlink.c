#include "decode/kinds/netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/net.h"
#include "decode/kinds/net_tables.h"
#include "decode/kinds/netlink_body.h"
#include "decode/kinds/netlink_tables.h"
#include "decode/kinds/netlink_types.h"
#include "decode/kinds/nlattr.h"
#include "decode/kinds/nlattr_tables.h"
#include "decode/render.h"

enum { HEADER = 16, FAMILY_UNKNOWN = -1 };

NLATTR_TABLE(error, xlat_nl_nlmsgerr, {NLMSGERR_ATTR_MSG, NLATTR_STRING, 0, NULL},
             {NLMSGERR_ATTR_OFFS, NLATTR_UINT, 4, NULL},
             {5 /* NLMSGERR_ATTR_MISS_TYPE */, NLATTR_UINT, 4, NULL},
             {6 /* NLMSGERR_ATTR_MISS_NEST */, NLATTR_UINT, 4, NULL});

struct message {
    uint32_t length;
    uint16_t type;
    uint16_t flags;
    uint32_t sequence;
    uint32_t pid;
    uint64_t payload;      /* address */
    uint64_t payload_size; /* as far as the buffer goes */
    int family;            /* NETLINK_ROUTE, ... */
};

/* From what is known about its descriptor: "NETLINK:[ROUTE:42]". */
int netlink_family(const struct decoder *d)
{
    static const char prefix[] = "NETLINK:[";
    char text[128];
    if (!d->fds) {
        return FAMILY_UNKNOWN;
    }
    ssize_t n = d->fds->describe(d->fds, (int)d->args[0], FD_SOCKETS | FD_UNBOUND, text, sizeof(text) - 1);
    if (n < (ssize_t)sizeof(prefix) || memcmp(text, prefix, sizeof(prefix) - 1) != 0) {
        return FAMILY_UNKNOWN;
    }
    const char *at = text + sizeof(prefix) - 1;
    size_t left = (size_t)n < sizeof(text) ? (size_t)n - (sizeof(prefix) - 1) : 0;
    for (uint32_t i = 0; i < xlat_netlink_protocols.count; i++) {
        const char *protocol = xlat_netlink_protocols.entries[i].name + strlen("NETLINK_");
        size_t length = strlen(protocol);
        if (left > length && memcmp(at, protocol, length) == 0 && at[length] == ':') {
            return (int)xlat_netlink_protocols.entries[i].value;
        }
    }
    return FAMILY_UNKNOWN;
}

void netlink_show_family(struct decoder *d, uint8_t family, uint64_t addr, uint64_t length)
{
    values_open(d->out, VALUE_STRUCT, NULL);
    append_enum(d, "family", &xlat_addrfams, family);
    if (length > sizeof(family)) {
        decode_hex_bytes(d, "data", addr + sizeof(family), length - sizeof(family));
    }
    values_close(d->out);
}

static bool read_message(struct decoder *d, uint64_t addr, uint64_t length, struct message *m)
{
    uint8_t header[HEADER];
    if (length < HEADER || !mem_read(d->mem, addr, header, sizeof(header))) {
        return false;
    }
    m->length = load32(header);
    m->type = load16(header + 4);
    m->flags = load16(header + 6);
    m->sequence = load32(header + 8);
    m->pid = load32(header + 12);
    uint64_t whole = m->length < length ? m->length : length;
    m->payload = addr + HEADER;
    m->payload_size = whole > HEADER ? whole - HEADER : 0;
    return true;
}

static uint64_t align4(uint64_t length)
{
    return (length + 3) & ~UINT64_C(3);
}

static void show_header(struct decoder *d, const struct message *m)
{
    values_open(d->out, VALUE_STRUCT, NULL);
    append_uint(d, "nlmsg_len", m->length);
    netlink_show_type(d, m->family, m->type);
    append_flags(d, "nlmsg_flags", netlink_flags_of(m->family, m->type), m->flags);
    append_uint(d, "nlmsg_seq", m->sequence);
    append_int(d, "nlmsg_pid", (int32_t)m->pid);
    values_close(d->out);
}

static void show_message(struct decoder *d, const char *name, const struct message *m, unsigned depth);

static void show_error_number(struct decoder *d, const char *name, int32_t error)
{
    const char *text = error < 0 && error > -4096 ? errno_name(-error) : NULL;
    if (text) {
        uint32_t index = values_wordf(d->out, name, "-%s", text);
        values_stand_for(d->out, index, (uint64_t)(int64_t)error, VALUE_AS_INT);
    } else {
        append_int(d, name, error);
    }
}

static void show_error(struct decoder *d, const struct message *m, unsigned depth)
{
    int32_t error;
    struct message cause = {.family = m->family};
    if (m->payload_size < sizeof(error) || !mem_read(d->mem, m->payload, &error, sizeof(error))) {
        decode_hex_bytes(d, NULL, m->payload, m->payload_size);
        return;
    }
    uint64_t msg = m->payload + sizeof(error);
    uint64_t left = m->payload_size - sizeof(error);
    bool readable = depth == 0 && read_message(d, msg, left, &cause);
    /* A capped acknowledgement repeats the request's header without its payload. */
    uint64_t shown = readable && m->flags & NLM_F_CAPPED ? HEADER : readable ? align4(cause.length) : left;
    shown = shown < left && m->flags & NLM_F_ACK_TLVS ? shown : m->flags & NLM_F_CAPPED ? shown : left;
    if (shown < left) {
        values_open(d->out, VALUE_ARRAY, NULL);
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    show_error_number(d, "error", error);
    if (readable && read_message(d, msg, shown, &cause)) {
        show_message(d, "msg", &cause, depth + 1);
    } else if (left) {
        decode_hex_bytes(d, "msg", msg, left);
    }
    values_close(d->out);
    if (shown < left) {
        nlattr_show(d, msg + shown, left - shown, &nlattr_error, &(struct nlattr_context){0});
        values_close(d->out);
    }
}

/* One value for the fixed part of a message and one for its attributes, as far as its family is known. */
static bool show_body(struct decoder *d, const struct message *m)
{
    if (m->type < NLMSG_MIN_TYPE || m->payload_size == 0) {
        return false;
    }
    switch (m->family) {
    case NETLINK_ROUTE:
        return netlink_route(d, m->type, m->payload, m->payload_size);
    case NETLINK_SOCK_DIAG:
        return netlink_diag(d, m->type, m->flags, m->payload, m->payload_size);
    case NETLINK_GENERIC:
        return netlink_generic(d, m->type, m->payload, m->payload_size);
    case NETLINK_NETFILTER:
        return netlink_netfilter(d, m->type, m->payload, m->payload_size);
    case NETLINK_CRYPTO:
        return netlink_crypto(d, m->type, m->payload, m->payload_size);
    case NETLINK_SELINUX:
        return netlink_selinux(d, m->type, m->payload, m->payload_size);
    default:
        return false;
    }
}

static void show_payload(struct decoder *d, const struct message *m, unsigned depth)
{
    int32_t number;
    if (m->type == NLMSG_ERROR) {
        show_error(d, m, depth);
    } else if (m->type == NLMSG_DONE && m->payload_size == sizeof(number) &&
               mem_read(d->mem, m->payload, &number, sizeof(number))) {
        append_int(d, NULL, number);
    } else if (!show_body(d, m)) {
        decode_hex_bytes(d, NULL, m->payload, m->payload_size);
    }
}

/* A header alone, or [header, payload]. */
static void show_message(struct decoder *d, const char *name, const struct message *m, unsigned depth)
{
    bool payload = m->payload_size > 0;
    if (payload) {
        values_open(d->out, VALUE_ARRAY, name);
    }
    uint32_t header = d->out->count;
    show_header(d, m);
    if (payload) {
        show_payload(d, m, depth);
        values_close(d->out);
    } else if (header < d->out->count) {
        values_at(d->out, header)->name = name;
    }
}

/* What is too short for a header, or "..." with the address of what can't be read. */
static void show_rest(struct decoder *d, uint64_t addr, uint64_t length)
{
    char text[32];
    if (length < HEADER) {
        decode_hex_bytes(d, NULL, addr, length);
        return;
    }
    int n = snprintf(text, sizeof(text), "%#llx", (unsigned long long)addr);
    values_note(d->out, values_word(d->out, NULL, "..."), text, (size_t)n);
}

/* Where the message after m starts, from m's start: 0 if the buffer holds none. */
static uint64_t next_message(const struct message *m, uint64_t length)
{
    uint64_t aligned = align4(m->length);
    return m->length >= HEADER && aligned < length ? aligned : 0;
}

static void show_messages(struct decoder *d, const char *name, uint64_t addr, uint64_t length, int family)
{
    struct message m = {.family = family};
    if (!read_message(d, addr, length, &m)) {
        decode_hex_bytes(d, name, addr, length);
        return;
    }
    uint64_t step = next_message(&m, length);
    if (!step) {
        show_message(d, name, &m, 0);
        return;
    }
    uint32_t array = values_open(d->out, VALUE_ARRAY, name);
    for (unsigned count = 0;; count++) {
        show_message(d, NULL, &m, 0);
        if (!step) {
            break;
        }
        addr += step;
        length -= step;
        if (count >= d->options->string_max) {
            values_at(d->out, array)->flags |= VALUE_MORE;
            break;
        }
        if (!read_message(d, addr, length, &m)) {
            show_rest(d, addr, length);
            break;
        }
        step = next_message(&m, length);
    }
    values_close(d->out);
}

/* What the kernel and udev send about devices has no header. */
static void show_buffer(struct decoder *d, const char *name, uint64_t addr, uint64_t length, int family)
{
    if (family == NETLINK_KOBJECT_UEVENT) {
        netlink_uevent(d, name, addr, length);
    } else {
        show_messages(d, name, addr, length, family);
    }
}

void decode_netlink(struct decoder *d, const char *name, uint64_t addr, uint64_t length, int family)
{
    show_buffer(d, name, addr, length, family == FAMILY_UNKNOWN ? netlink_family(d) : family);
}

/* Asking what the descriptor is costs more than looking: most buffers fail here. */
static bool may_be_message(struct decoder *d, uint64_t addr, uint64_t length)
{
    struct message m = {0};
    if (length < HEADER || !read_message(d, addr, length, &m)) {
        return false;
    }
    return (m.length >= HEADER && m.length <= length && !(m.flags >> 12)) || netlink_is_udev(d, addr, length);
}

bool decode_netlink_socket(struct decoder *d, const char *name, uint64_t addr, uint64_t length)
{
    if (!d->fds || !may_be_message(d, addr, length)) {
        return false;
    }
    int family = netlink_family(d);
    if (family == FAMILY_UNKNOWN) {
        return false;
    }
    show_buffer(d, name, addr, length, family);
    return true;
}
