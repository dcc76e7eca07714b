#include "decode/kinds/cmsg.h"

#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

#include "decode/kinds/basic.h"
#include "decode/kinds/net.h"
#include "decode/kinds/net_tables.h"
#include "decode/kinds/sockaddr.h"
#include "decode/kinds/time.h"

/* SCM_MAX_FD (253) descriptors are the longest that is worth reading. */
enum { DATA_MAX = 1024, RECVERR_SIZE = 16 + 16, MESSAGES_MAX = 32 };

struct content {
    const uint8_t *p;
    size_t size;
};

static void show_list(struct decoder *d, const struct content *c, size_t size,
                      void (*show)(struct decoder *d, const uint8_t *p))
{
    size_t count = c->size / size;
    size_t shown = count < d->options->array_max || d->options->verbose ? count : d->options->array_max;
    uint32_t array = values_open(d->out, VALUE_ARRAY, "cmsg_data");
    for (size_t i = 0; i < shown; i++) {
        show(d, c->p + size * i);
    }
    values_close(d->out);
    values_at(d->out, array)->flags |= shown < count ? VALUE_MORE : 0;
}

static void show_right(struct decoder *d, const uint8_t *p)
{
    decode_fd(d, NULL, &kind_fd, load32(p));
}

static void show_rights(struct decoder *d, const struct content *c)
{
    show_list(d, c, sizeof(int32_t), show_right);
}

static void show_credentials(struct decoder *d, const struct content *c)
{
    values_open(d->out, VALUE_STRUCT, "cmsg_data");
    decode_pid(d, "pid", (int32_t)load32(c->p));
    decode_id(d, "uid", &kind_uid, load32(c->p + 4));
    decode_id(d, "gid", &kind_gid, load32(c->p + 8));
    values_close(d->out);
}

static void show_security(struct decoder *d, const struct content *c)
{
    values_string(d->out, "cmsg_data", c->p, c->size, 0);
}

/* Shows one time of two members of `size` bytes each, or the bytes where there are too few. */
static void show_time(struct decoder *d, const char *name, const struct content *c, size_t size, bool nano)
{
    if (c->size < 2 * size) {
        values_string(d->out, name, c->p, c->size, 0);
        return;
    }
    int64_t seconds = size == 8 ? (int64_t)load64(c->p) : (int32_t)load32(c->p);
    uint64_t fraction = size == 8 ? load64(c->p + 8) : load32(c->p + 4);
    if (nano) {
        decode_timespec_of(d, name, seconds, fraction);
    } else {
        decode_timeval_of(d, name, seconds, fraction);
    }
}

static void show_timestamp_old(struct decoder *d, const struct content *c)
{
    show_time(d, "cmsg_data", c, d->abi->long_size, false);
}

static void show_timestampns_old(struct decoder *d, const struct content *c)
{
    show_time(d, "cmsg_data", c, d->abi->long_size, true);
}

static void show_timestamp_new(struct decoder *d, const struct content *c)
{
    show_time(d, "cmsg_data", c, 8, false);
}

static void show_timestampns_new(struct decoder *d, const struct content *c)
{
    show_time(d, "cmsg_data", c, 8, true);
}

/* Three times: of the software, a legacy one, and of the hardware. */
static void show_timestamping(struct decoder *d, const struct content *c, size_t size)
{
    values_open(d->out, VALUE_ARRAY, "cmsg_data");
    for (size_t i = 0; i < 3 && (i + 1) * 2 * size <= c->size; i++) {
        struct content one = {c->p + i * 2 * size, 2 * size};
        show_time(d, NULL, &one, size, true);
    }
    values_close(d->out);
}

static void show_timestamping_old(struct decoder *d, const struct content *c)
{
    show_timestamping(d, c, d->abi->long_size);
}

static void show_timestamping_new(struct decoder *d, const struct content *c)
{
    show_timestamping(d, c, 8);
}

static void show_pktinfo(struct decoder *d, const struct content *c)
{
    values_open(d->out, VALUE_STRUCT, "cmsg_data");
    net_interface(d, "ipi_ifindex", load32(c->p));
    net_address4(d, "ipi_spec_dst", c->p + 4);
    net_address4(d, "ipi_addr", c->p + 8);
    values_close(d->out);
}

static void show_word(struct decoder *d, const uint8_t *p)
{
    append_uint(d, NULL, load32(p));
}

static void show_words(struct decoder *d, const struct content *c)
{
    show_list(d, c, 4, show_word);
}

static void show_octet(struct decoder *d, const uint8_t *p)
{
    append_hex(d, NULL, *p);
}

static void show_octets(struct decoder *d, const struct content *c)
{
    show_list(d, c, 1, show_octet);
}

static void show_recverr(struct decoder *d, const struct content *c)
{
    values_open(d->out, VALUE_STRUCT, "cmsg_data");
    append_uint(d, "ee_errno", load32(c->p));
    append_uint(d, "ee_origin", c->p[4]);
    append_uint(d, "ee_type", c->p[5]);
    append_uint(d, "ee_code", c->p[6]);
    append_uint(d, "ee_info", load32(c->p + 8));
    append_uint(d, "ee_data", load32(c->p + 12));
    decode_sockaddr_bytes(d, "offender", c->p + 16, 16);
    values_close(d->out);
}

static void show_original_address(struct decoder *d, const struct content *c)
{
    decode_sockaddr_bytes(d, "cmsg_data", c->p, c->size);
}

static const struct control {
    uint32_t level;
    uint32_t type;
    uint32_t least; /* bytes of data without which nothing is shown */
    void (*show)(struct decoder *d, const struct content *c);
} controls[] = {
    {SOL_SOCKET, SCM_RIGHTS, 4, show_rights},
    {SOL_SOCKET, SCM_CREDENTIALS, 12, show_credentials},
    {SOL_SOCKET, 3 /* SCM_SECURITY */, 1, show_security},
    {SOL_SOCKET, 4 /* SCM_PIDFD, Linux 6.5 */, 4, show_rights},
    {SOL_SOCKET, 29 /* SO_TIMESTAMP_OLD */, 1, show_timestamp_old},
    {SOL_SOCKET, 35 /* SO_TIMESTAMPNS_OLD */, 1, show_timestampns_old},
    {SOL_SOCKET, 37 /* SO_TIMESTAMPING_OLD */, 1, show_timestamping_old},
    {SOL_SOCKET, 63 /* SO_TIMESTAMP_NEW */, 1, show_timestamp_new},
    {SOL_SOCKET, 64 /* SO_TIMESTAMPNS_NEW */, 1, show_timestampns_new},
    {SOL_SOCKET, 65 /* SO_TIMESTAMPING_NEW */, 1, show_timestamping_new},
    {SOL_IP, IP_PKTINFO, 12, show_pktinfo},
    {SOL_IP, IP_TTL, 4, show_words},
    {SOL_IP, IP_TOS, 1, show_octets},
    {SOL_IP, IP_RECVOPTS, 1, show_octets},
    {SOL_IP, IP_RETOPTS, 1, show_octets},
    {SOL_IP, IP_RECVERR, RECVERR_SIZE, show_recverr},
    {SOL_IP, IP_ORIGDSTADDR, 16, show_original_address},
    {SOL_IP, IP_CHECKSUM, 4, show_words},
    {SOL_IP, 3 /* SCM_SECURITY */, 1, show_security},
};

struct header {
    uint64_t length; /* of header and data, as the target says */
    uint32_t level;
    uint32_t type;
    uint32_t size; /* of the header itself */
};

static bool read_header(struct decoder *d, uint64_t addr, struct header *h)
{
    uint8_t bytes[16];
    size_t word = d->abi->pointer_size;
    h->size = (uint32_t)word + 8;
    if (!mem_read(d->mem, addr, bytes, h->size)) {
        return false;
    }
    h->length = word == 8 ? load64(bytes) : load32(bytes);
    h->level = load32(bytes + word);
    h->type = load32(bytes + word + 4);
    return true;
}

static void show_content(struct decoder *d, const struct header *h, uint64_t addr, uint64_t size)
{
    uint8_t bytes[DATA_MAX];
    struct content c = {bytes, size < sizeof(bytes) ? (size_t)size : sizeof(bytes)};
    for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
        const struct control *control = &controls[i];
        if (control->level == h->level && control->type == h->type && c.size >= control->least) {
            if (mem_read(d->mem, addr, bytes, c.size)) {
                control->show(d, &c);
            } else {
                decode_addr(d, "cmsg_data", addr);
            }
            return;
        }
    }
}

/* Shows one control message of at most `left` bytes. */
static void show_control(struct decoder *d, const struct header *h, uint64_t addr, uint64_t left)
{
    uint64_t length = h->length < left ? h->length : left;
    values_open(d->out, VALUE_STRUCT, NULL);
    append_uint(d, "cmsg_len", h->length);
    append_enum(d, "cmsg_level", &xlat_sock_levels, h->level);
    if (h->level == SOL_SOCKET) {
        append_enum(d, "cmsg_type", &xlat_scm_types, h->type);
    } else if (h->level == SOL_IP) {
        append_enum(d, "cmsg_type", &xlat_ip_cmsg_types, h->type);
    } else {
        append_hex(d, "cmsg_type", h->type);
    }
    show_content(d, h, addr + h->size, length > h->size ? length - h->size : 0);
    values_close(d->out);
}

/* "..." with the address of what could not be taken apart. */
static void show_rest(struct decoder *d, uint64_t addr)
{
    char text[32];
    int n = snprintf(text, sizeof(text), "%#llx", (unsigned long long)addr);
    values_note(d->out, values_word(d->out, NULL, "..."), text, (size_t)n);
}

void decode_control(struct decoder *d, const char *name, uint64_t addr, uint64_t length)
{
    struct header h = {0};
    uint64_t word = d->abi->pointer_size;
    if (length < word + 8 || !addr || !read_header(d, addr, &h)) {
        decode_addr(d, name, addr);
        return;
    }
    uint32_t array = values_open(d->out, VALUE_ARRAY, name);
    for (unsigned count = 0; length >= h.size; count++) {
        if (count == MESSAGES_MAX) {
            values_at(d->out, array)->flags |= VALUE_MORE;
            length = 0;
            break;
        }
        if (count && !read_header(d, addr, &h)) {
            break;
        }
        show_control(d, &h, addr, length);
        if (h.length < h.size) {
            /* The kernel stops here too: a length that does not hold its own header. */
            length -= h.size;
            addr += h.size;
            break;
        }
        uint64_t step = (h.length + word - 1) & ~(word - 1);
        if (step < h.length || step >= length) {
            length = 0;
            break;
        }
        addr += step;
        length -= step;
    }
    if (length) {
        show_rest(d, addr);
    }
    values_close(d->out);
}
