#include "decode/kinds/netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/net.h"
#include "decode/kinds/net_tables.h"
#include "decode/kinds/netlink_tables.h"
#include "decode/render.h"

enum { HEADER = 16, FAMILY_UNKNOWN = -1, ROUTE_MAX = 32 };

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

/* The protocol of the call's socket, from what is known about its descriptor ("NETLINK:[ROUTE:42]"). */
static int socket_family(const struct decoder *d)
{
    static const char prefix[] = "NETLINK:[";
    char text[128];
    if (!d->fds) {
        return FAMILY_UNKNOWN;
    }
    ssize_t n = d->fds->describe(d->fds, (int)d->args[0], true, text, sizeof(text) - 1);
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

static const struct xlat *types_of(const struct message *m)
{
    if (m->type < NLMSG_MIN_TYPE) {
        return &xlat_netlink_types;
    }
    switch (m->family) {
    case NETLINK_ROUTE:
        return &xlat_rtnetlink_types;
    case NETLINK_SOCK_DIAG:
        return &xlat_sock_diag_types;
    case NETLINK_GENERIC:
        return &xlat_generic_families;
    case NETLINK_XFRM:
        return &xlat_xfrm_types;
    case NETLINK_AUDIT:
        return &xlat_audit_types;
    default:
        return &xlat_netlink_types;
    }
}

/* Bits from 0x100 on mean different things in requests that make, delete and get. */
static const struct xlat *flags_of(const struct message *m)
{
    if (m->type < NLMSG_MIN_TYPE) {
        return m->type == NLMSG_ERROR ? &xlat_netlink_ack_flags : &xlat_netlink_flags;
    }
    if (m->family == NETLINK_SOCK_DIAG) {
        return &xlat_netlink_get_flags;
    }
    if (m->family != NETLINK_ROUTE) {
        return &xlat_netlink_flags;
    }
    if (m->type == RTM_DELACTION) {
        return &xlat_netlink_get_flags;
    }
    /* Route messages come in fours: new, delete, get, set. */
    static const struct xlat *const quarters[] = {&xlat_netlink_new_flags, &xlat_netlink_delete_flags,
                                                  &xlat_netlink_get_flags, &xlat_netlink_flags};
    return quarters[m->type & 3];
}

static void show_header(struct decoder *d, const struct message *m)
{
    values_open(d->out, VALUE_STRUCT, NULL);
    net_uint(d, "nlmsg_len", m->length);
    net_enum(d, "nlmsg_type", types_of(m), m->type);
    net_flags(d, "nlmsg_flags", flags_of(m), m->flags);
    net_uint(d, "nlmsg_seq", m->sequence);
    net_int(d, "nlmsg_pid", (int32_t)m->pid);
    values_close(d->out);
}

static void show_link(struct decoder *d, const uint8_t *p)
{
    net_enum(d, "ifi_type", &xlat_arp_hardware_types, load16(p + 2));
    net_interface(d, "ifi_index", load32(p + 4));
    net_flags(d, "ifi_flags", &xlat_interface_flags, load32(p + 8));
    net_flags(d, "ifi_change", &xlat_interface_flags, load32(p + 12));
}

static void show_address(struct decoder *d, const uint8_t *p)
{
    net_uint(d, "ifa_prefixlen", p[1]);
    net_flags(d, "ifa_flags", &xlat_address_flags, p[2]);
    net_enum(d, "ifa_scope", &xlat_route_scopes, p[3]);
    net_interface(d, "ifa_index", load32(p + 4));
}

static void show_route(struct decoder *d, const uint8_t *p)
{
    net_uint(d, "rtm_dst_len", p[1]);
    net_uint(d, "rtm_src_len", p[2]);
    net_flags(d, "rtm_tos", &xlat_ip_tos, p[3]);
    net_enum(d, "rtm_table", &xlat_route_tables, p[4]);
    net_enum(d, "rtm_protocol", &xlat_route_protocols, p[5]);
    net_enum(d, "rtm_scope", &xlat_route_scopes, p[6]);
    net_enum(d, "rtm_type", &xlat_route_types, p[7]);
    net_flags(d, "rtm_flags", &xlat_route_flags, load32(p + 8));
}

static void show_neighbour(struct decoder *d, const uint8_t *p)
{
    net_interface(d, "ndm_ifindex", load32(p + 4));
    net_flags(d, "ndm_state", &xlat_neighbour_states, load16(p + 8));
    net_flags(d, "ndm_flags", &xlat_neighbour_flags, p[10]);
    net_enum(d, "ndm_type", &xlat_route_types, p[11]);
}

static const struct route_part {
    uint16_t first; /* RTM_NEW...; the three that follow take the same structure */
    uint8_t size;
    const char *family; /* the first member's name: a byte in all of them */
    void (*show)(struct decoder *d, const uint8_t *p);
} route_parts[] = {
    {RTM_NEWLINK, 16, "ifi_family", show_link},
    {RTM_NEWADDR, 8, "ifa_family", show_address},
    {RTM_NEWROUTE, 12, "rtm_family", show_route},
    {RTM_NEWNEIGH, 12, "ndm_family", show_neighbour},
};

/* The fixed part of a route message. Returns its size, 0 where it is not decoded. */
static uint64_t show_route_part(struct decoder *d, const struct message *m)
{
    const struct route_part *part = NULL;
    uint8_t bytes[ROUTE_MAX];
    for (size_t i = 0; i < sizeof(route_parts) / sizeof(route_parts[0]); i++) {
        if (route_parts[i].first == (m->type & ~3)) {
            part = &route_parts[i];
        }
    }
    if (!part || m->payload_size == 0) {
        return 0;
    }
    uint64_t size = m->payload_size < part->size ? 1 : part->size;
    if (!mem_read(d->mem, m->payload, bytes, size)) {
        return 0;
    }
    uint32_t whole = values_open(d->out, VALUE_STRUCT, NULL);
    net_enum(d, part->family, &xlat_addrfams, bytes[0]);
    if (size == part->size) {
        part->show(d, bytes);
    } else {
        /* Dump requests of the first interface (struct rtgenmsg) hold nothing but the family. */
        values_at(d->out, whole)->flags |= VALUE_MORE;
    }
    values_close(d->out);
    return size == part->size ? size : m->payload_size;
}

static void show_message(struct decoder *d, const char *name, const struct message *m, unsigned depth);

/* Bytes that are not taken apart. */
static void show_data(struct decoder *d, const char *name, uint64_t addr, uint64_t length)
{
    uint32_t index = d->out->count;
    decode_data(d, name, addr, length);
    if (index < d->out->count && values_at(d->out, index)->type == VALUE_STRING) {
        values_at(d->out, index)->flags |= VALUE_HEXBYTES;
    }
}

static void show_error_number(struct decoder *d, const char *name, int32_t error)
{
    const char *text = error < 0 && error > -4096 ? errno_name(-error) : NULL;
    if (text) {
        uint32_t index = values_wordf(d->out, name, "-%s", text);
        values_at(d->out, index)->number = (uint64_t)(int64_t)error;
    } else {
        net_int(d, name, error);
    }
}

static void show_error(struct decoder *d, const struct message *m, unsigned depth)
{
    int32_t error;
    struct message cause = {.family = m->family};
    if (m->payload_size < sizeof(error) || !mem_read(d->mem, m->payload, &error, sizeof(error))) {
        show_data(d, NULL, m->payload, m->payload_size);
        return;
    }
    values_open(d->out, VALUE_STRUCT, NULL);
    show_error_number(d, "error", error);
    uint64_t left = m->payload_size - sizeof(error);
    if (left) {
        /* A capped acknowledgement repeats the request's header without its payload. */
        uint64_t shown = m->flags & NLM_F_CAPPED && left > HEADER ? HEADER : left;
        if (depth == 0 && read_message(d, m->payload + sizeof(error), shown, &cause)) {
            show_message(d, "msg", &cause, depth + 1);
        } else {
            show_data(d, "msg", m->payload + sizeof(error), left);
        }
    }
    values_close(d->out);
}

static void show_payload(struct decoder *d, const struct message *m, unsigned depth)
{
    int32_t number;
    uint64_t done = 0;
    if (m->type == NLMSG_ERROR) {
        show_error(d, m, depth);
        return;
    }
    if (m->type == NLMSG_DONE && m->payload_size == sizeof(number) &&
        mem_read(d->mem, m->payload, &number, sizeof(number))) {
        net_int(d, NULL, number);
        return;
    }
    if (m->family == NETLINK_ROUTE && m->type >= NLMSG_MIN_TYPE) {
        done = show_route_part(d, m);
    }
    if (done < m->payload_size) {
        show_data(d, NULL, m->payload + done, m->payload_size - done);
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
        show_data(d, NULL, addr, length);
        return;
    }
    int n = snprintf(text, sizeof(text), "%#llx", (unsigned long long)addr);
    values_note(d->out, values_word(d->out, NULL, "..."), text, (size_t)n);
}

/* Where the message after m starts, from m's start: 0 if the buffer holds none. */
static uint64_t next_message(const struct message *m, uint64_t length)
{
    uint64_t aligned = ((uint64_t)m->length + 3) & ~UINT64_C(3);
    return m->length >= HEADER && aligned < length ? aligned : 0;
}

static void show_messages(struct decoder *d, const char *name, uint64_t addr, uint64_t length, int family)
{
    struct message m = {.family = family};
    if (!read_message(d, addr, length, &m)) {
        show_data(d, name, addr, length);
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

void decode_netlink(struct decoder *d, const char *name, uint64_t addr, uint64_t length)
{
    show_messages(d, name, addr, length, socket_family(d));
}

bool decode_netlink_socket(struct decoder *d, const char *name, uint64_t addr, uint64_t length)
{
    struct message m = {0};
    /* Asking what the descriptor is costs more than looking: most buffers fail here. */
    if (!d->fds || length < HEADER || !read_message(d, addr, length, &m) || m.length < HEADER ||
        m.length > length || m.flags >> 12) {
        return false;
    }
    int family = socket_family(d);
    if (family == FAMILY_UNKNOWN) {
        return false;
    }
    show_messages(d, name, addr, length, family);
    return true;
}
